"""Faults right beside what is allowed, and what is allowed right beside them: container, runs, plan, programs.

Each is there since a validator that compares a little less than it has to would take it for something else.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from acceptance.cases import (
    CASES,
    Case,
    Files,
    _manifest,
    _program,
    _put_manifest,
    _relock,
    bytes_case,
    fault,
    near,
)
from fsep.digests import program_digest
from fsep.parsing.canonical import digest
from parent import FIRST, commit, settle
from workbench import Workbench

# --- the container and the manifest


@bytes_case("FSEP-BND-006", "the manifest states one byte more than a file has, and its digest rightly")
def _(files: Files) -> None:
    manifest = _manifest(files)
    next(file for file in manifest["files"] if file["path"] == FIRST)["bytes"] += 1
    _put_manifest(files, manifest)


@fault("FSEP-BND-008", "there are no transcripts")
def _(bench: Workbench) -> None:
    for path in [path for path in bench.values if path.startswith("transcripts/")]:
        del bench[path]
    bench["ledger.jsonl"] = []
    commit(bench)


@fault("FSEP-BND-008", "there are no items")
def _(bench: Workbench) -> None:
    del bench["items.jsonl"]


@near("FSEP-BND-002", "a path of 200 characters")
def _(bench: Workbench) -> None:
    bench["proofs/" + "p" * 193] = b"A proof that no commitment names."


@bytes_case("FSEP-BND-002", "a path of 201 characters, which is not listed")
def _(files: Files) -> None:
    files["proofs/" + "p" * 194] = b""


@bytes_case("FSEP-BND-004", "a file in eight segments, which is not listed")
def _(files: Files) -> None:
    files["/".join("abcdefgh")] = b""


@bytes_case("FSEP-BND-002", "a file in nine segments")
def _(files: Files) -> None:
    files["/".join("abcdefghi")] = b""


@fault("FSEP-ENV-001", "an environment does not state its tools")
def _(bench: Workbench) -> None:
    del bench["environments/desk.json"]["tools"]
    # Every name counts as offered then, so that the environment would have answered all calls.
    for run in bench.runs():
        for event in run["events"]:
            if event["kind"] in ("call", "tool-result") and "no such tool" in event["content"]:
                event["actor"], event["origin"] = "desk", "environment"
    bench.lock()
    settle(bench)


@near("FSEP-DSG-003", "an alias of two characters occurs in an item")
def _(bench: Workbench) -> None:
    bench["systems/steady.json"]["aliases"] = ["it", "a"]


@fault("FSEP-DSG-003", "an alias of three characters occurs in an item")
def _(bench: Workbench) -> None:
    bench["systems/steady.json"]["aliases"] = ["day"]


@near("FSEP-DOC-001", "a document has the whole numbers of 2^53 - 1 and its negative, and the largest double")
def _(bench: Workbench) -> None:
    largest = [2**53 - 1, 1 - 2**53, sys.float_info.max]
    bench["departures.json"]["extensions"] = {"org.example.largest": largest}


@fault("FSEP-DOC-002", "a line of transcripts is a number, and no object")
def _(bench: Workbench) -> None:
    bench[FIRST].append(b"7\n")
    commit(bench)


# --- runs


def _edit(run: str, requirement: str, sentence: str) -> Callable[[Callable[[dict[str, Any]], object]], None]:
    def add(edit: Callable[[dict[str, Any]], object]) -> None:
        def change(bench: Workbench) -> None:
            edit(bench.run(run))
            settle(bench)

        CASES.append(Case(requirement, sentence, change=change))

    return add


@_edit("steady.direct.nile.0", "FSEP-TRN-003", "no attempt at an output was complete")
def _(run: dict[str, Any]) -> None:
    run["events"][1]["attempts"] = [{"outcome": "cut", "partial": "33"}]


@_edit("steady.critique.nile.0", "FSEP-ADH-004", "a text of the result has another name")
def _(run: dict[str, Any]) -> None:
    run["result"][1]["name"] = "judgement"


@_edit("steady.critique.nile.0", "FSEP-ADH-004", "a text of the result is left out")
def _(run: dict[str, Any]) -> None:
    run["result"].pop()


@_edit("steady.critique.nile.0", "FSEP-ADH-004", "the result has a text more than the program renders")
def _(run: dict[str, Any]) -> None:
    run["result"].append({"name": "remark", "content": "That is all."})


def withheld(value: Any, kind: str) -> dict[str, Any]:
    """Return what stands in the place of a value that is withheld."""
    return {"withheld": {"commitment": digest(value), "kind": kind, "reason": "personal data"}}


@_edit(
    "steady.react.nile.0",
    "FSEP-ADH-002",
    "what the program asked is withheld, and the tool asked is another than the program's",
)
def _(run: dict[str, Any]) -> None:
    run["events"][3]["call"] = {"name": "calculate", "arguments": withheld({"text": "Nile"}, "object")}


# --- the plan


@fault("FSEP-CMP-001", "all runs of a cell are missing, and none is declared")
def _(bench: Workbench) -> None:
    bench[FIRST] = [run for run in bench[FIRST] if run.get("scaffold") != "critique"]
    for path in [
        path
        for path, value in bench.values.items()
        if path.startswith("blobs/") and value.startswith(b"\x89")
    ]:
        del bench[path]
    settle(bench)


def _spoilt(bench: Workbench, run: str) -> None:
    """Cut the line of a run off, which the ledger knows as it was."""
    place = next(place for place, line in enumerate(bench[FIRST]) if line["run"] == run)
    bench[FIRST][place] = json.dumps(bench[FIRST][place])[:-5].encode() + b"\n"
    commit(bench)


def _missing(bench: Workbench, run: str) -> dict[str, Any]:
    system, scaffold, item, _ = run.split(".")
    return {**bench["departures.json"]["departures"][0], "system": system, "scaffold": scaffold, "item": item}


@fault("FSEP-DOC-004", "the line of a run is cut off, and the run is declared missing")
def _(bench: Workbench) -> None:
    run = "hasty.direct.peru.0"
    bench["departures.json"]["departures"].append(_missing(bench, run))
    _spoilt(bench, run)


@fault(
    "FSEP-DOC-004",
    "the line of one run is cut off, and another run is declared missing that is there",
    also=("FSEP-CMP-004",),
)
def _(bench: Workbench) -> None:
    bench["departures.json"]["departures"].append(_missing(bench, "hasty.react.peru.0"))
    _spoilt(bench, "hasty.critique.nile.0")


@fault(
    "FSEP-BND-005",
    "a proof that is listed is not there, and a run is declared missing that is",
    also=("FSEP-CMP-004",),
)
def _(bench: Workbench) -> None:
    bench["departures.json"]["departures"].append(_missing(bench, "hasty.react.peru.0"))
    path = "proofs/another.tsr"
    bench.raw_manifest = json.dumps(
        {
            **json.loads(bench.bytes()["bundle.json"]),
            "files": [
                *json.loads(bench.bytes()["bundle.json"])["files"],
                {"path": path, "role": "proof", "sha256": "0" * 64, "bytes": 0},
            ],
        }
    ).encode()


@fault("FSEP-RUB-002", "the design fixes a rubric, and the bundle has none")
def _(bench: Workbench) -> None:
    bench["design.json"]["rubric"] = program_digest(bench["design.json"])
    commit(bench)


# --- programs


def _tested(program: dict[str, Any], pattern: str) -> None:
    """Let a program test what it has, whatever comes of it."""
    test = {"test": "matches", "text": "{{item.question}}", "pattern": pattern}
    program["steps"].append({"do": "when", "if": test, "then": [{"do": "let", "name": "seen", "text": ""}]})


@near("FSEP-SCF-006", "repetitions with all kinds of bounds, up to 1000")
def _(bench: Workbench) -> None:
    _tested(
        bench["scaffolds/direct.json"]["program"], "(a{2}|b{2,3}|c{0,3}|d{2,2}|e{1,}|f{1000}|[gh]{007}|.+)*"
    )
    _relock(bench)


for _sentence, _pattern in {
    "a repetition has the bound 1001": "a{1001}",
    "the bounds of a repetition are in the wrong order": "a{3,2}",
    "a parenthesis is closed before one is opened": ")(",
    "a repetition is repeated": "a+?",
    "there is nothing to repeat": "(*a)",
}.items():
    _program("FSEP-SCF-006", f"of a pattern: {_sentence}")(partial(_tested, pattern=_pattern))


@_program("FSEP-SCF-002", "the primary actor is none of the program's")
def _(program: dict[str, Any]) -> None:
    program["primary"] = "nobody"


@_program("FSEP-SCF-002", "a speaker of a thread is no actor of the program")
def _(program: dict[str, Any]) -> None:
    program["threads"]["main"]["speakers"].append("nobody")


@_program("FSEP-SCF-002", "an actor speaks in a thread of which it is no speaker")
def _(program: dict[str, Any]) -> None:
    program["actors"]["other"] = {"kind": "model"}
    program["steps"][1]["actor"] = "other"


@_program("FSEP-SCF-005", "a name is a text in one place and a list in another")
def _(program: dict[str, Any]) -> None:
    lines = {
        "do": "extract",
        "name": "lines",
        "from": "{{answer}}",
        "try": [[{"op": "lines"}]],
        "otherwise": [""],
    }
    program["steps"] += [lines, {"do": "let", "name": "lines", "text": ""}]


@_program("FSEP-SCF-005", "a field of the item is a text in one place and a list in another")
def _(program: dict[str, Any]) -> None:
    loop = {"do": "each", "id": "turn", "in": "item.question", "as": "one", "max": 2, "at_bound": "continue"}
    program["steps"].append({**loop, "steps": [{"do": "let", "name": "kept", "text": "{{one}}"}]})
