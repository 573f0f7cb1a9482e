"""Two designs side by side: none departs from itself, and whatever a digest covers is told. Nothing here is real."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsep import limits
from fsep.against import Fixed, compare
from fsep.against.walk import walk
from fsep.digests import covered_of_item, program_digest
from fsep.findings.against import Against, Departure
from fsep.parsing.canonical import digest
from parent import parent
from workbench import Workbench

CREDENTIAL = "sk-ant-" + "a1" * 24
ROLES = ("scaffold", "simulator", "environment")


def fixed(bench: Workbench, *, documents: bool = True) -> Fixed:
    """Return a bench's design and, unless told otherwise, what it fixes."""
    if not documents:
        return Fixed(bench["design.json"])
    held = {
        (role, value["id"]): value
        for role in ROLES
        for path, value in bench.values.items()
        if path.startswith(f"{role}s/")
    }
    return Fixed(bench["design.json"], held, bench["items.jsonl"])


def against(bench: Workbench, other: Fixed | None = None) -> Against:
    """Compare a bench with the parent, or with another design."""
    systems = {value["id"]: value for path, value in bench.values.items() if path.startswith("systems/")}
    return compare(fixed(bench), other or fixed(parent()), "published", systems)


def departures(bench: Workbench, other: Fixed | None = None) -> tuple[Departure, ...]:
    return against(bench, other).departures


def only(bench: Workbench, other: Fixed | None = None) -> Departure:
    (one,) = departures(bench.lock(), other)
    return one


def said(one: Departure) -> list[str]:
    """Return what is said of the places in a departure."""
    return [difference.message for difference in one.differences]


def test_a_design_has_no_departures_from_itself() -> None:
    assert against(parent()).same
    assert departures(parent(), fixed(parent(), documents=False)) == ()


def test_what_fixes_nothing_is_no_departure() -> None:
    bench = parent()
    bench["design.json"] |= {"title": "Another", "description": "x", "extensions": {"org.example": 1}}
    bench["scaffolds/react.json"]["title"] = "Another"
    bench["items.jsonl"][0]["domain"] = "geography"
    # What a default stands for may be written out.
    bench["scaffolds/direct.json"]["program"]["steps"][-1].setdefault("seed", "none")
    assert departures(bench.lock()) == ()


def test_another_text_is_named_by_its_step_and_cut_to_the_difference() -> None:
    bench = parent()
    step = bench["scaffolds/react.json"]["program"]["steps"][0]
    step["text"] = step["text"].replace("Action: tool", "Action: TOOL")
    one = only(bench)
    assert (one.thing, one.id) == ("scaffold", "react")
    assert one.message == "the scaffold 'react' is another program than the design's"
    assert said(one) == ["step 1 (`say` at 'rules') has another `text`"]
    assert "Action: TOOL" in (one.differences[0].found or "")
    assert "Action: tool" in (one.differences[0].expected or "")
    assert len(one.differences[0].found or "") < len(step["text"])


def test_another_parameter_is_named_with_both_values() -> None:
    bench = parent()
    bench["scaffolds/direct.json"]["program"]["steps"][-1]["parameters"]["temperature"] = 0.7
    (one,) = only(bench).differences
    assert one.message == "step 2 (`generate` at 'answer') has another parameter `temperature`"
    assert (one.found, one.expected) == ("0.7", "0")


def test_a_step_more_or_fewer_is_one_difference() -> None:
    more, fewer, moved = parent(), parent(), parent()
    deep = "step 4 (`repeat` at 'turn'), step 3 (`when`), `then`"
    more["scaffolds/react.json"]["program"]["steps"][3]["steps"][2]["then"].insert(
        0, {"do": "let", "name": "x", "text": ""}
    )
    del fewer["scaffolds/react.json"]["program"]["steps"][3]["steps"][2]["then"][0]
    moved["scaffolds/react.json"]["program"]["steps"][0:2] = reversed(
        moved["scaffolds/react.json"]["program"]["steps"][0:2]
    )
    assert said(only(more)) == [f"{deep} has step 1 (`let` for 'x'), which the design does not have"]
    assert said(only(fewer)) == [f"{deep} lacks step 1 (`extract` for 'tool'), which the design has"]
    assert said(only(moved)) == [
        "it has another order: step 2 (`say` at 'rules') stands elsewhere in the design"
    ]


def test_only_the_first_few_differences_are_told_and_all_are_counted() -> None:
    bench = parent()
    bench["environments/desk.json"]["tools"] = [
        {**tool, "name": f"{tool['name']}.{place}"}
        for place in range(5)
        for tool in bench["environments/desk.json"]["tools"]
    ]
    one = only(bench)
    tools = len(bench["environments/desk.json"]["tools"])
    assert len(one.differences) == limits.AGAINST_DIFFERENCES
    assert one.more == tools + tools // 5 - limits.AGAINST_DIFFERENCES


