"""`fsep run` and `fsep model` as commands: what they print, refuse and never print."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from shutil import copytree
from threading import Thread
from typing import Any

import httpx
import pytest

from fsep.cli import main
from fsep.engine.validate import validate
from fsep.errors import FsepError
from fsep.run.begin import Named
from fsep.run.carry import carry_out
from fsep.run.options import Options
from fsep.run.place import Place
from fsep.scripted import ScriptedModel
from running import EXAMPLES, carry, runs, script, study, wire_digest

LOANS = [
    str(EXAMPLES / "loans"),
    "--system",
    f"clerk=script:{EXAMPLES / 'scripts' / 'loans.yaml'}",
    "--environment",
    f"loans={EXAMPLES / 'environments' / 'loans.py'}",
]
# Of no shape that keys are known by.
SECRET = "planted.4f9a8b7c6d5e"
SHOWN = ("whole", "replayed", "complete")


def everything(folder: Path) -> bytes:
    """Return all bytes below a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_study_is_run_and_the_summary_says_what_it_came_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *LOANS, "-o", str(tmp_path / "b")]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("clerk: 12 of 12 runs ended; in this session 30 outputs, ")
    assert f"Then: fsep validate {tmp_path / 'b'}" in said.out
    assert said.err == ""
    assert validate(tmp_path / "b").verdict == "conforms"


def test_a_dry_run_prints_the_plan_and_the_first_requests_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", *LOANS, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "  at-once: 6 runs, 6 requests\n  with-tools: 6 runs, 6 to 36 requests\n" in said
    assert "in all 12 runs, 12 to 42 requests, failures apart" in said
    assert list(tmp_path.iterdir()) == []
    assert main(["run", *LOANS, "-o", "b"]) == 0
    first = {run["scaffold"]: run for run in reversed(runs(tmp_path / "b")) if run["item"] == "one-copy"}
    for scaffold, run in first.items():
        sent = next(event for event in run["events"] if event["kind"] == "output")
        head = f"clerk, {scaffold}, item one-copy: to clerk, request {sent['request_sha256']}\n"
        body = json.JSONDecoder().raw_decode(said.split(head)[1])[0]
        assert wire_digest(body) == sent["request_sha256"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--system", "x"], "Write it as --system ID=ENDPOINT."),
        (["--key", SECRET], "Write it as --key ID=VARIABLE."),
        (["--system", "desk=banana"], "banana is no address of an endpoint"),
        (["--close"], "Leave --resume and --close out to begin."),
        (["--system", "clerk=script:x"], "--system names clerk twice"),
        (["--key", f"clerk={SECRET}"], "--key gives is no name of an environment variable"),
        (["--key", "clerk=NOT_SET_AT_ALL"], "The environment variable NOT_SET_AT_ALL is not set."),
        (["--key", "clark=HOME"], "There is no system or simulator with an endpoint clark."),
        (["--resume"], "nothing was begun that could be gone on with"),
        (["--concurrency", "0"], "--concurrency"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    more: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *LOANS, "-o", str(tmp_path / "b"), *more]) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert SECRET not in said.out + said.err
    # Nothing was begun, and the command that is mended begins.
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [f"https://user:{SECRET}@127.0.0.1/v1", f"https://127.0.0.1/v1?key={SECRET}", f"http://x/#{SECRET}"],
)
def test_a_key_in_an_address_is_refused_and_not_repeated(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(study(tmp_path / "s")), "--system", f"a={url}", "-o", str(tmp_path / "b")]) == 2
    said = capsys.readouterr()
    assert "holds more than an address" in said.err
    assert SECRET not in said.out + said.err


