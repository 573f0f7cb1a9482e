"""What a program names: whether it is there, is of the kind wanted, and has a value where it is used."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from fsep.scaffold.program import Actor, Problem, Rule
from fsep.scaffold.template import Template, TemplateError, parse

# The names that have a value at a place in the program, each with its kind, `text` or `list`.
Scope = dict[str, str]

_NO_TEMPLATE = Template(("",))


class Names:
    """The names of one program, and the problems found with them as it is read from its beginning."""

    def __init__(self, program: Mapping[str, Any]) -> None:
        """Begin with actors and threads; steps, loops and values are added as they are come to."""
        self.problems: list[Problem] = []
        self.actors = {
            name: Actor(name, actor["kind"], actor.get("simulator"))
            for name, actor in program["actors"].items()
        }
        self.threads = {name: tuple(thread["speakers"]) for name, thread in program["threads"].items()}
        self.fields: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.steps: set[str] = set()
        self.loops: dict[str, set[str]] = {}
        self.around: list[str] = []
        self._check_head(program["primary"])

    def problem(self, rule: Rule, pointer: str, message: str) -> None:
        """Write down what is wrong."""
        self.problems.append(Problem(rule, pointer, message))

    def _check_head(self, primary: str) -> None:
        if primary not in self.actors:
            self.problem("references", "/program/primary", f"no actor is named {primary!r}")
        elif self.actors[primary].kind != "model":
            self.problem(
                "references",
                "/program/primary",
                f"the primary actor {primary!r} is of kind {self.actors[primary].kind}, not model",
            )
        for thread, speakers in self.threads.items():
            for place, speaker in enumerate(speakers):
                if speaker not in self.actors:
                    self.problem(
                        "references",
                        f"/program/threads/{thread}/speakers/{place}",
                        f"no actor is named {speaker!r}",
                    )

    def declare_step(self, step: Mapping[str, Any], here: str) -> None:
        """Step ids name events: each stands once in a program."""
        name = step.get("id")
        if name is None:
            return
        if name in self.steps or name in self.kinds:
            self.problem("identifiers", f"{here}/id", f"the name {name!r} is taken by an earlier step")
        self.steps.add(name)

    def check_speakers(self, step: Mapping[str, Any], here: str) -> None:
        """Threads and actors that a step names exist, and an actor speaks in the thread."""
        thread = step.get("thread")
        if thread is not None and thread not in self.threads:
            self.problem("references", f"{here}/thread", f"no thread is named {thread!r}")
            return
        for member in ("actor", "to", "for"):
            actor = step.get(member)
            if actor is not None and actor not in self.threads.get(str(thread), ()):
                self.problem(
                    "references", f"{here}/{member}", f"{actor!r} is no speaker of the thread {thread!r}"
                )

    def enter(self, loop: str) -> None:
        """Begin a loop: what is given a value from now on is given it in the loop."""
        self.loops[loop] = set()
        self.around.append(loop)

    def leave(self) -> None:
        """End the loop begun last."""
        self.around.pop()

    def assign(self, scope: Scope, name: str, kind: str, pointer: str) -> None:
        """Give a name a value of a kind: a text or a list wherever it is given one."""
        if name in self.steps and not pointer.endswith("/id"):
            self.problem(
                "identifiers",
                pointer,
                f"the name {name!r} is a step's; a step's name is given a value by that step alone",
            )
        known = self.kinds.setdefault(name, kind)
        if known != kind:
            self.problem("types", pointer, f"{name!r} is a {known} elsewhere and a {kind} here")
        scope[name] = known
        for loop in self.around:
            self.loops[loop].add(name)

    def template(self, text: str, pointer: str, scope: Scope) -> Template:
        """Compile a template, and use the names in it; one that cannot be compiled is taken as empty."""
        try:
            made = parse(text)
        except TemplateError as error:
            self.problem("templates", pointer, str(error))
            return _NO_TEMPLATE
        for name in made.names:
            self.use(name, "text", pointer, scope)
        return made

    def use(self, name: str, kind: str, pointer: str, scope: Scope) -> None:
        """Hold a name to having a value of a kind where it is used."""
        if name.startswith("item."):
            used = self.fields.setdefault(name[5:], kind)
            if used != kind:
                self.problem(
                    "types",
                    pointer,
                    f"the item's field {name[5:]!r} is used as a {used} elsewhere and as a {kind} here",
                )
        elif name not in scope:
            self.problem("assigned", pointer, self._unassigned(name))
        elif scope[name] != kind:
            self.problem("types", pointer, f"{name!r} is a {scope[name]}; a {kind} is wanted here")

    def _unassigned(self, name: str) -> str:
        """Say why a name has no value: nothing gives it one, or not on every way."""
        if name in self.kinds:
            return (
                f"{name!r} may have no value here: on some way through the program no earlier step "
                "gives it one"
            )
        close = get_close_matches(name, self.kinds, 1)
        return f"nothing before this place is named {name!r}" + (f"; {close[0]!r} is" if close else "")
