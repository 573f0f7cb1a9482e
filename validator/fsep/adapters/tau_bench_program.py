"""The program that tau-bench runs are words of."""

from __future__ import annotations

from typing import Any

from fsep.adapters.names import literal

SCAFFOLD = "tau-bench"
ENVIRONMENT = "tools"
# What the simulated user writes when the dialogue is over, and the tool that ends it at once.
STOP = "###STOP###"
ENDING_TOOL = "transfer_to_human_agents"
# How often the agent speaks at most, as the harness has it where nothing else is said.
STEPS = 30


def scaffold(version: str, policy: str, title: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the scaffold.

    The user speaks. Then, at most so many times, the agent speaks, and a call of it is answered, or else the
    user answers; until the user writes the marker or the agent hands over.
    """
    over = {"test": "has-tool-calls", "step": "reply", "tool": ENDING_TOOL}
    stopped = {"test": "contains", "text": "{{said}}", "value": STOP}
    called = {"test": "has-tool-calls", "step": "reply"}
    reply = {
        "do": "tools",
        "id": "reply",
        "thread": "main",
        "actor": "agent",
        "environment": ENVIRONMENT,
        "max_rounds": 1,
        "at_bound": "continue",
        "unknown_tool": "",
        "bad_arguments": "",
        "parameters": parameters,
    }
    exchange = {
        "do": "repeat",
        "id": "turn",
        "max": STEPS,
        "at_bound": "stop",
        "until": {"test": "any", "of": [over, stopped]},
        "steps": [
            reply,
            {"do": "when", "if": {"test": "not", "of": called}, "then": [_user("user"), _said("user")]},
        ],
    }
    return {
        "fsep": version,
        "kind": "scaffold",
        "id": SCAFFOLD,
        "title": title,
        "program": {
            "actors": {"agent": {"kind": "model"}, "customer": {"kind": "simulator", "simulator": "user"}},
            "primary": "agent",
            "threads": {"main": {"speakers": ["agent", "customer"]}},
            "steps": [
                _instruct("policy", "agent", literal(policy)),
                _instruct("scenario", "customer", "{{item.instruction}}"),
                _user("opening"),
                _said("opening"),
                exchange,
            ],
            "result": [{"name": "last", "text": "{{said}}"}],
        },
    }


def _instruct(id_: str, to: str, text: str) -> dict[str, Any]:
    return {"do": "say", "id": id_, "thread": "main", "role": "system", "to": to, "text": text}


def _user(id_: str) -> dict[str, Any]:
    return {"do": "generate", "id": id_, "thread": "main", "actor": "customer"}


def _said(id_: str) -> dict[str, Any]:
    return {"do": "let", "name": "said", "text": f"{{{{{id_}}}}}"}
