"""`fsep merge`: entries on one design become one bundle."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fsep.cli.output import style_for, write
from fsep.render.layout import counted, wrap
from fsep.render.safe import safe


@click.command(short_help="Make one bundle of entries on one design.")
@click.argument("entries", metavar="ENTRY...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o", "out", metavar="BUNDLE", required=True, type=click.Path(path_type=Path), help="The bundle to write."
)
def command(entries: tuple[Path, ...], out: Path) -> None:
    """Merge the bundles ENTRY..., each on the same design and with systems of its own, into one.

    Systems, transcripts, blobs and departures of all are carried over. Ratings are joined where they are
    automatic or self-reports and the raters are the same in all entries; what is rated blind is rated as one
    bundle. Commitments, proofs, ledgers, profiles and claims belong to an entry, and are left out.
    """
    from fsep.merging import merge  # noqa: PLC0415 - loaded when called

    merged = merge(entries, out)
    columns, shown = style_for(sys.stdout).columns, safe(str(out), 200)
    lines = [f"{shown}: {counted(merged.files, 'file')}, bundle {merged.bundle_sha256}"]
    lines += wrap(f"{counted(len(merged.systems), 'system')}: {', '.join(merged.systems)}", columns, "", "  ")
    for entry, path, made in merged.renamed:
        lines += wrap(
            f"{safe(path, 200)} of {safe(entry, 200)} is {safe(made, 200)} there.", columns, "- ", "  "
        )
    for sentence in merged.left:
        lines += wrap(safe(sentence, 1000), columns, "- ", "  ")
    write("\n".join([*lines, f"Then: fsep validate {shown}"]) + "\n", None)
