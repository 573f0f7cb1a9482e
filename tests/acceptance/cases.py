"""Single-fault copies of the parent: each names the one requirement it does not meet, and says the fault.

A fault is a change of the values in memory, which are packed again afterwards so that only the fault is
wrong; or of the bytes, after packing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from fsep.checks.commitments import commitment_digest
from parent import FIRST, SECOND, chain, commit, ledger, rated_parent, settle, stamp
from parent import parent as unrated_parent
from workbench import Workbench

Change = Callable[[Workbench], object]
Files = dict[str, bytes]
KEY = "sk-" + "a1B2c3D4e5" * 3


@dataclass(frozen=True)
class Case:
    """One fault: the requirement that alone is not met, what is wrong, and the change that makes it so."""

    requirement: str
    sentence: str
    change: Change | None = None
    finish: Callable[[Files], object] | None = None
    parent: Change | None = None
    """A change that makes another accepted parent of it first."""
    rated: bool = False
    """Whether it is a copy of the parent with ratings."""
    accepts: bool = False
    """Whether nothing is wrong with it: it stands right beside a fault."""
    also: tuple[str, ...] = ()
    """Requirements that are not met either, where the fault is two that know nothing of each other."""
    base: Case | None = None
    """An accepted case that it is a copy of, in the place of the parent."""
    facets: tuple[str, ...] = ()
    """The facets asked about, where they are not those that its parent reaches."""

    @property
    def id(self) -> str:
        """A short id for the test's name."""
        return f"{self.requirement}: {self.sentence}"

    def before(self) -> Workbench:
        """Return what the change is made to."""
        if self.base is not None:
            return self.base.bench()
        return rated_parent() if self.rated else unrated_parent()

    def bench(self) -> Workbench:
        """Return the changed bundle, whose bytes are not changed yet."""
        bench = self.before()
        if self.change is not None:
            self.change(bench)
        return bench


CASES: list[Case] = []


def case(requirement: str, sentence: str, *, parent: Change | None = None) -> Callable[[Change], Change]:
    """Add a change of the values as a case."""

    def add(change: Change) -> Change:
        CASES.append(Case(requirement, sentence, change=change, parent=parent))
        return change

    return add


def fault(
    requirement: str,
    sentence: str,
    *,
    base: Case | None = None,
    rated: bool = False,
    also: tuple[str, ...] = (),
) -> Callable[[Change], Case]:
    """Add a change of the values as a case, made to the parent or to an accepted case."""

    def add(change: Change) -> Case:
        made = Case(requirement, sentence, change=change, rated=rated, also=also)
        if base is not None:
            made = replace(made, base=base, rated=base.rated, facets=base.facets)
        CASES.append(made)
        return made

    return add


def near(
    requirement: str, sentence: str, *, rated: bool = False, facets: tuple[str, ...] = ()
) -> Callable[[Change], Case]:
    """Add a change of the values with which nothing is wrong, near to what a requirement refuses."""

    def add(change: Change) -> Case:
        made = Case(requirement, sentence, change=change, rated=rated, accepts=True, facets=facets)
        CASES.append(made)
        return made

    return add


def bytes_case(
    requirement: str, sentence: str
) -> Callable[[Callable[[Files], object]], Callable[[Files], object]]:
    """Add a change of the packed bytes as a case."""

    def add(finish: Callable[[Files], object]) -> Callable[[Files], object]:
        CASES.append(Case(requirement, sentence, finish=finish))
        return finish

    return add


def _manifest(files: Files) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(files["bundle.json"])
    return manifest


def _put_manifest(files: Files, manifest: dict[str, Any]) -> None:
    files["bundle.json"] = json.dumps(manifest).encode()


def _relock(bench: Workbench) -> None:
    bench.lock()
    commit(bench)


# --- the container and the manifest


@bytes_case("FSEP-BND-001", "there is no manifest")
def _(files: Files) -> None:
    del files["bundle.json"]


@bytes_case("FSEP-BND-002", "a file's name is outside the grammar")
def _(files: Files) -> None:
    files["blobs/a name with spaces"] = b""


@bytes_case("FSEP-BND-004", "a file is not listed")
def _(files: Files) -> None:
    files["proofs/other"] = b"x"


@bytes_case("FSEP-BND-004", "a file is listed twice")
def _(files: Files) -> None:
    manifest = _manifest(files)
    manifest["files"].append(manifest["files"][0])
    _put_manifest(files, manifest)


