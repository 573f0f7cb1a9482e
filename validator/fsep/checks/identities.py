"""Which model identities were returned for a system, or a simulator (FSEP-OBS-004)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from fsep.checks.line import RunLine
from fsep.checks.registry import Answer, Passed, check
from fsep.checks.study import Document
from fsep.findings import Problem

if TYPE_CHECKING:
    from fsep.checks.whole import Whole

# Identities that are counted for each: the first in their order, so that merging loses no count. A pin has at
# most as many.
KEPT = 16

# By the simulator's id, and by "" for the system itself, how many outputs came from each identity.
Identities = Mapping[str, dict[str, int]]


def identities(line: RunLine) -> Identities:
    """Return which identities the outputs of a line record; what is not declared is left to FSEP-REQ-007."""
    found: dict[str, dict[str, int]] = {}
    if line.program is None:
        return found
    seen: dict[tuple[str, str], int] = {}
    for _, event in line.requested:
        if "returned_model" in event:
            key = event["actor"], event["returned_model"]
            seen[key] = seen.get(key, 0) + 1
    for (actor, returned), count in seen.items():
        document = line.speaker(actor)
        if document is not None and returned in document.value["model"].get("returned", (returned,)):
            id_ = document.value["id"] if document.role == "simulator" else ""
            found[id_] = _added(found.get(id_, {}), {returned: count})
    return found


def merged(one: Identities, other: Identities) -> Identities:
    """Merge two of them: associative and commutative, none as identity."""
    if not one or not other:
        return one or other
    return {id_: _added(one.get(id_, {}), other.get(id_, {})) for id_ in {**one, **other}}


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    total = {**one}
    for identity, count in other.items():
        total[identity] = total.get(identity, 0) + count
    return {identity: total[identity] for identity in sorted(total)[:KEPT]} if len(total) > KEPT else total


@check("FSEP-OBS-004", "summary")
def one_identity(whole: Whole) -> Iterator[Answer]:
    yield from whole.unseen
    yield from whole.study.unusable("simulator")
    simulators: Identities = {}
    for system, seen in whole.observed.items():
        yield from _one("system", system, whole.study.systems[system], seen.identities.get("", {}))
        simulators = merged(simulators, {id_: each for id_, each in seen.identities.items() if id_})
    for id_, counts in sorted(simulators.items()):
        yield from _one("simulator", id_, whole.study.documents["simulator"][id_], counts)


def _one(role: str, id_: str, document: Document, counts: Mapping[str, int]) -> Iterator[Answer]:
    outputs = sum(counts.values())
    if len(counts) == 1 and outputs > 1:
        yield Passed()
    elif len(counts) > 1:
        each = ", ".join(f"{identity!r} in {count}" for identity, count in sorted(counts.items()))
        yield Problem(
            f"{outputs} outputs of the {role} {id_!r} record a model identity, and it is not one: {each}",
            document.place("/model"),
        )
