"""Steps that make no event of their own: blocks, branches and loops, and names for values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fsep.scaffold.extraction import Pipeline, measured
from fsep.scaffold.machine import Body, State
from fsep.scaffold.template import Template, Value

# A step that yields events says at its end whether the run stops; any other is a plain function.
Step = Callable[[State], Body]
Pure = Callable[[State], None]
Condition = Callable[[State], bool]


def block(steps: Sequence[tuple[bool, Any]]) -> Step:
    """Run steps one after another; each is given with whether it yields events."""

    def run(state: State) -> Body:
        for yields, step in steps:
            state.work(1)
            if yields:
                if (yield from step(state)):
                    return True
            else:
                step(state)
        return False

    return run


def when(condition: Condition, then: Step, otherwise: Step) -> Step:
    """One of two blocks."""

    def run(state: State) -> Body:
        return (yield from (then if condition(state) else otherwise)(state))

    return run


@dataclass(frozen=True, slots=True)
class _Loop:
    """What the loops have in common: a block, the threads it begins anew, the names collected over it."""

    name: str
    fresh: Sequence[str]
    body: Step
    collected: Sequence[str]

    def begin(self, state: State) -> None:
        for name in self.collected:
            state.collected[self.name, name] = []

    def round(self, state: State, given: Mapping[str, Value], indices: str) -> Body:
        """Run the block once with the names that the loop gives values, and keep what is collected."""
        state.work(1)
        state.indices = indices
        if self.fresh:
            state.forget(self.fresh)
        before = {name: state.writes.get(name, 0) for name in self.collected}
        for name, value in given.items():
            state.assign(name, value)
        stop = yield from self.body(state)
        for name, writes in before.items():
            if state.writes.get(name, 0) != writes:
                state.collected[self.name, name].append(str(state.values[name]))
        return stop


def repeat(step: Mapping[str, Any], body: Step, until: Condition | None, collected: Sequence[str]) -> Step:
    """A block, again and again, until a condition holds after it or the bound is met."""
    loop = _Loop(step["id"], step["fresh"], body, collected)

    def run(state: State) -> Body:
        outer = state.indices
        loop.begin(state)
        bound = True
        for turn in range(step["max"]):
            stop = yield from loop.round(state, {loop.name: str(turn)}, f"{outer}[{turn}]")
            if stop:
                return True
            if until is not None and until(state):
                bound = False
                break
        state.indices = outer
        return bound and bool(step["at_bound"] == "stop")

    return run


def each(step: Mapping[str, Any], body: Step, collected: Sequence[str]) -> Step:
    """A block for each element of a list, up to a bound."""
    loop = _Loop(step["id"], step["fresh"], body, collected)

    def run(state: State) -> Body:
        outer = state.indices
        elements = state.values[step["in"]]
        loop.begin(state)
        for turn, element in enumerate(elements[: step["max"]]):
            given = {loop.name: str(turn), step["as"]: element}
            stop = yield from loop.round(state, given, f"{outer}[{turn}]")
            if stop:
                return True
        state.indices = outer
        return len(elements) > step["max"] and bool(step["at_bound"] == "stop")

    return run


def let(name: str, template: Template) -> Pure:
    """A name for a text."""

    def run(state: State) -> None:
        state.assign(name, state.render(template))

    return run


def extract(
    name: str, template: Template, pipelines: Sequence[Pipeline], otherwise: Template | Sequence[Template]
) -> Pure:
    """A name for what the first pipeline that does not fail takes out of a text."""

    def fallback(state: State) -> Value:
        if isinstance(otherwise, Template):
            return state.render(otherwise)
        return tuple(state.render(one) for one in otherwise)

    def run(state: State) -> None:
        text = state.render(template)
        for pipeline in pipelines:
            value = pipeline(text, state.spend)
            if value is not None:
                state.hold(*measured(value))
                break
        else:
            value = fallback(state)
        state.assign(name, value)

    return run


def collect(step: Mapping[str, Any], otherwise: Template) -> Pure:
    """A name for what a loop's rounds left: the last, or all joined."""
    name, key, separator = step["name"], (step["over"], step["value"]), step.get("separator", "")

    def run(state: State) -> None:
        texts = state.collected.get(key)
        if not texts:
            text = state.render(otherwise)
        else:
            chosen = texts[-1:] if step["how"] == "last" else texts
            state.spend(sum(map(len, chosen)) + len(separator) * (len(chosen) - 1))
            text = separator.join(chosen)
        state.assign(name, text)

    return run