@bytes_case("FSEP-BND-004", "the manifest lists itself")
def _(files: Files) -> None:
    manifest = _manifest(files)
    manifest["files"].append({**manifest["files"][0], "path": "bundle.json"})
    _put_manifest(files, manifest)


@bytes_case("FSEP-BND-005", "a listed proof is not there")
def _(files: Files) -> None:
    del files["proofs/design.tsr"]


@bytes_case("FSEP-BND-005", "a listed scaffold is not there")
def _(files: Files) -> None:
    del files["scaffolds/react.json"]


@bytes_case("FSEP-BND-006", "a byte of a transcripts file was changed after packing")
def _(files: Files) -> None:
    files[FIRST] = files[FIRST].replace(b"Noted.", b"noted.", 1)


@bytes_case("FSEP-BND-006", "a byte of the design was changed after packing")
def _(files: Files) -> None:
    files["design.json"] = files["design.json"].replace(b"Six programs", b"six programs", 1)


@bytes_case("FSEP-BND-006", "a byte of the items was changed after packing")
def _(files: Files) -> None:
    files["items.jsonl"] = files["items.jsonl"].replace(b"peanuts", b"almonds", 1)


@bytes_case("FSEP-BND-006", "a blob was changed after packing")
def _(files: Files) -> None:
    path = next(path for path in files if path.startswith("blobs/") and files[path].startswith(b"4"))
    files[path] += b"!"


@bytes_case("FSEP-BND-006", "the ledger was changed after packing")
def _(files: Files) -> None:
    files["ledger.jsonl"] = files["ledger.jsonl"].replace(b"09:59:00", b"09:58:00", 1)


@bytes_case("FSEP-BND-007", "the manifest counts a line too few")
def _(files: Files) -> None:
    manifest = _manifest(files)
    next(file for file in manifest["files"] if file["path"] == FIRST)["records"] -= 1
    _put_manifest(files, manifest)


@bytes_case("FSEP-BND-008", "a proof is listed as a blob")
def _(files: Files) -> None:
    manifest = _manifest(files)
    next(file for file in manifest["files"] if file["path"] == "proofs/design.tsr")["role"] = "blob"
    _put_manifest(files, manifest)


@case("FSEP-BND-009", "a blob is named by another digest than its own")
def _(bench: Workbench) -> None:
    path = next(
        path for path, value in bench.values.items() if path.startswith("blobs/") and value.startswith(b"4")
    )
    bench["blobs/" + "0" * 64] = bench[path]
    del bench[path]


@case("FSEP-SEC-001", "an API key stands in a system's declared parameters")
def _(bench: Workbench) -> None:
    bench["systems/steady.json"]["declared_parameters"] = {"api_key": "hunter2"}


@case("FSEP-SEC-001", "a key's shape stands in what a model said")
def _(bench: Workbench) -> None:
    event = bench.run("steady.constraint.nile.0")["events"][-1]
    event["content"] = f"Take this: {KEY}"
    bench.run("steady.constraint.nile.0")["result"][0]["content"] = event["content"]
    settle(bench)


@case("FSEP-SEC-001", "a key's shape stands in the extensions of an item")
def _(bench: Workbench) -> None:
    bench["items.jsonl"][0]["extensions"] = {"org.example": {"note": f"Bearer {KEY}"}}


# --- documents


@case("FSEP-DOC-001", "a document names a member twice")
def _(bench: Workbench) -> None:
    bench["systems/steady.json"] = (
        json.dumps(bench["systems/steady.json"]).replace('"id":', '"\\u0069d": "x", "id":', 1).encode()
    )


@case("FSEP-DOC-001", "a number in a document overflows")
def _(bench: Workbench) -> None:
    bench["design.json"] = (
        json.dumps(bench["design.json"]).replace('"replicates": 1', '"replicates": 1e400').encode()
    )


@bytes_case("FSEP-DOC-001", "the manifest is no JSON")
def _(files: Files) -> None:
    files["bundle.json"] += b"}"


@case("FSEP-DOC-002", "a system has a member the schema does not know")
def _(bench: Workbench) -> None:
    bench["systems/steady.json"]["score"] = 0.9


@case("FSEP-DOC-002", "the departures are of an unknown kind")
def _(bench: Workbench) -> None:
    bench["departures.json"]["departures"][0]["kind"] = "prompt-changed"


