"""Reading a program: an accepted parent, and copies of it with one fault each, refused by one rule and no other."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import reduce
from hashlib import sha256
from typing import Any

import pytest
import rfc8785

from fsep.limits import PROGRAM_DEPTH
from fsep.scaffold.compile import compile_program
from fsep.scaffold.program import Rule, with_defaults
from scaffolding import (
    assert_valid,
    collect,
    each,
    equals,
    extract,
    generate,
    let,
    problems,
    repeat,
    say,
    scaffold,
    tools,
    when,
)

TRIM = [{"op": "trim"}]
LINES = [{"op": "lines"}]

PARENT = scaffold(
    say("rules", "Be brief.", role="system", to="solver"),
    say("greeting", "Hello", thread="talk", role="assistant", **{"for": "solver"}),
    let("note", "{{item.question}}"),
    generate("draft"),
    extract("parts", "{{draft}}", LINES, otherwise=["{{note}}"]),
    extract("word", "{{draft}}", TRIM, otherwise="{{note}}"),
    repeat(
        "turn",
        [
            tools("visit", "visitor", "talk"),
            say("seen", "{{turn}}: {{visit}}", "talk"),
            let("heard", "{{visit}}"),
        ],
        until={
            "test": "any",
            "of": [
                {"test": "has-tool-calls", "step": "visit"},
                {"test": "matches", "text": "{{turn}}{{heard}}", "pattern": "[a-z]+"},
                {"test": "not", "of": equals("{{visit}}", "{{heard}}")},
            ],
        },
        fresh=["talk"],
    ),
    each(
        "row",
        "parts",
        [
            say("ask", "{{row}} {{one}}"),
            generate("part"),
            when(equals("{{one}}", ""), [let("pair", "{{part}}")], let("pair", "-")),
        ],
        fresh=["main"],
    ),
    each("word_of", "item.words", [let("pair", "{{one}}")]),
    collect("all_pairs", "row", "pair"),
    collect("last_word", "word_of", "one", how="last"),
    {
        "do": "call",
        "id": "asked",
        "environment": "desk",
        "tool": "{{word}}",
        "arguments": {"text": "{{note}}"},
        "unknown_tool": "{{note}}?",
    },
    {"do": "edit", "id": "cut", "thread": "talk", "actor": "visitor", "how": "drop-first", "count": 1},
    {
        "do": "edit",
        "id": "short",
        "thread": "main",
        "actor": "solver",
        "how": "replace",
        "text": "{{all_pairs}}",
    },
    {
        "do": "external",
        "id": "opaque",
        "thread": "main",
        "actor": "solver",
        "harness": {"name": "h", "sha256": "0" * 64},
        "max_events": 3,
        "at_bound": "stop",
    },
    when(equals("{{word}}", "{{heard}}"), [say("then_said", "{{opaque}}")], say("else_said", "{{asked}}")),
    result={"answer": "{{draft}}{{heard}}", "pairs": "{{all_pairs}}{{last_word}}"},
    actors={
        "solver": {"kind": "model"},
        "visitor": {"kind": "simulator", "simulator": "customer"},
        "person": {"kind": "human"},
    },
    threads={"main": ["solver"], "talk": ["solver", "visitor"], "aside": ["person"]},
)

EACH = each("extra", "item.words", [let("unused", "x")])

Change = Callable[[dict[str, Any]], None]
STEPS = "/program/steps"


def at(pointer: str, value: Any) -> Change:
    """Set what a pointer under the program names; a number past the end of a list appends."""

    def change(document: dict[str, Any]) -> None:
        *path, last = [int(token) if token.isdecimal() else token for token in pointer.split("/")]
        parent = reduce(lambda inner, token: inner[token], path, document["program"])
        if isinstance(parent, list) and last == len(parent):
            parent.append(value)
        else:
            parent[last] = value

    return change


def insert(place: int, step: dict[str, Any]) -> Change:
    return lambda document: document["program"]["steps"].insert(place, step)


def both(*changes: Change) -> Change:
    def change(document: dict[str, Any]) -> None:
        for one in changes:
            one(document)

    return change


def faulty(change: Change) -> dict[str, Any]:
    """Return a copy of the parent with a change, which its schema still takes."""
    document = copy.deepcopy(PARENT)
    change(document)
    assert_valid(document, "scaffold")
    assert document != PARENT
    return document


def nest(depth: int, innermost: dict[str, Any]) -> dict[str, Any]:
    """Return a step at `depth`, inside others from depth 1 on."""
    return reduce(lambda inner, _: when(equals("", ""), [inner]), range(depth - 1), innermost)


def nest_test(depth: int) -> dict[str, Any]:
    """Return a test whose innermost test is `depth - 1` below it."""
    return reduce(lambda inner, _: {"test": "not", "of": inner}, range(depth - 1), equals("", ""))


def test_the_parent_is_accepted() -> None:
    """It uses every kind of step, of test and of name."""
    assert problems(PARENT) == []
    used = {step["do"] for step in _all_steps(PARENT["program"]["steps"])}
    assert used == {
        "say",
        "generate",
        "tools",
        "call",
        "when",
        "repeat",
        "each",
        "let",
        "extract",
        "collect",
        "edit",
        "external",
    }


def _all_steps(block: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in block:
        yield step
        for member in ("steps", "then", "else"):
            yield from _all_steps(step.get(member, []))


def test_what_a_program_uses_is_read_off_it() -> None:
    """Fields with their kinds, environments, simulators, external parts and the names of the result."""
    program = compile_program(PARENT)
    assert program.fields == {"question": "text", "words": "list"}
    assert program.environments == {"desk"}
    assert program.simulators == {"customer"}
    assert [one["id"] for one in program.externals] == ["opaque"]
    assert program.result == ("answer", "pairs")
    assert program.primary == "solver"
    assert program.threads == {"main": ("solver",), "talk": ("solver", "visitor"), "aside": ("person",)}


FAULTS: list[tuple[str, Rule, str, Change]] = [
    # FSEP-SCF-001: one space of names for ids of steps and names of values.
    ("two steps of one id", "identifiers", f"{STEPS}/1/id", at("steps/1/id", "rules")),
    ("a step and a value before it", "identifiers", f"{STEPS}/3/id", insert(3, say("note", "x"))),
    ("a value and a step before it", "identifiers", f"{STEPS}/16/name", at("steps/16", let("greeting", "x"))),
    ("an extract and a step", "identifiers", f"{STEPS}/16/name", at("steps/16", extract("rules", "x", TRIM))),
    ("a collect and a step", "identifiers", f"{STEPS}/16/name", at("steps/16", collect("rules", "row", "pair"))),
    ("the name in `as` and a step", "identifiers", f"{STEPS}/16/as", at("steps/16", {**EACH, "as": "rules"})),
    ("the name in `as` and its own loop", "identifiers", f"{STEPS}/16/as", at("steps/16", {**EACH, "as": "extra"})),
    ("a loop and a step", "identifiers", f"{STEPS}/16/id", at("steps/16", {**EACH, "id": "greeting"})),
    ("an edit and a step", "identifiers", f"{STEPS}/12/id", at("steps/12/id", "rules")),
    ("a call and a value", "identifiers", f"{STEPS}/16/id", at("steps/16", say("heard", "x"))),
    ("steps of one id in two branches", "identifiers", f"{STEPS}/15/else/0/id", at("steps/15/else/0/id", "then_said")),
    ("two parts of the result of one name", "identifiers", "/program/result/1/name", at("result/1/name", "answer")),
    # FSEP-SCF-002: what is referred to is there.
    ("no primary actor", "references", "/program/primary", at("primary", "nobody")),
    ("a simulator as primary actor", "references", "/program/primary", at("primary", "visitor")),
    ("a person as primary actor", "references", "/program/primary", at("primary", "person")),
    ("a speaker that is no actor", "references", "/program/threads/aside/speakers/0", at("threads/aside/speakers/0", "nobody")),
    ("a say in no thread", "references", f"{STEPS}/7/steps/0/thread", at("steps/7/steps/0/thread", "nowhere")),
    ("a generate in no thread", "references", f"{STEPS}/3/thread", at("steps/3/thread", "nowhere")),
    ("an actor that does not speak in the thread", "references", f"{STEPS}/3/actor", at("steps/3/actor", "visitor")),
    ("a tools step's actor that is none", "references", f"{STEPS}/6/steps/0/actor", at("steps/6/steps/0/actor", "nobody")),
    ("an addressee that does not speak in the thread", "references", f"{STEPS}/0/to", at("steps/0/to", "visitor")),
    ("a greeting on behalf of one who does not speak", "references", f"{STEPS}/1/for", at("steps/1/for", "person")),
    ("an edit of one who does not speak", "references", f"{STEPS}/13/actor", at("steps/13/actor", "visitor")),
    ("an external part in no thread", "references", f"{STEPS}/14/thread", at("steps/14/thread", "nowhere")),
    ("a fresh thread that is none", "references", f"{STEPS}/6/fresh/0", at("steps/6/fresh/0", "nowhere")),
    ("a fresh thread that is none, of an each", "references", f"{STEPS}/7/fresh/1", at("steps/7/fresh/1", "nowhere")),
    ("a collect over nothing", "references", f"{STEPS}/9/over", at("steps/9/over", "nothing")),
    ("a collect over a step that is no loop", "references", f"{STEPS}/9/over", at("steps/9/over", "draft")),
    ("a collect over a later loop", "references", f"{STEPS}/0/over", insert(0, collect("early", "row", "pair"))),
    ("a collect of nothing", "references", f"{STEPS}/9/value", at("steps/9/value", "nothing")),
    ("a collect of a name assigned before its loop", "references", f"{STEPS}/9/value", at("steps/9/value", "note")),
    ("a collect of a name assigned after its loop alone", "references", f"{STEPS}/18/value", both(
        at("steps/16", let("late", "x")), at("steps/17", let("later", "x")), at("steps/18", collect("c", "row", "late")))),
    ("a collect of a name assigned in another loop", "references", f"{STEPS}/9/value", at("steps/9/value", "heard")),
    ("a collect of a list", "references", f"{STEPS}/18/value", both(
        at("steps/8/steps/1", extract("bits", "x", LINES, otherwise=[])), at("steps/16", let("m", "x")), at("steps/17", let("n", "x")),
        at("steps/18", collect("c", "word_of", "bits")))),
    # FSEP-SCF-003: templates, wherever one stands.
    ("a space in a say", "templates", f"{STEPS}/0/text", at("steps/0/text", "{{ note }}")),
    ("nothing named in a let", "templates", f"{STEPS}/2/text", at("steps/2/text", "{{}}")),
    ("half a name in an extract", "templates", f"{STEPS}/4/from", at("steps/4/from", "{{draft}")),
    ("three braces in a fallback", "templates", f"{STEPS}/5/otherwise", at("steps/5/otherwise", "{{{note}}}")),
    ("a capital in a list of fallbacks", "templates", f"{STEPS}/4/otherwise/1", at("steps/4/otherwise/1", "{{Note}}")),
    ("in a tools step's answers", "templates", f"{STEPS}/6/steps/0/unknown_tool", at("steps/6/steps/0/unknown_tool", "{{")),
    ("in a tools step's other answers", "templates", f"{STEPS}/6/steps/0/bad_arguments", at("steps/6/steps/0/bad_arguments", "{{")),
    ("in a collect", "templates", f"{STEPS}/9/otherwise", at("steps/9/otherwise", "{{?}}")),
    ("in the tool of a call", "templates", f"{STEPS}/11/tool", at("steps/11/tool", "{{")),
    ("in an argument of a call", "templates", f"{STEPS}/11/arguments/text", at("steps/11/arguments/text", "{{")),
    ("in an argument whose name a pointer escapes", "templates", f"{STEPS}/11/arguments/a~1b~0", at("steps/11/arguments", {"a/b~": "{{"})),
    ("in a call's own answer", "templates", f"{STEPS}/11/unknown_tool", at("steps/11/unknown_tool", "{{")),
    ("in a replacement", "templates", f"{STEPS}/13/text", at("steps/13/text", "{{")),
    ("in the text of a test", "templates", f"{STEPS}/15/if/text", at("steps/15/if/text", "{{")),
    ("in the value of a test", "templates", f"{STEPS}/15/if/value", at("steps/15/if/value", "{{")),
    ("in a test inside others", "templates", f"{STEPS}/6/until/of/2/of/value", at("steps/6/until/of/2/of/value", "{{")),
    ("in the text of a pattern", "templates", f"{STEPS}/6/until/of/1/text", at("steps/6/until/of/1/text", "{{")),
    ("in the result", "templates", "/program/result/1/text", at("result/1/text", "{{")),
    # FSEP-SCF-004: names are definitely assigned.
    ("a name that no step gives a value", "assigned", f"{STEPS}/0/text", at("steps/0/text", "{{nothing}}")),
    ("a name before its step", "assigned", f"{STEPS}/0/text", at("steps/0/text", "{{draft}}")),
    ("a step in its own template", "assigned", f"{STEPS}/2/text", at("steps/2/text", "{{note}}")),
    ("a reserved name", "assigned", f"{STEPS}/0/text", at("steps/0/text", "{{program}}")),
    ("the index of a loop after it", "assigned", f"{STEPS}/11/tool", at("steps/11/tool", "{{turn}}")),
    ("the element of a loop after it", "assigned", f"{STEPS}/11/tool", at("steps/11/tool", "{{one}}")),
    ("what an each assigns, after it", "assigned", f"{STEPS}/11/tool", at("steps/11/tool", "{{part}}")),
    ("what one branch assigns, after both", "assigned", "/program/result/0/text", both(
        at("steps/15/then/0", let("maybe", "x")), at("result/0/text", "{{maybe}}"))),
    ("what the other branch assigns", "assigned", f"{STEPS}/15/else/0/text", both(
        at("steps/15/then/1", let("maybe", "x")), at("steps/15/else/0/text", "{{maybe}}"))),
    ("what the branch assigns, in its test", "assigned", f"{STEPS}/15/if/text", both(
        at("steps/15/then/1", let("maybe", "x")), at("steps/15/else/1", let("maybe", "x")), at("steps/15/if/text", "{{maybe}}"))),
    ("what a loop assigns later, earlier in the loop", "assigned", f"{STEPS}/6/steps/0/unknown_tool", at("steps/6/steps/0/unknown_tool", "{{heard}}")),
    ("a say, which has no value", "assigned", f"{STEPS}/11/tool", at("steps/11/tool", "{{rules}}")),
    ("an edit, which has no value", "assigned", f"{STEPS}/14/text", insert(14, say("more", "{{cut}}"))),
    ("a list that no step gives", "assigned", f"{STEPS}/7/in", at("steps/7/in", "nothing")),
    ("the item itself as a list", "assigned", f"{STEPS}/8/in", at("steps/8/in", "item")),
    ("the calls of a step not spoken yet", "assigned", f"{STEPS}/6/until/of/0/step", at("steps/6/until/of/0/step", "part")),
    ("the calls of no step", "assigned", f"{STEPS}/6/until/of/0/step", at("steps/6/until/of/0/step", "nothing")),
    ("the calls of a value", "assigned", f"{STEPS}/6/until/of/0/step", at("steps/6/until/of/0/step", "heard")),
    ("the calls of a loop", "assigned", f"{STEPS}/6/until/of/0/step", at("steps/6/until/of/0/step", "turn")),
    ("the calls of a say", "assigned", f"{STEPS}/6/until/of/0/step", at("steps/6/until/of/0/step", "seen")),
    ("the calls of a call", "assigned", f"{STEPS}/15/if/step", at("steps/15/if", {"test": "has-tool-calls", "step": "asked"})),
    ("the calls of an external part", "assigned", f"{STEPS}/15/if/step", at("steps/15/if", {"test": "has-tool-calls", "step": "opaque"})),
    ("the calls of a step in an each, after it", "assigned", f"{STEPS}/15/if/step", at("steps/15/if", {"test": "has-tool-calls", "step": "part"})),
    # FSEP-SCF-005: one kind of value for a name.
    ("a list in a template", "types", f"{STEPS}/11/tool", at("steps/11/tool", "{{parts}}")),
    ("a text as a list", "types", f"{STEPS}/7/in", at("steps/7/in", "word")),
    ("a name that is a list and then a text", "types", f"{STEPS}/16/name", at("steps/16", let("parts", "x"))),
    ("a name that is a text and then a list", "types", f"{STEPS}/16/name", at("steps/16", extract("note", "x", LINES, otherwise=[]))),
    ("a field as a list and then a text", "types", f"{STEPS}/11/tool", at("steps/11/tool", "{{item.words}}")),
    ("a field as a text and then a list", "types", f"{STEPS}/8/in", at("steps/8/in", "item.question")),
    ("an element named as a list is", "types", f"{STEPS}/16/as", at("steps/16", {**EACH, "as": "parts"})),
    ("a pipeline that gives a list for a text", "types", f"{STEPS}/5/try/0", at("steps/5/try/0", LINES)),
    ("a pipeline that gives a text for a list", "types", f"{STEPS}/4/try/1", at("steps/4/try/1", TRIM)),
    ("an operation on a text that takes a list", "types", f"{STEPS}/5/try/0", at("steps/5/try/0", [{"op": "nonempty"}])),
    ("an operation on a list that takes a text", "types", f"{STEPS}/4/try/0", at("steps/4/try/0", [*LINES, {"op": "json-array"}])),
    # FSEP-SCF-006: patterns.
    ("an escape of another flavour", "patterns", f"{STEPS}/6/until/of/1/pattern", at("steps/6/until/of/1/pattern", r"\d+")),
    ("a property", "patterns", f"{STEPS}/6/until/of/1/pattern", at("steps/6/until/of/1/pattern", r"\p{L}")),
    ("too many repetitions", "patterns", f"{STEPS}/6/until/of/1/pattern", at("steps/6/until/of/1/pattern", "a{1001}")),
    ("a group of another flavour", "patterns", f"{STEPS}/6/until/of/1/pattern", at("steps/6/until/of/1/pattern", "(?:a)")),
    # FSEP-SCF-007: depth.
    ("a step at depth 17", "size", STEPS + "/16" + "/then/0" * 15 + "/then", at("steps/16", nest(PROGRAM_DEPTH + 1, say("deep", "x")))),
    ("a loop's step at depth 17", "size", STEPS + "/16" + "/then/0" * 15 + "/steps",
        at("steps/16", nest(PROGRAM_DEPTH, repeat("deep", [say("deeper", "x")])))),
    ("a step at depth 17 in an else", "size", STEPS + "/16" + "/then/0" * 15 + "/else",
        at("steps/16", nest(PROGRAM_DEPTH, when(equals("", ""), [], say("deep", "x"))))),
    ("a test at depth 17", "size", STEPS + "/15/if" + "/of" * 16, at("steps/15/if", nest_test(PROGRAM_DEPTH + 1))),
    ("a test at depth 17 of a step at 2", "size", STEPS + "/15/then/0/if" + "/of" * 15, at("steps/15/then/0", when(nest_test(PROGRAM_DEPTH), []))),
    ("a test at depth 17 in a list", "size", STEPS + "/16" + "/then/0" * 15 + "/if/of/0",
        at("steps/16", nest(PROGRAM_DEPTH, when({"test": "all", "of": [equals("", "")]}, [])))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "pointer", "change"), [pytest.param(*fault[1:], id=fault[0]) for fault in FAULTS]
)
def test_one_fault_is_refused_by_one_rule_at_its_place(rule: Rule, pointer: str, change: Change) -> None:
    """By that rule and by no other."""
    assert problems(faulty(change)) == [(rule, pointer)]


def test_several_faults_are_all_told() -> None:
    """In the order of the document."""
    change = both(
        at("primary", "nobody"),
        at("steps/0/text", "{{"),
        at("steps/2/text", "{{nothing}}"),
        at("result/0/text", "{{parts}}"),
    )
    assert [rule for rule, _ in problems(faulty(change))] == ["references", "templates", "assigned", "types"]


ACCEPTED: list[tuple[str, Change]] = [
    ("a value named twice by lets", at("steps/16", let("note", "again"))),
    ("a value named by a let and an extract", at("steps/16", extract("note", "x", TRIM))),
    ("an element named as a value is", at("steps/16", {**EACH, "as": "note"})),
    ("a thread and an actor named as a step is", both(at("threads/draft", {"speakers": ["draft"]}), at("actors/draft", {"kind": "model"}))),
    ("what both branches assign", both(at("steps/15/then/1", let("b", "x")), at("steps/15/else/1", let("b", "y")), at("result/0/text", "{{b}}"))),
    ("what a repeat assigns, after it", at("result/0/text", "{{heard}}{{visit}}")),
    ("what was assigned before an each that assigns it too", both(at("steps/8/steps/0", let("note", "{{one}}")), at("result/0/text", "{{note}}"))),
    ("a step's value in its own loop's later steps", at("steps/6/steps/1/text", "{{visit}}")),
    ("the index of a loop in its until", at("steps/6/until/of/1/text", "{{turn}}")),
    ("the index of a loop collected", at("steps/9/value", "row")),
    ("the element of a loop collected", at("steps/9/value", "one")),
    ("a step's value collected", at("steps/9/value", "part")),
    ("a value of an inner loop collected over the outer", both(
        at("steps/7/steps/3", repeat("inner", [let("deep", "x")])), at("steps/9/value", "deep"))),
    ("a step at depth 16", at("steps/16", nest(PROGRAM_DEPTH, say("deep", "x")))),
    ("a when at depth 16 with nothing in it", at("steps/16", nest(PROGRAM_DEPTH, when(equals("", ""), [])))),
    ("a test at depth 16", at("steps/15/if", nest_test(PROGRAM_DEPTH))),
    ("an escaped delimiter", at("steps/0/text", "{{{{nothing}}")),
    ("a person who speaks", at("steps/16", generate("human_said", "person", "aside"))),
    ("a repeat without until", lambda document: document["program"]["steps"][6].pop("until")),
]  # fmt: skip


@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in ACCEPTED])
def test_what_the_rules_allow_is_accepted(change: Change) -> None:
    """One step inside each rule's edge."""
    assert problems(faulty(change)) == []


