"""The six programs of the examples, run live against scripted stand-ins: their records replay, and no tampering does."""

from __future__ import annotations

import copy
import json
import shutil
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

import build
from fsep.parsing import yaml
from naive_scaffold import World, naive_replay, requests_sent
from scaffolding import Run, assert_agrees, assert_valid, replayed, where

SOURCE = build.HERE / "six-programs.source"
PROGRAMS = ("direct", "react", "critique", "map-reduce", "service", "constraint")
DESIGN = "d5" * 32
DOCUMENTS: Mapping[str, Any] = build.documents(build.SCAFFOLDS)
# A run with one fault, the event and the kind of the divergence it gives; None for the event where only a second implementation knows.
Tampered = tuple[Run, "int | None", "str | None"]
Tampering = Callable[[Run], Iterator[Tampered]]


@cache
def recorded(accents: bool = False) -> dict[str, Run]:
    """Return every run by its id; with `accents`, on items whose texts hold a letter that Unicode can write in two ways."""
    with TemporaryDirectory() as scratch:
        source = Path(scratch) / "source"
        shutil.copytree(SOURCE, source)
        if accents:
            (source / "items.yaml").write_text(
                json.dumps([_accented(item) for item in _items()], ensure_ascii=False), encoding="utf-8"
            )
        return {run["run"]: run for run in build.runs(source, DOCUMENTS, DESIGN)}


def _items() -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = yaml.parse((SOURCE / "items.yaml").read_bytes())  # type: ignore[assignment]
    return items


def _accented(item: dict[str, Any]) -> dict[str, Any]:
    fields = {
        name: f"{value} Olé." if isinstance(value, str) else [f"{one} Olé." for one in value]
        for name, value in item["fields"].items()
    }
    return {**item, "fields": fields}


@cache
def world(system: str, item: str, accents: bool = False) -> World:
    """Return what the runs of a system on an item depend on."""
    document = build.documents(SOURCE / "systems")[system]
    [found] = [one for one in _items() if one["id"] == item]
    return World(
        model=document["model"]["name"],
        design_sha256=DESIGN,
        adaptations=document.get("adaptations", ()),
        simulators={id_: one["model"]["name"] for id_, one in build.documents(SOURCE / "simulators").items()},
        environments={id_: one["tools"] for id_, one in build.documents(SOURCE / "environments").items()},
        item=item,
        fields=(_accented(found) if accents else found)["fields"],
    )


def runs_of(program: str, accents: bool = False) -> list[Run]:
    return [run for run in recorded(accents).values() if run["scaffold"] == program]


@pytest.mark.parametrize("accents", [False, True])
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_runs_of_a_program_replay_and_a_second_implementation_derives_them(
    program: str, accents: bool
) -> None:
    """Two systems on two items: every event, every digest, status and result."""
    runs = runs_of(program, accents)
    assert [(run["system"], run["item"]) for run in runs] == [
        ("hasty", "peru"),
        ("hasty", "nile"),
        ("steady", "peru"),
        ("steady", "nile"),
    ]
    for run in runs:
        assert_valid(run, "run")
        shown = assert_agrees(DOCUMENTS[program], world(run["system"], run["item"], accents), run)
        outputs = sum(event["kind"] == "output" for event in run["events"])
        assert (shown.requests, shown.unrecorded, shown.underivable, shown.parameters) == (
            outputs,
            0,
            0,
            outputs,
        )
        assert shown.events == len(run["events"])


def test_the_runs_are_rich_enough_to_be_tampered_with() -> None:
    """Between them they hold every kind of event that the six programs can make, and every way of answering a call."""
    events = [event for run in recorded().values() for event in run["events"]]
    assert {event["kind"] for event in events} == {"message", "output", "tool-result", "call"}
    assert {event["origin"] for event in events} == {"program", "model", "simulator", "environment"}
    assert {event["origin"] for event in events if event["kind"] == "tool-result"} == {
        "program",
        "environment",
    }
    assert {event["origin"] for event in events if event["kind"] == "call"} == {"program", "environment"}
    assert {event["role"] for event in events if event["kind"] == "message"} == {
        "system",
        "user",
        "assistant",
    }


