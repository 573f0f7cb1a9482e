"""The scaffold language once more, written from the specification's chapters 3 to 6 alone and as plainly as it can be.

It shares nothing with `fsep.scaffold`: every request is made of the whole list of messages, written with `rfc8785` and hashed anew;
patterns are matched by following sets of positions; a JSON array in a text is looked for at every bracket. It is slow, and has
no limits. Programs are taken to be well formed.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import rfc8785

from fsep.parsing.json import parse as strict_json
from fsep.parsing.problem import ParseError

Json = Any
Event = dict[str, Any]


@dataclass(frozen=True)
class World:
    """Everything a run depends on beside its program and its outputs, as plain values."""

    model: str = "alpha-1"
    design_sha256: str = "0" * 64
    adaptations: Sequence[Mapping[str, Any]] = ()
    simulators: Mapping[str, str] = field(default_factory=dict)
    environments: Mapping[str, Sequence[Mapping[str, Any]] | None] = field(default_factory=dict)
    item: str = "item-1"
    fields: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    replicate: int = 0
    blobs: Mapping[str, str] = field(default_factory=dict)


class Diverges(Exception):
    """The record is no run of the program: at which event, and which of chapter 6's comparisons failed."""

    def __init__(self, event: int, kind: str) -> None:
        super().__init__(event, kind)
        self.event, self.kind = event, kind


class _RanOut(Exception):
    """There is no recorded event left to answer with."""


class _Stopped(Exception):
    """A bound was met whose step says `stop`."""


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def canonical(value: Json) -> bytes:
    return rfc8785.dumps(value)


# --- chapter 3: templates, tests, extractions ---


def render(template: str, values: Mapping[str, Any]) -> str:
    out, rest = "", template
    while "{{" in rest:
        before, _, rest = rest.partition("{{")
        out += before
        if rest.startswith("{{"):
            out, rest = out + "{{", rest[2:]
        else:
            name, _, rest = rest.partition("}}")
            assert isinstance(values[name], str)
            out += values[name]
    return out + rest


def _json_whole(text: str) -> tuple[bool, Json]:
    try:
        return True, strict_json(text.encode())
    except (ParseError, UnicodeEncodeError):
        return False, None


def _as_text(value: Json) -> str:
    return value if isinstance(value, str) else canonical(value).decode()


def _json_array(text: str) -> list[str] | None:
    starts = [place for place, character in enumerate(text) if character == "["][:64]
    for start in starts:
        for end in [place for place, character in enumerate(text) if character == "]" and place > start]:
            found, value = _json_whole(text[start : end + 1])
            if found:
                return [_as_text(element) for element in value]
    return None


def _pointed(text: str, pointer: str) -> str | None:
    found, value = _json_whole(text.strip("\t\n\r "))
    if not found:
        return None
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name in [str(index) for index in range(len(value))]:
            value = value[int(name)]
        else:
            return None
    return _as_text(value)


def _cut(operation: Mapping[str, Any], text: str) -> str | None:
    marker = operation["marker"]
    places = [place for place in range(len(text)) if text.startswith(marker, place)]
    if not places:
        return None
    place = places[0] if operation["which"] == "first" else places[-1]
    return text[:place] if operation["op"] == "before" else text[place + len(marker) :]


def _on_text(operation: Mapping[str, Any], text: str) -> str | None:
    if operation["op"] == "trim":
        return text.strip("\t\n\r ")
    return (
        _pointed(text, operation["pointer"]) if operation["op"] == "json-pointer" else _cut(operation, text)
    )


def _operate(operation: Mapping[str, Any], value: Any) -> Any:
    """Return what one operation gives, None where it fails."""
    name = operation["op"]
    if name == "lines":
        return [line.removesuffix("\r") for line in value.split("\n")]
    if name == "split":
        return value.split(operation["at"])
    if name == "json-array":
        return _json_array(value)
    if name == "nonempty":
        return [text for text in value if text != ""]
    if name == "first":
        return value[: operation["count"]]
    if isinstance(value, str):
        return _on_text(operation, value)
    each = [_on_text(operation, text) for text in value]
    return None if any(text is None for text in each) else each


