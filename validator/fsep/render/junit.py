"""Reports as JUnit XML, for tools that collect test results: a suite a bundle, a case a requirement.

A case fails only where it stands between the bundle and what was asked about. What is a warning is a skipped
case that says so; what concerns a facet nobody asked about is one whose details stand in its `system-out`,
where they alarm nobody and are found by those who look. A case named `verdict` says what all of it came
to, so that a bundle of which something could not be checked is not taken for one that passed. There are no
times: the same bundle gives the same bytes. The form is what Jenkins' `junit-10.xsd` allows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from fsep import limits
from fsep.findings import Finding, Outcome, Report
from fsep.findings.report import RequirementOutcome
from fsep.render.against import departure_lines
from fsep.render.layout import counted, listed
from fsep.render.place import where
from fsep.render.safe import quoted, safe
from fsep.render.style import Style
from fsep.render.subject import Known, Level, facet_of, level_of, requirements
from fsep.render.values import found_and_expected

Element = ElementTree.Element

_REASONS = {
    Outcome.NOT_APPLICABLE: "not applicable: the bundle holds nothing it is about",
    Outcome.NOT_CHECKED: "not checked",
    Outcome.WITHHELD: "withheld: it needs values that are withheld",
}
_WARNING = "not met, which is a warning and decides no facet"


def render(reports: Sequence[Report], style: Style | None = None, *, several: bool = False) -> str:
    """Return one XML document; its suites are the reports."""
    root = Element("testsuites", name="fsep validate")
    root.extend(map(_suite, reports))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ElementTree.indent(root)
    # `safe` leaves nothing that XML forbids.
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suite(report: Report) -> Element:
    known = requirements(report)
    by_id: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_id.setdefault(finding.requirement, []).append(finding)
    cases = [_verdict(report), *_against(report)]
    cases += [_case(one, by_id.get(one.requirement, []), known, report) for one in report.outcomes]
    suite = Element("testsuite", name=safe(str(report.bundle["path"]), limits.TEXT_VALUE))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("tests", str(len(cases)))
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in _properties(report).items():
        ElementTree.SubElement(properties, "property", name=name, value=safe(value, limits.TEXT_VALUE))
    suite.extend(cases)
    return suite


def _properties(report: Report) -> Mapping[str, str]:
    bundle = report.bundle
    values = {
        "fsep": report.tool["version"],
        "protocol": f"{report.protocol['version']} ({report.protocol['stage']})",
        "bundle": bundle["id"],
        "bundle-sha256": bundle["sha256"],
        "asked": " ".join(report.asked),
        "verdict": report.verdict,
        "provenance": report.provenance["grade"],
        "synthetic": ", ".join(bundle["synthetic"]),
    }
    return {name: str(value) for name, value in values.items() if value}


def _verdict(report: Report) -> Element:
    case = Element("testcase", classname="fsep", name="verdict")
    missed = listed(facet for facet in report.asked if report.facets[facet].status != "reached")
    if report.verdict != "conforms":
        tag = "error" if report.verdict == "incomplete" else "failure"
        message = f"{report.verdict}: not reached is {missed}"
        ElementTree.SubElement(case, tag, message=safe(message), type=report.verdict)
    return case


def _against(report: Report) -> list[Element]:
    """Return a case that that fails where the bundle departs from a published design, if one was given."""
    if report.against is None:
        return []
    case = Element("testcase", classname="fsep", name="against")
    if departures := report.against.departures:
        message = f"{counted(len(departures), 'departure')} from the design {quoted(report.against.id)}"
        made = ElementTree.SubElement(case, "failure", message=message, type="departure")
        made.text = "\n".join(line for one in departures for line in departure_lines(one))
    return [case]


def _case(one: RequirementOutcome, findings: Sequence[Finding], known: Known, report: Report) -> Element:
    facet = facet_of(one.requirement, known, report)
    case = Element(
        "testcase",
        classname="no-facet" if facet == "-" else safe(facet),
        name=safe(one.requirement, limits.TEXT_NAME),
    )
    if one.outcome is Outcome.FAIL:
        _not_met(case, one, findings, known, report)
    elif one.outcome is not Outcome.PASS:
        reasons = f" ({'; '.join(one.reasons)})" if one.reasons else ""
        message = safe(_REASONS[one.outcome] + reasons, limits.TEXT_MESSAGE)
        ElementTree.SubElement(case, "skipped", message=message)
    return case


def _not_met(
    case: Element, one: RequirementOutcome, findings: Sequence[Finding], known: Known, report: Report
) -> None:
    level: Level = "error" if facet_of(one.requirement, known, report) in report.asked else "note"
    if findings:
        level = level_of(findings[0], known, report)
    first = safe(findings[0].message, limits.TEXT_MESSAGE) if findings else "not met"
    places = counted(one.failed, "place")
    if level == "error":
        made = ElementTree.SubElement(case, "failure", message=f"{first} ({places})", type=level)
    elif level == "warning":
        made = ElementTree.SubElement(case, "skipped", message=f"{_WARNING}: {first} ({places})")
    else:
        facet = safe(facet_of(one.requirement, known, report))
        of = "not met, and of no facet" if facet == "-" else f"nobody asked about the facet {facet}"
        ElementTree.SubElement(case, "skipped", message=f"{of}: {first} ({places})")
        made = ElementTree.SubElement(case, "system-out")
    lines = [safe(known[one.requirement].text)] if one.requirement in known else []
    for finding in findings:
        lines += _lines(finding)
    if more := report.not_listed.get(one.requirement, 0):
        lines += ["", f"and {counted(more, 'more place')} not listed"]
    if findings and findings[0].hint:
        lines += ["", f"Mend: {safe(findings[0].hint, limits.TEXT_MESSAGE)}"]
    made.text = "\n".join(lines)


def _lines(finding: Finding) -> list[str]:
    more = f" (and {counted(finding.count - 1, 'more place')} like it)" if finding.count > 1 else ""
    lines = ["", safe(finding.message, limits.TEXT_MESSAGE) + more]
    found, expected, note = found_and_expected(finding)
    place = safe(where(finding), limits.TEXT_VALUE)
    for label, text in (("at", place), ("found", found), ("expected", expected), ("", note)):
        if text:
            lines.append(f"  {label:<8}  {text}")
    return lines
