"""`fsep validate` with waivers and a baseline: how they are read, shown and counted; nothing here is real."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from fsep.cli import CONFORMS, DOES_NOT, USAGE, given, main
from fsep.findings import Report
from fsep.render import RENDERERS, Style
from unit.handmade_report import good
from unit.waiving import TODAY, bad, faults, reporting, waived, waiver, warned

Run = Callable[..., tuple[int, str, str]]
OF = "FSEP-TRN-005"


@pytest.fixture
def reports() -> dict[str, Report]:
    """Return what the engine's stand-in gives for each path; a test may add to it."""
    return {"good": good(), "bad": bad(), "warned": reporting(warned()), "b.zip": reporting(warned())}


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], reports: dict[str, Report]
) -> Run:
    """Return a function that runs the command, on a day that stays, and gives code, output and errors."""
    monkeypatch.setattr("fsep.engine.validate", lambda path, **_: reports[path.name])
    monkeypatch.setattr(given, "today", lambda: TODAY)
    monkeypatch.delenv("FSEP_TRACEBACK", raising=False)

    def invoke(*arguments: str | Path) -> tuple[int, str, str]:
        code = main(["validate", *map(str, arguments)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return invoke


def written(path: Path, *waivers: dict[str, Any], **head: Any) -> Path:
    """Write a file of waivers."""
    path.write_text(json.dumps({"fsep": "1.0", "kind": "waivers", "waivers": waivers, **head}))
    return path


def one(**changed: Any) -> dict[str, Any]:
    """Return a waiver as it is written; a member changed to None is left out."""
    value = {**waiver(OF).as_dict(), **changed}
    return {name: member for name, member in value.items() if member is not None}


def flat(text: str) -> str:
    """Return a text without its line breaks."""
    return " ".join(text.split())


def test_a_waived_warning_fails_nothing(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path / "w.json", one())
    assert run("warned", "--fail-on", "warning")[0] == DOES_NOT
    assert run("warned", "--fail-on", "warning", "--waivers", file)[0] == CONFORMS


def test_waivers_may_be_written_in_yaml(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "w.yaml"
    file.write_text(
        'fsep: "1.0"\nkind: waivers\nwaivers:\n'
        f'  - requirement: {OF}\n    reason: x\n    owner: y\n    expires: 2027-01-31\n    version: "1.0"\n'
    )
    assert run("warned", "--fail-on", "warning", "--waivers", file)[0] == CONFORMS


def test_a_waiver_of_a_must_leaves_the_verdict(run: Run, tmp_path: Path) -> None:
    ids = {finding.requirement for finding in bad().findings}
    file = written(tmp_path / "w.json", *(one(requirement=id_) for id_ in sorted(ids)))
    code, out, _ = run("bad", "--waivers", file)
    assert code == DOES_NOT
    assert out.startswith("DOES NOT CONFORM: whole, replayed and complete are not reached\n")
    assert "Acknowledged, and counted all the same. By Ada Example until 2027-01-31:" in flat(out)
    assert (
        "Waivers: 2 findings waived; 10 acknowledged, which count for the verdict all the same (2026-11-23)"
    ) in flat(out)


def test_waived_findings_are_shown_apart_with_who_answers_for_them(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path / "w.json", one(path="transcripts/alpha.jsonl", line=4))
    _, out, _ = run("warned", "--waivers", file)
    assert "Findings:" not in out
    assert "Waivers: 1 finding waived (2026-11-23)\n" in out
    assert f"  {OF} in transcripts/alpha.jsonl:4: 1 finding waived\n" in out
    assert "    By Ada Example until 2027-01-31: The provider offers no other way.\n" in out
    assert "transcripts/alpha.jsonl:4:88 /events/2/ended it ends before it starts" in flat(out)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"expires": "2026-11-22"}, "expired on 2026-11-22 and does not apply"),
        ({"version": "1.1"}, "is for version 1.1 of the protocol; the bundle is judged by 1.0"),
        ({"requirement": "FSEP-OBS-001"}, "the waiver of FSEP-OBS-001 is unused"),
    ],
)
def test_a_waiver_that_is_of_no_use_is_warned_about(
    run: Run, tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    file = written(tmp_path / "w.json", one(**changed))
    code, out, _ = run("warned", "--fail-on", "warning", "--waivers", file)
    assert code == DOES_NOT
    assert "Warning: " in out
    assert said in flat(out)


def test_a_waiver_that_is_too_narrow_says_what_to_do(
    run: Run, tmp_path: Path, reports: dict[str, Report]
) -> None:
    reports["warned"] = reporting(warned(count=3))
    file = written(tmp_path / "w.json", one(path="transcripts/alpha.jsonl"))
    code, out, _ = run("warned", "--fail-on", "warning", "--waivers", file)
    assert code == DOES_NOT
    assert "Without a path it waives the requirement wherever it is not met." in flat(out)


def test_what_no_finding_stands_for_is_told_where_all_that_is_listed_is_waived(
    run: Run, tmp_path: Path, reports: dict[str, Report]
) -> None:
    reports["warned"] = reporting(warned(), not_listed={OF: 5})
    narrow = written(tmp_path / "narrow.json", one(path="transcripts/alpha.jsonl"))
    wide = written(tmp_path / "wide.json", one())
    code, out, _ = run("warned", "--fail-on", "warning", "--waivers", narrow)
    assert code == DOES_NOT
    assert f"{OF} is not met at 5 more places, which no finding stands for" in flat(out)
    code, out, _ = run("warned", "--fail-on", "warning", "--waivers", wide)
    assert code == CONFORMS
    assert "and 5 places that no finding stands for" in flat(out)


def test_a_reviewer_switches_waivers_off(run: Run, tmp_path: Path) -> None:
    plain = run("warned", "--fail-on", "warning")
    assert run("warned", "--fail-on", "warning", "--no-waivers") == plain
    # Not even a file that is no file of waivers is looked at.
    code, out, err = run("warned", "--fail-on", "warning", "--waivers", tmp_path / "absent", "--no-waivers")
    assert (code, out) == plain[:2]
    assert err.startswith("fsep: --no-waivers was given: ")
    assert err.endswith("is not read.\n")


def test_no_waivers_are_looked_for(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reports: dict[str, Report]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "warned").mkdir()
    for folder in (tmp_path, tmp_path / "warned"):
        for name in ("fsep-waivers.yaml", "waivers.yaml", "waivers.json"):
            written(folder / name, one())
    code, out, _ = run("warned", "--fail-on", "warning")
    assert code == DOES_NOT
    assert out == RENDERERS["text"]([reports["warned"]], Style())


@pytest.mark.parametrize("option", ["--waivers", "--baseline"])
def test_nothing_in_a_bundle_speaks_for_itself(run: Run, tmp_path: Path, option: str) -> None:
    bundle = tmp_path / "warned"
    bundle.mkdir()
    file = written(bundle / "w.json", one())
    link = tmp_path / "link.json"
    link.symlink_to(file)
    for path in (file, link, tmp_path / "." / "warned" / ".." / "warned" / "w.json"):
        code, out, err = run(bundle, option, path)
        assert (code, out) == (USAGE, "")
        assert "lies in the bundle" in err


REFUSED: list[tuple[bytes | dict[str, Any], str]] = [
    (b"", "line 1, column 1"),
    (b"{", "line 1"),
    (b"\xff", "line 1"),
    (b'{"fsep": "1.0", "fsep": "1.0"}', "twice"),
    (b"[]", "must be an object"),
    (b"x" * ((1 << 20) + 1), "longer than 1048576 bytes"),
    ({"fsep": "9.9"}, "Version 9.9 of the protocol is not known here"),
    ({"fsep": 1}, "at /fsep"),
    ({"kind": "report"}, "at /kind"),
    ({"surprise": 1}, "`surprise` is not known here"),
    ({"waivers": [one(why="x")]}, "at /waivers/0/why: the property `why` is not known here"),
    ({"waivers": [one(owner=None)]}, "`owner` is missing"),
    ({"waivers": [one(reason="")]}, "at /waivers/0/reason"),
    ({"waivers": [one(line=4)]}, "`path` is missing"),
    ({"waivers": [one(pointer="/x")]}, "`path` is missing"),
    ({"waivers": [one(path="a", pointer="x")]}, "at /waivers/0/pointer"),
    ({"waivers": [one(expires="31.1.2027")]}, "at /waivers/0/expires"),
    ({"waivers": [one(), one(expires="2027-02-29")]}, "/waivers/1/expires: '2027-02-29' is no day"),
    ({"waivers": [one(requirement="FSEP-TRN-05")]}, "Did you mean FSEP-TRN-005"),
    ({"waivers": [one(requirement="\x1b[2J")]}, "no requirement '\\u{1b}[2J'"),
    ({"waivers": [one(), one(owner="B"), one()]}, "at /waivers/2: it is the same as that at /waivers/0"),
    ({"waivers": [one(reason="it is sk-ant-" + "a1B2" * 12)]}, "it holds a credential"),
]


@pytest.mark.parametrize(("content", "said"), REFUSED)
def test_waivers_are_read_strictly(
    run: Run, tmp_path: Path, content: bytes | dict[str, Any], said: str
) -> None:
    file = tmp_path / "w.json"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        written(file, **content)
    code, out, err = run("warned", "--waivers", file)
    assert (code, out) == (USAGE, "")
    assert said in err
    assert err.count("\n") == 2
    assert "a1B2" not in err
    assert "\x1b" not in err


def test_the_id_of_a_requirement_of_an_unknown_version_is_not_judged(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path / "w.json", one(requirement="FSEP-NEW-001", version="9.9"))
    code, out, _ = run("good", "--waivers", file)
    assert code == CONFORMS
    assert "is for version 9.9 of the protocol" in flat(out)


@pytest.mark.parametrize("option", ["--waivers", "--baseline"])
def test_a_file_that_cannot_be_read_is_an_error_of_usage(run: Run, tmp_path: Path, option: str) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path in (tmp_path, tmp_path / "absent", loop):
        code, out, err = run("good", option, path)
        assert (code, out) == (USAGE, "")
        assert "cannot be read" in err


@pytest.mark.parametrize("option", ["--waivers", "--baseline"])
def test_a_report_never_overwrites_what_was_given(
    run: Run, tmp_path: Path, reports: dict[str, Report], option: str
) -> None:
    file = tmp_path / "given.json"
    if option == "--waivers":
        written(file, one())
    else:
        file.write_text(RENDERERS["json"]([reports["warned"]]))
    before = file.read_bytes()
    code, _, err = run("warned", option, file, "--format", "json", "-o", file)
    assert (code, file.read_bytes()) == (USAGE, before)
    assert "would be changed" in err


def test_what_is_known_from_the_baseline_is_counted_and_not_listed(
    run: Run, tmp_path: Path, reports: dict[str, Report]
) -> None:
    file = tmp_path / "before.json"
    assert run("warned", "--format", "json", "-o", file)[0] == CONFORMS
    reports["warned"] = reporting(warned(line=9), warned(pointer="/ended", message="it is new"))
    code, out, _ = run("warned", "--fail-on", "warning", "--baseline", file)
    assert code == DOES_NOT
    assert "Findings: 1 warning under 1 requirement" in out
    assert "it is new" in out
    assert "it ends before it starts" not in out
    assert "Baseline: 1 finding known from the baseline, 1 new." in flat(out)
    reports["warned"] = reporting(warned(line=9))
    assert run("warned", "--fail-on", "warning", "--baseline", file)[0] == CONFORMS


def test_errors_decide_the_verdict_also_where_they_are_known(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "before.json"
    assert run("bad", "--format", "json", "-o", file)[0] == DOES_NOT
    code, out, _ = run("bad", "--baseline", file)
    assert code == DOES_NOT
    assert out.startswith("DOES NOT CONFORM")
    assert "Findings:" not in out
    assert "13 findings known from the baseline, 0 new" not in out
    assert f"{len(bad().findings)} findings known from the baseline, 0 new" in flat(out)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda report: report.update(protocol={**report["protocol"], "version": "0.9"}), "by version 0.9"),
        (lambda report: report.update(fsep="9.9"), "Version 9.9 of the protocol is not known"),
        (lambda report: report["bundle"].update(id="other"), "of the bundle 'other'"),
        (lambda report: report.update(surprise=1), "`surprise` is not known here"),
        (lambda report: report["findings"][0].pop("count"), "`count` is missing"),
        (lambda report: report.pop("findings"), "`findings` is missing"),
    ],
)
def test_a_baseline_is_read_strictly_and_is_of_the_same_bundle_and_version(
    run: Run, tmp_path: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    value = bad().as_dict()
    change(value)
    file = tmp_path / "before.json"
    file.write_text(json.dumps(value))
    code, out, err = run("bad", "--baseline", file)
    assert (code, out) == (USAGE, "")
    assert said in err


def test_a_baseline_is_of_one_bundle(run: Run, tmp_path: Path) -> None:
    code, out, err = run("good", "bad", "--baseline", tmp_path / "absent")
    assert (code, out) == (USAGE, "")
    assert "one bundle at a time" in err


def test_the_json_report_has_both_and_keeps_to_its_schema(
    run: Run, tmp_path: Path, reports: dict[str, Report]
) -> None:
    file = written(tmp_path / "w.json", one())
    before = tmp_path / "before.json"
    before.write_text(RENDERERS["json"]([reports["warned"]]))
    value = json.loads(run("warned", "--waivers", file, "--baseline", before, "--format", "json")[1])
    assert value["waivers"]["waived"] == 1
    assert value["baseline"]["known"] == 1
    assert value["findings"][0]["known"] is True
    assert value["findings"][0]["waived"]["standing"] == "waived"
    assert faults(waived(reports["warned"], waiver(OF))) == []
    plain = reports["warned"].as_dict()
    assert {name: value[name] for name in plain if name != "findings"} == {
        name: plain[name] for name in plain if name != "findings"
    }


def test_waivers_are_for_all_bundles_given(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path / "w.json", one())
    code, out, _ = run("good", "warned", "--fail-on", "warning", "--waivers", file)
    assert code == CONFORMS
    assert out.count("Waivers:") == 2
    assert out.count("is unused") == 1


def test_what_waivers_say_is_printed_safely(run: Run, tmp_path: Path) -> None:
    hostile = "x\x1b[2J\u202e\n::error::y"
    file = written(tmp_path / "w.json", one(reason=hostile, owner=hostile, path=hostile), one(reason=hostile))
    _, out, _ = run("warned", "--waivers", file)
    assert "1 finding waived" in out
    assert not {"\x1b", "\u202e"} & set(out)
    assert "\n::" not in out


def test_the_day_is_that_of_utc() -> None:
    before = datetime.now(UTC).date()
    day = given.today()
    assert type(day) is date
    assert before <= day <= datetime.now(UTC).date()


def test_text_says_nothing_of_what_was_not_given() -> None:
    for report in (good(), bad(), replace(bad(), findings=())):
        shown = RENDERERS["text"]([report], Style())
        assert "Waivers" not in shown
        assert "aseline:" not in shown
