"""Charts as SVG in data URIs, drawn by matplotlib: a picture in the page, without script or network.

Matplotlib, since it draws SVG by itself; Altair, Bokeh and Plotly draw in the browser by script. Each chart stands
beside a table that says the same in numbers. A picture in a URI of its own shares no ids with the others on the page.
"""

from __future__ import annotations

import base64
import io
import textwrap
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

_STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "chuan",  # the same chart is the same text
    "svg.fonttype": "none",  # text stays text, in the reader's letters
    "font.family": "sans-serif",
    "font.size": 9,
}
_COLOURS: Final = ("#1b6e53", "#5aa469", "#c9b037", "#b5533c", "#8a8d91", "#5b6b8c", "#9d7fb0", "#444444")
_WIDTH_INCHES: Final = 7.2
_BINS: Final = 20
_LABEL: Final = 48  # letters of a line


def bars(counts: Sequence[tuple[str, int]]) -> str:
    """Bars for counts, the first on top; empty where there are none."""
    if not counts:
        return ""
    figure, axes = _drawing(len(counts))
    places = range(len(counts))
    drawn = axes.barh(places, [count for _, count in counts], color=_COLOURS[0])
    axes.bar_label(drawn, [f"{count:,}" for _, count in counts], padding=3)
    _label(axes, [name for name, _ in counts])
    axes.margins(x=0.12)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return _uri(figure)


def shares(groups: Sequence[tuple[str, Sequence[int]]], names: Sequence[str]) -> str:
    """For each group a bar of the shares of its results."""
    figure, axes = _drawing(len(groups) + 2)
    places = range(len(groups))
    left = [0.0] * len(groups)
    for index, name in enumerate(names):
        widths = [100 * counts[index] / (sum(counts) or 1) for _, counts in groups]
        axes.barh(places, widths, left=left, color=_COLOURS[index % len(_COLOURS)], label=name)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    _label(axes, [name for name, _ in groups])
    axes.set_xlim(0, 100)
    axes.xaxis.set_major_formatter("{x:.0f}%")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return _uri(figure)


def histogram(scores: Mapping[Decimal, int], across: str, up: str) -> str:
    """How often which score comes; empty where there are none."""
    if not scores:
        return ""
    figure, axes = _drawing(6)
    axes.hist([float(score) for score in scores], _BINS, weights=list(scores.values()), color=_COLOURS[0])
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    return _uri(figure)


def _drawing(lines: int) -> tuple[Figure, Axes]:
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH_INCHES, 0.7 + 0.36 * lines), layout="constrained")
        axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _label(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [_wrapped(name) for name in names])
    axes.invert_yaxis()


def _wrapped(name: str) -> str:
    # A dollar sign would begin a formula.
    return "\n".join(textwrap.wrap(name, _LABEL, max_lines=2, placeholder=" …")).replace("$", r"\$") or "–"


def _uri(figure: Figure) -> str:
    written = io.BytesIO()
    with mpl.rc_context(_STYLE):
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml;base64," + base64.b64encode(written.getvalue()).decode()
