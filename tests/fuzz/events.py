"""Changes of events: what can happen to the record of what was said and done in a run.

They know what an event is, so that most of what they make is valid against the schemas and meets the checks
behind them.
"""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

from fuzz.values import WITHHELD, Operator, edited
from workbench import Run, Workbench


def files(bench: Workbench) -> list[str]:
    """Return the paths of the files of transcripts that have lines."""
    paths = [path for path in sorted(bench.values) if path.startswith("transcripts/")]
    return [path for path in paths if isinstance(bench[path], list) and bench[path]]


def line_of(rng: Random, bench: Workbench) -> tuple[list[Any], int, str] | None:
    """Choose a line: the lines of its file, its index, and where that is."""
    if not (paths := files(bench)):
        return None
    path = rng.choice(paths)
    line = rng.randrange(len(bench[path]))
    return bench[path], line, f"{path}:{line + 1}"


def run_of(rng: Random, bench: Workbench) -> tuple[Run, str] | None:
    """Choose a record of a run, with where it is."""
    if (chosen := line_of(rng, bench)) is None:
        return None
    lines, line, where = chosen
    return (lines[line], where) if isinstance(lines[line], dict) else None


def _event(rng: Random, bench: Workbench) -> tuple[list[Any], int, str] | None:
    if (chosen := run_of(rng, bench)) is None:
        return None
    run, where = chosen
    events = run.get("events")
    if not isinstance(events, list) or not events or not all(isinstance(event, dict) for event in events):
        return None
    index = rng.randrange(len(events))
    return events, index, f"{where}/events/{index}"


def drop_event(rng: Random, bench: Workbench) -> str | None:
    """Lose one event."""
    if (chosen := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    del events[index]
    return where


def drop_last_events(rng: Random, bench: Workbench) -> str | None:
    """Break a run off."""
    if (chosen := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    del events[index:]
    return where


def repeat_event(rng: Random, bench: Workbench) -> str | None:
    """Record an event twice, also in another place or another run."""
    if (chosen := _event(rng, bench)) is None or (other := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    target, at, there = rng.choice([(events, index, where), other])
    target.insert(at, copy.deepcopy(events[index]))
    return f"{where} at {there}"


def swap_events(rng: Random, bench: Workbench) -> str | None:
    """Let two events change places."""
    if (chosen := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    other = rng.choice([min(index + 1, len(events) - 1), rng.randrange(len(events))])
    events[index], events[other] = events[other], events[index]
    return f"{where} with {other}"


def trade_members(rng: Random, bench: Workbench) -> str | None:
    """Give an event a member of another event."""
    if (chosen := _event(rng, bench)) is None or (other := _event(rng, bench)) is None:
        return None
    name = rng.choice(sorted(other[0][other[1]]) or ["kind"])
    chosen[0][chosen[1]][name] = copy.deepcopy(other[0][other[1]].get(name))
    return f"{chosen[2]}/{name} from {other[2]}"


def edit_text(rng: Random, bench: Workbench) -> str | None:
    """Change what was said, or in what form it was kept."""
    if (chosen := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    event = events[index]
    said = event.get("content")
    text = said if isinstance(said, str) else ""
    event["content"] = rng.choice(
        [edited(rng, text), edited(rng, text), "", None, [{"type": "text", "text": text}], text + " ", WITHHELD,
         [{"type": "text", "text": text[:1]}, {"type": "text", "text": text[1:]}], [],
         [{"type": "reasoning", "form": "text", "text": "synthetic"}, {"type": "text", "text": text}],
         [{"type": "text", "text": text}, {"type": "image", "blob": "0" * 64, "media_type": "image/png"}]]
    )  # fmt: skip
    return f"{where}/content"


def relabel(rng: Random, bench: Workbench) -> str | None:
    """Change what an event says of itself."""
    if (chosen := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    choices: list[tuple[str, list[Any]]] = (
        [("origin", ["program", "model", "simulator", "environment", "human", "provider", "harness"]),
         ("role", ["system", "user", "assistant", "tool"]), ("kind", ["message", "output", "tool-result", "call", "edit"]),
         ("actor", ["program", "solver", "customer", "desk"]), ("to", ["solver", "customer"]), ("for", ["solver"]),
         ("thread", ["main", "side", "other"]), ("step", ["ask", "answer", "ask[0]", "answer[0]", "turn[1]"]),
         ("rebuilt", [True]), ("error", [True, False]), ("tool_call_id", ["call-1", "1"]),
         ("returned_model", ["stand-in-steady-1", "stand-in-steady-2"]), ("finish", ["stop", "length"]),
         ("attempts", [[{"outcome": "cut"}, {"outcome": "complete"}], [{"outcome": "complete"}] * 2, [{"outcome": "cut"}]]),
         ("parameters", [{}, {"temperature": 0}, {"temperature": 0.0}, {"temperature": False}, {"max_tokens": 256}]),
         ("started", ["2026-05-04T10:00:00Z", "2026-05-04T23:00:00Z"]), ("ended", ["2026-05-04T00:00:00.5Z"])]
    )  # fmt: skip
    name, values = rng.choice(choices)
    events[index][name] = copy.deepcopy(rng.choice(values))
    return f"{where}/{name}"


def forget(rng: Random, bench: Workbench) -> str | None:
    """Leave out what a runner has to record."""
    if (chosen := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    name = rng.choice(["request_sha256", "parameters", "returned_model", "content", "role", "thread"])
    events[index].pop(name, None)
    return f"{where}/{name}"


def wrap_all(rng: Random, bench: Workbench) -> str | None:
    """Let all outputs of one system show what a provider or harness did out of sight."""
    if not (paths := files(bench)):
        return None
    path, how = rng.choice(paths), rng.choice(["reasoning", "none", "prefix", "json"])
    for run in bench[path]:
        for event in run.get("events", ()) if isinstance(run, dict) else ():
            if isinstance(event, dict) and event.get("origin") == "model":
                event["content"] = _wrapped(event.get("content"), how)
    return f"{path} {how}"


def _wrapped(content: Any, how: str) -> Any:
    parts = content if isinstance(content, list) else [{"type": "text", "text": content or ""}]
    if how == "reasoning":
        return [{"type": "reasoning", "form": "summary", "text": "synthetic"}, *parts]
    said = "".join(part["text"] for part in parts if part.get("type") == "text" and "text" in part)
    return {"prefix": f"As a stand-in: {said}", "json": json.dumps({"said": said})}.get(how, said)


def change_call(rng: Random, bench: Workbench) -> str | None:
    """Change a tool call: its id, its name, its arguments, or how many there are."""
    if (chosen := _event(rng, bench)) is None:
        return None
    events, index, where = chosen
    calls = events[index].get("tool_calls")
    if not isinstance(calls, list) or not calls:
        calls = events[index]["tool_calls"] = [{"id": "1", "name": "lookup", "arguments": {"text": "x"}}]
        return f"{where}/tool_calls"
    call = rng.choice(calls)
    how = rng.choice(["id", "name", "arguments", "again", "none"])
    if how == "again":
        calls.append(copy.deepcopy(call))
    elif how == "none":
        calls.remove(call)
    else:
        call[how] = rng.choice(["x", "lookup", {"text": "y"}, '{"text": "y"}', {}, WITHHELD])
    return f"{where}/tool_calls {how}"


EVENTS: tuple[Operator, ...] = (
    *(drop_event, drop_last_events, repeat_event, swap_events, trade_members),
    *(edit_text, relabel, forget, change_call, wrap_all),
)
