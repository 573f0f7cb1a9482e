r"""I-Regexp (RFC 9485) without `\p`, run by RE2 in linear time."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

# RE2 refuses a repetition beyond this; the specification states it as a limit of the language.
MAX_REPEAT = 1000
# The memory one compiled pattern may take; what is over it is refused when the program is read.
MAX_MEMORY = 1 << 20

_NORMAL = r"[^\\.*+?|(){}\[\]]"
_ESCAPE = r"\\[nrt()*+.?\\\[\]^{|}\-]"
_CLASS_CHAR = rf"(?:[^\\\[\]\-]|{_ESCAPE})"
_CLASS = rf"\[\^?-?(?:{_CLASS_CHAR}(?:-{_CLASS_CHAR})?)*-?\]"
_TOKEN = re.compile(
    rf"(?P<class>{_CLASS})|(?P<escape>{_ESCAPE})|(?P<repeat>[*+?]|\{{[0-9]+(?:,[0-9]*)?\}})"
    rf"|(?P<other>[|()])|(?P<dot>\.)|(?P<normal>{_NORMAL})"
)
_BARE_CLASS = frozenset(("[]", "[^]"))


class PatternError(ValueError):
    """A pattern is not an I-Regexp this protocol admits."""


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Any:
    r"""Return the RE2 program that matches a whole text where the I-Regexp does.

    Raises:
        PatternError: when the pattern is outside RFC 9485 or uses `\p`, repeats more than 1000 times or is
            too large.
    """
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    try:
        return re2.compile(rf"\A(?:{_translate(pattern)})\z", options)
    except re2.error as error:
        raise PatternError(f"the pattern cannot be compiled: {error}") from None


def _translate(pattern: str) -> str:
    """Return RE2 syntax for an I-Regexp, having checked that it is one."""
    out: list[str] = []
    position, depth, repeatable = 0, 0, False
    while position < len(pattern):
        match = _TOKEN.match(pattern, position)
        if match is None:
            raise PatternError(f"character {position + 1}: not allowed here in an I-Regexp (RFC 9485)")
        text, kind = match.group(), match.lastgroup
        if kind == "repeat":
            if not repeatable:
                raise PatternError(f"character {position + 1}: nothing to repeat")
            text = _repeat(text, position)
        elif text == "(":
            depth += 1
            text = "(?:"
        elif text == ")":
            depth -= 1
            if depth < 0:
                raise PatternError(f"character {position + 1}: ')' closes nothing")
        elif kind == "dot":
            text = r"[^\n\r]"
        elif kind == "class" and text in _BARE_CLASS:
            raise PatternError(f"character {position + 1}: an empty character class")
        elif kind == "normal" and text in "^$":
            # In an I-Regexp these are ordinary characters; matching is always of the whole text.
            text = "\\" + text
        repeatable = kind in ("class", "escape", "dot", "normal") or text == ")"
        out.append(text)
        position = match.end()
    if depth:
        raise PatternError("a '(' is never closed")
    return "".join(out)


def _repeat(text: str, position: int) -> str:
    """Return a quantifier for RE2, to which bounds with leading zeros would be no quantifier."""
    if text[0] != "{":
        return text
    bounds = [bound.lstrip("0") or bound[:1] for bound in text[1:-1].split(",")]
    if any(len(bound) > len(str(MAX_REPEAT)) or int(bound or 0) > MAX_REPEAT for bound in bounds):
        raise PatternError(f"character {position + 1}: more than {MAX_REPEAT} repetitions")
    if len(bounds) == 2 and bounds[1] and int(bounds[0]) > int(bounds[1]):
        raise PatternError(f"character {position + 1}: the bounds of a repetition are in the wrong order")
    return "{" + ",".join(bounds) + "}"
