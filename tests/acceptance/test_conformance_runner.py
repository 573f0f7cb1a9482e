"""Runners in the conformance suite: the reference runner is certified by its plug-in, and faulty ones are caught."""

from __future__ import annotations

import copy
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fsep.cli import main
from fsep_conformance.cases import load
from fsep_conformance.config import Config
from fsep_conformance.evidence import EvidenceError
from fsep_conformance.faults import faults, hunt
from fsep_conformance.judge_runner import CHECKS, failed_checks, judged_runner
from fsep_conformance.play import load_runner_cases, play
from fsep_conformance.verify import verify

IMPLEMENTATIONS = Path(__file__).parents[2] / "conformance" / "implementations"
SUITE = load()
CASES = {case.id: case for case in load_runner_cases(SUITE.folder)}
FAULTS = [one for one in faults(SUITE.version) if one.config.role == "runner"]
OWN = Config(
    "fsep",
    "0.1.0",
    "runner",
    (sys.executable, "run_job.py", "{job}"),
    "one-shot",
    ("whole", "replayed", "complete"),
    IMPLEMENTATIONS / "fsep",
    time_limit=60,
)
Exchange = dict[str, Any]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference runner's configuration, in a folder of its own."""
    folder = tmp_path_factory.mktemp("runner")
    for name in ("runner.yaml", "run_job.py"):
        shutil.copy(IMPLEMENTATIONS / "fsep" / name, folder)
    return folder / "runner.yaml"


@pytest.fixture(scope="module")
def certified(config: Path) -> Path:
    """The evidence of a run of every case."""
    out = config.parent / "evidence.jsonl"
    assert main(["conformance", "run", str(config), "-o", str(out)]) == 0
    return out


def test_the_reference_runner_passes_every_case(certified: Path) -> None:
    found = verify(certified, SUITE)
    assert found.counts["pass"] == len(CASES) == sum(found.counts.values())


def test_the_page_of_a_runner_names_its_role(certified: Path, tmp_path: Path) -> None:
    assert main(["conformance", "report", str(certified), "-o", str(tmp_path / "page.html")]) == 0
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "fsep 0.1.0: FSEP conformance of a runner" in text
    assert f"{len(CASES)} of {len(CASES)} cases passed" in text


def test_a_bundle_that_was_changed_in_the_evidence_is_refused(certified: Path, tmp_path: Path) -> None:
    data = certified.read_bytes()
    (tmp_path / "forged.jsonl").write_bytes(data.replace(b"since you say", b"since they say", 1))
    with pytest.raises(EvidenceError):
        verify(tmp_path / "forged.jsonl", SUITE)


