"""The shared library: where it is, what its functions take, and how their failures become exceptions.

`ctypes.CDLL` releases Python's lock during each call, so that other threads run while the library works.
"""

from __future__ import annotations

import ctypes
import json
import os
import weakref
from ctypes import POINTER, c_char_p, c_double, c_float, c_int, c_int32, c_size_t, c_uint64, c_void_p
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

from . import _structs as structs
from .errors import BY_STATUS, ExplainError

NAME = "libexplaincore.so.1"

Handle = c_void_p
OutHandle = POINTER(c_void_p)
OutText = POINTER(c_char_p)
OutInt = POINTER(c_int32)

# What each function takes. All return a status, but for those below.
ARGUMENTS: Dict[str, List[Any]] = {
    "xpl_version": [],
    "xpl_status_name": [c_int],
    "xpl_last_error": [],
    "xpl_free": [c_void_p],
    "xpl_set_threads": [c_int32],
    "xpl_threads": [OutInt],
    "xpl_set_batch_memory": [c_size_t],
    "xpl_batch_memory": [POINTER(c_size_t)],
    "xpl_info": [OutHandle],
    "xpl_set_cpu_level": [c_char_p],
    "xpl_set_log": [structs.LogCallback, c_void_p],
    "xpl_picture_read": [c_char_p, OutHandle],
    "xpl_picture_decode": [c_char_p, c_size_t, OutHandle],
    "xpl_picture_from_pixels": [c_void_p, c_size_t, c_int32, c_int32, c_size_t, c_int, OutHandle],
    "xpl_picture_size": [Handle, OutInt, OutInt],
    "xpl_picture_copy_pixels": [Handle, c_void_p, c_size_t],
    "xpl_picture_encode_png": [Handle, OutHandle, POINTER(c_size_t)],
    "xpl_picture_save": [Handle, c_char_p],
    "xpl_picture_free": [Handle],
    "xpl_model_options_init": [POINTER(structs.ModelOptions), c_size_t],
    "xpl_model_load": [c_char_p, POINTER(structs.ModelOptions), OutHandle],
    "xpl_model_load_onnx": [c_char_p, c_size_t, c_char_p, POINTER(structs.ModelOptions), OutHandle],
    "xpl_model_rename_classes": [Handle, POINTER(c_char_p), c_size_t, OutHandle],
    "xpl_model_name": [Handle, OutText],
    "xpl_model_class_count": [Handle, OutInt],
    "xpl_model_class_name": [Handle, c_int32, OutText],
    "xpl_model_class_index": [Handle, c_char_p, OutInt],
    "xpl_model_input_size": [Handle, OutInt, OutInt],
    "xpl_model_preprocessing": [Handle, c_size_t, POINTER(structs.ModelOptions)],
    "xpl_model_copy_input": [Handle, Handle, c_void_p, c_size_t],
    "xpl_model_is_differentiable": [Handle, OutInt],
    "xpl_model_layer_count": [Handle, POINTER(c_size_t)],
    "xpl_model_layer_name": [Handle, c_size_t, OutText],
    "xpl_model_default_layer": [Handle, OutText],
    "xpl_model_tensor_count": [Handle, POINTER(c_size_t)],
    "xpl_model_tensor": [Handle, c_size_t, c_size_t, POINTER(structs.Tensor)],
    "xpl_model_free": [Handle],
    "xpl_model_callbacks_init": [POINTER(structs.ModelCallbacks), c_size_t],
    "xpl_model_from_callbacks": [POINTER(structs.ModelCallbacks), POINTER(structs.ModelOptions), OutHandle],
    "xpl_classify": [Handle, Handle, c_size_t, POINTER(structs.ScoredClass), POINTER(c_size_t)],
    "xpl_classify_batch": [Handle, POINTER(Handle), c_size_t, c_size_t, POINTER(structs.ScoredClass)],
    "xpl_methods": [OutHandle],
    "xpl_method_create": [c_char_p, c_char_p, OutHandle],
    "xpl_method_set": [Handle, c_char_p, c_char_p],
    "xpl_method_get": [Handle, c_char_p, OutHandle],
    "xpl_method_set_targets": [Handle, POINTER(c_int32), c_size_t],
    "xpl_method_set_seed": [Handle, c_uint64],
    "xpl_method_set_reference": [Handle, Handle],
    "xpl_method_free": [Handle],
    "xpl_explain": [Handle, Handle, Handle, structs.ProgressCallback, c_void_p, OutHandle],
    "xpl_explanation_summary": [Handle, c_size_t, POINTER(structs.Summary)],
    "xpl_explanation_history": [Handle, c_size_t, OutText, POINTER(POINTER(c_float)), POINTER(c_size_t)],
    "xpl_explanation_measure": [Handle, c_size_t, OutText, POINTER(c_double)],
    "xpl_explanation_figure": [Handle, c_size_t, OutText, OutHandle],
    "xpl_explanation_map_size": [Handle, c_int, OutInt, OutInt],
    "xpl_explanation_copy_map": [Handle, c_int, c_void_p, c_size_t],
    "xpl_explanation_render": [Handle, c_int, OutHandle],
    "xpl_explanation_write": [Handle, c_char_p, c_char_p],
    "xpl_explanation_json": [Handle, c_char_p, OutHandle],
    "xpl_explanation_free": [Handle],
}
# Learning a mask by a struct of its own is for C; the method "mask" does the same by name.
UNUSED = {"xpl_mask_options_init", "xpl_explain_mask"}
RETURNS: Dict[str, Any] = {"xpl_version": c_char_p, "xpl_status_name": c_char_p, "xpl_last_error": c_char_p}


