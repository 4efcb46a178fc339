"""Exceptions, one for each status of the library; those that have a kin among Python's own are of that kind too."""

from __future__ import annotations

from typing import Dict, Type

from ._structs import Status


class ExplainError(Exception):
    """The library could not do what it was asked to; the message says what was wrong, in one line."""


class InvalidArgumentError(ExplainError, ValueError):
    """An argument is out of its range, or contradicts another one."""


class FileError(ExplainError, OSError):
    """A file could not be opened, read or written. The message says which and why; `errno` and `filename` are None."""


class BadFileError(ExplainError, ValueError):
    """A file is damaged, or not of the format that it claims."""


class UnsupportedError(ExplainError):
    """The input is valid but needs something that the library, or the model, does not do."""


class OutOfMemoryError(ExplainError, MemoryError):
    """Memory could not be had."""


class CancelledError(ExplainError):
    """A callback asked to stop, and there is nothing to hand out."""


class CallbackError(ExplainError):
    """A model's callback failed without an exception."""


class InternalError(ExplainError):
    """A mistake of the library."""


BY_STATUS: Dict[int, Type[ExplainError]] = {
    Status.INVALID_ARGUMENT: InvalidArgumentError,
    Status.IO: FileError,
    Status.BAD_FILE: BadFileError,
    Status.UNSUPPORTED: UnsupportedError,
    Status.OUT_OF_MEMORY: OutOfMemoryError,
    Status.CANCELLED: CancelledError,
    Status.CALLBACK: CallbackError,
    Status.INTERNAL: InternalError,
}
