"""What the records of a run say, in words: who contributed an event, how a run ended, what was noted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fsep.render.layout import counted
from fsep.render.safe import safe
from fsep.withholding import is_withheld

Event = Mapping[str, Any]

_STATUS = {
    "completed": "completed: the program came to its end",
    "limit-reached": "limit reached: a step stopped the run at its bound, which is a normal end",
    "failed": "failed: the run broke off, and counts as missing",
}
_FORMS = {
    "text": "reasoning",
    "summary": "reasoning, a summary",
    "opaque": "reasoning, opaque",
    "withheld": "reasoning, withheld by the provider",
    "none": "no reasoning",
}
_EDITS = {
    "drop-first": "the oldest {count} messages dropped",
    "keep-last": "only the newest {count} messages kept",
    "replace": "all messages replaced by",
}


def facts(head: Event) -> Iterator[str]:
    """Yield how a run ended, when it was, and what it used."""
    yield _STATUS[head["status"]]
    times = [head[member] for member in ("started", "ended") if member in head]
    if times:
        yield " to ".join(map(safe, times))
    if usage := _usage(head):
        yield usage
    if "reward" in head:
        yield f"reward of the source {head['reward']}"


def _usage(record: Event) -> str:
    usage = record.get("usage", {})
    return ", ".join(
        f"{usage[member]:,} {word}"
        for member, word in (
            ("input_tokens", "tokens in"),
            ("output_tokens", "out"),
            ("reasoning_tokens", "reasoning"),
        )
        if member in usage
    )


def contributor(event: Event) -> tuple[str, str]:
    """Return who contributed an event, and as what."""
    origin, actor = event["origin"].upper(), safe(event["actor"])
    who = origin if event["actor"] == event["origin"] else f"{origin} {actor}"
    if event["kind"] == "message":
        if event.get("role") == "system":
            return who, f" instructs {safe(event.get('to', 'everyone'))}"
        if "for" in event:
            return who, f" speaks for {safe(event['for'])}"
        return who, " says as the user" if event.get(
            "role"
        ) == "user" else f" says, role {safe(event.get('role', '-'))}"
    if event["kind"] == "tool-result":
        return who, f" answers {safe(event.get('tool_call_id', ''), 40)}" + (
            " with an error" if event.get("error") else ""
        )
    if event["kind"] == "call":
        return who, " answers the program" + (" with an error" if event.get("error") else "")
    if event["kind"] == "edit":
        return who, " edits"
    if event["kind"] == "external":
        return who, f" in an external part, role {safe(event.get('role', '-'))}"
    return who, " says" if event.get("content") else ""


def noted(event: Event) -> Iterator[str]:
    """Yield what is recorded of a request beside its texts."""
    if "parameters" in event:
        yield (
            ", ".join(f"{safe(name)} {parameter(name, value)}" for name, value in event["parameters"].items())
            or "no parameters"
        )
    if "returned_model" in event:
        yield f"returned {safe(event['returned_model'])}"
    if event.get("finish") not in (None, "stop", "tool-calls"):
        yield f"FINISH {safe(event['finish'])}"
    if usage := _usage(event):
        yield usage
    if len(event.get("attempts", ())) > 1:
        outcomes = ", ".join(attempt["outcome"] for attempt in event["attempts"])
        yield f"{counted(len(event['attempts']), 'attempt')}: {outcomes}"
    if "participant" in event:
        yield f"participant {safe(event['participant'])}"


def parameter(name: str, value: Any) -> str:
    """Return the value of a parameter; no credential, by name or by shape."""
    from fsep.credentials import credentials  # noqa: PLC0415 - its engine is loaded when there is something to look at

    if next(credentials({name: value}, names=True), None):
        return "(credential, not shown)"
    return safe(json.dumps(value, ensure_ascii=False), 60)


def as_json(given: Any) -> str:
    """Return a value of a call as JSON on one line."""
    return safe(json.dumps(given, ensure_ascii=False))


def edited(event: Event) -> str:
    """Return what an edit did to a history."""
    edit = event["edit"]
    return f"history of {safe(event['to'])}: {_EDITS[edit['how']].format(count=edit.get('count'))}"


def called(verb: str, call: Mapping[str, Any]) -> str:
    """Return a call of a tool with its arguments; of withheld ones, the name alone."""
    arguments = call["arguments"]
    name = f"{verb} {safe(call['name'])}"
    if is_withheld(arguments):
        return name
    shown = (
        ", ".join(f"{safe(one)}={as_json(given)}" for one, given in arguments.items())
        if isinstance(arguments, Mapping)
        else f"NO OBJECT: {as_json(arguments)}"
    )
    return f"{name}({shown})"


def form(part: Mapping[str, Any]) -> str:
    """Return what a part of a content is, where it is no text."""
    if part["type"] != "reasoning":
        return safe(part["type"])
    return _FORMS[part["form"]] + (", signed" if "signature" in part else "")


def withheld(given: Mapping[str, Any]) -> str:
    """Return why a value is withheld, and what kind it is of."""
    return f"WITHHELD: {safe(given['withheld']['reason'])} (a {safe(given['withheld']['kind'])})"
