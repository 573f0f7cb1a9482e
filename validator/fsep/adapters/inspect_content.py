"""What messages of Inspect hold, as content: texts, media from data URIs, reasoning."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from fsep import limits
from fsep.adapters import inspect_gaps as gaps
from fsep.adapters.content import Blob, text_content, text_part
from fsep.adapters.loss import Loss
from fsep.adapters.source import Node, SourceError, altered

# Types of parts that hold media, and what such a part is called here; the member has the type's own name.
_MEDIA = {"image": "image", "audio": "audio", "video": "video", "document": "file"}
_DATA = re.compile(r"data:([a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*)((?:;[^;,]*)*),", re.IGNORECASE)


def plain_text(content: Any) -> str | None:
    """Return content that is text alone, its parts joined; None for any other."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    texts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
    if len(texts) < len(content) or not all(isinstance(text, str) for text in texts):
        return None
    return "".join(str(text) for text in texts)


def content_of(message: Node, blob: Blob, loss: Loss) -> tuple[Any, bool]:
    """Return a message's content, and whether it is as it was recorded."""
    content = message.value.get("content")
    if content is None:
        return None, True
    if isinstance(content, str):
        return text_content(content, blob), not altered(content)
    if not isinstance(content, list):
        raise SourceError(f"{message.where}/content: a text or a list was expected.")
    parts: list[dict[str, Any]] = []
    whole = True
    for part in message.each("content"):
        made = _part(part, blob, loss)
        parts += made
        held = (part.value.get("text"), part.value.get("reasoning"))
        whole = whole and bool(made) and not any(map(altered, held))
    return parts, whole


def _part(part: Node, blob: Blob, loss: Loss) -> list[dict[str, Any]]:
    """Return what a part becomes; nothing where there is no place for it, which is a gap."""
    kind = part.get("type", str)
    if kind == "text":
        return [text_part(part.get("text", str), blob)]
    if kind == "reasoning":
        return _reasoning(part, blob)
    if kind in _MEDIA:
        return _media(part, kind, blob, loss)
    loss.gap(gaps.PART, type=kind)
    return []


def _media(part: Node, kind: str, blob: Blob, loss: Loss) -> list[dict[str, Any]]:
    address = part.get(kind, str)
    data = data_uri(address)
    if data is None:
        loss.gap(gaps.MEDIA, type=kind)
        return []
    media_type, held = data
    return [{"type": _MEDIA[kind], "blob": blob(held), "media_type": media_type}]


def data_uri(text: str) -> tuple[str, bytes] | None:
    """Return the media type and the bytes of a data URI in base64; None for anything else."""
    match = _DATA.match(text)
    if match is None or len(match[1]) > 100 or not match[2].lower().endswith(";base64"):
        return None
    try:
        return match[1].lower(), base64.b64decode(text[match.end() :], validate=True)
    except (binascii.Error, ValueError):
        return None


def _reasoning(part: Node, blob: Blob) -> list[dict[str, Any]]:
    text, summary = part.get("reasoning", str, ""), part.get("summary", str, "")
    signature = part.get("signature", str, "")
    signed = {"signature": signature} if 0 < len(signature) <= limits.TEXT_CHARACTERS else {}
    made: list[dict[str, Any]] = []
    if part.value.get("redacted") is True:
        made.append(text_part(text, blob, type="reasoning", form="opaque", **signed))
    elif text or not summary:
        made.append(text_part(text, blob, type="reasoning", form="text", **signed))
    if summary:
        made.append(text_part(summary, blob, type="reasoning", form="summary"))
    return made
