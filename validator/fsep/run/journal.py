"""The journal: what a run came to is on disk before the next thing is asked.

One file, appended to and nothing else, has the start of each run, each request before it is sent, each
attempt that failed, each event that came from outside, and at the end the whole run. The ledger of the bundle
follows from the journal and is written behind it: whatever it lacks after a crash is there to be derived.

Whoever needs what it appended on disk syncs it at once and goes on, while nothing else runs: that takes half
a millisecond on most disks, and handing it to a thread and coming back takes longer, and makes runs that had
fallen out of step wait for each other. Where a disk is slow, all that are ready to append do so first, and
share one sync.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from fsep.errors import FsepError, visible
from fsep.run.ledger import LEDGER, Chain
from fsep.run.secrets import Secrets

JOURNAL = "journal.jsonl"
# Seconds from which on a sync is slow.
_SLOW = 0.002
Clock = Callable[[], str]

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class JournalError(FsepError):
    """The journal cannot be written; nothing may be asked any more."""


class Journal:
    """Appends; what was appended is on disk once `settled` returns. A context manager.

    Args:
        folder: where journal and ledger are.
        clock: gives the time.
        secrets: what must not be written.
        chain: the ledger's lines so far.
        ended: takes where in the journal each run stands that ended.

    Raises:
        JournalError: by every call, once something could not be written.
    """

    def __init__(
        self, folder: Path, clock: Clock, secrets: Secrets, *, chain: Chain, ended: dict[str, int]
    ) -> None:
        """Open both files at their ends."""
        self._folder, self._clock, self._secrets = folder, clock, secrets
        self._chain, self._ended = chain, ended
        self._lines: list[bytes] = []
        self._ledger_lines: list[bytes] = []
        self._appended = self._synced = 0
        self._seconds = 0.0
        self._broken: JournalError | None = None
        try:
            self._journal = _Appended(folder / JOURNAL)
            self._ledger = _Appended(folder / LEDGER)
        except OSError as error:
            raise _unwritable(folder, error) from None
        self._end = self._journal.size

    def __enter__(self) -> Self:
        """Give the journal itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Write what waits, if it can be written, and close both files."""
        with contextlib.suppress(JournalError, OSError):
            self._sync(self._appended)
            self._ledger.sync()
        self._journal.close()
        self._ledger.close()

    def start(self, run: str) -> str:
        """Append that a run starts; return when that was."""
        at = self._clock()
        self.write({"what": "start", "run": run, "at": at})
        return at

    def ask(self, run: str, step: str) -> str:
        """Append that a request is to be sent; return when that was."""
        at = self._clock()
        self.write({"what": "asked", "run": run, "step": step, "at": at})
        return at

    def end(self, run: str, record: Mapping[str, Any], events_sha256: str, halt: str | None = None) -> None:
        """Append a whole run; `halt` why its system is not to be asked any more, if so."""
        at, also = self._end, {} if halt is None else {"halt": halt}
        self.write({"what": "ended", "run": run, "events_sha256": events_sha256, **also, "record": record})
        self._ended[run] = at

    def write(self, entry: Mapping[str, Any]) -> None:
        """Append an entry."""
        if self._broken is not None:
            raise self._broken
        data = _encode(entry).encode() + b"\n"
        self._secrets.refuse(data)
        self._lines.append(data)
        self._ledger_lines.append(self._chain.line(entry))
        self._end += len(data)
        self._appended += 1

    async def settled(self) -> None:
        """Return when all that was appended is on disk."""
        mine = self._appended
        if self._seconds > _SLOW:
            await asyncio.sleep(0)
        self._sync(mine)

    def _sync(self, least: int) -> None:
        """Write and sync all that waits, if so many entries are not on disk yet."""
        if self._synced >= least:
            return
        if self._broken is not None:
            raise self._broken
        begun = time.perf_counter()
        try:
            self._journal.append(b"".join(self._lines))
            self._journal.sync()
            self._ledger.append(b"".join(self._ledger_lines))
        except OSError as error:
            self._broken = _unwritable(self._folder, error)
            raise self._broken from None
        self._seconds = time.perf_counter() - begun
        self._lines, self._ledger_lines = [], []
        self._synced = self._appended


class _Appended:
    """A file that is appended to; `size` is what it had at first."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o600
        )
        self.size = os.fstat(self._file).st_size
        _sync_folder(path.parent)

    def append(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._file, view) :]

    def sync(self) -> None:
        os.fsync(self._file)

    def close(self) -> None:
        os.close(self._file)


def _sync_folder(folder: Path) -> None:
    """Sync the names in a folder, where the system lets one."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)


def _unwritable(folder: Path, error: OSError) -> JournalError:
    return JournalError(
        f"The journal in {visible(str(folder), 200)} cannot be written: "
        f"{error.strerror or 'the system refuses'}.",
        advice="What was written is safe: mend that, and go on with --resume.",
    )
