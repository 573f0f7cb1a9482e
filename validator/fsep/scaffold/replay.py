"""Replay: whether recorded events are a run of a program, and if not, the first that is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fsep.scaffold.machine import Ending, Exhausted, External, Item, Run, Setting, Want, start
from fsep.scaffold.message import BlobText, Output, WithheldText, no_blobs, view_content
from fsep.scaffold.program import Program
from fsep.scaffold.view import Request
from fsep.withholding import is_withheld

Kind = Literal["event", "text", "origin", "request", "result", "status", "parameters"]


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where a record departs from the program.

    `kind` tells what differs: `event` (another event than the program's next), `origin` (the label alone),
    `text` (what the program contributes), `parameters` or `request` (what an actor was sent), `result` or
    `status` (how the run ended). `event` is the place of the event among the run's, or their number where the
    record ends too early; `member` is the event's member that differs.
    """

    kind: Kind
    event: int
    member: str | None
    found: Any
    expected: Any


@dataclass(slots=True)
class Replay:
    """What a replay showed.

    `requests` counts derived digests that agreed, `unrecorded` the requests without one and `underivable`
    those whose tools are not known; `parameters` counts those that agreed, `unstated` the requests without
    any; `withheld`, `exhausted` say why it stopped early, at the event `events`. `prompts` has, of each
    request that offers no tools and is nothing but text, the actor asked, the characters and the input tokens
    recorded for it. `ending` is how the program ended, where it did.
    """

    divergence: Divergence | None = None
    events: int = 0
    requests: int = 0
    unrecorded: int = 0
    underivable: int = 0
    parameters: int = 0
    unstated: int = 0
    program_characters: int = 0
    item_characters: int = 0
    pinned: int = 0
    prompts: list[tuple[str, int, int]] = field(default_factory=list)
    withheld: bool = False
    exhausted: bool = False
    ending: Ending | None = None


_END: Mapping[str, Any] = {}

# The order in which an event's members are looked at: that it is the program's next, its label, what the
# program contributes.
_ORDER: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("event", ("kind", "thread", "actor", "role", "to", "for", "step", "tool_call_id")),
    ("origin", ("origin",)),
    ("text", ("call", "edit")),
)


def replay(  # noqa: PLR0917  # a program, in a setting, on an item: the order is that of the sentence
    program: Program,
    setting: Setting,
    item: Item,
    run: Mapping[str, Any],
    events: Iterable[Mapping[str, Any]],
    blob_text: BlobText = no_blobs,
    *,
    keep_messages: bool = False,
) -> Replay:
    """Replay a run on recorded events.

    Args:
        program: the scaffold's program.
        setting: what the runs of the system share.
        item: the run's item.
        run: the run's record, for `status`, `result` and `replicate`.
        events: its events in order; they may come from several lines and are consumed once.
        blob_text: gives the text of a blob.
        keep_messages: whether the ending shows what the primary actor was sent.
    """
    seen = Replay()
    source = _Source(iter(events))
    machine = start(
        program, setting, item, run["replicate"], blob_text=blob_text, keep_messages=keep_messages
    )
    try:
        seen.divergence = _drive(machine, source, run, seen, blob_text)
    except WithheldText:
        seen.withheld = True
    except Exhausted:
        seen.exhausted = True
    seen.events = source.taken
    return seen


class _Source:
    """Recorded events with one of look-ahead."""

    __slots__ = ("_events", "current", "taken")

    def __init__(self, events: Iterator[Mapping[str, Any]]) -> None:
        self._events = events
        self.taken = 0
        self.current = next(events, _END)

    def advance(self) -> None:
        self.taken += 1
        self.current = next(self._events, _END)


def _drive(
    machine: Run, source: _Source, run: Mapping[str, Any], seen: Replay, blob_text: BlobText
) -> Divergence | None:
    answer: Output | External | None = None
    while True:
        try:
            want = machine.send(answer)
        except StopIteration as stop:
            seen.ending = stop.value
            return _ended(stop.value, source, run, blob_text)
        if want.max_events:
            answer = _external(want, source, seen)
            if run["status"] == "failed" and source.current is _END and answer.events < want.max_events:
                # The harness may have had more to say: what is there is a strict prefix of such a run.
                return None
            continue
        event = source.current
        if event is _END:
            # A failed run is a strict prefix of a run: it may end before any event, and there alone.
            return (
                None
                if run["status"] == "failed"
                else Divergence("event", source.taken, None, None, _shown(want))
            )
        divergence = _compare(want, event, source.taken, seen, blob_text)
        if divergence is not None:
            return divergence
        calls = event.get("tool_calls", ())
        if any(is_withheld(call["arguments"]) for call in calls):
            raise WithheldText
        answer = None if want.content is not None else Output(event.get("content"), calls)
        source.advance()


