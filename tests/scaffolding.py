"""Programs, worlds and scripted runs, as the tests of the scaffold room make them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from fsep import protocol
from fsep.scaffold.adaptation import compile_adaptations
from fsep.scaffold.compile import compile_program
from fsep.scaffold.drive import drive
from fsep.scaffold.machine import Environment, Item, Setting, Want
from fsep.scaffold.message import Output, no_blobs
from fsep.scaffold.program import ProgramError, Rule
from fsep.scaffold.replay import Replay, replay
from naive_scaffold import NaiveRun, World

Json = Any
Run = dict[str, Any]

SCHEMAS = protocol.load("1.0")


def tool(name: str, description: str = "A tool.") -> dict[str, Any]:
    return {"name": name, "description": description, "parameters": {"type": "object"}}


def call(id_: str, name: str, arguments: Any = None) -> dict[str, Any]:
    return {"id": id_, "name": name, "arguments": {} if arguments is None else arguments}


def say(id_: str, text: str, thread: str = "main", **more: Any) -> dict[str, Any]:
    return {"do": "say", "id": id_, "thread": thread, "role": "user", "text": text, **more}


def generate(id_: str, actor: str = "solver", thread: str = "main", **more: Any) -> dict[str, Any]:
    return {"do": "generate", "id": id_, "thread": thread, "actor": actor, **more}


def let(name: str, text: str) -> dict[str, Any]:
    return {"do": "let", "name": name, "text": text}


def tools(id_: str, actor: str = "solver", thread: str = "main", **more: Any) -> dict[str, Any]:
    fixed = {
        "environment": "desk",
        "max_rounds": 3,
        "at_bound": "continue",
        "unknown_tool": "No tool.",
        "bad_arguments": "Bad.",
    }
    return {"do": "tools", "id": id_, "thread": thread, "actor": actor, **fixed, **more}


def repeat(id_: str, steps: Sequence[Mapping[str, Any]], max_: int = 2, **more: Any) -> dict[str, Any]:
    return {"do": "repeat", "id": id_, "max": max_, "at_bound": "continue", "steps": list(steps), **more}


def each(
    id_: str, in_: str, steps: Sequence[Mapping[str, Any]], max_: int = 3, **more: Any
) -> dict[str, Any]:
    return {
        "do": "each",
        "id": id_,
        "in": in_,
        "as": "one",
        "max": max_,
        "at_bound": "continue",
        "steps": list(steps),
        **more,
    }


def when(
    test: Mapping[str, Any], then: Sequence[Mapping[str, Any]], *otherwise: Mapping[str, Any]
) -> dict[str, Any]:
    return {"do": "when", "if": test, "then": list(then), "else": list(otherwise)}


def extract(
    name: str, from_: str, *pipelines: Sequence[Mapping[str, Any]], otherwise: Any = ""
) -> dict[str, Any]:
    return {
        "do": "extract",
        "name": name,
        "from": from_,
        "try": [list(one) for one in pipelines],
        "otherwise": otherwise,
    }


def collect(name: str, over: str, value: str, otherwise: str = "none", **more: Any) -> dict[str, Any]:
    fixed = {"how": "joined", "separator": "|"} if "how" not in more else {}
    return {
        "do": "collect",
        "name": name,
        "over": over,
        "value": value,
        "otherwise": otherwise,
        **fixed,
        **more,
    }


def equals(text: str, value: str) -> dict[str, Any]:
    return {"test": "equals", "text": text, "value": value}


def scaffold(
    *steps: Mapping[str, Any],
    result: str | Mapping[str, str] = "done",
    actors: Mapping[str, Any] | None = None,
    threads: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """Return a scaffold document with these steps, having seen that it is valid against its schema."""
    named = {"answer": result} if isinstance(result, str) else result
    document = {
        "fsep": "1.0",
        "kind": "scaffold",
        "id": "tested",
        "program": {
            "actors": dict(actors or {"solver": {"kind": "model"}}),
            "primary": "solver",
            "threads": {
                name: {"speakers": list(speakers)}
                for name, speakers in (threads or {"main": ["solver"]}).items()
            },
            "steps": copy.deepcopy(list(steps)),
            "result": [{"name": name, "text": text} for name, text in named.items()],
        },
    }
    assert_valid(document, "scaffold")
    return document


def assert_valid(value: Json, schema: str) -> None:
    problems = [
        f"{error.instance_path}: {error.message}" for error in SCHEMAS.validator(schema).iter_errors(value)
    ]
    assert not problems, problems


def problems(document: Mapping[str, Any]) -> list[tuple[Rule, str]]:
    """Return the rules a program breaks, each with where; nothing where it compiles."""
    try:
        compile_program(document)
    except ProgramError as error:
        return [(problem.rule, problem.pointer) for problem in error.problems]
    return []


def setting(world: World) -> Setting:
    return Setting(
        model=world.model,
        design_sha256=world.design_sha256,
        adaptations=compile_adaptations(world.adaptations),
        simulators=world.simulators,
        environments={
            id_: Environment(id_, None if defined is None else {one["name"]: one for one in defined})
            for id_, defined in world.environments.items()
        },
    )


def scripted(answers: Iterable[Any]) -> Callable[[Want], tuple[Output, dict[str, Any]]]:
    """Answer every want with the next of `answers`: an `Output`, or its content."""
    script = iter(answers)

    def respond(_: Want) -> tuple[Output, dict[str, Any]]:
        answer = next(script)
        return (answer if isinstance(answer, Output) else Output(answer)), {}

    return respond


def record(
    document: Mapping[str, Any],
    world: World,
    answers: Iterable[Any] | Callable[[Want], tuple[Output, dict[str, Any]]],
) -> Run:
    """Run a program live on scripted answers; return the run's record, which is valid against its schema."""
    respond = answers if callable(answers) else scripted(answers)
    program = compile_program(document)
    blob_text = world.blobs.__getitem__ if world.blobs else no_blobs
    assert blob_text is no_blobs, "the live driver reads no blobs"
    recording = drive(program, setting(world), Item(world.item, world.fields), world.replicate, respond)
    run = as_run(world, list(recording.events), recording.ending.status)
    if recording.ending.status == "completed":
        run["result"] = [{"name": name, "content": text} for name, text in recording.ending.result]
    assert_valid(run, "run")
    return run


