"""The command line as a whole: exit codes, errors in a sentence, and nothing loaded before it is needed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import fsep
from fsep.cli import INTERNAL, INTERRUPTED, UNREAD, USAGE, main
from fsep.cli.group import COMMANDS
from fsep.errors import FsepError

ROOT = Path(__file__).parents[2]


def python(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the package as it stands here."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'validator'}:{ROOT / 'conformance'}", **more}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=environment, check=False, timeout=60
    )


LOADED = (
    "import sys; from fsep.cli import main; code = main({arguments}); "
    "print(*sorted(sys.modules), file=sys.stderr); sys.exit(code)"
)
HEAVY = {
    "jsonschema",
    "jsonschema_rs",
    "referencing",
    "re2",
    "yaml",
    "cryptography",
    "rfc3161_client",
    "jiter",
    "fsep.engine",
    "multiprocessing",
}


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        (["--version"], HEAVY | {"click", "fsep.cli.group"}),
        (["--help"], HEAVY - {"jiter"}),
        (["schema", "list"], HEAVY - {"jiter"}),
        (["requirements"], HEAVY - {"jiter"}),
        (["explain", "adh-002"], HEAVY - {"jiter"}),
    ],
)
def test_a_command_loads_no_more_than_it_needs(arguments: list[str], unneeded: set[str]) -> None:
    done = python("-c", LOADED.format(arguments=arguments))
    assert done.returncode == 0, done.stderr
    assert not unneeded & set(done.stderr.split())


@pytest.mark.parametrize("way", [["-m", "fsep", "--version"], ["-c", LOADED.format(arguments=["--version"])]])
def test_the_version_is_printed(way: list[str]) -> None:
    assert python(*way).stdout == f"fsep {fsep.__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: fsep {name}")


def test_help_lists_the_commands_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"\n  {name} " in out for name in COMMANDS)
    assert "2 usage" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["validat"], "fsep: There is no command 'validat'. Did you mean validate?\n"),
        (["\x1b[2J"], "fsep: There is no command '\\u{1b}[2J'.\n"),
        (["validate"], "fsep: Missing argument 'PATH...'.\n"),
        (
            ["validate", "x", "--engine", "xml"],
            "fsep: Invalid value for '--engine': 'xml' is not one of 'fast', 'reference'.\n",
        ),
        (["show"], "fsep: Missing argument 'BUNDLE'.\n"),
    ],
)
def test_an_error_of_usage_is_a_sentence_and_code_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == USAGE
    captured = capsys.readouterr()
    assert captured.err.startswith(said)
    assert "--help` tells how to call it." in captured.err
    assert captured.out == ""


def test_no_command_at_all_is_an_error_of_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == USAGE
    assert "Usage: fsep" in "".join(capsys.readouterr())


def raising(error: BaseException) -> object:
    """Return something to call in the place of a command's work."""

    def work(*_: object, **__: object) -> None:
        raise error

    return work


def test_an_error_with_advice_is_two_lines_and_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "fsep.cli.requirements.chosen", raising(FsepError("It is\nwrong.", advice="Mend it."))
    )
    assert main(["requirements"]) == USAGE
    assert capsys.readouterr().err == "fsep: It is\\nwrong.\n      Mend it.\n"


def test_an_unexpected_error_is_one_line_and_code_4(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("FSEP_TRACEBACK", raising=False)
    monkeypatch.setattr("fsep.cli.requirements.chosen", raising(ZeroDivisionError("some\x1b[2Jthing")))
    assert main(["requirements"]) == INTERNAL
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "ZeroDivisionError: some\\u{1b}[2Jthing" in err
    assert "FSEP_TRACEBACK=1" in err


def test_an_unexpected_error_is_raised_where_a_traceback_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FSEP_TRACEBACK", "1")
    monkeypatch.setattr("fsep.cli.requirements.chosen", raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        main(["requirements"])


def test_an_interruption_ends_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("fsep.cli.requirements.chosen", raising(KeyboardInterrupt()))
    assert main(["requirements"]) == INTERRUPTED
    assert capsys.readouterr().err.strip() == "Interrupted."


def test_a_reader_that_goes_away_is_no_error_and_no_verdict() -> None:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'validator'}:{ROOT / 'conformance'}"}
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "fsep", "requirements"]
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            command, stdout=closed, stderr=subprocess.PIPE, env=environment, check=False, timeout=60
        )
    assert (done.returncode, done.stderr) == (UNREAD, b"")


def test_a_terminal_without_unicode_loses_no_report() -> None:
    done = python("-m", "fsep", "validate", "--help", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    done = python("-c", "from fsep.cli import main; main([]); print('\\u2713')", PYTHONIOENCODING="ascii")
    assert done.stdout.endswith("\\u2713\n")


def test_requirements_are_listed_by_facet_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["requirements", "--facet", "complete"]) == 0
    out = capsys.readouterr().out
    assert "FSEP-CMP-001  A producer MUST include every planned run" in out
    assert "FSEP-ADH-001" not in out
    assert main(["requirements", "--facet", "complete", "--format", "json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert {one["facet"] for one in values} == {"complete"}
    assert values[0]["id"] == "FSEP-CMP-001"


def test_facets_are_listed_in_their_order_and_what_counts_for_none_last(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["requirements"]) == 0
    titles = re.findall(r"^(Facet [a-z-]+|Of no facet) \(", capsys.readouterr().out, re.MULTILINE)
    assert titles == [
        "Facet whole",
        "Facet replayed",
        "Facet complete",
        "Facet preregistered",
        "Facet rated",
        "Facet claims-checked",
        "Of no facet",
    ]


def test_a_facet_without_requirements_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["requirements", "--facet", "replay"]) == USAGE
    assert "Did you mean replayed?" in capsys.readouterr().err


def test_an_unknown_version_is_refused_with_those_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["requirements", "--protocol-version", "7.1"]) == USAGE
    assert "known are: 1.0" in capsys.readouterr().err
