"""Sessions that are gone on with: what an earlier one left is taken up where it was, or the run is declared failed."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

import pytest

from acceptance.test_run import SHOWN, reached
from acceptance.test_run_killed import command
from fsep.run.begin import Named
from fsep.run.carry import carry_out
from fsep.run.journal import JOURNAL
from fsep.run.ledger import LEDGER
from fsep.run.options import Options
from fsep.run.recovered import recover
from fsep.run.session import Session
from fsep.scripted import Script, ScriptedModel, read_script
from running import EXAMPLES, attempts, carry, outputs, runs, script, study, timeless, wire_digest

CLERK = read_script(EXAMPLES / "scripts" / "loans.yaml")
LOANS = EXAMPLES / "environments" / "loans.py"
ALONE = Options(concurrency=1)
Wire = list[Mapping[str, Any]]


def kill_at(
    when: Callable[[Mapping[str, Any], int], bool], made: Script, arguments: Callable[[str], list[str]]
) -> Wire:
    """Kill a runner as soon as a request is on the wire; return the requests."""
    wire: Wire = []
    process: list[subprocess.Popen[bytes]] = []

    def log(line: Mapping[str, Any]) -> None:
        wire.append(line)
        if when(line["body"], len(wire)):
            process[0].kill()

    with ScriptedModel(made, log=log) as model:
        process.append(
            subprocess.Popen(arguments(model.url), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )
        assert process[0].wait(60) == -9
    return wire


def loans(folder: Path, program: Path = LOANS) -> tuple[Path, Named]:
    """Return the study of loans with an environment's program, and what is named with a script."""
    source = Path(copytree(EXAMPLES / "loans", folder / "loans"))
    document = source / "environments" / "loans.yaml"
    text = document.read_text(encoding="utf-8")
    pinned, own = (sha256(path.read_bytes()).hexdigest() for path in (LOANS, program))
    document.write_text(text.replace(pinned, own), encoding="utf-8")
    named = Named({"clerk": f"script:{EXAMPLES / 'scripts' / 'loans.yaml'}"}, environments={"loans": program})
    return source, named


def killed_after_lending(source: Path, program: Path, out: Path) -> None:
    """Kill a runner at the request that tells the clerk what was lent."""
    kill_at(
        lambda body, _: len(body["messages"]) == 6,
        CLERK,
        lambda url: command(source, out, url, "--environment", f"loans={program}"),
    )


def test_the_calls_that_an_environment_answered_are_made_again_before_the_next(tmp_path: Path) -> None:
    source, named = loans(tmp_path)
    killed_after_lending(source, LOANS, tmp_path / "b")
    carry_out(source, tmp_path / "b", named, Options(), resume=True)
    carry_out(source, tmp_path / "undisturbed", named, Options())
    assert list(map(timeless, runs(tmp_path / "b"))) == list(map(timeless, runs(tmp_path / "undisturbed")))
    assert reached(tmp_path / "b") == list(SHOWN)


@pytest.mark.parametrize("said", ["str(os.getpid())", "'the same'", "'error'"])
def test_a_run_whose_environment_answers_otherwise_is_declared_failed(said: str, tmp_path: Path) -> None:
    program = tmp_path / "desk.py"
    error = "os.path.exists('again')" if said == "'error'" else "False"
    program.write_text(
        "import json, os, sys\n"
        f"os.chdir({str(tmp_path)!r})\n"
        "for line in sys.stdin:\n"
        "    if 'start' in line:\n"
        "        print('{\"ready\": true}', flush=True)\n"
        "    else:\n"
        f"        print(json.dumps({{'content': {said}, 'error': {error}}}), flush=True)\n"
    )
    source, named = loans(tmp_path, program)
    killed_after_lending(source, program, tmp_path / "b")
    (tmp_path / "again").touch()
    carry_out(source, tmp_path / "b", named, Options(), resume=True)
    failed = [run for run in runs(tmp_path / "b") if run["status"] == "failed"]
    assert bool(failed) is (said != "'the same'")
    for run in failed:
        assert run["failure"]["message"] == (
            "The environment 'loans' could not be restored: asked again, it answered otherwise."
        )
    if failed:
        departures = json.loads((tmp_path / "b" / "departures.json").read_bytes())["departures"]
        assert [one["kind"] for one in departures] == ["run-failed"] * len(failed)


PICTURES = """\
import json, sys
for line in sys.stdin:
    if '"start"' in line:
        print('{"ready": true}', flush=True)
    else:
        picture = {"type": "image", "media_type": "image/png", "data": "iVBORyBTWU5USEVUSUM="}
        paper = {"type": "file", "media_type": "application/pdf", "data": "JVBERiBTWU5USEVUSUM="}
        print(json.dumps({"content": [{"type": "text", "text": "See."}, picture, paper]}), flush=True)
"""


