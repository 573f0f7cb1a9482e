"""A runner that is killed at any moment: the runs are gone on with, nothing is lost and nothing doubled."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fsep.engine.validate import validate
from fsep.run.begin import Named
from fsep.run.carry import carry_out
from fsep.run.options import Options
from fsep.scripted import Script, ScriptedModel, read_script
from running import EXAMPLES, attempts, carry, outputs, runs, script, study, timeless, wire_digest

SHOWN = ("whole", "replayed", "complete")


def command(source: Path, out: Path, url: str, *more: str) -> list[str]:
    """Return the command that runs a study."""
    shown = [sys.executable, "-m", "fsep", "run", str(source), "-o", str(out), "--concurrency", "8"]
    return [*shown, "--system", f"{'clerk' if more else 'a'}={url}", *more]


def killed(arguments: list[str], out: Path, kills: int, chance: random.Random) -> int:
    """Run a command until it has been killed so many times, and then to its end; return how often it was."""
    done = 0
    journal = out.with_name(out.name + ".run") / "journal.jsonl"
    while True:
        before = journal.stat().st_size if journal.exists() else 0
        resume = ["--resume"] if journal.parent.exists() else []
        with subprocess.Popen(
            [*arguments, *resume], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            if done < kills:
                # Now and then at any moment at all; most often when there is something to lose.
                until = time.monotonic() + chance.random() * 0.8 if chance.random() < 0.2 else None
                while process.poll() is None and (
                    time.monotonic() < until
                    if until is not None
                    else not journal.exists() or journal.stat().st_size == before
                ):
                    time.sleep(0.002)
                time.sleep(chance.random() * 0.06)
                if process.poll() is None:
                    process.kill()
                    done += 1
                    process.communicate()
                    if not out.exists():
                        continue
                    return done
            _, said = process.communicate()
            assert process.returncode == 0, said.decode()
            return done


def survive(folder: Path, made: Script, *, items: int, kills: int, seed: int) -> None:
    """Kill a runner so often, and compare what it comes to with what an undisturbed one does."""
    source = study(folder / "s", items=items, steps=2)
    wire: list[Mapping[str, Any]] = []
    with ScriptedModel(made, log=wire.append) as model:
        out = folder / "killed"
        assert killed(command(source, out, model.url), out, kills, random.Random(seed)) == kills
    with ScriptedModel(script()) as model:
        carry(source, folder / "undisturbed", model.url, options=Options(concurrency=16))
    report = validate(folder / "killed", require=SHOWN)
    assert report.verdict == "conforms"
    one, other = runs(folder / "killed"), runs(folder / "undisturbed")
    assert list(map(timeless, one)) == list(map(timeless, other))
    assert len({run["run"] for run in one}) == len(one) == items
    outcomes = Counter(attempt["outcome"] for attempt in attempts(one))
    assert outcomes["complete"] == 2 * items
    # A request was written down before it was sent: there may be more attempts on record than were sent, never fewer.
    sent = Counter(wire_digest(line["body"]) for line in wire)
    recorded: Counter[str] = Counter()
    for output in outputs(one):
        recorded[output["request_sha256"]] += len(output["attempts"])
    assert sent.keys() == recorded.keys()
    assert all(count <= recorded[digest] for digest, count in sent.items())
    assert outcomes["unknown"] > 0


def test_killed_now_and_then_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    survive(tmp_path, script(delay=0.05), items=60, kills=6, seed=1)


@pytest.mark.slow
def test_killed_at_fifty_moments_of_five_hundred_runs_nothing_is_lost_and_nothing_doubled(
    tmp_path: Path,
) -> None:
    survive(tmp_path, script(delay=0.04), items=500, kills=50, seed=2)


@pytest.mark.slow
def test_killed_while_every_third_request_fails_nothing_is_lost(tmp_path: Path) -> None:
    source = study(tmp_path / "s", items=200, steps=2)
    with ScriptedModel(script({"every": 3, "fault": {"status": 500}}, delay=0.01)) as model:
        out = tmp_path / "killed"
        # At one in three it happens that one request meets six faults in a row.
        arguments = [*command(source, out, model.url), "--attempts", "30"]
        assert killed(arguments, out, 15, random.Random(3)) == 15
        assert validate(out, require=SHOWN).verdict == "conforms"
    with ScriptedModel(script()) as model:
        carry(source, tmp_path / "undisturbed", model.url)
    assert list(map(timeless, runs(out))) == list(map(timeless, runs(tmp_path / "undisturbed")))


def test_an_environment_is_brought_back_to_where_it_was(tmp_path: Path) -> None:
    document = EXAMPLES / "scripts" / "loans.yaml"
    tools = f"loans={EXAMPLES / 'environments' / 'loans.py'}"
    made = read_script(document)
    slow = Script(made.id, made.models, made.rules, made.faults, delay=0.08)
    with ScriptedModel(slow) as model:
        out = tmp_path / "killed"
        arguments = command(EXAMPLES / "loans", out, model.url, "--environment", tools)
        assert killed(arguments, out, 5, random.Random(4)) == 5
    named = Named({"clerk": f"script:{document}"}, environments={"loans": Path(tools.partition("=")[2])})
    carry_out(EXAMPLES / "loans", tmp_path / "undisturbed", named, Options())
    assert list(map(timeless, runs(out))) == list(map(timeless, runs(tmp_path / "undisturbed")))
    assert validate(out, require=SHOWN).verdict == "conforms"


def test_an_interrupt_finishes_what_is_in_flight_and_says_how_to_go_on(tmp_path: Path) -> None:
    wire: list[Mapping[str, Any]] = []
    source, out = study(tmp_path / "s", items=40, steps=2), tmp_path / "b"
    with ScriptedModel(script(delay=0.1), log=wire.append) as model:
        with subprocess.Popen(
            command(source, out, model.url), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            while len(wire) < 12:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            told, said = process.communicate(timeout=20)
        assert process.returncode == 3
        assert "what is in flight is finished" in said
        assert "the same command with --resume goes on" in told
        sent = len(wire)
        assert sent < 40
        subprocess.run([*command(source, out, model.url), "--resume"], check=True, capture_output=True)
    made = runs(out)
    # What was in flight was finished: no attempt is of unknown outcome, and none was made twice.
    assert {attempt["outcome"] for attempt in attempts(made)} == {"complete"}
    assert len(wire) == len(outputs(made)) == 80
    assert validate(out, require=SHOWN).verdict == "conforms"