@case("FSEP-DOC-002", "a run has no status")
def _(bench: Workbench) -> None:
    del bench.run("hasty.direct.peru.0")["status"]
    commit(bench)


@case("FSEP-DOC-002", "an item has no fields")
def _(bench: Workbench) -> None:
    del bench["items.jsonl"][1]["fields"]


@case("FSEP-DOC-002", "an event is of an unknown kind")
def _(bench: Workbench) -> None:
    bench.run("steady.react.peru.0")["events"][3]["kind"] = "thought"
    commit(bench)


@case("FSEP-DOC-003", "one document names another version")
def _(bench: Workbench) -> None:
    bench["simulators/customer.json"]["fsep"] = "2.0"


@case("FSEP-DOC-003", "the manifest names an unknown version")
def _(bench: Workbench) -> None:
    bench.manifest["fsep"] = "9.9"


@case("FSEP-DOC-004", "a line of transcripts is cut")
def _(bench: Workbench) -> None:
    bench[FIRST][3] = json.dumps(bench[FIRST][3])[:-5].encode() + b"\n"
    commit(bench)


@case("FSEP-DOC-004", "a line of transcripts is empty")
def _(bench: Workbench) -> None:
    bench[SECOND].insert(2, b"\n")
    commit(bench)


@case("FSEP-DOC-004", "a line of the ledger holds NaN")
def _(bench: Workbench) -> None:
    bench["ledger.jsonl"][2] = bench["ledger.jsonl"][2].replace(b'"n":2', b'"n":NaN')
    commit(bench)


# --- identifiers and references


@case("FSEP-REF-001", "two items have one id")
def _(bench: Workbench) -> None:
    bench["items.jsonl"].append(bench["items.jsonl"][0])


@case("FSEP-REF-001", "a system is not stored under its id")
def _(bench: Workbench) -> None:
    bench["systems/steady.json"]["id"] = "study"


@case("FSEP-REF-002", "the design names a simulator that is not there")
def _(bench: Workbench) -> None:
    bench["design.json"]["simulators"].append({"id": "other", "program_sha256": "0" * 64})
    commit(bench)


@case("FSEP-REF-002", "there is an environment that the design does not name")
def _(bench: Workbench) -> None:
    bench["environments/other.json"] = {**bench["environments/desk.json"], "id": "other"}


@case("FSEP-REF-003", "the baseline is no scaffold of the design")
def _(bench: Workbench) -> None:
    bench["design.json"]["baseline"] = "plain"
    commit(bench)


@case("FSEP-REF-003", "a scaffold uses a simulator that the design does not bind")
def _(bench: Workbench) -> None:
    del bench["design.json"]["simulators"]
    del bench["simulators/customer.json"]
    commit(bench)


@case("FSEP-REF-004", "an item lacks a field that a scaffold uses")
def _(bench: Workbench) -> None:
    del bench["items.jsonl"][1]["fields"]["errand"]
    _relock(bench)


@case("FSEP-REF-004", "an item has a text where a scaffold wants a list")
def _(bench: Workbench) -> None:
    bench["items.jsonl"][0]["fields"]["distractors"] = "What a rainy day it is."
    _relock(bench)


@case("FSEP-REF-005", "a run names a system that is not there")
def _(bench: Workbench) -> None:
    bench.run("steady.direct.peru.0")["system"] = "nobody"
    settle(bench)


@case("FSEP-REF-005", "a run names an item that is not there")
def _(bench: Workbench) -> None:
    bench.run("steady.direct.peru.0")["item"] = "congo"
    settle(bench)


@case("FSEP-REF-006", "a run's line stands in two files")
def _(bench: Workbench) -> None:
    bench[SECOND].append(bench.run("hasty.react.peru.0"))
    commit(bench)


@case("FSEP-REF-007", "a blob that a text is kept in is not there")
def _(bench: Workbench) -> None:
    del bench.values[
        next(
            path
            for path, value in bench.values.items()
            if path.startswith("blobs/") and value.startswith(b"4")
        )
    ]


@case("FSEP-REF-007", "an image's blob is not there")
def _(bench: Workbench) -> None:
    del bench.values[
        next(
            path
            for path, value in bench.values.items()
            if path.startswith("blobs/") and value.startswith(b"\x89")
        )
    ]


