"""Changes of records: what can happen to runs, their events, the ledger and the commitments.

They know what a run is, so that most of what they make is valid against the schemas and meets the checks behind
them.
"""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import parent as parents
from fuzz.values import WITHHELD, Operator, edited
from workbench import Run, Workbench


def _files(bench: Workbench) -> list[str]:
    paths = [path for path in sorted(bench.values) if path.startswith("transcripts/")]
    return [path for path in paths if isinstance(bench[path], list) and bench[path]]


def _line(rng: Random, bench: Workbench) -> tuple[list[Any], int, str] | None:
    if not (paths := _files(bench)):
        return None
    path = rng.choice(paths)
    line = rng.randrange(len(bench[path]))
    return bench[path], line, f"{path}:{line + 1}"


def _run(rng: Random, bench: Workbench) -> tuple[Run, str] | None:
    if (chosen := _line(rng, bench)) is None:
        return None
    lines, line, where = chosen
    return (lines[line], where) if isinstance(lines[line], dict) else None


def _event(rng: Random, bench: Workbench) -> tuple[list[Any], int, str] | None:
    if (chosen := _run(rng, bench)) is None:
        return None
    run, where = chosen
    events = run.get("events")
    if not isinstance(events, list) or not events or not all(isinstance(event, dict) for event in events):
        return None
    index = rng.randrange(len(events))
    return events, index, f"{where}/events/{index}"


