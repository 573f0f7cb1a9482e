"""The machine: a program's run as a generator that says what comes next and is told what came.

It neither reads nor calls anything. The runner answers it with a live model's words, the validator with
recorded ones, so that what is executed and what is checked cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fsep import limits
from fsep.scaffold.adaptation import Adaptations
from fsep.scaffold.message import (
    BlobText,
    Message,
    Output,
    WithheldText,
    assemble,
    encode_content,
    no_blobs,
    text_of,
    view_content,
)
from fsep.scaffold.program import Program
from fsep.scaffold.template import Template, Value
from fsep.scaffold.view import NO_TOOLS, Offer, Request, View, seed_for


class Exhausted(Exception):
    """A run asks for more work between events than the language allows; it cannot be checked."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The tools an environment defines, by name, in the order they are sent; None where not recorded."""

    id: str
    tools: Mapping[str, Mapping[str, Any]] | None
    _offers: dict[str | tuple[str, ...], Offer | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def offered(self, offer: str | Sequence[str]) -> Offer | None:
        """Return the tools of an offer, in the environment's order; None where they were not recorded."""
        key = offer if isinstance(offer, str) else tuple(offer)
        if key not in self._offers:
            names = None if self.tools is None else self.tools if offer == "all" else set(offer)
            self._offers[key] = (
                None
                if self.tools is None or names is None
                else Offer({name: tool for name, tool in self.tools.items() if name in names})
            )
        return self._offers[key]


@dataclass(frozen=True, slots=True)
class Setting:
    """What the runs of one system share: names of models, adaptations, environments, the design's digest."""

    model: str
    design_sha256: str
    adaptations: Adaptations = field(default_factory=Adaptations)
    simulators: Mapping[str, str] = field(default_factory=dict)
    environments: Mapping[str, Environment] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One task instance: its id and its fields, each a text or a list of texts."""

    id: str
    fields: Mapping[str, str | Sequence[str]]

    def values(self) -> dict[str, Value]:
        """Return the values a template sees."""
        return {
            f"item.{name}": value if isinstance(value, str) else tuple(value)
            for name, value in self.fields.items()
        }


@dataclass(frozen=True, slots=True)
class Want:
    """What the machine waits for: an event with just these fields.

    Where `content` is a text the program contributes it; else the answer to send is an `Output`, or for an
    external part an `External`. `request` is there where a model or a simulator is asked, `call` where an
    environment is to answer a tool call.
    """

    fields: Mapping[str, Any]
    content: str | None = None
    request: Request | None = None
    item_characters: int = 0
    max_events: int = 0
    call: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class External:
    """What an opaque part came to: its last assistant content and how many events it took."""

    content: Any
    events: int


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ends: its status and, where it completed, its named texts."""

    status: str
    result: tuple[tuple[str, str], ...] = ()


Answer = Output | External | None
Run = Generator[Want, Answer, Ending]
Body = Generator[Want, Answer, bool]


class State:
    """The state of one run; made by `start` and passed to every step."""

    __slots__ = (
        "_keep",
        "_views",
        "blob_text",
        "collected",
        "fuel",
        "indices",
        "item",
        "program",
        "replicate",
        "setting",
        "values",
        "writes",
    )

    def __init__(
        self,
        program: Program,
        setting: Setting,
        item: Item,
        replicate: int,
        blob_text: BlobText,
        *,
        keep: bool,
    ) -> None:
        """Begin before the first step."""
        self.program, self.setting, self.item, self.replicate = program, setting, item, replicate
        self.blob_text = blob_text
        self.values = item.values()
        self.collected: dict[tuple[str, str], list[str]] = {}
        self.writes: dict[str, int] = {}
        self.indices = ""
        self.fuel = limits.MACHINE_FUEL
        self._keep = keep
        self._views: dict[tuple[str, str], View] = {}

    def spend(self, characters: int) -> None:
        """Pay for work between events, so that every run ends in bounded time and memory."""
        self.fuel -= 1 + (characters >> 6)
        if self.fuel < 0 or characters > limits.VALUE_CHARACTERS:
            raise Exhausted

    def render(self, template: Template) -> str:
        """Render a template and pay for the text, before it is made: one that is too long never is."""
        self.spend(template.length(self.values))
        return template.render(self.values)

    def assign(self, name: str, value: Value) -> None:
        """Give a name its value."""
        self.values[name] = value
        self.writes[name] = self.writes.get(name, 0) + 1

    def view(self, thread: str, actor: str) -> View:
        """Return an actor's view of a thread."""
        view = self._views.get((thread, actor))
        if view is None:
            ours = self.program.actors[actor].kind == "model"
            view = self._views[thread, actor] = View(
                self.setting.adaptations if ours else Adaptations(), keep=self._keep
            )
        return view

    def forget(self, threads: Sequence[str]) -> None:
        """Begin the histories of threads anew."""
        for key in [key for key in self._views if key[0] in threads]:
            del self._views[key]

    def hear(self, thread: str, speaker: str | None, output: Output) -> str:
        """Deliver what was said to the views of a thread and return its text.

        Calls are seen by their caller alone.
        """
        content = view_content(output.content, self.blob_text)
        encoded = encode_content(content)
        for actor in self.program.threads[thread]:
            if actor == speaker:
                own, own_encoded = content, encoded
                if self.program.actors[actor].kind == "model" and self.setting.adaptations.echo_reasoning:
                    own = view_content(output.content, self.blob_text, reasoning=True)
                    own_encoded = encode_content(own)
                self.view(thread, actor).add(
                    Message("assistant", own, output.tool_calls),
                    assemble("assistant", own_encoded, output.tool_calls),
                )
            elif not output.tool_calls:
                self.view(thread, actor).add(Message("user", content), assemble("user", encoded))
        return content if isinstance(content, str) else text_of(output.content, self.blob_text)

    def request(
        self,
        step: str,
        thread: str,
        actor_id: str,
        *,
        parameters: Mapping[str, Any],
        seed: str | int,
        tools: tuple[str, Any] | None = None,
    ) -> Request | None:
        """Return the request for an actor's next words, None for a person.

        `tools` names an environment and what of it is offered.
        """
        actor = self.program.actors[actor_id]
        if actor.kind == "human":
            return None
        sent = dict(parameters)
        if seed != "none":
            sent["seed"] = (
                seed_for(self.setting.design_sha256, self.item.id, self.replicate, step)
                if seed == "derived"
                else seed
            )
        model = self.setting.model
        if actor.kind == "simulator":
            model = self.setting.simulators[str(actor.simulator)]
        else:
            sent = self.setting.adaptations.parameters(sent)
        offered = self.setting.environments[tools[0]].offered(tools[1]) if tools else NO_TOOLS
        return Request(model, sent, offered, self.view(thread, actor_id))


def start(
    program: Program,
    setting: Setting,
    item: Item,
    replicate: int,
    *,
    blob_text: BlobText = no_blobs,
    keep_messages: bool = False,
) -> Run:
    """Begin a run: a generator of `Want`, to be sent answers, that returns its `Ending`.

    Args:
        program: the compiled program.
        setting: what the runs of the system share.
        item: the task instance; it has every field the program uses, in the kind it uses.
        replicate: the replicate's number, from 0.
        blob_text: gives the text of a blob, for text parts kept in one.
        keep_messages: whether requests can show their messages, as a runner needs, or only digests.

    Raises:
        Exhausted: from the generator, when the run asks for more work between events than is allowed.
        WithheldText: from the generator, when a text it needs is withheld.
    """
    state = State(program, setting, item, replicate, blob_text, keep=keep_messages)
    return _run(program, state)


def _run(program: Program, state: State) -> Run:
    if any(isinstance(state.item.fields[name], dict) for name in program.fields):
        raise WithheldText
    steps, result = program.body
    stopped = yield from steps(state)
    if stopped:
        return Ending("limit-reached")
    return Ending("completed", tuple((name, state.render(template)) for name, template in result))
