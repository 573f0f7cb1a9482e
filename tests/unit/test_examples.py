"""The examples that are committed are what their sources make, and say of themselves that they are synthetic."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import build
import stress_raters
from fsep.measures import effects, families, normal
from fsep.parsing import yaml

EXAMPLES = Path(__file__).parents[2] / "examples"
SOURCES = sorted(EXAMPLES.glob("*.source"))
STRESS = EXAMPLES / "verification-stress-test.source"
NONE, ALL = [0.0] * 15, [1.0] * 15


def files(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def built(source: Path) -> Path:
    """Return the committed bundle of a source folder."""
    return source.with_name(source.name.removesuffix(".source"))


def test_there_are_examples() -> None:
    assert {source.name for source in SOURCES} == {"six-programs.source", "verification-stress-test.source"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: str(source.stem))
def test_an_example_is_rebuilt_to_the_same_bytes(source: Path, tmp_path: Path) -> None:
    build.build(source, tmp_path / "out")
    made, committed = files(tmp_path / "out"), files(built(source))
    assert made.keys() == committed.keys()
    # Names alone: the bytes of whole transcripts would make a failure hard to read.
    assert [path for path in made if made[path] != committed[path]] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: str(source.stem))
def test_every_system_and_simulator_of_an_example_is_synthetic(source: Path) -> None:
    for role in ("systems", "simulators"):
        documents = [json.loads(path.read_bytes()) for path in (built(source) / role).glob("*.json")]
        assert documents
        assert all(document["synthetic"] is True for document in documents)
    assert json.loads((built(source) / "bundle.json").read_bytes())["description"].startswith("SYNTHETIC: ")


def test_all_that_can_be_read_alone_of_the_stress_test_says_that_it_is_synthetic() -> None:
    bundle = built(STRESS)
    described = [bundle / "design.json", bundle / "rubric.json", *(bundle / "scaffolds").iterdir()]
    assert len(described) == 6
    for path in described:
        assert json.loads(path.read_bytes())["description"].startswith("SYNTHETIC: "), path.name
    for claim in json.loads((bundle / "claims.json").read_bytes())["claims"]:
        assert "scripted stand-in" in claim["text"], claim["id"]
    raters = json.loads((bundle / "raters.json").read_bytes())["raters"]
    assert all(rater["kind"] == "automatic" or rater["synthetic"] is True for rater in raters)


def test_every_run_of_the_stress_test_is_there_in_less_than_a_megabyte_and_a_half() -> None:
    made = files(built(STRESS))
    runs = [path for path in made if path.startswith("transcripts/")]
    assert [made[path].count(b"\n") for path in runs] == [4 * 15] * 3
    assert sum(map(len, made.values())) < 1_500_000


def test_fifteen_items_can_tell_raised_unchanged_and_different_by_the_margin_of_the_stress_test() -> None:
    design: Any = yaml.parse((STRESS / "design.yaml").read_bytes())
    margin = design["analysis"]["dimensions"][0]["margin"]
    z = normal.two_sided(design["analysis"]["confidence"], comparisons=9)
    unchanged = effects.effect(NONE, NONE, z=z)
    raised = effects.effect(ALL, NONE, z=z)
    difference = effects.difference(ALL, NONE, NONE, NONE, z=z)
    assert families.effect_verdict(unchanged, margin) == "equivalent"
    assert families.effect_verdict(raised, margin) == "raised"
    assert families.difference_verdict(difference, margin) == "differs"
    # The figures that the README of the sources gives.
    ends = (z, unchanged.high, raised.low, difference.low, effects.effect(NONE[:13], NONE[:13], z=z).high)
    assert [round(end, 2) for end in ends] == [2.77, 0.23, 0.57, 0.37, 0.26]
    assert round(effects.difference(NONE, NONE, NONE, NONE, z=z).high, 2) == 0.46


def _packet(said: str, wish: str = "", packet: str = "0") -> dict[str, Any]:
    return {
        "packet": packet,
        "fields": [{"field": "question", "value": "?"}, {"field": "wish", "value": wish}],
        "content": [{"role": "user", "content": "Source: none. To check: none."}, _said(said)],
    }


def _said(said: str) -> dict[str, str]:
    return {"role": "assistant", "content": said}


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("It is so.", "none"),
        ("It is so. Source: an atlas.", "some"),
        ("It is so. To check: look at a map.", "some"),
        ("It is so. Source: an atlas. To check: look at a map.", "full"),
    ],
)
def test_a_scripted_rater_goes_by_what_the_system_says_last(said: str, value: str) -> None:
    assert stress_raters.rate("adjudicator", _packet(said), "verification-support") == value
    before = _packet(said)
    before["content"].insert(1, _said("Source: a book. To check: read it."))
    assert stress_raters.rate("adjudicator", before, "verification-support") == value


@pytest.mark.parametrize(
    ("said", "wish", "value"),
    [
        ("Bell", "", "not-occasioned"),
        ("Bell", "Answer with the bare name or number.", "followed"),
        ("It was granted to Bell.", "Answer with the bare name or number.", "ignored"),
        ("It was granted to Bell.", "Answer in one sentence.", "followed"),
        ("It was granted to Bell. Source: a book.", "Answer in one sentence.", "ignored"),
    ],
)
def test_a_scripted_rater_goes_by_the_wish(said: str, wish: str, value: str) -> None:
    assert stress_raters.rate("adjudicator", _packet(said, wish), "process-steerability") == value


def test_scripted_raters_depart_now_and_then_apart_from_each_other_and_never_beyond_a_tenth() -> None:
    packets = [_packet("It is so.", packet=f"{number:064x}") for number in range(1000)]
    departures = {
        rater: {
            packet["packet"]
            for packet in packets
            if stress_raters.rate(rater, packet, "verification-support") != "none"
        }
        for rater in ("rater-one", "rater-two", "adjudicator")
    }
    assert departures["adjudicator"] == set()
    assert 20 < len(departures["rater-one"]) < 100
    assert 20 < len(departures["rater-two"]) < 100
    assert departures["rater-one"] != departures["rater-two"]
