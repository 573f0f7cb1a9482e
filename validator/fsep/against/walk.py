"""Where two JSON values differ: a walk through both that names places as people do.

Steps, tools and whatever else in a list has an id or a name are laid side by side by it, so that one step
more is one difference and not one at every step after it. Values count as the same where their canonical
forms are: 1 is 1.0, and is not true.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

from fsep import limits
from fsep.credentials import masked
from fsep.parsing.canonical import canonical

Kind = Literal["changed", "missing", "added", "order"]
# Places in a list by what stands there, and by how many of that name stand before it.
Keyed = dict[tuple[str, int], int]

# Characters of a name: all that ids may have; names of a tool's parameters are their writer's.
_NAME = 64
_STEPS = ("steps", "then", "else")
# What an entry of an object or list is called, by the member that holds it.
_NOUNS = {"fields": "field", "actors": "actor", "threads": "thread", "tools": "tool", "result": "result"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A place in which two values differ.

    `within` are the names of what it lies in, from the outside in, and `noun` is its own; `member` is the
    name that the value, or the list it stands in, has in its object. A value is None on the side that has
    none.
    """

    kind: Kind
    within: tuple[str, ...]
    noun: str
    member: str
    found: Any
    expected: Any


def walk(found: Any, expected: Any, *within: str) -> Iterator[Difference]:
    """Yield where two objects differ; nothing where their canonical forms are the same."""
    yield from _objects(found, expected, within, "")


def _values(
    found: Any, expected: Any, within: tuple[str, ...], noun: str, *, member: str = "", holder: str = ""
) -> Iterator[Difference]:
    """Compare two values that have the same place; `holder` is the last member above that has a name."""
    if type(found) is dict and type(expected) is dict:
        yield from _objects(found, expected, (*within, noun) if noun else within, holder)
    elif type(found) is list and type(expected) is list:
        yield from _lists(found, expected, within, noun, member=member, holder=holder)
    elif not _same(found, expected):
        yield Difference("changed", within, noun, member, found, expected)


def _objects(
    found: Mapping[str, Any], expected: Mapping[str, Any], within: tuple[str, ...], holder: str
) -> Iterator[Difference]:
    for member in [*expected, *(member for member in found if member not in expected)]:
        noun = f"{_NOUNS[holder]} {_code(member)}" if holder in _NOUNS else _code(member)
        if holder == "parameters":
            noun = f"parameter {_code(member)}"
        if member not in found:
            yield Difference("missing", within, noun, member, None, expected[member])
        elif member not in expected:
            yield Difference("added", within, noun, member, found[member], None)
        else:
            known = _known(member, found)
            kept = "" if known and type(found[member]) is dict and type(expected[member]) is dict else noun
            yield from _values(
                found[member], expected[member], within, kept, member=member, holder=member if known else ""
            )


def _known(member: str, holder: Mapping[str, Any]) -> bool:
    """Whether a member's entries have a noun of their own; a tool's `parameters` are a schema."""
    return member in _NOUNS or member in _STEPS or (member == "parameters" and "do" in holder)


def _lists(
    found: Sequence[Any],
    expected: Sequence[Any],
    within: tuple[str, ...],
    noun: str,
    *,
    member: str,
    holder: str,
) -> Iterator[Difference]:
    # What these lists are called goes without saying, unlike `then` of a step.
    inside = within if holder in ("tools", "result", "steps") else (*within, noun)
    if max(len(found), len(expected)) > limits.AGAINST_ENTRIES:
        pairs: Iterable[tuple[int | None, int | None]] = zip_longest(range(len(found)), range(len(expected)))
    else:
        pairs = _paired(_keyed(found), _keyed(expected))
    last = -1
    turned = False
    for ours, theirs in pairs:
        if ours is None and theirs is not None:
            one = expected[theirs]
            yield Difference("missing", inside, _entry(one, theirs, holder), member, None, one)
        elif theirs is None and ours is not None:
            one = found[ours]
            yield Difference("added", inside, _entry(one, ours, holder), member, one, None)
        elif ours is not None and theirs is not None:
            name = _entry(found[ours], ours, holder)
            if theirs < last and not turned:
                turned = True
                yield Difference("order", inside, name, "", None, None)
            last = theirs
            yield from _values(found[ours], expected[theirs], inside, name, member=member)


def _paired(ours: Keyed, theirs: Keyed) -> Iterator[tuple[int | None, int | None]]:
    """Yield the places of what is in both lists, in the order of the first, then of what is in one alone."""
    yield from ((place, theirs.get(key)) for key, place in ours.items())
    yield from ((None, place) for key, place in theirs.items() if key not in ours)


def _keyed(values: Sequence[Any]) -> Keyed:
    """Return the places of values by what they are known by, and by which of those of that name they are."""
    met: Counter[str] = Counter()
    places: Keyed = {}
    for place, value in enumerate(values):
        key = _key(value)
        places[key, met[key]] = place
        met[key] += 1
    return places


def _key(value: Any) -> str:
    if type(value) is list:
        return "[]"
    if type(value) is dict:
        return f"{_text(value, 'do')} {_text(value, 'id') or _text(value, 'name')}"
    return canonical(value).decode()


def _entry(value: Any, place: int, holder: str) -> str:
    """Return what an entry of a list is called, with its place unless it has a noun of its own."""
    if type(value) is not dict:
        return f"entry {place + 1}"
    id_, name, does = (_text(value, member) for member in ("id", "name", "do"))
    if holder in _STEPS and does:
        known = f" at {_quote(id_)}" if id_ else f" for {_quote(name)}" if name else ""
        return f"step {place + 1} ({_code(does)}{known})"
    if holder in _NOUNS and name:
        return f"{_NOUNS[holder]} {_quote(name)}"
    return f"entry {place + 1}{f' ({_quote(id_ or name)})' if id_ or name else ''}"


def _text(value: Mapping[str, Any], member: str) -> str:
    text = value.get(member)
    return text if isinstance(text, str) else ""


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def _code(name: str) -> str:
    return f"`{_cut(name)}`"


def _quote(name: str) -> str:
    return f"'{_cut(name)}'"


def _cut(name: str) -> str:
    name = str(masked(name))
    return name if len(name) <= _NAME else f"{name[:_NAME]}…"