def _compare(
    want: Want, event: Mapping[str, Any], place: int, seen: Replay, blob_text: BlobText
) -> Divergence | None:
    for name, value in want.fields.items():
        if event.get(name) != value:
            return _first_difference(want.fields, event, place)
    if want.content is not None:
        seen.program_characters += len(want.content)
        seen.item_characters += want.item_characters
        # A part of another kind than text is none of what the program says, reasoning included.
        recorded = view_content(event.get("content"), blob_text, reasoning=True)
        if recorded != want.content:
            return Divergence("text", place, "content", recorded, want.content)
    if want.request is not None:
        divergence = _compare_request(want.request, event, place, seen)
        if divergence is None and "input_tokens" in event.get("usage", ()):
            _weigh(want.request, event, seen)
        return divergence
    return None


def _weigh(request: Request, event: Mapping[str, Any], seen: Replay) -> None:
    characters = request.view.characters
    if characters is not None and request.derivable and not request.tools:
        seen.prompts.append((event["actor"], characters, event["usage"]["input_tokens"]))


def _first_difference(expected: Mapping[str, Any], event: Mapping[str, Any], place: int) -> Divergence:
    for kind, members in _ORDER:
        for member in members:
            if member in expected and event.get(member) != expected[member]:
                if kind == "text" and _withheld_alone(member, event.get(member), expected[member]):
                    raise WithheldText
                return Divergence(kind, place, member, event.get(member), expected[member])
    raise AssertionError("a member of an event is in no order of comparison")


def _withheld_alone(member: str, recorded: Any, expected: Mapping[str, Any]) -> bool:
    """Whether what keeps two edits or calls from being compared is withheld, and nothing else differs."""
    inner = "text" if member == "edit" else "arguments"
    return (
        isinstance(recorded, dict)
        and is_withheld(recorded.get(inner))
        and {**recorded, inner: expected.get(inner)} == expected
    )


def _compare_request(
    request: Request, event: Mapping[str, Any], place: int, seen: Replay
) -> Divergence | None:
    if "parameters" not in event:
        seen.unstated += 1
    elif same(event["parameters"], request.parameters):
        seen.parameters += 1
    else:
        return Divergence("parameters", place, "parameters", event["parameters"], dict(request.parameters))
    recorded = event.get("request_sha256")
    if recorded is None:
        seen.unrecorded += 1
    elif not request.derivable:
        seen.underivable += 1
    else:
        derived = request.sha256()
        if recorded != derived:
            return Divergence("request", place, "request_sha256", recorded, derived)
        seen.requests += 1
    return None


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal as JSON: true is not 1, and 1.0 is 1."""
    return bool(one == other) and _same_truths(one, other)


def _same_truths(one: Any, other: Any) -> bool:
    """Whether two values that Python holds equal have their booleans in the same places."""
    if type(one) is dict:
        return all(_same_truths(value, other[key]) for key, value in one.items() if type(value) is not str)
    if type(one) is list:
        return all(map(_same_truths, one, other))
    return (type(one) is bool) == (type(other) is bool)


def _external(want: Want, source: _Source, seen: Replay) -> External:
    """Pass over the events of an opaque part; its words are its last assistant message."""
    content, events = None, 0
    while events < want.max_events and all(
        source.current.get(member) == value for member, value in want.fields.items()
    ):
        if source.current.get("role") == "assistant":
            content = source.current.get("content")
        events += 1
        source.advance()
    seen.pinned += 1
    return External(content, events)


def _ended(ending: Ending, source: _Source, run: Mapping[str, Any], blob_text: BlobText) -> Divergence | None:
    if source.current is not _END:
        return Divergence("event", source.taken, None, _shown(source.current), None)
    if run["status"] != ending.status:
        return Divergence("status", source.taken, "status", run["status"], ending.status)
    recorded = run.get("result", ())
    for part, (expected_name, expected) in zip(recorded, ending.result, strict=False):
        if part["name"] != expected_name:
            return Divergence("result", source.taken, "result", part["name"], expected_name)
        text = view_content(part["content"], blob_text, reasoning=True)
        if text != expected:
            return Divergence("result", source.taken, "result", text, expected)
    if len(recorded) != len(ending.result):
        return Divergence(
            "result",
            source.taken,
            "result",
            [part["name"] for part in recorded],
            [name for name, _ in ending.result],
        )
    return None


def _shown(thing: Want | Mapping[str, Any]) -> dict[str, Any]:
    """Return what tells an event from another, for a message."""
    fields = thing.fields if isinstance(thing, Want) else thing
    return {
        member: fields[member]
        for member in ("step", "kind", "actor", "thread")
        if fields.get(member) is not None
    }
