"""What tests of the runner share: small studies, scripts, and the digest of a body worked out a second time."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import rfc8785

from fsep.run.begin import Named
from fsep.run.carry import Carried, carry_out
from fsep.run.options import Options
from fsep.scripted import Script, script_of

EXAMPLES = Path(__file__).parents[1] / "examples"
TIMES = ("started", "ended", "attempts")


def study(folder: Path, *, items: int = 3, replicates: int = 1, steps: int = 1) -> Path:
    """Author a study in which a system is asked so many questions in a row, on each of so many items."""
    (folder / "scaffolds").mkdir(parents=True)
    (folder / "systems").mkdir()
    _write(folder / "bundle.yaml", {"fsep": "1.0", "kind": "bundle", "id": "b", "asserts": ["whole"]})
    design = {
        "fsep": "1.0",
        "kind": "design",
        "id": "d",
        "title": "T",
        "scaffolds": ["chain"],
        "baseline": "chain",
    }
    _write(folder / "design.yaml", {**design, "replicates": replicates, "limits": {"missing_share": 1}})
    program: list[dict[str, Any]] = []
    for step in range(steps):
        said = "{{item.question}}" if step == 0 else f"And then? You said: {{{{o{step - 1}}}}}"
        program += [
            {"do": "say", "id": f"s{step}", "thread": "main", "role": "user", "text": said},
            {
                "do": "generate",
                "id": f"o{step}",
                "thread": "main",
                "actor": "solver",
                "parameters": {"temperature": 0},
            },
        ]
    _write(
        folder / "scaffolds" / "chain.yaml",
        {
            "fsep": "1.0",
            "kind": "scaffold",
            "id": "chain",
            "program": {
                "actors": {"solver": {"kind": "model"}},
                "primary": "solver",
                "threads": {"main": {"speakers": ["solver"]}},
                "steps": program,
                "result": [{"name": "answer", "text": f"{{{{o{steps - 1}}}}}"}],
            },
        },
    )
    _write(
        folder / "items.yaml",
        [{"id": f"i{number}", "fields": {"question": f"What is {number}?"}} for number in range(items)],
    )
    model = {"name": "m", "returned": ["m-1"]}
    _write(
        folder / "systems" / "a.yaml",
        {"fsep": "1.0", "kind": "system", "id": "a", "synthetic": True, "model": model},
    )
    return folder


def script(*faults: Mapping[str, Any], rules: Iterable[Mapping[str, Any]] = (), **members: Any) -> Script:
    """Compile a script of the model `m`, which says back what it was told, with a canary."""
    said = {"reply": {"content": "{{canary}}: {{last}}"}}
    return script_of(
        {
            "fsep": "1.0",
            "kind": "script",
            "id": "s",
            "models": {"m": {"returned": "m-1"}},
            "rules": [*rules, said],
            "faults": list(faults),
            **members,
        }
    )


def carry(source: Path, out: Path, url: str, *, options: Options | None = None, **how: Any) -> Carried:
    """Run the system `a` of a study at an address."""
    return carry_out(source, out, Named({"a": url}), options or Options(), **how)


def runs(bundle: Path) -> list[dict[str, Any]]:
    """Return the runs of a bundle."""
    files = sorted((bundle / "transcripts").iterdir())
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def timeless(run: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run without times and attempts."""
    events = [{name: value for name, value in event.items() if name not in TIMES} for event in run["events"]]
    return {**{name: value for name, value in run.items() if name not in TIMES}, "events": events}


def outputs(made: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the events of runs that have a request."""
    return [event for run in made for event in run["events"] if "request_sha256" in event]


def attempts(made: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return all attempts of runs, those of failures included."""
    found = []
    for run in made:
        found += run.get("failure", {}).get("attempts", [])
        for event in run["events"]:
            found += event.get("attempts", [])
    return found


def wire_digest(body: Mapping[str, Any]) -> str:
    """Work out the digest of the request in a body, from the text of the specification and with no code of ours."""
    chain = sha256(b"fsep-view-1").digest()
    for message in body["messages"]:
        chain = sha256(chain + sha256(rfc8785.dumps(_message(message))).digest()).digest()
    frame = ("model", "messages", "tools", "stream", "stream_options")
    tools = [tool["function"] for tool in body.get("tools", ())]
    return sha256(
        rfc8785.dumps(
            {
                "fsep_request": "1.0",
                "model": body["model"],
                "parameters": {name: value for name, value in body.items() if name not in frame},
                "tools": sha256(rfc8785.dumps(tools)).hexdigest() if tools else None,
                "view": chain.hex(),
            }
        )
    ).hexdigest()


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    content = message["content"] if message["content"] is not None else ""
    if isinstance(content, list):
        content = [_part(part) for part in content]
    if "reasoning_content" in message:
        reasoning = {"type": "reasoning", "form": "text", "text": message["reasoning_content"]}
        content = [reasoning, *([{"type": "text", "text": content}] if content else [])]
    made = {"role": message["role"], "content": content}
    if "tool_calls" in message:
        made["tool_calls"] = [
            {
                "id": call["id"],
                "name": call["function"]["name"],
                "arguments": _given(call["function"]["arguments"]),
            }
            for call in message["tool_calls"]
        ]
    if "tool_call_id" in message:
        made["tool_call_id"] = message["tool_call_id"]
    return made


def _given(arguments: str) -> Any:
    try:
        value = json.loads(arguments)
    except ValueError:
        return arguments
    return value if isinstance(value, dict) else arguments


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    if part["type"] == "text":
        return dict(part)
    kind = "image" if part["type"] == "image_url" else part["type"]
    url = part["image_url"]["url"] if kind == "image" else part[kind]["file_data"]
    head, _, data = url.partition(";base64,")
    return {"type": kind, "media_type": head[len("data:") :], "blob": sha256(b64decode(data)).hexdigest()}


def _write(path: Path, value: Any) -> None:
    # JSON is YAML.
    path.write_text(json.dumps(value), encoding="utf-8")
