"""The lines of a file of transcripts as they are read: those that can be used, and those of one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from fsep.checks import adherence
from fsep.checks.answers import Answers
from fsep.checks.documents import Reader, Unusable
from fsep.checks.line import RunLine
from fsep.checks.meetings import Table
from fsep.checks.observe import Observed, observe
from fsep.checks.registry import Blocked, Check, checks, run
from fsep.checks.study import Study
from fsep.engine.reading import record
from fsep.findings import Collector, Place, Problem
from fsep.parsing.canonical import canonical
from fsep.parsing.lines import Line
from fsep.rating.level import Watch
from fsep.withholding import holds_withheld, may_hold, run_slots

# A line that can be used: its number, its bytes and its value.
Taken = tuple[int, bytes, Any]


def unseen(blocked: Blocked, collector: Collector, besides: str = "", count: int = 1) -> None:
    """Write that so many lines were not looked at, and so not the runs that may stand on them."""
    adherence.block(blocked, collector, count=count)
    for requirement in ("FSEP-DOC-002", "FSEP-REF-005", "FSEP-TRN-001"):
        if requirement != besides:
            collector.not_checked(requirement, blocked.reason, count)
    for one in checks("line"):
        collector.not_checked(one.requirement, blocked.reason, count)


class Broken(Exception):
    """The lines of a run do not make a run; what is wrong is in the collector."""

    def __init__(self, requirement: str) -> None:
        """Name the requirement that failed."""
        super().__init__(requirement)
        self.requirement = requirement


class Feed:
    """The usable lines of one file, and what is counted as they are taken; a line can be put back."""

    def __init__(self, study: Study, path: str, reader: Reader, lines: Iterator[Line]) -> None:
        """Begin before the first line; `lines` are read as they are asked for."""
        self.study, self.path = study, path
        self.collector = reader.collector
        self.counts: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self.observed: dict[str, Observed] = {}
        self.histories, self.requests = Table(), Table()
        self._reader, self._lines = reader, lines
        # Digests of runs, in a ledger or committed to, cannot be compared where values are withheld.
        self.digests_runs = study.ledger is not None or "commitments" in study.documents
        self._again: Taken | None = None
        # What failed for a line between the last two taken.
        self.between: str | None = None
        # Lines that could not be used, by the requirement that failed: there may be millions of them.
        self._unseen: Counter[str] = Counter()

    def take(self) -> Taken | None:
        """Return the next usable line; the lines that are not are lost, each with its reason."""
        if self._again is not None:
            line, self._again = self._again, None
            return line
        self.between = None
        for read in self._lines:
            self.counts["lines"] += 1
            if read.data == b"" and self.collector.full("FSEP-DOC-004", self.path, read.number):
                # A few kilobytes of a compressed file may stand for millions of these.
                self.collector.counted("FSEP-DOC-004")
                self.lost["FSEP-DOC-004"] += 1
                self._unseen["FSEP-DOC-004"] += 1
                self.between = "FSEP-DOC-004"
                continue
            try:
                data, value = record(self._reader, "run", self.path, read.number, read.data)
            except Unusable as error:
                self.lost[error.requirement] += 1
                self._unseen[error.requirement] += 1
                self.between = error.requirement
                continue
            return read.number, data, value
        for requirement, count in self._unseen.items():
            unseen(Blocked.by(requirement), self.collector, requirement, count)
        self._unseen.clear()
        return None

    def put_back(self, line: Taken | None) -> None:
        """Let the line taken last be taken again."""
        self._again = line

    def lose(self, requirement: str) -> None:
        """Count a run, or a line that may hold one, that is not looked at."""
        self.lost[requirement] += 1
        self.block(requirement)
        if requirement != "FSEP-TRN-001":
            self.collector.not_checked("FSEP-TRN-001", Blocked.by(requirement).reason)

    def block(self, requirement: str) -> None:
        """Write that a run was not replayed, because of a requirement that failed."""
        adherence.block(Blocked.by(requirement), self.collector)

    def fail(self, requirement: str, message: str, number: int) -> None:
        """Write what is wrong with a line."""
        self.collector.failed(requirement, Problem(message, Place(self.path, number)))


class Lines:
    """The lines of one run; each is checked when it is first read, and only the last is held."""

    def __init__(
        self, feed: Feed, line_checks: Sequence[Check], first: Taken, watch: Watch | None = None
    ) -> None:
        """Begin with a run's first line; `watch` is shown every event."""
        self._watch = watch
        self.feed, self._line_checks = feed, line_checks
        self.number, self.data, self.record = first
        self.head: Mapping[str, Any] = self.record
        self.first, self.read, self.parts = 0, 1, int(self.head.get("parts", 1))
        self.confused = self.withheld = self.events_withheld = False
        self.events_sha256 = sha256(b"[")
        self._answers = Answers(feed.histories, feed.requests)
        self._check()

    def place(self, pointer: str) -> Place:
        """Return the place of a value on the current line."""
        return self._line().place(pointer)

    def event_place(self, event: int, member: str | None) -> Place:
        """Return the place of an event of the run, which is on the current line or just after it."""
        local = event - self.first
        if not 0 <= local < len(self.record["events"]):
            return self.place("/events")
        known = member if member in self.record["events"][local] else None
        return self._line().event_place(local, known)

    def events(self) -> Iterator[Mapping[str, Any]]:
        """Yield the events of the run, reading on where it has further lines."""
        yield from self.record["events"]
        while self.read < self.parts:
            self._advance()
            yield from self.record["events"]

    def drain(self) -> None:
        """Read the lines that a replay did not come to."""
        while self.read < self.parts:
            self._advance()

    def digest(self) -> str:
        """Return the digest of the canonical form of all events, where a ledger asks for it."""
        whole = self.events_sha256.copy()
        whole.update(b"]")
        return whole.hexdigest()

    def pass_over(self) -> None:
        """Pass over the lines left of a broken run, so that none is taken for a fault of its own."""
        while (line := self.feed.take()) is not None:
            if line[2].get("continues") != self.head["run"]:
                self.feed.put_back(line)
                return

    def _advance(self) -> None:
        line = self.feed.take()
        value = line[2] if line is not None else {}
        if line is None or value.get("continues") != self.head["run"] or value["part"] != self.read:
            self.feed.put_back(line)
            if self.feed.between is not None:
                # It may have been the line that is looked for.
                raise Broken(self.feed.between)
            self.feed.fail(
                "FSEP-TRN-001",
                f"part {self.read} of {self.parts} of the run {self.head['run']!r} does not follow",
                self.number + 1,
            )
            raise Broken("FSEP-TRN-001")
        self.first += len(self.record["events"])
        self.number, self.data, self.record = line
        self.read += 1
        self._check()

    def _line(self) -> RunLine:
        study = self.feed.study
        program = study.programs.get(self.head["scaffold"])
        return RunLine(
            study, self.head, self.record, self.first, self.feed.path, self.number, self.data, program
        )

    def _check(self) -> None:
        """Run the checks of a line."""
        feed, line = self.feed, self._line()
        before = feed.collector.failures("FSEP-TRN-002")
        run(self._line_checks, feed.collector, line)
        self.confused |= feed.collector.failures("FSEP-TRN-002") > before
        feed.counts["events"] += len(line.events)
        if feed.digests_runs and may_hold(self.data):
            slots = list(run_slots(self.head, self.record))
            self.withheld |= holds_withheld(slots)
            self.events_withheld |= holds_withheld(one for one in slots if one.pointer.startswith("/events/"))
        self._answers.read(line)
        if self._watch is not None:
            for event in line.events:
                self._watch.see(event)
        seen = observe(line)
        if line.outputs:
            system = self.head["system"]
            before_it = feed.observed.get(system)
            feed.observed[system] = seen if before_it is None else before_it + seen
        if feed.study.ledger is not None and line.events:
            inner = canonical(list(line.events))[1:-1]
            self.events_sha256.update(inner if self.first == 0 else b"," + inner)
