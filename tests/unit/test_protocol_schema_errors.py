"""What people are told about a document that is not valid."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest

from fsep import limits, protocol
from fsep.protocol.schema_errors import SchemaProblem, explain, is_valid

V1 = protocol.load("1.0")
DIGEST = "0" * 64
DESIGN: dict[str, Any] = {
    "fsep": "1.0",
    "kind": "design",
    "id": "capital-cities",
    "scaffolds": [{"id": "direct", "program_sha256": DIGEST}],
    "baseline": "direct",
    "items": {"sha256": DIGEST, "count": 2},
    "replicates": 1,
    "limits": {"missing_share": 0.1},
}
SYSTEM: dict[str, Any] = {"fsep": "1.0", "kind": "system", "id": "alpha", "model": {"name": "m"}}
EVENT: dict[str, Any] = {
    **{"kind": "message", "step": "ask", "thread": "main", "actor": "program"},
    **{"origin": "program", "role": "user", "content": "Hello"},
}
RUN: dict[str, Any] = {
    **{"run": "r", "system": "alpha", "scaffold": "direct", "item": "i", "replicate": 0},
    **{"status": "completed", "events": [EVENT], "result": []},
}
BUNDLE: dict[str, Any] = {
    **{"fsep": "1.0", "kind": "bundle", "id": "b", "asserts": ["whole"]},
    "files": [{"path": "design.json", "role": "design", "sha256": DIGEST, "bytes": 1}],
}


def only(name: str, value: Any) -> SchemaProblem:
    problems = explain(V1, name, value)
    assert not is_valid(V1, name, value)
    assert len(problems) == 1, problems
    return problems[0]


def first(name: str, value: Any) -> SchemaProblem:
    assert not is_valid(V1, name, value)
    return explain(V1, name, value)[0]


@pytest.mark.parametrize(
    ("name", "value"), [("design", DESIGN), ("system", SYSTEM), ("run", RUN), ("bundle", BUNDLE)]
)
def test_of_a_valid_value_there_is_nothing_to_say(name: str, value: Any) -> None:
    assert is_valid(V1, name, value)
    assert explain(V1, name, value) == []


def test_an_unknown_property_is_named_with_those_that_are_known() -> None:
    problem = only("design", {**DESIGN, "limits": {"missing_share": 0.1, "share": 1}})
    assert problem == SchemaProblem(
        "/limits/share",
        "additionalProperties",
        "the property `share` is not known here; known are `missing_share`",
        "share",
    )


def test_every_unknown_property_is_told_in_the_order_of_the_document() -> None:
    problems = explain(V1, "design", {**DESIGN, "zeta": 1, "alpha": 2})
    assert [problem.key for problem in problems] == ["zeta", "alpha"]


def test_a_missing_property_is_named_at_the_object_it_is_missing_in() -> None:
    value = {key: item for key, item in DESIGN.items() if key != "replicates"}
    assert only("design", value) == SchemaProblem("", "required", "`replicates` is missing")
    value = {**DESIGN, "scaffolds": [{"id": "direct"}]}
    assert only("design", value) == SchemaProblem("/scaffolds/0", "required", "`program_sha256` is missing")


@pytest.mark.parametrize(
    ("name", "value", "pointer", "message"),
    [
        ("design", [], "", "must be an object, found an array"),
        ("design", None, "", "must be an object, found null"),
        ("design", {**DESIGN, "kind": "x"}, "/kind", 'must be `design`, found "x"'),
        ("design", {**DESIGN, "replicates": "1"}, "/replicates", 'must be a whole number, found "1"'),
        ("design", {**DESIGN, "replicates": 1.5}, "/replicates", "must be a whole number, found 1.5"),
        ("design", {**DESIGN, "replicates": True}, "/replicates", "must be a whole number, found true"),
        ("design", {**DESIGN, "replicates": 0}, "/replicates", "must be at least 1, found 0"),
        (
            "design",
            {**DESIGN, "limits": {"missing_share": 2}},
            "/limits/missing_share",
            "must be at most 1, found 2",
        ),
        ("design", {**DESIGN, "title": ""}, "/title", "must have at least 1 character, has 0"),
        ("design", {**DESIGN, "title": "é" * 201}, "/title", "must have at most 200 characters, has 201"),
        ("design", {**DESIGN, "scaffolds": []}, "/scaffolds", "must have at least 1 element, has 0"),
        (
            "design",
            {**DESIGN, "baseline": "Direct\n"},
            "/baseline",
            'must match `^[a-z0-9][a-z0-9._-]{0,63}$` (A short ASCII identifier), found "Direct\\u000a"',
        ),
        ("system", {**SYSTEM, "aliases": ["a", "a"]}, "/aliases", "must not hold the same value twice"),
        (
            "system",
            {**SYSTEM, "access": {"via": "mail"}},
            "/access/via",
            'must be one of `api`, `local`, `script`, `other`, found "mail"',
        ),
        (
            "run",
            {**RUN, "started": "2024-02-30T00:00:00Z"},
            "/started",
            'must be a time as in 2026-05-01T12:00:00Z, found "2024-02-30T00:00:00Z"',
        ),
    ],
)
def test_a_wrong_value_is_told_in_a_plain_sentence(name: str, value: Any, pointer: str, message: str) -> None:
    problem = only(name, value)
    assert (problem.pointer, problem.message, problem.key) == (pointer, message, None)


def test_a_property_that_a_branch_excludes_is_told_with_the_branch() -> None:
    problem = only("run", {**RUN, "failure": {"kind": "provider-refused"}})
    assert problem == SchemaProblem(
        "/failure",
        "false",
        'the property `failure` must not be there where `status` is "completed"',
        "failure",
    )


def test_a_property_that_a_branch_needs_is_told_with_the_branch() -> None:
    value = {key: item for key, item in RUN.items() if key != "result"}
    assert only("run", value).message == '`result` is missing where `status` is "completed"'


def test_a_property_that_another_needs_is_told_with_that() -> None:
    problem = explain(_with({"dependentRequired": {"from": ["until"]}}), "open", {"from": 1})
    assert problem == [SchemaProblem("", "dependentRequired", "`until` is missing where `from` is there")]


def test_what_is_missing_where_nothing_was_chosen_has_no_reason() -> None:
    value = {key: item for key, item in RUN.items() if key != "system"}
    assert only("run", value).message == "`system` is missing"


def test_the_messages_come_from_the_branch_that_was_chosen() -> None:
    value = {**SYSTEM, "adaptations": [{"kind": "merge-adjacent", "as": "user"}]}
    assert [problem.message for problem in explain(V1, "system", value)] == [
        "the property `as` is not known here; known are `kind`, `separator`",
        '`separator` is missing where `kind` is "merge-adjacent"',
    ]
    other = {"continues": "r", "part": 1, "events": [], "status": "completed"}
    assert [problem.key for problem in explain(V1, "run", other)] == ["status"]


def test_a_branch_of_an_outer_object_is_no_reason_for_an_inner_one() -> None:
    schema = {
        "if": {"properties": {"do": {"const": "run"}}},
        "then": {
            "required": ["by"],
            "properties": {"by": {"required": ["name"], "properties": {"no": False}}},
        },
    }
    assert explain(_with(schema), "open", {"do": "run"})[0].message == '`by` is missing where `do` is "run"'
    inner = explain(_with(schema), "open", {"do": "run", "by": {"no": 1}})
    assert {problem.message for problem in inner} == {
        "`name` is missing",
        "the property `no` must not be there",
    }


def test_without_a_discriminator_only_that_is_told() -> None:
    for adaptation in ({}, {"kind": "no such kind"}):
        problem = only("system", {**SYSTEM, "adaptations": [adaptation]})
        assert problem.pointer.startswith("/adaptations/0")
        assert "kind" in problem.message + problem.pointer


def test_the_cause_comes_before_what_follows_from_it() -> None:
    files = [{"path": "a", "sha256": DIGEST, "bytes": 1}]
    assert first("bundle", {**BUNDLE, "files": files}).message == "`role` is missing"
    misspelt = {("replicats" if key == "replicates" else key): item for key, item in DESIGN.items()}
    assert [problem.keyword for problem in explain(V1, "design", misspelt)] == [
        "additionalProperties",
        "required",
    ]
    assert first("run", {**RUN, "status": "done", "extra": 1}).pointer == "/status"


def test_outer_objects_come_before_inner_ones() -> None:
    value = {**DESIGN, "items": {"sha256": "x", "count": -1}, "title": ""}
    pointers = [problem.pointer for problem in explain(V1, "design", value)]
    assert pointers == ["/title", "/items/sha256", "/items/count"]


def test_the_name_of_a_property_is_told_as_one() -> None:
    problem = only("design", {**DESIGN, "extensions": {"Plain": 1}})
    assert problem.pointer == "/extensions/Plain"
    assert problem.keyword == "propertyNames"
    assert problem.key == "Plain"
    assert problem.message.startswith("the property name `Plain` must match `")


def test_pointers_are_escaped() -> None:
    assert only("design", {**DESIGN, "a/b~c": 1}).pointer == "/a~1b~0c"


HOSTILE = "\u202e\n\x1b[31m" + "x" * 1000


def test_foreign_text_is_cut_and_made_visible() -> None:
    for value in (
        {**DESIGN, "kind": HOSTILE},
        {**DESIGN, HOSTILE[:100]: 1},
        {**DESIGN, "extensions": {HOSTILE[:100]: 1}},
    ):
        problem = only("design", value)
        assert "x" * limits.SHOWN_CHARACTERS not in problem.message
        assert problem.message.isprintable()


SECRET = "sk-proj-Ab3dEf6hIj9kLm2nOp5q"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("run", {**RUN, "status": SECRET}),
        ("run", {**RUN, "status": f"Bearer {SECRET}"}),
        ("run", {**RUN, "started": f"{'x ' * 25}{SECRET}"}),
        ("run", {**RUN, "events": [{**EVENT, "kind": SECRET}]}),
        ("design", {**DESIGN, "id": SECRET}),
        ("design", {**DESIGN, "kind": "-----BEGIN PRIVATE KEY-----\n"}),
        ("bundle", {**BUNDLE, "files": [{**BUNDLE["files"][0], "role": SECRET, "records": 1}]}),
    ],
)
def test_what_looks_like_a_credential_is_not_shown(name: str, value: Any) -> None:
    problems = explain(V1, name, value)
    assert problems
    for problem in problems:
        assert SECRET[:12] not in problem.message
        assert "BEGIN" not in problem.message


@pytest.mark.parametrize(
    "member", ["api_key", "X-Api-Key", "Authorization", "password", "access_token", "secret"]
)
def test_no_value_is_shown_under_a_name_like_that_of_a_credential(member: str) -> None:
    schema_problem = explain(_with({"properties": {member: {"type": "number"}}}), "open", {member: "short"})
    assert [problem.message for problem in schema_problem] == [
        "must be a number, found a value that is not shown here"
    ]
    shown = explain(_with({"properties": {"colour": {"type": "number"}}}), "open", {"colour": "short"})
    assert [problem.message for problem in shown] == ['must be a number, found "short"']


def _with(body: dict[str, Any]) -> Any:
    """Return something like a version that has one schema."""
    from fsep.protocol.reference import reference

    schema = {"$id": "https://w3id.org/fsep/1.0/open.schema.json", **body}

    class Version:
        def reference_validator(self, name: str) -> Any:
            return reference({"open": schema}, name)

    return Version()


def test_a_digest_or_time_is_shown_although_it_is_long() -> None:
    assert DIGEST[:59] in first("design", {**DESIGN, "kind": DIGEST}).message
    assert (
        "2024-02-30T00:00:00.123456789Z"
        in first("run", {**RUN, "started": "2024-02-30T00:00:00.123456789Z"}).message
    )


def test_a_number_out_of_all_bounds_is_not_written_out() -> None:
    assert only("design", {**DESIGN, "replicates": 10**400}).message.endswith("found a number too large")


def test_a_document_of_faults_takes_bounded_time_and_gives_a_bounded_list() -> None:
    started = time.perf_counter()
    many = [
        explain(V1, "run", {**RUN, "events": [0] * 1_000_000}),
        explain(V1, "bundle", {**BUNDLE, "asserts": [{} for _ in range(200_000)]}),
        explain(V1, "design", {**DESIGN, **{f"k{number}": 0 for number in range(200_000)}}),
    ]
    assert [len(problems) for problems in many] == [limits.SCHEMA_PROBLEMS] * 3
    assert time.perf_counter() - started < 60


def test_a_name_of_megabytes_is_not_repeated() -> None:
    problem = only("design", {**DESIGN, "limits": {"missing_share": 0, "x" * 1_000_000: 1}})
    assert (problem.pointer, problem.key) == ("/limits", None)
    assert len(problem.message) < 300


def test_explaining_changes_nothing() -> None:
    value = {**DESIGN, "extra": {"a": [1]}}
    before = copy.deepcopy(value)
    explain(V1, "design", value)
    assert value == before
