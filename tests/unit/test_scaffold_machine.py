"""Runs: how steps go on and end, what names hold after them, seeds, and the limits of a run's work."""

from __future__ import annotations

import time
from hashlib import sha256
from typing import Any

import pytest
import rfc8785

from fsep import limits
from fsep.scaffold.compile import compile_program
from fsep.scaffold.machine import Exhausted, Item, start
from fsep.scaffold.message import Output
from naive_scaffold import World
from scaffolding import (
    as_run,
    assert_agrees,
    call,
    collect,
    each,
    equals,
    extract,
    generate,
    let,
    record,
    repeat,
    replayed,
    say,
    scaffold,
    setting,
    tool,
    tools,
    when,
)  # fmt: skip

WORLD = World(environments={"desk": [tool("look")]}, fields={"words": ["a", "b", "c"], "none": []})
CALLS = Output("", [call("1", "look")])
JSON_LIST = [{"op": "json-array"}]


def ran(
    document: dict[str, Any], answers: Any = (), world: World = WORLD
) -> tuple[str, list[str], str | None]:
    """Return a run's status, the steps of its events and its answer, having seen that both implementations agree on it."""
    run = record(document, world, answers)
    assert_agrees(document, world, run)
    answer = run["result"][0]["content"] if "result" in run else None
    return run["status"], [event["step"] for event in run["events"]], answer


def contains(text: str, value: str) -> dict[str, Any]:
    return {"test": "contains", "text": text, "value": value}


# --- bounds ---


@pytest.mark.parametrize("at_bound", ["continue", "stop"])
@pytest.mark.parametrize(
    ("answers", "steps", "met"),
    [
        (["x"], ["act[0]"], False),
        ([CALLS, "T", "x"], ["act[0]", "act[0]", "act[1]"], False),
        # The bound is met after the answers to the last round's calls.
        ([CALLS, "T", CALLS, "T"], ["act[0]", "act[0]", "act[1]", "act[1]"], True),
    ],
)
def test_tools_end_with_a_speaking_without_calls_or_at_their_bound(
    at_bound: str, answers: list[Any], steps: list[str], met: bool
) -> None:
    """A last round without calls meets no bound."""
    document = scaffold(tools("act", max_rounds=2, at_bound=at_bound), say("after", "x"), result="{{act}}")
    if met and at_bound == "stop":
        assert ran(document, answers) == ("limit-reached", steps, None)
    else:
        assert ran(document, answers) == ("completed", [*steps, "after"], "" if met else "x")


@pytest.mark.parametrize("at_bound", ["continue", "stop"])
@pytest.mark.parametrize(
    ("until", "answers", "steps", "met"),
    [
        (contains("{{a}}", "x"), ["x"], ["a[0]"], False),
        # True in the last round is in time.
        (contains("{{a}}", "x"), ["-", "x"], ["a[0]", "a[1]"], False),
        (contains("{{a}}", "x"), ["-", "-"], ["a[0]", "a[1]"], True),
        (None, ["x", "x"], ["a[0]", "a[1]"], True),
    ],
)
def test_a_repeat_ends_after_the_round_in_which_until_holds(
    at_bound: str, until: Any, answers: list[str], steps: list[str], met: bool
) -> None:
    """Without `until` it always comes to its bound."""
    more = {} if until is None else {"until": until}
    document = scaffold(
        repeat("turn", [generate("a")], 2, at_bound=at_bound, **more), say("after", "x"), result="{{a}}"
    )
    if met and at_bound == "stop":
        assert ran(document, answers) == ("limit-reached", steps, None)
    else:
        assert ran(document, answers) == ("completed", [*steps, "after"], answers[-1])


@pytest.mark.parametrize("at_bound", ["continue", "stop"])
@pytest.mark.parametrize(
    ("length", "rounds", "met"), [(0, 0, False), (1, 1, False), (2, 2, False), (3, 2, True)]
)
def test_an_each_takes_at_most_so_many_elements(at_bound: str, length: int, rounds: int, met: bool) -> None:
    """The bound is met where the list has more; then it stops after the last round it runs."""
    document = scaffold(
        each("row", "item.list", [say("a", "{{row}}={{one}}")], 2, at_bound=at_bound), say("after", "x")
    )
    status, steps, _ = ran(document, world=World(fields={"list": ["p", "q", "r"][:length]}))
    told = [f"a[{turn}]" for turn in range(rounds)]
    assert (status, steps) == (
        ("limit-reached", told) if met and at_bound == "stop" else ("completed", [*told, "after"])
    )


