"""I-Regexp: the grammar of RFC 9485, a match of the whole text, in linear time."""

from __future__ import annotations

import time

import pytest

from fsep.scaffold.iregexp import PatternError, compile_pattern
from naive_scaffold import matches


def full(pattern: str, text: str) -> bool:
    return compile_pattern(pattern).match(text) is not None


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        # The whole text, and branches under it too.
        ("a", ["a"], ["", "ab", "ba", "A", "a\n"]),
        ("a|bc", ["a", "bc"], ["ac", "abc", "abcc", "b"]),
        ("a|", ["a", ""], ["b"]),
        ("|", [""], ["|"]),
        ("", [""], ["a"]),
        ("()", [""], ["()"]),
        ("()*a", ["a"], [""]),
        ("(|a)b", ["b", "ab"], ["a"]),
        ("(a(b|c))+", ["ab", "acab"], ["a", ""]),
        # A dot is any character but LF and CR; a class is no dot.
        (
            ".",
            ["a", "\t", "\x00", "\u2028", "\x85", "\x0b", "\U0001f600", "é"],
            ["", "\n", "\r", "e\u0301", "ab"],
        ),
        (".*", ["", "abc"], ["a\nb", "a\rb", "\n"]),
        ("[.]", ["."], ["a"]),
        ("[^.]", ["a", "\n", "\r"], [".", ""]),
        ("(.|\n|\r)+", ["\r\n", "a\nb"], [""]),
        ("[^a]", ["\n", "b", "\U0001f600"], ["a", ""]),
        # Circumflex and dollar are ordinary outside a class.
        ("^a$", ["^a$"], ["a"]),
        ("^", ["^"], [""]),
        ("$", ["$"], [""]),
        ("^*$+", ["$", "^^$$"], ["", "^"]),
        ("a^b", ["a^b"], ["ab"]),
        ("[$]", ["$"], ["", "a"]),
        ("[a^]", ["a", "^"], ["b"]),
        ("[^^]", ["a"], ["^"]),
        (r"\^", ["^"], [""]),
        # Escapes.
        (r"\n\r\t", ["\n\r\t"], ["nrt"]),
        (r"\(\)\*\+\-\.\?\[\\\]\{\|\}", ["()*+-.?[\\]{|}"], [""]),
        (r"[\n\r\t\(\)\*\+\-\.\?\[\\\]\^\{\|\}]", list("\n\r\t()*+-.?[\\]^{|}"), ["a", "n"]),
        (r"[\--a]", ["-", "0", "a"], ["b", ","]),
        # Classes.
        ("[a-c]", ["a", "b", "c"], ["d", "-"]),
        ("[-a]", ["-", "a"], ["b"]),
        ("[a-]", ["-", "a"], ["b"]),
        ("[-]", ["-"], ["a"]),
        ("[--]", ["-"], ["a"]),
        ("[^-]", ["a"], ["-"]),
        ("[^-a-]", ["b"], ["-", "a"]),
        ("[-a-c-]", ["-", "b"], ["d"]),
        ("[a-cx-z]", ["b", "y"], ["d"]),
        ("[a-a]", ["a"], ["b"]),
        ("[(){}*+?|,/]", list("(){}*+?|,/"), ["a"]),
        ("[\U0001f600-\U0001f64f]", ["\U0001f601"], ["a"]),
        ("[\n]", ["\n"], ["n"]),
        # Repetitions.
        ("a*", ["", "aaa"], ["b"]),
        ("a+", ["a", "aa"], [""]),
        ("a?", ["", "a"], ["aa"]),
        ("a{2}", ["aa"], ["a", "aaa", "a{2}"]),
        ("a{2,}", ["aa", "aaaaa"], ["a"]),
        ("a{1,2}", ["a", "aa"], ["", "aaa"]),
        ("a{0}", [""], ["a"]),
        ("a{0,0}b", ["b"], ["ab"]),
        ("(ab){2}", ["abab"], ["ab"]),
        ("a{1000}", ["a" * 1000], ["a" * 999, "a" * 1001]),
        ("a{1000,}", ["a" * 1000, "a" * 2000], ["a" * 999]),
        # Leading zeros are digits like others.
        ("a{02}", ["aa"], ["a{02}", "a"]),
        ("a{000000,0003}", ["", "aaa"], ["aaaa"]),
        ("a{00}", [""], ["a"]),
        ("a{01000}", ["a" * 1000], ["a" * 1001]),
        # Characters that other flavours give a meaning.
        ("a-b,c/d<e>#f !\"%&'", ["a-b,c/d<e>#f !\"%&'"], ["a"]),
        ("\x00", ["\x00"], [""]),
        ("é", ["é"], ["e\u0301", "É"]),
        ("~", ["~"], ["a"]),
    ],
)
def test_a_pattern_matches_what_the_rfc_says(pattern: str, yes: list[str], no: list[str]) -> None:
    """Each text by hand, and the plain matcher of the tests beside it."""
    for text in yes:
        assert full(pattern, text), text
        assert matches(pattern, text), text
    for text in no:
        assert not full(pattern, text), text
        assert not matches(pattern, text), text