@pytest.mark.parametrize("stream", [[], ["--stream"]])
def test_a_planted_key_reaches_the_endpoint_and_nothing_else(
    stream: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLANTED", SECRET)
    # An endpoint that repeats the key wherever it can: in a text, a refusal, a piece of a cut reply, garbage.
    rules = [{"when": {"last": {"contains": "0"}}, "reply": {"content": f"Your key is {SECRET}."}}]
    rules += [{"when": {"last": {"contains": "1"}}, "reply": {"reasoning": f"{SECRET}", "content": "Hi"}}]
    rules += [
        {
            "when": {"last": {"contains": "2"}},
            "reply": {"tool_calls": [{"id": "x", "name": SECRET, "arguments": {}}]},
        }
    ]
    rules += [{"when": {"last": {"contains": "3"}}, "reply": {"content": f"{SECRET} {SECRET}"}}]
    rules += [{"when": {"last": {"contains": "4"}}, "reply": {"content": "x " * 40_000 + SECRET}}]
    rules += [{"when": {"last": {"contains": "5"}}, "reply": {"content": "Hi", "returned": SECRET}}]
    faults = [
        {"when": {"last": {"contains": "3"}}, "first": 1, "fault": {"cut": 30}},
        {"when": {"last": {"contains": "6"}}, "first": 1, "fault": {"garbage": SECRET}},
    ]
    with ScriptedModel(script(*faults, rules=rules)) as model:
        url = model.url
        arguments = [
            "run",
            str(study(tmp_path / "s", items=8)),
            "--system",
            f"a={url}",
            "-o",
            str(tmp_path / "b"),
        ]
        main([*arguments, "--key", "a=PLANTED", "--concurrency", "8", *stream])
        main([*arguments, "--key", "a=PLANTED", "--close", *stream])
    said = capsys.readouterr()
    statuses = {run["item"]: run["status"] for run in runs(tmp_path / "b")}
    assert statuses["i0"] == statuses["i1"] == statuses["i2"] == statuses["i4"] == "failed"
    assert statuses["i6"] == statuses["i7"] == "completed"
    assert SECRET not in said.out + said.err
    assert SECRET.encode() not in everything(tmp_path)


def test_a_refusal_that_repeats_the_key_is_told_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLANTED", SECRET)
    seen: list[str] = []

    class Echo(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

        def do_POST(self) -> None:
            seen.append(self.headers["authorization"])
            data = json.dumps({"error": {"message": f"bad key {seen[-1]}"}}).encode()
            self.send_response(400 if len(seen) == 1 else 401)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        arguments = [
            "run",
            str(study(tmp_path / "s", items=2)),
            "--system",
            f"a=http://127.0.0.1:{server.server_address[1]}",
        ]
        assert main([*arguments, "-o", str(tmp_path / "b"), "--key", "a=PLANTED", "--concurrency", "1"]) == 3
        server.shutdown()
    said = capsys.readouterr()
    assert seen == [f"Bearer {SECRET}"] * 2
    assert "turned a request away with status 401: bad key Bearer (key, not shown)" in said.err
    assert SECRET not in said.out + said.err
    assert SECRET.encode() not in everything(tmp_path)


def test_runs_are_gone_on_with_only_as_they_were_begun(tmp_path: Path) -> None:
    source = study(tmp_path / "s")
    with ScriptedModel(script({"fault": {"status": 401}})) as model:
        carry(source, tmp_path / "b", model.url)
        with pytest.raises(FsepError, match="runs were begun, and are not begun anew"):
            carry(source, tmp_path / "b", model.url)
        with (
            Place.beside(tmp_path / "b").held(),
            pytest.raises(FsepError, match="Another process is at work"),
        ):
            carry(source, tmp_path / "b", model.url, resume=True)
        scaffold = source / "scaffolds" / "chain.yaml"
        scaffold.write_text(scaffold.read_text().replace('"temperature": 0', '"temperature": 1'))
        with pytest.raises(FsepError, match="another than when the runs were begun"):
            carry(source, tmp_path / "b", model.url, resume=True)


def test_closed_runs_are_declared_and_what_was_begun_is_kept(tmp_path: Path) -> None:
    source = study(tmp_path / "s", items=3, steps=2)
    with ScriptedModel(script({"when": {"messages": 3}, "fault": {"status": 404}})) as model:
        assert carry(source, tmp_path / "b", model.url, options=Options(concurrency=1)).outcome.left == 3
        carry(source, tmp_path / "b", model.url, close=True, resume=True)
    [run] = runs(tmp_path / "b")
    assert (run["status"], [event["kind"] for event in run["events"]]) == (
        "failed",
        ["message", "output", "message"],
    )
    assert (
        run["failure"]["message"]
        == "The run broke off, and was not gone on with before the runs were closed."
    )
    departures = json.loads((tmp_path / "b" / "departures.json").read_bytes())["departures"]
    assert [(one["kind"], one["item"]) for one in departures] == [
        ("run-failed", "i0"),
        ("run-missing", "i1"),
        ("run-missing", "i2"),
    ]
    report = validate(tmp_path / "b", require=SHOWN)
    assert report.facets["complete"].status == "reached"


def test_a_script_stands_for_a_system_that_has_no_document(tmp_path: Path) -> None:
    source = study(tmp_path / "s")
    (source / "systems" / "a.yaml").unlink()
    (tmp_path / "m.json").write_text(
        json.dumps(
            {
                "fsep": "1.0",
                "kind": "script",
                "id": "s",
                "models": {"m": {"returned": "m-1"}},
                "rules": [{"reply": {"content": "Hi"}}],
            }
        )
    )
    carry(source, tmp_path / "b", f"script:{tmp_path / 'm.json'}")
    system = json.loads((tmp_path / "b" / "systems" / "a.json").read_bytes())
    assert (system["synthetic"], system["model"]) == (True, {"name": "m", "returned": ["m-1"]})
    assert system["runner"]["name"] == "fsep"
    with pytest.raises(FsepError, match="There is no system b in the study"):
        carry_out(source, tmp_path / "c", Named({"b": "http://127.0.0.1:9"}), Options())


def test_what_is_asked_by_a_script_says_that_it_is_synthetic(tmp_path: Path) -> None:
    source = study(tmp_path / "s")
    system = source / "systems" / "a.yaml"
    system.write_text(system.read_text().replace('"synthetic": true, ', ""))
    named = Named({"a": f"script:{EXAMPLES / 'scripts' / 'loans.yaml'}"})
    with pytest.raises(FsepError, match="whose document does not say `synthetic`"):
        carry_out(source, tmp_path / "b", named, Options())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('"parameters": {"temperature": 0}', '"parameters": {"store": true}'), "has the parameter store"),
        (('"parameters": {"temperature": 0}', '"parameters": {"stream": true}'), "has the parameter stream"),
        (('{"kind": "model"}', '{"kind": "human"}'), "cannot be run"),
        (("{{item.question}}", "{{item.nothing}}"), "cannot be run"),
    ],
)
def test_a_study_that_cannot_be_run_is_refused_before_anything_is_asked(
    change: tuple[str, str], told: str, tmp_path: Path
) -> None:
    source = study(tmp_path / "s")
    scaffold = source / "scaffolds" / "chain.yaml"
    scaffold.write_text(scaffold.read_text().replace(*change))
    with pytest.raises(FsepError, match=told):
        carry(source, tmp_path / "b", "http://127.0.0.1:9")


