"""Models: loaded, asked for their classes, used to classify."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_char_p, c_int32, c_size_t, c_void_p
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple, Type, Union

import numpy

from . import _arguments
from . import _structs as structs
from ._calls import Call
from ._library import Owner, library
from ._memory import FloatArray, floats
from .errors import InvalidArgumentError
from .pictures import Picture, PictureLike

#: A model, or what `load` takes.
ModelLike = Union["Model", _arguments.Path]
#: A width and a height in pixels, or one number for both.
Size = Union[int, Tuple[int, int]]


@dataclass(frozen=True)
class ScoredClass:
    """A class with its probability."""

    index: int
    name: str
    #: Softmax probability, 0 to 1.
    probability: float


def scored_classes(entries: Any, count: int) -> List[ScoredClass]:
    """An array of `xpl_scored_class`."""
    return [ScoredClass(entry.index, entry.name.decode(), entry.probability) for entry in entries[:count]]


@dataclass(frozen=True)
class Preprocessing:
    """How pictures become a network's input: (scale * byte - mean) / deviation, after resizing."""

    #: Width and height of the input.
    size: Tuple[int, int]
    scale: float
    mean: Tuple[float, ...]
    deviation: Tuple[float, ...]
    #: Whether the first channel is blue.
    bgr: bool
    #: "stretch" or "crop".
    resize: str
    antialias: bool


