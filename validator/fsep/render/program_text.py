"""Which part of what a program said comes from the item: its template is laid beside what was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fsep.scaffold.template import TemplateError, parse

# A stretch of a text, and whether it comes from the item.
Segment = tuple[str, bool]

# The member that holds the text of a step that speaks.
_TEXTS = {"say": "text", "edit": "text"}


class ProgramText:
    """The templates of a scaffold's steps and the fields of one item; it is told of outputs in turn."""

    def __init__(self, scaffold: Mapping[str, Any] | None, fields: Mapping[str, Any]) -> None:
        """Gather the templates; a scaffold or item that is not at hand leaves all text unmarked."""
        self._templates = {
            step["id"]: step[_TEXTS[step["do"]]]
            for step in _steps(scaffold)
            if _TEXTS.get(step["do"]) in step
        }
        self._values = {f"item.{name}": value for name, value in fields.items() if isinstance(value, str)}
        self.known = bool(self._templates and self._values)

    def note(self, event: Mapping[str, Any]) -> None:
        """Keep an output's text, which later texts may quote."""
        if event["kind"] == "output":
            self._values[_step_of(event)] = _text_of(event.get("content"))

    def segments(self, event: Mapping[str, Any], text: Any) -> list[Segment] | None:
        """Return a text of the program in stretches; None where it is none, or cannot be told apart."""
        template = self._templates.get(_step_of(event))
        if template is None or not isinstance(text, str) or event["origin"] != "program":
            return None
        try:
            parts = parse(template).parts
        except TemplateError:
            return None
        if not any(name.startswith("item.") for name in parts[1::2]):
            return None
        return _laid_beside(parts, text, self._values)


def _laid_beside(parts: Sequence[str], text: str, values: Mapping[str, str]) -> list[Segment] | None:
    """Return the stretches of a text that a template gave; None where they do not fit.

    A value that is not known (a `let`, an index) reaches to where what follows it next occurs, so that the
    time is linear.
    """
    known = [
        (part, False) if place % 2 == 0 else (values.get(part), part.startswith("item."))
        for place, part in enumerate(parts)
    ]
    segments: list[Segment] = []
    at, gap = 0, False
    for place, (piece, of_item) in enumerate(known):
        if piece is None:
            gap = True
            continue
        if not piece:
            continue
        last = all(not later for later, _ in known[place + 1 :]) and not any(
            later is None for later, _ in known[place + 1 :]
        )
        found = (
            (len(text) - len(piece) if last and text.endswith(piece) else text.find(piece, at)) if gap else at
        )
        if found < at or not text.startswith(piece, found):
            return None
        segments += [(text[at:found], False), (piece, of_item)] if found > at else [(piece, of_item)]
        at, gap = found + len(piece), False
    if at < len(text):
        if not gap:
            return None
        segments.append((text[at:], False))
    return segments


def _steps(scaffold: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    """Yield all steps of a scaffold, those inside others too."""
    waiting = list(scaffold["program"]["steps"]) if scaffold is not None else []
    while waiting:
        step = waiting.pop()
        if "id" in step:
            yield step
        for member in ("steps", "then", "else"):
            waiting += step.get(member, ())


def _step_of(event: Mapping[str, Any]) -> str:
    return str(event["step"]).partition("[")[0]


def _text_of(content: Any) -> str:
    """Return the text of an output: its text parts in order."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    return "".join(
        part["text"] for part in parts if part["type"] == "text" and isinstance(part.get("text"), str)
    )
