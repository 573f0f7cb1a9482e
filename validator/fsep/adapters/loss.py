"""The loss report: what a source does not record, what was rebuilt, dropped or changed, each in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from fsep import __version__
from fsep.adapters.source import Source

Kind = Literal["not-recorded", "rebuilt", "dropped", "changed"]


class Loss:
    """Gathers gaps, in the order in which they are first met; a gap that is met again is counted."""

    def __init__(self, adapter: str, sources: Sequence[Source]) -> None:
        """Begin with none."""
        self._adapter, self._sources = adapter, sources
        self._gaps: dict[str, dict[str, Any]] = {}

    def gap(self, id_: str, kind: Kind, what: str, *, where: str, consequence: str, count: int = 1) -> None:
        """Add a gap, or to its count."""
        gap = self._gaps.setdefault(id_, {"id": id_, "kind": kind, "what": what, "where": where, "count": 0, "consequence": consequence})
        gap["count"] += count

    def document(self, version: str) -> dict[str, Any]:
        """Return the loss report."""
        return {
            "fsep": version,
            "kind": "loss-report",
            "adapter": {"name": f"fsep import {self._adapter}", "version": __version__},
            "sources": [{"name": source.name[:200], "sha256": source.sha256, "bytes": source.bytes} for source in self._sources],
            "gaps": list(self._gaps.values()),
        }
