"""Replay: prefixes, withheld texts, opaque parts, and in what order an event is looked at."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from fsep.scaffold.machine import Setting
from fsep.scaffold.message import Output
from fsep.scaffold.replay import same
from naive_scaffold import World, naive_replay
from scaffolding import (
    Run,
    as_run,
    assert_valid,
    call,
    each,
    extract,
    generate,
    let,
    record,
    repeat,
    replayed,
    say,
    scaffold,
    tool,
    tools,
    where,
)

WORLD = World(
    simulators={"customer": "visitor-1"},
    environments={"desk": [tool("look")]},
    fields={"question": "Q", "words": ["a", "b"]},
)
ACTORS = {"solver": {"kind": "model"}, "visitor": {"kind": "simulator", "simulator": "customer"}}
DOCUMENT = scaffold(
    say("rule", "R", role="system", to="solver"),
    say("greeting", "G", role="assistant", **{"for": "solver"}),
    say("ask", "{{item.question}}"),
    tools("act", parameters={"n": 1}),
    generate("heard", "visitor"),
    {
        "do": "call",
        "id": "asked",
        "environment": "desk",
        "tool": "look",
        "arguments": {"x": "{{act}}"},
        "unknown_tool": "-",
    },
    {"do": "edit", "id": "cut", "thread": "main", "actor": "solver", "how": "replace", "text": "S {{asked}}"},
    generate("answer"),
    result={"answer": "{{answer}}", "seen": "{{asked}}"},
    actors=ACTORS,
    threads={"main": ["solver", "visitor"]},
)
ANSWERS = [
    Output("I look.", [call("1", "look"), call("2", "other"), call("3", "look", "{")]),
    "T",
    "Done.",
    "Thanks.",
    "C",
    "Bye.",
]
# The places of the events of that run.
RULE, GREETING, ASK, ACT, RESULT, UNKNOWN, BAD, ACT_2, HEARD, ASKED, CUT, ANSWER = range(12)


@pytest.fixture
def run() -> Run:
    """A record that replays."""
    made = record(DOCUMENT, WORLD, ANSWERS)
    assert len(made["events"]) == 12
    assert where(replayed(DOCUMENT, WORLD, made)) is None
    return made


def diverges(run: Run, document: dict[str, Any] = DOCUMENT, world: World = WORLD) -> tuple[int, str] | None:
    """Return where a record diverges, having seen that the plain implementation says the same."""
    found = where(replayed(document, world, run))
    naive = naive_replay(document, world, run)
    assert (None if naive is None else (naive.event, naive.kind)) == found
    return found


# --- failed runs ---


def test_a_failed_run_may_end_before_any_event(run: Run) -> None:
    """It has the first events of a run, none to begin with."""
    for length in range(12):
        cut = as_run(WORLD, run["events"][:length], "failed")
        assert_valid(cut, "run")
        assert diverges(cut) is None


def test_a_failed_run_does_not_have_all_events(run: Run) -> None:
    """Then the program came to its end, and the status is another."""
    shown = replayed(DOCUMENT, WORLD, as_run(WORLD, run["events"], "failed"))
    assert shown.divergence is not None
    assert (shown.divergence.kind, shown.divergence.event) == ("status", 12)
    assert (shown.divergence.found, shown.divergence.expected) == ("failed", "completed")


def test_a_failed_run_is_a_prefix_of_a_run_and_nothing_else(run: Run) -> None:
    """What it has is compared as ever."""
    cut = as_run(WORLD, copy.deepcopy(run["events"][:5]), "failed")
    cut["events"][2]["content"] = "q"
    assert diverges(cut) == (2, "text")
    longer = as_run(WORLD, [*run["events"], run["events"][-1]], "failed")
    assert diverges(longer) == (12, "event")


def test_a_run_that_ends_too_early_without_having_failed_diverges_at_its_end(run: Run) -> None:
    """Whatever it says of itself."""
    for length in range(12):
        cut = {**run, "events": run["events"][:length]}
        assert diverges(cut) == (length, "event")
        shown = replayed(DOCUMENT, WORLD, cut).divergence
        assert shown is not None
        assert shown.found is None
        assert shown.expected["step"] == run["events"][length]["step"]


def test_a_run_stopped_at_a_bound_has_no_result_and_is_no_other() -> None:
    """Neither completed nor failed."""
    document = scaffold(repeat("turn", [generate("a")], 2, at_bound="stop"), say("after", "x"))
    run = record(document, WORLD, ["1", "2"])
    assert run["status"] == "limit-reached"
    assert diverges(run, document) is None
    assert diverges({**run, "status": "completed"}, document) == (2, "status")
    assert diverges({**run, "status": "failed"}, document) == (2, "status")
    assert diverges({**run, "result": [{"name": "answer", "content": "done"}]}, document) == (2, "result")
    again = {**run["events"][1], "step": "a[2]"}
    assert diverges({**run, "events": [*run["events"], again]}, document) == (2, "event")


# --- the order of looking ---

ADDRESSED = {"kind": "other", "thread": "other", "actor": "other", "role": "other", "step": "other"}


@pytest.mark.parametrize(
    ("place", "member", "value", "kind"),
    [
        (RULE, "content", [{"type": "text", "text": "R"}, {"type": "reasoning", "form": "none"}], "text"),
        (
            BAD,
            "content",
            [{"type": "reasoning", "form": "text", "text": "hm"}, {"type": "text", "text": "Bad."}],
            "text",
        ),
        (RULE, "to", "visitor", "event"),
        (RULE, "role", "user", "event"),
        (RULE, "content", "R ", "text"),
        (RULE, "origin", "harness", "origin"),
        (GREETING, "for", "visitor", "event"),
        (GREETING, "content", [{"type": "text", "text": "G"}, {"type": "text", "text": "!"}], "text"),
        (ASK, "for", "solver", "event"),
        (ASK, "to", "solver", "event"),
        (ASK, "content", None, "text"),
        (ACT, "origin", "provider", "origin"),
        (ACT, "role", "user", "event"),
        (ACT, "actor", "visitor", "event"),
        (ACT, "parameters", {"n": 2}, "parameters"),
        (ACT, "request_sha256", "0" * 64, "request"),
        (RESULT, "tool_call_id", "2", "event"),
        (RESULT, "actor", "other", "event"),
        (RESULT, "origin", "program", "origin"),
        (UNKNOWN, "content", "No  tool.", "text"),
        (UNKNOWN, "actor", "desk", "event"),
        (BAD, "content", "Bad!", "text"),
        (BAD, "tool_call_id", "33", "event"),
        (ACT_2, "step", "act[2]", "event"),
        (ACT_2, "step", "act", "event"),
        (HEARD, "thread", "other", "event"),
        (ASKED, "call", {"name": "look", "arguments": {"x": "done."}}, "text"),
        (ASKED, "call", {"name": "look", "arguments": {}}, "text"),
        (ASKED, "call", {"name": "other", "arguments": {"x": "Done."}}, "text"),
        (ASKED, "origin", "program", "origin"),
        (CUT, "to", "visitor", "event"),
        (CUT, "edit", {"how": "replace", "text": "S c"}, "text"),
        (CUT, "edit", {"how": "keep-last", "count": 0}, "text"),
        (ANSWER, "kind", "external", "event"),
    ],
)
def test_each_member_that_follows_from_the_program_is_compared(
    run: Run, place: int, member: str, value: Any, kind: str
) -> None:
    """At its event, with what was found and what was expected."""
    before = run["events"][place].get(member)
    run["events"][place][member] = value
    assert diverges(run) == (place, kind)
    shown = replayed(DOCUMENT, WORLD, run)
    assert shown.events == place
    assert shown.divergence is not None
    assert shown.divergence.member == member
    if isinstance(value, str):
        assert shown.divergence.found == value
    assert shown.divergence.expected == before


LOOKED_AT = [
    # What is looked at earlier is told, whatever else is wrong with the event.
    (("kind", "thread", "actor", "role", "step"), "event"),
    (("origin",), "origin"),
    (("parameters",), "parameters"),
    (("request_sha256",), "request"),
]


@pytest.mark.parametrize(("first", "second"), [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])
def test_of_two_faults_in_an_event_the_one_that_is_looked_at_first_is_told(first: int, second: int) -> None:
    """That it is the program's next event, then its label, then what the program contributes, then parameters and digest."""
    wrong = {
        "origin": "provider",
        "parameters": {"n": 9},
        "request_sha256": "0" * 64,
        "kind": "external",
        "thread": "x",
        "actor": "x",
        "role": "tool",
        "step": "x",
    }
    for one in LOOKED_AT[first][0]:
        for other in LOOKED_AT[second][0]:
            run = record(DOCUMENT, WORLD, ANSWERS)
            run["events"][ACT] |= {one: wrong[one], other: wrong[other]}
            assert diverges(run) == (ACT, LOOKED_AT[first][1])