@case("FSEP-DSG-001", "a scaffold is not the one the design fixes")
def _(bench: Workbench) -> None:
    bench["scaffolds/direct.json"]["program"]["steps"][1]["parameters"]["temperature"] = 1


@case("FSEP-DSG-001", "a tool's description is not the one the design fixes")
def _(bench: Workbench) -> None:
    bench["environments/desk.json"]["tools"][0]["description"] += " Please."


@case("FSEP-DSG-002", "an item is not the one the design fixes")
def _(bench: Workbench) -> None:
    bench["items.jsonl"][0]["fields"]["question"] += " Please."


@case("FSEP-DSG-002", "an item is missing")
def _(bench: Workbench) -> None:
    # The one run that names it is the failed one's neighbour; runs of an item that is not there are another
    # fault.
    bench["design.json"]["items"]["count"] = 3
    commit(bench)


@case("FSEP-DSG-003", "an alias of a system occurs in a scaffold")
def _(bench: Workbench) -> None:
    bench["systems/steady.json"]["aliases"] = ["a library"]


@case("FSEP-DSG-003", "the name of a model occurs in an item")
def _(bench: Workbench) -> None:
    bench["systems/hasty.json"]["aliases"] = ["PERU"]


@case("FSEP-ENV-001", "an environment does not state its version")
def _(bench: Workbench) -> None:
    del bench["environments/desk.json"]["version"]
    _relock(bench)


# --- programs


def _program(
    requirement: str, sentence: str, scaffold: str = "direct"
) -> Callable[[Callable[[dict[str, Any]], object]], None]:
    def add(edit: Callable[[dict[str, Any]], object]) -> None:
        def change(bench: Workbench) -> None:
            edit(bench[f"scaffolds/{scaffold}.json"]["program"])
            _relock(bench)

        CASES.append(Case(requirement, sentence, change=change))

    return add


@_program("FSEP-SCF-001", "two steps have one id")
def _(program: dict[str, Any]) -> None:
    program["steps"][0]["id"] = "answer"


@_program("FSEP-SCF-001", "the result names a text twice")
def _(program: dict[str, Any]) -> None:
    program["result"].append(program["result"][0])


@_program("FSEP-SCF-002", "a step is in a thread that is not declared")
def _(program: dict[str, Any]) -> None:
    program["steps"][0]["thread"] = "side"


@_program("FSEP-SCF-002", "the primary actor is no model", "service")
def _(program: dict[str, Any]) -> None:
    program["primary"] = "customer"


@_program("FSEP-SCF-002", "something is collected over a loop that is not there", "map-reduce")
def _(program: dict[str, Any]) -> None:
    next(step for step in program["steps"] if step["do"] == "collect")["over"] = "rounds"


@_program("FSEP-SCF-003", "a template has a space inside its braces")
def _(program: dict[str, Any]) -> None:
    program["steps"][0]["text"] = "{{ item.question }}"


@_program("FSEP-SCF-004", "a name is used before it has a value")
def _(program: dict[str, Any]) -> None:
    program["steps"][0]["text"] = "{{answer}}"


@_program("FSEP-SCF-004", "a name has a value on one branch alone", "critique")
def _(program: dict[str, Any]) -> None:
    program["result"][0]["text"] = "{{revision}}"


@_program("FSEP-SCF-005", "a list is put into a text", "map-reduce")
def _(program: dict[str, Any]) -> None:
    program["result"][0]["text"] = "{{parts}}"


@_program("FSEP-SCF-006", "a pattern uses \\d", "react")
def _(program: dict[str, Any]) -> None:
    next(step for step in program["steps"] if step["do"] == "repeat")["until"]["pattern"] = "\\d+"


@_program("FSEP-SCF-007", "steps are nested seventeen deep")
def _(program: dict[str, Any]) -> None:
    test = {"test": "equals", "text": "", "value": ""}
    for _ in range(16):
        program["steps"] = [
            {
                "do": "when",
                "if": test,
                "then": program["steps"],
                "else": [{"do": "let", "name": "answer2", "text": ""}],
            }
        ]
    program["result"][0]["text"] = "fixed"


@_program("FSEP-ADH-006", "a scaffold has an external part")
def _(program: dict[str, Any]) -> None:
    harness = {"name": "other-harness", "sha256": "0" * 64}
    external = {
        "do": "external",
        "id": "aside",
        "thread": "main",
        "actor": "solver",
        "harness": harness,
        "max_events": 3,
        "at_bound": "continue",
    }
    program["steps"].append(external)


