"""The baseline: an earlier report, so that only what is new since then is listed; the verdict stays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fsep.findings.report import Report

Fingerprint = tuple[str, ...]

# What of a message is another one as soon as something above is added or taken away.
_LINE_NUMBER = re.compile(r"\bline [0-9]+\b")
# What no JSON can carry: the JSON report has its name in its place.
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Compared:
    """What the comparison with an earlier report, known by the digest of its file, came to.

    `known_not_listed` is, by requirement, how many places that no finding stands for the earlier report
    counts too.
    """

    sha256: str
    known: int
    new: int
    known_not_listed: Mapping[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return it as the report's schema has it."""
        return {
            "sha256": self.sha256,
            "known": self.known,
            "new": self.new,
            "known_not_listed": dict(self.known_not_listed),
        }


def compare(report: Report, earlier: Mapping[str, Any], sha256: str) -> Report:
    """Return the report with the findings marked that an earlier one, valid against the schema, has too.

    A finding is known where the earlier report counts at least as many places of its fingerprint. Places that
    no finding stands for have none: of those as many are known as the earlier report has left over.
    """
    places, in_all = _places(earlier)
    findings = []
    for finding in report.findings:
        print_ = _fingerprint(finding.requirement, finding.path, finding.pointer, finding.message)
        taken = min(places[print_], finding.count)
        places[print_] -= taken
        in_all[finding.requirement] -= taken
        findings.append(replace(finding, known=taken == finding.count))
    left = {id_: min(count, in_all[id_]) for id_, count in report.not_listed.items()}
    known = sum(finding.known for finding in findings)
    compared = Compared(
        sha256, known, len(findings) - known, {id_: count for id_, count in left.items() if count}
    )
    return replace(report, findings=tuple(findings), compared=compared)


def _places(earlier: Mapping[str, Any]) -> tuple[Counter[Fingerprint], Counter[str]]:
    """Return how many places an earlier report counts: by fingerprint, and by requirement in all."""
    places: Counter[Fingerprint] = Counter()
    in_all: Counter[str] = Counter(earlier["not_listed"])
    for finding in earlier["findings"]:
        print_ = _fingerprint(*(finding[name] for name in ("requirement", "path", "pointer", "message")))
        places[print_] += finding["count"]
        in_all[finding["requirement"]] += finding["count"]
    return places, in_all


def _fingerprint(requirement: str, path: str | None, pointer: str | None, message: str) -> Fingerprint:
    """Return what a finding is known by: no line and no column, which move."""
    parts = (requirement, path or "", pointer or "", _LINE_NUMBER.sub("line", message))
    return tuple(_SURROGATE.sub(lambda match: f"\\u{{{ord(match[0]):x}}}", part) for part in parts)
