"""The adapter for logs of Inspect: what carries over, what is a gap, and that known plans replay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import parent
from fsep.adapters.inspect_log import convert
from fsep.bundle import open_bundle
from fsep.cli import USAGE, main
from fsep.engine import validate
from fsep.findings.report import Report
from unit import inspect_files as made
from unit.inspect_files import called, chat, log, plan, said, sample, write_eval, write_json

REAL = sorted((Path(__file__).parents[3] / "shared" / "data" / "inspect").glob("*.*"))
needs_real = pytest.mark.skipif(not REAL, reason="the published files are not beside this repository")
SECRET = "sk-" + "a1B2" * 8


class Imported:
    """A bundle that was written, read back, and what the validator says of it."""

    def __init__(self, out: Path, *sources: Path) -> None:
        """Convert, and read the bundle back."""
        self.loss = convert(list(sources), out)
        self.report: Report = validate(out, require=["replayed", "complete"])
        with open_bundle(out) as bundle:
            self.files = {path: bundle.read(path, 1 << 26) for path in bundle.entries}

    def document(self, path: str) -> dict[str, Any]:
        """Return a document."""
        value: dict[str, Any] = json.loads(self.files[path])
        return value

    @property
    def runs(self) -> dict[str, dict[str, Any]]:
        """The runs by their ids."""
        lines = (data.splitlines() for path, data in self.files.items() if path.startswith("transcripts/"))
        return {run["run"]: run for data in lines for run in map(json.loads, data)}

    @property
    def run(self) -> dict[str, Any]:
        """The only run."""
        (run,) = self.runs.values()
        return run

    @property
    def items(self) -> dict[str, dict[str, Any]]:
        """The items by their ids."""
        return {item["id"]: item for item in map(json.loads, self.files["items.jsonl"].splitlines())}

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The steps of the program."""
        steps: list[dict[str, Any]] = self.document("scaffolds/plan.json")["program"]["steps"]
        return steps

    @property
    def departures(self) -> list[tuple[str, str, int]]:
        """What is declared to have failed or to be missing."""
        listed = self.document("departures.json")["departures"] if "departures.json" in self.files else []
        return [(one["kind"], one["item"], one["replicate"]) for one in listed]

    @property
    def gaps(self) -> dict[str, dict[str, Any]]:
        """The gaps by their ids."""
        return {gap["id"]: gap for gap in self.loss["gaps"]}

    @property
    def failing(self) -> set[str]:
        """The requirements that are not met; no log commits its design, which is left out."""
        return (
            {one.requirement for one in self.report.findings if one.severity == "error"}
            - {"FSEP-PRE-001"}
            - parent.UNRATED
        )

    @property
    def whole(self) -> bool:
        """Whether the bundle is whole."""
        return self.report.facets["whole"].status == "reached"


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    """Return a function that writes a log and imports it."""

    def bring(value: dict[str, Any]) -> Imported:
        return Imported(tmp_path / "b", write_json(tmp_path / "a.json", value))

    return bring


# What `replayed` lacks of every log, though every text replays.
ALWAYS = {"FSEP-REQ-001", "FSEP-REQ-006"}


def test_a_known_plan_is_a_program_and_its_texts_replay(bring: Any) -> None:
    bundle = bring(log([sample(1), sample(2)]))
    assert bundle.whole
    assert bundle.failing == ALWAYS
    assert bundle.report.facets["complete"].status == "reached"
    assert [step["do"] for step in bundle.steps] == ["say", "say", "generate"]
    assert bundle.steps[0]["text"] == "Answer {briefly}, for children."
    assert bundle.steps[1]["text"] == "{{item.input}}"
    assert bundle.items["1"]["fields"] == {"input": "Question 1?"}


def test_a_text_that_was_edited_in_the_log_is_no_word_of_the_program_any_more(bring: Any) -> None:
    value = log([sample(1), sample(2)])
    value["samples"][1]["messages"][0]["content"] += " "
    bundle = bring(value)
    assert [step["do"] for step in bundle.steps] == ["external"]
    assert "sample 2, epoch 1, message 0" in bundle.gaps["plan-disagrees"]["what"]
    assert bundle.whole
    assert "FSEP-ADH-006" in bundle.failing


