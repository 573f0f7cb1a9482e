"""Rates the runs of the verification stress test, step by step as a study goes, with scripted raters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fsep.parsing import yaml
from fsep.rating.blind import Blind
from fsep.workflow import figures, steps
from fsep.workflow import rate as rating
from fsep.workflow.place import Workplace
from stress_raters import rate

# A study draws its salt at random and nobody sees it before all is rated. This one is fixed, so that the
# example comes out the same.
SALT = "5eed" * 16
RATERS, ADJUDICATOR, CHECKER = ("rater-one", "rater-two"), "adjudicator", "key-checker"


def before_runs(authored: Path) -> None:
    """Commit the design."""
    steps.commit(Workplace(authored), "design", "2026-05-01T09:00:00Z")


def after_runs(authored: Path, private: Path) -> None:
    """Go from the runs to claims."""
    place = Workplace(authored, private)
    steps.commit(place, "transcripts", "2026-05-05T09:00:00Z")
    steps.blind(place, "2026-05-05T10:00:00Z", salt=SALT)
    for rater in RATERS:
        _rate(place, rater, "2026-05-06T09:00:00Z")
    rating.adjudicate(place)
    _rate(place, ADJUDICATOR, "2026-05-06T10:00:00Z")
    _check_keys(place)
    rating.open_salt(place, "2026-05-07T09:00:00Z")
    figures.profile(place)
    figures.claims(place)


def _rate(place: Workplace, rater: str, at: str) -> None:
    """Fill in a rater's packet, and take it in."""
    assert place.private is not None
    sheet = place.private / "packets" / f"{rater}.jsonl"
    lines = [json.loads(line) for line in sheet.read_text(encoding="utf-8").splitlines()]
    missing = _missing(place)
    for line in lines:
        for one in line["rate"]:
            if (rater, one["dimension"], line["packet"]) not in missing:
                one["value"] = rate(rater, line["shown"][0], one["dimension"])
    filled = place.private / f"{rater}.jsonl"
    filled.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    rating.import_ratings(place, rater, filled, at)


def _missing(place: Workplace) -> set[tuple[str, str, str]]:
    """Return the ratings that are declared missing: rater, dimension, blind id."""
    blind, document = Blind(SALT), place.document("departures.json") or {"departures": []}
    return {
        (one["rater"], one["dimension"], blind.packet(_run_id(one)))
        for one in document["departures"]
        if one["kind"] == "rating-missing"
    }


def _run_id(named: Mapping[str, Any]) -> str:
    return f"{named['system']}.{named['scaffold']}.{named['item']}.{named['replicate']}"


def _check_keys(place: Workplace) -> None:
    """Look for the key of each item in the result of each run."""
    items: Any = yaml.parse((place.folder / "items.yaml").read_bytes())
    keys = {item["id"]: item["fields"]["key"] for item in items}
    assert place.private is not None
    found = place.private / f"{CHECKER}.jsonl"
    with found.open("w", encoding="utf-8") as stream:
        files = sorted((place.folder / "transcripts").iterdir())
        for line in (line for file in files for line in file.read_text(encoding="utf-8").splitlines()):
            run = json.loads(line)
            there = keys[run["item"]] in run["result"][0]["content"].lower()
            value = "present" if there else "absent"
            stream.write(json.dumps({"run": run["run"], "dimension": "key-match", "value": value}) + "\n")
    rating.import_ratings(place, CHECKER, found)
