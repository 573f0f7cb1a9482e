"""`fsep schema`: the schemas of the protocol."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from fsep.cli.group import meant, refuse
from fsep.cli.output import style_for, write
from fsep.cli.version import chosen, protocol_option
from fsep.render.layout import wrap
from fsep.render.safe import quoted, safe


@click.group(short_help="List, print or export the JSON Schemas.")
def command() -> None:
    """List, print or export the JSON Schemas of the protocol."""


@command.command("list")
@protocol_option
def list_(version: str | None) -> None:
    """List the schemas, each with what it is for."""
    protocol, style = chosen(version), style_for(sys.stdout)
    width = max(map(len, protocol.schema_names))
    for name in protocol.schema_names:
        made = wrap(
            str(protocol.schema(name).get("description", "")),
            style.columns,
            f"{name:<{width}}  ",
            " " * (width + 2),
        )
        write("\n".join([style.paint(made[0][:width], "cyan") + made[0][width:], *made[1:]]) + "\n", None)


@command.command()
@click.argument("name")
@protocol_option
def show(name: str, version: str | None) -> None:
    """Print the schema NAME."""
    protocol = chosen(version)
    wanted = name.removesuffix(".json").removesuffix(".schema")
    if wanted not in protocol.schema_names:
        refuse(
            f"There is no schema {quoted(name)}.{meant(name, protocol.schema_names)}",
            f"Known are: {', '.join(protocol.schema_names)}.",
        )
    write(_printed(protocol.schema(wanted)), None)


@command.command()
@click.option(
    "-o",
    "out",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder to write them to; made if it is not there.",
)
@protocol_option
def export(out: Path, version: str | None) -> None:
    """Write all schemas to a folder, as NAME.schema.json."""
    protocol = chosen(version)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in protocol.schema_names:
            (out / f"{name}.schema.json").write_text(
                _printed(protocol.schema(name)), encoding="utf-8", newline="\n"
            )
    except OSError as error:
        refuse(
            f"{safe(str(out), 200)} cannot be written to: {error.strerror}.", "Choose another folder with -o."
        )
    count = len(protocol.schema_names)
    write(f"{count} schemas of version {protocol.version} written to {safe(str(out), 200)}\n", None)


def _printed(schema: object) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