def test_a_call_that_was_given_other_messages_than_those_recorded_is_found(bring: Any) -> None:
    value = log([sample(1)])
    value["samples"][0]["events"][1]["input"].insert(0, said("system", "Unseen."))
    bundle = bring(value)
    assert "given other messages" in bundle.gaps["plan-disagrees"]["what"]


def test_a_message_that_no_solver_makes_is_found(bring: Any) -> None:
    value = log([sample(1)])
    value["samples"][0]["messages"].append(said("user", "And?"))
    assert "4 messages and 3 steps" in bring(value).gaps["plan-disagrees"]["what"]


def test_an_output_other_than_the_last_words_is_found_and_kept(bring: Any) -> None:
    bundle = bring(log([sample(1, output={"model": "x", "choices": [], "completion": "C"})]))
    assert "plan-disagrees" in bundle.gaps
    assert bundle.run["extensions"]["org.inspect-ai"]["output"] == "C"
    assert bundle.run["result"][0]["content"] == "Yes."


def test_a_system_message_goes_behind_the_system_messages_of_the_input(bring: Any) -> None:
    first = [said("system", "First."), said("user", "Q")]
    messages = [first[0], said("system", "Answer {briefly}, for children."), first[1], said("assistant", "A")]
    one = sample(1, input=first, messages=messages, output=made.output(messages[-1]), events=[])
    bundle = bring(log([one]))
    assert [step["do"] for step in bundle.steps] == ["say", "say", "say", "generate"]
    assert not bundle.failing & {"FSEP-ADH-001", "FSEP-ADH-002"}


def test_each_of_two_outputs_has_its_own_call(bring: Any) -> None:
    messages = [said("user", "Q"), said("assistant", "A"), said("user", "Sure?"), said("assistant", "A")]
    calls = [
        called(messages[:1], messages[1]),
        called(messages[:3], messages[3], config={"temperature": 0.9}),
    ]
    value = log([sample(1, input="Q", messages=messages, output=made.output(messages[3]), events=calls)])
    value["plan"] = plan(("generate", {}), ("user_message", {"template": "Sure?"}), ("generate", {}))
    bundle = bring(value)
    assert bundle.failing == ALWAYS
    assert [bundle.run["events"][place]["parameters"]["temperature"] for place in (1, 3)] == [0.5, 0.9]
    stated = [step["parameters"] for step in bundle.steps if step["do"] == "generate"]
    assert stated == [{"temperature": 0.5}, {"temperature": 0.9}]


def test_what_an_output_records_carries_over(bring: Any) -> None:
    event = bring(log([sample(1)])).run["events"][2]
    assert event["parameters"] == {"temperature": 0.5}
    assert event["returned_model"] == "deep-1"
    assert event["finish"] == "stop"
    assert event["usage"] == {"input_tokens": 11, "output_tokens": 7, "cached_tokens": 3}
    assert (event["started"], event["ended"]) == (
        "2026-02-03T08:00:01.500000Z",
        "2026-02-03T08:00:02.500000Z",
    )
    assert "request_sha256" not in event


def test_an_identity_that_the_harness_noted_alone_is_said_to_be_that(bring: Any) -> None:
    value = log([sample(1)])
    del value["samples"][0]["events"][1]["call"]
    bundle = bring(value)
    assert bundle.run["events"][2]["returned_model"] == "deep-noted"
    assert bundle.gaps["returned-model-maker-deep"]["count"] == 1


def test_an_output_without_a_call_has_no_parameters(bring: Any) -> None:
    bundle = bring(log([sample(1, events=[])]))
    assert not {"parameters", "usage", "returned_model"} & bundle.run["events"][2].keys()
    assert "FSEP-REQ-003" in bundle.failing
    assert "parameters-maker-deep" in bundle.gaps


def test_calls_of_graders_are_no_outputs(bring: Any) -> None:
    value = log([sample(1)])
    grade = called([said("user", "Grade!")], said("assistant", "GRADE: C", "g"))
    value["samples"][0]["events"].append(grade)
    bundle = bring(value)
    assert len(bundle.run["events"]) == 3
    assert bundle.gaps["events"]["count"] == 3


def test_the_target_is_shown_to_no_model(bring: Any) -> None:
    bundle = bring(log([sample(1)]))
    assert "secret target" not in json.dumps(bundle.steps)
    assert "secret target" not in json.dumps(bundle.items["1"]["fields"])
    assert bundle.items["1"]["extensions"]["org.inspect-ai"]["target"] == "the secret target"