@pytest.mark.parametrize("killed", [False, True])
def test_what_an_environment_attaches_is_a_blob_and_goes_to_the_model(killed: bool, tmp_path: Path) -> None:
    program = tmp_path / "pictures.py"
    program.write_text(PICTURES)
    source, named = loans(tmp_path, program)
    if killed:
        killed_after_lending(source, program, tmp_path / "b")
    wire: Wire = []
    with ScriptedModel(CLERK, log=wire.append) as model:
        over = Named({"clerk": model.url}, environments=named.environments)
        carry_out(source, tmp_path / "b", over, Options(), resume=killed)
    assert reached(tmp_path / "b") == list(SHOWN)
    made = runs(tmp_path / "b")
    [content] = {
        json.dumps(e["content"]) for run in made for e in run["events"] if e["kind"] == "tool-result"
    }
    text, picture, paper = json.loads(content)
    assert text == {"type": "text", "text": "See."}
    for part, data in ((picture, b"\x89PNG SYNTHETIC"), (paper, b"%PDF SYNTHETIC")):
        assert (tmp_path / "b" / "blobs" / part["blob"]).read_bytes() == data
    recorded = {event["request_sha256"] for event in outputs(made)}
    sent = [line["body"] for line in wire if len(line["body"]["messages"]) == 6]
    assert sent
    for body in sent:
        assert wire_digest(body) in recorded
        assert [part["type"] for part in body["messages"][-1]["content"]] == ["text", "image_url", "file"]


def test_attempts_at_one_request_are_none_at_the_next(tmp_path: Path) -> None:
    """The first request of a run succeeds at its second attempt; the runner dies at the second request."""
    source = study(tmp_path / "s", items=1, steps=2)
    faulty = script({"first": 1, "fault": {"status": 500}})
    kill_at(lambda _, count: count == 3, faulty, lambda url: command(source, tmp_path / "b", url))
    with ScriptedModel(script()) as model:
        carry(source, tmp_path / "b", model.url, resume=True)
    first, second = outputs(runs(tmp_path / "b"))
    assert [one["outcome"] for one in first["attempts"]] == ["server-error", "complete"]
    assert [one["outcome"] for one in second["attempts"]] == ["unknown", "complete"]


def test_a_line_that_was_half_written_is_taken_away_before_another_is_written(tmp_path: Path) -> None:
    source = study(tmp_path / "s", items=2)
    kill_at(lambda _, count: count == 2, script(), lambda url: command(source, tmp_path / "b", url))
    place = tmp_path / "b.run"
    for name in (JOURNAL, LEDGER):
        with (place / name).open("ab") as stream:
            stream.write(b'{"what":"attem')
    with ScriptedModel(script()) as model:
        carry(source, tmp_path / "b", model.url, resume=True)
    assert len(recover(place).ended) == 2
    assert reached(tmp_path / "b") == list(SHOWN)


def test_an_end_that_the_journal_alone_has_comes_into_the_ledger(tmp_path: Path) -> None:
    source = study(tmp_path / "s", items=2)
    with ScriptedModel(script()) as model:
        carry(source, tmp_path / "b", model.url, options=ALONE)
        rmtree(tmp_path / "b")
        ledger = tmp_path / "b.run" / LEDGER
        *lines, last = ledger.read_bytes().splitlines(keepends=True)
        assert json.loads(last)["what"] == "end"
        ledger.write_bytes(b"".join(lines))
        carry(source, tmp_path / "b", model.url, resume=True)
    assert len(attempts(runs(tmp_path / "b"))) == 2
    assert (tmp_path / "b" / LEDGER).read_bytes().count(b'"end"') == 2
    assert reached(tmp_path / "b") == list(SHOWN)


def test_what_is_to_be_asked_is_on_disk_before_it_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And so is every reply before what follows from it."""
    journal, synced = tmp_path / "b.run" / JOURNAL, [0]
    real = os.fsync

    def fsync(descriptor: int) -> None:
        real(descriptor)
        if journal.exists() and os.path.samestat(os.fstat(descriptor), journal.stat()):
            synced[0] = os.fstat(descriptor).st_size

    def log(line: Mapping[str, Any]) -> None:
        safe = journal.read_bytes()[: synced[0]].splitlines()
        seen.append([json.loads(entry)["what"] for entry in safe])

    seen: list[list[str]] = []
    monkeypatch.setattr(os, "fsync", fsync)
    with ScriptedModel(script(), log=log) as model:
        carry(study(tmp_path / "s", items=1, steps=2), tmp_path / "b", model.url)
    assert seen == [["start", "asked"], ["start", "asked", "event", "asked"]]


def test_a_session_that_was_told_to_stop_begins_no_run(tmp_path: Path) -> None:
    source = study(tmp_path / "s", items=6)
    wire: Wire = []

    async def stop_at_the_second(session: Session) -> None:
        while len(wire) < 2:
            await asyncio.sleep(0.005)
        session.stop()

    with ScriptedModel(script(delay=0.2), log=wire.append) as model:
        carried = carry(source, tmp_path / "b", model.url, options=ALONE, watch=stop_at_the_second)
        assert carried.bundle is None
        assert carried.outcome.left == 4
        assert len((tmp_path / "b.run" / LEDGER).read_bytes().splitlines()) == 4
        carry(source, tmp_path / "b", model.url, resume=True)
    assert len(attempts(runs(tmp_path / "b"))) == len(wire) == 6
