"""What transforms such as torchvision's do to a picture, found out by giving them pictures of one color."""

from __future__ import annotations

from typing import Any, Callable, Dict, Tuple

import numpy
import numpy.typing

from .errors import InvalidArgumentError

Numbers = numpy.typing.NDArray[numpy.float64]


def preprocessing_of(transforms: Callable[[Any], Any]) -> Dict[str, Any]:
    """Arguments of `load` that bring a picture to what the transforms make of it: size and normalization.

    Raises `InvalidArgumentError` where that is more than resizing, and scaling and shifting each channel.
    """
    black, size = _color_of(transforms, (0, 0, 0))
    # Column c: how the transforms answer to color c.
    answers = numpy.stack(
        [_color_of(transforms, color)[0] - black for color in ((255, 0, 0), (0, 255, 0), (0, 0, 255))], axis=1)
    bgr = abs(answers[0, 2]) > abs(answers[0, 0])
    scales = numpy.diagonal(answers[:, ::-1] if bgr else answers)
    others = answers - (numpy.fliplr(numpy.diag(scales)) if bgr else numpy.diag(scales))
    gray = _color_of(transforms, (51, 51, 51))[0]
    # Bytes may have been rounded on the way, by half a step of 255.
    tolerance = 0.01 * numpy.abs(scales).max()
    crooked = numpy.abs(black + scales / 5 - gray).max() > tolerance  # 51 is a fifth of 255
    if crooked or (scales == 0).any() or numpy.abs(others).max() > tolerance:
        raise InvalidArgumentError(
            "the transforms do more than scale and shift each channel: give size, mean and deviation instead")
    deviation = 1 / scales
    return {
        "size": size, "bgr": bool(bgr), "scale": 1 / 255, "mean": tuple(-black * deviation),
        "deviation": tuple(deviation),
    }


def _color_of(transforms: Callable[[Any], Any], color: Tuple[int, int, int]) -> Tuple[Numbers, Tuple[int, int]]:
    """The color that a picture of one color becomes, and the size."""
    result = _applied(transforms, numpy.full((224, 224, 3), color, numpy.uint8))
    pixels = numpy.asarray(result, numpy.float64)
    if pixels.ndim == 4 and len(pixels) == 1:
        pixels = pixels[0]
    if pixels.ndim != 3 or len(pixels) != 3:
        raise InvalidArgumentError(f"the transforms make {list(pixels.shape)}: it must be [3, height, width]")
    found: Numbers = pixels.mean(axis=(1, 2))
    if numpy.abs(pixels - found[:, None, None]).max() > 1e-3 * max(1.0, numpy.abs(found).max()):
        raise InvalidArgumentError("the transforms make several colors of one: give size, mean and deviation instead")
    return found, (pixels.shape[2], pixels.shape[1])


def _applied(transforms: Callable[[Any], Any], pixels: Any) -> Any:
    """The transforms' result for a picture, which some of them want from PIL and some as an array."""
    try:
        import PIL.Image

        return transforms(PIL.Image.fromarray(pixels))
    except Exception:
        return transforms(pixels)
