"""Driving the machine with live answers, and recording the run as it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fsep.scaffold.machine import Ending, External, Item, Setting, Want, start
from fsep.scaffold.message import Output
from fsep.scaffold.program import Program

# Answers a want that the program does not answer itself: the content, the calls and what else the event
# records.
Respond = Callable[[Want], tuple[Output, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Recording:
    """The events of a finished run, and how it ended."""

    events: tuple[dict[str, Any], ...]
    ending: Ending


def event_of(want: Want, output: Output, recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event of an answer that came from outside, with what else is recorded of it."""
    event = {member: value for member, value in want.fields.items() if value is not None}
    if want.max_events:
        event |= {"actor": "harness", "origin": "harness", "role": "assistant"}
    event["content"] = output.content
    if output.tool_calls:
        event["tool_calls"] = list(output.tool_calls)
    if output.error:
        event["error"] = True
    if want.request is not None:
        event |= {"parameters": dict(want.request.parameters), "request_sha256": want.request.sha256()}
    return {**event, **recorded}


def drive(program: Program, setting: Setting, item: Item, replicate: int, respond: Respond) -> Recording:
    """Run a program, asking `respond` for every output and every result of a tool.

    An external part is answered by one output, which is recorded as its only event.
    """
    machine = start(program, setting, item, replicate, keep_messages=True)
    events: list[dict[str, Any]] = []
    answer: Output | External | None = None
    while True:
        try:
            want = machine.send(answer)
        except StopIteration as stop:
            return Recording(tuple(events), stop.value)
        event = {member: value for member, value in want.fields.items() if value is not None}
        if want.content is not None:
            events.append({**event, "content": want.content})
            answer = None
        elif want.fields["kind"] == "edit":
            events.append(event)
            answer = None
        else:
            output, recorded = respond(want)
            events.append(event_of(want, output, recorded))
            answer = External(output.content, 1) if want.max_events else output
