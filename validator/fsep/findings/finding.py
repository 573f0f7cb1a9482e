"""One thing that is wrong, and where."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from fsep.parsing.position import locate

if TYPE_CHECKING:
    from fsep.findings.waivers import Waiver

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a bundle: a file, a line and a column, and a JSON pointer into the document or line.

    Lines and columns are counted from 1, columns in characters. All may be unknown: of a fault of the bundle
    as a whole even the path is None. In a line of records the column is not known until it is asked for:
    to find it costs a walk over the line, `text`, and most problems are only counted.
    """

    path: str | None = None
    line: int | None = None
    column: int | None = None
    pointer: str | None = None
    text: bytes | None = field(default=None, compare=False, repr=False)

    def located(self) -> Place:
        """Return the place with its column."""
        if self.text is None or self.pointer is None:
            return self
        return Place(self.path, self.line, locate(self.text, self.pointer)[1], self.pointer)


@dataclass(frozen=True, slots=True)
class Problem:
    """What a check found: a sentence, a place, and the values that differ.

    The values are as they are; a renderer makes them safe to print. Problems of one requirement with the same
    `group` are one finding that counts its places.
    """

    message: str
    place: Place
    found: Any = None
    expected: Any = None
    group: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem under its requirement, as it stands in a report.

    `found` and `expected` are short texts; `count` is how many places of the same kind it stands for, the
    first being the one located. `waiver` is the one that covers it, and `known` says that the baseline has it
    too.
    """

    requirement: str
    severity: Severity
    message: str
    path: str | None
    line: int | None
    column: int | None
    pointer: str | None
    found: str | None
    expected: str | None
    hint: str | None
    count: int = 1
    waiver: Waiver | None = None
    known: bool = False

    @property
    def waived(self) -> bool:
        """Whether a waiver takes it out of what is to be mended: only ever a warning."""
        return self.waiver is not None and self.severity == "warning"

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as the report's schema has it."""
        value = asdict(self)
        del value["waiver"], value["known"]
        if self.waiver is not None:
            value["waived"] = {
                "standing": "waived" if self.waived else "acknowledged",
                "owner": self.waiver.owner,
                "reason": self.waiver.reason,
                "expires": self.waiver.expires.isoformat(),
            }
        return value | ({"known": True} if self.known else {})
