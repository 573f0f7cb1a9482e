"""The one configuration file: how an implementation is called, and what it claims."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from fsep.errors import FsepError, visible
from fsep.parsing import json, yaml
from fsep.parsing.problem import ParseError
from fsep.protocol import FACETS

_ADVICE = "conformance/PROTOCOL.md shows what the file holds."
_MEMBERS = {
    "fsep",
    "kind",
    "implementation",
    "role",
    "command",
    "mode",
    "facets",
    "unsupported",
    "time_limit",
    "expected",
}


@dataclass(frozen=True, slots=True)
class Expected:
    """A failure that is known: why, where it is followed up, and until when."""

    case: str
    reason: str
    issue: str
    expires: date


@dataclass(frozen=True, slots=True)
class Config:
    """How an implementation is called; the command runs in `folder`."""

    name: str
    version: str
    role: str
    command: tuple[str, ...]
    mode: str
    facets: tuple[str, ...]
    folder: Path
    unsupported: frozenset[str] = frozenset()
    time_limit: float = 20.0
    expected: Mapping[str, Expected] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return what a reader of evidence has to know of it."""
        return {
            "name": self.name,
            "version": self.version,
            "role": self.role,
            "mode": self.mode,
            "facets": list(self.facets),
            "unsupported": sorted(self.unsupported),
            "time_limit": self.time_limit,
            "expected": [
                {
                    "case": one.case,
                    "reason": one.reason,
                    "issue": one.issue,
                    "expires": one.expires.isoformat(),
                }
                for _, one in sorted(self.expected.items())
            ],
        }


def read_config(path: Path) -> Config:
    """Read a configuration.

    Raises:
        FsepError: where it is none, with what is wrong.
    """
    shown = visible(str(path), 200)
    try:
        data = path.read_bytes()
        value: Any = yaml.parse(data) if path.suffix in (".yaml", ".yml") else json.parse(data)
    except OSError as error:
        raise FsepError(f"{shown} cannot be read: {error.strerror}.", advice=_ADVICE) from None
    except ParseError as error:
        raise FsepError(f"{shown}, {error}", advice=error.advice or _ADVICE) from None
    try:
        return _config(value, path.resolve().parent)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = str(error) if isinstance(error, ValueError) else f"{error} is missing or no value of its kind"
        raise FsepError(f"{shown}: {what}.", advice=_ADVICE) from None


def with_interpreter(command: Iterable[str]) -> tuple[str, ...]:
    """Return a command with the interpreter that runs the suite in the place of `{python}`."""
    return tuple(part.replace("{python}", sys.executable) for part in command)


def _config(value: Mapping[str, Any], folder: Path) -> Config:
    if value["kind"] != "conformance":
        raise ValueError("its `kind` is not `conformance`")
    if strange := sorted(value.keys() - _MEMBERS):
        raise ValueError(f"it has the member {strange[0]!r}, which means nothing")
    command = value["command"]
    if not isinstance(command, list) or not command or not all(isinstance(one, str) for one in command):
        raise ValueError("`command` is no list of texts")
    role, mode = value["role"], value.get("mode", "one-shot")
    if role not in ("validator", "runner") or mode not in ("one-shot", "session"):
        raise ValueError("`role` is validator or runner, `mode` one-shot or session")
    facets = tuple(value.get("facets", ["whole"]))
    if strange := [facet for facet in facets if facet not in FACETS]:
        raise ValueError(f"there is no facet {strange[0]!r}")
    wanted = "{job}" if role == "runner" else "{bundle}"
    if mode == "one-shot" and not any(wanted in one for one in command):
        raise ValueError(f"no element of `command` has {wanted}")
    expected = [
        Expected(one["case"], one["reason"], one["issue"], date.fromisoformat(one["expires"]))
        for one in value.get("expected", ())
    ]
    return Config(
        str(value["implementation"]["name"]),
        str(value["implementation"]["version"]),
        role,
        with_interpreter(command),
        mode,
        tuple(dict.fromkeys(("whole", *facets))),
        folder,
        frozenset(value.get("unsupported", ())),
        float(value.get("time_limit", 20)),
        {one.case: one for one in expected},
    )
