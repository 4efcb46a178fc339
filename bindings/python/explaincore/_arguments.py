"""Arguments on their way to C, which would cut off silently what does not fit."""

from __future__ import annotations

import operator
import os
from typing import Any, Union

from .errors import InvalidArgumentError

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]


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
