"""What stands below the first part of a page: all findings, all gaps, and the sampled transcripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from fsep import limits
from fsep.findings import Report
from fsep.overview import Overview, Sample
from fsep.render.event_words import called, contributor, edited, facts, form, noted, withheld
from fsep.render.layout import counted, number
from fsep.render.page import (
    Block,
    Bullets,
    Cards,
    Code,
    Details,
    Inline,
    Para,
    Passage,
    Section,
    Status,
    Strong,
    Turn,
    Turns,
    prose,
)
from fsep.render.page_first import card
from fsep.render.page_raters import chosen, ratings
from fsep.render.page_runs import all_gaps
from fsep.render.program_text import ProgramText
from fsep.render.safe import safe
from fsep.render.subject import Known, facet_of
from fsep.render.transcript import CLOSE, OPEN
from fsep.withholding import is_withheld


def all_findings(report: Report, known: Known) -> Section | None:
    """Return every finding under its requirement; waived and known ones say so."""
    if not report.findings:
        return None
    made = tuple(
        _requirement(id_, list(group), report, known)
        for id_, group in groupby(report.findings, key=lambda one: one.requirement)
    )
    return Section("findings", "All findings", made)


def _requirement(id_: str, findings: list[Any], report: Report, known: Known) -> Details:
    severity = findings[0].severity
    unlisted = report.not_listed.get(id_, 0)
    places = sum(one.count for one in findings) + unlisted
    facet = facet_of(id_, known, report)
    summary: tuple[Inline, ...] = (
        Status(severity, "bad" if severity == "error" else "open"),
        " ",
        Code(safe(id_, limits.TEXT_NAME)),
        f" · {facet} · {counted(places, 'place')}" if facet != "-" else f" · {counted(places, 'place')}",
    )
    blocks: list[Block] = []
    if id_ in known:
        blocks.append(Para(prose(known[id_].text), "aside"))
    blocks.append(Cards(tuple(card(one, report, known, brief=True) for one in findings)))
    if unlisted:
        blocks.append(Para((f"And {counted(unlisted, 'more place')} that no finding stands for.",)))
    if findings[0].hint:
        blocks.append(Para((Strong("To mend it: "), *prose(safe(findings[0].hint, limits.TEXT_MESSAGE)))))
    return Details(summary, tuple(blocks))


def gaps(report: Report) -> Section | None:
    """Return every gap of an import with what follows from it."""
    if not report.gaps:
        return None
    lines = tuple((*what, " ", *so) for what, so in all_gaps(report))
    return Section(
        "all-gaps", "All gaps of the import", (Details((counted(len(lines), "gap"),), (Bullets(lines),)),)
    )


def transcripts(overview: Overview) -> Section | None:
    """Return the sampled transcripts, and how they were drawn."""
    if not overview.sampling.size:
        return None
    drawn = sum(one.apart is None for one in overview.samples)
    said = (
        f"{counted(drawn, 'transcript')} drawn from all runs, evenly over systems and "
        "scaffolds, by the seed ",
        Code(safe(overview.sampling.seed, limits.TEXT_NAME)),
        ". Draw others with a seed that the producer could not know. What the program says between "
        f"{OPEN} and {CLOSE} comes from the item.",
    )
    made = tuple(_transcript(one, overview) for one in overview.samples)
    return Section(
        "transcripts", "Sampled transcripts", (Para(said, "aside"), *_about_ratings(overview), *made)
    )


def _about_ratings(overview: Overview) -> Iterator[Para]:
    picked = sum(one.apart is not None for one in overview.samples)
    if picked:
        text = (
            f"Beside them {number(picked)} {'was' if picked == 1 else 'were'} chosen and not drawn, "
            "since of all runs raters are furthest apart there: first by how far, then on how many things."
        )
        yield Para((text,))
    if overview.hidden:
        text = "Ratings stand beside no transcript: the salt that says of which run each is is not published."
        yield Para((text,))
    if overview.crowded:
        yield Para(("None was chosen since raters are far apart: there are too many ratings for it.",))


def _transcript(sample: Sample, overview: Overview) -> Details:
    head = sample.head
    summary: tuple[Inline, ...] = (
        Code(safe(head["run"])),
        f" · {head['system']} · {head['scaffold']} · item {head['item']} · replicate {head['replicate']}",
    )
    blocks: list[Block] = [Para((" · ".join(facts(head)), " · ", Code(safe(sample.place))), "aside")]
    if overview.systems.get(head["system"], {}).get("synthetic"):
        blocks.append(
            Para((Strong("SYNTHETIC:"), " the system is a scripted stand-in and no model."), "notice")
        )
    blocks += [chosen(sample), *ratings(sample, overview)]
    if sample.events is None:
        text = "Its events are too long for this page, or cannot be read: `fsep show` tells."
        return Details(summary, (*blocks, Para((text,)), *_outcome(head)))
    program = ProgramText(sample.scaffold, sample.fields)
    turns = []
    for place, event in enumerate(sample.events, 1):
        turns.append(_turn(place, event, program))
        program.note(event)
    end = Para((f"End after {counted(len(turns), 'event')}.",), "aside")
    return Details(summary, (*blocks, Turns(tuple(turns)), end, *_outcome(head)))


def _turn(place: int, event: Mapping[str, Any], program: ProgramText) -> Turn:
    who, does = contributor(event)
    thread = f" · {safe(event['thread'])}" if "thread" in event else ""
    return Turn(
        place,
        f"{safe(event['step'])}{thread}",
        who,
        does,
        event["origin"],
        tuple(noted(event)),
        tuple(_body(event, program)),
    )


def _body(event: Mapping[str, Any], program: ProgramText) -> Iterator[Passage | Para]:
    if event.get("rebuilt"):
        yield Para((Strong("REBUILT"), " by an importer: this text was not recorded."), "notice")
    if "edit" in event:
        yield Para((edited(event),))
        if "text" in event["edit"]:
            yield from _content(event["edit"]["text"], program, event)
        return
    if "call" in event:
        yield from _call("asks", event["call"])
    yield from _content(event.get("content"), program, event)
    for call in event.get("tool_calls", ()):
        yield from _call(f"calls {safe(call['id'], 40)}:", call)


def _content(content: Any, program: ProgramText | None, event: Mapping[str, Any]) -> Iterator[Passage | Para]:
    if isinstance(content, str):
        segments = program.segments(event, content) if program is not None else None
        yield Passage(tuple(segments or [(content, False)]))
    elif isinstance(content, Mapping):
        yield Para((withheld(content),))
    else:
        for part in content or ():
            yield from _part(part)


def _part(part: Mapping[str, Any]) -> Iterator[Passage | Para]:
    reasoning = part["type"] == "reasoning"
    label = form(part) if part["type"] != "text" else ""
    if isinstance(part.get("text"), str):
        yield Passage(((part["text"], False),), label, aside=reasoning)
    elif "text" in part:
        yield Para((withheld(part["text"]),))
    elif label:
        yield Para((label,), "aside")
    if "blob" in part:
        media = f", {safe(part['media_type'])}" if "media_type" in part else ""
        yield Para(("in ", Code(f"blobs/{part['blob']}"), media), "aside")


def _call(verb: str, call: Mapping[str, Any]) -> Iterator[Passage | Para]:
    yield Passage(((called(verb, call), False),), "call")
    if is_withheld(call["arguments"]):
        yield Para((withheld(call["arguments"]),))


def _outcome(head: Mapping[str, Any]) -> Iterator[Block]:
    if "failure" in head:
        failure = head["failure"]
        message = failure.get("message")
        text = f": {safe(message)}" if isinstance(message, str) else ""
        yield Para((Strong("Failure: "), f"{failure['kind']}{text}"))
        if isinstance(message, Mapping):
            yield Para((withheld(message),))
    for part in head.get("result", ()):
        body = tuple(_content(part["content"], None, {}))
        yield Turns((Turn(0, "", f"Result {safe(part['name'])}", "", "result", (), body),))
