"""`fsep pack`: make a bundle of what was authored."""

from __future__ import annotations

from pathlib import Path

import click

from fsep import limits
from fsep.cli.output import write
from fsep.protocol import load
from fsep.render.layout import counted, number
from fsep.render.safe import safe


@click.command(short_help="Make a bundle of what was authored.")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "-o", "out", metavar="BUNDLE", required=True, type=click.Path(path_type=Path), help="The bundle to write."
)
def command(source: Path, out: Path) -> None:
    """Pack the authored folder SOURCE: YAML becomes strict JSON, and the manifest lists every file."""
    from fsep.overview.unreadable import unreadable  # noqa: PLC0415 - loaded when called
    from fsep.packing import pack  # noqa: PLC0415 - see above

    summary = pack(source, out)
    shown = safe(str(out), 200)
    files = counted(summary.files, "file")
    lines = [f"{shown}: {files}, bundle {summary.bundle_sha256}"]
    if all(listed["role"] != "transcripts" for listed in summary.manifest["files"]):
        lines.append(
            "It holds no runs, and will not validate without: write them to files such as "
            f"{safe(str(source / 'transcripts' / 'my-system.jsonl'), 200)}, one run a line, and pack again."
        )
    found = unreadable(out, load(summary.manifest["fsep"]))
    if found.lines:
        are = (
            "line of its transcripts is no run"
            if found.lines == 1
            else "lines of its transcripts are no runs"
        )
        lines.append(f"{number(found.lines)} {are}, and it will not validate until they are mended:")
        lines += [f"  {safe(one, limits.TEXT_MESSAGE)}" for one in found.first]
        if (more := found.lines - len(found.first)) > 0:
            lines.append(f"  and {counted(more, 'more line')}")
    write("\n".join([*lines, f"Then: fsep validate {shown}"]) + "\n", None)
