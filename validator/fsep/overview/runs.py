"""How the runs of each system ended, and which of them are lacking: one pass over the transcripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fsep.bundle import Bundle
from fsep.errors import FsepError
from fsep.overview.reading import items, paths_of, records
from fsep.parsing import json
from fsep.protocol import Protocol

# Told of every run: its first record, and the file and line it begins at.
Told = Callable[[Mapping[str, Any], str, int], None]


@dataclass(frozen=True, slots=True)
class SystemRuns:
    """The runs of one system.

    `planned` and `missing` are None where there is no design to go by; `retried` counts runs in which some
    request took more than one attempt, `attempts` the further attempts; `rebuilt` counts the texts that an
    importer rebuilt, `rebuilt_runs` the runs that hold one.
    """

    system: str
    planned: int | None
    missing: int | None
    completed: int
    limit_reached: int
    failed: int
    retried: int
    attempts: int
    rebuilt: int
    rebuilt_runs: int

    @property
    def recorded(self) -> int:
        """How many runs are in the bundle."""
        return self.completed + self.limit_reached + self.failed


@dataclass(slots=True)
class _Count:
    statuses: dict[str, int] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)
    retried: int = 0
    attempts: int = 0
    rebuilt: int = 0
    rebuilt_runs: int = 0


class Plan:
    """The runs that a design plans of each system, each with a number."""

    def __init__(self, design: Mapping[str, Any] | None, bundle: Bundle, protocol: Protocol) -> None:
        """Read the ids of the items; without a design nothing is planned."""
        self.known = design is not None
        self._scaffolds = {
            lock["id"]: place for place, lock in enumerate((design or {}).get("scaffolds", ()))
        }
        self._replicates: int = (design or {}).get("replicates", 0)
        self._items: dict[str, int] = {}
        for record in items(bundle, protocol):
            self._items.setdefault(record["id"], len(self._items))

    def __len__(self) -> int:
        """Return how many runs are planned of a system."""
        return len(self._scaffolds) * len(self._items) * self._replicates

    def number(self, run: Mapping[str, Any]) -> int | None:
        """Return the number of a run; None for one that is not planned."""
        scaffold, item = self._scaffolds.get(run["scaffold"]), self._items.get(run["item"])
        if scaffold is None or item is None or run["replicate"] >= self._replicates:
            return None
        return (scaffold * len(self._items) + item) * self._replicates + int(run["replicate"])


class Counter:
    """Counts runs by system; those of a system that is not in the bundle are counted under no name."""

    def __init__(self, protocol: Protocol, plan: Plan, systems: Sequence[str]) -> None:
        """Begin with nothing counted; `unread` counts the lines that are no valid record."""
        self.unread = 0
        self._valid = protocol.validator("run").is_valid
        self._plan = plan
        self._counts = {system: _Count() for system in systems}
        self._other = _Count()

    def read(self, bundle: Bundle, told: Told) -> None:
        """Read all transcripts; a file that cannot be read to its end is counted as one line more."""
        for path in paths_of(bundle, "transcripts"):
            try:
                self._file(bundle, path, told)
            except FsepError:
                self.unread += 1

    def _file(self, bundle: Bundle, path: str, told: Told) -> None:
        count, retried, rebuilt = self._other, False, False
        for number, data in records(bundle, path):
            record = _value(data)
            if record is None or not self._valid(record):
                self.unread += 1
                continue
            if "run" in record:
                count = self._head(record)
                retried = rebuilt = False
                told(record, path, number)
            further, texts = _noted(record)
            count.attempts += further
            count.rebuilt += texts
            # Each is counted once a run, whichever of its lines shows it.
            count.retried += bool(further) and not retried
            count.rebuilt_runs += bool(texts) and not rebuilt
            retried, rebuilt = retried or bool(further), rebuilt or bool(texts)

    def _head(self, run: Mapping[str, Any]) -> _Count:
        count = self._counts.get(run["system"], self._other)
        count.statuses[run["status"]] = count.statuses.get(run["status"], 0) + 1
        if (number := self._plan.number(run)) is not None:
            count.met.add(number)
        return count

    def results(self) -> tuple[SystemRuns, ...]:
        """Return what was counted, by system; runs of systems that are not in the bundle come last."""
        made = [self._result(system, count) for system, count in sorted(self._counts.items())]
        if self._other.statuses:
            made.append(self._result("", self._other))
        return tuple(made)

    def _result(self, system: str, count: _Count) -> SystemRuns:
        planned = len(self._plan) if self._plan.known and system else None
        return SystemRuns(
            system,
            planned,
            None if planned is None else planned - len(count.met),
            count.statuses.get("completed", 0),
            count.statuses.get("limit-reached", 0),
            count.statuses.get("failed", 0),
            count.retried,
            count.attempts,
            count.rebuilt,
            count.rebuilt_runs,
        )


def _value(data: bytes | None) -> Any:
    try:
        return json.parse(data) if data is not None else None
    except FsepError:
        return None


def _noted(record: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many further attempts a record tells of, and how many rebuilt texts."""
    failure = record.get("failure")
    further = max(len(failure.get("attempts", ())) - 1, 0) if failure is not None else 0
    rebuilt = 0
    for event in record["events"]:
        if "attempts" in event:
            further += max(len(event["attempts"]) - 1, 0)
        if "rebuilt" in event:
            rebuilt += 1
    return further, rebuilt
