"""A report as text for a terminal: the verdict first, then what stands between, then what to mend."""

from __future__ import annotations

from collections.abc import Sequence

from fsep import limits
from fsep.findings import Facet, Outcome, Report
from fsep.findings.report import RequirementOutcome
from fsep.render.against import against_sections
from fsep.render.finding_text import finding_sections, not_asked_section
from fsep.render.gaps import gap_lines
from fsep.render.layout import counted, listed, number, ranges, wrap
from fsep.render.safe import guard, safe
from fsep.render.set_aside import set_aside_sections
from fsep.render.style import Paint, Style
from fsep.render.subject import facet_of, requirements

Lines = list[str]

_VERDICTS: dict[str, tuple[str, Paint]] = {
    "conforms": ("CONFORMS", "green"),
    "does-not-conform": ("DOES NOT CONFORM", "red"),
    "incomplete": ("INCOMPLETE", "yellow"),
}
# Where what is said of a facet begins: after the longest of their names.
_COLUMN = 18
_NEXT = {
    "conforms": "",
    "does-not-conform": "`fsep explain ID` says more about a requirement.",
    "incomplete": "Nothing asked about failed, but not all of it could be decided; "
    "`fsep explain ID` says more about a requirement.",
}


def render(reports: Sequence[Report], style: Style | None = None, *, several: bool = False) -> str:
    """Return reports as text, one after another, whether or not several were asked for."""
    style = style or Style()
    rule = "\n" + style.paint("─" * style.columns, "dim") + "\n\n"
    return rule.join(_report(report, style) for report in reports)


def _report(report: Report, style: Style) -> str:
    sections = [
        _headline(report, style),
        _synthetic(report, style),
        _facets(report, style),
        *against_sections(report, style),
        _provenance(report, style),
        *finding_sections(report, style),
        *set_aside_sections(report, style),
        gap_lines(report.gaps, style),
        _established(report, style),
        _leverage(report, style),
        _outcomes(report, style),
        not_asked_section(report, style),
        _foot(report, style),
    ]
    return "\n\n".join("\n".join(map(guard, section)) for section in sections if section) + "\n"


def _headline(report: Report, style: Style) -> Lines:
    word, paint = _VERDICTS[report.verdict]
    asked = [safe(facet) for facet in report.asked]
    missed = [facet for facet in asked if report.facets[facet].status != "reached"]
    says = (
        f"at {listed(asked)}"
        if not missed
        else f"{listed(missed)} {'is' if len(missed) == 1 else 'are'} not reached"
    )
    lines = wrap(f"{word}{':' if missed else ''} {says}", style.columns)
    lines[0] = style.paint(word, paint, "bold") + lines[0][len(word) :]
    if missed:
        lines += wrap(f"Asked about: {listed(asked)}.", style.columns)
    bundle = report.bundle
    names = [
        safe(str(bundle[member]), limits.TEXT_NAME)
        for member in ("path", "title", "id")
        if bundle[member] is not None
    ]
    lines += ["", *(style.paint(line, "bold") for line in wrap(" · ".join(names), style.columns))]
    if sizes := _sizes(report):
        lines += wrap(sizes, style.columns)
    return lines


def _sizes(report: Report) -> str:
    counts = report.counts
    words = [
        counted(counts[name], name.removesuffix("s"))
        for name in ("systems", "scaffolds", "items", "runs", "events")
        if name in counts
    ]
    replayed = [
        f"{number(counts[name])} {said}"
        for name, said in (("replayed", "replayed"), ("pinned", "pinned"), ("withheld", "withheld"))
        if counts.get(name)
    ]
    if counts.get("runs") and not counts.get("replayed"):
        replayed.insert(0, "none replayed")
    if counts.get("withheld"):
        # Who could replay the rest is not here to ask.
        replayed[0] = f"{number(counts['replayed'])} of {counted(counts['runs'], 'run')} replayed here"
    return ", ".join(words) + (f" ({', '.join(replayed)})" if replayed else "")


