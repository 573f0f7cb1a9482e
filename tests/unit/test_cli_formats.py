"""`fsep validate --format`: which report goes where, and what is refused before any work."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from fsep.bundle import BundleError
from fsep.cli import CONFORMS, DOES_NOT, USAGE, main
from fsep.findings import Report
from fsep.render import FORMS, RENDERERS
from unit.handmade_report import bad, good

Run = Callable[..., tuple[int, str, str]]
SIX = Path(__file__).parents[2] / "examples" / "six-programs"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Put a stand-in in the engine's place; the paths it is asked for are kept."""
    paths: list[Path] = []

    def validate(path: Path, **_: Any) -> Report:
        paths.append(path)
        if path.name == "absent":
            raise BundleError("There is nothing at absent.", "missing")
        return bad() if path.name == "bad" else good()

    monkeypatch.setattr("fsep.engine.validate", validate)
    return paths


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command and gives code, output and errors."""

    def invoke(*arguments: str) -> tuple[int, str, str]:
        code = main(["validate", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return invoke


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with a folder in it the working one."""
    (tmp_path / "x").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def formats(forms: Iterable[str]) -> list[str]:
    return [part for form in forms for part in ("--format", form)]


def test_the_forms_are_those_that_have_a_renderer() -> None:
    assert list(FORMS) == list(RENDERERS)


@pytest.mark.parametrize("form", FORMS)
def test_each_form_goes_to_standard_output_to_o_or_to_its_own_file(
    run: Run, asked: list[Path], tmp_path: Path, form: str
) -> None:
    expected = RENDERERS[form]([good()])
    file = tmp_path / "out"
    assert run("good", "--format", form)[:2] == (CONFORMS, expected)
    assert run("good", "--format", form, "-o", str(file)) == (CONFORMS, "", "")
    assert file.read_text(encoding="utf-8") == expected
    file.unlink()
    assert run("good", "--format", f"{form}={file}") == (CONFORMS, "", "")
    assert file.read_text(encoding="utf-8") == expected


def test_several_forms_come_from_one_validation(run: Run, asked: list[Path], tmp_path: Path) -> None:
    forms = ["text", f"sarif={tmp_path / 'a.sarif'}", f"junit={tmp_path / 'a.xml'}", f"text={tmp_path / 'a'}"]
    code, out, err = run("bad", *formats(forms))
    assert (code, err, len(asked)) == (DOES_NOT, "", 1)
    assert out.startswith("DOES NOT CONFORM")
    assert (tmp_path / "a").read_text(encoding="utf-8") == out
    assert json.loads((tmp_path / "a.sarif").read_bytes())["version"] == "2.1.0"
    assert ElementTree.parse(tmp_path / "a.xml").getroot().tag == "testsuites"


def test_several_bundles_are_together_in_each_form(run: Run, asked: list[Path], tmp_path: Path) -> None:
    run("good", "bad", *formats([f"sarif={tmp_path / 's'}", f"junit={tmp_path / 'x'}", "github"]))
    assert len(json.loads((tmp_path / "s").read_bytes())["runs"]) == 2
    assert len(ElementTree.parse(tmp_path / "x").getroot()) == 2


def test_a_path_without_a_report_leaves_documents_that_say_nothing_of_it(
    run: Run, asked: list[Path], tmp_path: Path
) -> None:
    code, _, err = run("absent", "absent", *formats([f"sarif={tmp_path / 's'}", f"junit={tmp_path / 'x'}"]))
    assert code == USAGE
    assert err.count("There is nothing at absent.") == 2
    assert json.loads((tmp_path / "s").read_bytes())["runs"] == []
    assert len(ElementTree.parse(tmp_path / "x").getroot()) == 0


@pytest.mark.parametrize(
    ("forms", "said"),
    [
        (["text", "json"], "text and json would go to the same place"),
        (["text", "text"], "text and text would go to the same place"),
        (["sarif=a", "junit=a"], "Two reports would be written to 'a'"),
        (["sarif=a", "junit=./x/../a"], "Two reports would be written to"),
        (["serif"], "There is no format 'serif'. Did you mean sarif?"),
        (["SARIF"], "There is no format 'SARIF'."),
        ([""], "There is no format ''."),
        (["\x1b[31m"], "There is no format '\\u{1b}[31m'."),
        (["sarif="], "--format 'sarif=' names no file after `=`."),
        (["=a"], "There is no format ''."),
        (["sarif=."], "is a folder, and a report is a file"),
        (["sarif=absent/a"], "The folder of absent/a does not exist"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_any_work(
    run: Run, asked: list[Path], here: Path, forms: list[str], said: str
) -> None:
    code, out, err = run("good", *formats(forms))
    assert (code, out) == (USAGE, "")
    assert said in err
    assert err.count("\n") == 2
    assert "\x1b" not in err
    assert not asked
    assert not (here / "a").exists()


def test_o_is_for_the_form_without_a_file(run: Run, asked: list[Path], tmp_path: Path) -> None:
    one, other = str(tmp_path / "a"), str(tmp_path / "b")
    assert run("good", "--format", f"json={one}", "--format", "text", "-o", other) == (CONFORMS, "", "")
    assert (tmp_path / "b").read_text(encoding="utf-8").startswith("CONFORMS")
    asked.clear()
    code, _, err = run("good", "--format", f"json={one}", "-o", other)
    assert code == USAGE
    assert "-o names a file, and every --format has one of its own" in err
    code, _, err = run("good", "--format", f"json={one}", "--format", "text", "-o", one)
    assert code == USAGE
    assert "Two reports would be written to" in err
    assert not asked


def test_no_form_writes_into_what_is_read(run: Run, asked: list[Path], tmp_path: Path) -> None:
    code, _, err = run(str(tmp_path), "--format", f"sarif={tmp_path / 'a.sarif'}")
    assert code == USAGE
    assert "would be changed" in err
    assert not asked


def zipped(folder: Path) -> str:
    """Write the example as a zip and return where."""
    with zipfile.ZipFile(folder / "six.zip", "w") as archive:
        for path in sorted(SIX.rglob("*")):
            archive.write(path, path.relative_to(SIX).as_posix())
    return str(folder / "six.zip")


@pytest.mark.parametrize(("made", "shown"), [(str, "/bundle.json"), (None, "/six.zip")])
def test_a_real_bundle_and_its_zip_in_all_forms(
    run: Run, tmp_path: Path, made: Callable[[Path], str] | None, shown: str
) -> None:
    bundle = made(SIX) if made else zipped(tmp_path)
    forms = {form: tmp_path / form for form in FORMS}
    given = formats(f"{form}={file}" for form, file in forms.items())
    assert run(bundle, *given) == (CONFORMS, "", "")
    assert forms["github"].read_text(encoding="utf-8").startswith("::notice title=fsep%3A CONFORMS::")
    assert f"{shown},title=FSEP-PRE-001" in forms["github"].read_text(encoding="utf-8")
    suite = ElementTree.parse(forms["junit"]).getroot()
    assert (suite.get("failures"), suite.get("errors")) == ("0", "0")
    (sarif,) = json.loads(forms["sarif"].read_bytes())["runs"]
    assert sarif["properties"]["verdict"] == json.loads(forms["json"].read_bytes())["verdict"] == "conforms"
