"""A safe subset of YAML for what people write by hand: the values of JSON, in a form that is kinder to type.

Read are block and flow collections, every style of scalar, and comments, of one document. Refused are anchors
and aliases (a few hundred bytes can stand for gigabytes), tags, directives, merge keys and keys that are no
strings. A plain scalar is a number, a truth value or null only if it is so in JSON; `no` and `12:30:45` are
strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from fsep.errors import visible
from fsep.limits import INTEGER, NESTING, YAML_BYTES
from fsep.parsing.canonical import canonical
from fsep.parsing.json import JsonValue
from fsep.parsing.problem import Kind, ParseError
from fsep.parsing.refusal import encoding_problem, safe_integer

# The C parser where there is one: ten times as fast.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORDS: dict[str, JsonValue] = {"true": True, "false": False, "null": None}
_TOO_DEEP = f"Lists and mappings are nested more than {NESTING} levels deep."
# How newer parsers say that a text went beyond a bound of their own, which is deeper.
_THEIR_BOUND = "maximum nesting depth"
# Three that YAML 1.1 takes for line breaks and folds away, as JSON and most editors do not; the byte order
# mark, which readers of YAML drop in different places; the tab, which not every parser takes everywhere.
_AMBIGUOUS = re.compile("[\x85\u2028\u2029\ufeff\t]")
_QUOTE = "Put it in quotes if it is text."


def parse(data: bytes) -> JsonValue:
    """Give the value of one YAML document in UTF-8, or raise `ParseError`; what is read is said above."""
    if len(data) > YAML_BYTES:
        message = f"The YAML text is longer than {YAML_BYTES} bytes."
        raise ParseError(message, 1, 1, "too-long", advice="Convert it to JSON.")
    if (error := encoding_problem(data)) is not None:
        raise error
    text = data.decode("utf-8")
    if (match := _AMBIGUOUS.search(text)) is not None:
        message = f"The character {visible(match[0])} does not mean the same to every reader of YAML."
        advice = "Write it as an escape in double quotes, and indent with spaces."
        raise _at(text, match.start(), message, "yaml", advice)
    return _build(events(text))


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come: a list, or an object and the key whose value is awaited."""

    value: list[JsonValue] | dict[str, JsonValue]
    key: str | None = None


