"""Replies of a chat endpoint, whole or in pieces, as what a transcript records of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from fsep import limits
from fsep.errors import FsepError
from fsep.run.wire import arguments_of

_FINISH = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool-calls",
    "function_call": "tool-calls",
    "content_filter": "content-filter",
}
_USAGE = {"prompt_tokens": "input_tokens", "completion_tokens": "output_tokens"}
_DETAILS = {
    "completion_tokens_details": ("reasoning_tokens", "reasoning_tokens"),
    "prompt_tokens_details": ("cached_tokens", "cached_tokens"),
}
_EVENT = b"data:"


class NoReply(FsepError):
    """What came is no complete reply; `partial` is the text that had come."""

    def __init__(self, message: str, partial: str = "") -> None:
        """Keep what had come."""
        super().__init__(message)
        self.partial = partial


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete reply: the text, reasoning and calls, and what else an event records of it."""

    text: str
    reasoning: str = ""
    tool_calls: tuple[Mapping[str, Any], ...] = ()
    returned_model: str | None = None
    finish: str = "other"
    usage: Mapping[str, int] = field(default_factory=dict)

    def content(self, blobs: dict[str, bytes]) -> Any:
        """Return the content as an event has it; what is too long for it goes to `blobs`."""
        if not self.reasoning and len(self.text) <= limits.TEXT_CHARACTERS:
            return self.text or None if self.tool_calls else self.text
        parts = (
            [_part({"type": "reasoning", "form": "text"}, self.reasoning, blobs)] if self.reasoning else []
        )
        return parts + ([_part({"type": "text"}, self.text, blobs)] if self.text else [])


def kept(text: str, blobs: dict[str, bytes]) -> Any:
    """Return a text as content: itself, or a part kept in a blob where it is too long."""
    return text if len(text) <= limits.TEXT_CHARACTERS else [_part({"type": "text"}, text, blobs)]


def _part(part: dict[str, Any], text: str, blobs: dict[str, bytes]) -> dict[str, Any]:
    if len(text) <= limits.TEXT_CHARACTERS:
        return {**part, "text": text}
    data = text.encode()
    digest = sha256(data).hexdigest()
    blobs[digest] = data
    return {**part, "blob": digest}


def whole(data: bytes) -> Reply:
    """Read a reply that came at once.

    Raises:
        NoReply: where it is none.
    """
    value = _object(data)
    gathered = _Gathered()
    gathered.head(value)
    for choice in map(_dict, _list(value.get("choices"))):
        gathered.said(choice.get("message"), choice)
    return gathered.reply()


class Pieces:
    """A reply that comes in pieces, as server-sent events."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._gathered = _Gathered()
        self._rest = b""
        self.done = False

    def feed(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            NoReply: where they are no pieces of a reply, or say that something went wrong.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line.startswith(_EVENT) and not self.done:
                self._take(line[len(_EVENT) :].strip())

    def _take(self, data: bytes) -> None:
        if data == b"[DONE]":
            self.done = True
            return
        try:
            value = _object(data)
        except NoReply as error:
            raise NoReply(str(error), self.partial) from None
        self._gathered.head(value)
        for choice in map(_dict, _list(value.get("choices"))):
            self._gathered.said(choice.get("delta"), choice)

    @property
    def partial(self) -> str:
        """The text that has come so far."""
        return "".join(self._gathered.text)

    def reply(self) -> Reply:
        """Return the reply, once all has come.

        Raises:
            NoReply: where it broke off.
        """
        return self._gathered.reply()


class _Gathered:
    """What has come of a reply."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.reasoning: list[str] = []
        self.calls: dict[int, dict[str, str]] = {}
        self.model: str | None = None
        self.finish: str | None = None
        self.usage: dict[str, int] = {}
        self.choices = 0

    def head(self, value: Mapping[str, Any]) -> None:
        if "error" in value and value["error"] is not None:
            raise NoReply("The reply says that something went wrong.", "".join(self.text))
        if isinstance(value.get("model"), str) and value["model"]:
            self.model = value["model"]
        self.usage |= dict(_usage(_dict(value.get("usage"))))

    def said(self, said: Any, choice: Mapping[str, Any]) -> None:
        if choice.get("index", 0) != 0:
            return
        self.choices += 1
        said = _dict(said)
        self.text += _texts(said.get("content")) or _texts(said.get("refusal"))
        self.reasoning += _texts(said.get("reasoning_content")) or _texts(said.get("reasoning"))
        for place, call in enumerate(_list(said.get("tool_calls"))):
            self._call(_dict(call), place)
        if isinstance(choice.get("finish_reason"), str):
            self.finish = choice["finish_reason"]

    def _call(self, call: Mapping[str, Any], place: int) -> None:
        index = call.get("index")
        held = self.calls.setdefault(
            index if isinstance(index, int) else place, {"id": "", "name": "", "arguments": ""}
        )
        function = _dict(call.get("function"))
        held["id"] = held["id"] or "".join(_texts(call.get("id")))
        held["name"] += "".join(_texts(function.get("name")))
        arguments = function.get("arguments")
        held["arguments"] += (
            json.dumps(arguments) if isinstance(arguments, dict) else "".join(_texts(arguments))
        )

    def reply(self) -> Reply:
        if not self.choices or self.finish is None:
            raise NoReply(
                "The reply broke off." if self.choices else "The reply holds no message.", "".join(self.text)
            )
        return Reply(
            "".join(self.text),
            "".join(self.reasoning),
            tuple(_numbered([self.calls[index] for index in sorted(self.calls)])),
            self.model,
            _FINISH.get(self.finish, "other"),
            self.usage,
        )


def _numbered(calls: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    """Yield calls with ids that differ: where a provider gives none, or equal ones, they are numbered."""
    ids = [call["id"] for call in calls]
    distinct = all(ids) and len(set(ids)) == len(ids)
    for place, call in enumerate(calls):
        yield {
            "id": call["id"] if distinct else f"call_{place}",
            "name": call["name"],
            "arguments": arguments_of(call["arguments"]),
        }


def _usage(usage: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for theirs, ours in _USAGE.items():
        yield from _count(usage.get(theirs), ours)
    for details, (theirs, ours) in _DETAILS.items():
        yield from _count(_dict(usage.get(details)).get(theirs), ours)


def _count(value: Any, name: str) -> Iterator[tuple[str, int]]:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= limits.INTEGER:
        yield name, value


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise NoReply("The reply is no JSON.") from None
    if not isinstance(value, dict):
        raise NoReply("The reply is no JSON object.")
    return value


def _texts(value: Any) -> list[str]:
    """Return the texts of content: a text, or parts."""
    if isinstance(value, str):
        return [value]
    parts = map(_dict, _list(value))
    return [
        part["text"] for part in parts if part.get("type") == "text" and isinstance(part.get("text"), str)
    ]


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