def test_scores_and_explanations_stand_in_the_extensions(bring: Any) -> None:
    run = bring(log([sample(1)])).run
    score = {"value": "C", "answer": "Yes", "explanation": "It matches."}
    assert run["extensions"]["org.inspect-ai"]["scores"] == {"match": score}
    assert "reward" not in run


def test_one_score_that_is_a_number_is_the_reward(bring: Any) -> None:
    assert bring(log([sample(1, scores={"close": {"value": 0.25}})])).run["reward"] == 0.25


def test_two_epochs_are_two_replicates(bring: Any) -> None:
    value = log([sample(1), sample(1, 2, "No."), sample(2), sample(2, 2)], config={"epochs": 2})
    bundle = bring(value)
    assert bundle.document("design.json")["replicates"] == 2
    assert bundle.runs["maker-deep.1.1"]["result"] == [{"name": "answer", "content": "No."}]
    assert len(bundle.items) == 2
    assert bundle.failing == ALWAYS


def test_an_epoch_that_is_there_twice_is_refused(bring: Any) -> None:
    with pytest.raises(Exception, match="twice"):
        bring(log([sample(1), sample(1)]))


def test_a_sample_that_broke_off_is_a_failed_run_and_declared(bring: Any) -> None:
    bundle = bring(log([sample(1), made.broken_off(2)], status="error"))
    run = bundle.runs["maker-deep.2.0"]
    assert run["status"] == "failed"
    assert "ConnectionError" in run["failure"]["message"]
    assert [event["kind"] for event in run["events"]] == ["message", "message"]
    assert bundle.departures == [("run-failed", "2", 0)]
    assert bundle.whole
    assert bundle.failing == {*ALWAYS, "FSEP-CMP-005"}


def test_a_cancelled_log_says_so_and_its_samples_that_never_ran_are_missing(bring: Any) -> None:
    dataset = {"samples": 9, "sample_ids": [1, 2, 3]}
    bundle = bring(log([sample(1)], status="cancelled", dataset=dataset))
    assert "cancelled" in bundle.gaps["log-status-maker-deep"]["what"]
    assert bundle.gaps["never-run"]["count"] == 2
    assert bundle.departures == [("run-missing", "2", 0), ("run-missing", "3", 0)]
    assert bundle.items["3"]["fields"] == {}
    # What was said to those samples is not known, so that no program can say it.
    assert [step["do"] for step in bundle.steps] == ["say", "external"]
    assert bundle.whole
    assert "FSEP-CMP-005" in bundle.failing
    assert "FSEP-CMP-001" not in bundle.failing


def test_a_sample_without_an_output_in_a_log_that_broke_off_is_a_failed_run(bring: Any) -> None:
    cut = made.broken_off(2)
    del cut["error"]
    bundle = bring(log([sample(1), cut], status="cancelled"))
    assert bundle.departures == [("run-failed", "2", 0)]


def test_an_epoch_that_never_ran_is_missing_and_the_rest_replays(bring: Any) -> None:
    bundle = bring(log([sample(1), sample(1, 2), sample(2)], config={"epochs": 2}))
    assert bundle.departures == [("run-missing", "2", 1)]
    assert bundle.failing == {*ALWAYS, "FSEP-CMP-005"}


def test_samples_of_which_not_even_an_id_is_recorded_count_as_planned(bring: Any) -> None:
    bundle = bring(log([sample(1)], dataset={"samples": 9}, config={"limit": [2, 5]}))
    assert sorted(bundle.items) == ["1", "unnamed-1", "unnamed-2"]
    assert bundle.gaps["unnamed"]["count"] == 2
    assert len(bundle.departures) == 2


def test_a_limit_of_the_harness_is_no_failure(bring: Any) -> None:
    bundle = bring(log([sample(1, limit={"type": "token", "limit": 10})]))
    assert bundle.run["status"] == "limit-reached"
    assert "limit-token" in bundle.gaps
    assert bundle.departures == []


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), 2**60])
def test_a_number_that_json_has_no_place_for_is_marked(bring: Any, number: float) -> None:
    shown = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(str(number), str(number))
    bundle = bring(log([sample(1, scores={"close": {"value": number}}, total_time=number)]))
    kept = bundle.run["extensions"]["org.inspect-ai"]
    assert kept["scores"]["close"]["value"] == {"number": shown}
    assert kept["total_time"] == {"number": shown}
    assert "reward" not in bundle.run
    assert bundle.gaps["numbers"]["count"] == 2
    assert bundle.whole


