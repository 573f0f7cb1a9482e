"""What checks of claims look at: what the bundle was made of, and claims with what follows for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fsep.checks.places import Places
from fsep.checks.registry import Blocked, BlockedError
from fsep.checks.study import Study
from fsep.claims import Context, Derived
from fsep.findings import Problem


def context(study: Study) -> Context:
    """Return what a bundle was made of.

    Raises:
        BlockedError: where a system, a scaffold or an item is unusable.
    """
    for blocked in study.unusable("system"):
        raise BlockedError(blocked)
    for scaffold in study.names("scaffold"):
        if scaffold not in study.programs:
            raise BlockedError(next(study.unusable("scaffold"), _unready(study, scaffold)))
    if study.lost_items is not None:
        raise BlockedError(Blocked.by(study.lost_items))
    items = [record for _, record in study.item_lines.values()]
    windows = {id_: system.value.get("access", {}) for id_, system in study.systems.items()}
    return Context(
        access={id_: (window.get("from"), window.get("until")) for id_, window in windows.items()},
        environments={id_: program.environments for id_, program in study.programs.items()},
        domains=frozenset(item["domain"] for item in items if "domain" in item),
        languages=frozenset(item["language"] for item in items if "language" in item),
    )


def _unready(study: Study, scaffold: str) -> Blocked:
    return Blocked.by(study.unready.get(("scaffold", scaffold), "FSEP-REF-002"))


class Stated:
    """A claim of the document, what follows for it, and where it stands."""

    def __init__(self, claim: Mapping[str, Any], derived: Derived, places: Places, pointer: str) -> None:
        """Take a claim, what follows for it, and the pointer to it."""
        self.claim, self.derived = claim, derived
        self._places, self._pointer = places, pointer

    def problem(self, message: str, pointer: str, found: Any = None, expected: Any = None) -> Problem:
        """Return what is wrong with the claim, at a place in it."""
        return Problem(
            f"the claim {self.claim['id']!r} {message}",
            self._places.of(self._pointer + pointer),
            found=found,
            expected=expected,
        )

    @property
    def axes(self) -> list[str]:
        """The axes of the distance that it states."""
        return [reach["axis"] for reach in self.claim["distance"]]


def words(named: Mapping[str, Any]) -> str:
    """Return a piece of evidence in words."""
    systems = " and ".join(repr(system) for system in named.get("systems") or [named["system"]])
    of = {"cell": "the cell", "effect": "the effect", "difference": "the difference of effects"}[named["of"]]
    return f"{of} of system {systems} with scaffold {named['scaffold']!r} in {named['dimension']!r}"
