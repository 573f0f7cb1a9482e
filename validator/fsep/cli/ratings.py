"""`fsep ratings`: take ratings in, have differences decided, open the salt, and say how far raters agree."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from fsep.cli.output import write
from fsep.render.layout import counted

_FOLDER = click.argument("folder", type=click.Path(path_type=Path))
_PRIVATE = click.option(
    "--private",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="The private folder that `fsep blind` wrote.",
)
_AT = click.option("--at", metavar="TIME", help="When it is committed; now, where it is left out.")


@click.group(short_help="Take in ratings, have differences decided, open the salt.")
def command() -> None:
    """The steps between the packets and the figures, in this order: import, adjudicate, import, open."""


@command.command("import", short_help="Take in what a rater filled in.")
@_FOLDER
@click.argument("rater")
@click.argument("file", type=click.Path(path_type=Path))
@_PRIVATE
@_AT
def import_(folder: Path, rater: str, file: Path, private: Path | None, at: str | None) -> None:
    """Write the ratings of RATER from FILE, a packet filled in, in their order, and commit them.

    Programs and self-reports, which know the run, give lines of ratings by run.
    """
    from fsep.workflow import steps  # noqa: PLC0415 - loaded when called
    from fsep.workflow.place import Workplace  # noqa: PLC0415

    count = steps.import_ratings(Workplace(folder, private), rater, file, at)
    write(f"{counted(count, 'rating')} of {rater}.\n")


@command.command(short_help="Write what adjudicators have to decide.")
@_FOLDER
@_PRIVATE
def adjudicate(folder: Path, private: Path | None) -> None:
    """Write packets for the adjudicators: of what the raters leave open, and nothing else."""
    from fsep.workflow import steps  # noqa: PLC0415 - loaded when called
    from fsep.workflow.place import Workplace  # noqa: PLC0415

    found = steps.adjudicate(Workplace(folder, private))
    if not found:
        write("The study has no adjudicator. Then: fsep ratings open\n")
    for rater, count in found.items():
        write(f"{rater} has {counted(count, 'decision')} to make, in packets/{rater}.csv and .jsonl.\n")


@command.command("open", short_help="Publish the salt, when all is rated.")
@_FOLDER
@_PRIVATE
@_AT
def open_(folder: Path, private: Path | None, at: str | None) -> None:
    """Commit that the salt is open, and write it into FOLDER; nothing is rated after that."""
    from fsep.workflow import steps  # noqa: PLC0415 - loaded when called
    from fsep.workflow.place import Workplace  # noqa: PLC0415

    steps.open_salt(Workplace(folder, private), at)
    write("The salt is open. Then: fsep profile, fsep claims, fsep pack\n")


@command.command(short_help="Say how far raters agree.")
@_FOLDER
@_PRIVATE
def agreement(folder: Path, private: Path | None) -> None:
    """Print the agreement of raters, before adjudication, on the ratings that are in."""
    from fsep.workflow import steps  # noqa: PLC0415 - loaded when called
    from fsep.workflow.place import Workplace  # noqa: PLC0415

    found = steps.agreement(Workplace(folder, private))
    if not found:
        write("No dimension is rated by raters.\n")
    for name, one in found.items():
        write(f"{name}: {_said(one)}\n")


def _said(one: Mapping[str, Any]) -> str:
    raw = "none" if one["raw"] is None else f"{one['raw']:.3f}"
    if one["undefined"] is not None:
        said = f"{one['statistic']} undefined ({one['undefined']})"
    else:
        said = f"{one['statistic']} {one['coefficient']:.3f}, to be at least {one['at_least']}"
    unreliable = "; UNRELIABLE: no claim may rest on it" if one["unreliable"] else ""
    split = f", {one['split']} split over whether there was an occasion" if one["split"] else ""
    return f"{said}; raw {raw} on {counted(one['units'], 'thing')}{split}{unreliable}"
