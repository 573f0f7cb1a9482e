"""What each kind of step does: functions from a step of the document to a generator function of the machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from fsep.scaffold.machine import Body, External, Output, State, Want
from fsep.scaffold.message import Message, assemble, encode_content, text_of, view_content
from fsep.scaffold.template import Template, Value

# A step that yields events says at its end whether the run stops; any other is a plain function.
Step = Callable[[State], Body]
Pure = Callable[[State], None]
Condition = Callable[[State], bool]


def block(steps: Sequence[tuple[bool, Any]]) -> Step:
    """Run steps one after another; each is given with whether it yields events."""

    def run(state: State) -> Body:
        for yields, step in steps:
            if yields:
                if (yield from step(state)):
                    return True
            else:
                step(state)
        return False

    return run


def say(step: Mapping[str, Any], template: Template, speakers: Sequence[str]) -> Step:
    """The program speaks: an instruction to one actor, as a user to all, or on an actor's behalf."""
    name, thread, role = step["id"], step["thread"], step["role"]
    heard = {actor: role for actor in speakers}
    if role == "system":
        heard = {step["to"]: "system"}
    elif role == "assistant":
        heard = {actor: "assistant" if actor == step["for"] else "user" for actor in speakers}
    fixed = {"kind": "message", "thread": thread, "actor": "program", "origin": "program", "role": role, "to": step.get("to"), "for": step.get("for")}

    def run(state: State) -> Body:
        text = state.render(template)
        yield Want({**fixed, "step": name + state.indices}, content=text, item_characters=template.item_characters(state.values))
        encoded = encode_content(text)
        for actor, seen_as in heard.items():
            state.view(thread, actor).add(Message(seen_as, text), assemble(seen_as, encoded))
        return False

    return run


def _output_fields(step: Mapping[str, Any], kind: str, role: str) -> dict[str, Any]:
    return {"kind": "output", "thread": step["thread"], "actor": step["actor"], "origin": kind, "role": role}


def generate(step: Mapping[str, Any], kind: str, role: str) -> Step:
    """An actor speaks once."""
    name, thread, actor = step["id"], step["thread"], step["actor"]
    parameters, seed = step["parameters"], step["seed"]
    fixed = _output_fields(step, kind, role)

    def run(state: State) -> Body:
        path = name + state.indices
        output = cast(Output, (yield Want({**fixed, "step": path}, request=state.request(path, thread, actor, parameters, seed, None))))
        state.assign(name, state.hear(thread, actor, output))
        state.values[_calls(name)] = "1" if output.tool_calls else ""
        return False

    return run


def tools(step: Mapping[str, Any], kind: str, role: str, unknown: Template, bad: Template) -> Step:
    """An actor speaks, its calls are answered, and it speaks again, until it calls nothing or the bound is met."""
    name, thread, actor = step["id"], step["thread"], step["actor"]
    environment, offer = step["environment"], step["offer"]
    parameters, seed = step["parameters"], step["seed"]
    fixed = _output_fields(step, kind, role)
    answer = {"kind": "tool-result", "thread": thread, "role": "tool"}

    def run(state: State) -> Body:
        offered = state.setting.environments[environment].offered(offer)
        for turn in range(step["max_rounds"]):
            path = f"{name}{state.indices}[{turn}]"
            request = state.request(path, thread, actor, parameters, seed, (environment, offer))
            output = cast(Output, (yield Want({**fixed, "step": path}, request=request)))
            state.assign(name, state.hear(thread, actor, output))
            state.values[_calls(name)] = "1" if output.tool_calls else ""
            if not output.tool_calls:
                return False
            view = state.view(thread, actor)
            for call in output.tool_calls:
                text = _refusal(state, call, offered, unknown, bad)
                source = {"actor": environment, "origin": "environment"} if text is None else {"actor": "program", "origin": "program"}
                want = Want({**answer, **source, "step": path, "tool_call_id": call["id"]}, content=text, call=call)
                result = yield want
                content = view_content(cast(Output, result).content, state.blob_text) if text is None else text
                view.add(Message("tool", content, (), call["id"]), assemble("tool", encode_content(content), (), call["id"]))
        return bool(step["at_bound"] == "stop")

    return run


def _refusal(state: State, call: Mapping[str, Any], offered: Mapping[str, Any] | None, unknown: Template, bad: Template) -> str | None:
    """Return the text the scaffold declares for a call that reaches no environment; None for one that does."""
    if offered is not None and call["name"] not in offered:
        return unknown.render(state.values)
    if not isinstance(call["arguments"], dict):
        return bad.render(state.values)
    return None


def _calls(name: str) -> str:
    """Return the name under which a step's last output is remembered to have held calls; no template can spell it."""
    return f"{name} calls"


