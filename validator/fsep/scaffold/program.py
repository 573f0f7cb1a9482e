"""A scaffold's program as a compiled value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fsep.errors import FsepError

Rule = Literal["identifiers", "references", "templates", "assigned", "types", "patterns", "size"]

# Members a program may leave out, and what their absence stands for: written out before the digest is taken.
STEP_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "generate": {"parameters": {}, "seed": "none"},
    "tools": {"parameters": {}, "seed": "none", "offer": "all"},
    "call": {"offer": "all"},
    "when": {"else": []},
    "repeat": {"fresh": []},
    "each": {"fresh": []},
}

# Members of steps that are counted by.
COUNTS = ("max", "max_rounds", "max_events", "count")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a program cannot be read: the rule it breaks, where (a JSON pointer) and a sentence."""

    rule: Rule
    pointer: str
    message: str


class ProgramError(FsepError):
    """A program breaks rules of the language; all that were found are in `problems`."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Gather the problems."""
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Actor:
    """A speaker of a program: its kind, and for a simulator which one."""

    id: str
    kind: Literal["model", "simulator", "human"]
    simulator: str | None = None

    @property
    def role(self) -> str:
        """The role its words have in the record: a model is the assistant, whoever else speaks is a user."""
        return "assistant" if self.kind == "model" else "user"


@dataclass(frozen=True, slots=True)
class Program:
    """A program that was read and found well formed.

    `body` makes the machine's generator for one run; `fields` are the item fields it uses, of kind `text` or
    `list`.
    """

    id: str
    sha256: str
    actors: Mapping[str, Actor]
    threads: Mapping[str, tuple[str, ...]]
    primary: str
    fields: Mapping[str, str]
    environments: frozenset[str]
    simulators: frozenset[str]
    externals: tuple[Mapping[str, Any], ...]
    result: tuple[str, ...]
    body: Any = field(repr=False, compare=False)
    document: Mapping[str, Any] = field(repr=False, compare=False, default_factory=dict)

    def steps(self) -> Iterator[Mapping[str, Any]]:
        """Yield every step as the document has it, those inside others included, in no order."""
        steps = list(self.document["program"]["steps"])
        while steps:
            step = steps.pop()
            yield step
            for member in ("steps", "then", "else"):
                steps += step.get(member, ())


def with_defaults(program: Mapping[str, Any]) -> dict[str, Any]:
    """Return the program with every default written out, and counts as integers."""
    return {**program, "steps": [_step(step) for step in program["steps"]]}


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    made = {**STEP_DEFAULTS.get(step["do"], {}), **step}
    for member in ("steps", "then", "else"):
        if member in made:
            made[member] = [_step(inner) for inner in made[member]]
    # As a number of JSON a whole number may be written 3.0, which is the same in canonical form.
    return made | {member: int(made[member]) for member in COUNTS if member in made}
