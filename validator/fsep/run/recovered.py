"""What an earlier session left: which runs ended, and how far the others had come."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from fsep.errors import FsepError, visible
from fsep.run.journal import JOURNAL, LEDGER


@dataclass(slots=True)
class Begun:
    """A run that was started and has not ended.

    `events` are those that came from outside, in order; `attempts` those at the request that comes next;
    `spent` says that an earlier session used up all that it would make of it.
    """

    started: str
    events: list[dict[str, Any]] = field(default_factory=list)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    asked: dict[str, Any] | None = None
    spent: bool = False

    def take(self, entry: Mapping[str, Any]) -> None:
        """Take an entry of the journal."""
        what = entry["what"]
        if what == "asked":
            self.settle()
            self.asked = {"outcome": "unknown", "started": entry["at"]}
        elif what == "attempt":
            self.attempts.append(entry["attempt"])
            self.asked = None
        elif what == "spent":
            self.spent = True
        elif what == "event":
            self.events.append(entry["event"])
            self.attempts, self.asked, self.spent = [], None, False

    def settle(self) -> None:
        """Count what was in flight when the session broke off as an attempt of which nothing is known."""
        if self.asked is not None:
            self.attempts.append(self.asked)
            self.asked = None


@dataclass(slots=True)
class Recovered:
    """What both files hold.

    `ended` has, for each run that ended, where in the journal it stands, and `status` how; `unrecorded` the
    ends that the ledger lacks; `begun` the runs that have not ended; `lines` and `last` are as the journal
    takes them.
    """

    ended: dict[str, int] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    unrecorded: list[str] = field(default_factory=list)
    begun: dict[str, Begun] = field(default_factory=dict)
    lines: int = 0
    last: str | None = None


def recover(folder: Path) -> Recovered:
    """Read what an earlier session left; a last line that was only half written is taken away.

    Raises:
        FsepError: where one of the files was changed by somebody else.
    """
    found = Recovered()
    closed: set[str] = set()
    for _, data, line in _lines(folder / LEDGER):
        if line.get("n") != found.lines or line.get("previous") != found.last:
            raise _changed(folder / LEDGER, found.lines + 1)
        found.lines, found.last = found.lines + 1, sha256(data).hexdigest()
        if line["what"] == "start":
            found.begun[line["run"]] = Begun(line["at"])
        else:
            closed.add(line["run"])
    for offset, _, entry in _lines(folder / JOURNAL):
        run = entry["run"]
        if entry["what"] == "ended":
            found.ended[run], found.status[run] = offset, entry["record"]["status"]
            found.begun.pop(run, None)
            if run not in closed:
                found.unrecorded.append(run)
        elif run in found.begun:
            found.begun[run].take(entry)
        elif run not in found.ended:
            raise _changed(folder / LEDGER, None)
    if closed - found.ended.keys():
        raise _changed(folder / JOURNAL, None)
    for begun in found.begun.values():
        begun.settle()
    return found


def record_at(journal: Any, offset: int) -> dict[str, Any]:
    """Return the run that stands at a place of the journal, a file open for reading bytes."""
    journal.seek(offset)
    record: dict[str, Any] = json.loads(journal.readline())["record"]
    return record


def _lines(path: Path) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    """Yield the lines of a file with where they begin; what stands behind the last line feed is cut off."""
    try:
        with path.open("r+b") as stream:
            offset = 0
            for number, line in enumerate(stream, 1):
                if not line.endswith(b"\n"):
                    stream.truncate(offset)
                    os.fsync(stream.fileno())
                    return
                try:
                    value = json.loads(line)
                    if not isinstance(value, dict) or not {"what", "run"} <= value.keys():
                        raise ValueError(number)  # the one way out of a line that is none
                except ValueError:
                    raise _changed(path, number) from None
                yield offset, line[:-1], value
                offset += len(line)
    except FileNotFoundError:
        return
    except OSError as error:
        raise FsepError(f"{visible(str(path), 200)} cannot be read: {error.strerror}.") from None


def _changed(path: Path, line: int | None) -> FsepError:
    at = f", line {line}," if line else ""
    return FsepError(
        f"{visible(str(path), 200)}{at} is not as it was written.",
        advice="Restore the folder; a journal that was changed cannot be gone on with.",
    )
