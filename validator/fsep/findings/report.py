"""The report: what a validation came to, as one frozen value with a published schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from fsep.findings.finding import Finding
from fsep.findings.outcome import Outcome

if TYPE_CHECKING:
    from fsep.findings.against import Against
    from fsep.findings.baseline import Compared
    from fsep.findings.waivers import Waived

Verdict = Literal["conforms", "does-not-conform", "incomplete"]
ReachedOrNot = Literal["reached", "not-reached"]


@dataclass(frozen=True, slots=True)
class Facet:
    """Whether a facet is reached, whether the manifest asserts it, and what stands between.

    `because` holds sentences that begin with the id of a requirement; `pinned` says that only external parts
    stand between.
    """

    status: ReachedOrNot
    asserted: bool
    because: tuple[str, ...] = ()
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class RequirementOutcome:
    """How one requirement ended, with the counts it follows from."""

    requirement: str
    outcome: Outcome
    passed: int
    failed: int
    withheld: int
    not_checked: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leverage:
    """How much of a scaffold's text comes from items, and which fields the baseline does not use."""

    scaffold: str
    program_characters: int
    item_characters: int
    treatment_material: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a validation came to; `as_dict` gives the document of schema `report`.

    `waived`, `compared` and `against` say what waivers, a baseline and the comparison with a published design
    came to, and are None where none were given.
    """

    tool: Mapping[str, str]
    protocol: Mapping[str, str | None]
    bundle: Mapping[str, Any]
    asked: tuple[str, ...]
    verdict: Verdict
    facets: Mapping[str, Facet]
    provenance: Mapping[str, str]
    counts: Mapping[str, int]
    outcomes: tuple[RequirementOutcome, ...]
    established: Mapping[str, tuple[str, ...]]
    leverage: tuple[Leverage, ...]
    gaps: tuple[Mapping[str, Any], ...]
    trust: tuple[str, ...]
    findings: tuple[Finding, ...]
    not_listed: Mapping[str, int]
    waived: Waived | None = None
    compared: Compared | None = None
    against: Against | None = None

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """The findings that are neither waived nor known from the baseline."""
        return tuple(finding for finding in self.findings if not finding.waived and not finding.known)

    @property
    def open_not_listed(self) -> Mapping[str, int]:
        """What is left of `not_listed` without the places that are waived or known from the baseline."""
        known = self.compared.known_not_listed if self.compared is not None else {}
        waived = self.waived.everywhere if self.waived is not None else frozenset()
        warnings = {finding.requirement for finding in self.findings if finding.severity == "warning"}
        left = {
            id_: count - known.get(id_, 0)
            for id_, count in self.not_listed.items()
            if id_ not in waived & warnings
        }
        return {id_: count for id_, count in left.items() if count}

    @property
    def has_open_warnings(self) -> bool:
        """Whether a warning is neither waived nor known from the baseline."""
        warnings = {finding.requirement for finding in self.findings if finding.severity == "warning"}
        left = {finding.requirement for finding in self.open_findings} | set(self.open_not_listed)
        return bool(warnings & left)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON values, members in the schema's order."""
        return {
            "fsep": self.protocol["version"],
            "kind": "report",
            "tool": dict(self.tool),
            "protocol": dict(self.protocol),
            "bundle": dict(self.bundle),
            "asked": list(self.asked),
            "verdict": self.verdict,
            "facets": {
                name: {**asdict(facet), "because": list(facet.because)} for name, facet in self.facets.items()
            },
            "provenance": dict(self.provenance),
            "counts": dict(self.counts),
            "requirements": self._requirements(),
            "established": {name: list(lines) for name, lines in self.established.items()},
            "leverage": [
                {**asdict(one), "treatment_material": list(one.treatment_material)} for one in self.leverage
            ],
            "gaps": [dict(gap) for gap in self.gaps],
            "trust": list(self.trust),
            "findings": [finding.as_dict() for finding in self.findings],
            "not_listed": dict(self.not_listed),
            **({"waivers": self.waived.as_dict()} if self.waived is not None else {}),
            **({"baseline": self.compared.as_dict()} if self.compared is not None else {}),
            **({"against": self.against.as_dict()} if self.against is not None else {}),
        }

    def _requirements(self) -> dict[str, Any]:
        counts = {outcome.value: 0 for outcome in Outcome}
        for one in self.outcomes:
            counts[one.outcome.value] += 1
        return {
            "counts": counts,
            "not_checked": self._with_reasons(Outcome.NOT_CHECKED),
            "withheld": self._with_reasons(Outcome.WITHHELD),
            "outcomes": {
                one.requirement: {
                    "outcome": one.outcome.value,
                    "passed": one.passed,
                    "failed": one.failed,
                    "withheld": one.withheld,
                    "not_checked": one.not_checked,
                }
                for one in self.outcomes
            },
        }

    def _with_reasons(self, outcome: Outcome) -> list[dict[str, Any]]:
        return [
            {"requirement": one.requirement, "reasons": list(one.reasons)}
            for one in self.outcomes
            if one.outcome is outcome
        ]
