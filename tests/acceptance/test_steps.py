"""A rated study from `fsep init` to a bundle that conforms, by the command line alone; and out of order."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import stat
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

import small_study
from fsep.cli import USAGE, main
from fsep.engine import validate
from fsep.rating.blind import Blind
from fsep.scripted import ScriptedModel, script_of
from workbench import Files

RATED = "whole,replayed,complete,rated"


@dataclass
class Desk:
    """A folder that holds a study, its private folder and its raters' files."""

    root: Path

    @property
    def study(self) -> Path:
        return self.root / "study"

    @property
    def private(self) -> Path:
        return self.root / "private"

    def fsep(self, *arguments: str) -> int:
        """Call the command line from the folder, as somebody who works there does."""
        before = Path.cwd()
        os.chdir(self.root)
        try:
            return main(list(arguments))
        finally:
            os.chdir(before)

    def author(self) -> int:
        code = self.fsep("init", "study")
        small_study.author(self.study)
        return code

    def runs(self) -> int:
        small_study.run(self.study)
        return 0

    def rate(self, rater: str) -> int:
        sheet = self.private / "packets" / f"{rater}.csv"
        small_study.fill_in(sheet, rater)
        return self.give(rater, sheet)

    def give(self, rater: str, sheet: Path) -> int:
        return self.fsep("ratings", "import", "study", rater, str(sheet), "--private", "private")

    def check(self) -> int:
        small_study.check(self.study, self.root / "checker.jsonl")
        return self.fsep("ratings", "import", "study", "checker", "checker.jsonl")

    def files(self) -> Files:
        """Return all files there are."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file()
        }


# All steps, in their order.
STEPS: dict[str, Callable[[Desk], int]] = {
    "author": Desk.author,
    "commit design": lambda desk: desk.fsep("commit", "study", "design"),
    "run": Desk.runs,
    "commit transcripts": lambda desk: desk.fsep("commit", "study", "transcripts"),
    "blind": lambda desk: desk.fsep("blind", "study", "--private", "private"),
    "rate ada": lambda desk: desk.rate("ada"),
    "rate ben": lambda desk: desk.rate("ben"),
    "rate checker": Desk.check,
    "adjudicate": lambda desk: desk.fsep("ratings", "adjudicate", "study", "--private", "private"),
    "rate cy": lambda desk: desk.rate("cy"),
    "agreement": lambda desk: desk.fsep("ratings", "agreement", "study", "--private", "private"),
    "open": lambda desk: desk.fsep("ratings", "open", "study", "--private", "private"),
    "profile": lambda desk: desk.fsep("profile", "study"),
    "claims": lambda desk: desk.fsep("claims", "study"),
    "pack": lambda desk: desk.fsep("pack", "study", "-o", "bundle"),
}


# Removed when the tests end.
_MADE = TemporaryDirectory(prefix="fsep-steps-")


@cache
def _made(last: str) -> Path:
    """Return a folder in which all steps up to one were taken, each once in a run of the tests."""
    names = list(STEPS)
    root = Path(_MADE.name) / last
    root.mkdir()
    if (place := names.index(last)) > 0:
        shutil.copytree(_made(names[place - 1]), root, dirs_exist_ok=True)
    assert STEPS[last](Desk(root)) == 0, last
    return root


@pytest.fixture
def after(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[str], Desk]:
    """Return what gives a desk on which all steps up to one were taken."""

    def give(last: str) -> Desk:
        shutil.copytree(_made(last), tmp_path / "desk")
        capsys.readouterr()
        return Desk(tmp_path / "desk")

    return give


def test_all_steps_lead_to_a_bundle_that_conforms(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    desk = after("pack")
    assert desk.fsep("validate", "bundle", "--require", RATED) == 0
    assert "CONFORMS at whole, replayed, complete and rated" in capsys.readouterr().out
    # What is private stays so, until it is opened.
    assert sorted(path.name for path in (desk.root / "bundle").iterdir()) == [
        "blinding.json", "bundle.json", "claims.json", "commitments.json", "design.json", "items.jsonl", "profile.json",
        "raters.json", "ratings", "rubric.json", "scaffolds", "systems", "transcripts",
    ]  # fmt: skip
    chain = json.loads((desk.study / "commitments.json").read_bytes())["commitments"]
    assert [(one["of"], one.get("subject")) for one in chain] == [
        ("design", None), ("transcripts", None), ("blinding", None), ("ratings", "ada"), ("ratings", "ben"), ("ratings", "cy"),
        ("opening", None),
    ]  # fmt: skip


def test_the_commands_of_the_readme_are_these(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text().partition("## Rating a study")[2]
    commands = [
        line.partition(" #")[0].split()
        for line in text.partition("```sh\n")[2].partition("```")[0].splitlines()
    ]
    assert len(commands) == 16
    desk, private = Desk(tmp_path), tmp_path / "private" / "packets"
    stands_in = ScriptedModel(script_of(small_study.SCRIPT))
    for program, *arguments in commands:
        assert program == "fsep"
        # What people and programs do between the commands.
        if arguments[:2] == ["ratings", "import"]:
            rater, sheet = arguments[3], arguments[4]
            if sheet.endswith(".csv"):
                small_study.fill_in(private / Path(sheet).name, rater)
            else:
                small_study.check(tmp_path / "ran", tmp_path / sheet)
        with stands_in if arguments[0] == "run" else nullcontext():
            told = [re.sub("http://[^ ]*/v1", stands_in.url, one) for one in arguments]
            assert desk.fsep(*told) == 0, told
        if arguments[0] == "init":
            small_study.author(desk.study)
    assert "CONFORMS at whole, replayed, complete and rated" in capsys.readouterr().out


OUT_OF_ORDER = [
    # after which step, what is tried, and what the refusal says
    ("author", "commit transcripts", "The design is not committed.", "fsep commit FOLDER design"),
    ("author", "blind", "The design has to be committed first.", "fsep commit FOLDER design"),
    ("commit design", "commit transcripts", "There are no transcripts yet.", "Run the study first"),
    ("commit design", "blind", "The transcripts have to be committed first.", "fsep commit FOLDER transcripts"),
    ("commit design", "profile", "The study is not blinded yet.", "First `fsep blind"),
    ("commit design", "claims", "The study is not blinded yet.", "First `fsep blind"),
    ("commit transcripts", "agreement", "The study is not blinded yet.", "First `fsep blind"),
    ("commit transcripts", "adjudicate", "The study is not blinded.", "First `fsep blind"),
    ("commit transcripts", "open", "The study is not blinded.", "First `fsep blind"),
    ("blind", "commit design", "The study is blinded", "no longer be committed"),
    ("blind", "commit transcripts", "The study is blinded", "no longer be committed"),
    ("blind", "blind", "The study is blinded already.", "drawn once"),
    ("blind", "adjudicate", "The ratings of 'ada' are not in yet.", "fsep ratings import FOLDER ada FILE"),
    ("blind", "open", "The ratings of 'ada' are not in yet.", "fsep ratings import FOLDER ada FILE"),
    ("blind", "profile", "The salt is not open yet.", "First `fsep ratings open"),
    ("rate ben", "open", "The ratings of 'checker' are not in yet.", "fsep ratings import FOLDER checker FILE"),
    ("rate checker", "open", "The decisions of 'cy' are not in yet.", "First `fsep ratings adjudicate"),
    ("rate cy", "profile", "The salt is not open yet.", "First `fsep ratings open"),
    ("rate cy", "claims", "The salt is not open yet.", "First `fsep ratings open"),
    ("open", "rate ada", "The salt is open: nothing is rated any more.", "not blind"),
    ("open", "rate checker", "The salt is open: nothing is rated any more.", "not blind"),
    ("open", "adjudicate", "The salt is open: nothing is decided any more.", "fsep profile"),
    ("open", "open", "The salt is open already.", "fsep profile"),
    ("open", "claims", "There is no alignment profile yet.", "First `fsep profile"),
    ("open", "blind", "The study is blinded already.", "drawn once"),
]  # fmt: skip


@pytest.mark.parametrize(("last", "tried", "said", "advice"), OUT_OF_ORDER)
def test_a_step_out_of_order_is_refused_says_what_comes_first_and_changes_nothing(  # noqa: PLR0917
    after: Callable[[str], Desk],
    capsys: pytest.CaptureFixture[str],
    last: str,
    tried: str,
    said: str,
    advice: str,
) -> None:
    desk = after(last)
    # What a rater filled in is no part of the study.
    before = {path: data for path, data in desk.files().items() if not path.endswith(".csv")}
    assert STEPS[tried](desk) == USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"fsep: {said}")
    assert advice in err
    assert {path: data for path, data in desk.files().items() if not path.endswith(".csv")} == before


def test_every_step_says_what_comes_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk, said = Desk(tmp_path), {}
    for name, step in STEPS.items():
        assert step(desk) == 0
        said[name] = capsys.readouterr().out
    for name, following in {
        "commit design": "fsep commit RAN transcripts",
        "commit transcripts": "fsep blind",
        "blind": "fsep ratings import study RATER FILE --private private",
        "rate ada": "Not in yet: ben, checker.",
        "rate checker": "fsep ratings adjudicate, for cy",
        "adjudicate": "fsep ratings import study cy private/packets/cy.csv --private private",
        "rate cy": "All are in.",
        "open": "fsep profile FOLDER",
        "profile": "fsep claims FOLDER",
        "claims": "fsep pack FOLDER -o BUNDLE",
        "pack": "fsep validate bundle",
    }.items():
        assert following in said[name], name


# --- what is blinded, and where it goes


def test_the_private_folder_has_to_be_apart(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    desk = after("commit transcripts")
    (desk.root / "link").symlink_to(desk.study)
    before = desk.files()
    for private in ("study", "study/private", ".", "link", "link/private", "elsewhere/../study/x"):
        assert desk.fsep("blind", "study", "--private", private) == USAGE
        assert "are not apart" in capsys.readouterr().err
    assert desk.files() == before


def test_what_is_private_is_for_its_owner_alone(after: Callable[[str], Desk]) -> None:
    desk = after("blind")
    for path in desk.private.rglob("*"):
        assert path.is_dir() or stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_study_is_not_blinded_over_what_was_not_committed(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    desk = after("commit transcripts")
    design = desk.study / "design.yaml"
    design.write_text(design.read_text().replace("margin: 0.2", "margin: 0.1"))
    assert STEPS["blind"](desk) == USAGE
    assert "The design in the folder is not what was committed." in capsys.readouterr().err
    assert STEPS["commit design"](desk) == 0
    assert STEPS["blind"](desk) == USAGE
    assert "The design was committed again after the transcripts." in capsys.readouterr().err
    assert STEPS["commit transcripts"](desk) == 0
    assert STEPS["blind"](desk) == 0


def test_runs_that_do_not_replay_are_not_shown_to_raters(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    desk = after("run")
    path = desk.study / "transcripts" / "alpha.jsonl"
    path.write_text(path.read_text().replace("How do you know?", "Who told you?", 1))
    assert STEPS["commit transcripts"](desk) == 0
    assert STEPS["blind"](desk) == USAGE
    assert "1 of 16 runs cannot be shown to raters; of alpha.checked.peru.0" in capsys.readouterr().err
    assert not desk.private.exists()


def test_transcripts_without_a_run_are_none(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    desk = after("run")
    for path in (desk.study / "transcripts").iterdir():
        path.write_bytes(b"")
    assert STEPS["commit transcripts"](desk) == USAGE
    assert "There are no transcripts yet." in capsys.readouterr().err


def test_a_packet_that_names_a_system_is_told(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    desk = after("author")
    system = desk.study / "systems" / "beta.yaml"
    system.write_text(system.read_text() + "aliases: [Nepal City]\n")
    for step in ("commit design", "run", "commit transcripts"):
        assert STEPS[step](desk) == 0
    capsys.readouterr()
    assert STEPS["blind"](desk) == 0
    assert "4 packets show a system's name" in capsys.readouterr().err


def test_what_broke_off_before_the_salt_was_committed_says_what_to_do(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    desk = after("blind")
    (desk.study / "commitments.json").write_bytes(
        (_made("commit transcripts") / "study" / "commitments.json").read_bytes()
    )
    assert STEPS["blind"](desk) == USAGE
    assert "this study never committed it" in capsys.readouterr().err


def test_nothing_is_written_through_a_link(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    desk = after("commit transcripts")
    (desk.root / "elsewhere").mkdir()
    desk.private.mkdir()
    (desk.private / "packets").symlink_to(desk.root / "elsewhere")
    assert STEPS["blind"](desk) == USAGE
    assert "is a link" in capsys.readouterr().err
    (desk.private / "packets").unlink()
    (desk.private / "packets").mkdir()
    (desk.private / "packets" / "guide.md").symlink_to(desk.root / "elsewhere" / "guide.md")
    assert STEPS["blind"](desk) == 0
    assert list((desk.root / "elsewhere").iterdir()) == []
    assert not (desk.private / "packets" / "guide.md").is_symlink()


# --- ratings


def _edit(desk: Desk, rater: str, change: Callable[[list[dict[str, str]]], object]) -> Path:
    """Fill in a rater's sheet, and change it."""
    sheet = desk.private / "packets" / f"{rater}.csv"
    small_study.fill_in(sheet, rater)
    with sheet.open(newline="", encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    change(rows)
    small_study.write(sheet, rows)
    return sheet


REFUSED: dict[str, tuple[Callable[[list[dict[str, str]]], object], str]] = {
    "a rating is not filled in": (lambda rows: rows[2].update(value=""), "Ratings that are not filled in: 1; the first is of"),
    "a rating is of another's run": (
        lambda rows: rows.append({**rows[0], "packet": "0" * 64}), "Ratings of what 'ada' was not assigned: 1;"
    ),
    "a value is none": (lambda rows: rows[0].update(value="splendid"), "'splendid' is no value of 'verification-support'"),
    "a dimension is none": (lambda rows: rows[0].update(dimension="charm"), "'charm' is no dimension"),
    "a thing is rated twice": (lambda rows: rows.append(rows[0]), "is rated a second time"),
    "a note is too long": (lambda rows: rows[0].update(note="x" * 20_001), "the note is longer than 20000 characters"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_sheet_with_a_fault_is_refused_and_nothing_is_taken_in(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str], name: str
) -> None:
    desk = after("blind")
    change, said = REFUSED[name]
    sheet = _edit(desk, "ada", change)
    assert desk.give("ada", sheet) == USAGE
    assert said in capsys.readouterr().err
    assert not (desk.study / "ratings").exists()
    assert "ratings" not in (desk.study / "commitments.json").read_text()


def test_notes_are_kept_and_a_sheet_in_any_order_is_put_in_its_own(after: Callable[[str], Desk]) -> None:
    desk = after("blind")

    def change(rows: list[dict[str, str]]) -> None:
        rows[0]["note"] = ' "Quite", she said;\n=1+1 '
        rows[1]["value"] = "not-occasioned"
        rows.reverse()

    assert desk.give("ada", _edit(desk, "ada", change)) == 0
    lines = list(map(json.loads, (desk.study / "ratings" / "ada.jsonl").read_text().splitlines()))
    sheet = list(map(json.loads, (desk.private / "packets" / "ada.jsonl").read_text().splitlines()))
    dealt = [(one["packet"], each["dimension"], each.get("step")) for one in sheet for each in one["rate"]]
    assert [(line["packet"], line["dimension"], line.get("step")) for line in lines] == dealt
    assert lines[0]["note"] == '"Quite", she said;\n=1+1'
    assert lines[1]["not_occasioned"] is True
    assert "value" not in lines[1]
    assert all(set(line) <= {"packet", "dimension", "step", "value"} for line in lines[2:])


def test_a_sheet_in_json_lines_says_the_same_as_the_table(after: Callable[[str], Desk]) -> None:
    desk = after("rate ada")
    by_table = (desk.study / "ratings" / "ada.jsonl").read_bytes()
    sheet = desk.private / "packets" / "ada.jsonl"
    lines = list(map(json.loads, sheet.read_text().splitlines()))
    for line in lines:
        for one in line["rate"]:
            one["value"] = small_study.value("ada", json.dumps(line["shown"]), one["dimension"])
    sheet.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert desk.give("ada", sheet) == 0
    assert (desk.study / "ratings" / "ada.jsonl").read_bytes() == by_table


def test_a_rating_that_is_declared_missing_need_not_be_there(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    desk = after("blind")
    salt = json.loads((desk.private / "blinding.json").read_bytes())["salt"]
    packet = Blind(salt).packet("alpha.direct.peru.0")

    def change(rows: list[dict[str, str]]) -> None:
        for row in rows:
            if row["packet"] == packet and row["dimension"] == "verification-support":
                row["value"] = ""

    sheet = _edit(desk, "ada", change)
    assert desk.give("ada", sheet) == USAGE
    # A share of 0.1 of four runs allows none: it conforms nowhere, but the steps go on.
    (desk.study / "departures.yaml").write_text(
        'fsep: "1.0"\nkind: departures\ndepartures:\n  - {kind: rating-missing, system: alpha, scaffold: direct, item: peru, '
        "replicate: 0, rater: ada, dimension: verification-support, reason: The rater fell ill.}\n"
    )
    assert desk.give("ada", sheet) == 0
    for step in ("rate ben", "rate checker", "adjudicate", "rate cy", "open", "profile", "pack"):
        assert STEPS[step](desk) == 0, step
    report = validate(desk.root / "bundle")
    failed = {finding.requirement for finding in report.findings if finding.severity == "error"}
    assert failed == {"FSEP-RAT-007", "FSEP-PRE-004", "FSEP-CLM-001"}


def test_one_who_takes_over_rates_what_is_left(after: Callable[[str], Desk]) -> None:
    desk = after("blind")
    raters = desk.study / "raters.yaml"
    raters.write_text(
        raters.read_text()
        + "  - {id: dee, kind: human, role: rater, dimensions: [verification-support, tone]}\n"
    )
    (desk.study / "departures.yaml").write_text(
        'fsep: "1.0"\nkind: departures\ndepartures:\n  - {kind: rater-replaced, rater: ada, by: dee, reason: Ill.}\n'
    )
    rest: list[dict[str, str]] = []

    def half(rows: list[dict[str, str]]) -> None:
        rest.extend(rows[5:])
        del rows[5:]

    assert desk.give("ada", _edit(desk, "ada", half)) == 0
    sheet = desk.root / "dee.csv"
    small_study.write(sheet, rest)
    assert desk.give("dee", sheet) == 0
    for step in ("rate ben", "rate checker", "adjudicate", "rate cy", "open", "profile", "pack"):
        assert STEPS[step](desk) == 0, step
    assert desk.fsep("validate", "bundle", "--require", RATED) == 0


def test_an_adjudicator_decides_what_is_open_now(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    # Whoever rates again once the differences are decided makes others: the salt is not opened on those.
    desk = after("rate cy")

    def contrary(rows: list[dict[str, str]]) -> None:
        for row in rows:
            if row["dimension"] == "verification-support":
                row["value"] = "none" if row["value"] == "full" else "full"

    assert desk.give("ben", _edit(desk, "ben", contrary)) == 0
    capsys.readouterr()
    before = desk.files()
    assert STEPS["open"](desk) == USAGE
    assert capsys.readouterr().err.startswith("fsep: The salt is not opened yet: ")
    assert desk.files() == before
    assert STEPS["adjudicate"](desk) == 0
    assert STEPS["rate cy"](desk) == 0
    for step in ("open", "profile", "pack"):
        assert STEPS[step](desk) == 0, step
    assert desk.fsep("validate", "bundle", "--require", RATED) == 0


def test_ratings_that_were_changed_by_hand_keep_the_salt_closed(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    desk = after("rate cy")
    path = desk.study / "ratings" / "ada.jsonl"
    path.write_text(path.read_text().replace('"none"', '"full"'))
    assert STEPS["open"](desk) == USAGE
    assert "the file of ratings of 'ada' is not the one committed" in capsys.readouterr().err


def test_an_automatic_rater_names_only_runs_there_are(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    desk = after("commit transcripts")
    small_study.check(desk.study, desk.root / "checker.jsonl")
    with (desk.root / "checker.jsonl").open("a") as stream:
        stream.write('{"run": "gamma.direct.peru.0", "dimension": "task-success", "value": "success"}\n')
    assert desk.fsep("ratings", "import", "study", "checker", "checker.jsonl") == USAGE
    assert "run gamma.direct.peru.0" in capsys.readouterr().err
    # It needs no salt, and may come before the study is blinded.
    assert STEPS["rate checker"](desk) == 0
    committed = json.loads((desk.study / "commitments.json").read_bytes())["commitments"]
    assert [one["of"] for one in committed] == ["design", "transcripts"]


def test_the_salt_of_another_study_is_refused(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    desk = after("blind")
    path = desk.private / "blinding.json"
    path.write_text(
        path.read_text().replace('"salt": "', '"salt": "0').replace('",\n  "packets', '",\n "packets')
    )
    assert STEPS["rate ada"](desk) == USAGE
    assert "is not the blinding that the study committed" in capsys.readouterr().err
    path.write_bytes(b"\xff")
    assert STEPS["rate ada"](desk) == USAGE
    path.unlink()
    assert STEPS["rate ada"](desk) == USAGE
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    "time", ["2026-05-01", "2026-05-01T09:00:00", "2026-05-01T09:00:00+02:00", "2026-02-30T09:00:00Z", "now", "\x1b[31m"]
)  # fmt: skip
def test_a_time_that_is_none_is_refused_before_anything_is_written(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str], time: str
) -> None:
    desk = after("commit transcripts")
    before = desk.files()
    for arguments in (["commit", "study", "design"], ["blind", "study", "--private", "private"]):
        assert desk.fsep(*arguments, "--at", time) == USAGE
        err = capsys.readouterr().err
        assert "is no time" in err
        assert "\x1b" not in err
    assert desk.files() == before


def test_times_go_on_from_one_commitment_to_the_next(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    desk = after("run")
    before = desk.files()
    assert desk.fsep("commit", "study", "transcripts", "--at", "2020-01-01T00:00:00Z") == USAGE
    assert "leave --at out" in capsys.readouterr().err
    assert desk.files() == before
    # Half a second later is later, although its text sorts before.
    assert desk.fsep("commit", "study", "design", "--at", "2090-01-01T00:00:00Z") == 0
    assert desk.fsep("commit", "study", "transcripts", "--at", "2090-01-01T00:00:00.5Z") == 0
    assert desk.fsep("commit", "study", "transcripts") == USAGE
    assert "or set the clock" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "change", "says"),
    [
        ("design.yaml", ("baseline: ", "baseline: no-"), "design.yaml/baseline: "),
        ("scaffolds/direct.yaml", ("{{item.", "{{item.no_"), "uses the field 'no_question'"),
    ],
)
def test_a_design_by_which_no_run_could_be_made_is_not_committed(
    after: Callable[[str], Desk],
    capsys: pytest.CaptureFixture[str],
    file: str,
    change: tuple[str, str],
    says: str,
) -> None:
    desk = after("author")
    path = desk.study / file
    text = path.read_text(encoding="utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change), encoding="utf-8")
    before = desk.files()
    assert desk.fsep("commit", "study", "design") == USAGE
    assert says in capsys.readouterr().err
    assert desk.files() == before
    path.write_text(text, encoding="utf-8")
    assert desk.fsep("commit", "study", "design") == 0


# --- documents that are not as they have to be

HOSTILE = {
    "commitments.json": ["[]", "{}", '{"commitments": 3}', '{"commitments": [{"of": []}]}', "{", '"\\ud800"'],
    "raters.yaml": ["3", "{raters: [3]}", "{raters: {}}", "a: &a [*a]", "raters: [{id: ../x, role: rater}]"],
    "rubric.yaml": ["[]", "{dimensions: 3}", "dimensions: [{id: 3}]"],
    "claims.yaml": ["[]", "{claims: 3}", "claims: [{}]", "claims: [3]"],
    "bundle.yaml": ["[]", "{fsep: '9.9'}", "fsep: [1]"],
}


@pytest.mark.parametrize("path", HOSTILE)
def test_what_is_no_document_of_its_kind_is_a_sentence(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str], path: str
) -> None:
    desk = after("profile")
    for text in HOSTILE[path]:
        (desk.study / path).write_text(text)
        codes = set()
        for name, step in STEPS.items():
            if name not in ("author", "run", "rate ada", "rate ben", "rate cy", "pack"):
                codes.add(step(desk))
                assert "internal error" not in capsys.readouterr().err, (name, text)
        assert USAGE in codes <= {0, USAGE}


SHEETS: list[tuple[str, Any]] = [
    ("a.csv", b""), ("a.csv", b"\xff\xfe"), ("a.csv", b"packet,dimension\n"), ("a.csv", b'dimension,value\n"tone'),
    ("a.csv", b"value,dimension\nwarm\n"), ("a.jsonl", b"{"), ("a.jsonl", b"[]\n"), ("a.jsonl", b'{"rate": 3}\n'),
    ("a.jsonl", b'{"rate": [3]}\n'), ("a.jsonl", b'{"packet": [], "dimension": "tone", "value": "warm"}\n'),
    ("a.jsonl", b'{"packet": "a", "dimension": {}, "value": "warm"}\n'), ("a.jsonl", b'{"packet": "a", "dimension": "tone", "value": 3}\n'),
    ("a.jsonl", b"[" * 100_000), ("a.csv", b"dimension,value\ntone,\x1b[31m\n"), ("a.csv", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data"), SHEETS)
def test_a_sheet_that_is_none_is_a_sentence(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str], name: str, data: bytes | None
) -> None:
    desk = after("blind")
    sheet = desk.root / name
    if data is None:
        os.mkfifo(sheet)
    else:
        sheet.write_bytes(data)
    assert desk.give("ada", sheet) == USAGE
    err = capsys.readouterr().err
    assert err.startswith("fsep: ")
    assert "internal error" not in err
    assert "\x1b" not in err


# --- bundles of studies that are not finished


@pytest.mark.parametrize("last", ["author", "commit design", "run", "blind", "rate ada", "rate cy", "open"])
def test_what_is_not_finished_is_judged_all_the_same(after: Callable[[str], Desk], last: str) -> None:
    desk = after(last)
    assert desk.fsep("pack", "study", "-o", "bundle") == 0
    assert desk.fsep("validate", "bundle", "--require", RATED) in (1, 3)


LATER = ("commitments.json", "raters.json", "rubric.json", "blinding.json", "profile.json", "ratings/ada.jsonl", "ratings/checker.jsonl")  # fmt: skip


@pytest.mark.parametrize("pair", list(combinations_with_replacement(LATER, 2)), ids=" ".join)
def test_whatever_of_the_rating_is_left_out_it_is_not_rated(
    after: Callable[[str], Desk], pair: tuple[str, str]
) -> None:
    bundle = after("pack").root / "bundle"
    manifest = json.loads((bundle / "bundle.json").read_bytes())
    for path in set(pair):
        (bundle / path).unlink()
    manifest["files"] = [listed for listed in manifest["files"] if listed["path"] not in pair]
    (bundle / "bundle.json").write_text(json.dumps(manifest))
    assert validate(bundle).facets["rated"].status == "not-reached"


def test_a_sheet_of_another_rater_is_refused(
    after: Callable[[str], Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    desk = after("blind")
    small_study.fill_in(desk.private / "packets" / "ben.csv", "ada")
    assert desk.give("ada", desk.private / "packets" / "ben.csv") == USAGE
    assert "ben.csv is the sheet of ben, and not of ada." in capsys.readouterr().err
