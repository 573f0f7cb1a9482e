"""Checking one file of transcripts: a single pass over its lines, to a summary that merges with those of other files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from fsep import limits
from fsep.bundle import Bundle, BundleError
from fsep.checks import adherence
from fsep.checks.documents import Reader, Unusable
from fsep.checks.line import RunLine, instant
from fsep.checks.observe import Observed, observe
from fsep.checks.registry import Blocked, BlockedError, checks, run
from fsep.checks.study import Settings, Study, missing_blob
from fsep.checks.summary import Read, Summary, pack_entry
from fsep.checks.whole import Plan
from fsep.engine.load import judge, record
from fsep.findings import Collector, Place, Problem
from fsep.parsing.canonical import canonical
from fsep.parsing.lines import read_lines
from fsep.scaffold.replay import Divergence, replay

BLOB_PREFIX = "blobs/"


class Shard:
    """Checks files of transcripts of one study, one after another; holds what is the same for all of them."""

    def __init__(
        self,
        bundle: Bundle,
        study: Study,
        *,
        reference: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Prepare what every file needs: settings of the machine, and the plan where there is one."""
        self.bundle, self.study = bundle, study
        self.settings = Settings(study)
        self.reference = reference
        self.progress = progress
        self.line_checks = checks("line")
        try:
            self.plan: Plan | None = Plan(study)
        except BlockedError:
            self.plan = None

    def check(self, path: str, number: int) -> Summary:
        """Check one file; `number` is its place among the transcripts files, sorted by path."""
        return _File(self, path, number).check()


class _Broken(Exception):
    """The lines of a run do not make a run; what is wrong is in the collector."""

    def __init__(self, requirement: str) -> None:
        super().__init__(requirement)
        self.requirement = requirement


