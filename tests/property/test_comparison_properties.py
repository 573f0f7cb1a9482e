"""Comparing has no direction, and merging no order of steps. Synthetic bundles."""

from __future__ import annotations

import copy
import json
import re
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entries import cell as cell_of
from entries import entry, profile, rated
from fsep.comparison import Comparison, Items, Side, compare
from fsep.digests import item_digest, items_digest
from fsep.merging import merge
from workbench import Workbench

FEW = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@cache
def base(system: str) -> Workbench:
    return rated(system)


def _scaffold(bench: Workbench) -> None:
    steps = bench["scaffolds/react.json"]["program"]["steps"]
    steps[0]["text"] += " Now."
    steps.append({"do": "say", "id": "more", "thread": "main", "role": "user", "text": "More."})


def _reorder(bench: Workbench) -> None:
    bench["scaffolds/service.json"]["program"]["steps"].reverse()


CHANGES: dict[str, Any] = {
    "scaffold": _scaffold,
    "order": _reorder,
    "missing": lambda bench: bench.values.pop("scaffolds/critique.json"),
    "simulator": lambda bench: bench["simulators/customer.json"]["model"].update(name="another"),
    "environment": lambda bench: bench["environments/desk.json"].pop("version"),
    "tools": lambda bench: bench["environments/desk.json"]["tools"].reverse(),
    "item": lambda bench: bench["items.jsonl"][0]["fields"].update(question="Which?"),
    "items": lambda bench: bench["items.jsonl"].pop(),
    "rubric": lambda bench: bench["rubric.json"]["dimensions"][0].update(attained=["failure"]),
    "no-rubric": lambda bench: bench.values.pop("rubric.json"),
    "users": lambda bench: bench["design.json"].update(users={"people": "in-service"}),
    "replicates": lambda bench: bench["design.json"].update(replicates=3),
    "id": lambda bench: bench["design.json"].update(id="another"),
}
CHOICES = st.sets(st.sampled_from(sorted(CHANGES)), max_size=3).map(sorted)
Made = tuple[str, list[str], list[tuple[str, str, str]], bool]
CELLS = st.lists(
    st.tuples(
        st.sampled_from(["hasty", "steady", "third"]),
        st.sampled_from(["direct", "react", "service"]),
        st.sampled_from(["task-success", "zeal"]),
    ),
    unique=True,
    max_size=6,
)


def side(system: str, changes: list[str], cells: list[tuple[str, str, str]], profiled: bool) -> Side:
    """Return a side as reading a bundle with these changes would give it."""
    bench = copy.deepcopy(base(system))
    for change in changes:
        if change != "rubric" or "rubric.json" in bench.values:
            CHANGES[change](bench)
    digests = {item["id"]: item_digest(item) for item in bench["items.jsonl"]}
    made = profile(bench, *(cell_of(one, scaffold, dimension=name) for one, scaffold, name in cells))
    return Side(
        system,
        system,
        bench["design.json"],
        {
            (value["kind"], value["id"]): value
            for value in bench.values.values()
            if isinstance(value, dict) and value["kind"] in ("scaffold", "simulator", "environment")
        },
        Items(items_digest(digests.values()), digests),
        bench.values.get("rubric.json"),
        bench.values.get("raters.json"),
        made if profiled else None,
        None if profiled else "has no profile.json",
        {system: bench[f"systems/{system}.json"]},
    )


# What a side is made of, which unlike the side itself can be printed.
SIDES = st.tuples(st.sampled_from(["hasty", "steady"]), CHOICES, CELLS, st.booleans())


def turned(value: Any, sentence: bool = False) -> Any:
    """Return what a comparison says with A and B the other way round; what stands in documents stays."""
    names = {"a": "b", "b": "a"}
    if isinstance(value, dict):
        return {names.get(name, name): turned(inner, name == "message") for name, inner in value.items()}
    if isinstance(value, list):
        return [turned(inner, sentence) for inner in value]
    if isinstance(value, str) and sentence:
        return re.sub(r"\b[AB]\b", lambda match: "B" if match[0] == "A" else "A", value)
    return value