@pytest.mark.parametrize(
    ("place", "changes", "kind"),
    [
        (RULE, {"content": "x", "origin": "harness"}, "origin"),
        (RULE, {"content": "x", "to": "visitor"}, "event"),
        (UNKNOWN, {"content": "x", "tool_call_id": "9"}, "event"),
        (UNKNOWN, {"content": "x", "origin": "environment"}, "origin"),
        (ASKED, {"call": {"name": "x", "arguments": {}}, "origin": "program"}, "origin"),
        (CUT, {"edit": {"how": "keep-last", "count": 1}, "origin": "harness"}, "origin"),
    ],
)
def test_a_label_is_looked_at_before_what_the_program_contributes(
    run: Run, place: int, changes: dict[str, Any], kind: str
) -> None:
    """And after whether it is the program's next event at all."""
    run["events"][place] |= changes
    assert diverges(run) == (place, kind)


def test_what_an_event_records_besides_is_not_compared(run: Run) -> None:
    """Times, usage, attempts, finish, errors and extensions follow from no program."""
    run["events"][ACT] |= {
        "usage": {"input_tokens": 3},
        "finish": "length",
        "attempts": [{"outcome": "complete"}],
        "returned_model": "m",
    }
    run["events"][RESULT] |= {"error": True, "started": "2026-01-01T00:00:00Z"}
    run["events"][ASK] |= {"extensions": {"org.example": {"a": 1}}, "rebuilt": True}
    assert_valid(run, "run")
    assert diverges(run) is None


