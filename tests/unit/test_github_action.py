"""The action and the hook: what a stranger's pull request, bundle or file name can make them do."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from fsep.cli import main

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "action.yml"
README = ROOT / "README.md"
STEPS: list[dict[str, Any]] = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]
SCRIPTS = [step["run"] for step in STEPS if "run" in step]


def test_no_script_holds_an_expression() -> None:
    assert len(SCRIPTS) == 2
    for script in SCRIPTS:
        assert "${{" not in script


def test_every_input_reaches_a_script_through_the_environment() -> None:
    inputs = set(yaml.safe_load(ACTION.read_text(encoding="utf-8"))["inputs"])
    given = {
        match[1]
        for step in STEPS
        for value in step.get("env", {}).values()
        for match in re.finditer(r"^\$\{\{ inputs\.([a-z-]+) \}\}$", value)
    }
    assert given == inputs
    for step in STEPS:
        for name in step.get("env", {}):
            assert f"${name}" in step["run"]


def test_nothing_secret_and_nothing_of_the_event_is_named() -> None:
    text = ACTION.read_text(encoding="utf-8").lower()
    for word in ("secrets", "github.token", "github_token", "github.event", "github.head_ref", "password"):
        assert word not in text
    assert re.findall(r"github\.[a-z_]+", text) == ["github.action_path"]


def test_actions_of_others_are_pinned_to_a_commit() -> None:
    used = re.findall(
        r"uses:\s*(\S+)", ACTION.read_text(encoding="utf-8") + README.read_text(encoding="utf-8")
    )
    assert used
    for one in used:
        assert re.fullmatch(r"[\w./-]+@([0-9a-f]{40}|COMMIT)", one), one


def test_python_takes_no_module_from_the_working_folder() -> None:
    for script in SCRIPTS:
        calls = re.findall(r"\bpython\b\S*\"? .*|\"\$FSEP_PYTHON\" .*", script, flags=re.IGNORECASE)
        assert calls
        assert all(" -I -m " in call for call in calls)


def validate(folder: Path, bundles: str, *, code: int = 0, require: str = "") -> tuple[int, list[str], str]:
    """Run the last script with a stand-in for Python; return its code, the arguments given, and the outputs."""
    python = folder / "home" / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(
        f'#!/bin/sh\nprintf "%s\\0" "$@" > "{folder}/given"\n: > "{folder}/home/report.sarif"\nexit {code}\n'
    )
    python.chmod(0o755)
    output = folder / "output"
    given = {"HOME": f"{folder}/home", "BUNDLES": bundles, "REQUIRE": require, "FAIL_ON": "error"}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", SCRIPTS[1]],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "GITHUB_OUTPUT": str(output),
            **{f"FSEP_{name}": value for name, value in given.items()},
        },
        check=False,
    )
    arguments = (folder / "given").read_text(encoding="utf-8").split("\0")[:-1]
    return done.returncode, arguments, output.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    ["$(touch planted)", "`touch planted`", "; touch planted", "'\"\\", "--engine=reference", "*", "a b  c"],
)
def test_an_input_is_an_argument_and_never_a_command(tmp_path: Path, name: str) -> None:
    code, arguments, _ = validate(tmp_path, f"{name}\n\nother", require=name)
    assert code == 0
    assert arguments[:4] == ["-I", "-m", "fsep", "validate"]
    assert arguments[-3:] == ["--", name, "other"]
    assert f"--require={name}" in arguments
    assert not (tmp_path / "planted").exists()


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4])
def test_the_exit_code_is_passed_on_and_only_reports_that_are_there_are_named(
    tmp_path: Path, code: int
) -> None:
    ended, _, output = validate(tmp_path, "b", code=code)
    assert ended == code
    assert output.splitlines() == [f"exit-code={code}", f"sarif={tmp_path}/home/report.sarif"]


def test_the_arguments_are_ones_that_the_command_knows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, arguments, _ = validate(tmp_path, str(ROOT / "examples" / "six-programs"), require="whole")
    assert main(arguments[3:]) == 0
    assert capsys.readouterr().out.startswith("::notice title=fsep%3A CONFORMS::")
    assert {path.name for path in (tmp_path / "home").glob("report.*")} == {
        "report.sarif",
        "report.junit",
        "report.json",
    }


def test_the_hook_calls_the_command_that_is_installed_and_hands_it_no_files() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    command, *arguments = hook["entry"].split()
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == ("fsep-validate", "python", False)
    assert command in scripts
    assert main([*arguments, str(ROOT / "examples" / "six-programs")]) == 0


def workflow() -> dict[Any, Any]:
    """Return the workflow that the README shows."""
    section = README.read_text(encoding="utf-8").partition("## In CI")[2].partition("\n## ")[0]
    found = re.search(r"```yaml\n(on:.*?)```", section, flags=re.DOTALL)
    assert found is not None
    made: dict[Any, Any] = yaml.safe_load(found[1])
    return made


def test_the_workflow_in_the_readme_runs_with_the_least_it_needs() -> None:
    made = workflow()
    # YAML 1.1 reads the key `on` as true.
    assert made[True] == "pull_request"
    assert made["permissions"] == {"contents": "read"}
    (job,) = made["jobs"].values()
    assert "permissions" not in job
    checkout = job["steps"][0]
    assert checkout["with"]["persist-credentials"] is False
    inputs = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["inputs"]
    assert set(job["steps"][1]["with"]) <= set(inputs)
    assert not any("run" in step for step in job["steps"])
