"""Reading what was authored: the layout of a bundle, with documents in JSON or in the safe subset of YAML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fsep import limits
from fsep.bundle import Bundle
from fsep.checks.container import MANIFEST, RECORD_ROLES, role_of
from fsep.errors import FsepError, visible
from fsep.parsing import json, yaml
from fsep.parsing.lines import read_lines
from fsep.parsing.problem import ParseError

YAML_ENDINGS = (".yaml", ".yml")
# Where an authored file goes, by the ending that it is authored with: items may be written as a list in YAML.
_PACKED_AS = {"items.yaml": "items.jsonl", "items.yml": "items.jsonl", "items.json": "items.jsonl"}


class PackError(FsepError):
    """What was authored cannot be packed; the text names the file and the place."""


class Authored:
    """An authored folder: which file becomes which of the bundle, and their values."""

    def __init__(self, bundle: Bundle) -> None:
        """Sort the files out.

        Raises:
            PackError: for a file that has no place in a bundle, or two that have the same.
        """
        self._bundle = bundle
        for problem in bundle.problems:
            raise PackError(
                f"{problem.path}: {problem.message}", advice="Rename it, or move it out of the folder."
            )
        self.sources: dict[str, str] = {}
        for path in bundle.entries:
            packed = packed_path(path)
            if packed is None:
                raise PackError(
                    f"{visible(path)} has no place in a bundle.",
                    advice="Move it out of the folder; the layout is in spec/1.0/01-bundle.md.",
                )
            if packed in self.sources:
                raise PackError(
                    f"{visible(path)} and {visible(self.sources[packed])} are both {packed}.",
                    advice="Keep one of them.",
                )
            self.sources[packed] = path

    def __contains__(self, packed: str) -> bool:
        """Whether something was authored for a path of the bundle."""
        return packed in self.sources

    def of_role(self, role: str) -> list[str]:
        """Return the bundle's paths of a role, sorted."""
        return sorted(path for path in self.sources if role_of(path) == role)

    def document(self, packed: str) -> dict[str, Any]:
        """Return an authored document.

        Raises:
            PackError: when it cannot be parsed or is no object.
        """
        value = self._parsed(self.sources[packed])
        if not isinstance(value, dict):
            raise PackError(
                f"{self.sources[packed]} holds no object.",
                advice=f"`fsep schema show {role_of(packed)}` says what it is to hold.",
            )
        return value

    def items(self) -> list[dict[str, Any]]:
        """Return the items, from a JSON Lines file or from a list."""
        source = self.sources["items.jsonl"]
        values = (
            [value for _, value in self._records(source)]
            if source.endswith(".jsonl")
            else self._parsed(source)
        )
        if not isinstance(values, list) or not all(
            isinstance(value, dict) and "id" in value and "fields" in value for value in values
        ):
            raise PackError(
                f"{source}: items are objects with an `id` and `fields`.",
                advice="`fsep schema show item` says more.",
            )
        return values

    def chunks(self, packed: str) -> Iterator[bytes]:
        """Yield the bytes of a file that is packed as it stands."""
        with self._bundle.open(self.sources[packed]) as stream:
            while data := stream.read(limits.CHUNK_BYTES):
                yield data

    def _records(self, source: str) -> Iterator[tuple[int, Any]]:
        with self._bundle.open(source) as stream:
            for line in read_lines(stream, limits.LINE_BYTES):
                if line.data is None:
                    raise PackError(
                        f"{source}:{line.number}: the line is longer than {limits.LINE_BYTES} bytes."
                    )
                try:
                    yield line.number, json.parse(line.data)
                except ParseError as error:
                    raise PackError(f"{source}:{line.number}:{error.column}: {error.message}") from None

    def _parsed(self, source: str) -> Any:
        data = self._bundle.read(source, limits.DOCUMENT_BYTES)
        try:
            return yaml.parse(data) if source.endswith(YAML_ENDINGS) else json.parse(data)
        except ParseError as error:
            raise PackError(f"{source}:{error.line}:{error.column}: {error.message}") from None


def packed_path(path: str) -> str | None:
    """Return the path of the bundle that an authored file is for; None where it has no place."""
    if path in _PACKED_AS:
        return _PACKED_AS[path]
    stem, dot, ending = path.rpartition(".")
    if f"{dot}{ending}" in YAML_ENDINGS:
        path = f"{stem}.json"
        if role_of(path) in RECORD_ROLES:
            return None
    return path if path == MANIFEST or role_of(path) is not None else None
