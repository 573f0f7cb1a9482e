"""Workflow commands: what a runner reads from them, and that nothing else can become one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsep import limits
from fsep.findings import Report
from fsep.render import RENDERERS
from fsep.render.safe import safe
from unit.handmade_report import bad, good, incomplete
from unit.hostile_report import CREDENTIAL, NASTY, hostile


@dataclass(frozen=True)
class Command:
    """What a runner takes a line for."""

    name: str
    properties: dict[str, str]
    message: str


def read(text: str) -> list[Command]:
    """Read commands as a runner does: it splits at the first `::`, commas and `=`, then undoes the escapes."""
    commands = []
    for line in re.split(r"\r\n|\r|\n", text.removesuffix("\n")):
        head, _, message = line.removeprefix("::").partition("::")
        assert line.startswith("::"), line
        name, _, given_ = head.partition(" ")
        properties = dict(one.split("=", 1) for one in given_.split(","))
        commands.append(
            Command(name, {key: undone(value) for key, value in properties.items()}, undone(message))
        )
    return commands


def undone(text: str) -> str:
    """Undo the escapes, the percent sign last."""
    for escape, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, character)
    return text


def commands(*reports: Report) -> list[Command]:
    return read(RENDERERS["github"](reports))


def test_the_first_command_says_what_it_came_to_with_the_counts() -> None:
    first = commands(bad())[0]
    assert (first.name, first.properties) == ("error", {"title": "fsep: DOES NOT CONFORM"})
    assert "examples/capital: DOES NOT CONFORM, not reached: whole, replayed and complete." in first.message
    # 3 texts, 7 digests and 12 that are not listed, 120 identities; then 1 and 2 warnings.
    assert "142 errors, 3 warnings, 1 finding of facets nobody asked about." in first.message
    assert (
        "Of 7 requirements, 1 passed, 3 failed, 2 not checked, 1 withheld, 0 not applicable." in first.message
    )


@pytest.mark.parametrize(
    ("report", "name"), [(good(), "notice"), (bad(), "error"), (incomplete(), "warning")]
)
def test_the_verdict_decides_what_kind_the_first_is(report: Report, name: str) -> None:
    assert commands(report)[0].name == name


def test_a_finding_is_shown_at_its_file_line_and_column() -> None:
    made = next(one for one in commands(bad()) if "ADH-002" in one.properties["title"])
    assert made.name == "error"
    assert made.properties == {
        "file": "examples/capital/transcripts/alpha.jsonl",
        "line": "3",
        "col": "1204",
        "title": "FSEP-ADH-002 (replayed)",
    }
    assert made.message.splitlines() == [
        (
            "the text at the step 'doubt' of the run 'alpha.checked.peru.0' is not what the program renders "
            "(and 2 more places like it)"
        ),
        "at: transcripts/alpha.jsonl:3:1204  /events/2/content",
        "found: Check your answer. You said: Lima",
        "expected: Check your answer. You said: Lima.",
        "mend: Restore the text, or correct the scaffold before data and run again.",
    ]


def test_what_nobody_asked_about_is_a_notice_and_a_warning_stays_one() -> None:
    by_title = {one.properties["title"]: one.name for one in commands(bad())}
    assert by_title["FSEP-PRE-001 (preregistered, not asked about)"] == "notice"
    assert by_title["FSEP-OBS-001 (replayed)"] == "warning"
    assert by_title["FSEP-BND-006 (whole)"] == "error"


def test_each_requirement_is_shown_before_any_is_shown_again() -> None:
    titles = [one.properties["title"] for one in commands(bad())[1:]]
    assert len(titles) == len(bad().findings)
    assert titles.index("FSEP-REQ-005 (replayed)") < len(set(titles))
    assert len(set(titles[: len(set(titles))])) == len(set(titles))


def test_that_github_shows_ten_of_a_kind_is_said_only_where_there_are_more() -> None:
    assert "10 annotations" not in commands(bad())[0].message
    more = replace(bad(), findings=bad().findings + bad().findings[:1])
    assert "GitHub shows 10 annotations of a kind for a step" in commands(more)[0].message


def test_a_fault_of_the_bundle_as_a_whole_is_shown_at_its_manifest() -> None:
    made = next(one for one in commands(bad()) if "PRE-001" in one.properties["title"])
    assert made.properties["file"] == "examples/capital/bundle.json"
    assert "line" not in made.properties


@pytest.mark.parametrize(
    ("path", "file"),
    [(".", "bundle.json"), ("./a/", "a/bundle.json"), ("/abs/b", "/abs/b/bundle.json")],
)
def test_files_are_named_from_where_the_command_was_called(path: str, file: str) -> None:
    report = replace(good(), bundle={**good().bundle, "path": path})
    assert commands(report)[1].properties["file"] == file


def test_in_a_zip_the_zip_is_named_and_the_line_only_said(tmp_path: Path) -> None:
    zipped = tmp_path / "b.zip"
    zipped.write_bytes(b"PK")
    report = replace(bad(), bundle={**bad().bundle, "path": str(zipped)})
    made = next(one for one in commands(report) if "ADH-002" in one.properties["title"])
    assert made.properties == {"file": zipped.as_posix(), "title": "FSEP-ADH-002 (replayed)"}
    assert "at: transcripts/alpha.jsonl:3:1204" in made.message


@pytest.mark.parametrize("text", NASTY)
def test_no_name_or_value_starts_a_command_or_a_property(text: str) -> None:
    made = commands(hostile(text))
    assert len(made) == 3
    assert {one.name for one in made} <= {"error", "warning", "notice"}
    for one in made:
        assert set(one.properties) <= {"file", "line", "col", "title"}
    # Read back, it is what it was, on the lines it was on.
    shown = safe(text, limits.TEXT_MESSAGE)
    assert made[1].message.split("\n")[0] == f"{shown} (and 1 more place like it)"
    assert len(made[1].message.split("\n")) == (5 if text else 2)
    out = RENDERERS["github"]([hostile(text)])
    assert "##[" not in out
    assert CREDENTIAL not in out
    assert all(line.isprintable() for line in out.splitlines())
    out.encode()


@given(st.text())
def test_any_text_stays_within_its_command(text: str) -> None:
    assert len(commands(hostile(text))) == 3


def test_a_name_that_leads_out_of_the_bundle_is_no_file_to_show() -> None:
    for path in ("../../etc/passwd", "/etc/passwd", "a//b", "a\\b", "./x"):
        report = replace(bad(), findings=(replace(bad().findings[0], path=path),))
        properties = commands(report)[1].properties
        assert properties["file"] == "examples/capital/bundle.json"
        assert "line" not in properties


def test_no_report_is_no_command() -> None:
    assert RENDERERS["github"]([]) == ""
