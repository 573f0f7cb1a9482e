"""Verdicts of the conformance suite: what an answer has to be, and what every other one is called."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fsep_conformance.cases import Case
from fsep_conformance.judge import Claim, expected, judged

ALL = ("whole", "replayed", "complete", "preregistered", "rated", "claims-checked")
SESSION = Claim("1.0", "session", ALL)
ONE_SHOT = Claim("1.0", "one-shot", ALL)


def case(verdict: str = "refuse", *violated: str, **members: Any) -> Case:
    """Return a case that is refused for one requirement, or accepted."""
    ids = frozenset(violated or (("FSEP-ADH-002",) if verdict == "refuse" else ()))
    return Case(
        id="v-0001",
        why="W",
        parent="small",
        facets=members.pop("facets", ("whole", "replayed")),
        verdict=verdict,
        violated=ids,
        requirement=members.pop("requirement", "FSEP-ADH-002"),
        text_sha256="0" * 64,
        **members,
    )


def came(
    answer: Any = None, *, how: str = "answered", code: int | None = None, **members: Any
) -> dict[str, Any]:
    """Return an exchange."""
    output = answer if isinstance(answer, str) else json.dumps(answer) + "\n"
    return {"how": how, "code": code, "output": output, "errors": "", "visited": 0, **members}


def said(verdict: str, *violated: str, **members: Any) -> dict[str, Any]:
    """Return an answer in a session."""
    return {"case": "v-0001", "protocol": "1.0", "verdict": verdict, "violated": list(violated), **members}


GOOD = said("refuse", "FSEP-ADH-002")


def test_the_exact_answer_passes_and_no_other() -> None:
    assert judged(case(), SESSION, came(GOOD)).outcome == "pass"
    assert judged(case("accept"), SESSION, came(said("accept"))).outcome == "pass"
    for wrong in (said("accept"), said("incomplete"), said("refuse", "FSEP-ADH-001")):
        assert judged(case(), SESSION, came(wrong)).outcome == "fail"
    more = said("refuse", "FSEP-ADH-002", "FSEP-ADH-001")
    assert judged(case(), SESSION, came(more)).outcome == "fail"
    assert judged(case("accept"), SESSION, came(GOOD)).outcome == "fail"


@pytest.mark.parametrize(
    "output",
    [
        "",
        "{}\n",
        "no json\n",
        "[" * 100_000,
        json.dumps(GOOD) + "\n" + json.dumps(GOOD) + "\n",
        json.dumps({**GOOD, "violated": ["FSEP-ADH-002"] * 2}),
        json.dumps({**GOOD, "violated": "FSEP-ADH-002"}),
        json.dumps({**GOOD, "verdict": "bad"}),
        json.dumps({**GOOD, "case": "v-0002"}),
        json.dumps(said("refuse")),
        json.dumps(said("accept", "FSEP-ADH-002")),
    ],
)
def test_what_is_no_answer_is_a_crash_and_never_a_refusal(output: str) -> None:
    assert judged(case(), SESSION, came(output)).outcome == "crash"


@pytest.mark.parametrize(
    ("how", "outcome"),
    [("timeout", "timeout"), ("flood", "crash"), ("ended", "crash"), ("suite-error", "suite-error")],
)
def test_what_did_not_answer_has_a_name(how: str, outcome: str) -> None:
    assert judged(case(), SESSION, came(GOOD, how=how, code=1)).outcome == outcome


@pytest.mark.parametrize("code", [0, 2, 3, -11, 139])
def test_called_once_exit_code_1_alone_is_a_refusal(code: int) -> None:
    assert judged(case(), ONE_SHOT, came(GOOD, how="ended", code=1)).outcome == "pass"
    assert judged(case(), ONE_SHOT, came(GOOD, how="ended", code=code)).outcome == "crash"


def test_another_version_fails() -> None:
    assert judged(case(), SESSION, came({**GOOD, "protocol": "1.1"})).outcome == "fail"


def test_a_visit_and_a_text_that_is_repeated_fail_whatever_was_answered() -> None:
    assert judged(case(), SESSION, came(GOOD, visited=1)).outcome == "fail"
    secret = case(forbids=("sk-1",))
    assert judged(secret, SESSION, came(GOOD)).outcome == "pass"
    assert judged(secret, SESSION, came(GOOD, errors="found sk-1 in it")).outcome == "fail"
    assert judged(secret, SESSION, came({**GOOD, "note": "sk-1"})).outcome == "fail"


def test_facets_that_are_not_claimed_are_not_asked_about() -> None:
    whole = Claim("1.0", "session", ("whole",))
    assert expected(case(), whole) is None
    assert judged(case(), whole, {"how": "not-asked"}).outcome == "not-applicable"
    wanted = expected(case(requirement="FSEP-DOC-002", facets=ALL), whole)
    assert wanted is not None
    assert wanted.facets == ("whole",)


def test_of_a_case_with_faults_in_two_facets_the_claimed_one_is_expected() -> None:
    both = case("refuse", "FSEP-DOC-002", "FSEP-ADH-002", requirement="FSEP-DOC-002")
    wanted = expected(both, Claim("1.0", "session", ("whole",)))
    assert wanted is not None
    assert wanted.violated == {"FSEP-DOC-002"}


def test_what_is_declared_unsupported_is_asked_and_is_no_pass() -> None:
    claim = Claim("1.0", "session", ALL, frozenset({"FSEP-ADH-002"}))
    assert judged(case(), claim, came(said("accept"))).outcome == "unsupported"
    assert judged(case(), claim, came(said("incomplete"))).outcome == "unsupported"
    assert judged(case(), claim, came(GOOD)).outcome == "fail"
    assert judged(case(), claim, came(said("refuse", "FSEP-ADH-001"))).outcome == "fail"
    assert judged(case(), claim, came("x")).outcome == "crash"
    # It is no excuse elsewhere.
    assert judged(case("accept"), claim, came(GOOD)).outcome == "fail"


def test_archives_may_be_declared_unsupported() -> None:
    claim = Claim("1.0", "session", ALL, frozenset({"FSEP-VAL-005"}))
    assert judged(case("accept", form="zip"), claim, came(said("incomplete"))).outcome == "unsupported"
    assert judged(case("accept"), claim, came(said("accept"))).outcome == "pass"


def test_a_case_that_was_left_out_is_not_run() -> None:
    assert judged(case(), SESSION, {"how": "not-run"}).outcome == "not-run"
