"""Results and summaries merge as the engine relies on: however shards are grouped, the whole is the same."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from itertools import pairwise
from random import Random
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from fsep import limits
from fsep.checks.identities import KEPT, Identities, merged
from fsep.checks.meetings import Meetings, Met, Table, Where
from fsep.checks.observe import Observed
from fsep.checks.summary import Summary, pack_entry
from fsep.checks.usage import NOTHING_SPENT, Spent
from fsep.findings import Collector, Outcome, Place, Problem, Results, Tally

IDS = st.sampled_from(["FSEP-AAA-001", "FSEP-BBB-002"])
COUNTS = st.integers(0, 5)
TALLIES = st.builds(
    Tally, COUNTS, COUNTS, COUNTS, COUNTS, st.dictionaries(st.sampled_from("xyz"), st.integers(1, 4))
)
PLACES = st.builds(
    Place, st.sampled_from(["a", "b", "c"]), st.integers(1, 9), st.integers(1, 9), st.just("/x")
)
PROBLEMS = st.builds(
    Problem,
    st.sampled_from(["one", "two"]),
    PLACES,
    group=st.one_of(st.none(), st.tuples(st.sampled_from("gh"))),
)


@st.composite
def results(draw: st.DrawFn) -> Results:
    """Results as checks leave them."""
    collector = Collector()
    for requirement, problem in draw(st.lists(st.tuples(IDS, PROBLEMS), max_size=8)):
        collector.failed(requirement, problem)
    for requirement, count in draw(st.lists(st.tuples(IDS, COUNTS), max_size=4)):
        collector.passed(requirement, count)
        collector.not_checked(requirement, "blocked", count)
    return collector.results()


SPENT = st.one_of(
    st.just(NOTHING_SPENT),
    st.builds(Spent, st.integers(1, 9), st.dictionaries(COUNTS, st.integers(1, 5), max_size=3)),
)
IDENTITIES = st.dictionaries(
    st.sampled_from(["", "user"]), st.dictionaries(st.sampled_from("pqr"), st.integers(1, 5), min_size=1)
)
# What runs of two systems met, in one file; a place belongs to one run alone and is met once.
MET = st.lists(
    st.tuples(
        st.sampled_from([b"k", b"l", b"m", b"n"]),
        st.sampled_from([b"x", b"y"]),
        st.builds(
            lambda line: Where("t", line, 0, f"run-{line}", "s" if line % 2 else "t"), st.integers(1, 99)
        ),
    ),
    unique_by=lambda met: met[2],
    max_size=12,
)
TEXTS = st.text(alphabet="ab{}", max_size=6)
OBSERVED = st.builds(
    Observed,
    COUNTS,
    COUNTS,
    st.dictionaries(st.sampled_from("mn"), COUNTS),
    st.one_of(st.none(), TEXTS),
    st.one_of(st.none(), TEXTS),
    COUNTS,
    COUNTS,
    COUNTS,
    SPENT,
    IDENTITIES,
)


def meetings(met: list[tuple[bytes, bytes, Where]]) -> Meetings:
    """What a shard leaves of what it met."""
    table = Table()
    for key, answer, where in met:
        table.meet(key, Met(1, answer, where))
    return table.meetings()


@st.composite
def summaries(draw: st.DrawFn) -> Summary:
    """Summaries as shards leave them."""
    entries = draw(
        st.lists(st.tuples(st.text(max_size=3), st.one_of(st.none(), COUNTS), COUNTS, COUNTS), max_size=3)
    )
    return Summary(
        results=draw(results()),
        index=b"".join(pack_entry(run, slot, file, line, "failed") for run, slot, file, line in entries),
        counts=draw(st.dictionaries(st.sampled_from(["runs", "events"]), st.integers(1, 9))),
        observed=draw(st.dictionaries(st.sampled_from(["s", "t"]), OBSERVED)),
        histories=meetings(draw(MET)),
        requests=meetings(draw(MET)),
        characters=draw(st.dictionaries(st.sampled_from(["d", "e"]), st.tuples(COUNTS, COUNTS))),
        first_start=draw(
            st.one_of(st.none(), st.tuples(st.sampled_from(["2026", "2027"]), st.sampled_from("rs")))
        ),
        unstarted=draw(COUNTS),
        lost_runs=draw(st.dictionaries(IDS, st.integers(1, 9))),
    )


@given(TALLIES, TALLIES, TALLIES)
def test_tallies_add_up_in_any_order(one: Tally, two: Tally, three: Tally) -> None:
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert one + Tally() == one


@given(TALLIES)
def test_an_outcome_is_a_pass_only_where_something_passed_and_nothing_else_happened(tally: Tally) -> None:
    alone = bool(tally.passed) and not (tally.failed or tally.withheld or tally.not_checked)
    assert (tally.outcome is Outcome.PASS) is alone


@given(results(), results(), results())
def test_results_merge_in_any_order(one: Results, two: Results, three: Results) -> None:
    assert (one + two) + three == one + (two + three)
    assert one + Results() == one == Results() + one


@given(OBSERVED, OBSERVED, OBSERVED)
def test_observations_merge_in_any_order(one: Observed, two: Observed, three: Observed) -> None:
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert one + Observed() == one


@given(MET, st.lists(st.integers(0, 12), max_size=4), st.integers(1, 5), st.randoms())
def test_meetings_are_the_same_however_they_are_split_and_in_whatever_order_they_come(
    met: list[tuple[bytes, bytes, Where]], cuts: list[int], limit: int, random: Random
) -> None:
    with patch.object(limits, "MEETINGS", limit):
        at_once = meetings(met)
        random.shuffle(met)
        edges = [0, *sorted(cuts), len(met)]
        parts = [meetings(met[begin:end]) for begin, end in pairwise(edges)]
        assert reduce(Meetings.__add__, parts, Meetings()) == at_once
        assert parts[0] + at_once == at_once + parts[0]
    keys = sorted({key for key, _, _ in met})
    assert (sorted(at_once.met), at_once.more) == (keys[:limit], len(keys) > limit)


@given(MET)
def test_of_each_thing_met_the_first_two_places_with_different_answers_are_known(
    met: list[tuple[bytes, bytes, Where]],
) -> None:
    for key, known in meetings(met).met.items():
        here = sorted((where, answer) for other, answer, where in met if other == key)
        others = [where for where, answer in here if answer != here[0][1]]
        systems = {where.system for where, _ in here}
        assert known == Met(
            len(here), here[0][1], here[0][0], others[0] if others else None, len(systems) > 1
        )


@given(st.lists(st.dictionaries(st.integers(0, 40).map("{:02}".format), COUNTS), max_size=5), st.randoms())
def test_identities_beyond_those_kept_do_not_change_what_is_known_of_these(
    parts: list[dict[str, int]], random: Random
) -> None:
    whole: Counter[str] = Counter()
    for part in parts:
        whole.update(part)
    random.shuffle(parts)
    none: Identities = {"": {}}
    known = reduce(merged, ({"": part} for part in parts), none)[""]
    assert known == {identity: whole[identity] for identity in sorted(whole)[:KEPT]}


@given(summaries(), summaries(), summaries())
def test_summaries_merge_however_they_are_grouped(one: Summary, two: Summary, three: Summary) -> None:
    assert (one + two) + three == one + (two + three)
    assert one + Summary() == one == Summary() + one


@given(st.lists(st.integers(1, 400), min_size=1, max_size=300, unique=True))
def test_no_problem_is_lost_from_the_count(lines: list[int]) -> None:
    collector = Collector()
    for line in lines:
        collector.failed("FSEP-AAA-001", Problem("one", Place("a", line)))
    kept = collector.results()
    assert kept.tally("FSEP-AAA-001").failed == len(lines)
    shown = [fold.problem.place.line or 0 for fold in kept.problems["FSEP-AAA-001"].values()]
    assert sorted(shown) == sorted(lines)[:100]
