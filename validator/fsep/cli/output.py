"""Where a command's text goes, and how it looks there."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TextIO

from fsep.cli import OutputClosedError
from fsep.cli.group import refuse
from fsep.render.safe import safe
from fsep.render.style import Style


def style_for(stream: TextIO) -> Style:
    """Return what suits a stream: the terminal's width, and colours on a terminal unless NO_COLOR is set."""
    width = shutil.get_terminal_size((80, 24)).columns
    wanted = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Style(width, wanted)


def check_writable(out: Path, inputs: tuple[Path, ...] = ()) -> None:
    """Refuse, before any work is done, a file that cannot be written or that is, or lies in, what is read.

    Raises:
        FsepError: with what is wrong.
    """
    shown = safe(str(out), 200)
    if out.is_dir():
        refuse(f"{shown} is a folder, and a report is a file.", "Give a file name in it.")
    if not out.parent.is_dir():
        refuse(f"The folder of {shown} does not exist.", "Make the folder first.")
    for given in inputs:
        if out.resolve() == given.resolve() or (
            given.is_dir() and out.resolve().is_relative_to(given.resolve())
        ):
            refuse(
                f"{shown} is part of what is read, and would be changed.",
                "Write to another place, outside the bundle.",
            )


def write(text: str, out: Path | None = None) -> None:
    """Write a text to a file, or to standard output.

    Raises:
        FsepError: when the file cannot be written.
        OutputClosedError: when nobody reads standard output any more.
    """
    if out is None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            raise OutputClosedError from None
        return
    try:
        out.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        refuse(f"{safe(str(out), 200)} cannot be written: {error.strerror}.", "Choose another place.")
