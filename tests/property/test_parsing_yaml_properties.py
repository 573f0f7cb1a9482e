"""The YAML subset held against JSON, and against arbitrary text."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml as library
from hypothesis import given
from hypothesis import strategies as st

from fsep.parsing import yaml
from fsep.parsing.problem import ParseError

# Without characters beyond the 16-bit plane: JSON's pairs of escapes for those are no YAML.
TEXT = st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF), max_size=8)


def values(text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | text,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
        max_leaves=12,
    )


VALUES = values(TEXT)
# Texts that are numbers in JSON but not in YAML 1.1, so that the library sees no need to quote them.
UNQUOTED = re.compile(r"-?[0-9.]+[eE][-+]?[0-9]+")
PIECES = st.sampled_from(
    [
        "a",
        "- ",
        ": ",
        ":",
        "\n",
        "  ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "'",
        '"',
        "|\n",
        ">-\n",
        "&x ",
        "*x",
        "!!str ",
        "? ",
        "# ",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "<<",
        "1.10",
        "7",
        "0.5",
        "no",
        "~",
        "\\",
        "\\ud800",
        "\t",
        "\x00",
        "\u2028",
        "\x85",
        "\ufeff",
        "é",
    ]
)


@given(VALUES)
def test_json_is_read_as_json(value: Any) -> None:
    """A JSON text in ASCII is YAML of this subset and gives the same value, types included."""
    assert repr(yaml.parse(json.dumps(value).encode())) == repr(value)


@given(values(TEXT.filter(lambda text: not UNQUOTED.fullmatch(text))), st.booleans())
def test_what_the_library_writes_reads_back(value: Any, flow: bool) -> None:
    """Blocks and flows as the library writes them for JSON's values read back as these values."""
    text = library.safe_dump(value, default_flow_style=flow, allow_unicode=False)
    assert yaml.parse(text.encode()) == value


@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=20))
def test_any_text_gives_a_value_of_json_or_an_error_with_a_place(text: str) -> None:
    """Whatever the text: a value that JSON can say, or one error of ours."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogatepass")
    try:
        value = yaml.parse(data)
    except ParseError as error:
        assert error.line >= 1
        assert error.column >= 1
        assert error.message.isprintable()
        assert len(error.message) < 260
    else:
        assert json.loads(json.dumps(value, allow_nan=False)) == value


@given(st.lists(PIECES, max_size=14).map("".join))
def test_what_is_read_is_what_the_library_builds_types_aside(text: str) -> None:
    """Structure and strings are the library's own; only the types of plain scalars follow JSON."""
    try:
        value = yaml.parse(text.encode())
    except ParseError:
        return
    expected = library.load(text, Loader=library.BaseLoader)
    assert strings(value) == expected


def strings(value: Any) -> Any:
    """Give a value with every scalar as the text it was written as."""
    if isinstance(value, dict):
        return {key: strings(item) for key, item in value.items()}
    if isinstance(value, list):
        return [strings(item) for item in value]
    return value if isinstance(value, str) else json.dumps(value)
