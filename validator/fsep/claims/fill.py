"""A document of claims: begun from what a profile shows, and filled in with what follows from evidence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import chain, count, islice
from typing import Any

from fsep.claims.basis import Basis, Piece
from fsep.claims.derive import Derived, derive

# Claims that a document is begun with: as many as somebody reads before stating others.
BEGUN = 50
# Characters of an id, as its schema has it.
_ID = 64

Claim = dict[str, Any]

_UNDER = "Under the scaffold `{scaffold}` "
_WORDS = {
    "raised": _UNDER + "the share of `{dimension}` was raised, against the baseline, for {systems}.",
    "lowered": _UNDER + "the share of `{dimension}` was lowered, against the baseline, for {systems}.",
    "equivalent": _UNDER
    + "the share of `{dimension}` stayed, within the margin, the baseline's for {systems}.",
    "differs": "The effect of the scaffold `{scaffold}` on `{dimension}` differs between {systems}.",
    "attained": _UNDER + "{systems} attained `{dimension}` in a share of at least {at_least}.",
}


def fill(document: Mapping[str, Any], basis: Basis) -> dict[str, Any]:
    """Return a document of claims with the level, the marks and the distance of each as they follow.

    Bridges that are there stay; an axis that was not named has none yet. A claim of which some evidence is
    not found stays as it is: nothing follows for it.
    """
    return {**document, "claims": [_filled(claim, derive(claim, basis)) for claim in document["claims"]]}


def _filled(claim: Mapping[str, Any], derived: Derived) -> Claim:
    if derived.unfound:
        return dict(claim)
    stated: dict[str, Any] = {}
    for reach in claim.get("distance", ()):
        # Of an axis that is named twice, the one that has a bridge.
        if "bridge" not in stated.get(reach["axis"], ()):
            stated[reach["axis"]] = reach
    return {
        **claim,
        "evidence_level": derived.level,
        "marks": list(derived.marks),
        "distance": [stated.get(axis, {"axis": axis}) for axis in derived.distance],
    }


def begin(basis: Basis) -> dict[str, Any]:
    """Return a first document of claims: what the figures show, each observed and as tested.

    It has no claim where nothing is shown. Claims of effects and of shares are in primary dimensions alone.
    """
    shown = islice(chain(_effects(basis), _differences(basis), _shares(basis)), BEGUN)
    taken: set[str] = set()
    claims = [{"id": _id(claim, taken), **claim} for claim in shown]
    return fill({"fsep": basis.version, "kind": "claims", "claims": claims}, basis)


def _effects(basis: Basis) -> Iterator[Claim]:
    for dimension, piece in basis.pieces("effect"):
        verdict = piece.entry["verdict"]
        if verdict in ("raised", "lowered", "equivalent") and basis.measured[dimension]["primary"]:
            yield from _claim(basis, "effect", dimension, piece, {"what": verdict})


def _differences(basis: Basis) -> Iterator[Claim]:
    for dimension, piece in basis.pieces("difference"):
        if piece.entry["verdict"] == "differs":
            yield from _claim(basis, "difference", dimension, piece, {"what": "differs"})


def _shares(basis: Basis) -> Iterator[Claim]:
    for dimension, piece in basis.pieces("cell"):
        # Rounded down, but not from 0.29 to 0.28 for what 0.29 is as a float.
        at_least = math.floor(piece.figure["low"] * 100 + 1e-9) / 100
        if at_least > 0 and basis.measured[dimension]["primary"]:
            yield from _claim(basis, "cell", dimension, piece, {"what": "attained", "at_least": at_least})


def _claim(basis: Basis, kind: str, dimension: str, piece: Piece, says: Mapping[str, Any]) -> Iterator[Claim]:
    """Yield the claim that a piece of evidence shows; none where it may not rest on the dimension."""
    systems, scaffold = piece.systems, piece.scaffold
    named = {"systems": list(systems)} if kind == "difference" else {"system": systems[0]}
    asserts = {
        **says,
        "dimension": dimension,
        "level": "model",
        **dict.fromkeys(
            ("systems", "scaffolds", "domains", "languages", "users", "environments", "time"), "as-tested"
        ),
    }
    claim = {
        "text": _WORDS[says["what"]].format(
            scaffold=scaffold,
            dimension=dimension,
            systems=" and ".join(f"`{system}`" for system in systems),
            at_least=says.get("at_least"),
        ),
        "status": "observed",
        "asserts": asserts,
        "evidence": [{"of": kind, **named, "scaffold": scaffold, "dimension": dimension}],
    }
    derived = derive(claim, basis)
    if derived.baseless is None:
        yield {**claim, "asserts": {**asserts, "level": derived.level}}


def _id(claim: Claim, taken: set[str]) -> str:
    """Return an id for a claim that no other has, and that says what it is of."""
    asserts, (named,) = claim["asserts"], claim["evidence"]
    systems = named.get("systems") or [named["system"]]
    name = "-".join((asserts["what"], *systems, named["scaffold"], named["dimension"]))
    tails = chain(("",), (f"-{number}" for number in count(2)))
    id_ = next(one for tail in tails if (one := name[: _ID - len(tail)] + tail) not in taken)
    taken.add(id_)
    return id_
