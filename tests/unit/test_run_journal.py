"""Journal and ledger: what is written is read back, whatever was cut off; what was changed is refused."""

from __future__ import annotations

import asyncio
import errno
import itertools
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsep.errors import FsepError
from fsep.run.journal import JOURNAL, Journal, JournalError
from fsep.run.ledger import LEDGER, Chain
from fsep.run.recovered import record_at, recover
from fsep.run.secrets import Key, SecretFound, Secrets

NOBODY = Secrets([])


def clock() -> Any:
    """Return a clock that counts."""
    seconds = itertools.count()
    return lambda: f"2026-05-04T10:00:{next(seconds):02}Z"


def opened(folder: Path, secrets: Secrets = NOBODY) -> Journal:
    """Open a journal where there is none."""
    return Journal(folder, clock(), secrets, chain=Chain(), ended={})


async def _written(folder: Path) -> None:
    with opened(folder) as journal:
        await asyncio.gather(*(_one(journal, f"r{number}") for number in range(3)))
        journal.start("r3")
        journal.ask("r3", "o")
        await journal.settled()
        journal.write({"what": "attempt", "run": "r3", "attempt": {"outcome": "cut"}})
        journal.ask("r3", "o")
        await journal.settled()


async def _one(journal: Journal, run: str) -> None:
    journal.start(run)
    journal.ask(run, "o")
    await journal.settled()
    journal.write({"what": "event", "run": run, "event": {"step": "o"}})
    journal.end(run, {"run": run, "status": "completed", "ended": "t", "events": []}, "0" * 64)
    await journal.settled()


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    asyncio.run(_written(tmp_path))
    found = recover(tmp_path)
    assert sorted(found.ended) == ["r0", "r1", "r2"]
    assert list(found.begun) == ["r3"]
    cut, unknown = found.begun["r3"].attempts
    assert (cut, unknown["outcome"]) == ({"outcome": "cut"}, "unknown")
    assert found.chain.lines == 7
    with (tmp_path / JOURNAL).open("rb") as stream:
        assert [record_at(stream, offset)["run"] for offset in found.ended.values()] == list(found.ended)


def test_the_ledger_is_a_chain(tmp_path: Path) -> None:
    asyncio.run(_written(tmp_path))
    lines = [json.loads(line) for line in (tmp_path / LEDGER).read_bytes().splitlines()]
    assert [line["n"] for line in lines] == list(range(7))
    assert lines[0]["previous"] is None
    assert {line["what"] for line in lines} == {"start", "end"}


@given(st.data())
def test_cut_off_anywhere_what_stood_before_is_there_and_the_ledger_follows(
    tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    asyncio.run(_written(folder))
    whole = (folder / JOURNAL).read_bytes()
    # How many characters a time has differs from one writing to the next: what is drawn is a share.
    shares = st.integers(0, 1 << 16)
    kept = whole[: len(whole) * data.draw(shares, "journal") >> 16]
    lines = [json.loads(line) for line in kept.splitlines(keepends=True) if line.endswith(b"\n")]
    chain = Chain()
    follows = b"".join(map(chain.line, lines))
    # The ledger is written behind the journal: it may lack anything at its end.
    (folder / JOURNAL).write_bytes(kept)
    (folder / LEDGER).write_bytes(follows[: len(follows) * data.draw(shares, "ledger") >> 16])
    found = recover(folder)
    started, ended = ({line["run"] for line in lines if line["what"] == what} for what in ("start", "ended"))
    assert set(found.ended) == ended
    assert set(found.begun) == started - ended
    assert (folder / JOURNAL).read_bytes() == kept[: kept.rfind(b"\n") + 1]
    assert (folder / LEDGER).read_bytes() == follows


def test_a_slow_disk_is_synced_once_for_all_that_are_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        syncs.append(descriptor)
        time.sleep(0.01)
        real(descriptor)

    async def many() -> None:
        with opened(tmp_path) as journal:
            await _one(journal, "first")
            await journal.settled()
            syncs.clear()
            await asyncio.gather(*(_one(journal, f"r{number}") for number in range(50)))

    monkeypatch.setattr(os, "fsync", fsync)
    asyncio.run(many())
    # Of the journal one for all that start, and one for all that end; of the ledger one at the very end.
    assert [syncs.count(one) for one in dict.fromkeys(syncs)] == [2, 1]
    assert len(recover(tmp_path).ended) == 51


@pytest.mark.parametrize(
    ("name", "change", "where"),
    [
        (LEDGER, lambda data: data.replace(b'"r1"', b'"r9"', 1), LEDGER),
        (LEDGER, lambda data: data.split(b"\n", 1)[1], LEDGER),
        (JOURNAL, lambda data: data.replace(b"{", b"[", 1), JOURNAL),
        (JOURNAL, lambda data: b"", LEDGER),
        (JOURNAL, lambda data: b"7\n" + data, JOURNAL),
        (JOURNAL, lambda data: data.split(b"\n", 1)[1], JOURNAL),
        (LEDGER, lambda data: data + b"{}\n", LEDGER),
    ],
)
def test_what_somebody_changed_is_refused(name: str, change: Any, where: str, tmp_path: Path) -> None:
    asyncio.run(_written(tmp_path))
    path = tmp_path / name
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(FsepError, match="is not as it was written") as refused:
        recover(tmp_path)
    assert where in str(refused.value)


@pytest.mark.parametrize("size", [0, 100, 400, 700, 1000])
def test_a_full_disk_stops_all_and_what_was_written_stays(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = [size]

    def write(descriptor: int, data: Any) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        part = bytes(data)[: room[0]]
        room[0] -= len(part)
        return _real(descriptor, part)

    _real = os.write
    monkeypatch.setattr(os, "write", write)

    async def fill() -> list[Any]:
        with opened(tmp_path) as journal:
            told = await asyncio.gather(
                *(_one(journal, f"r{number}") for number in range(5)), return_exceptions=True
            )
            with pytest.raises(JournalError):
                journal.ask("r0", "o")
            return told

    told = asyncio.run(fill())
    assert "No space left on device" in str(told[-1])
    monkeypatch.undo()
    found = recover(tmp_path)
    # Who was not told otherwise has its run on disk.
    assert {f"r{number}" for number, one in enumerate(told) if one is None} <= set(found.ended)
    assert set(found.begun) | set(found.ended) <= {f"r{number}" for number in range(5)}
    assert all(isinstance(one, JournalError) for one in told if one is not None)


def test_a_key_is_in_no_line(tmp_path: Path) -> None:
    async def told() -> None:
        with opened(tmp_path, Secrets([Key("K", 'se"cret-value')])) as journal:
            journal.start("r")
            for value in ('x se"cret-value y', {"deep": ['se"cret-value']}):
                with pytest.raises(SecretFound) as refused:
                    journal.write({"what": "event", "run": "r", "event": value})
                assert "cret-value" not in str(refused.value)

    asyncio.run(told())
    assert b"cret-value" not in (tmp_path / JOURNAL).read_bytes()
