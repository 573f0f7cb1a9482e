"""Adaptations: a closed list of pure functions of a request, for systems that cannot take something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fsep.scaffold.message import Message

# What stands between an instruction and the user message that carries it.
BLANK_LINE = "\n\n"


@dataclass(frozen=True, slots=True)
class Adaptations:
    """The adaptations of one system, compiled from its file."""

    declared: tuple[Mapping[str, Any], ...] = ()
    system_as: str | None = None
    separator: str | None = None
    echo_reasoning: bool = False
    client_side_stop: bool = False

    @property
    def reshape(self) -> bool:
        """Whether messages are changed, and not only parameters."""
        return self.system_as is not None or self.separator is not None

    def parameters(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters as sent."""
        sent = dict(parameters)
        for adaptation in self.declared:
            name = adaptation.get("parameter", "")
            if adaptation["kind"] == "omit-parameter":
                sent.pop(name, None)
            elif adaptation["kind"] == "clamp-parameter" and _is_number(sent.get(name)):
                value = sent[name]
                value = max(value, adaptation.get("minimum", value))
                sent[name] = min(value, adaptation.get("maximum", value))
        if self.client_side_stop:
            sent.pop("stop", None)
        return sent

    def messages(self, messages: Iterable[Message]) -> Iterator[Message]:
        """Yield the messages of a view as they are sent."""
        if self.system_as is not None:
            messages = _as_developer(messages) if self.system_as == "developer" else _in_user(messages)
        return _merged(messages, self.separator) if self.separator is not None else iter(messages)


def compile_adaptations(declared: Sequence[Mapping[str, Any]]) -> Adaptations:
    """Compile the list in a system's file; of two of one kind, other than on parameters, the last holds."""
    by_kind = {adaptation["kind"]: adaptation for adaptation in declared}
    return Adaptations(
        declared=tuple(declared),
        system_as=by_kind["system-text"]["as"] if "system-text" in by_kind else None,
        separator=by_kind["merge-adjacent"]["separator"] if "merge-adjacent" in by_kind else None,
        echo_reasoning="echo-reasoning" in by_kind,
        client_side_stop="client-side-stop" in by_kind,
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_developer(messages: Iterable[Message]) -> Iterator[Message]:
    for message in messages:
        yield Message("developer", message.content) if message.role == "system" else message


def _in_user(messages: Iterable[Message]) -> Iterator[Message]:
    """Carry instructions in the user message that follows them, or in one of their own where none does."""
    held: list[str] = []
    for message in messages:
        if message.role == "system":
            held.append(str(message.content))
            continue
        if held and message.role == "user" and isinstance(message.content, str):
            yield Message("user", BLANK_LINE.join([*held, message.content]))
            held = []
            continue
        if held:
            yield Message("user", BLANK_LINE.join(held))
            held = []
        yield message
    if held:
        yield Message("user", BLANK_LINE.join(held))


def _merged(messages: Iterable[Message], separator: str) -> Iterator[Message]:
    """Merge neighbours of one role that are nothing but text."""
    pending: list[str] = []
    role = ""
    for message in messages:
        mergeable = (
            isinstance(message.content, str) and not message.tool_calls and message.tool_call_id is None
        )
        if pending and (not mergeable or message.role != role):
            yield Message(role, separator.join(pending))
            pending = []
        if mergeable:
            role = message.role
            pending.append(str(message.content))
        else:
            yield message
    if pending:
        yield Message(role, separator.join(pending))
