"""Every requirement tested from the bundle: the parent meets it, and a single-fault copy fails it alone."""

from __future__ import annotations

from pathlib import Path

import pytest

import parent as parents
from acceptance import (  # noqa: F401  # importing adds their cases
    cases_neighbours,
    cases_neighbours_chains,
    cases_neighbours_claims,
    cases_neighbours_rated,
    cases_neighbours_rubric,
    cases_rated,
)
from acceptance.cases import CASES, Case
from fsep import protocol
from fsep.checks.registry import all_checks
from fsep.engine import validate
from fsep.findings import Outcome, Report

PROTOCOL = protocol.load("1.0")
BUNDLE_TESTED = {id_: one for id_, one in PROTOCOL.requirements.items() if one.tested == "from-the-bundle"}
# Requirements whose fault cannot be made by editing values or bytes: their cases stand in the file named.
ELSEWHERE = {"FSEP-BND-003": "test_containers.py", "FSEP-CLM-009": "test_flagship.py"}
ALL_FACETS = ("whole", "replayed", "complete", "preregistered", "rated", "claims-checked")
# These need another parent, and have tests of their own where they pass.
OTHER_PARENT = {"FSEP-PRF-009", "FSEP-CLM-009"}


def outcomes(report: Report) -> dict[str, Outcome]:
    """Return how each requirement ended."""
    return {one.requirement: one.outcome for one in report.outcomes}


UNRATED_FACETS = ALL_FACETS[:4]


def check(folder: Path, require: tuple[str, ...] = ALL_FACETS) -> Report:
    """Validate with the tests' authority trusted."""
    return validate(folder, require=require, trust=[parents.authority().root_pem])


def check_unrated(folder: Path) -> Report:
    """Validate a bundle without ratings at all facets that it can reach."""
    return check(folder, UNRATED_FACETS)


@pytest.fixture(scope="session")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report on the parent."""
    return check(parents.rated_parent().write(tmp_path_factory.mktemp("parent")))


def test_the_parent_reaches_every_facet_of_this_version(accepted: Report) -> None:
    assert (accepted.verdict, accepted.findings) == ("conforms", ())
    assert accepted.provenance["grade"] == "ledgered"


@pytest.mark.parametrize("requirement", sorted(set(BUNDLE_TESTED) - OTHER_PARENT))
def test_the_parent_passes_every_requirement_by_something_in_it(accepted: Report, requirement: str) -> None:
    assert outcomes(accepted)[requirement] is Outcome.PASS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_single_fault_fails_its_requirement_and_no_other(case: Case, tmp_path: Path) -> None:
    report = check(case.bench().write(tmp_path, case.finish))
    parents_own = set() if case.rated else parents.UNRATED - {case.requirement}
    failed = {id_ for id_, outcome in outcomes(report).items() if outcome is Outcome.FAIL}
    wrong = set() if case.accepts else {case.requirement, *case.also}
    assert failed - parents_own == wrong
    assert {finding.requirement for finding in report.findings} - parents_own == wrong
    if case.accepts:
        assert report.verdict == "conforms" or not case.rated
        return
    severity = BUNDLE_TESTED[case.requirement].severity
    facet = BUNDLE_TESTED[case.requirement].facet
    assert (report.facets[facet].status == "reached") is (severity == "warning")
    assert (report.verdict == "conforms") is (severity == "warning" and case.rated) or not case.rated


def test_every_requirement_tested_from_the_bundle_has_a_rejecting_case() -> None:
    assert {case.requirement for case in CASES} | set(ELSEWHERE) == set(BUNDLE_TESTED)


def test_every_check_names_a_requirement_tested_from_the_bundle() -> None:
    assert {check.requirement for check in all_checks()} <= set(BUNDLE_TESTED)
