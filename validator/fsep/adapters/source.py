"""Reading a foreign file: strict, bounded, and with an error that says where its shape is another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from fsep import limits
from fsep.credentials import HIDDEN, hidden, named, shaped
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
        """Return a member of an object, or the default where it is absent or null and there is one.

        Raises:
            SourceError: where it is of another kind than asked, or absent without a default.
        """
        value = self.value.get(name) if isinstance(self.value, dict) else None
        if value is None and default is not None:
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise SourceError(
                f"{self.where}/{name}: {_KINDS[kind]} was expected.",
                advice="Is this a file of the format named?",
            )
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


_KINDS: dict[type, str] = {
    dict: "an object",
    list: "a list",
    str: "a text",
    int: "a whole number",
    bool: "true or false",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its own name, digest and size, and what it holds."""

    name: str
    sha256: str
    bytes: int
    root: Node
    credentials: int
    """How many texts held the shape of a credential, which is not in `root`."""


def read_bytes(path: Path) -> bytes:
    """Read a file whole.

    Raises:
        SourceError: when it cannot be read or is too large.
    """
    try:
        with path.open("rb") as stream:
            # In pieces, since a read of so many bytes takes the memory for them at once.
            data = b"".join(_pieces(stream, limits.SOURCE_BYTES + 1))
    except OSError as error:
        raise SourceError(
            f"{visible(str(path), limits.PATH_CHARACTERS)} cannot be read: {error.strerror}."
        ) from None
    if len(data) > limits.SOURCE_BYTES:
        raise SourceError(f"{visible(path.name)} is larger than {limits.SOURCE_BYTES} bytes.")
    return data


def _pieces(stream: BinaryIO, limit: int) -> Iterator[bytes]:
    while limit > 0 and (piece := stream.read(min(limit, limits.CHUNK_BYTES))):
        limit -= len(piece)
        yield piece


def read_source(path: Path) -> Source:
    """Read a JSON file whole.

    Raises:
        SourceError: when it cannot be read, is too large, or is no strict JSON object.
    """
    data = read_bytes(path)
    try:
        value = json.parse(data)
    except ParseError as error:
        raise SourceError(f"{visible(path.name)}:{error.line}:{error.column}: {error.message}") from None
    return source_of(path, data, value)


def source_of(path: Path, data: bytes, value: Any) -> Source:
    """Return the source for a file's bytes and the value they hold, which has to be an object."""
    if not isinstance(value, dict):
        raise SourceError(
            f"{visible(path.name)} holds no JSON object.", advice="Is this a file of the format named?"
        )
    clean, count = without_shapes(value)
    return Source(path.name, sha256(data).hexdigest(), len(data), Node(clean, visible(path.name)), count)


def without_shapes(value: Any) -> tuple[Any, int]:
    """Return a JSON value whose texts hold nothing of the shape of a credential, and how many did."""
    if isinstance(value, str):
        return (hidden(value), 1) if shaped(value) else (value, 0)
    if isinstance(value, dict):
        pairs = {
            hidden(name) if shaped(name) else name: without_shapes(inner) for name, inner in value.items()
        }
        count = sum(count for _, count in pairs.values()) + sum(map(shaped, value))
        return {name: one for name, (one, _) in pairs.items()}, count
    if isinstance(value, list):
        listed = [without_shapes(inner) for inner in value]
        return [one for one, _ in listed], sum(count for _, count in listed)
    return value, 0


def without_names(value: Any) -> tuple[Any, int]:
    """Return configuration without members named as credentials are, and how many were not hidden already."""
    if isinstance(value, dict):
        dropped = [name for name, inner in value.items() if isinstance(inner, str) and named(name)]
        kept = {name: without_names(inner) for name, inner in value.items() if name not in dropped}
        count = sum(HIDDEN not in value[name] for name in dropped) + sum(count for _, count in kept.values())
        return {name: one for name, (one, _) in kept.items()}, count
    if isinstance(value, list):
        listed = [without_names(inner) for inner in value]
        return [one for one, _ in listed], sum(count for _, count in listed)
    return value, 0


def altered(recorded: Any) -> bool:
    """Whether something was hidden in a recorded value, so that it is not as it was recorded."""
    if isinstance(recorded, dict):
        return any(HIDDEN in name or altered(inner) for name, inner in recorded.items())
    if isinstance(recorded, list):
        return any(map(altered, recorded))
    return isinstance(recorded, str) and HIDDEN in recorded
