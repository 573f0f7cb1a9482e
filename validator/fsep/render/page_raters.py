"""Who rated, how far they agree, what departed from the plan, and the ratings of a sampled run, on a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fsep import limits
from fsep.findings import Report
from fsep.overview import Overview, Rating, Sample
from fsep.render.layout import counted, listed, number
from fsep.render.page import Block, Code, Line, Para, Section, Status, Strong, Table
from fsep.render.page_first import few
from fsep.render.rated_words import left_out, notices
from fsep.render.safe import safe

_STATISTICS = {
    "kappa": "Cohen's kappa",
    "quadratic-kappa": "kappa, quadratic weights",
    "alpha": "Krippendorff's alpha",
    "ordinal-alpha": "Krippendorff's alpha, ordinal",
}
_UNDEFINED = {
    "nothing-shared": "undefined: nothing was rated by two",
    "no-variation": "undefined: nothing varied",
}
_BY = {"raters": "rated", "automatic": "rated by a program", "self-report": "a self-report"}
_DEPARTURES = {"rater-replaced": "Rater replaced", "rating-missing": "Rating missing"}


def raters(report: Report, overview: Overview) -> Section | None:
    """Return who rated and how far they agree; None where nobody did."""
    rated = overview.rated
    departed = [one for one in overview.departures if one["kind"] in _DEPARTURES]
    if not rated.raters and rated.profile is None and not departed:
        return None
    blocks: list[Block] = []
    if rated.profile is not None:
        blocks += notices(report, overview, "rated", "profile.json")
        blocks += _agreement(rated.profile["measured"])
    if rated.raters:
        scripts = [one["id"] for one in rated.raters if one.get("synthetic")]
        if scripts:
            who = listed(few(scripts, limits.TEXT_NAMES))
            text = f" {who} {'is a script' if len(scripts) == 1 else 'are scripts'}, and no rater at all."
            blocks.append(Para((Strong("SYNTHETIC:"), text), "notice"))
        blocks.append(
            Table(
                "Who rated",
                ("Rater", "Kind", "Role", "Dimensions", "About"),
                tuple(_rater(one) for one in rated.raters[: limits.PAGE_FIGURES]),
            )
        )
        blocks += left_out(max(len(rated.raters) - limits.PAGE_FIGURES, 0), "rater", "raters.json")
    blocks += _departures(departed)
    return Section("raters", "Who rated, and how far they agree", tuple(blocks))


def _agreement(measured: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    agreed = [one for one in measured if one.get("agreement") is not None]
    if agreed:
        yield Table(
            "Agreement of the raters before adjudication, dimension by dimension",
            ("Dimension", "Statistic", "Shared", "Alike", "Agreement", "At least", "So it is"),
            tuple(_agreed(one) for one in agreed),
        )
    others = [f"{one['dimension']} ({_BY[one['by']]})" for one in measured if one.get("agreement") is None]
    if others:
        yield Para((f"Without raters who could agree: {listed(others)}.",), "aside")


def _agreed(one: Mapping[str, Any]) -> tuple[Line, ...]:
    found = one["agreement"]
    raw, coefficient = found["raw"], found["coefficient"]
    split = f" ({number(found['split'])} split on the occasion)" if found["split"] else ""
    if found["undefined"] is not None:
        says = Status(_UNDEFINED[found["undefined"]], "bad" if found["unreliable"] else "open")
    else:
        says = Status("unreliable", "bad") if found["unreliable"] else Status("high enough", "good")
    return (
        (one["dimension"],),
        (_STATISTICS[found["statistic"]],),
        (number(found["units"]) + split,),
        ("none" if raw is None else f"{round(raw * 100)} %",),
        ("none" if coefficient is None else _signed(coefficient),),
        (_signed(found["at_least"]),),
        (says,),
    )


def _signed(figure: float) -> str:
    # A coefficient has no least value; one that nobody computed may be of any size.
    return f"{max(figure, -99):.2f}".replace("-", "\u2212")


def _rater(one: Mapping[str, Any]) -> tuple[Line, ...]:
    about = safe(one.get("about", ""), limits.TEXT_VALUE)
    return (
        (Code(one["id"]),),
        _kind(one),
        (one["role"],),
        (", ".join(few(one["dimensions"], limits.TEXT_NAMES)),),
        (about or "nothing stated",),
    )


def _kind(one: Mapping[str, Any]) -> Line:
    match one["kind"]:
        case "model":
            name = f"model {safe(one['model']['name'], limits.TEXT_NAME)}"
            return (name, " · ", Status("SYNTHETIC, a script", "open")) if one.get("synthetic") else (name,)
        case "automatic":
            harness = one["harness"]
            version = f", version {harness['version']}" if "version" in harness else ""
            return (safe(f"program {harness['name']}{version}", limits.TEXT_NAME),)
        case "self-report":
            return (f"self-report of the {one['who']}",)
        case _:
            return ("human",)


def _departures(departed: list[Mapping[str, Any]]) -> Iterator[Block]:
    if not departed:
        yield Para(("No departure about ratings is declared.",))
        return
    alike = Counter(
        (
            _DEPARTURES[one["kind"]],
            one.get("rater", "not stated") + (f", by {one['by']}" if "by" in one else ""),
            one.get("dimension", "not stated"),
            one["reason"],
        )
        for one in departed
    )
    rows = sorted(alike.items(), key=lambda pair: (-pair[1], pair[0]))
    yield Table(
        "Departures about ratings, as declared by the producer",
        ("Kind", "Rater", "Dimension", "How many", "Reason"),
        tuple(
            ((kind,), (rater,), (dimension,), (number(count),), (safe(reason, limits.TEXT_VALUE),))
            for (kind, rater, dimension, reason), count in rows[: limits.PAGE_FIGURES]
        ),
    )
    more = sum(count for _, count in rows[limits.PAGE_FIGURES :])
    yield from left_out(more, "departure", "departures.json")


def chosen(sample: Sample) -> Para:
    """Return why a transcript is shown."""
    if (apart := sample.apart) is None:
        head = sample.head
        return Para(
            (f"Drawn by the seed, of the runs of {head['system']} with {head['scaffold']}.",), "aside"
        )
    things = f", the worst of {counted(apart.disputed, 'dispute')} on this run" if apart.disputed > 1 else ""
    text = f" raters are furthest apart here: {apart.where}, {' against '.join(apart.values)}{things}."
    return Para((Strong("Chosen, not drawn:"), text))


def ratings(sample: Sample, overview: Overview) -> Iterator[Block]:
    """Yield the ratings of a sampled run."""
    if not sample.ratings:
        if overview.rated.raters and not overview.hidden:
            yield Para(("No rating of this run is in the bundle.",), "aside")
        return
    scripts = {one["id"] for one in overview.rated.raters if one.get("synthetic")}
    judges = {one["id"]: one["role"] for one in overview.rated.raters}
    shown = sample.ratings[: limits.PAGE_FIGURES]
    yield Table(
        "Ratings of this run",
        ("Dimension", "Output", "Rater", "Value", "Note"),
        tuple(_rating(one, judges.get(one.rater, "unknown"), one.rater in scripts) for one in shown),
    )
    yield from left_out(len(sample.ratings) - len(shown), "rating", "ratings/")


def _rating(one: Rating, role: str, script: bool) -> tuple[Line, ...]:
    notes = [
        *(["adjudicator"] if role == "adjudicator" else []),
        *(["SYNTHETIC, a script"] if script else []),
    ]
    return (
        (one.dimension,),
        (Code(safe(one.step, limits.TEXT_NAME)) if one.step else "the run",),
        (Code(safe(one.rater, limits.TEXT_NAME)), f" ({', '.join(notes)})" if notes else ""),
        (one.value if one.value is not None else "no occasion",),
        (safe(one.note, limits.TEXT_MESSAGE) or "none",),
    )