@pytest.mark.parametrize(
    "pattern",
    [
        # Escapes that RFC 9485 leaves out, or that this protocol does.
        r"\p{L}", r"\P{Lu}", r"[\p{L}]", r"[^\P{N}]", r"\d", r"\D", r"\w", r"\s", r"\S", r"\b", r"\A", r"\z", r"\Q", r"\x41", r"\u0041", r"\0", r"\1",
        r"\$", r"[\$]", r"\/", r"\"", r"\ ", r"\,", r"\f", r"\v", r"\a", r"\i", r"\c", "\\", "a\\", r"[\d]", "[\\",
        # Groups and quantifiers of other flavours.
        "(?:a)", "(?i)a", "(?P<n>a)", "(?=a)", "(?<!a)", "(*)", "a**", "a*?", "a+?", "a??", "a+*", "a{2}{3}", "a{2}?", "a*+",
        # Nothing to repeat.
        "*", "+", "?", "{2}", "|*", "(*a)", "(|+)", "a|?",
        # Braces.
        "{", "}", "a{", "a}", "a{}", "a{,}", "a{,2}", "a{2", "a{2,1}", "a{a}", "a{ 2}", "a{2, 3}", "a{-1}", "a{2,3,4}", "a{\u0662}", "a{10,9}",
        # Parentheses.
        "(", ")", "(a", "a)", "(a))", "((a)", ")(",
        # Classes.
        "[", "]", "[]", "[]a]", "[a", "a]", "[^]", "[a-b-c]", "[a--]", "[--a]", "[a[b]", "[[:alpha:]]", "[z-a]", "[a-z&&[b]]", "[^", "[a-\\d]", "[a]]",
    ],
)  # fmt: skip
def test_what_is_no_i_regexp_is_refused(pattern: str) -> None:
    """Each is outside RFC 9485 as this protocol takes it, however usual elsewhere."""
    with pytest.raises(PatternError):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["a{1001}", "a{0,1001}", "a{1001,}", "a{0,99999}", "a{" + "9" * 400 + "}", "a{001001}", "(a{1,2}){1001}"],
)
def test_a_bound_over_a_thousand_is_refused(pattern: str) -> None:
    """The specification's own limit, not one of the engine."""
    with pytest.raises(PatternError, match="1000"):
        compile_pattern(pattern)


def test_a_problem_is_told_with_its_place() -> None:
    """Counted in characters from 1."""
    with pytest.raises(PatternError, match=r"^character 4: "):
        compile_pattern("é\U0001f600a\\d")


@pytest.mark.parametrize(
    "pattern", ["(a*)*b", "(a|a)*b", "(a|aa)+b", "(.*)(.*)(.*)(.*)(.*)b", "(a?){30}(a){30}b", "((a+)+)+b"]
)
def test_patterns_that_backtrack_for_ever_elsewhere_are_linear(pattern: str) -> None:
    """A hundred thousand characters take well under a second; a backtracking engine would not end."""
    text = "a" * 100_000
    started = time.perf_counter()
    assert not full(pattern, text)
    assert full(pattern, text + "b") is (pattern != "(a?){30}(a){30}b")
    assert time.perf_counter() - started < 60


@pytest.mark.parametrize("pattern", [".{1000}" * 10, "(a{100}){100}", "(.{1000}|a)" * 90])
def test_a_pattern_too_large_to_compile_is_refused_and_not_run(pattern: str) -> None:
    """What bounds of at most a thousand multiply to has an end, so that a match stays cheap."""
    with pytest.raises(PatternError, match="cannot be compiled"):
        compile_pattern(pattern)
