"""The parent of the acceptance cases: a bundle that meets every requirement by something in it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import rated
from fsep.checks.commitments import commitment_digest
from fsep.digests import document_digest, program_digest
from fsep.findings import Finding, Report
from fsep.parsing import yaml
from fsep.parsing.canonical import digest
from fsep.scaffold.message import Output
from timestamping import Authority
from workbench import Workbench

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "examples" / "six-programs.source"
sys.path.insert(0, str(ROOT / "examples"))

import build  # noqa: E402  # the examples are built by the same code

FIRST, SECOND = "transcripts/hasty.jsonl", "transcripts/steady.jsonl"


@cache
def authority() -> Authority:
    """Return the time-stamping authority the tests trust."""
    return Authority()


def _sources() -> Workbench:
    bench = Workbench({"bundle.json": yaml.parse((SOURCE / "bundle.yaml").read_bytes())})
    bench["design.json"] = yaml.parse((SOURCE / "design.yaml").read_bytes())
    for role in ("scaffolds", "simulators", "environments"):
        bench["design.json"][role] = [{"id": id_} for id_ in bench["design.json"][role]]
    bench["design.json"]["limits"]["missing_share"] = 0.5
    for id_, document in build.documents(build.SCAFFOLDS).items():
        # Derived seeds would make every run depend on the whole design; a fault in one scaffold is to be
        # alone.
        _fix_seeds(document["program"]["steps"])
        bench[f"scaffolds/{id_}.json"] = document
    for folder in ("systems", "simulators", "environments"):
        for id_, document in build.documents(SOURCE / folder).items():
            bench[f"{folder}/{id_}.json"] = document
    bench["items.jsonl"] = yaml.parse((SOURCE / "items.yaml").read_bytes())
    return bench


@cache
def _parent() -> Workbench:
    bench = _sources()
    bench.lock()
    record(bench)
    return bench


@cache
def _rated_parent() -> Workbench:
    bench = _sources()
    # Raters are shown one thread of every scaffold, by its name.
    _rename(bench["scaffolds/map-reduce.json"]["program"], "whole", "main")
    bench["rubric.json"] = rated.rubric()
    bench["design.json"] |= rated.plan()
    bench.lock()
    record(bench)
    rated.rate(bench)
    commit(bench)
    rated.figure(bench)
    rated.claim(bench)
    return bench


def _rename(value: Any, old: str, new: str) -> None:
    """Give a thread of a program another name."""
    if isinstance(value, dict):
        if old in value.get("threads", ()):
            value["threads"][new] = value["threads"].pop(old)
        if value.get("thread") == old:
            value["thread"] = new
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        _rename(inner, old, new)


def record(bench: Workbench) -> None:
    """Record the runs of a bench's design, with all that a requirement speaks of; then ledger and commitments."""
    scaffolds = {
        lock["id"]: bench[f"scaffolds/{lock['id']}.json"] for lock in bench["design.json"]["scaffolds"]
    }
    runs = list(build.runs(SOURCE, scaffolds, program_digest(bench["design.json"]), _at_length))
    for run in runs:
        for event in run["events"]:
            if event["kind"] == "output":
                event["usage"]["output_tokens"] = _tokens(event)
    # One run failed halfway and one is missing; both are declared.
    failed = next(run for run in runs if run["run"] == "hasty.service.nile.0")
    failed |= {
        "status": "failed",
        "failure": {"kind": "infrastructure-error"},
        "events": failed["events"][:5],
    }
    del failed["result"]
    missing = next(run for run in runs if run["run"] == "hasty.direct.nile.0")
    runs.remove(missing)
    names = {member: missing[member] for member in ("system", "scaffold", "item", "replicate")}
    also = {member: failed[member] for member in names}
    bench["departures.json"] = {
        "fsep": "1.0",
        "kind": "departures",
        "departures": [
            {"kind": "run-missing", **names, "reason": "lost"},
            {"kind": "run-failed", **also, "reason": "endpoint down"},
        ],
    }
    # One answer is kept in a blob, and there is an image beside it.
    text, image = b"4 letters.", b"\x89PNG synthetic"
    for data in (text, image):
        bench[f"blobs/{sha256(data).hexdigest()}"] = data
    answer = next(run for run in runs if run["run"] == "hasty.direct.peru.0")["events"][1]
    answer["content"] = [{"type": "text", "blob": sha256(text).hexdigest()}]
    last = next(run for run in runs if run["run"] == "hasty.critique.peru.0")["events"][-1]
    last["content"] = [
        *last["content"],
        {"type": "image", "blob": sha256(image).hexdigest(), "media_type": "image/png"},
    ]
    bench[FIRST] = [run for run in runs if run["system"] == "hasty"]
    bench[SECOND] = [line for run in runs if run["system"] == "steady" for line in split(run)]
    settle(bench)


