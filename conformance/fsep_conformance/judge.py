"""Verdicts: pure functions of a case, a claim and what came back, so that anybody can derive them again."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from fsep import protocol
from fsep_conformance.cases import Case

OUTCOMES = ("pass", "fail", "crash", "timeout", "unsupported", "not-applicable", "not-run", "suite-error")
_CODES = {"accept": 0, "refuse": 1, "incomplete": 3}
ARCHIVES = "FSEP-VAL-005"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a case ended, and why where it is not green."""

    outcome: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What an implementation claims: the facets that it checks, and what of them it does not."""

    version: str
    mode: str
    facets: tuple[str, ...]
    unsupported: frozenset[str] = frozenset()

    @classmethod
    def of(cls, version: str, stated: Mapping[str, Any]) -> Claim:
        """Return the claim of a configuration, as evidence has it."""
        return cls(version, stated["mode"], tuple(stated["facets"]), frozenset(stated["unsupported"]))


@dataclass(frozen=True, slots=True)
class Expected:
    """What is asked of an implementation in a case, and what it has to answer."""

    facets: tuple[str, ...]
    verdict: str
    violated: frozenset[str]
    supported: bool = True


def expected(case: Case, claim: Claim) -> Expected | None:
    """Return what a case expects of an implementation with a claim; None where the case is none of its."""
    requirements = protocol.load(claim.version).requirements
    facet = requirements[case.requirement].facet
    facets = tuple(one for one in case.facets if one in claim.facets)
    if facet not in (*claim.facets, "-") or (case.verdict == "incomplete" and facets != case.facets):
        return None
    violated = frozenset(one for one in case.violated if requirements[one].facet in facets)
    needed = {*violated, *({case.requirement} if not case.accepts else ()), *_form(case)}
    if needed & claim.unsupported:
        return Expected(facets, "accept", violated - claim.unsupported, supported=False)
    return Expected(facets, case.verdict, violated)


def _form(case: Case) -> Collection[str]:
    return (ARCHIVES,) if case.form == "zip" else ()


def judged(case: Case, claim: Claim, exchange: Mapping[str, Any]) -> Verdict:
    """Judge what a validator answered.

    Args:
        case: the case.
        claim: of the implementation.
        exchange: as evidence has it: `how` it ended, its exit `code`, the `output`, the `errors`, and how
            many times it `visited` an address that the bundle names.
    """
    wanted = expected(case, claim)
    if wanted is None:
        return Verdict("not-applicable", "it is about a facet that is not claimed")
    if exchange["how"] == "not-run":
        return Verdict("not-run", "the run was narrowed to other cases")
    if exchange["how"] == "suite-error":
        return Verdict("suite-error", exchange["errors"])
    answer = _answer(case, claim, exchange)
    if isinstance(answer, Verdict):
        return answer
    if exchange.get("visited"):
        return Verdict("fail", "it visited an address that the bundle names")
    said = exchange["output"] + exchange["errors"]
    if any(text in said for text in case.forbids):
        return Verdict("fail", "what it printed holds a text that nothing may repeat")
    verdict, violated = answer
    if not wanted.supported:
        if violated & claim.unsupported:
            return Verdict("fail", f"answered {_listed(violated)}, which is declared unsupported")
        if violated != wanted.violated:
            return Verdict(
                "fail",
                f"answered {verdict}, violated {_listed(violated)}; "
                f"expected {_listed(wanted.violated)}, besides what it does not check",
            )
        return Verdict("unsupported", f"{case.requirement} is declared unsupported")
    if (verdict, violated) == (wanted.verdict, wanted.violated):
        return Verdict("pass")
    return Verdict(
        "fail",
        f"answered {verdict}, violated {_listed(violated)}; "
        f"expected {wanted.verdict}, {_listed(wanted.violated)}",
    )


def _answer(case: Case, claim: Claim, exchange: Mapping[str, Any]) -> Verdict | tuple[str, frozenset[str]]:
    """Read an answer; a verdict where there is none."""
    how, code = exchange["how"], exchange["code"]
    if how == "timeout":
        return Verdict("timeout", "no answer within the time limit")
    if how == "flood":
        return Verdict("crash", "more was printed than an answer can have")
    if claim.mode == "session" and how != "answered":
        return Verdict("crash", f"it ended{_with(code)} and did not answer")
    lines = [line for line in exchange["output"].split("\n") if line.strip()]
    if len(lines) != 1:
        return Verdict("crash", f"{len(lines)} lines came back, and an answer is one{_with(code)}")
    try:
        answer = json.loads(lines[0])
        verdict, violated = answer["verdict"], answer["violated"]
        wrong = not isinstance(violated, list) or not all(isinstance(one, str) for one in violated)
        wrong = wrong or verdict not in _CODES or len(set(violated)) != len(violated)
        wrong = wrong or (verdict == "refuse") != bool(violated)
    except (ValueError, KeyError, TypeError, RecursionError):
        wrong = True
    if wrong:
        return Verdict("crash", "the line that came back is no answer")
    if claim.mode == "session" and answer.get("case") != case.id:
        return Verdict("crash", "the answer is to another case")
    if claim.mode == "one-shot" and code != _CODES[verdict]:
        return Verdict("crash", f"it answered {verdict} and ended{_with(code)}")
    if answer.get("protocol") != claim.version:
        return Verdict(
            "fail", f"it judged by version {str(answer.get('protocol'))[:20]!r}, not {claim.version}"
        )
    return verdict, frozenset(violated)


def _with(code: int | None) -> str:
    return "" if code is None else f" with exit code {code}"


def _listed(ids: Collection[str]) -> str:
    return ", ".join(sorted(map(str, ids))[:5])[:200] or "nothing"
