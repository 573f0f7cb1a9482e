"""Where the reports of a run go: in which forms, each to a file of its own or one to standard output."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fsep.cli.group import meant, refuse
from fsep.cli.output import check_writable, style_for, write
from fsep.render import FORMS, RENDERERS, Style
from fsep.render.safe import quoted

if TYPE_CHECKING:
    from fsep.findings import Report


@dataclass(frozen=True, slots=True)
class Output:
    """A form, and the file it is written to; None for standard output."""

    form: str
    file: Path | None


def outputs(given: Sequence[str], out: Path | None, inputs: tuple[Path, ...] = ()) -> list[Output]:
    """Read what is asked for, each as FORM or FORM=FILE; nothing asked for is text.

    Args:
        given: as they stand on the command line.
        out: the file of the one form that names none; None for standard output.
        inputs: files and folders that are read, and must not be written to.

    Raises:
        FsepError: for an unknown form, two reports for one place, and a file that cannot be written.
    """
    made = [_output(one) for one in given or ("text",)]
    bare = [one.form for one in made if one.file is None]
    if len(bare) > 1:
        refuse(
            f"{' and '.join(bare)} would go to the same place.",
            f"Give all but one of them a file, as in --format {bare[-1]}=FILE.",
        )
    if out is not None and not bare:
        refuse(
            "-o names a file, and every --format has one of its own.",
            "Leave -o out, or one of the files after --format.",
        )
    made = [Output(one.form, one.file or out) for one in made]
    seen: set[Path] = set()
    for file in (one.file for one in made if one.file is not None):
        if file.resolve() in seen:
            refuse(f"Two reports would be written to {quoted(str(file), 200)}.", "Give each its own file.")
        seen.add(file.resolve())
        check_writable(file, inputs)
    return made


def emit(made: Sequence[Output], reports: Sequence[Report], *, several: bool) -> None:
    """Render reports in each form and write them, standard output last.

    Raises:
        FsepError: when a file cannot be written.
        OutputClosedError: when nobody reads standard output any more.
    """
    for one in sorted(made, key=lambda one: one.file is None):
        style = style_for(sys.stdout) if one.file is None else Style()
        write(RENDERERS[one.form](reports, style, several=several), one.file)


def _output(given: str) -> Output:
    form, named, file = given.partition("=")
    if form not in FORMS:
        refuse(f"There is no format {quoted(form)}.{meant(form, FORMS)}", f"Known are: {', '.join(FORMS)}.")
    if named and not file:
        refuse(f"--format {quoted(given)} names no file after `=`.", f"Write {form}=FILE, or {form} alone.")
    return Output(form, Path(file) if named else None)
