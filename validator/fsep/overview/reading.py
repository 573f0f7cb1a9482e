"""Reading documents and runs of a bundle for people: what cannot be read is nothing, since checks say why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from fsep import limits
from fsep.bundle import Bundle
from fsep.bundle.expand import expanded
from fsep.checks.container import role_of
from fsep.errors import FsepError
from fsep.parsing import json
from fsep.parsing.lines import read_lines
from fsep.protocol import Protocol

# A line's number and its bytes; None for one that is too long.
NumberedLine = tuple[int, bytes | None]
ITEMS = "items.jsonl"


def paths_of(bundle: Bundle, role: str) -> list[str]:
    """Return the files of a role, sorted."""
    return [path for path in bundle.entries if role_of(path) == role]


def records(bundle: Bundle, path: str) -> Iterator[NumberedLine]:
    """Yield the lines of a file of records.

    Raises:
        BundleError: when the file cannot be read.
    """
    with bundle.open(path) as stream:
        for line in read_lines(expanded(path, bundle.entries[path].size, stream), limits.LINE_BYTES):
            yield line.number, line.data


def parsed(data: bytes | None) -> dict[str, Any]:
    """Return a line as an object; an empty one where it is none."""
    try:
        value = json.parse(data) if data is not None else None
    except FsepError:
        return {}
    return value if isinstance(value, dict) else {}


def document(bundle: Bundle, protocol: Protocol, schema: str, path: str) -> Mapping[str, Any] | None:
    """Return a document that is valid against a schema; None where there is none."""
    try:
        value = json.parse(bundle.read(path, limits.DOCUMENT_BYTES))
    except FsepError:
        return None
    return value if isinstance(value, dict) and protocol.validator(schema).is_valid(value) else None


def fields(bundle: Bundle, protocol: Protocol, item: str) -> Mapping[str, Any]:
    """Return the fields of an item; none where it cannot be read."""
    for record in items(bundle, protocol):
        if record["id"] == item:
            found: Mapping[str, Any] = record["fields"]
            return found
    return {}


def items(bundle: Bundle, protocol: Protocol) -> Iterator[Mapping[str, Any]]:
    """Yield the valid items, as far as they can be read."""
    with suppress(FsepError):
        for _, data in records(bundle, ITEMS):
            record = parsed(data)
            if protocol.validator("item").is_valid(record):
                yield record


def events(
    head: Mapping[str, Any], rest: Iterator[NumberedLine], protocol: Protocol
) -> Iterator[Mapping[str, Any]]:
    """Yield the events of a run: those of its first record, then those of the lines after it.

    Raises:
        FsepError: when a further part does not follow.
    """
    yield from head["events"]
    for part in range(1, head.get("parts", 1)):
        _, data = next(rest, (0, None))
        record = parsed(data)
        if (
            record.get("continues") != head["run"]
            or record.get("part") != part
            or not protocol.validator("run").is_valid(record)
        ):
            raise FsepError(
                f"Part {part} of the run, of {head['parts']} in all, does not follow.",
                advice="`fsep validate` tells what is wrong.",
            )
        yield from record["events"]
