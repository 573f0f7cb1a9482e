"""A second opinion on bundles that conform: the rules a changed bundle most likely breaks, stated once more and plainly.

It shares the parser and nothing else with the validator; programs are replayed by `naive_scaffold`. It knows
bundles whose documents and records are valid against their schemas, and that a validator found to conform.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import rfc8785

from fuzz.differences import runs_of
from naive_scaffold import World, naive_replay
from workbench import Files

Json = Any
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "generate": {"parameters": {}, "seed": "none"},
    "tools": {"parameters": {}, "seed": "none", "offer": "all"},
    "call": {"offer": "all"},
    "when": {"else": []},
    "repeat": {"fresh": []},
    "each": {"fresh": []},
}


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digest(value: Json) -> str:
    return sha(rfc8785.dumps(value))


def objections(files: Files, *, preregistered: bool) -> list[str]:
    """Return what speaks against a bundle that conforms, and is preregistered or not; it may be empty."""
    reading = _Reading(files)
    return [*reading.objections(), *(reading.commitments() if preregistered else ())]


def _whole_numbers(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _whole_numbers(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _Reading:
    def __init__(self, files: Files) -> None:
        self.files = files
        read = {
            path: _whole_numbers(json.loads(data)) for path, data in files.items() if path.endswith(".json")
        }
        self.manifest, self.design = read["bundle.json"], read["design.json"]
        self.scaffolds, self.systems, self.simulators, self.environments = (
            {value["id"]: value for path, value in read.items() if path.startswith(f"{role}/")}
            for role in ("scaffolds", "systems", "simulators", "environments")
        )
        self.items = {
            item["id"]: item
            for line in files["items.jsonl"].split(b"\n")
            if line
            for item in [_whole_numbers(json.loads(line))]
        }
        self.runs = [_whole_numbers(run) for run in runs_of(files)]
        self.departures = read.get("departures.json", {"departures": []})["departures"]
        self.blobs = {
            path[6:]: data.decode(errors="replace")
            for path, data in files.items()
            if path.startswith("blobs/")
        }

    def objections(self) -> Iterator[str]:
        yield from self._listed()
        yield from self._locked()
        yield from self._named()
        for run in self.runs:
            yield from self._run(run)
        yield from self._complete()
        yield from self._ledger()

    def _listed(self) -> Iterator[str]:
        listed = {one["path"]: (one["sha256"], one["bytes"]) for one in self.manifest["files"]}
        held = {path: (sha(data), len(data)) for path, data in self.files.items() if path != "bundle.json"}
        if listed != held or len(listed) != len(self.manifest["files"]):
            yield "the manifest lists other files"

    def _locked(self) -> Iterator[str]:
        fixed = {
            "scaffolds": {id_: digest(_with_defaults(one["program"])) for id_, one in self.scaffolds.items()},
            "simulators": {id_: digest({"model": one["model"]}) for id_, one in self.simulators.items()},
            "environments": {
                id_: digest(
                    {name: one[name] for name in ("version", "tools", "implementation") if name in one}
                )
                for id_, one in self.environments.items()
            },
        }
        for role, digests in fixed.items():
            if {lock["id"]: lock["program_sha256"] for lock in self.design.get(role, [])} != digests:
                yield f"the design fixes other {role}"
        covered = [
            {name: item[name] for name in ("id", "fields", "cluster") if name in item}
            for item in self.items.values()
        ]
        whole = sha(b"".join(bytes.fromhex(digest(item)) for item in covered))
        if self.design["items"] != {"sha256": whole, "count": len(self.items)}:
            yield "the design fixes other items"

    def _named(self) -> Iterator[str]:
        texts = [
            *_texts([one["program"] for one in self.scaffolds.values()]),
            *_texts([one["fields"] for one in self.items.values()]),
        ]
        for system in self.systems.values():
            for name in [system["model"]["name"], *system.get("aliases", [])]:
                if len(name) >= 3 and any(
                    re.search(f"(?<![a-z0-9]){re.escape(name.lower())}(?![a-z0-9])", text.lower())
                    for text in texts
                ):
                    yield f"{name} is named"

    def _run(self, run: Json) -> Iterator[str]:
        if not {run["system"]} <= {*self.systems} or not {run["item"]} <= {*self.items}:
            yield f"{run['run']} is of nothing"
            return
        system = self.systems[run["system"]]
        for event in run["events"]:
            if event.get("rebuilt"):
                yield "a text was rebuilt"
            if event["kind"] != "output":
                continue
            owner = system if event["origin"] == "model" else self.simulators["customer"]
            if event.get("returned_model") not in owner["model"]["returned"]:
                yield f"{event.get('returned_model')} answered"
            outcomes = [attempt["outcome"] for attempt in event.get("attempts", [{"outcome": "complete"}])]
            if outcomes[-1] != "complete" or outcomes.count("complete") != 1:
                yield "it was asked again"
            ids = [call["id"] for call in event.get("tool_calls", ())]
            if len(ids) != len({*ids}):
                yield "two calls have one id"
        world = World(
            model=system["model"]["name"],
            design_sha256=digest(
                {
                    n: v
                    for n, v in self.design.items()
                    if n not in ("fsep", "title", "description", "extensions")
                }
            ),
            adaptations=system.get("adaptations", ()),
            simulators={id_: one["model"]["name"] for id_, one in self.simulators.items()},
            environments={id_: one["tools"] for id_, one in self.environments.items()},
            item=run["item"],
            fields=self.items[run["item"]]["fields"],
            replicate=run["replicate"],
            blobs=self.blobs,
        )
        document = self.scaffolds[run["scaffold"]]
        if (
            found := naive_replay({**document, "program": _with_defaults(document["program"])}, world, run)
        ) is not None:
            yield f"{run['run']} departs from its program: {found}"

    def _complete(self) -> Iterator[str]:
        def name(one: Json) -> tuple[Any, ...]:
            return one["system"], one["scaffold"], one["item"], one["replicate"]

        planned = {
            (system, lock["id"], item, replicate)
            for system in self.systems
            for lock in self.design["scaffolds"]
            for item in self.items
            for replicate in range(self.design["replicates"])
        }
        there = Counter(map(name, self.runs))
        failed = {name(run) for run in self.runs if run["status"] == "failed"}
        declared = {
            kind: Counter(name(one) for one in self.departures if one["kind"] == kind)
            for kind in ("run-missing", "run-failed")
        }
        lost = planned - {*there}
        if {*there} - planned or max(there.values()) > 1:
            yield "there are runs beyond the plan"
        if declared["run-missing"] != Counter(lost) or declared["run-failed"] != Counter(failed):
            yield "the departures are others"
        for cell in {one[:2] for one in planned}:
            of_cell = [one for one in planned if one[:2] == cell]
            share = sum(one in lost | failed for one in of_cell) / len(of_cell)
            if share > self.design["limits"]["missing_share"]:
                yield f"too little is there of {cell}"
        if len({run["run"] for run in self.runs}) != len(self.runs):
            yield "two runs have one id"

    def _ledger(self) -> Iterator[str]:
        if "ledger.jsonl" not in self.files:
            return
        previous, state = None, dict[str, str]()
        runs = {run["run"]: run for run in self.runs}
        for number, line in enumerate(filter(None, self.files["ledger.jsonl"].split(b"\n"))):
            entry = json.loads(line)
            if (entry["n"], entry["previous"]) != (number, previous):
                yield "the ledger's chain is broken"
            previous = sha(line)
            run = runs.get(entry["run"])
            if state.get(entry["run"]) != (None if entry["what"] == "start" else "start"):
                yield "the ledger is out of order"
            if (
                entry["what"] == "end"
                and run
                and (entry["events_sha256"], entry["status"]) != (digest(run["events"]), run["status"])
            ):
                yield "the ledger says another thing"
            state[entry["run"]] = entry["what"]
        for id_, run in runs.items():
            if state.get(id_) != "end" and (run["status"], state.get(id_)) != ("failed", "start"):
                yield "the ledger lacks a run"
        missing = sum(one["kind"] == "run-missing" for one in self.departures)
        if len({*state} - {*runs}) > missing:
            yield "the ledger has a run more"

    def commitments(self) -> Iterator[str]:
        """Say where the last commitment of something is not of what the bundle holds; time-stamps are not looked at."""
        transcripts = [data for path, data in sorted(self.files.items()) if path.startswith("transcripts/")]
        held = {
            "design": digest(json.loads(self.files["design.json"])),
            "transcripts": sha(b"".join(bytes.fromhex(sha(data)) for data in transcripts)),
            "ledger": sha(self.files.get("ledger.jsonl", b"")),
        }
        chain = json.loads(self.files["commitments.json"])["commitments"]
        if "design" not in {one["of"] for one in chain}:
            yield "the design is not committed"
        for of, stated in {one["of"]: one["sha256"] for one in chain}.items():
            if held[of] != stated:
                yield f"another {of} was committed"
        previous = None
        for one in chain:
            if one["previous"] != previous:
                yield "the chain of commitments is broken"
            previous = digest({name: value for name, value in one.items() if name != "proof"})


def _with_defaults(program: Json) -> Json:
    if isinstance(program, list):
        return [
            {
                **DEFAULTS.get(step["do"], {}),
                **step,
                **{name: _with_defaults(step[name]) for name in ("steps", "then", "else") if name in step},
            }
            for step in program
        ]
    return {**program, "steps": _with_defaults(program["steps"])}


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
