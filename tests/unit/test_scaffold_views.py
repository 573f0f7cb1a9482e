"""Views and request digests: what each actor was sent, written out by hand and digested by a second implementation."""

from __future__ import annotations

import copy
from hashlib import sha256
from typing import Any

import pytest
import rfc8785

from fsep.scaffold.compile import compile_program
from fsep.scaffold.drive import drive
from fsep.scaffold.machine import Item, Want
from fsep.scaffold.message import Output
from naive_scaffold import NaiveRun, World, requests_sent
from scaffolding import (
    Run,
    as_run,
    assert_agrees,
    assert_valid,
    call,
    generate,
    record,
    repeat,
    replayed,
    say,
    scaffold,
    scripted,
    setting,
    tool,
    tools,
    where,
)

ACTORS = {
    "solver": {"kind": "model"},
    "critic": {"kind": "model"},
    "visitor": {"kind": "simulator", "simulator": "customer"},
    "person": {"kind": "human"},
}
WORLD = World(
    simulators={"customer": "visitor-1"},
    environments={"desk": [tool("look"), tool("count"), tool("say_é", "Ä \u2028")]},
)


def sent(document: dict[str, Any], world: World, answers: list[Any]) -> dict[str, list[dict[str, Any]]]:
    """Return what was sent for each output's step, having seen that the record replays and that its digests are right."""
    seen: dict[str, list[dict[str, Any]]] = {}
    respond = scripted(answers)

    def watched(want: Want) -> tuple[Output, dict[str, Any]]:
        if want.request is not None:
            seen[want.fields["step"]] = [message.as_dict() for message in want.request.messages()]
        return respond(want)

    run = record(document, world, watched)
    assert_agrees(document, world, run)
    derived = {
        run["events"][place]["step"]: messages
        for place, messages in requests_sent(document, world, run["events"])
    }
    assert derived == seen
    return seen


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def assistant(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


def system(text: str) -> dict[str, str]:
    return {"role": "system", "content": text}


TALK = scaffold(
    say("policy", "Serve.", role="system", to="solver"),
    say("part", "Visit.", role="system", to="visitor"),
    say("greeting", "Hello", role="assistant", **{"for": "solver"}),
    generate("asked", "visitor"),
    generate("reply"),
    say("aside", "Time is short.", role="user"),
    say("excuse", "Sorry", role="assistant", **{"for": "visitor"}),
    generate("asked_2", "visitor"),
    generate("reply_2"),
    actors=ACTORS,
    threads={"main": ["solver", "visitor"]},
)


def test_each_of_two_speakers_has_its_own_view_of_a_thread() -> None:
    """One's own words are `assistant`, everyone else's `user`; instructions reach their addressee alone; nothing is merged."""
    views = sent(TALK, WORLD, ["Lima?", "Yes.", "Thanks.", "Bye."])
    assert views == {
        "asked": [system("Visit."), user("Hello")],
        "reply": [system("Serve."), assistant("Hello"), user("Lima?")],
        "asked_2": [system("Visit."), user("Hello"), assistant("Lima?"), user("Yes."), user("Time is short."), assistant("Sorry")],
        "reply_2": [
            system("Serve."), assistant("Hello"), user("Lima?"), assistant("Yes."), user("Time is short."), user("Sorry"), user("Thanks."),
        ],
    }  # fmt: skip


def test_a_request_names_the_model_that_is_asked() -> None:
    """The system's for a model, the simulator's for a simulator; a person is sent no request."""
    document = scaffold(
        generate("a"), generate("b", "visitor"), generate("c", "person", "aside"), actors=ACTORS,
        threads={"main": ["solver", "visitor"], "aside": ["person", "critic"]},
    )  # fmt: skip
    models: dict[str, Any] = {}

    def respond(want: Want) -> tuple[Output, dict[str, Any]]:
        models[want.fields["step"]] = want.request and want.request.model
        return Output("x"), {"participant": "p1"} if want.request is None else {}

    run = record(document, WORLD, respond)
    assert models == {"a": "alpha-1", "b": "visitor-1", "c": None}
    assert [event["origin"] for event in run["events"]] == ["model", "simulator", "human"]
    assert [event["role"] for event in run["events"]] == ["assistant", "user", "user"]
    assert "request_sha256" not in run["events"][2]
    assert "parameters" not in run["events"][2]
    assert_agrees(document, WORLD, run)


def test_a_persons_words_are_heard_as_a_users() -> None:
    """And the model's are in no request to the person."""
    document = scaffold(
        generate("a", "person"),
        generate("b"),
        generate("c", "person"),
        generate("d"),
        actors=ACTORS,
        threads={"main": ["person", "solver"]},
    )
    assert sent(document, WORLD, ["Hi", "Ho", "Hm", "He"]) == {
        "b": [user("Hi")],
        "d": [user("Hi"), assistant("Ho"), user("Hm")],
    }


def test_two_parts_of_one_model_each_have_a_view() -> None:
    """In one thread they are two speakers."""
    document = scaffold(
        generate("a"),
        generate("b", "critic"),
        generate("c"),
        actors=ACTORS,
        threads={"main": ["solver", "critic"]},
    )
    assert sent(document, WORLD, ["1", "2", "3"]) == {
        "a": [],
        "b": [user("1")],
        "c": [assistant("1"), user("2")],
    }


def test_threads_have_views_of_their_own() -> None:
    """An actor in two threads is told nothing of the other."""
    document = scaffold(
        say("x", "main text"), say("y", "side text", "side"), generate("a"), generate("b", thread="side"), generate("c"),
        threads={"main": ["solver"], "side": ["solver"]},
    )  # fmt: skip
    assert sent(document, WORLD, ["1", "2", "3"]) == {
        "a": [user("main text")], "b": [user("side text")], "c": [user("main text"), assistant("1")],
    }  # fmt: skip


def test_calls_and_their_answers_are_seen_by_the_caller_alone() -> None:
    """With any text beside them; of refused calls the scaffold's own answer."""
    document = scaffold(
        tools("act", offer=["look"]),
        generate("heard", "visitor"),
        generate("again"),
        actors=ACTORS,
        threads={"main": ["solver", "visitor"]},
    )
    calls = [
        call("1", "look", {"at": "é", "n": 1.50}),
        call("2", "count"),
        call("3", "look", "{at:"),
        call("4", "count", "[]"),
    ]
    views = sent(document, WORLD, [Output("I look.", calls), "seen", Output(None, [call("1", "look")]), [{"type": "text", "text": "se"}, {"type": "text", "text": "en"}], "Done.", "Good.", "So."])  # fmt: skip
    mine = [
        {"role": "assistant", "content": "I look.", "tool_calls": calls},
        {"role": "tool", "content": "seen", "tool_call_id": "1"},
        {"role": "tool", "content": "No tool.", "tool_call_id": "2"},
        {"role": "tool", "content": "Bad.", "tool_call_id": "3"},
        # A tool that is not offered is said first, whatever its arguments.
        {"role": "tool", "content": "No tool.", "tool_call_id": "4"},
    ]
    again = [
        {"role": "assistant", "content": "", "tool_calls": [call("1", "look")]},
        {"role": "tool", "content": "seen", "tool_call_id": "1"},
    ]
    assert views == {
        "act[0]": [],
        "act[1]": mine,
        "act[2]": mine + again,
        "heard": [user("Done.")],
        "again": [*mine, *again, assistant("Done."), user("Good.")],
    }


def test_a_generate_offers_no_tools_and_its_calls_are_still_its_own() -> None:
    """What it calls all the same is recorded, seen by itself and answered by nobody."""
    document = scaffold(
        generate("a"),
        generate("b", "visitor"),
        generate("c"),
        actors=ACTORS,
        threads={"main": ["solver", "visitor"]},
    )
    views = sent(document, WORLD, [Output("I call.", [call("1", "look")]), "What?", "So."])
    mine = {"role": "assistant", "content": "I call.", "tool_calls": [call("1", "look")]}
    assert views == {"a": [], "b": [], "c": [mine, user("What?")]}


def test_a_programs_own_call_is_in_no_view() -> None:
    """Its answer's text is a value, text parts joined, whatever other parts there are."""
    ask = {
        "do": "call",
        "id": "asked",
        "environment": "desk",
        "tool": "look",
        "arguments": {"text": "x{{item.a}}"},
        "unknown_tool": "None.",
    }
    document = scaffold(ask, say("told", "<{{asked}}>"), generate("a"))
    image = {"type": "image", "blob": "0" * 64, "media_type": "image/png"}
    for content, text in [
        ("seen", "seen"),
        (None, ""),
        ([], ""),
        ([{"type": "text", "text": "se"}, image, {"type": "text", "text": "en"}], "seen"),
        ([image], ""),
        ([{"type": "reasoning", "form": "text", "text": "hm"}, {"type": "text", "text": "seen"}], "seen"),
    ]:
        assert sent(
            document, World(environments={"desk": [tool("look")]}, fields={"a": "1"}), [content, "ok"]
        ) == {"a": [user(f"<{text}>")]}


REASONED = [
    {"type": "reasoning", "form": "text", "text": "They ask."},
    {"type": "text", "text": "Li"},
    {"type": "reasoning", "form": "opaque", "signature": "c2ln"},
    {"type": "text", "text": "ma."},
]
IMAGE = {"type": "image", "blob": "a" * 64, "media_type": "image/png"}


@pytest.mark.parametrize(
    ("content", "plain", "echoed"),
    [
        ("Lima.", "Lima.", "Lima."),
        (None, "", ""),
        ([], "", ""),
        ([{"type": "text", "text": ""}], "", ""),
        (REASONED, "Lima.", REASONED),
        ([REASONED[0]], "", [REASONED[0]]),
        ([{"type": "reasoning", "form": "none"}], "", [{"type": "reasoning", "form": "none"}]),
        ([REASONED[1], IMAGE], [REASONED[1], IMAGE], [REASONED[1], IMAGE]),
        ([*REASONED, IMAGE], [REASONED[1], REASONED[3], IMAGE], [*REASONED, IMAGE]),
    ],
)
def test_reasoning_stays_only_in_the_speakers_view_and_only_where_it_is_echoed(
    content: Any, plain: Any, echoed: Any
) -> None:
    """A text where all parts that stay are text, the parts themselves otherwise."""
    document = scaffold(
        generate("a"),
        generate("b", "visitor"),
        generate("c"),
        say("d", "{{a}}"),
        result="{{a}}",
        actors=ACTORS,
        threads={"main": ["solver", "visitor"]},
    )
    for adaptations, mine in [((), plain), (({"kind": "echo-reasoning"},), echoed)]:
        world = World(simulators=WORLD.simulators, adaptations=adaptations)
        views = sent(document, world, [content, REASONED, "x"])
        assert views["b"] == [{"role": "user", "content": plain}]
        # The visitor is no model: its reasoning is echoed nowhere.
        assert views["c"] == [{"role": "assistant", "content": mine}, user("Lima.")]


def test_reasoning_is_echoed_beside_calls_too() -> None:
    """And never in what a simulator is sent, its own words included."""
    document = scaffold(
        tools("a"),
        tools("b", "visitor", max_rounds=2),
        actors=ACTORS,
        threads={"main": ["solver", "visitor"]},
    )
    world = World(
        simulators=WORLD.simulators,
        environments=WORLD.environments,
        adaptations=({"kind": "echo-reasoning"},),
    )
    views = sent(
        document,
        world,
        [
            Output(REASONED, [call("1", "look")]),
            "seen",
            "ok",
            Output(REASONED, [call("2", "look")]),
            "seen",
            "ok",
        ],
    )
    assert views["a[1]"][0] == {"role": "assistant", "content": REASONED, "tool_calls": [call("1", "look")]}
    assert views["b[1]"][1] == {"role": "assistant", "content": "Lima.", "tool_calls": [call("2", "look")]}


# --- edits ---


def edit(id_: str, how: str, **more: Any) -> dict[str, Any]:
    return {"do": "edit", "id": id_, "thread": "main", "actor": "solver", "how": how, **more}


LONG = [
    say("rule", "R1", role="system", to="solver"),
    say("one", "U1"),
    tools("act"),
    say("rule_2", "R2", role="system", to="solver"),
    say("two", "U2"),
]
SPOKEN = [Output("A1", [call("1", "look"), call("2", "look")]), "T1", "T2", "A2"]
CALLED = {"role": "assistant", "content": "A1", "tool_calls": [call("1", "look"), call("2", "look")]}
RESULTS = [
    {"role": "tool", "content": "T1", "tool_call_id": "1"},
    {"role": "tool", "content": "T2", "tool_call_id": "2"},
]


@pytest.mark.parametrize(
    ("done", "view"),
    [
        (
            ("drop-first", {"count": 0}),
            [system("R1"), user("U1"), CALLED, *RESULTS, assistant("A2"), system("R2"), user("U2")],
        ),
        (
            ("drop-first", {"count": 1}),
            [system("R1"), CALLED, *RESULTS, assistant("A2"), system("R2"), user("U2")],
        ),
        # Results whose call was dropped go with it.
        (("drop-first", {"count": 2}), [system("R1"), assistant("A2"), system("R2"), user("U2")]),
        (("drop-first", {"count": 3}), [system("R1"), assistant("A2"), system("R2"), user("U2")]),
        (("drop-first", {"count": 5}), [system("R1"), system("R2"), user("U2")]),
        (("drop-first", {"count": 6}), [system("R1"), system("R2")]),
        (("drop-first", {"count": 99}), [system("R1"), system("R2")]),
        (
            ("keep-last", {"count": 99}),
            [system("R1"), user("U1"), CALLED, *RESULTS, assistant("A2"), system("R2"), user("U2")],
        ),
        (
            ("keep-last", {"count": 6}),
            [system("R1"), user("U1"), CALLED, *RESULTS, assistant("A2"), system("R2"), user("U2")],
        ),
        (
            ("keep-last", {"count": 5}),
            [system("R1"), CALLED, *RESULTS, assistant("A2"), system("R2"), user("U2")],
        ),
        (("keep-last", {"count": 4}), [system("R1"), assistant("A2"), system("R2"), user("U2")]),
        (("keep-last", {"count": 3}), [system("R1"), assistant("A2"), system("R2"), user("U2")]),
        (("keep-last", {"count": 1}), [system("R1"), system("R2"), user("U2")]),
        (("keep-last", {"count": 0}), [system("R1"), system("R2")]),
        (("replace", {"text": "So far: {{act}}"}), [system("R1"), system("R2"), user("So far: A2")]),
        (("replace", {"text": ""}), [system("R1"), system("R2"), user("")]),
    ],
)
def test_an_edit_cuts_or_replaces_and_leaves_instructions_in_their_places(
    done: tuple[str, dict[str, Any]], view: list[Any]
) -> None:
    """What comes after is added to what was left, also where requests were made before."""
    document = scaffold(*LONG, edit("cut", done[0], **done[1]), generate("after_it"), generate("later"))
    views = sent(document, WORLD, [*SPOKEN, "A3", "A4"])
    assert views["after_it"] == view
    assert views["later"] == [*view, assistant("A3")]


def test_an_edit_changes_the_view_of_one_actor_alone() -> None:
    """The other speaker's, and other threads, keep theirs."""
    document = scaffold(
        say("one", "U1"), generate("a"), generate("b", "visitor"), edit("cut", "replace", text="gone"), generate("c"), generate("d", "visitor"),
        actors=ACTORS, threads={"main": ["solver", "visitor"]},
    )  # fmt: skip
    views = sent(document, WORLD, ["1", "2", "3", "4"])
    assert views["c"] == [user("gone")]
    assert views["d"] == [user("U1"), user("1"), assistant("2"), user("3")]


def test_edits_in_a_row_each_start_from_what_the_one_before_left() -> None:
    """Also of a view that is empty, or has instructions alone."""
    document = scaffold(
        edit("first", "drop-first", count=3), say("rule", "R", role="system", to="solver"), edit("second", "keep-last", count=0), say("one", "U1"),
        say("two", "U2"), edit("third", "keep-last", count=1), edit("fourth", "replace", text="S"), say("three", "U3"), edit("fifth", "drop-first", count=1),
        generate("a"),
    )  # fmt: skip
    assert sent(document, WORLD, ["x"]) == {"a": [system("R"), user("U3")]}


def test_fresh_threads_begin_without_history_in_every_round() -> None:
    """Instructions are history too; other threads go on, and after the loop the last round's history stays."""
    document = scaffold(
        say("rule", "R", "side", role="system", to="solver"),
        say("begin", "B"),
        repeat(
            "turn",
            [say("ask", "{{turn}}", "side"), generate("a", thread="side"), generate("b")],
            2,
            fresh=["side"],
        ),
        generate("c", thread="side"),
        threads={"main": ["solver"], "side": ["solver"]},
    )
    assert sent(document, WORLD, ["1", "2", "3", "4", "5"]) == {
        "a[0]": [user("0")],
        "b[0]": [user("B")],
        "a[1]": [user("1")],
        "b[1]": [user("B"), assistant("2")],
        "c": [user("1"), assistant("3")],
    }


# --- adaptations ---


def adapted(*adaptations: dict[str, Any], fields: dict[str, Any] | None = None) -> World:
    return World(
        simulators=WORLD.simulators,
        environments=WORLD.environments,
        adaptations=adaptations,
        fields=fields or {},
    )


PARAMETERS = {
    "temperature": 0.7,
    "max_tokens": 512,
    "stop": ["END"],
    "flag": True,
    "name": "x",
    "deep": {"a": [1.0, None]},
    "zero": 0,
}


@pytest.mark.parametrize(
    ("adaptations", "changed"),
    [
        ([], {}),
        ([{"kind": "omit-parameter", "parameter": "temperature"}], {"temperature": None}),
        ([{"kind": "omit-parameter", "parameter": "absent"}], {}),
        ([{"kind": "clamp-parameter", "parameter": "max_tokens", "maximum": 256}], {"max_tokens": 256}),
        ([{"kind": "clamp-parameter", "parameter": "max_tokens", "minimum": 600}], {"max_tokens": 600}),
        ([{"kind": "clamp-parameter", "parameter": "max_tokens", "minimum": 1, "maximum": 512}], {}),
        (
            [{"kind": "clamp-parameter", "parameter": "temperature", "minimum": 1.0, "maximum": 2}],
            {"temperature": 1.0},
        ),
        # At least the minimum first, at most the maximum then.
        (
            [{"kind": "clamp-parameter", "parameter": "max_tokens", "minimum": 600, "maximum": 100}],
            {"max_tokens": 100},
        ),
        # Only a number is clamped: truth, a text or what is absent is none.
        ([{"kind": "clamp-parameter", "parameter": "flag", "minimum": 5}], {}),
        ([{"kind": "clamp-parameter", "parameter": "name", "minimum": 5}], {}),
        ([{"kind": "clamp-parameter", "parameter": "absent", "minimum": 5}], {}),
        ([{"kind": "clamp-parameter", "parameter": "zero", "minimum": 1}], {"zero": 1}),
        ([{"kind": "client-side-stop"}], {"stop": None}),
        # In the order of the list.
        (
            [
                {"kind": "clamp-parameter", "parameter": "max_tokens", "maximum": 9},
                {"kind": "clamp-parameter", "parameter": "max_tokens", "minimum": 10},
            ],
            {"max_tokens": 10},
        ),
        (
            [
                {"kind": "clamp-parameter", "parameter": "max_tokens", "minimum": 1000},
                {"kind": "clamp-parameter", "parameter": "max_tokens", "maximum": 10},
            ],
            {"max_tokens": 10},
        ),
        # A seed is a parameter like others by then.
        ([{"kind": "omit-parameter", "parameter": "seed"}], {"seed": None}),
        ([{"kind": "clamp-parameter", "parameter": "seed", "maximum": 7}], {"seed": 7}),
    ],
)
def test_parameters_are_adapted_for_models_alone(
    adaptations: list[dict[str, Any]], changed: dict[str, Any]
) -> None:
    """The simulator is sent those of its step."""
    more: dict[str, Any] = {"parameters": PARAMETERS, "seed": 99}
    document = scaffold(
        generate("a", **more),
        generate("b", "visitor", **more),
        actors=ACTORS,
        threads={"main": ["solver", "visitor"]},
    )
    world = adapted(*adaptations)
    run = record(document, world, ["x", "y"])
    assert_agrees(document, world, run)
    whole = {**PARAMETERS, "seed": 99}
    assert run["events"][1]["parameters"] == whole
    assert run["events"][0]["parameters"] == {
        name: value for name, value in {**whole, **changed}.items() if value is not None
    }
    assert document["program"]["steps"][0]["parameters"] == PARAMETERS


def test_a_steps_seed_takes_the_place_of_a_parameter_of_that_name() -> None:
    """And is not sent where it is `none`."""
    document = scaffold(
        generate("a", parameters={"seed": 1}, seed=2),
        generate("b", parameters={"seed": 1}),
        generate("c", seed=0),
        generate("d"),
    )
    run = record(document, WORLD, "abcd")
    assert [event["parameters"] for event in run["events"]] == [{"seed": 2}, {"seed": 1}, {"seed": 0}, {}]
    assert_agrees(document, WORLD, run)


SYSTEMS = scaffold(
    say("r1", "R1", role="system", to="solver"),
    say("r2", "R2", role="system", to="solver"),
    say("u1", "U1"),
    generate("a"),
    say("r3", "R3", role="system", to="solver"),
    generate("b"),
    say("r4", "R4", role="system", to="solver"),
    say("g", "G", role="assistant", **{"for": "solver"}),
    say("u2", "U2"),
    say("u3", "U3"),
    tools("act"),
    say("v1", "V1", role="system", to="visitor"),
    generate("heard", "visitor"),
    actors=ACTORS,
    threads={"main": ["solver", "visitor"]},
)
SYSTEM_ANSWERS = ["A1", "A2", Output("", [call("1", "look")]), "T1", "A3", "V"]
USED = {"role": "assistant", "content": "", "tool_calls": [call("1", "look")]}
USED_RESULT = {"role": "tool", "content": "T1", "tool_call_id": "1"}


@pytest.mark.parametrize(
    ("adaptations", "a", "b", "act"),
    [
        (
            [],
            [system("R1"), system("R2"), user("U1")],
            [system("R1"), system("R2"), user("U1"), assistant("A1"), system("R3")],
            [system("R1"), system("R2"), user("U1"), assistant("A1"), system("R3"), assistant("A2"), system("R4"), assistant("G"), user("U2"), user("U3")],
        ),
        (
            [{"kind": "system-text", "as": "developer"}],
            [{"role": "developer", "content": "R1"}, {"role": "developer", "content": "R2"}, user("U1")],
            [{"role": "developer", "content": "R1"}, {"role": "developer", "content": "R2"}, user("U1"), assistant("A1"), {"role": "developer", "content": "R3"}],
            [
                {"role": "developer", "content": "R1"}, {"role": "developer", "content": "R2"}, user("U1"), assistant("A1"),
                {"role": "developer", "content": "R3"}, assistant("A2"), {"role": "developer", "content": "R4"}, assistant("G"), user("U2"), user("U3"),
            ],
        ),
        (
            [{"kind": "system-text", "as": "user"}],
            [user("R1\n\nR2\n\nU1")],
            [user("R1\n\nR2\n\nU1"), assistant("A1"), user("R3")],
            [user("R1\n\nR2\n\nU1"), assistant("A1"), user("R3"), assistant("A2"), user("R4"), assistant("G"), user("U2"), user("U3")],
        ),
        (
            [{"kind": "merge-adjacent", "separator": "+"}],
            [system("R1+R2"), user("U1")],
            [system("R1+R2"), user("U1"), assistant("A1"), system("R3")],
            [system("R1+R2"), user("U1"), assistant("A1"), system("R3"), assistant("A2"), system("R4"), assistant("G"), user("U2+U3")],
        ),
        (
            # Whatever the order of the list, instructions come first; of two of a kind the last holds.
            [
                {"kind": "merge-adjacent", "separator": "+"}, {"kind": "merge-adjacent", "separator": ""},
                {"kind": "system-text", "as": "developer"}, {"kind": "system-text", "as": "user"},
            ],
            [user("R1\n\nR2\n\nU1")],
            [user("R1\n\nR2\n\nU1"), assistant("A1"), user("R3")],
            [user("R1\n\nR2\n\nU1"), assistant("A1"), user("R3"), assistant("A2"), user("R4"), assistant("G"), user("U2U3")],
        ),
    ],
)  # fmt: skip
def test_messages_are_adapted_for_models_alone(
    adaptations: list[dict[str, Any]], a: list[Any], b: list[Any], act: list[Any]
) -> None:
    """Every request is of the whole adapted view, also where earlier parts of it were sent before."""
    views = sent(SYSTEMS, adapted(*adaptations), SYSTEM_ANSWERS)
    assert views == {
        "a": a,
        "b": b,
        "act[0]": act,
        "act[1]": [*act, USED, USED_RESULT],
        "heard": [
            user("U1"),
            user("A1"),
            user("A2"),
            user("G"),
            user("U2"),
            user("U3"),
            user("A3"),
            system("V1"),
        ],
    }


@pytest.mark.parametrize("as_", ["user", "developer"])
def test_adaptations_go_over_the_whole_view_after_an_edit(as_: str) -> None:
    """What was sent before the edit plays no part."""
    document = scaffold(
        say("r1", "R1", role="system", to="solver"), say("u1", "U1"), generate("a"), say("u2", "U2"), edit("cut", "keep-last", count=1), generate("b"),
        say("g", "G", role="assistant", **{"for": "solver"}), generate("c"), edit("cut_2", "replace", text="S"), generate("d"),
    )  # fmt: skip
    views = sent(
        document,
        adapted({"kind": "system-text", "as": as_}, {"kind": "merge-adjacent", "separator": "/"}),
        list("abcd"),
    )
    rule = [{"role": "developer", "content": "R1"}] if as_ == "developer" else []
    carried = "" if rule else "R1\n\n"
    assert views == {
        "a": [*rule, user(f"{carried}U1")],
        "b": [*rule, user(f"{carried}U2")],
        "c": [*rule, user(f"{carried}U2"), assistant("b/G")],
        "d": [*rule, user(f"{carried}S")],
    }


def test_words_in_a_row_of_ones_own_are_merged_with_the_next_ones() -> None:
    """An assistant message that was the last of a request can grow."""
    document = scaffold(generate("a"), generate("b"), generate("c"), say("u", "U"), generate("d"))
    views = sent(document, adapted({"kind": "merge-adjacent", "separator": " "}), ["1", "2", "3", "4"])
    assert views == {
        "a": [],
        "b": [assistant("1")],
        "c": [assistant("1 2")],
        "d": [assistant("1 2 3"), user("U")],
    }


def test_only_messages_of_text_alone_are_merged_or_carry_instructions() -> None:
    """Parts, calls and tool messages stay by themselves."""
    world = adapted({"kind": "system-text", "as": "user"}, {"kind": "merge-adjacent", "separator": "+"})
    document = scaffold(
        say("r1", "R1", role="system", to="solver"), generate("v1", "visitor"), generate("v2", "visitor"), generate("v3", "visitor"), generate("a"),
        tools("act"), actors=ACTORS, threads={"main": ["solver", "visitor"]},
    )  # fmt: skip
    calls = Output("C", [call("1", "look"), call("2", "look")])
    views = sent(document, world, [[IMAGE], "V2", "V3", "A", calls, "T1", "T2", "B"])
    assert views["a"] == [user("R1"), {"role": "user", "content": [IMAGE]}, user("V2+V3")]
    assert views["act[1]"][3:] == [
        assistant("A"),
        {"role": "assistant", "content": "C", "tool_calls": [call("1", "look"), call("2", "look")]},
        {"role": "tool", "content": "T1", "tool_call_id": "1"},
        {"role": "tool", "content": "T2", "tool_call_id": "2"},
    ]


# --- the digest itself ---


def test_the_digest_is_the_chain_the_specification_describes() -> None:
    """Worked out here step by step, without either implementation."""
    document = scaffold(
        say("ask", "Zür\u0007ich\u2028?"),
        tools("act", parameters={"temperature": 0.0, "top_p": 1e-7}, offer=["say_é", "look"], seed=3),
    )
    run = record(document, WORLD, ["ok"])

    def chained(before: bytes, message: dict[str, Any]) -> bytes:
        return sha256(before + sha256(rfc8785.dumps(message)).digest()).digest()

    chain = chained(sha256(b"fsep-view-1").digest(), user("Zür\u0007ich\u2028?"))
    body: dict[str, Any] = {
        "fsep_request": "1.0",
        "model": "alpha-1",
        "parameters": {"temperature": 0, "top_p": 1e-7, "seed": 3},
        # In the environment's order, not the offer's.
        "tools": sha256(rfc8785.dumps([tool("look"), tool("say_é", "Ä \u2028")])).hexdigest(),
        "view": chain.hex(),
    }
    assert run["events"][1]["request_sha256"] == sha256(rfc8785.dumps(body)).hexdigest()
    assert run["events"][1]["parameters"] == body["parameters"]


@pytest.mark.parametrize(
    ("environment", "offer"),
    [
        ([], "all"),
        ([tool("look")], ["other"]),
        ([tool("look"), tool("count")], "all"),
        ([tool("look"), tool("count")], ["count"]),
    ],
)
def test_tools_are_digested_as_offered_and_null_where_there_are_none(
    environment: list[Any], offer: Any
) -> None:
    """An offer of nothing is as a `generate`."""
    world = World(environments={"desk": environment})
    document = scaffold(tools("act", offer=offer))
    run = record(document, world, ["ok"])
    assert_agrees(document, world, run)
    nothing = record(scaffold(generate("act")), world, ["ok"])["events"][0]["request_sha256"]
    assert (run["events"][0]["request_sha256"] == nothing) is (not environment or offer == ["other"])


def test_where_tools_are_not_stated_every_name_is_offered_and_no_digest_can_be_derived() -> None:
    """Such requests are counted apart, whatever is recorded for them."""
    world = World(environments={"desk": None})
    document = scaffold(
        tools("act"),
        generate("then"),
        {
            "do": "call",
            "id": "asked",
            "environment": "desk",
            "tool": "anything",
            "arguments": {},
            "unknown_tool": "",
        },
    )
    run = record(
        document,
        world,
        [Output("", [call("1", "whatever"), call("2", "whatever", "text")]), "seen", "ok", "ok", "answered"],
    )
    assert [event["origin"] for event in run["events"]] == [
        "model",
        "environment",
        "program",
        "model",
        "model",
        "environment",
    ]
    run["events"][0]["request_sha256"] = "f" * 64
    shown = replayed(document, world, run)
    assert shown.divergence is None
    assert (shown.requests, shown.underivable, shown.parameters) == (1, 2, 3)


def test_requests_recorded_without_digest_or_parameters_are_counted_apart() -> None:
    """They neither agree nor disagree."""
    document = scaffold(generate("a"), generate("b"), generate("c"))
    run = record(document, WORLD, "abc")
    del run["events"][0]["request_sha256"]
    del run["events"][1]["parameters"]
    shown = replayed(document, WORLD, run)
    assert (where(shown), shown.requests, shown.unrecorded, shown.parameters, shown.unstated) == (
        None,
        2,
        1,
        2,
        1,
    )


@pytest.mark.parametrize(
    ("recorded", "agrees"),
    [
        ({"n": 1.0}, True),
        ({"n": 1}, True),
        ({"n": True}, False),
        ({"n": "1"}, False),
        ({"n": 2}, False),
        ({}, False),
        ({"n": 1, "m": None}, False),
        ({"n": [1]}, False),
    ],
)
def test_parameters_are_compared_as_json(recorded: dict[str, Any], agrees: bool) -> None:
    """1.0 is 1, true is not, and nothing may be left out or added."""
    document = scaffold(generate("a", parameters={"n": 1}))
    run = record(document, WORLD, "a")
    run["events"][0]["parameters"] = recorded
    assert where(replayed(document, WORLD, run)) == (None if agrees else (0, "parameters"))


# --- blobs ---


def test_texts_kept_in_blobs_are_read_into_views_values_and_results() -> None:
    """A text part from a blob is as one that stands in the record."""
    blobs = {"b" * 64: "long é text", "c" * 64: "answer"}
    world = World(blobs=blobs, simulators=WORLD.simulators)
    document = scaffold(
        say("ask", "Q"), generate("a"), generate("b", "visitor"), say("told", "<{{a}}>"), generate("c"), result="{{c}}", actors=ACTORS,
        threads={"main": ["solver", "visitor"]},
    )  # fmt: skip
    inline = record(
        document,
        World(simulators=WORLD.simulators),
        [[{"type": "text", "text": "so: "}, {"type": "text", "text": "long é text"}], "x", "answer"],
    )
    run: Run = copy.deepcopy(inline)
    run["events"][1]["content"][1] = {"type": "text", "blob": "b" * 64, "media_type": "text/plain"}
    run["events"][4]["content"] = [{"type": "text", "blob": "c" * 64}]
    run["result"][0]["content"] = [{"type": "text", "blob": "c" * 64}]
    assert_valid(run, "run")
    shown = replayed(document, world, run)
    assert where(shown) is None
    assert shown.requests == 3
    assert NaiveRun(document, world, run["events"], compare=False).result == [("answer", "answer")]
    other = World(blobs={**blobs, "b" * 64: "long e\u0301 text"}, simulators=WORLD.simulators)
    assert where(replayed(document, other, run)) == (2, "request")
    last = World(blobs={**blobs, "c" * 64: "another"}, simulators=WORLD.simulators)
    assert where(replayed(document, last, {**run, "result": inline["result"]})) == (5, "result")


def test_images_stay_as_they_are_recorded() -> None:
    """Their blob's digest is in the view, and its bytes are asked for by nobody."""
    document = scaffold(generate("a"), generate("b"))
    views = sent(document, WORLD, [[{"type": "text", "text": "see"}, IMAGE], "x"])
    assert views["b"] == [{"role": "assistant", "content": [{"type": "text", "text": "see"}, IMAGE]}]


def test_members_of_a_part_that_are_no_part_of_a_message_are_left_out() -> None:
    """Of a text part kept in a blob only the text is sent."""
    world = World(blobs={"b" * 64: "text"})
    document = scaffold(generate("a"), generate("b"))
    program = compile_program(document)
    recording = drive(
        program, setting(world), Item("i", {}), 0, scripted([[{"type": "text", "text": "text"}, IMAGE], "x"])
    )
    run = {
        **as_run(world, copy.deepcopy(recording.events)),
        "result": [{"name": "answer", "content": "done"}],
    }
    run["events"][0]["content"] = [{"type": "text", "blob": "b" * 64, "media_type": "text/plain"}, IMAGE]
    assert where(replayed(document, world, run)) is None
