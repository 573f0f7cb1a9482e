"""`fsep ratings`: take ratings in, have differences decided, open the salt, and say how far raters agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from fsep.cli.output import write
from fsep.render.layout import counted
from fsep.render.safe import safe

_Command = TypeVar("_Command", bound=Callable[..., Any])

_FOLDER = click.argument("folder", type=click.Path(path_type=Path))
_HELP = "The private folder that `fsep blind` wrote"


def _private(required: bool, when: str = "") -> Callable[[_Command], _Command]:
    return click.option(
        "--private",
        metavar="FOLDER",
        type=click.Path(path_type=Path),
        required=required,
        help=f"{_HELP}{when}.",
    )


_AT = click.option("--at", metavar="TIME", help="When it is committed; now, where it is left out.")


class _InOrder(click.Group):
    """A group that lists its commands in the order in which they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order in which they were added."""
        return list(self.commands)


@click.group(cls=_InOrder, short_help="Take in ratings, have differences decided, open the salt.")
def command() -> None:
    """The steps between the packets and the figures: import the ratings of every rater; adjudicate, where the
    design plans it, and import what was decided; see how far raters agree; open the salt.
    """  # noqa: D205 - click shows the first paragraph whole


@command.command("import", short_help="Take in what a rater filled in.")
@_FOLDER
@click.argument("rater")
@click.argument("file", type=click.Path(path_type=Path))
@_private(False, "; programs and self-reports need none")
@_AT
def import_(folder: Path, rater: str, file: Path, private: Path | None, at: str | None) -> None:
    """Write into FOLDER the ratings of RATER, and commit them. FILE is the rater's sheet, filled in.

    Programs and self-reports, which know the run, give FILE as JSON Lines (.jsonl), one rating a line:
    {"run": RUN, "dimension": DIMENSION, "value": VALUE}, or "not_occasioned": true in the place of a value.
    Who rates again is imported again, as long as the salt is not open.
    """
    from fsep.workflow import rate, steps  # noqa: PLC0415 - loaded when called
    from fsep.workflow.place import Workplace  # noqa: PLC0415

    place = Workplace(folder, private)
    count = rate.import_ratings(place, rater, file, at)
    missing = steps.lacking(place)
    undecided = steps.lacking(place, roles=("adjudicator",))
    if missing:
        then = f"Not in yet: {', '.join(missing)}."
    elif undecided:
        then = f"Then: fsep ratings adjudicate, for {', '.join(undecided)}."
    else:
        then = "All are in. Then: fsep ratings agreement, fsep ratings open"
    write(f"{counted(count, 'rating')} of {safe(rater, 100)}. {then}\n")


@command.command(short_help="Write what adjudicators have to decide.")
@_FOLDER
@_private(True)
def adjudicate(folder: Path, private: Path) -> None:
    """Write sheets for the adjudicators: of what the raters leave open, and nothing else."""
    from fsep.workflow import rate  # noqa: PLC0415 - loaded when called
    from fsep.workflow.place import Workplace  # noqa: PLC0415

    found = rate.adjudicate(Workplace(folder, private))
    if not found:
        write("The study has no adjudicator. Then: fsep ratings open\n")
    for rater, count in found.items():
        sheet = safe(str(private / "packets" / f"{rater}.csv"), 200)
        study, apart = safe(str(folder), 200), safe(str(private), 200)
        then = f"fsep ratings import {study} {rater} {sheet} --private {apart}"
        write(
            f"{rater} has {counted(count, 'decision')} to make, in {sheet} and .jsonl.\n"
            f"Then, {'filled in' if count else 'as it is'}: {then}\n"
        )


@command.command(short_help="Say how far raters agree.")
@_FOLDER
@_private(False, ", as long as the salt is not open")
def agreement(folder: Path, private: Path | None) -> None:
    """Print the agreement of raters, before adjudication, on the ratings that are in.

    Looking at it changes nothing that may still be chosen: packets, raters and thresholds are fixed.
    """
    from fsep.workflow import figures  # noqa: PLC0415 - loaded when called
    from fsep.workflow.place import Workplace  # noqa: PLC0415

    found = figures.agreement(Workplace(folder, private))
    if not found:
        write("No dimension is rated by raters.\n")
    for name, one in found.items():
        write(f"{name}: {_said(one)}\n")


@command.command("open", short_help="Publish the salt, when all is rated.")
@_FOLDER
@_private(True)
@_AT
def open_(folder: Path, private: Path, at: str | None) -> None:
    """Commit that the salt is open, and write it into FOLDER; nothing is rated after that.

    What could not be mended afterwards, such as a rating that is missing, is refused.
    """
    from fsep.workflow import rate  # noqa: PLC0415 - loaded when called
    from fsep.workflow.place import Workplace  # noqa: PLC0415

    rate.open_salt(Workplace(folder, private), at)
    write("The salt is open. Then: fsep profile FOLDER, fsep claims FOLDER, fsep pack FOLDER -o BUNDLE\n")


def _said(one: Mapping[str, Any]) -> str:
    raw = "none" if one["raw"] is None else f"{one['raw']:.3f}"
    if one["undefined"] is not None:
        said = f"{one['statistic']} undefined ({one['undefined']})"
    else:
        said = f"{one['statistic']} {one['coefficient']:.3f}, to be at least {one['at_least']}"
    unreliable = "; UNRELIABLE: no claim may rest on it" if one["unreliable"] else ""
    split = f", {one['split']} split over whether there was an occasion" if one["split"] else ""
    return f"{said}; raw {raw} on {counted(one['units'], 'thing')}{split}{unreliable}"
