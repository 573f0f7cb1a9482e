"""`fsep compare`: two bundles, whether their cells may be compared, and those that may, side by side."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from fsep.cli import CONFORMS, DOES_NOT
from fsep.cli.output import style_for, write
from fsep.render.json import printable


@click.command(short_help="Say whether two bundles are comparable, and lay their cells side by side.")
@click.argument("a", metavar="A", type=click.Path(path_type=Path))
@click.argument("b", metavar="B", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(a: Path, b: Path, form: str) -> int:
    """Compare the bundles A and B: by digests of what was fixed, thing by thing.

    Cells of a scaffold are comparable where both bundles have the same program under its id, the same
    simulators and environments that it uses, the same items and rubric, and the same plan of rating and
    analysis. Those are shown side by side, each by itself. Nothing is validated: that is what `fsep validate`
    does.

    Ends in 0 where they are comparable, under some scaffold at least; in 1 where they are not.
    """
    from fsep.comparison import compare  # noqa: PLC0415 - loaded when called
    from fsep.comparison.read import read_side  # noqa: PLC0415 - see above
    from fsep.render.comparison import comparison_lines  # noqa: PLC0415 - see above

    made = compare(read_side(a), read_side(b))
    if form == "json":
        write(printable(json.dumps(made.as_dict(), ensure_ascii=False, indent=2)) + "\n", None)
    else:
        write("\n".join(comparison_lines(made, style_for(sys.stdout))) + "\n", None)
    return DOES_NOT if made.comparable == "none" else CONFORMS
