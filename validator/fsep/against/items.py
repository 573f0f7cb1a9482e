"""How the items of a bundle depart from a design's: which are added, missing, changed, or elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fsep.against.fixed import Fixed
from fsep.against.walk import Difference, walk
from fsep.against.wording import departure, names
from fsep.digests import covered_of_item
from fsep.findings.against import Departure
from fsep.withholding import is_withheld

Item = Mapping[str, Any]


def items(found: Fixed, published: Fixed) -> Iterator[Departure]:
    """Yield how the items depart: one by one where those of both sides are at hand."""
    told = False
    if found.items is not None and published.items is not None:
        for one in _listed(found.items, published.items):
            told = True
            yield one
    if told:
        return
    ours, theirs = found.design["items"]["count"], published.design["items"]["count"]
    if ours != theirs:
        yield departure("items", None, "the number of items is another", found=ours, expected=theirs)
    elif found.items_sha256 != published.items_sha256:
        message = "the items are others than the design's: so their program digest shows"
        yield departure("items", None, message, found=found.items_sha256, expected=published.items_sha256)


def _listed(found: Sequence[Item], published: Sequence[Item]) -> Iterator[Departure]:
    ours = {item["id"]: item for item in found}
    theirs = {item["id"]: item for item in published}
    if added := [id_ for id_ in ours if id_ not in theirs]:
        yield departure("items", None, f"{_counted(len(added))} more than the design has: {names(added)}")
    if missing := [id_ for id_ in theirs if id_ not in ours]:
        yield departure(
            "items", None, f"{_counted(len(missing))} fewer than the design has: {names(missing)}"
        )
    both = [id_ for id_ in ours if id_ in theirs]
    if changed := [id_ for id_ in both if next(_differences(ours[id_], theirs[id_]), None)]:
        yield departure(
            "items",
            None,
            f"{_counted(len(changed))} changed: {names(changed)}",
            differences=(one for id_ in changed for one in _differences(ours[id_], theirs[id_])),
        )
    order = [id_ for id_ in theirs if id_ in ours]
    if both != order:
        place = next(place for place, id_ in enumerate(both) if id_ != order[place])
        message = f"the items stand in another order, from item {place + 1} on"
        yield departure("items", None, message, found=names(both[place:]), expected=names(order[place:]))


def _differences(found: Item, published: Item) -> Iterator[Difference]:
    """Yield where an item differs; a value that one side withholds may be the same, and is none."""
    if found != published:
        ours, theirs = covered_of_item(found), covered_of_item(published)
        yield from walk(_shown(ours, theirs), _shown(theirs, ours), f"item '{found['id']}'")


def _shown(item: Item, other: Item) -> Item:
    """Return an item without the fields that it or the other withholds."""
    fields = {
        name: value
        for name, value in item["fields"].items()
        if not is_withheld(value) and not is_withheld(other["fields"].get(name))
    }
    return {**item, "fields": fields}


def _counted(count: int) -> str:
    return f"{count} item{'s' if count != 1 else ''}"
