"""`fsep init`: begin a bundle."""

from __future__ import annotations

from pathlib import Path

import click

from fsep.cli.output import write
from fsep.render.safe import safe


@click.command(short_help="Begin a bundle.")
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Begin a bundle in FOLDER, as files to author; nothing that is there is overwritten."""
    from fsep.packing import init  # noqa: PLC0415 - loaded when called

    written = init(folder)
    lines = [f"  {safe(str(path), 200)}" for path in written]
    write(
        "\n".join(
            [
                "Written, to be filled in:",
                *lines,
                "",
                f"Then: fsep run {safe(str(folder), 200)} --system my-system=ENDPOINT -o BUNDLE",
            ]
        )
        + "\n",
        None,
    )
