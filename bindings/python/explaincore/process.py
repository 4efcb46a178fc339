"""What holds for the whole process: threads, and facts about the library."""

from __future__ import annotations

from ctypes import byref, c_int32
from typing import Any, Dict

from . import _arguments
from ._library import json_of, library


def set_threads(count: int) -> None:
    """Sets how many threads the library computes with: 1 to 1024, or 0 for one each processor, as at the beginning.

    Results do not depend on it, to the bit.
    """
    library.xpl_set_threads(_arguments.int32(count, "threads"))


def threads() -> int:
    """How many threads the library computes with."""
    count = c_int32()
    library.xpl_threads(byref(count))
    return count.value


def info() -> Dict[str, Any]:
    """Facts about the library and the machine, for logs and bug reports."""
    facts: Dict[str, Any] = json_of(library.xpl_info)
    return facts
