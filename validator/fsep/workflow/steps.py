"""The steps of a rated study, each of which refuses to run out of order and says what comes first."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from fsep.checks.account import account
from fsep.checks.raters import file_of
from fsep.checks.registry import BlockedError
from fsep.claims.fill import begin, fill
from fsep.digests import document_digest
from fsep.errors import FsepError, visible
from fsep.packing.files import document_bytes
from fsep.parsing import json as strict
from fsep.workflow import packets
from fsep.workflow.place import BLINDING, RATERS, Workplace
from fsep.workflow.place import lines as jsonl
from fsep.workflow.sheets import Dealing, Row, deal, rating_line

PROFILE, CLAIMS = "profile.json", "claims.json"
_VALIDATE = "`fsep validate` tells what is wrong."
_TO_COMMIT = ("design", "transcripts")
# Raters who do not know the system.
_BLIND = ("human", "model")


def commit(place: Workplace, of: str, at: str | None = None) -> str:
    """Commit the design, or the transcripts, as they are when packed; return the digest committed."""
    if of == "transcripts" and not place.committed("design"):
        raise FsepError("The design is not committed.", advice="First `fsep commit FOLDER design`.")
    with place.packed({PROFILE: None, CLAIMS: None}) as bundle:
        if of == "design":
            digest = _document_digest((bundle / "design.json").read_bytes())
        else:
            paths = sorted((bundle / "transcripts").glob("*")) if (bundle / "transcripts").is_dir() else []
            if not paths:
                raise FsepError("There are no transcripts yet.", advice="Run the study first.")
            digest = sha256(b"".join(sha256(path.read_bytes()).digest() for path in paths)).hexdigest()
    place.commit(of, digest, at)
    return digest


def _document_digest(data: bytes) -> str:
    value: Any = strict.parse(data)
    return document_digest(value)


def blind(place: Workplace, at: str | None = None, salt: str | None = None) -> list[str]:
    """Commit a salt, and write a packet for every rater into the private folder; return what was written.

    Args:
        place: the study, with its private folder.
        at: the time of the commitment; now, where none is given.
        salt: 64 hexadecimal digits, for examples that have to come out the same; a study draws its own.

    Raises:
        FsepError: where something comes first, or it was done already.
    """
    for of in _TO_COMMIT:
        if not place.committed(of):
            raise FsepError(f"The {of} has to be committed first.", advice=f"`fsep commit FOLDER {of}`.")
    if place.committed("blinding"):
        raise FsepError(
            "The study is blinded already.", advice="A salt is drawn once, before anything is rated."
        )
    if place.private is None or (place.private / BLINDING).exists():
        raise FsepError("A private folder without a blinding is needed.", advice="Name one with --private.")
    rubric = place.document("rubric.json")
    if rubric is None or place.document(RATERS) is None:
        raise FsepError(
            "There is no rubric, or nobody to rate.", advice="Write rubric.yaml and raters.yaml first."
        )
    version = (place.document("bundle.json") or {}).get("fsep", "1.0")
    blinding = {
        "fsep": version,
        "kind": "blinding",
        "salt": salt or secrets.token_hex(32),
        "packets_sha256": "0" * 64,
    }
    dealing = _deal(place, document_bytes(BLINDING, blinding))
    blinding["packets_sha256"] = dealing.packets_sha256
    data = document_bytes(BLINDING, blinding)
    place.private.mkdir(parents=True, exist_ok=True)
    (place.private / BLINDING).write_bytes(data)
    place.commit("blinding", document_digest(blinding), at)
    written = [BLINDING, *_guide(place.private, rubric)]
    for rater, one in dealing.whole.rated.raters.by_id.items():
        if one["role"] == "rater" and dealing.whole.rated.raters.blind(rater):
            written += _packets(place.private, dealing, rater, dealing.sheet(rater))
    return written


def _deal(place: Workplace, blinding: bytes | None) -> Dealing:
    """Survey the study as it is, with a salt, and an empty file for whoever has not rated yet."""
    raters = (place.document(RATERS) or {}).get("raters", ())
    ids = [str(one.get("id")) for one in raters if isinstance(one, dict)]
    instead: dict[str, bytes | None] = {file_of(id_): b"" for id_ in ids if not place.has(file_of(id_))}
    # What is written later is of no concern here.
    instead |= {PROFILE: None, CLAIMS: None}
    if blinding is not None and not place.has(BLINDING):
        instead[BLINDING] = blinding
    with place.packed(instead) as bundle:
        return deal(bundle)


def _guide(private: Path, rubric: Mapping[str, Any]) -> list[str]:
    folder = private / "packets"
    folder.mkdir(exist_ok=True)
    (folder / "guide.md").write_bytes(packets.guide(rubric))
    return ["packets/guide.md"]


def _packets(private: Path, dealing: Dealing, rater: str, rows: list[Row]) -> list[str]:
    (private / "packets").mkdir(exist_ok=True)
    names = [f"packets/{rater}.jsonl", f"packets/{rater}.csv"]
    (private / names[0]).write_bytes(packets.as_lines(dealing, rows))
    (private / names[1]).write_bytes(packets.as_table(dealing, rows))
    return names


def import_ratings(place: Workplace, rater: str, file: Path, at: str | None = None) -> int:
    """Take in what a rater filled in, put it in order, and commit it; return how many ratings there are.

    Raises:
        FsepError: where ratings are missing that no departure declares, or are of what was not assigned.
    """
    if place.has(BLINDING):
        raise FsepError(
            "The salt is open: nothing is rated any more.", advice="What was rated later was not blind."
        )
    by_id = {one["id"]: one for one in (place.document(RATERS) or {"raters": ()})["raters"]}
    if rater not in by_id:
        raise FsepError(
            f"raters.json names no rater {visible(rater, 100)}.", advice=f"Known are: {', '.join(by_id)}."
        )
    blind_ = by_id[rater]["kind"] in _BLIND
    if blind_ and not place.committed("blinding"):
        raise FsepError("The study is not blinded.", advice="First `fsep blind`, which writes the packets.")
    dealing = _deal(place, place.salt if blind_ else None)
    rows = dealing.undecided(rater) if by_id[rater]["role"] == "adjudicator" else dealing.sheet(rater)
    given = packets.read(file, dealing.whole.rated.rubric)
    declared = {
        (one["rater"], one["dimension"], thing)
        for one in dealing.whole.rated.departures
        if one["kind"] == "rating-missing" and (thing := dealing.whole.thing(one)) is not None
    }
    slots = {run.run: slot for slot, run in dealing.whole.rateable.items()}
    made, lacking = [], []
    for row in rows:
        rating = given.pop((row.packet or row.run, row.dimension, row.step), None)
        if rating is not None:
            made.append(rating_line(row, rating))
        elif (rater, row.dimension, (slots[row.run], row.step)) not in declared:
            lacking.append(row)
    if lacking:
        first = lacking[0]
        raise FsepError(
            f"{len(lacking)} ratings are not filled in; the first is of {first.dimension!r}, "
            f"packet {first.packet or first.run}.",
            advice="Have them rated, or declare each in departures.yaml with the kind rating-missing.",
        )
    if given:
        key = next(iter(given))
        raise FsepError(
            f"{len(given)} ratings are of what {rater!r} was not assigned; the first is of "
            f"{visible(key[1])}, packet {visible(key[0], 80)}.",
            advice="Take them out: who rates what follows from the salt.",
        )
    data = jsonl(made)
    place.write(file_of(rater), data)
    if blind_:
        place.commit("ratings", sha256(data).hexdigest(), at, rater)
    return len(made)


def adjudicate(place: Workplace) -> dict[str, int]:
    """Write packets for the adjudicators; return how many decisions each has to make.

    Raises:
        FsepError: where some rater's ratings are not in yet.
    """
    _all_in(place, roles=("rater",))
    dealing = _deal(place, place.salt)
    private = place.private
    if private is None:
        raise FsepError("The private folder is not named.", advice="Name the one that `fsep blind` wrote.")
    found = {}
    for rater, one in dealing.whole.rated.raters.by_id.items():
        if one["role"] == "adjudicator":
            rows = dealing.undecided(rater)
            _packets(private, dealing, rater, rows)
            found[rater] = len(rows)
    return found


def _all_in(place: Workplace, roles: tuple[str, ...]) -> None:
    for one in (place.document(RATERS) or {"raters": ()})["raters"]:
        blind_ = one["kind"] in _BLIND
        if blind_ and one["role"] in roles and not place.has(file_of(one["id"])):
            raise FsepError(
                f"The ratings of {one['id']!r} are not in yet.",
                advice=f"First `fsep ratings import FOLDER {one['id']} FILE`.",
            )


def open_salt(place: Workplace, at: str | None = None) -> None:
    """Publish the salt: it is committed as opened, and written into the study.

    Raises:
        FsepError: where some ratings are not in yet.
    """
    if place.has(BLINDING):
        raise FsepError("The salt is open already.", advice="Go on with `fsep profile`.")
    _all_in(place, roles=("rater", "adjudicator"))
    data = place.salt
    place.commit("opening", _document_digest(data), at)
    place.write(BLINDING, data)


def profile(place: Workplace) -> Mapping[str, Any]:
    """Compute the alignment profile, and write it into the study.

    Raises:
        FsepError: where something keeps it from being computed.
    """
    found = computed(place)
    place.write_document(PROFILE, found)
    return found


def computed(place: Workplace) -> Mapping[str, Any]:
    """Compute the alignment profile.

    Raises:
        FsepError: where something keeps it from being computed.
    """
    if place.committed("blinding") and not place.has(BLINDING):
        raise FsepError("The salt is not open yet.", advice="First `fsep ratings open`, when all is rated.")
    with place.packed({PROFILE: None, CLAIMS: None}) as bundle:
        return profile_of(deal(bundle))


def profile_of(dealing: Dealing) -> Mapping[str, Any]:
    """Return the alignment profile of a surveyed bundle.

    Raises:
        FsepError: where something keeps it from being computed.
    """
    try:
        return dealing.whole.profile
    except BlockedError as error:
        raise FsepError(
            f"The alignment profile cannot be computed: {error.blocked.reason}.",
            advice=_VALIDATE,
        ) from None


def claims(place: Workplace) -> tuple[Mapping[str, Any], bool]:
    """Fill in what follows for each claim, or begin the claims, and write them; say whether they were begun.

    Raises:
        FsepError: where nothing can be derived, or no figure shows anything to claim.
    """
    stated = place.document(CLAIMS)
    with place.packed({CLAIMS: None}) as bundle:
        whole = deal(bundle).whole
    if whole.study.optional("profile") is None:
        raise FsepError("There is no alignment profile yet.", advice="First `fsep profile`.")
    try:
        made = fill(stated, whole.basis) if stated else begin(whole.basis)
    except BlockedError as error:
        raise FsepError(f"Nothing follows for claims: {error.blocked.reason}.", advice=_VALIDATE) from None
    if not made["claims"]:
        raise FsepError(
            "No figure of a primary dimension shows anything to begin claims with.",
            advice="Write claims.yaml yourself; `fsep schema show claims` says what it has to be.",
        )
    place.write_document(CLAIMS, made)
    return made, stated is None


def agreement(place: Workplace) -> dict[str, Any]:
    """Return the agreement of each dimension that raters rate, as far as ratings are in."""
    dealing = _deal(place, place.salt if place.private is not None else None)
    whole = dealing.whole
    made = account(whole.rated, whole.rateable, whole.ratings.book)
    return {dealt.dimension.id: dealt.agreement() for dealt in made.dealt if dealt.dimension.blind}
