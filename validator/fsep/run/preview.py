"""What a session would do: how many requests each scaffold takes, and the exact first one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fsep.run.study import Runnable
from fsep.run.wire import body_of, digest_of
from fsep.scaffold.machine import Exhausted, Item, start
from fsep.scaffold.program import with_defaults


@dataclass(frozen=True, slots=True)
class First:
    """The first request of a scaffold: who is asked, on which item, the body as sent, and its digest."""

    system: str
    scaffold: str
    item: str
    asked: str
    body: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """At least and at most how many requests the runs of a scaffold make, of one system."""

    scaffold: str
    runs: int
    least: int
    most: int


def bounds(study: Runnable) -> list[Bounds]:
    """Return how many requests each scaffold takes, over all items and replicates."""
    made = []
    for id_, program in study.programs.items():
        steps = with_defaults(program.document["program"])["steps"]
        each = [_requests(steps, item) for item in study.items.values()]
        times = study.design["replicates"]
        made.append(
            Bounds(
                id_,
                len(each) * times,
                sum(least for least, _ in each) * times,
                sum(most for _, most in each) * times,
            )
        )
    return made


def _requests(steps: Sequence[Mapping[str, Any]], item: Item) -> tuple[int, int]:
    """Return the least and the most requests that steps can make."""
    least = most = 0
    for step in steps:
        low, high = _of_step(step, item)
        least, most = least + low, most + high
    return least, most


def _of_step(step: Mapping[str, Any], item: Item) -> tuple[int, int]:
    kind = step["do"]
    if kind == "generate":
        return 1, 1
    if kind == "tools":
        return 1, int(step["max_rounds"])
    if kind == "when":
        branches = [_requests(step[branch], item) for branch in ("then", "else")]
        return min(low for low, _ in branches), max(high for _, high in branches)
    if kind == "repeat":
        low, high = _requests(step["steps"], item)
        return low if "until" in step else low * step["max"], high * step["max"]
    if kind == "each":
        low, high = _requests(step["steps"], item)
        name = step["in"].partition("item.")[2]
        if name:
            rounds = min(len(item.fields[name]), step["max"])
            return low * rounds, high * rounds
        return 0, high * step["max"]
    return 0, 0


def first_requests(study: Runnable, system: str, *, stream: bool) -> list[First]:
    """Return the first request that each scaffold makes of a system, or of a simulator, on the first item."""
    item = next(iter(study.items.values()))
    made = []
    for id_, program in study.programs.items():
        machine = start(program, study.settings[system], item, 0, keep_messages=True)
        try:
            want = next(machine)
            while want.request is None and (want.content is not None or want.fields["kind"] == "edit"):
                want = machine.send(None)
        except (StopIteration, Exhausted):
            continue
        if want.request is None:
            continue
        body = body_of(want.request, stream=stream, blob=_no_blob)
        made.append(First(system, id_, item.id, want.fields["actor"], body, digest_of(body)))
    return made


def _no_blob(digest: str) -> bytes:
    raise KeyError(digest)
