"""A request as the body of a chat completion, and the digest of a request taken from such a body.

The digest is computed from the bytes on their way to the model and from nothing else, so that a runner that
sends something other than it writes down is found (spec/1.0/15-running.md, "On the wire").
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from fsep import limits
from fsep.errors import FsepError
from fsep.parsing import json as strict
from fsep.parsing.canonical import canonical
from fsep.parsing.problem import ParseError
from fsep.scaffold.adaptation import Adaptations
from fsep.scaffold.message import Message
from fsep.scaffold.view import Offer, Request, Sent, View

# The digest of a blob to its bytes.
BlobBytes = Callable[[str], bytes]

# Members of a body that are no parameters.
FRAME = ("model", "messages", "tools", "stream", "stream_options")
# Parameters that a scaffold may not have: they refer to what a provider stores, or ask for several replies.
FORBIDDEN = ("store", "previous_response_id", "conversation", "n", "best_of")

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class WireError(FsepError):
    """A request cannot be sent as a chat completion, or a body is none."""


def body_of(request: Request, *, stream: bool, blob: BlobBytes) -> bytes:
    """Write a request as the body of a chat completion.

    Args:
        request: the request; the machine keeps its messages.
        stream: whether the reply is to come in pieces.
        blob: gives the bytes of what messages hold by digest.

    Raises:
        WireError: for a message that the wire has no form for.
    """
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [_message(message, blob) for message in request.messages()],
        **request.parameters,
    }
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {key: tool[key] for key in ("name", "description", "parameters")},
            }
            for tool in request.tools
        ]
    if stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return _encode(body).encode()


def digest_of(body: bytes) -> str:
    """Return the digest of the request that a body holds.

    Raises:
        WireError: where the body is no chat completion that this protocol sends.
    """
    try:
        value: Any = strict.parse(body)
        tools = [tool["function"] for tool in value["tools"]] if "tools" in value else []
        sent = Sent.of(
            value["model"],
            {name: each for name, each in value.items() if name not in FRAME},
            Offer({tool["name"]: tool for tool in tools}),
        )
        view = View(Adaptations(), keep=False)
        for message in value["messages"]:
            view.add(_read(message))
    except (ParseError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise WireError(f"The body is no chat completion of this protocol: {type(error).__name__}.") from None
    return Request(sent, view).sha256()


def _message(message: Message, blob: BlobBytes) -> dict[str, Any]:
    made: dict[str, Any] = {"role": message.role, "content": message.content}
    if not isinstance(message.content, str):
        parts = [part for part in message.content if part["type"] != "reasoning"]
        reasoning = [part for part in message.content if part["type"] == "reasoning"]
        if reasoning:
            made["reasoning_content"] = _reasoning(reasoning, message.content, blob)
        texts = all(part["type"] == "text" for part in parts)
        made["content"] = (
            "".join(part["text"] for part in parts) if texts else [_part(part, blob) for part in parts]
        )
    if message.tool_calls:
        made["content"] = made["content"] or None
        made["tool_calls"] = [
            {
                "id": call["id"],
                "type": "function",
                "function": {"name": call["name"], "arguments": _arguments(call)},
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        made["tool_call_id"] = message.tool_call_id
    return made


def _arguments(call: Mapping[str, Any]) -> str:
    arguments = call["arguments"]
    return arguments if isinstance(arguments, str) else canonical(arguments).decode()


def _reasoning(reasoning: list[Mapping[str, Any]], content: Any, blob: BlobBytes) -> str:
    [part, *others] = reasoning
    if others or part is not content[0] or part["form"] != "text" or "signature" in part:
        raise WireError(
            "Reasoning is echoed that the wire has no form for.",
            advice="Leave out the adaptation `echo-reasoning`.",
        )
    return blob(part["blob"]).decode() if "blob" in part else str(part["text"])


def _part(part: Mapping[str, Any], blob: BlobBytes) -> dict[str, Any]:
    if part["type"] == "text":
        return {"type": "text", "text": part["text"]}
    url = f"data:{part['media_type']};base64,{b64encode(blob(part['blob'])).decode()}"
    if part["type"] == "image":
        return {"type": "image_url", "image_url": {"url": url}}
    return {"type": part["type"], part["type"]: {"file_data": url}}


def _read(message: Mapping[str, Any]) -> Message:
    content = message["content"]
    parts: str | list[Mapping[str, Any]] = "" if content is None else content
    if isinstance(content, list):
        parts = [_read_part(part) for part in content]
    if "reasoning_content" in message:
        text = [{"type": "text", "text": parts}] if isinstance(parts, str) and parts else []
        parts = [_read_reasoning(message["reasoning_content"]), *(text if isinstance(parts, str) else parts)]
    calls = [{"id": call["id"], **_read_call(call["function"])} for call in message.get("tool_calls", ())]
    return Message(message["role"], parts, calls, message.get("tool_call_id"))


def _read_reasoning(text: str) -> dict[str, Any]:
    """Read reasoning as it is recorded: what is too long for a record is kept in a blob."""
    if len(text) > limits.TEXT_CHARACTERS:
        return {"type": "reasoning", "blob": sha256(text.encode()).hexdigest(), "form": "text"}
    return {"type": "reasoning", "form": "text", "text": text}


def _read_call(function: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": function["name"], "arguments": arguments_of(function["arguments"])}


def arguments_of(text: str) -> Any:
    """Return the arguments of a call: the object that a text is as strict JSON, else the text as it came."""
    try:
        value = strict.parse(text.encode())
    except (ParseError, UnicodeEncodeError):
        return text
    return value if isinstance(value, dict) else text


def _read_part(part: Mapping[str, Any]) -> dict[str, Any]:
    if part["type"] == "text":
        return {"type": "text", "text": part["text"]}
    kind = "image" if part["type"] == "image_url" else part["type"]
    url: str = part["image_url"]["url"] if kind == "image" else part[kind]["file_data"]
    head, _, data = url.partition(";base64,")
    try:
        blob = b64decode(data, validate=True)
    except NoBase64:
        raise WireError("An attachment is no base64.") from None
    return {"type": kind, "blob": sha256(blob).hexdigest(), "media_type": head.removeprefix("data:")}
