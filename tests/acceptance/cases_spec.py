"""Bundles made of the examples that stand in the chapters of the specification, taken out of their texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from acceptance.corners import Corner, answer, bench_of
from fsep.protocol import data
from workbench import Workbench

_BLOCK = re.compile(r"^```(jsonl?) (\S+)\n(.*?)^```", re.M | re.S)


def examples(chapter: str) -> list[tuple[str, Any]]:
    """Return the documents and records of a chapter, each with its kind, in order."""
    text = (data.root() / "spec" / "1.0" / chapter).read_text(encoding="utf-8")
    found = []
    for form, kind, block in _BLOCK.findall(text):
        texts = block.splitlines() if form == "jsonl" else [block]
        found += [(kind, json.loads(one)) for one in texts]
    return found


def _one(chapter: str, kind: str, **members: Any) -> Any:
    return next(
        value
        for found, value in examples(chapter)
        if found == kind and all(value.get(member) == wanted for member, wanted in members.items())
    )


def _put(scaffold: Any, item: Any, run: Any, **system: Any) -> Workbench:
    """Return a bundle of one run with the system of the chapter on documents."""
    bench = bench_of(
        Corner(
            "", [], ["Lima.", "Lima. I am sure."], document=_one("03-scaffolds.md", "scaffold", id="checked")
        )
    )
    for path in [path for path in bench.values if path not in ("design.json", "items.jsonl")]:
        del bench[path]
    alpha = _one("02-documents.md", "system", id="alpha")
    bench["systems/alpha.json"] = {**alpha, **system}
    bench[f"scaffolds/{scaffold['id']}.json"] = scaffold
    bench["design.json"] |= {"scaffolds": [{"id": scaffold["id"]}], "baseline": scaffold["id"]}
    bench["items.jsonl"] = [item]
    bench["transcripts/alpha.jsonl"] = [run]
    return bench


def spec_benches() -> Iterator[tuple[str, Workbench]]:
    """Yield the bundles, each with a sentence."""
    item = _one("02-documents.md", "item", id="peru")
    run = _one("05-transcripts.md", "run")
    scaffold = _one("03-scaffolds.md", "scaffold", id="checked")
    yield "examples of chapters 2, 3 and 5: a run of the scaffold 'checked'", _put(scaffold, item, run).lock()

    text = (data.root() / "spec" / "1.0" / "04-requests.md").read_text(encoding="utf-8")
    digest = re.findall(r"request digest at `answer` \| `([0-9a-f]{64})`", text)[0]
    brief = {
        **{member: run[member] for member in ("system", "item", "replicate", "status")},
        "run": "alpha.brief.peru.0",
        "scaffold": "brief",
        "events": [
            {
                "kind": "message",
                "step": "rule",
                "thread": "main",
                "actor": "program",
                "origin": "program",
                "role": "system",
                "to": "solver",
                "content": "Be brief.",
            },
            {
                "kind": "message",
                "step": "ask",
                "thread": "main",
                "actor": "program",
                "origin": "program",
                "role": "user",
                "content": "What is the capital of Peru?",
            },
            {
                "kind": "output",
                "step": "answer",
                "thread": "main",
                "actor": "solver",
                "origin": "model",
                "role": "assistant",
                "content": "Lima.",
                "parameters": {"max_tokens": 1024, "seed": 1834962286, "temperature": 0.5},
                "request_sha256": digest,
                "returned_model": "scripted-alpha-1",
            },
        ],
        "result": [{"name": "answer", "content": "Lima."}],
    }
    adaptations = [
        {"kind": "clamp-parameter", "parameter": "max_tokens", "maximum": 1024},
        {"kind": "system-text", "as": "user"},
    ]
    bench = _put(
        _one("04-requests.md", "scaffold"), _one("04-requests.md", "item"), brief, adaptations=adaptations
    )
    bench["design.json"] = _one("04-requests.md", "design")
    yield "examples of chapter 4: the second worked example, with the digests that are printed there", bench

    divided = _one("03-scaffolds.md", "scaffold", id="divided")
    answers = ["Where?\n\n Who? ", "There.", "They.", "So it is."]
    yield (
        "an example of chapter 3: the scaffold 'divided'",
        bench_of(Corner("", [], answers, document=divided)),
    )
    desk = _one("03-scaffolds.md", "scaffold", id="desk")
    said = ["A book, please.", answer("Here."), "Thanks. ###STOP###"]
    fields = {"errand": "a book"}
    yield (
        "an example of chapter 3: the scaffold 'desk'",
        bench_of(Corner("", [], said, document=desk, fields=fields)),
    )
