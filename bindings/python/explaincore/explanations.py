"""Explanations: asked for, and what they found out."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_char_p, c_double, c_float, c_int32, c_size_t, c_void_p
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Optional, SupportsIndex, Tuple, Union

import numpy

from . import _arguments, _notebook
from . import _structs as structs
from ._calls import Call
from ._library import Owner, Uncopied, failure, json_of, library
from ._memory import FloatArray, floats
from .errors import InvalidArgumentError, UnsupportedError
from .loading import ModelLike, loaded
from .methods import Request
from .models import Model, ScoredClass, scored_classes
from .pictures import Picture, PictureLike
from .progress import ProgressLike, callback, observing

if TYPE_CHECKING:
    import matplotlib.figure

#: A class by its number or name, several that count as one, or None for the most probable one.
Target = Union[SupportsIndex, str, Iterable[Union[SupportsIndex, str]], None]


class Explanation(Uncopied):
    """What a method found out about a class of a picture.

    Maps are arrays `[height, width]` of float32 that cannot be written to. A notebook shows the overlay with the
    scores.
    """

    def __init__(self, handle: c_void_p, picture: Picture) -> None:
        """Not to be called: see `explain`."""
        # Apart from this object, so that series can keep the memory alive without a circle of references.
        self._handle = Owner(handle, library.xpl_explanation_free)
        summary = structs.Summary()
        library.xpl_explanation_summary(self._handle, ctypes.sizeof(summary), byref(summary))
        self._figure_count: int = summary.figure_count
        self._maps: Dict[structs.Map, FloatArray] = {}
        #: The picture that was explained.
        self.picture = picture
        #: The method's name, such as "mask".
        self.method: str = summary.method.decode()
        #: The model's name.
        self.model: str = summary.model.decode()
        #: The classes that were explained, which count as one.
        self.targets: List[int] = list(summary.targets[:summary.target_count])
        #: Their names, joined by "+".
        self.target_name: str = summary.target_name.decode()
        #: Whether the caller chose the target; otherwise it is the most probable class.
        self.target_given = bool(summary.target_given)
        #: The target's probability for the picture as it is.
        self.score_before: float = summary.score_before
        #: The same for the changed picture; NaN for methods that do not change it.
        self.score_after: float = summary.score_after
        #: The most probable classes of the picture, best first, at most 5.
        self.top_before: List[ScoredClass] = scored_classes(summary.top_before, summary.top_before_count)
        #: The same for the changed picture; none for methods that do not change it.
        self.top_after: List[ScoredClass] = scored_classes(summary.top_after, summary.top_after_count)
        #: What to know before trusting the result.
        self.warnings: List[str] = [text.decode() for text in summary.warnings[:summary.warning_count]]
        #: Series of numbers over the iterations, by name: "loss", "score", then the loss's terms.
        self.history: Dict[str, FloatArray] = dict(self._series(index) for index in range(summary.history_count))
        #: Numbers of the method's own, by name.
        self.measures: Dict[str, float] = dict(self._measure(index) for index in range(summary.measure_count))
        #: The center of mass of the evidence, (x, y) in pixels of the picture; NaN without any evidence.
        self.center: Tuple[float, float] = (summary.center_x, summary.center_y)
        #: The seed of every random choice: the same seed gives the same bits.
        self.seed: int = summary.seed
        #: Steps that were run.
        self.iterations: int = summary.iterations
        #: Wall-clock time.
        self.seconds: float = summary.seconds
        #: Whether the run was stopped before its end.
        self.interrupted = bool(summary.interrupted)

    @property
    def importance(self) -> FloatArray:
        """Evidence for the target at the size of the network's input, 0 to 1: high is evidence."""
        return self._map(structs.Map.IMPORTANCE)

    @property
    def picture_importance(self) -> FloatArray:
        """The same at the picture's own size; 0 where the network did not look."""
        return self._map(structs.Map.PICTURE_IMPORTANCE)

    @property
    def mask(self) -> Optional[FloatArray]:
        """What was kept, at the resolution that was learned: 1 keeps a pixel; None where the method learns none."""
        try:
            return self._map(structs.Map.MASK)
        except UnsupportedError:
            return None

    @property
    def map(self) -> FloatArray:
        """The method's map with its own sign, scale and size, which the importance was made of."""
        return self._map(structs.Map.RAW)

    def overlay(self) -> Picture:
        """The evidence in colors from blue to red over the picture."""
        return self._rendered(structs.Rendering.OVERLAY)

    def heatmap(self) -> Picture:
        """The evidence in colors from blue to red."""
        return self._rendered(structs.Rendering.HEATMAP)

    def mask_picture(self) -> Picture:
        """The evidence in shades of gray: white is evidence."""
        return self._rendered(structs.Rendering.MASK)

    def perturbed(self) -> Optional[Picture]:
        """The picture as the method changed it; None for methods that do not."""
        try:
            return self._rendered(structs.Rendering.PERTURBED)
        except UnsupportedError:
            return None

    def figures(self) -> Dict[str, Picture]:
        """Pictures of the method's own, by name."""
        return dict(self._figure(index) for index in range(self._figure_count))

    def save(self, folder: _arguments.Path, prefix: Optional[str] = None) -> None:
        """Writes mask.png, heatmap.png, cam.png (the overlay), and where there are any perturbated.png and `figures`.

        Args:
            folder: made if it is not there.
            prefix: stands before each name with a hyphen, as in flute-cam.png.
        """
        path, start = _arguments.path(folder, "folder"), None if prefix is None else _arguments.text(prefix, "prefix")
        with Call():
            library.xpl_explanation_write(self._handle, path, start)

    def report(self) -> Dict[str, Any]:
        """Every number, options and measures among them, as `xpl explain --json` writes it."""
        report: Dict[str, Any] = json_of(
            library.xpl_explanation_json, self._handle, _arguments.text(self.picture.name, "the picture's name"))
        return report

    def plot(self) -> matplotlib.figure.Figure:
        """Picture, overlay, and where there are any the changed picture and the history, by matplotlib."""
        from ._plot import figure

        return figure(self)

    def _map(self, which: structs.Map) -> FloatArray:
        if which not in self._maps:
            width, height = c_int32(), c_int32()
            library.xpl_explanation_map_size(self._handle, which, byref(width), byref(height))
            values = numpy.empty((height.value, width.value), numpy.float32)
            library.xpl_explanation_copy_map(self._handle, which, values.ctypes.data_as(c_void_p), values.size)
            values.flags.writeable = False
            self._maps[which] = values
        return self._maps[which]

    def _series(self, index: int) -> Tuple[str, FloatArray]:
        """A series as the library holds it, not copied."""
        name, pointer, count = c_char_p(), POINTER(c_float)(), c_size_t()
        library.xpl_explanation_history(self._handle, index, byref(name), byref(pointer), byref(count))
        return (name.value or b"").decode(), floats(self._handle, pointer, (count.value,))

    def _measure(self, index: int) -> Tuple[str, float]:
        name, value = c_char_p(), c_double()
        library.xpl_explanation_measure(self._handle, index, byref(name), byref(value))
        return (name.value or b"").decode(), value.value

    def _figure(self, index: int) -> Tuple[str, Picture]:
        name, handle = c_char_p(), c_void_p()
        library.xpl_explanation_figure(self._handle, index, byref(name), byref(handle))
        return (name.value or b"").decode(), Picture(handle)

    def _rendered(self, rendering: structs.Rendering) -> Picture:
        handle = c_void_p()
        library.xpl_explanation_render(self._handle, rendering, byref(handle))
        return Picture(handle)

    def _repr_png_(self) -> bytes:
        return self.overlay().png()

    def _repr_html_(self) -> str:
        return _notebook.html(self)

    def __repr__(self) -> str:
        after = "" if numpy.isnan(self.score_after) else f", {self.score_after:.4g} without its evidence"
        return f"<Explanation of {self.target_name!r} by {self.method}: probability {self.score_before:.4g}{after}>"


