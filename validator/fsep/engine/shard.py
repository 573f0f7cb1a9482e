"""Checking one file of transcripts: one pass over its lines, to a summary that merges with other files'."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import reduce
from hashlib import sha256
from typing import Any

from fsep import limits
from fsep.bundle import Bundle, BundleError
from fsep.bundle.expand import expanded
from fsep.checks import adherence
from fsep.checks.documents import Reader
from fsep.checks.line import instant
from fsep.checks.observe import Observed
from fsep.checks.plan import Plan
from fsep.checks.prompts import Prompts, prompt
from fsep.checks.rated import RatedRun
from fsep.checks.registry import Blocked, BlockedError, checks
from fsep.checks.study import Settings, Study, missing_blob
from fsep.checks.summary import Read, Summary, pack_entry
from fsep.engine.lines import Broken, Feed, Lines, Taken, unseen
from fsep.engine.packets import Desk, Sink, desk
from fsep.engine.reading import judge
from fsep.findings import Collector, Place, Problem, Results
from fsep.parsing.lines import read_lines
from fsep.rating.level import Watch
from fsep.scaffold.replay import Divergence, Replay, replay

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
        sink: Sink | None = None,
    ) -> None:
        """Prepare what every file needs: settings of the machine, and the plan where there is one.

        `sink` is given the packets of each run.
        """
        self.bundle, self.study = bundle, study
        self.settings = Settings(study)
        self.reference = reference
        self.progress = progress
        self.line_checks = checks("line")
        try:
            self.plan: Plan | None = Plan(study)
        except BlockedError:
            self.plan = None
        self.desk = desk(study, sink)

    def check(self, path: str, number: int) -> Summary:
        """Check one file; `number` is its place among the transcripts files, sorted by path."""
        whole, size = sha256(), 0

        def update(chunk: bytes) -> None:
            nonlocal size
            whole.update(chunk)
            size += len(chunk)
            if self.progress is not None:
                self.progress(len(chunk))

        collector = Collector()
        reader = Reader(self.study.protocol, Collector(), reference=self.reference)
        try:
            with self.bundle.open(path) as stream:
                records = expanded(path, self.bundle.entries[path].size, stream, update)
                feed = Feed(self.study, path, reader, read_lines(records, limits.LINE_BYTES))
                file = _File(self, feed, number)
                file.check()
        except BundleError as error:
            collector.failed("FSEP-BND-003", Problem(str(error), Place(path)))
            return unread(path, "FSEP-BND-003", collector)
        read = Read(whole.hexdigest(), size, feed.counts["lines"])
        if not judge(self.study.listed[path], read, collector):
            return unread(path, "FSEP-BND-006", collector)
        return file.summary(collector.results(), read)


def unread(path: str, requirement: str, collector: Collector) -> Summary:
    """Return the summary of a file that cannot be read, or is not the one listed and so is not judged.

    What is wrong with the file itself is in the collector already.
    """
    unseen(Blocked.by(requirement), collector)
    collector.not_checked("FSEP-DOC-004", Blocked.by(requirement).reason)
    if requirement not in ("FSEP-BND-003", "FSEP-BND-006"):
        collector.not_checked("FSEP-BND-006", Blocked.by(requirement).reason)
    return Summary(results=collector.results(), broken={path: requirement}, lost_runs={requirement: 1})


class _File:
    """The runs of one file, and what they come to."""

    def __init__(self, shard: Shard, feed: Feed, number: int) -> None:
        self.shard, self.study, self.feed, self.number = shard, shard.study, feed, number
        self.collector = feed.collector
        self.characters: dict[str, tuple[int, int]] = {}
        self.index = bytearray()
        self.first_start: tuple[str, str] | None = None
        self.unstarted = 0
        self.events_sha256: dict[str, tuple[str, str, bool]] = {}
        self.rated: dict[int, RatedRun] = {}
        self.unrated: Counter[str] = Counter()

    def check(self) -> None:
        """Check every run."""
        while (line := self.feed.take()) is not None:
            self._run(line)

    def summary(self, of_file: Results, read: Read) -> Summary:
        """Freeze what the runs came to, beside what was found of the file itself."""
        return Summary(
            results=of_file + self.collector.results(),
            read={self.feed.path: read},
            index=bytes(self.index),
            counts=dict(self.feed.counts),
            observed=self.feed.observed,
            histories=self.feed.histories.meetings(),
            requests=self.feed.requests.meetings(),
            characters=self.characters,
            first_start=self.first_start,
            unstarted=self.unstarted,
            lost_runs=dict(self.feed.lost),
            events_sha256=self.events_sha256,
            rated=self.rated,
            unrated=dict(self.unrated),
        )

    def _run(self, line: Taken) -> None:
        number, _, head = line
        if "continues" in head:
            self.feed.fail(
                "FSEP-TRN-001",
                f"the line goes on with the run {head['continues']!r}, which is not the one before it",
                number,
            )
            self.feed.lost["FSEP-TRN-001"] += 1
            return
        self.feed.counts["runs"] += 1
        desk = self.shard.desk
        watch = desk.watch(head) if desk is not None else None
        lines = Lines(self.feed, self.shard.line_checks, line, watch)
        shown: Replay | None = None
        try:
            self._refer(lines, head)
            blocked = self._unready(head)
            if blocked is None:
                shown = self._replay(lines, head)
            else:
                adherence.block(blocked, self.collector)
            lines.drain()
        except Broken as error:
            self.feed.lose(error.requirement)
            lines.pass_over()
            return
        self.collector.passed("FSEP-TRN-001")
        slot = self._place_in_plan(number, head)
        if desk is not None and slot is not None and head["status"] != "failed":
            self._rate(desk, watch, slot, lines, shown)
        self.feed.counts["holding"] += lines.withheld
        if self.study.ledger is not None:
            self.events_sha256[head["run"]] = (head["status"], lines.digest(), lines.events_withheld)

    def _refer(self, lines: Lines, head: Mapping[str, Any]) -> None:
        """Hold a run's references to what there is (FSEP-REF-005)."""
        for role in ("system", "scaffold"):
            if head[role] not in self.study.ids[role] and head[role] not in self.study.doubtful[role]:
                self.collector.failed(
                    "FSEP-REF-005",
                    Problem(
                        f"the run names a {role} that is not in the bundle",
                        lines.place(f"/{role}"),
                        found=head[role],
                    ),
                )
                raise Broken("FSEP-REF-005")
        if head["item"] not in self.study.item_lines:
            if self.study.lost_items is not None:
                self.collector.not_checked("FSEP-REF-005", Blocked.by(self.study.lost_items).reason)
                raise Broken(self.study.lost_items)
            self.collector.failed(
                "FSEP-REF-005",
                Problem(
                    "the run names an item that is not in the bundle",
                    lines.place("/item"),
                    found=head["item"],
                ),
            )
            raise Broken("FSEP-REF-005")
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

    def _rate(self, desk: Desk, watch: Watch | None, slot: int, lines: Lines, shown: Replay | None) -> None:
        """Keep what raters meet in a run."""
        if watch is None:
            scaffold = ("scaffold", lines.head["scaffold"])
            self.unrated[self.study.unready.get(scaffold, "FSEP-REF-002")] += 1
        elif slot not in self.rated:
            self.rated[slot] = desk.rated_run(watch, lines, shown, self._blob_text(lines), self.collector)

    def _replay(self, lines: Lines, head: Mapping[str, Any]) -> Replay | None:
        """Replay a run; None where what it needs is in the way."""
        program = self.study.programs[head["scaffold"]]
        setting = self.shard.settings.by_system[head["system"]]
        item = self.study.items[head["item"]]
        try:
            shown = replay(
                program,
                setting,
                item,
                head,
                lines.events(),
                self._blob_text(lines),
                keep_messages=self.shard.desk is not None and self.shard.desk.shows,
            )
        except _UnreadableBlob as error:
            self.feed.block(error.requirement)
            return None
        place = self._held(shown.divergence, lines)
        lines.drain()
        if lines.confused:
            # Results are matched to calls by id: with two calls of one id no replay can be right.
            self.feed.block("FSEP-TRN-002")
            return None
        adherence.judge(shown, head["run"], place, self.collector)
        if shown.divergence is None and not shown.withheld and not shown.exhausted:
            self.feed.counts["pinned" if shown.pinned else "replayed"] += 1
        self.feed.counts["withheld"] += shown.withheld
        self._weigh(program.primary, head["system"], shown)
        before = self.characters.get(program.id, (0, 0))
        self.characters[program.id] = (
            before[0] + shown.program_characters,
            before[1] + shown.item_characters,
        )
        return shown

    def _weigh(self, primary: str, system: str, shown: Replay) -> None:
        """Keep what the requests to the primary actor took."""
        sums = [prompt(characters, tokens) for actor, characters, tokens in shown.prompts if actor == primary]
        if sums:
            whole = reduce(Prompts.plus, sums)
            self.feed.observed[system] = self.feed.observed.get(system, Observed()) + Observed(prompts=whole)

    def _held(self, divergence: Divergence | None, lines: Lines) -> Place:
        """Return where a divergence is, while the line that it is on is held."""
        return (
            lines.event_place(divergence.event, divergence.member)
            if divergence is not None
            else Place(self.feed.path)
        )

    def _blob_text(self, lines: Lines) -> Callable[[str], str]:
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

    def _place_in_plan(self, number: int, head: Mapping[str, Any]) -> int | None:
        """Write a run into the index; return its number in the plan, if it has one."""
        slot = self.shard.plan.slot(head) if self.shard.plan is not None else None
        self.index += pack_entry(head["run"], slot, self.number, number, head["status"])
        if "started" not in head:
            self.unstarted += 1
            return slot
        start = (instant(head["started"]), head["run"])
        self.first_start = start if self.first_start is None else min(self.first_start, start)
        return slot


class _UnreadableBlob(Exception):
    def __init__(self, requirement: str) -> None:
        super().__init__(requirement)
        self.requirement = requirement
