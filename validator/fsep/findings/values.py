"""Found and expected values as short texts: of long ones, what is shown begins just before they differ."""

from __future__ import annotations

import json
import os
from typing import Any

# Characters of a value that are shown, and how many of those it shares with the other are kept before the
# difference.
SHOWN = 160
BEFORE = 40


def shown(found: Any, expected: Any) -> tuple[str | None, str | None]:
    """Return two values as texts of about 160 characters at most, cut to show their first difference."""
    one, other = _text(found), _text(expected)
    if one is None or other is None or max(len(one), len(other)) <= SHOWN:
        return _cut(one, 0), _cut(other, 0)
    common = os.path.commonprefix([one, other])  # noqa: RUF071  # character by character is what is meant
    start = max(0, len(common) - BEFORE)
    return _cut(one, start), _cut(other, start)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _cut(text: str | None, start: int) -> str | None:
    if text is None:
        return None
    end = start + SHOWN
    return (
        ("…" if start else "")
        + text[start:end]
        + (f"… ({len(text)} characters in all)" if end < len(text) else "")
    )
