"""Reading what people author: a folder in the bundle's layout, its documents in YAML or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from fsep import limits
from fsep.bundle import Bundle, open_bundle
from fsep.checks.container import DOCUMENT_ROLES, MANIFEST, role_of
from fsep.errors import FsepError, visible
from fsep.parsing import json, yaml
from fsep.parsing.lines import read_lines
from fsep.parsing.position import locate
from fsep.parsing.problem import ParseError
from fsep.protocol import Protocol
from fsep.protocol.schema_errors import explain, is_valid

ITEMS = "items.jsonl"
_YAML = (".yaml", ".yml")


class Source:
    """A folder to pack; a context manager. `places` maps a path of the bundle to the file it is made from."""

    def __init__(self, folder: Path) -> None:
        """Open the folder and decide what each file is for.

        Raises:
            FsepError: for links, names outside the path grammar, and files that belong to no place.
        """
        self._bundle: Bundle = open_bundle(folder)
        try:
            self.places = self._placed()
        except BaseException:
            self._bundle.close()
            raise

    def close(self) -> None:
        """Let go of the folder."""
        self._bundle.close()

    def __enter__(self) -> Self:
        """Give the source itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _placed(self) -> dict[str, str]:
        for problem in self._bundle.problems:
            raise FsepError(
                f"{problem.path or 'The folder'} cannot be packed. {problem.message}",
                advice="Rename it, or move it out of the folder.",
            )
        places: dict[str, str] = {}
        for path in self._bundle.entries:
            place = place_of(path)
            if place is None:
                raise FsepError(
                    f"{path} belongs to no place in a bundle.",
                    advice="Move it out of the folder, or to the place that its role has.",
                )
            if place in places:
                raise FsepError(f"{places[place]} and {path} both stand for {place}.", advice="Remove one.")
            places[place] = path
        return places

    def document(self, place: str) -> Any:
        """Read a document, in whichever form it is, or raise `FsepError`."""
        path = self.places[place]
        return self._parsed(path, self._bundle.read(path, limits.DOCUMENT_BYTES))

    def chunks(self, place: str) -> Iterator[bytes]:
        """Yield the bytes of a file."""
        with self._bundle.open(self.places[place]) as stream:
            while data := stream.read(limits.CHUNK_BYTES):
                yield data

    def items(self) -> Iterator[tuple[str, bytes | None, Any]]:
        """Yield the items as (where it stands, its line as it is or None where it was YAML, value)."""
        path = self.places[ITEMS]
        if path != ITEMS:
            listed = self.document(ITEMS)
            if not isinstance(listed, list):
                raise FsepError(f"{path} is no list of items.", advice="Begin each item with `- id: ...`.")
            for place, value in enumerate(listed):
                yield f"{path}, item {place + 1}", None, value
            return
        with self._bundle.open(path) as stream:
            for line in read_lines(stream, limits.LINE_BYTES):
                if line.data is None:
                    raise FsepError(f"{path}, line {line.number}: longer than {limits.LINE_BYTES} bytes.")
                try:
                    value = json.parse(line.data)
                except ParseError as error:
                    raise FsepError(
                        f"{path}, line {line.number}, column {error.column}: {error.message}",
                        advice=error.advice,
                    ) from None
                yield f"{path}, line {line.number}", line.data, value

    def hold(self, protocol: Protocol, schema: str, value: Any, where: str) -> None:
        """Hold a value to its schema, or raise `FsepError` with the first reason."""
        if is_valid(protocol, schema, value):
            return
        advice = f"`fsep schema show {schema}` prints the schema."
        for problem in explain(protocol, schema, value)[:1]:
            at = f", at {visible(problem.pointer, 120)}" if problem.pointer else ""
            raise FsepError(
                f"{where}{self._line(where, problem.pointer)}{at}: {problem.message}", advice=advice
            )
        raise FsepError(f"{where} is not valid against the schema {schema}.", advice=advice)

    def _line(self, where: str, pointer: str) -> str:
        """Say the line, where the file is JSON and the value stands in it as authored."""
        if not where.endswith(".json"):
            return ""
        row, _ = locate(self._bundle.read(where, limits.DOCUMENT_BYTES), pointer)
        return f", line {row}"

    def _parsed(self, path: str, data: bytes) -> Any:
        try:
            return yaml.parse(data) if path.endswith(_YAML) else json.parse(data)
        except ParseError as error:
            raise FsepError(f"{path}, {error}", advice=error.advice) from None


def place_of(path: str) -> str | None:
    """Return the path in the bundle that a file is packed to."""
    stem = next((path.removesuffix(ending) for ending in _YAML if path.endswith(ending)), None)
    if stem is None:
        return path if path == MANIFEST or role_of(path) is not None else None
    if stem == "items":
        return ITEMS
    place = f"{stem}.json"
    if place == MANIFEST or role_of(place) in DOCUMENT_ROLES:
        return place
    # A proof or a blob may have any name, also one that ends like a YAML file's.
    return path if role_of(path) is not None else None
