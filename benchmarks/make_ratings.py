"""Makes a rated bundle of any number of ratings: short synthetic runs, two raters, five dimensions."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from fsep.packing import pack
from fsep.packing.files import document_bytes
from fsep.workflow import figures, steps
from fsep.workflow import rate as rating
from fsep.workflow.place import Workplace
from fsep.workflow.place import lines as jsonl
from fsep.workflow.sheets import deal, file_of, rating_line

DIMENSIONS = 5
SYSTEMS = ("one", "two")
VALUES = ("none", "some", "full")
RATERS = ("ada", "ben")


def make_ratings(out: Path, ratings: int) -> None:
    """Write a bundle with about so many ratings, ready to be validated at `rated`."""
    items = ratings // (DIMENSIONS * len(RATERS) * len(SYSTEMS))
    with tempfile.TemporaryDirectory() as scratch:
        authored, private = Path(scratch) / "authored", Path(scratch) / "private"
        _write(authored, items)
        place = Workplace(authored, private)
        steps.commit(place, "design", "2026-05-01T09:00:00Z")
        (authored / "transcripts").mkdir()
        with (authored / "transcripts" / "runs.jsonl").open("w") as stream:
            for run in _runs(items):
                stream.write(json.dumps(run) + "\n")
        steps.commit(place, "transcripts", "2026-05-05T09:00:00Z")
        steps.blind(place, "2026-05-05T10:00:00Z", salt="ab" * 32)
        with place.packed({"blinding.json": place.salt, **{file_of(one): b"" for one in RATERS}}) as bundle:
            dealing = deal(bundle)
        for rater in RATERS:
            rows = dealing.sheet(rater)
            data = jsonl([rating_line(row, {"value": _value(rater, row.run, row.dimension)}) for row in rows])
            place.write(file_of(rater), data)
            place.commit("ratings", sha256(data).hexdigest(), "2026-05-06T09:00:00Z", rater)
        rating.open_salt(place, "2026-05-07T09:00:00Z")
        figures.profile(place)
        pack(authored, out)


def _value(rater: str, run: str, dimension: str) -> str:
    drawn = sha256(f"{run}{dimension}".encode()).digest()
    own = sha256(f"{rater}{run}{dimension}".encode()).digest()
    return VALUES[(drawn[0] + (own[0] < 20)) % 3]


def _write(folder: Path, items: int) -> None:
    documents: dict[str, Any] = {
        "bundle.json": {"id": "ratings", "asserts": ["whole", "rated"], "kind": "bundle"},
        "design.json": {
            "kind": "design",
            "id": "ratings",
            "scaffolds": ["direct"],
            "baseline": "direct",
            "replicates": 1,
            "limits": {"missing_share": 0},
            "rating": [
                {
                    "dimension": name,
                    "raters": 2,
                    "overlap": "all",
                    "combine": "low-median",
                    "agreement_at_least": 0,
                }
                for name in _names()
            ],
        },
        "rubric.json": {
            "kind": "rubric",
            "id": "ratings",
            "packets": [{"id": "answer", "shows": "result", "fields": []}],
            "dimensions": [_dimension(name) for name in _names()],
        },
        "raters.json": {
            "kind": "raters",
            "raters": [
                {"id": rater, "kind": "human", "role": "rater", "dimensions": list(_names())}
                for rater in RATERS
            ],
        },
        "scaffolds/direct.json": {
            "kind": "scaffold",
            "id": "direct",
            "program": {
                "actors": {"solver": {"kind": "model"}},
                "primary": "solver",
                "threads": {"main": {"speakers": ["solver"]}},
                "steps": [
                    {"do": "say", "id": "ask", "thread": "main", "role": "user", "text": "{{item.question}}"},
                    {"do": "generate", "id": "answer", "thread": "main", "actor": "solver"},
                ],
                "result": [{"name": "answer", "text": "{{answer}}"}],
            },
        },
        **{
            f"systems/{id_}.json": {
                "kind": "system",
                "id": id_,
                "synthetic": True,
                "model": {"name": f"script-{id_}"},
            }
            for id_ in SYSTEMS
        },
    }
    for path, document in documents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(document_bytes(path, {"fsep": "1.0", **document}))
    with (folder / "items.jsonl").open("w") as stream:
        for number in range(items):
            stream.write(
                json.dumps({"id": f"item-{number}", "fields": {"question": f"What is {number}?"}}) + "\n"
            )


def _names() -> Iterator[str]:
    return (f"dimension-{number}" for number in range(DIMENSIONS))


def _dimension(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "definition": "Synthetic.",
        "scale": {"kind": "ordinal", "values": [{"value": value, "anchor": value} for value in VALUES]},
        "attained": ["full"],
        "by": "raters",
        "packet": "answer",
        "of": "answer",
        "unit": "run",
    }


def _runs(items: int) -> Iterator[dict[str, Any]]:
    for system in SYSTEMS:
        for number in range(items):
            head = {"thread": "main"}
            yield {
                "run": f"{system}.direct.item-{number}.0",
                "system": system,
                "scaffold": "direct",
                "item": f"item-{number}",
                "replicate": 0,
                "status": "completed",
                "events": [
                    {
                        "kind": "message",
                        "step": "ask",
                        **head,
                        "actor": "program",
                        "origin": "program",
                        "role": "user",
                        "content": f"What is {number}?",
                    },
                    {
                        "kind": "output",
                        "step": "answer",
                        **head,
                        "actor": "solver",
                        "origin": "model",
                        "role": "assistant",
                        "content": f"It is {number}.",
                    },
                ],
                "result": [{"name": "answer", "content": f"It is {number}."}],
            }


if __name__ == "__main__":
    make_ratings(Path(sys.argv[2]), int(sys.argv[1]))
