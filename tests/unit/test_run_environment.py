"""Environments: executed as pinned, told little, held to their protocol, ended with all that they started."""

from __future__ import annotations

import asyncio
import base64
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from fsep import limits
from fsep.errors import FsepError
from fsep.run.environment import Answer, EnvironmentFault, Implementation, Tools, pinned
from fsep.scaffold.machine import Item

ITEM = Item("i", {"x": "y"})
HEAD = "import json, os, sys, time\nsay = lambda text: print(text, flush=True)\nsys.stdin.readline()\n"
READY = 'say(json.dumps({"ready": True}))\n'


def made(folder: Path, program: str, name: str = "e.py") -> Implementation:
    """Pin a program."""
    path = folder / f"source-{name}"
    path.write_text(program, encoding="utf-8")
    (folder / "copies").mkdir(exist_ok=True)
    return pinned("e", path, sha256(path.read_bytes()).hexdigest(), folder / "copies")


def asked(implementation: Implementation, *calls: str, seconds: float = 5) -> list[Answer]:
    """Start a process, make calls, and close it."""

    async def told() -> list[Answer]:
        tools = await Tools.start(implementation, ITEM, 0, seconds=seconds)
        try:
            return [await tools.call(name, {"text": name}) for name in calls]
        finally:
            await tools.close()

    return asyncio.run(told())


def answering(expression: str) -> str:
    """Return a program that answers each call with an expression over `call`."""
    return (
        f"{HEAD}{READY}for line in sys.stdin:\n    call = json.loads(line)['call']\n    say({expression})\n"
    )


def test_a_call_is_answered(tmp_path: Path) -> None:
    program = answering("json.dumps({'content': call['name'] + ' ' + call['arguments']['text']})")
    assert asked(made(tmp_path, program), "one", "two") == [("one one", False, {}), ("two two", False, {})]


def test_what_it_is_told_first_is_the_item_and_nothing_of_the_system(tmp_path: Path) -> None:
    program = f"{HEAD.replace('sys.stdin.readline()', 'start = sys.stdin.readline()')}{READY}sys.stdin.readline()\nsay(json.dumps({{'content': start}}))\n"
    [answer] = asked(made(tmp_path, program), "x")
    assert answer.content == (
        '{"start":{"environment":"e","item":{"id":"i","fields":{"x":"y"}},"replicate":0}}\n'
    )


def test_errors_are_flagged_and_attachments_become_blobs(tmp_path: Path) -> None:
    image = base64.b64encode(b"png").decode()
    parts = [{"type": "text", "text": "see"}, {"type": "image", "media_type": "image/png", "data": image}]
    program = answering(f"json.dumps({{'content': {parts!r}, 'error': True}})")
    [answer] = asked(made(tmp_path, program), "x")
    digest = sha256(b"png").hexdigest()
    assert answer.content == [
        {"type": "text", "text": "see"},
        {"type": "image", "blob": digest, "media_type": "image/png"},
    ]
    assert (answer.error, answer.blobs) == (True, {digest: b"png"})


def test_a_text_too_long_for_a_record_becomes_a_blob(tmp_path: Path) -> None:
    length = limits.TEXT_CHARACTERS + 1
    [answer] = asked(made(tmp_path, answering(f"json.dumps({{'content': 'x' * {length}}})")), "x")
    assert answer.content == [{"type": "text", "blob": sha256(b"x" * length).hexdigest()}]


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("'nonsense'", "no strict JSON"),
        ("'[]'", "no JSON object"),
        ("'{}'", "no answer"),
        ("json.dumps({'content': 7})", "no answer"),
        ("json.dumps({'content': None})", "no answer"),
        ("json.dumps({'content': '', 'error': 'yes'})", "no answer"),
        ("json.dumps({'content': '', 'more': 1})", "no answer"),
        ("json.dumps({'content': [{'type': 'image', 'media_type': 'i/p', 'data': '?'}]})", "no answer"),
        ("json.dumps({'content': [{'type': 'reasoning', 'text': 'x'}]})", "no answer"),
        ('\'{"content": "a", "content": "b"}\'', "no strict JSON"),
        ("'{\"content\": NaN}'", "no strict JSON"),
        ("'x' * (17 * 1024 * 1024)", "a line of more than"),
        ("sys.exit('I am tired\\x1b[31m')", "ended without an answer. It says: I am tired\\u001b[31m"),
        ("os.close(1) or time.sleep(9)", "ended without an answer"),
        ("time.sleep(60)", "did not answer within"),
    ],
)
def test_what_is_no_answer_is_a_fault_that_says_so(expression: str, told: str, tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(EnvironmentFault) as fault:
        asked(made(tmp_path, answering(expression)), "x", seconds=2)
    assert told in str(fault.value)
    assert time.monotonic() - begun < 8


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit",
        "import time\ntime.sleep(60)",
        f"{HEAD}say('[]')",
        f"{HEAD}say(json.dumps({{'ready': 1}}))",
        "this is no python",
    ],
)
def test_one_that_does_not_come_to_be_ready_is_a_fault(program: str, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault):
        asked(made(tmp_path, program), "x", seconds=1)


