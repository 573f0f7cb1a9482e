"""Going over the texts inside a JSON value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fsep.parsing.position import escape_token


def texts(value: Any, pointer: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield every text inside a JSON value as (pointer, member it stands under, text), without recursion."""
    level: list[tuple[str, str, Any]] = [(pointer, "", value)]
    while level:
        here, member, item = level.pop()
        if isinstance(item, str):
            yield here, member, item
        elif isinstance(item, Mapping):
            level += [(f"{here}/{escape_token(key)}", key, inner) for key, inner in item.items()]
        elif isinstance(item, list):
            level += [(f"{here}/{place}", member, inner) for place, inner in enumerate(item)]