def test_a_stop_ends_the_run_from_within_any_depth() -> None:
    """Branches and loops around it end too, and what stands behind is not run."""
    inner = when(equals("{{row}}", "1"), [tools("act", max_rounds=1, at_bound="stop")])
    document = scaffold(
        repeat("turn", [each("row", "item.words", [say("a", "{{turn}}"), inner, say("b", "-")])]),
        say("after", "x"),
    )
    status, steps, _ = ran(document, [CALLS, "T"])
    assert (status, steps) == (
        "limit-reached",
        ["a[0][0]", "b[0][0]", "a[0][1]", "act[0][1][0]", "act[0][1][0]"],
    )


def test_step_paths_hold_every_loop_around_and_a_tools_steps_own_round() -> None:
    """Outermost first; a branch is no loop, and after a loop its index is gone."""
    document = scaffold(
        repeat(
            "turn", [say("a", "x"), repeat("again", [when(equals("", ""), [tools("act")])]), say("b", "x")]
        ),
        say("c", "x"),
        generate("d"),
    )
    answers = [CALLS, "T", "x", "x", "x", "x", "x"]
    assert ran(document, answers)[1] == [
        "a[0]", "act[0][0][0]", "act[0][0][0]", "act[0][0][1]", "act[0][1][0]", "b[0]", "a[1]", "act[1][0][0]", "act[1][1][0]", "b[1]", "c", "d",
    ]  # fmt: skip


# --- names ---


def test_a_value_assigned_in_a_loop_is_kept_in_the_next_round_and_after() -> None:
    """Also one that the round reads before it assigns it."""
    document = scaffold(let("all", ""), repeat("turn", [let("all", "{{all}}{{turn}}")], 3), result="{{all}}")
    assert ran(document)[2] == "012"


def test_the_value_of_a_tools_step_is_the_text_of_its_last_speaking() -> None:
    """Text beside calls is not."""
    document = scaffold(tools("act"), result="{{act}}")
    assert ran(document, [Output("I look.", [call("1", "look")]), "T", "Done."])[2] == "Done."


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("a", "a"),
        (None, ""),
        ("", ""),
        ([], ""),
        ([{"type": "text", "text": "a "}, {"type": "text", "text": "b"}], "a b"),
        ([{"type": "reasoning", "form": "text", "text": "hm"}], ""),
        (
            [{"type": "image", "blob": "0" * 64, "media_type": "image/png"}, {"type": "text", "text": "a"}],
            "a",
        ),
    ],
)
def test_the_text_of_an_output_is_its_text_parts(content: Any, text: str) -> None:
    """In order, with nothing between them."""
    assert ran(scaffold(generate("a"), result="<{{a}}>"), [content])[2] == f"<{text}>"


@pytest.mark.parametrize(
    ("how", "over", "value", "rounds", "collected"),
    [
        ({}, "row", "pair", ["a", "b"], "0a|1b"),
        ({"how": "last"}, "row", "pair", ["a", "b"], "1b"),
        ({"how": "joined", "separator": ""}, "row", "pair", ["a", "b"], "0a1b"),
        ({}, "row", "pair", [], "none"),
        ({"how": "last"}, "row", "pair", [], "none"),
        # Only rounds in which the name was assigned count.
        ({}, "row", "some", ["a", "x", "b", "x"], "x1|x3"),
        ({}, "row", "some", ["a"], "none"),
        # Of several assignments in a round the last.
        ({}, "row", "twice", ["a", "b"], "second a|second b"),
        # The loop's own names are assigned in each of its rounds.
        ({}, "row", "one", ["a", "b"], "a|b"),
        ({}, "row", "row", ["a", "b"], "0|1"),
        # An inner loop's names are assigned in those rounds in which it ran.
        ({}, "row", "again", ["a", "b"], "1|1"),
        ({}, "row", "found", ["a", "b"], "said|said"),
        # Of a loop that ran several times, the last time.
        ({}, "again", "deep", ["a", "b"], "1b0|1b1"),
        ({}, "empty", "deeper", ["a", "b"], "none"),
    ],
)
def test_collect_names_what_the_rounds_left(
    how: dict[str, Any], over: str, value: str, rounds: list[str], collected: str
) -> None:
    """In the order of the rounds; with none, `otherwise`."""
    document = scaffold(
        each(
            "row",
            "item.rounds",
            [
                let("pair", "{{row}}{{one}}"),
                let("twice", "first"),
                let("twice", "second {{one}}"),
                when(equals("{{one}}", "x"), [let("some", "x{{row}}")]),
                generate("found"),
                repeat("again", [let("deep", "{{row}}{{one}}{{again}}")]),
                each("empty", "item.nothing", [let("deeper", "x")]),
            ],
            9,
        ),
        collect("answer", over, value, **how),
        result="{{answer}}",
    )
    world = World(fields={"rounds": rounds, "nothing": []})
    assert ran(document, ["said"] * len(rounds), world)[2] == collected


