"""A design with what it fixes, as far as that is at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fsep.digests import covered, item_digest, items_digest, program_digest
from fsep.withholding import is_withheld


@dataclass(frozen=True)
class Fixed:
    """A design, valid against its schema, and what it fixes.

    `documents` holds, by (role, id), those scaffolds, simulators and environments that are at hand; `items`
    the items in their order, None where they are not all at hand.
    """

    design: Mapping[str, Any]
    documents: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    items: Sequence[Mapping[str, Any]] | None = None

    @property
    def covered(self) -> Mapping[str, Any]:
        """What the design's program digest covers."""
        return covered(self.design)

    @cached_property
    def sha256(self) -> str:
        """The design's program digest."""
        return program_digest(self.design)

    def locks(self, role: str) -> dict[str, str]:
        """Return the program digests that the design states, by id."""
        return {lock["id"]: lock["program_sha256"] for lock in self.design.get(f"{role}s", ())}

    def digest(self, role: str, id_: str) -> str:
        """Return the program digest of a thing as it is: of the document, or else what the design states."""
        document = self.documents.get((role, id_))
        return program_digest(document) if document is not None else self.locks(role)[id_]

    @cached_property
    def items_sha256(self) -> str:
        """The program digest of the items as they are; what the design states where it cannot be computed."""
        stated: str = self.design["items"]["sha256"]
        if self.items is None or any(map(_withholds, self.items)):
            return stated
        return items_digest(map(item_digest, self.items))


def _withholds(item: Mapping[str, Any]) -> bool:
    return any(is_withheld(value) for value in item["fields"].values())
