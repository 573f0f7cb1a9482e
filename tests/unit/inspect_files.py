"""Small logs in the shape of Inspect's, for its adapter's tests; none of it was recorded."""

from __future__ import annotations

import copy
import json
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import zstandard

Json = dict[str, Any]
SYSTEM = "Answer {{briefly}}, for {audience}."
PIXEL = b"\x89PNG synthetic"
PIXEL_URI = "data:image/png;base64,iVBORyBzeW50aGV0aWM="
STORED, DEFLATED, ZSTD = 0, 8, 93


def said(role: str, content: Any, id_: str | None = None, **more: Any) -> Json:
    """Return a message."""
    source = {"user": {"source": "input"}, "assistant": {"source": "generate"}}.get(role, {})
    return {**({"id": id_} if id_ else {}), "content": content, **source, "role": role, **more}


def called(given: list[Json], answer: Json, **more: Any) -> Json:
    """Return the event of a model's call."""
    return {
        "event": "model",
        "timestamp": "2026-02-03T10:00:01.5+02:00",
        "completed": "2026-02-03T10:00:02.5+02:00",
        "model": "maker/deep",
        "input": given,
        "tools": [],
        "tool_choice": "none",
        "config": {"temperature": 0.5, "max_connections": 4, "top_p": None, "extra_headers": {"x": "y"}},
        "output": output(answer),
        "call": {"request": {"model": "deep"}, "response": {"model": "deep-1"}},
        **more,
    }


def output(answer: Json) -> Json:
    """Return what a model's call came to."""
    usage = {"input_tokens": 11, "output_tokens": 7, "total_tokens": 18, "input_tokens_cache_read": 3}
    choice = {"message": answer, "stop_reason": "stop"}
    return {"model": "deep-noted", "choices": [choice], "usage": usage}


def sample(id_: int | str, epoch: int = 1, answer: str = "Yes.", **more: Any) -> Json:
    """Return a sample that the plan of `log` ran to its end."""
    question = said("user", f"Question {id_}?", f"q{id_}.{epoch}")
    reply = said("assistant", answer, f"a{id_}.{epoch}")
    before = [said("system", "Answer {briefly}, for children.", f"s{id_}.{epoch}"), question]
    return {
        "id": id_,
        "epoch": epoch,
        "input": f"Question {id_}?",
        "target": "the secret target",
        "messages": [*before, reply],
        "output": output(reply),
        "scores": {"match": {"value": "C", "answer": "Yes", "explanation": "It matches."}},
        "metadata": {"topic": f"topic {id_}"},
        "store": {},
        "events": [
            {"event": "tool", "output": "no object"},
            called(copy.deepcopy(before), copy.deepcopy(reply)),
            {"event": "score"},
        ],
        "attachments": {},
        "started_at": "2026-02-03T10:00:00+02:00",
        "completed_at": "2026-02-03T10:00:03+02:00",
        **more,
    }


def broken_off(id_: int | str, epoch: int = 1) -> Json:
    """Return a sample whose call of the model failed."""
    whole = sample(id_, epoch)
    error = {"message": "ConnectionError('away')", "traceback": "…", "traceback_ansi": "…"}
    return {
        **whole,
        "messages": whole["messages"][:-1],
        "output": {"model": "maker/deep", "choices": []},
        "scores": {},
        "events": whole["events"][:1],
        "error": error,
    }


def log(samples: Iterable[Json], status: str = "success", **more: Any) -> Json:
    """Return a log, of a system message and one answer; `more` are members of `eval`."""
    held = list(samples)
    return {
        "version": 2,
        "status": status,
        "eval": {
            "run_id": "run",
            "created": "2026-02-03T10:00:00+02:00",
            "task": "quiz",
            "task_version": 0,
            "dataset": {"name": "quiz", "samples": 9, "sample_ids": sorted({one["id"] for one in held})},
            "model": "maker/deep",
            "model_args": {},
            "config": {"limit": 2, "epochs": 1},
            "packages": {"inspect_ai": "0.3.1"},
            **more,
        },
        "plan": plan(("system_message", {"template": SYSTEM, "audience": "children"}), ("generate", {})),
        "results": {"total_samples": len(held), "scores": []},
        "stats": {},
        "samples": held,
    }


def plan(*steps: tuple[str, Json], **config: Any) -> Json:
    """Return a plan."""
    listed = [{"solver": solver, "params": params} for solver, params in steps]
    return {"name": "plan", "steps": listed, "config": config or {"temperature": 0.5}}


def chat(*messages: Json, **more: Any) -> Json:
    """Return a sample, the first, of which the first message is the input and the last is the output."""
    base = {"input": [messages[0]], "messages": list(messages), "output": output(messages[-1]), "events": []}
    return sample(1, **{**base, **more})


def write_json(path: Path, value: Json) -> Path:
    """Write a log as JSON, with NaN and infinities as Python writes them."""
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def write_eval(path: Path, value: Json, method: int = ZSTD, header: str = "header.json") -> Path:
    """Write a log as an `.eval` file, its samples in another order than in the JSON."""
    head = {name: inner for name, inner in value.items() if name != "samples"}
    start = {name: head[name] for name in ("version", "eval", "plan")}
    members = {"_journal/start.json": json.dumps(start).encode()}
    for one in reversed(value["samples"]):
        members[f"samples/{one['id']}_epoch_{one['epoch']}.json"] = json.dumps(one).encode()
    if header:
        members[header] = json.dumps(head).encode()
    path.write_bytes(archive((name, data, method) for name, data in members.items()))
    return path


def archive(members: Iterable[tuple[str, bytes, int]], *, size: int | None = None) -> bytes:
    """Return a zip of members with their methods; `size` is what its directory says of the size of each."""
    body, directory, count = b"", b"", 0
    for name, data, method in members:
        packed = _packed(data, method)
        stated = len(data) if size is None else size
        fields = struct.pack("<HHHHIII", 0, method, 0, 0x21, zlib.crc32(data), len(packed), stated)
        # A header of its own that is longer than the directory's entry, as writers of streams make it.
        extra = struct.pack("<HH4s", 0xCAFE, 4, b"more")
        at = len(body)
        body += b"PK\x03\x04" + struct.pack("<H", 20) + fields + struct.pack("<HH", len(name), len(extra))
        body += name.encode() + extra + packed
        directory += b"PK\x01\x02" + struct.pack("<HH", 20, 20) + fields
        directory += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, at) + name.encode()
        count += 1
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def _packed(data: bytes, method: int) -> bytes:
    if method == zipfile.ZIP_DEFLATED:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        return deflate.compress(data) + deflate.flush()
    if method == ZSTD:
        # Two frames, as large members are written.
        half = len(data) // 2
        return b"".join(zstandard.ZstdCompressor().compress(part) for part in (data[:half], data[half:]))
    return data
