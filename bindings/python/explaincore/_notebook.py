"""What a notebook shows of an explanation."""

from __future__ import annotations

import base64
import html as markup
from typing import TYPE_CHECKING, List

from .models import ScoredClass

if TYPE_CHECKING:
    from .explanations import Explanation


def html(explanation: Explanation) -> str:
    """The overlay beside the most probable classes, with and without the evidence."""
    picture = base64.b64encode(explanation.overlay().png()).decode()
    tables = _table("Before", explanation.top_before)
    if explanation.top_after:
        tables += _table("Without the evidence", explanation.top_after)
    notes = "".join(f"<p>&#9888; {markup.escape(warning)}</p>" for warning in explanation.warnings)
    name, method = markup.escape(explanation.target_name), markup.escape(explanation.method)
    return (
        '<div style="display: flex; gap: 1.5em; align-items: flex-start">'
        f'<img src="data:image/png;base64,{picture}" alt="Evidence for {name}" style="max-width: 24em">'
        f"<div><p>Evidence for <b>{name}</b> by {method}</p>{tables}{notes}</div></div>")


def _table(title: str, classes: List[ScoredClass]) -> str:
    rows = "".join(
        f"<tr><td>{markup.escape(entry.name)}</td><td>{entry.probability:.4f}</td></tr>" for entry in classes)
    return f'<table style="margin-bottom: 1em"><tr><th colspan="2">{title}</th></tr>{rows}</table>'
