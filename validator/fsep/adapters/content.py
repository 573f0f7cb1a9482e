"""Recorded texts as content."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fsep import limits

Blob = Callable[[bytes], str]


def text_content(text: str, blob: Blob) -> Any:
    """Return a text as content: itself, or a text part kept in a blob where it is too long."""
    return text if len(text) <= limits.TEXT_CHARACTERS else [text_part(text, blob)]


def text_part(text: str, blob: Blob, **members: Any) -> dict[str, Any]:
    """Return a text part, or with `members` one of another type, that holds a text or its blob."""
    held = {"text": text} if len(text) <= limits.TEXT_CHARACTERS else {"blob": blob(text.encode())}
    return {"type": "text", **members, **held}