def _synthetic(report: Report, style: Style) -> Lines:
    names: Sequence[str] = report.bundle["synthetic"]
    if not names:
        return []
    who = listed([safe(name, limits.TEXT_NAME) for name in names[: limits.TEXT_NAMES]]) + (
        f" and {len(names) - limits.TEXT_NAMES} more" if len(names) > limits.TEXT_NAMES else ""
    )
    are = "is a scripted stand-in and no model" if len(names) == 1 else "are scripted stand-ins and no models"
    text = f"SYNTHETIC: {who} {are}. Nothing here says anything about a real one."
    return [style.paint(line, "yellow", "bold") for line in wrap(text, style.columns)]


def _facets(report: Report, style: Style) -> Lines:
    lines = [style.paint("Facets", "bold")]
    together: dict[tuple[object, ...], list[str]] = {}
    for name, facet in report.facets.items():
        # What is said of several facets that nobody asked about is said once.
        key = (
            (name,)
            if facet.status == "reached" or name in report.asked
            else (facet.asserted, facet.pinned, facet.because)
        )
        together.setdefault(key, []).append(name)
    for names in together.values():
        lines += _facet(names, report.facets[names[0]], report, style)
    return lines


def _facet(names: Sequence[str], facet: Facet, report: Report, style: Style) -> Lines:
    reached, asked = facet.status == "reached", names[0] in report.asked
    mark, said = ("✓", "reached") if reached else ("✗", "NOT REACHED") if asked else ("-", "not reached")
    paint: tuple[Paint, ...] = ("green",) if reached else ("red", "bold") if asked else ()
    notes = (
        (", which nobody asked about", reached and not asked),
        (", though the manifest asserts it", facet.asserted and not reached),
        (", but pinned: only external parts stand between", facet.pinned),
        (f" ({_briefly(facet)})", not reached and not asked),
    )
    row = (
        f"  {mark} {', '.join(names):<{_COLUMN - 4}}  {said}{''.join(note for note, holds in notes if holds)}"
    )
    lines = [style.paint(line, *paint) for line in wrap(row, style.columns, "", " " * (_COLUMN + 2))]
    if not asked:
        return lines
    found = {finding.requirement for finding in report.open_findings}
    for reason in facet.because[: limits.TEXT_REASONS]:
        # What a finding tells in full below takes one line here; what only blocks is told here.
        brief = reason.partition(":")[0] in found
        text = safe(reason, limits.TEXT_MESSAGE)
        if brief:
            first, *more_lines = wrap(text, style.columns - 2, "      ")
            lines.append(f"{first} …" if more_lines else first)
        else:
            lines += wrap(text, style.columns, "      ", "        ")
    if (more := len(facet.because) - limits.TEXT_REASONS) > 0:
        lines.append(f"      and {counted(more, 'more reason')}")
    return lines


def _briefly(facet: Facet) -> str:
    """Return the ids of what stands between, or the first reason where it is no requirement."""
    ids = [reason.partition(":")[0] for reason in facet.because if reason.startswith("FSEP-")]
    if len(ids) < len(facet.because):
        return safe(facet.because[0], limits.TEXT_REASON)
    return listed(
        [safe(id_, limits.TEXT_NAME) for id_ in ids[: limits.TEXT_REASONS]]
        + ([f"{len(ids) - limits.TEXT_REASONS} more"] if len(ids) > limits.TEXT_REASONS else [])
    )


def _provenance(report: Report, style: Style) -> Lines:
    return _titled("Provenance", [f"{report.provenance['grade']}.", report.provenance["says"]], style)


def _titled(title: str, sentences: Sequence[str], style: Style) -> Lines:
    """Return sentences as a paragraph that begins with its title."""
    lines = wrap(
        f"{title}: {' '.join(safe(sentence, limits.TEXT_MESSAGE) for sentence in sentences)}",
        style.columns,
        "",
        "  ",
    )
    return [style.paint(f"{title}:", "bold") + lines[0][len(title) + 1 :], *lines[1:]]


def _established(report: Report, style: Style) -> Lines:
    titles = (
        ("Recomputed", "by_recomputation"),
        ("Taken on trust", "attested"),
        ("Not established", "not_established"),
    )
    return [
        line
        for title, member in titles
        for line in _titled(title, report.established[member] or ("nothing.",), style)
    ]