def test_the_end_is_looked_at_in_order(run: Run) -> None:
    """That no event is left, then the status, then the result."""
    run["result"][0]["content"] = "other"
    assert diverges(run) == (12, "result")
    run["status"] = "limit-reached"
    assert diverges(run) == (12, "status")
    run["events"].append(run["events"][ANSWER])
    assert diverges(run) == (12, "event")


@pytest.mark.parametrize(
    "result",
    [
        [],
        [{"name": "answer", "content": "Bye."}],
        [{"name": "seen", "content": "C"}, {"name": "answer", "content": "Bye."}],
        [
            {"name": "answer", "content": "Bye."},
            {"name": "seen", "content": "C"},
            {"name": "more", "content": ""},
        ],
        [{"name": "answer", "content": "Bye."}, {"name": "seen", "content": "c"}],
        [{"name": "answer", "content": "Bye. "}, {"name": "seen", "content": "C"}],
        [{"name": "Answer", "content": "Bye."}, {"name": "seen", "content": "C"}],
        [{"name": "answer", "content": None}, {"name": "seen", "content": "C"}],
        [
            {
                "name": "answer",
                "content": [{"type": "text", "text": "Bye."}, {"type": "reasoning", "form": "none"}],
            },
            {"name": "seen", "content": "C"},
        ],
    ],
)
def test_a_result_is_the_programs_named_texts_in_order(run: Run, result: list[Any]) -> None:
    """No part is missing, added, moved, renamed or changed."""
    run["result"] = result
    assert diverges(run) == (12, "result")


def test_a_text_may_be_recorded_as_parts(run: Run) -> None:
    """What is compared is the text."""
    run["events"][RULE]["content"] = [{"type": "text", "text": "R"}]
    run["events"][ASK]["content"] = [{"type": "text", "text": ""}, {"type": "text", "text": "Q"}]
    run["result"][0]["content"] = [{"type": "text", "text": "By"}, {"type": "text", "text": "e."}]
    assert diverges(run) is None