def test_a_simulator_and_an_environment_are_told_apart_by_their_members() -> None:
    simulator, environment = parent(), parent()
    simulator["simulators/customer.json"]["model"]["name"] = "another"
    environment["environments/desk.json"]["tools"][0]["description"] += " Really."
    assert only(simulator).message == "the simulator 'customer' is another than the design's"
    assert said(only(simulator)) == ["`model` has another `name`"]
    assert said(only(environment)) == ["tool 'lookup' has another `description`"]


def test_items_are_told_by_what_became_of_them() -> None:
    added, missing, changed, moved = parent(), parent(), parent(), parent()
    added["items.jsonl"].append({**added["items.jsonl"][0], "id": "oder"})
    del missing["items.jsonl"][0]
    changed["items.jsonl"][0]["fields"]["question"] = "Which?"
    moved["items.jsonl"].reverse()
    assert only(added).message == "1 item more than the design has: 'oder'"
    assert only(missing).message == "1 item fewer than the design has: 'peru'"
    assert only(changed).message == "1 item changed: 'peru'"
    assert said(only(changed)) == ["item 'peru' has another field `question`"]
    assert only(moved).message == "the items stand in another order, from item 1 on"
    assert (only(moved).found, only(moved).expected) == ("'nile', 'peru'", "'peru', 'nile'")


@pytest.mark.parametrize(
    ("member", "value", "message", "found", "expected"),
    [
        ("replicates", 3, "the number of replicates is another", "3", "1"),
        ("baseline", "react", "the baseline is another scaffold", "react", "direct"),
        ("limits", {"missing_share": 0}, "the share of runs that may be missing is another", "0", "0.5"),
        ("id", "other", "the design has another id", "other", "six-programs"),
    ],
)
def test_the_designs_own_values_are_told(
    member: str, value: Any, message: str, found: str, expected: str
) -> None:
    bench = parent()
    bench["design.json"][member] = value
    one = only(bench)
    assert (one.thing, one.message, one.found, one.expected) == ("design", message, found, expected)


def test_what_no_sentence_was_made_for_is_told_too() -> None:
    bench = parent()
    bench["design.json"]["rubric"] = "ab" * 32
    one = only(bench)
    assert (one.thing, one.message) == ("design", "the design is another one")
    assert said(one) == ["it has `rubric`, which the design does not have"]


def test_things_more_fewer_and_elsewhere_are_told() -> None:
    bench = parent()
    locks = bench["design.json"]["scaffolds"]
    bench["design.json"]["scaffolds"] = [*locks[1:], {**locks[0], "id": "spare"}]
    bench["design.json"]["simulators"] = []
    assert [(one.thing, one.message) for one in departures(bench)] == [
        ("scaffold", "the scaffold 'direct' is missing"),
        ("scaffold", "there is a scaffold more, 'spare'"),
        ("simulator", "the simulator 'customer' is missing"),
    ]
    bench["design.json"] |= {"scaffolds": locks[::-1], "simulators": parent()["design.json"]["simulators"]}
    assert only(bench).message == "the scaffolds stand in another order"


def test_with_a_design_alone_the_digests_are_told() -> None:
    bench = parent()
    bench["scaffolds/react.json"]["program"]["primary"] = "other"
    bench["items.jsonl"][0]["fields"]["question"] = "Which?"
    scaffold, items = departures(bench.lock(), fixed(parent(), documents=False))
    assert "the design's document is not at hand" in scaffold.message
    assert (scaffold.found, scaffold.expected) == (
        program_digest(bench["scaffolds/react.json"]),
        program_digest(parent()["scaffolds/react.json"]),
    )
    assert items.message == "the items are others than the design's: so their program digest shows"


def test_a_bundle_that_keeps_the_design_and_not_what_it_fixes_departs() -> None:
    bench = parent()
    bench["scaffolds/react.json"]["program"]["steps"][0]["text"] = "Think."
    (one,) = departures(bench)
    assert said(one) == ["step 1 (`say` at 'rules') has another `text`"]


def test_a_bundle_whose_design_states_what_its_scaffold_is_not_departs() -> None:
    bench = parent()
    bench["design.json"]["scaffolds"][1]["program_sha256"] = "ab" * 32
    (one,) = departures(bench)
    assert one.message == (
        "the bundle's own design states another program digest of the scaffold 'react' than it has"
    )


def test_a_bundle_without_a_design_departs() -> None:
    made = compare(None, fixed(parent()), "published", {})
    assert (made.same, made.found_sha256) == (False, None)


