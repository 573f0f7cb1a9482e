"""`fsep withhold`: what it says, its exit codes, and that it prints nothing raw."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fsep.cli import CONFORMS, DOES_NOT, INCOMPLETE, USAGE, main
from withholding_bench import ALL, RUN, Desk, policy

YAML = """\
fsep: "1.0"
kind: withholding-policy
reason: an agreement forbids it
publish:
  - {value: [field]}
  - {value: [message, edit], origin: [program]}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.policy = tmp_path / "policy.yaml"
    made.policy.write_text(YAML, encoding="utf-8")
    return made


def withhold(desk: Desk, *more: str) -> int:
    return main(["withhold", str(desk.private), "--policy", str(desk.policy), "-o", str(desk.public), *more])


def verify(desk: Desk) -> int:
    return main(["withhold", "--verify", str(desk.public), str(desk.private), str(desk.openings)])


def test_it_says_what_was_withheld_and_what_comes_next(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert withhold(desk, "--openings", str(desk.openings)) == CONFORMS
    out = capsys.readouterr().out
    count = len(desk.kept())
    assert f"{count} values withheld, in 23 of 23 runs:" in out
    assert f"- {count}: an agreement forbids it" in out
    assert "2 blobs left out" in out
    assert f"fsep withhold --verify {desk.public} {desk.private} {desk.openings}" in out
    assert verify(desk) == CONFORMS
    assert (
        "VERIFIED: the public bundle is the private one but for what is withheld" in capsys.readouterr().out
    )


def test_openings_are_kept_beside_the_public_bundle_if_no_place_is_named(desk: Desk) -> None:
    assert withhold(desk) == CONFORMS
    assert Path(f"{desk.public}.openings.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_fault_is_named_by_file_line_and_pointer_and_no_value_is_printed(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    withhold(desk, "--openings", str(desk.openings))
    made = desk.bench
    made.run(RUN)["result"][0]["content"] = "a private word"
    desk.rewrite(made)
    capsys.readouterr()
    assert verify(desk) == DOES_NOT
    out, err = capsys.readouterr()
    assert out.startswith("NOT VERIFIED: 1 thing ")
    line = 1 + [run["run"] for run in made["transcripts/hasty.jsonl"]].index(RUN)
    assert f"  transcripts/hasty.jsonl:{line} /result/0/content: the private value is not the one" in out
    assert "a private word" not in out + err


def test_withdrawn_runs_are_counted(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.policy.write_text(
        json.dumps(policy(publish=[{"value": ALL}], withdrawn={"run": [RUN], "reason": "withdrawn"}))
    )
    desk.policy = desk.policy.rename(desk.policy.with_suffix(".json"))
    assert withhold(desk, "--openings", str(desk.openings)) == CONFORMS
    assert "1 run withdrawn" in capsys.readouterr().out
    assert verify(desk) == CONFORMS
    assert f"values of the run {RUN}: withdrawn, cannot be opened." in capsys.readouterr().out


def test_validation_says_in_numbers_what_was_replayed_here(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.policy.write_text(YAML + "  - {value: [message, result, arguments], system: [hasty]}\n")
    withhold(desk)
    capsys.readouterr()
    assert main(["validate", str(desk.public)]) == INCOMPLETE
    assert "(11 of 23 runs replayed here, 12 withheld)" in capsys.readouterr().out.replace("\n", " ")


def test_show_marks_withheld_arguments_and_messages_of_failures(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    withhold(desk)
    for run, said in (
        ("hasty.service.nile.0", "Failure: infrastructure-error"),
        ("steady.service.peru.0", "→"),
    ):
        capsys.readouterr()
        assert main(["show", str(desk.public), run]) == CONFORMS
        out = capsys.readouterr().out
        assert said in out
        assert "WITHHELD: an agreement forbids it (a" in out
        assert "Quispe" not in out
        assert "commitment" not in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["BUNDLE"],
        ["BUNDLE", "-o", "out"],
        ["BUNDLE", "--policy", "policy.yaml"],
        ["--policy", "policy.yaml", "-o", "out"],
        ["--verify", "one", "two"],
        ["--verify", "one", "two", "three", "--policy", "policy.yaml"],
        ["--verify", "none", "none", "none"],
        ["none", "--policy", "none", "-o", "out"],
    ],
)
def test_a_call_that_makes_no_sense_is_an_error_of_usage(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["withhold", *arguments]) == USAGE
    out, err = capsys.readouterr()
    assert not out
    assert err.startswith("fsep: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b'{"file": "\x1b[31m"}',
        b"null",
        b'{"withdrawn": 1}',
        b'{"secret word": 1}',
        b'{"a": "secret word}',
    ],
)
def test_openings_that_are_none_are_refused_and_not_repeated(
    desk: Desk, line: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    withhold(desk, "--openings", str(desk.openings))
    desk.openings.write_bytes(line + b"\n")
    capsys.readouterr()
    assert verify(desk) == USAGE
    err = capsys.readouterr().err
    assert "line 1" in err
    assert "secret word" not in err
    assert "\x1b" not in err


def test_foreign_text_is_made_visible(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.policy = desk.policy.with_suffix(".json")
    desk.policy.write_text(json.dumps(policy(reason="red \x1b[31m")))
    withhold(desk)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "red " in out
