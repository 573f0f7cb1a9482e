"""A small rated study as a newcomer authors it: what `fsep init` wrote, with a rubric, raters and runs added.

All of it is synthetic: two scripted stand-ins answer, and functions rate.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fsep.parsing import yaml
from fsep.scaffold.adaptation import compile_adaptations
from fsep.scaffold.compile import compile_program
from fsep.scaffold.drive import drive
from fsep.scaffold.machine import Item, Setting, Want
from fsep.scaffold.message import Output

ITEMS = ("peru", "nepal", "kenya", "chad")

DESIGN = """\
rating:
  - {dimension: verification-support, raters: 2, overlap: all, combine: adjudication, agreement_at_least: 0}
  - {dimension: tone, raters: 2, overlap: 1, combine: majority, agreement_at_least: -1}
analysis:
  confidence: 0.95
  units: items
  dimensions: [{dimension: verification-support, primary: true, margin: 0.2}]
users: {scripted: [{scaffold: checked, steps: [ask, check]}], people: recruited}
"""

RUBRIC = """\
fsep: "1.0"
kind: rubric
id: support
packets:
  - {id: dialogue, shows: thread, thread: main, fields: [question]}
dimensions:
  - id: verification-support
    definition: How far the answer helps the reader to check it.
    scale:
      kind: ordinal
      values:
        - {value: none, anchor: Nothing helps to check it.}
        - {value: some, anchor: A source is named.}
        - {value: full, anchor: Every step can be checked.}
    attained: [full]
    by: raters
    of: exchange
    unit: run
    packet: dialogue
  - id: tone
    definition: Whether each answer is friendly.
    scale: {kind: nominal, values: [{value: dull, anchor: It is not.}, {value: warm, anchor: It is.}]}
    attained: [warm]
    by: raters
    of: answer
    unit: output
    over: all
    packet: dialogue
  - id: task-success
    definition: Whether the capital is the right one.
    scale: {kind: nominal, values: [{value: failure, anchor: It is not.}, {value: success, anchor: It is.}]}
    attained: [success]
    by: automatic
    of: key
    unit: run
"""

RATERS = """\
fsep: "1.0"
kind: raters
raters:
  - {id: ada, kind: human, role: rater, dimensions: [verification-support, tone], about: A function.}
  - {id: ben, kind: human, role: rater, dimensions: [verification-support, tone], about: A function.}
  - {id: cy, kind: human, role: adjudicator, dimensions: [verification-support], about: A function.}
  - {id: checker, kind: automatic, role: rater, dimensions: [task-success], harness: {name: checker, version: "1"}}
"""

CHECKED = """\
fsep: "1.0"
kind: scaffold
id: checked
title: One prompt, one answer, and a second look
program:
  actors: {solver: {kind: model}}
  primary: solver
  threads: {main: {speakers: [solver]}}
  steps:
    - {do: say, id: ask, thread: main, role: user, text: "{{item.question}}"}
    - {do: generate, id: answer, thread: main, actor: solver, parameters: {temperature: 0}}
    - {do: say, id: check, thread: main, role: user, text: How do you know?}
    - {do: generate, id: reason, thread: main, actor: solver, parameters: {temperature: 0}}
  result:
    - {name: answer, text: "{{reason}}"}