def call(step: Mapping[str, Any], tool: Template, arguments: Mapping[str, Template], unknown: Template) -> Step:
    """The program asks the environment itself."""
    name, environment, offer = step["id"], step["environment"], step["offer"]

    def run(state: State) -> Body:
        asked = {"name": tool.render(state.values), "arguments": {key: template.render(state.values) for key, template in arguments.items()}}
        offered = state.setting.environments[environment].offered(offer)
        text = unknown.render(state.values) if offered is not None and asked["name"] not in offered else None
        source = {"actor": environment, "origin": "environment"} if text is None else {"actor": "program", "origin": "program"}
        result = yield Want({"kind": "call", **source, "step": name + state.indices, "call": asked}, content=text)
        if text is None:
            text = text_of(cast(Output, result).content, state.blob_text)
        state.assign(name, text)
        return False

    return run


def when(condition: Condition, then: Step, otherwise: Step) -> Step:
    """One of two blocks."""

    def run(state: State) -> Body:
        return (yield from (then if condition(state) else otherwise)(state))

    return run


def repeat(step: Mapping[str, Any], body: Step, until: Condition | None, collected: Sequence[str]) -> Step:
    """A block, again and again, until a condition holds after it or the bound is met."""
    name, fresh = step["id"], step["fresh"]

    def run(state: State) -> Body:
        outer = state.indices
        _begin(state, name, collected)
        bound = True
        for turn in range(step["max"]):
            stop = yield from _round(state, name, {name: str(turn)}, f"{outer}[{turn}]", fresh, body, collected)
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
    name, fresh = step["id"], step["fresh"]

    def run(state: State) -> Body:
        outer = state.indices
        elements = state.values[step["in"]]
        _begin(state, name, collected)
        for turn, element in enumerate(elements[: step["max"]]):
            given = {name: str(turn), step["as"]: element}
            stop = yield from _round(state, name, given, f"{outer}[{turn}]", fresh, body, collected)
            if stop:
                return True
        state.indices = outer
        return len(elements) > step["max"] and bool(step["at_bound"] == "stop")

    return run


def _begin(state: State, loop: str, collected: Sequence[str]) -> None:
    for name in collected:
        state.collected[loop, name] = []


def _round(
    state: State, loop: str, given: Mapping[str, Value], indices: str, fresh: Sequence[str], body: Step, collected: Sequence[str]
) -> Body:
    """Run a loop's block once with the names that the loop itself gives values, and keep what is collected over the loop."""
    state.spend(0)
    state.indices = indices
    if fresh:
        state.forget(fresh)
    before = {name: state.writes.get(name, 0) for name in collected}
    for name, value in given.items():
        state.assign(name, value)
    stop = yield from body(state)
    for name, writes in before.items():
        if state.writes.get(name, 0) != writes:
            state.collected[loop, name].append(str(state.values[name]))
    return stop


def let(name: str, template: Template) -> Pure:
    """A name for a text."""

    def run(state: State) -> None:
        state.assign(name, state.render(template))

    return run


def extract(name: str, template: Template, pipelines: Sequence[Callable[[Any], Any]], otherwise: Template | Sequence[Template]) -> Pure:
    """A name for what the first pipeline that does not fail takes out of a text."""

    def fallback(state: State) -> Value:
        if isinstance(otherwise, Template):
            return state.render(otherwise)
        state.spend(sum(one.length(state.values) for one in otherwise))
        return tuple(one.render(state.values) for one in otherwise)

    def run(state: State) -> None:
        text = state.render(template)
        for pipeline in pipelines:
            value = pipeline(text)
            if value is not None:
                state.spend(len(value) if isinstance(value, str) else sum(map(len, value)))
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


def edit(step: Mapping[str, Any], template: Template | None) -> Step:
    """The history of one actor is cut or replaced, on the record."""
    thread, actor, how = step["thread"], step["actor"], step["how"]
    fixed = {"kind": "edit", "thread": thread, "actor": "program", "origin": "program", "to": actor}

    def run(state: State) -> Body:
        done: dict[str, Any] = {"how": how}
        replacement = None
        if template is None:
            done["count"] = step["count"]
        else:
            done["text"] = state.render(template)
            replacement = Message("user", done["text"])
        yield Want({**fixed, "step": step["id"] + state.indices, "edit": done})
        state.view(thread, actor).edit(how, step.get("count", 0), replacement)
        return False

    return run


def external(step: Mapping[str, Any]) -> Step:
    """An opaque harness takes over, within a bound; nothing it does can be derived."""
    name, thread, actor = step["id"], step["thread"], step["actor"]

    def run(state: State) -> Body:
        fields = {"kind": "external", "step": name + state.indices, "thread": thread}
        part = cast(External, (yield Want(fields, max_events=step["max_events"])))
        state.assign(name, state.hear(thread, actor, Output(part.content)))
        return part.events >= step["max_events"] and bool(step["at_bound"] == "stop")

    return run
