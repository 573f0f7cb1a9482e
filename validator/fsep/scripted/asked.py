"""A request as a script sees it, and the tests that a script puts to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import re2

from fsep.errors import FsepError
from fsep.parsing.canonical import canonical
from fsep.scaffold.template import Template, TemplateError, parse

# What the named groups of patterns found in a request that is meant, given the values of a row; None for one
# that is not.
Test = Callable[["Asked", Mapping[str, str]], Mapping[str, str] | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """The body of a request, and what scripts look at in it.

    `digest` tells requests apart: it is taken over the body without what says how the reply is to come.
    """

    body: Mapping[str, Any]
    model: str
    texts: tuple[str, ...]
    last_role: str
    tools: bool
    digest: str = field(repr=False)

    @property
    def values(self) -> dict[str, str]:
        """What templates of replies may name, beside a row."""
        first, last = (self.texts[0], self.texts[-1]) if self.texts else ("", "")
        return {"model": self.model, "first": first, "last": last, "canary": self.digest[:16]}


def read_asked(body: Any) -> Asked:
    """Read the body of a request.

    Raises:
        ValueError: where it is none; the text says what is wrong.
    """
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        raise ValueError("the body is no object with a model")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(one, dict) for one in messages):
        raise ValueError("the body has no messages")
    same = {name: value for name, value in body.items() if name not in ("stream", "stream_options")}
    return Asked(
        body,
        body["model"],
        tuple(_text(message.get("content")) for message in messages),
        str(messages[-1].get("role")),
        bool(body.get("tools")),
        sha256(canonical(same)).hexdigest(),
    )


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(
        part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)
    )


def compile_template(text: str, names: frozenset[str]) -> Template:
    """Compile a template over the names given.

    Raises:
        FsepError: where it names another, or is none.
    """
    try:
        template = parse(text)
    except TemplateError as error:
        raise FsepError(f"a template: {error}") from None
    for name in template.names:
        if name not in names:
            raise FsepError(f"a template names {name!r}, which stands for nothing here")
    return template


def compile_when(when: Mapping[str, Any], names: frozenset[str]) -> tuple[Test, frozenset[str]]:
    """Compile what a request has to be; every member has to hold.

    Returns:
        The test, and the names of the groups that its patterns find.

    Raises:
        FsepError: where a template or a pattern in it cannot be read.
    """
    compiled = [_member(member, value, names) for member, value in when.items()]
    tests = [test for test, _ in compiled]

    def holds(asked: Asked, row: Mapping[str, str]) -> Mapping[str, str] | None:
        found: dict[str, str] = {}
        for test in tests:
            one = test(asked, row)
            if one is None:
                return None
            found |= one
        return found

    return holds, frozenset(name for _, found in compiled for name in found)


def _member(member: str, value: Any, names: frozenset[str]) -> tuple[Test, frozenset[str]]:
    if member in _LOOKED_AT:
        return _compile_texts(_LOOKED_AT[member], value, names)
    if member == "not":
        inner, _ = compile_when(value, names)
        return lambda asked, row: _NOTHING if inner(asked, row) is None else None, frozenset()
    plain = _PLAIN[member]
    return lambda asked, _: _NOTHING if plain(asked) == value else None, frozenset()


_NOTHING: Mapping[str, str] = {}
_PLAIN: Mapping[str, Callable[[Asked], Any]] = {
    "model": lambda asked: asked.model,
    "last_role": lambda asked: asked.last_role,
    "messages": lambda asked: len(asked.texts),
    "tools": lambda asked: asked.tools,
}
_LOOKED_AT: Mapping[str, Callable[[Asked], Sequence[str]]] = {
    "first": lambda asked: asked.texts[:1],
    "last": lambda asked: asked.texts[-1:],
    "some": lambda asked: asked.texts,
}
_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    "equals": lambda text, value: text == value,
    "contains": lambda text, value: value in text,
    "starts": lambda text, value: text.startswith(value),
    "ends": lambda text, value: text.endswith(value),
}


def _compile_texts(
    looked_at: Callable[[Asked], Sequence[str]], tests: Mapping[str, str], names: frozenset[str]
) -> tuple[Test, frozenset[str]]:
    plain = [
        (_TEXTS[name], compile_template(text, names)) for name, text in tests.items() if name != "matches"
    ]
    pattern = _pattern(tests["matches"]) if "matches" in tests else None

    def holds(asked: Asked, row: Mapping[str, str]) -> Mapping[str, str] | None:
        for text in looked_at(asked):
            if all(test(text, template.render(row)) for test, template in plain):
                match = pattern.search(text) if pattern is not None else None
                if match is not None:
                    return {name: value or "" for name, value in match.groupdict().items()}
                if pattern is None:
                    return _NOTHING
        return None

    return holds, frozenset(pattern.groupindex) if pattern is not None else frozenset()


def _pattern(text: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error:
        raise FsepError("a pattern is none of RE2's") from None
