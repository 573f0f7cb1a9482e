"""Where in a JSON text the value is that a JSON Pointer (RFC 6901) names; found only for what is reported."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from fsep.parsing.tokens import STRING_OR_BRACKET, TOKEN, line_column, string_value

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_OPENING = (b"{", b"[")
_CLOSING = (b"}", b"]")


def escape_token(token: str) -> str:
    """Escape a key for use in a JSON Pointer."""
    return token.replace("~", "~0").replace("/", "~1")


def pointer_of(path: Sequence[str | int]) -> str:
    """Write keys and indices, outermost first, as a JSON Pointer."""
    return "".join(f"/{escape_token(str(part))}" for part in path)


def locate(data: bytes, pointer: str, *, key: bool = False) -> tuple[int, int]:
    """Give line and column, the latter in characters, both from 1, of the value a pointer names in a text.

    Where the pointer leads nowhere, the place is that of its longest prefix that leads somewhere. With `key`,
    it is that of the key before the value, if there is one. Never fails: on a text that is no JSON it does
    what it can. Takes time linear in the text.
    """
    offset, key_offset = _find(data, tokens_of(pointer))
    return line_column(data, key_offset if key and key_offset is not None else offset)


def tokens_of(pointer: str) -> list[str]:
    """Return the keys and indices that a JSON Pointer is made of."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _find(data: bytes, path: Iterable[str]) -> tuple[int, int | None]:
    first = TOKEN.search(data)
    if first is None:
        return 0, None
    offset, key_offset = first.start(1), None
    for part in path:
        opening = data[offset : offset + 1]
        found: tuple[int, int | None] | None = None
        if opening == b"{":
            found = _member(data, offset + 1, part)
        elif opening == b"[" and _INDEX.fullmatch(part):
            found = _element(data, offset + 1, int(part))
        if found is None:
            break
        offset, key_offset = found
    return offset, key_offset


def _member(data: bytes, start: int, name: str) -> tuple[int, int] | None:
    for key, value in _pairs(data, start):
        if string_value(key[1]) == name:
            return value.start(1), key.start(1)
    return None


def _pairs(data: bytes, position: int) -> Iterator[tuple[re.Match[bytes], re.Match[bytes]]]:
    """Give the first tokens of each key and value of the object whose inside begins at a position."""
    while (key := TOKEN.match(data, position)) is not None and key[1].startswith(b'"'):
        colon = TOKEN.match(data, key.end())
        if colon is None or colon[1] != b":":
            return
        value = TOKEN.match(data, colon.end())
        if value is None or value[1] in (b"}", b"]", b",", b":"):
            return
        yield key, value
        comma = TOKEN.match(data, _end(data, value))
        if comma is None or comma[1] != b",":
            return
        position = comma.end()


def _element(data: bytes, position: int, index: int) -> tuple[int, None] | None:
    while (value := TOKEN.match(data, position)) is not None and value[1] not in (b"}", b"]", b",", b":"):
        if index == 0:
            return value.start(1), None
        comma = TOKEN.match(data, _end(data, value))
        if comma is None or comma[1] != b",":
            return None
        position = comma.end()
        index -= 1
    return None


def _end(data: bytes, value: re.Match[bytes]) -> int:
    """Give the offset just after the value that begins with a token."""
    if value[1] not in _OPENING:
        return value.end()
    depth = 0
    for match in STRING_OR_BRACKET.finditer(data, value.start(1)):
        if match[0] in _OPENING:
            depth += 1
        elif match[0] in _CLOSING:
            depth -= 1
            if depth == 0:
                return match.end()
    return len(data)