def _leverage(report: Report, style: Style) -> Lines:
    if not report.leverage:
        return []
    lines = [style.paint("Text that the scaffolds contributed", "bold")]
    for one in report.leverage:
        share = (
            f", {100 * one.item_characters / one.program_characters:.0f} % of them from items"
            if one.program_characters
            else ""
        )
        fields = ", ".join(safe(field, limits.TEXT_NAME) for field in one.treatment_material)
        material = (
            f"; treatment material (item fields that the baseline does not use): {fields}" if fields else ""
        )
        text = f"{safe(one.scaffold, limits.TEXT_NAME)}: {counted(one.program_characters, 'character')}"
        lines += wrap(f"{text}{share}{material}", style.columns, "  - ", "    ")
    return lines


def _outcomes(report: Report, style: Style) -> Lines:
    words = {
        Outcome.PASS: "passed",
        Outcome.FAIL: "failed",
        Outcome.NOT_CHECKED: "not checked",
        Outcome.WITHHELD: "withheld",
        Outcome.NOT_APPLICABLE: "not applicable",
    }
    ended = {outcome: [one for one in report.outcomes if one.outcome is outcome] for outcome in words}
    counts = {outcome: f"{len(ended[outcome])} {word}" for outcome, word in words.items()}
    counts[Outcome.FAIL] += _of_them_not_asked(ended[Outcome.FAIL], report)
    lines = _titled("Requirements", [", ".join(counts.values())], style)
    for outcome in (Outcome.NOT_CHECKED, Outcome.WITHHELD):
        by_reason: dict[tuple[str, ...], list[str]] = {}
        for one in ended[outcome]:
            by_reason.setdefault(one.reasons or ("they need values that are withheld",), []).append(
                one.requirement
            )
        for reasons, ids in by_reason.items():
            why = safe("; ".join(reasons), limits.TEXT_MESSAGE)
            lines += wrap(
                f"{words[outcome]}: {', '.join(ranges(ids))} ({why})", style.columns, "  - ", "    "
            )
    return lines + _advice(report, style)


def _of_them_not_asked(failed: Sequence[RequirementOutcome], report: Report) -> str:
    """Say how many of what failed nobody asked about; nothing where all of it counts."""
    known = requirements(report)
    count = sum(facet_of(one.requirement, known, report) not in report.asked for one in failed)
    if not count:
        return ""
    return (
        f" ({number(count)} of them not asked about)"
        if count < len(failed)
        else " (none of them asked about)"
    )


def _advice(report: Report, style: Style) -> Lines:
    """Say of what is advisory how much was looked at: of little, that nothing was found says little."""
    known = requirements(report)
    ids = {id_ for id_, one in known.items() if one.severity == "warning"}
    of = {
        outcome: [one for one in report.outcomes if one.outcome is outcome and one.requirement in ids]
        for outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE)
    }
    met = ", ".join(f"{one.requirement} ({one.passed:,})" for one in of[Outcome.PASS])
    idle = ", ".join(ranges(one.requirement for one in of[Outcome.NOT_APPLICABLE]))
    lines: Lines = []
    if met:
        lines += wrap(f"advisory and met, with how many were looked at: {met}", style.columns, "  - ", "    ")
    if idle:
        lines += wrap(f"advisory, with too little to look at: {idle}", style.columns, "  - ", "    ")
    return lines


def _foot(report: Report, style: Style) -> Lines:
    parts = [
        f"{report.tool['name']} {report.tool['version']}",
        f"protocol {report.protocol['version']} ({report.protocol['stage']})",
    ]
    if report.bundle["sha256"] is not None:
        parts.append(f"bundle {report.bundle['sha256'][:16]}…")
    if report.trust:
        digests = ", ".join(f"{digest[:16]}…" for digest in report.trust)
        parts.append(f"{counted(len(report.trust), 'trust anchor')} given: {digests}")
    lines = wrap(safe(" · ".join(parts)), style.columns)
    if (hint := _NEXT[report.verdict]) or report.findings:
        lines += wrap(hint or _NEXT["does-not-conform"], style.columns)
    return [style.paint(line, "dim") for line in lines]