def test_json_and_eval_of_one_run_give_one_bundle(tmp_path: Path) -> None:
    nan = sample(2, 2, scores={"close": {"value": float("nan")}})
    value = log([sample(1), sample(2), sample(1, 2), nan], config={"epochs": 2})
    one = Imported(tmp_path / "j", write_json(tmp_path / "a.json", value))
    # What is empty is there in one format and absent in the other.
    value["samples"][0]["model_usage"] = {}
    for method in (made.STORED, made.DEFLATED, made.ZSTD):
        source = write_eval(tmp_path / "a.eval", value, method)
        other = Imported(tmp_path / f"e{method}", source)
        assert other.loss["sources"][0]["bytes"] == source.stat().st_size
        assert _without_sources(one) == _without_sources(other)


def _without_sources(bundle: Imported) -> dict[str, Any]:
    loss = {**bundle.loss, "sources": None}
    text = json.dumps(loss).replace("a.json", "a").replace("a.eval", "a")
    kept = {path: data for path, data in bundle.files.items() if path not in ("loss.json", "bundle.json")}
    return {**kept, "loss.json": text}


def test_a_run_that_crashed_has_no_header_and_is_read_from_its_start(tmp_path: Path) -> None:
    dataset = {"samples": 9, "sample_ids": [1, 2]}
    source = write_eval(tmp_path / "a.eval", log([sample(1)], dataset=dataset), header="")
    bundle = Imported(tmp_path / "b", source)
    assert "header-maker-deep" in bundle.gaps
    assert "started" in bundle.gaps["log-status-maker-deep"]["what"]
    assert bundle.document("systems/maker-deep.json")["extensions"]["org.inspect-ai"]["status"] == "started"
    assert bundle.departures == [("run-missing", "2", 0)]


def test_of_two_members_of_one_name_the_last_counts_and_the_other_is_a_gap(tmp_path: Path) -> None:
    value = log([sample(1)])
    members = [("header.json", json.dumps(value).encode(), 0)]
    for answer in ("First.", "Second."):
        members.append(("samples/1_epoch_1.json", json.dumps(sample(1, answer=answer)).encode(), 0))
    (tmp_path / "a.eval").write_bytes(made.archive(members))
    bundle = Imported(tmp_path / "b", tmp_path / "a.eval")
    assert bundle.run["result"][0]["content"] == "Second."
    assert bundle.gaps["superseded-records"]["count"] == 1


@pytest.mark.parametrize("scheme", ["attachment://", "tc://"])
def test_attachments_are_resolved(bring: Any, scheme: str) -> None:
    one = sample(1)
    for message in (*one["messages"][:2], *one["events"][1]["input"]):
        one["attachments"][f"h{len(message['content'])}"] = message["content"]
        message["content"] = f"{scheme}h{len(message['content'])}"
    bundle = bring(log([one]))
    assert bundle.failing == ALWAYS
    assert bundle.run["events"][1]["content"] == "Question 1?"


def test_an_attachment_that_is_not_there_is_a_gap(bring: Any) -> None:
    bundle = bring(log([chat(said("user", "attachment://gone"), said("assistant", "?"))]))
    assert bundle.gaps["references"]["count"] >= 1
    assert bundle.run["events"][0]["content"] == "attachment://gone"


def test_an_older_log_keeps_events_and_attachments_in_a_transcript(bring: Any) -> None:
    one = sample(1)
    one["attachments"]["q"] = one["messages"][1]["content"]
    one["messages"][1]["content"] = "tc://q"
    for message in one["messages"]:
        del message["id"]
    one["transcript"] = {"events": one.pop("events"), "content": one.pop("attachments")}
    bundle = bring(log([one]))
    assert bundle.failing == ALWAYS
    assert bundle.run["events"][2]["parameters"] == {"temperature": 0.5}


