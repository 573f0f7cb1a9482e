"""`fsep compare`: what is comparable, why not where it is not, and cells side by side. Synthetic bundles."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from entries import cell, entry, profile, profiled, rate
from fsep.cli import CONFORMS, DOES_NOT, USAGE, main
from fsep.digests import program_digest
from workbench import Workbench, zipped

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Return a function that writes two benches, compares them, and gives code, one line of output, errors."""

    def invoke(a: Workbench, b: Workbench, *more: str) -> tuple[int, str, str]:
        number = len(list(tmp_path.iterdir()))
        sides = (
            a.write(tmp_path / f"{number}a"),
            zipped(b.write(tmp_path / f"{number}b"), tmp_path / f"{number}.zip"),
        )
        code = main(["compare", *map(str, sides), *more])
        captured = capsys.readouterr()
        return code, captured.out if more else " ".join(captured.out.split()), captured.err

    return invoke


def made(run: Run, a: Workbench, b: Workbench) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(run(a, b, "--format", "json")[1])
    return value


def relocked(bench: Workbench) -> Workbench:
    """Return a bench with a profile of its design, after a change of what that fixes."""
    bench.lock()
    bench["design.json"]["rubric"] = program_digest(bench["rubric.json"])
    bench["profile.json"]["design"] = program_digest(bench["design.json"])
    return bench


def test_entries_on_one_design_are_comparable_and_their_cells_stand_side_by_side(run: Run) -> None:
    code, out, _ = run(profiled("hasty"), profiled("steady"))
    assert code == CONFORMS
    assert out.startswith("COMPARABLE: what the cells rest on is the same in both.")
    assert (
        "task-success, under the scaffold 'direct' A: hasty 0.500 [0.250, 0.750] n 2 response exploratory B: steady"
        in out
    )
    assert "A: hasty no share n 0" in out
    assert "no test was made across bundles, and nothing was pooled" in out
    assert "Nothing was validated" in out
    assert "`fsep validate`" in out


def test_systems_of_one_id_are_told_apart_by_their_bundle(run: Run) -> None:
    value = made(run, profiled("hasty"), profiled("hasty"))
    cells = [(one["scaffold"], one["bundle"], one["system"]) for one in value["cells"]]
    assert cells == [(scaffold, side, "hasty") for scaffold in ("direct", "react") for side in ("a", "b")]


def test_no_figure_is_over_both_bundles(run: Run) -> None:
    value = made(run, profiled("hasty"), profiled("steady"))
    assert set(value) == {
        "comparable",
        "validated",
        "a",
        "b",
        "parts",
        "aside",
        "scaffolds",
        "notes",
        "cells",
    }
    assert value["validated"] is False
    assert {one["bundle"] for one in value["cells"]} == {"a", "b"}


def test_another_title_or_other_runs_change_nothing(run: Run) -> None:
    other = profiled("steady")
    other["design.json"]["title"] = "Another"
    other["scaffolds/direct.json"]["description"] = "Another"
    assert made(run, profiled("hasty"), other)["comparable"] == "all"


def test_without_a_profile_it_says_so(run: Run) -> None:
    code, out, _ = run(profiled("hasty"), rate(entry("steady")))
    assert code == CONFORMS
    assert "B has no profile.json, so that none of its cells are shown." in out
    assert "A: hasty" in out
    assert "B: steady" not in out


def test_a_profile_of_another_design_is_not_shown(run: Run) -> None:
    bench = profiled("hasty")
    bench["profile.json"]["design"] = "0" * 64
    value = made(run, bench, profiled("steady"))
    assert {one["bundle"] for one in value["cells"]} == {"b"}
    assert any("A has a profile of another design than its own" in note for note in value["notes"])