class _File:
    """One pass over one file."""

    def __init__(self, shard: Shard, path: str, number: int) -> None:
        self.shard, self.study, self.path, self.number = shard, shard.study, path, number
        self.collector = Collector()
        self.reader = Reader(self.study.protocol, self.collector, reference=shard.reference)
        self.counts: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self.observed: dict[str, Observed] = {}
        self.characters: dict[str, tuple[int, int]] = {}
        self.index = bytearray()
        self.first_start: tuple[str, str] | None = None
        self.unstarted = 0
        self.events_sha256: dict[str, tuple[str, str]] = {}
        self._again: tuple[int, bytes, Any] | None = None

    def check(self) -> Summary:
        """Read the file to its end, and freeze what it came to."""
        whole, size = sha256(), 0

        def update(chunk: bytes) -> None:
            nonlocal size
            whole.update(chunk)
            size += len(chunk)
            if self.shard.progress is not None:
                self.shard.progress(len(chunk))

        try:
            with self.shard.bundle.open(self.path) as stream:
                self._lines = iter(read_lines(stream, limits.LINE_BYTES, update))
                while (head := self._next()) is not None:
                    self._run(*head)
        except BundleError as error:
            collector = Collector()
            collector.failed("FSEP-BND-003", Problem(str(error), Place(self.path)))
            return self._nothing(collector, "FSEP-BND-003")
        read = Read(whole.hexdigest(), size, self.counts["lines"])
        listed = self.study.listed[self.path]
        collector = Collector()
        if not judge(listed, read, collector):
            return self._nothing(collector, "FSEP-BND-006")
        return Summary(
            results=collector.results() + self.collector.results(),
            read={self.path: read},
            index=bytes(self.index),
            counts=dict(self.counts),
            observed=self.observed,
            characters=self.characters,
            first_start=self.first_start,
            unstarted=self.unstarted,
            lost_runs=dict(self.lost),
            events_sha256=self.events_sha256,
        )

    def _nothing(self, collector: Collector, requirement: str) -> Summary:
        """What stands in a file that is not the one listed is not judged: it would be faults of another file."""
        adherence.block(Blocked.by(requirement), collector)
        for one in self.shard.line_checks:
            collector.not_checked(one.requirement, Blocked.by(requirement).reason)
        return Summary(
            results=collector.results(), broken={self.path: requirement}, lost_runs={requirement: 1}
        )

    def _next(self) -> tuple[int, bytes, Any] | None:
        """Return the next usable line; the lines that are not are lost, each with its reason."""
        if self._again is not None:
            line, self._again = self._again, None
            return line
        for line_ in self._lines:
            self.counts["lines"] += 1
            try:
                data, value = record(self.reader, "run", self.path, line_.number, line_.data)
            except Unusable as error:
                self.lost[error.requirement] += 1
                self._block(error.requirement)
                continue
            return line_.number, data, value
        return None

    def _block(self, requirement: str) -> None:
        adherence.block(Blocked.by(requirement), self.collector)

    def _run(self, number: int, data: bytes, head: Mapping[str, Any]) -> None:
        if "continues" in head:
            self._fail(
                "FSEP-TRN-001",
                f"the line goes on with the run {head['continues']!r}, which is not the one before it",
                number,
            )
            self.lost["FSEP-TRN-001"] += 1
            return
        self.counts["runs"] += 1
        lines = _Lines(self, number, data, head)
        try:
            self._refer(lines, head)
            blocked = self._unready(head)
            if blocked is None:
                self._replay(lines, head)
            else:
                adherence.block(blocked, self.collector)
            lines.drain()
        except _Broken as error:
            self.lost[error.requirement] += 1
            self._block(error.requirement)
            lines.pass_over()
            return
        self.collector.passed("FSEP-TRN-001")
        self._place_in_plan(number, head)
        if self.study.ledger is not None:
            self.events_sha256[head["run"]] = (head["status"], lines.digest())

    def _fail(self, requirement: str, message: str, number: int, **values: Any) -> None:
        self.collector.failed(requirement, Problem(message, Place(self.path, number), **values))

    def _refer(self, lines: _Lines, head: Mapping[str, Any]) -> None:
        """Hold a run's references to what there is (FSEP-REF-005)."""
        for role in ("system", "scaffold"):
            if head[role] not in self.study.ids[role]:
                self.collector.failed(
                    "FSEP-REF-005",
                    Problem(
                        f"the run names a {role} that is not in the bundle",
                        lines.place(f"/{role}"),
                        found=head[role],
                    ),
                )
                raise _Broken("FSEP-REF-005")
        if head["item"] not in self.study.item_lines:
            if self.study.lost_items is not None:
                self.collector.not_checked("FSEP-REF-005", Blocked.by(self.study.lost_items).reason)
                raise _Broken(self.study.lost_items)
            self.collector.failed(
                "FSEP-REF-005",
                Problem(
                    "the run names an item that is not in the bundle",
                    lines.place("/item"),
                    found=head["item"],
                ),
            )
            raise _Broken("FSEP-REF-005")
        self.collector.passed("FSEP-REF-005")

    def _unready(self, head: Mapping[str, Any]) -> Blocked | None:
        """Return what keeps a run from being replayed."""
        unready = self.study.unready
        program = self.study.programs.get(head["scaffold"])
        things = [
            ("design", ""),
            ("system", head["system"]),
            ("scaffold", head["scaffold"]),
            ("item", head["item"]),
        ]
        if program is not None:
            things += [("simulator", id_) for id_ in program.simulators] + [
                ("environment", id_) for id_ in program.environments
            ]
        for thing in things:
            if thing in unready:
                return Blocked.by(unready[thing])
        return None

    def _replay(self, lines: _Lines, head: Mapping[str, Any]) -> None:
        program = self.study.programs[head["scaffold"]]
        setting = self.shard.settings.by_system[head["system"]]
        item = self.study.items[head["item"]]
        try:
            shown = replay(program, setting, item, head, lines.events(), self._blob_text(lines))
        except _UnreadableBlob as error:
            self._block(error.requirement)
            return
        place = self._held(shown.divergence, lines)
        lines.drain()
        if lines.confused:
            # Results are matched to calls by id: with two calls of one id no replay can be right.
            self._block("FSEP-TRN-002")
            return
        adherence.judge(shown, head["run"], place, self.collector)
        if shown.divergence is None and not shown.withheld and not shown.exhausted:
            self.counts["pinned" if shown.pinned else "replayed"] += 1
        self.counts["withheld"] += shown.withheld
        before = self.characters.get(program.id, (0, 0))
        self.characters[program.id] = (
            before[0] + shown.program_characters,
            before[1] + shown.item_characters,
        )

    def _held(self, divergence: Divergence | None, lines: _Lines) -> Place:
        """Return where a divergence is, while the line that it is on is held."""
        return (
            lines.event_place(divergence.event, divergence.member)
            if divergence is not None
            else Place(self.path)
        )

    def _blob_text(self, lines: _Lines) -> Callable[[str], str]:
        def read(digest: str) -> str:
            requirement = missing_blob(self.study, digest)
            if requirement is not None:
                raise _UnreadableBlob(requirement)
            try:
                return self.shard.bundle.read(BLOB_PREFIX + digest, limits.DOCUMENT_BYTES).decode()
            except (UnicodeDecodeError, BundleError):
                message = "a text part is kept in a blob that is no text in UTF-8, or too long to be one"
                self.collector.failed("FSEP-REF-007", Problem(message, lines.place(""), found=digest))
                raise _UnreadableBlob("FSEP-REF-007") from None

        return read

    def _place_in_plan(self, number: int, head: Mapping[str, Any]) -> None:
        slot = self.shard.plan.slot(head) if self.shard.plan is not None else None
        self.index += pack_entry(head["run"], slot, self.number, number, head["status"])
        if "started" not in head:
            self.unstarted += 1
            return
        start = (instant(head["started"]), head["run"])
        self.first_start = start if self.first_start is None else min(self.first_start, start)


