"""How a bundle differs from a published design, departure by departure; facets and verdict stay."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Thing = Literal["design", "scaffold", "simulator", "environment", "items"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in which two things differ: a sentence without its subject's name, and both values, cut.

    A value is None on the side that has none.
    """

    message: str
    found: str | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Departure:
    """One departure of a bundle from a design.

    `thing` is what departs and `id` which one, if there are several; `differences` are the first places in
    it, as far as the documents of both sides are at hand, and `more` counts the others.
    """

    thing: Thing
    id: str | None
    message: str
    found: str | None = None
    expected: str | None = None
    differences: tuple[Difference, ...] = ()
    more: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return it as the report's schema has it."""
        return {**asdict(self), "differences": [asdict(one) for one in self.differences]}


@dataclass(frozen=True, slots=True)
class Confounded:
    """A system that adapts its requests: what differs between it and others may come from that alone."""

    system: str
    adaptations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Against:
    """What the comparison with a published design came to.

    `path` is where the design was found, `id` and `program_sha256` which it is, and `found_sha256` the
    program digest of the bundle's own design, None where that cannot be used.
    """

    path: str
    id: str
    program_sha256: str
    found_sha256: str | None
    departures: tuple[Departure, ...]
    confounded: tuple[Confounded, ...]

    @property
    def same(self) -> bool:
        """Whether the bundle is on the design."""
        return not self.departures

    def as_dict(self) -> dict[str, Any]:
        """Return it as the report's schema has it."""
        return {
            "path": self.path,
            "id": self.id,
            "program_sha256": self.program_sha256,
            "found_sha256": self.found_sha256,
            "same": self.same,
            "departures": [departure.as_dict() for departure in self.departures],
            "confounded": [
                {"system": one.system, "adaptations": list(one.adaptations)} for one in self.confounded
            ],
        }
