"""Claims on a page: what is said, on what evidence, and how far beyond it, each axis by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fsep import limits
from fsep.findings import Report
from fsep.overview import Overview
from fsep.render.page import (
    Block,
    Code,
    Facts,
    Group,
    Inline,
    Ladder,
    Line,
    Para,
    Section,
    Status,
    Table,
    Tone,
)
from fsep.render.page_first import few
from fsep.render.rated_words import LEVELS, between, left_out, notices, percent, points
from fsep.render.safe import safe

_MEMBERS = {
    "systems": ("systems",),
    "scaffolds": ("scaffolds",),
    "items": ("domains", "languages"),
    "users": ("users",),
    "environment": ("environments",),
    "time": ("time",),
    "level": ("level",),
}
_STATUS: Mapping[str, Tone] = {"observed": "good", "inferred": "open"}
Figures = Mapping[tuple[str, ...], Mapping[str, Any]]


def claims(report: Report, overview: Overview) -> Section | None:
    """Return the claims as they are stated; None where there are none."""
    stated = overview.rated.claims
    if not stated:
        return None
    how = (
        "A claim's distance is each axis on which it says more than was measured, with the bridge that is to "
        "carry the evidence that far. Distances on different axes do not add: there is no total. This page "
        "judges no bridge."
    )
    figures = _figures(overview.rated.profile)
    return Section(
        "claims",
        "Claims and how far they reach",
        (
            *notices(report, overview, "claims-checked", "claims.json"),
            Para((how,), "aside"),
            *(_claim(one, figures) for one in stated[: limits.PAGE_CLAIMS]),
            *left_out(max(len(stated) - limits.PAGE_CLAIMS, 0), "claim", "claims.json"),
        ),
    )


def _claim(claim: Mapping[str, Any], figures: Figures) -> Group:
    status = claim["status"]
    evidence = few([_evidence(one, figures) for one in claim["evidence"]], limits.PAGE_ROWS)
    pairs: list[tuple[str, Line]] = [
        ("Claim", (Code(claim["id"]), " · ", Status(status, _STATUS[status]))),
        ("Asserts", (_asserts(claim["asserts"]),)),
        ("Evidence", ("; ".join(evidence),)),
    ]
    if claim["marks"]:
        pairs.append(("Marks of the evidence", (", ".join(claim["marks"]),)))
    blocks: list[Block] = [
        Facts(tuple(pairs)),
        Ladder(LEVELS, claim["evidence_level"], claim["asserts"]["level"]),
    ]
    if claim["distance"]:
        blocks.append(
            Table(
                f"Distance of {claim['id']}, axis by axis",
                ("Axis", "Asserted", "Bridge", "Support"),
                tuple(_reach(one, claim["asserts"]) for one in claim["distance"]),
            )
        )
    else:
        blocks.append(Para(("No distance: it states no axis on which it goes beyond its evidence.",)))
    return Group((safe(claim["text"], 2 * limits.TEXT_MESSAGE),), tuple(blocks))


def _asserts(asserts: Mapping[str, Any]) -> str:
    ends = [
        f"{word} {percent(asserts[end])} %"
        for end, word in (("at_least", "at least"), ("at_most", "at most"))
        if end in asserts
    ]
    what = " ".join([asserts["what"], *ends])
    who = f"systems: {_said(asserts['systems'])} · scaffolds: {_said(asserts['scaffolds'])}"
    return f"{what} · {asserts['dimension']} · {who}"


def _said(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return f"from {value['from']} until {value['until'] or 'no end'}"
    return ", ".join(few([safe(one, limits.TEXT_NAME) for one in value], limits.TEXT_NAMES))


def _reach(reach: Mapping[str, Any], asserts: Mapping[str, Any]) -> tuple[Line, ...]:
    asserted = [
        f"{member} {_said(asserts[member])}" if len(_MEMBERS[reach["axis"]]) > 1 else _said(asserts[member])
        for member in _MEMBERS[reach["axis"]]
    ]
    bridge = reach.get("bridge")
    if bridge is None:
        return (reach["axis"],), ("; ".join(asserted),), (Status("no bridge", "bad"),), ("none",)
    support: list[Inline] = [
        Status(bridge["support"], "open" if bridge["support"] == "untested" else "plain")
    ]
    if sources := bridge.get("sources"):
        named = few([safe(one, limits.TEXT_VALUE) for one in sources], limits.TEXT_NAMES)
        support.append(f": {'; '.join(named)}")
    return (
        (reach["axis"],),
        ("; ".join(asserted),),
        (safe(bridge["argument"], limits.TEXT_MESSAGE),),
        tuple(support),
    )


def _figures(profile: Mapping[str, Any] | None) -> Figures:
    """Return what evidence may refer to, by kind, systems, scaffold and dimension."""
    if profile is None:
        return {}
    return {
        (kind, *_of(one), one["scaffold"], one["dimension"]): one
        for kind, name in (("cell", "cells"), ("effect", "effects"), ("difference", "differences"))
        for one in profile[name]
    }


def _of(one: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(one["systems"]) if "systems" in one else (one["system"],)


def _evidence(one: Mapping[str, Any], figures: Figures) -> str:
    kind, systems = one["of"], _of(one)
    found = figures.get((kind, *systems, one["scaffold"], one["dimension"]))
    name = f"{kind}, {' and '.join(systems)}, {one['scaffold']}"
    figure = found["share" if kind == "cell" else kind] if found is not None else None
    if figure is None:
        return f"{name}: not in the profile" if found is None else f"{name}: no figure"
    if kind == "cell":
        return (
            f"{name}: {percent(figure['estimate'])} % ({percent(figure['low'])} to {percent(figure['high'])})"
        )
    return f"{name}: {points(figure['estimate'])} points ({between(figure['low'], figure['high'])})"
