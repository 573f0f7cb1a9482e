"""`fsep schema export --vscode`: what an editor is told of files as people author them, without a network."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from fsep.cli import USAGE, main
from fsep.packing import init, pack

EXAMPLES = Path(__file__).parents[2] / "examples"
Object = dict[str, Any]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Export to a folder of the working one, and return that."""
    monkeypatch.chdir(tmp_path)
    assert main(["schema", "export", "--vscode", "-o", ".vscode/fsep"]) == 0
    return tmp_path


def settings(here: Path) -> Object:
    made: Object = json.loads((here / ".vscode/fsep/vscode-settings.json").read_bytes())
    return made


def bindings(here: Path) -> Iterator[tuple[str, str]]:
    """Yield a pattern and the schema it is bound to, for both languages."""
    made = settings(here)
    assert set(made) == {"json.schemas", "yaml.schemas"}
    for one in made["json.schemas"]:
        for pattern in one["fileMatch"]:
            yield pattern, one["url"]
    for url, patterns in made["yaml.schemas"].items():
        for pattern in patterns:
            yield pattern, url


def schema_for(here: Path, path: str) -> Object | None:
    """Return the schema that an editor opened in `here` binds to a file; two for one would be a fault."""
    found = [url for pattern, url in bindings(here) if fnmatch.fnmatchcase(f"/{path}", pattern)]
    assert len(found) <= 1, found
    if not found:
        return None
    assert found[0].startswith("./")
    made: Object = json.loads((here / found[0]).read_bytes())
    return made


def faults(here: Path, path: str, value: Any) -> list[str]:
    schema = schema_for(here, path)
    assert schema is not None, path
    jsonschema.Draft202012Validator.check_schema(schema)
    return [one.message for one in jsonschema.Draft202012Validator(schema).iter_errors(value)]


def files(folder: Path) -> Iterator[tuple[str, Any]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".yaml", ".json"):
            yield (
                f"study/{path.relative_to(folder).as_posix()}",
                yaml.safe_load(path.read_text(encoding="utf-8")),
            )


def test_what_init_writes_is_known_and_valid(here: Path) -> None:
    init(here / "study")
    checked = dict(files(here / "study"))
    assert set(checked) == {
        f"study/{name}.yaml"
        for name in ("bundle", "design", "items", "scaffolds/direct", "systems/my-system")
    }
    for path, value in checked.items():
        assert faults(here, path, value) == [], path


@pytest.mark.parametrize("folder", ["six-programs.source", "six-programs"])
def test_the_example_is_valid_as_authored_and_as_packed(here: Path, folder: str) -> None:
    checked = 0
    for path, value in files(EXAMPLES / folder):
        assert faults(here, path, value) == [], path
        checked += 1
    assert checked >= 6
    for scaffold in (EXAMPLES / "scaffolds").glob("*.yaml"):
        value = yaml.safe_load(scaffold.read_text(encoding="utf-8"))
        assert faults(here, f"study/scaffolds/{scaffold.name}", value) == []


@pytest.mark.parametrize(
    ("path", "change", "said"),
    [
        ("study/design.yaml", {"replicate": 1}, "Additional properties are not allowed ('replicate'"),
        ("study/design.yml", {"scaffolds": ["A B"]}, "is not valid under any of the given schemas"),
        ("study/design.json", {"scaffolds": [{"program_sha256": "0" * 64}]}, "is not valid under any"),
        ("study/design.json", {"items": {"sha256": "x"}}, "does not match"),
        ("study/bundle.yaml", {"asserts": ["hole"]}, "is not one of"),
        ("study/bundle.yaml", {"fsep": 1.0}, "is not of type 'string'"),
        ("study/bundle.json", {"files": [{"path": "a"}]}, "is a required property"),
        ("study/systems/steady.yaml", {"model": {}}, "'name' is a required property"),
        ("study/scaffolds/direct.json", {"program": {}}, "is a required property"),
    ],
)
def test_what_is_wrong_is_marked(here: Path, path: str, change: Object, said: str) -> None:
    name = path.removeprefix("study/").rpartition(".")[0]
    source = EXAMPLES / "scaffolds" if name.startswith("scaffolds/") else EXAMPLES / "six-programs.source"
    value = yaml.safe_load((source / f"{name.removeprefix('scaffolds/')}.yaml").read_text(encoding="utf-8"))
    assert faults(here, path, value) == []
    assert any(said in one for one in faults(here, path, {**value, **change}))


