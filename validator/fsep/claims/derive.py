"""What follows for a claim from its evidence: its level, its marks, its distance and what it may not say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fsep.claims.basis import Basis, Piece, systems_of
from fsep.limits import AGREE

LEVELS = ("model", "response", "interaction", "deployment")
# The kind of evidence that shows what a claim asserts.
SHOWN_BY = {
    "attained": "cell",
    "raised": "effect",
    "lowered": "effect",
    "equivalent": "effect",
    "differs": "difference",
}


@dataclass(frozen=True, slots=True)
class Unfound:
    """A piece of evidence, by its place in the claim, that the bundle does not have, and why not."""

    place: int
    why: str


@dataclass(frozen=True, slots=True)
class Excess:
    """What a claim asserts, by the member that says so, and what its evidence shows instead.

    `place` is that of the piece of evidence, in the claim, which shows least.
    """

    member: str
    place: int
    asserted: Any
    shown: Any


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows for one claim.

    Where some of its evidence is `unfound`, nothing else does. `distance` are the axes in their order;
    `generalises` says that it carries an effect to other systems though systems were found to differ, and
    `baseless` why it may not rest on its dimension, None where it may.
    """

    unfound: tuple[Unfound, ...] = ()
    pieces: tuple[Piece, ...] = ()
    level: str | None = None
    marks: tuple[str, ...] = ()
    distance: tuple[str, ...] = ()
    excess: tuple[Excess, ...] = ()
    generalises: bool = False
    baseless: str | None = None


