"""Changes of records: what can happen to runs and their lines, the ledger and the commitments."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import parent as parents
from fuzz.events import files, line_of, run_of
from fuzz.values import WITHHELD, Operator, edited
from workbench import Run, Workbench


def change_head(rng: Random, bench: Workbench) -> str | None:
    """Change what a run says of itself."""
    if (chosen := run_of(rng, bench)) is None or (other := run_of(rng, bench)) is None:
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
    if (chosen := line_of(rng, bench)) is None:
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
    for path in files(bench):
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
    if (chosen := line_of(rng, bench)) is None:
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
    if (chosen := run_of(rng, bench)) is None:
        return None
    return f"{chosen[1]} {_declare(rng, bench, chosen[0])}"


def repeat_line(rng: Random, bench: Workbench) -> str | None:
    """Record a run twice, under its id or another, as the same replicate or another."""
    if (chosen := line_of(rng, bench)) is None or (other := line_of(rng, bench)) is None:
        return None
    run = copy.deepcopy(chosen[0][chosen[1]])
    if isinstance(run, dict) and rng.random() < 0.5:
        run["run"] = "one.more"
        run["replicate"] = rng.choice([0, 1])
    other[0].insert(other[1], run)
    return f"{chosen[2]} at {other[2]}"


def swap_lines(rng: Random, bench: Workbench) -> str | None:
    """Let two lines change places, also from one file to another."""
    if (one := line_of(rng, bench)) is None or (two := line_of(rng, bench)) is None:
        return None
    one[0][one[1]], two[0][two[1]] = two[0][two[1]], one[0][one[1]]
    return f"{one[2]} with {two[2]}"


def move_line(rng: Random, bench: Workbench) -> str | None:
    """Move a line to another place or file."""
    if (one := line_of(rng, bench)) is None:
        return None
    run = one[0].pop(one[1])
    if (two := line_of(rng, bench)) is None:
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
    *(change_head, split_run, merge_run, drop_line, declare, repeat_line, swap_lines, move_line),
    *(change_ledger, change_commitments),
)
