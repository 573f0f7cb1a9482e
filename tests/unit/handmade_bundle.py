"""A bundle written to a folder by hand: as much as `fsep show` reads, with one run of many kinds of event."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SCAFFOLD: dict[str, Any] = {
    "fsep": "1.0",
    "kind": "scaffold",
    "id": "desk",
    "program": {
        "actors": {"agent": {"kind": "model"}, "customer": {"kind": "simulator", "simulator": "shopper"}},
        "primary": "agent",
        "threads": {"main": {"speakers": ["agent", "customer"]}},
        "steps": [
            {
                "do": "say",
                "id": "policy",
                "thread": "main",
                "role": "system",
                "to": "agent",
                "text": "Be brief. Policy: {{item.policy}} No more.",
            },
            {"do": "generate", "id": "ask", "thread": "main", "actor": "customer"},
            {
                "do": "tools",
                "id": "work",
                "thread": "main",
                "actor": "agent",
                "environment": "shop",
                "max_rounds": 3,
                "at_bound": "continue",
                "unknown_tool": "no such tool",
                "bad_arguments": "bad arguments",
            },
            {
                "do": "say",
                "id": "doubt",
                "thread": "main",
                "role": "user",
                "text": "You said: {{work}} Now {{item.policy}}!",
            },
            {
                "do": "edit",
                "id": "forget",
                "thread": "main",
                "actor": "agent",
                "how": "keep-last",
                "count": 2,
            },
        ],
        "result": [{"name": "answer", "text": "{{work}}"}],
    },
}
EVENTS: list[dict[str, Any]] = [
    {
        "kind": "message",
        "step": "policy",
        "thread": "main",
        "actor": "program",
        "origin": "program",
        "role": "system",
        "to": "agent",
        "content": "Be brief. Policy: refund late orders. No more.",
    },
    {
        "kind": "output",
        "step": "ask",
        "thread": "main",
        "actor": "customer",
        "origin": "simulator",
        "role": "user",
        "content": "My order is late.\nWhat now?",
    },
    {
        "kind": "output",
        "step": "work[0]",
        "thread": "main",
        "actor": "agent",
        "origin": "model",
        "role": "assistant",
        "content": [
            {"type": "reasoning", "form": "text", "text": "I have to look.", "signature": "abc"},
            {"type": "text", "text": "One moment."},
        ],
        "tool_calls": [
            {"id": "c1", "name": "find_order", "arguments": {"number": 7, "deep": {"a": ["b"]}}},
            {"id": "c2", "name": "odd", "arguments": "{not json"},
        ],
        "parameters": {"temperature": 0},
        "returned_model": "scripted-1",
        "finish": "tool-calls",
        "usage": {"input_tokens": 1200, "output_tokens": 5},
        "attempts": [{"outcome": "rate-limited"}, {"outcome": "complete"}],
    },
    {
        "kind": "tool-result",
        "step": "work[0]",
        "thread": "main",
        "role": "tool",
        "tool_call_id": "c1",
        "actor": "shop",
        "origin": "environment",
        "content": "",
        "error": True,
    },
    {
        "kind": "tool-result",
        "step": "work[0]",
        "thread": "main",
        "role": "tool",
        "tool_call_id": "c2",
        "actor": "program",
        "origin": "program",
        "content": "bad arguments",
    },
    {
        "kind": "output",
        "step": "work[1]",
        "thread": "main",
        "actor": "agent",
        "origin": "model",
        "role": "assistant",
        "content": "You get it back.",
        "finish": "length",
    },
    {
        "kind": "message",
        "step": "doubt",
        "thread": "main",
        "actor": "program",
        "origin": "program",
        "role": "user",
        "content": "You said: You get it back. Now refund late orders.!",
        "rebuilt": True,
    },
    {
        "kind": "edit",
        "step": "forget",
        "thread": "main",
        "actor": "program",
        "origin": "program",
        "to": "agent",
        "edit": {"how": "keep-last", "count": 2},
    },
    {
        "kind": "output",
        "step": "late",
        "thread": "main",
        "actor": "agent",
        "origin": "model",
        "role": "assistant",
        "content": {"withheld": {"commitment": "0" * 64, "kind": "string", "reason": "personal data"}},
    },
]
RUN: dict[str, Any] = {
    "run": "alpha.desk.order.0",
    "system": "alpha",
    "scaffold": "desk",
    "item": "order",
    "replicate": 0,
    "status": "completed",
    "started": "2026-05-04T10:00:00Z",
    "ended": "2026-05-04T10:00:03Z",
    "events": EVENTS,
    "result": [{"name": "answer", "content": "You get it back."}],
}
SYSTEM = {
    "fsep": "1.0",
    "kind": "system",
    "id": "alpha",
    "synthetic": True,
    "model": {"name": "scripted-alpha"},
}
ITEM = {"id": "order", "fields": {"policy": "refund late orders."}}


def write_bundle(folder: Path, runs: list[Mapping[str, Any]] | None = None) -> Path:
    """Write the bundle, with these lines of transcripts in the place of its own."""
    for name in ("transcripts", "scaffolds", "systems"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "bundle.json").write_text(
        json.dumps({"fsep": "1.0", "kind": "bundle", "id": "b", "asserts": [], "files": []})
    )
    (folder / "scaffolds" / "desk.json").write_text(json.dumps(SCAFFOLD))
    (folder / "systems" / "alpha.json").write_text(json.dumps(SYSTEM))
    (folder / "items.jsonl").write_text(json.dumps(ITEM) + "\n")
    lines = [json.dumps(run) for run in (runs if runs is not None else [RUN])]
    (folder / "transcripts" / "alpha.jsonl").write_text("\n".join(lines) + "\n")
    return folder
