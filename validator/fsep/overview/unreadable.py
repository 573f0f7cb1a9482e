"""Lines of transcripts that are no runs: said when a bundle is made, so that nobody learns it only later."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fsep.bundle import open_bundle
from fsep.errors import visible
from fsep.overview.reading import paths_of, records
from fsep.parsing import json
from fsep.parsing.position import locate
from fsep.parsing.problem import ParseError
from fsep.protocol import Protocol
from fsep.protocol.schema_errors import explain, is_valid

# Lines that are described; of the others it is said how many they are.
DESCRIBED = 3


@dataclass(frozen=True, slots=True)
class Unreadable:
    """How many lines are no records of runs, and sentences on the first of them, each with its place."""

    lines: int
    first: tuple[str, ...]


def unreadable(bundle: Path, protocol: Protocol) -> Unreadable:
    """Look for lines of a bundle's transcripts that cannot be read, or that the schema of runs refuses.

    Raises:
        FsepError: when the bundle or one of its files cannot be read at all.
    """
    lines, first = 0, []
    with open_bundle(bundle) as opened:
        for path in paths_of(opened, "transcripts"):
            for number, data in records(opened, path):
                try:
                    value = json.parse(data) if data is not None else None
                    if data is not None and is_valid(protocol, "run", value):
                        continue
                    said = _refused(protocol, value, data)
                except ParseError as error:
                    said = f":{error.column}: {error.message}"
                lines += 1
                if lines <= DESCRIBED:
                    first.append(f"{path}:{number}{said}")
    return Unreadable(lines, tuple(first))


def _refused(protocol: Protocol, value: object, data: bytes | None) -> str:
    if data is None:
        return ": the line is too long."
    for problem in explain(protocol, "run", value)[:1]:
        at = f", at {visible(problem.pointer, 120)}" if problem.pointer else ""
        return f":{locate(data, problem.pointer)[1]}{at}: {problem.message}"
    return ": the line is no record of a run."
