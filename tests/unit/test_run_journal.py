"""Journal and ledger: what is written is read back, whatever was cut off; what was changed is refused."""

from __future__ import annotations

import asyncio
import errno
import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsep.errors import FsepError
from fsep.run.journal import JOURNAL, LEDGER, Journal, JournalError
from fsep.run.recovered import record_at, recover
from fsep.run.secrets import Key, SecretFound, Secrets

NOBODY = Secrets([])


def clock() -> Any:
    """Return a clock that counts."""
    seconds = itertools.count()
    return lambda: f"2026-05-04T10:00:{next(seconds):02}Z"


async def _written(folder: Path) -> None:
    with Journal(folder, clock(), NOBODY) as journal:
        await asyncio.gather(*(_one(journal, f"r{number}") for number in range(3)))
        await journal.start("r3")
        await journal.write({"what": "asked", "run": "r3", "at": "t"})
        await journal.write({"what": "attempt", "run": "r3", "attempt": {"outcome": "cut"}})
        await journal.write({"what": "asked", "run": "r3", "at": "u"})


async def _one(journal: Journal, run: str) -> None:
    await journal.start(run)
    await journal.write({"what": "asked", "run": run, "at": "t"})
    await journal.write({"what": "event", "run": run, "event": {"step": "o"}})
    await journal.end(run, {"run": run, "status": "completed", "ended": "t", "events": []}, "0" * 64)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    asyncio.run(_written(tmp_path))
    found = recover(tmp_path)
    assert found.status == dict.fromkeys(("r0", "r1", "r2"), "completed")
    assert list(found.begun) == ["r3"]
    assert found.begun["r3"].attempts == [{"outcome": "cut"}, {"outcome": "unknown", "started": "u"}]
    assert found.lines == 7
    with (tmp_path / JOURNAL).open("rb") as stream:
        assert [record_at(stream, offset)["run"] for offset in found.ended.values()] == list(found.ended)


def test_the_ledger_is_a_chain(tmp_path: Path) -> None:
    asyncio.run(_written(tmp_path))
    lines = [json.loads(line) for line in (tmp_path / LEDGER).read_bytes().splitlines()]
    assert [line["n"] for line in lines] == list(range(7))
    assert lines[0]["previous"] is None
    assert {line["what"] for line in lines} == {"start", "end"}


@given(st.data())
def test_cut_off_anywhere_what_stood_before_is_there(
    tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    asyncio.run(_written(folder))
    whole, ledger = (folder / JOURNAL).read_bytes(), (folder / LEDGER).read_bytes()
    kept = whole[: data.draw(st.integers(0, len(whole)))]
    ends = {
        json.loads(line)["run"]
        for line in kept.splitlines(keepends=True)
        if line.endswith(b"\n") and b'"ended"' in line
    }
    (folder / JOURNAL).write_bytes(kept)
    # The journal is synced first: the ledger never says that a run ended that the journal has not.
    said = [line for line in ledger.splitlines(keepends=True) if json.loads(line)["what"] == "start"]
    assert len(said) == 4
    starts = b"".join(ledger.splitlines(keepends=True)[: _until_an_end(ledger)])
    if b"".join(said) == starts:
        (folder / LEDGER).write_bytes(starts)
        found = recover(folder)
        assert set(found.ended) == ends == set(found.unrecorded)
        assert set(found.begun) == {"r0", "r1", "r2", "r3"} - ends
        assert (folder / JOURNAL).read_bytes() == kept[: kept.rfind(b"\n") + 1]


def _until_an_end(ledger: bytes) -> int:
    return next(number for number, line in enumerate(ledger.splitlines()) if b'"end"' in line)


@pytest.mark.parametrize(
    ("name", "change", "where"),
    [
        (LEDGER, lambda data: data.replace(b'"r1"', b'"r9"', 1), LEDGER),
        (LEDGER, lambda data: data.split(b"\n", 1)[1], LEDGER),
        (JOURNAL, lambda data: data.replace(b"{", b"[", 1), JOURNAL),
        (JOURNAL, lambda data: b"", JOURNAL),
        (JOURNAL, lambda data: b"7\n" + data, JOURNAL),
        (LEDGER, lambda data: b"", LEDGER),
    ],
)
def test_what_somebody_changed_is_refused(name: str, change: Any, where: str, tmp_path: Path) -> None:
    asyncio.run(_written(tmp_path))
    path = tmp_path / name
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(FsepError, match="is not as it was written") as refused:
        recover(tmp_path)
    assert where in str(refused.value)


def test_a_full_disk_stops_all_and_what_was_written_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = [400]

    def write(descriptor: int, data: Any) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        part = bytes(data)[: room[0]]
        room[0] -= len(part)
        return _real(descriptor, part)

    _real = os.write
    monkeypatch.setattr(os, "write", write)

    async def fill() -> list[Any]:
        with Journal(tmp_path, clock(), NOBODY) as journal:
            told = await asyncio.gather(
                *(_one(journal, f"r{number}") for number in range(5)), return_exceptions=True
            )
            with pytest.raises(JournalError):
                await journal.write({"what": "asked", "run": "r0", "at": "t"})
            return told

    told = asyncio.run(fill())
    assert all(isinstance(one, JournalError) for one in told)
    assert "No space left on device" in str(told[0])
    monkeypatch.undo()
    found = recover(tmp_path)
    assert found.ended == {}
    assert set(found.begun) <= {f"r{number}" for number in range(5)}


def test_a_key_is_in_no_line(tmp_path: Path) -> None:
    async def told() -> None:
        with Journal(tmp_path, clock(), Secrets([Key("K", 'se"cret-value')])) as journal:
            await journal.start("r")
            for value in ('x se"cret-value y', {"deep": ['se"cret-value']}):
                with pytest.raises(SecretFound) as refused:
                    await journal.write({"what": "event", "run": "r", "event": value})
                assert "cret-value" not in str(refused.value)

    asyncio.run(told())
    assert (tmp_path / JOURNAL).read_bytes() == b""
