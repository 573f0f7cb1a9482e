"""Claims on a page: each with its evidence level as a ladder, and its distance axis by axis; no total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fsep import limits
from fsep.findings import Report
from fsep.overview import Overview
from fsep.rating.level import LEVELS
from fsep.render.layout import counted, listed
from fsep.render.page import Block, Card, Cards, Facts, Line, Para, Section, Status, Strong

Claim = Mapping[str, Any]
_AXES = {
    "level": "the level of the evidence",
    "systems": "the systems measured",
    "scaffolds": "the scaffolds measured",
    "items": "the items measured",
    "users": "the users there were",
    "environment": "the environments there were",
    "time": "the time of the runs",
}


def claims(report: Report, overview: Overview) -> Section | None:
    """Return the claims, as far as the bundle states valid ones."""
    stated = overview.rated.claims
    if stated is None:
        return None
    shown = stated["claims"][: limits.PAGE_CLAIMS]
    blocks: list[Block] = []
    if report.facets["claims-checked"].status != "reached":
        because = "; ".join(report.facets["claims-checked"].because[:2])[: 2 * limits.PAGE_REASON]
        why = f" `claims-checked` is not reached ({because})."
        blocks.append(Para((Strong("Not all of this was accepted:"), why), "notice"))
    blocks.append(Cards(tuple(_card(one) for one in shown)))
    if (more := len(stated["claims"]) - len(shown)) > 0:
        blocks.append(Para((f"And {counted(more, 'more claim')}.",)))
    blocks.append(Para(("Distances on different axes do not add: there is no total.",), "aside"))
    return Section("claims", "Claims and their inferential distance", tuple(blocks))


def _card(claim: Claim) -> Card:
    observed = claim["status"] == "observed"
    status = Status("observed" if observed else "inferred", "good" if observed else "open")
    pairs: list[tuple[str, Line]] = [
        ("Evidence", (_evidence(claim["evidence"]),)),
        ("Level", _ladder(claim["evidence_level"], claim["asserts"]["level"])),
    ]
    if claim["marks"]:
        pairs.append(("Marks", (", ".join(claim["marks"]),)))
    if not claim["distance"]:
        pairs.append(("Distance", ("none: it says no more than was measured",)))
    pairs += [(f"Beyond {_AXES[reach['axis']]}", _bridge(reach)) for reach in claim["distance"]]
    return Card((status, " ", Strong(claim["id"]), f" {claim['text']}"), Facts(tuple(pairs)))


def _evidence(evidence: list[Mapping[str, Any]]) -> str:
    said = [
        f"{one['of']} of {listed(one.get('systems', [one.get('system', '')]))} with {one['scaffold']} "
        f"in {one['dimension']}"
        for one in evidence[: limits.PAGE_ROWS]
    ]
    more = len(evidence) - len(said)
    return "; ".join(said) + (f"; and {counted(more, 'more')}" if more > 0 else "")


def _ladder(measured: str, asserted: str) -> Line:
    """Return the levels from the lowest up: the one measured, and the one asserted where it is higher."""
    return tuple(_rungs(LEVELS.index(measured), LEVELS.index(asserted)))


def _rungs(measured: int, asserted: int) -> Iterator[str | Strong | Status]:
    for place, name in enumerate(LEVELS):
        if place:
            yield " → "
        if place == measured:
            yield Strong(f"[{name}: measured]")
        elif place == asserted and asserted > measured:
            yield Status(f"{name}: asserted", "open")
        else:
            yield name


def _bridge(reach: Mapping[str, Any]) -> Line:
    bridge = reach.get("bridge")
    if bridge is None:
        return (Status("no bridge", "bad"),)
    sources = f" ({'; '.join(bridge['sources'][: limits.PAGE_ROWS])})" if "sources" in bridge else ""
    return (Strong(bridge["support"]), f": {bridge['argument']}{sources}")
