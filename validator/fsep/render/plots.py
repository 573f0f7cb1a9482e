"""Forest plots as SVG: drawn by matplotlib, then reduced to shapes and texts that take the page's colours.

What comes out has no style, no id but those of its title and description, and refers to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from fsep.render.markup import Markup, element, joined
from fsep.render.page import Forest
from fsep.render.safe import safe

HINT = 'pip install "fsep[report]"'
# Colours that are drawn with, each of which stands for one of the page.
_COLOURS = {"#000001": "text", "#000002": "line", "#000003": "quiet", "#000004": "item", "#000005": "link"}
_TEXT, _LINE, _QUIET, _ITEM, _LINK = _COLOURS
_KEPT = frozenset(("g", "path", "text"))
_SHAPE = ("d", "x", "y", "transform")
_STYLE = ("stroke-width", "stroke-dasharray", "stroke-linecap", "text-anchor", "font-size")
_FONT = re.compile(r"([0-9.]+)px")
# Inches, and characters of a label: the width of a page, and what stands beside the scale.
_WIDTH, _ROW, _HEAD, _FOOT = 9.0, 0.27, 0.12, 0.5
_LABEL = 40
_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "fsep",
    "font.family": "sans-serif",
    "font.size": 9.5,
    "text.parse_math": False,
    "path.simplify": False,
}


def forest(plot: Forest, name: str) -> Markup | None:
    """Return a forest plot under ids that begin with a name; None where matplotlib is not installed."""
    try:
        drawn = _drawn(plot)
    except ImportError:
        return None
    root = ElementTree.fromstring(drawn)
    width, height = (root.get(side, "").removesuffix("pt") for side in ("width", "height"))
    return element(
        "svg",
        element("title", plot.title, id=f"{name}-title"),
        element("desc", plot.alt, id=f"{name}-desc"),
        *(_reduced(child) for child in root),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )


def _drawn(plot: Forest) -> bytes:
    """Return the plot as matplotlib writes it.

    It has neither markers nor clipped shapes, which SVG needs ids for.
    """
    # Half a second, and an extra of this package: only pages with effects need it.
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    rows = len(plot.intervals)
    height = _HEAD + rows * _ROW + _FOOT
    with mpl.rc_context({**mpl.rcParamsDefault, **_SETTINGS}):
        figure = Figure(figsize=(_WIDTH, height))
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0.34, _FOOT / height, 0.36, rows * _ROW / height))
        axes.set(xlim=(-100, 100), ylim=(rows - 0.5, -0.5), xticks=range(-100, 101, 50), yticks=[])
        axes.set_axis_off()
        _scale(axes, plot, rows)
        for place, one in enumerate(plot.intervals):
            beside: dict[str, Any] = {"va": "center", "color": _TEXT, "clip_on": False}
            axes.text(-106, place, safe(one.label, _LABEL), ha="right", **beside)
            axes.text(106, place, safe(one.says, _LABEL), ha="left", **beside)
            if one.figure is not None:
                _interval(axes, place, *(100 * end for end in one.figure))
        out = BytesIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return out.getvalue()


def _scale(axes: Any, plot: Forest, rows: int) -> None:
    top, end = -0.5, rows - 0.5
    if plot.margin:
        side = 100 * plot.margin
        axes.fill([-side, side, side, -side], [top, top, end, end], color=_ITEM, lw=0, clip_on=False)
    for tick in (-100, -50, 0, 50, 100):
        strong = tick == 0
        axes.plot(
            [tick, tick],
            [top, end],
            color=_QUIET if strong else _LINE,
            lw=1.2 if strong else 0.6,
            clip_on=False,
        )
        says = f"\u2212{-tick}" if tick < 0 else str(tick)
        axes.text(tick, end + 0.25, says, ha="center", va="top", color=_QUIET, clip_on=False)
    foot = "percentage points" + ("; shaded: within the margin" if plot.margin else "")
    axes.text(0, end + 1, foot, ha="center", va="top", color=_QUIET, clip_on=False)


def _interval(axes: Any, place: int, estimate: float, low: float, high: float) -> None:
    axes.plot([low, high], [place, place], color=_LINK, lw=1.6, clip_on=False)
    for end in (low, high):
        axes.plot([end, end], [place - 0.16, place + 0.16], color=_LINK, lw=1.6, clip_on=False)
    across, up = 2.6, 0.24
    axes.fill(
        [estimate - across, estimate, estimate + across, estimate],
        [place, place - up, place, place + up],
        color=_LINK,
        lw=0,
        zorder=3,
        clip_on=False,
    )


def _reduced(node: ElementTree.Element) -> Markup:
    """Return a node with what is needed of it; a group without attributes is its children."""
    tag = node.tag.rpartition("}")[2]
    if tag not in _KEPT:
        return Markup()
    inner = joined(*map(_reduced, node))
    if tag == "g":
        return inner
    return element(tag, " ".join((node.text or "").split()), inner, **dict(_attributes(node)))


def _attributes(node: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for name in _SHAPE:
        if value := node.get(name):
            yield name, " ".join(value.split())
    style = {}
    for one in node.get("style", "").split(";"):
        key, _, value = one.partition(":")
        style[key.strip()] = value.strip()
    classes = [
        f"{kind}-{_COLOURS[style[kind]]}" for kind in ("fill", "stroke") if style.get(kind) in _COLOURS
    ]
    if classes:
        yield "class_", " ".join(classes)
    if style.get("fill") == "none":
        yield "fill", "none"
    if (font := _FONT.search(style.get("font", ""))) is not None:
        style["font-size"] = font[1]
    for name in _STYLE:
        if name in style:
            yield name.replace("-", "_"), style[name]
