"""Reports as workflow commands of GitHub Actions, which shows them beside the lines they are about.

Their form is that of "Workflow commands for GitHub Actions": `::error file=F,line=L,col=C,title=T::message`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from fsep import limits
from fsep.findings import Finding, Outcome, Report
from fsep.render.against import departure_lines
from fsep.render.layout import counted, listed
from fsep.render.place import on_disk, where
from fsep.render.safe import safe
from fsep.render.style import Style
from fsep.render.subject import Known, Level, facet_of, level_of, requirements
from fsep.render.values import found_and_expected

_COMMANDS: Mapping[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}
_VERDICTS = {
    "conforms": ("notice", "CONFORMS"),
    "does-not-conform": ("error", "DOES NOT CONFORM"),
    "incomplete": ("warning", "INCOMPLETE"),
}
# GitHub shows so many annotations of each kind for a step; the others stand in its log.
SHOWN = 10


def render(reports: Sequence[Report], style: Style | None = None, *, several: bool = False) -> str:
    """Return one command a line: of each report what it came to, then its findings.

    The first finding of each requirement comes before any second one, since GitHub shows but ten of a kind.
    """
    return "".join(f"{line}\n" for report in reports for line in _report(report))


def _report(report: Report) -> Iterator[str]:
    known = requirements(report)
    yield _summary(report, known)
    for departure in report.against.departures if report.against is not None else ():
        title = {"title": "fsep: departs from the design"}
        yield _command("error", title, departure_lines(departure))
    met: Counter[str] = Counter()
    placed = []
    for finding in report.open_findings:
        placed.append((met[finding.requirement], finding))
        met[finding.requirement] += 1
    for _, finding in sorted(placed, key=lambda pair: pair[0]):
        yield _finding(finding, known, report)


def _summary(report: Report, known: Known) -> str:
    command, verdict = _VERDICTS[report.verdict]
    missed = [facet for facet in report.asked if report.facets[facet].status != "reached"]
    said = f"not reached: {listed(missed)}" if missed else f"at {listed(report.asked)}"
    levels: Counter[Level] = Counter()
    for finding in report.open_findings:
        levels[level_of(finding, known, report)] += finding.count
    for id_, count in report.open_not_listed.items():
        one = next((one for one in report.findings if one.requirement == id_), None)
        levels[level_of(one, known, report) if one is not None else "error"] += count
    ended = Counter(one.outcome for one in report.outcomes)
    lines = [
        f"{safe(str(report.bundle['path']), limits.TEXT_VALUE)}: {verdict}, {safe(said)}.",
        f"{counted(levels['error'], 'error')}, {counted(levels['warning'], 'warning')}, "
        f"{counted(levels['note'], 'finding')} of facets nobody asked about.",
        f"Of {counted(len(report.outcomes), 'requirement')}, {ended[Outcome.PASS]} passed, "
        f"{ended[Outcome.FAIL]} failed, {ended[Outcome.NOT_CHECKED]} not checked, "
        f"{ended[Outcome.WITHHELD]} withheld, {ended[Outcome.NOT_APPLICABLE]} not applicable.",
    ]
    places = Counter(level_of(one, known, report) for one in report.open_findings)
    if any(count + (_COMMANDS[level] == command) > SHOWN for level, count in places.items()):
        lines.append(f"GitHub shows {SHOWN} annotations of a kind for a step; all are in its log.")
    return _command(command, {"title": f"fsep: {verdict}"}, lines)


def _finding(finding: Finding, known: Known, report: Report) -> str:
    file, located = on_disk(finding, report)
    id_ = safe(finding.requirement, limits.TEXT_NAME)
    facet = facet_of(finding.requirement, known, report)
    properties = {"file": safe(file)}
    if located:
        properties["line"] = str(finding.line)
        if finding.column is not None:
            properties["col"] = str(finding.column)
    level = level_of(finding, known, report)
    beyond = ", not asked about" if level == "note" else ""
    properties["title"] = id_ if facet == "-" else f"{id_} ({safe(facet)}{beyond})"
    more = f" (and {counted(finding.count - 1, 'more place')} like it)" if finding.count > 1 else ""
    lines = [safe(finding.message, limits.TEXT_MESSAGE) + more]
    found, expected, note = found_and_expected(finding)
    for label, text in (
        ("at", safe(where(finding), limits.TEXT_VALUE)),
        ("found", found),
        ("expected", expected),
        ("note", note),
        ("mend", safe(finding.hint or "", limits.TEXT_MESSAGE)),
    ):
        if text:
            lines.append(f"{label}: {text}")
    return _command(_COMMANDS[level], properties, lines)


def _command(name: str, properties: Mapping[str, str], lines: Sequence[str]) -> str:
    """Return a command; its message has no line of its own but those that are given."""
    given = ",".join(
        f"{key}={_data(value).replace(':', '%3A').replace(',', '%2C')}" for key, value in properties.items()
    )
    return f"::{name} {given}::{'%0A'.join(map(_data, lines))}"


def _data(text: str) -> str:
    """Escape what ends a command or stands for it; the percent sign first, which begins every escape."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