# --- runs


def _edit(requirement: str, sentence: str, run: str) -> Callable[[Callable[[dict[str, Any]], object]], None]:
    def add(edit: Callable[[dict[str, Any]], object]) -> None:
        def change(bench: Workbench) -> None:
            edit(bench.run(run))
            settle(bench)

        CASES.append(Case(requirement, sentence, change=change))

    return add


@case("FSEP-TRN-001", "a line of a run is missing")
def _(bench: Workbench) -> None:
    bench[SECOND] = [line for line in bench[SECOND] if "continues" not in line]
    commit(bench)


@case("FSEP-TRN-001", "the lines of a run do not stand together")
def _(bench: Workbench) -> None:
    lines = bench[SECOND]
    place = next(place for place, line in enumerate(lines) if "continues" in line)
    lines.append(lines.pop(place))
    commit(bench)


@case("FSEP-TRN-001", "a line goes on with a run that is over")
def _(bench: Workbench) -> None:
    bench[FIRST].append({"continues": "hasty.direct.peru.0", "part": 1, "events": []})
    commit(bench)


@_edit("FSEP-TRN-002", "two calls of one message have one id", "steady.service.peru.0")
def _(run: dict[str, Any]) -> None:
    event = next(event for event in run["events"] if len(event.get("tool_calls", ())) > 1)
    event["tool_calls"][1]["id"] = event["tool_calls"][0]["id"]


@_edit("FSEP-TRN-003", "an answer was asked for again after a complete one", "steady.direct.nile.0")
def _(run: dict[str, Any]) -> None:
    run["events"][1]["attempts"] = [{"outcome": "complete"}, {"outcome": "complete"}]


@_edit("FSEP-TRN-004", "a text was rebuilt", "steady.direct.nile.0")
def _(run: dict[str, Any]) -> None:
    run["events"][0]["rebuilt"] = True


@_edit("FSEP-TRN-005", "a run ends before it starts", "steady.direct.nile.0")
def _(run: dict[str, Any]) -> None:
    run["ended"] = "2026-05-04T09:59:59.999Z"


@_edit("FSEP-TRN-006", "a run lies outside the window of access", "steady.direct.nile.0")
def _(run: dict[str, Any]) -> None:
    run["started"], run["ended"] = "2026-05-06T10:00:00Z", "2026-05-06T10:00:01Z"


@_edit("FSEP-REQ-001", "an output has no request digest", "steady.critique.nile.0")
def _(run: dict[str, Any]) -> None:
    del run["events"][1]["request_sha256"]


@_edit("FSEP-REQ-002", "a request digest is another one", "steady.critique.nile.0")
def _(run: dict[str, Any]) -> None:
    run["events"][1]["request_sha256"] = "0" * 64


@_edit("FSEP-REQ-002", "an output that a later request contains was edited", "steady.constraint.nile.0")
def _(run: dict[str, Any]) -> None:
    run["events"][1]["content"] = "Understood."


@_edit("FSEP-REQ-003", "an output does not record the parameters sent", "steady.critique.nile.0")
def _(run: dict[str, Any]) -> None:
    del run["events"][1]["parameters"]


@_edit("FSEP-REQ-004", "a temperature was changed", "steady.critique.nile.0")
def _(run: dict[str, Any]) -> None:
    run["events"][1]["parameters"]["temperature"] = 0.7


@_edit("FSEP-REQ-005", "an output does not name the model that was returned", "steady.critique.nile.0")
def _(run: dict[str, Any]) -> None:
    del run["events"][1]["returned_model"]


@case("FSEP-REQ-006", "a system declares no identity that may be returned")
def _(bench: Workbench) -> None:
    del bench["systems/steady.json"]["model"]["returned"]


@_edit("FSEP-REQ-007", "the model changed under its name", "steady.critique.nile.0")
def _(run: dict[str, Any]) -> None:
    run["events"][1]["returned_model"] = "stand-in-steady-2"


@_edit("FSEP-ADH-001", "an event was dropped", "steady.react.nile.0")
def _(run: dict[str, Any]) -> None:
    del run["events"][4]


@_edit("FSEP-ADH-001", "two events were swapped", "steady.react.nile.0")
def _(run: dict[str, Any]) -> None:
    events = run["events"]
    events[3], events[4] = events[4], events[3]


