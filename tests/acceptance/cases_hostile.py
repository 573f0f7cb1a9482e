"""Hostile input for the conformance suite: what no two readers agree on, what leads out of a bundle, what is secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import parent as parents
from workbench import Workbench

KEY = "sk-" + "a1b2C3d4E5" * 4
LURE = "http://lure.invalid/"


@dataclass(frozen=True)
class Hostile:
    """A case: a change of values, or steps that a file system or an archive carries out."""

    requirement: str
    sentence: str
    change: Callable[[Workbench], object] | None = None
    steps: list[dict[str, Any]] = field(default_factory=list)
    form: str = "folder"
    accepts: bool = False
    forbids: tuple[str, ...] = ()


HOSTILE: list[Hostile] = []

# What no strict JSON text may hold, as the value of a member.
_VALUES = {
    "a key twice": b'{"a": 1, "a": 2}',
    "a key twice, once escaped": rb'{"a": 1, "\u0061": 2}',
    "NaN": b"NaN",
    "a number beyond what a double holds": b"1e400",
    "a whole number of 2^53": b"9007199254740992",
    "a whole number of -2^53": b"-9007199254740992",
    "bytes that are no UTF-8": b'"\xff"',
    "a surrogate alone, escaped": rb'"\ud800"',
    "arrays nested 5,000 deep": b"[" * 5_000 + b"]" * 5_000,
}


def _line(value: bytes) -> Callable[[Workbench], object]:
    def change(bench: Workbench) -> None:
        bench[parents.FIRST].append(b'{"x": ' + value + b"}\n")
        parents.commit(bench)

    return change


def _document(value: bytes) -> Callable[[Workbench], object]:
    def change(bench: Workbench) -> None:
        text = json.dumps(bench["departures.json"]).encode()
        bench["departures.json"] = text[:-1] + b', "extensions": {"org.example.x": ' + value + b"}}"

    return change


for sentence, value in _VALUES.items():
    HOSTILE += [
        Hostile("FSEP-DOC-004", f"in a line: {sentence}", _line(value)),
        Hostile("FSEP-DOC-001", f"in a document: {sentence}", _document(value)),
    ]


def _mark(bench: Workbench) -> None:
    bench["departures.json"] = b"\xef\xbb\xbf" + json.dumps(bench["departures.json"]).encode()


HOSTILE.append(Hostile("FSEP-DOC-001", "a document begins with a byte order mark", _mark))

# --- names and kinds of files

for name in (
    "../up.json",
    "/etc/absolute.json",
    "proofs\\back.json",
    "proofs/.hidden",
    "proofs/a\x1b[2Jb",
    "proofs//a",
):
    HOSTILE.append(
        Hostile(
            "FSEP-BND-002",
            f"an archive holds a file named {name!r}",
            steps=[{"entry": name, "content": "{}"}],
            form="zip",
            forbids=("\x1b[2J",) if "\x1b" in name else (),
        )
    )
for name in ("proofs/design.tsr", "proofs/DESIGN.tsr"):
    HOSTILE.append(
        Hostile(
            "FSEP-BND-002",
            f"an archive holds {name!r} beside 'proofs/design.tsr'",
            steps=[{"entry": name, "content": "another"}],
            form="zip",
        )
    )
HOSTILE += [
    Hostile(
        "FSEP-BND-003",
        "a symbolic link stands in the place of a file",
        steps=[{"file": "departures.json", "link": "/etc/hostname"}],
    ),
    Hostile(
        "FSEP-BND-003", "a symbolic link leads to a folder", steps=[{"file": "proofs/out", "link": "/etc"}]
    ),
    Hostile(
        "FSEP-BND-003", "a symbolic link leads to itself", steps=[{"file": "proofs/loop", "link": "loop"}]
    ),
    Hostile("FSEP-BND-003", "a pipe stands among the files", steps=[{"file": "proofs/pipe", "fifo": True}]),
]

# --- what must not be fetched, and what must not be repeated


def _lure(bench: Workbench) -> None:
    bench["departures.json"]["extensions"] = {"org.example.x": {"$ref": LURE + "x.json", "$schema": LURE}}
    parents.commit(bench)


def _key(bench: Workbench) -> None:
    bench.run("steady.direct.nile.0").setdefault("extensions", {})["org.example.x"] = {"said": f"key {KEY}"}
    parents.settle(bench)


def _key_as_name(bench: Workbench) -> None:
    bench.run("steady.direct.nile.0").setdefault("extensions", {})["org.example.x"] = {KEY: {"deep": [1]}}
    parents.settle(bench)


HOSTILE += [
    Hostile("FSEP-VAL-002", "addresses stand in an extension, and are not visited", _lure, accepts=True),
    Hostile("FSEP-SEC-001", "a credential stands in an extension, and is not repeated", _key, forbids=(KEY,)),
    Hostile(
        "FSEP-SEC-001",
        "a credential is the name of a member, and is not repeated",
        _key_as_name,
        forbids=(KEY,),
    ),
]
