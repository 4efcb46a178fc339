"""The methods, their options, and how options are passed on by name."""

from __future__ import annotations

from ctypes import byref, c_int32, c_void_p
from dataclasses import dataclass
from typing import Any, Dict, Optional, Sequence, Tuple

import numpy

from . import _arguments
from ._library import Owner, json_of, library
from .pictures import Picture


@dataclass(frozen=True)
class Option:
    """An option of a method."""

    #: As a keyword of `explain`.
    name: str
    #: What it takes, such as "NUMBER" or "true|false".
    values: str
    help: str
    #: Without a preset; None where the model decides.
    default: Any


@dataclass(frozen=True)
class Method:
    """What a method does, needs and takes."""

    name: str
    summary: str
    source: str
    #: Passes of the network.
    cost: str
    #: Whether it needs models that can be differentiated.
    needs_gradient: bool
    #: Whether the seed makes no difference.
    deterministic: bool
    presets: Tuple[str, ...]
    options: Tuple[Option, ...]


def methods() -> Dict[str, Method]:
    """Every method by its name, in the order of `xpl methods`."""
    return {entry["name"]: _method(entry) for entry in json_of(library.xpl_methods)}


def _method(entry: Dict[str, Any]) -> Method:
    options = tuple(
        Option(option["name"].replace("-", "_"), option["values"], option["help"], option["default"])
        for option in entry["options"])
    return Method(
        name=entry["name"], summary=entry["summary"], source=entry["source"], cost=entry["cost"],
        needs_gradient=entry["needs_gradient"], deterministic=entry["deterministic"],
        presets=tuple(entry["presets"]), options=options)


class Request(Owner):
    """A method with its options, targets and seed: `xpl_method`."""

    def __init__(self, name: str, preset: Optional[str]) -> None:
        handle = c_void_p()
        library.xpl_method_create(
            _arguments.text(name, "method"), None if preset is None else _arguments.text(preset, "preset"),
            byref(handle))
        super().__init__(handle, library.xpl_method_free)

    def set(self, option: str, value: Any) -> None:
        """Sets an option by its name, with underscores or hyphens; None leaves it as it is."""
        name = _arguments.text(option.replace("_", "-"), "the option")
        if value is None:
            held = c_void_p()
            library.xpl_method_get(self, name, byref(held))  # fails where there is no such option
            library.xpl_free(held)
        else:
            library.xpl_method_set(self, name, _arguments.text(as_text(value), option))

    def set_targets(self, targets: Sequence[int]) -> None:
        numbers = (c_int32 * len(targets))(*[_arguments.int32(target, "the target") for target in targets])
        library.xpl_method_set_targets(self, numbers, len(targets))

    def set_seed(self, seed: int) -> None:
        library.xpl_method_set_seed(self, _arguments.uint64(seed, "seed"))

    def set_reference(self, reference: Picture) -> None:
        library.xpl_method_set_reference(self, reference)


def as_text(value: Any) -> str:
    """An option's value as the library reads it."""
    if isinstance(value, numpy.generic):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    if isinstance(value, (list, tuple, numpy.ndarray)):
        return ",".join(as_text(element) for element in value)
    raise TypeError(f"an option cannot be {value!r}: it must be text, a number, True, False, or a list of these")
