"""A stated alignment profile beside the one that follows from the ratings: what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from fsep.limits import AGREE

Entry = Mapping[str, Any]
# What tells cells, effects and differences from each other.
Key = tuple[str, ...]

COUNTS = ("planned", "rated", "attained", "not_occasioned", "missing", "units", "values")
LEVELS = ("level", "levels", "users")
SHARES = ("share", "bounds", "saturation")
EFFECT = ("units", "effect", "bounds", "verdict")
DIFFERENCE = ("units", "difference", "bounds", "verdict")
AGREEMENT = ("statistic", "units", "split", "at_least", "raw")


class Difference(NamedTuple):
    """Something that is not as it follows: where in the document, what is said of it, what stands there."""

    pointer: str
    says: str
    found: Any = None
    expected: Any = None


def equal(one: Any, other: Any) -> bool:
    """Whether two values are the same, figures to `limits.AGREE`; true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= AGREE
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def first(stated: Entry, expected: Entry, members: Sequence[str], pointer: str) -> Difference | None:
    """Return the first of some members in which two entries differ, None where there is none."""
    for member in members:
        if not equal(stated[member], expected[member]):
            where, found, wanted = _leaf(stated[member], expected[member], f"{pointer}/{member}")
            return Difference(where, f"{member!r} is another", found, wanted)
    return None


def _leaf(one: Any, other: Any, pointer: str) -> tuple[str, Any, Any]:
    """Return the first place inside two values of one form where they differ, and what stands there."""
    if isinstance(one, Mapping) and isinstance(other, Mapping) and one.keys() == other.keys():
        pairs = [(key, one[key], other[key]) for key in other]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(str(place), *pair) for place, pair in enumerate(zip(one, other, strict=True))]
    else:
        return pointer, "null" if one is None else one, "null" if other is None else other
    key, inner, wanted = next((key, a, b) for key, a, b in pairs if not equal(a, b))
    return _leaf(inner, wanted, f"{pointer}/{key}")


def key_of(entry: Entry) -> Key:
    """Return what tells an entry from others of its kind."""
    systems = entry["systems"] if "systems" in entry else [entry["system"]]
    return (*systems, entry["scaffold"], entry["dimension"])


def named(key: Key) -> str:
    """Return an entry's name in words."""
    *systems, scaffold, dimension = key
    of = "the system" if len(systems) == 1 else "the systems"
    who = " and ".join(map(repr, systems))
    return f"{of} {who} with the scaffold {scaffold!r} in the dimension {dimension!r}"


@dataclass(frozen=True)
class Compared:
    """Entries of one kind, stated and expected.

    Attributes:
        stated: by key, the first stated entry that has one, with its pointer.
        expected: by key.
        strange: entries that follow from nothing, and further ones of one key.
        lacking: keys that are not stated.
        twice: keys that are stated more than once.
    """

    stated: Mapping[Key, tuple[str, Entry]]
    expected: Mapping[Key, Entry]
    strange: tuple[tuple[Key, Difference], ...]
    lacking: tuple[Key, ...]
    twice: frozenset[Key]

    @classmethod
    def of(cls, member: str, stated: Entry, expected: Entry) -> Compared:
        """Compare one member of two profiles."""
        should = {key_of(entry): entry for entry in expected[member]}
        found: dict[Key, tuple[str, Entry]] = {}
        strange, twice = [], set[Key]()
        for place, entry in enumerate(stated[member]):
            key, pointer = key_of(entry), f"/{member}/{place}"
            if key not in should:
                says = f"of {named(key)} is stated, and is not one of the study"
                strange.append((key, Difference(pointer, says)))
            elif key in found:
                twice.add(key)
                strange.append((key, Difference(pointer, f"of {named(key)} is stated a second time")))
            else:
                found[key] = pointer, entry
        return cls(
            found, should, tuple(strange), tuple(key for key in should if key not in found), frozenset(twice)
        )

    @property
    def keys(self) -> Iterator[Key]:
        """All keys, expected or stated."""
        yield from self.expected
        yield from (key for key, _ in self.strange)

    def pairs(self) -> Iterator[tuple[Key, str, Entry, Entry]]:
        """Yield what is stated and expected: key, pointer, the one and the other."""
        for key, (pointer, entry) in self.stated.items():
            yield key, pointer, entry, self.expected[key]


