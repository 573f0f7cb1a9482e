"""`fsep report`: a page for reviewers, made from a bundle and its validation."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from fsep import limits
from fsep.bundle import open_bundle
from fsep.cli.output import check_writable, write
from fsep.cli.validate import anchor, facets, validate_one
from fsep.overview import Sampling, overview
from fsep.render.safe import safe

_WORDS = {"conforms": "CONFORMS", "does-not-conform": "DOES NOT CONFORM", "incomplete": "INCOMPLETE"}


@click.command(short_help="Write a page for reviewers, as HTML or Markdown.")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the page to a file and not to standard output.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "markdown"]),
    default="html",
    show_default=True,
    help="html: one file that needs nothing else; markdown: a card for an appendix or a model card.",
)
@click.option(
    "--require",
    metavar="FACETS",
    multiple=True,
    help="Facets to ask about, as of `fsep validate`.",
)
@click.option(
    "--trust",
    metavar="PEMFILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Root certificates of the time-stamp authorities you trust, as of `fsep validate`.",
)
@click.option(
    "--sample",
    "size",
    metavar="N",
    type=click.IntRange(0, limits.SAMPLES),
    default=0,
    help="Show N transcripts, drawn evenly over systems and scaffolds.",
)
@click.option(
    "--seed",
    metavar="TEXT",
    default="0",
    show_default=True,
    help="By which transcripts are drawn: the same seed draws the same ones.",
)
def command(  # noqa: PLR0917 - click gives each option by its name
    bundle: Path,
    out: Path | None,
    form: str,
    require: tuple[str, ...],
    trust: tuple[Path, ...],
    size: int,
    seed: str,
) -> int:
    """Write the page of BUNDLE: verdict, what it establishes and what not, findings, runs, differences.

    Ends in 0 when the page is written, whatever it says; the verdict's exit code is that of `fsep validate`.
    """
    asked, anchors = facets(require), [anchor(path) for path in trust]
    if out is not None:
        check_writable(out, (bundle, *trust))
    report, code = validate_one(bundle, asked, None, False, anchors)
    if report is None:
        return code
    with open_bundle(bundle) as opened:
        seen = overview(opened, report, Sampling(size, seed))
    write(import_module(f"fsep.render.{form}").render(report, seen), out)
    if out is not None:
        write(f"{safe(str(out), 200)} written: {_WORDS[report.verdict]}.\n", None)
    return 0
