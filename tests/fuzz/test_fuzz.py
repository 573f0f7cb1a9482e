"""Mutants of good bundles: none makes the validator stumble, and none conforms but for a reason.

The same mutants are made each time; FSEP_FUZZ_SEED=N begins with mutant N, which is how to have one again that
a failure named, and to try others.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import pytest

import parent as parents
from fsep import protocol
from fsep.bundle import BundleError
from fsep.cli import main
from fsep.engine import validate
from fsep.findings import Finding, Outcome, Report
from fsep.render import RENDERERS
from fuzz.containers import zipped
from fuzz.events import EVENTS
from fuzz.mutants import BASES, Mutant, grow
from fuzz.neutral import excused
from fuzz.raw import BYTES, ByteOperator
from fuzz.records import RECORDS
from fuzz.second_opinion import objections
from fuzz.studies import STUDIES
from fuzz.values import VALUES, Operator

ASKED = ("whole", "replayed", "complete")
FIRST = int(os.environ.get("FSEP_FUZZ_SEED", "0"))
THOROUGH = os.environ.get("FSEP_THOROUGH") == "1"
# Batches are what is spread over processes; one takes some seconds.
BATCHES, SIZE = (40, 512) if THOROUGH else (4, 80)
# One mutant takes some hundredths of a second, and machines that run tests are shared.
SECONDS = 30
# Of these a fault may be one of no file: something that is not there.
OF_NO_FILE = {"FSEP-CMP-001", "FSEP-PRE-001", "FSEP-PRE-005"} | parents.UNRATED
# A fault of one of these is one of a file as a whole or of the manifest's list of files; of REF-002, a document too many; of
# PRV-002, a run that the ledger does not have.
OF_NO_LINE = {
    "FSEP-RAT-001",
    *(f"FSEP-BND-00{number}" for number in range(1, 10)),
    "FSEP-REF-002",
    "FSEP-PRV-002",
}
# What may be no archive at all.
BROKEN = ("zip, cut", "zip, bytes")
# Renderings and further ways to validate are tried on every so manieth mutant.
RENDERED, OTHERWISE, BY_COMMAND = 5, 16, 50


@pytest.mark.parametrize("base", sorted(BASES))
def test_the_good_bundles_are_good_and_the_second_opinion_agrees(base: str, tmp_path: Path) -> None:
    bench = BASES[base]()
    assert validate(bench.write(tmp_path), require=ASKED).verdict == "conforms"
    assert objections(bench.bytes(), preregistered="commitments.json" in bench.values) == []


@pytest.mark.parametrize(
    "operator", [*VALUES, *EVENTS, *RECORDS, *STUDIES], ids=lambda operator: operator.__name__
)
def test_every_operator_on_values_changes_a_bundle(operator: Operator) -> None:
    for seed in range(50):
        bench = parents.parent()
        before = bench.bytes()
        if operator(Random(seed), bench) is not None and bench.bytes() != before:
            return
    pytest.fail("it changed nothing")


@pytest.mark.parametrize("operator", BYTES, ids=lambda operator: operator.__name__)
def test_every_operator_on_bytes_changes_a_bundle(operator: ByteOperator) -> None:
    for seed in range(50):
        files = parents.parent().bytes()
        if operator(Random(seed), files) is not None and files != parents.parent().bytes():
            return
    pytest.fail("it changed nothing")


def test_a_seed_gives_the_same_mutant_each_time(tmp_path: Path) -> None:
    for seed in range(10):
        one, other = (grow(seed, tmp_path / f"{seed}.{turn}") for turn in range(2))
        assert (one.chain, one.files) == (other.chain, other.files)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_mutants_are_refused_or_excused(batch: int, capsys: pytest.CaptureFixture[str]) -> None:
    compared_jobs = False
    for seed in range(FIRST + batch * SIZE, FIRST + (batch + 1) * SIZE):
        # A file system in memory, where there is one: a mutant is some twenty files, read once.
        memory = Path("/dev/shm")
        with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as scratch:
            mutant = grow(seed, Path(scratch))
            try:
                report = _report(mutant)
                if report is not None:
                    _judge(mutant, report)
                if seed % BY_COMMAND == 0:
                    _by_command(mutant, report)
                    capsys.readouterr()
                if report is not None and seed % OTHERWISE == 0:
                    _otherwise(mutant, report, Path(scratch))
                if report is not None and not compared_jobs and report.facets["whole"].status == "reached":
                    compared_jobs = True
                    assert validate(mutant.path, require=ASKED, trust=_trust(), jobs=2) == report
            except Exception as error:
                pytest.fail(
                    f"{mutant}\n{type(error).__name__}: {error}",
                    pytrace=not isinstance(error, AssertionError),
                )


def _trust() -> list[bytes]:
    return [parents.authority().root_pem]


@contextmanager
def _in_time() -> Iterator[None]:
    """Break off what takes too long, where that can be done, and fail what took too long."""

    def late(*_: object) -> None:
        raise TimeoutError(f"it took longer than {SECONDS} s")

    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, late)
        signal.alarm(SECONDS)
    started = time.monotonic()
    try:
        yield
    finally:
        if hasattr(signal, "SIGALRM"):
            signal.alarm(0)
    assert time.monotonic() - started < SECONDS


def _report(mutant: Mutant) -> Report | None:
    """Validate a mutant; None where there is nothing that could be a bundle, as of a broken archive."""
    with _in_time():
        try:
            return validate(mutant.path, require=ASKED, trust=_trust())
        except BundleError as error:
            assert mutant.path.is_file() and mutant.form.startswith(BROKEN), error
            return None


def _judge(mutant: Mutant, report: Report) -> None:
    data = json.dumps(report.as_dict(), allow_nan=False)
    assert protocol.load("1.0").validator("report").is_valid(json.loads(data))
    failed = {one.requirement for one in report.outcomes if one.outcome is Outcome.FAIL}
    assert failed == {finding.requirement for finding in report.findings} | {*report.not_listed}
    asked = {
        one.requirement
        for one in report.outcomes
        if one.outcome not in (Outcome.PASS, Outcome.NOT_APPLICABLE)
    }
    for finding in report.findings:
        _place(mutant, finding)
    if mutant.seed % RENDERED == 0:
        _render(report)
    if report.verdict == "conforms":
        used, left = excused(mutant, report)
        assert used and not left, f"it conforms, and nothing in NEUTRAL says why: {left}"
        preregistered = report.facets["preregistered"].status == "reached"
        against = objections(mutant.files, preregistered=preregistered)
        assert not against, f"it conforms, and the second opinion objects: {against}"
    else:
        assert asked


def _place(mutant: Mutant, finding: Finding) -> None:
    """See that a finding says where: a file, a line of it, and a pointer that leads somewhere."""
    if finding.path is None:
        assert finding.requirement in OF_NO_FILE, f"{finding} names no file"
        return
    data = mutant.files.get(finding.path)
    if data is None or finding.path.endswith(".zst"):
        return
    if finding.line is None:
        assert finding.requirement in OF_NO_LINE, f"{finding} names no line"
        return
    lines = data.split(b"\n")
    assert 1 <= finding.line <= len(lines), f"{finding} names a line that is not there"
    line = lines[finding.line - 1]
    if finding.column is not None:
        assert 1 <= finding.column <= len(line.decode(errors="replace")) + 1, (
            f"{finding} names a column that is not there"
        )
    if finding.pointer:
        value = json.loads(line if finding.path.endswith(".jsonl") else data)
        for name in finding.pointer.split("/")[1:-1]:
            key = name.replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, list) else value[key]
        assert isinstance(value, list | dict), f"{finding} points nowhere"


def _render(report: Report) -> None:
    rendered = {name: render([report]) for name, render in RENDERERS.items()}
    for name, text in rendered.items():
        raw = [character for character in text if not character.isprintable() and character not in "\n "]
        assert not raw, f"{name} prints {raw[:5]!r}"
    json.loads(rendered["json"])
    assert json.loads(rendered["sarif"])["version"] == "2.1.0"
    assert ElementTree.fromstring(rendered["junit"].encode()).tag == "testsuites"


def _by_command(mutant: Mutant, report: Report | None) -> None:
    code = main(["validate", "--require", ",".join(ASKED), os.fspath(mutant.path)])
    codes = {None: 2, "conforms": 0, "does-not-conform": 1, "incomplete": 3}
    assert code == codes[report.verdict if report is not None else None]


def _otherwise(mutant: Mutant, report: Report, scratch: Path) -> None:
    """Validate with the other schema engine, and a directory as an archive: the report is the same."""
    assert validate(mutant.path, require=ASKED, trust=_trust(), reference=True) == report
    if mutant.form == "directory":
        archived = validate(zipped(mutant.files, scratch / "other.zip"), require=ASKED, trust=_trust())
        assert replace(archived, bundle={**archived.bundle, "path": report.bundle["path"]}) == report
