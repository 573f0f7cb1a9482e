"""The conformance suite: the reference validator is certified through the plug-in, and the suite itself is tested."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from acceptance import test_flagship as flagship
from acceptance.cases import CASES
from fsep.cli import main
from fsep_conformance.cases import Suite, check_frozen, load
from fsep_conformance.change import SuiteError
from fsep_conformance.config import read_config
from fsep_conformance.coverage import covered, gaps
from fsep_conformance.evidence import EvidenceError
from fsep_conformance.faults import faults, hunt, named_cases
from fsep_conformance.verify import verify

IMPLEMENTATIONS = Path(__file__).parents[2] / "conformance" / "implementations"
OWN = IMPLEMENTATIONS / "fsep" / "validator.yaml"
SUITE = load()


def config(folder: Path, **members: Any) -> Path:
    """Write a configuration of the reference validator, with this interpreter."""
    value = {
        "fsep": "1.0",
        "kind": "conformance",
        "implementation": {"name": "fsep", "version": "0.1.0"},
        "role": "validator",
        "command": [sys.executable, str(OWN.parent / "validator.py")],
        "mode": "session",
        "facets": ["whole", "replayed", "complete", "preregistered", "rated", "claims-checked"],
        "time_limit": 60,
    }
    path = folder / "config.json"
    path.write_text(json.dumps({**value, **members}))
    return path


def run(folder: Path, *options: str, **members: Any) -> tuple[int, Path]:
    """Run the suite by the command; return the exit code and where the evidence is."""
    out = folder / "evidence.jsonl"
    return main(["conformance", "run", str(config(folder, **members)), "-o", str(out), *options]), out


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The evidence of a run of every case against the reference validator."""
    code, out = run(tmp_path_factory.mktemp("certified"))
    assert code == 0
    return out


def test_the_reference_validator_passes_every_case(certified: Path) -> None:
    found = verify(certified, SUITE)
    assert found.counts["pass"] == len(SUITE.cases) == sum(found.counts.values())
    assert found.header["implementation"]["facets"] == [
        *flagship.FACETS[:3],
        "preregistered",
        *flagship.FACETS[3:],
    ]


def test_the_shipped_configuration_calls_it_the_same_way(tmp_path: Path) -> None:
    shipped, own = read_config(OWN), read_config(config(tmp_path))
    assert shipped.as_dict() == own.as_dict()
    assert shipped.command == (sys.executable, "validator.py")
    assert not shipped.unsupported


# --- evidence


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def _chained(lines: list[dict[str, Any]]) -> bytes:
    """Write lines numbered and chained anew, as who forges them would."""
    previous, made = None, []
    for number, line in enumerate(lines):
        data = json.dumps({**line, "n": number, "previous": previous}, ensure_ascii=False).encode()
        previous = sha256(data).hexdigest()
        made.append(data + b"\n")
    return b"".join(made)


def _flipped(lines: list[dict[str, Any]]) -> None:
    line = next(line for line in lines if line["what"] == "verdict" and line["case"] == "v-0010")
    line |= {"outcome": "fail", "why": "so it seemed"}


def _retouched(lines: list[dict[str, Any]]) -> None:
    line = next(line for line in lines if line["what"] == "exchange" and line["case"] == "v-0010")
    line["output"] = line["output"].replace(", ", ",")


def _dropped(what: str) -> Callable[[list[dict[str, Any]]], None]:
    def drop(lines: list[dict[str, Any]]) -> None:
        lines.remove(next(line for line in lines if line["what"] == what and line.get("case") == "v-0010"))

    return drop


def _case_dropped(lines: list[dict[str, Any]]) -> None:
    lines[:] = [line for line in lines if line.get("case") != "v-0010"]


def _counted_otherwise(lines: list[dict[str, Any]]) -> None:
    lines[-1]["counts"]["pass"] += 1


def _another_suite(lines: list[dict[str, Any]]) -> None:
    lines[0]["suite"]["sha256"] = "0" * 64


def _doubled(lines: list[dict[str, Any]]) -> None:
    place = next(n for n, line in enumerate(lines) if line["what"] == "exchange")
    lines.insert(place, lines[place])


