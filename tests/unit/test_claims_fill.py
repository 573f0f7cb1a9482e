"""Documents of claims: what is filled in, and with what one begins."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from fsep import protocol
from fsep.claims import Basis, begin, fill
from fsep.maintain.examples import examples
from fsep.protocol import data
from unit.handmade_profile import (
    CONTEXT,
    DIFFERS,
    DIMENSION,
    agreement,
    basis,
    cell,
    claim,
    difference,
    effect,
    entry,
    evidence,
    figure,
    measured,
    profile,
)

BRIDGE = {"argument": "They are alike.", "support": "untested"}


def filled(stated: dict[str, Any], on: Basis | None = None) -> dict[str, Any]:
    (one,) = fill({"fsep": "1.0", "kind": "claims", "claims": [stated]}, on or basis())["claims"]
    result: dict[str, Any] = one
    return result


def test_level_marks_and_distance_are_filled_in_and_all_else_stays() -> None:
    document = profile()
    entry(document, "effect", "alpha", "checked")["marks"] = ["saturated"]
    stated = claim("raised", systems="any", time="any")
    one = filled({**stated, "evidence_level": "model", "marks": ["confounded"]}, basis(document))
    derived = {"marks": ["saturated"], "distance": [{"axis": "systems"}, {"axis": "time"}]}
    assert one == {**stated, "evidence_level": "response", **derived}


def test_a_claim_may_be_written_without_what_follows() -> None:
    stated = claim("raised", users="any")
    short = {name: stated[name] for name in ("id", "text", "status", "asserts", "evidence")}
    assert filled(short) == {**stated, "distance": [{"axis": "users"}]}


def test_bridges_stay_and_axes_that_are_not_exceeded_go() -> None:
    stated = claim("raised", systems="any", time="any")
    stated["distance"] = [{"axis": "time", "bridge": BRIDGE}, {"axis": "level", "bridge": BRIDGE}]
    assert filled(stated)["distance"] == [{"axis": "systems"}, {"axis": "time", "bridge": BRIDGE}]


def test_of_an_axis_named_twice_the_first_with_a_bridge_stays() -> None:
    stated, other = claim("raised", time="any"), {**BRIDGE, "argument": "Another."}
    stated["distance"] = [
        {"axis": "time"},
        {"axis": "time", "bridge": BRIDGE},
        {"axis": "time", "bridge": other},
    ]
    assert filled(stated)["distance"] == [{"axis": "time", "bridge": BRIDGE}]


def test_a_claim_whose_evidence_is_not_found_stays_as_it_is() -> None:
    stated = claim("raised", evidence("effect", "gamma", "checked"), systems="any")
    assert filled(stated) == stated


def test_what_is_given_is_not_changed() -> None:
    stated = claim("raised", systems="any")
    document = {"fsep": "1.0", "kind": "claims", "claims": [stated]}
    fill(document, basis())
    assert document == {"fsep": "1.0", "kind": "claims", "claims": [claim("raised", systems="any")]}


def test_the_example_of_the_specification_is_filled_in_as_it_stands() -> None:
    (text,) = (one.text for one in examples(data.root(), "1.0") if one.schema == "claims")
    document, example = profile(), json.loads(text)
    for kind in ("cell", "effect"):
        entry(document, kind, "alpha", "checked")["marks"] = ["saturated"]
    context = replace(CONTEXT, access=dict.fromkeys(CONTEXT.access, (None, None)))
    for one in example["claims"]:
        assert one["distance"] or one["status"] == "observed"
    assert fill(example, basis(document, context)) == example


# --- the beginning ---


def only(**entries: list[dict[str, Any]]) -> dict[str, Any]:
    """A profile that shows nothing but what is given; its cells are attained at 0 at least."""
    document = profile()
    for one in document["cells"]:
        one["share"] = figure(0, 0.9)
    for one in document["effects"]:
        one["verdict"] = "undetermined"
    for kind, given in entries.items():
        document[kind] = [*given, *document[kind]] if kind == "measured" else given
    return document


def begun(document: dict[str, Any]) -> list[dict[str, Any]]:
    made = begin(basis(document))
    assert {**made, "claims": []} == {"fsep": "1.0", "kind": "claims", "claims": []}
    if made["claims"]:
        assert protocol.load("1.0").validator("claims").is_valid(made)
    claims: list[dict[str, Any]] = made["claims"]
    return claims


def test_where_nothing_is_shown_no_claim_is_begun() -> None:
    assert begun(only()) == []


@pytest.mark.parametrize("verdict", ["raised", "lowered", "equivalent"])
def test_an_effect_with_a_verdict_begins_an_observed_claim_as_tested(verdict: str) -> None:
    document = only()
    entry(document, "effect", "beta", "asked").update(verdict=verdict, marks=["saturated"])
    (one,) = begun(document)
    assert "text" in one and verdict in one["text"].replace("stayed, within the margin,", "equivalent")
    assert {**one, "text": "A claim made by hand."} == {
        **claim(verdict, evidence("effect", "beta", "asked")),
        "id": f"{verdict}-beta-asked-{DIMENSION}",
        "marks": ["saturated"],
    }


def test_a_difference_that_differs_begins_one_also_where_it_is_exploratory() -> None:
    document = only()
    document["measured"][0]["primary"] = False
    entry(document, "difference", ["alpha", "beta"], "checked")["verdict"] = "differs"
    (one,) = begun(document)
    assert (one["asserts"]["what"], one["evidence"]) == ("differs", [DIFFERS])


@pytest.mark.parametrize(
    ("low", "at_least"),
    [(0.009999, None), (0.01, 0.01), (0.7610, 0.76), (0.7699, 0.76), (0.29, 0.29), (1, 1)],
)
def test_a_share_begins_one_at_least_its_lower_end_rounded_down(low: float, at_least: float | None) -> None:
    document = only()
    entry(document, "cell", "alpha", "checked").update(share=figure(low, 1), level="interaction")
    assert [one["asserts"]["at_least"] for one in begun(document)] == ([at_least] if at_least else [])
    assert all(one["asserts"]["level"] == one["evidence_level"] == "interaction" for one in begun(document))


def test_effects_and_shares_of_exploratory_dimensions_begin_none() -> None:
    document = profile()
    document["measured"][0]["primary"] = False
    assert begun(document) == []


def test_an_unreliable_dimension_begins_none_and_an_undefined_agreement_shares_alone() -> None:
    document = profile()
    entry(document, "difference", ["alpha", "beta"], "checked")["verdict"] = "differs"
    document["measured"][0]["agreement"] = agreement(unreliable=True)
    assert begun(document) == []
    document["measured"][0]["agreement"] = agreement(coefficient=None, undefined="no-variation")
    assert {one["asserts"]["what"] for one in begun(document)} == {"attained"}


def test_effects_come_first_then_differences_then_shares() -> None:
    document = profile()
    entry(document, "difference", ["alpha", "beta"], "checked")["verdict"] = "differs"
    assert [one["asserts"]["what"] for one in begun(document)] == ["raised"] * 4 + ["differs"] + [
        "attained"
    ] * 6


def test_fifty_claims_are_begun_at_most() -> None:
    assert len(begun(profile(systems=[f"s{number}" for number in range(60)]))) == 50


def test_ids_differ_and_are_slugs_however_long_the_names_are() -> None:
    long = ["a" * 64, "a" * 63 + "b", "a-b", "a"]
    document = profile(systems=long, scaffolds=("x", "b-c", "c", "c" * 64))
    claims = begun(document)
    assert len({one["id"] for one in claims}) == len(claims) == 28
    assert max(len(one["id"]) for one in claims) == 64


def test_the_handmade_parts_agree_with_the_whole() -> None:
    made = profile()
    assert made["cells"][0] == cell("alpha", "direct") and made["measured"] == [measured()]
    assert made["effects"][0] == effect("alpha", "checked")
    assert made["differences"][0] == difference("alpha", "beta", "checked")
    assert set(CONTEXT.access) == {one["system"] for one in made["cells"]}
