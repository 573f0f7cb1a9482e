"""The first part of a page, of the runs: which are lacking, and what was not alike for all systems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from fsep import limits
from fsep.findings import Report
from fsep.overview import Overview, SystemRuns
from fsep.render.event_words import parameter
from fsep.render.layout import counted, listed, number
from fsep.render.page import Block, Bullets, Code, Line, Para, Section, Strong, Table
from fsep.render.page_first import few
from fsep.render.safe import safe

_OBSERVED = "FSEP-OBS-"
_KINDS = {
    "run-failed": "Run failed",
    "run-missing": "Run missing",
    "rater-replaced": "Rater replaced",
    "rating-missing": "Rating missing",
}
_GAPS = {"not-recorded": "Not recorded", "rebuilt": "Rebuilt", "dropped": "Dropped", "changed": "Changed"}
# What a gap of an import says where nothing follows from it for any check.
_NOTHING = "none for any check"
_SYSTEM_AS = {"user": "the user's message", "developer": "a developer's message"}


def runs(overview: Overview) -> Section:
    """Return how the runs of each system ended."""
    blocks: list[Block] = []
    if overview.runs:
        blocks.append(
            Table(
                "Runs of each system",
                (
                    "System",
                    "Planned",
                    "Missing",
                    "Failed",
                    "Retried",
                    "Completed",
                    "At a limit",
                ),
                tuple(_row(one) for one in overview.runs),
                numbers=True,
            )
        )
    else:
        blocks.append(Para(("No run could be read.",)))
    if any(one.retried for one in overview.runs):
        blocks.append(
            Para(
                ("Retried: some request took more than one attempt; in brackets, the further ones.",), "aside"
            )
        )
    if overview.unread:
        text = f"{counted(overview.unread, 'line')} of transcripts could not be read, and are not counted."
        blocks.append(Para((Strong(text),)))
    return Section("runs", "Missing, failed and retried runs", tuple(blocks))


def _row(one: SystemRuns) -> tuple[Line, ...]:
    further = f" ({number(one.attempts)})" if one.attempts else ""
    return (
        (one.system or "(not in the bundle)",),
        _number(one.planned),
        _number(one.missing),
        _number(one.failed),
        (number(one.retried) + further,),
        _number(one.completed),
        _number(one.limit_reached),
    )


def _number(count: int | None) -> Line:
    return ("not known" if count is None else number(count),)


def likeness(report: Report, overview: Overview) -> Section:
    """Return what is not alike between the systems, as declared and as observed."""
    rows = [
        (label, values)
        for label, read in (
            ("Model", _model),
            ("Reached by", _access),
            ("Runner", _runner),
            ("Adaptations", _adaptations),
            ("Declared parameters", _parameters),
        )
        if any(values := [read(system) for system in overview.systems.values()])
    ]
    rebuilt = {one.system: one for one in overview.runs if one.system}
    if any(one.rebuilt for one in rebuilt.values()):
        rows.append(("Rebuilt texts", [_rebuilt(rebuilt[id_]) for id_ in overview.systems]))
    blocks: list[Block] = []
    if len(overview.systems) == 1:
        blocks.append(Para(("There is one system, and nothing to compare it with.",)))
    if rows:
        names = list(overview.systems)
        blocks.append(
            Table(
                "What each system was given",
                ("System", *(label for label, _ in rows)),
                tuple(
                    ((name,), *((values[place] or "none stated",) for _, values in rows))
                    for place, name in enumerate(names)
                ),
            )
        )
    differing = [label for label, values in rows if label != "Model" and len(set(values)) > 1]
    if differing:
        text = f" {listed(differing).lower()}. Differences between systems may come from there."
        blocks.append(Para((Strong("Not alike:"), text)))
    observed = [one for one in report.findings if one.requirement.startswith(_OBSERVED)]
    if observed:
        lines: list[Line] = [
            (Code(one.requirement), f": {safe(one.message, limits.TEXT_MESSAGE)}") for one in observed
        ]
        blocks += [Para((Strong("Observed in the records:"),)), Bullets(tuple(lines[: limits.PAGE_ROWS]))]
    elif len(overview.systems) > 1:
        blocks.append(Para(("In the records no difference of form, reasoning or runner was observed.",)))
    return Section("likeness", "What is not like-for-like", tuple(blocks))


def _model(system: Mapping[str, Any]) -> str:
    model = system["model"]
    version = f", version {model['version']}" if "version" in model else ""
    returned = f"; returned as {listed(few(model['returned'], 3))}" if model.get("returned") else ""
    return safe(f"{model['name']}{version}{returned}", limits.TEXT_VALUE)


def _access(system: Mapping[str, Any]) -> str:
    access = system.get("access", {})
    window = " to ".join(access[end][:10] for end in ("from", "until") if end in access)
    return ", ".join(part for part in (access.get("via", ""), window) if part)


def _runner(system: Mapping[str, Any]) -> str:
    runner = system.get("runner", {})
    version = f", version {runner['version']}" if "version" in runner else ""
    return safe(f"{runner.get('name', '')}{version}", limits.TEXT_VALUE)


def _parameters(system: Mapping[str, Any]) -> str:
    return ", ".join(
        few(
            [
                f"{name} {parameter(name, value)}"
                for name, value in system.get("declared_parameters", {}).items()
            ],
            8,
        )
    )


def _adaptations(system: Mapping[str, Any]) -> str:
    return "; ".join(few([_adaptation(one) for one in system.get("adaptations", ())], limits.PAGE_ROWS))


def _adaptation(one: Mapping[str, Any]) -> str:
    match one["kind"]:
        case "omit-parameter":
            return f"{safe(one['parameter'], limits.TEXT_NAME)} is left out"
        case "clamp-parameter":
            ends = [
                f"{word} {one[end]}"
                for end, word in (("minimum", "at least"), ("maximum", "at most"))
                if end in one
            ]
            return f"{safe(one['parameter'], limits.TEXT_NAME)} is made {' and '.join(ends)}"
        case "system-text":
            return f"instructions are sent as {_SYSTEM_AS[one['as']]}"
        case "merge-adjacent":
            return "adjacent messages are merged"
        case "client-side-stop":
            return "stop texts are applied by the runner"
        case _:
            return "reasoning is sent back"


def _rebuilt(one: SystemRuns) -> str:
    if not one.rebuilt:
        return "none"
    return f"{number(one.rebuilt)} in {counted(one.rebuilt_runs, 'run')}"


def departures(overview: Overview) -> Section:
    """Return the declared departures from the design, those alike together."""
    if not overview.departures:
        return Section("departures", "Departures from the design", (Para(("None is declared.",)),))
    alike = Counter(
        (_KINDS[one["kind"]], one.get("system") or one.get("rater", ""), one["reason"])
        for one in overview.departures
    )
    rows = sorted(alike.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = tuple(
        ((kind,), (of or "not stated",), (number(count),), (safe(reason, limits.TEXT_VALUE),))
        for (kind, of, reason), count in rows[: limits.PAGE_ROWS]
    )
    blocks: list[Block] = [
        Table("Departures, as declared by the producer", ("Kind", "Of", "How many", "Reason"), shown)
    ]
    if (more := sum(count for _, count in rows[limits.PAGE_ROWS :])) > 0:
        blocks.append(Para((f"And {number(more)} more.",)))
    return Section("departures", "Departures from the design", tuple(blocks))


def gaps(report: Report) -> Section | None:
    """Return what an import could not carry over: what matters to a check in words, the rest by its count."""
    if not report.gaps:
        return None
    telling = [gap for gap in report.gaps if gap["kind"] != "dropped" and gap.get("consequence") != _NOTHING]
    lines = [_gap(gap) for gap in telling[: limits.PAGE_ROWS]]
    if more := len(report.gaps) - len(lines):
        lines.append((f"And {counted(more, 'more gap')}, under “All gaps of the import”.",))
    return Section("gaps", "What the import could not carry over", (Bullets(tuple(lines)),))


def _gap(gap: Mapping[str, Any]) -> Line:
    count = f" ({counted(gap['count'], 'place')})" if gap.get("count", 1) != 1 else ""
    label = _GAPS.get(gap["kind"], safe(gap["kind"], limits.TEXT_NAME))
    return (Strong(f"{label}{count}:"), f" {safe(gap['what'], limits.TEXT_MESSAGE)}")


def all_gaps(report: Report) -> Iterator[tuple[Line, Line]]:
    """Yield each gap with what follows from it."""
    for gap in report.gaps:
        place = f" [{safe(gap['where'], limits.TEXT_VALUE)}]" if "where" in gap else ""
        yield (
            (*_gap(gap), place),
            (f"So: {safe(gap['consequence'], limits.TEXT_MESSAGE)}",) if "consequence" in gap else (),
        )