class _UnreadableBlob(Exception):
    def __init__(self, requirement: str) -> None:
        super().__init__(requirement)
        self.requirement = requirement


class _Lines:
    """The lines of one run; each is checked when it is first read, and only the last is held."""

    def __init__(self, file: _File, number: int, data: bytes, head: Mapping[str, Any]) -> None:
        self.file, self.head = file, head
        self.number, self.data, self.record = number, data, head
        self.first, self.read, self.parts = 0, 1, head.get("parts", 1)
        self.confused = False
        self.events_sha256 = sha256(b"[")
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
        """Pass over the lines left of a run that is broken, so that none of them is taken for a fault of its own."""
        while (line := self.file._next()) is not None:
            if line[2].get("continues") != self.head["run"]:
                self.file._again = line
                return

    def _advance(self) -> None:
        line = self.file._next()
        record = line[2] if line is not None else {}
        if line is None or record.get("continues") != self.head["run"] or record["part"] != self.read:
            self.file._again = line
            self.file._fail(
                "FSEP-TRN-001",
                f"part {self.read} of {self.parts} of the run {self.head['run']!r} does not follow",
                self.number + 1,
            )
            raise _Broken("FSEP-TRN-001")
        self.first += len(self.record["events"])
        self.number, self.data, self.record = line
        self.read += 1
        self._check()

    def _line(self) -> RunLine:
        file = self.file
        return RunLine(
            file.study,
            self.head,
            self.record,
            self.first,
            file.path,
            self.number,
            self.data,
            file.study.programs.get(self.head["scaffold"]),
        )

    def _check(self) -> None:
        """Run the checks of a line."""
        file, line = self.file, self._line()
        before = file.collector.failures("FSEP-TRN-002")
        run(file.shard.line_checks, file.collector, line)
        self.confused |= file.collector.failures("FSEP-TRN-002") > before
        file.counts["events"] += len(line.events)
        seen = observe(line)
        if seen.outputs:
            system = self.head["system"]
            file.observed[system] = file.observed.get(system, Observed()) + seen
        if file.study.ledger is not None and line.events:
            inner = canonical(list(line.events))[1:-1]
            self.events_sha256.update(inner if self.first == 0 else b"," + inner)
