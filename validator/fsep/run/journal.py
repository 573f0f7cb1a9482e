"""The journal and the ledger: what a run came to is on disk before the next thing is asked.

Two files, appended to and nothing else. `ledger.jsonl` is the bundle's: a line before the first request of
each run and one after its end, chained by digests. `journal.jsonl` has all between: each request before it is
sent, each attempt that failed, each event that came from outside, and at the end the whole run. Lines that
are waiting are written and synced together, so that many runs at once cost no more syncs than one.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from fsep.errors import FsepError, visible
from fsep.run.secrets import Secrets

LEDGER, JOURNAL = "ledger.jsonl", "journal.jsonl"
Clock = Callable[[], str]

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class JournalError(FsepError):
    """The journal cannot be written; nothing may be asked any more."""


class Journal:
    """Appends to both files; what a call was given is on disk when it returns. A context manager.

    Args:
        folder: where the files are.
        clock: gives the time.
        secrets: what must not be written.
        lines: how many lines the ledger has.
        last: the digest of its last line, None where it has none.
    """

    def __init__(
        self, folder: Path, clock: Clock, secrets: Secrets, lines: int = 0, last: str | None = None
    ) -> None:
        """Open both files at their ends."""
        self._clock, self._secrets = clock, secrets
        self._lines, self._last = lines, last
        self._waiting: list[tuple[bytes, bytes, asyncio.Future[int]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "journal")
        self._broken: JournalError | None = None
        try:
            self._journal = _Appended(folder / JOURNAL)
            self._ledger = _Appended(folder / LEDGER)
        except OSError as error:
            raise _unwritable(folder, error) from None
        self._folder = folder
        self._end = self._journal.size

    def __enter__(self) -> Self:
        """Give the journal itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close both files; what is still waiting is written."""
        self._thread.shutdown(wait=True)
        self._journal.close()
        self._ledger.close()

    async def write(self, *entries: Mapping[str, Any]) -> None:
        """Append entries to the journal."""
        await self._append(self._checked(entries), b"")

    async def start(self, run: str) -> str:
        """Append to the ledger that a run starts; return when that was."""
        at = self._clock()
        await self._append(b"", self._chained({"what": "start", "run": run, "at": at}))
        return at

    async def end(self, run: str, record: Mapping[str, Any], events_sha256: str) -> int:
        """Append a whole run, and to the ledger that it ended; return where in the journal it stands."""
        data = self._checked([{"what": "ended", "run": run, "record": record}])
        end = {"what": "end", "run": run, "at": record["ended"], "status": record["status"]}
        return await self._append(data, self._chained({**end, "events_sha256": events_sha256}))

    def _checked(self, entries: Any) -> bytes:
        data = b"".join(_encode(entry).encode() + b"\n" for entry in entries)
        self._secrets.refuse(data)
        return data

    def _chained(self, line: Mapping[str, Any]) -> bytes:
        """Return the next line of the ledger; from now on it is the last."""
        data = _encode({"n": self._lines, "previous": self._last, **line}).encode()
        self._lines, self._last = self._lines + 1, sha256(data).hexdigest()
        return data + b"\n"

    async def _append(self, journal: bytes, ledger: bytes) -> int:
        if self._broken is not None:
            raise self._broken
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((journal, ledger, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._drain())
        # What was handed over is written, also where who waits for it is told to stop.
        return await asyncio.shield(done)

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await loop.run_in_executor(self._thread, self._sync, batch)
            except OSError as error:
                self._broken = _unwritable(self._folder, error)
                for _, _, done in batch + self._waiting:
                    _settle(done, self._broken)
                self._waiting = []
                break
            for journal, _, done in batch:
                _settle(done, self._end)
                self._end += len(journal)
        self._writing = None

    def _sync(self, batch: list[tuple[bytes, bytes, asyncio.Future[int]]]) -> None:
        """Write and sync; the journal first, so that what the ledger says has happened is in it."""
        self._journal.append(b"".join(journal for journal, _, _ in batch))
        self._ledger.append(b"".join(ledger for _, ledger, _ in batch))


def _settle(done: asyncio.Future[int], value: int | JournalError) -> None:
    if done.cancelled():
        return
    if isinstance(value, JournalError):
        done.set_exception(value)
        # Who was waiting may have been told to stop; the error is then nobody's.
        done.exception()
    else:
        done.set_result(value)


class _Appended:
    """A file that is appended to and synced."""

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
        if data:
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
