"""`fsep explain`: more about one requirement, or about a facet."""

from __future__ import annotations

import sys

import click

from fsep.cli.group import meant, refuse
from fsep.cli.output import style_for, write
from fsep.cli.version import chosen, protocol_option
from fsep.protocol import FACETS
from fsep.render.explained import explain, explain_facet
from fsep.render.safe import quoted


@click.command(short_help="Explain one requirement, or a facet.")
@click.argument("id_", metavar="ID")
@protocol_option
def command(id_: str, version: str | None) -> None:
    """Explain the requirement ID, such as FSEP-ADH-002; adh-002 will do. Or a facet, such as replayed."""
    protocol = chosen(version)
    if (facet := id_.lower()) in FACETS:
        write(explain_facet(protocol, facet, style_for(sys.stdout)), None)
        return
    known = {_bare(one): one for one in protocol.requirements}
    wanted = known.get(_bare(id_))
    if wanted is None:
        near = meant(_bare(id_), known) or meant(id_.lower(), FACETS)
        for bare, one in known.items():
            near = near.replace(bare, one)
        refuse(
            f"There is no requirement and no facet {quoted(id_)}.{near}",
            f"`fsep requirements` lists the requirements. Facets are: {', '.join(FACETS)}.",
        )
    write(explain(protocol, protocol.requirements[wanted], style_for(sys.stdout)), None)


def _bare(id_: str) -> str:
    """Return an id without what a person may leave out: case, hyphens and the prefix."""
    return "".join(filter(str.isalnum, id_.upper())).removeprefix("FSEP")