# --- digests ---


# As the chapter's table has them.
DEFAULTS: dict[str, dict[str, Any]] = {
    "generate": {"parameters": {}, "seed": "none"},
    "tools": {"parameters": {}, "seed": "none", "offer": "all"},
    "call": {"offer": "all"},
    "when": {"else": []},
    "repeat": {"fresh": []},
    "each": {"fresh": []},
}


def _without_defaults(step: dict[str, Any]) -> dict[str, Any]:
    defaults = DEFAULTS.get(step["do"], {})
    bare = {name: value for name, value in step.items() if name not in defaults or defaults[name] != value}
    return bare | {
        name: [_without_defaults(one) for one in bare[name]]
        for name in ("steps", "then", "else")
        if name in bare
    }


def _with_defaults(step: dict[str, Any]) -> dict[str, Any]:
    inner: dict[str, Any] = {
        name: [_with_defaults(one) for one in step[name]]
        for name in ("steps", "then", "else")
        if name in step
    }
    return {**DEFAULTS.get(step["do"], {}), **step, **inner}


def test_defaults_written_out_or_left_out_give_equal_digests() -> None:
    """At every depth; the order of members says nothing either."""
    bare, full = copy.deepcopy(PARENT), copy.deepcopy(PARENT)
    bare["program"]["steps"] = [_without_defaults(step) for step in PARENT["program"]["steps"]]
    full["program"]["steps"] = [_with_defaults(step) for step in PARENT["program"]["steps"]]
    full["program"] = dict(reversed(full["program"].items()))
    for document in (bare, full):
        assert_valid(document, "scaffold")
    assert bare["program"]["steps"] != full["program"]["steps"]
    assert compile_program(bare).sha256 == compile_program(full).sha256 == compile_program(PARENT).sha256
    assert with_defaults(bare["program"])["steps"] == full["program"]["steps"]


