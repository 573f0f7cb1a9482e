"""`fsep requirements`: what the protocol asks."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from fsep.cli.group import meant, refuse
from fsep.cli.output import style_for, write
from fsep.cli.version import chosen, protocol_option
from fsep.protocol import FACETS
from fsep.render.layout import counted, wrap
from fsep.render.safe import quoted
from fsep.render.style import Style

if TYPE_CHECKING:
    from fsep.protocol import Requirement

_ORDER = (*FACETS, "-")


@click.command(short_help="List what the protocol asks.")
@click.option("--facet", metavar="FACET", help="Only those that count for this facet.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for programs.",
)
@protocol_option
def command(facet: str | None, form: str, version: str | None) -> None:
    """List the requirements of the protocol, by facet."""
    protocol = chosen(version)
    # By facet in their order, what counts for none last; within a facet in the order of the chapters.
    every = sorted(protocol.requirements.values(), key=lambda one: _ORDER.index(one.facet))
    facets = list(dict.fromkeys(one.facet for one in every if one.facet != "-"))
    if facet is not None and facet not in facets:
        refuse(
            f"No requirement counts for a facet {quoted(facet)}.{meant(facet, facets)}",
            f"Facets with requirements are: {', '.join(facets)}.",
        )
    found = [one for one in every if facet is None or one.facet == facet]
    if form == "json":
        write(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2) + "\n", None)
        return
    write(_text(found, f"FSEP {protocol.version} ({protocol.stage})", style_for(sys.stdout)), None)


def _text(found: Sequence[Requirement], title: str, style: Style) -> str:
    lines = [f"{title}: {counted(len(found), 'requirement')}; `fsep explain ID` says more about one."]
    for facet in dict.fromkeys(one.facet for one in found):
        of_facet = [one for one in found if one.facet == facet]
        heading = f"Facet {facet}" if facet != "-" else "Of no facet"
        lines += ["", style.paint(f"{heading} ({len(of_facet)})", "bold")]
        for one in of_facet:
            made = wrap(one.text, style.columns, f"  {one.id}  ", " " * (len(one.id) + 4))
            lines += [style.paint(made[0][: len(one.id) + 2], "cyan") + made[0][len(one.id) + 2 :], *made[1:]]
    return "\n".join(lines) + "\n"
