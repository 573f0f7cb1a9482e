"""What tests of the runner share: small studies, scripts, and the digest of a body as the suite works it out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fsep.run.begin import Named
from fsep.run.carry import Carried, carry_out
from fsep.run.options import Options
from fsep.scripted import Script, script_of
from fsep_conformance.wirelog import wire_digest

__all__ = ("wire_digest",)

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


@contextmanager
def serving(folder: Path, **members: Any) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve the model `m` in a process of its own; yield its address and the process."""
    path = folder / "served.json"
    _write(path, _script([], [], members))
    arguments = [sys.executable, "-m", "fsep", "model", str(path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def script(*faults: Mapping[str, Any], rules: Iterable[Mapping[str, Any]] = (), **members: Any) -> Script:
    """Compile a script of the model `m`, which says back what it was told, with a canary."""
    return script_of(_script(faults, rules, members))


def _script(faults: Iterable[Any], rules: Iterable[Any], members: Mapping[str, Any]) -> dict[str, Any]:
    said = {"reply": {"content": "{{canary}}: {{last}}"}}
    return {
        "fsep": "1.0",
        "kind": "script",
        "id": "s",
        "models": {"m": {"returned": "m-1"}},
        "rules": [*rules, said],
        "faults": list(faults),
        **members,
    }


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


def _write(path: Path, value: Any) -> None:
    # JSON is YAML.
    path.write_text(json.dumps(value), encoding="utf-8")