"""


# What stands in for both systems: it says what `run` has them say.
SCRIPT: dict[str, Any] = {
    "fsep": "1.0",
    "kind": "script",
    "id": "stand-ins",
    "models": {f"stand-in-{id_}": {"returned": f"stand-in-{id_}-2026-01-01"} for id_ in ("alpha", "beta")},
    "tables": {"places": {id_: {"name": id_.title()} for id_ in ITEMS}},
    "rules": [
        {
            "each": "places",
            "when": {"first": {"contains": "{{key}}"}, "last": {"equals": "How do you know?"}},
            "reply": {"content": "It stands in an atlas of {{name}}."},
        },
        {
            "each": "places",
            "when": {"first": {"contains": "{{key}}"}},
            "reply": {"content": "I think {{name}} City."},
        },
    ],
}


def author(study: Path) -> None:
    """Edit what `fsep init` wrote in a folder, and add what a rated study has beside it."""
    (study / "rubric.yaml").write_text(RUBRIC)
    (study / "raters.yaml").write_text(RATERS)
    (study / "scaffolds" / "checked.yaml").write_text(CHECKED)
    (study / "items.yaml").write_text(
        "".join(f"- id: {id_}\n  fields: {{question: 'What is the capital of {id_}?'}}\n" for id_ in ITEMS)
    )
    design = (study / "design.yaml").read_text().replace("[direct]", "[direct, checked]")
    (study / "design.yaml").write_text(design + DESIGN)
    begun = study / "systems" / "my-system.yaml"
    for system in ("alpha", "beta"):
        (study / "systems" / f"{system}.yaml").write_text(
            begun.read_text().replace("my-system", system).replace("my-model", f"stand-in-{system}")
        )
    begun.unlink()
    head = (study / "bundle.yaml").read_text()
    (study / "bundle.yaml").write_text(
        head.replace("asserts: [whole]", "asserts: [whole, replayed, complete, rated]")
    )


def run(study: Path) -> None:
    """Make all runs, and write them into the study."""
    documents: dict[str, Any] = {
        id_: yaml.parse((study / "scaffolds" / f"{id_}.yaml").read_bytes()) for id_ in ("direct", "checked")
    }
    scaffolds = {id_: compile_program(document) for id_, document in documents.items()}
    items: Any = yaml.parse((study / "items.yaml").read_bytes())
    (study / "transcripts").mkdir(exist_ok=True)
    for system in ("alpha", "beta"):
        setting = Setting(
            model=f"stand-in-{system}",
            design_sha256="0" * 64,
            adaptations=compile_adaptations(()),
            simulators={},
            environments={},
        )
        with (study / "transcripts" / f"{system}.jsonl").open("w") as stream:
            for scaffold, program in scaffolds.items():
                for item in items:
                    recording = drive(
                        program, setting, Item(item["id"], item["fields"]), 0, _respond(system, item["id"])
                    )
                    made = {
                        "run": f"{system}.{scaffold}.{item['id']}.0",
                        "system": system,
                        "scaffold": scaffold,
                        "item": item["id"],
                        "replicate": 0,
                        "status": recording.ending.status,
                        "started": "2026-05-04T10:00:00Z",
                        "ended": "2026-05-04T10:00:10Z",
                        "events": list(recording.events),
                        "result": [{"name": name, "content": text} for name, text in recording.ending.result],
                    }
                    stream.write(json.dumps(made) + "\n")


def _respond(system: str, item: str) -> Callable[[Want], tuple[Output, dict[str, Any]]]:
    def respond(want: Want) -> tuple[Output, dict[str, Any]]:
        first = str(want.fields["step"]) == "answer"
        said = f"I think {item.title()} City." if first else f"It stands in an atlas of {item.title()}."
        recorded: dict[str, Any] = {
            "returned_model": f"stand-in-{system}-2026-01-01",
            "finish": "stop",
            "attempts": [{"outcome": "complete"}],
            "usage": {"input_tokens": 40, "output_tokens": 10},
        }
        return Output(said), recorded

    return respond


def value(rater: str, shown: str, dimension: str) -> str:
    """Return what a rater says of what is shown: raters differ about Chad, and about the tone in Kenya."""
    if dimension == "tone":
        return "dull" if rater == "ben" and "Kenya" in shown else "warm"
    if rater == "ben" and "Chad" in shown:
        return "some"
    return "full" if "atlas" in shown else "none"


def fill_in(sheet: Path, rater: str) -> None:
    """Fill in the values of a sheet in CSV, as a person with a spreadsheet does."""
    fill_in_by(sheet, lambda shown, dimension: value(rater, shown, dimension))


def fill_in_by(sheet: Path, value_of: Callable[[str, str], str]) -> None:
    """Fill in a sheet by a function of what is shown and the dimension."""
    with sheet.open(newline="", encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row["value"] = value_of(row["shown"], row["dimension"])
    write(sheet, rows)


def write(sheet: Path, rows: list[dict[str, str]]) -> None:
    """Write a sheet in CSV, with a byte order mark and the line ends of a spreadsheet."""
    columns = list(rows[0]) if rows else ["packet", "run", "dimension", "step", "value", "note", "shown"]
    with sheet.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(rows)


def check(study: Path, out: Path) -> None:
    """Rate all runs as a program does, by run, one line each."""
    lines: list[Mapping[str, Any]] = []
    for path in sorted((study / "transcripts").iterdir()):
        for line in path.read_text().splitlines():
            made = json.loads(line)
            right = "success" if made["item"] != "chad" else "failure"
            lines.append({"run": made["run"], "dimension": "task-success", "value": right})
    out.write_text("".join(json.dumps(line) + "\n" for line in lines))