def test_what_a_program_contributed_is_counted(run: Run) -> None:
    """How much of the text the scaffold wrote, and how much of that comes from the item."""
    shown = replayed(DOCUMENT, WORLD, run)
    assert shown.program_characters == len("RGQ" + "No tool." + "Bad.")
    assert shown.item_characters == len("Q")


# --- withheld texts ---

WITHHELD = {"withheld": {"commitment": "0" * 64, "kind": "string", "reason": "personal"}}


@pytest.mark.parametrize(
    ("change", "events"),
    [
        (lambda run: run["events"][RULE].update(content=WITHHELD), RULE),
        (lambda run: run["events"][ASK].update(content=[{"type": "text", "text": WITHHELD}]), ASK),
        (lambda run: run["events"][ACT].update(content=WITHHELD), ACT + 1),
        (lambda run: run["events"][RESULT].update(content=[{"type": "text", "text": WITHHELD}]), RESULT + 1),
        (lambda run: run["events"][UNKNOWN].update(content=WITHHELD), UNKNOWN),
        (lambda run: run["events"][ASKED].update(content=WITHHELD), ASKED + 1),
        (lambda run: run["events"][CUT].update(edit={"how": "replace", "text": WITHHELD}), CUT),
        (lambda run: run["events"][ANSWER].update(content=WITHHELD), ANSWER + 1),
        (lambda run: run["result"][0].update(content=WITHHELD), 12),
        (lambda run: run["result"][0].update(content=[{"type": "text", "text": WITHHELD}]), 12),
    ],
)
def test_a_text_that_is_withheld_ends_replay_without_a_verdict(
    run: Run, change: Callable[[Run], None], events: int
) -> None:
    """Neither agreement nor divergence, wherever the machine needs the text."""
    change(run)
    assert_valid(run, "run")
    shown = replayed(DOCUMENT, WORLD, run)
    assert shown.withheld
    assert shown.divergence is None
    assert shown.events == events


def test_what_differs_before_a_withheld_text_is_still_found(run: Run) -> None:
    """The first of them that fails is reported."""
    run["events"][ASKED]["content"] = WITHHELD
    run["events"][ACT]["request_sha256"] = "0" * 64
    assert diverges(run) == (ACT, "request")


def test_an_edit_whose_text_is_withheld_is_still_the_edit_the_program_makes(run: Run) -> None:
    """Of another edit it does not matter what is withheld."""
    run["events"][CUT]["edit"] = {"how": "replace", "text": WITHHELD}
    document = copy.deepcopy(DOCUMENT)
    document["program"]["steps"][6] = {
        "do": "edit",
        "id": "cut",
        "thread": "main",
        "actor": "solver",
        "how": "keep-last",
        "count": 1,
    }
    assert where(replayed(document, WORLD, run)) == (CUT, "text")


def test_a_withheld_field_of_the_item_ends_replay_only_where_the_program_uses_it(run: Run) -> None:
    """One that no template names keeps nothing from being checked."""
    fields: dict[str, Any] = {**WORLD.fields, "words": WITHHELD}
    world = World(simulators=WORLD.simulators, environments=WORLD.environments, fields=fields)
    shown = replayed(DOCUMENT, world, run)
    assert not shown.withheld
    assert shown.divergence is None
    fields["question"] = WITHHELD
    shown = replayed(
        DOCUMENT,
        World(simulators=WORLD.simulators, environments=WORLD.environments, fields=fields),
        run,
    )
    assert shown.withheld
    assert (shown.divergence, shown.events) == (None, 0)


def test_reasoning_that_is_withheld_is_not_needed_unless_it_is_echoed() -> None:
    """It is in no view and no value."""
    document = scaffold(generate("a"), generate("b"))
    reasoned = [{"type": "reasoning", "form": "text", "text": WITHHELD}, {"type": "text", "text": "x"}]
    run = record(document, World(), ["x", "y"])
    run["events"][0]["content"] = reasoned
    assert where(replayed(document, World(), run)) is None


# --- external parts ---


