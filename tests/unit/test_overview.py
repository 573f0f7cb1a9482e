"""What a page shows beside a report: runs counted by system, and a sample that is even and the same for a seed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import parent as parents
from fsep import limits
from fsep.bundle import open_bundle
from fsep.engine import validate
from fsep.errors import FsepError
from fsep.overview import Overview, Sampling, overview
from fsep.rating.blind import Blind
from workbench import Workbench

EXAMPLE = Path(__file__).parents[2] / "examples" / "six-programs"
RUNS = "transcripts/runs.jsonl"


def example() -> Workbench:
    """Return the example: two systems with twelve runs each, all of them there and none of them failed."""
    values = {
        path.relative_to(EXAMPLE).as_posix(): json.loads(path.read_bytes())
        if path.suffix == ".json"
        else [json.loads(line) for line in path.read_bytes().splitlines()]
        for path in EXAMPLE.rglob("*.json*")
    }
    return Workbench(values)


def seen(bench: Workbench, folder: Path, sampling: Sampling = Sampling()) -> Overview:  # noqa: B008
    path = bench.write(folder / "b")
    with open_bundle(path) as bundle:
        return overview(bundle, validate(path), sampling)


def test_every_planned_run_is_there_and_none_was_retried(tmp_path: Path) -> None:
    made = seen(example(), tmp_path)
    assert [one.system for one in made.runs] == sorted(made.systems)
    for one in made.runs:
        assert one.planned == one.recorded
        assert (one.missing, one.failed, one.retried, one.attempts, one.rebuilt) == (0, 0, 0, 0, 0)
    assert (made.unread, made.samples, made.departures) == (0, (), ())


def _first(bench: Workbench) -> dict[str, Any]:
    return next(iter(bench.runs()))


def _output(run: dict[str, Any]) -> dict[str, Any]:
    event: dict[str, Any] = next(event for event in run["events"] if event["kind"] == "output")
    return event


def test_what_is_missing_failed_retried_and_rebuilt_is_counted_once(tmp_path: Path) -> None:
    bench = example()
    run = _first(bench)
    attempt = {"outcome": "server-error"}
    _output(run)["attempts"] = [attempt, attempt, {"outcome": "complete"}]
    run["events"][0]["rebuilt"] = True
    system = run["system"]
    other = next(one for one in bench[RUNS] if one["system"] == system and one is not run)
    other.update(status="failed", failure={"kind": "infrastructure-error", "attempts": [attempt, attempt]})
    other.pop("result", None)
    gone = next(one for one in bench[RUNS] if one["system"] == system and one not in (run, other))
    bench[RUNS].remove(gone)
    one = next(one for one in seen(bench, tmp_path).runs if one.system == system)
    assert (one.missing, one.failed, one.retried, one.attempts) == (1, 1, 2, 3)
    assert (one.rebuilt, one.rebuilt_runs) == (1, 1)
    assert one.planned is not None
    assert one.recorded == one.planned - 1


def test_a_run_that_is_there_twice_hides_no_missing_one(tmp_path: Path) -> None:
    bench = example()
    mine = [one for one in bench[RUNS] if one["system"] == _first(bench)["system"]]
    bench[RUNS].remove(mine[1])
    bench[RUNS].append({**mine[0], "run": "again"})
    one = next(one for one in seen(bench, tmp_path).runs if one.system == mine[0]["system"])
    assert (one.recorded, one.missing) == (one.planned, 1)


def test_lines_that_are_no_runs_are_counted_apart(tmp_path: Path) -> None:
    bench = example()
    bench[RUNS] += [{"run": 1}, {"anything": "else"}]
    made = seen(bench, tmp_path)
    assert made.unread == 2
    assert all(one.missing == 0 for one in made.runs)


def test_runs_of_a_system_that_is_not_there_come_under_no_name(tmp_path: Path) -> None:
    bench = example()
    bench[RUNS].append({**_first(bench), "run": "stray", "system": "nobody"})
    last = seen(bench, tmp_path).runs[-1]
    assert (last.system, last.recorded, last.planned, last.missing) == ("", 1, None, None)


def test_a_sample_is_even_over_systems_and_scaffolds(tmp_path: Path) -> None:
    bench = example()
    strata = {(run["system"], run["scaffold"]) for run in bench.runs()}
    made = seen(bench, tmp_path, Sampling(len(strata), "s"))
    assert {(one.head["system"], one.head["scaffold"]) for one in made.samples} == strata
    more = seen(bench, tmp_path, Sampling(len(strata) + 1, "s"))
    counts = Counter((one.head["system"], one.head["scaffold"]) for one in more.samples)
    assert sorted(counts.values()) == [1] * (len(strata) - 1) + [2]


def test_a_seed_draws_the_same_runs_wherever_they_stand(tmp_path: Path) -> None:
    bench = example()
    drawn = [one.head["run"] for one in seen(bench, tmp_path, Sampling(3, "s")).samples]
    bench[RUNS].reverse()
    assert [one.head["run"] for one in seen(bench, tmp_path, Sampling(3, "s")).samples] == drawn
    others = {
        tuple(one.head["run"] for one in seen(bench, tmp_path, Sampling(3, str(seed))).samples)
        for seed in range(8)
    }
    assert len(others) > 1


def test_no_more_are_drawn_than_there_are(tmp_path: Path) -> None:
    bench = example()
    made = seen(bench, tmp_path, Sampling(500, "s"))
    assert len(made.samples) == len(list(bench.runs()))
    assert all(one.events for one in made.samples)


def test_a_run_over_several_lines_is_sampled_whole_and_counted_once(tmp_path: Path) -> None:
    bench = example()
    place, run = next((place, one) for place, one in enumerate(bench[RUNS]) if len(one["events"]) > 4)
    events = run["events"]
    run.update(parts=2, events=events[:3])
    bench[RUNS].insert(place + 1, {"continues": run["run"], "part": 1, "events": events[3:]})
    attempts = [{"outcome": "server-error"}, {"outcome": "complete"}]
    for event in events:
        if event["kind"] == "output":
            event.update(attempts=attempts, rebuilt=True)
    made = seen(bench, tmp_path, Sampling(500, "s"))
    assert all(one.missing == 0 for one in made.runs)
    counts = next(one for one in made.runs if one.system == run["system"])
    assert (counts.retried, counts.rebuilt_runs) == (1, 1)
    assert counts.attempts == counts.rebuilt == sum(event["kind"] == "output" for event in events)
    sample = next(one for one in made.samples if one.head["run"] == run["run"])
    assert sample.events == tuple(events)


def test_what_is_too_long_is_named_and_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fsep.limits.SAMPLE_BYTES", 1)
    made = seen(example(), tmp_path, Sampling(2, "s"))
    assert [one.events for one in made.samples] == [None, None]
    assert all("events" not in one.head for one in made.samples)


def test_a_bundle_that_was_changed_in_between_is_refused(tmp_path: Path) -> None:
    path = example().write(tmp_path / "b")
    report = validate(path)
    manifest = path / "bundle.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()), indent=7))
    with open_bundle(path) as bundle, pytest.raises(FsepError, match="changed"):
        overview(bundle, report)


def test_of_what_is_no_bundle_nothing_is_shown(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with open_bundle(tmp_path) as bundle:
        made = overview(bundle, validate(tmp_path), Sampling(3, "s"))
    assert (made.systems, made.runs, made.samples) == ({}, (), ())


def rated_parent() -> Workbench:
    return parents.rated_parent()


def test_what_is_stated_of_ratings_is_read(tmp_path: Path) -> None:
    made = seen(rated_parent(), tmp_path).rated
    assert made.profile is not None
    assert [one["id"] for one in made.claims] == ["here", "everywhere"]
    assert [one["id"] for one in made.raters] == ["ada", "ben", "cy", "checker", "visitors"]
    assert made.baseline == "direct"


def test_a_profile_that_is_no_valid_document_is_none(tmp_path: Path) -> None:
    bench = rated_parent()
    bench.values["profile.json"]["cells"] = "many"
    made = seen(bench, tmp_path).rated
    assert made.profile is None
    assert made.claims


def test_a_third_of_the_sample_is_where_raters_are_furthest_apart(tmp_path: Path) -> None:
    bench = rated_parent()
    made = seen(bench, tmp_path, Sampling(6, "s"))
    assert len({one.head["run"] for one in made.samples}) == 6
    chosen = [one for one in made.samples if one.apart is not None]
    assert len(chosen) == 2
    assert [one.apart.most for one in chosen if one.apart] == [1.0, 1.0]
    others = seen(bench, tmp_path / "again", Sampling(6, "t")).samples
    assert {one.head["run"] for one in chosen} == {one.head["run"] for one in others if one.apart}


def test_a_run_that_was_chosen_is_not_drawn_again(tmp_path: Path) -> None:
    bench = rated_parent()
    runs = {run["run"] for run in bench.runs() if "run" in run}
    made = seen(bench, tmp_path, Sampling(len(runs), "s")).samples
    assert {one.head["run"] for one in made} == runs


def test_a_sampled_run_has_its_ratings_blind_or_not_and_no_other(tmp_path: Path) -> None:
    bench = rated_parent()
    blind = Blind(bench.values["blinding.json"]["salt"])
    for one in seen(bench, tmp_path, Sampling(30, "s")).samples:
        run = one.head["run"]
        expected = {
            (path.split("/")[1].split(".")[0], line["dimension"], line.get("step", ""), line.get("value"))
            for path, lines in bench.values.items()
            if path.startswith("ratings/")
            for line in lines
            if line.get("run") == run or line.get("packet") == blind.packet(run)
        }
        assert {(got.rater, got.dimension, got.step, got.value) for got in one.ratings} == expected


def test_without_the_salt_ratings_are_hidden_and_nothing_is_chosen_by_them(tmp_path: Path) -> None:
    bench = rated_parent()
    del bench.values["blinding.json"]
    made = seen(bench, tmp_path, Sampling(6, "s"))
    assert made.hidden
    assert len(made.samples) == 6
    assert not any(one.apart for one in made.samples)
    assert {got.rater for one in made.samples for got in one.ratings} <= {"checker", "visitors"}


def test_too_many_ratings_to_hold_choose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PAGE_APART", 3)
    made = seen(rated_parent(), tmp_path, Sampling(6, "s"))
    assert made.crowded
    assert len(made.samples) == 6
    assert not any(one.apart for one in made.samples)


def test_ratings_that_are_no_valid_lines_are_passed_over(tmp_path: Path) -> None:
    bench = rated_parent()
    bench.values["ratings/ada.jsonl"] += [{"dimension": 7}, {"packet": "x", "dimension": "tone"}]
    bench.values["ratings/ada.jsonl"].append({"run": "gone", "dimension": "unknown", "value": "unknown"})
    assert len(seen(bench, tmp_path, Sampling(6, "s")).samples) == 6


@pytest.mark.parametrize(
    ("values", "most", "said"),
    [
        (("none", "full"), 1.0, ("none", "full")),
        (("some", "full"), 0.5, ("some", "full")),
        (("full", None), 1.0, ("no occasion", "full")),
    ],
)
def test_how_far_raters_are_apart_is_a_share_of_the_scale(
    tmp_path: Path, values: tuple[str | None, ...], most: float, said: tuple[str, ...]
) -> None:
    bench = rated_parent()
    for path in ("ada", "ben", "cy"):
        bench.values[f"ratings/{path}.jsonl"] = []
    blind = Blind(bench.values["blinding.json"]["salt"])
    run = next(iter(bench.runs()))["run"]
    for rater, value in zip(("ada", "ben"), values, strict=True):
        line: dict[str, Any] = {"packet": blind.packet(run), "dimension": "verification-support"}
        line |= {"value": value} if value else {"not_occasioned": True}
        bench.values[f"ratings/{rater}.jsonl"] = [line]
    # The adjudicator is no rater: what is decided later is no disagreement.
    bench.values["ratings/cy.jsonl"] = [{**line, "value": "none"} if value else line]
    made = [one for one in seen(bench, tmp_path, Sampling(30, "s")).samples if one.apart]
    assert [one.head["run"] for one in made] == [run]
    assert made[0].apart is not None
    assert (made[0].apart.most, made[0].apart.values, made[0].apart.disputed) == (most, said, 1)
