"""Explains image classifiers: which pixels carry the evidence for a class?

    import explaincore

    why = explaincore.explain("photo.png", target="star")
    print(why.score_before, why.score_after)
    why.overlay().save("why-star.png")

The work is done by the library's C interface; this package adds Python's types to it.
"""

from __future__ import annotations

from . import _library
from .callbacks import callback_model
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
from .explanations import Explanation, Target, explain
from .loading import ModelLike, Size, classify, load, load_onnx
from .methods import Method, Option, methods
from .models import Model, Preprocessing, ScoredClass
from .perturbing import perturb
from .pictures import Picture, PictureLike
from .process import batch_memory, info, log_to, set_batch_memory, set_cpu_level, set_threads, threads
from .progress import Progress, ProgressLike
from .torch import torch_model

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
    "ModelLike",
    "Option",
    "OutOfMemoryError",
    "Picture",
    "PictureLike",
    "Preprocessing",
    "Progress",
    "ProgressLike",
    "ScoredClass",
    "Size",
    "Target",
    "UnsupportedError",
    "batch_memory",
    "callback_model",
    "classify",
    "explain",
    "info",
    "load",
    "load_onnx",
    "log_to",
    "methods",
    "perturb",
    "set_batch_memory",
    "set_cpu_level",
    "set_threads",
    "threads",
    "torch_model",
]
