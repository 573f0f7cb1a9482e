"""`fsep import`: make a bundle of results that were recorded in another format."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from fsep.cli.output import style_for, write
from fsep.render.gaps import gap_lines
from fsep.render.safe import safe


@click.group(short_help="Make a bundle of results of another program.")
def command() -> None:
    """Import results of other programs; what they do not record is named as a gap, never filled in."""


def _importer(function: Callable[..., None]) -> click.Command:
    """Make a command that takes files and says where the bundle is to be."""
    out = click.option(
        "-o",
        "out",
        metavar="BUNDLE",
        required=True,
        type=click.Path(path_type=Path),
        help="The bundle to write.",
    )
    files = click.argument(
        "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
    )
    return command.command()(files(out(function)))


@_importer
def tau2(files: tuple[Path, ...], out: Path) -> None:
    """Import result files of tau2-bench, one a system."""
    from fsep.adapters.tau2 import convert  # noqa: PLC0415 - loaded when called

    _tell(convert(list(files), out), out)


@_importer
def inspect(files: tuple[Path, ...], out: Path) -> None:
    """Import logs of Inspect (.json or .eval) of one evaluation, one a system."""
    from fsep.adapters.inspect_log import convert  # noqa: PLC0415 - loaded when called

    _tell(convert(list(files), out), out)


@command.command("tau-bench")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--model",
    "models",
    metavar="NAME",
    multiple=True,
    required=True,
    help="The model of each file, in their order.",
)
@click.option("--user-model", metavar="NAME", help="The model that played the user, where it is known.")
@click.option(
    "-o", "out", metavar="BUNDLE", required=True, type=click.Path(path_type=Path), help="The bundle to write."
)
def tau_bench(files: tuple[Path, ...], models: tuple[str, ...], user_model: str | None, out: Path) -> None:
    """Import result files of tau-bench, one a system; they name no model, so that you have to."""
    from fsep.adapters.tau_bench import convert  # noqa: PLC0415 - loaded when called

    _tell(convert(list(files), out, models, user_model), out)


def _tell(loss: dict[str, Any], out: Path) -> None:
    """Say what was written and what is lacking, and what to do next."""
    style = style_for(sys.stdout)
    shown = safe(str(out), 200)
    gaps = gap_lines(loss["gaps"], style)
    lines = [f"{shown} written.", "", *gaps, *([""] if gaps else []), f"Then: fsep validate {shown}"]
    write("\n".join(lines) + "\n", None)
