"""The option that names a version of the protocol, for commands that no bundle gives one to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from fsep.protocol import Protocol, load, versions


def protocol_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--protocol-version`, which the command receives as `version`."""
    return click.option(
        "--protocol-version",
        "version",
        metavar="VERSION",
        help="The version of the protocol; the newest that this fsep knows, if none is named.",
    )(function)


def chosen(version: str | None) -> Protocol:
    """Return a version, the newest known where none is named.

    Raises:
        UnknownVersion: for one that is not known.
    """
    return load(version or versions()[-1].version)
