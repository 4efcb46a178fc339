"""How far a method is: for a function of the user's, or for a bar."""

from __future__ import annotations

import importlib.util
import sys
import warnings
from contextlib import contextmanager
from typing import Any, Callable, Iterator, NamedTuple, Optional, Union

from . import _structs as structs
from ._calls import Call


class Progress(NamedTuple):
    """A report after a step."""

    #: Finished steps, from 1.
    step: int
    #: All steps; a run may end earlier.
    steps: int
    #: The loss in the last step; NaN for methods without one.
    loss: float
    #: The target's score in the last step; NaN if unknown.
    score: float


#: A function that sees each report; if it returns True, the method stops with what was learned so far.
Observer = Callable[[Progress], Optional[bool]]
#: A function, True for a bar by tqdm, False for none, None for a bar where somebody looks and tqdm is installed.
ProgressLike = Union[Observer, bool, None]


def callback(call: Call, observer: Optional[Observer]) -> Any:
    """The observer as C calls it; without one it still stops the method after Ctrl-C."""

    def report(progress: Any, user: Any) -> int:
        wish = 0
        if observer is not None and not call.stopping:
            entry = progress.contents
            seen = Progress(entry.step, entry.steps, entry.loss, entry.score)
            wish = call.guard(lambda: bool(observer(seen)))
        return int(wish or call.stopping)

    return structs.ProgressCallback(report)


@contextmanager
def observing(progress: ProgressLike, title: str) -> Iterator[Optional[Observer]]:
    """The observer that `progress` asks for; a bar is closed at the end."""
    if callable(progress):
        yield progress
        return
    bar = _bar(title) if progress or (progress is None and _watched()) else None
    if bar is None:
        if progress:
            raise ImportError("progress=True needs tqdm: pip install tqdm")
        yield None
        return

    def show(report: Progress) -> None:
        if bar.total != report.steps:
            bar.reset(report.steps)
        if report.score == report.score:  # known
            bar.set_postfix(score=f"{report.score:.3f}", refresh=False)
        bar.update(report.step - bar.n)

    with bar:
        yield show


def _watched() -> bool:
    """Whether a bar is seen and then goes: in a terminal, or as a notebook's widget; not where output is kept."""
    if "ipykernel" in sys.modules:
        return importlib.util.find_spec("ipywidgets") is not None
    return sys.stderr is not None and sys.stderr.isatty()


def _bar(title: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about widgets that a notebook does not have
            from tqdm.auto import tqdm

            return tqdm(desc=title, leave=False)
    except ImportError:
        return None