def _at_length(output: Output) -> Output:
    """Let replies be long enough, and reasoning be open, for their tokens to be compared with their lengths."""
    if output.content == "Action: guess(the answer)" or str(output.content).startswith("Answer:"):
        return Output(f"I need no more than what I know.\n{output.content}")
    if output.content in ("Noted.", "A walk."):
        return Output(f"{output.content} Is there anything else I can do?")
    if isinstance(output.content, list) and output.content[0]["type"] == "reasoning":
        thought = {"type": "reasoning", "form": "text", "text": "I know that, and need not look it up."}
        return Output([thought, *output.content[1:]])
    return output


def _tokens(event: dict[str, Any]) -> int:
    """Return how many tokens an output takes: one for every four characters, and one more."""
    content = event.get("content") or ""
    text = content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
    return 1 + (len(text) + len(str(event.get("tool_calls", "")))) // 4


def _fix_seeds(steps: list[dict[str, Any]]) -> None:
    for step in steps:
        if step.get("seed") == "derived":
            step["seed"] = 7
        for member in ("steps", "then", "else"):
            _fix_seeds(step.get(member, []))


def settle(bench: Workbench, dropped: tuple[str, ...] = ("hasty.direct.nile.0",)) -> None:
    """Write ledger and commitments for the runs as they are, so that a change of a run is the only fault."""
    runs: list[dict[str, Any]] = []
    for record_ in bench.runs():
        if "continues" in record_:
            runs[-1]["events"] += record_["events"]
        else:
            runs.append({**record_, "events": list(record_["events"])})
    bench["ledger.jsonl"] = ledger(runs, dropped=list(dropped))
    commit(bench)


def split(run: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a run as two lines, if it is the one that the parent has in two."""
    if run["run"] != "steady.service.nile.0":
        return [run]
    return [
        {**run, "parts": 2, "events": run["events"][:7]},
        {"continues": run["run"], "part": 1, "events": run["events"][7:]},
    ]


def ledger(runs: list[dict[str, Any]], dropped: list[str]) -> list[bytes]:
    """Return the lines of a ledger over runs, and over runs that were started and are not there."""
    entries: list[dict[str, Any]] = [
        {"what": "start", "run": run, "at": "2026-05-04T09:59:00Z"} for run in dropped
    ]
    for run in runs:
        entries.append({"what": "start", "run": run["run"], "at": run.get("started", "2026-05-04T10:00:00Z")})
        entries.append(
            {
                "what": "end",
                "run": run["run"],
                "at": run.get("ended", "2026-05-04T10:00:00Z"),
                "events_sha256": digest(run["events"]),
                "status": run["status"],
            }
        )
    return chain(entries)


def chain(entries: list[dict[str, Any]]) -> list[bytes]:
    """Return ledger lines, numbered and chained."""
    from fsep.parsing.canonical import canonical

    lines: list[bytes] = []
    previous = None
    for number, entry in enumerate(entries):
        data = canonical({"n": number, "previous": previous, **entry})
        lines.append(data + b"\n")
        previous = sha256(data).hexdigest()
    return lines


def commit(bench: Workbench) -> None:
    """Commit the design, with a time-stamp of the tests' authority, and then transcripts and ledger."""
    files = bench.bytes()
    transcripts = sha256(
        b"".join(sha256(files[path]).digest() for path in sorted(files) if path.startswith("transcripts/"))
    )
    subjects = [
        (
            "design",
            document_digest(bench["design.json"]),
            "2026-05-01T09:00:00Z",
            {"kind": "rfc3161", "path": "proofs/design.tsr"},
        ),
        ("transcripts", transcripts.hexdigest(), "2026-05-05T09:00:00Z", {"kind": "self-declared"}),
        (
            "ledger",
            sha256(files["ledger.jsonl"]).hexdigest(),
            "2026-05-05T09:00:00Z",
            {"kind": "self-declared"},
        ),
    ]
    commitments: list[dict[str, Any]] = []
    for of, subject, time, proof in subjects:
        previous = commitment_digest(commitments[-1]) if commitments else None
        commitments.append({"of": of, "sha256": subject, "previous": previous, "time": time, "proof": proof})
    if "blinding.json" in bench.values:
        rated.commit_ratings(bench, commitments)
    bench["commitments.json"] = {"fsep": "1.0", "kind": "commitments", "commitments": commitments}
    stamp(bench)


def stamp(bench: Workbench, time: datetime = datetime(2026, 5, 1, 9, 0, 1, tzinfo=UTC)) -> None:
    """Time-stamp the first commitment."""
    message = bytes.fromhex(commitment_digest(bench["commitments.json"]["commitments"][0]))
    bench["proofs/design.tsr"] = authority().stamp(message, time)


def parent() -> Workbench:
    """Return the parent, to be changed."""
    return _parent().copy()


# What a bundle without ratings does not hold: an alignment profile, and claims.
UNRATED = frozenset(("FSEP-PRF-001", "FSEP-CLM-001"))


def findings(report: Report) -> tuple[Finding, ...]:
    """Return the findings on a bundle without ratings, but for those that say that it has none."""
    return tuple(one for one in report.findings if one.requirement not in UNRATED)


def rated_parent() -> Workbench:
    """Return the parent with ratings and what rests on them, to be changed."""
    return _rated_parent().copy()
