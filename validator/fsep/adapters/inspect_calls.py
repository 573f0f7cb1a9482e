"""Calls of models that a log recorded, and which message of a sample each made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from fsep.adapters import inspect_gaps as gaps
from fsep.adapters.inspect_source import References, Sample
from fsep.adapters.loss import Loss
from fsep.adapters.names import named_parameters
from fsep.adapters.source import Node, without_names

FINISHES = {
    "stop": "stop",
    "max_tokens": "length",
    "model_length": "length",
    "tool_calls": "tool-calls",
    "content_filter": "content-filter",
}
TOKENS = (
    ("input_tokens", "input_tokens"),
    ("output_tokens", "output_tokens"),
    ("reasoning_tokens", "reasoning_tokens"),
    ("cached_tokens", "input_tokens_cache_read"),
)
# Members of the configuration that the harness reads itself, and headers, which hold credentials.
_OF_HARNESS = frozenset(
    (
        "max_retries",
        "timeout",
        "attempt_timeout",
        "max_connections",
        "adaptive_connections",
        "max_tool_output",
        "cache",
        "batch",
        "extra_headers",
    )
)


def sent(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a generation's configuration what goes to the model."""
    named = named_parameters(without_names(dict(config))[0])
    return {name: value for name, value in named.items() if value is not None and name not in _OF_HARNESS}


class Calls:
    """The calls of models in one sample; each message takes the one that made it."""

    def __init__(self, sample: Sample, references: References) -> None:
        """Find the calls that came to an output."""
        self._sample, self._references = sample, references
        self._calls: list[Node] = []
        self._by: dict[str, list[int]] = {}
        self._taken: set[int] = set()
        self._others = 0
        for event in _events(sample.node):
            message = _first_message(event.at("output")) if event.value.get("event") == "model" else None
            if message is None or event.value.get("error") is not None:
                self._others += 1
                continue
            for key in _keys(references.resolved(message, sample)):
                self._by.setdefault(key, []).append(len(self._calls))
            self._calls.append(event)
        for places in self._by.values():
            places.reverse()

    @property
    def left(self) -> int:
        """How many events no message was made by."""
        return self._others + len(self._calls) - len(self._taken)

    def take(self, message: Node) -> Node | None:
        """Return the call that made a message, by its id or else by what it says; each call is taken once."""
        for key in _keys(message.value):
            places = self._by.get(key, [])
            while places:
                place = places.pop()
                if place not in self._taken:
                    self._taken.add(place)
                    return self._calls[place]
        return None

    def inputs(self, event: Node) -> list[Any]:
        """Return the messages that a call was given."""
        return self._references.inputs(event, self._sample)


def _keys(message: dict[str, Any]) -> list[str]:
    """Return what a message is known by: its id, and what it says; older logs have no ids."""
    known = [f"id {message['id']}"] if isinstance(message.get("id"), str) else []
    return [*known, json.dumps([message.get("content"), message.get("tool_calls")], sort_keys=True)]


def _events(node: Node) -> Iterator[Node]:
    """Yield events, and those inside them."""
    if node.value.get("events") is None:
        return
    for event in node.each("events"):
        yield event
        yield from _events(event)


def _first_message(output: Node) -> dict[str, Any] | None:
    choices = output.value.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    return message if isinstance(message, dict) else None


def what_happened(call: Node, loss: Loss, system: str) -> dict[str, Any]:
    """Return the members of an output that a call recorded."""
    output = call.at("output")
    members: dict[str, Any] = {"parameters": sent(call.at("config").value)}
    replied = call.at("call").at("response").value.get("model")
    noted = output.value.get("model")
    if isinstance(replied, str) and replied:
        members["returned_model"] = replied[:200]
    elif isinstance(noted, str) and noted:
        members["returned_model"] = noted[:200]
        loss.gap(gaps.RETURNED, system=system)
    else:
        loss.gap(gaps.NO_RETURNED, system=system)
    choice = output.get("choices", list)[0]
    if isinstance(choice.get("stop_reason"), str):
        members["finish"] = FINISHES.get(choice["stop_reason"], "other")
    usage = output.at("usage").value
    counts = {ours: usage[theirs] for ours, theirs in TOKENS if _is_count(usage.get(theirs))}
    if counts:
        members["usage"] = counts
    members |= times(call, loss, started="timestamp", ended="completed")
    if call.value.get("cache") == "read":
        loss.gap(gaps.CACHED)
    if call.value.get("retries"):
        loss.gap(gaps.REQUESTED_AGAIN)
    return members


def times(node: Node, loss: Loss, **places: str) -> dict[str, str]:
    """Return times in UTC, under the names given, of the members that each name says."""
    made = {}
    for name, member in places.items():
        text = node.value.get(member)
        if not isinstance(text, str) or not text:
            continue
        try:
            time = datetime.fromisoformat(text)
            utc = None if time.tzinfo is None else time.astimezone(UTC)
        except (ValueError, OverflowError):
            utc = None
        if utc is None:
            loss.gap(gaps.TIMES)
        else:
            made[name] = utc.replace(tzinfo=None).isoformat() + "Z"
    return made


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
