"""What the tests of withholding share: a private bundle with every kind of value, policies, and a short way."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import parent as parents
from fsep.packing.withhold import Withheld, withhold
from fsep.packing.withhold_verify import Verification, verify
from workbench import Workbench

POLICY: dict[str, Any] = {
    "fsep": "1.0",
    "kind": "withholding-policy",
    "reason": "not published",
    "publish": [],
}
ALL = ["field", "message", "reasoning", "arguments", "edit", "partial", "result", "failure"]
THOUGHT = b"They ask about rivers, in a blob."
RUN = "hasty.critique.peru.0"


def bench() -> Workbench:
    """Return the parent with a value of every kind that may be withheld."""
    made = parents.parent()
    run = made.run(RUN)
    output = next(event for event in run["events"] if event["kind"] == "output")
    output["attempts"] = [
        {"outcome": "cut", "partial": "The longest r"},
        {"outcome": "complete"},
    ]
    failed = made.run("hasty.service.nile.0")
    failed["failure"]["message"] = "the endpoint of Ms Quispe was down"
    thinking = made.run("steady.direct.peru.0")["events"][1]
    thinking["content"] = [
        {"type": "reasoning", "form": "text", "text": "They ask about a country."},
        {"type": "text", "text": text(thinking["content"])},
    ]
    parents.settle(made)
    return made


def text(content: Any) -> str:
    """Return the text of content, reasoning left out."""
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in content if part["type"] == "text")


def blob(made: Workbench, data: bytes) -> str:
    """Put a blob into a bench, and return its digest."""
    digest = sha256(data).hexdigest()
    made[f"blobs/{digest}"] = data
    return digest


def policy(**members: Any) -> dict[str, Any]:
    """Return a policy that publishes nothing, but for what is said."""
    return {**POLICY, **members}


class Desk:
    """A private bundle in a folder, what is made of it, and where its openings are."""

    def __init__(self, folder: Path, made: Workbench | None = None) -> None:
        """Write the private bundle."""
        self.folder = folder
        self.bench = made if made is not None else bench()
        self.private = folder / "private"
        self.bench.write(self.private)
        self.public, self.openings, self.policy = (
            folder / "public",
            folder / "kept.jsonl",
            folder / "policy.json",
        )

    def withhold(self, **members: Any) -> Withheld:
        """Withhold by a policy."""
        self.policy.write_text(json.dumps(policy(**members)), encoding="utf-8")
        return withhold(self.private, self.policy, self.public, self.openings)

    def verify(self) -> Verification:
        """Verify what was made."""
        return verify(self.public, self.private, self.openings)

    def read(self, path: str) -> list[dict[str, Any]]:
        """Return the records of a public file."""
        return [json.loads(line) for line in (self.public / path).read_bytes().splitlines()]

    def run(self, id_: str) -> dict[str, Any]:
        """Return the first record of a public run."""
        paths = (parents.FIRST, parents.SECOND)
        return next(one for path in paths for one in self.read(path) if one.get("run") == id_)

    def kept(self) -> list[dict[str, Any]]:
        """Return the openings."""
        return [json.loads(line) for line in self.openings.read_bytes().splitlines()]

    def keep(self, records: list[dict[str, Any]]) -> None:
        """Write other openings."""
        self.openings.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")

    def rewrite(self, made: Workbench) -> None:
        """Put another private bundle in the place of the first, whole and well packed."""
        made.write(self.private)

    def faults(self) -> list[tuple[str, int | None, str]]:
        """Verify, and return where the faults are."""
        return [(one.file, one.line, one.pointer) for one in self.verify().listed]
