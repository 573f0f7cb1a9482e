"""The adapter for tau-bench: what carries over, what is refused, and that its program replays."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from fsep.adapters.tau_bench import convert
from fsep.cli import main
from fsep.engine import validate
from fsep.errors import FsepError
from unit.imported import Imported, read_back

REAL = sorted((Path(__file__).parents[3] / "shared" / "data" / "tau-bench").glob("*.json"))
needs_real = pytest.mark.skipif(not REAL, reason="the published files are not beside this repository")
SECRET = "sk-" + "a1B2" * 8
Message = dict[str, Any]

# Small rows in the shape of tau-bench's; none of it was recorded.
POLICY: Message = {"role": "system", "content": "Help with {{flights}}."}


def user(text: str) -> Message:
    return {"role": "user", "content": text}


def agent(text: str | None, tool: str | None = None, arguments: str = "{}", id_: str = "c1") -> Message:
    calls = [{"id": id_, "type": "function", "function": {"name": tool, "arguments": arguments}}]
    return {"role": "assistant", "content": text} | ({"tool_calls": calls} if tool else {})


def found(text: str = "found", id_: str = "c1") -> Message:
    return {"role": "tool", "tool_call_id": id_, "name": "look", "content": text}


def row(task: int, *messages: Message, trial: int = 0, **info: Any) -> dict[str, Any]:
    return {
        "task_id": task,
        "trial": trial,
        "reward": 1.0,
        "info": {"task": {"instruction": f"Errand {task}."}, "user_cost": 0.01, **info},
        "traj": [POLICY, *messages],
    }


STOPPED = row(0, user("Hi."), agent("Yes?"), user("###STOP###"))
CALLED = row(
    1, user("Hi."), agent(None, "look", '{"for": "x"}'), found(), agent("It is x."), user("Thanks ###STOP###")
)
HANDED = row(2, user("Hi."), agent("I hand you over.", "transfer_to_human_agents"), found("done"))
BOUND = row(3, user("Hi."), *(one for _ in range(30) for one in (agent("Yes?"), user("Well."))))
ERROR = {**row(4, trial=0, error="timed out"), "traj": []}
ROWS = [STOPPED, CALLED, HANDED, BOUND, ERROR]


def imported(folder: Path, rows: Any = ROWS, models: tuple[str, ...] = ("model-x",), **more: Any) -> Imported:
    """Write rows, convert them, and read the bundle back."""
    path = folder / "results.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return read_back(lambda out: convert([path], out, models, **more), folder / "b")


def test_an_import_is_whole_and_not_replayed(tmp_path: Path) -> None:
    imported(tmp_path)
    report = validate(tmp_path / "b", require=["replayed", "complete"])
    assert report.facets["whole"].status == "reached"
    assert report.facets["replayed"].status == "not-reached"
    # A failed run is declared, and still one too few where nothing says that some may be missing.
    assert [one.partition(":")[0] for one in report.facets["complete"].because] == ["FSEP-CMP-005"]


def test_every_run_is_a_word_of_the_program(tmp_path: Path) -> None:
    bundle = imported(tmp_path)
    assert [bundle.replay(run).divergence for run in bundle.runs()] == [None] * 5
    assert [run["status"] for run in bundle.runs()] == [
        "completed",
        "completed",
        "completed",
        "limit-reached",
        "failed",
    ]


def test_calls_are_flat_and_arguments_objects(tmp_path: Path) -> None:
    events = imported(tmp_path).run("model-x.1.0")["events"]
    [called] = [event for event in events if "tool_calls" in event]
    assert called["tool_calls"] == [{"id": "c1", "name": "look", "arguments": {"for": "x"}}]
    assert called["content"] is None


@pytest.mark.parametrize("arguments", ["{", "[1]", '{"a": 1, "a": 2}', "NaN", "1e999", "\ud800"])
def test_arguments_that_are_no_object_are_kept_as_they_came(arguments: str, tmp_path: Path) -> None:
    if arguments == "\ud800":
        with pytest.raises(FsepError):
            imported(tmp_path, [row(0, user("Hi."), agent(None, "look", arguments))])
        return
    bundle = imported(tmp_path, [row(0, user("Hi."), agent(None, "look", arguments), found())])
    assert bundle.run("model-x.0.0")["events"][3]["tool_calls"][0]["arguments"] == arguments


def test_rewards_trials_and_costs_carry_over(tmp_path: Path) -> None:
    bundle = imported(tmp_path, [STOPPED, {**copy.deepcopy(STOPPED), "trial": 1, "reward": 0.0}])
    assert [(run["replicate"], run["reward"]) for run in bundle.runs()] == [(0, 1.0), (1, 0.0)]
    assert bundle.document("design.json")["replicates"] == 2
    assert bundle.run("model-x.0.1")["extensions"]["org.sierra-research.tau-bench"] == {
        "task_id": 0,
        "trial": 1,
        "user_cost": 0.01,
    }


def test_an_error_is_a_failed_run_and_a_departure(tmp_path: Path) -> None:
    bundle = imported(tmp_path)
    failed = bundle.run("model-x.4.0")
    assert (failed["status"], failed["events"]) == ("failed", [])
    assert failed["failure"]["message"] == "the source says: timed out"
    [departure] = bundle.document("departures.json")["departures"]
    assert (departure["kind"], departure["item"]) == ("run-failed", "task-4")


def test_a_run_that_nothing_ended_is_failed(tmp_path: Path) -> None:
    bundle = imported(tmp_path, [row(0, user("Hi."), agent("Yes?"))])
    assert bundle.run("model-x.0.0")["status"] == "failed"
    assert bundle.replay(bundle.run("model-x.0.0")).divergence is None


def test_several_calls_at_once_carry_over(tmp_path: Path) -> None:
    both = agent(None, "look")
    both["tool_calls"].append({"id": "c2", "function": {"name": "look", "arguments": "{}"}})
    rows = [row(0, user("Hi."), both, found(), found("two", "c2"), agent("Well."), user("###STOP###"))]
    bundle = imported(tmp_path, rows)
    assert bundle.replay(bundle.run("model-x.0.0")).divergence is None


def test_what_the_caller_says_is_marked_as_that(tmp_path: Path) -> None:
    said = {gap["id"]: gap["what"] for gap in imported(tmp_path, user_model="user-y").loss["gaps"]}
    assert said["model-model-x"] == "the file names no model: model-x is what the caller of the import said"
    assert "caller" in said["user-model"]
    assert "named none" in {gap["id"]: gap["what"] for gap in _again(tmp_path).loss["gaps"]}["user-model"]


def _again(folder: Path) -> Imported:
    (folder / "again").mkdir()
    return imported(folder / "again")


def test_only_the_users_prompt_was_rebuilt(tmp_path: Path) -> None:
    bundle = imported(tmp_path)
    rebuilt = {event["step"] for run in bundle.runs() for event in run["events"] if "rebuilt" in event}
    assert rebuilt == {"scenario"}


def test_a_credential_is_nowhere_in_the_bundle(tmp_path: Path) -> None:
    bundle = imported(
        tmp_path, [row(0, user(f"Key {SECRET}"), agent("Yes?"), user("###STOP###"), key=SECRET)]
    )
    assert not [path for path, data in bundle.files.items() if SECRET.encode() in data]
    assert next(gap["count"] for gap in bundle.loss["gaps"] if gap["id"] == "credentials") == 2


def gaps(bundle: Imported) -> dict[str, dict[str, Any]]:
    """Return the gaps by their ids."""
    return {gap["id"]: gap for gap in bundle.loss["gaps"]}


ESCAPED = "\\u0073k-" + SECRET[3:]


@pytest.mark.parametrize(
    "arguments", [f'{{"k": "{ESCAPED}"}}', f'{{"{ESCAPED}": 1}}', f'{{"k": "{SECRET}"}}']
)
def test_a_credential_in_arguments_is_hidden_however_it_is_escaped(arguments: str, tmp_path: Path) -> None:
    bundle = imported(tmp_path, [row(0, user("Hi."), agent(None, "look", arguments), found())])
    assert not [path for path, data in bundle.files.items() if SECRET.encode() in data]
    assert gaps(bundle)["credentials"]["count"] == 1
    marked = [event["step"] for event in bundle.run("model-x.0.0")["events"] if event.get("rebuilt")]
    assert marked == ["scenario", "reply[0][0]"]


def test_an_instruction_that_held_a_credential_is_marked(tmp_path: Path) -> None:
    said = {"role": "system", "content": f"Key {SECRET}"}
    bundle = imported(tmp_path, [{**STOPPED, "traj": [said, *STOPPED["traj"][1:]]}])
    assert bundle.run("model-x.0.0")["events"][0]["rebuilt"] is True


@pytest.mark.parametrize(("levels", "kind"), [(59, dict), (60, str), (64, str), (65, str), (10_000, str)])
def test_arguments_of_any_depth_leave_the_bundle_whole(levels: int, kind: type, tmp_path: Path) -> None:
    arguments = '{"a":' * levels + "1" + "}" * levels
    bundle = imported(tmp_path, [row(0, user("Hi."), agent(None, "look", arguments), found())])
    assert isinstance(bundle.run("model-x.0.0")["events"][3]["tool_calls"][0]["arguments"], kind)
    assert ("arguments" in gaps(bundle)) == (kind is str)
    assert validate(tmp_path / "b").facets["whole"].status == "reached"


def test_answers_of_tools_are_never_taken_for_the_users_words(tmp_path: Path) -> None:
    written = agent('Action:\n{"name": "look", "arguments": {}}')
    with pytest.raises(FsepError, match="answer of a tool"):
        imported(tmp_path, [row(0, user("Hi."), written, user("API output: found"), agent("x"))])


def test_a_user_may_speak_of_outputs_to_an_agent_with_tool_calls(tmp_path: Path) -> None:
    said = user("API output: so what? ###STOP###")
    bundle = imported(tmp_path, [row(0, user("Hi."), agent(None, "look"), found(), agent("x"), said)])
    assert bundle.run("model-x.0.0")["status"] == "completed"


def test_what_is_not_read_is_named_and_counted(tmp_path: Path) -> None:
    thinking = {**agent("Yes?"), "reasoning_content": "Hm.", "function_call": None}
    rows = [row(0, user("Hi."), thinking, user("###STOP###"), source="user"), ERROR]
    rows[1]["info"]["traceback"] = "line 1"
    said = gaps(imported(tmp_path, rows))
    assert {id_: gap["count"] for id_, gap in said.items() if id_.startswith("unread")} == {
        "unread-info-source": 1,
        "unread-info-traceback": 1,
        "unread-traj-reasoning_content": 1,
    }


def test_names_that_are_not_read_do_not_fill_the_report(tmp_path: Path) -> None:
    many = {**agent("Yes?"), **{f"member{number}": 1 for number in range(500)}}
    said = gaps(imported(tmp_path, [row(0, user("Hi."), many, user("###STOP###"))]))
    assert len([id_ for id_ in said if id_.startswith("unread-")]) == 32
    assert said["unread"]["count"] == 500 - 32


WITHOUT_TRIAL = {name: value for name, value in STOPPED.items() if name != "trial"}
LOST = {
    "a reward that is a text": ({**STOPPED, "reward": "1.0"}, "reward"),
    "a reward that is true": ({**STOPPED, "reward": True}, "reward"),
    "a reward beyond all": ({**STOPPED, "reward": 1e12}, "reward"),
    "no trial": (WITHOUT_TRIAL, "trial"),
    "a cost that is a text": (
        row(0, user("Hi."), agent("x"), user("###STOP###"), user_cost="1"),
        "unread-info-user_cost",
    ),
    "a cost that is true": (
        row(0, user("Hi."), agent("x"), user("###STOP###"), user_cost=True),
        "unread-info-user_cost",
    ),
    "a call without id": (row(0, user("Hi."), agent(None, "look", "{}", "")), "call-names"),
    "an id too long": (row(0, user("Hi."), agent(None, "look", "{}", "i" * 201)), "call-names"),
    "arguments that are no object": (row(0, user("Hi."), agent(None, "look", "{oops")), "arguments"),
}


@pytest.mark.parametrize(("one", "gap"), LOST.values(), ids=LOST.keys())
def test_what_a_record_cannot_hold_is_a_gap(one: dict[str, Any], gap: str, tmp_path: Path) -> None:
    assert gaps(imported(tmp_path, [one]))[gap]["count"] == 1


def test_a_file_that_lacks_nothing_of_these_has_none_of_their_gaps(tmp_path: Path) -> None:
    assert not {gap for _, gap in LOST.values()} & gaps(imported(tmp_path)).keys()


def test_another_instruction_to_the_agent_is_a_gap_and_does_not_replay(tmp_path: Path) -> None:
    other = {**STOPPED, "trial": 1, "traj": [{**POLICY, "content": "Other."}, *STOPPED["traj"][1:]]}
    bundle = imported(tmp_path, [STOPPED, {**STOPPED, "trial": 2}, other])
    assert gaps(bundle)["policy-differs"]["count"] == 1
    assert bundle.replay(bundle.run("model-x.0.1")).divergence is not None
    assert bundle.replay(bundle.run("model-x.0.0")).divergence is None


def test_an_instruction_that_is_no_text_is_never_made_one(tmp_path: Path) -> None:
    with pytest.raises(FsepError, match="No run begins"):
        imported(tmp_path, [{**STOPPED, "traj": [{**POLICY, "content": None}, *STOPPED["traj"][1:]]}])


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


BAD = {
    "no list": {"rows": []},
    "nothing": [],
    "a row that is no object": [1],
    "no task": [{"traj": [], "info": {}}],
    "a task that is a text": [{**STOPPED, "task_id": "0"}],
    "a trajectory that is no list": [{**STOPPED, "traj": {}}],
    "a message that is none": [{**STOPPED, "traj": [POLICY, 1]}],
    "a role nobody has": [row(0, {"role": "judge", "content": ""})],
    "content that is a number": [row(0, {"role": "user", "content": 1})],
    "calls that are an object": [row(0, {"role": "assistant", "content": "", "tool_calls": {"a": 1}})],
    "a call without a function": [row(0, {"role": "assistant", "tool_calls": [{"id": "x"}]})],
    "no instruction to the agent": [{**STOPPED, "traj": [user("Hi.")]}],
    "a trial that is there twice": [STOPPED, STOPPED],
    "another instruction for one task": [
        STOPPED,
        {**row(0, trial=1), "info": {"task": {"instruction": "x"}}},
    ],
    "a trial without end": [{**STOPPED, "trial": 5000}],
    "deep nesting": [{**STOPPED, "info": {"x": deep(100)}}],
}


@pytest.mark.parametrize("rows", BAD.values(), ids=BAD.keys())
def test_what_is_no_such_file_is_refused_in_words(
    rows: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    code = main(["import", "tau-bench", str(path), "--model", "x", "-o", str(tmp_path / "b")])
    out, err = capsys.readouterr()
    assert code == 2
    assert "Traceback" not in out + err
    assert "results.json" in err or "task" in err or "run" in err
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("text", ['[{"reward": NaN}]', "[", "", '[{"reward": 1e999}]'])
def test_what_is_no_json_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(FsepError):
        convert([tmp_path / "results.json"], tmp_path / "b", ["x"])


def test_each_file_needs_a_model(tmp_path: Path) -> None:
    with pytest.raises(FsepError, match="1 files and 2 models"):
        imported(tmp_path, models=("x", "y"))


@needs_real
def test_all_published_runs_are_words_of_the_program(tmp_path: Path) -> None:
    bundle = read_back(lambda out: convert(REAL, out, ["gpt-4o"]), tmp_path / "b")
    runs = list(bundle.runs())
    assert len(runs) == 200
    assert [run["run"] for run in runs if bundle.replay(run).divergence is not None] == []
    report = validate(tmp_path / "b")
    assert {name for name, facet in report.facets.items() if facet.status == "reached"} == {
        "whole",
        "complete",
    }


@needs_real
def test_a_published_run_that_was_tampered_with_is_no_word_of_the_program(tmp_path: Path) -> None:
    bundle = read_back(lambda out: convert(REAL, out, ["gpt-4o"]), tmp_path / "b")
    for run in list(bundle.runs())[::20]:
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
        for place in (0, 1):
            edited = copy.deepcopy(run)
            edited["events"][place]["content"] += " "
            assert bundle.replay(edited).divergence is not None
        marker = "###STOP###" if "###STOP###" in str(events[-1]["content"]) else "transfer_to_human_agents"
        edited = json.loads(json.dumps(run).replace(marker, marker.title()))
        assert bundle.replay(edited).divergence is not None


@needs_real
@pytest.mark.parametrize("ending", ["###STOP###", "transfer_to_human_agents"])
def test_published_runs_are_no_words_of_a_program_that_ends_otherwise(ending: str, tmp_path: Path) -> None:
    bundle = read_back(lambda out: convert(REAL, out, ["gpt-4o"]), tmp_path / "b")
    other = json.loads(json.dumps(bundle.scaffold).replace(ending, "another"))
    ended = [
        run
        for run in bundle.runs()
        if run["status"] == "completed" and ending in json.dumps(run["events"][-2:])
    ]
    assert len(ended) > 40
    assert all(bundle.replay(run, other).divergence is not None for run in ended[::5])


@needs_real
def test_the_bound_of_the_program_is_the_one_that_published_runs_met(tmp_path: Path) -> None:
    bundle = read_back(lambda out: convert(REAL, out, ["gpt-4o"]), tmp_path / "b")
    met = [run for run in bundle.runs() if run["status"] == "limit-reached"]
    assert len(met) == 5
    for bound in (29, 31):
        other = copy.deepcopy(bundle.scaffold)
        other["program"]["steps"][-1]["max"] = bound
        assert all(bundle.replay(run, other).divergence is not None for run in met)
