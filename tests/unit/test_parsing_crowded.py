"""How many values a JSON text may hold."""

from __future__ import annotations

import pytest

from fsep import limits
from fsep.parsing.refusal import crowded


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (b"1", 0),
        (b'[1, 2, {"a": 1}]', 4),
        (b'{"a": ",[{,,,,", "b": "\\",["}', 2),
        (b"[[],[[],{}]]", 7),
    ],
)
def test_commas_and_opening_brackets_outside_of_texts_are_counted(
    text: bytes, values: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fsep.parsing.refusal.VALUES", values)
    assert crowded(text) is None
    if values:
        monkeypatch.setattr("fsep.parsing.refusal.VALUES", values - 1)
        error = crowded(text)
        assert error is not None
        assert error.kind == "too-long"


def test_the_place_is_that_of_the_first_value_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fsep.parsing.refusal.VALUES", 2)
    error = crowded(b'["a,b", 1,\n  [2, 3]]')
    assert error is not None
    assert (error.line, error.column) == (1, 10)


def test_the_limit_is_that_of_the_specification() -> None:
    assert limits.VALUES == 1_000_000