def said(comparison: Comparison) -> Any:
    """Return a comparison without the order of its notes, cells and clauses, which begins with A's."""
    value = comparison.as_dict()
    for name in ("notes", "cells"):
        value[name] = sorted(json.dumps(one, sort_keys=True) for one in value[name])
    for part in value["parts"]:
        part["message"] = sorted((part["message"] or "").replace("the items differ: ", "").split("; "))
    return value


@given(SIDES, SIDES)
@FEW
def test_comparing_is_symmetric(one: Made, other: Made) -> None:
    a, b = side(*one), side(*other)
    there, back = compare(a, b), compare(b, a)
    assert there.comparable == back.comparable
    assert said(there)["parts"] == turned(said(back)["parts"])
    assert sorted(there.as_dict()["notes"]) == sorted(turned(back.as_dict()["notes"], sentence=True))
    assert there.as_dict()["scaffolds"] == back.as_dict()["scaffolds"]
    assert there.as_dict()["aside"] == turned(back.as_dict()["aside"])
    assert len(there.cells) == len(back.cells)
    ours = sorted(json.dumps(cell.as_dict(), sort_keys=True) for cell in there.cells)
    theirs = sorted(
        json.dumps({**cell.as_dict(), "bundle": "ab"[cell.bundle == "a"]}, sort_keys=True)
        for cell in back.cells
    )
    assert ours == theirs


@given(SIDES)
@FEW
def test_a_bundle_is_comparable_with_itself(one: Made) -> None:
    a = side(*one)
    assert compare(a, a).comparable == "all"


@given(SIDES, SIDES)
@FEW
def test_a_cell_is_shown_only_of_a_scaffold_that_nothing_spoils(one: Made, other: Made) -> None:
    a, b = side(*one), side(*other)
    made = compare(a, b)
    good = {scaffold.id for scaffold in made.scaffolds if scaffold.comparable}
    given_ = [found for each in (a, b) if each.profile is not None for found in each.profile["cells"]]
    assert {found.scaffold for found in made.cells} <= good
    assert len(made.cells) == sum(found["scaffold"] in good for found in given_)


NAMES = ["hasty", "hurried", "brisk", "quick"]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@given(st.permutations(NAMES).map(lambda names: names[:3]), st.booleans(), st.booleans())
@FEW
def test_merging_is_associative_on_disjoint_systems(names: list[str], rating: bool, shared: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        paths = []
        for name in names:
            bench = (rated if rating else entry)("hasty", called=None if name == "hasty" else name)
            if shared:
                bench["transcripts/runs.jsonl"] = bench.values.pop(f"transcripts/{name}.jsonl")
            paths.append(bench.write(root / name))
        first, second, third = paths
        merge(paths, root / "at-once")
        merge([first, second], root / "left-half")
        merge([root / "left-half", third], root / "left")
        merge([second, third], root / "right-half")
        merge([first, root / "right-half"], root / "right")
        made = [contents(root / one) for one in ("at-once", "left", "right")]
        if shared:
            # Paths that collide depend on what is merged when; what is in them does not.
            assert _bodies(made[0]) == _bodies(made[1]) == _bodies(made[2])
        else:
            assert made[0] == made[1] == made[2]


def _bodies(files: dict[str, bytes]) -> list[str]:
    return sorted(sha256(data).hexdigest() for path, data in files.items() if path != "bundle.json")


@given(st.sampled_from(NAMES), st.booleans())
@FEW
def test_merging_one_entry_keeps_all_but_its_manifest(name: str, rating: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        path = (rated if rating else entry)("hasty", called=None if name == "hasty" else name).write(
            root / "a"
        )
        merge([path], root / "out")
        before, after = contents(path), contents(root / "out")
        assert before.keys() == after.keys()
        assert [one for one in before if before[one] != after[one]] == ["bundle.json"]
