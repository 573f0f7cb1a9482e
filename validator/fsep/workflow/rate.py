"""The steps of the rating itself: ratings are taken in, differences decided, and the salt is opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from fsep.checks.raters import file_of
from fsep.digests import document_digest
from fsep.errors import FsepError, visible
from fsep.packing.files import document_bytes
from fsep.parsing import json as strict
from fsep.workflow import packets
from fsep.workflow.place import BLINDING, COMMITMENTS, Workplace
from fsep.workflow.place import lines as jsonl
from fsep.workflow.sheets import Dealing, Row, deal, rating_line, unready
from fsep.workflow.steps import CLAIMS, PROFILE, check_in, dealt, lacking, write_packets

Given = dict[tuple[str, str, str], dict[str, Any]]

# Who knows the run is assigned all runs, whatever the salt; to survey them some salt has to be there.
_ANY_SALT: Mapping[str, Any] = {"kind": "blinding", "salt": "0" * 64, "packets_sha256": "0" * 64}
# What can be mended as long as the salt is not open, and not afterwards.
_BEFORE_OPENING = (
    "FSEP-RAT-001",
    "FSEP-RAT-002",
    "FSEP-BLD-001",
    "FSEP-BLD-002",
    "FSEP-BLD-003",
    "FSEP-BLD-005",
    "FSEP-RAT-003",
    "FSEP-RAT-004",
    "FSEP-RAT-005",
    "FSEP-RAT-006",
    "FSEP-RAT-008",
)


def import_ratings(place: Workplace, rater: str, file: Path, at: str | None = None) -> int:
    """Take in what a rater filled in, put it in order, and commit it; return how many ratings there are.

    Raises:
        FsepError: where something comes first, where ratings are missing that no departure declares, or are
            of what was not assigned.
    """
    if place.has(BLINDING):
        raise FsepError(
            "The salt is open: nothing is rated any more.", advice="What was rated later was not blind."
        )
    by_id = {one["id"]: one for one in place.raters()}
    if rater not in by_id:
        raise FsepError(
            f"raters.yaml names no rater {visible(rater, 100)}.", advice=f"Known are: {', '.join(by_id)}."
        )
    if file.stem in by_id and file.stem != rater:
        raise FsepError(
            f"{visible(file.name, 100)} is the sheet of {visible(file.stem, 100)}, and not of {rater}.",
            advice="Name each rater with the sheet of that name; a file of ratings may have any other name.",
        )
    blind, adjudicates = by_id[rater]["kind"] in ("human", "model"), by_id[rater]["role"] == "adjudicator"
    if blind and not place.committed("blinding"):
        raise FsepError(
            "The study is not blinded.",
            advice="First `fsep blind FOLDER --private ...`, which writes the packets.",
        )
    if adjudicates:
        check_in(place, blind_only=True)
    any_salt = document_bytes(BLINDING, {"fsep": place.version, **_ANY_SALT})
    dealing = dealt(place, place.salt if blind else any_salt)
    if not dealing.whole.rateable:
        raise FsepError("There are no runs to rate.", advice="Run the study first.")
    rows = dealing.undecided(rater) if adjudicates else _to_rate(dealing, rater)
    given = packets.read(file, dealing.whole.rated.rubric)
    made = _in_order(rows, given)
    _check_complete(dealing, rater, rows, made)
    if given:
        key = next(iter(given))
        raise FsepError(
            f"Ratings of what {rater!r} was not assigned: {len(given)}; the first is of "
            f"{visible(key[1])}, {'packet' if blind else 'run'} {visible(key[0], 80)}"
            f"{f', step {visible(key[2])}' if key[2] else ''}.",
            advice="Take them out: who rates what follows from the salt."
            if blind
            else "Take them out: rated are the runs of the plan that are not failed.",
        )
    data = jsonl([line for line in made if line is not None])
    if blind:
        # A time that is none is refused before anything is written.
        place.chained("ratings", "0" * 64, at, rater)
    place.write(file_of(rater), data)
    if blind:
        place.commit("ratings", sha256(data).hexdigest(), at, rater)
    return data.count(b"\n")


def _in_order(rows: Iterable[Row], given: Given) -> list[dict[str, Any] | None]:
    """Take the rating of each row from those given; None where there is none."""
    made: list[dict[str, Any] | None] = []
    for row in rows:
        rating = given.pop((row.packet or row.run, row.dimension, row.step), None)
        made.append(rating_line(row, rating) if rating is not None else None)
    return made


def _seat(dealing: Dealing, rater: str, dimension: str) -> tuple[str, ...]:
    """Return who holds a rater's place in a dimension; nobody, where an adjudicator is asked about."""
    panel = dealing.whole.rated.raters.panels[dimension]
    seat = panel.seat_of(rater)
    return panel.seats[seat] if seat is not None else ()


