"""The card in Markdown: the page's words, and foreign texts that stay texts."""

from __future__ import annotations

import re

import pytest

from fsep.render import html, markdown
from unit.handmade_overview import NOTHING, full
from unit.handmade_report import bad, good, unusable
from unit.hostile_report import CREDENTIAL, NASTY, hostile
from unit.test_render_html import Read

# Spans and fences of code, and what is escaped: the rest is what a reader takes for markup.
_CODE = re.compile(r"(?<!\\)(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")
_FENCE = re.compile(r"^(`{3,})text\n.*?^\1$", re.MULTILINE | re.DOTALL)
_OWN = re.compile(r"<span>(?:@|\\[#$])</span>|\*\*|^#+ |^> |^\|( ---:? \|)+$|^\||\|$| \| ", re.MULTILINE)


def bare(text: str) -> str:
    """Return a card without code, escapes, and the markup that is its own."""
    text = _CODE.sub("", _FENCE.sub("", text))
    return re.sub(r"\\[!-/:-@\[-`{-~]", "", _OWN.sub("", text))


@pytest.mark.parametrize("report", [good(), bad(), unusable()])
def test_the_card_has_the_sections_of_the_page(report: object) -> None:
    made = [markdown.render(report, full()), html.render(report, full())]  # type: ignore[arg-type]
    titles = re.findall(r"^## (.*)$", made[0], re.MULTILINE)
    pages = re.findall(r"<h2 [^>]*>(.*?)</h2>", made[1])
    assert titles == pages
    assert made[0].startswith("# Capital cities" if report != unusable() else "# somewhere")


def test_the_card_says_what_the_page_says() -> None:
    card = markdown.render(bad(), full())
    for said in (
        "**DOES NOT CONFORM**: whole, replayed and complete are not reached.",
        "> **SYNTHETIC:** system alpha and system beta are scripted stand-ins and no models.",
        "| alpha | 12 | 2 | 1 | 3 \\(5\\) | 9 | 0 |",
        "1. **error** `FSEP-REQ-005` · replayed · the model identity",
        "   - First place: `transcripts/alpha.jsonl:1:310  /events/1`",
    ):
        assert said in card


@pytest.mark.parametrize("text", NASTY)
def test_no_value_becomes_markup_or_a_link(text: str) -> None:
    card = markdown.render(hostile(text), full(text.encode(errors="replace").decode()))
    left = bare(card)
    assert not re.search(r"[<>\[\]`*_{}$@]", left)
    assert not re.search(r"https?://|www\.", left)
    assert CREDENTIAL not in card
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ufffe\uffff]", card)
    plain = markdown.render(hostile("plain"), full("plain"))
    assert len(re.findall(r"^#", card, re.MULTILINE)) == len(re.findall(r"^#", plain, re.MULTILINE))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a | b", "a \\| b"),
        ("- no list", "\\- no list"),
        ("1. no list", "1\\. no list"),
        ("10) no list", "10\\) no list"),
        ("www.example.org", "www\\.example.org"),
        ("http://example.org", "http\\://example.org"),
        (
            "me@example.org #1 $x$",
            "me<span>@</span>example.org <span>\\#</span>1 <span>\\$</span>x<span>\\$</span>",
        ),
        ("<b>&amp;", "\\<b\\>\\&amp;"),
        ("a\nb", "a\\\\nb"),
        ("like-for-like, 2.5: yes", "like-for-like, 2.5: yes"),
    ],
)
def test_what_means_something_is_escaped_and_nothing_else(text: str, written: str) -> None:
    assert markdown.escaped(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [("a", "`a`"), ("a`b", "``a`b``"), ("`a", "`` `a ``"), ("", "\\-"), ("a|b", "a\\|b"), ("x\\y", "x\\\\y")],
)
def test_code_is_fenced_by_more_backticks_than_it_has(text: str, written: str) -> None:
    assert markdown.code(text) == written


def test_a_text_of_a_transcript_stays_in_its_fence() -> None:
    card = markdown.render(good(), full("````\n# planted"))
    assert "\n`````text\n````\n# planted\n`````\n" in card
    assert not re.search("^# planted", _FENCE.sub("", card), re.MULTILINE)


def test_every_row_of_a_table_has_the_cells_of_its_head() -> None:
    card = markdown.render(bad(), full("a|b\\|c"))
    for table in re.findall(r"(?:^\|.*\|\n)+", card, re.MULTILINE):
        widths = {len(re.split(r"(?<!\\)\|", row.replace("\\\\", ""))) for row in table.splitlines()}
        assert len(widths) == 1


def test_a_cell_is_no_formula_where_a_table_is_pasted() -> None:
    assert "| “=1+1” |" in markdown.render(good(), full("=1+1"))


def test_the_same_report_gives_the_same_text() -> None:
    assert markdown.render(bad(), NOTHING) == markdown.render(bad(), NOTHING)


def test_no_status_is_lost_between_page_and_card() -> None:
    page, card = Read(html.render(bad(), full())).text, markdown.render(bad(), full())
    for word in ("DOES NOT CONFORM", "not reached", "error", "warning"):
        assert word in page
        assert f"**{word}**" in card
