"""What is judged in which role: the cases, and how a verdict on one is derived."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fsep_conformance.cases import Suite
from fsep_conformance.judge import Claim, Verdict, expected, judged


@dataclass(frozen=True, slots=True)
class Told:
    """What a case is about, for people."""

    requirement: str
    why: str


@dataclass(frozen=True, slots=True)
class Judge:
    """The cases of a role, and what derives a verdict from a case's id and its exchange, if there was one."""

    cases: Mapping[str, Told]
    verdict: Callable[[str, Mapping[str, Any] | None], Verdict]


def judge_of(role: str, suite: Suite, claim: Claim) -> Judge:
    """Return how implementations of a role are judged."""
    return _of_runners(suite) if role == "runner" else _of_validators(suite, claim)


def _of_validators(suite: Suite, claim: Claim) -> Judge:
    cases = {case.id: case for case in suite.cases}

    def verdict(id_: str, exchange: Mapping[str, Any] | None) -> Verdict:
        if id_ not in cases:
            return Verdict("suite-error", "there is no such case")
        if exchange is None:
            exchange = {"how": "not-run" if expected(cases[id_], claim) is not None else "not-asked"}
        return judged(cases[id_], claim, exchange)

    return Judge({id_: Told(case.requirement, case.why) for id_, case in cases.items()}, verdict)


def _of_runners(suite: Suite) -> Judge:
    # They bring the scripted model and the validator with them.
    from fsep_conformance.judge_runner import judged_runner  # noqa: PLC0415
    from fsep_conformance.play import load_runner_cases  # noqa: PLC0415

    cases = {case.id: case for case in load_runner_cases(suite.folder)}

    def verdict(id_: str, exchange: Mapping[str, Any] | None) -> Verdict:
        if id_ not in cases:
            return Verdict("suite-error", "there is no such case")
        return judged_runner(cases[id_], exchange or {"how": "not-run", "code": None})

    return Judge({id_: Told(case.requirement, case.why) for id_, case in cases.items()}, verdict)


def told(role: str, suite: Suite) -> Mapping[str, Told]:
    """Return what each case of a role is about."""
    return judge_of(role, suite, Claim(suite.version, "session", ("whole",))).cases
