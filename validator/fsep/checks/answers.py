"""Whether environments and simulators gave equal answers to equal questions (FSEP-OBS-008, FSEP-OBS-009)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from fsep import limits
from fsep.checks.line import RunLine
from fsep.checks.meetings import Meetings, Met, Table, Where
from fsep.checks.registry import Answer, Blocked, Passed, check
from fsep.findings import Place, Problem
from fsep.parsing.canonical import canonical
from fsep.withholding import is_withheld

if TYPE_CHECKING:
    from fsep.checks.whole import Whole

# Bytes of a digest that are kept: in a billion studies two different things may have the same by chance.
KEPT = 8


class Answers:
    """Gathers, from the lines of one run in their order, what its environments and simulators answered."""

    def __init__(self, histories: Table, requests: Table) -> None:
        """Begin a run; what it met is added to the tables."""
        self._histories, self._requests = histories, requests
        # The calls that may be answered next, and each environment's history: None once a part is not known.
        self._calls: Mapping[str, Mapping[str, Any]] = {}
        self._known: dict[str, Any] = {}

    def read(self, line: RunLine) -> None:
        """Read the run's next line."""
        for place, event in enumerate(line.events):
            origin = event["origin"]
            if origin == "environment":
                self._answered(line, place, event)
            elif event["kind"] == "output":
                if "tool_calls" in event:
                    self._calls = {call["id"]: call for call in event["tool_calls"]}
                if origin == "simulator" and "request_sha256" in event:
                    self._said(line, place, event)

    def _answered(self, line: RunLine, place: int, event: Mapping[str, Any]) -> None:
        environment = event["actor"]
        if environment not in self._known:
            begin = canonical(["fsep-history-1", environment, line.head["item"]])
            self._known[environment] = sha256(begin)
        history = self._known[environment]
        call = event.get("call") or self._calls.get(event.get("tool_call_id", ""))
        content = _content(event.get("content"))
        if history is None:
            return
        if call is None or is_withheld(call["arguments"]) or content is None or "rebuilt" in event:
            self._known[environment] = None
            return
        history.update(canonical([call["name"], call["arguments"]]))
        answer = sha256(canonical([content, event.get("error", False)])).digest()
        self._histories.meet(history.digest()[:KEPT], Met(1, answer[:KEPT], _where(line, place)))
        history.update(answer)

    def _said(self, line: RunLine, place: int, event: Mapping[str, Any]) -> None:
        content, calls = _content(event.get("content")), event.get("tool_calls", ())
        if (
            not _determined(event.get("parameters", {}))
            or content is None
            or any(is_withheld(call["arguments"]) for call in calls)
        ):
            return
        answer = canonical([content, [[call["name"], call["arguments"]] for call in calls]])
        self._requests.meet(
            bytes.fromhex(event["request_sha256"])[:KEPT],
            Met(1, sha256(answer).digest()[:KEPT], _where(line, place)),
        )


def _where(line: RunLine, place: int) -> Where:
    return Where(line.path, line.number, place, line.head["run"], line.head["system"])


def _determined(parameters: Mapping[str, Any]) -> bool:
    """Whether parameters ask for the same answer each time: a temperature of 0, or a seed."""
    temperature = parameters.get("temperature")
    cold = temperature == 0 and not isinstance(temperature, bool)
    return cold or parameters.get("seed") is not None


def _content(content: Any) -> list[Any] | None:
    """Return what content says, whatever form it was recorded in; None where some of it is withheld.

    Reasoning is left out, and texts that stand side by side are joined.
    """
    if not isinstance(content, list):
        return None if isinstance(content, dict) else [content] if content else []
    said: list[Any] = []
    for part in content:
        if part["type"] == "reasoning":
            continue
        if "blob" in part:
            said.append({"blob": part["blob"]})
        elif isinstance(part["text"], dict):
            return None
        elif said and isinstance(said[-1], str):
            said[-1] += part["text"]
        elif part["text"]:
            said.append(part["text"])
    return said


@check("FSEP-OBS-008", "summary")
def equal_histories(whole: Whole) -> Iterator[Answer]:
    meetings = whole.summary.histories
    compared = [met for met in meetings.met.values() if met.times > 1]
    yield from _judged(whole, meetings, compared, "call histories that several runs have", "results")


@check("FSEP-OBS-009", "summary")
def equal_requests(whole: Whole) -> Iterator[Answer]:
    meetings = whole.summary.requests
    compared = [met for met in meetings.met.values() if met.shared]
    what = "requests of simulators that runs of several systems have, at temperature 0 or with a seed,"
    yield from _judged(whole, meetings, compared, what, "answers")


def _judged(
    whole: Whole, meetings: Meetings, compared: list[Met], what: str, answers: str
) -> Iterator[Answer]:
    if whole.lost is not None:
        yield whole.lost
    if meetings.more:
        yield Blocked(f"compared are the {limits.MEETINGS} with the smallest digests, and there are more")
    differing = [(met.first, met.other) for met in compared if met.other is not None]
    if compared and not differing:
        yield Passed(len(compared))
    for first, other in sorted(differing)[:1]:
        yield Problem(
            f"{len(differing)} of the {len(compared)} {what} got different {answers}; the first two runs: "
            f"{first.run!r} of the system {first.system!r}, {_event(first)}, "
            f"and {other.run!r} of the system {other.system!r}, {_event(other)}",
            Place(other.path, other.line, None, f"/events/{other.event}"),
        )


def _event(where: Where) -> str:
    # Counted from 1, as lines are.
    return f"event {where.event + 1} on line {where.line} of {where.path}"
