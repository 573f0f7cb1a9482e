"""`fsep explain` and `fsep schema`: what the protocol says, from its own files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from fsep.cli import USAGE, main
from fsep.protocol import FACETS, load
from fsep.render.explained import blocking, explain, explain_facet
from fsep.render.safe import cells
from fsep.render.style import Style

PROTOCOL = load("1.0")


@pytest.mark.parametrize("id_", ["FSEP-ADH-002", "fsep-adh-002", "adh-002", "ADH002"])
def test_an_id_is_known_however_it_is_written(id_: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", id_]) == 0
    assert capsys.readouterr().out.startswith("FSEP-ADH-002  (FSEP 1.0, draft)")


def test_everything_about_a_requirement_is_told() -> None:
    shown = explain(PROTOCOL, PROTOCOL.requirements["FSEP-ADH-002"], Style(120))
    for said in (
        "A runner MUST send, and record, every text that the program contributes",
        "Who         a runner",
        "Facet       replayed",
        "Not met     an error",
        "Tested      from the bundle",
        "To mend it  Restore the text",
        "It blocks   the rest of its replay",
        "Read on     spec/1.0/06-replay.md#fsep-adh-002",
        "Nothing is trimmed or normalised before comparison.",
    ):
        assert said in shown


def test_a_requirement_that_no_bundle_can_show_says_why() -> None:
    shown = " ".join(explain(PROTOCOL, PROTOCOL.requirements["FSEP-VAL-001"], Style(80)).split())
    assert "Tested not at all: a bundle cannot show what a validator does with it" in shown


@pytest.mark.parametrize(
    ("id_", "blocked_by", "blocks"),
    [
        ("FSEP-ADH-003", [], ["the rest of its replay", "FSEP-BLD-003, and BLD-004 for its packets"]),
        (
            "FSEP-SCF-004",
            [],
            [
                "FSEP-REF-003 and REF-004 for what it uses; FSEP-CLM-002 to CLM-010",
                "the replay of the runs that use it",
            ],
        ),
        ("FSEP-PRE-003", ["FSEP-PRE-001"], ["FSEP-PRE-004 and PRE-005", "FSEP-BLD-001"]),
        ("FSEP-OBS-001", [], []),
    ],
)
def test_what_blocks_is_read_from_the_specification(
    id_: str, blocked_by: list[str], blocks: list[str]
) -> None:
    assert blocking(PROTOCOL, id_) == (blocked_by, blocks)


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("id_", PROTOCOL.requirements)
def test_every_requirement_can_be_explained(id_: str, width: int) -> None:
    shown = explain(PROTOCOL, PROTOCOL.requirements[id_], Style(width))
    prose = shown.partition("Read on")[0]
    assert all(cells(line) <= width for line in prose.splitlines())


@pytest.mark.parametrize("facet", FACETS)
@pytest.mark.parametrize("width", [40, 80])
def test_a_facet_is_explained_with_what_it_shows_and_every_requirement_of_it(facet: str, width: int) -> None:
    shown = explain_facet(PROTOCOL, facet, Style(width))
    ids = re.findall("^  (FSEP-[A-Z]{3}-[0-9]{3})", shown, re.MULTILINE)
    assert sorted(ids) == sorted(id_ for id_, one in PROTOCOL.requirements.items() if one.facet == facet)
    assert shown.splitlines()[2].startswith("  ")
    assert all(cells(line) <= width for line in shown.splitlines())
    assert f"--require {facet}" in " ".join(shown.split())
    assert ("It rests on `whole`" in " ".join(shown.split())) is (facet != "whole")


def test_a_facet_is_told_in_the_words_of_the_specification(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "Replayed"]) == 0
    out = capsys.readouterr().out
    assert "  Every transcript replays: it is a run of its program" in out
    assert (
        out.index("Binding (") < out.index("FSEP-ADH-001") < out.index("Advisory") < out.index("FSEP-OBS-001")
    )


def test_a_facet_that_is_misspelt_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "replay"]) == USAGE
    assert "Did you mean replayed?" in capsys.readouterr().err


def test_an_unknown_id_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "FSEP-ADH-02"]) == USAGE
    assert "Did you mean FSEP-ADH-002" in capsys.readouterr().err
    assert main(["explain", "\x1b[2J"]) == USAGE
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert "Did you mean" not in err


def test_schemas_are_listed_with_what_they_are_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "list"]) == 0
    out = capsys.readouterr().out
    assert all(f"{name} " in out for name in PROTOCOL.schema_names)
    assert re.search("^report +What the validation of a bundle came to\\.$", out, re.MULTILINE)


@pytest.mark.parametrize("name", ["run", "run.schema.json"])
def test_a_schema_is_printed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "show", name]) == 0
    assert json.loads(capsys.readouterr().out) == PROTOCOL.schema("run")


def test_an_unknown_schema_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "show", "runs"]) == USAGE
    err = capsys.readouterr().err
    assert "Did you mean run?" in err
    assert "Known are: blinding, bundle," in err


def test_schemas_are_exported_as_they_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "export", "-o", str(tmp_path / "new" / "folder")]) == 0
    written = {path.name: json.loads(path.read_bytes()) for path in (tmp_path / "new" / "folder").iterdir()}
    assert written == {f"{name}.schema.json": PROTOCOL.schema(name) for name in PROTOCOL.schema_names}
    assert "schemas of version 1.0 written to" in capsys.readouterr().out


def test_a_folder_that_cannot_be_made_is_an_error_of_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["schema", "export", "-o", str(tmp_path / "file")]) == USAGE
    assert "cannot be written to" in capsys.readouterr().err
