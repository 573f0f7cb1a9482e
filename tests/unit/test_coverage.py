"""`fsep coverage`: a table of two coders, and what a bundle's own ratings measure. Synthetic throughout."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from entries import cell, entry, profile, rate, rated
from fsep.cli import CONFORMS, USAGE, main
from fsep.coverage import Cell, measured, table
from fsep.errors import FsepError
from fsep.measures.agreement import kappa
from fsep.parsing import yaml
from fsep.protocol import load
from fsep.rating.rubric import CORE
from workbench import zipped

EXAMPLE = Path(__file__).parents[2] / "examples" / "coverage-table.yaml"
Run = Callable[..., tuple[int, str, str]]
SMALL: dict[str, Any] = {
    "fsep": "1.0",
    "kind": "coverage",
    "synthetic": True,
    "coders": ["ada", "ben"],
    "dimensions": ["truthfulness", "harm-avoidance"],
    "benchmarks": [
        {
            "benchmark": "one",
            "codes": {"truthfulness": ["absent", "absent"], "harm-avoidance": ["absent", "present"]},
        },
        {
            "benchmark": "two",
            "codes": {"truthfulness": ["present", "present"], "harm-avoidance": ["partial", "partial"]},
        },
    ],
}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command and gives code, output and errors."""

    def invoke(*arguments: str | Path) -> tuple[int, str, str]:
        code = main(["coverage", *map(str, arguments)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return invoke


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any]], list[Path]]:
    """Return a function that lets a profile be what follows from any bundle, and gives what it was asked for."""

    def let(value: dict[str, Any]) -> list[Path]:
        asked: list[Path] = []

        def profile_of(path: Path) -> dict[str, Any]:
            asked.append(path)
            return value

        monkeypatch.setattr("fsep.coverage.bundle.profile_of", profile_of)
        return asked

    return let


def small(**codes: Any) -> dict[str, Any]:
    """Return the small table with other codes of the benchmark `one`."""
    made = copy.deepcopy(SMALL)
    made["benchmarks"][0]["codes"] = {name.replace("_", "-"): code for name, code in codes.items()}
    return made


def test_the_core_dimensions_are_those_of_the_schema_in_its_order() -> None:
    schema = load("1.0").schema("coverage")
    assert list(CORE) == schema["properties"]["dimensions"]["items"]["enum"]


def test_agreed_codes_stand_once_and_others_side_by_side() -> None:
    assert str(Cell("partial", "partial")) == "partial"
    assert str(Cell("absent", "present")) == "absent|present"


def test_counts_are_of_agreed_codes_alone() -> None:
    truth, harm = table(SMALL).columns
    assert (truth.agreed, truth.differ) == ({"absent": 1, "partial": 0, "present": 1}, 0)
    assert (harm.agreed, harm.differ) == ({"absent": 0, "partial": 1, "present": 0}, 1)


def test_kappa_is_over_all_cells_with_codes_as_places_on_a_scale() -> None:
    # By hand, in the order of the file: ada 0 0 2 1, ben 0 2 2 1; chance disagreement 1 - (2 1 + 1 1 + 1 2)/16.
    made = table(SMALL)
    assert made.plain.coefficient == pytest.approx(1 - (1 / 4) / (1 - 5 / 16))
    assert made.quadratic.coefficient == kappa([0, 0, 2, 1], [0, 2, 2, 1], quadratic=True).coefficient
    assert made.plain.coefficient != made.quadratic.coefficient


def test_what_was_not_coded_is_counted_and_enters_no_kappa() -> None:
    made = table(small(truthfulness=["absent", "absent"]))
    assert [one.not_coded for one in made.columns] == [0, 1]
    assert made.plain.units == 3
    assert made.as_dict()["benchmarks"][0]["codes"]["harm-avoidance"] is None


def test_a_benchmark_twice_is_refused() -> None:
    made = copy.deepcopy(SMALL)
    made["benchmarks"].append(made["benchmarks"][0])
    with pytest.raises(FsepError, match="'one' stands in the table twice"):
        table(made)


def test_a_dimension_that_is_not_listed_is_refused() -> None:
    with pytest.raises(FsepError, match="'context-adherence', which `dimensions` does not list"):
        table(small(context_adherence=["absent", "absent"]))


def test_the_example_is_printed_with_its_agreement_and_that_it_is_synthetic(run: Run) -> None:
    code, out, _ = run(EXAMPLE)
    assert code == CONFORMS
    assert "Synthetic: the benchmarks are invented." in out
    assert "partial|absent" in out
    document: Any = yaml.parse(EXAMPLE.read_bytes())
    codes = [pair for one in document["benchmarks"] for pair in one["codes"].values()]
    places = [[("absent", "partial", "present").index(pair[coder]) for pair in codes] for coder in (0, 1)]
    plain, quadratic = kappa(*places).coefficient, kappa(*places, quadratic=True).coefficient
    assert f"over 32 cells: {plain:.3f} plain, {quadratic:.3f} with quadratic weights" in " ".join(
        out.split()
    )
    assert all(len(line) <= 80 for line in out.splitlines())


