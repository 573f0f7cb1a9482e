"""Packing: from a folder that people author to a bundle."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from fsep.bundle import open_bundle
from fsep.engine import validate
from fsep.errors import FsepError
from fsep.packing import init, pack

RUN = {
    "run": "r",
    "system": "my-system",
    "scaffold": "direct",
    "item": "peru",
    "replicate": 0,
    "status": "failed",
    "failure": {"kind": "infrastructure-error"},
    "events": [],
}


@pytest.fixture
def authored(tmp_path: Path) -> Path:
    """Begin a bundle and add one run."""
    folder = tmp_path / "authored"
    init(folder)
    (folder / "transcripts" / "runs.jsonl").write_text(json.dumps(RUN) + "\n", encoding="utf-8")
    return folder


def _bytes(path: Path) -> dict[str, bytes]:
    with open_bundle(path) as bundle:
        return {name: bundle.read(name, 1 << 20) for name in bundle.entries}


def _left(out: Path) -> list[str]:
    return sorted(path.name for path in out.parent.iterdir())


def test_what_init_begins_is_whole_once_a_run_is_added(authored: Path, tmp_path: Path) -> None:
    summary = pack(authored, tmp_path / "b")
    assert summary.bundle_sha256 == sha256((tmp_path / "b" / "bundle.json").read_bytes()).hexdigest()
    report = validate(tmp_path / "b", require=["whole"])
    assert report.facets["whole"].status == "reached"


def test_a_folder_and_an_archive_hold_the_same_and_come_out_the_same_twice(
    authored: Path, tmp_path: Path
) -> None:
    for name in ("b", "b.zip", "c.zip"):
        pack(authored, tmp_path / name)
    assert _bytes(tmp_path / "b") == _bytes(tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "c.zip").read_bytes()


def test_a_bundle_packed_again_is_the_same_bundle(authored: Path, tmp_path: Path) -> None:
    first = pack(authored, tmp_path / "b")
    assert pack(tmp_path / "b", tmp_path / "c").bundle_sha256 == first.bundle_sha256


def test_transcripts_go_in_as_they_are(authored: Path, tmp_path: Path) -> None:
    odd = b'{ "run" : 1.0 }\r\n\nno json'
    (authored / "transcripts" / "runs.jsonl").write_bytes(odd)
    pack(authored, tmp_path / "b")
    assert (tmp_path / "b" / "transcripts" / "runs.jsonl").read_bytes() == odd
    listed = json.loads((tmp_path / "b" / "bundle.json").read_bytes())["files"]
    assert next(file["records"] for file in listed if file["role"] == "transcripts") == 3


def test_a_digest_that_is_stated_and_right_is_kept(authored: Path, tmp_path: Path) -> None:
    pack(authored, tmp_path / "b")
    (authored / "design.yaml").unlink()
    shutil.copy(tmp_path / "b" / "design.json", authored / "design.json")
    pack(authored, tmp_path / "c")
    assert _bytes(tmp_path / "b") == _bytes(tmp_path / "c")


@pytest.mark.parametrize("member", ["program_sha256", "sha256", "count"])
def test_a_digest_or_count_that_is_stated_and_wrong_is_refused_with_advice(
    authored: Path, tmp_path: Path, member: str
) -> None:
    pack(authored, tmp_path / "b")
    design = json.loads((tmp_path / "b" / "design.json").read_bytes())
    holder = design["scaffolds"][0] if member == "program_sha256" else design["items"]
    holder[member] = 7 if member == "count" else "0" * 64
    (authored / "design.yaml").unlink()
    (authored / "design.json").write_text(json.dumps(design), encoding="utf-8")
    with pytest.raises(FsepError) as refused:
        pack(authored, tmp_path / "c")
    assert refused.value.advice
    assert _left(tmp_path / "c") == ["authored", "b"]


@pytest.mark.parametrize("out", ["c", "c.zip"])
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("notes.txt", "no place"),
        ("systems/.hidden.yaml", "bad path"),
        ("design.json", "{}"),  # a second one, beside design.yaml
        ("systems/two.yaml", "id: two\nid: three"),
        ("systems/two.json", '{"fsep": "1.0", "kind": "system", "id": "two"}'),  # no model
        ("items.jsonl", '{"id": "x", "fields": {}}\n'),  # beside items.yaml
    ],
)
def test_what_cannot_be_packed_leaves_nothing_behind(
    authored: Path, tmp_path: Path, path: str, text: str, out: str
) -> None:
    (authored / path).write_text(text, encoding="utf-8")
    with pytest.raises(FsepError):
        pack(authored, tmp_path / out)
    assert _left(tmp_path / out) == ["authored"]


def test_files_that_belong_nowhere_are_all_named_with_the_places_there_are(
    authored: Path, tmp_path: Path
) -> None:
    (authored / "notes.txt").write_text("mine")
    (authored / "transcript").mkdir()
    (authored / "transcript" / "runs.jsonl").write_text("")
    with pytest.raises(FsepError) as refused:
        pack(authored, tmp_path / "b")
    assert str(refused.value) == "notes.txt, transcript/runs.jsonl belong to no place in a bundle."
    advice = str(refused.value.advice)
    assert advice.startswith("Did you mean transcripts/runs.jsonl? ")
    assert "bundle.yaml, design.yaml, items.yaml, " in advice
    assert "scaffolds/*.yaml, " in advice
    assert "transcripts/*.jsonl, transcripts/*.jsonl.zst, blobs/*" in advice


def test_of_many_files_that_belong_nowhere_the_first_are_named(authored: Path, tmp_path: Path) -> None:
    for number in range(8):
        (authored / f"n{number}.txt").write_text("mine")
    with pytest.raises(FsepError, match=r"^n0.txt, n1.txt, n2.txt, n3.txt, n4.txt and 3 more belong"):
        pack(authored, tmp_path / "b")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("replicates: 1", "replicates: many", "design.yaml, line 9, at /replicates: "),
        ("  missing_share: 0.1", "  missing_share: 7", "design.yaml, line 11, at /limits/missing_share: "),
        ("- id: nepal", "- id: nepal\n  colour: red", "items.yaml, item 2, line 7, at /colour: "),
    ],
)
def test_what_the_schema_refuses_is_told_with_its_line(authored: Path, old: str, new: str, said: str) -> None:
    path = authored / said.partition(",")[0]
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FsepError) as refused:
        pack(authored, authored.parent / "b")
    assert str(refused.value).startswith(said)


def test_a_link_is_refused(authored: Path, tmp_path: Path) -> None:
    (authored / "systems" / "linked.yaml").symlink_to(authored / "systems" / "my-system.yaml")
    with pytest.raises(FsepError):
        pack(authored, tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_a_design_that_names_what_is_not_there_is_refused(authored: Path, tmp_path: Path) -> None:
    (authored / "scaffolds" / "direct.yaml").unlink()
    with pytest.raises(FsepError, match="direct"):
        pack(authored, tmp_path / "b")


def test_a_document_that_is_not_named_by_its_id_is_refused(authored: Path, tmp_path: Path) -> None:
    (authored / "systems" / "my-system.yaml").rename(authored / "systems" / "my-sytsem.yaml")
    with pytest.raises(FsepError, match="'my-system', and is named otherwise"):
        pack(authored, tmp_path / "out")


def test_nothing_is_overwritten(authored: Path, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    pack(authored, tmp_path / "b")
    before = _bytes(tmp_path / "b")
    with pytest.raises(FsepError, match="there already"):
        pack(authored, tmp_path / "b")
    assert _bytes(tmp_path / "b") == before


def test_a_bundle_is_not_written_into_its_own_source(authored: Path) -> None:
    with pytest.raises(FsepError):
        pack(authored, authored / "b")
    assert not (authored / "b").exists()


def test_init_leaves_a_folder_that_holds_something_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(FsepError, match="not empty"):
        init(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_each_file_that_init_writes_points_to_its_schema(tmp_path: Path) -> None:
    for path in init(tmp_path / "new"):
        assert "fsep schema show" in path.read_text(encoding="utf-8")
