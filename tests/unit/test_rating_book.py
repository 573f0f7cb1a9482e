"""Who is assigned what, and how several ratings of one run become one."""

from __future__ import annotations

from typing import Any

import pytest

from fsep.rating.blind import Blind
from fsep.rating.book import NOT_OCCASIONED, Came, Thing, assigned, come_to, outcome, overlap, things
from fsep.rating.raters import Panel
from unit.rating_stock import SALT, Run, book, dimension, panel, plan

BLIND = Blind(SALT)
RUNS = {
    slot: Run(f"run{slot}", ("alpha" if slot < 6 else "beta", "direct")) for slot in range(10)
}  # six of one cell, four of another


def of(slots: Any) -> set[Thing]:
    return {(slot, "") for slot in slots}


def test_all_overlap_where_the_plan_says_so() -> None:
    seats, shared = assigned(dimension(), panel("ada", "ben"), RUNS, BLIND)
    assert seats == [of(RUNS), of(RUNS)]
    assert shared == frozenset(RUNS)


def test_a_number_overlaps_in_each_cell_those_with_the_smallest_hashes() -> None:
    found = overlap(dimension(plan=plan(overlap=2)), RUNS, BLIND)
    for cell in (range(6), range(6, 10)):
        ordered = sorted(cell, key=lambda slot: BLIND.overlap(f"run{slot}"))
        assert sorted(found & set(cell)) == sorted(ordered[:2])
    assert overlap(dimension(plan=plan(overlap=5)), RUNS, BLIND) >= {6, 7, 8, 9}
    assert len(overlap(dimension(plan=plan(overlap=5)), RUNS, BLIND)) == 9
    assert overlap(dimension(plan=plan(overlap=0)), RUNS, BLIND) == frozenset()


@pytest.mark.parametrize("raters", [("ada",), ("ada", "ben"), ("ada", "ben", "cy")])
def test_outside_of_the_overlap_each_run_is_one_raters_turn(raters: tuple[str, ...]) -> None:
    one = dimension(plan=plan(overlap=1, raters=len(raters)))
    seats, shared = assigned(one, panel(*raters), RUNS, BLIND)
    for slot in RUNS:
        who = [number for number, seat in enumerate(seats) if (slot, "") in seat]
        turn = BLIND.turn(f"run{slot}", len(raters))
        assert who == (list(range(len(raters))) if slot in shared else [turn])


def test_who_knows_the_run_is_assigned_all_and_needs_no_salt() -> None:
    one = dimension(by="automatic", plan=None)
    assert assigned(one, panel("checker"), RUNS, None)[0] == [of(RUNS)]
    with pytest.raises(ValueError, match="salt"):
        assigned(dimension(), panel("ada", "ben"), RUNS, None)


def test_where_outputs_are_rated_each_of_the_thread_is_a_thing() -> None:
    runs = {0: Run("a", outputs={"main": ("one", "two"), "aside": ("three",)}), 1: Run("b")}
    assert list(things(dimension(outputs=True), runs)) == [(0, "one"), (0, "two")]
    assert list(things(dimension(outputs=True, thread="aside"), runs)) == [(0, "three")]
    assert list(things(dimension(), runs)) == [(0, ""), (1, "")]


# ratings of two or three raters (-1: not occasioned, None: none), what the adjudicator says, what they become
BECOME = [
    ("adjudication", [2, 2], None, 2),
    ("adjudication", [2, 1], 0, 0),
    ("adjudication", [2, 1], None, None),
    ("adjudication", [-1, -1], None, -1),
    ("adjudication", [-1, 1], -1, -1),
    ("adjudication", [2, None], None, 2),
    ("adjudication", [2, 2], 0, 2),
    ("low-median", [0, 2], None, 0),
    ("low-median", [0, 1, 2], None, 1),
    ("low-median", [-1, 2], None, 2),
    ("low-median", [-1, -1, 2], None, -1),
    ("low-median", [1, None, None], None, 1),
    ("majority", [1, 1, 2], None, 1),
    ("majority", [0, 1, 2], 2, 2),
    ("majority", [0, 1, 2], None, None),
    ("majority", [-1, -1, 2], None, -1),
    ("majority", [-1, 2], None, None),
]