@pytest.mark.parametrize("form", ["message_pool", "events_data"])
def test_messages_of_a_pool_are_what_a_call_was_given(bring: Any, form: str) -> None:
    one = sample(1)
    pool = [said("user", "of another call"), *one["events"][1]["input"]]
    one["events"][1] |= {"input": [], "input_refs": [[1, 2], [2, 3]]}
    one |= (
        {"message_pool": pool} if form == "message_pool" else {"events_data": {"messages": pool, "calls": []}}
    )
    assert bring(log([one])).failing == ALWAYS


def test_a_pool_that_holds_other_messages_shows(bring: Any) -> None:
    one = sample(1)
    one["message_pool"] = one["events"][1]["input"]
    one["events"][1] |= {"input": [], "input_refs": [[0, 1]]}
    assert "plan-disagrees" in bring(log([one])).gaps


def test_images_are_blobs_and_their_messages_stand_in_the_external_part(bring: Any) -> None:
    parts = [{"type": "text", "text": "What is it?"}, {"type": "image", "image": "attachment://pic"}]
    system = said("system", "Answer {briefly}, for children.")
    messages = [system, said("user", parts), said("assistant", "A dot.")]
    one = sample(
        1, input=[said("user", parts)], messages=messages, output=made.output(messages[2]), events=[]
    )
    one["attachments"] = {"pic": made.PIXEL_URI}
    bundle = bring(log([one]))
    (blob,) = (path for path in bundle.files if path.startswith("blobs/"))
    assert bundle.files[blob] == made.PIXEL
    image = {"type": "image", "blob": blob.removeprefix("blobs/"), "media_type": "image/png"}
    assert bundle.run["events"][1]["content"] == [parts[0], image]
    assert bundle.whole
    assert [step["do"] for step in bundle.steps] == ["say", "external"]
    assert bundle.run["result"] == [{"name": "answer", "content": "A dot."}]


@pytest.mark.parametrize(
    "address",
    ["https://example.org/a.png", "<base64-data-removed>", "data:image/png,raw", "data:image/png;base64,@@"],
)
def test_an_image_that_is_not_in_the_log_is_a_gap_and_never_fetched(bring: Any, address: str) -> None:
    parts = [{"type": "text", "text": "What?"}, {"type": "image", "image": address}]
    bundle = bring(log([chat(said("user", parts), said("assistant", "A dot."))]))
    assert "media-image" in bundle.gaps
    assert bundle.run["events"][0]["rebuilt"] is True
    assert "FSEP-TRN-004" in bundle.failing


def test_reasoning_keeps_its_form_and_is_no_part_of_the_result(bring: Any) -> None:
    parts = [
        {"type": "reasoning", "reasoning": "Hm.", "signature": "c2ln"},
        {"type": "reasoning", "reasoning": "xyz", "redacted": True, "summary": "It thought."},
        {"type": "text", "text": "Yes."},
    ]
    bundle = bring(log([chat(said("user", "Q"), said("assistant", parts))]))
    assert bundle.run["events"][1]["content"] == [
        {"type": "reasoning", "form": "text", "signature": "c2ln", "text": "Hm."},
        {"type": "reasoning", "form": "opaque", "text": "xyz"},
        {"type": "reasoning", "form": "summary", "text": "It thought."},
        {"type": "text", "text": "Yes."},
    ]
    assert bundle.run["result"] == [{"name": "answer", "content": [{"type": "text", "text": "Yes."}]}]
    assert bundle.failing <= {*ALWAYS, "FSEP-ADH-006"}


def test_calls_of_tools_and_their_answers_stand_in_the_external_part(bring: Any) -> None:
    call = {"id": "c1", "function": "look", "arguments": {"at": "it"}}
    value = log(
        [
            chat(
                said("user", "Q"),
                said("assistant", "", tool_calls=[call]),
                said("tool", "gone", tool_call_id="c1", error={"type": "timeout", "message": "late"}),
                said("assistant", "Done."),
                input="Q",
            )
        ]
    )
    value["plan"] = plan(
        ("use_tools", {"tools": [{"name": "look", "params": {"instance": "zzz"}}]}), ("generate", {})
    )
    bundle = bring(value)
    assert [event["kind"] for event in bundle.run["events"]] == ["message", *["external"] * 3]
    assert bundle.run["events"][1]["tool_calls"] == [{"id": "c1", "name": "look", "arguments": {"at": "it"}}]
    assert (bundle.run["events"][2]["tool_call_id"], bundle.run["events"][2]["error"]) == ("c1", True)
    assert bundle.whole
    assert bundle.failing == {"FSEP-ADH-006", "FSEP-REQ-006"}


