"""Corners of the scaffold language: small bundles that replay, and beside each what a wrong reading would record.

A wrong reading is run as another program, and its events are put under the first one: so the fault is what an
implementation that errs there would write, and accept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fsep.digests import program_digest
from fsep.scaffold.adaptation import compile_adaptations
from fsep.scaffold.compile import compile_program
from fsep.scaffold.drive import drive
from fsep.scaffold.machine import Environment, Item, Setting, Want
from fsep.scaffold.message import Output
from scaffolding import scaffold
from workbench import Run, Workbench

Json = Any
TOOLS: list[dict[str, Any]] = [
    {"name": name, "description": f"It {name}s.", "parameters": {"type": "object"}}
    for name in ("look", "count")
]
RETURNED = "stand-in-1"
# In another world: that of its run the requests alone stand in the record.
SENT = "sent"


@dataclass(frozen=True)
class Corner:
    """A program with what is answered, and the wrong readings: each a sentence, its requirement and a change.

    A change gets the right bundle, or is another world (members of this class) whose run is put in its place.
    `document` is a scaffold that is given whole, in the place of steps.
    """

    sentence: str
    steps: Sequence[Mapping[str, Any]]
    answers: Sequence[Any]
    result: str = "done"
    fields: Mapping[str, Any] = field(default_factory=lambda: {"question": "Why?"})
    adaptations: Sequence[Mapping[str, Any]] = ()
    actors: Mapping[str, Any] | None = None
    threads: Mapping[str, Sequence[str]] | None = None
    replicate: int = 0
    document: Mapping[str, Any] | None = None
    wrong: Sequence[tuple[str, str, Mapping[str, Any] | Callable[[Workbench], object]]] = ()


def answer(
    text: Json = None, *calls: tuple[str, str, Json], **recorded: Any
) -> tuple[Output, dict[str, Any]]:
    """Return what a model says: content, calls as id, name and arguments, and what else the event records."""
    made = [{"id": id_, "name": name, "arguments": arguments} for id_, name, arguments in calls]
    return Output(text, made), recorded


def bench_of(corner: Corner) -> Workbench:
    """Return a bundle of one run of a corner's program."""
    document = _document(corner)
    simulators = {one["simulator"] for one in document["program"]["actors"].values() if "simulator" in one}
    uses_tools = "'environment'" in repr(document["program"]["steps"])
    bench = Workbench(
        {
            "bundle.json": {
                "fsep": "1.0",
                "kind": "bundle",
                "id": "corner",
                "description": "SYNTHETIC: a case of the conformance suite; no language model took part.",
                "asserts": ["whole", "replayed"],
            },
            "design.json": {
                "fsep": "1.0",
                "kind": "design",
                "id": "corner",
                "scaffolds": [{"id": "tested"}],
                "baseline": "tested",
                "replicates": corner.replicate + 1,
                "limits": {"missing_share": 1},
            },
            "scaffolds/tested.json": document,
            "systems/s.json": {
                "fsep": "1.0",
                "kind": "system",
                "id": "s",
                "synthetic": True,
                "model": {"name": "stand-in", "returned": [RETURNED]},
                "access": {"via": "script"},
            },
            "items.jsonl": [{"id": "one", "fields": dict(corner.fields)}],
        }
    )
    if corner.adaptations:
        bench["systems/s.json"]["adaptations"] = list(corner.adaptations)
    for id_ in sorted(simulators):
        bench["design.json"].setdefault("simulators", []).append({"id": id_})
        bench[f"simulators/{id_}.json"] = {
            "fsep": "1.0",
            "kind": "simulator",
            "id": id_,
            "synthetic": True,
            "model": {"name": "stand-in", "returned": [RETURNED]},
        }
    if uses_tools:
        bench["design.json"]["environments"] = [{"id": "desk"}]
        bench["environments/desk.json"] = {
            "fsep": "1.0",
            "kind": "environment",
            "id": "desk",
            "version": "1",
            "tools": TOOLS,
            "implementation": {"name": "desk", "version": "1", "sha256": "0" * 64},
        }
    bench.lock()
    bench["transcripts/s.jsonl"] = [run_of(corner, bench)]
    return bench


def wrong_bench(corner: Corner, wrong: Mapping[str, Any] | Callable[[Workbench], object]) -> Workbench:
    """Return a corner's bundle with a wrong reading's record in it."""
    bench = bench_of(corner)
    if callable(wrong):
        wrong(bench)
        return bench
    run = run_of(replace(corner, **{name: value for name, value in wrong.items() if name != SENT}), bench)
    if SENT in wrong:
        outputs = zip(_outputs(bench["transcripts/s.jsonl"][0]), _outputs(run), strict=True)
        for event, other in outputs:
            event["request_sha256"] = other["request_sha256"]
    else:
        bench["transcripts/s.jsonl"] = [run]
    return bench


def _outputs(run: Run) -> list[dict[str, Any]]:
    return [event for event in run["events"] if event["kind"] == "output"]


def _document(corner: Corner) -> dict[str, Any]:
    if corner.document is not None:
        return {**corner.document, "id": "tested"}
    return scaffold(*corner.steps, result=corner.result, actors=corner.actors, threads=corner.threads)


def run_of(corner: Corner, bench: Workbench) -> Run:
    """Return the run of a corner's program, in the setting of a bundle."""
    given = iter(corner.answers)

    def respond(want: Want) -> tuple[Output, dict[str, Any]]:
        said = next(given)
        output, recorded = said if isinstance(said, tuple) else (Output(said), {})
        if want.request is None:
            return output, recorded
        return output, {"returned_model": RETURNED, "finish": "stop", **recorded}

    simulators = [path[11:-5] for path in bench.values if path.startswith("simulators/")]
    setting = Setting(
        model="stand-in",
        design_sha256=program_digest(bench["design.json"]),
        adaptations=compile_adaptations(corner.adaptations),
        simulators=dict.fromkeys(simulators, "stand-in"),
        environments={"desk": Environment("desk", {one["name"]: one for one in TOOLS})},
    )
    item = Item("one", dict(corner.fields))
    recording = drive(compile_program(_document(corner)), setting, item, corner.replicate, respond)
    run: Run = {
        "run": "r",
        "system": "s",
        "scaffold": "tested",
        "item": "one",
        "replicate": corner.replicate,
        "status": recording.ending.status,
        "events": list(recording.events),
    }
    if recording.ending.status == "completed":
        run["result"] = [{"name": name, "content": text} for name, text in recording.ending.result]
    return run