@dataclass(slots=True)
class _Builder:
    """Puts events together to one value, without recursion."""

    stack: list[_Open] = field(default_factory=list)
    documents: int = 0
    root: JsonValue = None

    def take(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self.start(event)
        elif isinstance(event, AliasEvent):
            raise _problem(
                event, "An alias stands here.", "yaml", "Write the value out; aliases are not read."
            )
        elif isinstance(event, NodeEvent):
            self.node(event)
        elif isinstance(event, CollectionEndEvent):
            self.stack.pop()

    def start(self, event: DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            raise _problem(event, "A second document begins here.", "yaml", "Keep one document to a file.")
        if event.version or event.tags:
            raise _problem(event, "Directives (%YAML, %TAG) are not read.", "yaml", "Leave them out.")

    def node(self, event: NodeEvent) -> None:
        if event.anchor is not None:
            raise _problem(event, "An anchor stands here.", "yaml", "Leave it out; aliases are not read.")
        if getattr(event, "tag", None) is not None:
            raise _problem(event, "A tag stands here.", "yaml", "Leave it out; types are those of JSON.")
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            top.key = _key(event, top.value)
            return
        value: JsonValue
        if isinstance(event, ScalarEvent):
            value = _scalar(event)
        else:
            value = [] if isinstance(event, SequenceStartEvent) else {}
        if top is None:
            self.root = value
        elif isinstance(top.value, list):
            top.value.append(value)
        elif top.key is not None:
            top.value[top.key] = value
            top.key = None
        if isinstance(value, (list, dict)):
            if len(self.stack) == NESTING:
                raise _problem(event, _TOO_DEEP, "depth")
            self.stack.append(_Open(value))


def events(text: str) -> Iterator[Event]:
    """Yield the events of a text, or raise `ParseError` where it is no YAML."""
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.reader.ReaderError as error:
        # The C parser does not say where, so that the place is looked for here.
        message = "A character here is not allowed in YAML."
        match = yaml.reader.Reader.NON_PRINTABLE.search(text)
        position = match.start() if match else 0
        raise _at(text, position, message, "yaml", "Write it as an escape in double quotes.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if _THEIR_BOUND in (error.problem or ""):
            raise ParseError(_TOO_DEEP, line, column, "depth") from None
        said = "; ".join(visible(part, 80) for part in (error.context, error.problem) if part)
        raise ParseError(f"This is not YAML: {said}.", line, column, "syntax") from None
    except (yaml.YAMLError, ValueError) as error:
        raise ParseError(f"This is not YAML: {visible(str(error), 100)}.", 1, 1, "syntax") from None


def _build(read: Iterator[Event]) -> JsonValue:
    builder = _Builder()
    for event in read:
        builder.take(event)
    if builder.documents == 0:
        raise ParseError("There is no value here: the text is empty.", 1, 1, "syntax")
    return builder.root


def _key(event: NodeEvent, members: dict[str, JsonValue]) -> str:
    if not isinstance(event, ScalarEvent):
        raise _problem(event, "A key is a list or a mapping.", "yaml", "Keys are strings.")
    if event.implicit[0] and event.value == "<<":
        raise _problem(event, "A merge key stands here.", "yaml", "Write the members out.")
    key = _scalar(event)
    if not isinstance(key, str):
        raise _problem(
            event, f"The key {visible(event.value, 40)} is not a string.", "yaml", "Put it in quotes."
        )
    if key in members:
        message = f'The key "{visible(key)}" is there twice in one mapping.'
        raise _problem(event, message, "duplicate-key", "Keep one of the two.")
    return key


def _scalar(event: ScalarEvent) -> JsonValue:
    text: str = event.value
    # `implicit[0]` is true of a plain scalar only: one without quotes, not in a block.
    if not event.implicit[0]:
        return _string(event, text)
    if not text:
        raise _problem(event, "A value is missing here.", "yaml", 'Write null, "" or what is meant.')
    if text in _WORDS:
        return _WORDS[text]
    match = _NUMBER.fullmatch(text)
    if match is None:
        return _string(event, text)
    return _number(event, text, match)


def _number(event: ScalarEvent, text: str, match: re.Match[str]) -> int | float:
    shown = visible(text, 30)
    number: int | float
    if match[1] or match[2]:
        number = float(text)
        if number - number != 0.0:
            message = f"The number {shown} is larger than a double can be."
            raise _problem(event, message, "number", _QUOTE)
    else:
        if not safe_integer(text):
            message = f"The integer {shown} is beyond {INTEGER}, where readers stop agreeing."
            raise _problem(event, message, "number", _QUOTE)
        number = int(text)
    # Whoever writes 1.10 may have meant a version, which as a number would become 1.1.
    shortest = canonical(number).decode("ascii")
    if text != shortest:
        advice = f"{_QUOTE} Write {shortest} if it is a number."
        raise _problem(event, f"The number {shown} would be read as {shortest}.", "number", advice)
    return number


def _string(event: Event, text: str) -> str:
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            message = "An escape in a string stands for half a surrogate pair, which is no character."
            raise _problem(event, message, "encoding", "Write the character itself.") from None
    return text


def _problem(event: Event, message: str, kind: Kind, advice: str | None = None) -> ParseError:
    mark: Any = event.start_mark
    return ParseError(message, mark.line + 1, mark.column + 1, kind, advice=advice)


def _at(text: str, position: int, message: str, kind: Kind, advice: str) -> ParseError:
    line = text.count("\n", 0, position) + 1
    return ParseError(message, line, position - text.rfind("\n", 0, position), kind, advice=advice)
