"""The structs, constants and callbacks of include/explaincore.h, field by field."""

from __future__ import annotations

import ctypes
import enum
from ctypes import POINTER, c_char_p, c_double, c_float, c_int, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p


class Status(enum.IntEnum):
    """How a call ended: `xpl_status`."""

    OK = 0
    INVALID_ARGUMENT = 1
    IO = 2
    BAD_FILE = 3
    UNSUPPORTED = 4
    OUT_OF_MEMORY = 5
    CANCELLED = 6
    CALLBACK = 7
    INTERNAL = 8


class PixelFormat(enum.IntEnum):
    """The order of the bytes of a pixel: `xpl_pixel_format`."""

    RGB = 0
    BGR = 1
    RGBA = 2
    BGRA = 3
    GRAY = 4


class Preprocess(enum.IntEnum):
    """What a network expects of a pixel: `xpl_preprocess`."""

    DEFAULT = 0
    TORCH = 1
    CAFFE = 2
    TF = 3
    NONE = 4


class Resize(enum.IntEnum):
    """How a picture is fitted to the network's input: `xpl_resize`."""

    DEFAULT = 0
    STRETCH = 1
    CROP = 2


class WeightPrecision(enum.IntEnum):
    """How exactly weights are kept: `xpl_weight_precision`."""

    FLOAT32 = 0
    FLOAT16 = 1
    BFLOAT16 = 2


class Memory(enum.IntEnum):
    """What is kept in memory between passes: `xpl_memory`."""

    FAST = 0
    SMALL = 1


class Map(enum.IntEnum):
    """The maps of an explanation: `xpl_map`."""

    MASK = 0
    IMPORTANCE = 1
    PICTURE_IMPORTANCE = 2
    RAW = 3


class Rendering(enum.IntEnum):
    """The pictures of an explanation: `xpl_rendering`."""

    MASK = 0
    HEATMAP = 1
    OVERLAY = 2
    PERTURBED = 3


class LogLevel(enum.IntEnum):
    """How much a message matters: `xpl_log_level`."""

    INFO = 0
    WARNING = 1
    ERROR = 2


class ModelOptions(ctypes.Structure):
    """`xpl_model_options`."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("preprocess", c_int),
        ("weights", c_char_p),
        ("labels", c_char_p),
        ("mean", c_float * 3),
        ("deviation", c_float * 3),
        ("scale", c_float),
        ("bgr", c_int32),
        ("width", c_int32),
        ("height", c_int32),
        ("resize", c_int),
        ("antialias", c_int32),
        ("weight_precision", c_int),
        ("memory", c_int),
    ]


class ScoredClass(ctypes.Structure):
    """`xpl_scored_class`."""

    _fields_ = [("index", c_int32), ("probability", c_float), ("name", c_char_p)]


class Tensor(ctypes.Structure):
    """`xpl_tensor`."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("rank", c_uint32),
        ("name", c_char_p),
        ("shape", POINTER(c_int64)),
        ("count", c_size_t),
        ("values", POINTER(c_float)),
    ]


class Progress(ctypes.Structure):
    """`xpl_progress`."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("step", c_int32),
        ("steps", c_int32),
        ("loss", c_float),
        ("score", c_float),
    ]


class Summary(ctypes.Structure):
    """`xpl_summary`."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("iterations", c_int32),
        ("seed", c_uint64),
        ("seconds", c_double),
        ("center_x", c_double),
        ("center_y", c_double),
        ("method", c_char_p),
        ("model", c_char_p),
        ("target_name", c_char_p),
        ("targets", POINTER(c_int32)),
        ("target_count", c_size_t),
        ("top_before", POINTER(ScoredClass)),
        ("top_before_count", c_size_t),
        ("top_after", POINTER(ScoredClass)),
        ("top_after_count", c_size_t),
        ("warnings", POINTER(c_char_p)),
        ("warning_count", c_size_t),
        ("history_count", c_size_t),
        ("target_given", c_int32),
        ("interrupted", c_int32),
        ("score_before", c_float),
        ("score_after", c_float),
        ("measure_count", c_size_t),
        ("figure_count", c_size_t),
    ]


class Batch(ctypes.Structure):
    """`xpl_batch`."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("count", c_int32),
        ("channels", c_int32),
        ("height", c_int32),
        ("width", c_int32),
        ("differentiable", c_int32),
        ("pass", c_uint64),
        ("values", POINTER(c_float)),
    ]


LogCallback = ctypes.CFUNCTYPE(None, c_int, c_char_p, c_void_p)
ProgressCallback = ctypes.CFUNCTYPE(c_int, POINTER(Progress), c_void_p)
ForwardCallback = ctypes.CFUNCTYPE(c_int, POINTER(Batch), POINTER(c_float), c_void_p)
BackwardCallback = ctypes.CFUNCTYPE(c_int, POINTER(Batch), POINTER(c_float), POINTER(c_float), c_void_p)
ReleaseCallback = ctypes.CFUNCTYPE(None, c_void_p)


class ModelCallbacks(ctypes.Structure):
    """`xpl_model_callbacks`."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("class_count", c_int32),
        ("forward", ForwardCallback),
        ("backward", BackwardCallback),
        ("user", c_void_p),
        ("release", ReleaseCallback),
        ("name", c_char_p),
        ("class_names", POINTER(c_char_p)),
        ("batch_limit", c_int32),
        ("thread_safe", c_int32),
    ]
