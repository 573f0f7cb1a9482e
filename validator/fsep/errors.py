"""The base of every error this package raises on purpose, and how foreign text is shown in one."""

from __future__ import annotations

from typing import Any

_LAST_OF_FOUR_DIGITS = 0xFFFF


class FsepError(Exception):
    """Something the package refuses; the text says what is wrong, `advice` what the user can do about it."""

    advice: str | None = None

    def __init__(self, message: str, *, advice: str | None = None) -> None:
        """Keep the sentence and, apart from it, the advice."""
        super().__init__(message)
        self.advice = advice

    def __reduce__(self) -> tuple[Any, ...]:
        """Cross a process boundary whatever the subclass's constructor asks for."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(cls: type[FsepError], args: tuple[Any, ...], state: dict[str, Any]) -> FsepError:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


def visible(text: str, limit: int = 60) -> str:
    r"""Show foreign text on one line of at most `limit` characters.

    What does not print (control and bidi characters, line separators, surrogates) becomes an escape such as
    `\u202e`, a backslash is doubled so that nothing can pass for an escape, and a cut is marked by an
    ellipsis.
    """
    shown: list[str] = []
    room = limit
    for index, character in enumerate(text):
        piece = character if character.isprintable() and character != "\\" else _escaped(character)
        # The last place is kept for the ellipsis unless the text ends right here.
        if len(piece) > room - (index + 1 < len(text)):
            shown.append("…")
            break
        shown.append(piece)
        room -= len(piece)
    return "".join(shown)


def _escaped(character: str) -> str:
    if character == "\\":
        return "\\\\"
    code = ord(character)
    return f"\\u{code:04x}" if code <= _LAST_OF_FOUR_DIGITS else f"\\U{code:08x}"