FORGERIES: list[Callable[[list[dict[str, Any]]], None]] = [
    _flipped,
    _retouched,
    _dropped("exchange"),
    _dropped("verdict"),
    _case_dropped,
    _counted_otherwise,
    _another_suite,
    _doubled,
    lambda lines: lines[0].update(colour="red"),
    lambda lines: lines[0]["implementation"].update(facets=["whole"]),
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_evidence_that_was_forged_is_refused_though_its_chain_is_whole(
    forge: Callable[[list[dict[str, Any]]], None], certified: Path, tmp_path: Path
) -> None:
    lines = _lines(certified)
    (tmp_path / "same.jsonl").write_bytes(_chained(lines))
    verify(tmp_path / "same.jsonl", SUITE)
    forge(lines)
    (tmp_path / "forged.jsonl").write_bytes(_chained(lines))
    with pytest.raises(EvidenceError):
        verify(tmp_path / "forged.jsonl", SUITE)


def test_one_byte_one_line_or_the_footer_is_enough(certified: Path, tmp_path: Path) -> None:
    whole = certified.read_bytes()
    lines = whole.splitlines(keepends=True)
    forged = tmp_path / "forged.jsonl"
    changed = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(7, len(whole), 20_011)]
    dropped = [b"".join(lines[:at] + lines[at + 1 :]) for at in (0, 1, 2, len(lines) // 2, len(lines) - 1)]
    swapped = [b"".join([*lines[:3], lines[4], lines[3], *lines[5:]]), whole + lines[-1], b""]
    for data in (*changed, *dropped, *swapped, b"".join(lines[:-1]), whole[:-10]):
        forged.write_bytes(data)
        with pytest.raises(EvidenceError):
            verify(forged, SUITE)
    assert len(changed) > 10


def test_the_commands_say_what_became_of_it(
    certified: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["conformance", "verify", str(certified)]) == 0
    out = capsys.readouterr().out
    assert f"VERIFIED: {len(SUITE.cases):,} verdicts follow from {len(SUITE.cases):,} exchanges." in out
    assert "who ran the suite" in out
    (tmp_path / "cut.jsonl").write_bytes(certified.read_bytes()[:-300])
    assert main(["conformance", "verify", str(tmp_path / "cut.jsonl")]) == 1
    assert capsys.readouterr().out.startswith("NOT VERIFIED: ")
    assert main(["conformance", "verify", str(tmp_path / "none.jsonl")]) == 1


def test_the_page_says_what_a_reviewer_asks(certified: Path, tmp_path: Path) -> None:
    assert main(["conformance", "report", str(certified), "-o", str(tmp_path / "page.html")]) == 0
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    for part in (
        "fsep, version 0.1.0",
        "Conforms",
        "whole, replayed, complete",
        "What failed",
        "What was not supported",
        "What this does not prove",
        "How to check it",
        SUITE.sha256[:16],
        verify(certified, SUITE).sha256,
    ):
        assert part in text
    assert "<script" not in text
    assert (
        main(["conformance", "report", str(certified), "--format", "junit", "-o", str(tmp_path / "j.xml")])
        == 0
    )
    junit = (tmp_path / "j.xml").read_text(encoding="utf-8")
    assert f'tests="{len(SUITE.cases)}"' in junit
    assert 'failures="0"' in junit


# --- runs of other kinds


def test_some_cases_alone_give_no_verdict_on_the_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = run(tmp_path, "--case", "v-0001", "--case", "v-0010")
    assert code == 1
    assert f"2 of 2 cases passed; no verdict, {len(SUITE.cases) - 2} were not run" in capsys.readouterr().out
    counts = verify(out, SUITE).counts
    assert (counts["pass"], counts["not-run"]) == (2, len(SUITE.cases) - 2)


@pytest.mark.slow
def test_fewer_facets_are_fewer_cases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(tmp_path, facets=["whole"])
    assert code == 0
    counts = verify(out, SUITE).counts
    assert counts["not-applicable"] > 100
    assert "conforms at whole:" in capsys.readouterr().out


def test_what_is_unsupported_is_said_and_is_no_pass(tmp_path: Path) -> None:
    """The faulty validator that skips a requirement is an honest one where it says so before."""
    command = [sys.executable, str(IMPLEMENTATIONS / "faulty-validators" / "faulty.py"), "skips:FSEP-SEC-001"]
    about = [case for case in SUITE.cases if case.requirement == "FSEP-SEC-001"]
    only = [word for case in about for word in ("--case", case.id)]
    _, out = run(tmp_path, *only, command=command)
    assert verify(out, SUITE).counts["fail"] == sum("FSEP-SEC-001" in case.violated for case in about)
    out.unlink()
    _, out = run(tmp_path, *only, command=command, unsupported=["FSEP-SEC-001"])
    found = verify(out, SUITE)
    assert not found.counts["fail"]
    assert found.counts["unsupported"] == sum("FSEP-SEC-001" in case.violated for case in about)
    assert found.counts["pass"] == sum(case.accepts for case in about)
    assert main(["conformance", "report", str(out), "-o", str(tmp_path / "page.html")]) == 0
    assert "Declared as not checked, before the run" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_failure_that_is_expected_stays_one(tmp_path: Path) -> None:
    command = [
        sys.executable,
        str(IMPLEMENTATIONS / "faulty-validators" / "faulty.py"),
        "reports-a-neighbour",
    ]
    bad = next(case.id for case in SUITE.cases if case.violated == {"FSEP-ADH-002"})
    known = [
        {"case": bad, "reason": "not written yet", "issue": "#7", "expires": "2099-01-01"},
        {"case": "v-0001", "reason": "once", "issue": "#8", "expires": "2099-01-01"},
    ]
    code, out = run(tmp_path, "--case", bad, "--case", "v-0001", command=command, expected=known)
    assert code == 1
    assert main(["conformance", "report", str(out), "-o", str(tmp_path / "page.html")]) == 0
    text = re.sub(r"<[^>]+>", "", (tmp_path / "page.html").read_text(encoding="utf-8"))
    assert "(expected: not written yet; #7)" in text
    assert "v-0001 is expected to fail, and passed: take it out of the list." in text


def test_two_runs_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, str(IMPLEMENTATIONS / "faulty-validators" / "faulty.py"), "skips:FSEP-ADH-002"]
    about = ("FSEP-ADH-002", "FSEP-ADH-004")
    only = [word for case in SUITE.cases if case.requirement in about for word in ("--case", case.id)]
    (tmp_path / "before").mkdir()
    _, before = run(tmp_path / "before", *only)
    _, out = run(tmp_path, *only, command=command, implementation={"name": "fsep", "version": "0.2"})
    capsys.readouterr()
    assert main(["conformance", "diff", str(before), str(out)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "the implementation's version changed: 0.1.0 to 0.2"
    wrong = {case.id for case in SUITE.cases if "FSEP-ADH-002" in case.violated and case.requirement in about}
    assert said[1:] == [f"{id_} was pass, and is fail" for id_ in sorted(wrong)]
    assert main(["conformance", "diff", str(out), str(out)]) == 0


def test_doctor_tells_faults_of_the_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", "doctor", str(config(tmp_path))]) == 0
    assert capsys.readouterr().out.endswith("The plug-in can be run.\n")
    for members, told in (
        ({"command": ["no-such-program"]}, "FAULT  the program 'no-such-program' is there"),
        ({"unsupported": ["FSEP-XXX-001"]}, "FAULT  FSEP-XXX-001 is no requirement"),
        ({"command": [sys.executable, "-c", "1/0"]}, "ZeroDivisionError"),
        ({"command": [sys.executable, "-c", "print('hi')"]}, "FAULT  a bundle that is in order"),
    ):
        assert main(["conformance", "doctor", str(config(tmp_path, **members))]) == 2
        assert told in capsys.readouterr().out


def test_the_list_can_be_narrowed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", "list", "--requirement", "FSEP-BND-001"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert "v-0011  refuse  FSEP-BND-001  there is no manifest" in listed
    assert {line.split()[2] for line in listed} == {"FSEP-BND-001"}


def test_evidence_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "evidence.jsonl").write_text("mine")
    assert run(tmp_path)[0] == 2
    assert "Name another file." in capsys.readouterr().err
    assert (tmp_path / "evidence.jsonl").read_text() == "mine"


# --- the suite itself


def test_required_cases_are_those_that_were_frozen(tmp_path: Path) -> None:
    check_frozen(SUITE)
    for cases in (SUITE.cases[1:], (*SUITE.cases[:-1], _renamed(SUITE))):
        with pytest.raises(SuiteError, match="not those that were frozen"):
            check_frozen(Suite(SUITE.folder, SUITE.version, tuple(cases), SUITE.sha256))


def _renamed(suite: Suite) -> Any:
    return replace(suite.cases[-1], sha256="0" * 64)


def test_every_refused_case_has_an_accepted_parent() -> None:
    accepted = {case.id for case in SUITE.cases if case.accepts}
    folders = {path.name for path in (SUITE.folder / "parents").iterdir()}
    plain = {case.parent for case in SUITE.cases if case.accepts and not case.change}
    assert plain == folders
    assert {case.parent for case in SUITE.cases} <= accepted | folders
    assert {case.verdict for case in SUITE.cases} == {"accept", "refuse", "incomplete"}


def test_the_cases_are_those_that_the_project_tests_itself_with() -> None:
    sentences = {case.why.removeprefix("advisory, and no refusal: ") for case in SUITE.cases}
    assert {case.sentence for case in CASES} <= sentences


def test_every_binding_requirement_is_reached_in_both_directions(capsys: pytest.CaptureFixture[str]) -> None:
    """By an accepting case, a refusing case and a fault, or a reason is written down."""
    assert gaps(SUITE, covered(SUITE)) == []
    assert main(["conformance", "coverage"]) == 0
    assert "108 binding requirements, 0 gaps." in capsys.readouterr().out


def test_what_is_not_reached_is_a_gap() -> None:
    fewer = replace(SUITE, cases=tuple(case for case in SUITE.cases if case.requirement != "FSEP-TRN-002"))
    assert gaps(fewer, covered(fewer)) == ["FSEP-TRN-002 has no refusing case"]
    other = replace(SUITE, cases=(*SUITE.cases[:-1], replace(SUITE.cases[-1], text_sha256="0" * 64)))
    [gap] = gaps(other, covered(other))
    assert gap.startswith(f"{SUITE.cases[-1].id} was written for another text of ")


def test_every_fault_has_cases_that_have_to_catch_it_and_a_program() -> None:
    text = (IMPLEMENTATIONS / "faulty-validators" / "faulty.py").read_text(encoding="utf-8")
    written = {name.replace("_", "-") for name in re.findall(r"@fault\ndef (\w+)", text)} - {"skips"}
    known = [one for one in faults(SUITE.version) if one.config.role == "validator"]
    assert {one.name for one in known if not one.mechanical} == written
    assert len(written) >= 20
    assert all(named_cases(one, SUITE) for one in known)


def test_an_implementation_that_cannot_be_called_catches_nothing() -> None:
    """A faulty one is caught by its fault, and not by a plug-in that does not run."""
    [fault] = [one for one in faults(SUITE.version) if one.name == "accepts-everything"]
    dead = replace(fault, config=replace(fault.config, command=(sys.executable, "-c", "1/0")))
    [caught] = hunt(SUITE, [dead])
    assert caught.cases == ()


@pytest.mark.slow
def test_every_faulty_implementation_is_caught_by_the_check_that_it_names() -> None:
    caught = list(hunt(SUITE, faults(SUITE.version)))
    assert [one.fault.name for one in caught if not one.cases] == []
    assert len(caught) > 160


@pytest.mark.parametrize(
    "name", ["accepts-everything", "visits-addresses", "repeats-credentials", "follows-links"]
)
def test_some_faulty_validators_are_caught(name: str) -> None:
    [caught] = hunt(SUITE, [one for one in faults(SUITE.version) if one.name == name])
    assert caught.cases
