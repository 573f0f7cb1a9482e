"""What a finding is about, in the terms of the protocol and of the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fsep.errors import FsepError
from fsep.findings import Finding, Report
from fsep.protocol import Requirement, load

Known = Mapping[str, Requirement]
# What other tools call how much a finding matters; a note is no part of the verdict.
Level = Literal["error", "warning", "note"]


def requirements(report: Report) -> Known:
    """Return what the protocol says of its requirements; nothing where its version is not at hand."""
    try:
        return load(str(report.protocol["version"])).requirements
    except FsepError:
        return {}


def facet_of(requirement: str, known: Known, report: Report) -> str:
    """Return the facet that a requirement counts for, "-" for none."""
    if requirement in known:
        return known[requirement].facet
    return next(
        (
            name
            for name, facet in report.facets.items()
            if any(one.startswith(requirement) for one in facet.because)
        ),
        "-",
    )


def level_of(finding: Finding, known: Known, report: Report) -> Level:
    """Return the finding's severity, or `note` where nobody asked about its facet."""
    return finding.severity if facet_of(finding.requirement, known, report) in report.asked else "note"
