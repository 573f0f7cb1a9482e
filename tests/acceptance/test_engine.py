"""The engine as a whole: one report however it is computed, and outcomes that are neither pass nor fail."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import parent as parents
from acceptance.cases import CASES
from acceptance.test_requirements import ALL_FACETS, outcomes
from acceptance.test_requirements import check_unrated as check
from fsep import limits, protocol
from fsep.checks.container import role_of
from fsep.engine import validate
from fsep.findings import Outcome, Report
from workbench import Workbench

WITHHELD = {"withheld": {"commitment": "0" * 64, "kind": "string", "reason": "personal data"}}


def validated(tmp_path: Path, change: Callable[[Workbench], object], *, settle: bool = True) -> Report:
    """Return the report on a changed parent."""
    bench = parents.parent()
    change(bench)
    if settle:
        parents.settle(bench)
    return check(bench.write(tmp_path))


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle with faults in both of its transcripts files."""
    bench = parents.parent()
    bench.run("hasty.react.peru.0")["events"][0]["content"] += "!"
    bench.run("steady.react.peru.0")["events"].pop()
    del bench.run("steady.react.nile.0")["events"][2]["request_sha256"]
    bench[parents.FIRST].append(b"{\n")
    parents.commit(bench)
    return bench.write(tmp_path_factory.mktemp("faulty"))


def test_the_report_is_the_same_for_any_number_of_processes(faulty: Path) -> None:
    one = json.dumps(validate(faulty, require=ALL_FACETS, jobs=1).as_dict())
    assert json.dumps(validate(faulty, require=ALL_FACETS, jobs=2).as_dict()) == one
    assert json.loads(one)["verdict"] == "does-not-conform"


@pytest.mark.parametrize("line", [b"\n", b"no\n", b"{}\n"])
def test_of_many_bad_lines_the_first_are_explained_and_all_are_counted(tmp_path: Path, line: bytes) -> None:
    """A line that no finding stands for costs no more than to see that it is bad; each may have lost a run."""
    few, many = 150, 3_000

    def counted(times: int) -> tuple[Report, int]:
        bench = parents.parent()
        bench[parents.FIRST] += [line] * times
        parents.commit(bench)
        report = check(bench.write(tmp_path / str(times)))
        [failed] = [one for one in report.outcomes if one.requirement == requirement]
        assert failed.failed == times
        [adherence] = [one for one in report.outcomes if one.requirement == "FSEP-ADH-001"]
        return report, adherence.not_checked

    requirement = "FSEP-DOC-002" if line == b"{}\n" else "FSEP-DOC-004"
    (one, less), (other, more) = counted(few), counted(many)
    assert more - less == many - few
    assert [finding for finding in one.findings if finding.requirement == requirement] == [
        finding for finding in other.findings if finding.requirement == requirement
    ]


