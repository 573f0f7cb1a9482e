"""Changes of the study: items, scaffolds, and what the design says of them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

from fuzz.values import Operator, edited
from workbench import Workbench


def _steps(steps: Any) -> Iterator[list[Any]]:
    """Yield every list of steps in a program."""
    if not isinstance(steps, list):
        return
    yield steps
    for step in steps:
        if isinstance(step, dict):
            for member in ("steps", "then", "else"):
                yield from _steps(step.get(member))


def _step(rng: Random, bench: Workbench) -> tuple[list[Any], int, str] | None:
    path = rng.choice([path for path in sorted(bench.values) if path.startswith("scaffolds/")] or [""])
    document = bench.values.get(path)
    if not isinstance(document, dict) or not isinstance(document.get("program"), dict):
        return None
    lists = [steps for steps in _steps(document["program"].get("steps")) if steps]
    if not lists:
        return None
    steps = rng.choice(lists)
    index = rng.randrange(len(steps))
    return (steps, index, f"{path} step {index}") if isinstance(steps[index], dict) else None


def drop_step(rng: Random, bench: Workbench) -> str | None:
    """Take a step out."""
    if (chosen := _step(rng, bench)) is None:
        return None
    del chosen[0][chosen[1]]
    return chosen[2]


def repeat_step(rng: Random, bench: Workbench) -> str | None:
    """Copy a step, under its id or another, also from one scaffold to another."""
    if (chosen := _step(rng, bench)) is None or (other := _step(rng, bench)) is None:
        return None
    step = copy.deepcopy(chosen[0][chosen[1]])
    if "id" in step and rng.random() < 0.7:
        step["id"] = "one_more"
    other[0].insert(other[1], step)
    return f"{chosen[2]} at {other[2]}"


def swap_steps(rng: Random, bench: Workbench) -> str | None:
    """Let two steps change places."""
    if (chosen := _step(rng, bench)) is None:
        return None
    steps, index, where = chosen
    other = rng.randrange(len(steps))
    steps[index], steps[other] = steps[other], steps[index]
    return f"{where} with {other}"


def nest_step(rng: Random, bench: Workbench) -> str | None:
    """Put a step inside tests, too many of them or just enough."""
    if (chosen := _step(rng, bench)) is None:
        return None
    steps, index, where = chosen
    depth = rng.choice([1, 2, 15, 16, 17, 30])
    for _ in range(depth):
        test = {"test": "equals", "text": "a", "value": "a"}
        steps[index] = {"do": "when", "if": test, "then": [steps[index]]}
    return f"{where} in {depth} tests"


def change_step(rng: Random, bench: Workbench) -> str | None:
    """Change what a step does, mostly so that it is still one."""
    if (chosen := _step(rng, bench)) is None:
        return None
    steps, index, where = chosen
    step = steps[index]
    name = rng.choice(sorted(step))
    value = step[name]
    if name in ("text", "from", "tool", "otherwise") and isinstance(value, str):
        texts = [
            f"{value}{{{{item.request}}}}",
            "{{nobody}}",
            "{{ item.question }}",
            "{{item.distractors}}",
            "stand-in-steady",
        ]
        step[name] = rng.choice([edited(rng, value), *texts])
    elif name == "parameters":
        step[name] = {"temperature": rng.choice([0, 1, 0.5]), "max_tokens": rng.choice([256, 512])}
    elif name == "at_bound":
        step[name] = "stop" if value == "continue" else "continue"
    elif isinstance(value, int):
        step[name] = max(1, value + rng.choice([-1, 1, 5]))
    elif name in ("until", "if"):
        step[name] = rng.choice(
            [{"test": "not", "of": value}, {"test": "all", "of": []},
             {"test": "matches", "text": "a", "pattern": "\\d+"}, {"test": "matches", "text": "a", "pattern": "a{1,2000}"},
             {"test": "any", "of": [value, value]}, {"test": "has-tool-calls", "step": "answer"}]
        )  # fmt: skip
    elif isinstance(value, str):
        step[name] = rng.choice(
            ["solver", "main", "user", "derived", "none", "nobody", "x", edited(rng, value)]
        )
    else:
        return None
    return f"{where} {name}"


def rename_system(rng: Random, bench: Workbench) -> str | None:
    """Let a name of a system, or the identities it returns, be something else."""
    path = rng.choice(
        [path for path in sorted(bench.values) if path.startswith(("systems/", "simulators/"))] or [""]
    )
    document = bench.values.get(path)
    if not isinstance(document, dict) or not isinstance(document.get("model"), dict):
        return None
    name, value = rng.choice(
        [("name", "letters"), ("name", "another"), ("returned", ["another-1"]), ("returned", None), ("version", "2"),
         ("aliases", ["capital", "nobody"]), ("aliases", ["nobody"])]
    )  # fmt: skip
    target = document if name == "aliases" else document["model"]
    if value is None:
        target.pop(name, None)
    else:
        target[name] = value
    return f"{path} {name}"


def adapt(rng: Random, bench: Workbench) -> str | None:
    """Declare another adaptation."""
    path = rng.choice([path for path in sorted(bench.values) if path.startswith("systems/")] or [""])
    document = bench.values.get(path)
    if not isinstance(document, dict):
        return None
    choices: list[dict[str, Any]] = (
        [{"kind": "omit-parameter", "parameter": "temperature"}, {"kind": "omit-parameter", "parameter": "absent"},
         {"kind": "clamp-parameter", "parameter": "max_tokens", "maximum": 9}, {"kind": "client-side-stop"},
         {"kind": "echo-reasoning"}, {"kind": "system-text", "as": "developer"}, {"kind": "merge-adjacent", "separator": "\n"}]
    )  # fmt: skip
    more = rng.choice(choices)
    given = document.get("adaptations")
    document["adaptations"] = [*(given if isinstance(given, list) else []), more]
    return f"{path} {more['kind']}"


def unstate(rng: Random, bench: Workbench) -> str | None:
    """Leave out of an environment or a system what it has to state, or state less than is so."""
    path = rng.choice(
        [path for path in sorted(bench.values) if path.startswith(("systems/", "environments/"))] or [""]
    )
    document = bench.values.get(path)
    if not isinstance(document, dict):
        return None
    name = rng.choice(["version", "tools", "access", "runner"])
    tools = document.get("tools")
    if name == "access" and isinstance(document.get("access"), dict):
        document["access"][rng.choice(["from", "until"])] = "2026-05-04T10:05:00Z"
    elif name == "tools" and isinstance(tools, list) and tools and rng.random() < 0.5:
        del tools[rng.randrange(len(tools))]
    else:
        document.pop(name, None)
    return f"{path} {name}"


def leak(rng: Random, bench: Workbench) -> str | None:
    """Let a credential stand in a document, an event or an item; it is none that ever was."""
    secret, name = "sk-" + "synthetic" * 4, rng.choice(["org.example.note", "org.example.api-key"])
    noted = {name: rng.choice([secret, {"api_key": "x"}, {"Authorization": f"Bearer {secret}"}])}
    paths = [
        path for path in sorted(bench.values) if path.endswith((".json", ".jsonl")) and path != "ledger.jsonl"
    ]
    path = rng.choice([*paths, "bundle.json"])
    value = bench.manifest if path == "bundle.json" else bench.values[path]
    value = rng.choice(value) if isinstance(value, list) and value else value
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("events"), list) and value["events"] and isinstance(value["events"][-1], dict):
        value["events"][-1][rng.choice(["extensions", "parameters"])] = noted | {"password": secret}
    else:
        value["extensions"] = noted
    return path


def take_over(rng: Random, bench: Workbench) -> str | None:
    """Put an external part in the place of a step."""
    if (chosen := _step(rng, bench)) is None:
        return None
    steps, index, where = chosen
    step = steps[index]
    if not {"id", "thread"} <= {*step}:
        return None
    harness = {"name": "synthetic", "version": "1", "sha256": "0" * 64}
    steps[index] = {
        **{
            "do": "external",
            "id": step["id"],
            "thread": step["thread"],
            "actor": step.get("actor", "solver"),
        },
        **{"harness": harness, "max_events": 5, "at_bound": "continue"},
    }
    return where


def change_items(rng: Random, bench: Workbench) -> str | None:
    """Drop, repeat or reorder items, or trade a field between them."""
    items = bench.values.get("items.jsonl")
    if not isinstance(items, list) or len(items) < 2 or not all(isinstance(item, dict) for item in items):
        return None
    how = rng.choice(["drop", "again", "new", "swap", "trade"])
    if how == "drop":
        del items[rng.randrange(len(items))]
    elif how in ("again", "new"):
        items.append({**copy.deepcopy(rng.choice(items)), **({"id": "chad"} if how == "new" else {})})
    elif how == "swap":
        items[0], items[1] = items[1], items[0]
    else:
        items[0]["fields"], items[1]["fields"] = items[1].get("fields"), items[0].get("fields")
    return how


def change_design(rng: Random, bench: Workbench) -> str | None:
    """Change what a design fixes."""
    design = bench.values.get("design.json")
    if not isinstance(design, dict):
        return None
    how, value = rng.choice(
        [("replicates", 2), ("replicates", 1000), ("baseline", "react"), ("baseline", "nobody"), ("simulators", []),
         ("limits", {"missing_share": 0}), ("limits", {"missing_share": 1}), ("id", "another"), ("title", "Another"),
         ("environments", [{"id": "desk", "program_sha256": "0" * 64}]), ("fsep", "1.1"), ("fsep", "9")]
    )  # fmt: skip
    design[how] = value
    return f"{how} {value!r}"


STUDIES: tuple[Operator, ...] = (
    *(drop_step, repeat_step, swap_steps, nest_step, change_step),
    *(rename_system, adapt, unstate, leak, take_over, change_items, change_design),
)
