"""A line of transcripts as the checks see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fsep.checks.documents import place_in
from fsep.checks.study import Document, Study
from fsep.findings import Place
from fsep.scaffold.program import Program


@dataclass(frozen=True)
class RunLine:
    """One line of a run.

    `head` is the run's first record, `record` this line's, `first` the place of its first event in the run.
    """

    study: Study
    head: Mapping[str, Any]
    record: Mapping[str, Any]
    first: int
    path: str
    number: int
    data: bytes = field(repr=False)
    program: Program | None

    @property
    def events(self) -> Sequence[Mapping[str, Any]]:
        """The events of the line."""
        events: Sequence[Mapping[str, Any]] = self.record["events"]
        return events

    @cached_property
    def outputs(self) -> list[tuple[int, Mapping[str, Any]]]:
        """The outputs of the line, each with its place on it."""
        return [(place, event) for place, event in enumerate(self.events) if event["kind"] == "output"]

    @cached_property
    def requested(self) -> list[tuple[int, Mapping[str, Any]]]:
        """The outputs that a request was made for: those of models and simulators."""
        return [(place, event) for place, event in self.outputs if event["origin"] in ("model", "simulator")]

    def speaker(self, actor: str) -> Document | None:
        """Return the document of what speaks as an actor: a simulator's, or else the system's."""
        known = self.program.actors.get(actor) if self.program is not None else None
        if known is not None and known.kind == "simulator":
            return self.study.documents.get("simulator", {}).get(str(known.simulator))
        return self.study.systems.get(self.head["system"])

    def place(self, pointer: str) -> Place:
        """Return the place of a value on the line."""
        return place_in(self.number, self.data, pointer, self.path)

    def event_place(self, event: int, member: str | None = None) -> Place:
        """Return the place of an event on the line, or of one of its members."""
        return self.place(f"/events/{event}" + (f"/{member}" if member else ""))


def step_of(event: Mapping[str, Any]) -> str:
    """Return the id of an event's step, without the indices of loops."""
    return str(event["step"]).partition("[")[0]


def instant(time: str) -> str:
    """Return a timestamp of the schema's form so that the order of texts is the order of times."""
    bare = time[:-1]
    return bare.rstrip("0").rstrip(".") if "." in bare else bare
