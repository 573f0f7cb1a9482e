"""`fsep merge`: what is carried over, what is left out and said, and what is refused. Synthetic bundles."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from entries import ADA, CHECKER, DIMENSION, RATINGS, entry, profiled, rate, rated, rename
from fsep.cli import CONFORMS, USAGE, main
from fsep.engine import validate
from fsep.errors import FsepError
from fsep.merging import Merged, merge
from parent import parent
from workbench import Workbench, compress, zipped


def merged(folder: Path, *benches: Workbench, out: str = "out") -> tuple[Merged, dict[str, bytes]]:
    """Write benches, merge them, and return what was said and the files."""
    paths = [bench.write(folder / f"{out}-entry-{number}") for number, bench in enumerate(benches)]
    made = merge(paths, folder / out)
    return made, files(folder / out)


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def transcripts(found: dict[str, bytes]) -> set[str]:
    return {sha256(data).hexdigest() for path, data in found.items() if path.startswith("transcripts/")}


def refused(folder: Path, *benches: Workbench) -> str:
    """Merge what cannot be merged; return why, having seen that nothing was left behind."""
    paths = [bench.write(folder / f"entry-{number}") for number, bench in enumerate(benches)]
    before = set(folder.iterdir())
    with pytest.raises(FsepError) as error:
        merge(paths, folder / "out")
    assert set(folder.iterdir()) == before
    return str(error.value)


def test_two_entries_become_one_bundle_that_conforms_at_what_both_do(tmp_path: Path) -> None:
    made, found = merged(tmp_path, entry("hasty"), entry("steady"))
    report = validate(tmp_path / "out", require=["whole", "replayed", "complete"])
    assert report.verdict == "conforms"
    assert made.systems == ("hasty", "steady")
    assert {"systems/hasty.json", "systems/steady.json", "departures.json"} < found.keys()
    manifest = json.loads(found["bundle.json"])
    assert manifest["asserts"] == ["whole", "replayed", "complete"]
    assert manifest["id"] == "six-programs"
    assert made.left == ()


def test_files_of_an_entry_keep_their_bytes(tmp_path: Path) -> None:
    bench = entry("hasty")
    _, found = merged(tmp_path, bench)
    given = bench.bytes()
    assert found.keys() == given.keys()
    assert {path for path in found if found[path] != given[path]} == {"bundle.json"}


def test_a_facet_that_one_entry_does_not_assert_is_not_asserted(tmp_path: Path) -> None:
    other = entry("steady")
    other.manifest["asserts"] = ["whole", "rated"]
    first = entry("hasty")
    first.manifest["asserts"] = ["whole", "replayed", "rated"]
    _, found = merged(tmp_path, first, other)
    assert json.loads(found["bundle.json"])["asserts"] == ["whole"]


def test_the_same_entries_make_the_same_bytes(tmp_path: Path) -> None:
    benches = [entry("hasty"), entry("steady")]
    paths = [bench.write(tmp_path / str(number)) for number, bench in enumerate(benches)]
    one, other = merge(paths, tmp_path / "one.zip"), merge(paths, tmp_path / "other.zip")
    assert one == other
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()


def test_zips_and_compressed_transcripts_are_carried_over_as_they_are(tmp_path: Path) -> None:
    first = entry("hasty").write(tmp_path / "a", compress)
    second = zipped(entry("steady").write(tmp_path / "b"), tmp_path / "b.zip")
    merge([first, second], tmp_path / "out")
    found = files(tmp_path / "out")
    assert found["transcripts/hasty.jsonl.zst"] == (first / "transcripts/hasty.jsonl.zst").read_bytes()
    assert validate(tmp_path / "out", require=["replayed"]).verdict == "conforms"


def test_departures_stand_one_after_another(tmp_path: Path) -> None:
    first, second = entry("hasty"), entry("hasty", called="hurried")
    _, found = merged(tmp_path, first, second)
    declared = json.loads(found["departures.json"])["departures"]
    assert [one["system"] for one in declared] == ["hasty", "hasty", "hurried", "hurried"]


def test_a_blob_that_two_entries_have_is_taken_once(tmp_path: Path) -> None:
    _, found = merged(tmp_path, entry("hasty"), entry("hasty", called="hurried"))
    assert sum(path.startswith("blobs/") for path in found) == 2


def test_another_title_is_no_other_design_and_the_first_is_taken(tmp_path: Path) -> None:
    other = entry("steady")
    other["design.json"]["title"] = "Another"
    other["items.jsonl"][0]["extensions"] = {"org.example": {"note": "another"}}
    _, found = merged(tmp_path, entry("hasty"), other)
    assert json.loads(found["design.json"])["title"] == "Six programs on two items"
    assert b"org.example" not in found["items.jsonl"]


def test_paths_that_collide_get_their_system_and_others_stay(tmp_path: Path) -> None:
    first, second = entry("hasty"), entry("steady")
    first["transcripts/Runs.jsonl"] = first.values.pop("transcripts/hasty.jsonl")
    second["transcripts/runs.jsonl"] = second.values.pop("transcripts/steady.jsonl")
    second["transcripts/more.jsonl"] = [second["transcripts/runs.jsonl"].pop(0)]
    made, found = merged(tmp_path, first, second)
    assert {path for path in found if path.startswith("transcripts/")} == {
        "transcripts/hasty.Runs.jsonl",
        "transcripts/steady.runs.jsonl",
        "transcripts/more.jsonl",
    }
    assert [(path, new) for _, path, new in made.renamed] == [
        ("transcripts/Runs.jsonl", "transcripts/hasty.Runs.jsonl"),
        ("transcripts/runs.jsonl", "transcripts/steady.runs.jsonl"),
    ]
    assert validate(tmp_path / "out", require=["replayed"]).verdict == "conforms"


def test_a_file_without_runs_gets_the_entrys_id_and_a_taken_path_a_number(tmp_path: Path) -> None:
    first, second = entry("hasty"), entry("steady")
    for bench in (first, second):
        bench["transcripts/none.jsonl"] = []
    second["transcripts/six-programs.none.jsonl"] = []
    _, found = merged(tmp_path, first, second)
    assert {
        "transcripts/six-programs.none.jsonl",
        "transcripts/six-programs-2.none.jsonl",
        "transcripts/six-programs-3.none.jsonl",
    } < found.keys()


def test_what_belongs_to_an_entry_is_left_out_and_said(tmp_path: Path) -> None:
    whole = parent()
    for path in ("systems/steady.json", "transcripts/steady.jsonl"):
        del whole[path]
    whole["claims.json"] = {"fsep": "1.0", "kind": "claims", "claims": []}
    made, found = merged(tmp_path, whole, entry("steady"))
    for path in ("commitments.json", "ledger.jsonl", "claims.json", "proofs/"):
        assert not any(one.startswith(path) for one in found)
        assert sum(sentence.startswith(f"{path} of ") for sentence in made.left) == 1
    assert any("self-recorded" in sentence for sentence in made.left)


def test_automatic_ratings_are_joined(tmp_path: Path) -> None:
    first, second = rated("hasty"), rated("steady")
    made, found = merged(tmp_path, first, second)
    assert made.rated
    assert found[RATINGS] == first.bytes()[RATINGS] + second.bytes()[RATINGS]
    assert found["raters.json"] == first.bytes()["raters.json"]
    assert validate(tmp_path / "out", require=["whole"]).verdict == "conforms"


def test_a_last_line_without_line_feed_gets_one(tmp_path: Path) -> None:
    first, second = rated("hasty"), rated("steady")
    first[RATINGS] = first.bytes()[RATINGS].removesuffix(b"\n")
    _, found = merged(tmp_path, first, second)
    assert found[RATINGS] == first[RATINGS] + b"\n" + second.bytes()[RATINGS]


def test_a_profile_is_left_out_also_where_ratings_are_joined(tmp_path: Path) -> None:
    made, found = merged(tmp_path, profiled("hasty"), profiled("steady"))
    assert "profile.json" not in found
    assert any(
        sentence.startswith("profile.json of ") and "`fsep profile`" in sentence for sentence in made.left
    )


def blind(system: str) -> Workbench:
    """Return an entry that a person rated, with a departure about it and one about a run."""
    bench = rate(entry(system), CHECKER, ADA)
    bench["blinding.json"] = {"fsep": "1.0", "kind": "blinding", "salt": "0" * 64, "packets_sha256": "0" * 64}
    cell = {"system": system, "scaffold": "direct", "item": "peru", "replicate": 0}
    bench["departures.json"] = {
        "fsep": "1.0",
        "kind": "departures",
        "departures": [
            {"kind": "run-failed", **cell, "reason": "down"},
            {
                "kind": "rating-missing",
                **cell,
                "rater": "ada",
                "dimension": "verification-support",
                "reason": "ill",
            },
        ],
    }
    return bench


def test_blind_ratings_are_left_out_with_what_is_declared_of_them(tmp_path: Path) -> None:
    made, found = merged(tmp_path, blind("hasty"), blind("steady"))
    assert not made.rated
    assert not any(path.startswith(("ratings/", "raters", "blinding")) for path in found)
    assert "rubric.json" in found
    assert "under a salt of each entry's own, and are not merged" in made.left[0]
    declared = json.loads(found["departures.json"])["departures"]
    assert [one["kind"] for one in declared] == ["run-failed", "run-failed"]
    assert "Departures about ratings were left out with the ratings: 2." in made.left


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda bench: bench["raters.json"]["raters"][0].update(about="Another."),
            "not the same in all entries",
        ),
        (lambda bench: bench.values.pop("raters.json"), "raters.json is missing"),
        (lambda bench: [bench.values.pop(path) for path in ("raters.json", RATINGS)], "has no ratings"),
    ],
)
def test_ratings_by_other_raters_are_left_out_and_it_is_said(
    tmp_path: Path, change: Callable[[Workbench], Any], said: str
) -> None:
    other = rated("steady")
    change(other)
    made, found = merged(tmp_path, rated("hasty"), other)
    assert RATINGS not in found
    assert said in made.left[0]
    assert "is to be rated anew" in made.left[0]


def loss(*gaps: dict[str, Any], name: str = "fsep import x", version: str = "1") -> dict[str, Any]:
    return {
        "fsep": "1.0",
        "kind": "loss-report",
        "adapter": {"name": name, "version": version},
        "sources": [{"name": f"{len(gaps)}.json", "sha256": "0" * 64, "bytes": len(gaps)}],
        "gaps": list(gaps),
    }


def test_loss_reports_are_joined_and_what_two_count_is_added(tmp_path: Path) -> None:
    first, second = entry("hasty"), entry("steady")
    gap = {"id": "g", "kind": "dropped", "what": "It was dropped.", "count": 2}
    first["loss.json"] = loss(gap)
    second["loss.json"] = loss({**gap, "count": 3}, {**gap, "what": "Another."}, version="2")
    made, found = merged(tmp_path, first, second)
    report = json.loads(found["loss.json"])
    assert [(one["what"], one["count"]) for one in report["gaps"]] == [
        ("It was dropped.", 5),
        ("Another.", 2),
    ]
    assert len(report["sources"]) == 2
    assert report["adapter"] == {"name": "fsep import x"}
    assert any("version of the adapter" in sentence for sentence in made.left)


def test_an_entry_without_a_loss_report_is_named(tmp_path: Path) -> None:
    first = entry("hasty")
    first["loss.json"] = loss()
    made, _ = merged(tmp_path, first, entry("steady"))
    assert any("loss.json says nothing of" in sentence for sentence in made.left)


def test_extensions_that_differ_are_left_out_and_it_is_said(tmp_path: Path) -> None:
    first, second = entry("hasty"), entry("hasty", called="hurried")
    first["departures.json"]["extensions"] = {"org.example": {"a": 1}}
    made, found = merged(tmp_path, first, second)
    assert "extensions" not in json.loads(found["departures.json"])
    assert any("extensions of departures.json" in sentence for sentence in made.left)


def test_entries_imported_by_different_adapters_are_refused(tmp_path: Path) -> None:
    first, second = entry("hasty"), entry("steady")
    first["loss.json"], second["loss.json"] = loss(), loss(name="fsep import y")
    assert "different adapters: fsep import x, fsep import y" in refused(tmp_path, first, second)


def test_another_design_is_refused(tmp_path: Path) -> None:
    other = entry("steady")
    other["design.json"]["replicates"] = 2
    assert "are on different designs" in refused(tmp_path, entry("hasty"), other)


def test_a_system_that_two_entries_have_is_refused(tmp_path: Path) -> None:
    assert "the system 'hasty' is in" in refused(tmp_path, entry("hasty"), entry("hasty"))


def test_a_run_that_two_entries_have_is_refused(tmp_path: Path) -> None:
    other = rename(entry("hasty"), "hasty", "hurried")
    next(iter(other.runs()))["run"] = "hasty.direct.peru.0"
    assert "The run 'hasty.direct.peru.0' is in" in refused(tmp_path, entry("hasty"), other)


def test_a_run_of_a_system_that_is_not_the_entrys_is_refused(tmp_path: Path) -> None:
    other = entry("steady")
    next(iter(other.runs()))["system"] = "hasty"
    assert "is of the system 'hasty', which the entry does not have" in refused(
        tmp_path, entry("hasty"), other
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda bench: bench["scaffolds/direct.json"]["program"]["steps"][-1].update(parameters={}),
            "scaffolds/direct.json is not the same in",
        ),
        (
            lambda bench: bench["environments/desk.json"].update(version="0"),
            "environments/desk.json is not the",
        ),
        (
            lambda bench: bench["simulators/customer.json"]["model"].update(name="0"),
            "simulators/customer.json is",
        ),
        (lambda bench: bench.values.pop("scaffolds/react.json"), "lacks scaffolds/react.json"),
        (
            lambda bench: bench["items.jsonl"][0]["fields"].update(question="Which?"),
            "the items are not the same",
        ),
        (lambda bench: bench["items.jsonl"].reverse(), "the items are not the same"),
        (lambda bench: bench.values.pop("items.jsonl"), "has no items"),
        (lambda bench: bench.values.pop("design.json"), "has no design.json"),
    ],
)
def test_what_the_design_fixes_has_to_be_the_same(
    tmp_path: Path, change: Callable[[Workbench], Any], said: str
) -> None:
    other = entry("steady")
    change(other)
    assert said in refused(tmp_path, entry("hasty"), other)


def test_another_rubric_under_one_digest_is_refused(tmp_path: Path) -> None:
    other = rated("steady")
    other["rubric.json"]["dimensions"] = [{**copy.deepcopy(DIMENSION), "definition": "Another."}]
    assert "rubric.json is not the same in" in refused(tmp_path, rated("hasty"), other)


def test_withheld_items_that_are_not_the_same_bytes_are_refused(tmp_path: Path) -> None:
    benches = [entry("hasty"), entry("steady")]
    for digit, bench in enumerate(benches):
        withheld = {"commitment": str(digit) * 64, "kind": "string", "reason": "private"}
        bench["items.jsonl"][0]["fields"]["question"] = {"withheld": withheld}
    assert "cannot be told to be, since some are withheld" in refused(tmp_path, *benches)
    benches[1]["items.jsonl"] = benches[0]["items.jsonl"]
    merged(tmp_path, *benches, out="second")


def test_a_blob_with_two_contents_is_refused(tmp_path: Path) -> None:
    other = entry("hasty", called="hurried")
    path = next(path for path in other.values if path.startswith("blobs/"))
    other[path] = b"another"
    assert f"{path} is not the same in" in refused(tmp_path, entry("hasty"), other)


def test_a_changed_file_is_refused_and_nothing_is_left_behind(tmp_path: Path) -> None:
    bench = entry("hasty")
    path = bench.write(tmp_path / "a", lambda files: files.update({"systems/hasty.json": b"{}"}))
    with pytest.raises(FsepError, match=r"systems/hasty\.json"):
        merge([path], tmp_path / "out")
    assert {one.name for one in tmp_path.iterdir()} == {"a"}


def test_nothing_is_written_into_an_entry(tmp_path: Path) -> None:
    path = entry("hasty").write(tmp_path / "a")
    with pytest.raises(FsepError, match="lies in an entry"):
        merge([path], path / "out")


def test_the_command_says_what_it_wrote_and_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [
        str(bench.write(tmp_path / str(place)))
        for place, bench in enumerate((profiled("hasty"), rated("steady")))
    ]
    out = tmp_path / "out"
    assert main(["merge", *paths, "-o", str(out)]) == CONFORMS
    said = " ".join(capsys.readouterr().out.split())
    assert "2 systems: hasty, steady" in said
    assert "- profile.json of" in said
    assert f"Then: fsep validate {out}" in said
    assert main(["merge", *paths, "-o", str(out)]) == USAGE
    assert "is there already" in capsys.readouterr().err
