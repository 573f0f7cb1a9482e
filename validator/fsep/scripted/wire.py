"""What a scripted model says as the body of an HTTP response: at once, or in pieces."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fsep.scripted.script import Said

_FINISH = {"tool-calls": "tool_calls", "content-filter": "content_filter"}
# Characters of a piece.
_PIECE = 12

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def at_once(said: Said) -> bytes:
    """Return the whole completion."""
    message: dict[str, Any] = {"role": "assistant", "content": said.content}
    if said.reasoning is not None:
        message["reasoning_content"] = said.reasoning
    if said.tool_calls:
        message["tool_calls"] = [
            {
                "id": call["id"],
                "type": "function",
                "function": {"name": call["name"], "arguments": call["arguments"]},
            }
            for call in said.tool_calls
        ]
    choice = {"index": 0, "message": message, "finish_reason": _finish(said)}
    return _encode({**_head(said, "chat.completion"), "choices": [choice], "usage": usage(said)}).encode()


def in_pieces(said: Said, *, with_usage: bool) -> Iterator[bytes]:
    """Yield the server-sent events of a completion that comes in pieces."""
    yield _event(said, {"role": "assistant", "content": ""})
    for piece in _pieces(said.reasoning or ""):
        yield _event(said, {"reasoning_content": piece})
    for piece in _pieces(said.content or ""):
        yield _event(said, {"content": piece})
    for index, call in enumerate(said.tool_calls):
        named = {"name": call["name"], "arguments": ""}
        yield _event(
            said, {"tool_calls": [{"index": index, "id": call["id"], "type": "function", "function": named}]}
        )
        for piece in _pieces(call["arguments"]):
            yield _event(said, {"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield _event(said, {}, _finish(said))
    if with_usage:
        yield _line({**_head(said, "chat.completion.chunk"), "choices": [], "usage": usage(said)})
    yield b"data: [DONE]\n\n"


def usage(said: Said) -> Mapping[str, Any]:
    """Return the usage as providers write it."""
    used = said.usage
    made: dict[str, Any] = {
        "prompt_tokens": used["input_tokens"],
        "completion_tokens": used["output_tokens"],
        "total_tokens": used["input_tokens"] + used["output_tokens"],
    }
    if "reasoning_tokens" in used:
        made["completion_tokens_details"] = {"reasoning_tokens": used["reasoning_tokens"]}
    return made


def error(message: str) -> bytes:
    """Return the body of an error."""
    return _encode({"error": {"message": message, "type": "invalid_request_error"}}).encode()


def _event(said: Said, delta: Mapping[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _line({**_head(said, "chat.completion.chunk"), "choices": [choice]})


def _line(value: Mapping[str, Any]) -> bytes:
    return b"data: " + _encode(value).encode() + b"\n\n"


def _head(said: Said, kind: str) -> dict[str, Any]:
    return {"id": "scripted", "object": kind, "created": 0, "model": said.model}


def _finish(said: Said) -> str:
    return _FINISH.get(said.finish, said.finish)


def _pieces(text: str) -> Iterator[str]:
    for begin in range(0, len(text), _PIECE):
        yield text[begin : begin + _PIECE]
