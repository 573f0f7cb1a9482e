"""Messages as an actor is sent them, and their canonical bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from fsep.parsing.canonical import canonical

# A blob's digest to its text; how text parts that are kept in blobs are read.
BlobText = Callable[[str], str]


def no_blobs(sha256: str) -> str:
    """Stand for the blobs of a record that has none."""
    raise KeyError(sha256)


class WithheldText(Exception):
    """A text that the machine needs is withheld."""


class Output(NamedTuple):
    """What a speaker said, or an environment answered: content as recorded, and the calls beside it."""

    content: Any = None
    tool_calls: Sequence[Mapping[str, Any]] = ()
    error: bool = False


# What stands behind the content in a message's canonical form.
_ROLES = {
    role: b',"role":"%b"' % role.encode() for role in ("assistant", "developer", "system", "tool", "user")
}


class Message(NamedTuple):
    """One message of a view.

    `content` is a text, or content parts where one of them is no text; `tool_calls` and `tool_call_id` are as
    in an event.
    """

    role: str
    content: str | list[Mapping[str, Any]]
    tool_calls: Sequence[Mapping[str, Any]] = ()
    tool_call_id: str | None = None

    def canonical(self) -> bytes:
        """Return the message's canonical form (RFC 8785)."""
        content = self.content
        encoded = encode_basestring(content).encode() if isinstance(content, str) else canonical(content)
        tail = _ROLES[self.role]
        if self.tool_call_id is not None:
            tail += b',"tool_call_id":' + encode_basestring(self.tool_call_id).encode()
        if self.tool_calls:
            tail += b',"tool_calls":' + canonical(
                [{key: call[key] for key in ("arguments", "id", "name")} for call in self.tool_calls]
            )
        return b'{"content":%b%b}' % (encoded, tail)

    def digest(self) -> bytes:
        """Return the 32-byte digest of the message's canonical form."""
        return sha256(self.canonical()).digest()

    def as_dict(self) -> dict[str, Any]:
        """Return the message as a JSON object, members that do not apply left out."""
        made: dict[str, Any] = {"role": self.role, "content": self.content}
        if self.tool_calls:
            made["tool_calls"] = list(self.tool_calls)
        if self.tool_call_id is not None:
            made["tool_call_id"] = self.tool_call_id
        return made


def text_of(content: Any, blob_text: BlobText) -> str:
    """Return the text of recorded content: its text parts in order; of null and of nothing, the empty text.

    Raises:
        WithheldText: where a text part, or all of it, is withheld.
    """
    if isinstance(content, str):
        return content
    if content is None:
        return ""
    if isinstance(content, dict):
        raise WithheldText
    return "".join(part_text(part, blob_text) for part in content if part["type"] == "text")


def part_text(part: Mapping[str, Any], blob_text: BlobText) -> str:
    """Return the text of a text part, from its blob where it is kept in one."""
    if "blob" in part:
        return blob_text(part["blob"])
    if isinstance(part["text"], dict):
        raise WithheldText
    return str(part["text"])


def view_content(
    content: Any, blob_text: BlobText, *, reasoning: bool = False
) -> str | list[Mapping[str, Any]]:
    """Return recorded content as it stands in a view.

    Reasoning is left out, unless it is echoed; where all parts are text, the content is one text.

    Raises:
        WithheldText: where a text part, or all of it, is withheld.
    """
    if isinstance(content, str):
        return content
    if content is None:
        return ""
    if isinstance(content, dict):
        raise WithheldText
    parts: list[Mapping[str, Any]] = []
    only_text = True
    for part in content:
        if part["type"] == "text":
            parts.append({"type": "text", "text": part_text(part, blob_text)})
        elif part["type"] != "reasoning" or reasoning:
            only_text = False
            parts.append(
                {
                    key: part[key]
                    for key in ("type", "blob", "media_type", "form", "text", "signature")
                    if key in part
                }
            )
    return "".join(part["text"] for part in parts) if only_text else parts