def test_endless_complaints_hold_nobody_up(tmp_path: Path) -> None:
    program = f"{HEAD}sys.stderr.write('no! ' * 2_000_000)\n{READY}sys.stdin.readline()\nsay(json.dumps({{'content': 'x'}}))\n"
    assert asked(made(tmp_path, program), "x")[0].content == "x"


def test_what_it_started_is_ended_with_it(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    child = f"import time; time.sleep(1.5); open({str(mark)!r}, 'w')"
    program = (
        f"{HEAD}import subprocess\nsubprocess.Popen([sys.executable, '-c', {child!r}])\n{READY}"
        "sys.stdin.readline()\nsay(json.dumps({'content': 'x'}))\n"
    )
    asked(made(tmp_path, program), "x")
    time.sleep(2)
    assert not mark.exists()


def test_one_that_left_the_group_and_keeps_the_pipes_holds_nobody_up(tmp_path: Path) -> None:
    child = "import time; time.sleep(40)"
    program = (
        f"{HEAD}import subprocess\nsubprocess.Popen([sys.executable, '-c', {child!r}], start_new_session=True)\n"
        f"{READY}sys.stdin.readline()\nsay(json.dumps({{'content': 'x'}}))\n"
    )
    begun = time.monotonic()
    assert asked(made(tmp_path, program), "x")[0].content == "x"
    assert time.monotonic() - begun < 30


def test_no_key_and_no_folder_of_the_runner_reaches_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANTED_KEY", "sk-planted")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "site.py").write_text("raise RuntimeError")
    [answer] = asked(
        made(tmp_path, answering("json.dumps({'content': json.dumps([dict(os.environ), os.getcwd()])})")), "x"
    )
    assert "planted" not in str(answer.content)
    assert str(Path.cwd()) not in str(answer.content)


def test_another_program_than_the_one_pinned_is_not_executed(tmp_path: Path) -> None:
    path = tmp_path / "e.py"
    path.write_text("print('x')")
    with pytest.raises(FsepError, match="is not the program that the design pins") as refused:
        pinned("e", path, "0" * 64, tmp_path / "copies")
    assert sha256(path.read_bytes()).hexdigest() in str(refused.value)
    with pytest.raises(FsepError, match="cannot be read"):
        pinned("e", tmp_path / "none", "0" * 64, tmp_path)


def test_the_copy_is_executed_whatever_becomes_of_the_file(tmp_path: Path) -> None:
    implementation = made(tmp_path, answering("json.dumps({'content': 'as pinned'})"))
    (tmp_path / "source-e.py").write_text("changed")
    assert asked(implementation, "x")[0].content == "as pinned"


def test_any_program_that_can_be_executed_will_do(tmp_path: Path) -> None:
    shell = (
        '#!/bin/sh\nread start\necho \'{"ready": true}\'\nread call\necho \'{"content": "from a shell"}\'\n'
    )
    assert asked(made(tmp_path, shell, "e"), "x")[0].content == "from a shell"
    with pytest.raises(EnvironmentFault, match="cannot be started"):
        asked(made(tmp_path, "neither a script nor a program", "f"), "x")


async def _cancelled(implementation: Implementation) -> Any:
    tools = await Tools.start(implementation, ITEM, 0, seconds=60)
    call = asyncio.create_task(tools.call("x", {}))
    await asyncio.sleep(0.1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await tools.close()
    return tools._process.returncode


def test_one_that_hangs_is_ended_when_nobody_waits_any_more(tmp_path: Path) -> None:
    assert asyncio.run(_cancelled(made(tmp_path, answering("time.sleep(60)")))) not in (None, 0)
