"""`fsep init`: begins a bundle to author, in commented YAML."""

from __future__ import annotations

from pathlib import Path

from fsep.packing.writer import WriteError

_FILES = {
    "bundle.yaml": """\
# The manifest. `fsep pack` adds the list of files with their digests. Schema: `fsep schema show bundle`.
fsep: "1.0"
kind: bundle
id: my-study
title: My study
# The facets you assert; `fsep validate` says which are reached.
asserts: [whole, replayed, complete]
""",
    "design.yaml": """\
# What is fixed before data; it names no system. `fsep pack` adds the digests. Schema: `fsep schema show design`.
fsep: "1.0"
kind: design
id: my-study
scaffolds: [direct, checked]
baseline: direct
replicates: 1
# The largest share of a system's runs with one scaffold that may be failed or missing.
limits: {missing_share: 0.05}
""",
    "scaffolds/direct.yaml": """\
# A scaffold is a program. This one asks once: the usual baseline. Schema: `fsep schema show scaffold`.
fsep: "1.0"
kind: scaffold
id: direct
program:
  actors: {solver: {kind: model}}
  primary: solver
  threads: {main: {speakers: [solver]}}
  steps:
    - {do: say, id: ask, thread: main, role: user, text: "{{item.question}}"}
    - {do: generate, id: answer, thread: main, actor: solver, parameters: {temperature: 0}}
  result:
    - {name: answer, text: "{{answer}}"}
""",
    "scaffolds/checked.yaml": """\
# This one asks the system to check its answer.
fsep: "1.0"
kind: scaffold
id: checked
program:
  actors: {solver: {kind: model}}
  primary: solver
  threads: {main: {speakers: [solver]}}
  steps:
    - {do: say, id: ask, thread: main, role: user, text: "{{item.question}}"}
    - {do: generate, id: draft, thread: main, actor: solver, parameters: {temperature: 0}}
    - {do: say, id: doubt, thread: main, role: user, text: "Check your answer, and give it again."}
    - {do: generate, id: answer, thread: main, actor: solver, parameters: {temperature: 0}}
  result:
    - {name: answer, text: "{{answer}}"}
""",
    "items.yaml": """\
# The items: each has an id and the fields that the scaffolds use. Schema: `fsep schema show item`.
- id: peru
  fields: {question: What is the capital of Peru?}
- id: chile
  fields: {question: What is the capital of Chile?}
""",
    "systems/my-system.yaml": """\
# The system under test, one file each. EDIT THIS. Schema: `fsep schema show system`.
fsep: "1.0"
kind: system
id: my-system
model:
  # The name as it is sent in every request.
  name: some-model
  # The identities that its provider may return; usually one, dated.
  returned: [some-model-2026-01-01]
access: {via: api}
""",
}


def init(folder: Path) -> list[Path]:
    """Begin a bundle in a folder, and return the files written.

    What is left to add is `transcripts/<name>.jsonl`, a line a run (`fsep schema show run`).

    Raises:
        WriteError: when the folder is there and not empty, or cannot be written.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            raise WriteError(
                f"{folder} is not empty.", advice="Name a folder that is empty or not there yet."
            )
        written = []
        for path, text in _FILES.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            written.append(target)
        (folder / "transcripts").mkdir()
    except OSError as error:
        raise WriteError(f"{folder} cannot be written: {error.strerror}.") from None
    return written