def drop_event(rng: Random, bench: Workbench) -> str | None:
    """Lose one event."""
    if (chosen := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    del events[index]
    return where


def drop_last_events(rng: Random, bench: Workbench) -> str | None:
    """Break a run off."""
    if (chosen := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    del events[index:]
    return where


def repeat_event(rng: Random, bench: Workbench) -> str | None:
    """Record an event twice, also in another place or another run."""
    if (chosen := _event(rng, bench)) is None or (other := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    target, at, there = rng.choice([(events, index, where), other])
    target.insert(at, copy.deepcopy(events[index]))
    return f"{where} at {there}"


def swap_events(rng: Random, bench: Workbench) -> str | None:
    """Let two events change places."""
    if (chosen := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    other = rng.choice([min(index + 1, len(events) - 1), rng.randrange(len(events))])
    events[index], events[other] = events[other], events[index]
    return f"{where} with {other}"


def trade_members(rng: Random, bench: Workbench) -> str | None:
    """Give an event a member of another event."""
    if (chosen := _event(rng, bench)) is None or (other := _event(rng, bench)) is None:
        return None
    name = rng.choice(sorted(other[0][other[1]]) or ["kind"])
    chosen[0][chosen[1]][name] = copy.deepcopy(other[0][other[1]].get(name))
    return f"{chosen[2]}/{name} from {other[2]}"


def edit_text(rng: Random, bench: Workbench) -> str | None:
    """Change what was said, or in what form it was kept."""
    if (chosen := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    event = events[index]
    said = event.get("content")
    text = said if isinstance(said, str) else ""
    event["content"] = rng.choice(
        [edited(rng, text), edited(rng, text), "", None, [{"type": "text", "text": text}], text + " ", WITHHELD,
         [{"type": "text", "text": text[:1]}, {"type": "text", "text": text[1:]}], [],
         [{"type": "reasoning", "form": "text", "text": "synthetic"}, {"type": "text", "text": text}],
         [{"type": "text", "text": text}, {"type": "image", "blob": "0" * 64, "media_type": "image/png"}]]
    )  # fmt: skip
    return f"{where}/content"


def relabel(rng: Random, bench: Workbench) -> str | None:
    """Change what an event says of itself."""
    if (chosen := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    choices: list[tuple[str, list[Any]]] = (
        [("origin", ["program", "model", "simulator", "environment", "human", "provider", "harness"]),
         ("role", ["system", "user", "assistant", "tool"]), ("kind", ["message", "output", "tool-result", "call", "edit"]),
         ("actor", ["program", "solver", "customer", "desk"]), ("to", ["solver", "customer"]), ("for", ["solver"]),
         ("thread", ["main", "side", "other"]), ("step", ["ask", "answer", "ask[0]", "answer[0]", "turn[1]"]),
         ("rebuilt", [True]), ("error", [True, False]), ("tool_call_id", ["call-1", "1"]),
         ("returned_model", ["stand-in-steady-1", "stand-in-steady-2"]), ("finish", ["stop", "length"]),
         ("attempts", [[{"outcome": "cut"}, {"outcome": "complete"}], [{"outcome": "complete"}] * 2, [{"outcome": "cut"}]]),
         ("parameters", [{}, {"temperature": 0}, {"temperature": 0.0}, {"temperature": False}, {"max_tokens": 256}]),
         ("started", ["2026-05-04T10:00:00Z", "2026-05-04T23:00:00Z"]), ("ended", ["2026-05-04T00:00:00.5Z"])]
    )  # fmt: skip
    name, values = rng.choice(choices)
    events[index][name] = copy.deepcopy(rng.choice(values))
    return f"{where}/{name}"


def forget(rng: Random, bench: Workbench) -> str | None:
    """Leave out what a runner has to record."""
    if (chosen := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    name = rng.choice(["request_sha256", "parameters", "returned_model", "content", "role", "thread"])
    events[index].pop(name, None)
    return f"{where}/{name}"


def wrap_all(rng: Random, bench: Workbench) -> str | None:
    """Let all outputs of one system show what a provider or harness did out of sight."""
    if not (paths := _files(bench)):
        return None
    path, how = rng.choice(paths), rng.choice(["reasoning", "prefix", "json", "empty"])
    for run in bench[path]:
        for event in run.get("events", ()) if isinstance(run, dict) else ():
            said = event.get("content") if event.get("origin") == "model" else None
            if isinstance(said, str):
                event["content"] = {
                    "reasoning": [
                        {"type": "reasoning", "form": "summary", "text": "synthetic"},
                        {"type": "text", "text": said},
                    ],
                    "prefix": f"As a stand-in: {said}",
                    "json": json.dumps({"said": said}),
                }.get(how, "")
    return f"{path} {how}"


def change_call(rng: Random, bench: Workbench) -> str | None:
    """Change a tool call: its id, its name, its arguments, or how many there are."""
    if (chosen := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    calls = events[index].get("tool_calls")
    if not isinstance(calls, list) or not calls:
        calls = events[index]["tool_calls"] = [{"id": "1", "name": "lookup", "arguments": {"text": "x"}}]
        return f"{where}/tool_calls"
    call = rng.choice(calls)
    how = rng.choice(["id", "name", "arguments", "again", "none"])
    if how == "again":
        calls.append(copy.deepcopy(call))
    elif how == "none":
        calls.remove(call)
    else:
        call[how] = rng.choice(["x", "lookup", {"text": "y"}, '{"text": "y"}', {}, WITHHELD])
    return f"{where}/tool_calls {how}"


def change_head(rng: Random, bench: Workbench) -> str | None:
    """Change what a run says of itself."""
    if (chosen := _run(rng, bench)) is None or (other := _run(rng, bench)) is None:
        return None
    (run, where), (model, _) = chosen, other
    name = rng.choice(["run", "system", "scaffold", "item", "replicate", "status", "result", "started", "ended", "parts",
                       "part", "continues", "failure", "usage", "reward"])  # fmt: skip
    if name in model and rng.random() < 0.6:
        run[name] = copy.deepcopy(model[name])
    elif name in ("replicate", "parts", "part"):
        run[name] = rng.choice([0, 1, 2, 3, 999])
    elif name == "status":
        run[name] = rng.choice(["completed", "limit-reached", "failed"])
        run.pop("result", None) if run[name] != "completed" else run.setdefault("result", [])
        run.pop("failure", None) if run[name] != "failed" else run.setdefault(
            "failure", {"kind": "provider-refused"}
        )
    elif name == "result" and isinstance(run.get("result"), list):
        part = {"name": "answer", "content": rng.choice(["", "x", WITHHELD, [{"type": "text", "text": "x"}]])}
        run[name] = rng.choice([[], [part], [*run["result"], part], list(reversed(run["result"]))])
    elif name in ("run", "continues"):
        run[name] = rng.choice(["a.new.name", edited(rng, str(run.get(name)))])
    elif name == "usage":
        run[name] = {"input_tokens": rng.randrange(100)}
    elif name == "reward":
        run[name] = 0.5
    else:
        run.pop(name, None)
    return f"{where}/{name}"


def split_run(rng: Random, bench: Workbench) -> str | None:
    """Let a run go on in a further line, told of in its head or not."""
    if (chosen := _line(rng, bench)) is None:
        return None
    lines, line, where = chosen
    run = lines[line]
    if (
        not isinstance(run, dict)
        or not isinstance(run.get("events"), list)
        or "run" not in run
        or "parts" in run
    ):
        return None
    at = rng.randrange(len(run["events"]) + 1)
    run["parts"] = rng.choice([2, 2, 2, 2, 3])
    lines.insert(
        line + 1, {"continues": run["run"], "part": rng.choice([1, 1, 1, 1, 2]), "events": run["events"][at:]}
    )
    run["events"] = run["events"][:at]
    return f"{where}/events/{at}"


def merge_run(rng: Random, bench: Workbench) -> str | None:
    """Bring the two lines of a run together."""
    for path in _files(bench):
        for line, run in enumerate(bench[path]):
            if isinstance(run, dict) and "continues" in run and isinstance(run.get("events"), list) and line:
                head = bench[path][line - 1]
                if isinstance(head, dict) and isinstance(head.get("events"), list):
                    head["events"] += run["events"]
                    if rng.random() < 0.7:
                        head.pop("parts", None)
                    del bench[path][line]
                    return f"{path}:{line}"
    return None


def drop_line(rng: Random, bench: Workbench) -> str | None:
    """Lose a line of a transcripts file, declared missing or not."""
    if (chosen := _line(rng, bench)) is None:
        return None
    lines, line, where = chosen
    run = lines.pop(line)
    if rng.random() < 0.5 and isinstance(run, dict):
        return f"{where} and {_declare(rng, bench, run)}"
    return where


def _declare(rng: Random, bench: Workbench, run: Run) -> str:
    kind = rng.choice(["run-missing", "run-failed"])
    names = {name: run.get(name) for name in ("system", "scaffold", "item", "replicate")}
    if "departures.json" in bench.values and isinstance(bench["departures.json"].get("departures"), list):
        bench["departures.json"]["departures"].append({"kind": kind, **names, "reason": "synthetic"})
    return f"declared {kind}"


def declare(rng: Random, bench: Workbench) -> str | None:
    """Declare a departure, happened or not."""
    if (chosen := _run(rng, bench)) is None:
        return None
    return f"{chosen[1]} {_declare(rng, bench, chosen[0])}"


def repeat_line(rng: Random, bench: Workbench) -> str | None:
    """Record a run twice, under its id or another, as the same replicate or another."""
    if (chosen := _line(rng, bench)) is None or (other := _line(rng, bench)) is None:
        return None
    run = copy.deepcopy(chosen[0][chosen[1]])
    if isinstance(run, dict) and rng.random() < 0.5:
        run["run"] = "one.more"
        run["replicate"] = rng.choice([0, 1])
    other[0].insert(other[1], run)
    return f"{chosen[2]} at {other[2]}"


def swap_lines(rng: Random, bench: Workbench) -> str | None:
    """Let two lines change places, also from one file to another."""
    if (one := _line(rng, bench)) is None or (two := _line(rng, bench)) is None:
        return None
    one[0][one[1]], two[0][two[1]] = two[0][two[1]], one[0][one[1]]
    return f"{one[2]} with {two[2]}"


def move_line(rng: Random, bench: Workbench) -> str | None:
    """Move a line to another place or file."""
    if (one := _line(rng, bench)) is None:
        return None
    run = one[0].pop(one[1])
    if (two := _line(rng, bench)) is None:
        return None
    two[0].insert(two[1], run)
    return f"{one[2]} to {two[2]}"


def change_ledger(rng: Random, bench: Workbench) -> str | None:
    """Change the ledger, and chain it again or not."""
    lines = bench.values.get("ledger.jsonl")
    if not isinstance(lines, list) or not lines:
        return None
    entries = [json.loads(line) for line in lines]
    index, other = rng.randrange(len(entries)), rng.randrange(len(entries))
    how = rng.choice(["drop", "again", "swap", "status", "run", "at", "digest", "what", "n"])
    if how == "drop":
        del entries[index]
    elif how == "again":
        entries.insert(other, dict(entries[index]))
    elif how == "swap":
        entries[index], entries[other] = entries[other], entries[index]
    else:
        values = {"status": "failed", "run": entries[other]["run"], "at": "2026-05-06T00:00:00Z",
                  "digest": "0" * 64, "what": entries[other]["what"], "n": other}  # fmt: skip
        entries[index]["events_sha256" if how == "digest" else how] = values[how]
    if rng.random() < 0.6 and entries:
        plain = [
            {name: value for name, value in entry.items() if name not in ("n", "previous")}
            for entry in entries
        ]
        bench["ledger.jsonl"] = parents.chain(plain)
        return f"line {index + 1} {how}, chained"
    bench["ledger.jsonl"] = [json.dumps(entry).encode() + b"\n" for entry in entries]
    return f"line {index + 1} {how}"


def change_commitments(rng: Random, bench: Workbench) -> str | None:
    """Change the chain of commitments, or what it is of."""
    document = bench.values.get("commitments.json")
    chain = document.get("commitments") if isinstance(document, dict) else None
    if not isinstance(chain, list) or not chain or not all(isinstance(one, dict) for one in chain):
        return None
    index = rng.randrange(len(chain))
    how = rng.choice(["drop", "again", "time", "of", "sha256", "previous", "proof", "swap"])
    if how == "drop":
        del chain[index]
    elif how == "again":
        chain.append(copy.deepcopy(chain[index]))
    elif how == "swap":
        chain[index], chain[0] = chain[0], chain[index]
    else:
        choices: dict[str, list[Any]] = {"time": ["2026-04-01T00:00:00Z", "2026-06-01T00:00:00Z"], "of": ["design", "ledger", "transcripts"],
                   "sha256": ["0" * 64], "previous": [None, "0" * 64],
                   "proof": [{"kind": "self-declared"}, {"kind": "rfc3161", "path": "proofs/design.tsr"},
                             {"kind": "rfc3161", "path": "proofs/absent.tsr"}, {"kind": "rfc3161", "path": "design.json"}]}  # fmt: skip
        chain[index][how] = copy.deepcopy(rng.choice(choices[how]))
    return f"{index} {how}"


RECORDS: tuple[Operator, ...] = (
    *(drop_event, drop_last_events, repeat_event, swap_events, trade_members),
    *(edit_text, relabel, forget, change_call, wrap_all),
    *(change_head, split_run, merge_run, drop_line, declare, repeat_line, swap_lines, move_line),
    *(change_ledger, change_commitments),
)
