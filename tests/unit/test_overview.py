"""What a page shows beside a report: runs counted by system, and a sample that is even and the same for a seed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from fsep.bundle import open_bundle
from fsep.engine import validate
from fsep.errors import FsepError
from fsep.overview import Overview, Sampling, overview
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
