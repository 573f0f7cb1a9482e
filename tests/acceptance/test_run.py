"""The runner from end to end, against scripted models on loopback: what it sends, what it writes, what it survives."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fsep.engine.validate import validate
from fsep.errors import FsepError
from fsep.findings import Outcome
from fsep.run.begin import Named
from fsep.run.carry import carry_out
from fsep.run.options import Options
from fsep.run.session import Session
from fsep.scripted import ScriptedModel, read_script
from running import EXAMPLES, attempts, carry, outputs, runs, script, serving, study, timeless, wire_digest

SHOWN = ("whole", "replayed", "complete")
SIX = EXAMPLES / "scripts" / "six-programs.yaml"
FAST = Options(concurrency=16, attempts=8)


def six(out: Path, url: str, *, stream: bool = False) -> list[dict[str, Any]]:
    """Run the six programs, and return their runs."""
    named = Named(
        {"steady": url, "hasty": url},
        {"customer": url},
        environments={"desk": EXAMPLES / "environments" / "desk.py"},
    )
    carry_out(EXAMPLES / "six-programs", out, named, Options(stream=stream))
    return runs(out)


def reached(bundle: Path) -> list[str]:
    """Return which of the facets that a runner answers for a bundle reaches."""
    report = validate(bundle, require=SHOWN)
    return [facet for facet in SHOWN if report.facets[facet].status == "reached"]


@pytest.mark.parametrize("stream", [False, True])
def test_the_six_programs_replay_and_the_wire_agrees_request_for_request(
    stream: bool, tmp_path: Path
) -> None:
    wire: list[Mapping[str, Any]] = []
    with ScriptedModel(read_script(SIX), log=wire.append) as model:
        made = six(tmp_path / "b", model.url, stream=stream)
    assert reached(tmp_path / "b") == list(SHOWN)
    assert len(made) == 24
    recorded = Counter(event["request_sha256"] for event in outputs(made))
    assert recorded == Counter(wire_digest(line["body"]) for line in wire)
    assert sum(recorded.values()) == len(wire) == 72
    assert all(line["body"].get("stream", False) is stream for line in wire)


def test_streamed_or_not_the_transcripts_are_the_same(tmp_path: Path) -> None:
    with ScriptedModel(read_script(SIX)) as model:
        at_once = six(tmp_path / "b", model.url)
        streamed = six(tmp_path / "c", model.url, stream=True)
    assert list(map(timeless, at_once)) == list(map(timeless, streamed))


def test_an_endpoint_that_fails_one_request_in_three_loses_nothing(tmp_path: Path) -> None:
    wire: list[Mapping[str, Any]] = []
    faults = (
        {"every": 6, "fault": {"status": 429, "retry_after": 0}},
        {"every": 3, "fault": {"status": 503}},
    )
    with ScriptedModel(script(*faults), log=wire.append) as model:
        carry(study(tmp_path / "s", items=30, steps=2), tmp_path / "b", model.url, options=FAST)
    assert reached(tmp_path / "b") == list(SHOWN)
    made = runs(tmp_path / "b")
    assert [run["status"] for run in made] == ["completed"] * 30
    outcomes = Counter((one["outcome"], one.get("http_status")) for one in attempts(made))
    assert outcomes["complete", None] == 60
    assert outcomes["rate-limited", 429] == len(wire) // 6
    assert outcomes["server-error", 503] == len(wire) // 3 - len(wire) // 6
    assert sum(outcomes.values()) == len(wire)


def test_no_reply_is_asked_for_again_because_of_what_it_says(tmp_path: Path) -> None:
    wire: list[Mapping[str, Any]] = []
    rules = [
        {"when": {"last": {"contains": "0"}}, "reply": {"content": ""}},
        {
            "when": {"last": {"contains": "1"}},
            "reply": {"content": "I can't help with that.", "finish": "content-filter"},
        },
        {
            "when": {"last": {"contains": "2"}},
            "reply": {"content": "long", "repeat": 30_000, "finish": "length"},
        },
    ]
    with ScriptedModel(script(rules=rules), log=wire.append) as model:
        carry(study(tmp_path / "s"), tmp_path / "b", model.url)
    assert len(wire) == 3
    assert reached(tmp_path / "b") == list(SHOWN)
    empty, refusal, long = (outputs([run])[0] for run in runs(tmp_path / "b"))
    assert (empty["content"], empty["finish"]) == ("", "stop")
    assert (refusal["content"], refusal["finish"]) == ("I can't help with that.", "content-filter")
    [part] = long["content"]
    assert (tmp_path / "b" / "blobs" / part["blob"]).read_bytes() == b"long" * 30_000


@pytest.mark.parametrize(("stream", "outcome"), [(True, "cut"), (False, "transport-error")])
def test_a_reply_that_is_cut_is_an_attempt_and_a_streamed_one_keeps_what_had_come(
    stream: bool, outcome: str, tmp_path: Path
) -> None:
    options = Options(stream=stream)
    with ScriptedModel(script({"first": 1, "fault": {"cut": 10}})) as model:
        carry(study(tmp_path / "s", items=1), tmp_path / "b", model.url, options=options)
    [cut, complete] = attempts(runs(tmp_path / "b"))
    assert cut["outcome"] == outcome
    [output] = outputs(runs(tmp_path / "b"))
    assert cut.get("partial") == (output["content"][:10] if stream else None)
    assert complete["outcome"] == "complete"
    assert reached(tmp_path / "b") == list(SHOWN)


def test_a_run_whose_request_is_refused_fails_and_is_declared(tmp_path: Path) -> None:
    wire: list[Mapping[str, Any]] = []
    fault = {"when": {"last": {"contains": "What is 1?"}}, "fault": {"status": 400}}
    with ScriptedModel(script(fault), log=wire.append) as model:
        carry(study(tmp_path / "s"), tmp_path / "b", model.url)
    assert len(wire) == 3
    failed = runs(tmp_path / "b")[1]
    assert failed["status"] == "failed"
    assert failed["failure"]["kind"] == "provider-refused"
    assert [one["outcome"] for one in failed["failure"]["attempts"]] == ["refused"]
    [departure] = json.loads((tmp_path / "b" / "departures.json").read_bytes())["departures"]
    assert (departure["kind"], departure["item"]) == ("run-failed", "i1")
    assert departure["reason"] == "The provider refused the request with status 400: a fault of the script"
    assert reached(tmp_path / "b") == list(SHOWN)


@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_request_that_fails_where_others_succeed_fails_its_run_alone(
    concurrency: int, tmp_path: Path
) -> None:
    """Alone it cannot be told from an endpoint that is gone: the run waits until others were answered."""
    fault = {"when": {"last": {"contains": "What is 1?"}}, "fault": {"status": 500}}
    options = Options(attempts=2, concurrency=concurrency)
    with ScriptedModel(script(fault, delay=0.01)) as model:
        carry(study(tmp_path / "s", items=10), tmp_path / "b", model.url, options=options)
    made = runs(tmp_path / "b")
    assert [run["status"] for run in made] == ["completed", "failed", *["completed"] * 8]
    tried = [one["http_status"] for one in made[1]["failure"]["attempts"]]
    assert tried in ([500] * 2, [500] * 4)
    assert made[1]["failure"]["message"] == (
        f"The request failed {len(tried)} times while others were answered, the last time with "
        "status 500 (a fault of the script)."
    )
    assert reached(tmp_path / "b") == list(SHOWN)


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("fault", [None, {"status": 429}, {"status": 503}, {"garbage": "<html>"}])
def test_an_endpoint_that_answers_nobody_fails_no_run_however_often_it_is_tried(
    fault: dict[str, Any] | None, concurrency: int, tmp_path: Path
) -> None:
    source, options = study(tmp_path / "s", items=6), Options(attempts=2, concurrency=concurrency)
    faults = [{"fault": fault}] if fault is not None else []
    with ScriptedModel(script(*faults)) as model:
        url = model.url if fault is not None else "http://127.0.0.1:9/v1"
        for resume in (False, True, True):
            carried = carry(source, tmp_path / "b", url, options=options, resume=resume)
            assert (carried.bundle, carried.outcome.left) == (None, 6)
            assert f"{url} did not answer: 2 attempts" in str(carried.outcome.halted["a"])
            assert carried.outcome.counts["a"].failed == {}
    with ScriptedModel(script()) as model:
        carry(source, tmp_path / "b", model.url, options=options, resume=True)
    assert {run["status"] for run in runs(tmp_path / "b")} == {"completed"}
    assert reached(tmp_path / "b") == list(SHOWN)


@pytest.mark.parametrize("concurrency", [1, 4])
def test_an_endpoint_that_is_killed_in_the_middle_fails_no_run(concurrency: int, tmp_path: Path) -> None:
    source = study(tmp_path / "s", items=30, steps=2)
    options = Options(attempts=3, concurrency=concurrency)
    with serving(tmp_path, delay=0.02) as (url, process):

        async def kill(session: Session) -> None:
            while session.counts["a"].outputs < 20:
                await asyncio.sleep(0.005)
            process.kill()

        carried = carry(source, tmp_path / "b", url, options=options, watch=kill)
    assert carried.bundle is None
    assert carried.outcome.counts["a"].failed == {}
    with ScriptedModel(script()) as model:
        carry(source, tmp_path / "b", model.url, options=options, resume=True)
    assert {run["status"] for run in runs(tmp_path / "b")} == {"completed"}
    assert reached(tmp_path / "b") == list(SHOWN)


def test_a_gateway_whose_model_goes_away_fails_no_run(tmp_path: Path) -> None:
    """What it answered while the first of those that fail was in flight says nothing about that one."""
    source, options = study(tmp_path / "s", items=30, steps=2), Options(attempts=3, concurrency=4)
    with ScriptedModel(script(delay=0.05)) as model:

        async def break_it(session: Session) -> None:
            while session.counts["a"].outputs < 20:
                await asyncio.sleep(0.005)
            model.script = script({"fault": {"status": 502}})

        carried = carry(source, tmp_path / "b", model.url, options=options, watch=break_it)
        assert carried.bundle is None
        assert carried.outcome.counts["a"].failed == {}
        model.script = script()
        carry(source, tmp_path / "b", model.url, options=options, resume=True)
    assert {run["status"] for run in runs(tmp_path / "b")} == {"completed"}


def test_a_last_request_that_is_never_answered_is_for_whoever_runs_it_to_give_up(tmp_path: Path) -> None:
    """Nothing else is left that could show whether it is the request or the endpoint."""
    source, options = study(tmp_path / "s", items=2), Options(attempts=2, concurrency=1)
    fault = {"when": {"last": {"contains": "What is 1?"}}, "fault": {"status": 500}}
    with ScriptedModel(script(fault)) as model:
        for resume in (False, True):
            carried = carry(source, tmp_path / "b", model.url, options=options, resume=resume)
            assert carried.outcome.left == 1
            assert "--close records the run as failed" in str(carried.outcome.halted["a"].advice)
        carry(source, tmp_path / "b", model.url, options=options, resume=True, close=True)
    made = runs(tmp_path / "b")
    assert [run["status"] for run in made] == ["completed", "failed"]
    assert [one["http_status"] for one in made[1]["failure"]["attempts"]] == [500] * 4
    assert reached(tmp_path / "b") == list(SHOWN)


@pytest.mark.parametrize("status", [401, 403, 404, 302])
def test_an_endpoint_that_lets_nobody_in_fails_no_run(status: int, tmp_path: Path) -> None:
    with ScriptedModel(script({"fault": {"status": status}})) as model:
        carried = carry(study(tmp_path / "s"), tmp_path / "b", model.url)
    assert carried.bundle is None
    assert f"turned a request away with status {status}" in str(carried.outcome.halted["a"])
    with ScriptedModel(script()) as model:
        carry(tmp_path / "s", tmp_path / "b", model.url, resume=True)
    assert reached(tmp_path / "b") == list(SHOWN)
    assert {run["status"] for run in runs(tmp_path / "b")} == {"completed"}


def test_another_model_than_declared_ends_the_use_of_the_system(tmp_path: Path) -> None:
    wire: list[Mapping[str, Any]] = []
    rule = {"when": {"last": {"contains": "What is 1?"}}, "reply": {"content": "Hi", "returned": "m-2"}}
    with ScriptedModel(script(rules=[rule]), log=wire.append) as model:
        source = study(tmp_path / "s", items=5)
        carried = carry(source, tmp_path / "b", model.url, options=Options(concurrency=1))
        assert carried.bundle is None
        assert str(carried.outcome.halted["a"]) == (
            "The endpoint of a returned the model identity 'm-2'; declared are 'm-1'."
        )
        assert len(wire) == 2
        # Also a later session asks it nothing, whatever it would answer.
        again = carry(source, tmp_path / "b", model.url, resume=True)
        assert "begin anew" in str(again.outcome.halted["a"].advice)
        assert len(wire) == 2
        carry(source, tmp_path / "b", model.url, resume=True, close=True)
    first, failed = runs(tmp_path / "b")
    assert (first["status"], failed["status"]) == ("completed", "failed")
    assert failed["events"][-1]["kind"] == "message"
    departures = json.loads((tmp_path / "b" / "departures.json").read_bytes())["departures"]
    assert Counter(one["kind"] for one in departures) == {"run-failed": 1, "run-missing": 3}
    assert reached(tmp_path / "b") == list(SHOWN)


def test_a_reply_that_no_record_can_hold_fails_its_run(tmp_path: Path) -> None:
    wire: list[Mapping[str, Any]] = []
    call = {"id": "x", "name": "n" * 300, "arguments": {}}
    with ScriptedModel(script(rules=[{"reply": {"tool_calls": [call]}}]), log=wire.append) as model:
        carry(study(tmp_path / "s", items=1), tmp_path / "b", model.url)
    [run] = runs(tmp_path / "b")
    assert (
        run["failure"]["message"]
        == "The reply at o0 cannot be recorded: it does not fit the schema of a run."
    )
    assert [one["outcome"] for one in run["failure"]["attempts"]] == ["complete"]
    assert len(wire) == 1
    assert reached(tmp_path / "b") == list(SHOWN)


def test_garbage_is_no_reply(tmp_path: Path) -> None:
    with ScriptedModel(script({"first": 2, "fault": {"garbage": "<html>Bad gateway</html>"}})) as model:
        carry(study(tmp_path / "s", items=1), tmp_path / "b", model.url)
    assert [one["outcome"] for one in attempts(runs(tmp_path / "b"))] == ["transport-error"] * 2 + [
        "complete"
    ]
    assert reached(tmp_path / "b") == list(SHOWN)


def test_a_request_that_takes_too_long_is_tried_again(tmp_path: Path) -> None:
    with ScriptedModel(script({"first": 1, "fault": {"delay": 1.5}})) as model:
        options = Options(request_seconds=0.4)
        carry(study(tmp_path / "s", items=2), tmp_path / "b", model.url, options=options)
    assert Counter(one["outcome"] for one in attempts(runs(tmp_path / "b"))) == {
        "transport-error": 2,
        "complete": 2,
    }


def test_a_run_that_takes_too_long_fails_with_what_was_in_flight(tmp_path: Path) -> None:
    with ScriptedModel(script({"when": {"messages": 3}, "fault": {"delay": 3}})) as model:
        options = Options(run_seconds=0.5)
        carry(study(tmp_path / "s", items=1, steps=2), tmp_path / "b", model.url, options=options)
    [run] = runs(tmp_path / "b")
    assert run["failure"] == {
        "kind": "infrastructure-error",
        "message": "The run took longer than 0.5 seconds.",
        "attempts": [{"outcome": "unknown", "started": run["failure"]["attempts"][0]["started"]}],
    }
    assert [event["kind"] for event in run["events"]] == ["message", "output", "message"]
    assert reached(tmp_path / "b") == list(SHOWN)


def test_what_a_design_binds_is_named_or_the_start_is_refused(tmp_path: Path) -> None:
    script_of = f"script:{SIX}"
    steady = {"steady": script_of}
    desk = {"desk": EXAMPLES / "environments" / "desk.py"}
    for named, told in (
        (Named({}), "No system is named."),
        (Named(steady, environments=desk), "The simulator 'customer' has no endpoint."),
        (Named(steady, {"customer": script_of}), "The environment 'desk' has no program."),
        (
            Named(steady, {"customer": script_of}, environments={"desk": SIX}),
            "is not the program that the design pins",
        ),
        (
            Named({"stady": "http://127.0.0.1:9/v1"}),
            "There is no system stady in the study. It has hasty, steady.",
        ),
        (Named(steady, {"custmer": script_of, "customer": script_of}), "There is no simulator custmer."),
        (Named({"steady": "ftp://x"}, {"customer": script_of}, environments=desk), "ftp://x is no address"),
    ):
        with pytest.raises(FsepError) as refused:
            carry_out(EXAMPLES / "six-programs", tmp_path / "b", named, Options())
        assert told in str(refused.value), str(refused.value)
        for made in tmp_path.iterdir():
            shutil.rmtree(made)


def test_environments_with_state_are_told_the_item_and_nothing_of_the_system(tmp_path: Path) -> None:
    named = Named(
        {"clerk": f"script:{EXAMPLES / 'scripts' / 'loans.yaml'}"},
        environments={"loans": EXAMPLES / "environments" / "loans.py"},
    )
    carry_out(EXAMPLES / "loans", tmp_path / "b", named, Options())
    assert reached(tmp_path / "b") == list(SHOWN)
    said = {run["run"]: run["result"][0]["content"] for run in runs(tmp_path / "b")}
    assert said["clerk.with-tools.one-copy.1"] == "Now: City of Kings: 0 left"
    assert said["clerk.with-tools.two-copies.1"] == "Now: Rivers: 0 left"
    errors = Counter(event.get("error", False) for run in runs(tmp_path / "b") for event in run["events"])
    assert errors[True] == 4


def test_the_ledger_vouches_for_every_run(tmp_path: Path) -> None:
    with ScriptedModel(script()) as model:
        carry(study(tmp_path / "s"), tmp_path / "b", model.url)
    report = validate(tmp_path / "b", require=SHOWN)
    assert report.provenance["grade"] == "ledgered"
    [outcome] = [one.outcome for one in report.outcomes if one.requirement == "FSEP-PRV-002"]
    assert outcome is Outcome.PASS
