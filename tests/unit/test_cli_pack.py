"""`fsep init`, `fsep pack` and `fsep import`: thin calls that say what was written and what to do next."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from fsep.cli import USAGE, main
from fsep.errors import FsepError
from fsep.overview.unreadable import Unreadable
from fsep.packing import init


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Put stand-ins in the place of packing and the adapter; return what they are called with."""
    made: list[Any] = []

    def init(folder: Path) -> list[Path]:
        made.append(("init", folder))
        return [folder / "design.yaml", folder / "items\x1b.yaml"]

    def pack(source: Path, out: Path) -> SimpleNamespace:
        made.append(("pack", source, out))
        if source.name == "broken":
            raise FsepError("design.yaml: the line 3 is no YAML.", advice="Mend the line.")
        role = "items" if source.name == "runless" else "transcripts"
        return SimpleNamespace(
            bundle_sha256="ab" * 32, files=7, manifest={"fsep": "1.0", "files": [{"role": role}]}
        )

    def convert(sources: list[Path], out: Path) -> dict[str, Any]:
        made.append(("convert", sources, out))
        gaps = [
            {"id": "prompt", "kind": "rebuilt", "what": "The system\x1b prompt was rebuilt.", "count": 2},
            {
                "id": "tools",
                "kind": "not-recorded",
                "what": "No tools.",
                "consequence": "It is\nnot replayed.",
            },
        ]
        return {"gaps": gaps if sources[0].name != "perfect" else []}

    for name, functions in (
        ("fsep.packing", {"init": init, "pack": pack}),
        ("fsep.adapters", {}),
        ("fsep.adapters.tau2", {"convert": convert}),
    ):
        module = ModuleType(name)
        vars(module).update(functions)
        monkeypatch.setitem(sys.modules, name, module)
    # Nothing is written that could be looked through.
    monkeypatch.setattr("fsep.overview.unreadable.unreadable", lambda *_: Unreadable(0, ()))
    return made


def test_pack_says_that_there_are_no_runs_yet(calls: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "runless", "-o", "bundle"]) == 0
    assert "no runs" in capsys.readouterr().out
    assert main(["pack", "source", "-o", "bundle"]) == 0
    assert "no runs" not in capsys.readouterr().out


def test_init_names_what_it_wrote_and_what_comes_next(
    calls: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "new"]) == 0
    assert calls == [("init", Path("new"))]
    out = capsys.readouterr().out
    assert "  new/design.yaml\n  new/items\\u{1b}.yaml\n" in out
    assert out.endswith("Then: fsep run new --system my-system=ENDPOINT -o BUNDLE\n")


def test_pack_tells_the_bundle_s_identity(calls: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "source", "-o", "out.zip"]) == 0
    assert calls == [("pack", Path("source"), Path("out.zip"))]
    expected = f"out.zip: 7 files, bundle {'ab' * 32}\nThen: fsep validate out.zip\n"
    assert capsys.readouterr().out == expected


def test_what_cannot_be_packed_is_a_sentence_and_advice(
    calls: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pack", "broken", "-o", "out"]) == USAGE
    assert capsys.readouterr() == ("", "fsep: design.yaml: the line 3 is no YAML.\n      Mend the line.\n")


def test_an_import_tells_its_gaps(calls: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "tau2", "a.json", "b.json", "-o", "out"]) == 0
    assert calls == [("convert", [Path("a.json"), Path("b.json")], Path("out"))]
    out = capsys.readouterr().out
    assert out.startswith("out written.\n")
    assert "  - rebuilt (2 places): The system\\u{1b} prompt was rebuilt.\n" in out
    assert "  - not recorded: No tools.\n    So: It is\\nnot replayed.\n" in out
    assert out.endswith("Then: fsep validate out\n")


def test_an_import_without_gaps_says_no_more_than_that_it_is_done(
    calls: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "tau2", "perfect", "-o", "out"]) == 0
    assert capsys.readouterr().out == "out written.\n\nThen: fsep validate out\n"


@pytest.mark.parametrize(
    "arguments", [["pack", "source"], ["import", "tau2", "-o", "out"], ["import", "tau3"], ["init"]]
)
def test_what_is_left_out_is_an_error_of_usage(
    calls: list[Any], capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(arguments) == USAGE
    assert capsys.readouterr().err.startswith("fsep: ")
    assert calls == []


RUN = {
    "run": "r",
    "system": "my-system",
    "scaffold": "direct",
    "item": "peru",
    "replicate": 0,
    "status": "failed",
    "failure": {"kind": "infrastructure-error"},
    "events": [],
}


def test_pack_tells_which_lines_of_transcripts_are_no_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "authored"
    init(source)
    good = json.dumps(RUN)
    (source / "transcripts" / "a.jsonl").write_text(f"{good}\n")
    assert main(["pack", str(source), "-o", str(tmp_path / "one")]) == 0
    assert "no run" not in capsys.readouterr().out
    (source / "transcripts" / "b.jsonl").write_text(f"{good[:-1]}\n{good}\n" + "[]\n\x1b\n{}\n")
    refused = json.dumps({**RUN, "status": "fine"})
    (source / "transcripts" / "a.jsonl").write_text(f"{good}\n{refused}\n")
    assert main(["pack", str(source), "-o", str(tmp_path / "two")]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[1] == "5 lines of its transcripts are no runs, and it will not validate until they are mended:"
    assert out[2].startswith("  transcripts/a.jsonl:2:")
    assert ", at /status: " in out[2]
    assert out[3].startswith("  transcripts/b.jsonl:1:")
    assert out[4].startswith("  transcripts/b.jsonl:3:1: ")
    assert out[5] == "  and 2 more lines"
    assert out[6].startswith("Then: ")


def test_one_broken_line_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "authored"
    init(source)
    (source / "transcripts" / "a.jsonl").write_text("{\n")
    assert main(["pack", str(source), "-o", str(tmp_path / "one.zip")]) == 0
    out = capsys.readouterr().out
    assert "1 line of its transcripts is no run" in out
    assert "more line" not in out