def _to_rate(dealing: Dealing, rater: str) -> list[Row]:
    """Return what is left to a rater: all that is assigned, but for what one who was replaced has rated."""
    whole = dealing.whole
    slots = {run.run: slot for slot, run in whole.rateable.items()}
    return [
        row
        for row in dealing.sheet(rater)
        if (seat := _seat(dealing, rater, row.dimension))[0] == rater
        or (slots[row.run], row.step) not in whole.ratings.book.of(seat[0], row.dimension)
    ]


def _check_complete(dealing: Dealing, rater: str, rows: list[Row], made: list[dict[str, Any] | None]) -> None:
    """Refuse where a rating is not there that neither a departure declares nor another takes over."""
    whole = dealing.whole
    slots = {run.run: slot for slot, run in whole.rateable.items()}
    missing = [
        row
        for row, rating in zip(rows, made, strict=True)
        if rating is None
        # One who was replaced need not have rated all.
        and not (len(seat := _seat(dealing, rater, row.dimension)) > 1 and seat[0] == rater)
        and (rater, row.dimension, (slots[row.run], row.step)) not in whole.ratings_declared_missing
    ]
    if missing:
        first = missing[0]
        raise FsepError(
            f"Ratings that are not filled in: {len(missing)}; the first is of {first.dimension!r}, "
            f"{'packet' if first.packet else 'run'} {first.packet or first.run}"
            f"{f', step {first.step}' if first.step else ''}.",
            advice="Have them rated, or declare each in departures.yaml with the kind rating-missing.",
        )


def adjudicate(place: Workplace) -> dict[str, int]:
    """Write packets for the adjudicators; return how many decisions each has to make.

    Raises:
        FsepError: where some rater's ratings are not in yet, or the salt is open.
    """
    if place.has(BLINDING):
        raise FsepError("The salt is open: nothing is decided any more.", advice="Go on with `fsep profile`.")
    if not place.committed("blinding"):
        raise FsepError("The study is not blinded.", advice="First `fsep blind FOLDER --private ...`.")
    check_in(place, blind_only=True)
    dealing = dealt(place, place.salt)
    dealing.check_shown()
    found = {}
    for rater, one in dealing.whole.rated.raters.by_id.items():
        if one["role"] == "adjudicator":
            rows = dealing.undecided(rater)
            write_packets(place, dealing, rater, rows)
            found[rater] = len(rows)
    return found


def open_salt(place: Workplace, at: str | None = None) -> None:
    """Publish the salt: it is committed as opened, and written into the study.

    Raises:
        FsepError: where some ratings are not in yet, or something is amiss that cannot be mended afterwards.
    """
    if place.has(BLINDING):
        raise FsepError("The salt is open already.", advice="Go on with `fsep profile`.")
    if not place.committed("blinding"):
        raise FsepError("The study is not blinded.", advice="First `fsep blind FOLDER --private ...`.")
    check_in(place)
    for rater in lacking(place, roles=("adjudicator",)):
        raise FsepError(
            f"The decisions of {rater!r} are not in yet.",
            advice="First `fsep ratings adjudicate FOLDER --private ...`, then "
            f"`fsep ratings import FOLDER {rater} FILE --private ...`.",
        )
    data = place.salt
    value: Any = strict.parse(data)
    digest = document_digest(value)
    chain = place.chained("opening", digest, at)
    with place.packed(
        {
            PROFILE: None,
            CLAIMS: None,
            BLINDING: data,
            COMMITMENTS: document_bytes(COMMITMENTS, chain),
        }
    ) as bundle:
        results = deal(bundle).results
    for requirement in _BEFORE_OPENING:
        if results.tally(requirement).failed:
            raise unready(f"blocked by {requirement}", results, "The salt is not opened yet")
    place.write_document(COMMITMENTS, chain)
    place.write(BLINDING, data)