@_edit("FSEP-ADH-001", "the last event is missing", "steady.react.nile.0")
def _(run: dict[str, Any]) -> None:
    run["events"].pop()


@_edit("FSEP-ADH-001", "there is an event after the program's end", "steady.direct.nile.0")
def _(run: dict[str, Any]) -> None:
    run["events"].append(dict(run["events"][0]))


@_edit("FSEP-ADH-001", "an event of a failed run says that it is of another round", "hasty.service.nile.0")
def _(run: dict[str, Any]) -> None:
    run["events"][3]["step"] = "visitor[0][1]"


@_edit("FSEP-ADH-002", "a text of the program was edited", "steady.map-reduce.nile.0")
def _(run: dict[str, Any]) -> None:
    run["events"][0]["content"] += " "


@_edit("FSEP-ADH-002", "what the program asked its environment was edited", "steady.react.nile.0")
def _(run: dict[str, Any]) -> None:
    next(event for event in run["events"] if event["kind"] == "call")["call"]["arguments"]["text"] = "Amazon"


@_edit("FSEP-ADH-003", "an answer of the environment is labelled as the program's", "steady.react.nile.0")
def _(run: dict[str, Any]) -> None:
    next(event for event in run["events"] if event["kind"] == "call")["origin"] = "program"


@_edit("FSEP-ADH-004", "the result was edited", "steady.react.nile.0")
def _(run: dict[str, Any]) -> None:
    run["result"][0]["content"] = "3325"


@_edit("FSEP-ADH-005", "a completed run is said to have been stopped at a bound", "steady.react.nile.0")
def _(run: dict[str, Any]) -> None:
    run["status"] = "limit-reached"
    del run["result"]


# --- observed and declared


@case("FSEP-OBS-001", "every reply of one system is wrapped in a JSON object")
def _(bench: Workbench) -> None:
    _last_words(bench, lambda text: json.dumps({"message": text}))


@case("FSEP-OBS-001", "every reply of one system ends the same way")
def _(bench: Workbench) -> None:
    _last_words(bench, lambda text: text + " (end of reply)")


def _last_words(bench: Workbench, wrap: Callable[[str], str]) -> None:
    """Make it a study of one scaffold and one item, many times; `wrap` changes the replies of one system."""
    design = bench["design.json"]
    design |= {"scaffolds": [{"id": "direct"}], "replicates": 24}
    del design["simulators"], design["environments"], bench["items.jsonl"][1], bench["departures.json"]
    unused = ("scaffolds/", "blobs/", "simulators/", "environments/")
    for path in [
        path for path in bench.values if path.startswith(unused) and path != "scaffolds/direct.json"
    ]:
        del bench[path]
    for path, system in ((FIRST, "hasty"), (SECOND, "steady")):
        first = bench.run(f"{system}.direct.peru.0")
        bench[path] = [
            _reply(first, replicate, wrap if system == "steady" else str) for replicate in range(24)
        ]
    bench.lock()
    settle(bench, dropped=())


def _reply(first: dict[str, Any], replicate: int, wrap: Callable[[str], str]) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(json.dumps(first))
    text = wrap(f"{replicate}: I would say so." if replicate else "I do not know, and that is all")
    run |= {
        "run": f"{run['system']}.{replicate}",
        "replicate": replicate,
        "result": [{"name": "answer", "content": text}],
    }
    run["events"][1]["content"] = text
    return run


@case("FSEP-OBS-002", "one system alone returns reasoning")
def _(bench: Workbench) -> None:
    for run in bench[SECOND]:
        for event in run["events"]:
            if isinstance(event.get("content"), list):
                event["content"] = [part for part in event["content"] if part["type"] != "reasoning"]
    settle(bench)


@case("FSEP-OBS-003", "the systems were run by different versions")
def _(bench: Workbench) -> None:
    bench["systems/steady.json"]["runner"]["version"] = "2"


@case("FSEP-OBS-004", "one output of a system came from another of its declared models")
def _(bench: Workbench) -> None:
    bench["systems/steady.json"]["model"]["returned"].append("stand-in-steady-2")
    _another_model(bench, "steady.direct.nile.0", "model", "stand-in-steady-2")


@case("FSEP-OBS-004", "the simulator was another of its declared models in the runs of one system")
def _(bench: Workbench) -> None:
    bench["simulators/customer.json"]["model"]["returned"].append("stand-in-visitor-2")
    for run in ("steady.service.peru.0", "steady.service.nile.0"):
        _another_model(bench, run, "simulator", "stand-in-visitor-2")
    _relock(bench)


