"""Directory and zip: one report for both, and what no bundle may hold (FSEP-BND-003)."""

from __future__ import annotations

import os
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

import parent as parents
from acceptance.test_requirements import check, outcomes
from fsep.findings import Outcome
from workbench import zipped


def failed(folder: Path) -> set[str]:
    """Return the requirements that a bundle fails."""
    return {
        id_ for id_, outcome in outcomes(check(folder)).items() if outcome is Outcome.FAIL
    } - parents.UNRATED


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The parent as a directory."""
    return parents.parent().write(tmp_path / "bundle")


def test_a_zip_of_a_directory_has_the_same_report_but_for_the_path(folder: Path, tmp_path: Path) -> None:
    one, other = check(folder), check(zipped(folder, tmp_path / "bundle.zip"))
    assert replace(other, bundle={**other.bundle, "path": one.bundle["path"]}) == one
    assert other.bundle["path"] != one.bundle["path"]


def test_a_broken_zip_of_a_directory_has_the_same_findings(tmp_path: Path) -> None:
    bench = parents.parent()
    bench.run("steady.direct.nile.0")["events"][0]["content"] += "?"
    parents.settle(bench)
    folder = bench.write(tmp_path / "bundle")
    one, other = check(folder), check(zipped(folder, tmp_path / "bundle.zip"))
    assert one.findings == other.findings
    assert {finding.requirement for finding in parents.findings(one)} == {"FSEP-ADH-002"}


def test_a_symbolic_link_is_refused_and_not_followed(folder: Path) -> None:
    (folder / "proofs" / "design.tsr").unlink()
    (folder / "proofs" / "design.tsr").symlink_to("/etc/hostname")
    assert failed(folder) == {"FSEP-BND-003"}


def test_a_fifo_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "proofs" / "pipe")
    assert failed(folder) == {"FSEP-BND-003"}


def test_two_zip_members_of_one_name_are_refused(folder: Path, tmp_path: Path) -> None:
    archive = zipped(folder, tmp_path / "bundle.zip")
    with zipfile.ZipFile(archive, "a") as opened, pytest.warns(UserWarning):
        opened.writestr("proofs/design.tsr", b"another")
    assert failed(archive) == {"FSEP-BND-002"}


def test_a_zip_member_outside_the_grammar_is_refused(folder: Path, tmp_path: Path) -> None:
    archive = zipped(folder, tmp_path / "bundle.zip")
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("../escape.json", b"{}")
    assert failed(archive) == {"FSEP-BND-002"}
    assert not (tmp_path / "escape.json").exists()


def test_a_single_folder_around_a_bundle_is_named_and_not_looked_through(
    folder: Path, tmp_path: Path
) -> None:
    around = tmp_path / "around"
    around.mkdir()
    folder.rename(around / "mine")
    findings = check(zipped(around, tmp_path / "bundle.zip")).findings
    [message] = [one.message for one in findings if one.requirement == "FSEP-BND-001"]
    assert message.endswith("at the root of the bundle, though there is one in the folder mine/")


def test_an_empty_directory_is_no_bundle_and_does_not_pass(tmp_path: Path) -> None:
    report = check(tmp_path)
    assert report.verdict == "does-not-conform"
    assert {finding.requirement for finding in parents.findings(report)} == {"FSEP-BND-001"}
    checked = {id_ for id_, outcome in outcomes(report).items() if outcome is not Outcome.NOT_CHECKED}
    assert checked <= {"FSEP-BND-001", "FSEP-BND-002", "FSEP-BND-003"}
