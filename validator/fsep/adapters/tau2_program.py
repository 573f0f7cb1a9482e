"""The program that tau2-bench runs are words of."""

from __future__ import annotations

from typing import Any

from fsep.adapters.names import literal, named_parameters, slug
from fsep.adapters.source import Node, without_names

SCAFFOLD = "tau2"
# What the simulated user writes when the dialogue is over.
STOP_MARKERS = ("###STOP###", "###TRANSFER###", "###OUT-OF-SCOPE###")
DEFAULT_STEPS = 200


def scaffold(info: Node, greeting: str, version: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the scaffold.

    A greeting on the agent's behalf; then, bounded, the user speaks until a stop marker, and the agent
    answers. Either may first call tools. Policy and guidelines are those recorded in the file.
    """
    steps = min(10_000, max(1, info.get("max_steps", int, DEFAULT_STEPS)))
    user = info.at("user_info")
    stopped = {
        "test": "any",
        "of": [{"test": "contains", "text": "{{user}}", "value": marker} for marker in STOP_MARKERS],
    }
    environment = info.at("environment_info")
    guidelines = literal(user.get("global_simulation_guidelines", str, ""))
    scenario = f"{guidelines}\n\n{{{{item.persona}}}}\n\n{{{{item.instructions}}}}"
    instructions = [
        _say("policy", "system", literal(environment.get("policy", str, "")), to="agent"),
        _say("scenario", "system", scenario, to="customer"),
        _say("greeting", "assistant", literal(greeting), **{"for": "agent"}),
    ]
    user_parameters = named_parameters(without_names(user.get("llm_args", dict, {}))[0])
    reply = _tools("reply", "agent", environment, steps, parameters)
    exchange = {
        "do": "repeat",
        "id": "exchange",
        "max": steps,
        "at_bound": "stop",
        "until": stopped,
        "steps": [
            _tools("user", "customer", environment, steps, user_parameters),
            {"do": "when", "if": {"test": "not", "of": stopped}, "then": [reply]},
        ],
    }
    return {
        "fsep": version,
        "kind": "scaffold",
        "id": SCAFFOLD,
        "title": "tau2-bench: a simulated user and an agent with tools",
        "program": {
            "actors": {"agent": {"kind": "model"}, "customer": {"kind": "simulator", "simulator": "user"}},
            "primary": "agent",
            "threads": {"main": {"speakers": ["agent", "customer"]}},
            "steps": [*instructions, exchange],
            "result": [{"name": "last", "text": "{{user}}"}],
        },
    }


def _say(id_: str, role: str, text: str, **whom: str) -> dict[str, Any]:
    return {"do": "say", "id": id_, "thread": "main", "role": role, **whom, "text": text}


def _tools(
    id_: str, actor: str, environment: Node, rounds: int, parameters: dict[str, Any]
) -> dict[str, Any]:
    return {
        "do": "tools",
        "id": id_,
        "thread": "main",
        "actor": actor,
        "environment": slug(environment.get("domain_name", str)),
        "max_rounds": rounds,
        "at_bound": "stop",
        "unknown_tool": "",
        "bad_arguments": "",
        "parameters": parameters,
    }
