"""Replay over programs, items and outputs drawn at random: what was run replays, and what was changed does not.

Within a run no two events have the same kind, step path and `tool_call_id`: the path holds the index of every loop and round around
the step, and the calls of one message have ids that differ. So the event wanted at a place is told from every other event of the run
by these members alone, whatever texts are repeated. An event that is dropped, added, moved or relabelled is therefore found at the very first
place at which the record differs: the events before it are as they were, and with them all that the machine wants up to there. An edited
output is another matter, as nothing implies what a model says: it is found at the first event that depends on it, which a second
implementation names. Opaque parts are pinned and not replayed; nothing is done to their events here.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from fsep import limits
from fsep.scaffold.compile import compile_program
from fsep.scaffold.extraction import compile_pipeline
from fsep.scaffold.iregexp import PatternError, compile_pattern
from fsep.scaffold.machine import Exhausted, Want
from fsep.scaffold.message import Output
from fsep.scaffold.program import ProgramError
from fsep.scaffold.template import TemplateError, parse
from naive_scaffold import World, extract, matches, message_content, naive_replay, needed_by, render
from property.strategies import (
    LIST_PIPELINES,
    PATTERNS,
    SCRIPTS,
    TEXT_PIPELINES,
    TEXTS,
    TOOLS,
    WORLDS,
    Script,
    programs,
)
from scaffolding import SCHEMAS, Run, as_run, assert_agrees, record, replayed, where

Document = dict[str, Any]


@pytest.fixture(autouse=True, scope="module")
def _small() -> Iterator[None]:
    """Programs can double a text in every round; here a thousand characters are much already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "VALUE_CHARACTERS", 1_000)
        patch.setattr(limits, "MACHINE_FUEL", 5_000)
        yield


