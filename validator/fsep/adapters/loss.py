"""The loss report: what a source does not record, what was rebuilt, dropped or changed, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fsep import __version__
from fsep.adapters.names import slug
from fsep.adapters.source import Source

Kind = Literal["not-recorded", "rebuilt", "dropped", "changed"]
# Characters of a foreign name in a sentence, and of the texts a loss report holds.
NAME, WHAT, WHERE = 200, 1000, 500


@dataclass(frozen=True, slots=True)
class Gap:
    """A kind of gap: its id, what it is, where in the source, and what follows for the bundle.

    `id`, `what` and `where` may hold names in braces, which are filled in where the gap is met.
    """

    id: str
    kind: Kind
    what: str
    where: str
    consequence: str


# Every source may hold some.
CREDENTIALS = Gap(
    "credentials",
    "dropped",
    "credentials stood in the source and were left out, or hidden in the texts they stood in; revoke them"
    " where they were issued",
    "{source}",
    "nothing of them is in the bundle; messages that held one are marked rebuilt",
)


class Loss:
    """Gathers gaps, in the order in which they are first met; a gap that is met again is counted."""

    def __init__(self, adapter: str, sources: Sequence[Source]) -> None:
        """Begin with none."""
        self._adapter, self._sources = adapter, sources
        self._gaps: dict[str, dict[str, Any]] = {}

    def gap(self, gap: Gap, count: int = 1, **names: str) -> None:
        """Add a gap, or to its count."""
        short = {name: value[:NAME] for name, value in names.items()}
        id_ = slug(gap.id.format(**names))
        met = self._gaps.setdefault(
            id_,
            {
                "id": id_,
                "kind": gap.kind,
                "what": gap.what.format(**short)[:WHAT],
                "where": gap.where.format(**short)[:WHERE],
                "count": 0,
                "consequence": gap.consequence,
            },
        )
        met["count"] += count

    def document(self, version: str) -> dict[str, Any]:
        """Return the loss report."""
        return {
            "fsep": version,
            "kind": "loss-report",
            "adapter": {"name": f"fsep import {self._adapter}", "version": __version__},
            "sources": [
                {"name": source.name[:NAME], "sha256": source.sha256, "bytes": source.bytes}
                for source in self._sources
            ],
            "gaps": list(self._gaps.values()),
        }
