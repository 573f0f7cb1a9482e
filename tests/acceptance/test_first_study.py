"""The page from an idea to a published bundle, run as it stands."""

from __future__ import annotations

import re
import shutil
from functools import partial
from pathlib import Path

import pytest

from fsep.cli import main
from fsep.scripted import ScriptedModel, read_script
from small_study import fill_in_by

PAGE = (Path(__file__).parents[2] / "docs" / "first-study.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8080/v1"


def _value(rater: str, shown: str, dimension: str) -> str:
    """Return what a rater says; ada and ben differ about Chad."""
    assert dimension == "verification-support"
    if rater == "ben" and "Chad" in shown:
        return "some"
    return "full" if "atlas" in shown else "none"


def _written(text: str, folder: Path) -> None:
    """Write a block that names its file in its first line."""
    name = re.match(r"# (\S+\.yaml)\n", text)
    assert name is not None, text
    target = folder / name[1]
    if name[1].startswith("copy/"):
        shutil.copytree(folder / "bundle", folder / "copy")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def test_all_that_the_page_says_works_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```(yaml|sh)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) > 15
    commands = 0
    model: ScriptedModel | None = None
    for kind, text in blocks:
        if kind == "yaml":
            _written(text, tmp_path)
            continue
        for line in text.splitlines():
            program, *arguments = line.partition(" #")[0].split()
            assert program == "fsep"
            if any(ADDRESS in one for one in arguments) and model is None:
                model = ScriptedModel(read_script(tmp_path / "model.yaml"))
                model.__enter__()
            if model is not None:
                arguments = [one.replace(ADDRESS, model.url) for one in arguments]
            if arguments[:2] == ["ratings", "import"]:
                fill_in_by(tmp_path / arguments[4], partial(_value, arguments[3]))
            assert main(arguments) == 0, line
            commands += 1
    assert model is not None
    model.__exit__()
    said = capsys.readouterr().out
    assert "CONFORMS at whole, replayed, complete and rated" in said
    assert commands > 20
    assert (tmp_path / "report.html").stat().st_size > 10_000
    assert main(["validate", "both", "--require", "whole,replayed,complete"]) == 0
