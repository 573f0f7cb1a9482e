"""Waivers and reports for the tests of waivers and baselines; all of it is made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from fsep.findings import Finding, Report
from fsep.findings.waivers import Waiver, waive
from fsep.protocol import load
from unit.handmade_report import bad, good

TODAY = date(2026, 11, 23)
DIGEST = "ab" * 32


def waiver(requirement: str, **changed: Any) -> Waiver:
    """Return a waiver of the requirement that applies today."""
    of = Waiver(requirement, "The provider offers no other way.", "Ada Example", date(2027, 1, 31), "1.0")
    return replace(of, **changed)


def waived(report: Report, *waivers: Waiver, today: date = TODAY) -> Report:
    """Return the report under waivers."""
    return waive(report, waivers, today, DIGEST)


def warned(count: int = 1, **changed: Any) -> Finding:
    """Return a warning about a place in a transcripts file."""
    finding = Finding(
        "FSEP-TRN-005",
        "warning",
        "it ends before it starts",
        "transcripts/alpha.jsonl",
        4,
        88,
        "/events/2/ended",
        None,
        None,
        None,
        count,
    )
    return replace(finding, **changed)


def reporting(*findings: Finding, **changed: Any) -> Report:
    """Return a report that conforms, with these findings."""
    return replace(good(), findings=findings, **changed)


def faults(report: Report) -> Sequence[str]:
    """Return what the report's own schema has against it, by both engines."""
    value = report.as_dict()
    found = [error.message for error in load("1.0").reference_validator("report").iter_errors(value)]
    assert load("1.0").validator("report").is_valid(value) is not bool(found)
    return found


__all__ = ["DIGEST", "TODAY", "bad", "faults", "reporting", "waived", "waiver", "warned"]
