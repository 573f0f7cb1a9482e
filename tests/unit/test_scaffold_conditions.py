"""Tests of a program: what each is true of, and in what order they are looked at."""

from __future__ import annotations

from typing import Any

import pytest

from fsep import limits
from fsep.scaffold.message import Output
from naive_scaffold import NaiveRun, World
from scaffolding import (
    as_run,
    call,
    equals,
    generate,
    let,
    problems,
    record,
    replayed,
    scaffold,
    tool,
    tools,
    when,
)


def holds(test: dict[str, Any], world: World, *before: dict[str, Any], answers: tuple[Any, ...] = ()) -> bool:
    """Return whether a test is true after some steps, having seen that the plain implementation agrees."""
    document = scaffold(
        *before, when(test, [let("answer", "true")], let("answer", "false")), result="{{answer}}"
    )
    run = record(document, world, answers)
    assert NaiveRun(document, world, run["events"]).result == [("answer", run["result"][0]["content"])]
    return bool(run["result"][0]["content"] == "true")


@pytest.mark.parametrize(
    ("test", "text", "value", "true"),
    [
        ("equals", "a", "a", True),
        ("equals", "a", "a ", False),
        ("equals", "", "", True),
        ("equals", "a", "A", False),
        ("equals", "é", "e\u0301", False),
        ("equals", "1", "1.0", False),
        ("contains", "abc", "b", True),
        ("contains", "abc", "", True),
        ("contains", "", "", True),
        ("contains", "", "a", False),
        ("contains", "abc", "ac", False),
        ("contains", "b", "abc", False),
        ("contains", "straße", "SS", False),
        ("contains", "e\u0301", "e", True),
    ],
)
def test_texts_are_compared_character_by_character(test: str, text: str, value: str, true: bool) -> None:
    """Both are templates; nothing is folded."""
    world = World(fields={"text": text, "value": value})
    assert holds({"test": test, "text": "{{item.text}}", "value": "{{item.value}}"}, world) is true
    assert holds({"test": test, "text": text, "value": value}, world) is true


@pytest.mark.parametrize(
    ("pattern", "text", "true"),
    [("a.", "ab", True), ("a", "ab", False), (".*", "a\n", False), ("{{item.text}}", "a", None)],
)
def test_a_pattern_matches_the_whole_text(pattern: str, text: str, true: bool | None) -> None:
    """The pattern is no template: one that looks like a template is no pattern."""
    test = {"test": "matches", "text": "{{item.text}}", "pattern": pattern}
    if true is None:
        assert problems(scaffold(when(test, []))) == [("patterns", "/program/steps/0/if/pattern")]
    else:
        assert holds(test, World(fields={"text": text})) is true


def test_tool_calls_are_those_of_the_last_output_of_a_step() -> None:
    """Of a `tools` step, of its last speaking."""
    world = World(environments={"desk": [tool("look")]})
    calls = Output("", [call("1", "look")])
    test = {"test": "has-tool-calls", "step": "act"}
    assert not holds(test, world, tools("act"), answers=(calls, "seen", "done"))
    assert holds(test, world, tools("act", max_rounds=1), answers=(calls, "seen"))
    assert not holds(test, world, generate("act"), answers=("none",))
    assert holds(test, world, generate("act"), answers=(calls,))


def test_calls_may_be_asked_for_by_the_name_of_their_tool() -> None:
    """Harnesses end a run where a certain tool was called; whether it was offered does not matter."""
    world = World(environments={"desk": [tool("look")]})
    calls = Output("", [call("1", "look"), call("2", "leave")])
    for name, true in (("look", True), ("leave", True), ("lea", False), ("count", False)):
        test = {"test": "has-tool-calls", "step": "act", "tool": name}
        assert holds(test, world, tools("act", max_rounds=1), answers=(calls, "seen")) is true
        assert holds(test, world, generate("act"), answers=("none",)) is False


def test_not_all_and_any_are_as_their_names_say() -> None:
    """In every combination of two."""
    yes, no = equals("a", "a"), equals("a", "b")
    for one in (yes, no):
        assert holds({"test": "not", "of": one}, World()) is (one is no)
        for other in (yes, no):
            assert holds({"test": "all", "of": [one, other]}, World()) is (one is yes and other is yes)
            assert holds({"test": "any", "of": [one, other]}, World()) is (one is yes or other is yes)


@pytest.mark.parametrize(("kind", "first"), [("all", "b"), ("any", "a")])
def test_no_test_is_looked_at_after_the_one_that_decides(
    kind: str, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not looked at costs nothing."""
    document = scaffold(
        when(
            {
                "test": kind,
                "of": [equals("a", first), {"test": "contains", "text": "{{item.long}}", "value": "x"}],
            },
            [],
        ),
        result="done",
    )
    world = World(fields={"long": "x" * 640})
    monkeypatch.setattr(limits, "MACHINE_FUEL", 10)
    run = {**as_run(world, []), "result": [{"name": "answer", "content": "done"}]}
    assert not replayed(document, world, run).exhausted
    monkeypatch.setattr(limits, "MACHINE_FUEL", 10)
    other = scaffold(
        when(
            {
                "test": kind,
                "of": [
                    equals("a", "a" if kind == "all" else "b"),
                    document["program"]["steps"][0]["if"]["of"][1],
                ],
            },
            [],
        ),
        result="done",
    )
    assert replayed(other, world, run).exhausted
