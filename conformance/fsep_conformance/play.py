"""Playing a case with a runner: a scripted model listens, the runner works, and what can be seen is kept."""

from __future__ import annotations

import json
import secrets
import tempfile
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from fsep.scripted import ScriptedModel, script_of
from fsep_conformance.cases import RUNNERS
from fsep_conformance.change import SuiteError
from fsep_conformance.config import Config
from fsep_conformance.plug import one_shot, said

VARIABLE = "CONFORMANCE_KEY"
# A line of evidence holds the bundle of a case.
_BUNDLE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class RunnerCase:
    """One case for runners: a study, a script that answers, and what has to hold of bundle and wire.

    `requirement` is the one that it is about; `facets` are those at which the bundle has to conform. Where
    `bundle` is false the runner may end without one. `stop` are the marks at which a system's runner cuts,
    `declared` the identities after any other of which nothing may be asked; so many runs have to be `failed`.
    `text_sha256` is as in a case for validators.
    """

    id: str
    why: str
    requirement: str
    text_sha256: str
    study: str
    script: Mapping[str, Any]
    facets: tuple[str, ...] = ("whole", "replayed", "complete")
    concurrency: int = 4
    bundle: bool = True
    stop: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    failed: int = 0
    sha256: str = field(default="", compare=False)


def load_runner_cases(folder: Path) -> tuple[RunnerCase, ...]:
    """Load the cases for runners of a suite.

    Raises:
        SuiteError: where there are none, or two of one id.
    """
    cases = []
    for line in (folder / RUNNERS).read_bytes().splitlines():
        value = json.loads(line)
        for member in ("facets", "stop", "declared"):
            value[member] = tuple(value.get(member, ()))
        cases.append(RunnerCase(**value, sha256=sha256(line).hexdigest()))
    if not cases or len({case.id for case in cases}) != len(cases):
        raise SuiteError("There are no cases for runners, or two of one id.")
    return tuple(cases)


def play(case: RunnerCase, config: Config, folder: Path) -> dict[str, Any]:
    """Let a runner carry out a case's study; return the exchange as evidence has it.

    The key is one of this case alone and opens nothing, so that it may stand in the evidence.
    """
    study = folder / "studies" / case.study
    key, path = f"key-{secrets.token_hex(16)}", secrets.token_hex(8)
    wire: list[Mapping[str, Any]] = []
    with (
        tempfile.TemporaryDirectory(prefix="fsep-") as scratch,
        ScriptedModel(script_of(dict(case.script)), log=wire.append) as model,
    ):
        root = Path(scratch)
        url = model.url.replace("/v1", f"/{path}/v1")
        ids = {role: _ids(study / role) for role in ("systems", "simulators", "environments")}
        job = {
            "protocol": "1.0",
            "study": str(study),
            "systems": dict.fromkeys(ids["systems"], url),
            "simulators": dict.fromkeys(ids["simulators"], url),
            "environments": {id_: str(folder / "environments" / f"{id_}.py") for id_ in ids["environments"]},
            "keys": dict.fromkeys(ids["systems"], VARIABLE),
            "concurrency": case.concurrency,
            "out": str(root / "bundle"),
        }
        (root / "job.json").write_text(json.dumps(job), encoding="utf-8")
        command = [part.replace("{job}", str(root / "job.json")) for part in config.command]
        came = one_shot(command, config.folder, config.time_limit, {VARIABLE: key})
        seen = [line for line in wire if line["path"].startswith(f"/{path}/")]
        files = [
            file for file in sorted((root / "bundle").rglob("*")) if file.is_file() and not file.is_symlink()
        ]
        # What is larger than any case asks for is not read, and is judged as what prints without end.
        flood = sum(file.stat().st_size for file in files) > _BUNDLE_BYTES
        return {
            **said(came),
            **({"how": "flood"} if flood else {}),
            "played": {
                "key": key,
                "wire": [{name: line[name] for name in ("n", "at", "body", "fault")} for line in seen],
                "elsewhere": len(wire) - len(seen),
                "bundle": {
                    file.relative_to(root / "bundle").as_posix(): kept(file.read_bytes())
                    for file in files
                    if not flood
                },
            },
        }


def _ids(folder: Path) -> list[str]:
    return [path.stem for path in sorted(folder.glob("*.json"))]


def kept(data: bytes) -> Any:
    """Return a file's bytes as JSON can hold them: a text, or what base64 stands for."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": b64encode(data).decode()}
