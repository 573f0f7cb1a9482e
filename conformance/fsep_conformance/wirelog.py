"""What stands on the wire: the digest of the request in a body, worked out from the specification alone."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import rfc8785

# Members of a body that are no parameters, as the chapter on running has them.
FRAME = ("model", "messages", "tools", "stream", "stream_options")


def wire_digest(body: Mapping[str, Any]) -> str:
    """Work out the digest of the request in a body, with no code of the validator or the runner.

    Raises:
        ValueError, KeyError, TypeError: where the body is no request.
    """
    chain = sha256(b"fsep-view-1").digest()
    for message in body["messages"]:
        chain = sha256(chain + sha256(rfc8785.dumps(_message(message))).digest()).digest()
    tools = [tool["function"] for tool in body.get("tools", ())]
    return sha256(
        rfc8785.dumps(
            {
                "fsep_request": "1.0",
                "model": body["model"],
                "parameters": {name: value for name, value in body.items() if name not in FRAME},
                "tools": sha256(rfc8785.dumps(tools)).hexdigest() if tools else None,
                "view": chain.hex(),
            }
        )
    ).hexdigest()


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    content = message["content"] if message["content"] is not None else ""
    if isinstance(content, list):
        content = [_part(part) for part in content]
    if "reasoning_content" in message:
        reasoning = {"type": "reasoning", "form": "text", "text": message["reasoning_content"]}
        content = [reasoning, *([{"type": "text", "text": content}] if content else [])]
    made = {"role": message["role"], "content": content}
    if "tool_calls" in message:
        made["tool_calls"] = [
            {
                "id": call["id"],
                "name": call["function"]["name"],
                "arguments": given(call["function"]["arguments"]),
            }
            for call in message["tool_calls"]
        ]
    if "tool_call_id" in message:
        made["tool_call_id"] = message["tool_call_id"]
    return made


def given(arguments: str) -> Any:
    """Return a call's arguments: the object that a text is, else the text."""
    try:
        value = json.loads(arguments)
    except ValueError:
        return arguments
    return value if isinstance(value, dict) else arguments


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    if part["type"] == "text":
        return dict(part)
    kind = "image" if part["type"] == "image_url" else part["type"]
    url = part["image_url"]["url"] if kind == "image" else part[kind]["file_data"]
    head, _, data = url.partition(";base64,")
    blob = sha256(b64decode(data)).hexdigest()
    return {"type": kind, "media_type": head[len("data:") :], "blob": blob}
