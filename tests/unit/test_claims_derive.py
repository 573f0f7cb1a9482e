"""What follows for a claim from its evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fsep import protocol
from fsep.claims import AXES, Basis, Derived, derive
from unit.handmade_profile import (
    CONTEXT,
    DIFFERS,
    DIMENSION,
    RAISED,
    SHARE,
    agreement,
    basis,
    claim,
    effect,
    entry,
    evidence,
    figure,
    profile,
)

BASIS = basis()


def distance(stated: dict[str, Any], on: Basis = BASIS) -> tuple[str, ...]:
    derived = derive(stated, on)
    assert derived.unfound == ()
    return derived.distance


def why(stated: dict[str, Any], on: Basis = BASIS) -> str:
    (unfound,) = derive(stated, on).unfound
    return unfound.why


def test_the_profiles_and_claims_of_these_tests_are_valid() -> None:
    version = protocol.load("1.0")
    assert version.validator("profile").is_valid(profile())
    assert version.validator("claims").is_valid({"fsep": "1.0", "kind": "claims", "claims": [claim()]})


# --- evidence ---


@pytest.mark.parametrize(
    ("what", "piece"),
    [
        ("attained", SHARE),
        ("raised", RAISED),
        ("lowered", RAISED),
        ("equivalent", RAISED),
        ("differs", DIFFERS),
    ],
)
def test_what_is_asserted_asks_for_one_kind_of_evidence(what: str, piece: dict[str, Any]) -> None:
    assert derive(claim(what, piece), BASIS).unfound == ()
    for other in (SHARE, RAISED, DIFFERS):
        if other is not piece:
            assert "is shown by a piece of evidence that is of" in why(claim(what, other))


def test_evidence_is_in_the_claims_dimension() -> None:
    both = basis(profile(dimensions=(DIMENSION, "other")))
    assert "another dimension" in why(
        claim("raised", evidence("effect", "alpha", "checked", dimension="other")), both
    )


@pytest.mark.parametrize(
    "piece",
    [
        evidence("effect", "gamma", "checked"),
        evidence("effect", "alpha", "gone"),
        evidence("effect", "alpha", "direct"),
    ],
)
def test_evidence_that_the_bundle_does_not_have_is_not_found(piece: dict[str, Any]) -> None:
    assert why(claim("raised", piece)) == "the bundle has no such effect"


def test_a_dimension_that_was_not_measured_has_no_evidence() -> None:
    piece = evidence("effect", "alpha", "checked", dimension="truthfulness")
    assert why(claim("raised", piece, dimension="truthfulness")) == "its dimension was not measured"


@pytest.mark.parametrize(
    ("what", "piece", "member"),
    [("attained", SHARE, "share"), ("raised", RAISED, "effect"), ("differs", DIFFERS, "difference")],
)
def test_evidence_without_a_figure_is_not_found(what: str, piece: dict[str, Any], member: str) -> None:
    document = profile()
    entry(document, piece["of"], piece.get("systems") or piece["system"], "checked")[member] = None
    assert "has no figure" in why(claim(what, piece), basis(document))


def test_the_systems_of_a_difference_stand_in_the_order_of_the_profile() -> None:
    turned = evidence("difference", ("beta", "alpha"), "checked")
    assert why(claim("differs", turned)) == "its two systems stand in the other order in the profile"


def test_each_piece_that_is_not_found_is_named_and_then_nothing_follows() -> None:
    gone = evidence("effect", "gamma", "checked")
    derived = derive(
        claim("raised", RAISED, gone, evidence("effect", "delta", "checked"), systems="any"), BASIS
    )
    assert [one.place for one in derived.unfound] == [1, 2]
    assert derived == Derived(unfound=derived.unfound)


# --- level, marks ---


@pytest.mark.parametrize(
    ("what", "piece", "cells"),
    [
        ("attained", SHARE, {("alpha", "checked")}),
        ("raised", RAISED, {("alpha", "checked"), ("alpha", "direct")}),
        ("differs", DIFFERS, {(one, with_) for one in ("alpha", "beta") for with_ in ("checked", "direct")}),
    ],
)
def test_the_evidence_level_is_the_lowest_of_the_cells_it_rests_on(
    what: str, piece: dict[str, Any], cells: set[Any]
) -> None:
    for system in ("alpha", "beta"):
        for scaffold in ("direct", "checked", "asked"):
            document = profile()
            entry(document, "cell", system, scaffold)["level"] = "model"
            lowest = "model" if (system, scaffold) in cells else "response"
            assert derive(claim(what, piece), basis(document)).level == lowest


def test_the_marks_are_those_of_the_evidence_and_not_of_the_cells_below_it() -> None:
    document = profile()
    entry(document, "effect", "alpha", "checked")["marks"] = ["saturated", "treatment-material"]
    entry(document, "effect", "beta", "checked")["marks"] = ["exploratory", "saturated"]
    entry(document, "cell", "alpha", "checked")["marks"] = ["self-report"]
    both = claim("raised", RAISED, evidence("effect", "beta", "checked"))
    assert derive(both, basis(document)).marks == ("exploratory", "saturated", "treatment-material")


# --- the distance ---


def test_a_claim_as_tested_is_at_no_distance() -> None:
    for what, piece in (("attained", SHARE), ("raised", RAISED), ("differs", DIFFERS)):
        assert distance(claim(what, piece)) == ()


WINDOW = {"from": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}
ALONE = [
    ("level", "level", "interaction", "response"),
    ("level", "level", "deployment", "model"),
    ("systems", "systems", "any", ["alpha"]),
    ("systems", "systems", ["alpha", "beta"], ["alpha"]),
    ("scaffolds", "scaffolds", "any", ["checked"]),
    ("scaffolds", "scaffolds", ["direct"], ["checked"]),
    ("items", "domains", "any", ["law"]),
    ("items", "domains", ["law", "art"], ["law", "health"]),
    ("items", "languages", "any", ["en"]),
    ("items", "languages", ["en", "de"], ["en"]),
    ("users", "users", "any", ["scripted"]),
    ("users", "users", ["in-service"], ["scripted"]),
    ("environment", "environments", "any", ["shop"]),
    ("environment", "environments", ["desk"], ["shop"]),
    ("time", "time", "any", WINDOW),
    ("time", "time", {**WINDOW, "until": None}, WINDOW),
    ("time", "time", {**WINDOW, "until": "2026-02-01T00:00:00.000000001Z"}, {**WINDOW, "until": "2026-02-01T00:00:00.0Z"}),
    ("time", "time", {**WINDOW, "from": "2025-12-31T23:59:59.999Z"}, {**WINDOW, "from": "2026-01-01T00:00:00.5Z"}),
]  # fmt: skip


@pytest.mark.parametrize(("axis", "member", "beyond", "within"), ALONE)
def test_each_axis_is_exceeded_alone_and_met_exactly(
    axis: str, member: str, beyond: Any, within: Any
) -> None:
    assert distance(claim("raised", **{member: beyond})) == (axis,)
    assert distance(claim("raised", **{member: within})) == ()


def test_all_axes_stand_in_their_order() -> None:
    everything = dict.fromkeys(("time", "environments", "users", "languages", "scaffolds", "systems"), "any")
    assert distance(claim("raised", **everything, level="deployment")) == AXES
    assert AXES == ("level", "systems", "scaffolds", "items", "users", "environment", "time")


def test_a_system_is_named_with_every_scaffold_that_the_evidence_names() -> None:
    uneven = (RAISED, evidence("effect", "beta", "checked"), evidence("effect", "alpha", "asked"))
    assert distance(claim("raised", *uneven, systems=["alpha"], scaffolds=["checked", "asked"])) == ()
    assert distance(claim("raised", *uneven, systems=["beta"])) == ("systems",)
    even = (*uneven, evidence("effect", "beta", "asked"))
    assert distance(claim("raised", *even, systems=["alpha", "beta"])) == ()


def test_a_difference_names_both_of_its_systems() -> None:
    assert distance(claim("differs", DIFFERS, systems=["alpha", "beta"])) == ()
    assert distance(claim("differs", DIFFERS, systems=["gamma"])) == ("systems",)


def test_users_are_those_of_every_cell_the_evidence_rests_on() -> None:
    document = profile()
    entry(document, "cell", "alpha", "checked")["users"] = ["scripted", "recruited"]
    assert distance(claim("raised", users=["recruited"]), basis(document)) == ("users",)
    assert distance(claim("attained", SHARE, users=["recruited"], at_least=0), basis(document)) == ()
    entry(document, "cell", "alpha", "direct")["users"] = ["recruited"]
    assert distance(claim("raised", users=["recruited"]), basis(document)) == ()


def test_environments_are_those_of_the_scaffolds_that_the_evidence_names() -> None:
    both = (SHARE, evidence("cell", "alpha", "direct"))
    assert distance(claim("attained", *both, environments=["shop", "desk"], at_least=0)) == ()
    assert distance(claim("attained", SHARE, environments=["desk"], at_least=0)) == ("environment",)


@pytest.mark.parametrize("window", [(None, None), (WINDOW["from"], None), (None, WINDOW["until"])])
def test_a_period_is_exceeded_where_a_system_states_no_whole_window(
    window: tuple[str | None, str | None],
) -> None:
    context = replace(CONTEXT, access={**CONTEXT.access, "alpha": window})
    assert distance(claim("raised", time=WINDOW), basis(context=context)) == ("time",)
    assert distance(claim("raised"), basis(context=context)) == ()
    assert (
        distance(
            claim(
                "raised",
                evidence("effect", "beta", "checked"),
                time={"from": "2026-01-10T00:00:00Z", "until": "2026-01-11T00:00:00Z"},
            ),
            basis(context=context),
        )
        == ()
    )


def test_a_period_lies_in_the_window_of_every_system_the_evidence_names() -> None:
    shared = {"from": "2026-01-10T00:00:00Z", "until": "2026-02-01T00:00:00Z"}
    assert distance(claim("differs", DIFFERS, time=shared)) == ()
    assert distance(claim("differs", DIFFERS, time=WINDOW)) == ("time",)


def test_a_period_that_ends_before_it_begins_lies_in_no_window() -> None:
    turned = {"from": "2030-01-01T00:00:00Z", "until": "2020-01-01T00:00:00Z"}
    assert distance(claim("raised", time=turned)) == ("time",)


# --- systems found alike, and found to differ ---


def alike(*scaffolds: str, count: int = 2) -> Basis:
    """A basis with some systems, of which every two are found equivalent under some scaffolds."""
    systems = ("alpha", "beta", "gamma")[:count]
    document = profile(systems=systems)
    for one in document["differences"]:
        if one["scaffold"] in scaffolds:
            one["verdict"] = "equivalent"
    return basis(document, replace(CONTEXT, access=dict.fromkeys(systems, (None, None))))


@pytest.mark.parametrize("what", ["raised", "lowered", "equivalent"])
def test_an_effect_found_equivalent_in_every_two_systems_reaches_any(what: str) -> None:
    assert distance(claim(what, systems="any"), alike("checked")) == ()
    assert distance(claim(what, systems=["gamma", "beta"]), alike("checked", count=3)) == ()


def test_it_has_to_be_found_for_every_scaffold_the_evidence_names() -> None:
    two = claim("raised", RAISED, evidence("effect", "alpha", "asked"), systems="any")
    assert distance(two, alike("checked")) == ("systems",)
    assert distance(two, alike("checked", "asked")) == ()


def test_it_has_to_be_found_for_every_two_systems() -> None:
    document = profile(systems=("alpha", "beta", "gamma"))
    for one in document["differences"]:
        one["verdict"] = "undetermined" if one["systems"] == ["beta", "gamma"] else "equivalent"
    three = replace(CONTEXT, access=dict.fromkeys(("alpha", "beta", "gamma"), (None, None)))
    assert distance(claim("raised", systems="any"), basis(document, three)) == ("systems",)


def test_one_system_is_not_found_like_any_other() -> None:
    assert distance(claim("raised", systems="any"), alike("checked", count=1)) == ("systems",)


def test_a_share_or_a_difference_is_not_carried_over_by_equivalent_effects() -> None:
    assert distance(claim("attained", SHARE, systems="any", at_least=0), alike("checked")) == ("systems",)
    assert distance(claim("differs", DIFFERS, systems="any"), alike("checked")) == ("systems",)


def differing(scaffold: str = "checked") -> Basis:
    document = profile()
    entry(document, "difference", ["alpha", "beta"], scaffold)["verdict"] = "differs"
    return basis(document)


@pytest.mark.parametrize("what", ["raised", "lowered", "equivalent"])
def test_an_effect_is_not_carried_to_other_systems_where_it_was_found_to_differ(what: str) -> None:
    assert derive(claim(what, systems="any"), differing()).generalises
    assert derive(claim(what, systems=["beta"]), differing()).generalises
    assert not derive(claim(what), differing()).generalises
    assert not derive(claim(what, systems="any"), BASIS).generalises


def test_one_scaffold_of_the_evidence_under_which_it_differs_is_enough() -> None:
    two = claim("raised", RAISED, evidence("effect", "alpha", "asked"), systems="any")
    assert derive(two, differing("checked")).generalises and derive(two, differing("asked")).generalises


def test_a_difference_found_under_another_scaffold_is_none() -> None:
    assert not derive(claim("raised", systems="any"), differing("asked")).generalises


def test_what_is_no_effect_is_not_carried() -> None:
    assert not derive(claim("attained", SHARE, systems="any", at_least=0), differing()).generalises
    assert not derive(claim("differs", DIFFERS, systems="any"), differing()).generalises


# --- figures ---


@pytest.mark.parametrize(
    ("asserted", "member"),
    [
        ({"at_least": 0.55}, None),
        ({"at_least": 0.55 + 9e-10}, None),
        ({"at_least": 0.55 + 2e-9}, "at_least"),
        ({"at_most": 0.93}, None),
        ({"at_most": 0.93 - 9e-10}, None),
        ({"at_most": 0.93 - 2e-9}, "at_most"),
        ({"at_least": 0.1, "at_most": 0.9}, "at_most"),
        ({"at_least": 0.6, "at_most": 1}, "at_least"),
    ],
)
def test_a_share_is_shown_to_the_ends_of_its_interval(asserted: dict[str, float], member: str | None) -> None:
    excess = derive(claim("attained", SHARE, **asserted), BASIS).excess
    assert [one.member for one in excess] == ([member] if member else [])


def test_a_share_is_shown_by_every_cell_of_the_evidence() -> None:
    document = profile()
    entry(document, "cell", "beta", "checked")["share"] = figure(0.2, 0.99)
    both = (SHARE, evidence("cell", "beta", "checked"))
    (low,) = derive(claim("attained", *both, at_least=0.5), basis(document)).excess
    (high,) = derive(claim("attained", *both, at_most=0.95), basis(document)).excess
    assert (low.place, low.asserted, low.shown) == (1, 0.5, 0.2)
    assert (high.place, high.asserted, high.shown) == (1, 0.95, 0.99)


def test_an_effect_or_a_difference_is_shown_by_the_verdict_of_every_piece() -> None:
    document = profile()
    entry(document, "effect", "beta", "checked")["verdict"] = None
    on = basis(document)
    both = (RAISED, evidence("effect", "beta", "checked"))
    assert derive(claim("raised"), on).excess == ()
    (none,) = derive(claim("raised", *both), on).excess
    assert (none.member, none.place, none.asserted, none.shown) == ("what", 1, "raised", "no verdict")
    (other,) = derive(claim("lowered"), on).excess
    assert other.shown == "raised"
    assert derive(claim("differs", DIFFERS), on).excess[0].shown == "undetermined"
    assert derive(claim("differs", DIFFERS), differing()).excess == ()


# --- agreement ---

UNRELIABLE = agreement(coefficient=0.2, unreliable=True)
CONSTANT = agreement(coefficient=None, undefined="no-variation")
SHARED_NOTHING = agreement(coefficient=None, raw=None, units=0, undefined="nothing-shared", unreliable=True)


@pytest.mark.parametrize(
    ("found", "share", "rest"),
    [
        (agreement(), None, None),
        (None, None, None),
        (UNRELIABLE, "unreliable", "unreliable"),
        (SHARED_NOTHING, "unreliable", "unreliable"),
        (CONSTANT, None, "undefined: no-variation"),
    ],
)
def test_agreement_decides_what_a_claim_may_rest_on(found: Any, share: str | None, rest: str | None) -> None:
    document = profile()
    document["measured"][0]["agreement"] = found
    on = basis(document)
    assert derive(claim("attained", SHARE, at_least=0.1), on).baseless == share
    assert derive(claim("raised"), on).baseless == rest
    assert derive(claim("differs", DIFFERS), on).baseless == rest


def test_the_baseline_is_known_from_the_profile_in_any_order() -> None:
    document = profile(scaffolds=("z", "a", "m"))
    document["cells"].reverse()
    assert basis(document).baseline == "z"
    document["effects"] = [effect("alpha", "a", effect=None, verdict=None), effect("alpha", "m")]
    assert basis(document).baseline == "z"
