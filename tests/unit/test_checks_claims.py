"""The checks of claims: each single fault is refused by one requirement, and what is blocked says by what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fsep import limits
from fsep.checks import claims as bound  # noqa: F401  # importing binds them
from fsep.checks.registry import Blocked, BlockedError, checks, run
from fsep.checks.study import Document, Study
from fsep.checks.summary import Summary
from fsep.checks.whole import Whole
from fsep.findings import Collector, Place, Problem, Results
from unit.handmade_profile import (
    DIFFERS,
    RAISED,
    SHARE,
    agreement,
    claim,
    entry,
    evidence,
    profile,
)

REQUIREMENTS = [f"FSEP-CLM-{number:03}" for number in range(1, 11)]
BRIDGE = {"argument": "They are alike.", "support": "untested"}


def document(path: str, value: Mapping[str, Any]) -> Document:
    return Document(path, value["kind"], value, json.dumps(value, indent=1).encode())


def whole(
    claims: list[dict[str, Any]] | None,
    expected: Mapping[str, Any] | None = None,
    *,
    stated: Mapping[str, Any] | None = None,
    failed: tuple[str, ...] = (),
    **study: Any,
) -> Whole:
    """What the checks look at: a study of two systems, with a profile that follows from its ratings."""
    documents = {}
    if claims is not None:
        documents["claims"] = document("claims.json", {"fsep": "1.0", "kind": "claims", "claims": claims})
    if stated is not None:
        documents["profile"] = document("profile.json", stated)
    window = {"via": "script", "from": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}
    parts = {
        "optional": documents.get,
        "unusable": lambda role: iter(()),
        "names": lambda role: ["direct", "checked", "asked"],
        "systems": {"alpha": SimpleNamespace(value={"access": window}), "beta": SimpleNamespace(value={})},
        "programs": {
            id_: SimpleNamespace(environments=frozenset({id_})) for id_ in ("direct", "checked", "asked")
        },
        "unready": {},
        "lost_items": None,
        "item_lines": {"one": (1, {"domain": "law", "language": "en"}), "two": (2, {})},
    }
    made = Whole(
        cast(Study, SimpleNamespace(**{**parts, **study})), Summary(), failures=lambda one: int(one in failed)
    )
    made.__dict__["profile"] = profile() if expected is None else expected
    return made


def results(looked_at: Whole) -> Results:
    collector = Collector()
    run([one for one in checks("rated") if one.requirement.startswith("FSEP-CLM")], collector, looked_at)
    return collector.results()


def failed(looked_at: Whole) -> set[str]:
    found = results(looked_at)
    return {one for one in REQUIREMENTS if found.tally(one).failed}


def problem(looked_at: Whole, requirement: str) -> Problem:
    (fold,) = results(looked_at).problems[requirement].values()
    return fold.problem


def reasons(looked_at: Whole) -> dict[str, set[str]]:
    """Return why each requirement was not checked."""
    found = results(looked_at)
    return {one: set(found.tally(one).reasons) for one in REQUIREMENTS if found.tally(one).not_checked}


def far(what: str = "raised", *pieces: Mapping[str, Any], **asserted: Any) -> dict[str, Any]:
    """An inferred claim, bridged on the axes on which it is far."""
    axes = {"level": "level", "systems": "systems", "domains": "items", "time": "time"}
    made = claim(what, *pieces, **asserted)
    distance = [{"axis": axis, "bridge": BRIDGE} for member, axis in axes.items() if member in asserted]
    return {**made, "status": "inferred", "distance": distance}


def sound() -> list[dict[str, Any]]:
    """Claims of every kind that hold."""
    every: list[dict[str, Any]] = [
        claim("raised"),
        claim("attained", SHARE, at_least=0.5, at_most=0.95),
        far("raised", level="deployment", systems="any", domains="any", time="any"),
    ]
    return [{**one, "id": f"claim-{number}"} for number, one in enumerate(every)]


def test_sound_claims_pass_every_requirement() -> None:
    found = results(whole(sound()))
    assert {
        one: found.tally(one).failed + found.tally(one).not_checked for one in REQUIREMENTS
    } == dict.fromkeys(REQUIREMENTS, 0)
    passed = {one: found.tally(one).passed for one in REQUIREMENTS}
    assert passed == dict.fromkeys(REQUIREMENTS, 3) | {
        "FSEP-CLM-007": 4,
        "FSEP-CLM-008": 2,
        "FSEP-CLM-009": 1,
    }


def test_without_claims_the_first_requirement_fails_and_no_other_applies() -> None:
    for looked_at in (whole(None), whole(None, failed=("FSEP-RUB-001", "FSEP-PRF-002"))):
        assert failed(looked_at) == {"FSEP-CLM-001"} and reasons(looked_at) == {}
        assert problem(looked_at, "FSEP-CLM-001") == Problem("the bundle states no claims", Place())


def differing() -> dict[str, Any]:
    made = profile()
    entry(made, "difference", ["alpha", "beta"], "checked")["verdict"] = "differs"
    return made


def agreeing(**other: Any) -> dict[str, Any]:
    made = profile()
    made["measured"][0]["agreement"] = agreement(**other)
    return made


FAULTS: list[tuple[str, str, dict[str, Any], dict[str, Any] | None]] = [
    ("FSEP-CLM-002", "/evidence/0", claim("raised", evidence("effect", "gamma", "checked"), systems="any"), None),
    ("FSEP-CLM-002", "/evidence/1", claim("raised", RAISED, SHARE, systems="any"), None),
    ("FSEP-CLM-002", "/evidence/0", claim("differs", evidence("difference", ("beta", "alpha"), "checked")), differing()),
    ("FSEP-CLM-003", "/evidence_level", {**claim(), "evidence_level": "interaction"}, None),
    ("FSEP-CLM-004", "/marks", {**claim(), "marks": ["saturated"]}, None),
    ("FSEP-CLM-005", "/asserts/at_least", claim("attained", SHARE, at_least=0.56), None),
    ("FSEP-CLM-005", "/asserts/at_most", claim("attained", SHARE, at_most=0.92), None),
    ("FSEP-CLM-005", "/asserts/what", claim("lowered"), None),
    ("FSEP-CLM-005", "/asserts/what", claim("differs", DIFFERS), None),
    ("FSEP-CLM-006", "/distance", {**far(time="any"), "distance": []}, None),
    ("FSEP-CLM-006", "/distance", {**far(time="any"), "asserts": claim()["asserts"]}, None),
    ("FSEP-CLM-006", "/distance", {**far(time="any", domains="any"), "distance": far(time="any", domains="any")["distance"][::-1]}, None),
    ("FSEP-CLM-006", "/distance", {**far(time="any"), "distance": far(time="any")["distance"] * 2}, None),
    ("FSEP-CLM-007", "/distance/1", {**far(time="any", domains="any"), "distance": [{"axis": "items", "bridge": BRIDGE}, {"axis": "time"}]}, None),
    ("FSEP-CLM-008", "/status", {**far(time="any"), "status": "observed"}, None),
    ("FSEP-CLM-009", "/asserts/systems", far(systems="any"), differing()),
    ("FSEP-CLM-010", "/asserts/dimension", claim(), agreeing(unreliable=True)),
    ("FSEP-CLM-010", "/asserts/dimension", claim("attained", SHARE, at_least=0.5), agreeing(unreliable=True)),
    ("FSEP-CLM-010", "/asserts/dimension", claim(), agreeing(coefficient=None, undefined="no-variation")),
]  # fmt: skip


@pytest.mark.parametrize(("requirement", "pointer", "faulty", "expected"), FAULTS)
def test_a_single_fault_is_refused_by_one_requirement_where_it_stands(
    requirement: str, pointer: str, faulty: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    # In a dimension that no claim may rest on, none can stand beside it.
    before = (
        [{**claim("attained", SHARE, at_least=0.1), "id": "zero"}] if requirement != "FSEP-CLM-010" else []
    )
    looked_at = whole([*before, faulty], expected)
    assert failed(looked_at) == {requirement}
    there = problem(looked_at, requirement)
    assert "'one'" in there.message
    assert (there.place.path, there.place.pointer) == ("claims.json", f"/claims/{len(before)}{pointer}")
    assert there.place.line is not None and there.place.line > 2


def test_two_claims_have_no_id_in_common_and_both_are_looked_at() -> None:
    looked_at = whole([claim(), {**claim(), "marks": ["saturated"]}, {**claim(), "id": "two"}])
    assert failed(looked_at) == {"FSEP-CLM-001", "FSEP-CLM-004"} and reasons(looked_at) == {}
    assert problem(looked_at, "FSEP-CLM-001").place.pointer == "/claims/1/id"
    assert results(looked_at).tally("FSEP-CLM-001").passed == 2


def test_messages_say_what_is_asserted_and_what_the_evidence_is() -> None:
    raised = problem(whole([claim("lowered")]), "FSEP-CLM-005")
    assert raised.message == (
        "the claim 'one' asserts something other than the verdict on the effect of system 'alpha' with scaffold "
        "'checked' in 'verification-support'"
    )
    assert (raised.found, raised.expected) == ("lowered", "raised")
    share = problem(whole([claim("attained", SHARE, at_least=0.9)]), "FSEP-CLM-005")
    assert (share.found, share.expected) == (0.9, "at most 0.55")
    share = problem(whole([claim("attained", SHARE, at_most=0.5)]), "FSEP-CLM-005")
    assert (share.found, share.expected) == (0.5, "at least 0.93")
    gone = problem(
        whole([claim("differs", evidence("difference", ("beta", "alpha"), "asked"))]), "FSEP-CLM-002"
    )
    assert gone.message == (
        "the claim 'one' rests on the difference of effects of system 'beta' and 'alpha' with scaffold 'asked' in "
        "'verification-support': its two systems stand in the other order in the profile"
    )


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ([], "on an axis that its distance does not name: items, time"),
        (["items", "time", "users"], "on which it does not exceed its evidence: users"),
        (["time", "items"], "in the order of the axes"),
    ],
)
def test_a_distance_that_is_not_right_is_told_by_its_axes(stated: list[str], words: str) -> None:
    one = far(time="any", domains="any") | {"distance": [{"axis": axis, "bridge": BRIDGE} for axis in stated]}
    found = problem(whole([one]), "FSEP-CLM-006")
    assert found.message.endswith(words)
    assert (found.found, found.expected) == (stated, ["items", "time"])


# --- what blocks what ---


def test_evidence_that_is_not_found_blocks_what_rests_on_it_and_nothing_else() -> None:
    gone = {**claim("raised", evidence("effect", "gamma", "checked")), "distance": [{"axis": "time"}]}
    looked_at = whole([gone])
    blocked = {"FSEP-CLM-003", "FSEP-CLM-004", "FSEP-CLM-005", "FSEP-CLM-006", "FSEP-CLM-009", "FSEP-CLM-010"}
    assert reasons(looked_at) == {key: {"blocked by FSEP-CLM-002"} for key in blocked}
    assert failed(looked_at) == {"FSEP-CLM-002", "FSEP-CLM-007", "FSEP-CLM-008"}


def test_a_distance_that_is_not_right_blocks_its_bridges() -> None:
    looked_at = whole([{**far(time="any"), "distance": [{"axis": "users"}]}])
    assert failed(looked_at) == {"FSEP-CLM-006"}
    assert reasons(looked_at) == {"FSEP-CLM-007": {"blocked by FSEP-CLM-006"}}


@pytest.mark.parametrize("requirement", ["FSEP-RUB-001", "FSEP-RUB-002", "FSEP-RUB-003", "FSEP-RUB-004"])
def test_a_fault_of_the_rubric_blocks_every_requirement(requirement: str) -> None:
    looked_at = whole(sound(), failed=(requirement,))
    assert reasons(looked_at) == {key: {f"blocked by {requirement}"} for key in REQUIREMENTS}


def test_a_misstated_measurement_blocks_all_but_the_first() -> None:
    looked_at = whole(sound(), failed=("FSEP-PRF-002",))
    assert reasons(looked_at) == {key: {"blocked by FSEP-PRF-002"} for key in REQUIREMENTS[1:]}


@pytest.mark.parametrize(
    "requirement", ["FSEP-PRF-001", "FSEP-PRF-003", "FSEP-PRF-005", "FSEP-PRF-006", "FSEP-PRF-008"]
)
def test_other_faults_of_the_stated_profile_block_no_claim(requirement: str) -> None:
    assert reasons(whole(sound(), failed=(requirement,))) == {}


def two_dimensions() -> dict[str, Any]:
    return profile(dimensions=("verification-support", "other"))


@pytest.mark.parametrize(
    "wrong", [{"raw": 0.8}, {"units": 61}, {"unreliable": True}, {"coefficient": None}, None]
)
def test_a_misstated_agreement_blocks_the_claims_in_its_dimension(wrong: dict[str, Any] | None) -> None:
    stated = two_dimensions()
    stated["measured"][0]["agreement"] = None if wrong is None else agreement(**wrong)
    stated["measured"][1]["agreement"]["raw"] += 9e-10
    elsewhere = claim(
        "raised", evidence("effect", "alpha", "checked", dimension="other"), dimension="other", time="any"
    )
    claims = [claim(), {**elsewhere, "id": "two"}]
    looked_at = whole(claims, two_dimensions(), stated=stated, failed=("FSEP-AGR-003",))
    assert reasons(looked_at) == {key: {"blocked by FSEP-AGR-003"} for key in REQUIREMENTS[1:]} | {
        "FSEP-CLM-007": {"blocked by FSEP-AGR-003", "blocked by FSEP-CLM-006"}
    }
    assert failed(looked_at) == {"FSEP-CLM-006"}
    assert results(looked_at).tally("FSEP-CLM-002").not_checked == 1


def test_a_stated_agreement_is_gone_by_only_where_its_requirement_failed() -> None:
    stated = profile()
    stated["measured"][0]["agreement"]["units"] = 1
    assert reasons(whole(sound(), stated=stated)) == {}


def test_a_profile_that_cannot_be_computed_blocks_all_but_the_first() -> None:
    looked_at = whole(sound(), failed=("FSEP-RAT-005",))
    del looked_at.__dict__["profile"]
    with pytest.raises(BlockedError):
        looked_at.profile  # noqa: B018
    assert set(reasons(looked_at)) == set(REQUIREMENTS[1:])


def _lost_system(role: str) -> Any:
    return iter((Blocked.by("FSEP-DOC-003"),) if role == "system" else ())


def _lost_scaffold(role: str) -> Any:
    return iter((Blocked.by("FSEP-DOC-002"),) if role == "scaffold" else ())


@pytest.mark.parametrize(
    ("study", "requirement"),
    [
        ({"unusable": _lost_system}, "FSEP-DOC-003"),
        ({"programs": {}, "unusable": _lost_scaffold}, "FSEP-DOC-002"),
        ({"programs": {}, "unready": {("scaffold", "direct"): "FSEP-SCF-003"}}, "FSEP-SCF-003"),
        ({"programs": {}}, "FSEP-REF-002"),
        ({"lost_items": "FSEP-DOC-004"}, "FSEP-DOC-004"),
    ],
)
def test_claims_are_not_held_against_a_study_that_is_not_all_there(
    study: dict[str, Any], requirement: str
) -> None:
    looked_at = whole(sound(), **study)
    assert reasons(looked_at) == {key: {f"blocked by {requirement}"} for key in REQUIREMENTS[1:]}


def test_what_the_bundle_was_made_of_is_read_from_its_documents() -> None:
    context = whole([]).basis.context
    assert context.access == {"alpha": ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"), "beta": (None, None)}
    assert context.environments["checked"] == {"checked"}
    assert (context.domains, context.languages) == (frozenset({"law"}), frozenset({"en"}))


# --- hostile documents ---


def test_places_are_looked_for_only_as_often_as_findings_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    located: list[str] = []

    def place(one: Document, pointer: str) -> Place:
        located.append(pointer)
        return Place(one.path, 1, len(located), pointer)

    monkeypatch.setattr(Document, "place", place)
    many = [{**claim("lowered"), "id": f"claim-{number}"} for number in range(300)]
    found = results(whole(many))
    assert found.tally("FSEP-CLM-005").failed == 300
    assert len(located) == limits.FINDINGS_PER_REQUIREMENT + 1
    folds = found.problems["FSEP-CLM-005"].values()
    named = sorted(int(fold.problem.message.split("'")[1].removeprefix("claim-")) for fold in folds)
    assert named == list(range(limits.FINDINGS_PER_REQUIREMENT))
