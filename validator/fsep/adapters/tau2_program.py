"""The program that tau2-bench runs are words of."""

from __future__ import annotations

from typing import Any

from fsep.adapters.source import Node, without_credentials

SCAFFOLD = "tau2"
# What the simulated user writes when the dialogue is over.
STOP_MARKERS = ("###STOP###", "###TRANSFER###", "###OUT-OF-SCOPE###")
DEFAULT_STEPS = 200


def scaffold(info: Node, greeting: str, version: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the scaffold: a greeting on the agent's behalf; then, bounded, the user speaks until a stop marker, and the agent answers.

    Either may first call tools. The policy and the simulator's guidelines are those recorded in the file.
    """
    steps = min(10_000, max(1, info.get("max_steps", int, DEFAULT_STEPS)))
    user = info.at("user_info")
    stopped = {"test": "any", "of": [{"test": "contains", "text": "{{user}}", "value": marker} for marker in STOP_MARKERS]}
    environment = info.at("environment_info")
    guidelines = _literal(user.get("global_simulation_guidelines", str, ""))
    return {
        "fsep": version,
        "kind": "scaffold",
        "id": SCAFFOLD,
        "title": "tau2-bench: a simulated user and an agent with tools",
        "program": {
            "actors": {"agent": {"kind": "model"}, "customer": {"kind": "simulator", "simulator": "user"}},
            "primary": "agent",
            "threads": {"main": {"speakers": ["agent", "customer"]}},
            "steps": [
                {"do": "say", "id": "policy", "thread": "main", "role": "system", "to": "agent", "text": _literal(environment.get("policy", str, ""))},
                {"do": "say", "id": "scenario", "thread": "main", "role": "system", "to": "customer", "text": f"{guidelines}\n\n{{{{item.persona}}}}\n\n{{{{item.instructions}}}}"},
                {"do": "say", "id": "greeting", "thread": "main", "role": "assistant", "for": "agent", "text": _literal(greeting)},
                {
                    "do": "repeat", "id": "exchange", "max": steps, "at_bound": "stop", "until": stopped,
                    "steps": [
                        _tools("user", "customer", environment, steps, without_credentials(user.get("llm_args", dict, {}))[0]),
                        {"do": "when", "if": {"test": "not", "of": stopped}, "then": [_tools("reply", "agent", environment, steps, parameters)]},
                    ],
                },
            ],
            "result": [{"name": "last", "text": "{{user}}"}],
        },
    }  # fmt: skip


def _tools(id_: str, actor: str, environment: Node, rounds: int, parameters: dict[str, Any]) -> dict[str, Any]:
    from fsep.adapters.tau2 import slug

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


def _literal(text: str) -> str:
    """Return the template that stands for a text."""
    return text.replace("{{", "{{{{")