def opaque(**more: Any) -> dict[str, Any]:
    fixed = {"harness": {"name": "h", "sha256": "0" * 64}, "max_events": 3, "at_bound": "continue"}
    return {"do": "external", "id": "opaque", "thread": "main", "actor": "solver", **fixed, **more}


def happened(role: str, content: Any, **more: Any) -> dict[str, Any]:
    fixed = {"kind": "external", "step": "opaque", "thread": "main", "actor": "harness", "origin": "harness"}
    return {**fixed, "role": role, "content": content, **more}


EXTERNAL = scaffold(
    say("ask", "Q"),
    opaque(),
    say("told", "<{{opaque}}>"),
    generate("a"),
    generate("b", "visitor"),
    actors=ACTORS,
    threads={"main": ["solver", "visitor"]},
)


def external_run(*parts: dict[str, Any], status: str = "completed") -> Run:
    """Return a record with these events from the opaque part; its digests are the ones the plain implementation derives."""
    from naive_scaffold import NaiveRun

    text = next((part["content"] for part in reversed(parts) if part["role"] == "assistant"), None) or ""
    events = [
        {
            "kind": "message",
            "step": "ask",
            "thread": "main",
            "actor": "program",
            "origin": "program",
            "role": "user",
            "content": "Q",
        },
        *parts,
        {
            "kind": "message",
            "step": "told",
            "thread": "main",
            "actor": "program",
            "origin": "program",
            "role": "user",
            "content": f"<{text}>",
        },
        {
            "kind": "output",
            "step": "a",
            "thread": "main",
            "actor": "solver",
            "origin": "model",
            "role": "assistant",
            "content": "A",
        },
        {
            "kind": "output",
            "step": "b",
            "thread": "main",
            "actor": "visitor",
            "origin": "simulator",
            "role": "user",
            "content": "B",
        },
    ]
    made = {
        **as_run(WORLD, NaiveRun(EXTERNAL, WORLD, events, compare=False).events, status),
        "result": [{"name": "answer", "content": "done"}],
    }
    assert_valid(made, "run")
    return made


@pytest.mark.parametrize(
    "parts",
    [
        (happened("assistant", "said"),),
        (),
        (happened("user", "prompt"), happened("assistant", "first"), happened("assistant", "last")),
        (
            happened("assistant", "first"),
            happened("tool", "T", tool_call_id="1"),
            happened("user", "u", actor="solver", origin="model"),
        ),
        (happened("assistant", None),),
        (happened("assistant", "I call.", tool_calls=[call("1", "look")]),),
    ],
)
def test_an_opaque_part_is_passed_over_and_its_last_assistant_words_are_its_output(
    parts: tuple[dict[str, Any], ...],
) -> None:
    """Heard as its actor's, without calls; the rest replays around it."""
    made = external_run(*parts)
    shown = replayed(EXTERNAL, WORLD, made)
    assert diverges(made, EXTERNAL) is None
    assert (shown.pinned, shown.requests) == (1, 2)
    assert len(made["events"]) == 4 + len(parts)


def test_an_opaque_part_cannot_go_past_its_bound_or_stand_elsewhere() -> None:
    """Its position and its bound hold."""
    parts = [happened("assistant", str(number)) for number in range(4)]
    made = external_run(*parts[:3])
    made["events"].insert(4, parts[3])
    assert diverges(made, EXTERNAL) == (4, "event")
    for member, value in [("step", "told"), ("thread", "other"), ("kind", "output")]:
        made = external_run(parts[0])
        made["events"][1] = {**parts[0], member: value}
        assert diverges(made, EXTERNAL) == (1, "event")


def test_words_of_an_opaque_part_that_a_later_request_contains_cannot_be_edited() -> None:
    """What follows it is derived from its words."""
    made = external_run(happened("assistant", "said"))
    made["events"][1]["content"] = "Said"
    assert diverges(made, EXTERNAL) == (2, "text")