def extract(pipelines: Sequence[Sequence[Mapping[str, Any]]], text: str) -> Any:
    """Return what the first pipeline that does not fail gives; None where all fail."""
    for operations in pipelines:
        value: Any = text
        for operation in operations:
            value = _operate(operation, value)
            if value is None or value == []:
                break
        else:
            return value
    return None


class _Pattern:
    """An I-Regexp (RFC 9485), read by recursive descent; `ends` follows the set of places a match may have come to."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.place = pattern, 0
        self.tree = self._alternatives()
        assert self.place == len(pattern)

    def matches(self, text: str) -> bool:
        return len(text) in self._ends(self.tree, text, {0})

    def _peek(self) -> str:
        return self.pattern[self.place : self.place + 1]

    def _next(self) -> str:
        self.place += 1
        return self.pattern[self.place - 1]

    def _alternatives(self) -> Any:
        branches = [self._branch()]
        while self._peek() == "|":
            self._next()
            branches.append(self._branch())
        return ("any", branches)

    def _branch(self) -> Any:
        pieces = []
        while self._peek() not in ("", "|", ")"):
            atom = self._atom()
            if self._peek() != "" and self._peek() in "*+?{":
                atom = ("repeat", atom, *self._bounds())
            pieces.append(atom)
        return ("row", pieces)

    def _bounds(self) -> tuple[int, int | None]:
        sign = self._next()
        if sign != "{":
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        inside = "".join(iter(self._next, "}"))
        low, comma, high = inside.partition(",")
        return int(low), int(high) if high else None if comma else int(low)

    def _character(self) -> str:
        character = self._next()
        if character == "\\":
            character = self._next()
            return {"n": "\n", "r": "\r", "t": "\t"}.get(character, character)
        return character

    def _atom(self) -> Any:
        if self._peek() == "(":
            self._next()
            tree = self._alternatives()
            assert self._next() == ")"
            return tree
        if self._peek() == ".":
            self._next()
            return ("none of", [("\n", "\n"), ("\r", "\r")])
        if self._peek() == "[":
            return self._class()
        character = self._character()
        return ("one of", [(character, character)])

    def _class(self) -> Any:
        self._next()
        kind = "one of"
        if self._peek() == "^":
            self._next()
            kind = "none of"
        ranges = []
        while self._peek() != "]":
            bare = self._peek() == "-"
            low = high = self._character()
            if not bare and self._peek() == "-" and self.pattern[self.place + 1] != "]":
                self._next()
                high = self._character()
            ranges.append((low, high))
        self._next()
        return (kind, ranges)

    def _ends(self, tree: Any, text: str, starts: set[int]) -> set[int]:
        kind = tree[0]
        if kind == "any":
            return set().union(*(self._ends(branch, text, starts) for branch in tree[1]))
        if kind == "row":
            for piece in tree[1]:
                starts = self._ends(piece, text, starts)
            return starts
        if kind == "repeat":
            return self._repeated(tree, text, starts)
        inside = {
            place
            for place in starts
            if place < len(text) and any(low <= text[place] <= high for low, high in tree[1])
        }
        chosen = inside if kind == "one of" else {place for place in starts if place < len(text)} - inside
        return {place + 1 for place in chosen}

    def _repeated(self, tree: Any, text: str, starts: set[int]) -> set[int]:
        _, inner, low, high = tree
        for _ in range(low):
            starts = self._ends(inner, text, starts)
        reached, last = set(starts), starts
        for _ in itertools.count() if high is None else range(high - low):
            last = self._ends(inner, text, last) - reached
            if not last:
                break
            reached |= last
        return reached


def matches(pattern: str, text: str) -> bool:
    return _Pattern(pattern).matches(text)


# --- chapter 4: messages, adaptations, requests ---


def _part_text(part: Mapping[str, Any], blobs: Mapping[str, str]) -> str:
    return blobs[part["blob"]] if "blob" in part else part["text"]


def output_text(content: Json, blobs: Mapping[str, str]) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    return "".join(_part_text(part, blobs) for part in content if part["type"] == "text")


def message_content(content: Json, blobs: Mapping[str, str], *, echo: bool) -> Json:
    if content is None or isinstance(content, str):
        return content or ""
    stay = [part for part in content if echo or part["type"] != "reasoning"]
    if all(part["type"] == "text" for part in stay):
        return "".join(_part_text(part, blobs) for part in stay)
    return [
        {"type": "text", "text": _part_text(part, blobs)}
        if part["type"] == "text"
        else {
            name: part[name]
            for name in ("type", "blob", "media_type", "form", "text", "signature")
            if name in part
        }
        for part in stay
    ]


def _last(adaptations: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, Any] | None:
    return next((one for one in reversed(adaptations) if one["kind"] == kind), None)


def adapted_parameters(
    parameters: Mapping[str, Any], adaptations: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    sent = dict(parameters)
    for one in adaptations:
        if one["kind"] == "omit-parameter":
            sent = {name: value for name, value in sent.items() if name != one["parameter"]}
        if one["kind"] == "client-side-stop":
            sent = {name: value for name, value in sent.items() if name != "stop"}
        if one["kind"] == "clamp-parameter" and one["parameter"] in sent:
            value = sent[one["parameter"]]
            if isinstance(value, int | float) and value is not True and value is not False:
                if "minimum" in one and value < one["minimum"]:
                    value = one["minimum"]
                if "maximum" in one and value > one["maximum"]:
                    value = one["maximum"]
                sent[one["parameter"]] = value
    return sent


def adapted_messages(
    messages: list[dict[str, Any]], adaptations: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    system = _last(adaptations, "system-text")
    if system is not None and system["as"] == "developer":
        messages = [
            {**message, "role": "developer"} if message["role"] == "system" else message
            for message in messages
        ]
    elif system is not None:
        messages = _carried(messages)
    merge = _last(adaptations, "merge-adjacent")
    if merge is None:
        return messages
    merged: list[dict[str, Any]] = []
    for message in messages:
        plain = isinstance(message["content"], str) and message.keys() == {"role", "content"}
        if (
            merged
            and plain
            and merged[-1].keys() == {"role", "content"}
            and merged[-1]["role"] == message["role"]
        ):
            before = merged[-1]["content"]
            if isinstance(before, str):
                merged[-1] = {
                    "role": message["role"],
                    "content": before + merge["separator"] + message["content"],
                }
                continue
        merged.append(message)
    return merged


def _carried(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the messages with each row of `system` messages put into, or before, the one that follows it."""
    sent: list[dict[str, Any]] = []
    for is_system, row in itertools.groupby(messages, lambda message: message["role"] == "system"):
        held = list(row)
        if is_system:
            sent.append({"role": "held", "content": "\n\n".join(message["content"] for message in held)})
            continue
        first = held[0]
        if (
            sent
            and sent[-1]["role"] == "held"
            and first["role"] == "user"
            and isinstance(first["content"], str)
        ):
            held[0] = {"role": "user", "content": sent.pop()["content"] + "\n\n" + first["content"]}
        sent += held
    return [{**message, "role": "user"} if message["role"] == "held" else message for message in sent]


