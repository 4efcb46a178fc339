"""What holds for the whole process: threads, messages, and facts about the library."""

from __future__ import annotations

import atexit
import logging
from ctypes import byref, c_int32, c_size_t
from typing import Any, Dict, List, Optional

from . import _arguments
from . import _structs as structs
from ._library import json_of, library

LEVELS: Dict[int, int] = {
    structs.LogLevel.INFO: logging.INFO,
    structs.LogLevel.WARNING: logging.WARNING,
    structs.LogLevel.ERROR: logging.ERROR,
}
# Callbacks that the library may still be calling: one more each time that somebody asks for messages.
_listeners: List[Any] = []


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


def set_batch_memory(size: int) -> None:
    """Sets how many bytes the values of pictures that go through a model together may take, beside its weights; 0 is
    what it begins with, 512 MiB.

    Methods that look at many pictures, and `Model.classify_batch`, take as many at once as fit, at least one. Results
    may differ by roundings from one setting to another.
    """
    library.xpl_set_batch_memory(_arguments.uint64(size, "size"))


def batch_memory() -> int:
    """How many bytes the values of pictures that go through a model together may take."""
    size = c_size_t()
    library.xpl_batch_memory(byref(size))
    return size.value


def set_cpu_level(level: Optional[str]) -> None:
    """Limits the instruction set that the library computes with: "baseline", "avx2" or "avx512"; None is no limit.

    For tests and comparisons: results of different instruction sets differ in the last bits. Models that have computed
    something already may stay at what they began with.
    """
    library.xpl_set_cpu_level(None if level is None else _arguments.text(level, "level"))


def info() -> Dict[str, Any]:
    """Facts about the library and the machine, for logs and bug reports."""
    facts: Dict[str, Any] = json_of(library.xpl_info)
    return facts


def log_to(logger: Optional[logging.Logger]) -> None:
    """Hands the library's messages to a logger, such as `logging.getLogger("explaincore")`: what calls did and how long
    they took, warnings, and failures. None makes the library silent again, as it is at first.
    """
    if logger is not None and not hasattr(logger, "log"):
        raise TypeError(f"logger is {logger!r}: it must be a logging.Logger, or None")
    listener = structs.LogCallback() if logger is None else _listener(logger)
    library.xpl_set_log(listener, None)
    if logger is not None:
        _listeners.append(listener)


def _listener(logger: logging.Logger) -> Any:
    def note(level: int, message: bytes, user: Any) -> None:
        logger.log(LEVELS.get(level, logging.INFO), "%s", message.decode())

    return structs.LogCallback(note)


atexit.register(log_to, None)
