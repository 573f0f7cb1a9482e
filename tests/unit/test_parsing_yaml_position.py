"""Where in a YAML text a value is."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fsep.parsing.position import pointer_of
from fsep.parsing.yaml_position import locate

TEXT = b"""# a comment
fsep: "1.0"
list:
  - plain
  - key: value
    more: {flow: [1, 22], 'a/b': x}
text: |
  one
  two
last: end
"""


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("", (2, 1)),
        ("/fsep", (2, 1)),
        ("/list", (3, 1)),
        ("/list/0", (4, 5)),
        ("/list/1", (5, 5)),
        ("/list/1/key", (5, 5)),
        ("/list/1/more", (6, 5)),
        ("/list/1/more/flow", (6, 12)),
        ("/list/1/more/flow/1", (6, 22)),
        ("/list/1/more/a~1b", (6, 27)),
        ("/last", (10, 1)),
        # What is not there is where its nearest outer value is.
        ("/list/2", (3, 1)),
        ("/list/x", (3, 1)),
        ("/list/1/none/at/all", (5, 5)),
        ("/key", (2, 1)),
        ("/last/deeper", (10, 1)),
    ],
)
def test_a_value_stands_where_its_key_does(pointer: str, place: tuple[int, int]) -> None:
    assert locate(TEXT, pointer) == place


@pytest.mark.parametrize("data", [b"", b"a: [", b"\xff", b"a: b: c", b"&a [*a]", b"? [a]\n: b", b"]"])
def test_what_is_no_text_of_this_kind_has_some_place(data: bytes) -> None:
    line, column = locate(data, "/a/b")
    assert line >= 1
    assert column >= 1


_VALUES = st.recursive(
    st.integers() | st.text("ab/~ ", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text("ab/~", min_size=1, max_size=3), _VALUES, min_size=1, max_size=3), st.data())
def test_every_value_of_a_flow_text_is_found_at_its_own_place(
    value: dict[str, object], data: st.DataObject
) -> None:
    """Each line of the text holds one key or element, so that the places of all of them differ."""
    text = json.dumps(value, indent=1)
    assert yaml.safe_load(text) == value
    path: list[str | int] = []
    inner: object = value
    while isinstance(inner, (dict, list)) and inner:
        step = data.draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner))))
        path.append(step)
        inner = inner[step]
    line, column = locate(text.encode(), pointer_of(path))
    shown = text.splitlines()[line - 1][column - 1 :]
    last = path[-1]
    assert shown.startswith(json.dumps(last) if isinstance(last, str) else json.dumps(inner)[:1])
    assert column - 1 == len(path)
