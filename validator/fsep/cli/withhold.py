"""`fsep withhold`: derive a public bundle from a private one, or show that it was derived."""

from __future__ import annotations

from pathlib import Path

import click

from fsep.cli import CONFORMS, DOES_NOT
from fsep.cli.group import refuse
from fsep.cli.output import write
from fsep.render.withheld import verified_lines, withheld_lines

_ENDING = ".openings.jsonl"
_PATH = click.Path(path_type=Path)


@click.command(short_help="Make the public copy of a bundle, or check one.")
@click.argument("paths", metavar="BUNDLE", nargs=-1, type=_PATH)
@click.option("--policy", metavar="FILE", type=_PATH, help="What is published, in YAML or JSON.")
@click.option("-o", "out", metavar="PUBLIC", type=_PATH, help="The public bundle to write.")
@click.option(
    "--openings",
    metavar="FILE",
    type=_PATH,
    help=f"Where to keep what was withheld, private; PUBLIC{_ENDING} if not given.",
)
@click.option("--verify", is_flag=True, help="Show that a public bundle was made from a private one.")
def command(
    paths: tuple[Path, ...], policy: Path | None, out: Path | None, openings: Path | None, verify: bool
) -> int:
    """Make the public copy of BUNDLE, in which what the policy does not publish is withheld.

    To show that every withheld value stands for the private one, and that nothing else differs:
    `fsep withhold --verify PUBLIC PRIVATE OPENINGS`; exit code 0 if it is so, 1 if not.
    """
    if verify:
        return _verify(paths, (policy, out, openings))
    if len(paths) != 1 or policy is None or out is None:
        refuse("Name a bundle, a policy and where to write.", "fsep withhold BUNDLE --policy FILE -o PUBLIC")
    from fsep.packing.withhold import withhold  # noqa: PLC0415 - loaded when called

    kept = openings or Path(f"{out}{_ENDING}")
    made = withhold(paths[0], policy, out, kept)
    write("\n".join(withheld_lines(made, str(paths[0]), str(out), str(kept))) + "\n", None)
    return CONFORMS


def _verify(paths: tuple[Path, ...], others: tuple[Path | None, ...]) -> int:
    if len(paths) != 3 or any(other is not None for other in others):
        refuse("To verify, name three files and no option.", "fsep withhold --verify PUBLIC PRIVATE OPENINGS")
    from fsep.packing.withhold_verify import verify  # noqa: PLC0415 - loaded when called

    shown = verify(*paths)
    write("\n".join(verified_lines(shown)) + "\n", None)
    return DOES_NOT if shown.faults else CONFORMS
