"""Models: asked for their classes, their layers and weights, and used to classify."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_char_p, c_int32, c_size_t, c_void_p
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Optional, Tuple

import numpy

from . import _arguments
from . import _structs as structs
from ._calls import Call
from ._library import Owner, library
from ._memory import FloatArray, floats
from .errors import InvalidArgumentError
from .pictures import CHANNELS, Picture, PictureLike


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
        owned = Picture.of(picture)
        with Call():
            library.xpl_classify(self, owned, capacity, classes, byref(count))
        return scored_classes(classes, count.value)

    def classify_batch(self, pictures: Iterable[PictureLike], top: int = 5) -> List[List[ScoredClass]]:
        """The same of several pictures, of any sizes, which go through the network together: faster than one by one.

        Equal to `classify` but for the rounding of float32.
        """
        if isinstance(pictures, numpy.ndarray) and pictures.ndim == 3 and pictures.shape[2] in CHANNELS:
            raise TypeError(f"pictures is an array {list(pictures.shape)}, which is one picture: it must be a list")
        owned = [Picture.of(picture) for picture in _arguments.several(pictures, "pictures")]
        if not owned:
            return []
        capacity = self._capacity(top)
        handles = (c_void_p * len(owned))(*[picture._as_parameter_.value for picture in owned])
        classes = (structs.ScoredClass * (capacity * len(owned)))()
        with Call():
            library.xpl_classify_batch(self, handles, len(owned), capacity, classes)
        starts = range(0, len(classes), capacity)
        return [scored_classes(classes[start:start + capacity], capacity) for start in starts]

    def _capacity(self, top: int) -> int:
        capacity = _arguments.int32(top, "top")
        if capacity < 1:
            raise InvalidArgumentError(f"top is {capacity}: it must be 1 or more")
        return min(capacity, self.class_count)

    def with_class_names(self, names: Iterable[str]) -> Model:
        """The same model with other names of its classes; both share their weights."""
        texts = [_arguments.text(name, "a class's name") for name in _arguments.several(names, "names")]
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
