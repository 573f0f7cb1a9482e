"""How a bundle departs from a published design: member by member, and thing by thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fsep.against.fixed import Fixed
from fsep.against.items import items
from fsep.against.walk import walk
from fsep.against.wording import confounded, departure, names
from fsep.digests import covered
from fsep.findings.against import Against, Departure, Thing

Tell = Callable[[Fixed, Fixed], Iterator[Departure]]


def compare(
    found: Fixed | None, published: Fixed, path: str, systems: Mapping[str, Mapping[str, Any]]
) -> Against:
    """Compare a bundle with a published design.

    Args:
        found: the bundle's design and what is in the bundle of what it fixes; None where it has no design
            that can be used.
        published: the design, and what is at hand of what it fixes.
        path: where the design was found.
        systems: the bundle's systems, by id.
    """
    if found is None:
        unusable = "the bundle has no design that can be used: nothing was compared"
        told = [departure("design", None, unusable)]
    else:
        told = list(departures(found, published))
    adapted = {id_: system["adaptations"] for id_, system in systems.items() if system.get("adaptations")}
    return Against(
        path,
        published.design["id"],
        published.sha256,
        found.sha256 if found is not None else None,
        tuple(told),
        tuple(confounded(id_, adapted[id_]) for id_ in sorted(adapted)),
    )


def departures(found: Fixed, published: Fixed) -> Iterator[Departure]:
    """Yield how a design and what it fixes depart from another.

    There are none where the program digests of the designs are the same and what is at hand is what they fix.
    """
    ours, theirs = found.covered, published.covered
    for member in (*_TELL, *sorted((ours.keys() | theirs.keys()) - _TELL.keys())):
        told = False
        for one in _TELL[member](found, published) if member in _TELL else ():
            told = True
            yield one
        if not told:
            yield from _another(
                *({member: side[member]} if member in side else {} for side in (ours, theirs))
            )


def _another(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[Departure]:
    """Tell of what no sentence was made for."""
    if next(walk(ours, theirs), None) is not None:
        yield departure("design", None, "the design is another one", differences=walk(ours, theirs))


def _value(sentence: str, *members: str) -> Tell:
    """Return what tells of one value of a design."""

    def tell(found: Fixed, published: Fixed) -> Iterator[Departure]:
        ours: Any = found.design
        theirs: Any = published.design
        for member in members:
            ours, theirs = ours[member], theirs[member]
        if ours != theirs:
            yield departure("design", None, sentence, found=ours, expected=theirs)

    return tell


def _bound(thing: Thing) -> Tell:
    """Return what tells of the scaffolds, simulators or environments."""

    def tell(found: Fixed, published: Fixed) -> Iterator[Departure]:
        ours, theirs = found.locks(thing), published.locks(thing)
        for id_ in theirs:
            if id_ in ours:
                yield from _one(thing, id_, found, published)
            else:
                yield departure(thing, id_, f"the {thing} '{id_}' is missing", expected=theirs[id_])
        for id_ in ours:
            if id_ not in theirs:
                yield departure(thing, id_, f"there is a {thing} more, '{id_}'", found=ours[id_])
        if ours.keys() == theirs.keys() and list(ours) != list(theirs):
            order = [names(list(side)) for side in (ours, theirs)]
            message = f"the {thing}s stand in another order"
            yield departure(thing, None, message, found=order[0], expected=order[1])

    return tell


def _one(thing: Thing, id_: str, found: Fixed, published: Fixed) -> Iterator[Departure]:
    """Tell of one thing that both designs name."""
    ours, theirs = found.digest(thing, id_), published.digest(thing, id_)
    named = f"the {thing} '{id_}' is another {'program ' if thing == 'scaffold' else ''}than the design's"
    if ours != theirs:
        sides = found.documents.get((thing, id_)), published.documents.get((thing, id_))
        if sides[0] is None or sides[1] is None:
            whose = "bundle's" if sides[0] is None else "design's"
            message = f"{named}: so its program digest shows, and the {whose} document is not at hand"
            yield departure(thing, id_, message, found=ours, expected=theirs)
        else:
            yield departure(thing, id_, named, differences=walk(covered(sides[0]), covered(sides[1])))
    elif (stated := found.locks(thing)[id_]) != theirs:
        message = f"the bundle's own design states another program digest of the {thing} '{id_}' than it has"
        yield departure(thing, id_, message, found=stated, expected=theirs)


# In the order in which departures are told; any other member of a design comes after these.
_TELL: Mapping[str, Tell] = {
    "id": _value("the design has another id", "id"),
    "scaffolds": _bound("scaffold"),
    "baseline": _value("the baseline is another scaffold", "baseline"),
    "simulators": _bound("simulator"),
    "environments": _bound("environment"),
    "items": items,
    "replicates": _value("the number of replicates is another", "replicates"),
    "limits": _value("the share of runs that may be missing is another", "limits", "missing_share"),
}
