"""Studies that the runner is given: what of them it takes over, what it sends for them, what it refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from acceptance.test_run import SHOWN, reached
from fsep.cli import main
from fsep.errors import FsepError
from fsep.parsing import yaml
from fsep.run import one
from fsep.run import wire as wire_of
from fsep.run.begin import Named
from fsep.run.carry import carry_out
from fsep.run.options import Options
from fsep.scripted import ScriptedModel
from running import EXAMPLES, carry, outputs, runs, script, study, timeless

LONG = 70_000


def read(path: Path) -> Any:
    """Return a document of a study."""
    return yaml.parse(path.read_bytes())


def change(path: Path, **members: Any) -> None:
    """Put members into a document of a study."""
    path.write_text(json.dumps({**read(path), **members}), encoding="utf-8")


def changed_program(source: Path, **members: Any) -> None:
    """Put members into the program of a study's scaffold."""
    path = source / "scaffolds" / "chain.yaml"
    change(path, program={**read(path)["program"], **members})


@pytest.mark.parametrize(
    ("said", "stop", "kept"),
    [("a#b|c", ["|", "#"], "a"), ("a#b|c", "#", "a"), ("a b", ["#"], "a b"), ("#", ["#"], "")],
)
def test_where_the_runner_stops_a_reply_it_is_cut_before_the_first_mark(
    said: str, stop: Any, kept: str, tmp_path: Path
) -> None:
    source = study(tmp_path / "s", items=1)
    change(source / "systems" / "a.yaml", adaptations=[{"kind": "client-side-stop"}])
    [ask, answer] = read(source / "scaffolds" / "chain.yaml")["program"]["steps"]
    changed_program(source, steps=[ask, {**answer, "parameters": {"stop": stop}}])
    wire: list[Mapping[str, Any]] = []
    reply = {"reply": {"content": said, "finish": "length"}}
    with ScriptedModel(script(rules=[reply]), log=wire.append) as model:
        carry(source, tmp_path / "b", model.url)
    [output] = outputs(runs(tmp_path / "b"))
    assert (output["content"], output["finish"]) == (kept, "length")
    assert "stop" not in wire[0]["body"]
    assert reached(tmp_path / "b") == list(SHOWN)


def test_a_long_result_is_kept_in_a_blob_of_its_own(tmp_path: Path) -> None:
    source = study(tmp_path / "s", items=1)
    changed_program(source, result=[{"name": "answer", "text": "So: {{o0}}"}])
    with ScriptedModel(script(rules=[{"reply": {"content": "x", "repeat": LONG}}])) as model:
        carry(source, tmp_path / "b", model.url)
    [part] = runs(tmp_path / "b")[0]["result"][0]["content"]
    assert (tmp_path / "b" / "blobs" / part["blob"]).read_bytes() == b"So: " + b"x" * LONG
    assert reached(tmp_path / "b") == list(SHOWN)