def _candidates() -> Iterator[str]:
    chosen = os.environ.get("EXPLAINCORE_LIBRARY")
    if chosen:
        yield chosen
        return
    # An editable install has two folders: that of the sources, and that of what was built.
    from . import __path__ as folders

    for folder in folders:
        if (Path(folder) / NAME).exists():
            yield str(Path(folder) / NAME)
    yield NAME  # where the system looks


def _load() -> ctypes.CDLL:
    failures = []
    for path in _candidates():
        try:
            return ctypes.CDLL(path)
        except OSError as error:
            failures.append(str(error))
    raise ImportError(
        f"explaincore: {'; '.join(failures)} (the variable EXPLAINCORE_LIBRARY may name the library's file)")


def _check(status: int, function: Any, arguments: Any) -> int:
    if status != structs.Status.OK:
        raise failure(status)
    return status


def failure(status: int) -> ExplainError:
    """The exception for a status other than OK of the call that this thread made last."""
    message = library.xpl_last_error().decode()
    return BY_STATUS.get(status, ExplainError)(message)


def _declare(library: ctypes.CDLL) -> ctypes.CDLL:
    for name, arguments in ARGUMENTS.items():
        function = getattr(library, name)
        function.argtypes = arguments
        if name.endswith("_free"):
            function.restype = None
        elif name in RETURNS:
            function.restype = RETURNS[name]
        elif name != "xpl_explain":  # whose statuses are not all failures
            function.errcheck = _check
    return library


library = _declare(_load())


class Uncopied:
    """What is the library's memory, which other processes do not have, and a copy would not own."""

    def __reduce__(self) -> Any:
        raise TypeError(f"{type(self).__name__} cannot be copied or pickled: it is memory of the library")


class Owner(Uncopied):
    """A Python object that owns a handle of the library, and frees it when it is collected.

    It can be passed to the library's functions as it is, which keeps it alive during the call.
    """

    def __init__(self, handle: c_void_p, free: Callable[[c_void_p], None], *kept: Any) -> None:
        self._as_parameter_ = handle
        finalizer = weakref.finalize(self, _free, free, handle, kept)
        # At the interpreter's end other threads may still be at work, and the memory goes anyway.
        finalizer.atexit = False


def _free(free: Callable[[c_void_p], None], handle: c_void_p, kept: Any) -> None:
    free(handle)


def owned_text(pointer: c_void_p) -> str:
    """Text that the library handed out to be freed."""
    try:
        return ctypes.string_at(pointer).decode()
    finally:
        library.xpl_free(pointer)


def json_of(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function whose last parameter is JSON handed out."""
    pointer = c_void_p()
    function(*arguments, ctypes.byref(pointer))
    return json.loads(owned_text(pointer))