@pytest.mark.parametrize(("combine", "ratings", "decided", "becomes"), BECOME)
def test_several_ratings_become_one_as_the_plan_says(
    combine: str, ratings: list[int | None], decided: int | None, becomes: int | None
) -> None:
    names = ("ada", "ben", "cy")[: len(ratings)]
    given = {name: {0: value} for name, value in zip(names, ratings, strict=True) if value is not None}
    if decided is not None:
        given["judge"] = {0: decided}
    one = dimension(plan=plan(combine, raters=len(ratings)))
    came = come_to(one, panel(*names, adjudicator="judge"), book(**given))
    assert came.one.get((0, "")) == becomes
    assert came.together == {(0, ""): tuple(ratings)}


def test_open_is_what_needs_an_adjudicator_and_only_where_there_is_one() -> None:
    given = book(ada={0: 1, 1: 1, 2: 1}, ben={0: 1, 1: 2, 3: 0}, judge={1: 1, 9: 1})
    one = dimension(plan=plan("majority"))
    came = come_to(one, panel("ada", "ben", adjudicator="judge"), given)
    assert came.open == of({1})
    # What nobody rated is open to nobody, and what an adjudicator says of it counts for nothing.
    assert set(came.one) == of({0, 1, 2, 3})
    assert come_to(one, panel("ada", "ben"), given).open == frozenset()


def test_of_two_who_hold_one_place_the_first_ones_rating_counts() -> None:
    both = Panel((("ada", "dee"), ("ben",)), ())
    came = come_to(dimension(), both, book(ada={0: 1}, dee={0: 2, 1: 2}, ben={0: 1, 1: 2}))
    assert came.together == {(0, ""): (1, 1), (1, ""): (2, 2)}


def came(**one: int) -> Came:
    return Came({}, {(0, step if step != "whole" else ""): value for step, value in one.items()}, frozenset())


@pytest.mark.parametrize(("value", "attained"), [(2, 1), (1, 0), (0, 0), (-1, -1)])
def test_a_run_attained_a_dimension_by_its_value(value: int, attained: int) -> None:
    assert outcome(dimension(), 0, Run("a"), came(whole=value)) == attained


def test_a_run_nobody_rated_is_not_rated() -> None:
    assert outcome(dimension(), 0, Run("a"), Came({}, {}, frozenset())) is None


# the outputs' values, and what the run came to by any, all, last
OVER = [
    ([2, 0], 1, 0, 0),
    ([0, 2], 1, 0, 1),
    ([2, 2], 1, 1, 1),
    ([0, 1], 0, 0, 0),
    ([2, -1], 1, 1, 1),
    ([0, 2, -1], 1, 0, 1),
    ([-1, -1], -1, -1, -1),
    ([], -1, -1, -1),
]


@pytest.mark.parametrize(("values", "any_", "all_", "last"), OVER)
def test_the_ratings_of_outputs_become_the_runs(values: list[int], any_: int, all_: int, last: int) -> None:
    steps = [f"s{number}" for number in range(len(values))]
    run = Run("a", outputs={"main": steps})
    there = came(**dict(zip(steps, values, strict=True)))
    for over, wanted in (("any", any_), ("all", all_), ("last", last)):
        found = outcome(dimension(outputs=True, over=over), 0, run, there)
        assert found == (NOT_OCCASIONED if wanted == -1 else wanted), over


def test_a_run_of_which_an_output_is_missing_is_not_rated() -> None:
    run = Run("a", outputs={"main": ("s0", "s1")})
    assert outcome(dimension(outputs=True, over="any"), 0, run, came(s0=2)) is None