def test_scaffolds_that_are_the_same_stay_comparable_where_one_is_not(run: Run) -> None:
    other = profiled("steady")
    other["scaffolds/react.json"]["program"]["steps"][0]["text"] += " Now."
    code, out, _ = run(profiled("hasty"), relocked(other))
    assert code == CONFORMS
    assert out.startswith("COMPARABLE IN PART")
    assert "react: not comparable, because of its program" in out
    assert (
        "'react' stands for two different programs step 1 (`say` at 'rules') has another `text` A: …" in out
    )
    assert "under the scaffold 'direct'" in out
    assert "under the scaffold 'react'" not in out


def test_a_scaffold_that_one_bundle_has_alone_is_named(run: Run) -> None:
    other = profiled("steady")
    other["scaffolds/plain.json"] = {**other.values.pop("scaffolds/direct.json"), "id": "plain"}
    other["design.json"]["scaffolds"][0]["id"] = other["design.json"]["baseline"] = "plain"
    value = made(run, profiled("hasty"), relocked(other))
    said = {part["id"]: part["message"] for part in value["parts"] if not part["same"]}
    assert said["direct"] == (
        "A alone has the scaffold 'direct'; the same stands under another id in the other bundle: 'plain'"
    )
    assert value["comparable"] == "some"
    assert [one["message"] for one in value["aside"]] == [
        "the baselines are different scaffolds, which are not looked at here"
    ]


def test_the_same_scaffolds_on_other_items_are_not_comparable_and_it_is_said(run: Run) -> None:
    other = profiled("steady")
    other["items.jsonl"][0]["fields"]["question"] = "Which?"
    code, out, _ = run(profiled("hasty"), relocked(other))
    assert code == DOES_NOT
    assert out.startswith("NOT COMPARABLE.")
    assert "the items differ: 1 item ('peru') not the same in both" in out
    assert "and the items are not: their cells are shares of other questions, and are not comparable" in out
    assert "0.500" not in out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda items: items.append({**items[0], "id": "oder"}), "B alone has 1 item ('oder')"),
        (lambda items: items.pop(0), "A alone has 1 item ('peru')"),
        (lambda items: items.reverse(), "they stand in another order"),
    ],
)
def test_items_are_named_that_one_bundle_has_alone(run: Run, change: Callable[[Any], Any], said: str) -> None:
    other = profiled("steady")
    change(other["items.jsonl"])
    code, out, _ = run(profiled("hasty"), relocked(other))
    assert code == DOES_NOT
    assert said in out


def test_another_simulator_spoils_the_scaffolds_that_use_it_and_no_other(run: Run) -> None:
    other = profiled("steady")
    other["simulators/customer.json"]["model"]["name"] = "another"
    value = made(run, profiled("hasty"), relocked(other))
    spoilt = {one["id"] for one in value["scaffolds"] if not one["comparable"]}
    assert "service" in spoilt
    assert "direct" not in spoilt
    assert {(one["thing"], one["id"]) for one in value["scaffolds"][-1]["because"]} == {
        ("simulator", "customer")
    }


def test_another_environment_spoils_the_scaffolds_that_use_it_and_no_other(run: Run) -> None:
    other = profiled("steady")
    other["environments/desk.json"]["version"] = "another"
    value = made(run, profiled("hasty"), relocked(other))
    spoilt = {one["id"] for one in value["scaffolds"] if not one["comparable"]}
    assert "service" in spoilt
    assert "direct" not in spoilt


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"analysis": {"confidence": 0.9, "units": "items", "dimensions": []}}, "analysis"),
        ({"users": {"people": "in-service"}}, "users"),
    ],
)
def test_another_plan_makes_all_incomparable(run: Run, members: dict[str, Any], said: str) -> None:
    other = profiled("steady")
    other["design.json"] |= members
    value = made(run, profiled("hasty"), relocked(other))
    assert value["comparable"] == "none"
    assert [part["id"] for part in value["parts"] if not part["same"]] == [said]


def test_a_plan_that_is_left_out_is_its_default(run: Run) -> None:
    other = profiled("steady")
    other["design.json"] |= {
        "analysis": {"confidence": 0.95, "units": "items", "dimensions": []},
        "users": {"people": "recruited"},
    }
    assert made(run, profiled("hasty"), relocked(other))["comparable"] == "all"