def request_digest(
    model: str,
    parameters: Mapping[str, Any],
    tools: Sequence[Mapping[str, Any]],
    messages: list[dict[str, Any]],
) -> str:
    chain = sha(b"fsep-view-1")
    for message in messages:
        chain = sha(chain + sha(canonical(message)))
    definitions = [{name: tool[name] for name in ("name", "description", "parameters")} for tool in tools]
    body = {
        "fsep_request": "1.0",
        "model": model,
        "parameters": dict(parameters),
        "tools": sha(canonical(definitions)).hex() if definitions else None,
        "view": chain.hex(),
    }
    return sha(canonical(body)).hex()


# --- chapters 3 and 5: steps and events; chapter 6: replay ---


class NaiveRun:
    """One run of a program, on recorded events: what the record should hold, and where it first holds something else.

    Args:
        document: the scaffold's document.
        world: what the run depends on beside.
        events: the recorded events; from each is taken what it records, and it is compared where `compare` is set.
    """

    def __init__(
        self, document: Mapping[str, Any], world: World, events: Sequence[Event], *, compare: bool = True
    ) -> None:
        self.program, self.world, self.recorded, self.compare = document["program"], world, events, compare
        self.events: list[Event] = []
        # The messages sent with each request, by the place of the output's event.
        self.sent: dict[int, list[dict[str, Any]]] = {}
        # The same before they were adapted, and the very messages each output was heard as, by the place of its event.
        self.views_at: dict[int, list[dict[str, Any]]] = {}
        self.heard_as: dict[int, list[dict[str, Any]]] = {}
        self.values: dict[str, Any] = {f"item.{name}": value for name, value in world.fields.items()}
        self.called: dict[str, list[str]] = {}
        self.views: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.rounds: dict[str, list[dict[str, Any]]] = {}
        self.assigned: list[set[str]] = []
        self.result: list[tuple[str, str]] = []
        self.status = "completed"
        self.taken = 0
        try:
            self._steps(self.program["steps"], ())
            self.result = [
                (part["name"], render(part["text"], self.values)) for part in self.program["result"]
            ]
        except _Stopped:
            self.status = "limit-reached"

    # Values.

    def _assign(self, name: str, value: Any) -> None:
        self.values[name] = value
        for names in self.assigned:
            names.add(name)

    def _text(self, template: str) -> str:
        return render(template, self.values)

    # Events.

    def _event(self, expected: Event, *, contributed: tuple[str, ...] = ()) -> Event:
        """Take the next recorded event for the one that is expected; return it."""
        place = self.taken
        if place >= len(self.recorded):
            if self.compare:
                raise Diverges(place, "event")
            raise _RanOut
        found = self.recorded[place]
        expected = {name: value for name, value in expected.items() if value is not None}
        if self.compare:
            names = ["kind", "thread", "actor", "role", "step", "tool_call_id"]
            if expected["kind"] in ("message", "edit"):
                names += ["to", "for"]
            if any(found.get(name) != expected.get(name) for name in names):
                raise Diverges(place, "event")
            if found["origin"] != expected["origin"]:
                raise Diverges(place, "origin")
            for name in contributed:
                ours = found.get(name)
                if name == "content":
                    ours = message_content(ours, self.world.blobs, echo=True)
                if ours != expected[name]:
                    raise Diverges(place, "text")
            if (
                "parameters" in found
                and "parameters" in expected
                and canonical(found["parameters"]) != canonical(expected["parameters"])
            ):
                raise Diverges(place, "parameters")
            if (
                "request_sha256" in found
                and "request_sha256" in expected
                and found["request_sha256"] != expected["request_sha256"]
            ):
                raise Diverges(place, "request")
        self.taken += 1
        recorded: Event = {
            name: found[name]
            for name in (
                "content",
                "tool_calls",
                "error",
                "returned_model",
                "finish",
                "usage",
                "attempts",
                "participant",
            )
            if name in found and name not in expected
        }
        self.events.append({**expected, **recorded})
        return found

    # Views.

    def _hear(self, thread: str, actor: str, message: dict[str, Any]) -> None:
        self.heard_as.setdefault(self.taken - 1, []).append(message)
        self.views.setdefault((thread, actor), []).append(message)

    def _speakers(self, thread: str) -> list[str]:
        return list(self.program["threads"][thread]["speakers"])

    def _said(self, thread: str, speaker: str, content: Json, calls: Sequence[Mapping[str, Any]]) -> None:
        echo = self._kind(speaker) == "model" and _last(self.world.adaptations, "echo-reasoning") is not None
        own: dict[str, Any] = {
            "role": "assistant",
            "content": message_content(content, self.world.blobs, echo=echo),
        }
        if calls:
            own["tool_calls"] = [{name: call[name] for name in ("id", "name", "arguments")} for call in calls]
        self._hear(thread, speaker, own)
        for other in self._speakers(thread):
            if other != speaker and not calls:
                self._hear(
                    thread,
                    other,
                    {"role": "user", "content": message_content(content, self.world.blobs, echo=False)},
                )

    def _kind(self, actor: str) -> str:
        return str(self.program["actors"][actor]["kind"])

    def _ask(self, step: Mapping[str, Any], path: str, tools: Sequence[Mapping[str, Any]] | None) -> Event:
        """An actor speaks: its request is derived, and its words are heard."""
        thread, actor = step["thread"], step["actor"]
        kind = self._kind(actor)
        expected: Event = {
            "kind": "output",
            "step": path,
            "thread": thread,
            "actor": actor,
            "origin": kind,
            "role": "assistant" if kind == "model" else "user",
        }
        if kind != "human":
            parameters = dict(step.get("parameters", {}))
            seed = step.get("seed", "none")
            if seed == "derived":
                array = ["fsep-seed-1", self.world.design_sha256, self.world.item, self.world.replicate, path]
                seed = int.from_bytes(sha(canonical(array))[:4], "big") % 2**31
            if seed != "none":
                parameters["seed"] = seed
            messages = list(self.views.get((thread, actor), []))
            if kind == "model":
                model = self.world.model
                parameters = adapted_parameters(parameters, self.world.adaptations)
                messages = adapted_messages(messages, self.world.adaptations)
            else:
                model = self.world.simulators[self.program["actors"][actor]["simulator"]]
            expected["parameters"] = parameters
            self.views_at[self.taken] = list(self.views.get((thread, actor), []))
            self.sent[self.taken] = messages
            if tools is not None:
                expected["request_sha256"] = request_digest(model, parameters, tools, messages)
        found = self._event(expected)
        self._said(thread, actor, found.get("content"), found.get("tool_calls", ()))
        self._assign(step["id"], output_text(found.get("content"), self.world.blobs))
        self.called[step["id"]] = [one["name"] for one in found.get("tool_calls") or ()]
        return found

    # Steps.

    def _steps(self, steps: Sequence[Mapping[str, Any]], indices: tuple[int, ...]) -> None:
        for step in steps:
            getattr(self, f"_{step['do']}")(step, indices)

    def _path(self, step: Mapping[str, Any], indices: tuple[int, ...]) -> str:
        return str(step["id"]) + "".join(f"[{index}]" for index in indices)

    def _bound(self, step: Mapping[str, Any]) -> None:
        if step["at_bound"] == "stop":
            raise _Stopped

    def _say(self, step: Mapping[str, Any], indices: tuple[int, ...]) -> None:
        text = self._text(step["text"])
        fixed = {
            "kind": "message",
            "step": self._path(step, indices),
            "thread": step["thread"],
            "actor": "program",
            "origin": "program",
        }
        self._event(
            {**fixed, "role": step["role"], "to": step.get("to"), "for": step.get("for"), "content": text},
            contributed=("content",),
        )
        for speaker in self._speakers(step["thread"]):
            if step["role"] == "system":
                if speaker == step["to"]:
                    self._hear(step["thread"], speaker, {"role": "system", "content": text})
            else:
                own = step["role"] == "assistant" and speaker == step["for"]
                self._hear(step["thread"], speaker, {"role": "assistant" if own else "user", "content": text})

    def _generate(self, step: Mapping[str, Any], indices: tuple[int, ...]) -> None:
        self._ask(step, self._path(step, indices), [])

    def _offered(self, step: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
        tools = self.world.environments[step["environment"]]
        if tools is None:
            return None
        offer = step.get("offer", "all")
        return [tool for tool in tools if offer == "all" or tool["name"] in offer]

    def _tools(self, step: Mapping[str, Any], indices: tuple[int, ...]) -> None:
        offered = self._offered(step)
        for turn in range(step["max_rounds"]):
            path = self._path(step, (*indices, turn))
            calls = self._ask(step, path, offered).get("tool_calls", ())
            if not calls:
                return
            for call in calls:
                refusal = None
                if offered is not None and call["name"] not in [tool["name"] for tool in offered]:
                    refusal = self._text(step["unknown_tool"])
                elif not isinstance(call["arguments"], dict):
                    refusal = self._text(step["bad_arguments"])
                who = ("program", "program") if refusal is not None else (step["environment"], "environment")
                expected = {
                    "kind": "tool-result",
                    "step": path,
                    "thread": step["thread"],
                    "role": "tool",
                    "tool_call_id": call["id"],
                }
                expected |= {"actor": who[0], "origin": who[1], "content": refusal}
                found = self._event(expected, contributed=() if refusal is None else ("content",))
                content = (
                    message_content(found.get("content"), self.world.blobs, echo=False)
                    if refusal is None
                    else refusal
                )
                self._hear(
                    step["thread"],
                    step["actor"],
                    {"role": "tool", "content": content, "tool_call_id": call["id"]},
                )
        self._bound(step)

    def _call(self, step: Mapping[str, Any], indices: tuple[int, ...]) -> None:
        asked = {
            "name": self._text(step["tool"]),
            "arguments": {name: self._text(text) for name, text in step["arguments"].items()},
        }
        offered = self._offered(step)
        refusal = None
        if offered is not None and asked["name"] not in [tool["name"] for tool in offered]:
            refusal = self._text(step["unknown_tool"])
        who = ("program", "program") if refusal is not None else (step["environment"], "environment")
        expected = {
            "kind": "call",
            "step": self._path(step, indices),
            "actor": who[0],
            "origin": who[1],
            "call": asked,
            "content": refusal,
        }
        found = self._event(expected, contributed=("call",) if refusal is None else ("call", "content"))
        self._assign(step["id"], output_text(found.get("content"), self.world.blobs))

    def _when(self, step: Mapping[str, Any], indices: tuple[int, ...]) -> None:
        self._steps(step["then"] if self.holds(step["if"]) else step.get("else", ()), indices)

    def _one_round(
        self, step: Mapping[str, Any], indices: tuple[int, ...], turn: int, given: Mapping[str, str]
    ) -> None:
        for key in list(self.views):
            if key[0] in step.get("fresh", ()):
                del self.views[key]
        self.assigned.append(set())
        for name, value in given.items():
            self._assign(name, value)
        self._steps(step["steps"], (*indices, turn))
        self.rounds[step["id"]].append({name: self.values[name] for name in self.assigned.pop()})

    def _repeat(self, step: Mapping[str, Any], indices: tuple[int, ...]) -> None:
        self.rounds[step["id"]] = []
        for turn in range(step["max"]):
            self._one_round(step, indices, turn, {step["id"]: str(turn)})
            if "until" in step and self.holds(step["until"]):
                return
        self._bound(step)

    def _each(self, step: Mapping[str, Any], indices: tuple[int, ...]) -> None:
        self.rounds[step["id"]] = []
        elements = list(self.values[step["in"]])
        for turn, element in enumerate(elements[: step["max"]]):
            self._one_round(step, indices, turn, {step["id"]: str(turn), step["as"]: element})
        if len(elements) > step["max"]:
            self._bound(step)

    def _let(self, step: Mapping[str, Any], _: tuple[int, ...]) -> None:
        self._assign(step["name"], self._text(step["text"]))

    def _extract(self, step: Mapping[str, Any], _: tuple[int, ...]) -> None:
        value = extract(step["try"], self._text(step["from"]))
        otherwise = step["otherwise"]
        if value is None:
            value = (
                self._text(otherwise)
                if isinstance(otherwise, str)
                else [self._text(text) for text in otherwise]
            )
        self._assign(step["name"], value)

    def _collect(self, step: Mapping[str, Any], _: tuple[int, ...]) -> None:
        texts = [one[step["value"]] for one in self.rounds.get(step["over"], ()) if step["value"] in one]
        if not texts:
            text = self._text(step["otherwise"])
        else:
            text = texts[-1] if step["how"] == "last" else step["separator"].join(texts)
        self._assign(step["name"], text)

    def _edit(self, step: Mapping[str, Any], indices: tuple[int, ...]) -> None:
        done = {"how": step["how"]}
        done |= {"text": self._text(step["text"])} if step["how"] == "replace" else {"count": step["count"]}
        expected = {
            "kind": "edit",
            "step": self._path(step, indices),
            "thread": step["thread"],
            "actor": "program",
            "origin": "program",
        }
        self._event({**expected, "to": step["actor"], "edit": done}, contributed=("edit",))
        key = (step["thread"], step["actor"])
        view = self.views.setdefault(key, [])
        others = [place for place, message in enumerate(view) if message["role"] != "system"]
        if step["how"] == "drop-first":
            kept = others[step["count"] :]
        elif step["how"] == "keep-last":
            kept = [place for order, place in enumerate(others) if order >= len(others) - step["count"]]
        else:
            kept = []
        kept = list(itertools.dropwhile(lambda place: view[place]["role"] == "tool", kept))
        self.views[key] = [
            message for place, message in enumerate(view) if message["role"] == "system" or place in kept
        ]
        if step["how"] == "replace":
            self._hear(*key, {"role": "user", "content": done["text"]})

    def _external(self, step: Mapping[str, Any], indices: tuple[int, ...]) -> None:
        content, count = None, 0
        for event in itertools.islice(self.recorded, self.taken, self.taken + step["max_events"]):
            if (event["kind"], event["step"], event.get("thread")) != (
                "external",
                self._path(step, indices),
                step["thread"],
            ):
                break
            if event.get("role") == "assistant":
                content = event.get("content")
            count += 1
            self.taken += 1
            self.events.append(event)
        self._said(step["thread"], step["actor"], content, ())
        self._assign(step["id"], output_text(content, self.world.blobs))
        if count == step["max_events"]:
            self._bound(step)

    def holds(self, test: Mapping[str, Any]) -> bool:
        """Return whether a test is true of the values there are now."""
        kind = test["test"]
        if kind == "not":
            return not self.holds(test["of"])
        if kind in ("all", "any"):
            return (all if kind == "all" else any)(self.holds(one) for one in test["of"])
        if kind == "has-tool-calls":
            called = self.called[test["step"]]
            return test["tool"] in called if "tool" in test else len(called) > 0
        text = self._text(test["text"])
        if kind == "matches":
            return matches(test["pattern"], text)
        value = self._text(test["value"])
        return text == value if kind == "equals" else value in text


def naive_replay(document: Mapping[str, Any], world: World, run: Mapping[str, Any]) -> Diverges | None:
    """Return where a record departs from the program, None where it does not; a plain second opinion on `fsep.scaffold.replay`."""
    events = run["events"]
    try:
        naive = NaiveRun(document, world, events)
    except Diverges as divergence:
        if run["status"] == "failed" and divergence.event == len(events):
            return None
        return divergence
    if naive.taken < len(events):
        return Diverges(naive.taken, "event")
    if run["status"] != naive.status:
        return Diverges(naive.taken, "status")
    if [
        (part["name"], message_content(part["content"], world.blobs, echo=True))
        for part in run.get("result", ())
    ] != naive.result:
        return Diverges(naive.taken, "result")
    return None


def needed_by(document: Mapping[str, Any], world: World, events: Sequence[Event]) -> dict[int, int]:
    """Return, for each event whose words some later request contains, the place of the first output that answers such a request."""
    naive = NaiveRun(document, world, events, compare=False)
    needed: dict[int, int] = {}
    for place, said in naive.heard_as.items():
        holds = [
            later
            for later, view in naive.views_at.items()
            if any(message is one for message in view for one in said)
        ]
        if holds:
            needed[place] = min(holds)
    return needed


def requests_sent(
    document: Mapping[str, Any], world: World, events: Sequence[Event]
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Yield, for each recorded output that answers a request, its place among the events and the messages sent."""
    yield from NaiveRun(document, world, events, compare=False).sent.items()
