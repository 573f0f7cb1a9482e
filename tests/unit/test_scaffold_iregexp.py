"""I-Regexp: the grammar of RFC 9485, a match of the whole text, in linear time."""

from __future__ import annotations

import time

import pytest

from fsep.scaffold.iregexp import PatternError, compile_pattern
from fsep.scaffold.iregexp import size as size_of
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


@pytest.mark.parametrize(
    ("pattern", "size"),
    [
        ("", 0),
        ("a", 1),
        ("a|b", 3),
        (r"\.é.", 3),
        ("(a)", 2),
        ("()", 1),
        ("[a]", 1),
        ("[^a-z0-9_]", 3),
        ("[-a-c-]", 3),
        (r"[\]-]", 2),
        ("a*b+c?", 3),
        ("a{3}", 3),
        ("a{2,5}", 5),
        ("a{2,}", 2),
        ("a{0}", 1),
        ("a{0,}", 1),
        ("[ab]{10}", 20),
        ("(ab|c){3}d", 5 * 3 + 1),
        ("((a{2}b){3}c){4}", ((3 + 1) * 3 + 1 + 1) * 4),
    ],
)
def test_the_size_of_a_pattern(pattern: str, size: int) -> None:
    """What it has of characters, classes, groups and branches, as often as they are repeated."""
    assert size_of(pattern) == size


@pytest.mark.parametrize("pattern", [".{1000}" * 10 + "a", "(.{1000}|a)" * 90, "(|||){1000}(||||){1000}" * 2])
def test_a_pattern_that_is_too_large_is_refused(pattern: str) -> None:
    """What a match costs has an end."""
    with pytest.raises(PatternError, match="size of more than 10000"):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        ".{1000}" * 10,
        "[^\u1234]{1000}" * 10,
        "[\u0081-\U0010fffe]{1000}" * 10,
        "[a\u0100-\ufffe]{1000}" * 5,
        "(|a)" * 2500,
    ],
)
def test_what_is_within_the_size_is_never_too_large_for_the_engine(pattern: str) -> None:
    """Or a validator with another engine would judge otherwise."""
    assert compile_pattern(pattern).match("b") is None


@pytest.mark.parametrize(
    "pattern", ["(a{100}){11}", "((a{10}){10}b){11}", "(a{2,500}|b){3}", "((((a{6}){6}){6}){6})"]
)
def test_bounds_within_one_another_multiply(pattern: str) -> None:
    """To no more than a thousand."""
    with pytest.raises(PatternError, match="1000 repetitions"):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a{100}){10}", "(a{500,}|b){2}", "(a{0}){1000}", "(a*){1000}", "a{1000}b{1000}"]
)
def test_bounds_that_multiply_to_a_thousand_are_taken(pattern: str) -> None:
    """As are those beside each other."""
    compile_pattern(pattern)
