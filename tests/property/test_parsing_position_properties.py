"""Places held against a slow reader that keeps the offset of everything it reads."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fsep.parsing.position import locate, pointer_of

TEXT = st.text(st.sampled_from('ab~/01"\\{}[],: é\u2028\U0001f600\n\t'), max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
SPACE = st.sampled_from(["", "", " ", "\n", "\t", "\r\n", " \n\n "])

Path = tuple[str | int, ...]


def written(value: Any, draw: Any) -> str:
    """Write a value with white space and escapes drawn anew at every place."""

    def string(text: str) -> str:
        return json.dumps(text, ensure_ascii=draw(st.booleans()))

    def space() -> str:
        return str(draw(SPACE))

    if isinstance(value, dict):
        members = (f"{space()}{string(key)}{space()}:{written(item, draw)}" for key, item in value.items())
        return space() + "{" + (",".join(members) or space()) + "}" + space()
    if isinstance(value, list):
        return space() + "[" + (",".join(written(item, draw) for item in value) or space()) + "]" + space()
    return space() + (string(value) if isinstance(value, str) else json.dumps(value)) + space()


class Reader:
    """Reads a text by characters and notes where every key and value begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.values: dict[Path, int] = {}
        self.keys: dict[Path, int] = {}
        self.read(())

    def skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
            self.at += 1

    def string(self) -> str:
        value, length = json.JSONDecoder().raw_decode(self.text[self.at :])
        self.at += length
        return str(value)

    def read(self, path: Path) -> None:
        self.skip()
        self.values[path] = self.at
        opening = self.text[self.at]
        if opening == '"':
            self.string()
        elif opening in "[{":
            self.at += 1
            index = 0
            self.skip()
            while self.text[self.at] not in "]}":
                step: str | int = index
                if opening == "{":
                    start = self.at
                    step = self.string()
                    self.keys[(*path, step)] = start
                    self.skip()
                    self.at += 1
                self.read((*path, step))
                if self.text[self.at] == ",":
                    self.at += 1
                index += 1
                self.skip()
            self.at += 1
        else:
            match = re.compile(r"[-+.\w]+").match(self.text, self.at)
            assert match is not None
            self.at = match.end()
        self.skip()

    def place(self, offset: int) -> tuple[int, int]:
        line = self.text.count("\n", 0, offset) + 1
        return line, offset - self.text.rfind("\n", 0, offset)


@given(VALUES, st.data())
def test_every_value_and_key_is_found_where_the_slow_reader_saw_it(value: Any, data: st.DataObject) -> None:
    """All places of a text, whatever its white space, escapes and characters."""
    text = written(value, data.draw)
    reader = Reader(text)
    for path, offset in reader.values.items():
        pointer = pointer_of(path)
        assert locate(text.encode(), pointer) == reader.place(offset)
        assert locate(text.encode(), pointer, key=True) == reader.place(reader.keys.get(path, offset))


@given(VALUES, st.lists(TEXT | st.integers(0, 3), max_size=5), st.data())
def test_a_pointer_anywhere_gives_the_longest_prefix_that_is_there(
    value: Any, path: list[Any], data: st.DataObject
) -> None:
    """Pointers that leave the text stop where they left it."""
    text = written(value, data.draw)
    reader = Reader(text)
    # An index into an array and a key of digits are told apart by what is there, as in a pointer.
    known = {tuple(map(str, found)): offset for found, offset in reader.values.items()}
    prefix = tuple(map(str, path))
    while prefix not in known:
        prefix = prefix[:-1]
    assert locate(text.encode(), pointer_of(path)) == reader.place(known[prefix])


@given(st.binary(max_size=40) | TEXT.map(str.encode), st.lists(TEXT, max_size=3), st.booleans())
def test_any_bytes_have_a_place_for_any_pointer(data: bytes, path: list[str], key: bool) -> None:
    """Nothing is raised, and the place lies within the bytes."""
    line, column = locate(data, pointer_of(path), key=key)
    lines = data.split(b"\n")
    assert 1 <= line <= len(lines)
    assert 1 <= column <= len(lines[line - 1]) + 1
