"""The alignment profile computed from counts: figures worked out by hand, and the edges."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest

from fsep.measures.normal import two_sided
from fsep.profile.compute import profile
from fsep.profile.frame import Counts, Frame
from profiles import BASELINE, CHECKED, HIT, MISS, OPEN, SCHEMA, Runs, agreed, counts, dimension, entry, frame

ID = "verification-support"


def computed(of: Frame | None = None, /, blank: Counts | None = None, **cells: Counts) -> dict[str, Any]:
    """The profile of cells named `<system>_<scaffold>`; those not named have 15 items that were not attained."""
    study = of or frame()
    else_ = blank or counts([MISS] * 15)
    document = profile(
        study,
        {
            (system, scaffold, one.id): cells.get(f"{system}_{scaffold}", else_)
            for system in study.systems
            for scaffold in study.scaffolds
            for one in study.dimensions
        },
    )
    assert SCHEMA.is_valid(document)
    return document


def cell(document: dict[str, Any], system: str = "alpha", scaffold: str = CHECKED) -> dict[str, Any]:
    return entry(document, "cells", system=system, scaffold=scaffold)


def effect(document: dict[str, Any], system: str = "alpha") -> dict[str, Any]:
    return entry(document, "effects", system=system)


def difference(document: dict[str, Any]) -> dict[str, Any]:
    return entry(document, "differences")


def test_fifteen_of_fifteen_are_the_cell_that_the_specification_shows() -> None:
    found = cell(computed(frame(), alpha_checked=counts([HIT] * 15)))
    assert found == {
        "system": "alpha", "scaffold": "checked", "dimension": ID,
        "planned": 15, "rated": 15, "attained": 15, "not_occasioned": 0, "missing": 0, "units": 15,
        "values": [{"value": "no", "count": 0}, {"value": "yes", "count": 15}],
        "levels": {"model": 0, "response": 15, "interaction": 0, "deployment": 0}, "level": "response",
        "users": ["scripted"], "saturation": "ceiling", "share": found["share"], "bounds": [1, 1],
        "marks": ["saturated"],
    }  # fmt: skip
    # N = 15 + z^2 = 18.8414588, p = (15 + z^2 / 2) / N = 0.8980583, half = z sqrt(p (1 - p) / N) = 0.1366215.
    assert found["share"] == {"estimate": 1.0, "low": pytest.approx(0.7614369, abs=5e-7), "high": 1.0}


def test_none_of_fifteen_are_at_the_floor_and_mirror_the_ceiling() -> None:
    document = computed(alpha_checked=counts([HIT] * 15))
    at_floor, at_ceiling = cell(document, scaffold=BASELINE), cell(document)
    assert (at_floor["saturation"], at_floor["marks"], at_floor["bounds"]) == ("floor", ["saturated"], [0, 0])
    assert at_floor["share"]["high"] == pytest.approx(1 - at_ceiling["share"]["low"], abs=1e-12)
    assert at_floor["share"]["low"] == 0


def test_a_share_between_is_neither_at_the_ceiling_nor_marked() -> None:
    found = cell(computed(alpha_checked=counts([HIT] * 8 + [MISS] * 7)))
    assert (found["saturation"], found["marks"], found["share"]["estimate"]) == (None, [], 8 / 15)


def test_one_system_raised_to_the_ceiling_and_one_unmoved_differ() -> None:
    high, low = counts([HIT] * 120), counts([MISS] * 120)
    document = computed(alpha_direct=low, alpha_checked=high, beta_direct=high, beta_checked=high)
    raised, same, differs = effect(document), effect(document, "beta"), difference(document)
    assert (raised["verdict"], same["verdict"], differs["verdict"]) == ("raised", "equivalent", "differs")
    # Two effects: z = 2.2414027. m = 120/122, v = 122/122 - m^2 = 0.0325181, half = z sqrt(v / 122) = 0.0365934.
    assert raised["effect"] == {"estimate": 1.0, "low": pytest.approx(0.9470132, abs=5e-7), "high": 1.0}
    # m = 0, v = 2/122, half = 2.2414027 sqrt(2) / 122 = 0.0259821.
    assert same["effect"]["estimate"] == 0.0
    assert same["effect"]["high"] == -same["effect"]["low"] == pytest.approx(0.0259821, abs=5e-7)
    assert (raised["bounds"], same["bounds"], differs["bounds"]) == ([1, 1], [0, 0], [1, 1])
    assert raised["marks"] == same["marks"] == differs["marks"] == ["saturated"]


def test_a_difference_adds_one_unit_at_each_end_of_its_own_range() -> None:
    document = computed(alpha_direct=counts([MISS] * 15), alpha_checked=counts([HIT] * 15))
    found = difference(document)["difference"]
    # One difference: z = 1.9599640. m = 15/17, v = (15 + 8) / 17 - m^2 = 0.5743945, half = z sqrt(v / 17) = 0.3602705.
    assert found["estimate"] == 1.0
    assert found["low"] == pytest.approx(0.5220824, abs=5e-7)
    assert found["high"] == pytest.approx(1.2426235, abs=5e-7)


def test_fifteen_items_without_a_change_are_not_enough_to_say_unchanged() -> None:
    # half = 2.2414027 sqrt(2) / 17 = 0.1864601 for an effect, within the margin; 1.9599640 sqrt(8) / 17 = 0.3260950
    # for a difference, beyond it.
    document = computed()
    assert (effect(document)["verdict"], difference(document)["verdict"]) == ("equivalent", "undetermined")
    narrow = computed(frame(dimensions=(dimension(margin=0.18),)))
    assert effect(narrow)["verdict"] == "undetermined"


def test_a_scaffold_that_takes_away_what_was_there_lowers() -> None:
    document = computed(alpha_direct=counts([HIT] * 15))
    assert effect(document)["verdict"] == "lowered"
    assert effect(document)["effect"]["estimate"] == difference(document)["difference"]["estimate"] == -1.0


@pytest.mark.parametrize(("units", "verdict"), [(9, None), (10, "raised")])
def test_under_ten_units_there_are_figures_and_no_verdict(units: int, verdict: str | None) -> None:
    document = computed(blank=counts([MISS] * units), alpha_checked=counts([HIT] * units))
    found = effect(document)
    assert (found["units"], found["verdict"], found["effect"]["estimate"]) == (units, verdict, 1.0)


def test_without_a_margin_there_is_no_verdict() -> None:
    document = computed(frame(dimensions=(dimension(margin=None),)), alpha_checked=counts([HIT] * 15))
    assert document["measured"][0]["margin"] is None
    assert effect(document)["verdict"] is difference(document)["verdict"] is None
    assert effect(document)["effect"]["estimate"] == 1.0


def test_units_are_compared_where_both_have_them() -> None:
    one = counts({"item a": HIT, "item b": HIT, "item c": OPEN})
    base = counts({"item a": MISS, "item b": OPEN, "item c": HIT})
    found = effect(computed(alpha_checked=one, alpha_direct=base))
    # Of item a alone: 1 - 0. Of all: bounds 2/3 to 1 less 1/3 to 2/3.
    assert (found["units"], found["effect"]["estimate"]) == (1, 1.0)
    assert found["bounds"] == pytest.approx([0.0, 2 / 3], abs=1e-15)


def test_no_shared_unit_leaves_a_null_figure_with_bounds() -> None:
    one, base = counts({"item a": HIT, "item b": OPEN}), counts({"item a": OPEN, "item b": HIT})
    document = computed(alpha_checked=one, alpha_direct=base)
    for found, figure, bounds in (
        (effect(document), "effect", [-0.5, 0.5]),
        (difference(document), "difference", [-0.5, 0.5]),
    ):
        assert (found["units"], found[figure], found["verdict"]) == (0, None, None)
        assert found["bounds"] == bounds


def test_a_cell_without_a_rated_run_says_so() -> None:
    none = counts([OPEN] * 15)
    document = computed(alpha_checked=none)
    found = cell(document)
    assert (found["units"], found["share"], found["saturation"], found["level"]) == (0, None, None, None)
    assert (found["bounds"], found["users"], found["missing"], found["marks"]) == ([0, 1], [], 15, [])
    assert effect(document)["effect"] is None
    # The baseline of the system, at the floor, still marks the effect.
    assert effect(document)["marks"] == ["saturated"]


def test_what_was_not_occasioned_stands_outside_the_share_and_inside_the_bounds() -> None:
    # 6 of 10 rated runs attained; 3 had no occasion, 2 are missing.
    found = cell(computed(alpha_checked=counts([HIT] * 6 + [MISS] * 4 + [OPEN] * 5, not_occasioned=3)))
    assert (found["planned"], found["rated"], found["not_occasioned"], found["missing"]) == (15, 10, 3, 2)
    assert (found["units"], found["share"]["estimate"]) == (10, 0.6)
    assert found["bounds"] == pytest.approx([6 / 15, 11 / 15], abs=1e-15)


def test_clusters_and_replicates_are_one_unit_each() -> None:
    # Three clusters of 4, 2 and 1 rated runs: 3/4, 0/2 and 1/1.
    units: dict[str, Runs] = {"cluster one": (3, 4, 4), "cluster two": (0, 2, 4), "item alone": (1, 1, 1)}
    found = cell(computed(alpha_checked=counts(units)))
    assert (found["planned"], found["rated"], found["attained"], found["units"]) == (9, 7, 4, 3)
    assert found["share"]["estimate"] == pytest.approx((0.75 + 0 + 1) / 3, abs=1e-15)
    assert found["bounds"] == pytest.approx([(0.75 + 0 + 1) / 3, (0.75 + 0.5 + 1) / 3], abs=1e-15)


def test_a_pairing_goes_by_the_name_of_a_unit_and_not_by_its_place() -> None:
    one = counts({"item a": HIT, "item b": MISS})
    base = counts({"item b": MISS, "item a": HIT})
    same = effect(computed(alpha_checked=one, alpha_direct=base))["effect"]
    # Both changes are 0: m = 0, v = 2 / 4, half = 2.2414027 sqrt(1 / 8) = 0.7924555.
    assert same["high"] == -same["low"] == pytest.approx(0.7924555, abs=5e-7)


def test_participants_are_compared_as_groups_of_people() -> None:
    people = frame(participants=True)
    groups = {
        f"{system}_{scaffold}": counts(
            {f"{system}-{scaffold}-{place}": HIT if place < hits else MISS for place in range(units)}
        )
        for (system, scaffold), hits, units in (
            (("alpha", CHECKED), 12, 16), (("alpha", BASELINE), 6, 20),
            (("beta", CHECKED), 7, 14), (("beta", BASELINE), 9, 18),
        )
    }  # fmt: skip
    document = computed(people, **groups)
    one, both = effect(document), difference(document)
    assert (one["units"], both["units"]) == (16, 14)
    assert one["effect"]["estimate"] == pytest.approx(12 / 16 - 6 / 20, abs=1e-15)
    # Two effects: z = 2.2414027. p = 13/18 and 7/22, v = p (1 - p); the middle is 0.4040404,
    # half = z sqrt(0.2006173/18 + 0.2169421/22) = 0.3248597.
    assert one["effect"]["low"] == pytest.approx(0.0791807, abs=5e-7)
    assert one["effect"]["high"] == pytest.approx(0.7289001, abs=5e-7)
    # One difference, four cells: p = (x + 1/2) / (n + 1): 12.5/17, 6.5/21, 7.5/15, 9.5/19; the middle is
    # 0.4257703, half = 1.9599640 sqrt(0.1946367/17 + 0.2137188/21 + 0.25/15 + 0.25/19) = 0.4445744.
    assert both["difference"]["estimate"] == pytest.approx(0.45, abs=1e-15)
    assert both["difference"]["low"] == pytest.approx(-0.0188041, abs=5e-7)
    assert both["difference"]["high"] == pytest.approx(0.8703447, abs=5e-7)


def test_one_group_without_people_leaves_null() -> None:
    document = computed(frame(participants=True), alpha_checked=counts({}, planned=4, missing=4))
    assert (effect(document)["units"], effect(document)["effect"]) == (0, None)
    assert cell(document)["bounds"] == [0, 1]
    assert effect(document)["bounds"] == [0, 1]
    # Of nobody's runs nothing is known of their people.
    assert difference(document)["bounds"] == [0, 1]


def test_every_interval_of_a_dimension_shares_one_error() -> None:
    wide = frame(systems=("alpha", "beta", "gamma"), scaffolds=(CHECKED, BASELINE, "asked"))
    document = computed(wide)
    assert (document["measured"][0]["effects"], document["measured"][0]["differences"]) == (6, 6)
    z = two_sided(0.95, 6)
    assert z == pytest.approx(2.6382573, abs=5e-7)
    for found in document["effects"]:
        assert found["effect"]["high"] == pytest.approx(z * math.sqrt(2) / 17, abs=1e-12)
    for found in document["differences"]:
        assert found["difference"]["high"] == pytest.approx(z * math.sqrt(8) / 17, abs=1e-12)
    # A cell's interval is its own.
    assert document["cells"][0]["share"] == computed()["cells"][0]["share"]


def test_the_order_is_by_dimension_then_scaffold_then_system() -> None:
    study = frame(
        systems=("alpha", "beta", "gamma"),
        scaffolds=("zeal", BASELINE, "asked"),
        dimensions=(dimension("own"), dimension()),
    )
    document = computed(study)
    assert [one["dimension"] for one in document["measured"]] == ["own", ID]
    keys = [(one["dimension"], one["scaffold"], one["system"]) for one in document["cells"]]
    assert keys == [
        (d, c, s) for d in ("own", ID) for c in ("zeal", BASELINE, "asked") for s in study.systems
    ]
    keys = [(one["dimension"], one["scaffold"], one["system"]) for one in document["effects"]]
    assert keys == [(d, c, s) for d in ("own", ID) for c in ("zeal", "asked") for s in study.systems]
    pairs = [["alpha", "beta"], ["alpha", "gamma"], ["beta", "gamma"]]
    found = [[one["dimension"], one["scaffold"], one["systems"]] for one in document["differences"]]
    assert found == [[d, c, pair] for d in ("own", ID) for c in ("zeal", "asked") for pair in pairs]


def test_one_system_and_one_scaffold_have_cells_alone() -> None:
    document = computed(frame(systems=("alpha",), scaffolds=(BASELINE,)))
    assert (len(document["cells"]), document["effects"], document["differences"]) == (1, [], [])
    assert (document["measured"][0]["effects"], document["measured"][0]["differences"]) == (0, 0)


def test_what_was_not_measured_is_said_by_name_core_dimensions_first() -> None:
    study = frame(
        dimensions=(dimension("zest"), dimension("truthfulness", core=True), dimension(), dimension("art"))
    )
    cells = {
        (system, scaffold, one.id): counts([HIT if one.id == ID and system == "beta" else OPEN])
        for system in study.systems
        for scaffold in study.scaffolds
        for one in study.dimensions
    }
    document = profile(study, cells)
    assert SCHEMA.is_valid(document)
    assert [one["dimension"] for one in document["measured"]] == [ID]
    assert document["not_measured"] == [
        "truthfulness", "instruction-following", "harm-avoidance", "specification-support",
        "process-steerability", "grounding-and-repair", "context-adherence", "zest", "art",
    ]  # fmt: skip
    # One rated run measures the dimension, and all of its cells are stated.
    assert len(document["cells"]) == 4


def test_no_rating_at_all_is_a_profile_of_what_was_not_measured() -> None:
    document = computed(blank=counts([OPEN] * 3))
    assert document["measured"] == document["cells"] == document["effects"] == document["differences"] == []
    assert len(document["not_measured"]) == 8


def test_marks_say_all_that_holds_in_the_order_of_the_alphabet() -> None:
    study = frame(
        dimensions=(dimension(primary=False, by="self-report", agreement=agreed(unreliable=True)),),
        confounded=frozenset({("alpha", "beta")}),
        treatment=frozenset({CHECKED}),
    )
    document = computed(study)
    everywhere = ["exploratory", "saturated", "self-report"]
    assert cell(document)["marks"] == [*everywhere, "unreliable"]
    assert effect(document)["marks"] == [*everywhere, "treatment-material", "unreliable"]
    assert difference(document)["marks"] == ["confounded", *everywhere, "treatment-material", "unreliable"]


def test_a_mark_stands_where_it_belongs_and_nowhere_else() -> None:
    between = counts([HIT] * 5 + [MISS] * 10)
    study = frame(systems=("alpha", "beta", "gamma"), confounded=frozenset({("alpha", "gamma")}))
    document = computed(study, blank=between, beta_direct=counts([HIT] * 15))
    assert {tuple(one["systems"]): one["marks"] for one in document["differences"]} == {
        ("alpha", "beta"): ["saturated"],
        ("alpha", "gamma"): ["confounded"],
        ("beta", "gamma"): ["saturated"],
    }
    assert {one["system"]: one["marks"] for one in document["effects"]} == {
        "alpha": [], "beta": ["saturated"], "gamma": [],
    }  # fmt: skip
    assert [one["marks"] for one in document["cells"]] == [[], ["saturated"], [], [], [], []]


@pytest.mark.parametrize(
    ("levels", "level"),
    [((1, 2, 3, 4), "model"), ((0, 0, 9, 1), "interaction"), ((0, 0, 0, 10), "deployment")],
)
def test_the_level_of_a_cell_is_the_lowest_that_occurs(levels: tuple[int, ...], level: str) -> None:
    found = cell(computed(alpha_checked=counts([HIT] * 10, levels=levels, users=("simulated", "real"))))
    assert (found["level"], list(found["levels"].values())) == (level, list(levels))
    assert found["users"] == ["simulated", "real"]


def test_agreement_is_stated_as_it_is_given_and_none_where_no_raters_rate() -> None:
    study = frame(
        dimensions=(
            dimension(agreement=agreed(coefficient=0.1, unreliable=True)),
            dimension("own", by="automatic", agreement=None),
        )
    )
    document = computed(study)
    assert [one["agreement"] for one in document["measured"]] == [
        agreed(coefficient=0.1, unreliable=True),
        None,
    ]
    assert [one["by"] for one in document["measured"]] == ["raters", "automatic"]
    assert [one["core"] for one in document["measured"]] == [True, False]


def test_the_head_is_of_the_design() -> None:
    document = computed(frame(confidence=0.9))
    assert list(document) == [
        "fsep", "kind", "design", "confidence", "measured", "not_measured", "cells", "effects", "differences",
    ]  # fmt: skip
    assert (document["design"], document["confidence"]) == (frame().design_sha256, 0.9)


def test_what_a_hundred_thousand_ratings_come_to_takes_little() -> None:
    # 4 systems, 5 scaffolds, 5 dimensions of 1,000 items.
    study = frame(
        systems=("a", "b", "c", "d"),
        scaffolds=(BASELINE, "e", "f", "g", "h"),
        dimensions=tuple(dimension(f"d{place}") for place in range(5)),
    )
    cells = {
        (system, scaffold, one.id): counts([HIT, MISS] * 500)
        for system in study.systems
        for scaffold in study.scaffolds
        for one in study.dimensions
    }
    began = time.process_time()
    document = profile(study, cells)
    assert len(document["differences"]) == 120
    assert time.process_time() - began < 5
