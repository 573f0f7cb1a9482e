"""How values become the bytes of a bundle's files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fsep.errors import FsepError
from fsep.limits import DOCUMENT_BYTES, LINE_BYTES

_document = json.JSONEncoder(ensure_ascii=False, allow_nan=False, indent=2).encode
_record = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
# Left free in the line of a run that is split, for the members around its events.
_AROUND = 64


def document_bytes(path: str, value: Mapping[str, Any]) -> bytes:
    """Write a document as it is packed: indented, in UTF-8, members in their order; or raise `FsepError`."""
    data = _encoded(path, _document, value)
    if len(data) > DOCUMENT_BYTES:
        raise FsepError(
            f"{path} would be longer than {DOCUMENT_BYTES} bytes.", advice="Keep long texts in blobs."
        )
    return data


def record_bytes(path: str, value: Mapping[str, Any]) -> bytes:
    """Write a record as one line, or raise `FsepError`."""
    data = _encoded(path, _record, value)
    if len(data) > LINE_BYTES + 1:
        raise FsepError(
            f"{path}: a record would be longer than {LINE_BYTES} bytes.",
            advice="Keep long texts in blobs; a run goes on in further lines.",
        )
    return data


def run_records(run: Mapping[str, Any], limit: int = LINE_BYTES) -> Iterator[Mapping[str, Any]]:
    """Yield the records of a run: the run itself, or where that line would be too long, its parts.

    `limit` is in bytes of one line. An event that is longer alone is yielded all the same, to be refused when
    it is written.
    """
    name = str(run["run"])
    events = [(event, len(_encoded(name, _record, event))) for event in run["events"]]
    room = limit - _AROUND - len(_encoded(name, _record, {**run, "events": []}))
    parts: list[list[Any]] = [[]]
    for event, size in events:
        if parts[-1] and size > room:
            parts.append([])
            room = limit - 2 * _AROUND - len(name)
        parts[-1].append(event)
        room -= size
    if len(parts) == 1:
        yield run
        return
    yield {**run, "parts": len(parts), "events": parts[0]}
    for part, held in enumerate(parts[1:], 1):
        yield {"continues": name, "part": part, "events": held}


def _encoded(path: str, encode: Any, value: Any) -> bytes:
    try:
        return bytes((encode(value) + "\n").encode("utf-8"))
    except (ValueError, TypeError, RecursionError):
        raise FsepError(f"{path}: a value in it cannot be written as JSON.") from None