def test_an_opaque_part_is_named_by_its_solvers_but_not_by_their_instances(tmp_path: Path) -> None:
    def digest(name: str, **params: Any) -> str:
        value = log([chat(said("user", "Q"), said("assistant", "A"), input="Q")])
        value["plan"] = plan(("agent", {"depth": 3, **params}))
        bundle = Imported(tmp_path / name, write_json(tmp_path / "a.json", value))
        sha256: str = bundle.steps[-1]["harness"]["sha256"]
        return sha256

    first = digest("1", tool=[{"params": {"instance": "a"}}], fn="<function f at 0x7f01>")
    assert digest("2", tool=[{"params": {"instance": "b"}}], fn="<function f at 0x7f02>") == first
    assert digest("3", tool=[{"params": {"instance": "a"}}], fn="<function g at 0x7f01>") != first
    assert digest("4", tool=[{"params": {"instance": "a"}}], fn="<function f at 0x7f01>", depth=4) != first


def test_a_prompt_template_is_part_of_what_the_program_says(bring: Any) -> None:
    one = chat(said("user", "Topic topic 1: {{Q}}! {unknown}"), said("assistant", "A"), input="Q")
    value = log([one])
    template = "Topic {topic}: {{{{{prompt}}}}}! {unknown}"
    value["plan"] = plan(("prompt_template", {"template": template}), ("generate", {}))
    bundle = bring(value)
    assert bundle.steps[0]["text"] == "Topic {{item.metadata_topic}}: {{{{{{item.input}}}}! {unknown}"
    assert bundle.items["1"]["fields"] == {"input": "Q", "metadata_topic": "topic 1"}
    assert "FSEP-ADH-002" not in bundle.failing
    assert "FSEP-ADH-006" not in bundle.failing


@pytest.mark.parametrize(
    "template", ["{{{prompt}}}", "{prompt!r}", "{prompt:>9}", "{prompt.x}", "{0}{prompt}", "{"]
)
def test_a_template_that_no_program_can_say_makes_the_plan_opaque(bring: Any, template: str) -> None:
    value = log([chat(said("user", "Q"), said("assistant", "A"), input="Q")])
    value["plan"] = plan(("prompt_template", {"template": template}), ("generate", {}))
    bundle = bring(value)
    assert bundle.steps[-1]["do"] == "external"
    assert bundle.whole


def test_a_chat_as_input_is_a_field_for_each_message(bring: Any) -> None:
    shot = [said("user", "1+1?"), {**said("assistant", "2"), "source": "input"}, said("user", "2+2?")]
    value = log([sample(1, input=shot, messages=[*shot, said("assistant", "4")], events=[])])
    value["samples"][0]["output"] = made.output(said("assistant", "4"))
    value["plan"] = plan(("generate", {}))
    bundle = bring(value)
    assert bundle.items["1"]["fields"] == {"input_0": "1+1?", "input_1": "2", "input_2": "2+2?"}
    assert [event["kind"] for event in bundle.run["events"]] == ["message"] * 3 + ["output"]
    assert not bundle.failing & {"FSEP-ADH-001", "FSEP-ADH-002", "FSEP-ADH-003", "FSEP-ADH-006"}


def test_long_texts_are_blobs(bring: Any) -> None:
    long = "x" * 65_537
    bundle = bring(log([chat(said("user", long), said("assistant", long), input=long)]))
    assert [path for path in bundle.files if path.startswith("blobs/")]
    assert bundle.whole
    assert bundle.items["1"]["fields"] == {}


def test_parameters_of_one_step_that_differ_are_a_gap_and_found(bring: Any) -> None:
    value = log([sample(1), sample(2)])
    value["samples"][0]["events"][1]["config"] = {"temperature": 1.0}
    bundle = bring(value)
    assert bundle.steps[2]["parameters"] == {"temperature": 0.5}
    assert "parameters-differ" in bundle.gaps
    assert "FSEP-REQ-004" in bundle.failing


