"""What an adapter writes is valid, or it is refused where its source says something else."""

from __future__ import annotations

from typing import Any

from fsep.adapters.source import SourceError
from fsep.protocol import Protocol
from fsep.protocol.schema_errors import explain, is_valid


def held(protocol: Protocol, schema: str, value: dict[str, Any], where: str) -> dict[str, Any]:
    """Return a value that is valid; refuse what the protocol has no place for, with where it stands."""
    if not is_valid(protocol, schema, value):
        problem = explain(protocol, schema, value)[0]
        at = problem.pointer or "the top"
        raise SourceError(f"{where}: it cannot be written as a {schema}: at {at}, {problem.message}")
    return value
