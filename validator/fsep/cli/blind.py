"""`fsep blind`: draw the salt, and write what raters are shown."""

from __future__ import annotations

from pathlib import Path

import click

from fsep.cli.output import write
from fsep.render.safe import safe


@click.command(short_help="Commit a salt, and write a packet for every rater.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--private",
    required=True,
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Where the salt and the packets go: a folder that is not published, outside of the study's.",
)
@click.option("--at", metavar="TIME", help="When it is committed; now, where it is left out.")
def command(folder: Path, private: Path, at: str | None) -> None:
    """Blind the runs in FOLDER: blind ids, the order of packets and who rates what follow from one salt.

    Each rater gets packets/<rater>.csv or .jsonl from the private folder, and packets/guide.md, and nothing
    else. The salt stays there until all is rated.
    """
    from fsep.workflow import steps  # noqa: PLC0415 - loaded when called
    from fsep.workflow.place import Workplace  # noqa: PLC0415

    written = steps.blind(Workplace(folder, private), at)
    shown = safe(str(private), 200)
    write(
        f"Committed the blinding. In {shown}:\n"
        + "".join(f"  {safe(name, 200)}\n" for name in written)
        + "Then, for each rater: fsep ratings import FOLDER RATER FILE --private PRIVATE\n"
    )
