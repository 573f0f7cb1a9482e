"""The rubric with what the design plans for it, read once: dimensions, packets, how figures are computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

# The core dimensions, in their order (spec/1.0/12-ratings.md).
CORE = (
    "truthfulness",
    "instruction-following",
    "harm-avoidance",
    "specification-support",
    "process-steerability",
    "verification-support",
    "grounding-and-repair",
    "context-adherence",
)
# What a design without an analysis is computed at.
CONFIDENCE = 0.95
# How several ratings become one where an adjudicator may be needed.
ADJUDICATED = ("adjudication", "majority")


@dataclass(frozen=True, slots=True)
class Plan:
    """How a dimension is rated; `overlap` is None for all runs."""

    raters: int
    overlap: int | None
    combine: Literal["adjudication", "low-median", "majority"]
    agreement_at_least: float


@dataclass(frozen=True, slots=True)
class Packet:
    """What raters are shown of a run; `thread` is None where it is the result."""

    id: str
    fields: tuple[str, ...]
    thread: str | None
    without: frozenset[str]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension; values are known by their positions on the scale.

    `thread` is the one that is rated or shown, None where there is none; `plan` is there where raters rate.
    """

    id: str
    by: Literal["raters", "automatic", "self-report"]
    of: Literal["exchange", "answer", "key"]
    outputs: bool
    over: Literal["any", "all", "last"] | None
    ordinal: bool
    values: tuple[str, ...]
    positions: Mapping[str, int]
    attained: frozenset[int]
    packet: Packet | None
    thread: str | None
    plan: Plan | None
    primary: bool
    margin: float | None

    @property
    def blind(self) -> bool:
        """Whether raters rate it who do not know the system."""
        return self.by == "raters"


@dataclass(frozen=True, slots=True)
class Rubric:
    """All dimensions of a study; of one without a rubric, none."""

    dimensions: tuple[Dimension, ...] = ()
    packets: tuple[Packet, ...] = ()
    confidence: float = CONFIDENCE
    participants: bool = False
    scripted: frozenset[tuple[str, str]] = frozenset()
    people: str = "recruited"

    @property
    def blind(self) -> bool:
        """Whether any dimension is rated by raters."""
        return any(dimension.blind for dimension in self.dimensions)


def read_rubric(rubric: Mapping[str, Any] | None, design: Mapping[str, Any]) -> Rubric:
    """Read a rubric that its requirements hold for, with the design that fixes it."""
    analysis = design.get("analysis", {})
    users = design.get("users", {})
    packets = {one["id"]: _packet(one) for one in rubric["packets"]} if rubric else {}
    plans = {one["dimension"]: _plan(one) for one in design.get("rating", ())}
    entries = {one["dimension"]: one for one in analysis.get("dimensions", ())}
    return Rubric(
        dimensions=tuple(
            _dimension(one, packets, plans.get(one["id"]), entries.get(one["id"], {}))
            for one in (rubric["dimensions"] if rubric else ())
        ),
        packets=tuple(packets.values()),
        confidence=analysis.get("confidence", CONFIDENCE),
        participants=analysis.get("units") == "participants",
        scripted=frozenset(
            (one["scaffold"], step) for one in users.get("scripted", ()) for step in one["steps"]
        ),
        people=users.get("people", "recruited"),
    )


def _packet(document: Mapping[str, Any]) -> Packet:
    return Packet(
        document["id"],
        tuple(document["fields"]),
        document.get("thread"),
        frozenset(document.get("without", ())),
    )


def _plan(document: Mapping[str, Any]) -> Plan:
    overlap = document["overlap"]
    return Plan(
        int(document["raters"]),
        None if overlap == "all" else int(overlap),
        document["combine"],
        document["agreement_at_least"],
    )


def _dimension(
    document: Mapping[str, Any], packets: Mapping[str, Packet], plan: Plan | None, entry: Mapping[str, Any]
) -> Dimension:
    values = tuple(value["value"] for value in document["scale"]["values"])
    positions = {value: place for place, value in enumerate(values)}
    packet = packets.get(document["packet"]) if "packet" in document else None
    return Dimension(
        id=document["id"],
        by=document["by"],
        of=document["of"],
        outputs=document["unit"] == "output",
        over=document.get("over"),
        ordinal=document["scale"]["kind"] == "ordinal",
        values=values,
        positions=positions,
        attained=frozenset(positions[value] for value in document["attained"]),
        packet=packet,
        thread=packet.thread if packet is not None else document.get("thread"),
        plan=plan,
        primary=bool(entry.get("primary", False)),
        margin=entry.get("margin"),
    )
