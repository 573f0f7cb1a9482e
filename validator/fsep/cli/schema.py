"""`fsep schema`: the schemas of the protocol."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from fsep.cli.group import meant, refuse
from fsep.cli.output import style_for, write
from fsep.cli.version import chosen, protocol_option
from fsep.render.layout import wrap
from fsep.render.safe import quoted, safe

# Not `settings.json`, which an editor may have there, with what its user wants in it.
_SETTINGS = "vscode-settings.json"


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
@click.option(
    "--vscode",
    is_flag=True,
    help="Write schemas of what people author instead, each in one file, and settings of Visual Studio Code "
    "that bind them to the files of a folder to pack, in JSON and YAML.",
)
@protocol_option
def export(out: Path, vscode: bool, version: str | None) -> None:
    """Write all schemas to a folder, as NAME.schema.json."""
    protocol = chosen(version)
    shown = safe(str(out), 200)
    if not vscode:
        _write(out, {_file(name): protocol.schema(name) for name in protocol.schema_names})
        write(
            f"{len(protocol.schema_names)} schemas of version {protocol.version} written to {shown}\n", None
        )
        return
    from fsep.packing import editor  # noqa: PLC0415 - it loads the checks

    made = editor.schemas(protocol)
    settings = editor.settings(protocol, _url(out))
    _write(out, {**{_file(name): schema for name, schema in made.items()}, _SETTINGS: settings})
    write(
        f"{len(made)} schemas of version {protocol.version} written to {shown}, and {_SETTINGS}.\n"
        "Copy its two members into .vscode/settings.json of the folder you work in, which is this one; the\n"
        "folder to pack lies in it, and holds nothing hidden itself. YAML needs redhat.vscode-yaml.\n",
        None,
    )


def _url(out: Path) -> str:
    """Return a folder as settings name it: relative to the working one where it lies in it, else as a URI."""
    folder, here = out.resolve(), Path.cwd().resolve()
    if folder == here:
        return "."
    return f"./{folder.relative_to(here).as_posix()}" if folder.is_relative_to(here) else folder.as_uri()


def _file(name: str) -> str:
    return f"{name}.schema.json"


def _write(out: Path, files: Mapping[str, object]) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, value in files.items():
            (out / name).write_text(_printed(value), encoding="utf-8", newline="\n")
    except OSError as error:
        refuse(
            f"{safe(str(out), 200)} cannot be written to: {error.strerror}.", "Choose another folder with -o."
        )


def _printed(schema: object) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
