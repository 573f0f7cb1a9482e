"""`fsep commit`: write into a study's chain of commitments what it is now."""

from __future__ import annotations

from pathlib import Path

import click

from fsep.cli.output import write
from fsep.render.safe import safe


@click.command(short_help="Commit the design, or the transcripts, as they are now.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("what", type=click.Choice(["design", "transcripts"]))
@click.option("--at", metavar="TIME", help="When, as 2026-05-01T09:00:00Z; now, where it is left out.")
def command(folder: Path, what: str, at: str | None) -> None:
    """Append a commitment to `commitments.json` in FOLDER: of the design before the first run, of the
    transcripts when all runs are made.

    A design that is amended is committed again, and after it the transcripts; neither once the study is
    blinded. Who wants the time to be proven has the commitment time-stamped, and writes the proof beside it.
    """  # noqa: D205 - click shows the first paragraph whole
    from fsep.workflow import steps  # noqa: PLC0415 - loaded when called
    from fsep.workflow.place import Workplace  # noqa: PLC0415

    digest = steps.commit(Workplace(folder), what, at)
    shown = safe(str(folder), 200)
    then = {
        "design": f"Then: fsep run {shown} --system ID=ENDPOINT -o RAN, and fsep commit RAN transcripts.\n"
        f"With a runner of your own: write its runs into {shown}/transcripts, and commit them there.",
        "transcripts": "For a study with a rubric, then: fsep blind; for one without: fsep pack",
    }
    write(f"Committed the {what}: {digest}\n{then[what]}\n")