def derive(claim: Mapping[str, Any], basis: Basis) -> Derived:
    """Return what follows for a claim, of which what it asserts and its evidence are valid."""
    asserts = claim["asserts"]
    pieces: list[Piece] = []
    unfound: list[Unfound] = []
    for place, named in enumerate(claim["evidence"]):
        found = _find(named, asserts, basis)
        if isinstance(found, Piece):
            pieces.append(found)
        else:
            unfound.append(Unfound(place, found))
    if unfound:
        return Derived(unfound=tuple(unfound))
    evidence = Evidence(asserts, tuple(pieces), basis)
    distance = tuple(axis for axis, exceeds in _AXES.items() if exceeds(evidence))
    dimension = asserts["dimension"]
    return Derived(
        pieces=evidence.pieces,
        level=evidence.level,
        marks=tuple(sorted({mark for piece in pieces for mark in piece.entry["marks"]})),
        distance=distance,
        excess=tuple(_excess(evidence)),
        generalises=_of_effect(asserts)
        and "systems" in distance
        and any(basis.differs(scaffold, dimension) for scaffold in evidence.scaffolds),
        baseless=_baseless(asserts, basis),
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """A claim's assertion beside the evidence found for it."""

    asserts: Mapping[str, Any]
    pieces: tuple[Piece, ...]
    basis: Basis

    @property
    def level(self) -> str:
        """The lowest level of the cells it rests on."""
        return LEVELS[min(LEVELS.index(cell["level"]) for piece in self.pieces for cell in piece.cells)]

    @property
    def scaffolds(self) -> frozenset[str]:
        """The scaffolds it names."""
        return frozenset(piece.scaffold for piece in self.pieces)

    @property
    def systems(self) -> frozenset[str]:
        """The systems it names."""
        return frozenset(system for piece in self.pieces for system in piece.systems)

    def beyond(self, member: str, measured: frozenset[str]) -> bool:
        """Whether the claim asserts of a member anything, or something that was not measured."""
        asserted = self.asserts[member]
        return asserted == "any" or (asserted != "as-tested" and not measured.issuperset(asserted))


def _find(named: Mapping[str, Any], asserts: Mapping[str, Any], basis: Basis) -> Piece | str:
    """Return the piece of evidence that is named, or why there is none."""
    kind, dimension, wanted = named["of"], named["dimension"], SHOWN_BY[asserts["what"]]
    if kind != wanted:
        return f"what it asserts, {asserts['what']!r}, is shown by a piece of evidence that is of {wanted!r}"
    if dimension != asserts["dimension"]:
        return f"it is in another dimension than the claim's, {asserts['dimension']!r}"
    systems = systems_of(named)
    piece = basis.piece(kind, systems, named["scaffold"], dimension)
    if piece is not None:
        return piece
    if dimension not in basis.measured:
        return "its dimension was not measured"
    if (systems, named["scaffold"], dimension) in basis.entries[kind]:
        return f"no unit was rated for it, so that the {kind} has no figure"
    if (systems[::-1], named["scaffold"], dimension) in basis.entries[kind]:
        return "its two systems stand in the other order in the profile"
    return f"the bundle has no such {kind}"


def _of_effect(asserts: Mapping[str, Any]) -> bool:
    return SHOWN_BY[asserts["what"]] == "effect"


def _level(evidence: Evidence) -> bool:
    return LEVELS.index(evidence.asserts["level"]) > LEVELS.index(evidence.level)


def _systems(evidence: Evidence) -> bool:
    asserts, basis = evidence.asserts, evidence.basis
    named = {(system, piece.scaffold) for piece in evidence.pieces for system in piece.systems}
    times, scaffolds = Counter(system for system, _ in named), len(evidence.scaffolds)
    if not evidence.beyond("systems", frozenset(one for one in times if times[one] == scaffolds)):
        return False
    # What was found the same in every two systems is carried over by what was measured, not by an argument.
    return not (
        _of_effect(asserts)
        and all(basis.alike(scaffold, asserts["dimension"]) for scaffold in evidence.scaffolds)
    )


def _scaffolds(evidence: Evidence) -> bool:
    return evidence.beyond("scaffolds", evidence.scaffolds)


def _items(evidence: Evidence) -> bool:
    context = evidence.basis.context
    return evidence.beyond("domains", context.domains) or evidence.beyond("languages", context.languages)


def _users(evidence: Evidence) -> bool:
    everywhere = (frozenset(cell["users"]) for piece in evidence.pieces for cell in piece.cells)
    return evidence.beyond("users", frozenset.intersection(*everywhere))


def _environment(evidence: Evidence) -> bool:
    environments = evidence.basis.context.environments
    return evidence.beyond(
        "environments",
        frozenset[str]().union(*(environments.get(scaffold, ()) for scaffold in evidence.scaffolds)),
    )


def _time(evidence: Evidence) -> bool:
    time = evidence.asserts["time"]
    if isinstance(time, str):
        return time == "any"
    if time["until"] is None:
        return True
    access = evidence.basis.context.access
    return not all(
        _within((time["from"], time["until"]), access.get(system, (None, None)))
        for system in evidence.systems
    )


def _within(period: Sequence[str], window: tuple[str | None, str | None]) -> bool:
    """Whether both ends of a period lie in a window: one that ends before it begins lies nowhere else."""
    since, until = window
    if since is None or until is None:
        return False
    return all(_instant(since) <= _instant(time) <= _instant(until) for time in period)


def _instant(time: str) -> tuple[str, str]:
    """Return a timestamp so that its order is that of times: to the second, then the digits after it."""
    return time[:19], time[20:-1].rstrip("0")


_AXES: dict[str, Callable[[Evidence], bool]] = {
    "level": _level,
    "systems": _systems,
    "scaffolds": _scaffolds,
    "items": _items,
    "users": _users,
    "environment": _environment,
    "time": _time,
}
AXES = tuple(_AXES)


def _excess(evidence: Evidence) -> Iterator[Excess]:
    """Yield where a claim asserts more than the figures of its evidence show."""
    asserts, pieces = evidence.asserts, evidence.pieces
    if asserts["what"] != "attained":
        for place, piece in enumerate(pieces):
            if piece.entry["verdict"] != asserts["what"]:
                yield Excess("what", place, asserts["what"], piece.entry["verdict"] or "no verdict")
                return
        return
    low, least = min((piece.figure["low"], place) for place, piece in enumerate(pieces))
    high, most = max((piece.figure["high"], place) for place, piece in enumerate(pieces))
    if asserts.get("at_least", low) > low + AGREE:
        yield Excess("at_least", least, asserts["at_least"], low)
    if asserts.get("at_most", high) < high - AGREE:
        yield Excess("at_most", most, asserts["at_most"], high)


def _baseless(asserts: Mapping[str, Any], basis: Basis) -> str | None:
    """Return why a claim may not rest on its dimension, None where it may."""
    agreement = basis.agreement(asserts["dimension"])
    if agreement is None:
        return None
    if agreement["unreliable"]:
        return "unreliable"
    if agreement["undefined"] is not None and SHOWN_BY[asserts["what"]] != "cell":
        return f"undefined: {agreement['undefined']}"
    return None
