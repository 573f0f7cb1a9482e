"""Waivers: findings that somebody answers for, until a day; facets and verdict stay what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

from fsep.findings.finding import Finding
from fsep.findings.report import Report

State = Literal["applied", "unused", "too-narrow", "expired", "other-version"]


@dataclass(frozen=True, slots=True)
class Waiver:
    """One waiver: of which requirement, where, why, who answers for it, until when, and for which version.

    Without a `path` it covers the requirement wherever it is not met. `expires` is the last day on which it
    applies.
    """

    requirement: str
    reason: str
    owner: str
    expires: date
    version: str
    path: str | None = None
    line: int | None = None
    pointer: str | None = None

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Waiver:
        """Return the waiver that a value valid against the schema states.

        Raises:
            ValueError: when `expires` is no day of the calendar.
        """
        return cls(**{**value, "expires": date.fromisoformat(value["expires"])})

    def as_dict(self) -> dict[str, Any]:
        """Return the waiver as its schema has it."""
        value = {**asdict(self), "expires": self.expires.isoformat()}
        return {name: value[name] for name in _MEMBERS if value[name] is not None}

    def meets(self, finding: Finding) -> bool:
        """Whether what the finding locates is of the requirement and in the place that the waiver names."""
        return (
            self.requirement == finding.requirement
            and self.path in (None, finding.path)
            and self.line in (None, finding.line)
            and _lies_in(finding.pointer or "", self.pointer or "")
        )

    def covers(self, finding: Finding) -> bool:
        """Whether it meets the finding and, if it names a place, the finding stands for that place alone."""
        return self.meets(finding) and (self.path is None or finding.count == 1)


_MEMBERS = ("requirement", "path", "line", "pointer", "reason", "owner", "expires", "version")


@dataclass(frozen=True, slots=True)
class Use:
    """What a waiver came to: whether it was applied, and how many findings it covers."""

    waiver: Waiver
    state: State
    findings: int = 0


@dataclass(frozen=True, slots=True)
class Waived:
    """What the waivers of a file, known by its digest, came to on a day."""

    sha256: str
    date: date
    uses: tuple[Use, ...]
    waived: int
    acknowledged: int

    @property
    def everywhere(self) -> frozenset[str]:
        """The requirements that a waiver in force covers wherever they are not met."""
        return frozenset(
            use.waiver.requirement
            for use in self.uses
            if use.waiver.path is None and use.state in ("applied", "unused")
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it as the report's schema has it."""
        return {
            "sha256": self.sha256,
            "date": self.date.isoformat(),
            "waived": self.waived,
            "acknowledged": self.acknowledged,
            "entries": [
                {"waiver": use.waiver.as_dict(), "state": use.state, "findings": use.findings}
                for use in self.uses
            ],
        }


def waive(report: Report, waivers: Sequence[Waiver], today: date, sha256: str) -> Report:
    """Return the report with each finding under the first waiver that covers it, and nothing else changed."""
    states = [_out_of_force(waiver, report, today) for waiver in waivers]
    in_force: dict[str, list[Waiver]] = {}
    for waiver, state in zip(waivers, states, strict=True):
        if state is None:
            in_force.setdefault(waiver.requirement, []).append(waiver)
    findings = tuple(_under(finding, in_force.get(finding.requirement, ())) for finding in report.findings)
    covered = [finding for finding in findings if finding.waiver is not None]
    uses = tuple(
        Use(waiver, state) if state is not None else _use(waiver, findings, report.not_listed)
        for waiver, state in zip(waivers, states, strict=True)
    )
    waived = sum(finding.severity == "warning" for finding in covered)
    return replace(
        report, findings=findings, waived=Waived(sha256, today, uses, waived, len(covered) - waived)
    )


def _out_of_force(waiver: Waiver, report: Report, today: date) -> State | None:
    if waiver.version != report.protocol["version"]:
        return "other-version"
    return "expired" if waiver.expires < today else None


def _under(finding: Finding, waivers: Sequence[Waiver]) -> Finding:
    first = next((waiver for waiver in waivers if waiver.covers(finding)), None)
    return replace(finding, waiver=first)


def _use(waiver: Waiver, findings: Sequence[Finding], not_listed: Mapping[str, int]) -> Use:
    met = [finding for finding in findings if waiver.meets(finding)]
    count = sum(finding.waiver is waiver for finding in met)
    if count or (waiver.path is None and waiver.requirement in not_listed):
        return Use(waiver, "applied", count)
    return Use(waiver, "too-narrow" if any(not waiver.covers(finding) for finding in met) else "unused")


def _lies_in(pointer: str, outer: str) -> bool:
    """Whether a JSON Pointer leads to the value of another or into it; names count as wholes."""
    return pointer == outer or pointer.startswith(f"{outer}/")
