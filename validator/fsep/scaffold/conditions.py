"""Tests: functions of the named values that are true or false."""

from __future__ import annotations

from fsep.scaffold.flow import Condition
from fsep.scaffold.iregexp import compile_pattern
from fsep.scaffold.machine import State
from fsep.scaffold.template import Template


def compare(test: str, text: Template, value: Template) -> Condition:
    """Equality with, or containment of, a value."""

    def equals(state: State) -> bool:
        state.work(1)
        return state.render(text) == state.render(value)

    def contains(state: State) -> bool:
        state.work(1)
        return state.render(value) in state.render(text)

    return equals if test == "equals" else contains


def matches(text: Template, pattern: str) -> Condition:
    """A match of the whole text."""
    compiled = compile_pattern(pattern)

    def run(state: State) -> bool:
        state.work(1)
        found = state.render(text)
        state.work((len(found) * compiled.size) >> 6)
        return compiled.match(found) is not None

    return run


def has_tool_calls(step: str, tool: str | None) -> Condition:
    """Whether the last output of a step held calls, or one of a tool."""
    name = f"{step} calls"

    def run(state: State) -> bool:
        state.work(1)
        return bool(state.values[name]) if tool is None else tool in state.values[name]

    return run


def negation(condition: Condition) -> Condition:
    """The opposite."""

    def run(state: State) -> bool:
        state.work(1)
        return not condition(state)

    return run


def combination(test: str, conditions: list[Condition]) -> Condition:
    """All, or any, of several; those after the first that decides are not evaluated."""
    combine = all if test == "all" else any

    def run(state: State) -> bool:
        state.work(1)
        return combine(condition(state) for condition in conditions)

    return run
