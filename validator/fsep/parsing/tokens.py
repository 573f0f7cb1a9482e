"""The tokens of a JSON text, for finding places in it; nothing is judged, so that refused texts have them."""

from __future__ import annotations

import json
import re

# One token after white space: punctuation, a string (an unfinished one runs to the end), or a run of anything
# else. Possessive throughout, so that no input makes it backtrack; an invalid byte is part of such a run.
TOKEN = re.compile(
    rb'[ \t\r\n]*+([\[\]{},:]|"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[^\[\]{},:" \t\r\n]++)', re.DOTALL
)

# What matters for the depth of a text: strings, so that they are skipped, and brackets.
STRING_OR_BRACKET = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)

# Numbers of a text that is JSON, and strings so that digits in them are skipped.
STRING_OR_NUMBER = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|-?[0-9][0-9.eE+-]*+', re.DOTALL)

_CONTINUATION = bytes(range(0x80, 0xC0))


def line_column(data: bytes, offset: int) -> tuple[int, int]:
    """Turn a byte offset into a line and a column, both from 1, the column in characters."""
    offset = min(offset, len(data))
    start = data.rfind(b"\n", 0, offset) + 1
    # Bytes that continue a character are not counted, so that an invalid text has columns too.
    column = len(data[start:offset].translate(None, _CONTINUATION)) + 1
    return data.count(b"\n", 0, offset) + 1, column


def string_value(token: bytes) -> str | None:
    """Give the text a string token stands for, or None if it stands for none."""
    try:
        value = json.loads(token.decode("utf-8"))
    except ValueError:
        return None
    return value if isinstance(value, str) else None
