"""`fsep show`: finds a run, and says plainly what keeps it from being shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from fsep.cli import USAGE, main
from unit.handmade_bundle import EVENTS, RUN, write_bundle

Show = Callable[..., tuple[int, str, str]]


@pytest.fixture
def show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Show:
    """Return a function that shows a run of a bundle with these lines, or lists them for no run."""

    def invoke(
        run: str,
        lines: list[Mapping[str, Any]] | None = None,
        *,
        prepare: Callable[[Path], object] = lambda _: None,
    ) -> tuple[int, str, str]:
        prepare(write_bundle(tmp_path / "b", lines))
        code = main(["show", str(tmp_path / "b"), *([run] if run else [])])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return invoke


def test_a_run_is_found_by_its_id_and_shown(show: Show) -> None:
    code, out, err = show("alpha.desk.order.0", [{**RUN, "run": "another"}, RUN])
    assert (code, err) == (0, "")
    assert out.startswith("Run alpha.desk.order.0\ntranscripts/alpha.jsonl:2\n")
    assert "⟦refund late orders.⟧" in out
    assert "SYNTHETIC" in out


def test_a_run_over_several_lines_is_shown_as_one(show: Show) -> None:
    lines = [
        {**RUN, "parts": 2, "events": EVENTS[:3]},
        {"continues": RUN["run"], "part": 1, "events": EVENTS[3:]},
    ]
    code, out, _ = show(RUN["run"], lines)
    assert code == 0
    assert "End after 9 events" in out


@pytest.mark.parametrize(
    "second",
    [
        {"continues": "other", "part": 1, "events": []},
        {"continues": RUN["run"], "part": 2, "events": []},
        None,
    ],
)
def test_a_part_that_does_not_follow_is_said(show: Show, second: dict[str, Any] | None) -> None:
    lines = [{**RUN, "parts": 2}, *([second] if second else [])]
    code, _, err = show(RUN["run"], lines)
    assert code == USAGE
    assert "Part 1 of the run, of 2 in all, does not follow." in err


def test_an_unknown_run_is_refused_with_the_nearest(show: Show) -> None:
    code, out, err = show("alpha.desk.order.1")
    assert (code, out) == (USAGE, "")
    assert "No run has the id 'alpha.desk.order.1'. Did you mean alpha.desk.order.0?" in err


def test_some_ids_are_named_where_none_comes_near(show: Show) -> None:
    assert "Ids are, for instance: alpha.desk.order.0." in show("zzz\x1b")[2]


def test_a_run_that_is_not_valid_is_not_shown(show: Show) -> None:
    code, out, err = show(RUN["run"], [{**RUN, "status": "fine"}])
    assert (code, out) == (USAGE, "")
    assert "transcripts/alpha.jsonl:1 is no valid run" in err
    assert "`fsep validate`" in err


def test_lines_that_are_no_runs_are_passed_over(show: Show) -> None:
    def spoil(bundle: Path) -> None:
        path = bundle / "transcripts" / "alpha.jsonl"
        path.write_bytes(b"[1]\n{not json\n\n\xff\n" + path.read_bytes())

    code, out, _ = show(RUN["run"], prepare=spoil)
    assert code == 0
    assert "transcripts/alpha.jsonl:5" in out


def _spoilt(bundle: Path) -> None:
    path = bundle / "transcripts" / "alpha.jsonl"
    path.write_bytes(b"[1]\n{not json\n" + path.read_bytes())


def test_without_a_run_the_runs_are_listed_and_what_is_unreadable_is_counted(show: Show) -> None:
    other = {**RUN, "run": "other\x1b[2J", "replicate": 1, "parts": 2}
    more = {"continues": "other\x1b[2J", "part": 1, "events": []}
    code, out, err = show("", [RUN, other, more], prepare=_spoilt)
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0] == "alpha.desk.order.0  alpha  desk  order  0  completed  transcripts/alpha.jsonl:3"
    assert lines[1].startswith("other\\u{1b}[2J  alpha  desk  order  1")
    assert lines[2].startswith("2 runs (run, system,")
    assert lines[3] == (
        "2 lines of the transcripts could not be read as a run. `fsep validate` tells what is wrong."
    )
    assert len(lines) == 4


def test_a_bundle_without_a_readable_run_says_so(show: Show) -> None:
    assert show("", [{"no": "run"}])[1].splitlines()[0] == "There is no run that can be read."


def test_a_run_that_is_not_found_may_be_in_a_line_that_cannot_be_read(show: Show) -> None:
    assert "2 lines of the transcripts could not be read as a run." in show("zzz", prepare=_spoilt)[2]
    assert "could not be read" not in show("zzz", [{**RUN, "parts": 2}])[2]


@pytest.mark.parametrize("lost", ["scaffolds/desk.json", "systems/alpha.json", "items.jsonl"])
@pytest.mark.parametrize("how", ["absent", "broken"])
def test_a_run_is_shown_without_the_documents_that_would_help(show: Show, lost: str, how: str) -> None:
    code, out, _ = show(
        RUN["run"],
        prepare=lambda bundle: (
            (bundle / lost).unlink() if how == "absent" else (bundle / lost).write_text("{")
        ),
    )
    assert code == 0
    assert "You get it back." in out


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("{", "no manifest that can be read"),
        ('{"fsep": "9.9"}', "known are: 1.0"),
        ("{}", "names no version"),
        (None, "no manifest that can be read"),
    ],
)
def test_a_bundle_without_a_version_to_go_by_is_refused(show: Show, manifest: str | None, said: str) -> None:
    def spoil(bundle: Path) -> None:
        path = bundle / "bundle.json"
        path.unlink() if manifest is None else path.write_text(manifest)

    code, _, err = show(RUN["run"], prepare=spoil)
    assert code == USAGE
    assert said in err


def test_a_path_that_is_no_bundle_is_an_error_of_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", str(tmp_path / "nothing"), "run"]) == USAGE
    err = capsys.readouterr().err
    assert err.startswith("fsep: ")
    assert "Traceback" not in err
