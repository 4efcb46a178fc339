"""Models whose scores and gradients Python functions compute."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_char_p, c_void_p
from typing import Any, Callable, Iterable, NamedTuple, Optional, Union

import numpy
import numpy.typing

from . import _arguments
from . import _structs as structs
from ._calls import Call
from ._library import library
from .loading import Size, model_options
from .models import Model

Array = numpy.typing.NDArray[numpy.float32]


class Pass(NamedTuple):
    """A batch of pictures on its way through a model."""

    #: Normalized pictures, `[n, 3, height, width]`; a copy, to be kept or changed.
    batch: Array
    #: Forward and backward calls that belong together have the same number.
    number: int
    #: Whether a backward call may follow.
    differentiable: bool


#: Scores of a pass, `[n, classes]`.
Forward = Callable[[Pass], Any]
#: The gradient of the weighted sum of a pass's scores, given the weights.
Backward = Callable[[Pass, Array], Any]


def callback_model(
    forward: Callable[[Array], Any],
    classes: Union[int, Iterable[str]],
    *,
    backward: Optional[Callable[[Array, Array], Any]] = None,
    name: str = "callbacks",
    size: Size = 224,
    batch_limit: int = 0,
    thread_safe: bool = False,
    **preprocessing: Any,
) -> Model:
    """Makes a model of functions.

    Args:
        forward: takes pictures `[n, 3, height, width]` as float32, normalized as `preprocessing` says, and returns
            their scores `[n, classes]`: logits, of which a softmax makes the probabilities. (A model that gives
            probabilities returns their logarithms.)
        classes: the classes' names, or their number.
        backward: takes pictures and weights `[n, classes]`, and returns the gradient of `(weights * scores).sum()` with
            respect to the pictures. Without it methods that need a gradient raise `UnsupportedError`.
        name: what reports call the model.
        size: the model's input, a number or (width, height).
        batch_limit: the most pictures in a call; 0 is no limit.
        thread_safe: whether several threads may call the functions at once.
        preprocessing: `preprocess`, `mean`, `deviation`, `scale`, `bgr`, `resize`, `antialias` as in `load`; by default
            PyTorch's.

    The functions are called on the thread that explains or classifies. Their exceptions come out of that call.
    """
    gradient = None
    if backward is not None:
        given = backward

        def gradient(entry: Pass, weights: Array) -> Any:
            return given(entry.batch, weights)

    return model_of(
        lambda entry: forward(entry.batch), gradient, classes, name=name, size=size, batch_limit=batch_limit,
        thread_safe=thread_safe, **preprocessing)


def model_of(
    forward: Forward,
    backward: Optional[Backward],
    classes: Union[int, Iterable[str]],
    *,
    name: str,
    size: Size,
    batch_limit: int = 0,
    thread_safe: bool = False,
    **preprocessing: Any,
) -> Model:
    """As `callback_model`, of functions that see which calls belong together."""
    callbacks = structs.ModelCallbacks()
    library.xpl_model_callbacks_init(byref(callbacks), ctypes.sizeof(callbacks))
    if not isinstance(classes, Iterable):
        callbacks.class_count = _arguments.int32(classes, "classes")
    else:
        names = [_arguments.text(entry, "a class's name") for entry in _arguments.several(classes, "classes")]
        callbacks.class_names = (c_char_p * len(names))(*names)
        callbacks.class_count = len(names)
    count = callbacks.class_count
    callbacks.name = _arguments.text(name, "name")
    callbacks.batch_limit = _arguments.int32(batch_limit, "batch_limit")
    callbacks.thread_safe = _arguments.flag(thread_safe, "thread_safe")

    def run_forward(batch: Any, out_scores: Any, user: Any) -> int:
        def body() -> None:
            entry = _pass(batch.contents)
            scores = _array(forward(entry), (len(entry.batch), count), "the scores")
            ctypes.memmove(out_scores, scores.ctypes.data, scores.nbytes)

        return Call.current().guard(body)

    def run_backward(batch: Any, scores_gradient: Any, out_gradient: Any, user: Any) -> int:
        def body() -> None:
            assert backward is not None
            entry = _pass(batch.contents)
            weights = numpy.ctypeslib.as_array(scores_gradient, (len(entry.batch), count)).copy()
            gradient = _array(backward(entry, weights), entry.batch.shape, "the gradients")
            ctypes.memmove(out_gradient, gradient.ctypes.data, gradient.nbytes)

        return Call.current().guard(body)

    callbacks.forward = structs.ForwardCallback(run_forward)
    if backward is not None:
        callbacks.backward = structs.BackwardCallback(run_backward)
    options = model_options(size=size, **preprocessing)
    handle = c_void_p()
    library.xpl_model_from_callbacks(byref(callbacks), byref(options), byref(handle))
    # The library calls them as long as the model lives.
    return Model(handle, callbacks.forward, callbacks.backward)


def _pass(batch: structs.Batch) -> Pass:
    shape = (batch.count, batch.channels, batch.height, batch.width)
    pictures = numpy.ctypeslib.as_array(batch.values, shape).copy()
    return Pass(pictures, getattr(batch, "pass"), bool(batch.differentiable))


def _array(values: Any, shape: Any, what: str) -> Array:
    """What a function returned, as the library wants it."""
    array: Array = numpy.asarray(values, numpy.float32)
    if array.shape != tuple(shape):
        raise ValueError(f"{what} have the shape {list(array.shape)}: it must be {list(shape)}")
    return numpy.ascontiguousarray(array)
