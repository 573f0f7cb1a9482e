"""The machine: a program's run as a generator that says what comes next and is told what came.

It neither reads nor calls anything. The runner answers it with a live model's words, the validator with
recorded ones, so that what is executed and what is checked cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fsep import limits
from fsep.scaffold.adaptation import Adaptations
from fsep.scaffold.message import (
    BlobText,
    Message,
    Output,
    WithheldText,
    no_blobs,
    text_of,
    view_content,
)
from fsep.scaffold.program import Actor, Program
from fsep.scaffold.template import Template, Value
from fsep.scaffold.view import NO_TOOLS, Offer, Request, Sent, View, seed_for


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
    _sent: dict[Ask, Sent] = field(default_factory=dict, init=False, repr=False, compare=False)

    def sent(self, ask: Ask) -> Sent:
        """Return what is sent at a step, but for a derived seed."""
        sent = self._sent.get(ask)
        if sent is None:
            seed = {} if ask.seed in ("none", "derived") else {"seed": ask.seed}
            sent = self._sent[ask] = self.adapted(ask, seed)
        return sent

    def adapted(self, ask: Ask, seed: Mapping[str, Any]) -> Sent:
        """Return what is sent at a step with a seed."""
        sent: Mapping[str, Any] = {**ask.parameters, **seed}
        offered = self.environments[ask.environment].offered(ask.offer) if ask.environment else NO_TOOLS
        if ask.actor.simulator is not None:
            return Sent.of(self.simulators[ask.actor.simulator], sent, offered)
        return Sent.of(self.model, self.adaptations.parameters(sent), offered)


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """What a program fixes of a request: who is asked where, the parameters, and which tools are offered."""

    thread: str
    actor: Actor
    parameters: Mapping[str, Any]
    seed: str | int
    environment: str | None = None
    offer: str | Sequence[str] = "all"


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


class Want(NamedTuple):
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


class External(NamedTuple):
    """What an opaque part came to: its last assistant content and how many events it took."""

    content: Any
    events: int


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ends: its status and, where it completed, its named texts.

    `histories` has, by thread, the messages of the primary actor's view as it stands then, before adaptation,
    where messages were kept.
    """

    status: str
    result: tuple[tuple[str, str], ...] = ()
    histories: Mapping[str, Sequence[Message]] = field(default_factory=dict, repr=False, compare=False)


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

    def work(self, units: int) -> None:
        """Pay for work between events, so that every run ends in bounded time and memory."""
        self.fuel -= units
        if self.fuel < 0:
            raise Exhausted

    def spend(self, characters: int, elements: int = 0) -> None:
        """Pay for work on a value of so many characters, and elements of a list; it may be too long."""
        self.work(1)
        self.hold(characters, elements)

    def hold(self, characters: int, elements: int = 0) -> None:
        """Pay for the weight of a value, which may be too long."""
        self.work((characters >> 6) + elements)
        if characters > limits.VALUE_CHARACTERS:
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

    def histories(self) -> dict[str, Sequence[Message]]:
        """Return the messages of the primary actor's views, by thread; only where they were kept."""
        primary = self.program.primary
        return {thread: view.messages for (thread, actor), view in self._views.items() if actor == primary}

    def forget(self, threads: Sequence[str]) -> None:
        """Begin the histories of threads anew."""
        for key in [key for key in self._views if key[0] in threads]:
            del self._views[key]

    def hear(self, thread: str, speaker: str | None, output: Output) -> str:
        """Deliver what was said to the views of a thread and return its text.

        Calls are seen by their caller alone.
        """
        content = view_content(output.content, self.blob_text)
        for actor in self.program.threads[thread]:
            if actor == speaker:
                own = content
                if self.program.actors[actor].kind == "model" and self.setting.adaptations.echo_reasoning:
                    own = view_content(output.content, self.blob_text, reasoning=True)
                self.view(thread, actor).add(Message("assistant", own, output.tool_calls))
            elif not output.tool_calls:
                self.view(thread, actor).add(Message("user", content))
        return content if isinstance(content, str) else text_of(output.content, self.blob_text)

    def request(self, ask: Ask, step: str) -> Request | None:
        """Return the request for an actor's next words at a step, None for a person."""
        if ask.actor.kind == "human":
            return None
        if ask.seed == "derived":
            seed = seed_for(self.setting.design_sha256, self.item.id, self.replicate, step)
            sent = self.setting.adapted(ask, {"seed": seed})
        else:
            sent = self.setting.sent(ask)
        return Request(sent, self.view(ask.thread, ask.actor.id))


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
        return Ending("limit-reached", histories=state.histories())
    texts = tuple((name, state.render(template)) for name, template in result)
    return Ending("completed", texts, state.histories())