def share(percent: int) -> settings:
    """Return settings for so many of every hundred examples that the profile asks for."""
    return settings(
        max_examples=max(1, settings().max_examples * percent // 100),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def live(document: Document, world: World, script: Script) -> Run:
    """Run a program on a script; a run that takes more work than there is here is no example."""
    turns = {"output": 0, "answer": 0}

    def respond(want: Want) -> tuple[Output, dict[str, Any]]:
        if want.fields["kind"] in ("output", "external"):
            content, calls = script.outputs[turns["output"] % len(script.outputs)]
            turns["output"] += 1
            return Output(content, calls if want.fields["kind"] == "output" else ()), {}
        turns["answer"] += 1
        return Output(script.answers[turns["answer"] % len(script.answers)]), {}

    try:
        return record(document, world, respond)
    except Exhausted:
        event("exhausted")
        assume(False)
        raise


@st.composite
def recorded(draw: st.DrawFn) -> tuple[Document, World, Run]:
    """Draw a program, what its run depends on, and the record of the run."""
    document, world = draw(programs()), draw(WORLDS)
    return document, world, live(document, world, draw(SCRIPTS))


def places(run: Run, *kinds: str) -> list[int]:
    """Return the places of events, of certain kinds or of all but opaque ones."""
    return [
        place
        for place, one in enumerate(run["events"])
        if (one["kind"] in kinds if kinds else one["kind"] != "external")
    ]


def with_event(run: Run, place: int, **members: Any) -> Run:
    return {
        **run,
        "events": [*run["events"][:place], {**run["events"][place], **members}, *run["events"][place + 1 :]],
    }


# --- what was run replays ---


@share(150)
@given(programs(), WORLDS, SCRIPTS)
def test_what_was_run_live_replays_and_a_second_implementation_derives_it(
    document: Document, world: World, script: Script
) -> None:
    """Every event, value, status and result, and every request digest from the whole list of messages."""
    assert SCHEMAS.validator("scaffold").is_valid(document)
    run = live(document, world, script)
    for kind in {step["do"] for step in _steps(document["program"]["steps"])}:
        event(f"has {kind}")
    event(f"ends {run['status']}")
    assert_agrees(document, world, run)


def _steps(block: list[Any]) -> Iterator[dict[str, Any]]:
    for step in block:
        yield step
        for member in ("steps", "then", "else"):
            yield from _steps(step.get(member, []))


@share(40)
@given(programs(), WORLDS, SCRIPTS)
def test_the_machine_is_deterministic(document: Document, world: World, script: Script) -> None:
    """The same answers give the same record, and the same record the same replay; neither changes what it is given."""
    before = copy.deepcopy((document, script.outputs, script.answers))
    run = live(document, world, script)
    assert run == live(copy.deepcopy(document), world, script)
    kept = copy.deepcopy(run)
    shown = replayed(document, world, run)
    # Members in another order are the same members.
    turned = {**run, "events": [dict(reversed(one.items())) for one in run["events"]]}
    assert shown == replayed(document, world, run) == replayed(document, world, turned)
    assert (before, kept) == ((document, script.outputs, script.answers), run)


@share(60)
@given(recorded(), st.data())
def test_a_failed_run_is_a_strict_prefix_and_no_other_run_is(
    drawn: tuple[Document, World, Run], data: st.DataObject
) -> None:
    """Cut anywhere but inside what is opaque it replays as failed, and as nothing else."""
    document, world, run = drawn
    assume(places(run))
    length = data.draw(st.sampled_from(places(run)))
    events = run["events"][:length]
    assert where(replayed(document, world, as_run(world, events, "failed"))) is None
    assert where(replayed(document, world, {**run, "events": events})) == (length, "event")
    if run["events"][-1]["kind"] != "external":
        assert where(replayed(document, world, as_run(world, run["events"], "failed"))) == (
            len(run["events"]),
            "status",
        )


# --- what was changed does not ---


@share(60)
@given(recorded(), st.data())
def test_a_dropped_added_or_swapped_event_is_found_where_the_record_first_differs(
    drawn: tuple[Document, World, Run], data: st.DataObject
) -> None:
    """At that very place, see the head of this file."""
    document, world, run = drawn
    events, ours = run["events"], places(run)
    assume(ours)
    place = data.draw(st.sampled_from(ours))
    dropped = {**run, "events": events[:place] + events[place + 1 :]}
    assert where(replayed(document, world, dropped)) == (place, "event")
    # An event of the run, once more, anywhere but before one that equals it.
    at = data.draw(st.sampled_from([*ours, len(events)]))
    if at >= len(events) or events[at] != events[place]:
        added = {**run, "events": [*events[:at], events[place], *events[at:]]}
        assert where(replayed(document, world, added)) == (at, "event")
    other = data.draw(st.sampled_from(ours))
    if other != place:
        swapped = list(events)
        swapped[place], swapped[other] = events[other], events[place]
        assert where(replayed(document, world, {**run, "events": swapped})) == (min(place, other), "event")


@share(60)
@given(recorded(), st.data())
def test_a_relabelled_event_is_found_at_its_place(
    drawn: tuple[Document, World, Run], data: st.DataObject
) -> None:
    """By the member that was changed, and whatever else the event says."""
    document, world, run = drawn
    assume(places(run))
    place = data.draw(st.sampled_from(places(run)))
    members = ["kind", "step", "actor", "origin"] + [
        name for name in ("thread", "role", "to", "for", "tool_call_id") if name in run["events"][place]
    ]
    member = data.draw(st.sampled_from(members))
    for value in ("other", "program", "model"):
        if value != run["events"][place][member]:
            found = replayed(document, world, with_event(run, place, **{member: value}))
            assert where(found) == (place, "origin" if member == "origin" else "event")
            assert found.divergence is not None
            assert (found.divergence.member, found.divergence.found, found.divergence.expected) == (
                member,
                value,
                run["events"][place][member],
            )


@share(60)
@given(recorded(), st.data())
def test_an_edited_text_of_the_program_is_found_at_its_event(
    drawn: tuple[Document, World, Run], data: st.DataObject
) -> None:
    """Any other text, wherever the program contributes one."""
    document, world, run = drawn
    ours = [
        place
        for place, one in enumerate(run["events"])
        if one["origin"] == "program" or one["kind"] == "call"
    ]
    assume(ours)
    place = data.draw(st.sampled_from(ours))
    original = run["events"][place]
    text = data.draw(TEXTS)
    changed: dict[str, Any]
    if original["kind"] == "edit":
        changed = {
            "edit": {
                **original["edit"],
                **({"text": text} if original["edit"]["how"] == "replace" else {"count": len(text) + 5}),
            }
        }
    elif original["kind"] == "call":
        changed = {"call": {**original["call"], "arguments": {**original["call"]["arguments"], "x": text}}}
    else:
        changed = {"content": text}
    assume(any(original[member] != value for member, value in changed.items()))
    assert where(replayed(document, world, with_event(run, place, **changed))) == (place, "text")


@share(100)
@given(recorded(), st.data())
def test_an_edited_output_is_found_where_something_first_depends_on_it(
    drawn: tuple[Document, World, Run], data: st.DataObject
) -> None:
    """Always where a later request contains the edit, and exactly where the second implementation finds it."""
    document, world, run = drawn
    needed = needed_by(document, world, run["events"])
    spoken = [
        place
        for place in places(run, "output", "tool-result", "call")
        if run["events"][place]["origin"] != "program"
    ]
    assume(spoken)
    place = data.draw(st.sampled_from([place for place in spoken if place in needed] or spoken))
    text = data.draw(TEXTS)
    content = run["events"][place].get("content")
    assume(all(message_content(content, {}, echo=echo) != text for echo in (False, True)))
    edited = with_event(run, place, content=text)
    shown = replayed(document, world, edited)
    assume(not shown.exhausted)
    naive = naive_replay(document, world, edited)
    found = where(shown)
    assert found == (None if naive is None else (naive.event, naive.kind))
    assert found is None or found[0] > place
    if place in needed:
        # Joined with its neighbours or not, that message is another now, and with it the chain over the messages; so at
        # the latest that request differs. Earlier it is where a text, a test or a call depends on the output.
        assert found is not None
        assert found[0] <= needed[place]
        event("a later request contains it")


@share(60)
@given(recorded(), st.data())
def test_edited_calls_parameters_and_digests_are_found(
    drawn: tuple[Document, World, Run], data: st.DataObject
) -> None:
    """At their own event, or for calls where their answers or the next request follow from them."""
    document, world, run = drawn
    asked = [place for place in places(run, "output") if "request_sha256" in run["events"][place]]
    assume(asked)
    place = data.draw(st.sampled_from(asked))
    original = run["events"][place]
    other = {**original["parameters"], data.draw(st.sampled_from(("temperature", "added"))): data.draw(TEXTS)}
    if other != original["parameters"]:
        assert where(replayed(document, world, with_event(run, place, parameters=other))) == (
            place,
            "parameters",
        )
    digest = data.draw(st.text("0123456789abcdef", min_size=64, max_size=64))
    if digest != original["request_sha256"]:
        assert where(replayed(document, world, with_event(run, place, request_sha256=digest))) == (
            place,
            "request",
        )
    calls = [{**call, "arguments": {"added": 1}} for call in original.get("tool_calls", ())]
    if calls:
        edited = with_event(run, place, tool_calls=calls)
        naive = naive_replay(document, world, edited)
        assert where(replayed(document, world, edited)) == (
            None if naive is None else (naive.event, naive.kind)
        )


@share(80)
@given(recorded(), st.data())
def test_a_record_is_no_run_of_a_program_with_another_text(
    drawn: tuple[Document, World, Run], data: st.DataObject
) -> None:
    """The digest tells the programs apart; so does replay at the first event of an edited `say`, and wherever the second implementation sees it."""
    document, world, run = drawn
    texts = [
        (step, name)
        for step in _steps(document["program"]["steps"])
        for name in ("text", "from", "unknown_tool", "bad_arguments", "tool")
        if name in step
    ]
    texts += [(part, "text") for part in document["program"]["result"]]
    assume(texts)
    index = data.draw(st.integers(0, len(texts) - 1))
    program = compile_program(document)
    step, name = texts[index]
    original = step[name]
    added = data.draw(st.sampled_from((" ", "!", "\n", "\u0301", "{{item.other}}")))
    try:
        step[name] = original + added
        try:
            other = compile_program(document)
        except ProgramError:
            # What was added met a brace.
            assume(False)
            raise
        assert other.sha256 != program.sha256
        shown = replayed(document, world, run)
        assume(not shown.exhausted)
        naive = naive_replay(document, world, run)
        assert where(shown) == (None if naive is None else (naive.event, naive.kind))
        said = [
            place
            for place, one in enumerate(run["events"])
            if step.get("do") == "say" and one["step"].partition("[")[0] == step["id"]
        ]
        if said and (added != "{{item.other}}" or world.fields["other"]):
            assert where(shown) == (said[0], "text")
        if (
            "do" not in step
            and run["status"] == "completed"
            and (added != "{{item.other}}" or world.fields["other"])
        ):
            assert where(shown) == (len(run["events"]), "result")
    finally:
        step[name] = original


# --- reading programs ---


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _paths(inner, (*path, key))


def _get(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


# Names that the programs drawn have, some of them, and some of them not here.
NAMED = st.integers(0, 9).map(lambda number: f"s{number}") | st.sampled_from(
    ("v0_text", "v1_text", "v1_list", "item", "program", "item.text", "item.words", "desk", "main", "solver")
)


@st.composite
def mutated(draw: st.DrawFn) -> Document:
    """Draw a program and change it in some places, by what stands elsewhere in it or by a text from the stock."""
    document = copy.deepcopy(draw(programs()))
    validator = SCHEMAS.validator("scaffold")
    for _ in range(draw(st.integers(1, 5))):
        paths = list(_paths(document["program"]))
        texts = [one for one in paths if isinstance(_get(document["program"], one), str)]
        path = draw(st.sampled_from(paths) | st.sampled_from(texts))
        old = _get(document["program"], path)
        parent, key = _get(document["program"], path[:-1]), path[-1]
        alike = [
            other
            for other in paths
            if (type(_get(document["program"], other)) is type(old) and other[-1:] == path[-1:])
            or isinstance(old, str)
        ]
        how = draw(st.sampled_from(("other", "other", "stock", "delete", "double")))
        before = copy.deepcopy(document["program"])
        if how == "other" and alike:
            parent[key] = copy.deepcopy(_get(document["program"], draw(st.sampled_from(alike))))
        elif how == "stock" and isinstance(old, str):
            parent[key] = draw(TEXTS | PATTERNS | NAMED | NAMED.map(lambda name: "{{" + name + "}}"))
        elif how == "double" and isinstance(parent, list):
            parent.insert(key, copy.deepcopy(old))
        elif how == "delete":
            del parent[key]
        if not validator.is_valid(document):
            document["program"] = before
    return document


@share(250)
@given(mutated(), SCRIPTS)
def test_a_document_that_its_schema_takes_compiles_or_is_refused_with_reasons(
    document: Document, script: Script
) -> None:
    """Nothing but `ProgramError` comes out of it, each problem with a place that is there; what compiles also runs, and replays."""
    try:
        program = compile_program(document)
    except ProgramError as error:
        event("refused")
        assert error.problems
        for problem in error.problems:
            tokens = [token.replace("~1", "/").replace("~0", "~") for token in problem.pointer.split("/")[1:]]
            value: Any = document
            for place, token in enumerate(tokens):
                if isinstance(value, dict) and token not in value:
                    # A default that was written out.
                    assert token in ("else", "fresh")
                    assert place == len(tokens) - 1
                    break
                value = value[int(token) if isinstance(value, list) else token]
        return
    event("compiles")
    fields: dict[str, Any] = {
        name: "a: yes" if kind == "text" else ["a", ""] for name, kind in program.fields.items()
    }
    world = World(
        simulators=dict.fromkeys(program.simulators, "v"),
        environments=dict.fromkeys(program.environments, TOOLS),
        fields=fields,
    )
    # A record holds no call of a tool without a name.
    assume(
        not any(
            step["do"] == "call" and not step["tool"].strip("{}")
            for step in _steps(document["program"]["steps"])
        )
    )
    assert_agrees(document, world, live(document, world, script))


# --- templates, extractions and patterns are total ---


@share(300)
@given(
    st.text(st.sampled_from("{}ab.item0_ \né") | st.characters(codec="utf-8"), max_size=30),
    st.text(max_size=10),
)
def test_a_template_is_read_or_refused_and_then_rendered(text: str, value: str) -> None:
    """Any text; what is read renders as the plain implementation renders it, and has the length it says."""
    try:
        template = parse(text)
    except TemplateError:
        assert "{{" in text
        return
    values = dict.fromkeys(template.names, value)
    assert template.render(values) == render(text, values)
    assert template.length(values) == len(template.render(values))


@share(100)
@given(st.text(max_size=30))
def test_any_text_can_be_written_as_a_template(text: str) -> None:
    """With opening delimiters escaped it renders to itself, unless a brace stands right before one."""
    assert parse(text.replace("{{", "{{{{")).render({}) == text


JSONISH = st.text(
    st.sampled_from('[]{}",:0123456789.eE+-\\u dDtruefalsn \n\t\r\ud7ff') | st.characters(codec="utf-8"),
    max_size=40,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
EMBEDDED = st.builds(
    lambda before, value, ascii_, after: before + json.dumps(value, ensure_ascii=ascii_) + after,
    JSONISH,
    VALUES,
    st.booleans(),
    JSONISH,
)


@share(400)
@given(
    st.lists(TEXT_PIPELINES | LIST_PIPELINES, min_size=1, max_size=2),
    TEXTS | JSONISH | EMBEDDED | VALUES.map(json.dumps),
)
def test_a_pipeline_takes_something_out_of_any_text_or_fails(
    pipelines: list[list[dict[str, Any]]], text: str
) -> None:
    """As the plain implementation does, which reads JSON with another parser."""
    for operations in pipelines:
        pipeline, gives = compile_pipeline(operations)
        value = pipeline(text, lambda _, __: None)
        assert value is None or isinstance(value, str if gives == "text" else tuple)
        assert (list(value) if isinstance(value, tuple) else value) == extract([operations], text)


PIECES = st.sampled_from(
    (
        "a",
        "b",
        "é",
        "^",
        "$",
        "-",
        ".",
        "[ab]",
        "[^a]",
        "[a-c^-]",
        "[^.\\n]",
        r"\.",
        r"\n",
        "(",
        ")",
        "|",
        "*",
        "+",
        "?",
        "{2}",
        "{0,1}",
        "{01,}",
        "[",
        "]",
        "{",
        r"\d",
    )
)


@share(400)
@given(
    st.lists(PIECES, max_size=10).map("".join) | st.text(max_size=8),
    st.lists(st.text(st.sampled_from("ab^$-.\né"), max_size=6), min_size=1, max_size=5),
)
def test_a_pattern_is_refused_or_matches_what_the_plain_matcher_matches(
    pattern: str, texts: list[str]
) -> None:
    """Nothing but `PatternError` comes out of any text."""
    try:
        compiled = compile_pattern(pattern)
    except PatternError:
        return
    for text in texts:
        assert (compiled.match(text) is not None) == matches(pattern, text)
