"""The page of a run for reviewers: made from verified evidence alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from fsep.render.html import document
from fsep.render.page import (
    Bullets,
    Code,
    Details,
    Facts,
    Inline,
    Line,
    Page,
    Para,
    Section,
    Status,
    Table,
    Tone,
)
from fsep_conformance.judge import OUTCOMES
from fsep_conformance.roles import Told
from fsep_conformance.verify import NOT_SHOWN, Verified, taken
from fsep_conformance.words import BAD, conforms, failures, headline, known_failures

_TONES: Mapping[str, Tone] = {"pass": "good", "unsupported": "open", "not-applicable": "plain"}
_CALLED = {"session": "called once, in a session", "one-shot": "called once for each case"}
_MEANINGS = {
    "pass": "answered as it has to be",
    "fail": "answered otherwise",
    "crash": "no answer, or none that can be read",
    "timeout": "no answer in time",
    "unsupported": "about what the implementation said, before the run, that it does not check",
    "not-applicable": "about a facet that it does not claim",
    "not-run": "left out of this run",
    "suite-error": "the suite itself could not put the case",
}


def render(found: Verified, told: Mapping[str, Told], today: date | None = None) -> str:
    """Return the page as HTML; `told` has what each case is about."""
    return document(page(found, told, today or datetime.now(UTC).date()), "FSEP conformance")


def page(found: Verified, told: Mapping[str, Told], today: date) -> Page:
    """Return the page."""
    made = found.header["implementation"]
    return Page(
        title=f"{made['name']} {made['version']}: FSEP conformance of a {made['role']}",
        facts=_facts(found.header),
        notices=(),
        first=(
            _verdict(found),
            _failed(found, told, today),
            *_unsupported(found, told),
            _limits(found),
            _again(found),
        ),
        rest=(_all(found, told),),
        foot=Para(
            (
                "Made from the evidence by ",
                Code("fsep conformance report"),
                "; every verdict was derived again first.",
            ),
            "aside",
        ),
    )


def _facts(header: Mapping[str, Any]) -> Facts:
    made = header["implementation"]
    claims: Line = (", ".join(made["facets"]),)
    return Facts(
        (
            ("Implementation", (f"{made['name']}, version {made['version']}",)),
            ("Role", (f"{made['role']}, {_CALLED[made['mode']]}",)),
            ("Claims", claims),
            ("Run", (_run(header),)),
            ("Protocol", (f"{header['fsep']}, text ", Code(header["specification"]["sha256"][:16]))),
            ("Suite", (f"{header['suite']['cases']} cases, ", Code(header["suite"]["sha256"][:16]))),
        )
    )


def _run(header: Mapping[str, Any]) -> str:
    tool, under = header["tool"], header["environment"]
    by = f"by {tool['name']} {tool['version']} on {under['system']}, Python {under['python']}"
    return f"{header['begun']}, {by}"


def _verdict(found: Verified) -> Section:
    counts = found.counts
    status = Status("Conforms", "good") if conforms(counts) else Status("Does not conform", "bad")
    if counts["not-run"]:
        status = Status("No verdict", "open")
    rows = tuple(
        ((_status(outcome),), (f"{counts[outcome]:,}",), (_MEANINGS[outcome],))
        for outcome in OUTCOMES
        if counts[outcome]
    )
    return Section(
        "verdict",
        "Verdict",
        (
            Para((status, f" {headline(found.header, counts)}.")),
            Table("Cases by outcome; only the first is a pass", ("outcome", "cases", "meaning"), rows),
        ),
    )


def _failed(found: Verified, told: Mapping[str, Told], today: date) -> Section:
    failed = failures(found.verdicts)
    known = known_failures(found.header, found.verdicts, today)
    expected = {one["case"]: one for one in found.header["implementation"]["expected"]}
    if not failed and not any(known.values()):
        return Section("failed", "What failed", (Para(("Nothing.",)),))
    rows = []
    for id_, verdict in failed.items():
        why: list[Inline] = [verdict.why]
        if id_ in known and not known[id_]:
            why.append(f" (expected: {expected[id_]['reason']}; {expected[id_]['issue']})")
        rows.append(((Code(id_),), (_status(verdict.outcome),), *_about(told, id_), tuple(why)))
    notes = tuple(Para((Code(id_), f" {text}."), "notice") for id_, text in known.items() if text)
    columns = ("case", "outcome", "requirement", "what the case is", "what happened")
    return Section(
        "failed",
        "What failed",
        (*notes, Table("Cases not answered as they have to be", columns, tuple(rows))),
    )


def _unsupported(found: Verified, told: Mapping[str, Told]) -> tuple[Section, ...]:
    ids = [id_ for id_, one in found.verdicts.items() if one.outcome == "unsupported"]
    stated = found.header["implementation"]["unsupported"]
    facets = found.header["implementation"]["facets"]
    lines: list[Line] = [(f"Facets claimed: {', '.join(facets)}. Cases about others were not put.",)]
    if stated:
        lines.append(("Declared as not checked, before the run: ", Code(", ".join(stated)), "."))
    rows = tuple(((Code(id_),), *_about(told, id_)) for id_ in ids)
    table = (
        Table(
            "Cases that it was asked, and need not check", ("case", "requirement", "what the case is"), rows
        ),
    )
    return (
        Section("unsupported", "What was not supported", (Bullets(tuple(lines)), *(table if rows else ()))),
    )


def _limits(found: Verified) -> Section:
    return Section(
        "limits",
        "What this does not prove",
        (
            _sentences(NOT_SHOWN),
            Para(("Verdicts were derived again from the record, which was taken at its word in:",)),
            _sentences(taken(found)),
        ),
    )


def _sentences(texts: Iterable[str]) -> Bullets:
    return Bullets(tuple((f"{text[0].upper()}{text[1:]}.",) for text in texts))


def _again(found: Verified) -> Section:
    return Section(
        "again",
        "How to check it",
        (
            Para(
                (
                    "The evidence, of which this page is a view, ends in a line with the SHA-256 ",
                    Code(found.sha256),
                    ".",
                )
            ),
            Bullets(
                (
                    (
                        "Derive every verdict again, without the implementation: ",
                        Code("fsep conformance verify EVIDENCE"),
                    ),
                    ("Run the suite yourself: ", Code("fsep conformance run CONFIG -o MINE")),
                    ("See what differs: ", Code("fsep conformance diff EVIDENCE MINE")),
                )
            ),
        ),
    )


def _all(found: Verified, told: Mapping[str, Told]) -> Section:
    rows = tuple(
        ((Code(id_),), (_status(one.outcome),), *_about(told, id_)) for id_, one in found.verdicts.items()
    )
    columns = ("case", "outcome", "requirement", "what the case is")
    table = Table("All cases", columns, rows)
    return Section("cases", "All cases", (Details((f"All {len(rows):,} cases",), (table,)),))


def _about(told: Mapping[str, Told], id_: str) -> tuple[Line, Line]:
    one = told.get(id_)
    return ((Code(one.requirement),), (one.why,)) if one is not None else (("",), ("",))


def _status(outcome: str) -> Status:
    return Status(outcome, "bad" if outcome in BAD and outcome != "not-run" else _TONES.get(outcome, "open"))
