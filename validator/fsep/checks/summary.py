"""What the records of a bundle came to: a value for each shard, that merges."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from fsep.checks.meetings import Meetings
from fsep.checks.observe import Observed
from fsep.checks.rated import RatedRun
from fsep.findings import Results
from fsep.rating.book import Book

_ENTRY = struct.Struct("<16sQIIB")
_UNPLANNED = 2**64 - 1
STATUSES = ("completed", "limit-reached", "failed")


class Entry(NamedTuple):
    """A run in the index: a digest of its id, its place in the plan (None outside it), where it stands."""

    id_digest: bytes
    slot: int | None
    file: int
    line: int
    status: str


def pack_entry(run: str, slot: int | None, file: int, line: int, status: str) -> bytes:
    """Return a run's entry in the index, 33 bytes."""
    return _ENTRY.pack(
        sha256(run.encode()).digest()[:16],
        _UNPLANNED if slot is None else slot,
        file,
        line,
        STATUSES.index(status),
    )


@dataclass(frozen=True, slots=True)
class Read:
    """A file as it was read: its digest, size and lines."""

    sha256: str
    bytes: int
    records: int | None


@dataclass(frozen=True, slots=True)
class Ratings:
    """What the files of ratings came to.

    `lost` has, for each file that is not wholly gone by, the requirement in the way.
    """

    book: Book = field(default_factory=Book)
    read: Mapping[str, Read] = field(default_factory=dict)
    lost: Mapping[str, str] = field(default_factory=dict)
    results: Results = field(default_factory=Results)


@dataclass(frozen=True, slots=True)
class Summary:
    """What one or more shards came to.

    `index` holds an entry for each usable run, in order; `histories` how environments answered, by the calls
    before, and `requests` how simulators did, by the request; `first_start` the earliest start with the run
    that has it; `broken` the files that were not gone by, each with the requirement that failed; `lost_runs`
    how many runs have no place in the plan because of an earlier failure, by its requirement;
    `events_sha256` the status, the digest of the events and whether one of them holds a withheld value, of
    every run, where a ledger asks for them; `rated` what raters meet in each planned run that is not failed,
    where there is a rubric, and `unrated` how many such runs are not known to them, by the requirement in
    the way. Summaries merge: associative, with the empty summary
    as identity.
    """

    results: Results = field(default_factory=Results)
    read: Mapping[str, Read] = field(default_factory=dict)
    index: bytes = b""
    counts: Mapping[str, int] = field(default_factory=dict)
    observed: Mapping[str, Observed] = field(default_factory=dict)
    histories: Meetings = field(default_factory=Meetings)
    requests: Meetings = field(default_factory=Meetings)
    characters: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    first_start: tuple[str, str] | None = None
    unstarted: int = 0
    broken: Mapping[str, str] = field(default_factory=dict)
    lost_runs: Mapping[str, int] = field(default_factory=dict)
    events_sha256: Mapping[str, tuple[str, str, bool]] = field(default_factory=dict)
    rated: Mapping[int, RatedRun] = field(default_factory=dict)
    unrated: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Summary) -> Summary:
        """Merge two summaries."""
        starts = [start for start in (self.first_start, other.first_start) if start is not None]
        return Summary(
            results=self.results + other.results,
            read={**self.read, **other.read},
            index=self.index + other.index,
            counts=dict(Counter(self.counts) + Counter(other.counts)),
            observed={
                system: self.observed.get(system, Observed()) + other.observed.get(system, Observed())
                for system in {**self.observed, **other.observed}
            },
            histories=self.histories + other.histories,
            requests=self.requests + other.requests,
            characters={
                scaffold: _added(
                    self.characters.get(scaffold, (0, 0)), other.characters.get(scaffold, (0, 0))
                )
                for scaffold in {**self.characters, **other.characters}
            },
            first_start=min(starts) if starts else None,
            unstarted=self.unstarted + other.unstarted,
            broken={**self.broken, **other.broken},
            lost_runs=dict(Counter(self.lost_runs) + Counter(other.lost_runs)),
            events_sha256={**self.events_sha256, **other.events_sha256},
            # Of two runs in one place of the plan the first counts.
            rated={**other.rated, **self.rated},
            unrated=dict(Counter(self.unrated) + Counter(other.unrated)),
        )

    def entries(self) -> Iterator[Entry]:
        """Yield the entries of the index."""
        for id_digest, slot, file, line, status in _ENTRY.iter_unpack(self.index):
            yield Entry(id_digest, None if slot == _UNPLANNED else slot, file, line, STATUSES[status])


def _added(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]
