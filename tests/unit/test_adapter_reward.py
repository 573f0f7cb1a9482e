"""A source's own reward as ratings: what is rated, what is not, and that it is said. Synthetic runs."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from fsep.adapters import tau2, tau2_gaps, tau_bench, tau_bench_gaps
from fsep.adapters.loss import Loss
from fsep.adapters.reward import Rewards
from fsep.digests import program_digest
from fsep.engine import validate
from fsep.protocol import load
from unit import tau2_files as made
from unit.imported import Imported, read_back
from unit.test_adapter_tau_bench import ROWS

GAPS = {"tau2-bench": tau2_gaps.REWARD, "tau-bench": tau_bench_gaps.REWARD}


def run(reward: float | None = None, status: str = "completed", replicate: int = 0) -> dict[str, Any]:
    cell = {"run": f"r{replicate}", "system": "s", "scaffold": "f", "item": "i", "replicate": replicate}
    return {**cell, "status": status} | ({} if reward is None else {"reward": reward})


def of_tau2(folder: Path, *, reward: Any = 1.0, ended: str = "user_stop") -> Imported:
    first, second = made.two_systems()
    first["simulations"][0] |= {"reward_info": {"reward": reward}, "termination_reason": ended}
    paths = made.write(folder, first=first, second=second)
    return read_back(lambda out: tau2.convert(paths, out), folder / "b")


def of_tau_bench(folder: Path, rows: list[dict[str, Any]]) -> Imported:
    source = folder / "rows.json"
    source.write_text(json.dumps(rows), encoding="utf-8")
    return read_back(lambda out: tau_bench.convert([source], out, ["model-x"]), folder / "b")


def ratings(bundle: Imported, rater: str) -> dict[str, str]:
    lines = map(json.loads, bundle.files[f"ratings/{rater}.jsonl"].splitlines())
    return {line["run"]: line["value"] for line in lines}


@pytest.mark.parametrize(
    ("reward", "value"), [(1, "success"), (1.0, "success"), (0, "failure"), (0.5, "failure")]
)
def test_only_a_full_reward_is_a_success(reward: float, value: str) -> None:
    rewards = Rewards(tau2_gaps.REWARD, 1, Loss("tau2", []))
    rewards.take(run(reward))
    assert rewards.ratings == [{"run": "r0", "dimension": "task-success", "value": value}]
    assert rewards.departures == []


def test_a_partial_reward_is_named_as_one() -> None:
    loss = Loss("tau2", [])
    rewards = Rewards(tau2_gaps.REWARD, 1, loss)
    rewards.take(run(0))
    assert loss.document("1.0")["gaps"] == []
    rewards.take(run(0.25))
    assert [gap["id"] for gap in loss.document("1.0")["gaps"]] == ["reward-partial"]


def test_a_run_without_a_reward_is_declared_and_not_rated() -> None:
    rewards = Rewards(tau2_gaps.REWARD, 2, Loss("tau2", []))
    rewards.take(run(status="limit-reached", replicate=1))
    assert rewards.ratings == []
    declared = {"kind": "rating-missing", "system": "s", "scaffold": "f", "item": "i", "replicate": 1}
    assert declared.items() <= rewards.departures[0].items()
    assert (rewards.departures[0]["rater"], rewards.departures[0]["dimension"]) == (
        "tau2-bench",
        "task-success",
    )


@pytest.mark.parametrize("one", [run(1, "failed"), run(None, "failed"), run(1, replicate=1)])
def test_what_failed_or_was_not_planned_is_not_rated(one: dict[str, Any]) -> None:
    rewards = Rewards(tau2_gaps.REWARD, 1, Loss("tau2", []))
    rewards.take(one)
    assert (rewards.ratings, rewards.departures) == ([], [])


@pytest.mark.parametrize("name", list(GAPS))
def test_rubric_and_raters_are_valid_and_name_the_harness(name: str) -> None:
    rubric, raters = GAPS[name].rubric("1.0"), GAPS[name].raters("1.0")
    assert load("1.0").validator("rubric").is_valid(rubric)
    assert load("1.0").validator("raters").is_valid(raters)
    assert raters["raters"][0]["harness"] == {"name": name}
    assert name in rubric["dimensions"][0]["definition"]


def test_an_import_of_tau2_is_rated_by_its_rewards(tmp_path: Path) -> None:
    bundle = of_tau2(tmp_path, reward=0.0)
    assert bundle.document("design.json")["rubric"] == program_digest(bundle.document("rubric.json"))
    assert ratings(bundle, "tau2-bench") == {"deep.2.0": "failure", "deep.1.0": "success"}
    assert validate(tmp_path / "b").facets["whole"].status == "reached"


def test_an_import_of_tau2_declares_a_rating_that_is_missing(tmp_path: Path) -> None:
    bundle = of_tau2(tmp_path, reward=None, ended="max_steps")
    assert ratings(bundle, "tau2-bench") == {"deep.1.0": "success"}
    (declared,) = bundle.document("departures.json")["departures"]
    assert (declared["kind"], declared["system"], declared["item"]) == ("rating-missing", "deep", "2")
    assert "reward" in {gap["id"] for gap in bundle.loss["gaps"]}
    assert validate(tmp_path / "b").facets["whole"].status == "reached"


def test_an_import_of_tau_bench_is_rated_by_its_rewards(tmp_path: Path) -> None:
    rows = copy.deepcopy(ROWS)
    rows[0]["reward"], rows[1]["reward"] = 0.0, None
    bundle = of_tau_bench(tmp_path, rows)
    assert bundle.document("design.json")["rubric"] == program_digest(bundle.document("rubric.json"))
    assert ratings(bundle, "tau-bench") == {
        "model-x.0.0": "failure",
        "model-x.2.0": "success",
        "model-x.3.0": "success",
    }
    declared = [(one["kind"], one["item"]) for one in bundle.document("departures.json")["departures"]]
    assert declared == [("run-failed", "task-4"), ("rating-missing", "task-1")]
    assert validate(tmp_path / "b").facets["whole"].status == "reached"


def test_the_loss_report_says_that_a_rating_rests_on_the_sources_word(tmp_path: Path) -> None:
    bundle = of_tau2(tmp_path)
    (gap,) = [gap for gap in bundle.loss["gaps"] if gap["id"] == "evaluation"]
    assert "task-success rest on the source's word" in gap["consequence"]