def test_credentials_are_never_carried_over(bring: Any, tmp_path: Path) -> None:
    value = log([sample(1, metadata={"api_key": "plain", "topic": "x"})], model_args={"api_key": "plain"})
    value["eval"]["model_base_url"] = "https://user:plain@example.org"
    value["eval"]["model_generate_config"] = {"extra_headers": {"authorization": "plain"}}
    value["samples"][0]["events"][1]["config"]["extra_body"] = {"api_key": "plain"}
    value["samples"][0]["scores"]["match"]["explanation"] = f"said {SECRET}"
    bundle = bring(value)
    held = b"".join(bundle.files.values())
    assert SECRET.encode() not in held
    assert b'"plain"' not in held
    assert b"user:plain" not in held
    assert {"credentials", "model-model_args", "model-model_base_url"} <= bundle.gaps.keys()
    assert bundle.whole


def test_logs_of_one_evaluation_are_a_system_each(tmp_path: Path) -> None:
    first, second = log([sample(1)]), log([sample(1, answer="No."), sample(2)], model="maker/flat")
    sources = [write_json(tmp_path / name, value) for name, value in (("a.json", first), ("b.json", second))]
    bundle = Imported(tmp_path / "b", *sources)
    assert sorted(bundle.runs) == ["maker-deep.1.0", "maker-flat.1.0", "maker-flat.2.0"]
    assert bundle.departures == [("run-missing", "2", 0)]


@pytest.mark.parametrize("change", ["plan", "task", "input"])
def test_logs_of_two_evaluations_are_refused(tmp_path: Path, change: str) -> None:
    first = log([sample(1)])
    second = log([sample(1, input="Another?")] if change == "input" else [sample(1)])
    if change == "plan":
        second["plan"]["steps"][0]["params"]["audience"] = "adults"
    if change == "task":
        second["eval"]["task"] = "another"
    sources = [write_json(tmp_path / name, value) for name, value in (("a.json", first), ("b.json", second))]
    assert main(["import", "inspect", *map(str, sources), "-o", str(tmp_path / "b")]) == USAGE
    assert not (tmp_path / "b").exists()


def test_what_was_run_again_is_a_gap(bring: Any) -> None:
    one = sample(1, error_retries=[{"message": "x"}], invalidation={"author": "me"})
    one["events"][1] |= {"retries": 2, "cache": "read"}
    bundle = bring(log([one]))
    assert {"retried-samples", "request-retries", "cached", "invalidated"} <= bundle.gaps.keys()
    assert bundle.run["extensions"]["org.inspect-ai"]["invalidated"] is True


def test_a_sample_that_broke_off_after_its_last_message_is_a_failed_run_all_the_same(bring: Any) -> None:
    bundle = bring(log([sample(1, error={"message": "the scorer failed"})]))
    assert bundle.departures == [("run-failed", "1", 0)]
    assert "broke-off-after-the-end" in bundle.gaps
    assert "FSEP-ADH-005" in bundle.failing


def test_what_of_a_log_is_not_read_is_named(bring: Any) -> None:
    value = log([sample(1)], task_args={"a": 1}, tags=[])
    value["config_updates"] = [{}]
    what = bring(value).gaps["evaluation-maker-deep"]["what"]
    assert what.endswith("not carried over: task_args, config_updates")


def test_the_command_says_what_was_written_and_what_is_lacking(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_eval(tmp_path / "a.eval", log([sample(1)]))
    assert main(["import", "inspect", str(source), "-o", str(tmp_path / "b.zip")]) == 0
    out = capsys.readouterr().out
    assert "b.zip written." in out
    assert "  - not recorded: digests of the requests" in out
    assert validate(tmp_path / "b.zip").facets["whole"].status == "reached"


@needs_real
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_published_log_is_whole_and_its_texts_replay(tmp_path: Path, path: Path) -> None:
    bundle = Imported(tmp_path / "b", path)
    assert bundle.whole
    assert bundle.failing == ALWAYS


@needs_real
def test_a_published_log_gives_one_bundle_in_both_formats(tmp_path: Path) -> None:
    pair = [path for path in REAL if path.stem == "log_formats"]
    one, other = (Imported(tmp_path / path.suffix, path) for path in pair)
    assert _without_sources(one) == _without_sources(other)
