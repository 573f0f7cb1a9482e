"""Thing by thing: whether two bundles have the same, and in words how they differ where they have not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from fsep.against.walk import walk
from fsep.against.wording import names, told
from fsep.comparison.side import Side
from fsep.digests import covered
from fsep.findings.values import shown
from fsep.parsing.canonical import digest

Thing = Literal["scaffold", "simulator", "environment", "items", "rubric", "plan", "design"]
BOUND: tuple[Thing, ...] = ("scaffold", "simulator", "environment")
# What of a design keeps no cell from being compared, and what is said of it.
_ASIDE = {
    "id": "the designs have different ids",
    "baseline": "the baselines are different scaffolds, which are not looked at here",
    "replicates": "the numbers of replicates are different",
    "limits": "the shares of runs that may be missing are different",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in which two things differ, and what stands there in each; None where one has nothing."""

    message: str
    a: str | None = None
    b: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A thing that both bundles have alike, or not.

    `id` tells apart those of which there are several; `message` says in words how they differ, None where
    they do not; `more` counts differences that are not listed.
    """

    thing: Thing
    id: str | None
    same: bool
    message: str | None = None
    differences: tuple[Difference, ...] = ()
    more: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return it as the command prints it."""
        return {**asdict(self), "differences": [asdict(one) for one in self.differences]}


def bound(a: Side, b: Side) -> Iterator[Part]:
    """Yield the scaffolds, simulators and environments of both, by their ids."""
    for role in BOUND:
        for id_ in sorted({*a.ids(role), *b.ids(role)}):
            ours, theirs = a.covered(role, id_), b.covered(role, id_)
            if ours is None or theirs is None:
                has, lacks = (b, a) if ours is None else (a, b)
                yield Part(role, id_, False, _alone(role, id_, has, lacks, "B" if ours is None else "A"))
            else:
                what = "programs" if role == "scaffold" else f"{role}s"
                yield _part(role, id_, f"'{id_}' stands for two different {what}", ours, theirs)


def _alone(role: str, id_: str, has: Side, lacks: Side, which: str) -> str:
    """Say that one bundle alone has a thing, and under which other id the other has the same, if it does."""
    what = has.covered(role, id_)
    # Environments of which nothing is stated are not the same for it.
    alike = [other for other in lacks.ids(role) if what and lacks.covered(role, other) == what]
    other = f"; the same stands under another id in the other bundle: {names(alike)}" if alike else ""
    return f"{which} alone has the {role} '{id_}'{other}"


def items(a: Side, b: Side) -> Part:
    """Compare the items."""
    if a.items_sha256 == b.items_sha256:
        return Part("items", None, True)
    ours, theirs = a.items.each, b.items.each
    said = [
        f"{which} alone has {_counted(found)}"
        for which, found in (
            ("A", [id_ for id_ in ours if id_ not in theirs]),
            ("B", [id_ for id_ in theirs if id_ not in ours]),
        )
        if found
    ]
    both = [id_ for id_ in sorted(ours) if None not in (ours[id_], theirs.get(id_))]
    if changed := [id_ for id_ in both if ours[id_] != theirs[id_]]:
        said.append(f"{_counted(changed)} not the same in both")
    if not said:
        said.append("they stand in another order, or what is withheld of them is not the same")
    return Part("items", None, False, f"the items differ: {'; '.join(said)}")


def rubric(a: Side, b: Side) -> Part:
    """Compare the rubrics; where neither bundle has one, they do not differ."""
    if a.rubric is None or b.rubric is None:
        if a.rubric is b.rubric:
            return Part("rubric", None, True)
        return Part("rubric", None, False, f"{'B' if a.rubric is None else 'A'} alone has a rubric")
    return _part("rubric", None, "the rubrics differ", covered(a.rubric), covered(b.rubric))


def plans(a: Side, b: Side) -> Iterator[Part]:
    """Compare how runs are rated, how figures are computed, and who speaks as the user."""
    said = {
        "rating": "runs are rated by different plans",
        "analysis": "figures are computed by different plans",
        "users": "the designs say different things about users",
    }
    for name, message in said.items():
        yield _part("plan", name, message, {name: a.plan[name]}, {name: b.plan[name]})


def aside(a: Side, b: Side) -> Iterator[Part]:
    """Yield what differs between the designs and keeps no cell from being compared."""
    for member, message in _ASIDE.items():
        ours, theirs = a.design[member], b.design[member]
        if ours != theirs:
            values = shown(ours, theirs)
            yield Part("design", None, False, message, (Difference(f"`{member}`", *values),))


def _part(
    thing: Thing, id_: str | None, message: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Part:
    one, other = digest(dict(ours)), digest(dict(theirs))
    if one == other:
        return Part(thing, id_, True)
    # Whichever bundle comes first, the walk goes the same way, so that it meets the same differences first.
    turned = other < one
    found, expected, has, lacks = (theirs, ours, "B", "A") if turned else (ours, theirs, "A", "B")
    first, more = told(
        walk(found, expected),
        {
            "changed": "{within} has another {noun}",
            "missing": f"{{within}} has {{noun}} in {lacks} alone",
            "added": f"{{within}} has {{noun}} in {has} alone",
            "order": "{within} has another order, in which {noun} stands elsewhere",
        },
    )
    differences = tuple(
        Difference(difference.message, *_sides(difference.found, difference.expected, turned))
        for difference in first
    )
    return Part(thing, id_, False, message, differences, more)


def _sides(found: str | None, expected: str | None, turned: bool) -> tuple[str | None, str | None]:
    return (expected, found) if turned else (found, expected)


def _counted(ids: Sequence[str]) -> str:
    return f"{len(ids)} item{'s' if len(ids) != 1 else ''} ({names(ids)})"