@pytest.mark.parametrize(
    ("at_bound", "count", "status"),
    [
        ("continue", 3, "completed"),
        ("stop", 3, "limit-reached"),
        ("stop", 2, "completed"),
        ("stop", 0, "completed"),
    ],
)
def test_an_opaque_parts_bound_is_met_when_it_has_as_many_events(
    at_bound: str, count: int, status: str
) -> None:
    """Then it does what `at_bound` says."""
    document = scaffold(opaque(at_bound=at_bound), say("after", "x"))
    events = [happened("assistant", "x")] * count
    after = [
        {
            "kind": "message",
            "step": "after",
            "thread": "main",
            "actor": "program",
            "origin": "program",
            "role": "user",
            "content": "x",
        }
    ]
    result = {"result": [{"name": "answer", "content": "done"}]}
    made = {
        **as_run(WORLD, events + (after if status == "completed" else []), status),
        **(result if status == "completed" else {}),
    }
    assert diverges(made, document) is None
    other = {**made, "status": "completed" if status == "limit-reached" else "limit-reached"}
    assert diverges(other, document) == (len(made["events"]), "status")


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_run_may_fail_inside_an_opaque_part_that_is_the_last_step(count: int) -> None:
    """The harness may have had more to say: what is there is a strict prefix of such a run."""
    document = scaffold(say("ask", "Q"), opaque())
    ask = {
        "kind": "message",
        "step": "ask",
        "thread": "main",
        "actor": "program",
        "origin": "program",
        "role": "user",
        "content": "Q",
    }
    failed = as_run(WORLD, [ask, *[happened("assistant", "x")] * count], "failed")
    assert where(replayed(document, WORLD, failed)) is None
    full = as_run(WORLD, [ask, *[happened("assistant", "x")] * 3], "failed")
    assert where(replayed(document, WORLD, full)) == (4, "status")


def test_the_live_driver_records_an_opaque_part_as_one_event() -> None:
    """And its record replays."""
    run = record(EXTERNAL, WORLD, ["said", "A", "B"])
    assert run["events"] == external_run(happened("assistant", "said"))["events"]


# --- the machine's answers to different systems ---


def test_the_same_record_under_another_model_or_design_is_no_run_of_it(run: Run) -> None:
    """The model's name is in every request of a model and in none of a simulator."""
    world = World(
        model="beta", simulators=WORLD.simulators, environments=WORLD.environments, fields=WORLD.fields
    )
    assert diverges(run, world=world) == (ACT, "request")
    world = World(simulators={"customer": "visitor-2"}, environments=WORLD.environments, fields=WORLD.fields)
    assert diverges(run, world=world) == (HEARD, "request")
    world = World(
        simulators=WORLD.simulators,
        environments={"desk": [tool("look", "Another tool.")]},
        fields=WORLD.fields,
    )
    assert diverges(run, world=world) == (ACT, "request")


def test_a_setting_needs_only_a_model_and_a_design() -> None:
    """What a program does not use need not be there."""
    assert Setting("m", "0" * 64).adaptations.reshape is False


def test_events_are_consumed_once_and_one_ahead() -> None:
    """A run that is longer than one line comes as a stream."""
    document = scaffold(
        each("row", "item.words", [say("a", "{{one}}"), generate("b")]),
        extract("c", "x", [{"op": "trim"}]),
        let("d", "{{c}}"),
    )
    run = record(document, WORLD, ["1", "2"])
    given = 0

    def stream() -> Any:
        nonlocal given
        for event in run["events"]:
            given += 1
            yield event

    shown = replayed(document, WORLD, {**run, "events": stream()})
    assert (where(shown), given, shown.events) == (None, 4, 4)
    given = 0
    run["events"][0]["content"] = "x"
    assert where(replayed(document, WORLD, {**run, "events": stream()})) == (0, "text")
    assert given == 1


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (1, True, False),
        (True, True, True),
        (False, 0, False),
        (None, None, True),
        (None, 0, False),
        ("1", 1, False),
        ({"a": [1, {"b": True}]}, {"a": [1.0, {"b": True}]}, True),
        ({"a": [1, {"b": True}]}, {"a": [1, {"b": 1}]}, False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ([], {}, False),
    ],
)
def test_values_are_the_same_as_json(one: Any, other: Any, equal: bool) -> None:
    """Not as Python."""
    assert same(one, other) is equal
