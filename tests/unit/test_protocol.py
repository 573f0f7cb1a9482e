"""Versions of the protocol as values."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from hashlib import sha256
from pathlib import Path

import pytest

from fsep import protocol
from fsep.errors import FsepError
from fsep.protocol import Protocol, ProtocolDataError, UnknownVersion, data
from fsep.protocol.version import read_protocol

V1 = protocol.load("1.0")


def copied(base: Path) -> Path:
    """Copy the versions, so that a test may change one."""
    shutil.copytree(data.root() / "spec", base / "spec")
    shutil.copytree(data.root() / "schemas", base / "schemas")
    return base


def test_every_listed_version_loads() -> None:
    assert protocol.versions()
    for info in protocol.versions():
        loaded = protocol.load(info.version)
        assert (loaded.version, loaded.stage) == (info.version, info.stage)
        assert loaded.requirements
        assert loaded.schema_names


@pytest.mark.parametrize("version", ["", "1", "1.0 ", "9.9", "../1.0", "1.0\n\u202e"])
def test_an_unknown_version_is_refused_with_those_that_are_known(version: str) -> None:
    with pytest.raises(UnknownVersion, match=r"known are: 1\.0") as caught:
        protocol.load(version)
    assert isinstance(caught.value, FsepError)
    assert caught.value.known == tuple(info.version for info in protocol.versions())
    assert caught.value.advice
    assert "\u202e" not in str(caught.value)


def test_a_version_is_frozen_and_crosses_processes() -> None:
    with pytest.raises(FrozenInstanceError):
        V1.version = "2.0"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(V1)) == V1
    with pytest.raises(TypeError):
        V1.requirements["FSEP-NEW-001"] = next(iter(V1.requirements.values()))  # type: ignore[index]


def test_the_requirements_are_those_of_the_file_in_the_order_of_the_ids() -> None:
    held = json.loads((data.root() / "spec/1.0/requirements.json").read_bytes())["requirements"]
    assert list(V1.requirements) == sorted(entry["id"] for entry in held)
    for entry in held:
        requirement = V1.requirements[entry["id"]]
        assert {name: getattr(requirement, name) for name in entry} == entry


def test_severity_and_link_follow_from_a_requirement() -> None:
    requirement = V1.requirements["FSEP-ADH-002"]
    assert (requirement.severity, requirement.link) == ("error", "spec/1.0/06-replay.md#fsep-adh-002")
    severities = {"MUST": "error", "MUST NOT": "error", "SHOULD": "warning", "SHOULD NOT": "warning"}
    for one in V1.requirements.values():
        assert one.severity == severities[one.keyword]
        file, _, anchor = one.link.partition("#")
        heading = f"### {anchor.upper()}\n"
        assert heading in (data.root() / file).read_text(encoding="utf-8")


def test_the_digest_is_that_of_the_map_of_all_files() -> None:
    root = data.root()
    files = [
        *(path for path in root.glob("spec/1.0/*.md") if path.name != "ambiguities.md"),
        root / "spec/1.0/requirements.json",
        *root.glob("schemas/1.0/*.json"),
    ]
    digests = {path.relative_to(root).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}
    canonical = json.dumps(digests, sort_keys=True, separators=(",", ":")).encode()
    assert V1.digest == sha256(canonical).hexdigest()


@pytest.mark.parametrize(
    "path", ["spec/1.0/06-replay.md", "spec/1.0/requirements.json", "schemas/1.0/run.schema.json"]
)
def test_the_digest_changes_with_any_file(tmp_path: Path, path: str) -> None:
    file = copied(tmp_path) / path
    before = Protocol("1.0", "draft", tmp_path).digest
    assert before == V1.digest
    file.write_bytes(file.read_bytes() + b"\n")
    assert replace(V1, base=tmp_path / "../" / tmp_path.name).digest != before


def test_a_missing_file_is_told_and_not_a_traceback(tmp_path: Path) -> None:
    (copied(tmp_path) / "spec/1.0/requirements.json").unlink()
    broken = read_protocol(tmp_path, "1.0")
    for ask in (lambda: broken.requirements, lambda: broken.digest):
        with pytest.raises(
            ProtocolDataError, match=r"requirements\.json of the protocol is missing"
        ) as caught:
            ask()
        assert caught.value.advice


def test_a_damaged_file_is_told_and_not_a_traceback(tmp_path: Path) -> None:
    (copied(tmp_path) / "spec/1.0/requirements.json").write_text("{")
    with pytest.raises(ProtocolDataError, match="cannot be read"):
        _ = read_protocol(tmp_path, "1.0").requirements


def test_a_schema_is_known_by_its_name_and_has_the_id_of_its_version() -> None:
    for name in V1.schema_names:
        schema = V1.schema(name)
        assert schema["$id"] == f"https://w3id.org/fsep/1.0/{name}.schema.json"
    with pytest.raises(KeyError):
        V1.schema("../bundle")


def test_loading_a_version_imports_no_schema_engine() -> None:
    program = (
        "import sys; from fsep import protocol; protocol.load('1.0').requirements; "
        "sys.exit(any(name in sys.modules for name in ('jsonschema', 'jsonschema_rs', 're2')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
