"""Two runs beside each other: what changed with the suite, and what with the implementation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fsep_conformance.evidence import read


def differences(one: Path, other: Path) -> Iterator[str]:
    """Yield sentences on what differs between two files of evidence, the second being the newer.

    Verdicts are taken as the files state them, so that runs of different suites can be compared.

    Raises:
        EvidenceError: where one of them was changed.
    """
    first, second = _read(one), _read(other)
    for member in ("specification", "schemas", "suite"):
        was, now = first[0][member]["sha256"], second[0][member]["sha256"]
        if was != now:
            yield f"the {member} changed: {was[:16]}… to {now[:16]}…"
    before, after = (header["implementation"] for header, _ in (first, second))
    for member in sorted(before.keys() | after.keys()):
        if before.get(member) != after.get(member):
            yield f"the implementation's {member} changed: {before.get(member)} to {after.get(member)}"
    for id_ in sorted(first[1].keys() | second[1].keys()):
        before_it, after_it = first[1].get(id_), second[1].get(id_)
        if before_it is None or after_it is None:
            yield f"{id_} {'is new' if before_it is None else 'is gone'}: {before_it or after_it}"
        elif before_it != after_it:
            yield f"{id_} was {before_it}, and is {after_it}"


def _read(path: Path) -> tuple[Mapping[str, Any], dict[str, str]]:
    header: Mapping[str, Any] = {}
    verdicts = {}
    for line in read(path):
        if line["what"] == "header":
            header = line
        elif line["what"] == "verdict":
            verdicts[line["case"]] = line["outcome"]
    return header, verdicts
