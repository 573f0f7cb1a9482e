"""Templates: texts that name values, and do nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# `{{{{` stands for `{{`; `{{name}}` and `{{item.field}}` name a value; any other `{{` is an error.
_TOKEN = re.compile(r"\{\{(?:(\{\{)|((?:item\.)?[a-z][a-z0-9_]{0,63})\}\})?")

Value = str | tuple[str, ...]


class TemplateError(ValueError):
    """A template holds `{{` that neither names a value nor is escaped."""


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template: literal texts at even places, names at odd ones.

    `names` are those it uses, in order, repeats included, `item_names` those of the item's fields among them;
    `literal` counts the characters between them.
    """

    parts: tuple[str, ...]
    names: tuple[str, ...] = field(init=False, repr=False, compare=False)
    item_names: tuple[str, ...] = field(init=False, repr=False, compare=False)
    literal: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Take apart once what every rendering needs."""
        object.__setattr__(self, "names", self.parts[1::2])
        object.__setattr__(self, "item_names", tuple(name for name in self.names if name.startswith("item.")))
        object.__setattr__(self, "literal", sum(map(len, self.parts[::2])))

    def render(self, values: Mapping[str, Value]) -> str:
        """Return the text, each name replaced by its value in one pass; values are never rescanned."""
        if not self.names:
            return self.parts[0]
        out = list(self.parts)
        for place in range(1, len(out), 2):
            out[place] = values[out[place]]  # type: ignore[assignment]  # compile() saw that it is a text
        return "".join(out)

    def length(self, values: Mapping[str, Value]) -> int:
        """Return how many characters the rendered text has."""
        length = self.literal
        for name in self.names:
            length += len(values[name])
        return length

    def item_characters(self, values: Mapping[str, Value]) -> int:
        """Return how many characters of the rendered text come from the item's fields."""
        return sum(len(values[name]) for name in self.item_names)


def parse(text: str) -> Template:
    """Compile a template.

    Raises:
        TemplateError: where `{{` is followed by no valid name and is not `{{{{`.
    """
    parts: list[str] = []
    literal: list[str] = []
    end = 0
    for match in _TOKEN.finditer(text):
        literal.append(text[end : match.start()])
        escape, name = match.groups()
        if escape:
            literal.append("{{")
        elif name:
            parts += ("".join(literal), name)
            literal = []
        else:
            raise TemplateError(
                f"character {match.start() + 1}: '{{{{' names no value; write {{{{name}}}} or "
                "{{item.field}} without spaces, or '{{{{' for two literal braces"
            )
        end = match.end()
    parts.append("".join([*literal, text[end:]]))
    return Template(tuple(parts))