def _another_model(bench: Workbench, run: str, origin: str, returned: str) -> None:
    for event in bench.run(run)["events"]:
        if event["kind"] == "output" and event["origin"] == origin:
            event["returned_model"] = returned
    settle(bench)


@case("FSEP-OBS-005", "the tokens of one system alone were recorded")
def _(bench: Workbench) -> None:
    for output in _outputs(bench, SECOND):
        del output["usage"]
    settle(bench)


def _outputs(bench: Workbench, path: str) -> list[dict[str, Any]]:
    return [event for run in bench[path] for event in run["events"] if event["kind"] == "output"]


@_edit("FSEP-OBS-006", "an output that is not empty took no tokens", "steady.direct.nile.0")
def _(run: dict[str, Any]) -> None:
    run["events"][1]["usage"]["output_tokens"] = 0


@_edit("FSEP-OBS-006", "an output took more tokens than it has bytes", "hasty.map-reduce.nile.0")
def _(run: dict[str, Any]) -> None:
    open_ = next(event for event in run["events"] if isinstance(event.get("content"), list))
    open_["usage"]["output_tokens"] = 1000


@_edit(
    "FSEP-OBS-006",
    "an output took more tokens beside its reasoning than it has bytes",
    "steady.direct.nile.0",
)
def _(run: dict[str, Any]) -> None:
    run["events"][1]["usage"] |= {"output_tokens": 1000, "reasoning_tokens": 800}


@case("FSEP-OBS-007", "the outputs of one system took many more tokens than their texts")
def _(bench: Workbench) -> None:
    for output in _outputs(bench, SECOND):
        output["usage"]["output_tokens"] *= 4
    settle(bench)


@case("FSEP-OBS-010", "the requests to one system took tokens that nothing in them explains")
def _(bench: Workbench) -> None:
    for output in _outputs(bench, SECOND):
        output["usage"]["input_tokens"] += 150
    settle(bench)


@_edit("FSEP-OBS-008", "an environment called the result of an equal call an error", "hasty.service.peru.0")
def _(run: dict[str, Any]) -> None:
    next(event for event in run["events"] if event["kind"] == "tool-result")["error"] = True


@case("FSEP-OBS-008", "an environment gave a system another result of an equal call")
def _(bench: Workbench) -> None:
    # Of the run that failed nothing was sent after it, so that replay sees nothing wrong.
    equal = next(
        event for event in bench.run("steady.service.nile.0")["events"] if event["kind"] == "tool-result"
    )
    bench.run("hasty.service.nile.0")["events"].append({**equal, "content": "Nile: no book."})
    settle(bench)


@_edit("FSEP-OBS-009", "a simulator answered an equal request otherwise", "steady.service.peru.0")
def _(run: dict[str, Any]) -> None:
    run["events"][-1]["content"] = run["result"][0]["content"] = "Goodbye. ###STOP###"


# --- the plan


@case("FSEP-CMP-001", "a planned run is neither there nor declared missing")
def _(bench: Workbench) -> None:
    del bench["departures.json"]["departures"][0]
    bench["ledger.jsonl"] = ledger(_whole_runs(bench), dropped=[])
    commit(bench)


def _whole_runs(bench: Workbench) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = []
    for record in bench.runs():
        if "continues" in record:
            runs[-1] = {**runs[-1], "events": runs[-1]["events"] + record["events"]}
        else:
            runs.append(record)
    return runs


@case("FSEP-CMP-002", "a run has a replicate beyond the plan")
def _(bench: Workbench) -> None:
    bench[FIRST].append({**bench.run("hasty.direct.peru.0"), "run": "extra", "replicate": 1})
    settle(bench)


@case("FSEP-CMP-002", "a planned run is there twice")
def _(bench: Workbench) -> None:
    bench[FIRST].append({**bench.run("hasty.direct.peru.0"), "run": "extra"})
    settle(bench)


@case("FSEP-CMP-003", "a failed run is not declared")
def _(bench: Workbench) -> None:
    del bench["departures.json"]["departures"][1]


@case("FSEP-CMP-004", "a run is declared missing that is there")
def _(bench: Workbench) -> None:
    first = bench["departures.json"]["departures"][0]
    bench["departures.json"]["departures"].append({**first, "system": "steady"})


