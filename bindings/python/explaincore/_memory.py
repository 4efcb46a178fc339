"""Numbers in memory of the library as arrays, which are not copied."""

from __future__ import annotations

import ctypes
from ctypes import c_void_p
from typing import Any, Tuple

import numpy
import numpy.typing

from ._library import Owner

FloatArray = numpy.typing.NDArray[numpy.float32]


def floats(owner: Owner, pointer: Any, shape: Tuple[int, ...]) -> FloatArray:
    """An array that looks at the library's memory, cannot be written to, and keeps the owner of the memory alive."""
    if not pointer:
        return numpy.zeros(shape, numpy.float32)
    return numpy.asarray(_Memory(owner, pointer, shape))


class _Memory:
    def __init__(self, owner: Owner, pointer: Any, shape: Tuple[int, ...]) -> None:
        self.owner = owner
        self.__array_interface__ = {
            "version": 3,
            "shape": shape,
            "typestr": numpy.dtype(numpy.float32).str,
            "data": (ctypes.cast(pointer, c_void_p).value, True),
        }
