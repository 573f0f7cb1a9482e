"""One run, readable in a terminal: who contributed what, in program order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fsep.render.event_words import Event, called, contributor, edited, facts, form, noted, withheld
from fsep.render.layout import counted, wrap
from fsep.render.program_text import ProgramText, Segment
from fsep.render.safe import cells, guard, safe, veiled
from fsep.render.style import Paint, Style
from fsep.withholding import is_withheld

OPEN, CLOSE = "⟦", "⟧"
_PAINTS: Mapping[str, tuple[Paint, ...]] = {
    "program": ("blue", "bold"),
    "model": ("green", "bold"),
    "simulator": ("magenta", "bold"),
    "human": ("magenta", "bold"),
    "environment": ("yellow", "bold"),
}
# The gutter of a text; that of reasoning is broken, since reasoning enters no request.
_BAR, _BROKEN = "│ ", "┊ "
# Columns a tab stands for.
_TAB = "    "


def transcript(
    head: Event,
    events: Iterable[Event],
    program: ProgramText,
    style: Style,
    *,
    system: Event | None = None,
    place: str = "",
) -> Iterator[str]:
    """Yield the lines of one run.

    Args:
        head: the run's first record, valid against schema `run`.
        events: all of its events, also those on further lines.
        program: what is known of the scaffold's texts.
        style: width and colours.
        system: the document of the system, where it is at hand.
        place: the file and line at which the run begins.
    """
    lines = [*_head(head, system, place, style)]
    if program.known:
        legend = f"What the program says between {OPEN} and {CLOSE} comes from the item."
        lines += wrap(legend, style.columns)
    yield from map(guard, lines)
    number = 0
    for number, event in enumerate(events, 1):
        yield ""
        yield from map(guard, _event(number, event, program, style))
        program.note(event)
    yield ""
    yield from map(guard, _end(head, number, style))


def _head(head: Event, system: Event | None, place: str, style: Style) -> Iterator[str]:
    yield style.paint(f"Run {safe(head['run'])}", "bold")
    yield from (style.paint(line, "dim") for line in wrap(safe(place), style.columns) if line)
    model = f" ({safe(system['model']['name'])})" if system is not None else ""
    names = [f"{member} {safe(head[member])}" for member in ("system", "scaffold", "item")]
    yield from wrap(
        " · ".join([names[0] + model, *names[1:], f"replicate {head['replicate']}"]), style.columns
    )
    if system is not None and system.get("synthetic"):
        for line in wrap("SYNTHETIC: the system is a scripted stand-in and no model.", style.columns):
            yield style.paint(line, "yellow", "bold")
    yield from wrap(" · ".join(facts(head)), style.columns)


def _event(number: int, event: Event, program: ProgramText, style: Style) -> Iterator[str]:
    who, does = contributor(event)
    step = f"{number:>3}  {safe(event['step'])}" + (
        f" · {safe(event['thread'])}" if "thread" in event else ""
    )
    # Beside each other where that fits.
    apart = "  " if cells(step + who + does) + 2 <= style.columns else "\n     "
    paints = _PAINTS.get(event["origin"], ("bold",))
    yield from f"{style.paint(step, 'dim')}{apart}{style.paint(who, *paints)}{does}".split("\n")
    if notes := " · ".join(noted(event)):
        yield from (style.paint(line, "dim") for line in wrap(notes, style.columns, "     "))
    if event.get("rebuilt"):
        for line in wrap("REBUILT by an importer: this text was not recorded.", style.columns, "     "):
            yield style.paint(line, "yellow", "bold")
    if "edit" in event:
        edit = event["edit"]
        yield from wrap(edited(event), style.columns, "     ")
        if "text" in edit:
            yield from _content(edit["text"], program.segments(event, edit["text"]), style)
        return
    if "call" in event:
        yield from _call("asks", event["call"], style)
    yield from _content(event.get("content"), program.segments(event, event.get("content")), style)
    for call in event.get("tool_calls", ()):
        yield from _call(f"calls {safe(call['id'], 40)}:", call, style)


def _content(content: Any, segments: list[Segment] | None, style: Style) -> Iterator[str]:
    if segments is not None:
        yield from _text(
            "".join(f"{OPEN}{text}{CLOSE}" if of_item else text for text, of_item in segments), _BAR, style
        )
    elif isinstance(content, str):
        yield from _text(content, _BAR, style)
    elif isinstance(content, Mapping):
        yield from _withheld(content, style)
    else:
        for part in content or ():
            yield from _part(part, style)


def _part(part: Mapping[str, Any], style: Style) -> Iterator[str]:
    reasoning = part["type"] == "reasoning"
    bar = _BROKEN if reasoning else _BAR
    if reasoning:
        yield style.paint(f"     {form(part)}", "dim")
    elif part["type"] != "text":
        yield f"     {form(part)}"
    if isinstance(part.get("text"), str):
        paints: tuple[Paint, ...] = ("dim",) if reasoning else ()
        yield from _text(part["text"], bar, style, *paints)
    elif "text" in part:
        yield from _withheld(part["text"], style)
    if "blob" in part:
        yield from wrap(
            f"in blobs/{part['blob']}" + (f", {safe(part['media_type'])}" if "media_type" in part else ""),
            style.columns,
            "     ",
        )


def _withheld(given: Mapping[str, Any], style: Style) -> Iterator[str]:
    yield from wrap(withheld(given), style.columns, "     ")


def _text(text: str, bar: str, style: Style, *paints: Paint) -> Iterator[str]:
    """Yield a text behind a gutter, its own lines kept and long ones wrapped."""
    gutter = "     " + bar
    if not text:
        yield style.paint("     (empty)", "dim")
        return
    for own in veiled(text).split("\n"):
        for line in wrap(safe(own.replace("\t", _TAB)), style.columns - cells(gutter)):
            yield style.paint(gutter, "dim") + style.paint(line, *paints)


def _call(verb: str, call: Mapping[str, Any], style: Style) -> Iterator[str]:
    arguments = call["arguments"]
    made = wrap(f"→ {called(verb, call)}", style.columns, "     ", "       ")
    yield from (style.paint(line, "yellow") for line in made)
    if is_withheld(arguments):
        yield from _withheld(arguments, style)


def _end(head: Event, number: int, style: Style) -> Iterator[str]:
    yield style.paint(f"End after {counted(number, 'event')}", "bold")
    if "failure" in head:
        failure = head["failure"]
        message = failure.get("message")
        yield from wrap(
            f"Failure: {safe(failure['kind'])}" + (f": {safe(message)}" if isinstance(message, str) else ""),
            style.columns,
        )
        if isinstance(message, Mapping):
            yield from _withheld(message, style)
    for part in head.get("result", ()):
        yield f"Result {style.paint(safe(part['name']), 'bold')}"
        yield from _content(part["content"], None, style)
