"""The alignment profile on a page: cells as a heat map, effects, their differences in words, agreement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fsep import limits
from fsep.findings import Report
from fsep.overview import Overview
from fsep.overview.rated import Rated
from fsep.render import plots
from fsep.render.layout import counted, listed, number
from fsep.render.page import (
    Block,
    Bullets,
    Code,
    Details,
    Figure,
    Heat,
    HeatCell,
    Line,
    Para,
    Section,
    Strong,
    Table,
)

Entry = Mapping[str, Any]
_UNDETERMINED = "undetermined: the interval reaches over an end of the margin"
_VERDICTS = {
    "raised": "raised",
    "lowered": "lowered",
    "equivalent": "unchanged, within the margin",
    "undetermined": _UNDETERMINED,
    None: "no verdict",
}


def profile(report: Report, overview: Overview) -> Section | None:
    """Return the alignment profile, as far as the bundle states one that is valid."""
    stated = overview.rated.profile
    if stated is None:
        return None
    blocks: list[Block] = [*_standing(report), _not_measured(stated)]
    blocks += _panels(stated)
    blocks.append(Details(("What the cells rest on",), tuple(_counts(stated))))
    return Section("profile", "Alignment profile", tuple(blocks))


def _standing(report: Report) -> Iterator[Para]:
    if report.facets["rated"].status != "reached":
        reasons = "; ".join(report.facets["rated"].because[:2])[: 2 * limits.PAGE_REASON]
        yield Para(
            (Strong("These figures were not accepted:"), f" `rated` is not reached ({reasons})."), "notice"
        )


def _not_measured(stated: Entry) -> Para:
    missing = stated["not_measured"]
    if not missing:
        return Para(("All core dimensions were measured.",))
    return Para((Strong("Not measured: "), f"{listed(missing)}."))


def _panels(stated: Entry) -> Iterator[Heat]:
    """Yield a heat map for each scaffold: dimensions by systems."""
    cells = {(one["scaffold"], one["dimension"], one["system"]): one for one in stated["cells"]}
    systems = sorted({one["system"] for one in stated["cells"]})[: limits.PAGE_SYSTEMS]
    scaffolds = list(dict.fromkeys(one["scaffold"] for one in stated["cells"]))
    measured = [one["dimension"] for one in stated["measured"]]
    for scaffold in scaffolds[: limits.PAGE_SCAFFOLDS]:
        rows = []
        for dimension in measured:
            found = [cells.get((scaffold, dimension, system)) for system in systems]
            rows.append(((dimension,), tuple(map(_cell, found))))
        if stated["not_measured"]:
            # One row stands for all: who looks for what is not there reads it above, by name.
            others = f"{counted(len(stated['not_measured']), 'other dimension')}"
            rows.append(((others,), tuple(_cell(None) for _ in systems)))
        yield Heat(f"Scaffold {scaffold}: share of runs that attained each dimension", systems, tuple(rows))


def _cell(one: Entry | None) -> HeatCell:
    if one is None:
        return HeatCell(None, ("not measured",))
    if one["share"] is None:
        return HeatCell(None, ("none rated",))
    share = one["share"]
    text = f" {_percent(share['low'])} to {_percent(share['high'])} · n {one['units']} · {one['level']}"
    marks = f" · {', '.join(one['marks'])}" if one["marks"] else ""
    return HeatCell(share["estimate"], (Strong(_percent(share["estimate"])), f"{text}{marks}"))


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _counts(stated: Entry) -> Iterator[Block]:
    rows = [
        (
            (f"{one['system']}, {one['scaffold']}, {one['dimension']}",),
            (f"{one['rated']} of {one['planned']}",),
            (", ".join(f"{value['value']} {value['count']}" for value in one["values"]),),
            (str(one["not_occasioned"]),),
            (str(one["missing"]),),
            (f"{_percent(one['bounds'][0])} to {_percent(one['bounds'][1])}",),
            (", ".join(one["users"]) or "nobody",),
        )
        for one in stated["cells"][: limits.PAGE_CELLS]
    ]
    columns = ("Cell", "Rated", "Values", "Not occasioned", "Missing", "Worst case", "Users")
    yield Table("Runs of each cell", columns, tuple(rows))
    if (more := len(stated["cells"]) - len(rows)) > 0:
        yield Para((f"And {counted(more, 'more cell')}.",))


def effects(overview: Overview) -> Section | None:
    """Return effects with their intervals, and the differences of effects in words."""
    stated = overview.rated.profile
    if stated is None or not stated["effects"]:
        return None
    blocks: list[Block] = []
    for one in stated["measured"]:
        blocks += _effects(stated, one)
    if not plots.available():
        blocks.append(
            Para(("Plots are made where ", Code('pip install "fsep[report]"'), " was run."), "aside")
        )
    return Section("effects", "What each scaffold changes", tuple(blocks))


def _effects(stated: Entry, measured: Entry) -> Iterator[Block]:
    name, margin = measured["dimension"], measured["margin"]
    found = [one for one in stated["effects"] if one["dimension"] == name][: plots.MOST_ROWS]
    kind = "primary" if measured["primary"] else "exploratory"
    held = f"margin {margin}" if margin is not None else "no margin, and so no verdict"
    yield Para((Strong(name), f" · {kind} · {held} · corrected over {measured['effects']} effects"))
    figures = [one for one in found if one["effect"] is not None]
    if figures and plots.available():
        said = "; ".join(
            f"{one['system']} with {one['scaffold']}: {_figure(one['effect'])}" for one in figures
        )
        yield Figure(plots.effects(figures, margin), f"Effects on {name}. {said}"[: limits.TEXT_MESSAGE])
    rows = [
        (
            (f"{one['system']}, {one['scaffold']}",),
            (_figure(one["effect"]),),
            (_VERDICTS[one["verdict"]],),
            (number(one["units"]),),
            (", ".join(one["marks"]) or "none",),
        )
        for one in found
    ]
    table = Table(
        f"Effects on {name}", ("System, scaffold", "Effect", "Verdict", "Units", "Marks"), tuple(rows)
    )
    yield Details((f"The figures of {name}",), (table,))
    yield Bullets(tuple(_difference(one) for one in _shown(stated, name)))


def _shown(stated: Entry, dimension: str) -> list[Entry]:
    """Return the differences of effects in a dimension, those that differ first."""
    found = [one for one in stated["differences"] if one["dimension"] == dimension]
    return sorted(found, key=lambda one: one["verdict"] != "differs")[: limits.PAGE_DIFFERENCES]


def _figure(found: Entry | None) -> str:
    if found is None:
        return "no figure"
    return f"{found['estimate']:+.2f} ({found['low']:+.2f} to {found['high']:+.2f})"


def _difference(one: Entry) -> Line:
    scaffold, both = one["scaffold"], " and ".join(one["systems"])
    said: Line = {
        "differs": (Strong(f"The effect of {scaffold} differs"), f" between {both}"),
        "equivalent": (f"The effect of {scaffold} is the same, within the margin, for {both}",),
        "undetermined": (f"Whether the effect of {scaffold} differs between {both} is undetermined",),
        None: (f"No verdict on the effects of {scaffold} on {both}",),
    }[one["verdict"]]
    marks = f" · {', '.join(one['marks'])}" if one["marks"] else ""
    return (*said, f": {_figure(one['difference'])}{marks}")


def agreement(overview: Overview) -> Section | None:
    """Return who rated, and how far they agree."""
    rated = overview.rated
    if rated.profile is None or not rated.profile["measured"]:
        return None
    rows = [((one["dimension"],), *_agreed(one)) for one in rated.profile["measured"]]
    columns = ("Dimension", "Rated by", "Agreement", "Raw", "Things rated twice", "To be at least")
    table = Table("Agreement of raters, before adjudication", columns, tuple(rows))
    return Section("agreement", "Raters and their agreement", (table, *_raters(rated)))


def _agreed(one: Entry) -> Sequence[Line]:
    found = one["agreement"]
    if found is None:
        return ((one["by"],), ("none: nobody rated twice",), ("none",), ("none",), ("none",))
    split = f", {found['split']} split" if found["split"] else ""
    value = (
        "undefined: " + str(found["undefined"])
        if found["coefficient"] is None
        else f"{found['coefficient']:.3f}"
    )
    said: Line = (f"{found['statistic']} {value}",)
    if found["unreliable"]:
        said = (*said, " ", Strong("UNRELIABLE"))
    raw = "none" if found["raw"] is None else f"{found['raw']:.3f}"
    return ((one["by"],), said, (raw,), (f"{found['units']}{split}",), (str(found["at_least"]),))


def _raters(rated: Rated) -> Iterator[Block]:
    if rated.raters is None:
        return
    listed_ = rated.raters["raters"][: limits.PAGE_RATERS]
    yield Bullets(
        tuple(
            (
                Strong(one["id"]),
                f" · {one['kind']} {one['role']} of {listed(one['dimensions'][: limits.PAGE_ROWS])}"
                + (f" · {one['model']['name']}" if "model" in one else "")
                + (" · a script, and no model" if one.get("synthetic") else ""),
            )
            for one in listed_
        )
    )
