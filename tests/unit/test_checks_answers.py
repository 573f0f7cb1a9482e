"""Which answers of environments and simulators are compared, and which are not."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from fsep import limits
from fsep.checks.answers import Answers, equal_histories, equal_requests
from fsep.checks.meetings import Meetings, Table
from fsep.checks.registry import Blocked, Passed
from fsep.findings import Problem

Event = dict[str, Any]
WITHHELD = {"withheld": {"commitment": "0" * 64, "kind": "string", "reason": "private"}}


def calling(name: str = "find", arguments: Any = None, id_: str = "c1") -> Event:
    """An output with one tool call."""
    call = {"id": id_, "name": name, "arguments": {"text": "Nile"} if arguments is None else arguments}
    return {"kind": "output", "origin": "model", "actor": "agent", "content": None, "tool_calls": [call]}


def result(content: Any = "found", id_: str = "c1", **more: Any) -> Event:
    """What an environment answers."""
    event = {"kind": "tool-result", "origin": "environment", "actor": "desk", "tool_call_id": id_}
    return {**event, "content": content, **more}


def words(content: Any, sha256: str = "aa", **more: Any) -> Event:
    """What a simulator says at temperature 0."""
    event = {"kind": "output", "origin": "simulator", "actor": "customer", "request_sha256": sha256 * 32}
    return {**event, "parameters": {"temperature": 0}, "content": content, **more}


def read(*runs: Sequence[Event], item: str = "nile") -> tuple[Meetings, Meetings]:
    """Read runs, each of a system of its own and on lines of one event each."""
    histories, requests = Table(), Table()
    for number, events in enumerate(runs):
        answers = Answers(histories, requests)
        for place, event in enumerate(events):
            head = {"run": f"run-{number}", "system": f"system-{number}", "item": item}
            line: Any = SimpleNamespace(
                events=[event], path=f"transcripts/{number}.jsonl", number=place + 1, head=head
            )
            answers.read(line)
    return histories.meetings(), requests.meetings()


def judged(histories: Meetings, requests: Meetings) -> tuple[list[Any], list[Any]]:
    """Return what the two checks answer."""
    whole: Any = SimpleNamespace(lost=None, summary=SimpleNamespace(histories=histories, requests=requests))
    return list(equal_histories(whole)), list(equal_requests(whole))


def of_histories(*runs: Sequence[Event]) -> list[Any]:
    """Return what is answered on call histories of runs."""
    return judged(*read(*runs))[0]


def of_requests(*runs: Sequence[Event]) -> list[Any]:
    """Return what is answered on requests of runs."""
    return judged(*read(*runs))[1]


def test_equal_calls_with_equal_results_are_counted() -> None:
    run = [calling(), result("a"), calling("book"), result("b")]
    assert of_histories(run, run, run) == [Passed(2)]


def test_another_result_of_an_equal_call_is_told_with_both_runs() -> None:
    first, second = [calling(), result("a")], [calling(), result("b")]
    (problem,) = of_histories(first, first, second)
    assert isinstance(problem, Problem)
    assert problem.message == (
        "1 of the 1 call histories that several runs have got different results; the first two runs: "
        "'run-0' of the system 'system-0', event 1 on line 2 of transcripts/0.jsonl, "
        "and 'run-2' of the system 'system-2', event 1 on line 2 of transcripts/2.jsonl"
    )
    assert (problem.place.path, problem.place.line) == ("transcripts/2.jsonl", 2)


def test_after_a_different_result_the_histories_are_different_ones() -> None:
    rest = [calling("book"), result("c")]
    (problem,) = of_histories([calling(), result("a"), *rest], [calling(), result("b"), *rest])
    assert problem.message.startswith("1 of the 1 ")


@pytest.mark.parametrize(
    "other",
    [
        [calling("book"), result("b")],
        [calling(arguments={"text": "Lima"}), result("b")],
        [calling(), result("b", actor="other")],
        [calling("book"), result("x"), calling(), result("b")],
    ],
    ids=["another tool", "other arguments", "another environment", "another call before"],
)
def test_calls_that_differ_are_not_compared(other: list[Event]) -> None:
    assert of_histories([calling(), result("a")], other) == []


def test_runs_on_different_items_are_not_compared() -> None:
    one, _ = read([calling(), result("a")], item="nile")
    two, _ = read([calling(), result("b")], item="peru")
    assert judged(one + two, Meetings())[0] == []


@pytest.mark.parametrize(
    "same",
    [
        [calling(id_="other"), result("a", id_="other")],
        [calling(), result([{"type": "text", "text": "a"}])],
        [calling(), result("a", error=False)],
        [
            calling(arguments={"text": "Nile"}),
            result([{"type": "text", "text": ""}, {"type": "text", "text": "a"}]),
        ],
    ],
    ids=["another id", "as a part", "no error", "as two parts"],
)
def test_how_a_result_was_recorded_makes_no_difference(same: list[Event]) -> None:
    assert of_histories([calling(), result("a")], same) == [Passed(1)]


def test_an_error_is_another_result() -> None:
    assert isinstance(
        of_histories([calling(), result("a")], [calling(), result("a", error=True)])[0], Problem
    )


def test_what_the_program_asks_itself_is_a_call_too() -> None:
    def asked(content: str) -> Event:
        call = {"name": "find", "arguments": {}}
        return {"kind": "call", "origin": "environment", "actor": "desk", "call": call, "content": content}

    assert isinstance(of_histories([asked("a")], [asked("b")])[0], Problem)


@pytest.mark.parametrize(
    "unknown",
    [
        [calling(), result(WITHHELD)],
        [calling(), result([{"type": "text", "text": WITHHELD}])],
        [calling(arguments=WITHHELD), result("a")],
        [calling(), result("a", rebuilt=True)],
        [result("a", id_="never called")],
    ],
)
def test_nothing_is_compared_from_what_is_not_known(unknown: list[Event]) -> None:
    rest = [calling("book"), result("b")]
    histories, _ = read([*unknown, *rest])
    assert histories == Meetings()


def test_an_equal_request_with_another_answer_is_told() -> None:
    (problem,) = of_requests([words("Yes."), words("Bye.", "bb")], [words("No."), words("Bye.", "bb")])
    assert problem.message.startswith("1 of the 2 requests of simulators")


def test_requests_of_one_system_alone_are_not_compared() -> None:
    assert of_requests([words("Yes."), words("No.")]) == []


@pytest.mark.parametrize(
    "parameters", [{}, {"temperature": 0.7}, {"temperature": False}, {"seed": None}, {"top_p": 0}]
)
def test_where_chance_has_a_part_requests_are_not_compared(parameters: dict[str, Any]) -> None:
    one, other = words("Yes.", parameters=parameters), words("No.", parameters=parameters)
    assert of_requests([one], [other]) == []


@pytest.mark.parametrize("parameters", [{"temperature": 0.0}, {"seed": 7, "temperature": 1}])
def test_where_chance_has_no_part_they_are(parameters: dict[str, Any]) -> None:
    one, other = words("Yes.", parameters=parameters), words("No.", parameters=parameters)
    assert isinstance(of_requests([one], [other])[0], Problem)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (
            "Yes.",
            [{"type": "reasoning", "form": "text", "text": "Hm."}, {"type": "text", "text": "Yes."}],
            True,
        ),
        ("Yes.", [{"type": "image", "blob": "0" * 64, "media_type": "image/png"}], False),
        (None, "", True),
        (None, "Yes.", False),
    ],
)
def test_an_answer_is_what_was_said_without_reasoning(one: Any, other: Any, equal: bool) -> None:
    (answer,) = of_requests([words(one)], [words(other)])
    assert isinstance(answer, Passed) is equal


def test_calls_are_part_of_an_answer_and_their_ids_are_not() -> None:
    def call(id_: str, name: str) -> Event:
        return words(None, tool_calls=[{"id": id_, "name": name, "arguments": {}}])

    assert of_requests([call("c1", "find")], [call("c2", "find")]) == [Passed(1)]
    assert isinstance(of_requests([call("c1", "find")], [call("c1", "book")])[0], Problem)


@pytest.mark.parametrize(
    "answer",
    [
        words(WITHHELD),
        words("Yes.", tool_calls=[{"id": "c", "name": "find", "arguments": WITHHELD}]),
        {key: value for key, value in words("Yes.").items() if key != "request_sha256"},
        words("Yes.", origin="model"),
    ],
)
def test_a_withheld_answer_and_one_without_a_digest_are_not_looked_at(answer: Event) -> None:
    assert read([answer])[1] == Meetings()


def test_beyond_the_limit_is_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEETINGS", 2)
    run = [event for tool in ("a", "b", "c") for event in (calling(tool), result(tool))]
    blocked, passed = of_histories(run, run)
    assert isinstance(blocked, Blocked)
    assert blocked.reason == "compared are the 2 with the smallest digests, and there are more"
    assert passed == Passed(2)
