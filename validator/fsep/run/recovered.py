"""What an earlier session left: which runs ended, and how far the others had come."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fsep.errors import FsepError, visible
from fsep.run.journal import JOURNAL
from fsep.run.ledger import Chain, Mended, changed


@dataclass(slots=True)
class Begun:
    """A run that was started and has not ended.

    `events` are those that came from outside, in order; `attempts` those at the request that comes next;
    `since` is the number of the last attempt sent to its endpoint when that first failed to answer it.
    """

    started: str
    events: list[dict[str, Any]] = field(default_factory=list)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    asked: dict[str, Any] | None = None
    since: int | None = None

    def take(self, entry: Mapping[str, Any]) -> None:
        """Take an entry of the journal."""
        what = entry["what"]
        if what == "asked":
            self.settle()
            self.asked = {"outcome": "unknown", "started": entry["at"]}
        elif what == "attempt":
            self.attempts.append(entry["attempt"])
            self.asked = None
        elif what == "event":
            self.events.append(entry["event"])
            self.attempts, self.asked = [], None

    def settle(self) -> None:
        """Count what was in flight when the session broke off as an attempt of which nothing is known."""
        if self.asked is not None:
            self.attempts.append(self.asked)
            self.asked = None


@dataclass(slots=True)
class Recovered:
    """What the journal holds.

    `ended` has, for each run that ended, where in the journal it stands, `failed` why, of those that failed;
    `begun` the runs that have not ended; `halted` why a system is not to be asked any more; `chain` the lines
    of the ledger.
    """

    ended: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    halted: dict[str, str] = field(default_factory=dict)
    begun: dict[str, Begun] = field(default_factory=dict)
    chain: Chain = field(default_factory=Chain)

    def take(self, offset: int, entry: Mapping[str, Any]) -> None:
        """Take an entry of the journal.

        Raises:
            KeyError: where it is about a run that has not begun.
        """
        run = entry["run"]
        if entry["what"] == "start":
            self.begun[run] = Begun(entry["at"])
        elif entry["what"] == "ended":
            del self.begun[run]
            self.ended[run] = offset
            record = entry["record"]
            if record["status"] == "failed":
                self.failed[run] = reason(record)
            if "halt" in entry:
                self.halted[record["system"]] = entry["halt"]
        elif run not in self.ended:
            self.begun[run].take(entry)


def recover(folder: Path) -> Recovered:
    """Read what an earlier session left, and complete the ledger.

    A last line that was only half written is taken away.

    Raises:
        FsepError: where one of the files was changed by somebody else.
    """
    found = Recovered()
    with Mended(folder) as ledger:
        for number, offset, line in _lines(folder / JOURNAL):
            try:
                entry = json.loads(line)
                found.take(offset, entry)
                chained = found.chain.line(entry)
            except (ValueError, KeyError, TypeError):
                raise changed(folder / JOURNAL, number) from None
            if chained:
                ledger.expect(chained)
        ledger.done()
    for begun in found.begun.values():
        begun.settle()
    return found


def reason(record: Mapping[str, Any]) -> str:
    """Return why a run failed."""
    failure = record["failure"]
    return str(failure.get("message") or failure["kind"])


def record_at(journal: Any, offset: int) -> dict[str, Any]:
    """Return the run that stands at a place of the journal, a file open for reading bytes."""
    journal.seek(offset)
    record: dict[str, Any] = json.loads(journal.readline())["record"]
    return record


def _lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Yield the lines of a file with number and place; what stands behind the last line feed is cut off."""
    try:
        with path.open("r+b") as stream:
            offset = 0
            for number, line in enumerate(stream, 1):
                if not line.endswith(b"\n"):
                    stream.truncate(offset)
                    os.fsync(stream.fileno())
                    return
                yield number, offset, line
                offset += len(line)
    except FileNotFoundError:
        return
    except OSError as error:
        raise FsepError(f"{visible(str(path), 200)} cannot be read: {error.strerror}.") from None
