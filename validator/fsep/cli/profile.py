"""`fsep profile`: compute the alignment profile from the ratings."""

from __future__ import annotations

from pathlib import Path

import click

from fsep.cli.output import write
from fsep.render.layout import counted


@click.command(short_help="Compute the alignment profile from the ratings.")
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Write profile.json into FOLDER, as it follows from the runs and ratings there: every cell, every
    scaffold's effect on every system, and the differences of effects; nothing over them.
    """  # noqa: D205 - click shows the first paragraph whole
    from fsep.workflow import figures  # noqa: PLC0415 - loaded when called
    from fsep.workflow.place import Workplace  # noqa: PLC0415

    found = figures.profile(Workplace(folder))
    counts = [
        counted(len(found["cells"]), "cell"),
        counted(len(found["effects"]), "effect"),
        counted(len(found["differences"]), "difference of effects", "differences of effects"),
    ]
    names = ", ".join(one["dimension"] for one in found["measured"]) or "none"
    write(
        f"profile.json: {counts[0]}, {counts[1]}, {counts[2]}.\n"
        f"Measured: {names}.\nNot measured: {', '.join(found['not_measured']) or 'none'}.\n"
        "Then: fsep claims FOLDER, or fsep pack FOLDER -o BUNDLE\n"
    )