def test_what_is_fixed_is_named_with_or_without_its_digest(here: Path) -> None:
    value = yaml.safe_load((EXAMPLES / "six-programs.source/design.yaml").read_text(encoding="utf-8"))
    for named in ("direct", {"id": "direct"}, {"id": "direct", "program_sha256": "0" * 64}):
        assert faults(here, "study/design.yaml", {**value, "scaffolds": [named], "items": {"count": 2}}) == []


def test_items_are_a_list_of_items(here: Path) -> None:
    item = {"id": "peru", "fields": {"question": "?"}}
    assert faults(here, "study/items.yaml", [item]) == []
    assert faults(here, "study/items.yaml", item)
    assert faults(here, "study/items.yaml", [{**item, "id": "A B"}])
    assert schema_for(here, "study/items.json") is None


@pytest.mark.parametrize(
    "path",
    ["package.json", "my-bundle.yaml", "study/redesign.yaml", "study/transcripts/a.jsonl", "other.yml"],
)
def test_files_of_others_are_left_alone(here: Path, path: str) -> None:
    assert schema_for(here, path) is None


def test_no_schema_needs_another_file_or_the_network(here: Path) -> None:
    exported = sorted((here / ".vscode/fsep").glob("*.schema.json"))
    assert {url for _, url in bindings(here)} == {f"./.vscode/fsep/{path.name}" for path in exported}
    for path in exported:
        schema = json.loads(path.read_bytes())
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        for key, value in members(schema):
            assert key != "$id"
            if key == "$ref":
                assert value.startswith("#/$defs/")
                assert value.removeprefix("#/$defs/") in schema["$defs"], value
        assert "w3id" not in path.read_text(encoding="utf-8")


def members(value: Any) -> Iterator[tuple[str, Any]]:
    for key, one in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(key, str):
            yield key, one
        if isinstance(one, dict | list):
            yield from members(one)


def test_the_settings_of_an_editor_are_never_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".vscode").mkdir()
    (tmp_path / ".vscode/settings.json").write_text("{}")
    assert main(["schema", "export", "--vscode", "-o", ".vscode"]) == 0
    assert (tmp_path / ".vscode/settings.json").read_text() == "{}"
    assert "Copy its two members into .vscode/settings.json" in capsys.readouterr().out


def test_a_folder_elsewhere_is_named_by_a_uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert main(["schema", "export", "--vscode", "-o", "../else where"]) == 0
    made = json.loads((tmp_path / "else where/vscode-settings.json").read_bytes())
    assert made["json.schemas"][0]["url"] == (tmp_path / "else where").as_uri() + "/blinding.schema.json"
    assert main(["schema", "export", "--vscode", "-o", "."]) == 0
    made = json.loads((tmp_path / "here/vscode-settings.json").read_bytes())
    assert made["json.schemas"][0]["url"] == "./blinding.schema.json"


def test_a_folder_that_cannot_be_written_is_an_error_of_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["schema", "export", "--vscode", "-o", str(tmp_path / "file")]) == USAGE
    assert "cannot be written to" in capsys.readouterr().err


def test_what_the_schemas_let_out_is_what_packing_writes(here: Path) -> None:
    init(here / "study")
    (here / "study/transcripts/a.jsonl").write_text("")
    pack(here / "study", here / "packed")
    for path, value in files(here / "packed"):
        assert faults(here, path, value) == []
