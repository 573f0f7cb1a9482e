"""`fsep blind`: draw the salt, and write what raters are shown."""

from __future__ import annotations

from pathlib import Path

import click

from fsep.cli.group import complain
from fsep.cli.output import write
from fsep.render.layout import counted
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

    blinded = steps.blind(Workplace(folder, private), at)
    study, shown = safe(str(folder), 200), safe(str(private), 200)
    write(
        f"Committed the blinding. In {shown}:\n"
        + "".join(f"  {safe(name, 200)}\n" for name in blinded.written)
        + "Give each rater a sheet of theirs and the guide, and keep blinding.json to yourself.\n"
        + f"Then, for each rater: fsep ratings import {study} RATER FILE --private {shown}\n"
    )
    if blinded.named:
        complain(
            f"{counted(blinded.named, 'packet')} show a system's name: of these, raters are not blind.",
            "`fsep explain FSEP-BLD-004` says what can be done.",
        )
