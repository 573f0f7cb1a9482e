"""Foreign text is printed so that no terminal and no log obeys it, and nothing in it goes unseen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsep.render.layout import counted, listed, ranges, wrap
from fsep.render.safe import cells, guard, safe


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("plain text: é, 日本, \u3000", "plain text: é, 日本, \u3000"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[31mred\x1b[0m", "\\u{1b}[31mred\\u{1b}[0m"),
        ("\x9b31m", "\\u{9b}31m"),
        ("\x1b]0;title\x07", "\\u{1b}]0;title\\u{7}"),
        ("abc\u202edcba", "abc\\u{202e}dcba"),
        ("a\u2066b\u2069\u200f", "a\\u{2066}b\\u{2069}\\u{200f}"),
        ("zero\u200bwidth\ufeff", "zero\\u{200b}width\\u{feff}"),
        ("line\u2028and\u2029paragraph\x85", "line\\u{2028}and\\u{2029}paragraph\\u{85}"),
        ("no\u00a0break", "no\\u{a0}break"),
        ("tag\U000e0041", "tag\\u{e0041}"),
        ("filler\u3164\u115f\u2800", "filler\\u{3164}\\u{115f}\\u{2800}"),
        ("a\ufe01", "a\\u{fe01}"),
        ("⚠\ufe0f", "⚠\ufe0f"),
        ("a\ufe0f", "a\\u{fe0f}"),
        ("\ud800", "\\u{d800}"),
        ("private\ue000", "private\\u{e000}"),
        ("\u0301begins with a mark", "\\u{301}begins with a mark"),
        ("##[error]x ##vso[a]b ## c", "\\u{23}#[error]x \\u{23}#vso[a]b ## c"),
    ],
)
def test_what_cannot_be_seen_or_would_be_obeyed_is_spelt_out(given: str, shown: str) -> None:
    assert safe(given) == shown


def test_marks_piled_on_a_letter_are_spelt_out_from_the_fifth_on() -> None:
    assert safe("e" + "\u0301" * 6) == "e" + "\u0301" * 4 + "\\u{301}" * 2


def test_what_is_longer_than_the_limit_is_cut_and_shows_it() -> None:
    assert safe("abcdef", 6) == "abcdef"
    assert safe("abcdefg", 6) == "abcde…"
    assert len(safe("\u202e" * 10**6, 60)) == 60


@given(st.text(), st.integers(1, 40))
def test_whatever_comes_one_visible_line_within_the_limit_comes_out(text: str, limit: int) -> None:
    shown = safe(text, limit)
    assert len(shown) <= limit
    assert shown.splitlines() in ([shown], [])
    for character in shown:
        assert unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("::error::x", "\\u{3a}:error::x"),
        ("   ::add-mask::x", "   \\u{3a}:add-mask::x"),
        ("std::vector", "std::vector"),
    ],
)
def test_no_line_begins_as_a_command_of_a_build_service(line: str, shown: str) -> None:
    assert guard(line) == shown


@given(
    st.text(st.characters(codec="utf-8")).map(safe),
    st.integers(1, 60),
    st.sampled_from(["", "  "]),
    st.sampled_from(["", "    "]),
)
def test_wrapping_keeps_the_width_and_all_but_spaces(
    text: str, width: int, indent: str, hanging: str
) -> None:
    lines = wrap(text, width, indent, hanging)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for place, line in enumerate(lines):
        room = max(width, len(hanging if place else indent) + 2)
        assert cells(line) <= room


def test_wide_characters_count_as_two_columns() -> None:
    assert wrap("日本語" * 4, 8) == ["日本語日", "本語日本", "語日本語"]


def test_a_word_of_a_million_characters_is_wrapped_at_once() -> None:
    assert len(wrap("x" * 10**6, 80)) == 12_500


def test_words_are_listed_counted_and_ranged_as_people_do() -> None:
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert [counted(1, "line"), counted(1200, "line")] == ["1 line", "1,200 lines"]
    ids = ["FSEP-ADH-001", "FSEP-ADH-002", "FSEP-ADH-003", "FSEP-BND-004", "FSEP-BND-005", "FSEP-BND-007"]
    assert ranges(ids) == ["FSEP-ADH-001 to 003", "FSEP-BND-004", "FSEP-BND-005", "FSEP-BND-007"]
