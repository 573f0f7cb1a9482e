"""The JSON report: the document itself, readable, and safe on a terminal."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fsep.parsing.json import parse
from fsep.render import RENDERERS, Style
from fsep.render.json import printable
from unit.handmade_report import bad, good


def test_one_report_is_an_object_and_several_are_an_array() -> None:
    assert json.loads(RENDERERS["json"]([bad()], Style())) == bad().as_dict()
    assert json.loads(RENDERERS["json"]([bad(), good()], Style())) == [bad().as_dict(), good().as_dict()]
    assert json.loads(RENDERERS["json"]([], Style())) == []


@given(st.text(st.characters(codec="utf-8")))
def test_what_does_not_show_is_escaped_and_means_the_same(text: str) -> None:
    shown = printable(json.dumps(text, ensure_ascii=False))
    assert json.loads(shown) == text
    assert shown.isprintable() or "\u3000" in shown


def test_what_shows_stays_readable() -> None:
    assert printable('"é日…"') == '"é日…"'


def test_a_path_that_is_no_text_leaves_the_report_strict_json() -> None:
    report = replace(good(), bundle={**good().bundle, "path": "b\udcff"})
    value = parse(RENDERERS["json"]([report], Style()).encode())
    assert isinstance(value, dict)
    assert value["bundle"]["path"] == "b\\u{dcff}"  # type: ignore[index, call-overload]
