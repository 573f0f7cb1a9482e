"""`fsep show`: one run, readable, or which runs there are."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from fsep import limits
from fsep.bundle import Bundle, open_bundle
from fsep.cli.group import meant, refuse
from fsep.cli.output import style_for, write
from fsep.errors import FsepError
from fsep.overview.reading import document, events, fields, parsed, paths_of, records
from fsep.parsing import json
from fsep.protocol import Protocol, load
from fsep.render.layout import counted
from fsep.render.program_text import ProgramText
from fsep.render.safe import quoted, safe
from fsep.render.transcript import transcript

_VALIDATE = "`fsep validate` tells what is wrong."
# Run ids kept to suggest one from.
_SUGGESTIONS = 10_000


@click.command(short_help="Show one run: who contributed what.")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.argument("run", required=False)
def command(bundle: Path, run: str | None) -> None:
    """Show the run RUN of a bundle: who contributed what, step by step. Without RUN, list the runs.

    It shows what is recorded, and checks none of it; that is what `fsep validate` does.
    """
    with open_bundle(bundle) as opened:
        protocol = _protocol(opened)
        if run is None:
            _list(opened)
            return
        path, number, head, rest = _find(opened, protocol, run)
        scaffold = document(opened, protocol, "scaffold", f"scaffolds/{head['scaffold']}.json")
        system = document(opened, protocol, "system", f"systems/{head['system']}.json")
        program = ProgramText(scaffold, fields(opened, protocol, head["item"]))
        for line in transcript(
            head,
            events(head, rest, protocol),
            program,
            style_for(sys.stdout),
            system=system,
            place=f"{path}:{number}",
        ):
            write(line + "\n", None)


def _list(bundle: Bundle) -> None:
    """Print a line for each run, as they are read, then how many lines could not be."""
    shown, unread = 0, 0
    for path in paths_of(bundle, "transcripts"):
        for number, data in records(bundle, path):
            record = parsed(data)
            if isinstance(record.get("run"), str):
                members = (
                    record.get(member) for member in ("run", "system", "scaffold", "item", "replicate")
                )
                of = "  ".join(safe(str(one), limits.TEXT_NAME) for one in (*members, record.get("status")))
                write(f"{of}  {safe(path, limits.TEXT_NAME)}:{number}\n", None)
                shown += 1
            elif "continues" not in record:
                unread += 1
    if shown:
        heading = "run, system, scaffold, item, replicate, status, place"
        write(f"{counted(shown, 'run')} ({heading}); `fsep show BUNDLE RUN` shows one.\n", None)
    else:
        write("There is no run that can be read.\n", None)
    if unread:
        write(f"{_unread(unread)} {_VALIDATE}\n", None)


def _unread(lines: int) -> str:
    return f"{counted(lines, 'line')} of the transcripts could not be read as a run."


def _protocol(bundle: Bundle) -> Protocol:
    """Return the version that the manifest names."""
    try:
        manifest = json.parse(bundle.read("bundle.json", limits.DOCUMENT_BYTES))
    except FsepError as error:
        refuse(f"{safe(bundle.display, 200)} has no manifest that can be read: {error}", _VALIDATE)
    version = manifest.get("fsep") if isinstance(manifest, dict) else None
    if not isinstance(version, str):
        refuse(f"The manifest of {safe(bundle.display, 200)} names no version of the protocol.", _VALIDATE)
    return load(version)


def _find(
    bundle: Bundle, protocol: Protocol, run: str
) -> tuple[str, int, Mapping[str, Any], Iterator[tuple[int, bytes | None]]]:
    """Return where a run begins, its first record, and the lines after it.

    Raises:
        FsepError: when no run has the id, or its line is no valid one.
    """
    seen: list[str] = []
    unread = 0
    for path in paths_of(bundle, "transcripts"):
        lines = records(bundle, path)
        for number, data in lines:
            record = parsed(data)
            id_ = record.get("run")
            if id_ == run:
                return path, number, _valid(protocol, record, path, number), lines
            unread += not isinstance(id_, str) and "continues" not in record
            if isinstance(id_, str) and len(seen) < _SUGGESTIONS:
                seen.append(id_)
    some = ", ".join(safe(id_, 60) for id_ in seen[:3])
    near = meant(run, seen)
    broken = f" {_unread(unread)}" if unread else ""
    refuse(
        f"No run has the id {quoted(run)}.{near}{broken}",
        f"Ids are, for instance: {some}."
        if seen and not near
        else f"`fsep show {safe(bundle.display, limits.TEXT_NAME)}` lists the runs.",
    )


def _valid(protocol: Protocol, record: dict[str, Any], path: str, number: int) -> Mapping[str, Any]:
    if not protocol.validator("run").is_valid(record):
        refuse(f"{safe(path, 200)}:{number} is no valid run, and cannot be shown.", _VALIDATE)
    return record