def test_another_rubric_makes_all_incomparable(run: Run) -> None:
    other = profiled("steady")
    other["rubric.json"]["dimensions"][0]["attained"] = ["failure"]
    code, out, _ = run(profiled("hasty"), relocked(other))
    assert code == DOES_NOT
    assert "rubric: the rubrics differ" in out
    code, out, _ = run(profiled("hasty"), entry("steady"))
    assert code == DOES_NOT
    assert "A alone has a rubric" in out


def test_what_keeps_no_cell_from_being_compared_is_said_apart(run: Run) -> None:
    other = profiled("steady")
    other["design.json"] |= {"replicates": 2, "id": "another"}
    value = made(run, profiled("hasty"), relocked(other))
    assert value["comparable"] == "all"
    assert [(one["differences"][0]["a"], one["differences"][0]["b"]) for one in value["aside"]] == [
        ("six-programs", "another"),
        ("1", "2"),
    ]


def test_stand_ins_and_adaptations_are_named(run: Run) -> None:
    _, out, _ = run(profiled("hasty"), profiled("steady"))
    assert "A is synthetic: no models, but scripted stand-ins, are 'hasty'." in out
    assert "The system 'hasty' of A adapts its requests (system-text as user;" in out


def test_other_raters_are_named_as_a_reason(run: Run) -> None:
    said = "The bundles name different raters"
    other = profiled("steady")
    assert said not in run(profiled("hasty"), other)[1]
    other["raters.json"]["raters"][0]["harness"]["version"] = "2"
    code, out, _ = run(profiled("hasty"), other)
    assert code == CONFORMS
    assert said in out


def test_withheld_items_are_not_said_to_be_changed(run: Run) -> None:
    benches = [profiled("hasty"), profiled("steady")]
    for digit, bench in enumerate(benches):
        withheld = {"commitment": str(digit) * 64, "kind": "string", "reason": "private"}
        bench["items.jsonl"][0]["fields"]["question"] = {"withheld": withheld}
    assert made(run, *benches)["comparable"] == "all"
    benches[1]["design.json"]["items"]["sha256"] = "0" * 64
    (part,) = [part for part in made(run, *benches)["parts"] if part["thing"] == "items"]
    assert not part["same"]
    assert "what is withheld of them" in part["message"]


def test_cells_stand_in_the_order_of_the_rubric(run: Run) -> None:
    benches = []
    for system in ("hasty", "steady"):
        bench = rate(entry(system))
        first = {**bench["rubric.json"]["dimensions"][0], "id": "zeal"}
        bench["rubric.json"]["dimensions"].insert(0, first)
        bench["profile.json"] = profile(bench, cell(system), cell(system, dimension="zeal"))
        benches.append(relocked(bench))
    value = made(run, *benches)
    assert [one["dimension"] for one in value["cells"]] == ["zeal", "zeal", "task-success", "task-success"]


def test_hostile_text_and_credentials_are_not_printed(run: Run) -> None:
    secret = "sk-" + "a1B2" * 8
    other = profiled("steady")
    other["scaffolds/react.json"]["program"]["steps"][0]["text"] = f"\x1b[31m {secret}"
    for more in ([], ["--format", "json"]):
        _, out, err = run(profiled("hasty"), relocked(other), *more)
        assert secret not in out + err
        assert "\x1b" not in out


def test_what_is_no_bundle_is_an_error_of_usage(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    whole = profiled("hasty").write(tmp_path / "whole")
    (tmp_path / "empty").mkdir()
    changed = profiled("hasty").write(
        tmp_path / "changed", lambda files: files.update({"profile.json": b"{}"})
    )
    for path in (tmp_path / "none", tmp_path / "empty", changed):
        assert main(["compare", str(whole), str(path)]) == USAGE
        assert capsys.readouterr().err
