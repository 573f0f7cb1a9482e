"""A solver plan as a program: what a plan's steps are known to do as steps, all else as one external part.

What solvers do is known for five of Inspect's own. A plan is a list of edits of a message list:
`system_message` puts a text behind the last system message, `user_message` one at the end, `prompt_template`
and `chain_of_thought` write the last user message anew, `generate` has the model speak. As long as the
messages that a program says stay in their places, they are steps; from the first solver on of which that
cannot be said, the plan is an opaque harness.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from string import Formatter
from typing import Any

from fsep import limits
from fsep.adapters.names import literal
from fsep.adapters.source import Node, without_names
from fsep.parsing.canonical import digest
from fsep.scaffold.template import TemplateError, parse

ACTOR, THREAD, OPAQUE = "solver", "main", "plan"
# The largest bound there is: the source records none in events.
_EVENTS = 1_000_000
_PROMPTS = ("prompt_template", "chain_of_thought")
# What an instance of a tool is told apart by; it is another in every run.
_VOLATILE = frozenset(("instance", "instance_id", "uuid"))
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
# Parameters of the solver `generate` that do not go to the model.
_OF_GENERATE = frozenset(("tool_calls", "cache"))


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a template: a literal text, or with `named` the name of an item's field."""

    text: str
    named: bool = False


Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Say:
    """A message that the program contributes."""

    id: str
    role: str
    template: str


@dataclass(frozen=True, slots=True)
class Generate:
    """The model speaks; `config` is what the step itself sets of the generation's configuration."""

    id: str
    config: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Harness:
    """Solvers whose effect is not known, named by the digest of their names and parameters."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as a program: steps in the order of the messages, then the opaque part if there is one."""

    steps: tuple[Say | Generate, ...]
    harness: Harness | None
    metadata: frozenset[str] = frozenset()
    """The names in a sample's metadata that the texts use, as fields of the item."""


def recorded_steps(plan: Node) -> list[dict[str, Any]]:
    """Return a plan's solvers with their parameters, without what is another in every run."""
    nodes = list(plan.each("steps")) if plan.value.get("steps") is not None else []
    if plan.value.get("finish") is not None:
        nodes.append(plan.at("finish"))
    return [
        {"solver": node.get("solver", str), "params": _stable(without_names(node.at("params").value)[0])}
        for node in nodes
    ]


def _stable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _stable(inner) for name, inner in value.items() if name not in _VOLATILE}
    if isinstance(value, list):
        return [_stable(inner) for inner in value]
    return _ADDRESS.sub("", value) if isinstance(value, str) else value


def read_plan(
    steps: Sequence[Mapping[str, Any]], inputs: Sequence[tuple[str, str]] | None, metadata: frozenset[str]
) -> Plan:
    """Return a plan as a program.

    Args:
        steps: the solvers.
        inputs: role and field of each message that every sample begins with; None where samples differ in
            that, or hold what is no text: then from the first solver on that needs the input all is opaque.
        metadata: the names that are in the metadata of all samples and can be fields.
    """
    made = _Reading(list(inputs or ()), metadata)
    for place, step in enumerate(steps):
        if not made.take(place, step, known_input=inputs is not None):
            return made.plan(opaque(steps[place:]))
    return made.plan(None if inputs is not None else opaque(()))


def all_opaque(steps: Sequence[Mapping[str, Any]]) -> Plan:
    """Return the plan of which nothing is known."""
    return Plan((), opaque(steps))


def opaque(steps: Sequence[Mapping[str, Any]]) -> Harness:
    """Name solvers by the digest of the canonical form of their list."""
    names = ", ".join(str(step["solver"]) for step in steps) or "no solver"
    return Harness(names[:200], digest([dict(step) for step in steps]))


