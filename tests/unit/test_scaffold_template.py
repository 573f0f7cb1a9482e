"""Templates: one pass over the text, values put in as they are."""

from __future__ import annotations

import pytest

from fsep.scaffold.template import TemplateError, parse
from naive_scaffold import render

VALUES = {
    "a": "A",
    "b_2": "{{a}}",
    "item.question": "  Wie\u0301 ?\r\n",
    "empty": "",
    "x" * 64: "long",
    "brace": "{",
    "item.x": "X",
}


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("", ""),
        ("no braces", "no braces"),
        ("{{a}}", "A"),
        ("<{{a}}{{a}}>", "<AA>"),
        ("{{item.question}}", "  Wie\u0301 ?\r\n"),
        ("{{item.x}}{{item.x}}", "XX"),
        ("{{" + "x" * 64 + "}}", "long"),
        ("{{empty}}", ""),
        # An escape stands for two braces, whatever follows.
        ("{{{{", "{{"),
        ("{{{{a}}", "{{a}}"),
        ("{{{{}}", "{{}}"),
        ("{{{{{{{{", "{{{{"),
        ("{{{{{{a}}", "{{A"),
        ("{{{{{a}}", "{{{a}}"),
        ("{{{{{{{{a}}", "{{{{a}}"),
        # A single brace and a closing pair are themselves.
        ("{", "{"),
        ("}}", "}}"),
        ("}}}}", "}}}}"),
        ("{a}}", "{a}}"),
        ("{ {a}}", "{ {a}}"),
        ("{{a}}}", "A}"),
        ("{{a}}}}", "A}}"),
        ("}{{a}}{", "}A{"),
        # Values are never read again, alone or together with what stands around them.
        ("{{b_2}}", "{{a}}"),
        ("{{brace}}{{brace}}a}}", "{{a}}"),
        ("{{brace}}{a}}", "{{a}}"),
        # Nothing is trimmed or normalised.
        ("\ufeff \t{{a}}\r\n\x00é e\u0301\u2028", "\ufeff \tA\r\n\x00é e\u0301\u2028"),
    ],
)
def test_a_template_renders_as_the_specification_says(text: str, rendered: str) -> None:
    """Names, escapes and everything between."""
    template = parse(text)
    assert template.render(VALUES) == rendered == render(text, VALUES)
    assert template.length(VALUES) == len(rendered)


@pytest.mark.parametrize(
    ("text", "character"),
    [
        ("{{", 1),
        ("{{}}", 1),
        ("{{a}", 1),
        ("{{a", 1),
        ("{{ a}}", 1),
        ("{{a }}", 1),
        ("{{a\n}}", 1),
        ("{{A}}", 1),
        ("{{é}}", 1),
        ("{{1a}}", 1),
        ("{{_a}}", 1),
        ("{{a-b}}", 1),
        ("{{a.b}}", 1),
        ("{{item.}}", 1),
        ("{{item.A}}", 1),
        ("{{item.a.b}}", 1),
        ("{{items.a}}", 1),
        ("{{item. a}}", 1),
        ("{{" + "x" * 65 + "}}", 1),
        ("{{item." + "x" * 65 + "}}", 1),
        ("{{{a}}}", 1),
        ("{{{a}}", 1),
        ("{{a}}{{", 6),
        ("é\U0001f600 {{a}}{{{{ {{b", 14),
        ("{{{{{{", 5),
        ("{{{{{{{{{", None),
        ("{{a{{a}}", 1),
    ],
)
def test_an_opening_delimiter_that_names_nothing_is_refused_where_it_stands(
    text: str, character: int | None
) -> None:
    """The place is counted in characters; four braces and a single one are no error."""
    if character is None:
        assert parse(text).render({}) == "{{{{{"
        return
    with pytest.raises(TemplateError, match=rf"^character {character}: "):
        parse(text)


def test_names_are_listed_in_order_with_repeats() -> None:
    """What a program uses is read off its templates."""
    assert parse("{{b}} {{{{c}} {{item.a}}{{b}}").names == ("b", "item.a", "b")


def test_characters_of_the_item_are_counted_apart() -> None:
    """How much of a text comes from the item is shown to whoever reads a report."""
    assert parse("12{{item.x}}{{a}}{{item.question}}").item_characters(VALUES) == 1 + len(
        VALUES["item.question"]
    )
