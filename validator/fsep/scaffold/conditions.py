"""Tests: functions of the named values that are true or false."""

from __future__ import annotations

from typing import Any

from fsep.scaffold.flow import Condition
from fsep.scaffold.iregexp import compile_pattern
from fsep.scaffold.machine import State
from fsep.scaffold.template import Template


def compare(test: str, text: Template, value: Template) -> Condition:
    """Equality with, or containment of, a value."""

    def equals(state: State) -> bool:
        return state.render(text) == state.render(value)

    def contains(state: State) -> bool:
        return state.render(value) in state.render(text)

    return equals if test == "equals" else contains


def matches(text: Template, pattern: str) -> Condition:
    """A match of the whole text."""
    compiled: Any = compile_pattern(pattern)

    def run(state: State) -> bool:
        return compiled.match(state.render(text)) is not None

    return run


def has_tool_calls(step: str, tool: str | None) -> Condition:
    """Whether the last output of a step held calls, or one of a tool."""
    name = f"{step} calls"
    if tool is None:
        return lambda state: bool(state.values[name])
    return lambda state: tool in state.values[name]


def negation(condition: Condition) -> Condition:
    """The opposite."""
    return lambda state: not condition(state)


def combination(test: str, conditions: list[Condition]) -> Condition:
    """All, or any, of several; those after the first that decides are not evaluated."""
    if test == "all":
        return lambda state: all(condition(state) for condition in conditions)
    return lambda state: any(condition(state) for condition in conditions)
