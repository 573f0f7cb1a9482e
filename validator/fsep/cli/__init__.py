"""The command line: thin commands over the library, each loaded when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

CONFORMS, DOES_NOT, USAGE, INCOMPLETE, INTERNAL = 0, 1, 2, 3, 4
# What a shell reports of a program that was interrupted, and of one whose output nobody reads any more:
# neither is a verdict.
INTERRUPTED, UNREAD = 130, 141

TRACEBACK = "FSEP_TRACEBACK"


class OutputClosedError(Exception):
    """Who read the output has enough; no `OSError`, which click would end with the code of a verdict."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; nothing a user or a bundle does ends in a traceback.

    The codes: 0 done, or conforms; 1 does not conform; 2 usage or configuration; 3 incomplete; 4 internal
    error.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        # What a terminal's encoding cannot show is escaped; a report is never lost to it.
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")
    if arguments == ["--version"]:
        from fsep import __version__  # noqa: PLC0415 - no more than that is needed, and click takes longer

        print(f"fsep {__version__}")
        return CONFORMS
    from fsep.cli.group import invoke  # noqa: PLC0415 - see above

    try:
        return invoke(arguments)
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return INTERRUPTED
    except OutputClosedError:
        # Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except Exception as error:
        return internal_error(error)


def internal_error(error: Exception) -> int:
    """Say in one line that something in fsep itself is wrong; raise it where a traceback is asked for."""
    if os.environ.get(TRACEBACK):
        raise error
    from fsep.render.safe import safe  # noqa: PLC0415 - only where something went wrong

    what = safe(f"{type(error).__name__}: {error}", 160)
    print(
        f"fsep: internal error ({what}); set {TRACEBACK}=1 to see where, and please report it.",
        file=sys.stderr,
    )
    return INTERNAL
