"""Foreign text made safe to print: what a terminal or a log would obey, or nobody would see, is spelt out."""

from __future__ import annotations

import re
import unicodedata

# Characters that `str.isprintable` lets through and that show nothing, or nothing of their own: fillers, the
# combining grapheme joiner, variation selectors, blank Braille.
_BLANK = frozenset(
    (
        0x034F,
        0x115F,
        0x1160,
        0x17B4,
        0x17B5,
        *range(0x180B, 0x1810),
        0x2800,
        0x3164,
        *range(0xFE00, 0xFE10),
        0xFFA0,
        *range(0xE0100, 0xE01F0),
    )
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# The ideographic space is a separator, but a wide one that nobody overlooks.
_SEEN = frozenset("\u3000")
# After a symbol it asks for the coloured form, and hides nothing.
_EMOJI = "\ufe0f"
# Marks piled on one letter run into the lines around it; no orthography needs more.
_MARKS = 4
# What every shape of a credential holds: most texts have none of it, and need not be looked at closely.
_HINT = re.compile(r"[spr]k-|AKIA|AIza|gh[pousr]_|github_pat_|hf_|xox[abprs]-|(?i:bearer)|PRIVATE KEY")
# What services that read a log take for commands wherever it stands in a line: `##[error]`, `##vso[`,
# `##teamcity[`.
_COMMAND = re.compile(r"#(?=#\w*\[)")
# What they take for one at the beginning of a line, after any spaces; lines are broken at spaces.
_LINE_COMMAND = re.compile(r"(^|[ \t]):(?=:)")


def safe(text: str, limit: int | None = None) -> str:
    r"""Return foreign text as one line that is safe to print and shows all there is.

    Control, bidi and other invisible characters, line separators, surrogates and piled-up marks become
    escapes of the form `\n` or `\u{202e}`; command markers of build services are broken up; what has the
    shape of a credential is not shown. With a `limit`, what is longer is cut to that many characters, the
    last an ellipsis.
    """
    text = veiled(text)
    head = text if limit is None else text[: limit + 1]
    shown = head if head.isascii() and head.isprintable() else _escaped(head)
    if "##" in shown:
        shown = _COMMAND.sub(lambda _: _code("#"), shown)
    shown = guard(shown)
    if limit is not None and len(shown) > limit:
        return shown[: max(limit - 1, 0)] + "…"
    return shown


def veiled(text: str) -> str:
    """Return a text without what has the shape of a credential."""
    if _HINT.search(text) is None:
        return text
    from fsep.credentials import hidden  # noqa: PLC0415 - its engine is loaded when there is something to look at

    return hidden(text)


def quoted(text: str, limit: int = 60) -> str:
    """Return foreign text in quotation marks, safe to print and cut."""
    return f"'{safe(text, limit)}'"


def guard(line: str) -> str:
    """Return a line that no build service reads as a command, also where a long word was broken."""
    return _LINE_COMMAND.sub(lambda match: match[1] + _code(":"), line) if "::" in line else line


def _escaped(text: str) -> str:
    out: list[str] = []
    marks = 0
    for place, character in enumerate(text):
        marks = marks + 1 if _is_mark(character) else 0
        if character == _EMOJI and place and unicodedata.category(text[place - 1]) == "So":
            out.append(character)
        elif is_hidden(character) or marks > (_MARKS if place >= marks else 0):
            out.append(_SHORT.get(character) or _code(character))
        else:
            out.append(character)
    return "".join(out)


def is_hidden(character: str) -> bool:
    """Whether a character shows nothing of its own, or changes how others show."""
    return not (character.isprintable() or character in _SEEN) or ord(character) in _BLANK


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me")


def _code(character: str) -> str:
    return f"\\u{{{ord(character):x}}}"


def cells(text: str) -> int:
    """Return how many columns of a terminal a safe text takes."""
    if text.isascii():
        return len(text)
    return sum(_cell(character) for character in text)


def _cell(character: str) -> int:
    if _is_mark(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