def test_an_each_goes_over_the_list_as_it_was_when_it_began() -> None:
    """A list named anew inside is for the next time."""
    document = scaffold(
        extract("list", '["a","b"]', JSON_LIST, otherwise=[]),
        each("row", "list", [extract("list", '["z"]', JSON_LIST, otherwise=[]), say("a", "{{one}}")]),
        each("row_2", "list", [say("b", "{{one}}")]),
    )
    assert ran(document)[1] == ["a[0]", "a[1]", "b[0]"]


def test_an_extract_falls_back_from_pipeline_to_pipeline_and_then_to_its_otherwise() -> None:
    """The fallbacks are templates; what a pipeline gives is none."""
    pipelines = [
        [{"op": "after", "marker": "A:", "which": "first"}],
        [{"op": "after", "marker": "B:", "which": "first"}],
    ]
    document = scaffold(
        let("b", "x"), extract("a", "{{item.text}}", *pipelines, otherwise="<{{b}}>"), result="{{a}}"
    )
    for text, answer in [("B:b A:a", "a"), ("B:b", "b"), ("c", "<x>"), ("A:{{b}}", "{{b}}")]:
        assert ran(document, world=World(fields={"text": text}))[2] == answer


def test_a_list_of_fallbacks_is_rendered_one_by_one() -> None:
    """And may be empty."""
    for otherwise, rounds in [(["{{b}}", "{{b}}{{b}}", ""], ["x", "xx", ""]), ([], [])]:
        document = scaffold(
            let("b", "x"),
            extract("list", "", JSON_LIST, otherwise=otherwise),
            each("row", "list", [say("a", "{{one}}")]),
        )
        run = record(document, WORLD, [])
        assert [event["content"] for event in run["events"]] == rounds
        assert_agrees(document, WORLD, run)


@pytest.mark.parametrize(
    ("tool_name", "origin"),
    [("look", "environment"), ("count", "program"), ("Look", "program"), ("", "program")],
)
def test_a_call_of_a_tool_that_is_not_offered_is_answered_by_the_scaffold(
    tool_name: str, origin: str
) -> None:
    """Its text is the call's value, and no environment is asked."""
    asked = {
        "do": "call",
        "id": "a",
        "environment": "desk",
        "tool": "{{item.tool}}",
        "arguments": {"x": "{{{{{{item.tool}}"},
        "unknown_tool": "No {{item.tool}}.",
    }
    world = World(environments={"desk": [tool("look"), tool("count")]}, fields={"tool": tool_name})
    document = scaffold({**asked, "offer": ["look"]}, result="{{a}}")
    if not tool_name:
        # The record cannot hold a call of a tool without a name; the machine says what it asks all the same.
        [want] = [start(compile_program(document), setting(world), Item("i", world.fields), 0).send(None)]
        assert want.fields["origin"] == origin
        return
    run = record(document, world, ["seen"])
    assert_agrees(document, world, run)
    [event] = run["events"]
    assert event["origin"] == origin
    assert event["actor"] == ("desk" if origin == "environment" else "program")
    assert event["call"] == {"name": tool_name, "arguments": {"x": "{{" + tool_name}}
    assert run["result"][0]["content"] == ("seen" if origin == "environment" else f"No {tool_name}.")
    assert not event.keys() & {"thread", "role"}


