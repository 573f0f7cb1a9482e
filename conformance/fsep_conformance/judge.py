"""Verdicts: pure functions of a case and of what came back, so that anybody can derive them again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fsep_conformance.cases import Case

OUTCOMES = ("pass", "fail", "crash", "timeout", "unsupported", "not-applicable", "not-run", "suite-error")
_CODES = {"accept": 0, "refuse": 1, "incomplete": 3}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a case ended, and why where it is not green."""

    outcome: str
    why: str = ""


def judged(case: Case, version: str, mode: str, said: Mapping[str, Any], output: bytes) -> Verdict:
    """Judge what a validator answered.

    Args:
        case: the case.
        version: of the protocol.
        mode: `session` or `one-shot`.
        said: `how` it ended, and its exit `code`.
        output: the bytes that came back.
    """
    how, code = said["how"], said["code"]
    if how == "timeout":
        return Verdict("timeout", "no answer within the time limit")
    if how == "flood":
        return Verdict("crash", "more was printed than an answer can have")
    if mode == "session" and how != "answered":
        return Verdict("crash", f"it ended{_with(code)} and did not answer")
    lines = [line for line in output.split(b"\n") if line.strip()]
    if len(lines) != 1:
        return Verdict("crash", f"{len(lines)} lines came back, and an answer is one{_with(code)}")
    try:
        answer = json.loads(lines[0])
        verdict, violated = answer["verdict"], answer["violated"]
        wrong = not isinstance(violated, list) or not all(isinstance(one, str) for one in violated)
        wrong = wrong or verdict not in _CODES or len(set(violated)) != len(violated)
    except (ValueError, KeyError, TypeError):
        wrong = True
    if wrong:
        return Verdict("crash", "the line that came back is no answer")
    if mode == "session" and answer.get("case") != case.id:
        return Verdict("crash", "the answer is to another case")
    if mode == "one-shot" and code != _CODES[verdict]:
        return Verdict("crash", f"it answered {verdict} and ended{_with(code)}")
    if answer.get("protocol") != version:
        return Verdict(
            "fail", f"it judged by version {str(answer.get('protocol'))[:20]!r}, and asked was {version}"
        )
    if (verdict, frozenset(violated)) == (case.verdict, case.violated):
        return Verdict("pass")
    return Verdict(
        "fail",
        f"answered {verdict}, violated {_listed(violated)}; "
        f"expected {case.verdict}, {_listed(case.violated)}",
    )


def _with(code: int | None) -> str:
    return "" if code is None else f" with exit code {code}"


def _listed(ids: Any) -> str:
    return ", ".join(sorted(map(str, ids))[:5])[:200] or "nothing"