# --- tampering ---


def with_events(run: Run, events: list[dict[str, Any]]) -> Run:
    return {**run, "events": events}


def changed(run: Run, place: int, **members: Any) -> Run:
    """Return the run with members of one event changed."""
    events = list(run["events"])
    events[place] = {**events[place], **members}
    return with_events(run, events)


def contributed(run: Run) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the events whose text the program contributes."""
    yield from ((place, event) for place, event in enumerate(run["events"]) if event["origin"] == "program")


def of_kind(run: Run, *kinds: str) -> Iterator[tuple[int, dict[str, Any]]]:
    yield from ((place, event) for place, event in enumerate(run["events"]) if event["kind"] in kinds)


def drop(run: Run) -> Iterator[Tampered]:
    for place in range(len(run["events"])):
        yield with_events(run, run["events"][:place] + run["events"][place + 1 :]), place, "event"


def duplicate(run: Run) -> Iterator[Tampered]:
    for place, event in enumerate(run["events"]):
        yield (
            with_events(run, [*run["events"][: place + 1], event, *run["events"][place + 1 :]]),
            place + 1,
            "event",
        )


def swap(run: Run) -> Iterator[Tampered]:
    for one, other in combinations(range(len(run["events"])), 2):
        events = list(run["events"])
        events[one], events[other] = events[other], events[one]
        yield with_events(run, events), one, "event"


def relabel_origin(run: Run) -> Iterator[Tampered]:
    for place, event in enumerate(run["events"]):
        for origin in ("program", "model", "simulator", "environment", "human", "provider", "harness"):
            if origin != event["origin"]:
                yield changed(run, place, origin=origin), place, "origin"


def relabel_actor(run: Run) -> Iterator[Tampered]:
    actors = {event["actor"] for event in run["events"]} | {"somebody"}
    for place, event in enumerate(run["events"]):
        for actor in sorted(actors - {event["actor"]}):
            yield changed(run, place, actor=actor), place, "event"


def relabel_role(run: Run) -> Iterator[Tampered]:
    for place, event in enumerate(run["events"]):
        for role in ("system", "user", "assistant", "tool"):
            if event["kind"] != "call" and role != event["role"]:
                yield changed(run, place, role=role), place, "event"


def move_to_another_thread(run: Run) -> Iterator[Tampered]:
    for place, event in of_kind(run, "message", "output", "tool-result"):
        yield changed(run, place, thread=event["thread"] + "_2"), place, "event"


def edit_a_character(run: Run) -> Iterator[Tampered]:
    for place, event in contributed(run):
        text = event["content"]
        for at in {0, len(text) // 2, len(text) - 1}:
            yield (
                changed(run, place, content=text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]),
                place,
                "text",
            )
        yield changed(run, place, content=text.swapcase()), place, "text"


def add_white_space(run: Run) -> Iterator[Tampered]:
    for place, event in contributed(run):
        for text in (
            event["content"] + " ",
            event["content"] + "\n",
            " " + event["content"],
            event["content"] + "\u200b",
            "\ufeff" + event["content"],
        ):
            yield changed(run, place, content=text), place, "text"


def normalise(run: Run) -> Iterator[Tampered]:
    for place, event in contributed(run):
        text = unicodedata.normalize("NFD", event["content"])
        if text != event["content"]:
            yield changed(run, place, content=text), place, "text"


def edit_an_output(run: Run) -> Iterator[Tampered]:
    """Each output whose words some later request contains, by one character; where it shows is worked out by the second implementation."""
    later = [
        (place, json.dumps(messages, ensure_ascii=False))
        for place, messages in requests_sent(
            DOCUMENTS[run["scaffold"]], world(run["system"], run["item"]), run["events"]
        )
    ]
    for place, event in of_kind(run, "output"):
        parts = (
            [{"type": "text", "text": event["content"]}]
            if isinstance(event["content"], str)
            else event["content"] or []
        )
        for index, part in enumerate(parts):
            edited = [*parts[:index], {**part, "text": part.get("text", "") + "~"}, *parts[index + 1 :]]
            if part["type"] == "text" and any(
                request > place and json.dumps(part["text"], ensure_ascii=False)[1:-1] in sent
                for request, sent in later
            ):
                yield changed(run, place, content=edited if len(parts) > 1 else edited[0]["text"]), None, None


def edit_a_digest(run: Run) -> Iterator[Tampered]:
    for place, event in of_kind(run, "output"):
        digest = event["request_sha256"]
        other = "0" if digest[-1] != "0" else "1"
        yield changed(run, place, request_sha256=digest[:-1] + other), place, "request"
        yield (
            changed(run, place, request_sha256=digest.upper() if digest.upper() != digest else digest[::-1]),
            place,
            "request",
        )


def exchange_digests(run: Run) -> Iterator[Tampered]:
    outputs = list(of_kind(run, "output"))
    for (one, first), (other, second) in combinations(outputs, 2):
        yield (
            changed(
                changed(run, one, request_sha256=second["request_sha256"]),
                other,
                request_sha256=first["request_sha256"],
            ),
            one,
            "request",
        )


def edit_parameters(run: Run) -> Iterator[Tampered]:
    for place, event in of_kind(run, "output"):
        sent = event["parameters"]
        yield changed(run, place, parameters={}), place, "parameters"
        yield changed(run, place, parameters={**sent, "top_p": 1}), place, "parameters"
        yield changed(run, place, parameters={**sent, "temperature": 0.5}), place, "parameters"
        yield changed(run, place, parameters={**sent, "temperature": False}), place, "parameters"


def add_at_the_end(run: Run) -> Iterator[Tampered]:
    for event in run["events"]:
        yield with_events(run, [*run["events"], event]), len(run["events"]), "event"


def cut_the_end(run: Run) -> Iterator[Tampered]:
    for length in range(len(run["events"])):
        yield with_events(run, run["events"][:length]), length, "event"


def change_the_status(run: Run) -> Iterator[Tampered]:
    for status in ("limit-reached", "failed"):
        yield {**run, "status": status}, len(run["events"]), "status"
        yield (
            {**{name: value for name, value in run.items() if name != "result"}, "status": status},
            len(run["events"]),
            "status",
        )


def change_the_result(run: Run) -> Iterator[Tampered]:
    parts, end = run["result"], len(run["events"])
    for place, part in enumerate(parts):
        for other in (
            {**part, "content": part["content"] + "."},
            {**part, "content": ""},
            {**part, "name": "other"},
        ):
            if other != part:
                yield {**run, "result": [*parts[:place], other, *parts[place + 1 :]]}, end, "result"
        yield {**run, "result": parts[:place] + parts[place + 1 :]}, end, "result"
    yield {**run, "result": [*parts, parts[0]]}, end, "result"
    if len(parts) > 1:
        yield {**run, "result": parts[::-1]}, end, "result"


def change_a_tool_call_id(run: Run) -> Iterator[Tampered]:
    for place, event in of_kind(run, "tool-result"):
        yield changed(run, place, tool_call_id=event["tool_call_id"] + "x"), place, "event"
    for place, event in of_kind(run, "output"):
        calls = event.get("tool_calls", ())
        for index, one in enumerate(calls):
            # The result that answers the call is the first event to show it.
            yield (
                changed(run, place, tool_calls=[*calls[:index], {**one, "id": "x"}, *calls[index + 1 :]]),
                place + 1 + index,
                "event",
            )


def change_a_step_path(run: Run) -> Iterator[Tampered]:
    for place, event in enumerate(run["events"]):
        path = event["step"]
        for other in {
            path + "[0]",
            path + "x",
            path.replace("[0]", "[1]"),
            path.partition("[")[0],
            path.replace("[", "[1][", 1),
        } - {path}:
            yield changed(run, place, step=other), place, "event"


def change_what_a_call_asks(run: Run) -> Iterator[Tampered]:
    for place, event in of_kind(run, "call"):
        asked = event["call"]
        for name, text in asked["arguments"].items():
            yield (
                changed(run, place, call={**asked, "arguments": {**asked["arguments"], name: text + " "}}),
                place,
                "text",
            )
        yield changed(run, place, call={**asked, "arguments": {}}), place, "text"
        yield (
            changed(run, place, call={**asked, "arguments": {**asked["arguments"], "more": ""}}),
            place,
            "text",
        )
        yield changed(run, place, call={**asked, "name": asked["name"].upper()}), place, "text"


def change_what_a_call_was_answered(run: Run) -> Iterator[Tampered]:
    for place, event in of_kind(run, "call"):
        if event["origin"] == "environment":
            # The observation that quotes it stands right behind it.
            yield changed(run, place, content=event["content"] + "!"), place + 1, "text"


def change_a_calls_arguments(run: Run) -> Iterator[Tampered]:
    for place, event in of_kind(run, "output"):
        calls = event.get("tool_calls", ())
        behind = place + 1 + len(calls)
        for index, one in enumerate(calls):
            if isinstance(one["arguments"], dict):
                other = {**one, "arguments": {**one["arguments"], "more": 1}}
                yield (
                    changed(run, place, tool_calls=[*calls[:index], other, *calls[index + 1 :]]),
                    behind,
                    "request",
                )
            # Whether it reaches the environment depends on its name, and so who answers, and what.
            named = {**one, "name": "teleport" if one["name"] != "teleport" else "lookup"}
            yield (
                changed(run, place, tool_calls=[*calls[:index], named, *calls[index + 1 :]]),
                place + 1 + index,
                "event" if isinstance(one["arguments"], dict) else "text",
            )
        if calls:
            yield changed(run, place, tool_calls=calls[:-1]), None, None
            yield (
                changed(run, place, tool_calls=[*calls, {"id": "x", "name": "lookup", "arguments": {}}]),
                behind,
                "event",
            )


def change_a_tool_result(run: Run) -> Iterator[Tampered]:
    for place, event in of_kind(run, "tool-result"):
        if event["origin"] == "environment":
            after = next(
                later
                for later, other in of_kind(run, "output")
                if later > place and other["actor"] == run["events"][_caller(run, place)]["actor"]
            )
            yield changed(run, place, content=event["content"] + "!"), after, "request"


def _caller(run: Run, place: int) -> int:
    """Return the place of the output whose call a tool result answers."""
    return max(earlier for earlier, event in of_kind(run, "output") if earlier < place)


def change_a_greeting(run: Run) -> Iterator[Tampered]:
    for place, event in of_kind(run, "message"):
        if event["role"] == "assistant":
            yield changed(run, place, content=event["content"] + "!"), place, "text"
            yield changed(run, place, **{"for": "customer"}), place, "event"
            yield (
                with_events(
                    run,
                    [
                        *run["events"][:place],
                        {name: value for name, value in event.items() if name != "for"},
                        *run["events"][place + 1 :],
                    ],
                ),
                place,
                "event",
            )


def change_an_addressee(run: Run) -> Iterator[Tampered]:
    for place, event in of_kind(run, "message"):
        if event["role"] == "system":
            for other in (
                {**event, "to": "somebody"},
                {name: value for name, value in event.items() if name != "to"},
            ):
                yield (
                    with_events(run, [*run["events"][:place], other, *run["events"][place + 1 :]]),
                    place,
                    "event",
                )


def change_the_replicate(run: Run) -> Iterator[Tampered]:
    seeded = [place for place, event in of_kind(run, "output") if "seed" in event["parameters"]]
    if seeded:
        yield {**run, "replicate": 1}, seeded[0], "parameters"


def silence_an_output(run: Run) -> Iterator[Tampered]:
    """Words taken out altogether, of each output that some later event of the program needs; see `edit_an_output`."""
    for tampered, _, _ in edit_an_output(run):
        place = next(
            place for place, event in enumerate(tampered["events"]) if event is not run["events"][place]
        )
        if run["events"][place]["content"]:
            yield changed(run, place, content=None), None, None


CATALOGUE: dict[str, Tampering] = {
    "an event is dropped": drop,
    "an event is there twice": duplicate,
    "two events are swapped": swap,
    "an origin is relabelled": relabel_origin,
    "an actor is relabelled": relabel_actor,
    "a role is relabelled": relabel_role,
    "an event is moved to another thread": move_to_another_thread,
    "a character of a program text is edited": edit_a_character,
    "white space is added to a program text": add_white_space,
    "an output that a later request contains is edited": edit_an_output,
    "an output that a later request contains is silenced": silence_an_output,
    "a request digest is edited": edit_a_digest,
    "two request digests are exchanged": exchange_digests,
    "parameters are edited": edit_parameters,
    "an event is added at the end": add_at_the_end,
    "the end is cut off": cut_the_end,
    "the status is changed": change_the_status,
    "the result is changed": change_the_result,
    "a tool_call_id is changed": change_a_tool_call_id,
    "a step path is changed": change_a_step_path,
    "what a call asks is changed": change_what_a_call_asks,
    "what a call was answered is changed": change_what_a_call_was_answered,
    "a tool call is changed, dropped or added": change_a_calls_arguments,
    "a tool result is changed": change_a_tool_result,
    "a greeting is changed": change_a_greeting,
    "an instruction's addressee is changed": change_an_addressee,
    "the replicate is changed": change_the_replicate,
}

NO_TOOLS = dict.fromkeys(
    ("direct", "react", "critique", "map-reduce", "constraint"), "no step offers tools to an actor"
)
NO_CALLS = dict.fromkeys(
    ("direct", "critique", "map-reduce", "service", "constraint"), "the program itself asks no environment"
)
ALONE = {"direct": "its only output is in no later request, and is its only request"}
# Where a tampering has nothing to work on, and why; everywhere else it has.
CANNOT: dict[str, dict[str, str]] = {
    "an output that a later request contains is edited": ALONE,
    "an output that a later request contains is silenced": ALONE,
    "two request digests are exchanged": ALONE,
    "a tool_call_id is changed": NO_TOOLS,
    "a tool call is changed, dropped or added": NO_TOOLS,
    "a tool result is changed": NO_TOOLS,
    "what a call asks is changed": NO_CALLS,
    "what a call was answered is changed": NO_CALLS,
    "a greeting is changed": dict.fromkeys(
        ("direct", "react", "critique", "map-reduce", "constraint"), "nothing is said on an actor's behalf"
    ),
    "an instruction's addressee is changed": dict.fromkeys(
        ("direct", "map-reduce", "constraint"), "there is no instruction"
    ),
    "the replicate is changed": dict.fromkeys(
        ("direct", "react", "critique", "service", "constraint"), "no seed is derived"
    ),
}


def assert_diverges(
    run: Run,
    tampered: Run,
    place: int | None,
    kind: str | None,
    *,
    accents: bool = False,
    second: bool = True,
) -> None:
    """See that the run replays and its tampered copy does not, at this event and in this way."""
    document, around = DOCUMENTS[run["scaffold"]], world(run["system"], run["item"], accents)
    assert json.dumps(tampered) != json.dumps(run)
    assert where(replayed(document, around, run)) is None
    found = where(replayed(document, around, tampered))
    assert found is not None, "the tampering was not found"
    if second or place is None:
        naive = naive_replay(document, around, tampered)
        if tampered["replicate"] == run["replicate"]:
            assert naive is not None
            assert found == (naive.event, naive.kind)
    if place is not None:
        assert found == (place, kind)
    divergence = replayed(document, around, tampered).divergence
    assert divergence is not None
    # To Python, false is 0.
    assert json.dumps(divergence.found) != json.dumps(divergence.expected)
    # An event too few has nothing that was found, one too many nothing that was expected; all others show both, or what is not there.
    if divergence.member is None:
        assert (divergence.found is None) != (divergence.expected is None)
    elif divergence.kind in ("origin", "text", "parameters", "request", "status"):
        assert divergence.found is not None
        assert divergence.expected is not None


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("tampering", CATALOGUE)
def test_a_tampered_record_does_not_replay(tampering: str, program: str) -> None:
    """At every place of every run of the program where it can be done."""
    done = 0
    for run in runs_of(program):
        before = copy.deepcopy(run)
        for tampered, place, kind in CATALOGUE[tampering](run):
            assert_diverges(run, tampered, place, kind, second=tampering != "two events are swapped")
            done += 1
        assert run == before
    if program in CANNOT.get(tampering, {}):
        assert done == 0, "the table says that it cannot be done"
    else:
        assert done > 0, "the table does not say that it cannot be done"


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_text_in_another_normalisation_does_not_replay(program: str) -> None:
    """Composed letters decomposed look alike, and are other texts: shown on items that have such letters."""
    done = 0
    for run in runs_of(program, accents=True):
        for tampered, place, kind in normalise(run):
            assert_diverges(run, tampered, place, kind, accents=True)
            done += 1
    assert done > 0


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_run_is_none_of_the_other_system(program: str) -> None:
    """The model's name is in every request, so that a record cannot be handed to another system."""
    for run in runs_of(program):
        other = world("steady" if run["system"] == "hasty" else "hasty", run["item"])
        divergence = replayed(DOCUMENTS[program], other, run).divergence
        assert divergence is not None
        first = next(place for place, event in of_kind(run, "output") if event["origin"] == "model")
        assert divergence.event == first
        assert divergence.kind in ("request", "parameters")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_run_is_none_on_the_other_item(program: str) -> None:
    """The first text that comes from the item differs."""
    for run in runs_of(program):
        other = world(run["system"], "nile" if run["item"] == "peru" else "peru")
        divergence = replayed(DOCUMENTS[program], other, run).divergence
        assert divergence is not None
        assert divergence.kind == "text"
        [own] = [one for one in _items() if one["id"] == run["item"]]
        assert any(value in divergence.found for value in own["fields"].values() if isinstance(value, str))


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_run_is_none_of_another_program(program: str) -> None:
    """Each of the other five diverges on it."""
    for run in runs_of(program):
        for other in PROGRAMS:
            around = world(run["system"], run["item"])
            assert (where(replayed(DOCUMENTS[other], around, run)) is None) is (other == program)


