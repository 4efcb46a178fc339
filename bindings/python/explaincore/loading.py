"""Models from files, and how they are to see pictures."""

from __future__ import annotations

import ctypes
import enum
from ctypes import byref, c_void_p
from typing import Any, List, Optional, Sequence, SupportsIndex, Type, Union

from . import _arguments
from . import _structs as structs
from ._calls import Call
from ._library import library
from .errors import InvalidArgumentError
from .models import Model, ScoredClass
from .pictures import PictureLike

#: A model, or what `load` takes.
ModelLike = Union[Model, _arguments.Path]
#: A width and a height in pixels, or one number for both.
Size = Union[SupportsIndex, Sequence[SupportsIndex]]


def load(
    model: _arguments.Path = "scenes",
    *,
    weights: Optional[_arguments.Path] = None,
    labels: Optional[_arguments.Path] = None,
    preprocess: Optional[str] = None,
    mean: Optional[Sequence[float]] = None,
    deviation: Optional[Sequence[float]] = None,
    scale: Optional[float] = None,
    bgr: Optional[bool] = None,
    size: Optional[Size] = None,
    resize: Optional[str] = None,
    antialias: Optional[bool] = None,
    weight_precision: Optional[str] = None,
    memory: Optional[str] = None,
) -> Model:
    """Loads a model.

    Args:
        model: "scenes", which is part of the library; "vgg11", "vgg13", "vgg16", "vgg19", or these with "_bn"; or the
            path of an ONNX file.
        weights: a VGG's PyTorch checkpoint or safetensors file; by default looked for where torch keeps them.
        labels: a text file with a class's name a line.
        preprocess: what the network expects of a pixel: "torch", "caffe", "tf" or "none".
        mean: subtracted from each channel after scaling, in the network's order.
        deviation: what each channel is divided by then.
        scale: what a byte is multiplied by first.
        bgr: whether the network's first channel is blue.
        size: the network's input, a number or (width, height).
        resize: how pictures of another shape are fitted: "stretch" or "crop".
        antialias: whether shrinking averages over all pixels, as PIL does, or not, as OpenCV.
        weight_precision: how the weights of fully connected layers are kept: "float32", or "float16" or "bfloat16" for
            half the memory and time of these layers.
        memory: what is kept between passes: "fast", or "small", which transforms the weights of large convolutions
            anew in each pass.

    What is None is left to the model. Raises `InvalidArgumentError` with the nearest names where there is no such
    model; `FileError`, `BadFileError`, `UnsupportedError`.
    """
    options = model_options(
        weights=weights, labels=labels, preprocess=preprocess, mean=mean, deviation=deviation, scale=scale, bgr=bgr,
        size=size, resize=resize, antialias=antialias, weight_precision=weight_precision, memory=memory)
    handle, path = c_void_p(), _arguments.path(model, "model")
    with Call():
        library.xpl_model_load(path, byref(options), byref(handle))
        return Model(handle)


def load_onnx(data: _arguments.Bytes, name: str = "onnx", **options: Any) -> Model:
    """Makes a model of the bytes of an ONNX file.

    Args:
        data: copied; weights in other files are not supported.
        name: what reports call the model.
        options: as `load` takes them, but for `weights`.
    """
    handle = c_void_p()
    settings = model_options(**options)
    file, title = _arguments.memory(data, "the data"), _arguments.text(name, "name")
    with Call():
        library.xpl_model_load_onnx(file, len(file), title, byref(settings), byref(handle))
        return Model(handle)


def loaded(model: ModelLike) -> Model:
    """The model itself, or the one of that name or path."""
    return model if isinstance(model, Model) else load(model)


def classify(picture: PictureLike, model: ModelLike = "scenes", top: int = 5) -> List[ScoredClass]:
    """The most probable classes of a picture, best first.

    Args:
        picture: a path, a PIL image, a `Picture`, or an array as `Picture.from_array` takes it.
        model: a model, or a name or path for `load`.
        top: how many classes are wanted; fewer come where the model has no more.
    """
    return loaded(model).classify(picture, top)


def model_options(
    *,
    weights: Optional[_arguments.Path] = None,
    labels: Optional[_arguments.Path] = None,
    preprocess: Optional[str] = None,
    mean: Optional[Sequence[float]] = None,
    deviation: Optional[Sequence[float]] = None,
    scale: Optional[float] = None,
    bgr: Optional[bool] = None,
    size: Optional[Size] = None,
    resize: Optional[str] = None,
    antialias: Optional[bool] = None,
    weight_precision: Optional[str] = None,
    memory: Optional[str] = None,
) -> structs.ModelOptions:
    """The arguments of `load` as C's struct."""
    options = structs.ModelOptions()
    library.xpl_model_options_init(byref(options), ctypes.sizeof(options))
    if weights is not None:
        options.weights = _arguments.path(weights, "weights")
    if labels is not None:
        options.labels = _arguments.path(labels, "labels")
    if preprocess is not None:
        options.preprocess = _constant(structs.Preprocess, preprocess, "preprocess")
    if mean is not None:
        options.mean = _three(mean, "mean")
    if deviation is not None:
        options.deviation = _three(deviation, "deviation")
    if scale is not None:
        options.scale = _arguments.real(scale, "scale")
    if bgr is not None:
        options.bgr = _arguments.flag(bgr, "bgr")
    if size is not None:
        options.width, options.height = _arguments.size(size, "size")
    if resize is not None:
        options.resize = _constant(structs.Resize, resize, "resize")
    if antialias is not None:
        options.antialias = _arguments.flag(antialias, "antialias")
    if weight_precision is not None:
        options.weight_precision = _constant(structs.WeightPrecision, weight_precision, "weight_precision")
    if memory is not None:
        options.memory = _constant(structs.Memory, memory, "memory")
    return options


def _constant(names: Type[enum.IntEnum], name: str, what: str) -> int:
    for constant in names:
        if constant.name.lower() == name:
            return int(constant)
    known = ", ".join(constant.name.lower() for constant in names)
    raise InvalidArgumentError(f"{what} is {name!r}: it must be one of {known}")


def _three(values: Sequence[float], what: str) -> Any:
    return (ctypes.c_float * 3)(*[_arguments.real(value, what) for value in _arguments.several(values, what, 3)])
