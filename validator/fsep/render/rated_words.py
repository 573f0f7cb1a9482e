"""Figures, marks, levels and verdicts in words, as pages say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fsep import limits
from fsep.findings import Report
from fsep.overview import Overview
from fsep.render.layout import counted, listed
from fsep.render.page import Bullets, Code, Inline, Line, Para, Strong
from fsep.render.page_first import few
from fsep.render.safe import safe

# Under how many units there is no verdict (spec/1.0/13-profile.md, "Effects and their differences").
FEWEST = 10
LEVELS = ("model", "response", "interaction", "deployment")
MARKS = {
    "confounded": "the two systems declare different adaptations, and may differ by them",
    "exploratory": "the design does not name the dimension as primary",
    "saturated": "all rated runs attained the dimension, or none did: there is no room to rise, or to fall",
    "self-report": "who took part in a run reported on it",
    "treatment-material": "the scaffold uses a field of the item that the baseline does not",
    "unreliable": "the raters agree too little for figures of this dimension to be relied on",
}


def percent(share: float) -> str:
    """Return a share as per cent, of which only nothing is 0 and only all is 100."""
    whole = round(share * 100)
    if whole == 0 and share > 0:
        return "<1"
    if whole == 100 and share < 1:
        return ">99"
    return str(whole)


def points(figure: float) -> str:
    """Return a difference of shares in percentage points; below zero with a minus and no hyphen."""
    whole = round(figure * 100)
    return f"\u2212{-whole}" if whole < 0 else str(whole)


def between(low: float, high: float) -> str:
    """Return an interval of percentage points."""
    return f"{points(low)} to {points(high)}"


def effect_verdict(effect: Mapping[str, Any], margin: float | None, units: str) -> str:
    """Return the verdict on an effect in words."""
    words = {"raised": "raised", "lowered": "lowered", "equivalent": "unchanged (equivalent)"}
    return words.get(effect["verdict"] or "") or _open(effect, "effect", margin, units)


def difference_verdict(difference: Mapping[str, Any], margin: float | None, units: str) -> str:
    """Return the verdict on a difference of effects in words; only `equivalent` is called unchanged."""
    one, other = difference["systems"]
    match difference["verdict"]:
        case "differs":
            more = "more" if difference["difference"]["estimate"] > 0 else "less"
            return f"differs: it raised {one} {more} than {other}, or lowered it {_less(more)}"
        case "equivalent":
            return f"unchanged (equivalent) from {one} to {other}"
        case _:
            return _open(difference, "difference", margin, units)


def _less(more: str) -> str:
    return "less" if more == "more" else "more"


def _open(figure: Mapping[str, Any], name: str, margin: float | None, units: str) -> str:
    if figure[name] is None:
        return "nothing was measured on both sides"
    if figure["verdict"] == "undetermined":
        return "undetermined"
    if margin is None:
        return "no margin was stated, so no verdict"
    return f"too few {units} for a verdict"


def measured(stated: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return the measured dimensions of a profile by id; one that is stated twice is there once."""
    return {one["dimension"]: one for one in stated["measured"]}


def units(overview: Overview) -> str:
    """Return what is sampled, in the plural."""
    return "participants" if overview.rated.participants else "items"


def legend(met: Iterable[str]) -> Bullets | None:
    """Return what the marks that were met mean."""
    lines: list[Line] = [(Strong(f"{mark}:"), f" {MARKS[mark]}.") for mark in sorted(set(met))]
    return Bullets(tuple(lines)) if lines else None


def notices(report: Report, overview: Overview, facet: str, document: str) -> tuple[Para, ...]:
    """Return what has to be said above figures: that they were not accepted, that they are of stand-ins."""
    made = []
    found = report.facets.get(facet)
    if found is None or found.status != "reached":
        because = [safe(one, limits.PAGE_REASON) for one in found.because] if found is not None else []
        why = f" Why: {'; '.join(few(because, limits.TEXT_REASONS))}." if because else ""
        line: tuple[Inline, ...] = (
            Strong("NOT ACCEPTED:"),
            " the facet ",
            Code(facet),
            " is not reached, so that nothing warrants that what follows is what the ratings say. It is "
            "shown as the bundle states it in ",
            Code(document),
            f".{why}",
        )
        made.append(Para(line, "notice"))
    names = [id_ for id_, system in overview.systems.items() if system.get("synthetic")]
    if names:
        who = listed(few(names, limits.TEXT_NAMES))
        are = "is a scripted stand-in" if len(names) == 1 else "are scripted stand-ins"
        made.append(
            Para(
                (Strong("SYNTHETIC:"), f" {who} {are} and no model{'s' if len(names) > 1 else ''}."), "notice"
            )
        )
    return tuple(made)


def left_out(count: int, noun: str, document: str) -> tuple[Para, ...]:
    """Return that more stands in a document than here; nothing where there is no more."""
    return (Para((f"And {counted(count, noun)} in ", Code(document), ", not shown here.")),) if count else ()
