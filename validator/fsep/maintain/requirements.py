"""Writes and checks `spec/<version>/requirements.json`, the requirements of a version as data.

Run as `python -m fsep.maintain.requirements --write` or `--check`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fsep.errors import FsepError
from fsep.maintain.extraction import extract
from fsep.maintain.markdown import Fault
from fsep.protocol import data
from fsep.protocol.versions import read_versions

COMMAND = "python -m fsep.maintain.requirements --write"


class FaultyChapters(FsepError):
    """Chapters hold requirements that are not of the form; `faults` has each."""

    def __init__(self, folder: str, faults: Sequence[Fault]) -> None:
        """Keep the faults; the text has one a line, each beginning with the file in its folder."""
        super().__init__("\n".join(f"{folder}/{fault}" for fault in faults))
        self.faults = tuple(faults)


def requirements(base: Path, version: str) -> dict[str, Any]:
    """Return what `requirements.json` of a version has to hold, read from its chapters.

    Raises:
        FaultyChapters: when anything in them is not of the form.
    """
    chapters = [
        (chapter.name, chapter.read_text(encoding="utf-8")) for chapter in data.chapters(base, version)
    ]
    entries, faults = extract(version, chapters)
    if faults:
        raise FaultyChapters(f"{data.SPEC}/{version}", faults)
    return {"version": version, "requirements": entries}


def written(value: Mapping[str, Any]) -> str:
    """Return the text of the file: the same for the same requirements, byte for byte."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def stale(base: Path, version: str) -> str | None:
    """Say how `requirements.json` differs from the chapters, or return None where it does not."""
    path = base / data.SPEC / version / data.REQUIREMENTS
    fresh = requirements(base, version)
    if not path.is_file():
        return "it is not there"
    if path.read_text(encoding="utf-8") == written(fresh):
        return None
    try:
        held = {entry["id"]: entry for entry in json.loads(path.read_bytes())["requirements"]}
    except (ValueError, LookupError, TypeError):
        return "it cannot be read"
    wanted = {entry["id"]: entry for entry in fresh["requirements"]}
    differences = (
        ("lacks", [id_ for id_ in wanted if id_ not in held]),
        ("has no longer in a chapter", [id_ for id_ in held if id_ not in wanted]),
        ("has changed", [id_ for id_ in wanted if id_ in held and held[id_] != wanted[id_]]),
    )
    said = [f"{what} {', '.join(ids)}" for what, ids in differences if ids]
    return "it " + "; ".join(said) if said else "it is written in another way"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0 when all is well, 1 when a chapter is faulty or a file stale."""
    parser = argparse.ArgumentParser(prog="python -m fsep.maintain.requirements", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write the files from the chapters")
    what.add_argument("--check", action="store_true", help="tell whether the files are what the chapters say")
    parser.add_argument("--root", type=Path, default=data.root(), help="the folder that holds spec/")
    options = parser.parse_args(arguments)
    code = 0
    for info in read_versions(options.root):
        try:
            code |= _one(options.root, info.version, write=options.write)
        except FaultyChapters as error:
            print(error, file=sys.stderr)
            code = 1
    return code


def _one(base: Path, version: str, *, write: bool) -> int:
    name = f"{data.SPEC}/{version}/{data.REQUIREMENTS}"
    if write:
        fresh = requirements(base, version)
        (base / name).write_text(written(fresh), encoding="utf-8")
        print(f"{name}: {len(fresh['requirements'])} requirements written")
        return 0
    difference = stale(base, version)
    if difference is not None:
        print(f"{name} is stale: {difference}. Run `{COMMAND}`.", file=sys.stderr)
        return 1
    print(f"{name} is what the chapters say")
    return 0


if __name__ == "__main__":
    sys.exit(main())