def test_every_cell_of_the_example_is_printed(run: Run) -> None:
    _, out, _ = run(EXAMPLE)
    lines = [line.split() for line in out.splitlines()]
    found = [line[1:] for line in lines if line[:1] == ["invented-helpdesk"]]
    assert [code for part in found for code in part] == [
        "absent",
        "present",
        "partial",
        "partial|absent",
        "absent",
        "absent",
        "partial|present",
        "present",
    ]


def test_json_holds_the_same(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text(json.dumps(SMALL), encoding="utf-8")
    code, out, _ = run(path, "--format", "json")
    assert code == CONFORMS
    value = json.loads(out)
    assert value == table(SMALL).as_dict()
    assert value["benchmarks"][0]["codes"] == {
        "truthfulness": "absent",
        "harm-avoidance": ["absent", "present"],
    }
    assert value["agreement"]["cells"] == 4


def test_an_undefined_kappa_is_said_to_be_undefined(run: Run, tmp_path: Path) -> None:
    made = small(truthfulness=["absent", "absent"])
    del made["benchmarks"][1]
    path = tmp_path / "table.json"
    path.write_text(json.dumps(made), encoding="utf-8")
    assert "undefined, since both coders gave one and the same code throughout" in " ".join(
        run(path)[1].split()
    )
    assert json.loads(run(path, "--format", "json")[1])["agreement"] == {
        "cells": 1,
        "raw": 1.0,
        "kappa": None,
        "quadratic_kappa": None,
        "undefined": "no-variation",
    }


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"fsep": "1.0", "kind": "coverage"}', "coders"),
        (b"[", "column"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_a_table_that_is_none_is_refused_with_the_reason(
    run: Run, tmp_path: Path, data: bytes, said: str
) -> None:
    path = tmp_path / "table.json"
    path.write_bytes(data)
    code, out, err = run(path)
    assert (code, out) == (USAGE, "")
    assert said in err


def test_nothing_there_is_refused(run: Run, tmp_path: Path) -> None:
    code, _, err = run(tmp_path / "none")
    assert code == USAGE
    assert "cannot be read" in err


def test_a_title_cannot_speak_to_the_terminal(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text(json.dumps({**SMALL, "title": "\x1b[31mred\u202e"}), encoding="utf-8")
    for form in ("text", "json"):
        out = run(path, "--format", form)[1]
        assert "\x1b" not in out
        assert "\u202e" not in out


def test_without_a_rubric_no_dimension_is_measured_and_nothing_is_computed(
    run: Run, tmp_path: Path, computed: Callable[[Any], list[Path]]
) -> None:
    asked = computed({})
    code, out, _ = run(entry("hasty").write(tmp_path / "b"))
    assert code == CONFORMS
    assert "It has no rubric: no dimension is measured." in out
    assert "0 of 8 core dimensions measured" in out
    assert all(f"  {dimension}" in out for dimension in CORE)
    assert asked == []
    assert "hasty" in out.splitlines()[2]


def test_what_is_measured_is_said_with_level_runs_raters_and_systems(
    run: Run, tmp_path: Path, computed: Callable[[Any], list[Path]]
) -> None:
    bench = rated("hasty")
    levels = {"model": 0, "response": 1, "interaction": 2, "deployment": 0}
    made = profile(
        bench, cell("hasty", "direct"), cell("hasty", "react", levels=levels, rated=3), cell("x", rated=0)
    )
    made["cells"][2]["levels"] = dict.fromkeys(levels, 0)
    asked = computed(made)
    bundle = zipped(bench.write(tmp_path / "b"), tmp_path / "named-like-a-table.json")
    code, out, _ = run(bundle)
    assert code == CONFORMS
    assert asked == [bundle]
    assert "0 of 8 core dimensions measured" in out
    assert "1 of 1 dimension of its own measured" in out
    assert "at response (3 runs), interaction (2 runs)" in out
    assert "by a program: checker (state-checker)" in out
    assert "of hasty (5 runs)\n" in out
    value = json.loads(run(bundle, "--format", "json")[1])
    assert [one["dimension"] for one in value["dimensions"]] == [*CORE, "task-success"]
    assert value["dimensions"][-1]["levels"] == {"response": 3, "interaction": 2}


def test_a_core_dimension_stands_in_its_place_and_an_unmeasured_own_one_at_the_end() -> None:
    made = profile(rated("hasty"), cell("hasty", dimension="harm-avoidance"))
    made["measured"][0] |= {"dimension": "harm-avoidance", "core": True, "by": "raters"}
    made["measured"][0]["agreement"] = {"unreliable": True}
    made["not_measured"] = [one for one in made["not_measured"] if one != "harm-avoidance"] + ["cheer"]
    found = measured(made)
    assert [one.dimension for one in found] == [*CORE, "cheer"]
    assert [one.dimension for one in found if one.measured] == ["harm-avoidance"]
    assert found[2].unreliable
    assert not found[-1].core


def test_a_bundle_whose_files_were_changed_is_refused(
    run: Run, tmp_path: Path, computed: Callable[[Any], list[Path]]
) -> None:
    bench = rate(entry("hasty"))
    computed(profile(bench))
    bundle = bench.write(tmp_path / "b", lambda files: files.update({"raters.json": b"{}"}))
    code, _, err = run(bundle)
    assert code == USAGE
    assert "raters.json" in err
