"""What is dealt, whatever the runs: everything to somebody, the same to all in any order, and nothing twice."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from fsep.rating.blind import Blind
from fsep.rating.book import NOT_OCCASIONED, assigned, come_to, outcome
from unit.rating_stock import Run, book, dimension, panel, plan

NAMES = ("ada", "ben", "cy", "dee")
SALTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
RUNS = st.dictionaries(
    st.integers(0, 30),
    st.builds(lambda system, scaffold: (system, scaffold), st.sampled_from("ab"), st.sampled_from("xy")),
    max_size=20,
).map(lambda cells: {slot: Run(f"run{slot}", cell) for slot, cell in cells.items()})


@given(RUNS, SALTS, st.integers(1, 4), st.none() | st.integers(0, 6))
def test_every_run_is_dealt_to_all_or_to_one(
    runs: dict[int, Run], salt: str, seats: int, number: int | None
) -> None:
    one = dimension(plan=plan(raters=seats, overlap=number))
    dealt, shared = assigned(one, panel(*NAMES[:seats]), runs, Blind(salt))
    times = Counter(slot for seat in dealt for slot, _ in seat)
    assert times == {slot: seats if slot in shared else 1 for slot in runs}
    if number is not None:
        cells = Counter(run.cell for run in runs.values())
        assert Counter(runs[slot].cell for slot in shared) == Counter(
            {cell: min(number, there) for cell, there in cells.items() if number}
        )


@given(RUNS, SALTS, st.integers(0, 6))
def test_the_order_of_runs_and_what_others_there_are_does_not_matter(runs: dict[int, Run], salt: str, number: int) -> None:  # fmt: skip
    one, blind = dimension(plan=plan(overlap=number)), Blind(salt)
    dealt, shared = assigned(one, panel("ada", "ben"), runs, blind)
    assert assigned(one, panel("ada", "ben"), dict(reversed(runs.items())), blind) == (dealt, shared)
    # A run that fails afterwards can only let others into the overlap, and nobody else's turn changes.
    for gone in list(runs)[:1]:
        less = {slot: run for slot, run in runs.items() if slot != gone}
        fewer, others = assigned(one, panel("ada", "ben"), less, blind)
        assert shared - {gone} <= others
        for before, after in zip(dealt, fewer, strict=True):
            assert {thing for thing in before if thing[0] != gone} <= after


VALUES = st.integers(NOT_OCCASIONED, 2)


@given(
    st.lists(st.none() | VALUES, min_size=2, max_size=4), st.randoms(use_true_random=False), st.none() | VALUES,
    st.sampled_from(["adjudication", "low-median", "majority"]),
)  # fmt: skip
def test_which_rater_said_what_does_not_matter(values: list[int | None], random: object, decided: int | None, combine: str) -> None:  # fmt: skip
    names = NAMES[: len(values)]
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = []
    for order in (values, shuffled):
        given = {name: {0: value} for name, value in zip(names, order, strict=True) if value is not None}
        decisions = {} if decided is None else {"judge": {0: decided}}
        came = come_to(
            dimension(plan=plan(combine)), panel(*names, adjudicator="judge"), book(**given, **decisions)
        )
        found.append((came.one, came.open))
    assert found[0] == found[1]
    there = {value for value in values if value is not None}
    if len(there) == 1:
        assert found[0] == ({(0, ""): there.pop()}, frozenset())


@given(st.lists(VALUES, max_size=6))
def test_any_and_all_are_each_others_complement(values: list[int]) -> None:
    steps = [f"s{number}" for number in range(len(values))]
    run = Run("a", outputs={"main": steps})
    ratings = {(0, step): value for step, value in zip(steps, values, strict=True)}
    came = come_to(dimension(outputs=True), panel("ada"), book(ada=ratings))
    high = outcome(dimension(outputs=True, over="any"), 0, run, came)
    low = outcome(dimension(outputs=True, over="all", attained=frozenset({0, 1})), 0, run, came)
    occasioned = any(value != NOT_OCCASIONED for value in values)
    assert (high, low) in ({(0, 1), (1, 0)} if occasioned else {(NOT_OCCASIONED, NOT_OCCASIONED)})
