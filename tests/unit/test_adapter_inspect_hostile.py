"""Logs that are damaged, hostile or of another shape: a sentence that says where, and bounded memory."""

from __future__ import annotations

import copy
import itertools
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fsep import limits
from fsep.adapters.inspect_log import convert
from fsep.cli import USAGE, main
from fsep.errors import FsepError
from unit import inspect_files as made
from unit.inspect_files import archive, log, sample, write_eval, write_json

MIB = 1 << 20


@pytest.fixture
def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a function that says what the import of some bytes is refused with."""

    def refused(data: bytes, name: str = "a.eval") -> str:
        (tmp_path / name).write_bytes(data)
        assert main(["import", "inspect", str(tmp_path / name), "-o", str(tmp_path / "b")]) == USAGE
        assert not (tmp_path / "b").exists()
        out, err = capsys.readouterr()
        assert out == ""
        assert "Traceback" not in err
        return " ".join(err.split())

    return refused


def _headed(*members: tuple[str, bytes, int], **more: Any) -> bytes:
    header = ("header.json", json.dumps(log([sample(1)])).encode(), made.STORED)
    return archive([header, *members], **more)


@pytest.mark.parametrize("method", [made.DEFLATED, made.ZSTD])
def test_a_bomb_that_states_its_size_is_not_unpacked(
    refused: Any, monkeypatch: pytest.MonkeyPatch, method: int
) -> None:
    monkeypatch.setattr("fsep.adapters.inspect_zip.SOURCE_BYTES", 8 * MIB)
    bombs = [(f"samples/{number}_epoch_1.json", bytes(3 * MIB), method) for number in range(3)]
    # Each fits alone; all together do not.
    bombs[:2] = [(name, b'{"id": 1}'.ljust(3 * MIB), method) for name, _, method in bombs[:2]]
    assert "more than" in refused(_headed(*bombs))


@pytest.mark.parametrize("method", [made.DEFLATED, made.ZSTD])
def test_a_bomb_that_lies_of_its_size_is_unpacked_no_further_than_it_says(refused: Any, method: int) -> None:
    data = archive([("header.json", bytes(64 * MIB), method)], size=100)
    tracemalloc.start()
    said = refused(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "damaged" in said
    assert peak < 4 * MIB


def test_a_frame_that_asks_for_more_memory_than_any_needs_is_refused(refused: Any) -> None:
    # A frame's header: its number, then one that asks for a window of 2 GiB.
    frame = bytes.fromhex("28b52ffd") + bytes([0x00, 21 << 3]) + bytes.fromhex("010000")
    assert "cannot be unpacked" in refused(_as_zstd(frame))


def _as_zstd(frame: bytes) -> bytes:
    """Return a zip with one member whose packed bytes are these."""
    return (
        archive([("header.json", frame, made.STORED)])
        .replace(b"\x14\x00\x00\x00\x00\x00\x00\x00", b"\x14\x00\x00\x00\x5d\x00\x00\x00")
        .replace(b"\x14\x00\x14\x00\x00\x00\x00\x00", b"\x14\x00\x14\x00\x00\x00\x5d\x00")
    )


def test_a_zip_that_was_cut_short_is_said_to_be_that(refused: Any, tmp_path: Path) -> None:
    whole = write_eval(tmp_path / "whole.eval", log([sample(1)])).read_bytes()
    assert "cut short" in refused(whole[:-30])


def test_a_zip_that_was_changed_is_refused(refused: Any, tmp_path: Path) -> None:
    whole = write_eval(tmp_path / "whole.eval", log([sample(1)]), made.STORED).read_bytes()
    assert "damaged" in refused(whole.replace(b"Question 1?", b"Question 7?", 1))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (archive([]), "neither header.json nor _journal/start.json"),
        (archive([("header.json", b"{}", made.STORED)]), "no `eval`"),
        (archive([("header.json", b"[]", made.STORED)]), "no JSON object"),
        (archive([("header.json", b"{", made.STORED)]), "a.eval:header.json:1:2"),
        (archive([("header.json", b"{}", 12)]), "zip method 12"),
        (_headed(("samples/1_epoch_1/sample.json", b"{}", made.STORED)), "in chunks"),
        (_headed(("samples/1_epoch_1.json", b"[]", made.STORED)), "samples/0: an object"),
        (_headed(("samples/1\x1b[31m.json", b"{", made.STORED)), "samples/1\\u001b[31m.json:1:2"),
    ],
)
def test_an_archive_that_is_no_log_is_refused(refused: Any, data: bytes, words: str) -> None:
    assert words in refused(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"[" * 100_000, "nested"),
        (b'{"eval": {"x": NaN, "y": ' + b"[" * 100 + b"]" * 100 + b"}}", "nested"),
        (b'{"eval": {"x": NaN}, "eval": {}}', "twice"),
        (b'{"eval": {"x": NaN, "y": ' + b"9" * 5000 + b"}}", "9999"),
        (b'{"eval": nan}', "a.eval:1:11"),
        (b'{"tasks": []}', "no `eval`"),
        (b"\xff\xfe{}", "byte order mark"),
    ],
)
def test_json_that_is_no_log_is_refused(refused: Any, data: bytes, words: str) -> None:
    assert words in refused(data)


def test_references_cannot_make_more_text_than_a_source_may_hold(
    refused: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SOURCE_REFERRED", MIB)
    one = sample(1, attachments={"a": "x" * 60_000})
    one["input"] = [{"role": "user", "content": "attachment://a"}] * 100
    assert "stand for more" in refused(json.dumps(log([one])).encode())


def test_a_pool_cannot_be_referred_to_without_end(refused: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SOURCE_REFERRED", MIB)
    one = sample(1)
    one["message_pool"] = one["messages"][:1] * 1000
    one["events"][1]["input_refs"] = [[0, 1000]] * 1000
    assert "stand for more" in refused(json.dumps(log([one])).encode())


@pytest.mark.parametrize("refs", [[[0, 2]], [[-1, 1]], [[1, 0]], [[0]], [["0", 1]], [7]])
def test_a_reference_to_no_message_of_the_pool_is_refused(refused: Any, refs: Any) -> None:
    one = sample(1)
    one["message_pool"] = one["messages"][:1]
    one["events"][1]["input_refs"] = refs
    assert "input_refs/0" in refused(json.dumps(log([one])).encode())


@pytest.mark.parametrize(
    "change",
    [
        {"config": {"epochs": 10**9}},
        {"dataset": {"samples": 10**9}, "config": {}},
        {"dataset": {"samples": 10**5}, "config": {"epochs": 900}},
    ],
)
def test_a_number_in_a_log_costs_no_memory(refused: Any, change: dict[str, Any]) -> None:
    assert "so many are not read" in refused(json.dumps(log([sample(1)], **change)).encode())


WRONG: tuple[Any, ...] = (None, True, 7, -1, "x", "", [], {}, [7], [[]], {"a": 7}, [{"a": None}], 1.5)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from _places(one, (*path, name))


def _changed(value: Any, path: tuple[Any, ...], wrong: Any) -> Any:
    if not path:
        return wrong
    made_ = copy.copy(value)
    made_[path[0]] = _changed(value[path[0]], path[1:], wrong)
    return made_


def test_a_wrong_type_anywhere_is_read_or_refused_in_a_sentence(tmp_path: Path) -> None:
    """Each place of a log in turn holds something else; the kinds go round."""
    parts = [{"type": "text", "text": "Q"}, {"type": "image", "image": made.PIXEL_URI}, {"type": "reasoning"}]
    call = {"id": "c", "function": "f", "arguments": {}}
    rich = sample(2, input=[made.said("user", parts)], limit={"type": "token"}, choices=["a"])
    rich["messages"] += [
        made.said("assistant", parts, tool_calls=[call]),
        made.said("tool", "r", tool_call_id="c"),
    ]
    rich |= {"message_pool": rich["messages"][:1]}
    rich["events"][1]["input_refs"] = [[0, 1]]
    value = log([sample(1), rich], status="error")
    value["error"] = {"message": "m"}
    outcomes = {"read": 0, "refused": 0}
    for path, wrong in zip(_places(value), itertools.cycle(WRONG), strict=False):
        source = write_json(tmp_path / "a.json", _changed(value, path, wrong))
        try:
            convert([source], tmp_path / f"{outcomes['read']}.zip")
            outcomes["read"] += 1
        except FsepError as error:
            assert str(error), path
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 20
