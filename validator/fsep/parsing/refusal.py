"""What to say of a JSON text that is refused: worked out once it is known that something is wrong."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping

from fsep.errors import visible
from fsep.limits import INTEGER, NESTING, VALUES
from fsep.parsing.problem import Kind, ParseError
from fsep.parsing.tokens import STRING_OR_BRACKET, STRING_OR_NUMBER, TOKEN, line_column, string_value

# The parser ends its messages with a place; its column counts bytes and may be 0 at a line's start.
_REASON = re.compile(r"(.*) at line ([0-9]+) column ([0-9]+)", re.DOTALL)
_NOT_A_NUMBER = re.compile(rb"NaN|Infinity")
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_NUMBER_ADVICE = f"Numbers go up to {INTEGER} without loss in every language; write a longer one as a string."


def refusal(data: bytes, reason: str) -> ParseError:
    """Turn the parser's refusal of a text into an error with a kind, a place in characters and an advice."""
    if (error := encoding_problem(data)) is not None:
        return error
    if not data.strip(b" \t\r\n"):
        return ParseError("There is no JSON value here: the text is empty.", 1, 1, "syntax")
    match = _REASON.fullmatch(reason)
    text, offset = (match[1], _offset(data, int(match[2]), int(match[3]))) if match else (reason, 0)
    for start, explain in _BY_REASON.items():
        if text.startswith(start) and (error := explain(data)) is not None:
            return error
    return _character_problem(data, offset, text) or _syntax_problem(data, offset, text)


def _character_problem(data: bytes, offset: int, reason: str) -> ParseError | None:
    if "hex escape" in reason or "unicode code point" in reason:
        message = "An escape in a string stands for half a surrogate pair, which is no character."
        escape = max(data.rfind(b"\\u", 0, offset), 0)
        return _at(data, escape, message, "encoding", "Write both halves, or the character itself.")
    if (word := _NOT_A_NUMBER.match(data, offset)) is not None:
        message = f"{word[0].decode()} is not a number in JSON."
        return _at(data, offset, message, "number", "Leave the member out, or say in words what is meant.")
    return None


def _syntax_problem(data: bytes, offset: int, reason: str) -> ParseError:
    if reason.startswith("EOF"):
        return _at(data, len(data), f"The JSON text ends too early ({visible(reason)}).", "syntax")
    return _at(data, offset, f"This is not JSON: {visible(reason, 120)}.", "syntax")


def encoding_problem(data: bytes) -> ParseError | None:
    """Say why a text is not UTF-8 without a byte order mark, if it is not."""
    advice = "Save the text as UTF-8 without a byte order mark."
    if data.startswith(_BYTE_ORDER_MARKS):
        return ParseError("The text starts with a byte order mark.", 1, 1, "encoding", advice=advice)
    if b"\x00" in data[:4]:
        message = "The text holds a NUL byte near its start, as UTF-16 and UTF-32 do."
        return ParseError(message, 1, 1, "encoding", advice=advice)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"The byte 0x{data[error.start]:02X} here is not UTF-8."
        return _at(data, error.start, message, "encoding", advice)
    return None


def safe_integer(text: str) -> bool:
    """Tell whether an integer as JSON writes it, of any length, is the same to every reader."""
    # Python refuses to convert thousands of digits, so that they are counted first.
    return len(text.lstrip("-")) <= len(str(INTEGER)) and abs(int(text)) <= INTEGER


def unsafe_number(data: bytes) -> ParseError:
    """Name the first number of a text that not every reader would take for the same."""
    for match in STRING_OR_NUMBER.finditer(data):
        token = match[0]
        if token.startswith(b'"'):
            continue
        cut = visible(token[:80].decode("ascii"), 30)
        if token.lstrip(b"-").isdigit():
            if not safe_integer(token.decode("ascii")):
                message = f"The integer {cut} is beyond {INTEGER}, where readers stop agreeing."
                return _at(data, match.start(), message, "number", _NUMBER_ADVICE)
        elif _overflows(token):
            message = f"The number {cut} is larger than a double can be."
            return _at(data, match.start(), message, "number", _NUMBER_ADVICE)
    return ParseError("A number is out of range.", 1, 1, "number", advice=_NUMBER_ADVICE)


def crowded(data: bytes) -> ParseError | None:
    """Point at the value that is one too many in a text, if it holds too many."""
    if data.count(b",") + data.count(b"[") + data.count(b"{") <= VALUES:
        return None
    count = 0
    for match in TOKEN.finditer(data):
        if match[1] in (b",", b"[", b"{"):
            count += 1
            if count > VALUES:
                message = f"The JSON text holds more than {VALUES} values."
                return _at(data, match.start(1), message, "too-long")
    return None


def too_deep(data: bytes) -> ParseError:
    """Point at the first bracket that opens one level too many."""
    depth = 0
    message = f"Arrays and objects are nested more than {NESTING} levels deep."
    for match in STRING_OR_BRACKET.finditer(data):
        if match[0] in (b"[", b"{"):
            depth += 1
            if depth > NESTING:
                return _at(data, match.start(), message, "depth")
        elif match[0] in (b"]", b"}"):
            depth -= 1
    return ParseError(message, 1, 1, "depth")


def _duplicate_key(data: bytes) -> ParseError | None:
    # A set of keys for every open object, None for every open array. A string is a key if what comes before
    # it in its object is the opening brace or a comma.
    open_containers: list[set[str] | None] = []
    before = b""
    for match in TOKEN.finditer(data):
        token = match[1]
        if token == b"{":
            open_containers.append(set())
        elif token == b"[":
            open_containers.append(None)
        elif token in (b"]", b"}"):
            if open_containers:
                open_containers.pop()
        elif token.startswith(b'"') and before in (b"{", b",") and open_containers:
            keys, key = open_containers[-1], string_value(token)
            if keys is not None and key is not None:
                if key in keys:
                    message = f'The key "{visible(key)}" is there twice in one object.'
                    return _at(data, match.start(1), message, "duplicate-key", "Keep one of the two.")
                keys.add(key)
        before = token
    return None


def _overflows(token: bytes) -> bool:
    try:
        return float(token) in (float("inf"), float("-inf"))
    except ValueError:
        return False


def _offset(data: bytes, line: int, column: int) -> int:
    start = bisect_left(range(len(data) + 1), line - 1, key=lambda end: data.count(b"\n", 0, end))
    return max(start + column - 1, 0)


def _at(data: bytes, offset: int, message: str, kind: Kind, advice: str | None = None) -> ParseError:
    line, column = line_column(data, offset)
    return ParseError(message, line, column, kind, advice=advice)


_BY_REASON: Mapping[str, Callable[[bytes], ParseError | None]] = {
    "Detected duplicate key": _duplicate_key,
    "recursion limit": too_deep,
    "number out of range": unsafe_number,
}