def explain(
    picture: PictureLike,
    model: ModelLike = "scenes",
    method: str = "mask",
    *,
    target: Target = None,
    preset: Optional[str] = None,
    seed: int = 0,
    reference: Optional[PictureLike] = None,
    progress: ProgressLike = None,
    **options: Any,
) -> Explanation:
    """Finds the pixels of a picture that speak for a class.

    Args:
        picture: a path, a PIL image, a `Picture`, or an array as `Picture.from_array` takes it.
        model: a model, or a name or path for `load`.
        method: as `methods()` lists it.
        target: a class by its number or name, several that count as one, or None for the most probable one.
        preset: one of the method's presets; None takes the first.
        seed: of every random choice: the same seed gives the same result, to the bit.
        reference: the second picture, for options that need one, such as `perturbation="picture"`.
        progress: a function that sees each `Progress` and may return True to stop; True or False for a bar or none.
        options: the method's, as `methods()[method].options` lists them; None leaves one to the preset.

    Ctrl-C stops after the step that is being computed and raises `KeyboardInterrupt`, whose attribute `explanation` has
    what was learned so far (None if that was nothing); so does an exception of another signal's handler, or of a
    `progress` function. Where that function returns True, what was learned so far is returned. Raises
    `InvalidArgumentError`, with the nearest names for names that do not exist; `UnsupportedError` where the model
    cannot do what the method needs.
    """
    picture, model = Picture.of(picture), loaded(model)
    request = Request(method, preset)
    for option, value in options.items():
        request.set(option, value)
    request.set_targets(_targets(model, target))
    request.set_seed(seed)
    if reference is not None:
        request.set_reference(Picture.of(reference))

    handle, explanation = c_void_p(), None
    try:
        with observing(progress, method) as observer, Call(reporting=True) as call:
            status = library.xpl_explain(model, picture, request, callback(call, observer), None, byref(handle))
            error = None if status == structs.Status.OK else failure(status)
            explanation = Explanation(handle, picture) if handle.value else None
    except BaseException as stop:
        setattr(stop, "explanation", explanation)
        raise
    if explanation is None:
        assert error is not None
        raise error
    return explanation


def _targets(model: Model, target: Target) -> List[int]:
    if target is None:
        return []
    if isinstance(target, (str, bytes)) or not isinstance(target, Iterable) or getattr(target, "ndim", 1) == 0:
        return [_target(model, target)]
    targets = [_target(model, element) for element in target]
    if not targets:
        raise InvalidArgumentError(f"target is {target!r}: a list must name a class (None is the most probable one)")
    return targets


def _target(model: Model, target: Any) -> int:
    if isinstance(target, str):
        return model.class_index(target)
    if isinstance(target, (bool, numpy.bool_)) or not hasattr(target, "__index__"):
        raise TypeError(f"target is {target!r}: it must be a class's number or name, or a list of these")
    return _arguments.int32(target, "target")
