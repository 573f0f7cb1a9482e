"""Which requirements the suite reaches: what is accepted, what is refused, which faults are caught."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fsep import protocol
from fsep_conformance.cases import EXCLUSIONS, Suite
from fsep_conformance.faults import faults
from fsep_conformance.play import load_runner_cases

_TESTABLE = ("from-the-bundle", "on-the-wire")


@dataclass(frozen=True, slots=True)
class Row:
    """A binding requirement: how many cases accept it met, how many refuse, which faults are caught."""

    requirement: str
    accepting: int
    refusing: int
    caught_by: tuple[str, ...]
    excluded: str = ""

    @property
    def lacks(self) -> tuple[str, ...]:
        """Return what it has none of."""
        counts = {
            "accepting case": self.accepting,
            "refusing case": self.refusing,
            "caught fault": len(self.caught_by),
        }
        return tuple(what for what, count in counts.items() if not count)


def covered(suite: Suite) -> list[Row]:
    """Return every binding requirement that a bundle or a wire can show, with what reaches it."""
    accepting: defaultdict[str, int] = defaultdict(int)
    refusing: defaultdict[str, int] = defaultdict(int)
    for case in suite.cases:
        for id_ in case.meets:
            accepting[id_] += 1
        for id_ in case.violated:
            refusing[id_] += 1
    for one in load_runner_cases(suite.folder):
        # A runner that does what a case asks for is accepted, another is refused by the check of that name.
        accepting[one.requirement] += 1
        refusing[one.requirement] += 1
    excluded = _exclusions(suite)
    caught: defaultdict[str, list[str]] = defaultdict(list)
    for fault in faults(suite.version):
        for id_ in fault.named:
            caught[id_].append(fault.name)
    return [
        Row(id_, accepting[id_], refusing[id_], tuple(caught[id_]), excluded.get(id_, ""))
        for id_, one in protocol.load(suite.version).requirements.items()
        if one.severity == "error" and one.tested in _TESTABLE
    ]


def gaps(suite: Suite, rows: Sequence[Row]) -> list[str]:
    """Return what is lacking and not excluded, and which cases name a requirement whose text changed."""
    found = [
        f"{row.requirement} has no {' and no '.join(row.lacks)}"
        for row in rows
        if row.lacks and not row.excluded
    ]
    found += [
        f"{row.requirement} is excluded, and lacks nothing" for row in rows if row.excluded and not row.lacks
    ]
    known = protocol.load(suite.version).requirements
    about = [(case.id, case.requirement, case.text_sha256) for case in suite.cases]
    about += [(case.id, case.requirement, case.text_sha256) for case in load_runner_cases(suite.folder)]
    for id_, requirement, text_sha256 in about:
        if requirement not in known:
            found.append(f"{id_} names {requirement}, which is no requirement")
        elif known[requirement].text_sha256 != text_sha256:
            found.append(f"{id_} was written for another text of {requirement}")
    return found


def _exclusions(suite: Suite) -> dict[str, str]:
    stated: dict[str, Any] = json.loads((suite.folder / EXCLUSIONS).read_bytes())
    reasons: dict[str, str] = stated["exclusions"]
    return reasons
