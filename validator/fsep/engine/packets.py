"""What raters meet in each run: its evidence level and its packets, made while the run is replayed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fsep.checks.rated import Rated, RatedRun
from fsep.checks.references import names_pattern
from fsep.checks.registry import BlockedError
from fsep.checks.study import Study
from fsep.engine.lines import Lines
from fsep.findings import Collector, Problem
from fsep.parsing.walk import texts
from fsep.rating.level import Watch, fresh_threads
from fsep.rating.packet import packet, packet_digest
from fsep.scaffold.message import BlobText, WithheldText
from fsep.scaffold.replay import Replay

NAMES = "FSEP-BLD-004"
# Ids of tool calls are the provider's.
_CALL_ID = re.compile(r"^/content/[0-9]+/(?:tool_call_id|tool_calls/[0-9]+/id)$")


# Given the id of each run that raters meet, and its packets in the rubric's order.
Sink = Callable[[str, Sequence[Mapping[str, Any]]], None]


def desk(study: Study, sink: Sink | None = None) -> Desk | None:
    """Return what makes runs ready for raters; None where nothing is rated, or nobody can say what."""
    rated = Rated(study)
    try:
        return Desk(study, rated, sink) if rated.rubric.dimensions else None
    except BlockedError:
        return None


class Desk:
    """Makes the runs of one study ready for raters."""

    def __init__(self, study: Study, rated: Rated, sink: Sink | None) -> None:
        """Prepare what is the same for all runs."""
        self.study, self.rubric, self._sink = study, rated.rubric, sink
        self.blind = rated.blind if self.rubric.blind else None
        self._fresh = {id_: fresh_threads(program) for id_, program in study.programs.items()}
        self._names = names_pattern(study)

    @property
    def shows(self) -> bool:
        """Whether packets are derived."""
        return self.blind is not None

    def watch(self, head: Mapping[str, Any]) -> Watch | None:
        """Return what watches a run; None where its scaffold is no program that can be gone by."""
        program = self.study.programs.get(head["scaffold"])
        return Watch(self.rubric, program, self._fresh[program.id]) if program is not None else None

    def rated_run(
        self, watch: Watch, lines: Lines, shown: Replay | None, blob_text: BlobText, collector: Collector
    ) -> RatedRun:
        """Return what raters meet in a run whose events were all seen."""
        head = lines.head
        made = RatedRun(head["run"], (head["system"], head["scaffold"]), watch.seen())
        if self.blind is None:
            return made
        if shown is not None and shown.withheld:
            collector.withheld(NAMES)
            return made._replace(unshown="")
        if shown is None or shown.divergence is not None or shown.ending is None:
            reason = "the run does not replay, so that what raters were shown of it is not known"
            collector.not_checked(NAMES, reason)
            return made._replace(unshown=reason)
        try:
            packets = [
                packet(
                    spec,
                    self.blind.packet(made.run),
                    head,
                    self.study.items[head["item"]].fields,
                    shown.ending.histories.get(spec.thread or "", ()),
                    blob_text,
                )
                for spec in self.rubric.packets
            ]
        except WithheldText:
            collector.withheld(NAMES)
            return made._replace(unshown="")
        if self._sink is not None:
            self._sink(made.run, packets)
        self._look_for_names(packets, lines, collector)
        return made._replace(packets=tuple(map(packet_digest, packets)))

    def _look_for_names(self, packets: list[dict[str, Any]], lines: Lines, collector: Collector) -> None:
        """Hold packets to FSEP-BLD-004."""
        for one in packets:
            shown = {"fields": one["fields"], "content": one["content"]}
            found = next(
                (
                    (pointer, match)
                    for pointer, _, text in texts(shown, "")
                    if self._names is not None
                    and not _CALL_ID.search(pointer)
                    and (match := self._names.search(text.lower()))
                ),
                None,
            )
            if found is None:
                collector.passed(NAMES)
            else:
                message = f"the packet {one['shows']!r} of the run shows the name of a system, at {found[0]}"
                collector.failed(NAMES, Problem(message, lines.place("/run"), found=found[1].group()))
