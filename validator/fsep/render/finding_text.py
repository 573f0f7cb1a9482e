"""Findings as text, by requirement: what is asked, where it is not met, what was found, how to mend it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import groupby

from fsep import limits
from fsep.findings import Finding, Report
from fsep.protocol import Requirement
from fsep.render.layout import counted, wrap
from fsep.render.safe import cells, safe
from fsep.render.set_aside import acknowledged, where
from fsep.render.style import Style
from fsep.render.subject import facet_of, requirements
from fsep.render.values import found_and_expected

Lines = list[str]

# The columns before a found or expected value, and what points at where the two part.
_VALUES = " " * 14
_HERE = "^ here they part"


def finding_sections(report: Report, style: Style) -> list[Lines]:
    """Return the findings of facets asked about: a heading, then a section a requirement; none, no section.

    What is waived or known from the baseline is not among them.
    """
    known = requirements(report)
    asked = [one for one in report.open_findings if facet_of(one.requirement, known, report) in report.asked]
    if not asked:
        return []
    sections = [_heading("Findings", _totals(asked, report), style)]
    for id_, group in groupby(asked, key=lambda one: one.requirement):
        unlisted = report.open_not_listed.get(id_, 0)
        sections.append(_requirement(id_, list(group), known, unlisted, style))
    return sections


def not_asked_section(report: Report, style: Style) -> Lines:
    """Return a line for each requirement that is not met and that nobody asked about: none is an error here.

    A bundle may be sound at all that it asserts and hold nothing that the other facets are about.
    """
    known = requirements(report)
    by_requirement: dict[str, list[Finding]] = {}
    for finding in report.open_findings:
        if facet_of(finding.requirement, known, report) not in report.asked:
            by_requirement.setdefault(finding.requirement, []).append(finding)
    if not by_requirement:
        return []
    heading = wrap("Not asked about, and no part of the verdict", style.columns, "", "  ")
    lines = [style.paint(line, "bold") for line in heading]
    for id_, findings in by_requirement.items():
        facet = facet_of(id_, known, report)
        more = sum(one.count for one in findings) - 1 + report.open_not_listed.get(id_, 0)
        said = safe(findings[0].message, limits.TEXT_REASON) + (
            f" (and {counted(more, 'more place')})" if more else ""
        )
        name = safe(facet, limits.TEXT_NAME)
        of = f"{name} (`--require {name}`)" if facet in report.facets else "of no facet"
        lines += wrap(f"{of}: {said} ({safe(id_, limits.TEXT_NAME)})", style.columns, "  - ", "    ")
    return lines


def _heading(title: str, totals: str, style: Style) -> Lines:
    lines = wrap(f"{title}: {totals}", style.columns, "", "  ")
    return [style.paint(lines[0][: len(title)], "bold") + lines[0][len(title) :], *lines[1:]]


def _totals(findings: Sequence[Finding], report: Report) -> str:
    said = []
    for severity in ("error", "warning"):
        count = sum(one.count for one in findings if one.severity == severity)
        ids = {one.requirement for one in findings if one.severity == severity}
        count += sum(report.open_not_listed.get(id_, 0) for id_ in ids)
        if count:
            said.append(f"{counted(count, severity)} under {counted(len(ids), 'requirement')}")
    return ", ".join(said)


def _requirement(
    id_: str,
    findings: Sequence[Finding],
    known: Mapping[str, Requirement],
    unlisted: int,
    style: Style,
) -> Lines:
    severity = findings[0].severity
    requirement = known.get(id_)
    facet = f" · {requirement.facet}" if requirement is not None else ""
    lines = [
        style.paint(safe(id_, limits.TEXT_NAME), "bold", "red" if severity == "error" else "yellow")
        + f" {severity}{facet}"
    ]
    if requirement is not None:
        lines += (style.paint(line, "dim") for line in wrap(requirement.text, style.columns, "  "))
    for finding in findings[: limits.TEXT_FINDINGS]:
        lines += _finding(finding, style)
    if more := sum(one.count for one in findings[limits.TEXT_FINDINGS :]) + unlisted:
        lines += wrap(
            f"and {counted(more, 'more place')}; `--format json` lists {'up to 100' if unlisted else 'them'}",
            style.columns,
            "  ",
        )
    if findings[0].hint:
        mend = wrap(f"Mend: {safe(findings[0].hint, limits.TEXT_MESSAGE)}", style.columns, "  ", "        ")
        lines += [style.paint(mend[0][:7], "cyan") + mend[0][7:], *mend[1:]]
    return lines


def _finding(finding: Finding, style: Style) -> Lines:
    lines: Lines = []
    if place := where(finding):
        lines += (style.paint(line, "cyan") for line in wrap(place, style.columns, "  "))
    more = f" (and {counted(finding.count - 1, 'more place')} like it)" if finding.count > 1 else ""
    lines += wrap(
        f"{safe(finding.message, limits.TEXT_MESSAGE)}{more}",
        style.columns,
        "    " if place else "  ",
        "    ",
    )
    found, expected, note = found_and_expected(finding)
    for label, value in (("found", found), ("expected", expected)):
        if value is not None:
            lines += wrap(f"{label:<8}  {value}", style.columns, "    ", _VALUES)
    lines += _parting(found, expected, style)
    if note is not None:
        lines += (style.paint(line, "dim") for line in wrap(note, style.columns, _VALUES))
    if finding.waiver is not None:
        lines += wrap(acknowledged(finding.waiver), style.columns, "    ", "      ")
    return lines


def _parting(found: str | None, expected: str | None, style: Style) -> Lines:
    """Return a line that points at where two values part; none where they are long or share little."""
    if found is None or expected is None:
        return []
    shared = cells(os.path.commonprefix([found, expected]))  # noqa: RUF071 - of texts, not of paths
    fits = len(_VALUES) + max(cells(found), cells(expected), shared + len(_HERE)) <= style.columns
    alike = 2 * shared >= min(cells(found), cells(expected)) > 0
    return [style.paint(f"{_VALUES}{' ' * shared}{_HERE}", "dim")] if alike and fits else []
