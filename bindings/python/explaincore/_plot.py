"""Explanations as figures of matplotlib, which is imported when one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List, Tuple

import numpy

if TYPE_CHECKING:
    import matplotlib.figure

    from .explanations import Explanation


def figure(explanation: Explanation) -> matplotlib.figure.Figure:
    """Picture, overlay, and where there are any the changed picture and the history."""
    import matplotlib.pyplot

    pictures: List[Tuple[str, Any]] = [
        (f"{_score(explanation.target_name, explanation.score_before)}", explanation.picture),
        (f"Evidence by {explanation.method}", explanation.overlay()),
    ]
    perturbed = explanation.perturbed()
    if perturbed is not None:
        pictures.append((_score(explanation.target_name, explanation.score_after), perturbed))
    history = {name: values for name, values in explanation.history.items() if len(values) > 1}
    columns = len(pictures) + bool(history)
    result, rows = matplotlib.pyplot.subplots(
        1, columns, figsize=(3.6 * columns, 3.9), layout="constrained", squeeze=False)
    axes = rows[0]
    for axis, (title, picture) in zip(axes, pictures):
        axis.imshow(numpy.asarray(picture))
        axis.set_title(title)
        axis.set_axis_off()
    if history:
        for name, values in history.items():
            axes[-1].plot(values, label=name, linewidth=1)
        axes[-1].set_title("History")
        axes[-1].set_xlabel("iteration")
        axes[-1].legend()
    return result


def _score(name: str, score: float) -> str:
    return name if numpy.isnan(score) else f"{name}: {score:.4g}"
