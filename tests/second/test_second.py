"""What the text itself gives to hold the second program to: a worked example, a published table and the schemas."""

import json
from fractions import Fraction
from functools import cache
from pathlib import Path

import jsonschema
import pytest
import referencing
from referencing.jsonschema import DRAFT202012

from second import invent, profile

SCHEMAS = Path(__file__).parents[2] / "schemas" / "1.0"


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    documents = [json.loads(path.read_bytes()) for path in SCHEMAS.glob("*.json")]
    resources = ((document["$id"], DRAFT202012.create_resource(document)) for document in documents)
    registry: referencing.Registry = referencing.Registry().with_resources(resources)
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_bytes())
    return jsonschema.Draft202012Validator(schema, registry=registry)


def test_digest_of_the_design_that_is_worked_out_in_chapter_4() -> None:
    design = {
        "kind": "design",
        "id": "brief-peru",
        "scaffolds": [
            {
                "id": "brief",
                "program_sha256": "ab257cb0b865d6a096eb8c719be701ea93ba52e1798737396248d8f57ca80ce8",
            }
        ],
        "baseline": "brief",
        "items": {"sha256": "604f5844dd47963b47a6f4d4601dc944ff06ff416ea81dcbee41330130c5a78c", "count": 1},
        "replicates": 1,
        "limits": {"missing_share": 0},
    }
    assert profile.digest(design) == "0ea53acbda1be0adb851d4d32351305fa0489b6408b357a8aed18fcd3be457af"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.95, "0.95"),
        (1.0, "1"),
        (1e-6, "0.000001"),
        (1.5e-6, "0.0000015"),
        (1e-7, "1e-7"),
        (-2.5e-9, "-2.5e-9"),
    ],
)
def test_numbers_are_written_as_in_ecmascript(value: float, text: str) -> None:
    assert profile.canonical(value) == text


def test_alpha_of_the_table_in_krippendorffs_book() -> None:
    table = [
        "11.1", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", ".555", "..11", "..3.",
    ]  # fmt: skip
    units = [[int(value) for value in row if value != "."] for row in table]
    units = [unit for unit in units if len(unit) > 1]
    nominal, ordinal = profile.alpha(units, False), profile.alpha(units, True)
    assert nominal and ordinal
    assert (round(float(nominal), 3), round(float(ordinal), 3)) == (0.743, 0.815)


def test_kappa_by_hand() -> None:
    units = [[0, 0]] * 20 + [[0, 1]] * 5 + [[1, 0]] * 10 + [[1, 1]] * 15
    assert profile.kappa(units, False) == Fraction(2, 5)
    assert profile.kappa([[1, 1]], False) is None


@pytest.mark.parametrize("seed", range(4))
def test_what_is_invented_and_computed_fits_the_schemas(seed: int, tmp_path: Path) -> None:
    invent.invent(seed, tmp_path)
    validator("profile").validate(profile.compute(tmp_path))
    for name in ("design", "rubric", "raters", "blinding", "departures", "claims"):
        if (tmp_path / f"{name}.json").exists():
            validator(name).validate(json.loads((tmp_path / f"{name}.json").read_bytes()))
    for name in ("system", "scaffold", "simulator", "environment"):
        for path in (tmp_path / f"{name}s").glob("*.json"):
            validator(name).validate(json.loads(path.read_bytes()))
    for name, files in (("item", "items.jsonl"), ("run", "transcripts/*"), ("rating", "ratings/*")):
        records = [record for path in tmp_path.glob(files) for record in profile.lines(path)]
        for record in records:
            validator(name).validate(record)