def test_a_request_that_cannot_be_read_back_from_its_body_is_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the body left a message out."""
    real = wire_of.body_of

    def short(*args: Any, **how: Any) -> bytes:
        body = json.loads(real(*args, **how))
        return json.dumps({**body, "messages": body["messages"][1:]}).encode()

    monkeypatch.setattr(one, "body_of", short)
    wire: list[Mapping[str, Any]] = []
    with ScriptedModel(script(), log=wire.append) as model:
        carry(study(tmp_path / "s", items=1), tmp_path / "b", model.url)
    assert wire == []
    [run] = runs(tmp_path / "b")
    assert "cannot be sent so that the same request is read from it" in run["failure"]["message"]


def test_a_published_bundle_is_a_study_whose_runs_are_made_anew(tmp_path: Path) -> None:
    """Its transcripts, ledger, departures of runs, ratings and claims are of other runs, and stay behind."""
    source = EXAMPLES / "verification-stress-test"
    named = Named(dict.fromkeys(_systems(source), f"script:{_script(source)}"), _simulators(source))
    carry_out(source, tmp_path / "b", named, Options(concurrency=8))
    assert reached(tmp_path / "b") == list(SHOWN)
    before, after = ({run["run"]: run for run in runs(folder)} for folder in (source, tmp_path / "b"))
    assert before.keys() == after.keys()
    assert all(timeless(before[id_])["events"] == timeless(after[id_])["events"] for id_ in before)
    names = {path.relative_to(tmp_path / "b").as_posix() for path in (tmp_path / "b").rglob("*")}
    assert not names & {"profile.json", "claims.json", "blinding.json", "ratings"}
    [commitments] = [json.loads((tmp_path / "b" / "commitments.json").read_bytes())["commitments"]]
    assert [one["of"] for one in commitments] == ["design"]
    for system in _systems(source):
        document = json.loads((tmp_path / "b" / "systems" / f"{system}.json").read_bytes())
        assert document.get("access", {}).keys() <= {"via"}


def _systems(source: Path) -> list[str]:
    return [path.stem for path in sorted((source / "systems").iterdir())]


def _script(source: Path) -> Path:
    return EXAMPLES / "scripts" / f"{source.name}.yaml"


def _simulators(source: Path) -> dict[str, str]:
    folder = source / "simulators"
    return {path.stem: f"script:{_script(source)}" for path in folder.iterdir()} if folder.is_dir() else {}


def test_a_packed_study_without_runs_is_run_as_any_other(tmp_path: Path) -> None:
    source = study(tmp_path / "s", items=1)
    (source / "transcripts").mkdir()
    (source / "transcripts" / "none.jsonl").touch()
    assert main(["pack", str(source), "-o", str(tmp_path / "packed")]) == 0
    with ScriptedModel(script()) as model:
        carry(tmp_path / "packed", tmp_path / "b", model.url)
    assert reached(tmp_path / "b") == list(SHOWN)


def test_departures_of_runs_that_were_not_made_stay_behind(tmp_path: Path) -> None:
    source = study(tmp_path / "s", items=1)
    names = {"system": "a", "scaffold": "chain", "item": "i0", "replicate": 0}
    departures = [{"kind": "run-missing", **names, "reason": "lost"}]
    (source / "departures.yaml").write_text("{}")
    change(source / "departures.yaml", fsep="1.0", kind="departures", departures=departures)
    with ScriptedModel(script()) as model:
        carry(source, tmp_path / "b", model.url)
    assert not (tmp_path / "b" / "departures.json").exists()
    assert reached(tmp_path / "b") == list(SHOWN)


def test_a_bundle_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    wire: list[Mapping[str, Any]] = []
    study(tmp_path / "s", items=1)
    (tmp_path / "b").write_text("mine")
    with ScriptedModel(script(), log=wire.append) as model:
        before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
        with pytest.raises(FsepError, match="is there already, and nothing is overwritten"):
            carry(tmp_path / "s", tmp_path / "b", model.url)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert wire == []


def test_a_key_for_a_name_that_two_have_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY_OF_A", "a-long-enough-key")
    source, url = study(tmp_path / "s"), "http://127.0.0.1:9/v1"
    (source / "simulators").mkdir()
    (source / "simulators" / "a.yaml").write_bytes((source / "systems" / "a.yaml").read_bytes())
    change(source / "simulators" / "a.yaml", kind="simulator")
    change(source / "design.yaml", simulators=["a"])
    with pytest.raises(FsepError, match="A system and a simulator are both called 'a'"):
        named = Named({"a": url}, {"a": url}, keys={"a": "KEY_OF_A"})
        carry_out(source, tmp_path / "b", named, Options())


def test_a_scaffold_with_an_external_part_is_refused(tmp_path: Path) -> None:
    source = study(tmp_path / "s")
    harness = {"name": "h", "version": "1", "sha256": "0" * 64}
    external = {
        "do": "external",
        "id": "there",
        "thread": "main",
        "actor": "solver",
        "harness": harness,
        "max_events": 5,
        "at_bound": "continue",
    }
    [ask, *_] = read(source / "scaffolds" / "chain.yaml")["program"]["steps"]
    changed_program(source, steps=[ask, external], result=[{"name": "answer", "text": "{{there}}"}])
    with pytest.raises(FsepError, match="has an external part, which this runner does not drive"):
        carry(source, tmp_path / "b", "http://127.0.0.1:9/v1")


def test_the_plan_counts_the_elements_of_a_list_and_no_more_than_its_bound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = study(tmp_path / "s")
    [ask, answer] = read(source / "scaffolds" / "chain.yaml")["program"]["steps"]
    loop = {"do": "each", "id": "round", "in": "item.parts", "as": "part", "max": 3, "at_bound": "continue"}
    changed_program(
        source, steps=[ask, {**loop, "steps": [answer]}], result=[{"name": "answer", "text": "x"}]
    )
    items = [{"id": f"i{n}", "fields": {"question": "?", "parts": ["p"] * n}} for n in (0, 2, 5)]
    (source / "items.yaml").write_text(json.dumps(items))
    assert main(["run", str(source), "--system", "a=http://127.0.0.1:9/v1", "--dry-run"]) == 0
    assert "in all 3 runs, 5 requests, failures apart" in capsys.readouterr().out
