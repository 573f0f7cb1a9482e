"""`fsep model`: serve a scripted chat model on the loopback interface."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from fsep.cli import CONFORMS
from fsep.cli.group import refuse
from fsep.cli.output import write
from fsep.render.safe import safe


@click.command(short_help="Serve a scripted chat model on loopback.")
@click.argument("script", type=click.Path(path_type=Path))
@click.option(
    "--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0 for any that is free."
)
@click.option(
    "--log",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Append each request to a file, one JSON line each.",
)
def command(script: Path, port: int, log: Path | None) -> int:
    """Serve the scripted model SCRIPT, as an OpenAI-compatible chat endpoint on 127.0.0.1, until interrupted.

    What it answers follows from the request and the script: no language model takes part. The first line on
    standard output is its base address.
    """
    from fsep.scripted import ScriptedModel, read_script  # noqa: PLC0415 - loaded when called

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        stream = log.open("a", encoding="utf-8", newline="\n") if log is not None else None
    except OSError as error:
        refuse(f"{safe(str(log), 200)} cannot be written: {error.strerror}.", "Choose another place.")

    def record(request: Mapping[str, Any]) -> None:
        if stream is not None:
            stream.write(json.dumps(request, ensure_ascii=False) + "\n")
            stream.flush()

    try:
        model = ScriptedModel(read_script(script), port=port, log=record if stream is not None else None)
    except OSError as error:
        refuse(f"Port {port} cannot be had: {error.strerror}.", "Choose another, or none.")
    with model:
        write(model.url + "\n")
        ended.wait()
    if stream is not None:
        stream.close()
    return CONFORMS
