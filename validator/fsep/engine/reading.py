"""Holding what is read to the manifest and to its schema, for files and for lines of JSON Lines files."""

from __future__ import annotations

from typing import Any

from fsep import limits
from fsep.checks.container import FileFacts
from fsep.checks.documents import Reader, Unusable, parse
from fsep.checks.registry import Blocked, checks, run
from fsep.checks.study import Listed
from fsep.checks.summary import Read
from fsep.findings import Collector, Place, Problem


def judge(listed: Listed, read: Read, collector: Collector) -> bool:
    """Hold a file that was read to the manifest; whether it is the one listed.

    If it is not, what it says is not to be gone by.
    """
    facts = FileFacts(listed, read.sha256, read.bytes, read.records)
    intact = (read.sha256, read.bytes) == (listed.sha256, listed.bytes)
    for one in checks("file"):
        if intact or one.requirement == "FSEP-BND-006":
            run([one], collector, facts)
        elif one.requirement == "FSEP-BND-007" and read.records is not None:
            collector.not_checked(one.requirement, Blocked.by("FSEP-BND-006").reason)
    return intact


def record(reader: Reader, schema: str, path: str, number: int, data: bytes | None) -> tuple[bytes, Any]:
    """Parse one line and hold it to its schema.

    Raises:
        Unusable: when it is too long, no strict JSON, or not valid.
    """
    if data is None:
        reader.collector.failed(
            "FSEP-DOC-004", Problem(f"the line is longer than {limits.LINE_BYTES} bytes", Place(path, number))
        )
        raise Unusable("FSEP-DOC-004")
    value = parse("FSEP-DOC-004", path, number, data, reader.collector)
    reader.collector.passed("FSEP-DOC-004")
    reader.check_schema(schema, value, path, number, data)
    return data, value
