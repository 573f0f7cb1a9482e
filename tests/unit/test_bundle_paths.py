"""The grammar of paths inside a bundle."""

from __future__ import annotations

import pytest

from fsep.bundle.paths import path_problem
from fsep.limits import PATH_CHARACTERS, PATH_SEGMENTS


@pytest.mark.parametrize(
    "path",
    [
        "bundle.json",
        "transcripts/run-0001.jsonl.zst",
        "blobs/" + "0" * 64,
        "A/b_c/D.e-f",
        "0",
        "console.json",
        "com.json",
        "com10",
        "a/nul-1",
        "x..y",
        "/".join("a" * PATH_SEGMENTS),
        "a" * PATH_CHARACTERS,
    ],
)
def test_plain_names_are_good(path: str) -> None:
    """Names as the protocol uses them have no problem."""
    assert path_problem(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "//server/share",
        "..",
        "../x",
        "a/../b",
        "a/./b",
        "a//b",
        "a/",
        "./a",
        "a\\b",
        "..\\x",
        "C:\\x",
        "C:/x",
        "c:x",
        "a:stream",
        "\\\\?\\x",
        "a\x00b",
        "a\nb",
        "a\n",
        "\x1b[31m",
        "a b",
        "a ",
        " a",
        "~",
        "~root/x",
        "-rf",
        "_x",
        "a.",
        "a./b",
        "a...",
        "con",
        "CON.json",
        "a/Nul.tar.gz",
        "aux",
        "prn.x",
        "com1",
        "LPT9.txt",
        "com0",
        "caf\u00e9",
        "cafe\u0301",
        "\uff0e\uff0e/x",
        "a\u2044b",
        "\u202etxt",
        "a\ud800",
        "a\u0661",
        "%2e%2e/x",
        "a*",
        "a?",
        "$x",
        "a|b",
        ".git",
        ".DS_Store",
        "a/._b",
        "__MACOSX/a",
        "Thumbs.db:x",
        "/".join("a" * (PATH_SEGMENTS + 1)),
        "a" * (PATH_CHARACTERS + 1),
        "a/" * 1_000_000,
    ],
)
def test_every_other_name_is_refused_in_a_sentence_that_does_not_quote_it(path: str) -> None:
    """Traversal, absolute, drive, device, hidden, control, non-ASCII and over-long names are refused."""
    problem = path_problem(path)
    assert problem is not None
    assert problem.isascii()
    assert problem.isprintable()
    assert problem.endswith(".")


def test_the_usual_litter_is_named() -> None:
    """Whoever packed a hidden directory or a Finder file is told what it is."""
    for path in (".git", "a/.DS_Store", "__MACOSX"):
        assert ".git" in (path_problem(path) or "")