class Model(Owner):
    """An image classifier with its weights, the names of its classes, and how pictures become its input.

    It does not change, and many threads may use it at once.
    """

    def __init__(self, handle: c_void_p, *kept: Any) -> None:
        """Not to be called: see `load`, `callback_model` and `torch_model`."""
        super().__init__(handle, library.xpl_model_free, *kept)
        name, count = c_char_p(), c_int32()
        library.xpl_model_name(self, byref(name))
        library.xpl_model_class_count(self, byref(count))
        #: A short name, such as "scenes".
        self.name: str = name.value.decode() if name.value else ""
        #: The number of classes.
        self.class_count: int = count.value

    @property
    def class_names(self) -> List[str]:
        """A name for each class: its number where names are not known."""
        return [self.class_name(index) for index in range(self.class_count)]

    def class_name(self, index: int) -> str:
        """The name of a class."""
        name = c_char_p()
        library.xpl_model_class_name(self, _arguments.int32(index, "the class"), byref(name))
        return name.value.decode() if name.value else ""

    def class_index(self, name: str) -> int:
        """The class that a text names: in any case, shortened as long as it stays unique, or a number.

        Raises `InvalidArgumentError` with the nearest names where there is no such class.
        """
        index = c_int32()
        library.xpl_model_class_index(self, _arguments.text(name, "the class"), byref(index))
        return index.value

    @property
    def input_size(self) -> Tuple[int, int]:
        """Width and height of the network's input, to which pictures are brought."""
        width, height = c_int32(), c_int32()
        library.xpl_model_input_size(self, byref(width), byref(height))
        return width.value, height.value

    def classify(self, picture: PictureLike, top: int = 5) -> List[ScoredClass]:
        """The most probable classes of a picture, best first."""
        capacity = self._capacity(top)
        classes = (structs.ScoredClass * capacity)()
        count = c_size_t()
        with Call() as call:
            call.run(library.xpl_classify, self, Picture.of(picture), capacity, classes, byref(count))
        return scored_classes(classes, count.value)

    def classify_batch(self, pictures: Sequence[PictureLike], top: int = 5) -> List[List[ScoredClass]]:
        """The same of several pictures, of any sizes, which go through the network together: faster than one by one.

        Equal to `classify` but for the rounding of float32.
        """
        owned = [Picture.of(picture) for picture in pictures]
        if not owned:
            return []
        capacity = self._capacity(top)
        handles = (c_void_p * len(owned))(*[picture._as_parameter_.value for picture in owned])
        classes = (structs.ScoredClass * (capacity * len(owned)))()
        with Call() as call:
            call.run(library.xpl_classify_batch, self, handles, len(owned), capacity, classes)
        starts = range(0, len(classes), capacity)
        return [scored_classes(classes[start:start + capacity], capacity) for start in starts]

    def _capacity(self, top: int) -> int:
        capacity = _arguments.int32(top, "top")
        if capacity < 1:
            raise InvalidArgumentError(f"top is {capacity}: it must be 1 or more")
        return min(capacity, self.class_count)

    def with_class_names(self, names: Sequence[str]) -> Model:
        """The same model with other names of its classes; both share their weights."""
        texts = [_arguments.text(name, "a class's name") for name in names]
        handle = c_void_p()
        library.xpl_model_rename_classes(self, (c_char_p * len(texts))(*texts), len(texts), byref(handle))
        return Model(handle, self)

    @property
    def preprocessing(self) -> Preprocessing:
        """How pictures become the network's input."""
        options = structs.ModelOptions()
        library.xpl_model_preprocessing(self, ctypes.sizeof(options), byref(options))
        return Preprocessing(
            size=(options.width, options.height), scale=options.scale, mean=tuple(options.mean),
            deviation=tuple(options.deviation), bgr=bool(options.bgr),
            resize=structs.Resize(options.resize).name.lower(), antialias=bool(options.antialias))

    def input(self, picture: PictureLike) -> FloatArray:
        """A picture as the network sees it, `[3, height, width]`."""
        width, height = self.input_size
        values = numpy.empty((3, height, width), numpy.float32)
        library.xpl_model_copy_input(self, Picture.of(picture), values.ctypes.data_as(c_void_p), values.size)
        return values

    @property
    def is_differentiable(self) -> bool:
        """Whether the model gives gradients, which some methods need."""
        differentiable = c_int32()
        library.xpl_model_is_differentiable(self, byref(differentiable))
        return bool(differentiable.value)

    @property
    def layers(self) -> List[str]:
        """The layers that methods can look at (their option `layer`), in the order of execution."""
        count, name = c_size_t(), c_char_p()
        library.xpl_model_layer_count(self, byref(count))
        names = []
        for index in range(count.value):
            library.xpl_model_layer_name(self, index, byref(name))
            names.append((name.value or b"").decode())
        return names

    @property
    def default_layer(self) -> Optional[str]:
        """Where class-activation methods look unless told otherwise; None where the model has no such layer."""
        name = c_char_p()
        library.xpl_model_default_layer(self, byref(name))
        return name.value.decode() if name.value is not None else None

    @property
    def tensors(self) -> Dict[str, FloatArray]:
        """The weights that the model computes with, by name, in the order of execution.

        The arrays are the model's own memory: they are not copied, and cannot be written to.
        """
        count, tensor = c_size_t(), structs.Tensor()
        library.xpl_model_tensor_count(self, byref(count))
        found = {}
        for index in range(count.value):
            library.xpl_model_tensor(self, index, ctypes.sizeof(tensor), byref(tensor))
            found[tensor.name.decode()] = floats(self, tensor.values, tuple(tensor.shape[:tensor.rank]))
        return found

    def __repr__(self) -> str:
        width, height = self.input_size
        return f"<Model {self.name!r}, {self.class_count} classes, input {width}x{height}>"


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

    What is None is left to the model. Raises `InvalidArgumentError` with the nearest names where there is no such
    model; `FileError`, `BadFileError`, `UnsupportedError`.
    """
    options = model_options(
        weights=weights, labels=labels, preprocess=preprocess, mean=mean, deviation=deviation, scale=scale, bgr=bgr,
        size=size, resize=resize, antialias=antialias)
    handle = c_void_p()
    library.xpl_model_load(_arguments.path(model, "model"), byref(options), byref(handle))
    return Model(handle)


def load_onnx(data: bytes, name: str = "onnx", **options: Any) -> Model:
    """Makes a model of the bytes of an ONNX file.

    Args:
        data: copied; weights in other files are not supported.
        name: what reports call the model.
        options: as `load` takes them, but for `weights`.
    """
    handle = c_void_p()
    settings = model_options(**options)
    library.xpl_model_load_onnx(bytes(data), len(data), _arguments.text(name, "name"), byref(settings), byref(handle))
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
        options.scale = scale
    if bgr is not None:
        options.bgr = bool(bgr)
    if size is not None:
        width, height = (size, size) if not isinstance(size, (tuple, list)) else size
        options.width = _arguments.int32(width, "the width")
        options.height = _arguments.int32(height, "the height")
    if resize is not None:
        options.resize = _constant(structs.Resize, resize, "resize")
    if antialias is not None:
        options.antialias = bool(antialias)
    return options


def _constant(names: Type[Union[structs.Preprocess, structs.Resize]], name: str, what: str) -> int:
    for constant in names:
        if constant.name.lower() == name:
            return int(constant)
    known = ", ".join(constant.name.lower() for constant in names)
    raise InvalidArgumentError(f"{what} is {name!r}: it must be one of {known}")


def _three(values: Sequence[float], what: str) -> Any:
    if len(values) != 3:
        raise InvalidArgumentError(f"{what} has {len(values)} numbers: it must be 3")
    return (ctypes.c_float * 3)(*values)
