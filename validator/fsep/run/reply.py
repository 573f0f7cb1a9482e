"""Replies of a chat endpoint, whole or in pieces, as what a transcript records of them."""

from __future__ import annotations

import json
import re
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
_DATA = b"data:"
# Of a line end that may go on in the next bytes only what is certain is taken.
_LINE_END = re.compile(rb"\r\n|\n|\r(?!\n|\Z)")


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
        gathered.said(choice.get("message"), choice, in_pieces=False)
    return gathered.reply()


class Pieces:
    """A reply that comes in pieces, as server-sent events (the `text/event-stream` of the HTML standard)."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._gathered = _Gathered()
        self._rest = b""
        self._data: list[bytes] = []
        self.done = False

    def feed(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            NoReply: where they are no pieces of a reply, or say that something went wrong.
        """
        *lines, self._rest = _LINE_END.split(self._rest + data)
        for line in lines:
            if line.startswith(_DATA):
                self._data.append(line[len(_DATA) :].removeprefix(b" "))
            elif not line and self._data:
                self._take()

    def end(self) -> None:
        """Take what stands behind the last line end: nothing follows.

        Raises:
            NoReply: see `feed`.
        """
        self.feed(b"\n\n")

    def _take(self) -> None:
        data, self._data = b"\n".join(self._data).strip(), []
        if self.done or not data:
            return
        if data == b"[DONE]":
            self.done = True
            return
        try:
            value = _object(data)
        except NoReply as error:
            raise NoReply(str(error), self.partial) from None
        self._gathered.head(value)
        for choice in map(_dict, _list(value.get("choices"))):
            self._gathered.said(choice.get("delta"), choice, in_pieces=True)

    @property
    def partial(self) -> str:
        """The text that has come so far."""
        return "".join(self._gathered.text)

    @property
    def begun(self) -> bool:
        """Whether part of a reply has come."""
        return bool(self._gathered.choices)

    @property
    def complete(self) -> bool:
        """Whether all has come that a reply needs to be one."""
        return self._gathered.finish is not None

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
        self.refusal: list[str] = []
        self.reasoning: list[str] = []
        self.calls: list[_Call] = []
        self.model: str | None = None
        self.finish: str | None = None
        self.usage: dict[str, int] = {}
        self.choices = 0

    def head(self, value: Mapping[str, Any]) -> None:
        if "error" in value and value["error"] is not None:
            said = said_of(value)
            raise NoReply(f"an error in the reply{f': {said}' if said else ''}", "".join(self.text))
        if isinstance(value.get("model"), str) and value["model"]:
            self.model = value["model"]
        self.usage |= dict(_usage(_dict(value.get("usage"))))

    def said(self, said: Any, choice: Mapping[str, Any], *, in_pieces: bool) -> None:
        if choice.get("index", 0) != 0:
            return
        self.choices += 1
        said = _dict(said)
        self.text.append(_text(said.get("content")))
        self.refusal.append(_text(said.get("refusal")))
        self.reasoning.append(_text(said.get("reasoning_content")) or _text(said.get("reasoning")))
        for place, call in enumerate(map(_dict, _list(said.get("tool_calls")))):
            # At once every call is one of its own; in pieces several may be of one.
            self._call(call, call.get("index") if in_pieces else place)
        if isinstance(choice.get("finish_reason"), str) and choice["finish_reason"]:
            self.finish = choice["finish_reason"]

    def _call(self, call: Mapping[str, Any], index: Any) -> None:
        id_, function = _text(call.get("id")), _dict(call.get("function"))
        held = self._held(index, id_)
        held.id = held.id or id_
        name = _text(function.get("name"))
        # Some servers repeat it with every piece.
        held.name += name if name != held.name else ""
        arguments = function.get("arguments")
        held.arguments += json.dumps(arguments) if isinstance(arguments, dict) else _text(arguments)

    def _held(self, index: Any, id_: str) -> _Call:
        """Return the call that a piece goes on with: by its index, or else its id, or else the last."""
        if isinstance(index, int):
            known = [one for one in self.calls if one.index == index]
        else:
            known = [one for one in self.calls if one.id == id_] if id_ else self.calls[-1:]
        if not known:
            known = [_Call(index if isinstance(index, int) else len(self.calls))]
            self.calls += known
        return known[0]

    def reply(self) -> Reply:
        if not self.choices or self.finish is None:
            raise NoReply(
                "a reply that broke off" if self.choices else "a reply without a message", "".join(self.text)
            )
        calls = sorted(self.calls, key=lambda one: one.index)
        return Reply(
            _whole("".join(self.text) or "".join(self.refusal)),
            _whole("".join(self.reasoning)),
            tuple(_numbered(calls)),
            self.model,
            _FINISH.get(self.finish, "other"),
            self.usage,
        )


@dataclass(slots=True)
class _Call:
    """A call as far as it has come."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


def said_of(value: Any) -> str:
    """Return the words of an error, as the body of a reply has them; nothing where it has none."""
    error = value.get("error", value) if isinstance(value, dict) else value
    if isinstance(error, dict):
        error = next((error[name] for name in ("message", "detail", "msg") if error.get(name)), "")
    if isinstance(error, list):
        error = "; ".join(filter(None, map(said_of, error)))
    return error if isinstance(error, str) else ""


def _whole(text: str) -> str:
    """Return a text in which characters that came in two halves, in two pieces, are whole."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _numbered(calls: list[_Call]) -> Iterator[dict[str, Any]]:
    """Yield calls with ids that differ: where a provider gives none, or equal ones, they are numbered."""
    ids = [call.id for call in calls]
    distinct = all(ids) and len(set(ids)) == len(ids)
    for place, call in enumerate(calls):
        yield {
            "id": call.id if distinct else f"call_{place}",
            "name": call.name,
            "arguments": arguments_of(call.arguments),
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
        raise NoReply("a reply that is no JSON") from None
    if not isinstance(value, dict):
        raise NoReply("a reply that is no JSON object")
    return value


def _text(value: Any) -> str:
    """Return the text of content: a text, or that of its text parts."""
    if isinstance(value, str):
        return value
    parts = [part for part in map(_dict, _list(value)) if part.get("type") == "text"]
    return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