@case("FSEP-CMP-004", "a run is declared failed that is not")
def _(bench: Workbench) -> None:
    second = bench["departures.json"]["departures"][1]
    bench["departures.json"]["departures"].append({**second, "system": "steady"})


@case("FSEP-CMP-004", "a departure is declared twice")
def _(bench: Workbench) -> None:
    bench["departures.json"]["departures"].append(bench["departures.json"]["departures"][0])


@case("FSEP-CMP-005", "more runs failed or are missing than the design allows")
def _(bench: Workbench) -> None:
    bench["design.json"]["limits"]["missing_share"] = 0.4
    commit(bench)


# --- commitments and ledger


@case("FSEP-PRE-001", "nothing was committed")
def _(bench: Workbench) -> None:
    del bench["commitments.json"]


@case("FSEP-PRE-001", "the design was not committed")
def _(bench: Workbench) -> None:
    commitments = bench["commitments.json"]["commitments"][1:]
    commitments[0]["previous"] = None
    commitments[1]["previous"] = commitment_digest(commitments[0])
    bench["commitments.json"]["commitments"] = commitments


@case("FSEP-PRE-002", "the design that was committed is another one")
def _(bench: Workbench) -> None:
    bench["design.json"]["title"] = "Six other programs"


@case("FSEP-PRE-002", "the transcripts that were committed are others")
def _(bench: Workbench) -> None:
    bench["commitments.json"]["commitments"][1]["sha256"] = "0" * 64
    bench["commitments.json"]["commitments"][2]["previous"] = commitment_digest(
        bench["commitments.json"]["commitments"][1]
    )


@case("FSEP-PRE-003", "a commitment does not hold the digest of the one before it")
def _(bench: Workbench) -> None:
    bench["commitments.json"]["commitments"][2]["previous"] = "0" * 64


@case("FSEP-PRE-003", "a commitment is earlier than the one before it")
def _(bench: Workbench) -> None:
    bench["commitments.json"]["commitments"][2]["time"] = "2026-05-04T09:00:00Z"


@case("FSEP-PRE-004", "the time is self-declared")
def _(bench: Workbench) -> None:
    bench["commitments.json"]["commitments"][0]["proof"] = {"kind": "self-declared"}


@case("FSEP-PRE-004", "the time-stamp is of something else")
def _(bench: Workbench) -> None:
    other = bench.copy()
    other["commitments.json"]["commitments"][0]["time"] = "2026-04-01T09:00:00Z"
    stamp(other)
    bench["proofs/design.tsr"] = other["proofs/design.tsr"]


@case("FSEP-PRE-004", "the proof is no time-stamp")
def _(bench: Workbench) -> None:
    bench["proofs/design.tsr"] = b"I promise."


@case("FSEP-PRE-005", "a run started before the design was committed")
def _(bench: Workbench) -> None:
    stamp(bench, datetime(2026, 5, 4, 10, 0, 10, tzinfo=UTC))


@_edit("FSEP-PRE-005", "a run does not say when it started", "steady.direct.nile.0")
def _(run: dict[str, Any]) -> None:
    del run["started"]


@case("FSEP-PRV-001", "a line of the ledger was removed")
def _(bench: Workbench) -> None:
    del bench["ledger.jsonl"][4]
    commit(bench)


@case("FSEP-PRV-002", "the ledger has a start of a run that is not there nor declared")
def _(bench: Workbench) -> None:
    bench["ledger.jsonl"] = ledger(_whole_runs(bench), dropped=["hasty.direct.nile.0", "hasty.better.nile.0"])
    commit(bench)


@case("FSEP-PRV-002", "a run was changed after the ledger recorded its end")
def _(bench: Workbench) -> None:
    kept = bench["ledger.jsonl"]
    event = bench.run("steady.direct.nile.0")["events"][1]
    event["finish"] = "other"
    bench["ledger.jsonl"] = kept
    commit(bench)


@case("FSEP-PRV-002", "a run has no end in the ledger")
def _(bench: Workbench) -> None:
    entries = [json.loads(line) for line in bench["ledger.jsonl"]]
    entries = [entry for entry in entries if (entry["what"], entry["run"]) != ("end", "steady.direct.nile.0")]
    bench["ledger.jsonl"] = chain(
        [{key: value for key, value in entry.items() if key not in ("n", "previous")} for entry in entries]
    )
    commit(bench)
