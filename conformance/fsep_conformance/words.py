"""What a run came to, in words: for the terminal, the page and a build service alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from fsep_conformance.judge import OUTCOMES, Verdict

BAD = ("fail", "crash", "timeout", "not-run", "suite-error")


def failures(verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """Return the cases that were not answered as they have to be, but for those that were not run."""
    return {id_: one for id_, one in verdicts.items() if one.outcome in BAD and one.outcome != "not-run"}


def known_failures(header: Mapping[str, Any], verdicts: Mapping[str, Verdict], today: date) -> dict[str, str]:
    """Return what is wrong with each failure that was expected, or nothing."""
    said: dict[str, str] = {}
    for one in header["implementation"]["expected"]:
        verdict = verdicts.get(one["case"])
        if verdict is None:
            said[one["case"]] = "is expected to fail, and there is no such case"
        elif verdict.outcome == "pass":
            said[one["case"]] = "is expected to fail, and passed: take it out of the list"
        elif date.fromisoformat(one["expires"]) < today:
            said[one["case"]] = f"was expected to fail until {one['expires']}"
        elif verdict.outcome in BAD:
            said[one["case"]] = ""
    return said


def conforms(counts: Mapping[str, int]) -> bool:
    """Whether every case that was to be answered was: some passed, and none ended otherwise."""
    return counts["pass"] > 0 and not any(counts[outcome] for outcome in BAD)


def headline(header: Mapping[str, Any], counts: Mapping[str, int]) -> str:
    """Return the one sentence that says what a run came to."""
    made = header["implementation"]
    name = f"{made['name']} {made['version']}"
    asked = sum(counts[outcome] for outcome in OUTCOMES) - counts["not-applicable"] - counts["unsupported"]
    if counts["not-run"]:
        left = counts["not-run"]
        return f"{name}: {counts['pass']} of {asked - left} cases passed; no verdict, {left} were not run"
    if not conforms(counts):
        return f"{name} does not conform: {counts['pass']} of {asked} cases passed"
    at = "" if made["role"] == "runner" else f" at {', '.join(made['facets'])}"
    return f"{name} conforms{at}: {counts['pass']} of {asked} cases passed"


def count_lines(counts: Mapping[str, int]) -> Iterator[str]:
    """Yield how many cases ended as each outcome, those with none left out."""
    for outcome in OUTCOMES:
        if counts[outcome]:
            yield f"{counts[outcome]:>6,}  {outcome}"
