r"""I-Regexp (RFC 9485) without `\p`, run by RE2 in linear time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

# RE2 refuses a repetition beyond this; the specification states it as a limit of the language.
MAX_REPEAT = 1000
# How large the patterns of a program may be together, so that what they compile to is bounded.
MAX_SIZE = 10_000
# The memory that RE2 may take for a pattern: of a certain size, so that none that is admitted is refused.
_LEAST_MEMORY = 1 << 20
_MEMORY_EACH = 1 << 11

_NORMAL = r"[^\\.*+?|(){}\[\]]"
_ESCAPE = r"\\[nrt()*+.?\\\[\]^{|}\-]"
_CLASS_CHAR = rf"(?:[^\\\[\]\-]|{_ESCAPE})"
_CLASS = rf"\[\^?-?(?:{_CLASS_CHAR}(?:-{_CLASS_CHAR})?)*-?\]"
_TOKEN = re.compile(
    rf"(?P<class>{_CLASS})|(?P<escape>{_ESCAPE})|(?P<repeat>[*+?]|\{{[0-9]+(?:,[0-9]*)?\}})"
    rf"|(?P<other>[|()])|(?P<dot>\.)|(?P<normal>{_NORMAL})"
)
# At the ends of a class a hyphen is itself.
_MEMBER = re.compile(rf"^-|{_CLASS_CHAR}(?:-{_CLASS_CHAR})?|-$")
_BARE_CLASS = frozenset(("[]", "[^]"))


class PatternError(ValueError):
    """A pattern is not an I-Regexp this protocol admits."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: `match` is true of a whole text, `size` what matching a character may cost."""

    match: Any
    size: int


@dataclass(slots=True)
class _Group:
    """What stands in a group so far: its size, the most repetitions within one another, its last piece."""

    size: int = 0
    repeats: int = 1
    last_size: int = 0
    last_repeats: int = 1

    def add(self, size: int, repeats: int = 1) -> None:
        self.size += size
        self.last_size, self.last_repeats = size, repeats
        self.repeats = max(self.repeats, repeats)

    def repeat(self, times: int) -> None:
        self.size += self.last_size * (times - 1)
        self.repeats = max(self.repeats, self.last_repeats * times)


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Pattern:
    r"""Return what matches a whole text where the I-Regexp does.

    Raises:
        PatternError: when the pattern is outside RFC 9485 or uses `\p`, repeats more than 1000 times or is
            too large.
    """
    translated, size = _translate(pattern)
    if size > MAX_SIZE:
        raise PatternError(f"the pattern has a size of more than {MAX_SIZE}")
    options = re2.Options()
    options.max_mem = max(_LEAST_MEMORY, _MEMORY_EACH * size)
    options.log_errors = False
    try:
        return Pattern(re2.compile(rf"\A(?:{translated})\z", options).match, size)
    except re2.error as error:
        raise PatternError(f"the pattern cannot be compiled: {error}") from None


def size(pattern: str) -> int:
    """Return the size of a pattern, as the specification defines it, or raise `PatternError`."""
    return _translate(pattern)[1]


# Asked for the size by who compiles a program, and again by who compiles the pattern.
@lru_cache(maxsize=1024)
def _translate(pattern: str) -> tuple[str, int]:
    """Return RE2 syntax for an I-Regexp, having checked that it is one, and its size."""
    out: list[str] = []
    groups = [_Group()]
    position, repeatable = 0, False
    while position < len(pattern):
        match = _TOKEN.match(pattern, position)
        if match is None:
            raise PatternError(f"character {position + 1}: not allowed here in an I-Regexp (RFC 9485)")
        text, kind = match.group(), match.lastgroup
        if kind == "repeat":
            if not repeatable:
                raise PatternError(f"character {position + 1}: nothing to repeat")
            text, times = _repeat(text, position)
            groups[-1].repeat(times)
            if groups[-1].repeats > MAX_REPEAT:
                raise PatternError(f"character {position + 1}: more than {MAX_REPEAT} repetitions in all")
        elif text == "(":
            groups.append(_Group())
            text = "(?:"
        elif text == ")":
            inner = groups.pop()
            if not groups:
                raise PatternError(f"character {position + 1}: ')' closes nothing")
            groups[-1].add(inner.size + 1, inner.repeats)
        elif kind == "class":
            if text in _BARE_CLASS:
                raise PatternError(f"character {position + 1}: an empty character class")
            groups[-1].add(_members(text))
        else:
            groups[-1].add(1)
            if kind == "dot":
                text = r"[^\n\r]"
            elif kind == "normal" and text in "^$":
                # In an I-Regexp these are ordinary characters; matching is always of the whole text.
                text = "\\" + text
        repeatable = kind in ("class", "escape", "dot", "normal") or text == ")"
        out.append(text)
        position = match.end()
    if len(groups) > 1:
        raise PatternError("a '(' is never closed")
    return "".join(out), groups[0].size


def _members(text: str) -> int:
    """Return how many characters and ranges a class holds."""
    inner = text[1:-1].removeprefix("^")
    return len(_MEMBER.findall(inner))


def _repeat(text: str, position: int) -> tuple[str, int]:
    """Return a quantifier for RE2, to which bounds with leading zeros are none, and the bound that counts."""
    if text[0] != "{":
        return text, 1
    bounds = [bound.lstrip("0") or bound[:1] for bound in text[1:-1].split(",")]
    if any(len(bound) > len(str(MAX_REPEAT)) or int(bound or 0) > MAX_REPEAT for bound in bounds):
        raise PatternError(f"character {position + 1}: more than {MAX_REPEAT} repetitions")
    if len(bounds) == 2 and bounds[1] and int(bounds[0]) > int(bounds[1]):
        raise PatternError(f"character {position + 1}: the bounds of a repetition are in the wrong order")
    times = int(bounds[-1] or bounds[0])
    return "{" + ",".join(bounds) + "}", max(times, 1)
