"""Extraction of requirements: a parent chapter that is accepted, and for every rule a copy with one fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from fsep.maintain.extraction import extract
from fsep.maintain.requirements import FaultyChapters, main, requirements

CHAPTER = """# Replay

The key words MUST and SHOULD are to be read as in BCP 14.

### FSEP-ADH-002

> A runner MUST send exactly the request
> that the scaffold derives (see `a. b`).

- Actor: runner
- Facet: replayed
- Since: 1.0
- Tested: from the bundle
- Mend: Run the item again with an unmodified runner;
  a transcript cannot be mended by hand.

Rationale: what must be sent may be long.

```
MUST and FSEP-XXX-000 mean nothing in code.
### FSEP-BAD-1
```

### FSEP-ADH-001

> A validator SHOULD NOT guess.

- Actor: validator
- Facet: -
- Since: 1.0
- Tested: not testable: a bundle cannot show it.
"""

OTHER = """# Other

### FSEP-ABC-001

> A producer MUST NOT lie.

- Actor: producer
- Facet: whole
- Since: 1.0
- Tested: attested only
"""


def folder(base: Path, chapter: str = CHAPTER, *, other: str = OTHER) -> Path:
    chapters = base / "spec" / "1.0"
    chapters.mkdir(parents=True)
    listing = {"versions": [{"version": "1.0", "stage": "draft", "digest": None}]}
    (base / "spec" / "versions.json").write_text(json.dumps(listing))
    (chapters / "01-replay.md").write_text(chapter)
    (chapters / "02-other.md").write_text(other)
    return base


def entries(chapter: str) -> list[dict[str, Any]]:
    found, faults = extract("1.0", [("01-replay.md", chapter)])
    assert not faults, [str(fault) for fault in faults]
    return found


def test_the_parent_gives_every_requirement_in_the_order_of_the_ids(tmp_path: Path) -> None:
    value = requirements(folder(tmp_path), "1.0")
    assert value["version"] == "1.0"
    assert [entry["id"] for entry in value["requirements"]] == [
        "FSEP-ABC-001",
        "FSEP-ADH-001",
        "FSEP-ADH-002",
    ]


def test_an_entry_holds_what_the_chapter_says_and_no_line() -> None:
    text = "A runner MUST send exactly the request that the scaffold derives (see `a. b`)."
    assert entries(CHAPTER)[1] == {
        "id": "FSEP-ADH-002",
        "text": text,
        "keyword": "MUST",
        "actor": "runner",
        "facet": "replayed",
        "since": "1.0",
        "tested": "from-the-bundle",
        "reason": None,
        "mend": "Run the item again with an unmodified runner; a transcript cannot be mended by hand.",
        "chapter": "01-replay.md",
        "text_sha256": sha256(text.encode()).hexdigest(),
    }


def test_a_requirement_that_is_not_testable_says_why() -> None:
    entry = entries(CHAPTER)[0]
    assert (entry["keyword"], entry["tested"]) == ("SHOULD NOT", "not-testable")
    assert (entry["reason"], entry["mend"]) == ("a bundle cannot show it.", None)


def test_prose_added_elsewhere_changes_no_entry() -> None:
    assert entries(CHAPTER.replace("# Replay\n", "# Replay\n\nMore prose, on more lines.\n\n")) == entries(
        CHAPTER
    )


FAULTS = [
    pytest.param("### FSEP-ADH-002", "### FSEP-ADH-2", 5, "the heading is not an id", id="id with one digit"),
    pytest.param(
        "### FSEP-ADH-002", "### fsep-adh-002", 5, "the heading is not an id", id="id in lower case"
    ),
    pytest.param("### FSEP-ADH-002", "### FSEP-ADH-002: Sending", 5, "is not an id", id="id with a title"),
    pytest.param("### FSEP-ADH-002", "### `FSEP-ADH-002`", 5, "is not an id", id="id as code"),
    pytest.param("### FSEP-ADH-002", "## FSEP-ADH-002", 5, "of another level", id="heading of level 2"),
    pytest.param("### FSEP-ADH-001", "### FSEP-ADH-002", 24, "already that of 01-replay.md:5", id="id twice"),
    pytest.param("> A validator SHOULD NOT guess.", "It guesses.", 24, "no quoted sentence", id="no quote"),
    pytest.param("derives (see `a. b`).", "derives", 5, "does not end in a single period", id="no period"),
    pytest.param(
        "derives (see `a. b`).", "derives..", 5, "does not end in a single period", id="two periods"
    ),
    pytest.param("derives (see `a. b`).", "derives!", 5, "does not end in a single period", id="other mark"),
    pytest.param("the request\n", "the request. And\n", 5, "more than one sentence", id="two sentences"),
    pytest.param("the request\n", "the request? And\n", 5, "more than one sentence", id="a question before"),
    pytest.param(
        "the request\n", "the request (is it?)\n", 5, "more than one sentence", id="one in brackets"
    ),
    pytest.param("the request\n", "the request\n>\n", 5, "more than one paragraph", id="two paragraphs"),
    pytest.param("runner MUST send", "runner must send", 5, "exactly one of", id="no key word"),
    pytest.param("exactly the", "and SHOULD keep the", 5, "found MUST, SHOULD", id="two key words"),
    pytest.param("runner MUST send", "runner MAY send", 5, "found MAY", id="MAY"),
    pytest.param("runner MUST send", "runner SHALL send", 5, "found SHALL", id="SHALL"),
    pytest.param("exactly the", "the OPTIONAL", 5, "found MUST, OPTIONAL", id="OPTIONAL beside it"),
    pytest.param("what must be sent", "what MUST be sent", 17, "MUST stands outside", id="MUST in prose"),
    pytest.param("sent may be", "sent MAY be", 17, "MAY stands outside", id="MAY in prose"),
    pytest.param("sent may be", "is NOT RECOMMENDED, is", 17, "NOT RECOMMENDED stands", id="a pair in prose"),
    pytest.param("read as in BCP 14", "read as there", 3, "SHOULD stands outside", id="no citation"),
    pytest.param(
        "Run the item again", "It SHOULD run again", 14, "SHOULD stands outside", id="key word in a field"
    ),
    pytest.param("# Replay\n", "# Replay: a MUST\n", 1, "MUST stands outside", id="key word in a heading"),
    pytest.param("- Actor: runner\n", "", 5, "`Actor` is missing", id="no actor"),
    pytest.param("- Actor: runner", "- Actor: author", 10, "`Actor` is `author`", id="unknown actor"),
    pytest.param("- Facet: replayed\n", "", 5, "`Facet` is missing", id="no facet"),
    pytest.param("- Facet: replayed", "- Facet: repeated", 11, "`Facet` is `repeated`", id="unknown facet"),
    pytest.param("- Facet: -", "- Facet: whole", 29, "counts for no facet", id="a validator's with a facet"),
    pytest.param("- Since: 1.0\n- Tested: from", "- Tested: from", 5, "`Since` is missing", id="no since"),
    pytest.param(
        "- Since: 1.0\n- Tested: from", "- Since: 1\n- Tested: from", 12, "`Since` is `1`", id="no version"
    ),
    pytest.param(
        "- Since: 1.0\n- Tested: from", "- Since: 1.10\n- Tested: from", 12, "later than", id="later"
    ),
    pytest.param("- Tested: from the bundle\n", "", 5, "`Tested` is missing", id="no tested"),
    pytest.param("from the bundle", "by reading", 13, "`Tested` is `by reading`", id="unknown way to test"),
    pytest.param("not testable: a bundle cannot show it.", "not testable", 31, "no reason", id="no reason"),
    pytest.param(
        "not testable: a bundle cannot show it.", "not testable:", 31, "no reason", id="empty reason"
    ),
    pytest.param("- Mend: Run", "- Mended: Run", 14, "`Mended` is not known", id="unknown field"),
    pytest.param(
        "- Since: 1.0\n", "- Since: 1.0\n- Facet: whole\n", 13, "`Facet` is there twice", id="field twice"
    ),
    pytest.param("```\n\n", "\n\n", 19, "the fenced block is never closed", id="open fence"),
]


@pytest.mark.parametrize(("old", "new", "line", "what"), FAULTS)
def test_a_single_fault_is_refused_where_it_is(old: str, new: str, line: int, what: str) -> None:
    assert old in CHAPTER
    _, faults = extract("1.0", [("01-replay.md", CHAPTER.replace(old, new, 1))])
    assert any(str(fault).startswith(f"01-replay.md:{line}: ") and what in str(fault) for fault in faults), [
        str(fault) for fault in faults
    ]
    for fault in faults:
        # Place, what is wrong, and how to mend it.
        assert str(fault).partition("; ")[2]


def test_mend_is_needed_where_the_bundle_is_tested() -> None:
    start, end = CHAPTER.index("- Mend:"), CHAPTER.index("\nRationale")
    without = CHAPTER[:start] + CHAPTER[end:]
    _, faults = extract("1.0", [("01-replay.md", without)])
    assert [(fault.line, "`Mend` is missing" in str(fault)) for fault in faults] == [(5, True)]
    assert not extract("1.0", [("01-replay.md", without.replace("from the bundle", "on the wire"))])[1]


def test_an_id_is_unique_over_all_chapters() -> None:
    _, faults = extract("1.0", [("a.md", OTHER), ("b.md", OTHER)])
    assert len(faults) == 1
    assert str(faults[0]).startswith("b.md:3: the id FSEP-ABC-001 is already that of a.md:3; give ")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    base = folder(tmp_path, CHAPTER.replace("Actor: runner", "Actor: x"), other=OTHER.replace("whole", "y"))
    with pytest.raises(FaultyChapters) as caught:
        requirements(base, "1.0")
    assert [fault.file for fault in caught.value.faults] == ["01-replay.md", "02-other.md"]
    assert str(caught.value).startswith(
        "spec/1.0/01-replay.md:10: FSEP-ADH-002: `Actor` is `x`; write one of"
    )


def test_what_is_written_is_found_up_to_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = folder(tmp_path)
    assert main(["--write", "--root", str(base)]) == 0
    assert main(["--check", "--root", str(base)]) == 0
    assert json.loads((base / "spec/1.0/requirements.json").read_bytes()) == requirements(base, "1.0")
    assert capsys.readouterr().err == ""


def _gone(path: Path) -> None:
    path.unlink()


def _edited(path: Path) -> None:
    path.write_text(path.read_text().replace("lie.", "cheat."))


def _reformatted(path: Path) -> None:
    path.write_text(json.dumps(json.loads(path.read_bytes())))


def _broken(path: Path) -> None:
    path.write_text("{")


def _shortened(path: Path) -> None:
    value = json.loads(path.read_bytes())
    dropped = value["requirements"].pop()
    value["requirements"].append({**dropped, "id": "FSEP-OLD-001"})
    path.write_text(json.dumps(value))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_gone, "it is not there"),
        (_edited, "it has changed FSEP-ABC-001"),
        (_reformatted, "it is written in another way"),
        (_broken, "it cannot be read"),
        (_shortened, "it lacks FSEP-ADH-002; has no longer in a chapter FSEP-OLD-001"),
    ],
)
def test_a_stale_file_is_told_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: Callable[[Path], None], said: str
) -> None:
    base = folder(tmp_path)
    main(["--write", "--root", str(base)])
    change(base / "spec/1.0/requirements.json")
    assert main(["--check", "--root", str(base)]) == 1
    message = capsys.readouterr().err
    assert message == (
        f"spec/1.0/requirements.json is stale: {said}. Run `python -m fsep.maintain.requirements --write`.\n"
    )


@pytest.mark.parametrize("mode", ["--write", "--check"])
def test_a_faulty_chapter_writes_nothing_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: str
) -> None:
    base = folder(tmp_path, CHAPTER.replace("Actor: runner", "Actor: x"))
    assert main([mode, "--root", str(base)]) == 1
    assert "01-replay.md:10: FSEP-ADH-002: `Actor` is `x`" in capsys.readouterr().err
    assert not (base / "spec/1.0/requirements.json").exists()
