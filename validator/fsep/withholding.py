"""Withheld values (spec/1.0/09-withholding.md): their form, their commitment, and where they may stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from fsep.parsing.canonical import canonical
from fsep.parsing.position import escape_token

TAG = b"fsep-withheld-1"
SALT_BYTES = 32
_MEMBERS = {"commitment", "kind", "reason"}
_KINDS: Mapping[type, str] = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    dict: "object",
    list: "array",
}

# What a value that may be withheld is; the names are those of policies.
Value = Literal["field", "message", "reasoning", "arguments", "edit", "partial", "result", "failure"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place where a value may be withheld: `holder[key]` stands at `pointer` of its line.

    `traits` is what policies tell values apart by: what the value is, and the run, step, speaker or field
    that it belongs to.
    """

    pointer: str
    holder: Any
    key: str | int
    traits: Mapping[str, str]

    @property
    def value(self) -> Any:
        """What stands there."""
        return self.holder[self.key]


def is_withheld(value: Any) -> bool:
    """Whether a value has the form of a withheld one: the names decide, schemas look at what they name."""
    if type(value) is not dict or len(value) != 1:
        return False
    inner = value.get("withheld")
    return type(inner) is dict and inner.keys() == _MEMBERS


def kind_of(value: Any) -> str | None:
    """Return the JSON type of a value, None for null, which is never withheld."""
    return _KINDS.get(type(value))


def commitment(salt: bytes, value: Any) -> str:
    """Return the commitment to a value; the salt has 32 bytes."""
    return sha256(TAG + salt + canonical(value)).hexdigest()


def item_slots(item: Mapping[str, Any]) -> Iterator[Slot]:
    """Yield every place of an item, a valid one, where a value may be withheld."""
    for name in item["fields"]:
        traits = {"value": "field", "item": item["id"], "field": name}
        yield Slot(f"/fields/{escape_token(name)}", item["fields"], name, traits)


def run_slots(head: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[Slot]:
    """Yield every place of one line of a run, a valid one, where a value may be withheld.

    A place inside content comes after the content, and only if the content was not replaced meanwhile.

    Args:
        head: the run's first record, which says what run it is.
        record: the line's.
    """
    run = {member: head[member] for member in ("run", "system", "scaffold", "item")}
    for place, event in enumerate(record["events"]):
        yield from _event_slots(event, f"/events/{place}", run)
    for place, part in enumerate(record.get("result", ())):
        yield from _content_slots(part, f"/result/{place}", {**run, "value": "result", "name": part["name"]})
    failure = record.get("failure", {})
    if "message" in failure:
        yield Slot("/failure/message", failure, "message", {**run, "value": "failure"})
    yield from _attempt_slots(failure, "/failure", run)


def may_hold(data: bytes) -> bool:
    """Whether raw JSON may hold a withheld value; never false where it does."""
    # A name may be written with escapes.
    return b"withheld" in data or b"\\u00" in data


def holds_withheld(slots: Iterable[Slot]) -> bool:
    """Whether a value is withheld at one of the places."""
    return any(is_withheld(slot.value) for slot in slots)


def _event_slots(event: Mapping[str, Any], here: str, run: Mapping[str, str]) -> Iterator[Slot]:
    traits = {**run, "step": event["step"].partition("[")[0]}
    traits |= {member: event[member] for member in ("thread", "actor", "origin", "role") if member in event}
    if "content" in event:
        yield from _content_slots(event, here, {**traits, "value": "message"})
    calls = [(f"tool_calls/{place}", call) for place, call in enumerate(event.get("tool_calls", ()))]
    if "call" in event:
        calls.append(("call", event["call"]))
    for there, call in calls:
        yield Slot(f"{here}/{there}/arguments", call, "arguments", {**traits, "value": "arguments"})
    if "text" in event.get("edit", ()):
        yield Slot(f"{here}/edit/text", event["edit"], "text", {**traits, "value": "edit"})
    yield from _attempt_slots(event, here, traits)


def _content_slots(holder: Mapping[str, Any], here: str, traits: Mapping[str, str]) -> Iterator[Slot]:
    yield Slot(f"{here}/content", holder, "content", traits)
    if not isinstance(holder["content"], list):
        return
    for place, part in enumerate(holder["content"]):
        if "text" in part:
            inner = {**traits, "value": "reasoning"} if part["type"] == "reasoning" else traits
            yield Slot(f"{here}/content/{place}/text", part, "text", inner)


def _attempt_slots(holder: Mapping[str, Any], here: str, traits: Mapping[str, str]) -> Iterator[Slot]:
    for place, attempt in enumerate(holder.get("attempts", ())):
        if "partial" in attempt:
            yield Slot(f"{here}/attempts/{place}/partial", attempt, "partial", {**traits, "value": "partial"})


def blobs_of(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield the digests of the blobs that the content on one line of a run refers to."""
    for holder in (*record["events"], *record.get("result", ())):
        content = holder.get("content")
        for part in content if isinstance(content, list) else ():
            if "blob" in part:
                yield part["blob"]
