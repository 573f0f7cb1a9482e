"""HTML made of elements: what is not markup already is made safe and escaped, whoever wrote it."""

from __future__ import annotations

import html

from fsep.render.safe import safe, veiled

# Spaces a tab stands for.
_TAB = "    "


class Markup(str):
    """A text that is HTML; only `element` and `multiline` make it."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: str) -> Markup:
    """Return an element; attribute names may end in an underscore, and inner ones stand for hyphens.

    The children are markup, or texts that are made one line, safe, and escaped. So are attributes' values.
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escaped(value)}"'
        for name, value in attributes.items()
        if value
    )
    inner = "".join(child if isinstance(child, Markup) else escaped(child) for child in children)
    return Markup(f"<{tag}{written}>{inner}</{tag}>")


def empty(tag: str, **attributes: str) -> Markup:
    """Return an element that has no content."""
    return Markup(element(tag, **attributes).replace(f"></{tag}>", "/>"))


def joined(*parts: Markup) -> Markup:
    """Return markup put together."""
    return Markup("".join(parts))


def escaped(text: str) -> Markup:
    """Return a foreign text as HTML that shows it on one line and is nothing else."""
    return Markup(html.escape(safe(text)))


def multiline(text: str) -> Markup:
    """Return a foreign text as HTML that keeps its own lines."""
    lines = veiled(text).replace("\r\n", "\n").split("\n")
    return Markup("\n".join(escaped(line.replace("\t", _TAB)) for line in lines))