def as_run(world: World, events: Sequence[Mapping[str, Any]], status: str = "completed") -> Run:
    """Return a run's record with these events."""
    ids = {"run": "r", "system": "s", "scaffold": "tested", "item": world.item, "replicate": world.replicate}
    failure = {"failure": {"kind": "infrastructure-error"}} if status == "failed" else {}
    return {**ids, "status": status, **failure, "events": list(events)}


def replayed(document: Mapping[str, Any], world: World, run: Mapping[str, Any]) -> Replay:
    """Replay a record."""
    program = compile_program(document)
    item = Item(world.item, world.fields)
    return replay(program, setting(world), item, run, run["events"], world.blobs.__getitem__)


def where(shown: Replay) -> tuple[int, str] | None:
    """Return the event and the kind of a divergence, None where there is none."""
    assert not shown.exhausted
    assert not shown.withheld
    return None if shown.divergence is None else (shown.divergence.event, shown.divergence.kind)


def assert_agrees(document: Mapping[str, Any], world: World, run: Mapping[str, Any]) -> Replay:
    """See that a record replays, and that a second implementation derives the same events, digests, status and result from it."""
    shown = replayed(document, world, run)
    assert shown.divergence is None, shown.divergence
    naive = NaiveRun(document, world, run["events"], compare=False)
    assert naive.events == run["events"]
    assert naive.status == run["status"]
    assert naive.result == [(part["name"], part["content"]) for part in run.get("result", ())]
    assert shown.requests == sum("request_sha256" in event for event in naive.events)
    return shown
