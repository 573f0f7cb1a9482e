"""The writer: the one way in which bundles are written."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from fsep.errors import FsepError
from fsep.packing import BundleWriter
from fsep.packing.files import run_records


def test_records_are_taken_one_at_a_time(tmp_path: Path) -> None:
    alive = 0
    most = 0

    class Record(dict[str, Any]):
        def __init__(self) -> None:
            nonlocal alive, most
            super().__init__(run="r")
            alive += 1
            most = max(most, alive)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    with BundleWriter(tmp_path / "b") as writer:
        writer.records("transcripts/a.jsonl", (Record() for _ in range(100)))
        summary = writer.finish({"id": "b"})
    assert most <= 2
    assert summary.manifest["files"][0]["records"] == 100


def test_a_writer_that_does_not_finish_leaves_nothing(tmp_path: Path) -> None:
    def records() -> Iterator[dict[str, Any]]:
        yield {"run": "r"}
        raise ValueError("the source broke off")

    with pytest.raises(ValueError, match="broke off"), BundleWriter(tmp_path / "b") as writer:
        writer.records("transcripts/a.jsonl", records())
    assert list(tmp_path.iterdir()) == []


def test_a_blob_is_named_by_its_digest_and_stored_once(tmp_path: Path) -> None:
    with BundleWriter(tmp_path / "b") as writer:
        assert writer.blob(b"x") == writer.blob(b"x") == sha256(b"x").hexdigest()
        assert [file["path"] for file in writer.files] == [f"blobs/{sha256(b'x').hexdigest()}"]


@pytest.mark.parametrize("path", ["../design.json", "/design.json", "notes.txt", "transcripts/a.json", "con"])
def test_a_path_without_a_place_is_refused(tmp_path: Path, path: str) -> None:
    with BundleWriter(tmp_path / "b") as writer, pytest.raises(FsepError):
        writer.document(path, {})


def test_two_files_alike_are_refused(tmp_path: Path) -> None:
    with BundleWriter(tmp_path / "b") as writer:
        writer.records("transcripts/a.jsonl", [])
        for path in ("transcripts/a.jsonl", "transcripts/A.jsonl"):
            with pytest.raises(FsepError):
                writer.records(path, [])


def test_what_json_cannot_say_is_refused(tmp_path: Path) -> None:
    with BundleWriter(tmp_path / "b") as writer:
        for value in (float("nan"), "\ud800", object()):
            with pytest.raises(FsepError):
                writer.document("design.json", {"x": value})


def test_a_long_run_goes_on_in_further_lines() -> None:
    events = [{"n": number, "text": "x" * 100} for number in range(20)]
    run = {"run": "r", "events": events}
    records = list(run_records(run, limit=600))
    assert records[0]["parts"] == len(records) > 1
    assert [record["part"] for record in records[1:]] == list(range(1, len(records)))
    assert [event for record in records for event in record["events"]] == events
    assert list(run_records(run)) == [run]
