"""What each scaffold changes in each system, and whether it changes one more than another, on a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fsep import limits
from fsep.findings import Report
from fsep.overview import Overview
from fsep.render.layout import counted, listed, number
from fsep.render.page import Block, Details, Forest, Group, Interval, Line, Para, Section, Table
from fsep.render.rated_words import (
    between,
    difference_verdict,
    effect_verdict,
    left_out,
    legend,
    measured,
    notices,
    points,
    units,
)

_DIFFERENCE = {"differs": 0, "equivalent": 1, "undetermined": 2, None: 3}
Made = Mapping[str, Any]


def effects(report: Report, overview: Overview) -> Section | None:
    """Return the effects and their differences as they are stated; None where there are none."""
    stated = overview.rated.profile
    if stated is None or not stated["effects"]:
        return None
    baseline = overview.rated.baseline
    against = f", {baseline}" if baseline else ""
    how = (
        f"An effect is the share under a scaffold less the share under the baseline{against}, over the "
        f"{units(overview)} with a rated run under both, in percentage points. Each is of one system by "
        "itself; none is pooled. Only what is equivalent, its whole interval within the margin, is called "
        "unchanged."
    )
    blocks: list[Block] = [*notices(report, overview, "rated", "profile.json"), Para((how,), "aside")]
    marks: set[str] = set()
    room = limits.PAGE_CELLS
    left = Counter[str]()
    effects_of, differences_of = _by_dimension(stated["effects"]), _by_dimension(stated["differences"])
    for name, dimension in measured(stated).items():
        own = effects_of.get(name, [])
        apart = differences_of.get(name, [])
        apart.sort(key=lambda one: (_DIFFERENCE[one["verdict"]], one["scaffold"], one["systems"]))
        shown = own[: min(limits.PAGE_FIGURES, room)]
        said = apart[: min(limits.PAGE_FIGURES, max(room - len(shown), 0))]
        room -= len(shown) + len(said)
        left += Counter({"effect": len(own) - len(shown), "difference": len(apart) - len(said)})
        if not shown:
            continue
        marks.update(mark for one in (*shown, *said) for mark in one["marks"])
        inner: list[Block] = [_forest(dimension, shown, overview)]
        if apart:
            inner += [_differences_say(apart), _differences(dimension, said, overview)]
        blocks.append(Group((name,), tuple(inner)))
    meaning = legend(marks)
    blocks += [meaning] if meaning is not None else []
    for noun, count in sorted(left.items()):
        blocks += left_out(count, noun, "profile.json")
    return Section("effects", "Effects of the scaffolds", tuple(blocks))


def _by_dimension(figures: Sequence[Made]) -> dict[str, list[Made]]:
    made: dict[str, list[Made]] = {}
    for one in figures:
        made.setdefault(one["dimension"], []).append(one)
    return made


def _forest(dimension: Made, shown: Sequence[Made], overview: Overview) -> Forest:
    name, margin = dimension["dimension"], dimension["margin"]
    rows = [(one, effect_verdict(one, margin, units(overview))) for one in shown]
    within = (
        f", margin {points(margin).lstrip('+')} points either way" if margin is not None else ", no margin"
    )
    more = len(rows) - limits.PAGE_PLOT
    further = f"; and {number(more)} more in the table" if more > 0 else ""
    return Forest(
        name,
        f"Effects on {name}, in percentage points{within}",
        "; ".join(_aloud(rows[: limits.PAGE_PLOT])) + further,
        tuple(
            Interval(
                f"{one['system']} · {one['scaffold']}",
                _figure(one["effect"]),
                says,
            )
            for one, says in rows[: limits.PAGE_PLOT]
        ),
        margin,
        Table(
            f"Effects on {name}",
            ("System", "Scaffold", "Effect", "Interval", "n", "Possible", "Verdict", "Marks"),
            tuple(
                (
                    (one["system"],),
                    (one["scaffold"],),
                    *_figures(one, one["effect"]),
                    (says,),
                    (", ".join(one["marks"]) or "none",),
                )
                for one, says in rows
            ),
        ),
    )


def _aloud(rows: Sequence[tuple[Made, str]]) -> Iterator[str]:
    for one, says in rows:
        figure = one["effect"]
        said = f" {points(figure['estimate'])}, {between(figure['low'], figure['high'])}" if figure else ""
        yield f"{one['system']} with {one['scaffold']}{said}: {says}"


def _figure(figure: Made | None) -> tuple[float, float, float] | None:
    return (figure["estimate"], figure["low"], figure["high"]) if figure is not None else None


def _figures(one: Made, figure: Made | None) -> Iterator[Line]:
    yield (points(figure["estimate"]) if figure is not None else "none",)
    yield (between(figure["low"], figure["high"]) if figure is not None else "none",)
    yield (number(one["units"]),)
    yield (between(*one["bounds"]),)


def _differences_say(apart: Sequence[Made]) -> Para:
    """Return in a sentence what is found of differences between systems, all of them counted."""
    counts = Counter(one["verdict"] for one in apart)
    words = {
        "differs": "differ",
        "equivalent": "are unchanged (equivalent)",
        "undetermined": "are undetermined: the data do not say whether systems differ",
        None: "are without a verdict",
    }
    said = [f"{number(counts[verdict])} {text}" for verdict, text in words.items() if counts[verdict]]
    return Para((f"Of {counted(len(apart), 'difference')} between effects on two systems, {listed(said)}.",))


def _differences(dimension: Made, said: Sequence[Made], overview: Overview) -> Details:
    return Details(
        (f"Differences of effects on {dimension['dimension']}",),
        (
            Table(
                f"Differences of effects on {dimension['dimension']}, in percentage points",
                (
                    "Scaffold",
                    "Effect on",
                    "Less that on",
                    "Difference",
                    "Interval",
                    "n",
                    "Possible",
                    "In words",
                    "Marks",
                ),
                tuple(
                    (
                        (one["scaffold"],),
                        (one["systems"][0],),
                        (one["systems"][1],),
                        *_figures(one, one["difference"]),
                        (difference_verdict(one, dimension["margin"], units(overview)),),
                        (", ".join(one["marks"]) or "none",),
                    )
                    for one in said
                ),
            ),
        ),
    )