def test_refusals_are_rendered_from_the_values_of_their_moment() -> None:
    """The value of the `tools` step itself is what it just said."""
    document = scaffold(
        let("act_said", "-"),
        repeat(
            "turn",
            [tools("act", max_rounds=1, unknown_tool="{{turn}} {{act_said}}"), let("act_said", "{{act}}")],
        ),
    )
    run = record(document, WORLD, [Output("p", [call("1", "other")]), Output("q", [call("1", "other")])])
    assert_agrees(document, WORLD, run)
    assert [event["content"] for event in run["events"]] == ["p", "0 -", "q", "1 p"]


# --- seeds ---


def test_a_derived_seed_is_of_design_item_replicate_and_step_path() -> None:
    """Worked out here from the specification; the system plays no part."""
    document = scaffold(repeat("turn", [generate("a", seed="derived"), tools("act", seed="derived")]))
    world = World(
        model="one", design_sha256="ab" * 32, item="peru", replicate=7, environments=WORLD.environments
    )
    answers = ["x", CALLS, "T", "x", "x", "x"]
    run = record(document, world, answers)
    assert_agrees(document, world, run)
    outputs = [event for event in run["events"] if event["kind"] == "output"]
    assert [event["step"] for event in outputs] == ["a[0]", "act[0][0]", "act[0][1]", "a[1]", "act[1][0]"]
    for event in outputs:
        named = sha256(rfc8785.dumps(["fsep-seed-1", "ab" * 32, "peru", 7, event["step"]])).digest()
        assert event["parameters"] == {"seed": int.from_bytes(named[:4], "big") & 0x7FFFFFFF}
    other = World(
        model="two", design_sha256="ab" * 32, item="peru", replicate=7, environments=WORLD.environments
    )
    assert [event.get("parameters") for event in record(document, other, answers)["events"]] == [
        event.get("parameters") for event in run["events"]
    ]


def test_a_derived_seed_has_its_highest_bit_cleared() -> None:
    """In half of all cases it is not clear by itself."""
    document = scaffold(generate("a", seed="derived"))
    raw = {}
    for replicate in range(8):
        named = sha256(rfc8785.dumps(["fsep-seed-1", "0" * 64, "item-1", replicate, "a"])).digest()
        raw[replicate] = int.from_bytes(named[:4], "big")
        [event] = record(document, World(replicate=replicate), ["x"])["events"]
        assert event["parameters"] == {"seed": raw[replicate] % 2**31}
    assert {number >= 2**31 for number in raw.values()} == {False, True}


@pytest.mark.parametrize("change", [{"design_sha256": "cd" * 32}, {"item": "nile"}, {"replicate": 8}])
def test_another_design_item_or_replicate_has_other_seeds(change: dict[str, Any]) -> None:
    """And so a record of one is no record of the other."""
    document = scaffold(generate("a", seed="derived"))
    base: dict[str, Any] = {"design_sha256": "ab" * 32, "item": "peru", "replicate": 7}
    one, other = World(**base), World(**{**base, **change})
    run = record(document, one, ["x"])
    assert record(document, other, ["x"])["events"][0]["parameters"] != run["events"][0]["parameters"]
    divergence = replayed(document, other, {**run, "replicate": other.replicate}).divergence
    assert divergence is not None
    assert divergence.kind == "parameters"


# --- limits ---


def exhausted(
    document: dict[str, Any], fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch, fuel: int
) -> bool:
    """Return whether a run in which nobody but the program speaks needs more than so many units."""
    monkeypatch.setattr(limits, "MACHINE_FUEL", fuel)
    machine = start(
        compile_program(document), setting(World(environments=WORLD.environments)), Item("i", fields), 0
    )
    try:
        while True:
            machine.send(None)
    except StopIteration:
        return False
    except Exhausted:
        return True


def ask(name: str, unknown_tool: str = "-", **arguments: str) -> dict[str, Any]:
    """Return a step in which the program asks for a tool."""
    fixed = {"do": "call", "id": "ask", "environment": "desk", "unknown_tool": unknown_tool}
    return {**fixed, "tool": name, "arguments": arguments}


TEXT = "x" * 640


