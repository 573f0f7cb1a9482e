"""Ids and texts for what foreign files name and hold in other forms."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from fsep.bundle.paths import path_problem

SLUG_CHARACTERS = 64


def slug(text: str, limit: int = SLUG_CHARACTERS) -> str:
    """Return a short ASCII id for a name; one that had to be cut is kept apart from others by a digest."""
    made = re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._") or "x"
    if path_problem(f"{made}.json") is not None and len(made) <= limit:
        # A name that some file systems keep for devices, or one that ends badly for a file.
        made = f"x-{made}"
    return (
        made
        if len(made) <= limit
        else f"{made[: limit - 9].rstrip('-._')}-{sha256(text.encode()).hexdigest()[:8]}"
    )


def as_text(value: Any) -> str:
    """Return a part of a scenario as text: itself, or its members that are not null, a paragraph each."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return "\n\n".join(f"{name}:\n{as_text(inner)}" for name, inner in value.items() if inner is not None)
    return value if isinstance(value, str) else str(value)


def named_parameters(declared: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters whose names a record can hold."""
    return {name: value for name, value in declared.items() if re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name)}


def distinct_slugs(names: Iterable[str], limit: int = SLUG_CHARACTERS) -> list[str]:
    """Return an id for each name, in order; where one is taken, a number is put behind it."""
    taken: dict[str, None] = {}
    for name in names:
        id_ = made = slug(name, limit)
        while id_ in taken:
            id_ = f"{made}-{len(taken) + 1}"
        taken[id_] = None
    return list(taken)


def literal(text: str) -> str:
    """Return the template that stands for a text."""
    return text.replace("{{", "{{{{")
