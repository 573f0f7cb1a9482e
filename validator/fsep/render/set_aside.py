"""What waivers and a baseline took out of the list of findings, as text: who answers for what, until when."""

from __future__ import annotations

from collections.abc import Sequence

from fsep import limits
from fsep.findings import Finding, Report
from fsep.findings.waivers import Use, Waiver
from fsep.render.layout import counted, wrap
from fsep.render.safe import safe
from fsep.render.style import Style

Lines = list[str]


def set_aside_sections(report: Report, style: Style) -> list[Lines]:
    """Return what is said of waivers and of the baseline; nothing where neither was given."""
    if report.waived is None and report.compared is None:
        return []
    return [_not_listed(report, style), _waivers(report, style), _baseline(report, style)]


def where(finding: Finding | Waiver) -> str:
    """Return file:line:column, as editors and terminals read it, and the JSON pointer."""
    if finding.path is None:
        return ""
    column = finding.column if isinstance(finding, Finding) else None
    parts = [str(part) for part in (finding.line, column) if part is not None]
    place = ":".join([safe(finding.path, limits.TEXT_NAME), *parts])
    return f"{place}  {safe(finding.pointer, limits.TEXT_VALUE)}" if finding.pointer else place


def acknowledged(waiver: Waiver) -> str:
    """Return what is said beside an error that a waiver acknowledges."""
    return f"Acknowledged, and counted all the same. {_by(waiver)}"


def _by(waiver: Waiver) -> str:
    return (
        f"By {safe(waiver.owner, limits.TEXT_NAME)} until {waiver.expires.isoformat()}: "
        f"{safe(waiver.reason, limits.TEXT_MESSAGE)}"
    )


def _not_listed(report: Report, style: Style) -> Lines:
    """Say what is left of what is not listed, of requirements of which all that is listed is set aside."""
    shown = {finding.requirement for finding in report.open_findings}
    return [
        line
        for id_, count in report.open_not_listed.items()
        if id_ not in shown
        for line in wrap(
            f"{id_} is not met at {counted(count, 'more place')}, which no finding stands for and which "
            "are neither waived nor known from the baseline.",
            style.columns,
            "",
            "  ",
        )
    ]


def _waivers(report: Report, style: Style) -> Lines:
    waived = report.waived
    if waived is None:
        return []
    said = [f"{counted(waived.waived, 'finding')} waived"]
    if waived.acknowledged:
        said.append(f"{waived.acknowledged} acknowledged, which count for the verdict all the same")
    if not waived.uses:
        said.append("the file holds no waiver")
    lines = wrap(f"Waivers: {'; '.join(said)} ({waived.date.isoformat()})", style.columns, "", "  ")
    lines = [style.paint("Waivers:", "bold") + lines[0][len("Waivers:") :], *lines[1:]]
    return lines + [line for use in waived.uses for line in _use(use, report, style)]


def _use(use: Use, report: Report, style: Style) -> Lines:
    waiver = use.waiver
    named = safe(waiver.requirement, limits.TEXT_NAME) + (f" in {place}" if (place := where(waiver)) else "")
    covered = [finding for finding in report.findings if finding.waiver is waiver]
    if use.state != "applied":
        lines = wrap(f"Warning: {_idle(use, named, report)}", style.columns, "  ", "    ")
        return [style.paint(line, "yellow") for line in lines]
    errors = bool(covered) and covered[0].severity == "error"
    what = counted(use.findings, "finding")
    lines = [
        *wrap(
            f"{named}: {what} {'acknowledged' if errors else 'waived'}",
            style.columns,
            "  ",
            "    ",
        ),
        *wrap(_by(waiver), style.columns, "    "),
    ]
    return lines if errors else [*lines, *_covered(covered, style), *_beyond(waiver, report, style)]


def _idle(use: Use, named: str, report: Report) -> str:
    match use.state:
        case "expired":
            return f"the waiver of {named} expired on {use.waiver.expires.isoformat()} and does not apply."
        case "other-version":
            return (
                f"the waiver of {named} is for version {use.waiver.version} of the protocol; the bundle is "
                f"judged by {report.protocol['version']}, and it does not apply."
            )
        case "too-narrow":
            return (
                f"the waiver of {named} does not apply: it names a place, and the finding there stands for "
                "others too. Without a path it waives the requirement wherever it is not met."
            )
        case _:
            return f"the waiver of {named} is unused: no finding is left for it to cover. Take it out."


def _covered(findings: Sequence[Finding], style: Style) -> Lines:
    lines: Lines = []
    for finding in findings[: limits.TEXT_FINDINGS]:
        place = f"{where(finding)}  " if finding.path is not None else ""
        more = f" (and {counted(finding.count - 1, 'more place')} like it)" if finding.count > 1 else ""
        text = f"{place}{safe(finding.message, limits.TEXT_MESSAGE)}{more}"
        lines += wrap(text, style.columns, "    - ", "      ")
    if (more_findings := len(findings) - limits.TEXT_FINDINGS) > 0:
        lines += [f"    - and {counted(more_findings, 'more finding')}; `--format json` lists them"]
    return [style.paint(line, "dim") for line in lines]


def _beyond(waiver: Waiver, report: Report, style: Style) -> Lines:
    count = report.not_listed.get(waiver.requirement, 0)
    if waiver.path is not None or not count:
        return []
    return [style.paint(f"    - and {counted(count, 'place')} that no finding stands for", "dim")]


def _baseline(report: Report, style: Style) -> Lines:
    compared = report.compared
    if compared is None:
        return []
    text = f"Baseline: {counted(compared.known, 'finding')} known from the baseline, {compared.new} new"
    if beyond := sum(compared.known_not_listed.values()):
        text += f"; of the places that no finding stands for, {counted(beyond, 'is', 'are')} known"
    text += (
        ". What is known is not listed above; it counts for facets and verdict all the same."
        if compared.known
        else "."
    )
    lines = wrap(text, style.columns, "", "  ")
    return [style.paint("Baseline:", "bold") + lines[0][len("Baseline:") :], *lines[1:]]