class _Reading:
    """The message list, as the solvers read so far leave it."""

    def __init__(self, inputs: list[tuple[str, str]], metadata: frozenset[str]) -> None:
        self._messages: list[tuple[str, str, Parts] | Generate] = [
            (name, role, (Part(name, named=True),)) for role, name in inputs
        ]
        self._metadata, self._used, self._spoken = metadata, set[str](), False

    def plan(self, harness: Harness | None) -> Plan:
        """Return what was read."""
        steps = tuple(
            one if isinstance(one, Generate) else Say(one[0], one[1], _template(one[2]) or "")
            for one in self._messages
        )
        return Plan(steps, harness, frozenset(self._used))

    def take(self, place: int, step: Mapping[str, Any], *, known_input: bool) -> bool:
        """Apply a solver; false where it cannot be said what it does."""
        solver, params = str(step["solver"]).removeprefix("inspect_ai/"), step["params"]
        id_ = f"{solver}_{place}"
        if solver == "generate" and known_input:
            config = {name: value for name, value in params.items() if name not in _OF_GENERATE}
            self._messages.append(Generate(id_, config))
            self._spoken = True
            return True
        if solver == "system_message" and not self._spoken:
            return self._say(id_, "system", params, 1 + self._last("system"))
        if solver == "user_message" and known_input:
            return self._say(id_, "user", params, len(self._messages))
        if solver in _PROMPTS and known_input and not self._spoken:
            return self._rewrite(params)
        return False

    def _say(self, id_: str, role: str, params: Mapping[str, Any], place: int) -> bool:
        parts = self._filled(params, None)
        if parts is None:
            return False
        self._messages.insert(place, (id_, role, parts))
        return True

    def _rewrite(self, params: Mapping[str, Any]) -> bool:
        place = self._last("user")
        message = self._messages[place] if place >= 0 else None
        if message is None or isinstance(message, Generate):
            return False
        parts = self._filled(params, message[2])
        if parts is None:
            return False
        self._messages[place] = (message[0], message[1], parts)
        return True

    def _last(self, role: str) -> int:
        places = [
            place
            for place, one in enumerate(self._messages)
            if not isinstance(one, Generate) and one[1] == role
        ]
        return places[-1] if places else -1

    def _filled(self, params: Mapping[str, Any], prompt: Parts | None) -> Parts | None:
        """Return a solver's template filled in, or None where that cannot be done before a run."""
        template, inner = params.get("template"), params.get("params")
        if not isinstance(template, str):
            return None
        given = {name: value for name, value in params.items() if name not in ("template", "params")}
        if isinstance(inner, dict):
            given |= inner
        parts: list[Part] = []
        used: set[str] = set()
        try:
            pieces = list(Formatter().parse(template))
        except ValueError:
            return None
        for text, name, form, conversion in pieces:
            parts.append(Part(text))
            if name is None:
                continue
            if form or conversion or not name.isidentifier():
                return None
            if name == "prompt" and prompt is not None:
                parts += prompt
            elif isinstance(given.get(name), str | int | float):
                parts.append(Part(str(given[name])))
            elif given.get(name) is not None:
                return None
            elif name in self._metadata:
                parts.append(Part(metadata_field(name), named=True))
                used.add(name)
            else:
                # What it does not know the solver leaves as it stands.
                parts.append(Part("{" + name + "}"))
        filled = tuple(parts)
        if _template(filled) is None:
            return None
        self._used |= used
        return filled


def metadata_field(name: str) -> str:
    """Return the field that a name in a sample's metadata becomes."""
    return f"metadata_{name}"


def usable(name: str) -> bool:
    """Whether a name in a sample's metadata can be a field's."""
    return re.fullmatch(r"[a-z][a-z0-9_]{0,50}", name) is not None


def _template(parts: Parts) -> str | None:
    """Write a template; None for what no template says, such as a brace right before a value."""
    joined: list[Part] = []
    for part in parts:
        if joined and not part.named and not joined[-1].named:
            joined[-1] = replace(part, text=joined[-1].text + part.text)
        else:
            joined.append(part)
    text = "".join(f"{{{{item.{part.text}}}}}" if part.named else literal(part.text) for part in joined)
    try:
        parse(text)
    except TemplateError:
        return None
    return text if len(text) <= limits.TEXT_CHARACTERS else None


def program(plan: Plan, parameters: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the program; `parameters` are those of each `generate` step."""
    steps: list[dict[str, Any]] = []
    result = ""
    for step in plan.steps:
        at = {"id": step.id, "thread": THREAD}
        if isinstance(step, Generate):
            sent = dict(parameters.get(step.id, {}))
            steps.append({"do": "generate", **at, "actor": ACTOR, "parameters": sent})
            result = f"{{{{{step.id}}}}}"
        else:
            steps.append({"do": "say", **at, "role": step.role, **whom(step.role), "text": step.template})
    if plan.harness is not None:
        harness = {"name": plan.harness.name, "sha256": plan.harness.sha256}
        steps.append(
            {
                "do": "external",
                "id": OPAQUE,
                "thread": THREAD,
                "actor": ACTOR,
                "harness": harness,
                "max_events": _EVENTS,
                "at_bound": "stop",
            }
        )
        result = f"{{{{{OPAQUE}}}}}"
    return {
        "actors": {ACTOR: {"kind": "model"}},
        "primary": ACTOR,
        "threads": {THREAD: {"speakers": [ACTOR]}},
        "steps": steps,
        "result": [{"name": "answer", "text": result}],
    }


def whom(role: str) -> dict[str, str]:
    """Return whom the program speaks to, or on whose behalf."""
    return {"system": {"to": ACTOR}, "assistant": {"for": ACTOR}}.get(role, {})