def test_withheld_fields_are_not_compared_and_others_are() -> None:
    bench = parent()
    held = {"withheld": {"commitment": "ab" * 32, "kind": "string", "reason": "kept"}}
    bench["items.jsonl"][0]["fields"]["question"] = held
    assert departures(bench) == ()
    bench["items.jsonl"][0]["fields"]["errand"] = "Another."
    (one,) = departures(bench)
    assert said(one) == ["item 'peru' has another field `errand`"]


def test_adaptations_are_confounded_and_no_departure() -> None:
    made = against(parent())
    assert made.same
    assert [(one.system, one.adaptations) for one in made.confounded] == [
        ("hasty", ("system-text as user", "clamp-parameter parameter max_tokens maximum 256"))
    ]


@pytest.mark.parametrize("member", ["text", "api_key", CREDENTIAL])
def test_no_credential_is_repeated(member: str) -> None:
    bench = parent()
    secret = CREDENTIAL if member == "text" else "hunter2"
    bench["environments/desk.json"]["tools"][0]["parameters"][member] = "x " * 100 + secret
    published = parent()
    published["environments/desk.json"]["tools"][0]["parameters"][member] = "x " * 100 + "y"
    one = only(bench, fixed(published.lock()))
    assert CREDENTIAL not in repr(one)
    assert "hunter2" not in repr(one) or member == CREDENTIAL
    assert len(one.differences) == 1


def test_no_entry_of_a_list_of_credentials_is_repeated() -> None:
    bench, published = parent(), parent()
    bench["environments/desk.json"]["tools"][0]["parameters"]["api_key"] = ["hunter2"]
    published["environments/desk.json"]["tools"][0]["parameters"]["api_key"] = ["hunter3"]
    one = only(bench, fixed(published.lock()))
    assert len(one.differences) == 2
    assert "hunter" not in repr(one)


# --- whatever a digest covers ---


def leaves(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place of a value, as its holder and the key in that."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield value, key
            yield from leaves(inner)


VALUES = st.sampled_from(["", "other", 0, 1, True, False, None, 1.5, [], {}, ["a"], {"a": "b"}])
PATHS = {
    "scaffold": "scaffolds/react.json",
    "simulator": "simulators/customer.json",
    "environment": "environments/desk.json",
}


@pytest.mark.parametrize("role", ROLES)
@given(data=st.data())
def test_any_change_of_what_a_program_digest_covers_is_told(role: str, data: st.DataObject) -> None:
    bench = parent()
    part = {"scaffold": "program", "simulator": "model", "environment": "tools"}[role]
    value = bench[PATHS[role]][part]
    holder, key = data.draw(st.sampled_from(list(leaves(value))))
    change = data.draw(st.sampled_from(["set", "delete", "turn"]))
    if change == "delete":
        del holder[key]
    elif change == "turn" and isinstance(holder, list):
        holder.reverse()
    else:
        holder[key] = data.draw(VALUES)
    try:
        changed = program_digest(bench[PATHS[role]])
    except (KeyError, TypeError, AttributeError, ValueError):
        return  # What has no program digest any more is no document.
    told = departures(bench)
    assert bool(told) == (changed != program_digest(parent()[PATHS[role]]))
    assert all(one.differences for one in told)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, -0.0, 1.0, 0.5, "", "a", "do"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["do", "id", "name", "steps", "then", "tools", "parameters", "fields"]), inner
        )
    ),
    max_leaves=12,
)


@given(JSON, JSON)
def test_the_walk_tells_of_a_difference_where_canonical_forms_differ_and_only_there(
    one: Any, other: Any
) -> None:
    told = list(walk({"x": one}, {"x": other}))
    assert bool(told) == (digest(one) != digest(other))
    assert not list(walk({"x": one}, {"x": copy.deepcopy(one)}))


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), ("1", 1), (None, False), ([], {})])
def test_values_that_only_look_alike_differ(one: Any, other: Any) -> None:
    assert [found.kind for found in walk({"x": one}, {"x": other})] == ["changed"]
    assert len(list(walk({"x": [one]}, {"x": [other]}))) == 2


def test_long_lists_are_compared_place_by_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "AGAINST_ENTRIES", 3)
    told = list(walk({"x": [1, 2, 3, 4]}, {"x": [2, 2, 3]}))
    assert [(one.kind, one.noun) for one in told] == [("changed", "entry 1"), ("added", "entry 4")]


@given(st.data())
def test_any_change_of_an_item_is_told(data: st.DataObject) -> None:
    bench = parent()
    item = data.draw(st.sampled_from(bench["items.jsonl"]))
    name = data.draw(st.sampled_from([*item["fields"], "new"]))
    item["fields"][name] = data.draw(st.text(max_size=3) | st.lists(st.text(max_size=2), max_size=2))
    if data.draw(st.booleans()):
        item["cluster"] = "a"
    before, after = ([covered_of_item(one) for one in made["items.jsonl"]] for made in (parent(), bench))
    assert bool(departures(bench)) == (before != after)
