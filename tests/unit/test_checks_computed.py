"""From ratings to counts: units are items, clusters or participants, and what is not there is missing."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

from fsep.checks.account import Account, Dealt
from fsep.checks.computed import computed
from fsep.checks.plan import Plan
from fsep.checks.rated import RatedRun
from fsep.checks.study import Study
from fsep.rating.book import NOT_OCCASIONED, come_to
from fsep.rating.level import Seen
from fsep.rating.rubric import Rubric
from unit.rating_stock import book, dimension, panel


class Planned:
    """Two systems, one scaffold, some items, replicates."""

    systems, scaffolds = ("alpha", "beta"), ("direct",)

    def __init__(self, items: tuple[str, ...], replicates: int) -> None:
        self.items, self.replicates = items, replicates

    def __len__(self) -> int:
        return len(self.systems) * len(self.items) * self.replicates

    def cell(self, slot: int) -> tuple[str, str]:
        return self.systems[slot // (len(self.items) * self.replicates)], "direct"


def cells(
    ratings: Mapping[int, int],
    items: Mapping[str, str | None],
    *,
    replicates: int = 1,
    people: Mapping[int, str] | None = None,
    failed: frozenset[int] = frozenset(),
) -> list[Mapping[str, Any]]:
    """Return the cells of a profile, of runs rated by one rater; high attains."""
    plan = Planned(tuple(items), replicates)
    one = dimension()
    runs = {
        slot: RatedRun(
            f"run{slot}",
            plan.cell(slot),
            Seen(b"\x01", {}, frozenset(), frozenset({(people or {}).get(slot, "")})),
        )
        for slot in range(len(plan))
        if slot not in failed
    }
    came = come_to(one, panel("ada"), book(ada=ratings))
    dealt = Dealt(one, panel("ada"), (frozenset(),), frozenset(), came, {"ada": frozenset()})
    lines = {id_: (0, {} if cluster is None else {"cluster": cluster}) for id_, cluster in items.items()}
    study = SimpleNamespace(
        item_lines=lines,
        systems={},
        programs={},
        design=SimpleNamespace(value={"kind": "design", "baseline": "direct"}),
    )
    study.systems = {id_: SimpleNamespace(value={}) for id_ in plan.systems}
    rubric = Rubric(dimensions=(one,), participants=people is not None)
    found = computed(cast("Study", study), cast("Plan", plan), Account((dealt,), runs), rubric)
    made: list[Mapping[str, Any]] = list(found["cells"])
    return made


def test_items_of_one_cluster_are_one_unit_and_an_item_of_its_name_is_another() -> None:
    items = {"a": "peru", "b": "peru", "peru": None}
    alpha, beta = cells({0: 2, 1: 0, 2: 2, 3: 0, 4: 0, 5: 0}, items)
    # The cluster attained it in a half, the item wholly.
    assert (alpha["units"], alpha["share"]["estimate"], alpha["rated"]) == (2, 0.75, 3)
    assert (beta["units"], beta["share"]["estimate"], beta["saturation"]) == (2, 0, "floor")


def test_replicates_of_an_item_are_one_unit() -> None:
    alpha, _ = cells({0: 2, 1: 0, 2: 2, 3: 2}, {"a": None, "b": None}, replicates=2)
    assert (alpha["planned"], alpha["units"], alpha["share"]["estimate"]) == (4, 2, 0.75)


def test_what_failed_or_nobody_rated_is_missing_and_widens_the_bounds() -> None:
    items = dict.fromkeys("abcd")
    alpha, beta = cells({0: 2, 1: NOT_OCCASIONED, 2: 0}, items, failed=frozenset({3}))
    assert {name: alpha[name] for name in ("planned", "rated", "attained", "not_occasioned", "missing", "units")} == {
        "planned": 4, "rated": 2, "attained": 1, "not_occasioned": 1, "missing": 1, "units": 2
    }  # fmt: skip
    assert alpha["bounds"] == [0.25, 0.75]
    assert [one["count"] for one in alpha["values"]] == [1, 0, 1]
    assert (beta["missing"], beta["units"], beta["share"], beta["bounds"], beta["level"]) == (
        4,
        0,
        None,
        [0, 1],
        None,
    )


def test_participants_are_units_and_of_runs_that_are_not_there_nobody_knows_whose_they_were() -> None:
    people = {0: "p1", 1: "p1", 2: "p2", 4: "p3", 5: "p4", 6: "p5", 7: "p6"}
    alpha, beta = cells(
        {0: 2, 1: 0, 2: 2, 4: 2, 5: 2, 6: 2, 7: 2},
        dict.fromkeys("abcd"),
        people=people,
        failed=frozenset({3}),
    )
    assert (alpha["units"], alpha["share"]["estimate"], alpha["missing"]) == (2, 0.75, 1)
    # The failed run enters no bound.
    assert alpha["bounds"] == [0.75, 0.75]
    assert (beta["units"], beta["saturation"]) == (4, "ceiling")