def test_a_system_whose_identities_are_not_declared_is_refused(tmp_path: Path) -> None:
    source = study(tmp_path / "s")
    system = source / "systems" / "a.yaml"
    system.write_text(system.read_text().replace(', "returned": ["m-1"]', ""))
    with pytest.raises(FsepError, match="does not say which model identities"):
        carry(source, tmp_path / "b", "http://127.0.0.1:9")


def test_an_endpoint_that_is_not_there_ends_the_session_and_fails_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [
        "run",
        str(study(tmp_path / "s")),
        "--system",
        "a=http://127.0.0.1:9/v1",
        "-o",
        str(tmp_path / "b"),
    ]
    assert main([*arguments, "--attempts", "2"]) == 3
    said = capsys.readouterr()
    assert (
        "http://127.0.0.1:9/v1 did not answer: 2 attempts at a request failed, the last with no connection "
        "(Connection refused)." in said.err
    )
    assert "3 runs left to make. Nothing is lost: once that is mended, the same command with" in said.out
    assert not (tmp_path / "b").exists()


def test_a_scripted_model_is_served_until_it_is_told_to_stop(tmp_path: Path) -> None:
    arguments = [sys.executable, "-m", "fsep", "model", str(EXAMPLES / "scripts" / "loans.yaml")]
    with subprocess.Popen(
        [*arguments, "--log", str(tmp_path / "log")], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        body = {"model": "scripted-clerk", "messages": [{"role": "user", "content": "Hi"}]}
        answer = httpx.post(f"{url}/chat/completions", json=body, trust_env=False)
        assert answer.json()["choices"][0]["message"]["content"] == "Both get what they want."
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert json.loads((tmp_path / "log").read_text())["body"] == body


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        ("scaffolds/chain.yaml", ("{{item.question}}", "{{item.qestion}}"), "items.yaml"),
        ("scaffolds/chain.yaml", ("{{item.question}}", "{{ item.question }}"), "scaffolds/chain.yaml"),
        ("scaffolds/chain.yaml", ('"actor": "solver"', '"actor": "slover"'), "scaffolds/chain.yaml"),
        ("scaffolds/chain.yaml", ("{{o0}}", "{{anser}}"), "scaffolds/chain.yaml"),
        ("design.yaml", ('"baseline": "chain"', '"baseline": "chian"'), "design.yaml"),
    ],
)
def test_what_is_wrong_with_a_study_is_told_with_its_file(
    file: str, change: tuple[str, str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = study(tmp_path / "s")
    text = (source / file).read_text()
    assert change[0] in text
    (source / file).write_text(text.replace(*change))
    assert main(["run", str(source), "--system", "a=http://127.0.0.1:9", "-o", str(tmp_path / "b")]) == 2
    said = capsys.readouterr().err
    assert f"The study cannot be run. {told}" in said
    assert "CLM" not in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s"]


def test_a_design_that_is_not_the_one_committed_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = study(tmp_path / "s")
    assert main(["commit", str(source), "design"]) == 0
    design = source / "design.yaml"
    whole = design.read_text()
    arguments = ["run", str(source), "--system", "a=http://127.0.0.1:9", "-o", str(tmp_path / "b")]
    design.write_text(whole.replace('"replicates": 1', '"replicates": 2'))
    assert main(arguments) == 2
    assert "The design is not as it was committed" in capsys.readouterr().err
    design.write_text(whole)
    assert main([*arguments, "--attempts", "1"]) == 3


@pytest.mark.parametrize(
    "program", ["echo ready", "#!/bin/sh\r\nread x\n", "#!/bin/sh\nexit 1\n", "#!/no/such\n"]
)
def test_an_environment_that_cannot_be_started_is_found_before_anything_is_asked(
    program: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = Path(copytree(EXAMPLES / "loans", tmp_path / "loans"))
    document = source / "environments" / "loans.yaml"
    pinned = sha256((EXAMPLES / "environments" / "loans.py").read_bytes()).hexdigest()
    (tmp_path / "desk").write_bytes(program.encode())
    own = sha256(program.encode()).hexdigest()
    document.write_text(document.read_text(encoding="utf-8").replace(pinned, own), encoding="utf-8")
    arguments = ["run", str(source), *LOANS[1:3], "--environment", f"loans={tmp_path / 'desk'}"]
    assert main([*arguments, "-o", str(tmp_path / "b")]) == 2
    assert "The environment 'loans' " in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desk", "loans"]


def test_why_runs_failed_stands_in_the_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fault = {"when": {"last": {"contains": "What is 1?"}}, "fault": {"status": 400}}
    with ScriptedModel(script(fault)) as model:
        source = study(tmp_path / "s")
        assert main(["run", str(source), "--system", f"a={model.url}", "-o", str(tmp_path / "b")]) == 0
    said = capsys.readouterr().out
    assert "a: 3 of 3 runs ended, 1 of them failed; in this session 2 outputs, " in said
    assert "\n  1 failed: The provider refused the request with status 400: a fault of the script\n" in said


def test_what_is_written_stays_out_of_the_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = study(tmp_path / "s")
    assert main(["run", str(source), "--system", "a=http://127.0.0.1:9", "-o", str(source / "out")]) == 2
    assert "inside the study" in capsys.readouterr().err


def test_a_disk_that_is_full_ends_in_a_sentence_and_room_is_all_it_takes(tmp_path: Path) -> None:
    source, out = study(tmp_path / "s", items=40), tmp_path / "b"
    with ScriptedModel(script()) as model:
        arguments = [
            sys.executable,
            "-m",
            "fsep",
            "run",
            str(source),
            "-o",
            str(out),
            "--system",
            f"a={model.url}",
        ]
        for size in (12_000, 12_000, 20_000):
            more = ["--resume"] if (tmp_path / "b.run").exists() else []
            # No file grows beyond that many bytes.
            limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size))
            made = subprocess.run(
                [*arguments, *more], capture_output=True, text=True, check=False, preexec_fn=limit
            )
            assert made.returncode == 2
            assert "--resume" in made.stderr
            assert "internal error" not in made.stderr
        subprocess.run([*arguments, "--resume"], check=True, capture_output=True)
    made_runs = runs(out)
    assert len(made_runs) == 40
    assert validate(out, require=SHOWN).verdict == "conforms"
