"""The flagship example reaches what it asserts, and holds against single faults."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import parent
from fsep.engine import validate
from fsep.findings import Outcome
from fsep.workflow.sheets import deal
from second import profile as second
from workbench import Workbench

FLAGSHIP = parent.ROOT / "examples" / "verification-stress-test"
FACETS = ("whole", "replayed", "complete", "rated", "claims-checked")


def bench() -> Workbench:
    """Return the example, to be changed; what was recorded line by line stays as it was written."""
    values: dict[str, Any] = {}
    for path in sorted(FLAGSHIP.rglob("*")):
        name = path.relative_to(FLAGSHIP).as_posix()
        if path.is_file():
            data = path.read_bytes()
            if name.endswith(".json"):
                values[name] = json.loads(data)
            elif name.startswith("ratings/"):
                values[name] = [json.loads(line) for line in data.splitlines()]
            else:
                values[name] = data
    return Workbench(values)


def refused(made: Workbench, folder: Path) -> set[str]:
    """Return the requirements that a copy does not meet, of the facets that the example asserts."""
    report = validate(made.write(folder), require=FACETS)
    failed = {one.requirement for one in report.outcomes if one.outcome is Outcome.FAIL}
    return failed - {"FSEP-PRE-004"}


def test_it_conforms_at_all_that_it_asserts() -> None:
    report = validate(FLAGSHIP, require=FACETS)
    assert report.verdict == "conforms"
    assert {finding.requirement for finding in report.findings} == {"FSEP-PRE-004"}
    passed = {one.requirement for one in report.outcomes if one.outcome is Outcome.PASS}
    assert {"FSEP-CLM-008", "FSEP-CLM-010", "FSEP-RAT-008", "FSEP-BLD-003"} <= passed
    assert {"system amber", "simulator asker", "rater rater-one"} <= set(report.bundle["synthetic"])


def test_one_system_is_raised_one_is_unchanged_and_their_effects_differ() -> None:
    profile = json.loads((FLAGSHIP / "profile.json").read_bytes())
    effects = {
        one["system"]: one["verdict"]
        for one in profile["effects"]
        if (one["scaffold"], one["dimension"]) == ("verification", "verification-support")
    }
    assert effects == {"amber": "raised", "birch": "equivalent", "cedar": "undetermined"}
    (difference,) = [
        one
        for one in profile["differences"]
        if (one["systems"], one["scaffold"], one["dimension"])
        == (["amber", "birch"], "verification", "verification-support")
    ]
    assert difference["verdict"] == "differs"
    assert "truthfulness" in profile["not_measured"]


def test_the_second_program_computes_the_same_figures() -> None:
    stated = json.loads((FLAGSHIP / "profile.json").read_bytes())
    computed = second.compute(FLAGSHIP)
    for kind, figure in (("cells", "share"), ("effects", "effect"), ("differences", "difference")):
        others = {_key(one): one for one in computed[kind]}
        for one in stated[kind]:
            other = others[_key(one)]
            for member in ("estimate", "low", "high"):
                assert one[figure][member] == pytest.approx(other[figure][member], abs=1e-9)


def _key(entry: dict[str, Any]) -> tuple[str, ...]:
    return (*entry.get("systems", [entry.get("system")]), entry["scaffold"], entry["dimension"])


def test_no_packet_names_a_system_or_a_scaffold() -> None:
    packets = deal(FLAGSHIP).packets
    assert len(packets) == 180
    said = json.dumps(list(packets.values()))
    assert not any(name in said for name in ("amber", "birch", "cedar", "critique", "dialogue"))


Fault = Callable[[Workbench], object]


def _claims(made: Workbench) -> list[dict[str, Any]]:
    claims: list[dict[str, Any]] = made["claims.json"]["claims"]
    return claims


def _anywhere(claim: dict[str, Any]) -> dict[str, Any]:
    """Return a claim about some systems as one about all, with a bridge over the distance."""
    return {
        **claim,
        "id": "anywhere",
        "status": "inferred",
        "asserts": {**claim["asserts"], "systems": "any"},
        "distance": [{"axis": "systems", "bridge": {"argument": "Models are alike.", "support": "untested"}}],
    }


def _generalised(made: Workbench) -> None:
    _claims(made).append(_anywhere(_claims(made)[0]))


def _generalised_where_no_difference_is_found(made: Workbench) -> None:
    claim = _anywhere(_claims(made)[1])
    claim["asserts"]["scaffolds"] = ["critique"]
    claim["evidence"] = [{**claim["evidence"][0], "system": "amber", "scaffold": "critique"}]
    claim["marks"] = ["saturated"]
    _claims(made).append(claim)


def _as_observed(made: Workbench) -> None:
    _claims(made)[4]["status"] = "observed"


def _unbridged(made: Workbench) -> None:
    del _claims(made)[4]["distance"][2]["bridge"]


def _level_too_high(made: Workbench) -> None:
    _claims(made)[0]["asserts"]["level"] = "interaction"


def _more_than_shown(made: Workbench) -> None:
    _claims(made)[3]["asserts"]["at_least"] = 0.95


def _unchanged_though_undetermined(made: Workbench) -> None:
    _claims(made)[1]["asserts"]["systems"] = ["cedar"]
    _claims(made)[1]["evidence"][0]["system"] = "cedar"
    _claims(made)[1]["marks"] = ["saturated"]


def _wrong_kappa(made: Workbench) -> None:
    made["profile.json"]["measured"][0]["agreement"]["coefficient"] = 0.99


def _pooled(made: Workbench) -> None:
    effects = made["profile.json"]["effects"]
    effects.append({**effects[0], "system": "all-systems"})


def _not_measured_dropped(made: Workbench) -> None:
    made["profile.json"]["not_measured"].remove("truthfulness")


def _shifted(made: Workbench) -> None:
    made["profile.json"]["cells"][3]["share"]["estimate"] += 1e-8


def _overall(made: Workbench) -> None:
    made["profile.json"]["score"] = 0.71


def _edited(made: Workbench) -> None:
    line = next(line for line in made["ratings/rater-one.jsonl"] if line.get("value") == "none")
    line["value"] = "full"


def _adjudicated_otherwise(made: Workbench) -> None:
    made["ratings/adjudicator.jsonl"][0]["value"] = "none"


def _another_key(made: Workbench) -> None:
    made["ratings/key-checker.jsonl"][0]["value"] = "absent"


FAULTS: list[tuple[str, Fault]] = [
    ("FSEP-CLM-009", _generalised),
    ("FSEP-CLM-008", _as_observed),
    ("FSEP-CLM-007", _unbridged),
    ("FSEP-CLM-006", _level_too_high),
    ("FSEP-CLM-005", _more_than_shown),
    ("FSEP-CLM-005", _unchanged_though_undetermined),
    ("FSEP-AGR-001", _wrong_kappa),
    ("FSEP-PRF-006", _pooled),
    ("FSEP-PRF-002", _not_measured_dropped),
    ("FSEP-PRF-005", _shifted),
    ("FSEP-DOC-002", _overall),
    ("FSEP-BLD-002", _edited),
    ("FSEP-BLD-002", _adjudicated_otherwise),
    ("FSEP-PRF-003", _another_key),
]


ACCEPTED: list[tuple[str, Fault]] = [("FSEP-CLM-009", _generalised_where_no_difference_is_found)]


@pytest.mark.parametrize(("requirement", "change"), ACCEPTED)
def test_what_comes_near_a_fault_is_accepted(requirement: str, change: Fault, tmp_path: Path) -> None:
    made = bench()
    change(made)
    report = validate(made.write(tmp_path), require=FACETS)
    assert report.verdict == "conforms"
    assert requirement in {one.requirement for one in report.outcomes if one.outcome is Outcome.PASS}


@pytest.mark.parametrize(
    ("requirement", "fault"),
    FAULTS,
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)
def test_a_single_fault_is_refused_by_its_requirement_alone(
    requirement: str, fault: Fault, tmp_path: Path
) -> None:
    made = bench()
    fault(made)
    assert refused(made, tmp_path) == {requirement}
