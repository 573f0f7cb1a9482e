"""`fsep validate --against`: what is read, what is said, and how it ends. Synthetic bundles, made for this."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fsep.cli import CONFORMS, DOES_NOT, USAGE, main
from fsep.packing import init
from fsep.protocol import load
from parent import parent
from workbench import Workbench, zipped

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command and gives code, output without line breaks, and errors."""

    def invoke(*arguments: str | Path) -> tuple[int, str, str]:
        code = main(["validate", *map(str, arguments)])
        captured = capsys.readouterr()
        return code, " ".join(captured.out.split()), captured.err

    return invoke


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which a design is published."""
    return parent().write(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def departed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a bundle with six departures, and nothing else that differs."""
    bench = parent()
    step = bench["scaffolds/react.json"]["program"]["steps"][0]
    step["text"] = step["text"].replace("Action: tool", "Action: \x1b[31mtool")
    bench["scaffolds/direct.json"]["program"]["steps"][-1]["parameters"]["temperature"] = 0.7
    bench["simulators/customer.json"]["model"]["name"] = "another"
    bench["environments/desk.json"]["tools"][0]["description"] += " Really."
    first = bench["items.jsonl"].pop(0)
    bench["items.jsonl"][0]["fields"]["question"] = "Which?"
    bench["items.jsonl"].append({**first, "id": "oder"})
    bench["design.json"]["replicates"] = 3
    return bench.lock().write(tmp_path_factory.mktemp("departed"))


def test_a_bundle_on_the_design_ends_as_without_it(run: Run, published: Path, tmp_path: Path) -> None:
    bundle = parent().write(tmp_path / "b")
    code, out, _ = run(bundle, "--against", published)
    assert code == CONFORMS == run(bundle)[0]
    assert f"Against the design 'six-programs' ({published}): the bundle is on it." in out
    assert "Note: the system 'hasty' adapts its requests (system-text as user;" in out
    assert "what differs between it and a system with other adaptations is confounded with them." in out
    assert run(bundle, "--against", published / "design.json")[0] == CONFORMS
    assert run(bundle, "--against", zipped(published, tmp_path / "p.zip"))[0] == CONFORMS


def test_another_title_is_the_same_design(run: Run, tmp_path: Path, published: Path) -> None:
    bench = parent()
    bench["design.json"] |= {"title": "Another", "description": "Another"}
    code, out, _ = run(bench.write(tmp_path / "b"), "--require", "whole", "--against", published)
    assert code == CONFORMS
    assert "the bundle is on it" in out


def test_six_departures_are_each_named_in_words(run: Run, published: Path, departed: Path) -> None:
    code, out, _ = run(departed, "--against", published)
    assert code == DOES_NOT
    for one in (
        "8 departures. The bundle is not on that design, whatever its verdict: exit code 1.",
        "- the scaffold 'react' is another program than the design's: "
        "step 1 (`say` at 'rules') has another `text` found: …",
        "Action: \\u{1b}[31mtool(text)",
        "step 2 (`generate` at 'answer') has another parameter `temperature`: 0.7, where the design has 0",
        "- the simulator 'customer' is another than the design's: `model` has another `name`: another, where",
        "tool 'lookup' has another `description` found: Looks a word up in the catalogue. Really. expected: Looks",
        "- 1 item more than the design has: 'oder'",
        "- 1 item fewer than the design has: 'peru'",
        "- 1 item changed: 'nile': item 'nile' has another field `question` found: Which? expected: How many",
        "- the number of replicates is another: 3, where the design has 1",
    ):
        assert one in out


def test_a_design_alone_tells_which_digests_differ(run: Run, published: Path, departed: Path) -> None:
    code, out, _ = run(departed, "--against", published / "design.json")
    assert code == DOES_NOT
    assert "the scaffold 'react' is another program than the design's: so its program digest shows" in out


def test_a_bundle_that_conforms_by_itself_fails_for_its_departure_alone(
    run: Run, published: Path, tmp_path: Path
) -> None:
    bench = parent()
    bench["design.json"]["limits"]["missing_share"] = 0.9
    bundle = bench.write(tmp_path / "b")
    code, out, _ = run(bundle, "--require", "whole", "--against", published)
    assert code == DOES_NOT
    assert out.startswith("CONFORMS at whole")
    assert "the share of runs that may be missing is another: 0.9, where the design has 0.5" in out


