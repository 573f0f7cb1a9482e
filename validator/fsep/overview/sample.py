"""A sample of transcripts: as even as can be over systems and scaffolds, and the same for a seed."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from fsep import limits
from fsep.bundle import Bundle
from fsep.errors import FsepError
from fsep.overview.rated import Apart, Rating, Ratings
from fsep.overview.reading import NumberedLine, document, events, items, parsed, records
from fsep.protocol import Protocol

# Of how many runs one is chosen since raters are far apart on it.
SHARE = 3

# A run as it waits to be chosen: its key, the file and the line it begins at.
_Candidate = tuple[bytes, str, int]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many transcripts are drawn, and by which seed."""

    size: int = 0
    seed: str = ""


NOTHING_DRAWN = Sampling()


@dataclass(frozen=True, slots=True)
class Sample:
    """A run that was drawn: its first record, all its events, and what helps to read them.

    `events` is None where they are too long for a page, or cannot be read. `apart` is there where it was
    chosen since raters are far apart on it, and not by the seed; `ratings` are those of the run.
    """

    place: str
    head: Mapping[str, Any]
    events: tuple[Mapping[str, Any], ...] | None
    scaffold: Mapping[str, Any] | None
    fields: Mapping[str, Any]
    apart: Apart | None = None
    ratings: tuple[Rating, ...] = ()


class Urn:
    """Holds, of each system with each scaffold, the runs that come first in the order of a seed.

    The order is that of SHA-256 over the seed, a line feed and the run's id, so that it depends on neither
    files nor lines.
    """

    def __init__(self, sampling: Sampling) -> None:
        """Begin empty."""
        self._sampling = sampling
        self._strata: dict[tuple[str, str], list[_Candidate]] = {}

    def add(self, run: Mapping[str, Any], path: str, line: int) -> None:
        """Put a run in; of each stratum no more are kept than may be drawn."""
        if not self._sampling.size:
            return
        key = sha256(f"{self._sampling.seed}\n{run['run']}".encode()).digest()
        kept = self._strata.setdefault((run["system"], run["scaffold"]), [])
        insort(kept, (key, path, line))
        del kept[self._sampling.size :]

    def drawn(self, beside: AbstractSet[tuple[str, int]] = frozenset()) -> list[tuple[str, int]]:
        """Return file and line of what is drawn: the first of every stratum before the second of any.

        What is chosen already, `beside`, is in no stratum, and takes the room that it takes.
        """
        ranked = [
            (rank, candidate)
            for _, kept in sorted(self._strata.items())
            for rank, candidate in enumerate(one for one in kept if one[1:] not in beside)
        ]
        size = self._sampling.size - len(beside)
        return sorted((path, line) for _, (_, path, line) in sorted(ranked)[:size])


class Disputed:
    """Holds the runs on which raters are furthest apart: a third of what is shown, and never all of it."""

    def __init__(self, sampling: Sampling, ratings: Ratings) -> None:
        """Begin empty; `apart` is read from the ratings where any run is to be chosen by them."""
        self._size = sampling.size // SHARE if sampling.size >= SHARE else sampling.size // 2
        self.ratings = ratings
        self._apart = ratings.apart() if self._size else {}
        self._kept: list[tuple[tuple[float, int, str], str, int]] = []
        self.apart: dict[tuple[str, int], Apart] = {}

    def add(self, run: Mapping[str, Any], path: str, line: int) -> None:
        """Put a run in; no more are kept than are chosen."""
        if not self._apart:
            return
        names = self.ratings.names(run["run"])
        found = next((self._apart[name] for name in names if name in self._apart), None)
        if found is None:
            return
        insort(self._kept, ((-found.most, -found.disputed, run["run"]), path, line))
        self.apart[path, line] = found
        for _, out, begun in self._kept[self._size :]:
            del self.apart[out, begun]
        del self._kept[self._size :]


def read_samples(
    bundle: Bundle, protocol: Protocol, places: list[tuple[str, int]], disputed: Disputed
) -> tuple[Sample, ...]:
    """Read the drawn runs with their ratings, sorted by system, scaffold and place."""
    found = [
        (f"{path}:{number}", *_run(lines, protocol), disputed.apart.get((path, number)))
        for path, number, lines in _lines(bundle, places, limits.SAMPLE_BYTES)
    ]
    wanted = {head["item"] for _, head, *_ in found}
    fields = {one["id"]: one["fields"] for one in items(bundle, protocol) if one["id"] in wanted}
    scaffolds = {
        id_: document(bundle, protocol, "scaffold", f"scaffolds/{id_}.json")
        for id_ in {head["scaffold"] for _, head, *_ in found}
    }
    found.sort(key=lambda one: (one[1]["system"], one[1]["scaffold"], one[0]))
    ratings = disputed.ratings.of(head["run"] for _, head, *_ in found)
    return tuple(
        Sample(
            place,
            head,
            said,
            scaffolds[head["scaffold"]],
            fields.get(head["item"], {}),
            apart,
            ratings[head["run"]],
        )
        for place, head, said, apart in found
    )


def _run(
    lines: list[bytes | None], protocol: Protocol
) -> tuple[Mapping[str, Any], tuple[Mapping[str, Any], ...] | None]:
    """Return a run's first record and all of its events, None where one of its lines is not at hand."""
    head = parsed(lines[0])
    try:
        said = tuple(events(head, enumerate(lines[1:]), protocol)) if None not in lines else None
    except FsepError:
        said = None
    return {name: value for name, value in head.items() if name != "events"}, said


def _lines(
    bundle: Bundle, places: list[tuple[str, int]], room: int
) -> Iterator[tuple[str, int, list[bytes | None]]]:
    """Yield the lines of each run that begins at one of the places.

    Of a run for which there is no room only the first line is given, and None for what follows.
    """
    wanted: dict[str, set[int]] = {}
    for path, line in places:
        wanted.setdefault(path, set()).add(line)
    for path, numbers in wanted.items():
        held: list[bytes | None] = []
        begun = 0
        for number, data in _tolerant(bundle, path):
            if number in numbers or (begun and "run" in parsed(data)):
                if begun:
                    yield path, begun, held
                held, begun = [], number if number in numbers else 0
            if not begun:
                if number > max(numbers):
                    break
                continue
            if len(data or b"") <= room and None not in held[-1:]:
                held.append(data)
                room -= len(data or b"")
            else:
                held = [*(held or [data])[:1], None]
        if begun:
            yield path, begun, held


def _tolerant(bundle: Bundle, path: str) -> Iterator[NumberedLine]:
    """Yield the lines of a file as far as it can be read; that it cannot be is in the report."""
    with suppress(FsepError):
        yield from records(bundle, path)
