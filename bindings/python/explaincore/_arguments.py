"""Arguments on their way to C, which would cut off silently what does not fit."""

from __future__ import annotations

import math
import operator
import os
from typing import Any, Iterable, List, Optional, Tuple, Union

import numpy

from .errors import InvalidArgumentError

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
Bytes = Union[bytes, bytearray, memoryview]


def int32(value: Any, name: str) -> int:
    """A whole number of 32 bits; anything that counts as one in Python, such as numpy's."""
    return _integer(value, name, -(2**31), 2**31 - 1)


def uint64(value: Any, name: str) -> int:
    """A whole number of 64 bits without a sign."""
    return _integer(value, name, 0, 2**64 - 1)


def _integer(value: Any, name: str, least: int, most: int) -> int:
    try:
        result = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}: it must be a whole number") from None
    if not least <= result <= most:
        raise InvalidArgumentError(f"{name} is {result}: it must be {least} to {most}")
    return result


def real(value: Any, name: str) -> float:
    """A number; NaN is none, which C takes for a number that is not given."""
    if not hasattr(value, "__float__"):
        raise TypeError(f"{name} is {value!r}: it must be a number")
    result = float(value)
    if math.isnan(result):
        raise InvalidArgumentError(f"{name} is {result}: it must be a number")
    return result


def flag(value: Any, name: str) -> bool:
    """True or False, of Python or of numpy: not what is merely true or false, such as "no"."""
    if not isinstance(value, (bool, numpy.bool_)):
        raise TypeError(f"{name} is {value!r}: it must be True or False")
    return bool(value)


def several(values: Any, name: str, count: Optional[int] = None) -> List[Any]:
    """A list, or what is one in Python: not text, whose elements are letters."""
    if isinstance(values, (str, bytes, os.PathLike)) or not isinstance(values, Iterable):
        raise TypeError(f"{name} is {values!r}: it must be a list")
    result = list(values)
    if count not in (None, len(result)):
        raise InvalidArgumentError(f"{name} is {values!r}: it must be {count} numbers")
    return result


def size(value: Any, name: str) -> Tuple[int, int]:
    """A width and a height, or one number for both."""
    if not isinstance(value, Iterable):
        value = (value, value)
    width, height = several(value, name, 2)
    return int32(width, f"the width of {name}"), int32(height, f"the height of {name}")


def memory(value: Any, name: str) -> bytes:
    """The bytes of something that has them, such as a memoryview or an array, whatever the size of its elements."""
    try:
        return value if isinstance(value, bytes) else memoryview(value).tobytes()
    except TypeError:
        raise TypeError(f"{name} are {type(value).__name__}: they must be bytes") from None


def text(value: str, name: str) -> bytes:
    """Text as UTF-8."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is {value!r}: it must be text")
    return _without_zero(value.encode(), name)


def path(value: Path, name: str) -> bytes:
    """A path as the file system has it."""
    return _without_zero(os.fsencode(value), name)


def _without_zero(value: bytes, name: str) -> bytes:
    if b"\0" in value:
        raise InvalidArgumentError(f"{name} has a zero byte")
    return value
