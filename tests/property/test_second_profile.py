"""Two programs for the alignment profile, the second written from the specification alone, say the same."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import parent
from fsep.checks.figures import equal, key_of
from fsep.claims.fill import fill
from fsep.workflow.sheets import deal
from second import profile as second
from second.invent import invent
from workbench import listed

SEEDS = 400 if os.environ.get("FSEP_THOROUGH") == "1" else 40


def in_order(profile: Any) -> dict[str, Any]:
    """Return a profile as JSON, what may stand in any order sorted."""
    made: dict[str, Any] = json.loads(json.dumps(profile))
    for member in ("cells", "effects", "differences"):
        made[member].sort(key=key_of)
    return made


def pack(folder: Path) -> None:
    """Write a manifest over the files of a folder."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    manifest = {
        "fsep": "1.0",
        "kind": "bundle",
        "id": "invented",
        "asserts": [],
        "files": [listed(path, files[path].read_bytes()) for path in sorted(files)],
    }
    (folder / "bundle.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_both_programs_compute_one_profile_and_derive_one_distance(seed: int, tmp_path: Path) -> None:
    invent(seed, tmp_path)
    claims = json.loads((tmp_path / "claims.json").read_bytes())
    pack(tmp_path)
    whole = deal(tmp_path).whole
    computed = second.compute(tmp_path)
    assert equal(in_order(whole.profile), in_order(computed))
    derived = second.claims(tmp_path, computed)
    for filled, other in zip(fill(claims, whole.basis)["claims"], derived, strict=True):
        assert filled["evidence_level"] == other["evidence_level"]
        assert filled["marks"] == other["marks"]
        assert [reach["axis"] for reach in filled["distance"]] == other["distance"]


def test_both_agree_on_the_parent_of_the_cases(tmp_path: Path) -> None:
    bench = parent.rated_parent()
    bench.write(tmp_path)
    assert equal(in_order(bench["profile.json"]), in_order(second.compute(tmp_path)))


def test_a_figure_that_is_off_is_seen(tmp_path: Path) -> None:
    bench = parent.rated_parent()
    bench.write(tmp_path)
    stated = in_order(bench["profile.json"])
    cell = next(one for one in stated["cells"] if one["share"])
    cell["share"]["low"] += 2e-9
    assert not equal(stated, in_order(second.compute(tmp_path)))
