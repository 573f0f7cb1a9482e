"""`fsep coverage`: what benchmarks measure, by a table of two coders or by a bundle's own ratings."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from fsep import limits
from fsep.cli.group import refuse
from fsep.cli.output import style_for, write
from fsep.render.json import printable
from fsep.render.safe import safe

# How a zip begins, also one that holds nothing.
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


@click.command(short_help="Say what benchmarks measure, and at which level.")
@click.argument("path", metavar="TABLE|BUNDLE", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(path: Path, form: str) -> None:
    """Say which dimensions are measured.

    A folder or a zip is a bundle: of each core dimension and each of its rubric's own it is said at which
    level its ratings measure it, in how many runs, by whom and of which systems, or that they do not. Any
    other file is a table of benchmarks by dimensions that two coders filled in, a document of schema
    `coverage` in JSON or YAML: it is printed, and how far they agree is computed.
    """
    from fsep.render.coverage import bundle_lines, table_lines  # noqa: PLC0415 - loaded when called

    style = style_for(sys.stdout)
    if _is_bundle(path):
        from fsep.coverage.bundle import read_coverage  # noqa: PLC0415 - a table needs none of it

        bundle = read_coverage(path)
        lines, value = bundle_lines(bundle, style), bundle.as_dict()
    else:
        from fsep.cli.given import document  # noqa: PLC0415 - a bundle needs none of it
        from fsep.coverage import table  # noqa: PLC0415 - see above

        made = table(document(path, "coverage", limits.DOCUMENT_BYTES)[0])
        lines, value = table_lines(made, style), made.as_dict()
    text = "\n".join(lines) if form == "text" else printable(json.dumps(value, ensure_ascii=False, indent=2))
    write(text + "\n", None)


def _is_bundle(path: Path) -> bool:
    """Look whether a path is a folder or a zip, whatever its name."""
    if path.is_dir():
        return True
    try:
        with path.open("rb") as stream:
            return stream.read(4).startswith(_ZIP)
    except OSError as error:
        refuse(
            f"{safe(str(path), 200)} cannot be read: {error.strerror}.",
            "Name a bundle, or a table of schema `coverage`.",
        )