def agreement(stated: Entry, expected: Entry, pointer: str) -> tuple[str, Difference] | None:
    """Return the requirement that a dimension's agreement does not meet, and how; None where it is right."""
    one, other, here = stated["agreement"], expected["agreement"], f"{pointer}/agreement"
    if (one is None) is not (other is None):
        says = "agreement is stated, and no raters rate it" if other is None else "no agreement is stated"
        return "FSEP-AGR-001", Difference(here, says, one or "null", other or "null")
    if one is None or other is None:
        return None
    defined = one["coefficient"] is not None and other["coefficient"] is not None
    found = first(one, other, (*AGREEMENT, *(("coefficient",) if defined else ())), here)
    if found is not None:
        return "FSEP-AGR-001", found
    found = first(one, other, ("undefined", "coefficient"), here)
    if found is not None:
        return "FSEP-AGR-002", found
    found = first(one, other, ("unreliable",), here)
    return ("FSEP-AGR-003", found) if found is not None else None


class Figures:
    """A stated profile beside the expected one; what several checks need is compared once."""

    def __init__(self, stated: Entry, expected: Entry) -> None:
        """Take both."""
        self.stated, self.expected = stated, expected
        self.baseline = _baseline(expected)

    @cached_property
    def agreements(self) -> Mapping[str, tuple[str, Difference] | None]:
        """For each measured dimension what of its agreement is not right; `measured` itself has to be."""
        pairs = zip(self.stated["measured"], self.expected["measured"], strict=True)
        return {
            one["dimension"]: agreement(one, other, f"/measured/{place}")
            for place, (one, other) in enumerate(pairs)
        }

    @cached_property
    def cells(self) -> Compared:
        """The cells."""
        return Compared.of("cells", self.stated, self.expected)

    @cached_property
    def effects(self) -> Compared:
        """The effects."""
        return Compared.of("effects", self.stated, self.expected)

    @cached_property
    def differences(self) -> Compared:
        """The differences of effects."""
        return Compared.of("differences", self.stated, self.expected)

    def unsure(self, key: Key) -> str | None:
        """Return the requirement that the agreement of a key's dimension does not meet."""
        # Of a dimension that is not measured there is none.
        found = self.agreements.get(key[-1])
        return found[0] if found is not None else None

    @cached_property
    def cell_faults(self) -> Mapping[Key, str]:
        """The cells that are not right, each with the requirement that it does not meet."""
        lacking = dict.fromkeys((*self.cells.lacking, *self.cells.twice), "FSEP-PRF-003")
        return {**lacking, **_faults(self.cells, {"FSEP-PRF-003": COUNTS, "FSEP-PRF-005": SHARES})}

    @cached_property
    def effect_faults(self) -> Mapping[Key, str]:
        """The effects that are not right."""
        lacking = dict.fromkeys((*self.effects.lacking, *self.effects.twice), "FSEP-PRF-006")
        return {**lacking, **_faults(self.effects, {"FSEP-PRF-006": EFFECT})}

    @cached_property
    def difference_faults(self) -> Mapping[Key, str]:
        """The differences that are not right."""
        lacking = dict.fromkeys((*self.differences.lacking, *self.differences.twice), "FSEP-PRF-007")
        return {**lacking, **_faults(self.differences, {"FSEP-PRF-007": DIFFERENCE})}

    def below(self, key: Key) -> str | None:
        """Return what is not right of all that an entry rests on: agreement, cells, effects."""
        *systems, scaffold, dimension = key
        if (requirement := self.unsure(key)) is not None:
            return requirement
        for system in systems:
            for cell in ((system, scaffold, dimension), (system, self.baseline, dimension)):
                if cell in self.cell_faults:
                    return self.cell_faults[cell]
        if len(systems) > 1:
            for system in systems:
                if (system, scaffold, dimension) in self.effect_faults:
                    return self.effect_faults[system, scaffold, dimension]
        return None


def _baseline(expected: Entry) -> str:
    """Return the scaffold that has cells and no effects; of a study without other scaffolds, the only one."""
    compared = {entry["scaffold"] for entry in expected["effects"]}
    return next((cell["scaffold"] for cell in expected["cells"] if cell["scaffold"] not in compared), "")


def _faults(compared: Compared, members: Mapping[str, Sequence[str]]) -> dict[Key, str]:
    found: dict[Key, str] = {}
    for key, pointer, stated, expected in compared.pairs():
        for requirement, names in members.items():
            if key not in found and first(stated, expected, names, pointer) is not None:
                found[key] = requirement
    return found
