"""Explains image classifiers: which pixels carry the evidence for a class?

    import explaincore

    why = explaincore.explain("photo.png", target="star")
    print(why.score_before, why.score_after)
    why.overlay().save("why-star.png")

The work is done by the library's C interface; this package adds Python's types to it.
"""

from __future__ import annotations

from . import _library
from .errors import (
    BadFileError,
    CallbackError,
    CancelledError,
    ExplainError,
    FileError,
    InternalError,
    InvalidArgumentError,
    OutOfMemoryError,
    UnsupportedError,
)
from .explanations import Explanation, explain
from .methods import Method, Option, methods
from .models import Model, ScoredClass, classify, load
from .pictures import Picture
from .process import info, set_threads, threads
from .progress import Progress

__version__: str = _library.library.xpl_version().decode()

__all__ = [
    "BadFileError",
    "CallbackError",
    "CancelledError",
    "ExplainError",
    "Explanation",
    "FileError",
    "InternalError",
    "InvalidArgumentError",
    "Method",
    "Model",
    "Option",
    "OutOfMemoryError",
    "Picture",
    "Progress",
    "ScoredClass",
    "UnsupportedError",
    "classify",
    "explain",
    "info",
    "load",
    "methods",
    "set_threads",
    "threads",
]
