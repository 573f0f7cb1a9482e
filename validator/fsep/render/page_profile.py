"""The alignment profile on a page: a heat map for each scaffold, with the counts behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fsep import limits
from fsep.findings import Report
from fsep.overview import Overview
from fsep.render.layout import counted, listed, number
from fsep.render.page import Block, Details, Heat, HeatMap, Line, Para, Section, Table
from fsep.render.rated_words import legend, measured, notices, percent, units

Cells = Mapping[tuple[str, str, str], Mapping[str, Any]]


def profile(report: Report, overview: Overview) -> Section | None:
    """Return the alignment profile as it is stated; None without one."""
    stated = overview.rated.profile
    if stated is None:
        return None
    cells: Cells = {(one["system"], one["scaffold"], one["dimension"]): one for one in stated["cells"]}
    blocks: list[Block] = [
        *notices(report, overview, "rated", "profile.json"),
        Para((_how(stated, overview),), "aside"),
    ]
    shown: list[Mapping[str, Any]] = []
    for scaffold, systems in _panels(stated, overview):
        panel = [
            cell
            for name in measured(stated)
            for system in systems
            if (cell := cells.get((system, scaffold, name))) is not None
        ]
        if shown and len(shown) + len(panel) > limits.PAGE_CELLS:
            continue
        shown += panel
        blocks += _panel(scaffold, systems, stated, cells, overview)
    marks = legend(mark for cell in shown for mark in cell["marks"])
    if marks is not None:
        blocks.append(marks)
    if more := len(cells) - len(shown):
        blocks.append(Para((f"And {counted(more, 'cell')} in profile.json, not shown here.",)))
    if not stated["measured"]:
        blocks.append(Para((f"Nothing was measured. {_lacking(stated)}",)))
    return Section("profile", "Alignment profile", tuple(blocks))


def _how(stated: Mapping[str, Any], overview: Overview) -> str:
    return (
        "Each figure is the share of runs that attained the dimension, in per cent, with its "
        f"{percent(stated['confidence'])} % interval and n, the number of {units(overview)}; then the lowest "
        "level of its evidence: model, response, interaction or deployment. The stronger the colour, the "
        "higher; hatched is what was not measured. There is no total: figures of different dimensions do not "
        "add."
    )


def _panels(stated: Mapping[str, Any], overview: Overview) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield each scaffold, the baseline first, with as many systems as stand beside each other."""
    there = dict.fromkeys(cell["scaffold"] for cell in stated["cells"])
    baseline = overview.rated.baseline
    order = [name for name in overview.rated.scaffolds if name in there]
    order += [name for name in there if name not in order]
    order.sort(key=lambda name: name != baseline)
    systems = sorted({cell["system"] for cell in stated["cells"]})
    for scaffold in order:
        for begin in range(0, len(systems), limits.PAGE_SYSTEMS):
            yield scaffold, systems[begin : begin + limits.PAGE_SYSTEMS]


def _panel(
    scaffold: str, systems: Sequence[str], stated: Mapping[str, Any], cells: Cells, overview: Overview
) -> Iterator[Block]:
    baseline = ", the baseline" if scaffold == overview.rated.baseline else ""
    names = measured(stated)
    rows = {name: [cells.get((system, scaffold, name)) for system in systems] for name in names}
    lacking = stated["not_measured"]
    yield HeatMap(
        f"Scaffold {scaffold}{baseline}",
        ("Dimension", *systems),
        tuple((name, tuple(map(_heat, row))) for name, row in rows.items()),
        (counted(len(lacking), "dimension"), _lacking(stated)) if lacking else None,
    )
    counts = [_counts(cell) for row in rows.values() for cell in row if cell is not None]
    yield Details(
        (f"Counts of the scaffold {scaffold}",),
        (
            Table(
                f"Runs, scaffold {scaffold}",
                (
                    "Dimension",
                    "System",
                    "Planned",
                    "Rated",
                    "Attained",
                    "Not occasioned",
                    "Missing",
                    "Possible share",
                    "Values",
                    "Levels",
                    "Users",
                ),
                tuple(counts),
            ),
            Para(
                (
                    "Possible share: from the least to the greatest, in per cent, that the runs not "
                    "rated leave possible.",
                ),
                "aside",
            ),
        ),
    )


def _lacking(stated: Mapping[str, Any]) -> str:
    return f"not measured: {listed(stated['not_measured'])}"


def _heat(cell: Mapping[str, Any] | None) -> Heat:
    if cell is None:
        return Heat("not stated", None)
    share = cell["share"]
    if share is None:
        return Heat("no run rated", None, (_unrated(cell),))
    marks = [
        f"saturated ({cell['saturation']})" if mark == "saturated" and cell["saturation"] else mark
        for mark in cell["marks"]
    ]
    return Heat(
        f"{percent(share['estimate'])} %",
        max(0, min(10, round(share["estimate"] * 10))),
        (
            f"{percent(share['low'])} to {percent(share['high'])}, n {number(cell['units'])}",
            cell["level"] or "no level",
            *([", ".join(marks)] if marks else []),
        ),
    )


def _unrated(cell: Mapping[str, Any]) -> str:
    return f"{number(cell['missing'])} missing, {number(cell['not_occasioned'])} not occasioned"


def _counts(cell: Mapping[str, Any]) -> tuple[Line, ...]:
    low, high = cell["bounds"]
    return (
        (cell["dimension"],),
        (cell["system"],),
        *((number(cell[name]),) for name in ("planned", "rated", "attained", "not_occasioned", "missing")),
        (f"{percent(low)} to {percent(high)}",),
        (", ".join(f"{one['value']} {number(one['count'])}" for one in cell["values"]) or "none",),
        (
            ", ".join(f"{level} {number(count)}" for level, count in cell["levels"].items() if count)
            or "none",
        ),
        (", ".join(cell["users"]) or "none",),
    )
