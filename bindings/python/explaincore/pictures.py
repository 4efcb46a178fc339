"""Pictures: read, made of pixels, shown, saved."""

from __future__ import annotations

import ctypes
import os
import sys
from ctypes import byref, c_int32, c_size_t, c_void_p
from typing import TYPE_CHECKING, Any, Optional, Tuple, Union

import numpy
import numpy.typing

from . import _arguments
from ._calls import Call
from ._library import Owner, library
from ._structs import PixelFormat

if TYPE_CHECKING:
    import PIL.Image

Pixels = numpy.typing.NDArray[numpy.uint8]
#: What counts as a picture: one of ours, a path, a PIL image, or an array.
PictureLike = Union["Picture", _arguments.Path, "PIL.Image.Image", numpy.typing.NDArray[Any]]

CHANNELS = {1: PixelFormat.GRAY, 3: PixelFormat.RGB, 4: PixelFormat.RGBA}


class Picture(Owner):
    """An 8-bit RGB picture, which does not change.

    `numpy.asarray(picture)` has its pixels, `[height, width, 3]`; a notebook shows it.
    """

    def __init__(self, handle: c_void_p, name: str = "") -> None:
        """Not to be called: see `read`, `decode`, `of` and `from_array`."""
        super().__init__(handle, library.xpl_picture_free)
        #: The path that it was read from, or "".
        self.name = name
        width, height = c_int32(), c_int32()
        library.xpl_picture_size(self, byref(width), byref(height))
        self._size = (width.value, height.value)

    @classmethod
    def read(cls, path: _arguments.Path) -> Picture:
        """Reads a PNG, JPEG, GIF (first frame) or WebP file; EXIF orientation is applied, transparency laid over white.

        Raises `FileError`, `BadFileError`, `UnsupportedError`.
        """
        handle, name = c_void_p(), _arguments.path(path, "the picture's path")
        with Call():
            library.xpl_picture_read(name, byref(handle))
            return cls(handle, name.decode())

    @classmethod
    def decode(cls, data: _arguments.Bytes) -> Picture:
        """Decodes such a file in memory."""
        handle, file = c_void_p(), _arguments.memory(data, "the data")
        with Call():
            library.xpl_picture_decode(file, len(file), byref(handle))
            return cls(handle)

    @classmethod
    def from_array(cls, pixels: numpy.typing.NDArray[Any]) -> Picture:
        """Makes a picture of an array `[height, width]` or `[height, width, 1, 3 or 4]`, whose pixels are copied.

        Bytes are 0 to 255, floating-point numbers 0 to 1. Of four channels the last is opacity, laid over white.
        """
        pixels = _bytes(numpy.asarray(pixels))
        height, width, channels = pixels.shape
        # Rows may lie apart, as in a part of a larger picture: only pixels must be packed.
        stride = pixels.strides[0]
        if pixels.strides[1:] != (channels, 1) or stride < width * channels:
            pixels = numpy.ascontiguousarray(pixels)
            stride = width * channels
        handle = c_void_p()
        library.xpl_picture_from_pixels(
            pixels.ctypes.data_as(c_void_p), stride * (height - 1) + width * channels,
            _arguments.int32(width, "the picture's width"), _arguments.int32(height, "the picture's height"), stride,
            CHANNELS[channels], byref(handle))
        return cls(handle)

    @classmethod
    def of(cls, source: PictureLike) -> Picture:
        """Whatever counts as a picture: a `Picture`, a path, a PIL image, or an array as `from_array` takes it."""
        if isinstance(source, Picture):
            return source
        if isinstance(source, numpy.ndarray):
            return cls.from_array(source)
        pil = sys.modules.get("PIL.Image")
        if pil is not None and isinstance(source, pil.Image):
            return cls.from_array(_pil_pixels(source))
        return cls.read(source)  # type: ignore[arg-type]

    @property
    def size(self) -> Tuple[int, int]:
        """Width and height in pixels, as PIL has them."""
        return self._size

    def __array__(self, dtype: Any = None, copy: Optional[bool] = None) -> Pixels:
        if copy is False:
            raise ValueError("the pixels of a picture are copied")
        width, height = self.size
        pixels = numpy.empty((height, width, 3), numpy.uint8)
        library.xpl_picture_copy_pixels(self, pixels.ctypes.data_as(c_void_p), pixels.nbytes)
        return pixels if dtype is None else pixels.astype(dtype, copy=False)

    def png(self) -> bytes:
        """The picture as the bytes of a PNG file."""
        memory, size = c_void_p(), c_size_t()
        library.xpl_picture_encode_png(self, byref(memory), byref(size))
        try:
            return ctypes.string_at(memory, size.value)
        finally:
            library.xpl_free(memory)

    def save(self, path: _arguments.Path) -> None:
        """Writes a PNG file, which appears whole or not at all."""
        name = _arguments.path(path, "the picture's path")
        with Call():
            library.xpl_picture_save(self, name)

    def image(self) -> PIL.Image.Image:
        """The picture for PIL, which must be installed."""
        import PIL.Image

        return PIL.Image.fromarray(numpy.asarray(self))

    def _repr_png_(self) -> bytes:
        return self.png()

    def __repr__(self) -> str:
        name = f" {os.path.basename(self.name)!r}" if self.name else ""
        return f"<Picture{name}, {self.size[0]}x{self.size[1]}>"


def _bytes(pixels: numpy.typing.NDArray[Any]) -> Pixels:
    """Pixels as bytes `[height, width, channels]`."""
    if pixels.ndim == 2:
        pixels = pixels[:, :, numpy.newaxis]
    if pixels.ndim != 3 or pixels.shape[2] not in CHANNELS:
        hint = " (are the channels first?)" if pixels.ndim == 3 and pixels.shape[0] in CHANNELS else ""
        raise ValueError(f"an array {list(pixels.shape)} is no picture: it must be [height, width, 1, 3 or 4]{hint}")
    if 0 in pixels.shape:
        raise ValueError(f"an array {list(pixels.shape)} has no pixels")
    if pixels.dtype == numpy.uint8:
        return pixels
    if not numpy.issubdtype(pixels.dtype, numpy.floating):
        raise TypeError(f"an array of {pixels.dtype} is no picture: uint8 (0 to 255) or floating point (0 to 1) are")
    least, most = pixels.min(), pixels.max()
    if not (0 <= least and most <= 1):
        raise ValueError(f"numbers from {least:g} to {most:g}: those of a floating-point picture are 0 to 1")
    return numpy.asarray(numpy.rint(pixels * 255), numpy.uint8)


def _pil_pixels(image: PIL.Image.Image) -> numpy.typing.NDArray[Any]:
    """A PIL image as the library would read its file: turned upright, transparency kept."""
    from PIL import ImageOps

    image = ImageOps.exif_transpose(image) or image
    transparency = image.info.get("transparency")
    if image.mode.startswith("I;16"):
        values = numpy.asarray(image)
        gray = values / 65535
        return gray if transparency is None else numpy.stack([gray, gray, gray, values != transparency], axis=2)
    if image.mode in ("I", "F"):
        raise TypeError(
            f"a PIL image of mode {image.mode}, whose range is not known: make it an array of 0 to 1 first, such as "
            "numpy.asarray(image) / 65535")
    if image.mode not in ("L", "RGB", "RGBA") or transparency is not None:
        transparent = image.getbands()[-1] in ("A", "a") or transparency is not None
        image = image.convert("RGBA" if transparent else "RGB")
    return numpy.asarray(image)