def test_much_to_do_is_shared_among_the_cores(faulty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody says how many processes, their start has to be worth it."""
    engine = sys.modules["fsep.engine.survey"]
    asked: list[int] = []
    pool = ProcessPoolExecutor

    def counted(processes: int, **options: Any) -> ProcessPoolExecutor:
        asked.append(processes)
        return pool(processes, **options)

    monkeypatch.setattr(engine, "ProcessPoolExecutor", counted)
    monkeypatch.setattr(engine, "cores", lambda: 2)
    small = validate(faulty, jobs=None)
    assert asked == []
    monkeypatch.setattr(limits, "PARALLEL_BYTES", 0)
    assert validate(faulty, jobs=None) == small
    assert asked == [2]


def test_what_is_observed_across_files_is_the_same_for_any_number_of_processes(tmp_path: Path) -> None:
    bench = parents.parent()
    wanted = {f"FSEP-OBS-{number:03}" for number in (4, 6, 7, 8, 9)}
    for case in CASES:
        if case.requirement in wanted and case.change is not None:
            case.change(bench)
    # One file of each run, so that what is compared is never in one.
    for path in (parents.FIRST, parents.SECOND):
        for number, run in enumerate(run for run in bench[path] if "parts" not in run and "run" in run):
            bench[path.replace(".jsonl", f".{number}.jsonl")] = [run]
        bench[path] = [run for run in bench[path] if "parts" in run or "run" not in run]
    parents.settle(bench)
    folder = bench.write(tmp_path)
    one, two = validate(folder, jobs=1), validate(folder, jobs=2)
    assert one == two
    assert {finding.requirement for finding in parents.findings(one)} == wanted


def test_the_reference_engine_gives_the_same_report(faulty: Path) -> None:
    assert validate(faulty, reference=True).as_dict() == validate(faulty).as_dict()


def test_reports_are_valid_against_their_schema(faulty: Path, tmp_path: Path) -> None:
    version = protocol.load("1.0")
    for report in (validate(faulty), check(parents.parent().write(tmp_path)), check(tmp_path / "proofs")):
        version.reference_validator("report").validate(report.as_dict())


UNREADABLE = {
    "a line that is no JSON": ("FSEP-DOC-004", lambda bench: bench[parents.FIRST].append(b'{"run": \n')),
    "a line that is no run": ("FSEP-DOC-002", lambda bench: bench[parents.FIRST].append({"run": "Peru"})),
}
OF_A_LINE = ("FSEP-SEC-001", "FSEP-REF-005", "FSEP-REF-006", "FSEP-TRN-001", "FSEP-TRN-002", "FSEP-CMP-002")


@pytest.mark.parametrize(("requirement", "change"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_a_line_holds_that_cannot_be_read_was_not_checked(
    requirement: str, change: Callable[[Workbench], object], tmp_path: Path
) -> None:
    """A credential could stand on it, or a run of an id that is taken."""
    ended = outcomes(validated(tmp_path, change, settle=False))
    assert ended[requirement] is Outcome.FAIL
    assert {ended[one] for one in OF_A_LINE} == {Outcome.NOT_CHECKED}


@pytest.mark.parametrize("how", ["changed", "absent"])
@pytest.mark.parametrize("path", [parents.FIRST, "systems/hasty.json", "items.jsonl", "departures.json"])
def test_what_a_file_holds_that_was_not_read_was_not_checked(how: str, path: str, tmp_path: Path) -> None:
    """Nothing is not applicable because nobody could look."""
    before = outcomes(check(parents.parent().write(tmp_path / "before")))
    folder = parents.parent().write(tmp_path / "after")
    (folder / path).write_bytes((folder / path).read_bytes() + b" ") if how == "changed" else (
        folder / path
    ).unlink()
    ended = outcomes(check(folder))
    assert ended["FSEP-BND-006" if how == "changed" else "FSEP-BND-005"] is Outcome.FAIL
    assert ended["FSEP-SEC-001"] is Outcome.NOT_CHECKED
    assert not {
        id_
        for id_, outcome in ended.items()
        if outcome is Outcome.NOT_APPLICABLE and before[id_] is not Outcome.NOT_APPLICABLE
    }


def test_what_stands_in_the_way_of_an_identity_is_named(tmp_path: Path) -> None:
    """A system that is not in the bundle declares nothing, and it is not for want of a declaration."""

    def change(bench: Workbench) -> None:
        bench.run("steady.direct.nile.0")["system"] = "steddy"

    report = validated(tmp_path, change, settle=False)
    [one] = [one for one in report.outcomes if one.requirement == "FSEP-REQ-007"]
    assert one.reasons == ("blocked by FSEP-REF-005",)


@pytest.mark.parametrize("role", ["blob", "transcripts", "ledger"])
@pytest.mark.parametrize("path", sorted(parents.parent().bytes()))
def test_a_file_that_is_listed_with_another_role_is_not_read_as_its_own(
    path: str, role: str, tmp_path: Path
) -> None:
    """Neither is it looked for where its place is spoken of, as that of the ledger is by commitments."""

    def misname(files: dict[str, bytes]) -> None:
        manifest = json.loads(files["bundle.json"])
        for listed in manifest["files"]:
            if listed["path"] == path:
                listed["role"] = role
                listed.pop("records", None)
                if role != "blob":
                    listed["records"] = 1
        files["bundle.json"] = json.dumps(manifest).encode()

    ended = outcomes(check(parents.parent().write(tmp_path, misname)))
    belongs = role_of(path) == role or path == "bundle.json"
    assert (ended["FSEP-BND-008"] is Outcome.PASS) is belongs
    if path == "ledger.jsonl" and not belongs:
        assert ended["FSEP-PRE-002"] is Outcome.NOT_CHECKED


def floated(value: Any) -> Any:
    """Return a value with every whole number in it written with a fraction of zero."""
    if isinstance(value, dict):
        return {name: floated(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [floated(inner) for inner in value]
    return float(value) if type(value) is int else value


def test_whole_numbers_may_be_written_with_a_fraction_of_zero(tmp_path: Path) -> None:
    """To JSON Schema, and in canonical form, 1.0 is 1: bounds, counts, replicates, parts and seeds."""

    def change(bench: Workbench) -> None:
        for path, value in bench.values.items():
            if path != "ledger.jsonl":
                bench[path] = floated(value)

    report = validated(tmp_path, change)
    assert (report.verdict, parents.findings(report)) == ("conforms", ())


def test_progress_ends_at_the_size_of_the_transcripts(faulty: Path) -> None:
    seen: list[tuple[int, int]] = []
    validate(faulty, progress=lambda done, total: seen.append((done, total)))
    size = sum(path.stat().st_size for path in (faulty / "transcripts").iterdir())
    assert seen[-1] == (size, size)


def test_withheld_text_is_withheld_and_no_pass(tmp_path: Path) -> None:
    def change(bench: Workbench) -> None:
        bench.run("steady.constraint.nile.0")["events"][1]["content"] = WITHHELD

    report = validated(tmp_path, change)
    assert parents.findings(report) == ()
    assert (report.verdict, report.facets["replayed"].status) == ("incomplete", "not-reached")
    assert outcomes(report)["FSEP-ADH-001"] is Outcome.WITHHELD
    assert (report.counts["replayed"], report.counts["withheld"]) == (22, 1)
    assert "FSEP-ADH-001: 1 of 23 withheld" in report.facets["replayed"].because


def test_a_run_that_needs_more_work_than_allowed_is_not_checked(tmp_path: Path) -> None:
    def change(bench: Workbench) -> None:
        program = bench["scaffolds/direct.json"]["program"]
        double: dict[str, Any] = {"do": "let", "name": "text", "text": "{{text}}{{text}}"}
        loop = {"do": "repeat", "id": "round", "max": 40, "at_bound": "continue", "steps": [double]}
        program["steps"][:0] = [{"do": "let", "name": "text", "text": "ab"}, loop]
        bench.lock()

    report = validated(tmp_path, change)
    assert parents.findings(report) == ()
    assert report.verdict == "incomplete"
    assert outcomes(report)["FSEP-ADH-001"] is Outcome.NOT_CHECKED
    reasons = next(one.reasons for one in report.outcomes if one.requirement == "FSEP-ADH-001")
    assert reasons == ("a run asks for more work between its events than the language allows",)


def test_a_time_stamp_without_a_trust_anchor_is_not_checked(tmp_path: Path) -> None:
    report = validate(parents.parent().write(tmp_path), require=["preregistered"])
    assert (report.verdict, parents.findings(report)) == ("incomplete", ())
    assert outcomes(report)["FSEP-PRE-004"] is Outcome.NOT_CHECKED


def test_an_external_part_leaves_replayed_pinned(tmp_path: Path) -> None:
    def change(bench: Workbench) -> None:
        external = {
            "do": "external", "id": "aside", "thread": "main", "actor": "solver",
            "harness": {"name": "other", "sha256": "0" * 64}, "max_events": 3, "at_bound": "continue",
        }  # fmt: skip
        bench["scaffolds/direct.json"]["program"]["steps"].append(external)
        bench.lock()

    report = validated(tmp_path, change)
    assert report.facets["replayed"].pinned
    assert report.counts["pinned"] == 3
    assert {finding.requirement for finding in parents.findings(report)} == {"FSEP-ADH-006"}


def test_a_bundle_without_ratings_is_not_rated_and_makes_no_claims(tmp_path: Path) -> None:
    report = validate(parents.parent().write(tmp_path), require=["rated", "claims-checked"])
    assert report.verdict == "does-not-conform"
    assert report.facets["rated"].because == ("FSEP-PRF-001: the bundle holds no alignment profile",)
    assert report.facets["claims-checked"].because == ("FSEP-CLM-001: the bundle states no claims",)


def test_what_a_failure_blocks_names_it(tmp_path: Path) -> None:
    report = validated(tmp_path, lambda bench: bench["design.json"].update(baseline="plain"))
    not_checked = {
        one.requirement: one.reasons for one in report.outcomes if one.outcome is Outcome.NOT_CHECKED
    }
    assert not_checked["FSEP-ADH-001"] == ("blocked by FSEP-REF-003",)
    assert report.facets["replayed"].because[0].startswith("`whole` is not reached")


def test_a_fault_in_a_second_line_of_a_run_is_located_there(tmp_path: Path) -> None:
    def change(bench: Workbench) -> None:
        line = next(line for line in bench[parents.SECOND] if "continues" in line)
        line["events"][1]["step"] = "visitor[0]"

    report = validated(tmp_path, change)
    [finding] = parents.findings(report)
    assert finding.requirement == "FSEP-ADH-001"
    lines = (tmp_path / parents.SECOND).read_text().splitlines()
    assert finding.line is not None
    assert "continues" in lines[finding.line - 1]
    assert finding.pointer == "/events/1/step"
    assert finding.column is not None
    assert lines[finding.line - 1][finding.column - 1 :].startswith('"visitor[0]"')


def test_a_credential_is_never_repeated(tmp_path: Path) -> None:
    key = "sk-" + "q7W3e9R2t8" * 3

    def change(bench: Workbench) -> None:
        bench.run("steady.direct.nile.0")["events"][0]["content"] = f"Bearer {key}"
        bench["systems/steady.json"]["declared_parameters"] = {"api_key": key, "note": [key]}

    report = validated(tmp_path, change)
    assert {finding.requirement for finding in parents.findings(report)} == {"FSEP-SEC-001", "FSEP-ADH-002"}
    assert key not in json.dumps(report.as_dict())