@pytest.mark.parametrize("reference", [False, True])
def test_the_json_report_has_the_departures_and_the_same_verdict(
    capsys: pytest.CaptureFixture[str], published: Path, departed: Path, reference: bool
) -> None:
    assert main(["validate", str(departed), "--format", "json"]) == DOES_NOT
    plain = json.loads(capsys.readouterr().out)
    assert main(["validate", str(departed), "--against", str(published), "--format", "json"]) == DOES_NOT
    report = json.loads(capsys.readouterr().out)
    against = report.pop("against")
    assert report == plain
    assert not against["same"]
    assert len(against["departures"]) == 8
    protocol = load("1.0")
    validator = protocol.reference_validator("report") if reference else protocol.validator("report")
    assert validator.is_valid({**report, "against": against})
    assert not validator.is_valid({**report, "against": {**against, "spare": 1}})


def test_github_and_junit_fail_for_departures(
    capsys: pytest.CaptureFixture[str], published: Path, departed: Path
) -> None:
    main(["validate", str(departed), "--against", str(published), "--format", "github"])
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("::error title=fsep%3A departs from the design::") for line in lines) == 8
    main(["validate", str(departed), "--against", str(published), "--format", "junit"])
    out = capsys.readouterr().out
    assert '<failure message="8 departures from the design \'six-programs\'" type="departure">' in out


def written(path: Path, value: Any) -> Path:
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("a.json", "", "it is no design: line 1, column 1"),
        ("a.json", [1], "it is no design: its `kind` is not `design`."),
        ("a.json", {"kind": "scaffold", "fsep": "1.0"}, "it is no design: its `kind` is not `design`."),
        ("a.json", {"kind": "design"}, "it is no design: `fsep` names no version of the protocol."),
        ("a.json", {"kind": "design", "fsep": "9.9"}, "9.9"),
        ("a.json", {"kind": "design", "fsep": "1.0"}, "it is no design"),
        ("a.yaml", "a: [", "it is no design: line"),
        ("a.zip", "PK\x03\x04", "neither a directory nor a zip"),
    ],
)
def test_what_is_no_design_is_refused(run: Run, tmp_path: Path, name: str, value: Any, why: str) -> None:
    code, out, err = run("bundle", "--against", written(tmp_path / name, value))
    assert (code, out) == (USAGE, "")
    assert why in err
    assert "Name a design.json, or the folder, bundle or zip" in err or "9.9" in err


def test_a_place_without_a_design_is_refused(run: Run, published: Path, tmp_path: Path) -> None:
    assert "there is no design.json in it." in run(published, "--against", tmp_path)[2]
    code, _, err = run(published, "--against", tmp_path / "absent\x1b[31m")
    assert code == USAGE
    assert "There is nothing at" in err
    assert "\x1b" not in err


def test_the_design_of_the_bundle_itself_is_refused(run: Run, published: Path) -> None:
    for path in (published, published / "design.json"):
        code, _, err = run(published, "--against", path)
        assert code == USAGE
        assert "nothing in a bundle may speak for itself" in err


@pytest.mark.parametrize("change", ["scaffold", "item", "twice"])
def test_a_published_folder_that_is_not_what_its_design_fixes_is_refused(
    run: Run, published: Path, tmp_path: Path, change: str
) -> None:
    bench = parent()
    if change == "scaffold":
        bench["scaffolds/react.json"]["program"]["primary"] = "other"
    elif change == "item":
        bench["items.jsonl"][0]["fields"]["question"] = "Which?"
    else:
        bench["items.jsonl"].append(bench["items.jsonl"][0])
    code, _, err = run(published, "--against", bench.write(tmp_path / "p"))
    assert code == USAGE
    assert ("there is an item 'peru' before it" if change == "twice" else "is stated as") in err


def test_a_folder_may_hold_other_things_and_only_some_of_what_the_design_fixes(
    run: Run, published: Path, departed: Path, tmp_path: Path
) -> None:
    bench = parent()
    kept = Workbench({"bundle.json": {}})
    for path in ("design.json", "scaffolds/react.json"):
        kept[path] = bench[path]
    folder = kept.write(tmp_path / "p")
    (folder / "README.md").write_text("Synthetic.")
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD ").write_text("x")
    code, out, _ = run(departed, "--against", folder)
    assert code == DOES_NOT
    assert "step 1 (`say` at 'rules') has another `text`" in out
    assert "the simulator 'customer' is another than the design's: so its program digest shows" in out


def test_an_authored_design_may_be_compared_with(run: Run, published: Path, tmp_path: Path) -> None:
    init(tmp_path / "authored")
    code, out, err = run(published, "--against", tmp_path / "authored")
    assert (code, err) == (DOES_NOT, "")
    assert "the design has another id: six-programs, where the design has my-design" in out
    assert "- 1 item changed: 'peru'" in out
