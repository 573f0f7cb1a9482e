"""Reports as JSON: the document of schema `report` for one, an array of them for several."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from fsep.findings import Report
from fsep.render.safe import is_hidden
from fsep.render.style import Style

_OUTSIDE_ASCII = re.compile(r"[^\x00-\x7e]")


def render(reports: Sequence[Report], style: Style | None = None, *, several: bool = False) -> str:
    """Return a report as an object; an array where several were asked for, however many there are."""
    values = [report.as_dict() for report in reports]
    value = values if several or len(values) != 1 else values[0]
    return printable(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


def printable(text: str) -> str:
    """Return JSON text of the same value that is safe on a terminal: only what does not show is escaped.

    Only a lone surrogate, which no JSON can carry, changes: it is replaced by its name.
    """
    return _OUTSIDE_ASCII.sub(lambda match: _escaped(match[0]) if is_hidden(match[0]) else match[0], text)


def _escaped(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return f"\\\\u{{{ord(character):x}}}"
    return json.dumps(character)[1:-1] if character != "\x7f" else "\\u007f"
