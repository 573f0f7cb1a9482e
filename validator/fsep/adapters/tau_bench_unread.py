"""What of tau-bench files no part of an import reads: counted, so that nothing is left out in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from fsep.adapters import tau_bench_gaps as gaps
from fsep.adapters.loss import Loss
from fsep.adapters.source import Source

# Names told apart in the loss report; those of the published files are four.
NAMED = 32
# What is read, or named by a gap of its own, of the objects of each place.
READ = {
    "*": frozenset(("task_id", "trial", "reward", "info", "traj")),
    "*/info": frozenset(("task", "error", "user_cost", "reward_info")),
    "*/info/task": frozenset(("instruction", "actions", "outputs")),
    "*/traj/*": frozenset(("role", "content", "tool_calls", "tool_call_id")),
    "*/traj/*/tool_calls/*": frozenset(("id", "type", "function")),
    "*/traj/*/tool_calls/*/function": frozenset(("name", "arguments")),
}


def unread(sources: Iterable[Source], loss: Loss) -> None:
    """Add a gap for each name of a member that is there, is not null, and is not read."""
    met = Counter(
        (where, name)
        for source in sources
        for row in source.root.value["rows"]
        for where, value in _objects(row)
        for name, inner in value.items()
        if inner is not None and name not in READ[where]
    )
    for (where, name), count in met.most_common(NAMED):
        loss.gap(gaps.UNREAD, count, name=f"{where}/{name}".replace("*/", ""), where=where)
    if more := met.total() - sum(count for _, count in met.most_common(NAMED)):
        loss.gap(gaps.UNREAD_MORE, more)


def _objects(row: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a row that an import reads, each with its place, where they are objects."""
    info = _member(row, "info")
    found = [("*", row), ("*/info", info), ("*/info/task", _member(info, "task"))]
    for message in _listed(row, "traj"):
        found.append(("*/traj/*", message))
        for call in _listed(message, "tool_calls"):
            found += [
                ("*/traj/*/tool_calls/*", call),
                ("*/traj/*/tool_calls/*/function", _member(call, "function")),
            ]
    return ((where, value) for where, value in found if isinstance(value, dict))


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _listed(value: Any, name: str) -> list[Any]:
    inner = _member(value, name)
    return inner if isinstance(inner, list) else []