def test_the_digest_is_that_of_the_written_out_program() -> None:
    """Worked out here with the RFC's own library."""
    document = scaffold(generate("said"), when(equals("a", "b"), [repeat("again", [let("x", "y")])]))
    written = copy.deepcopy(document["program"])
    written["steps"][0] |= {"parameters": {}, "seed": "none"}
    written["steps"][1]["else"] = []
    written["steps"][1]["then"][0]["fresh"] = []
    assert compile_program(document).sha256 == sha256(rfc8785.dumps(written)).hexdigest()


def test_what_fixes_no_behaviour_is_outside_the_digest() -> None:
    """Title, description, extensions, the version of the protocol, and the id."""
    document = {
        **copy.deepcopy(PARENT),
        "id": "other",
        "title": "Other",
        "description": "Other",
        "extensions": {"org.example": {"a": 1}},
    }
    assert compile_program(document).sha256 == compile_program(PARENT).sha256


@pytest.mark.parametrize(
    "change",
    [
        at("steps/0/text", "Be brief. "),
        at("steps/0/text", "Be brief"),
        at("steps/3/parameters", {"temperature": 0}),
        at("steps/3/seed", "derived"),
        at("steps/3/seed", 0),
        at("steps/6/max", 3),
        at("steps/6/at_bound", "stop"),
        at("steps/6/fresh", []),
        at("steps/6/steps/0/offer", ["look"]),
        at("primary", "solver_2"),
        at("steps/15/else", []),
        at("result/0/name", "reply"),
        lambda document: document["program"]["steps"][6].pop("until"),
    ],
)
def test_what_fixes_behaviour_is_in_the_digest(change: Change) -> None:
    """Each change of the program changes it."""
    document = copy.deepcopy(PARENT)
    document["program"]["actors"]["solver_2"] = {"kind": "model"}
    other = copy.deepcopy(document)
    change(other)
    assert compile_program(other).sha256 != compile_program(document).sha256


def test_compiling_changes_nothing_in_the_document() -> None:
    """The same document can be read twice, and by others."""
    document = copy.deepcopy(PARENT)
    compile_program(document)
    assert document == PARENT
