"""`fsep claims`: derive how far each claim is from its evidence."""

from __future__ import annotations

from pathlib import Path

import click

from fsep.cli.output import write
from fsep.render.layout import counted
from fsep.render.safe import safe


@click.command(short_help="Derive how far each claim is from its evidence.")
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Derive for the claims in FOLDER the level of their evidence, its marks, and each axis beyond it.

    Bridges that are there stay. Where there are no claims yet, they are begun with what the figures show.
    """
    from fsep.workflow import figures  # noqa: PLC0415 - loaded when called
    from fsep.workflow.place import Workplace  # noqa: PLC0415

    made, begun = figures.claims(Workplace(folder))
    lines = [
        f"claims.json: {counted(len(made['claims']), 'claim')}{', begun from the profile' if begun else ''}."
    ]
    for claim in made["claims"]:
        missing = [reach["axis"] for reach in claim.get("distance", ()) if "bridge" not in reach]
        if missing:
            lines.append(f"  {safe(claim['id'], 100)} needs a bridge on: {', '.join(missing)}")
    lines.append("Then: fsep pack FOLDER -o BUNDLE, and fsep validate BUNDLE")
    write("\n".join(lines) + "\n")