@pytest.mark.parametrize(
    ("steps", "units"),
    [
        # One for each step, one for each text and one more for every full 64 characters.
        ([say("a", "")], 2),
        ([say("a", "x" * 63)], 2),
        ([say("a", "x" * 64)], 3),
        ([say("a", "x" * 127)], 3),
        ([say("a", "é" * 128)], 4),
        ([say("a", "{{item.text}}")], 12),
        ([let("a", "{{item.text}}")], 12),
        (
            [
                {
                    "do": "edit",
                    "id": "a",
                    "thread": "main",
                    "actor": "solver",
                    "how": "replace",
                    "text": "{{item.text}}",
                }
            ],
            1 + 11,
        ),
        ([{"do": "edit", "id": "a", "thread": "main", "actor": "solver", "how": "keep-last", "count": 1}], 1),
        # An edit pays for every message that it looks at.
        (
            [
                *(say(f"s{place}", "") for place in range(5)),
                {
                    "do": "edit",
                    "id": "a",
                    "thread": "main",
                    "actor": "solver",
                    "how": "keep-last",
                    "count": 1,
                },
                {
                    "do": "edit",
                    "id": "b",
                    "thread": "main",
                    "actor": "solver",
                    "how": "keep-last",
                    "count": 1,
                },
            ],
            5 * 2 + (1 + 5) + (1 + 1),
        ),
        # An extract pays for what it starts from, for what each operation is given, and for what comes of it.
        ([extract("a", "{{item.text}}", [{"op": "trim"}])], 1 + 11 + 11 + 10),
        (
            [extract("a", "{{item.text}}", [{"op": "after", "marker": "y", "which": "first"}])],
            1 + 11 + 11 + 1,
        ),
        (
            [
                extract(
                    "a",
                    "{{item.text}}",
                    [{"op": "after", "marker": "y", "which": "first"}],
                    otherwise="{{item.text}}",
                )
            ],
            1 + 11 + 11 + 11,
        ),
        (
            [extract("a", "{{item.text}}", [{"op": "split", "at": "xxxxxxxxxx"}], otherwise=[])],
            1 + 11 + 11 + 65,
        ),
        ([extract("a", "", [{"op": "json-array"}], otherwise=["x" * 32, "x" * 32])], 1 + 1 + 1 + 2),
        # An element is a unit, and each bracket that is tried as much as what follows it.
        ([extract("a", "\n" * 63, [{"op": "lines"}, {"op": "nonempty"}], otherwise=[])], 1 + 1 + 1 + 65),
        ([extract("a", "[" + "x" * 127, [{"op": "json-array"}], otherwise=[])], 1 + 3 + 3 + 3),
        # Tests, and rounds.
        ([when(contains("{{item.text}}", "x"), [])], 2 + 11 + 1),
        ([when({"test": "not", "of": contains("x", "x")}, [])], 3 + 1 + 1),
        ([when({"test": "any", "of": [equals("x", "x"), equals("x", "y")]}, [])], 3 + 1 + 1),
        ([when(contains("{{item.text}}", "{{item.text}}"), [])], 2 + 11 + 11),
        ([when({"test": "matches", "text": "{{item.text}}", "pattern": "x"}, [])], 2 + 11 + 10),
        ([when({"test": "matches", "text": "{{item.text}}", "pattern": "(x|[yz]){2}"}, [])], 2 + 11 + 100),
        ([when(equals("{{item.text}}", "x"), [])], 2 + 11 + 1),
        # What the program asks an environment, and the text for a tool that is not there.
        ([ask("{{item.text}}", a="{{item.text}}", b="", unknown_tool="x" * 64)], 1 + 11 + 11 + 1 + 2),
        ([repeat("r", [let("a", "")], 5)], 1 + 5 * 3),
        ([each("r", "item.words", [let("a", "")], 3)], 1 + 3 * 3),
        (
            [repeat("r", [let("a", "{{item.text}}")], 3), collect("b", "r", "a", how="last")],
            1 + 3 * 13 + 1 + 11,
        ),
        (
            [repeat("r", [let("a", "x" * 31)], 4), collect("b", "r", "a", how="joined", separator="||||")],
            1 + 4 * 3 + 1 + 3,
        ),
        ([repeat("r", [let("a", "x")], 2), collect("b", "r", "a")], 1 + 2 * 3 + 1 + 1),
        (
            [each("r", "item.none", [let("a", "x")], 2), collect("b", "r", "a", otherwise="{{item.text}}")],
            1 + 1 + 11,
        ),
    ],
)
def test_the_work_of_a_run_costs_what_the_specification_says(
    steps: list[Any], units: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With so many units, and one for its result, it comes to its end; with one fewer it does not."""
    document = scaffold(*steps, result="done")
    fields = {"text": TEXT, "words": ["a", "b", "c", "d"], "none": []}
    assert not exhausted(document, fields, monkeypatch, units + 1)
    assert exhausted(document, fields, monkeypatch, units)


def test_the_limits_are_those_of_the_specification() -> None:
    """They change verdicts, and so are part of the protocol's version."""
    assert limits.MACHINE_FUEL == 2**22
    assert limits.VALUE_CHARACTERS == 2**22
    assert limits.PROGRAM_DEPTH == 16


DOUBLING = [let("x", "{{item.text}}"), repeat("r", [let("x", "{{x}}{{x}}")], 22)]


@pytest.mark.parametrize(
    ("text", "too_long"),
    [("x", False), ("xx", True)],
)
def test_a_text_of_more_than_four_million_characters_ends_as_exhausted(text: str, too_long: bool) -> None:
    """One of exactly 2^22 does not."""
    document = scaffold(*DOUBLING)
    world = World(fields={"text": text})
    run = {**as_run(world, []), "result": [{"name": "answer", "content": "done"}]}
    shown = replayed(document, world, run)
    assert shown.exhausted is too_long
    assert shown.divergence is None


@pytest.mark.parametrize(
    "last",
    [
        say("a", "{{x}}" * 2000),
        let("a", "{{x}}" * 2000),
        extract("a", "{{x}}" * 2000, [{"op": "trim"}]),
        extract("a", "", JSON_LIST, otherwise=["{{x}}"] * 64),
        extract("a", "", [{"op": "after", "marker": "y", "which": "last"}], otherwise="{{x}}" * 2000),
        when(contains("{{x}}" * 2000, "y"), []),
        when(contains("y", "{{x}}" * 2000), []),
        when(equals("{{x}}" * 2000, "y"), []),
        when(equals("y", "{{x}}" * 2000), []),
        when({"test": "matches", "text": "{{x}}" * 2000, "pattern": "y"}, []),
        ask("{{x}}" * 2000),
        ask("look", text="{{x}}" * 2000),
        ask("none", unknown_tool="{{x}}" * 2000),
        collect("a", "r", "x", how="joined", separator="y" * 1000),
        {
            "do": "edit",
            "id": "a",
            "thread": "main",
            "actor": "solver",
            "how": "replace",
            "text": "{{x}}" * 2000,
        },
    ],
)
def test_a_text_that_is_too_long_is_never_made(last: dict[str, Any]) -> None:
    """Eight thousand million characters would not fit in memory; that they are too many is known before."""
    document = scaffold(let("x", "{{item.text}}"), repeat("r", [let("x", "{{x}}{{x}}")], 22), last)
    world = World(environments=WORLD.environments, fields={"text": "x"})
    started = time.perf_counter()
    shown = replayed(document, world, as_run(world, []))
    assert shown.exhausted
    assert shown.divergence is None
    assert time.perf_counter() - started < 60


def test_a_result_that_is_too_long_is_never_made() -> None:
    """What a run ends with is paid for like any other text."""
    document = scaffold(*DOUBLING, result={"answer": "{{x}}{{x}}"})
    assert replayed(document, World(fields={"text": "x"}), as_run(World(), [])).exhausted


def test_a_message_that_merges_with_all_before_it_is_hashed_once() -> None:
    """Each of these requests holds all that was said before, as one message: hashed anew it would be gigabytes."""
    document = scaffold(repeat("r", [generate("a")], 3_000))
    world = World(adaptations=[{"kind": "merge-adjacent", "separator": " "}])
    started = time.perf_counter()
    run = record(document, world, ["x" * 2_000] * 3_000)
    assert replayed(document, world, run).requests == 3_000
    assert time.perf_counter() - started < 60


def test_loops_that_do_nothing_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand rounds of ten thousand rounds are more than a run may have; here it has less, to be quick."""
    monkeypatch.setattr(limits, "MACHINE_FUEL", 2**16)
    inner = repeat("inner", [when(equals("a", "b"), [])], 10_000)
    document = scaffold(repeat("outer", [inner], 10_000))
    shown = replayed(document, World(), as_run(World(), []))
    assert shown.exhausted