def test_doctor_tries_a_study(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", "doctor", str(config)]) == 0
    assert "it carried a study out" in capsys.readouterr().out
    bad = tmp_path / "bad.yaml"
    bad.write_text(config.read_text().replace("run_job.py", "no_job.py"))
    assert main(["conformance", "doctor", str(bad)]) == 2
    assert "asked nothing" in capsys.readouterr().out


# --- the checks are pure, and each sees its own fault


@pytest.fixture(scope="module")
def played() -> dict[str, Exchange]:
    """What the reference runner did in some cases."""
    return {id_: play(CASES[id_], OWN, SUITE.folder) for id_ in ("r-0001", "r-0010", "r-0019", "r-0023")}


def _runs(exchange: Exchange) -> list[dict[str, Any]]:
    files = exchange["played"]["bundle"]
    [path] = [path for path in files if path.startswith("transcripts/")]
    return [json.loads(line) for line in files[path].splitlines()]


def _put(exchange: Exchange, runs: list[dict[str, Any]]) -> None:
    files = exchange["played"]["bundle"]
    [path] = [path for path in files if path.startswith("transcripts/")]
    files[path] = "".join(json.dumps(run, ensure_ascii=False) + "\n" for run in runs)


def _edit(change: Callable[[list[dict[str, Any]]], object]) -> Callable[[Exchange], None]:
    def edit(exchange: Exchange) -> None:
        runs = _runs(exchange)
        change(runs)
        _put(exchange, runs)

    return edit


def _output(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return next(event for event in runs[0]["events"] if event["kind"] == "output")


def _wire(change: Callable[[list[dict[str, Any]]], object]) -> Callable[[Exchange], object]:
    return lambda exchange: change(exchange["played"]["wire"])


CHANGES: list[tuple[str, str, Callable[[Exchange], Any]]] = [
    ("FSEP-RUN-001", "r-0001", _wire(lambda wire: wire[0]["body"]["messages"].pop(0))),
    ("FSEP-RUN-001", "r-0001", lambda exchange: exchange["played"].update(elsewhere=1)),
    ("FSEP-RUN-002", "r-0019", _edit(lambda runs: _output(runs)["attempts"].pop(0))),
    ("FSEP-RUN-003", "r-0001", _wire(lambda wire: wire.append(wire[-1]))),
    ("FSEP-RUN-003", "r-0023", _wire(lambda wire: wire.extend([one for one in wire if one["fault"]] * 2))),
    ("FSEP-RUN-004", "r-0001", _edit(lambda runs: _output(runs).update(content="I know."))),
    ("FSEP-RUN-004", "r-0001", _edit(lambda runs: _output(runs).update(returned_model="scripted-2"))),
    ("FSEP-RUN-006", "r-0001", lambda exchange: exchange.update(errors="using " + exchange["played"]["key"])),
    ("FSEP-RUN-006", "r-0001", lambda exchange: exchange["played"]["bundle"].update(x=exchange["played"]["key"])),
    ("FSEP-RUN-007", "r-0010", _edit(lambda runs: next(event for run in runs for event in run["events"] if event.get("origin") == "environment").update(content="scaffold-under-test"))),
    ("FSEP-REQ-008", "r-0001", _wire(lambda wire: wire[0]["body"].update(store=True))),
    ("conforms", "r-0001", _edit(lambda runs: runs.pop())),
    ("conforms", "r-0023", _edit(lambda runs: runs.remove(next(run for run in runs if run["status"] == "failed")))),
]  # fmt: skip


@pytest.mark.parametrize(("check", "id_", "change"), CHANGES)
def test_each_check_sees_its_own_fault(
    check: str, id_: str, change: Callable[[Exchange], Any], played: dict[str, Exchange]
) -> None:
    exchange = copy.deepcopy(played[id_])
    assert judged_runner(CASES[id_], exchange).outcome == "pass"
    change(exchange)
    assert check in failed_checks(judged_runner(CASES[id_], exchange))


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ({"how": "timeout"}, "timeout"),
        ({"how": "flood"}, "crash"),
        ({"code": -9}, "crash"),
        ({"code": 1}, "crash"),
    ],
)
def test_what_did_not_come_to_an_end_is_no_failure_of_a_check(
    how: Exchange, outcome: str, played: dict[str, Exchange]
) -> None:
    assert judged_runner(CASES["r-0001"], {**played["r-0001"], **how}).outcome == outcome


def test_a_bundle_that_cannot_be_read_fails(played: dict[str, Exchange]) -> None:
    exchange = copy.deepcopy(played["r-0001"])
    exchange["played"]["bundle"] = {"transcripts/x.jsonl": "[1]\n", "bundle.json": "{}"}
    assert judged_runner(CASES["r-0001"], exchange).outcome == "fail"


def test_a_runner_that_asks_nothing_passes_no_case() -> None:
    """Also where a case allows it to end without a bundle."""
    idle = Config(
        "idle", "1", "runner", (sys.executable, "-c", "0", "{job}"), "one-shot", ("whole",), IMPLEMENTATIONS
    )
    for id_ in ("r-0001", "r-0017"):
        assert judged_runner(CASES[id_], play(CASES[id_], idle, SUITE.folder)).outcome == "crash"


# --- faulty runners


def test_every_fault_has_a_program_a_check_and_a_case() -> None:
    text = (IMPLEMENTATIONS / "faulty-runners" / "faulty.py").read_text(encoding="utf-8")
    written = {name.replace("_", "-") for name in re.findall(r"@fault\ndef (\w+)", text)}
    assert {one.name for one in FAULTS} == written
    assert len(written) >= 15
    assert {one.named[0] for one in FAULTS} == set(CHECKS)
    assert all(one.cases and set(one.cases) <= CASES.keys() for one in FAULTS)


@pytest.mark.parametrize("name", ["drops-the-instructions", "retries-without-a-word", "edits-after-the-fact"])
def test_some_faulty_runners_are_caught_by_the_check_that_they_name(name: str) -> None:
    [caught] = hunt(SUITE, [one for one in FAULTS if one.name == name])
    assert caught.cases
