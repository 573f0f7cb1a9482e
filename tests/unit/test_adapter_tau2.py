"""The adapter for tau2-bench: what carries over, what is refused, and that its program replays."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from fsep.adapters.tau2 import convert
from fsep.engine import validate
from fsep.errors import FsepError
from unit import tau2_files as made
from unit.imported import Imported, read_back

REAL = sorted((Path(__file__).parents[3] / "shared" / "data" / "tau2-airline").glob("*.json"))
needs_real = pytest.mark.skipif(not REAL, reason="the published files are not beside this repository")
SECRET = "sk-" + "a1B2" * 8


def imported(sources: list[Path], out: Path) -> Imported:
    """Convert, and read the bundle back."""
    return read_back(lambda out: convert(sources, out), out)


@pytest.fixture
def two(tmp_path: Path) -> Imported:
    """Import the two handmade files."""
    first, second = made.two_systems()
    return imported(made.write(tmp_path, first=first, second=second), tmp_path / "b")


def test_an_import_is_whole_and_not_replayed(tmp_path: Path) -> None:
    first, second = made.two_systems()
    convert(made.write(tmp_path, first=first, second=second), tmp_path / "b")
    report = validate(tmp_path / "b", require=["replayed"])
    assert report.facets["whole"].status == "reached"
    assert report.facets["replayed"].status == "not-reached"


def test_every_run_is_a_word_of_the_program(two: Imported) -> None:
    assert [two.replay(run).divergence for run in two.runs()] == [None] * 3


def test_calls_of_both_speakers_carry_over_with_the_text_beside_them(two: Imported) -> None:
    events = two.run("deep.2.0")["events"][3:]
    calls = [
        (event["actor"], event["content"], len(event["tool_calls"]))
        for event in events
        if "tool_calls" in event
    ]
    assert calls[0] == ("customer", "Let me look.", 1)
    assert calls[1][0] == "agent"
    assert calls[1][2] == 2
    results = [
        (event["tool_call_id"], event.get("error", False))
        for event in events
        if event["kind"] == "tool-result"
    ]
    assert results == [("u1", False), ("a1", False), ("a2", True)]


def test_reasoning_stands_before_the_text_with_its_signature(two: Imported) -> None:
    content = two.run("deep.1.0")["events"][4]["content"]
    assert content == [
        {"type": "reasoning", "form": "text", "text": "Hm.", "signature": "c2ln"},
        {"type": "text", "text": "Hi."},
    ]


def test_what_an_output_records_carries_over_and_nothing_else(two: Imported) -> None:
    output = two.run("deep.1.0")["events"][4]
    assert (output["returned_model"], output["finish"]) == ("deep-1", "tool-calls")
    assert output["usage"] == {"input_tokens": 11, "output_tokens": 7}
    assert not {"parameters", "request_sha256", "attempts"} & output.keys()
    assert "returned_model" not in two.run("flat.1.0")["events"][4]


def test_nothing_is_declared_that_the_source_does_not_declare(two: Imported) -> None:
    system = two.document("systems/deep.json")
    assert system["model"] == {"name": "deep"}
    assert system["declared_parameters"] == {"temperature": 0.0}
    assert system["runner"] == {"name": "tau2-bench", "version": f"{'deep':0<40}"}
    assert two.document("environments/shop.json").keys() == {"fsep", "kind", "id"}
    assert "departures.json" not in two.files


def test_only_the_instructions_are_marked_rebuilt(two: Imported) -> None:
    for run in two.runs():
        assert [event["role"] for event in run["events"] if event.get("rebuilt")] == ["system", "system"]


def test_a_run_that_broke_off_is_a_failed_one_with_its_reason(two: Imported) -> None:
    run = two.run("flat.1.0")
    assert run["status"] == "failed"
    assert "too_many_errors" in run["failure"]["message"]
    assert run["reward"] == 1.0


def test_a_missing_task_is_left_to_the_validator(two: Imported) -> None:
    assert two.document("design.json")["items"]["count"] == 2
    assert {run["item"] for run in two.runs() if run["system"] == "flat"} == {"1"}


def test_a_long_text_is_kept_in_a_blob_and_the_run_replays(tmp_path: Path) -> None:
    first, _ = made.two_systems()
    first["simulations"][1]["messages"][2]["content"] = "x" * 65_537
    bundle = imported(made.write(tmp_path, first=first), tmp_path / "b")
    assert sum(path.startswith("blobs/") for path in bundle.files) == 1
    assert all(bundle.replay(run).divergence is None for run in bundle.runs())


@pytest.mark.parametrize(
    ("section", "member"),
    [
        ("environment_info", "policy"),
        ("environment_info", "domain_name"),
        ("user_info", "global_simulation_guidelines"),
        ("user_info", "llm"),
    ],
)
def test_files_that_no_one_design_could_hold_are_refused(tmp_path: Path, section: str, member: str) -> None:
    first, second = made.two_systems()
    second["info"][section][member] = "another"
    with pytest.raises(FsepError) as refused:
        convert(made.write(tmp_path, first=first, second=second), tmp_path / "b")
    assert refused.value.advice
    assert not (tmp_path / "b").exists()


def test_another_task_under_one_id_is_refused(tmp_path: Path) -> None:
    first, second = made.two_systems()
    second["tasks"][0]["user_scenario"]["instructions"]["reason_for_call"] = "another"
    with pytest.raises(FsepError):
        convert(made.write(tmp_path, first=first, second=second), tmp_path / "b")


@pytest.mark.parametrize("name", ["api_key", "API-Key", "extra"])
def test_a_credential_in_the_parameters_is_dropped_counted_and_not_echoed(tmp_path: Path, name: str) -> None:
    first, _ = made.two_systems()
    first["info"]["agent_info"]["llm_args"][name] = SECRET
    bundle = imported(made.write(tmp_path, first=first), tmp_path / "b")
    assert not [path for path, data in bundle.files.items() if SECRET.encode() in data]
    assert next(gap["count"] for gap in bundle.loss["gaps"] if gap["id"] == "credentials") == 1


def test_the_gaps_say_what_was_not_recorded(two: Imported) -> None:
    said = " ".join(gap["what"] for gap in two.loss["gaps"])
    for words in ("system prompt", "tools", "commits", "returned", "environment", "parameters"):
        assert words in said
    assert all(gap["what"] and gap.get("consequence") for gap in two.loss["gaps"])


@needs_real
def test_all_published_runs_are_words_of_the_program(tmp_path: Path) -> None:
    bundle = imported(REAL, tmp_path / "b")
    runs = list(bundle.runs())
    assert len(runs) == 100
    assert [run["run"] for run in runs if bundle.replay(run).divergence is not None] == []


@needs_real
def test_a_published_run_that_was_tampered_with_is_no_word_of_the_program(tmp_path: Path) -> None:
    bundle = imported(REAL, tmp_path / "b")
    for run in list(bundle.runs())[::10]:
        events = run["events"]
        for place in range(len(events)):
            dropped = {**run, "events": events[:place] + events[place + 1 :]}
            assert bundle.replay(dropped).divergence is not None, (run["run"], place)
        for place in range(len(events) - 1):
            if events[place] == events[place + 1]:
                continue
            swapped = {
                **run,
                "events": [*events[:place], events[place + 1], events[place], *events[place + 2 :]],
            }
            assert bundle.replay(swapped).divergence is not None, (run["run"], place)
        edited = copy.deepcopy(run)
        edited["events"][0]["content"] += " "
        assert bundle.replay(edited).divergence is not None
        stop = next(
            mark
            for mark in ("###STOP###", "###TRANSFER###", "###OUT-OF-SCOPE###")
            if mark in events[-1]["content"]
        )
        edited = json.loads(json.dumps(run).replace(stop, stop.lower()))
        assert bundle.replay(edited).divergence is not None


@needs_real
def test_published_runs_are_no_words_of_a_program_with_another_stop_marker(tmp_path: Path) -> None:
    bundle = imported(REAL, tmp_path / "b")
    for old in ("###STOP###", "###TRANSFER###"):
        scaffold = json.loads(json.dumps(bundle.scaffold).replace(old, "###HALT###"))
        ended = [run for run in bundle.runs() if old in run["events"][-1]["content"]]
        assert ended
        assert all(bundle.replay(run, scaffold).divergence is not None for run in ended)
