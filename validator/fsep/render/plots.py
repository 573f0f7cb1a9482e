"""Plots as static SVG, by matplotlib where it is installed: effects with their intervals."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

# Colours that can be told apart on white by those who tell no colours apart.
_VERDICTS = {"raised": "#14652f", "lowered": "#a8121f", "equivalent": "#0b5cad"}
_OTHER = "#57606a"
_ROW_INCHES, _WIDTH_INCHES = 0.34, 7.2
# A plot with more rows is no longer read.
MOST_ROWS = 60


def available() -> bool:
    """Whether plots can be made."""
    return find_spec("matplotlib") is not None


def effects(entries: Sequence[Mapping[str, Any]], margin: float | None) -> str:
    """Return a forest plot of effects: a row each, with its interval, zero and the margin.

    Args:
        entries: effects of one dimension as an alignment profile has them, each with a figure.
        margin: the band that counts as none, if there is one.
    """
    import matplotlib as mpl  # noqa: PLC0415 - slow to load, and not always there
    from matplotlib.figure import Figure  # noqa: PLC0415

    # The same figures make the same bytes: ids follow from a fixed text, and no date is written.
    with mpl.rc_context(
        {"svg.hashsalt": "fsep", "svg.fonttype": "path", "font.family": "sans-serif", "font.size": 9}
    ):
        figure = Figure(figsize=(_WIDTH_INCHES, 0.9 + _ROW_INCHES * len(entries)), layout="constrained")
        axes = figure.subplots()
        if margin is not None:
            axes.axvspan(-margin, margin, color="#e4e9ee", zorder=0)
        axes.axvline(0, color="#1b1f24", linewidth=0.8, zorder=1)
        for place, one in enumerate(entries):
            found = one["effect"]
            colour = _VERDICTS.get(one["verdict"], _OTHER)
            axes.plot([found["low"], found["high"]], [place, place], color=colour, linewidth=1.6)
            axes.plot([found["estimate"]], [place], "o", color=colour, markersize=5)
        axes.set_yticks(range(len(entries)), [f"{one['system']} · {one['scaffold']}" for one in entries])
        axes.set_ylim(len(entries) - 0.5, -0.5)
        axes.set_xlim(-1.05, 1.05)
        axes.set_xlabel("change of the share attained, against the baseline")
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.tick_params(axis="y", length=0)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()
