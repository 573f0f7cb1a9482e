"""Small result files in the shape of tau2-bench's, for its adapter's tests; none of it was recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Message = dict[str, Any]


def agent(content: str | None = None, *calls: dict[str, Any], raw: dict[str, Any] | None = None) -> Message:
    """Return a message that a model made for the agent."""
    made: Message = {"role": "assistant", "content": content, "tool_calls": list(calls) or None}
    return {**made, "raw_data": raw or {"finish_reason": "stop", "index": 0}, "usage": _USAGE}


def user(content: str | None = None, *calls: dict[str, Any]) -> Message:
    """Return a message of the simulated user."""
    return {**agent(content, *calls), "role": "user"}


def call(id_: str, name: str = "look", **arguments: Any) -> dict[str, Any]:
    """Return a tool call."""
    return {"id": id_, "name": name, "arguments": arguments, "requestor": "assistant"}


def result(id_: str, content: str = "found", error: bool = False) -> Message:
    """Return a tool's answer."""
    return {"role": "tool", "id": id_, "content": content, "requestor": "assistant", "error": error}


_USAGE = {"prompt_tokens": 11, "completion_tokens": 7}
GREETING: Message = {"role": "assistant", "content": "Hello!", "tool_calls": None, "raw_data": None}


def simulation(task: str, *messages: Message, trial: int = 0, ended: str = "user_stop") -> dict[str, Any]:
    """Return a simulation."""
    return {
        "id": f"{task}-{trial}",
        "task_id": task,
        "trial": trial,
        "seed": 5,
        "termination_reason": ended,
        "reward_info": {"reward": 1.0},
        "start_time": "2026-01-01T10:00:00.5",
        "end_time": "2026-01-01T10:01:00.5",
        "messages": [GREETING, *messages],
    }


def task(id_: str) -> dict[str, Any]:
    """Return a task."""
    return {
        "id": id_,
        "user_scenario": {"persona": None, "instructions": {"reason_for_call": f"errand {id_}"}},
    }


def results(llm: str, tasks: list[dict[str, Any]], simulations: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a result file."""
    return {
        "timestamp": "2026-01-01T10:00:00",
        "info": {
            "git_commit": f"{llm:0<40}",
            "num_trials": 1,
            "max_steps": 30,
            "max_errors": 10,
            "seed": 300,
            "agent_info": {"implementation": "llm_agent", "llm": llm, "llm_args": {"temperature": 0.0}},
            "user_info": {
                "implementation": "user_simulator",
                "llm": "someone",
                "llm_args": {"temperature": 0.0},
                "global_simulation_guidelines": "Be a customer.",
            },
            "environment_info": {"domain_name": "shop", "policy": "Be kind, {{always}}.", "tool_defs": None},
        },
        "tasks": tasks,
        "simulations": simulations,
    }


def two_systems() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two files: calls of both speakers, text beside calls, reasoning, one task missing."""
    stop = user("Thanks. ###STOP###")
    thinking = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
    raw = {"model": "deep-1", "stop_reason": "tool_use", "thinking_blocks": [thinking]}
    first = results(
        "deep",
        [task("1"), task("2")],
        [
            simulation(
                "2",
                user("Let me look.", call("u1")),
                result("u1"),
                user("It blinks."),
                agent("I look.", call("a1"), call("a2", "find", text="x"), raw=raw),
                result("a1"),
                result("a2", "Error: none", error=True),
                agent("So it is.", raw={**raw, "stop_reason": "end_turn"}),
                stop,
            ),
            simulation("1", user("Hi."), agent("Hi.", raw=raw), user("###TRANSFER###")),
        ],
    )
    second = results(
        "flat",
        [task("1")],
        [simulation("1", user("Hi."), agent(None, call("b1")), result("b1"), ended="too_many_errors")],
    )
    return first, second


def write(folder: Path, **files: dict[str, Any]) -> list[Path]:
    """Write result files, and return their paths."""
    paths = []
    for name, value in files.items():
        paths.append(folder / f"{name}.json")
        paths[-1].write_text(json.dumps(value), encoding="utf-8")
    return paths
