"""One of two bundles that are compared: its design, what that fixes, and its profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fsep.digests import covered, program_digest

Document = Mapping[str, Any]

# What a design without them is computed with (spec/1.0/12-ratings.md).
_ANALYSIS = {"confidence": 0.95, "units": "items", "dimensions": []}
_PEOPLE = "recruited"


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a bundle: their program digest, and that of each by id; None where a value is withheld."""

    sha256: str | None
    each: Mapping[str, str | None]


@dataclass(frozen=True)
class Side:
    """A bundle as far as a comparison looks at it.

    `name` is what it was called by the caller, `documents` its scaffolds, simulators and environments by
    (role, id); `profile` is None where there is none that is its own, and `why` then says so.
    """

    name: str
    id: str
    design: Document
    documents: Mapping[tuple[str, str], Document]
    items: Items
    rubric: Document | None = None
    raters: Document | None = None
    profile: Document | None = None
    why: str | None = None
    systems: Mapping[str, Document] = field(default_factory=dict)

    @cached_property
    def design_sha256(self) -> str:
        """The program digest of the design."""
        return program_digest(self.design)

    @property
    def items_sha256(self) -> str:
        """The program digest of the items; what the design states where some are withheld."""
        stated: str = self.design["items"]["sha256"]
        return self.items.sha256 or stated

    @property
    def plan(self) -> dict[str, Any]:
        """How the design has runs rated and figures computed, with the defaults written out."""
        users = self.design.get("users", {})
        return {
            "rating": self.design.get("rating", []),
            "analysis": self.design.get("analysis", _ANALYSIS),
            "users": {"scripted": users.get("scripted", []), "people": users.get("people", _PEOPLE)},
        }

    def ids(self, role: str) -> list[str]:
        """Return the ids of the documents of a role, sorted."""
        return sorted(id_ for found, id_ in self.documents if found == role)

    def covered(self, role: str, id_: str) -> Mapping[str, Any] | None:
        """Return what fixes the behaviour of a thing; None where the bundle does not have it."""
        document = self.documents.get((role, id_))
        return None if document is None else covered(document)
