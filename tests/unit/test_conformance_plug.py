"""Calling implementations: what they print, how they end, and that nothing of them is left."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from fsep.errors import FsepError
from fsep_conformance.config import Config, read_config
from fsep_conformance.plug import OUTPUT_BYTES, Session, one_shot

ECHO = """
import json, sys
for line in sys.stdin:
    told = json.loads(line)
    if told["do"] == "stop": break
    if told["do"] == "start": print('{"ready": true}', flush=True); continue
    exec(told["run"])
"""


def call(code: str, tmp_path: Path, limit: float = 10) -> tuple[str, int | None, bytes, bytes]:
    """Run a program to its end."""
    came = one_shot([sys.executable, "-c", code], tmp_path, limit)
    return came.how, came.code, came.output, came.errors


def session(tmp_path: Path, limit: float = 5) -> Session:
    """Return a session of a program that does what it is told."""
    command = (sys.executable, "-c", ECHO)
    return Session(Config("n", "1", "validator", command, "session", ("whole",), tmp_path, time_limit=limit))


def test_output_errors_and_exit_code_come_back(tmp_path: Path) -> None:
    code = "import sys; print('{}'); print('oh', file=sys.stderr); sys.exit(3)"
    assert call(code, tmp_path) == ("ended", 3, b"{}\n", b"oh\n")


def test_a_signal_is_told_from_an_exit_code(tmp_path: Path) -> None:
    assert call("import os; os.kill(os.getpid(), 11)", tmp_path)[1] == -11


def test_it_ends_at_its_limit_with_all_that_it_started(tmp_path: Path) -> None:
    child = tmp_path / "child"
    code = (
        "import subprocess, sys, time\n"
        f"p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(child)!r}, 'w').write(str(p.pid))\n"
        "time.sleep(600)"
    )
    assert call(code, tmp_path, limit=1.5)[0] == "timeout"
    assert gone(int(child.read_text()))


def gone(pid: int) -> bool:
    """Wait until a process is no more, or is nobody's."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are looked up in /proc")
def test_a_child_that_outlives_it_is_ended(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], stdout=subprocess.DEVNULL)\n"
        "print(p.pid)"
    )
    how, status, output, _ = call(code, tmp_path)
    assert (how, status) == ("ended", 0)
    assert gone(int(output))


def test_output_without_end_is_cut(tmp_path: Path) -> None:
    how, _, output, _ = call("while True: print('x' * 9999)", tmp_path)
    assert (how, len(output)) == ("flood", OUTPUT_BYTES)


def test_a_session_answers_line_by_line_and_says_on_which_it_complained(tmp_path: Path) -> None:
    with session(tmp_path) as one:
        first = one.ask({"do": "judge", "run": "print('{\"a\": 1}', flush=True)"}, "1.0")
        second = one.ask(
            {"do": "judge", "run": "print('oh', file=sys.stderr, flush=True); print('{}', flush=True)"}, "1.0"
        )
        third = one.ask({"do": "judge", "run": "print('{}', flush=True)"}, "1.0")
    assert (first.how, first.output, first.errors) == ("answered", b'{"a": 1}\n', b"")
    assert (second.errors, third.errors) == (b"oh\n", b"")


def test_a_session_that_dies_or_hangs_is_begun_anew(tmp_path: Path) -> None:
    with session(tmp_path, limit=2) as one:
        died = one.ask({"do": "judge", "run": "sys.exit(7)"}, "1.0")
        well = one.ask({"do": "judge", "run": "print('{}', flush=True)"}, "1.0")
        hung = one.ask({"do": "judge", "run": "import time; time.sleep(600)"}, "1.0")
        again = one.ask({"do": "judge", "run": "print('{}', flush=True)"}, "1.0")
    assert (died.how, died.code) == ("ended", 7)
    assert [well.how, hung.how, again.how] == ["answered", "timeout", "answered"]


def test_a_program_that_is_no_session_did_not_answer(tmp_path: Path) -> None:
    config = Config(
        "n", "1", "validator", (sys.executable, "-c", "print('hello')"), "session", ("whole",), tmp_path
    )
    with Session(config) as one:
        assert one.ask({"do": "judge"}, "1.0").how == "ended"


def test_it_is_not_given_the_suites_standard_input(tmp_path: Path) -> None:
    assert call("import sys; print(repr(sys.stdin.read()))", tmp_path)[2] == b"''\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind: other", "its `kind` is not `conformance`"),
        ("kind: conformance\ncolour: red", "it has the member 'colour', which means nothing"),
        ("kind: conformance\ncommand: x", "`command` is no list of texts"),
        ("kind: conformance\ncommand: [x]\nrole: judge", "`role` is validator or runner"),
        ("kind: conformance\ncommand: [x]\nrole: validator", "no element of `command` has {bundle}"),
        (
            "kind: conformance\ncommand: [x]\nrole: validator\nmode: session\nfacets: [most]",
            "there is no facet 'most'",
        ),
        ("kind: conformance\ncommand: [x]\nrole: validator\nmode: session", "'implementation' is missing"),
        ("a: [", "This is not YAML"),
    ],
)
def test_a_configuration_that_is_none_says_what_is_wrong(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(text)
    with pytest.raises(FsepError) as refused:
        read_config(path)
    assert told in str(refused.value)
