"""Beginning a bundle: a folder of commented files to author."""

from __future__ import annotations

from pathlib import Path

from fsep.errors import FsepError, visible

# Each file says in its first lines what it is and where its members are explained.
_FILES = {
    "bundle.yaml": """\
# The manifest: what this bundle is and which facets it asserts. Members: `fsep schema show bundle`.
#
# From here to a validated bundle:
#   1. Edit design.yaml, scaffolds/, items.yaml and systems/ (look for EDIT).
#   2. fsep run THIS-FOLDER --system my-system=http://127.0.0.1:8080/v1 -o BUNDLE
#      runs every system on every item with every scaffold, and writes the bundle (--dry-run shows the plan).
#   3. fsep validate BUNDLE
# With a runner of your own: write each run as one line of a file such as transcripts/my-system.jsonl (what a
# line holds is said in the chapters on transcripts and requests of the specification, and by
# `fsep schema show run`), then fsep pack THIS-FOLDER -o BUNDLE.
fsep: "1.0"
kind: bundle
id: my-bundle # EDIT
title: What this bundle shows # EDIT
asserts: [whole] # further facets: replayed, complete, preregistered
""",
    "design.yaml": """\
# The design: all that is fixed before data. It names no system. Members: `fsep schema show design`.
# Digests are left out here; `fsep pack` writes them.
fsep: "1.0"
kind: design
id: my-design # EDIT
title: One question, answered once # EDIT
scaffolds: [direct] # ids; each stands in scaffolds/<id>.yaml
baseline: direct # the scaffold that the others are compared with
replicates: 1 # runs of each scaffold on each item by each system
limits:
  missing_share: 0.1 # the share of runs that may fail or be missing
""",
    "scaffolds/direct.yaml": """\
# A scaffold: the program wrapped around every system alike. Members: `fsep schema show scaffold`.
fsep: "1.0"
kind: scaffold
id: direct # the name of this file
title: One prompt, one answer # EDIT, with the program below
program:
  actors:
    solver: {kind: model} # the system under test
  primary: solver
  threads:
    main: {speakers: [solver]}
  steps:
    - {do: say, id: ask, thread: main, role: user, text: "{{item.question}}"}
    - {do: generate, id: answer, thread: main, actor: solver, parameters: {temperature: 0}}
  result:
    - {name: answer, text: "{{answer}}"}
""",
    "systems/my-system.yaml": """\
# A system under test; one file each, named by its id. Members: `fsep schema show system`.
# EDIT all of it: nothing below is true of a system until you make it so.
fsep: "1.0"
kind: system
id: my-system
model:
  name: my-model # as sent in every request
  returned: [my-model-2026-01-01] # the identities that the provider may return
access: {via: api}
""",
    "items.yaml": """\
# The items: task instances, each with the fields that the scaffolds use. Members: `fsep schema show item`.
# EDIT all of them.
- id: peru
  fields:
    question: What is the capital of Peru?
- id: nepal
  fields:
    question: What is the capital of Nepal?
""",
}


def init(folder: Path) -> list[Path]:
    """Begin a bundle to author in a folder that is empty or not there yet.

    Returns:
        The files written, in the order in which to look at them.

    Raises:
        FsepError: where the folder holds something, or cannot be written to.
    """
    shown = visible(str(folder), 200)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if next(folder.iterdir(), None) is not None:
            raise FsepError(f"{shown} is not empty.", advice="Name a new folder; nothing is overwritten.")
        (folder / "transcripts").mkdir()
        written = []
        for path, text in _FILES.items():
            target = folder / path
            target.parent.mkdir(exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
            written.append(target)
    except FileExistsError:
        raise FsepError(f"{shown} is a file.", advice="Name a new folder.") from None
    except OSError as error:
        raise FsepError(f"{shown} cannot be written to: {error.strerror or 'the system refuses'}.") from None
    return written
