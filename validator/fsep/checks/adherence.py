"""From what a replay showed to the requirements it decides (FSEP-ADH, FSEP-REQ-002, FSEP-REQ-004)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fsep.checks.registry import Blocked
from fsep.findings import Collector, Place, Problem
from fsep.scaffold.replay import Divergence, Kind, Replay

REQUIREMENTS: dict[Kind, str] = {
    "event": "FSEP-ADH-001",
    "text": "FSEP-ADH-002",
    "origin": "FSEP-ADH-003",
    "result": "FSEP-ADH-004",
    "status": "FSEP-ADH-005",
    "request": "FSEP-REQ-002",
    "parameters": "FSEP-REQ-004",
}
EXHAUSTED = "a run asks for more work between its events than the language allows"


def judge(replay: Replay, run: str, place: Place, collector: Collector) -> None:
    """Write what a replay showed of one run, under the requirement that it concerns.

    `place` is where the run diverges, if it does.
    """
    divergence = replay.divergence
    if divergence is not None:
        failed = REQUIREMENTS[divergence.kind]
        collector.failed(failed, _problem(divergence, run, place))
        block(Blocked.by(failed), collector, besides=failed)
    elif replay.exhausted:
        block(Blocked(EXHAUSTED), collector)
    elif replay.withheld:
        for requirement in REQUIREMENTS.values():
            collector.withheld(requirement)
    else:
        for kind in ("event", "text", "origin", "result", "status"):
            collector.passed(REQUIREMENTS[kind])
        if replay.requests:
            collector.passed("FSEP-REQ-002", replay.requests)
        if replay.underivable:
            collector.not_checked("FSEP-REQ-002", Blocked.by("FSEP-ENV-001").reason, replay.underivable)
        if replay.unrecorded:
            collector.not_checked("FSEP-REQ-002", Blocked.by("FSEP-REQ-001").reason, replay.unrecorded)
        if replay.parameters:
            collector.passed("FSEP-REQ-004", replay.parameters)
        if replay.unstated:
            collector.not_checked("FSEP-REQ-004", Blocked.by("FSEP-REQ-003").reason, replay.unstated)


def block(blocked: Blocked, collector: Collector, besides: str | None = None, count: int = 1) -> None:
    """Write that a run was not replayed, or that so many were not, and why."""
    for requirement in REQUIREMENTS.values():
        if requirement != besides:
            collector.not_checked(requirement, blocked.reason, count)


def _problem(divergence: Divergence, run: str, place: Place) -> Problem:
    # Counted from 1, as `fsep show` numbers them.
    where = "the end" if divergence.kind in ("result", "status") else f"event {divergence.event + 1}"
    return Problem(
        f"{_SAYS[divergence.kind](divergence)}, at {where} of the run {run!r}",
        place,
        found=divergence.found,
        expected=divergence.expected,
    )


def _event(divergence: Divergence) -> str:
    if divergence.found is None and divergence.member is None:
        return "the record ends, and the program goes on"
    if divergence.expected is None and divergence.member is None:
        return "the program has ended, and the record goes on"
    return f"another event than the program's next: its {divergence.member} differs"


_SAYS: dict[Kind, Callable[[Divergence], Any]] = {
    "event": _event,
    "text": lambda divergence: f"the program's text ({divergence.member}) is not what it renders",
    "origin": lambda _: "the event is labelled with another origin than its step's",
    "result": lambda _: "the result is not the one the program renders at its end",
    "status": lambda _: "the run ends with another status than the program gives it",
    "request": lambda _: (
        "the request sent, by its digest, is not the one that the program and the events before it imply"
    ),
    "parameters": lambda _: "the parameters sent are not those of the step, adapted as declared",
}
