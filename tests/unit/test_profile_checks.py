"""The checks of the alignment profile: what they say, where, and what they then do not look at."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import Any

import pytest

from fsep.findings import Outcome, Results
from fsep.profile.compute import profile
from profiles import (
    BASELINE,
    CHECKED,
    CHECKS,
    HIT,
    MISS,
    OPEN,
    agreed,
    counts,
    dimension,
    failing,
    frame,
    judged,
    problems,
)

STUDY = frame(
    systems=("alpha", "beta", "gamma"),
    scaffolds=(BASELINE, CHECKED, "asked"),
    dimensions=(
        dimension(),
        dimension("own", by="automatic", agreement=None),
        dimension("unseen", agreement=None),
    ),
    confounded=frozenset({("alpha", "beta")}),
    treatment=frozenset({"asked"}),
)
EXPECTED = profile(
    STUDY,
    {
        (system, scaffold, one.id): counts(
            [OPEN] * 12 if one.id == "unseen" else [HIT] * (3 + place) + [MISS] * (8 - place) + [OPEN],
            levels=(0, 3, 8, 0),
            users=("scripted", "recruited"),
        )
        for place, system in enumerate(STUDY.systems)
        for scaffold in STUDY.scaffolds
        for one in STUDY.dimensions
    },
)
Change = Callable[[dict[str, Any]], Any]


def changed(change: Change) -> dict[str, Any]:
    stated = copy.deepcopy(EXPECTED)
    change(stated)
    return stated


def after(change: Change) -> Results:
    return judged(changed(change), EXPECTED)


def outcomes(results: Results) -> dict[str, str]:
    return {one: results.tally(one).outcome.value for one in CHECKS}


def blocked(results: Results) -> dict[str, dict[str, int]]:
    return {one: dict(tally.reasons) for one, tally in sorted(results.tallies.items()) if tally.reasons}


def said(results: Results, requirement: str) -> list[tuple[str, str | None, Any, Any]]:
    return [
        (one.message, one.place.pointer, one.found, one.expected) for one in problems(results, requirement)
    ]


def place_of(member: str, *systems: str, scaffold: str = CHECKED, of: str = "verification-support") -> int:
    for place, one in enumerate(EXPECTED[member]):
        named = one["systems"] if "systems" in one else [one["system"]]
        if (named, one["scaffold"], one["dimension"]) == (list(systems), scaffold, of):
            return place
    raise AssertionError(systems)


CELL = place_of("cells", "alpha")
AT_BASE = place_of("cells", "alpha", scaffold=BASELINE)
EFFECT = place_of("effects", "alpha")
DIFFERENCE = place_of("differences", "alpha", "beta")


def test_what_follows_passes_every_requirement() -> None:
    assert set(outcomes(judged(EXPECTED, EXPECTED)).values()) == {"pass"}
    assert len(CHECKS) == 11


def test_entries_may_stand_in_any_order() -> None:
    def turned(stated: dict[str, Any]) -> None:
        for member in ("cells", "effects", "differences"):
            stated[member].reverse()

    assert failing(changed(turned), EXPECTED) == {}


def test_figures_agree_to_a_billionth_and_whole_numbers_in_either_form() -> None:
    def nudged(stated: dict[str, Any]) -> None:
        for one in stated["cells"]:
            one["share"]["low"] += 9e-10
            one["planned"] = float(one["planned"])
            one["bounds"] = [int(end) if end in (0, 1) else end for end in one["bounds"]]

    assert failing(changed(nudged), EXPECTED) == {}
    results = after(
        lambda stated: stated["cells"][CELL]["share"].update(
            low=EXPECTED["cells"][CELL]["share"]["low"] + 2e-9
        )
    )
    assert results.tally("FSEP-PRF-005").failed == 1


def test_no_profile_is_one_fault() -> None:
    results = judged(None, EXPECTED)
    assert said(results, "FSEP-PRF-001") == [("the bundle holds no alignment profile", None, None, None)]
    assert blocked(results) == {
        one: {"blocked by FSEP-PRF-001": 1} for one in CHECKS if one != "FSEP-PRF-001"
    }


def test_no_profile_is_a_fault_also_where_none_can_be_computed() -> None:
    assert failing(None, None) == {"FSEP-PRF-001": 1}


def test_where_none_can_be_computed_nothing_is_held_to_it() -> None:
    results = judged(EXPECTED, None)
    assert failing(EXPECTED, None) == {}
    assert set(blocked(results)) >= set(CHECKS) - {"FSEP-PRF-001"}
    assert blocked(results)["FSEP-PRF-005"] == {"blocked by FSEP-RAT-005": 1}


@pytest.mark.parametrize(("member", "value"), [("design", "0" * 64), ("confidence", 0.9)])
def test_another_design_or_confidence_is_one_fault(member: str, value: Any) -> None:
    results = after(lambda stated: stated.update({member: value}))
    [(message, pointer, found, expected)] = said(results, "FSEP-PRF-001")
    assert member in message
    assert (pointer, found, expected) == (f"/{member}", value, EXPECTED[member])
    assert blocked(results) == {
        one: {"blocked by FSEP-PRF-001": 1} for one in CHECKS if one != "FSEP-PRF-001"
    }


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda stated: stated["not_measured"].pop(), "/not_measured"),
        (lambda stated: stated["not_measured"].reverse(), "/not_measured"),
        (lambda stated: stated["not_measured"].append("charm"), "/not_measured"),
        (lambda stated: stated["measured"].reverse(), "/measured"),
        (lambda stated: stated["measured"].pop(), "/measured"),
        (lambda stated: stated["measured"].append(stated["measured"][0]), "/measured"),
        (lambda stated: stated["measured"][1].update(core=True), "/measured/1/core"),
        (lambda stated: stated["measured"][1].update(by="raters"), "/measured/1/by"),
        (lambda stated: stated["measured"][0].update(primary=False), "/measured/0/primary"),
        (lambda stated: stated["measured"][0].update(margin=None), "/measured/0/margin"),
        (lambda stated: stated["measured"][0].update(margin=0.3), "/measured/0/margin"),
        (lambda stated: stated["measured"][0].update(effects=1), "/measured/0/effects"),
        (lambda stated: stated["measured"][1].update(differences=1), "/measured/1/differences"),
    ],
)
def test_what_was_measured_is_said_as_it_follows(change: Change, pointer: str) -> None:
    results = after(change)
    [(_, at, found, expected)] = said(results, "FSEP-PRF-002")
    assert (at, found != expected) == (pointer, True)
    assert failing(changed(change), EXPECTED) == {"FSEP-PRF-002": 1}
    first_two = ("FSEP-PRF-001", "FSEP-PRF-002")
    assert blocked(results) == {one: {"blocked by FSEP-PRF-002": 1} for one in CHECKS if one not in first_two}


UNDEFINED = {"coefficient": None, "undefined": "no-variation"}


@pytest.mark.parametrize(
    ("requirement", "given", "change", "pointer"),
    [
        ("FSEP-AGR-001", {}, {"statistic": "alpha"}, "statistic"),
        ("FSEP-AGR-001", {}, {"units": 61}, "units"),
        ("FSEP-AGR-001", {}, {"split": 1}, "split"),
        ("FSEP-AGR-001", {}, {"at_least": 0.5}, "at_least"),
        ("FSEP-AGR-001", {}, {"raw": 0.91}, "raw"),
        ("FSEP-AGR-001", {}, {"raw": None}, "raw"),
        ("FSEP-AGR-001", {}, {"coefficient": 0.81}, "coefficient"),
        ("FSEP-AGR-001", {}, {"coefficient": 0.1, "unreliable": True}, "coefficient"),
        ("FSEP-AGR-001", UNDEFINED, {"raw": 0.5}, "raw"),
        ("FSEP-AGR-002", {}, UNDEFINED, "undefined"),
        ("FSEP-AGR-002", {}, {"coefficient": None}, "coefficient"),
        ("FSEP-AGR-002", {}, {"undefined": "no-variation"}, "undefined"),
        ("FSEP-AGR-002", UNDEFINED, {"undefined": "nothing-shared"}, "undefined"),
        ("FSEP-AGR-002", UNDEFINED, {"undefined": None}, "undefined"),
        ("FSEP-AGR-002", UNDEFINED, {"coefficient": 1, "undefined": None}, "undefined"),
        ("FSEP-AGR-002", UNDEFINED, {"coefficient": 1}, "coefficient"),
        ("FSEP-AGR-003", {}, {"unreliable": True}, "unreliable"),
        ("FSEP-AGR-003", UNDEFINED, {"unreliable": True}, "unreliable"),
    ],
)
def test_agreement_is_held_to_one_requirement_after_another(
    requirement: str, given: dict[str, Any], change: dict[str, Any], pointer: str
) -> None:
    expected = copy.deepcopy(EXPECTED)
    expected["measured"][0]["agreement"].update(given)
    stated = copy.deepcopy(expected)
    stated["measured"][0]["agreement"].update(change)
    results = judged(stated, expected)
    assert failing(stated, expected) == {requirement: 1}
    assert [at for _, at, *_ in said(results, requirement)] == [f"/measured/0/agreement/{pointer}"]
    # The two others, and all figures in the dimension; not the other dimension's.
    for one in CHECKS:
        reasons = results.tally(one).reasons
        if one in (requirement, "FSEP-PRF-001", "FSEP-PRF-002"):
            assert reasons == {}
        else:
            assert set(reasons) == {f"blocked by {requirement}"}
        if one.startswith("FSEP-PRF"):
            assert results.tally(one).passed
    assert results.tally("FSEP-PRF-005").reasons == {f"blocked by {requirement}": 9}


def test_agreement_of_a_dimension_that_no_raters_rate_is_a_fault() -> None:
    results = after(lambda stated: stated["measured"][1].update(agreement=agreed()))
    [(message, pointer, found, expected)] = said(results, "FSEP-AGR-001")
    assert "'own'" in message
    assert (pointer, found, expected) == ("/measured/1/agreement", agreed(), "null")
    assert results.tally("FSEP-AGR-002").outcome is Outcome.NOT_CHECKED


def test_no_agreement_of_a_dimension_that_raters_rate_is_a_fault() -> None:
    results = after(lambda stated: stated["measured"][0].update(agreement=None))
    assert [one[1:3] for one in said(results, "FSEP-AGR-001")] == [("/measured/0/agreement", "null")]


CELL_IN_WORDS = (
    "the cell of the system 'alpha' with the scaffold 'checked' in the dimension 'verification-support'"
)


@pytest.mark.parametrize(
    ("member", "value"),
    [("planned", 13), ("rated", 12), ("attained", 4), ("not_occasioned", 1), ("missing", 0), ("units", 12)],
)
def test_a_wrong_count_blocks_what_rests_on_its_cell(member: str, value: int) -> None:
    results = after(lambda stated: stated["cells"][CELL].update({member: value}))
    [(message, pointer, found, expected)] = said(results, "FSEP-PRF-003")
    assert CELL_IN_WORDS in message
    assert (pointer, found, expected) == (f"/cells/{CELL}/{member}", value, EXPECTED["cells"][CELL][member])
    by = "blocked by FSEP-PRF-003"
    # Of alpha with `checked`: one effect, two differences; their marks and the cell's are four.
    assert blocked(results) == {
        "FSEP-PRF-004": {by: 1}, "FSEP-PRF-005": {by: 1}, "FSEP-PRF-006": {by: 1}, "FSEP-PRF-007": {by: 2},
        "FSEP-PRF-008": {by: 4},
    }  # fmt: skip


def test_a_wrong_cell_of_the_baseline_blocks_every_effect_on_its_system() -> None:
    results = after(lambda stated: stated["cells"][AT_BASE].update(saturation="floor"))
    by = "blocked by FSEP-PRF-005"
    assert [at for _, at, *_ in said(results, "FSEP-PRF-005")] == [f"/cells/{AT_BASE}/saturation"]
    assert blocked(results) == {"FSEP-PRF-006": {by: 2}, "FSEP-PRF-007": {by: 4}, "FSEP-PRF-008": {by: 7}}


@pytest.mark.parametrize(
    ("requirement", "change", "pointer"),
    [
        ("FSEP-PRF-003", lambda one: one["values"][1].update(count=9), "values/1/count"),
        ("FSEP-PRF-003", lambda one: one["values"].reverse(), "values/0/value"),
        ("FSEP-PRF-003", lambda one: one["values"].append({"value": "maybe", "count": 0}), "values"),
        ("FSEP-PRF-004", lambda one: one.update(level="interaction"), "level"),
        ("FSEP-PRF-004", lambda one: one["levels"].update(deployment=1), "levels/deployment"),
        ("FSEP-PRF-004", lambda one: one["users"].reverse(), "users/0"),
        ("FSEP-PRF-004", lambda one: one.update(users=["real"]), "users"),
        ("FSEP-PRF-005", lambda one: one["share"].update(high=0.9), "share/high"),
        ("FSEP-PRF-005", lambda one: one.update(share=None), "share"),
        ("FSEP-PRF-005", lambda one: one.update(bounds=[0, 1]), "bounds/0"),
        ("FSEP-PRF-008", lambda one: one.update(marks=["exploratory"]), "marks"),
    ],
)
def test_each_part_of_a_cell_is_held_to_its_requirement(
    requirement: str, change: Change, pointer: str
) -> None:
    results = after(lambda stated: change(stated["cells"][CELL]))
    assert [at for _, at, *_ in said(results, requirement)] == [f"/cells/{CELL}/{pointer}"]
    assert [one for one, outcome in outcomes(results).items() if outcome == "fail"] == [requirement]
    if requirement in ("FSEP-PRF-004", "FSEP-PRF-008"):
        assert blocked(results) == {}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda one: one.update(units=12), "units"),
        (lambda one: one["effect"].update(estimate=0.5), "effect/estimate"),
        (lambda one: one.update(effect=None), "effect"),
        (lambda one: one.update(bounds=[0, 0]), "bounds/0"),
        (lambda one: one.update(verdict="raised"), "verdict"),
        (lambda one: one.update(verdict=None), "verdict"),
    ],
)
def test_a_wrong_effect_blocks_its_marks_and_the_differences_with_it(change: Change, pointer: str) -> None:
    results = after(lambda stated: change(stated["effects"][EFFECT]))
    assert [at for _, at, *_ in said(results, "FSEP-PRF-006")] == [f"/effects/{EFFECT}/{pointer}"]
    by = "blocked by FSEP-PRF-006"
    assert blocked(results) == {"FSEP-PRF-007": {by: 2}, "FSEP-PRF-008": {by: 3}}


def test_a_wrong_difference_blocks_its_marks_alone() -> None:
    results = after(lambda stated: stated["differences"][DIFFERENCE].update(verdict="differs"))
    [(message, pointer, found, _)] = said(results, "FSEP-PRF-007")
    assert "the systems 'alpha' and 'beta'" in message
    assert (pointer, found) == (f"/differences/{DIFFERENCE}/verdict", "differs")
    assert blocked(results) == {"FSEP-PRF-008": {"blocked by FSEP-PRF-007": 1}}


@pytest.mark.parametrize("member", ["cells", "effects", "differences"])
def test_marks_are_held_to_what_a_reader_has_to_know(member: str) -> None:
    results = after(lambda stated: stated[member][0].update(marks=["self-report"]))
    assert outcomes(results)["FSEP-PRF-008"] == "fail"
    assert sum(outcome == "fail" for outcome in outcomes(results).values()) == 1
    assert blocked(results) == {}


@pytest.mark.parametrize(
    ("requirement", "member", "own", "marks"),
    [
        ("FSEP-PRF-003", "cells", CELL, 4),
        ("FSEP-PRF-006", "effects", EFFECT, 3),
        ("FSEP-PRF-007", "differences", DIFFERENCE, 1),
    ],
)
def test_an_entry_left_out_or_stated_twice_is_one_fault(
    requirement: str, member: str, own: int, marks: int
) -> None:
    gone = after(lambda stated: stated[member].pop(own))
    [(message, pointer, *_)] = said(gone, requirement)
    assert message.endswith("in the dimension 'verification-support' is not stated")
    assert pointer == f"/{member}"
    twice = after(lambda stated: stated[member].append(stated[member][own]))
    [(message, pointer, *_)] = said(twice, requirement)
    assert message.endswith("is stated a second time")
    assert pointer == f"/{member}/{len(EXPECTED[member])}"
    for results in (gone, twice):
        assert sum(outcome == "fail" for outcome in outcomes(results).values()) == 1
        assert blocked(results)["FSEP-PRF-008"] == {f"blocked by {requirement}": marks}


@pytest.mark.parametrize(
    ("requirement", "member", "change"),
    [
        ("FSEP-PRF-003", "cells", {"system": "all"}),
        ("FSEP-PRF-003", "cells", {"scaffold": "nowhere"}),
        ("FSEP-PRF-003", "cells", {"dimension": "overall"}),
        ("FSEP-PRF-003", "cells", {"dimension": "unseen"}),
        ("FSEP-PRF-006", "effects", {"system": "all"}),
        ("FSEP-PRF-006", "effects", {"scaffold": BASELINE}),
        ("FSEP-PRF-006", "effects", {"dimension": "overall"}),
        ("FSEP-PRF-007", "differences", {"systems": ["alpha", "all"]}),
        ("FSEP-PRF-007", "differences", {"systems": ["beta", "alpha"]}),
    ],
)
def test_a_pooled_or_unknown_entry_is_one_fault_and_blocks_nothing(
    requirement: str, member: str, change: dict[str, Any]
) -> None:
    def more(stated: dict[str, Any]) -> None:
        stated[member].insert(0, {**stated[member][0], **change})

    results = after(more)
    [(message, pointer, *_)] = said(results, requirement)
    assert message.endswith("is stated, and is not one of the study")
    assert pointer == f"/{member}/0"
    assert failing(changed(more), EXPECTED) == {requirement: 1}
    assert blocked(results) == {}


def test_an_entry_renamed_is_missing_under_its_own_name() -> None:
    results = after(lambda stated: stated["effects"][EFFECT].update(system="all"))
    assert sorted(message.split(" in the ")[1] for message, *_ in said(results, "FSEP-PRF-006")) == [
        "dimension 'verification-support' is not stated",
        "dimension 'verification-support' is stated, and is not one of the study",
    ]


def test_no_cells_effects_or_differences_at_all_are_faults_of_the_cells() -> None:
    results = after(lambda stated: stated.update(cells=[], effects=[], differences=[]))
    assert results.tally("FSEP-PRF-003").failed == 18
    assert [one for one, outcome in outcomes(results).items() if outcome == "fail"] == ["FSEP-PRF-003"]
    assert outcomes(results)["FSEP-PRF-008"] == "not-checked"


def test_a_profile_of_nothing_measured_passes() -> None:
    nothing = profile(frame(dimensions=()), {})
    results = judged(nothing, nothing)
    assert [results.tally(one).outcome.value for one in ("FSEP-PRF-001", "FSEP-PRF-002", "FSEP-PRF-003")] == [
        "pass",
        "pass",
        "not-applicable",
    ]


def test_a_long_profile_that_is_all_wrong_takes_little() -> None:
    # Each place that is looked up costs a walk over the document.
    strange = [{**EXPECTED["cells"][0], "system": f"s{place}"} for place in range(20_000)]
    stated = {**EXPECTED, "cells": [*strange, *EXPECTED["cells"]]}
    began = time.process_time()
    results = judged(stated, EXPECTED)
    assert results.tally("FSEP-PRF-003").failed == 20_000
    assert len(problems(results, "FSEP-PRF-003")) == 100
    assert time.process_time() - began < 30


def test_nothing_is_looked_at_in_a_dimension_whose_agreement_is_wrong() -> None:
    def two(stated: dict[str, Any]) -> None:
        stated["measured"][0]["agreement"]["coefficient"] = 0.99
        of = EXPECTED["measured"][0]["dimension"]
        stated["cells"].append({**EXPECTED["cells"][0], "system": "all", "dimension": of})
        stated["effects"] = [one for one in stated["effects"] if one["dimension"] != of]

    results = after(two)
    assert failing(changed(two), EXPECTED) == {"FSEP-AGR-001": 1}
    assert results.tally("FSEP-PRF-003").reasons == {"blocked by FSEP-AGR-001": 10}
    assert results.tally("FSEP-PRF-006").reasons == {"blocked by FSEP-AGR-001": 6}
