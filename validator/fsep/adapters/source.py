"""Reading a foreign file: strict, bounded, and with an error that says where its shape is not the one expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from fsep import limits
from fsep.credentials import named, shaped
from fsep.errors import FsepError, visible
from fsep.parsing import json
from fsep.parsing.problem import ParseError

T = TypeVar("T")


class SourceError(FsepError):
    """A source file cannot be imported; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a source file, and where it stands."""

    value: Any
    where: str

    def get(self, name: str, kind: type[T], default: T | None = None) -> T:
        """Return a member of an object: of the kind asked, or the default where it is absent or null and there is one.

        Raises:
            SourceError: otherwise.
        """
        value = self.value.get(name) if isinstance(self.value, dict) else None
        if value is None and default is not None:
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise SourceError(f"{self.where}/{name}: {_KINDS[kind]} was expected.", advice="Is this a file of the format named?")
        return value

    def at(self, name: str) -> Node:
        """Return an object that is a member, empty where it is absent or null."""
        return Node(self.get(name, dict, {}), f"{self.where}/{name}")

    def each(self, name: str) -> Iterator[Node]:
        """Yield the objects of a list that is a member."""
        for place, value in enumerate(self.get(name, list)):
            node = Node(value, f"{self.where}/{name}/{place}")
            if not isinstance(value, dict):
                raise SourceError(f"{node.where}: an object was expected.")
            yield node


_KINDS: dict[type, str] = {dict: "an object", list: "a list", str: "a text", int: "a whole number", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its own name, digest and size, and what it holds."""

    name: str
    sha256: str
    bytes: int
    root: Node


def read_source(path: Path) -> Source:
    """Read a JSON file whole.

    Raises:
        SourceError: when it cannot be read, is too large, or is no strict JSON object.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(limits.SOURCE_BYTES + 1)
    except OSError as error:
        raise SourceError(f"{visible(str(path), limits.PATH_CHARACTERS)} cannot be read: {error.strerror}.") from None
    if len(data) > limits.SOURCE_BYTES:
        raise SourceError(f"{visible(path.name)} is larger than {limits.SOURCE_BYTES} bytes.")
    try:
        value = json.parse(data)
    except ParseError as error:
        raise SourceError(f"{visible(path.name)}:{error.line}:{error.column}: {error.message}") from None
    if not isinstance(value, dict):
        raise SourceError(f"{visible(path.name)} holds no JSON object.", advice="Is this a file of the format named?")
    return Source(path.name, sha256(data).hexdigest(), len(data), Node(value, visible(path.name)))


def without_credentials(value: Any) -> tuple[Any, int]:
    """Return a JSON value without what has the name or shape of a credential, and how much that was."""
    if isinstance(value, dict):
        kept, dropped = {}, 0
        for name, inner in value.items():
            if isinstance(inner, str) and (named(name) or shaped(inner)):
                dropped += 1
                continue
            kept[name], count = without_credentials(inner)
            dropped += count
        return kept, dropped
    if isinstance(value, list):
        pairs = [without_credentials(inner) for inner in value if not (isinstance(inner, str) and shaped(inner))]
        return [one for one, _ in pairs], sum(count for _, count in pairs) + len(value) - len(pairs)
    return value, 0
