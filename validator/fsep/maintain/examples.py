"""The examples of the specification: fenced blocks of JSON, JSON Lines and YAML, which are tests.

The info string says what a block is: `json design` is a document of schema `design`, `jsonl run` has a record
of schema `run` on each line, `json system invalid` is refused by the schema, and `json` alone is JSON of no
schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from fsep.maintain.markdown import Block, Fault, parts
from fsep.parsing import json, yaml
from fsep.protocol.data import chapters

Language = Literal["json", "jsonl", "yaml"]


@dataclass(frozen=True, slots=True)
class Example:
    """An example; `line` is that of its opening fence, and `invalid` says that its schema refuses it."""

    file: str
    line: int
    language: Language
    schema: str | None
    invalid: bool
    text: str

    def values(self) -> list[Any]:
        """Return what the text holds, one value or one a line, or raise `ParseError`."""
        data = self.text.encode("utf-8")
        if self.language == "jsonl":
            return [json.parse(line) for line in data.split(b"\n")[:-1]]
        return [json.parse(data) if self.language == "json" else yaml.parse(data)]


def examples(base: Path, version: str) -> Iterator[Example]:
    """Yield the examples of a version's chapters, or raise `Fault` for an info string of another form."""
    for chapter in chapters(base, version):
        for part in parts(chapter.name, chapter.read_text(encoding="utf-8")):
            if isinstance(part, Block) and (example := _example(chapter.name, part)) is not None:
                yield example


def _example(file: str, block: Block) -> Example | None:
    match block.info.split():
        case [("json" | "jsonl" | "yaml") as language]:
            return Example(file, block.number, language, None, False, block.text)
        case [("json" | "jsonl" | "yaml") as language, schema]:
            return Example(file, block.number, language, schema, False, block.text)
        case [("json" | "jsonl" | "yaml") as language, schema, "invalid"]:
            return Example(file, block.number, language, schema, True, block.text)
        case [("json" | "jsonl" | "yaml"), *_]:
            what = f"the info string `{block.info}` is not known"
            raise Fault(
                file, block.number, what, "write the language, a schema's name, and `invalid` or nothing"
            )
        case _:
            return None
