"""One requirement explained: whose it is, how it is tested, what blocks it, how to mend it; or one facet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fsep.protocol import Protocol, Requirement, data
from fsep.render.layout import wrap
from fsep.render.safe import safe
from fsep.render.style import Style

_TESTED = {
    "from-the-bundle": "from the bundle: `fsep validate` does it",
    "on-the-wire": "on the wire: the conformance suite does it, a bundle cannot show it",
    "attested-only": "not by a program: it is attested by whoever did it",
    "not-testable": "not at all",
}
_SEVERITIES = {
    "error": "an error, and the facet is not reached",
    "warning": "a warning, which decides no facet",
}
# The chapter and the heading of the table of what blocks what.
_VALIDATION = "10-validation.md"
# The chapter with the table of what each facet shows, and the facet that all others rest on.
_INTRODUCTION, _FIRST = "00-introduction.md", "whole"
_ROW = re.compile(r"^\| (.+?) \| (.+?) \|$", re.MULTILINE)
# `FSEP-ADH-001`, and `ADH-005` where one with the prefix came before; `X-001 to X-005` is a range.
_IDS = re.compile(r"\b(?:FSEP-)?([A-Z]{3})-([0-9]{3})(?: to (?:FSEP-)?\1-([0-9]{3}))?")


def explain(protocol: Protocol, requirement: Requirement, style: Style) -> str:
    """Return what there is to say about a requirement of a version."""
    title = style.paint(requirement.id, "bold") + f"  (FSEP {protocol.version}, {protocol.stage})"
    lines = [
        title,
        "",
        *(style.paint(line, "bold") for line in wrap(safe(requirement.text), style.columns, "  ")),
        "",
    ]
    facts = [
        ("Who", f"{_article(requirement.actor)} {requirement.actor}"),
        ("Facet", requirement.facet if requirement.facet != "-" else "none: it decides about no bundle"),
        ("Not met", _SEVERITIES[requirement.severity] if requirement.facet != "-" else "nothing in a report"),
        ("Tested", _TESTED[requirement.tested] + (f": {requirement.reason}" if requirement.reason else "")),
        ("To mend it", requirement.mend or "nothing more to say"),
    ]
    before, after = blocking(protocol, requirement.id)
    facts += [("It blocks", text) for text in after]
    facts += [("Blocked by", text) for text in before]
    facts += [("Since", requirement.since), ("Read on", requirement.link)]
    for label, text in facts:
        made = wrap(_plain(text), style.columns, f"{label:<12}", " " * 12)
        lines += [style.paint(made[0][:12], "cyan") + made[0][12:], *made[1:]]
    notes = list(_notes(protocol, requirement, style))
    return "\n".join([*lines, *(["", *notes] if notes else [])]) + "\n"


def explain_facet(protocol: Protocol, facet: str, style: Style) -> str:
    """Return what there is to say about a facet of a version: what it shows, and what it asks."""
    rows = _ROW.findall(_chapter(protocol, _INTRODUCTION).partition("## Facets")[2])
    shows = next((then for name, then in rows if name == f"`{facet}`"), "")
    every = [one for one in protocol.requirements.values() if one.facet == facet]
    rests = "" if facet == _FIRST else f" It rests on `{_FIRST}`, and is not reached without."
    lines = [
        style.paint(facet, "bold") + f"  (facet, FSEP {protocol.version}, {protocol.stage})",
        "",
        *(style.paint(line, "bold") for line in wrap(_plain(_sentence(shows)), style.columns, "  ")),
        "",
        *wrap(
            f"It is reached when every binding requirement is met, or not applicable.{rests} "
            f"`fsep validate --require {facet} BUNDLE` asks about it; `fsep explain ID` says more about one.",
            style.columns,
        ),
    ]
    for title, severity in (("Binding", "error"), ("Advisory, each a warning", "warning")):
        of = [one for one in every if one.severity == severity]
        if of:
            lines += ["", style.paint(f"{title} ({len(of)})", "bold")]
        for one in of:
            made = wrap(safe(one.text), style.columns, f"  {one.id}  ", " " * (len(one.id) + 4))
            lines += [style.paint(made[0][: len(one.id) + 2], "cyan") + made[0][len(one.id) + 2 :], *made[1:]]
    return "\n".join(lines) + "\n"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def blocking(protocol: Protocol, id_: str) -> tuple[list[str], list[str]]:
    """Return what blocks a requirement, and what it blocks, in the words of the specification."""
    before, after = [], []
    for when, then in _ROW.findall(_chapter(protocol, _VALIDATION).partition("What blocks what")[2]):
        if id_ in _ids(when):
            after.append(then)
        if id_ in _ids(then):
            before.append(when)
    return before, after


def _ids(cell: str) -> set[str]:
    """Return the ids a cell names, ranges written out."""
    return {
        f"FSEP-{family}-{number:03}"
        for family, first, last in _IDS.findall(cell)
        for number in range(int(first), int(last or first) + 1)
    }


def _chapter(protocol: Protocol, name: str) -> str:
    return data.read_bytes(protocol.base / data.SPEC / protocol.version / name).decode()


def _notes(protocol: Protocol, requirement: Requirement, style: Style) -> Iterator[str]:
    """Yield what the chapter says after the requirement, up to the next heading: only prose is wrapped."""
    section = _chapter(protocol, requirement.chapter).partition(f"### {requirement.id}\n")[2]
    section = re.split(r"^#{1,6} ", section, maxsplit=1, flags=re.MULTILINE)[0]
    paragraphs = [
        one for one in re.split(r"\n{2,}", section.strip()) if not one.startswith((">", "- Actor:"))
    ]
    for place, paragraph in enumerate(paragraphs):
        if place:
            yield ""
        rows = paragraph.splitlines()
        if rows[0].startswith(("```", "|", "- ")):
            yield from (f"  {safe(row)}" for row in rows)
        else:
            yield from wrap(_plain(" ".join(rows)), style.columns, "  ")


def _plain(text: str) -> str:
    """Return a line of the specification without the targets of its links."""
    return safe(re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text))


def _article(noun: str) -> str:
    return "an" if noun[:1] in "aeiou" else "a"
