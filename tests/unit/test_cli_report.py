"""`fsep report`: writes the page, whatever it says, and harms nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from fsep.cli import USAGE, main
from parent import parent
from workbench import zipped

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return parent().write(tmp_path_factory.mktemp("report") / "b")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def invoke(*arguments: object) -> tuple[int, str, str]:
        code = main(["report", *map(str, arguments)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return invoke


def test_the_page_is_written_and_the_verdict_said(run: Run, bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    assert run(bundle, "-o", out) == (0, f"{out} written: CONFORMS.\n", "")
    assert out.read_text().startswith('<!DOCTYPE html>\n<html lang="en">')


def test_without_a_file_it_goes_to_standard_output(run: Run, bundle: Path) -> None:
    code, out, err = run(bundle, "--format", "markdown")
    assert (code, err) == (0, "")
    assert out.startswith("# ")
    assert "## Verdict" in out


def test_directory_and_zip_differ_in_nothing(run: Run, bundle: Path, tmp_path: Path) -> None:
    archive = zipped(bundle, tmp_path / "b.zip")
    assert run(bundle, "--sample", 2)[1] == run(archive, "--sample", 2)[1]


def test_a_sample_is_drawn_by_the_seed(run: Run, bundle: Path) -> None:
    def drawn(*arguments: object) -> str:
        return run(bundle, *arguments)[1].partition("Sampled transcripts</h2>")[2]

    assert drawn() == ""
    assert drawn("--sample", 2).count("<details>") == 2
    assert drawn("--sample", 2, "--seed", "x") == drawn("--sample", 2, "--seed", "x")
    assert len({drawn("--sample", 1, "--seed", seed) for seed in range(8)}) > 1


def test_a_bundle_that_does_not_conform_has_a_page_too(run: Run, bundle: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(bundle, broken)
    (broken / "design.json").unlink()
    code, out, _ = run(broken)
    assert code == 0
    assert "DOES NOT CONFORM" in out
    assert "FSEP-BND-005" in out


def test_what_is_no_bundle_at_all_has_a_page_that_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    code, out, _ = run(tmp_path / "x")
    assert code == 0
    assert "there is no bundle.json" in out


def test_facets_are_asked_about_as_in_a_validation(run: Run, bundle: Path) -> None:
    assert (
        "preregistered is not reached" in run(bundle, "--require", "preregistered", "--format", "markdown")[1]
    )
    code, _, err = run(bundle, "--require", "prereg")
    assert code == USAGE
    assert "There is no facet 'prereg'." in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sample", "-1"), "--sample"),
        (("--sample", "501"), "--sample"),
        (("--format", "pdf"), "--format"),
        (("--trust", "nowhere.pem"), "nowhere.pem"),
        (("-o", "nowhere/report.html"), "The folder of nowhere/report.html does not exist."),
    ],
)
def test_what_cannot_be_is_refused(run: Run, bundle: Path, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = run(bundle, *arguments)
    assert (code, out) == (USAGE, "")
    assert said in err


def test_nothing_is_written_into_the_bundle(run: Run, bundle: Path) -> None:
    code, _, err = run(bundle, "-o", bundle / "report.html")
    assert code == USAGE
    assert "would be changed" in err
    assert not (bundle / "report.html").exists()


def test_a_path_that_leads_nowhere_is_refused(run: Run, tmp_path: Path) -> None:
    code, out, err = run(tmp_path / "none")
    assert (code, out) == (USAGE, "")
    assert "There is nothing at" in err
