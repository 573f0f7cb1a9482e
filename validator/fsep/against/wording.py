"""Differences and departures in words that a submitter understands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from fsep import limits
from fsep.against.walk import Difference
from fsep.credentials import masked
from fsep.findings.against import Confounded, Departure, Thing
from fsep.findings.against import Difference as Told
from fsep.findings.values import shown

_IN_WORDS = {
    "changed": "{within} has another {noun}",
    "missing": "{within} lacks {noun}, which the design has",
    "added": "{within} has {noun}, which the design does not have",
    "order": "{within} has another order: {noun} stands elsewhere in the design",
}


def told(
    differences: Iterable[Difference], words: Mapping[str, str] = _IN_WORDS
) -> tuple[tuple[Told, ...], int]:
    """Return the first few differences in words, and how many more there are.

    `words` are sentences by kind of difference, with places for `within` and `noun`.
    """
    waiting = iter(differences)
    first = tuple(_told(one, words) for one in islice(waiting, limits.AGAINST_DIFFERENCES))
    return first, sum(1 for _ in waiting)


def departure(
    thing: Thing,
    id_: str | None,
    message: str,
    *,
    found: Any = None,
    expected: Any = None,
    differences: Iterable[Difference] = (),
) -> Departure:
    """Return a departure, its values cut to show where they differ, and no credential in it."""
    first, more = told(differences)
    return Departure(thing, id_, masked(message), *_values(found, expected), first, more)


def names(ids: Sequence[str]) -> str:
    """Return ids in quotation marks, the first few of many."""
    first = ", ".join(f"'{masked(id_)}'" for id_ in ids[: limits.TEXT_NAMES])
    more = len(ids) - limits.TEXT_NAMES
    return f"{first} and {more} more" if more > 0 else first


def confounded(system: str, adaptations: Sequence[Mapping[str, Any]]) -> Confounded:
    """Return that a system adapts its requests, each adaptation as its kind and what it is given."""
    return Confounded(
        system,
        tuple(
            " ".join([one["kind"], *(f"{name} {_text(one[name])}" for name in one if name != "kind")])
            for one in adaptations
        ),
    )


def _text(value: Any) -> str:
    value = masked(value)
    return value if isinstance(value, str) and value.strip() else json.dumps(value, ensure_ascii=False)


def _told(one: Difference, words: Mapping[str, str]) -> Told:
    message = words[one.kind].format(within=", ".join(one.within) or "it", noun=one.noun)
    return Told(message, *_values(one.found, one.expected, one.member))


def _values(found: Any, expected: Any, member: str = "") -> tuple[str | None, str | None]:
    """Return two values as texts, cut to show where they differ."""
    return shown(_hidden(found, member), _hidden(expected, member))


def _hidden(value: Any, member: str) -> Any:
    """Return a value, or what is said where it holds a credential or stands under the name of one."""
    stands = {member: value}
    said = masked(stands)
    return value if said is stands else said
