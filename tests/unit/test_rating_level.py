"""The level of a run and its users, read off tables of events."""

from __future__ import annotations

from typing import Any

import pytest

from fsep.rating.level import LEVELS, USERS, Seen, Watch, fresh_threads
from fsep.rating.rubric import Rubric
from fsep.scaffold.compile import compile_program
from unit.rating_stock import dimension


def program(**loop: Any) -> Any:
    steps: list[dict[str, Any]] = [
        {"do": "say", "id": "ask", "thread": "main", "role": "user", "text": "Hello"},
        {"do": "generate", "id": "reply", "thread": "main", "actor": "solver"},
        {"do": "generate", "id": "said", "thread": "main", "actor": "visitor"},
        {"do": "generate", "id": "typed", "thread": "main", "actor": "person"},
        {"do": "generate", "id": "aside", "thread": "aside", "actor": "solver"},
        {"do": "generate", "id": "alone", "thread": "alone", "actor": "visitor"},
    ]
    if loop:
        steps = [{"do": "repeat", "id": "again", "max": 2, "steps": steps, **loop}]
    return compile_program(
        {
            "id": "talk",
            "program": {
                "actors": {
                    "solver": {"kind": "model"},
                    "visitor": {"kind": "simulator", "simulator": "customer"},
                    "person": {"kind": "human"},
                },
                "primary": "solver",
                "threads": {
                    "main": {"speakers": ["solver", "visitor", "person"]},
                    "aside": {"speakers": ["solver"]},
                    "alone": {"speakers": ["visitor"]},
                },
                "steps": steps,
                "result": [],
            },
        }
    )


PROGRAM = program()

# Events, by a letter each.
EVENTS: dict[str, dict[str, Any]] = {
    "o": {"kind": "output", "thread": "main", "step": "reply", "actor": "solver"},
    "c": {"kind": "output", "thread": "main", "step": "reply", "actor": "solver", "tool_calls": [{}]},
    "S": {"kind": "output", "thread": "main", "step": "said", "actor": "visitor"},
    "C": {"kind": "output", "thread": "main", "step": "said", "actor": "visitor", "tool_calls": [{}]},
    "H": {"kind": "output", "thread": "main", "step": "typed", "actor": "person", "participant": "p1"},
    "u": {"kind": "message", "thread": "main", "step": "ask", "role": "user"},
    "l": {"kind": "message", "thread": "main", "step": "ask[3]", "role": "user"},
    "n": {"kind": "message", "thread": "main", "step": "other", "role": "user"},
    "y": {"kind": "message", "thread": "main", "step": "ask", "role": "system"},
    "e": {"kind": "edit", "thread": "main", "step": "x"},
    "x": {"kind": "external", "thread": "main", "step": "x", "actor": "harness"},
    "a": {"kind": "output", "thread": "aside", "step": "aside", "actor": "solver"},
    "A": {"kind": "edit", "thread": "aside", "step": "x"},
    "w": {"kind": "output", "thread": "alone", "step": "alone", "actor": "visitor"},
    "t": {"kind": "tool", "step": "x"},
}


def watch(
    letters: str, one: Any = None, people: str = "recruited", fresh: frozenset[str] = frozenset()
) -> Seen:
    rubric = Rubric(dimensions=(one or dimension(),), scripted=frozenset({("talk", "ask")}), people=people)
    seen = Watch(rubric, PROGRAM, fresh)
    for letter in letters:
        seen.see(EVENTS[letter])
    return seen.seen()


def level(letters: str, **changed: Any) -> str:
    people, fresh = changed.pop("people", "recruited"), changed.pop("fresh", frozenset())
    return LEVELS[watch(letters, dimension(**changed), people, fresh).levels[0]]


EXCHANGES = ["uoSo", "ouo", "olo", "oHo", "oSuo", "oSto", "ooSoo", "cSo", "uoaSo", "oAuo", "oyuo", "wouo"]
NONE = ["", "o", "uo", "oo", "uoS", "oCo", "ono", "oyo", "oao", "owo", "Suo", "oto"]


@pytest.mark.parametrize("letters", EXCHANGES)
def test_a_users_message_between_two_outputs_makes_an_exchange(letters: str) -> None:
    assert level(letters) == "interaction"


@pytest.mark.parametrize("letters", NONE)
def test_nothing_else_does(letters: str) -> None:
    assert level(letters) == "response"


@pytest.mark.parametrize("letters", ["ouoe", "eouo", "ouox", "xouo"])
def test_raters_who_were_not_shown_all_of_it_rate_a_response(letters: str) -> None:
    assert level(letters) == "response"
    # Who knows the run knows all of it.
    for by in ("automatic", "self-report"):
        assert level(letters, by=by, packet=None) == "interaction"
        assert level(letters, by=by, packet=None, thread=None) == "interaction"


def test_a_thread_that_some_loop_begins_anew_is_not_all_shown() -> None:
    assert level("ouo", fresh=frozenset({"main"})) == "response"
    assert level("ouo", fresh=frozenset({"aside"})) == "interaction"
    assert fresh_threads(program(fresh=["aside"])) == {"aside"}
    assert fresh_threads(PROGRAM) == frozenset()


def test_only_the_thread_that_is_shown_or_named_counts() -> None:
    assert level("ouo", thread="aside") == "response"
    assert level("ouo", thread=None) == "response"
    assert level("ouo", by="automatic", thread="aside") == "response"
    assert level("ouo", by="automatic", thread=None) == "interaction"


@pytest.mark.parametrize("letters", ["ouo", "oHo", "o"])
def test_what_is_rated_caps_the_level(letters: str) -> None:
    assert level(letters, of="key", people="in-service") == "model"
    assert level(letters, of="answer", people="in-service") == "response"


@pytest.mark.parametrize(
    ("letters", "people", "wanted"),
    [
        ("oHo", "in-service", "deployment"),
        ("oHo", "real", "interaction"),
        ("oHo", "recruited", "interaction"),
        ("ouo", "in-service", "interaction"),
        ("oSo", "in-service", "interaction"),
        # A human's among several messages between two outputs, before or after a script's.
        ("oHuo", "in-service", "deployment"),
        ("ouHo", "in-service", "deployment"),
        # A human's that no output followed, or before any.
        ("ouoH", "in-service", "interaction"),
        ("Houo", "in-service", "interaction"),
        ("oHouo", "in-service", "deployment"),
    ],
)
def test_a_person_in_service_makes_a_deployment(letters: str, people: str, wanted: str) -> None:
    assert level(letters, people=people) == wanted


@pytest.mark.parametrize(
    ("letters", "people", "users"),
    [
        ("", "real", []),
        ("u", "real", ["scripted"]),
        ("n", "real", []),
        ("y", "real", []),
        ("S", "real", ["simulated"]),
        ("C", "real", []),
        ("w", "real", []),
        ("H", "real", ["real"]),
        ("H", "in-service", ["in-service"]),
        ("H", "recruited", ["recruited"]),
        ("uSHo", "recruited", ["scripted", "simulated", "recruited"]),
    ],
)
def test_users_are_those_who_speak_where_the_primary_actor_may(
    letters: str, people: str, users: list[str]
) -> None:
    assert [USERS[user] for user in sorted(watch(letters, people=people).users)] == users


def test_outputs_are_kept_by_thread_and_participants_by_name() -> None:
    seen = watch("uoSocaH")
    assert seen.outputs == {"main": ("reply", "reply", "reply"), "aside": ("aside",)}
    assert seen.participants == {"p1"}