def texts_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Yield the templates of a program that some event or result shows, with where they stand."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "text" and value.get("do") == "say":
                yield (*path, name), inner
            elif name in ("steps", "then", "else"):
                yield from texts_of(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from texts_of(inner, (*path, place))


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    "edit",
    [lambda text: text + " ", lambda text: "." + text, lambda text: text + "\n"],
    ids=["space", "character", "line feed"],
)
def test_a_record_is_no_run_of_a_program_with_another_text(program: str, edit: Callable[[str], str]) -> None:
    """The edit is made in the scaffold this time: it diverges at the first event of the step, in every run that has one."""
    for path, text in texts_of(DOCUMENTS[program]["program"]):
        document = copy.deepcopy(DOCUMENTS[program])
        step = document["program"]
        for token in path[:-1]:
            step = step[token]
        step["text"] = edit(text)
        for run in runs_of(program):
            shown = replayed(document, world(run["system"], run["item"]), run)
            places = [
                place
                for place, event in enumerate(run["events"])
                if event["step"].partition("[")[0] == step["id"]
            ]
            assert where(shown) == ((places[0], "text") if places else None)


@pytest.mark.parametrize("program", ["direct", "critique", "map-reduce"])
def test_reasoning_is_in_no_view_and_so_outside_what_replay_can_show(program: str) -> None:
    """The stand-ins reason in these three; who vouches for reasoning is a matter of provenance."""
    done = 0
    for run in runs_of(program):
        for place, event in of_kind(run, "output"):
            if isinstance(event["content"], list):
                edited = [
                    {**part, "text": "other"} if part["type"] == "reasoning" else part
                    for part in event["content"]
                ]
                assert edited != event["content"]
                assert (
                    where(
                        replayed(
                            DOCUMENTS[program],
                            world(run["system"], run["item"]),
                            changed(run, place, content=edited),
                        )
                    )
                    is None
                )
                done += 1
    assert done > 0
