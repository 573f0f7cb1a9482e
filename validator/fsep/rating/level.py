"""What happened in a run that its evidence level and its users are read off (spec/1.0/13-profile.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from fsep.rating.rubric import Dimension, Rubric
from fsep.scaffold.program import Program

LEVELS = ("model", "response", "interaction", "deployment")
MODEL, RESPONSE, INTERACTION, DEPLOYMENT = range(4)
USERS = ("scripted", "simulated", "recruited", "real", "in-service")


class _Thread:
    """One thread in which the primary actor speaks, as far as the run has come."""

    __slots__ = ("exchange", "human", "outputs", "spoke", "whole")

    def __init__(self, whole: bool) -> None:
        self.outputs: list[str] = []
        self.spoke = ""
        self.exchange = self.human = False
        self.whole = whole


class Seen(NamedTuple):
    """What a run came to for those who rate it.

    `levels` holds a level for each dimension of the rubric, `outputs` the step paths that are rated, by
    thread, `users` the users' places in `USERS`, `participants` the people who spoke.
    """

    levels: bytes
    outputs: Mapping[str, tuple[str, ...]]
    users: frozenset[int]
    participants: frozenset[str]


class Watch:
    """Watches the events of one run."""

    def __init__(self, rubric: Rubric, program: Program, fresh: frozenset[str]) -> None:
        """Begin before the first event; `fresh` is what `fresh_threads` gives."""
        self._rubric, self._program = rubric, program
        self._threads = {
            name: _Thread(name not in fresh)
            for name, speakers in program.threads.items()
            if program.primary in speakers
        }
        self._users: set[int] = set()
        self._participants: set[str] = set()

    def see(self, event: Mapping[str, Any]) -> None:
        """Take the next event."""
        if "participant" in event:
            self._participants.add(event["participant"])
        thread = self._threads.get(event.get("thread", ""))
        if thread is None:
            return
        kind = event["kind"]
        if kind == "output" and event["actor"] == self._program.primary:
            if thread.spoke:
                thread.exchange = True
                thread.human |= thread.spoke == "human"
            thread.outputs.append(event["step"])
            thread.spoke = ""
        elif kind in ("edit", "external"):
            thread.whole = False
        elif (user := self._user(event)) is not None:
            self._users.add(user[0])
            if thread.outputs and thread.spoke != "human":
                thread.spoke = user[1]

    def _user(self, event: Mapping[str, Any]) -> tuple[int, str] | None:
        """Return whose message an event is, where it is a user's."""
        if event["kind"] == "message":
            step = str(event["step"]).partition("[")[0]
            said = event.get("role") == "user" and (self._program.id, step) in self._rubric.scripted
            return (0, "scripted") if said else None
        if event["kind"] != "output" or event.get("tool_calls"):
            return None
        actor = self._program.actors.get(event["actor"])
        if actor is None or actor.kind == "model":
            return None
        return (1, "simulator") if actor.kind == "simulator" else (USERS.index(self._rubric.people), "human")

    def seen(self) -> Seen:
        """Return what the run came to."""
        return Seen(
            bytes(self._level(dimension) for dimension in self._rubric.dimensions),
            {name: tuple(thread.outputs) for name, thread in self._threads.items()},
            frozenset(self._users),
            frozenset(self._participants),
        )

    def _level(self, dimension: Dimension) -> int:
        if dimension.of != "exchange":
            return MODEL if dimension.of == "key" else RESPONSE
        found = [thread for thread in self._looked_at(dimension) if thread.exchange]
        if not found:
            return RESPONSE
        in_service = self._rubric.people == "in-service" and any(thread.human for thread in found)
        return DEPLOYMENT if in_service else INTERACTION

    def _looked_at(self, dimension: Dimension) -> list[_Thread]:
        if dimension.thread is not None:
            thread = self._threads.get(dimension.thread)
            if thread is None or (dimension.blind and not thread.whole):
                return []
            return [thread]
        return [] if dimension.blind else list(self._threads.values())


def fresh_threads(program: Program) -> frozenset[str]:
    """Return the threads that some loop of a program begins anew."""
    return frozenset(thread for step in program.steps() for thread in step.get("fresh", ()))
