"""Steps that make events: functions from a step of the document to a generator function of the machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from fsep.scaffold.flow import Step
from fsep.scaffold.machine import Ask, Body, External, State, Want
from fsep.scaffold.message import Message, Output, text_of, view_content
from fsep.scaffold.program import Actor
from fsep.scaffold.template import Template
from fsep.scaffold.view import Offer


def say(step: Mapping[str, Any], template: Template, speakers: Sequence[str]) -> Step:
    """The program speaks: an instruction to one actor, as a user to all, or on an actor's behalf."""
    name, thread, role = step["id"], step["thread"], step["role"]
    heard = dict.fromkeys(speakers, role)
    if role == "system":
        heard = {step["to"]: "system"}
    elif role == "assistant":
        heard = {actor: "assistant" if actor == step["for"] else "user" for actor in speakers}
    fixed = {
        "kind": "message",
        "thread": thread,
        "actor": "program",
        "origin": "program",
        "role": role,
        "to": step.get("to"),
        "for": step.get("for"),
    }

    def run(state: State) -> Body:
        text = state.render(template)
        yield Want(
            {**fixed, "step": name + state.indices},
            content=text,
            item_characters=template.item_characters(state.values) if template.item_names else 0,
        )
        for actor, seen_as in heard.items():
            state.view(thread, actor).add(Message(seen_as, text))
        return False

    return run


def _output_fields(thread: str, actor: Actor) -> dict[str, Any]:
    return {
        "kind": "output",
        "thread": thread,
        "actor": actor.id,
        "origin": actor.kind,
        "role": actor.role,
    }


def generate(step: Mapping[str, Any], speaker: Actor) -> Step:
    """An actor speaks once."""
    name, thread, actor = step["id"], step["thread"], speaker.id
    ask = Ask(thread, speaker, step["parameters"], step["seed"])
    fixed = _output_fields(thread, speaker)

    def run(state: State) -> Body:
        path = name + state.indices
        request = state.request(ask, path)
        output = cast(Output, (yield Want({**fixed, "step": path}, request=request)))
        state.assign(name, state.hear(thread, actor, output))
        state.values[_calls(name)] = tuple(call["name"] for call in output.tool_calls)
        return False

    return run


def tools(step: Mapping[str, Any], speaker: Actor, unknown: Template, bad: Template) -> Step:
    """An actor speaks and its calls are answered, in turn, until it calls nothing or the bound is met."""
    name, thread, actor = step["id"], step["thread"], speaker.id
    environment, offer = step["environment"], step["offer"]
    ask = Ask(thread, speaker, step["parameters"], step["seed"], environment, offer)
    fixed = _output_fields(thread, speaker)
    answer = {"kind": "tool-result", "thread": thread, "role": "tool"}

    def run(state: State) -> Body:
        offered = state.setting.environments[environment].offered(offer)
        for turn in range(step["max_rounds"]):
            path = f"{name}{state.indices}[{turn}]"
            request = state.request(ask, path)
            output = cast(Output, (yield Want({**fixed, "step": path}, request=request)))
            state.assign(name, state.hear(thread, actor, output))
            state.values[_calls(name)] = tuple(call["name"] for call in output.tool_calls)
            if not output.tool_calls:
                return False
            view = state.view(thread, actor)
            for call in output.tool_calls:
                id_, text = call["id"], _refusal(state, call, offered, unknown, bad)
                fields = {**answer, **_source(environment, text), "step": path, "tool_call_id": id_}
                result = yield Want(fields, content=text, call=call)
                content = (
                    view_content(cast(Output, result).content, state.blob_text) if text is None else text
                )
                view.add(Message("tool", content, (), id_))
        return bool(step["at_bound"] == "stop")

    return run


def _refusal(
    state: State, call: Mapping[str, Any], offered: Offer | None, unknown: Template, bad: Template
) -> str | None:
    """Return the text declared for a call that reaches no environment; None for one that does."""
    if offered is not None and call["name"] not in offered.tools:
        return state.render(unknown)
    if not isinstance(call["arguments"], dict):
        return state.render(bad)
    return None


def _source(environment: str, text: str | None) -> dict[str, str]:
    """Return who answers a call: the program where it has a text for it, else the environment."""
    if text is None:
        return {"actor": environment, "origin": "environment"}
    return {"actor": "program", "origin": "program"}


def _calls(name: str) -> str:
    """Return the name, which no template can spell, of the tools that a step's last output called."""
    return f"{name} calls"


def call(
    step: Mapping[str, Any], tool: Template, arguments: Mapping[str, Template], unknown: Template
) -> Step:
    """The program asks the environment itself."""
    name, environment, offer = step["id"], step["environment"], step["offer"]

    def run(state: State) -> Body:
        asked = {
            "name": state.render(tool),
            "arguments": {key: state.render(template) for key, template in arguments.items()},
        }
        offered = state.setting.environments[environment].offered(offer)
        refused = offered is not None and asked["name"] not in offered.tools
        text = state.render(unknown) if refused else None
        fields = {"kind": "call", **_source(environment, text), "step": name + state.indices, "call": asked}
        result = yield Want(fields, content=text)
        if text is None:
            text = text_of(cast(Output, result).content, state.blob_text)
        state.assign(name, text)
        return False

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
        view = state.view(thread, actor)
        state.work(view.length)
        view.edit(how, step.get("count", 0), replacement)
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
