"""The group of commands: a table of names, each command imported when it is called."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from fsep import __version__
from fsep.cli import USAGE
from fsep.errors import FsepError
from fsep.render.safe import quoted, safe

# In the order in which they are listed: what a newcomer needs first.
COMMANDS = {
    "validate": "fsep.cli.validate",
    "report": "fsep.cli.report",
    "compare": "fsep.cli.compare",
    "coverage": "fsep.cli.coverage",
    "show": "fsep.cli.show",
    "explain": "fsep.cli.explain",
    "requirements": "fsep.cli.requirements",
    "schema": "fsep.cli.schema",
    "init": "fsep.cli.init",
    "run": "fsep.cli.run",
    "model": "fsep.cli.model",
    "pack": "fsep.cli.pack",
    "commit": "fsep.cli.commit",
    "blind": "fsep.cli.blind",
    "ratings": "fsep.cli.ratings",
    "profile": "fsep.cli.profile",
    "claims": "fsep.cli.claims",
    "merge": "fsep.cli.merge",
    "import": "fsep.cli.import_",
    "withhold": "fsep.cli.withhold",
    "conformance": "fsep_conformance.cli",
}


class LazyGroup(click.Group):
    """A group whose commands are modules with a `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in their order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None for a name that is none."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; name the nearest where there is none."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"There is no command {quoted(args[0])}.{meant(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 conforms, or done; 1 does not conform; 2 usage or configuration; 3 incomplete; "
    "4 internal error.",
)
@click.version_option(__version__, message="fsep %(version)s")
def group() -> None:
    """Check that an evaluation met the same fixed scaffold for every system.

    A bundle is a directory or a zip archive that holds what was fixed and what happened: begin with
    `fsep validate BUNDLE`.
    """


def invoke(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; errors of the caller are one sentence and advice."""
    try:
        code: Any = group.main(list(arguments), prog_name="fsep", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return USAGE
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        complain(
            error.format_message(),
            f"`{context.command_path} --help` tells how to call it." if context is not None else None,
        )
        return USAGE
    except click.Abort:
        raise KeyboardInterrupt from None
    except FsepError as error:
        complain(str(error), error.advice)
        return USAGE
    return code if isinstance(code, int) else 0


def complain(message: str, advice: str | None = None) -> None:
    """Print an error, and on a line of its own what can be done about it."""
    sys.stdout.flush()
    click.echo(f"fsep: {safe(message)}", err=True)
    if advice:
        click.echo(f"      {safe(advice)}", err=True)


def meant(given: str, known: Sequence[str] | dict[str, Any]) -> str:
    """Return a sentence that names what comes nearest to an unknown name; nothing where nothing does."""
    near = difflib.get_close_matches(given[:200], list(known), n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def refuse(message: str, advice: str | None = None) -> NoReturn:
    """End a command with an error of usage.

    Raises:
        FsepError: always.
    """
    raise FsepError(message, advice=advice)
