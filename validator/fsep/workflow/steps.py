"""The steps before the rating, each of which refuses to run out of order; and what all steps share."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from fsep.checks.raters import file_of
from fsep.digests import document_digest
from fsep.engine.packets import NAMES
from fsep.errors import FsepError, visible
from fsep.packing.files import document_bytes
from fsep.parsing import json as strict
from fsep.run.place import stand_in, study_of
from fsep.workflow import packets
from fsep.workflow.place import BLINDING, Workplace
from fsep.workflow.sheets import Dealing, Row, deal

PROFILE, CLAIMS = "profile.json", "claims.json"
_TO_COMMIT = ("design", "transcripts")
_HAVE, _ARE = {"design": "has", "transcripts": "have"}, {"design": "is", "transcripts": "are"}


def commit(place: Workplace, of: str, at: str | None = None) -> str:
    """Commit the design, or the transcripts, as they are when packed; return the digest committed.

    Raises:
        FsepError: where something comes first, it is too late, or no study of the design would be whole.
    """
    if of == "transcripts" and not place.committed("design"):
        raise FsepError("The design is not committed.", advice="First `fsep commit FOLDER design`.")
    if place.committed("blinding"):
        raise FsepError(
            f"The study is blinded: the {of} can no longer be committed.",
            advice="What raters are shown rests on the commitments before it; another study begins anew.",
        )
    if of == "design":
        _check_design(place)
    digest = _digests(place)[of]
    if digest is None:
        raise FsepError(
            "There are no transcripts yet.",
            advice="Run the study first. What `fsep run` made is in the folder that it wrote: name that one. "
            "A runner of your own writes its runs to transcripts/, one a line.",
        )
    place.commit(of, digest, at)
    return digest


def _check_design(place: Workplace) -> None:
    """Refuse a design by which no run could be made, before it is bound."""
    # No design names a system, and there may be none yet.
    systems = {"any": stand_in("any", "any", "any")}
    with tempfile.TemporaryDirectory() as scratch:
        study_of(place.folder, Path(scratch) / "study", systems, committed=False)


def _digests(place: Workplace) -> dict[str, str | None]:
    """Return the digests to commit to, as they are when packed; None of transcripts where there are none."""
    with place.packed({PROFILE: None, CLAIMS: None}) as bundle:
        folder = bundle / "transcripts"
        paths = sorted(folder.glob("*")) if folder.is_dir() else []
        runs = any(path.stat().st_size for path in paths)
        whole = sha256()
        for path in paths:
            with path.open("rb") as stream:
                whole.update(file_digest(stream, "sha256").digest())
        return {
            "design": _document_digest((bundle / "design.json").read_bytes()),
            "transcripts": whole.hexdigest() if runs else None,
        }


def _document_digest(data: bytes) -> str:
    value: Any = strict.parse(data)
    return document_digest(value)


@dataclass(frozen=True, slots=True)
class Blinded:
    """What `blind` wrote into the private folder, and how many packets show the name of a system."""

    written: list[str]
    named: int


def blind(place: Workplace, at: str | None = None, salt: str | None = None) -> Blinded:
    """Commit a salt, and write a packet for every rater into the private folder.

    Args:
        place: the study, with its private folder.
        at: the time of the commitment; now, where none is given.
        salt: 64 hexadecimal digits, for examples that have to come out the same; a study draws its own.

    Raises:
        FsepError: where something comes first, or it was done already.
    """
    rubric = _rubric(place)
    _check_before_blinding(place)
    blinding = {
        "fsep": place.version,
        "kind": "blinding",
        "salt": salt or secrets.token_hex(32),
        "packets_sha256": "0" * 64,
    }
    # A time that is none is refused before anything is written.
    place.chained("blinding", "0" * 64, at)
    dealing = dealt(place, document_bytes(BLINDING, blinding))
    dealing.check_shown()
    blinding["packets_sha256"] = dealing.packets_sha256
    names = ["packets/guide.md"]
    place.write_private(names[0], packets.guide(rubric))
    for rater, one in dealing.whole.rated.raters.by_id.items():
        if one["role"] == "rater" and dealing.whole.rated.raters.blind(rater):
            names += write_packets(place, dealing, rater, dealing.sheet(rater))
    # The salt and its commitment come last: what breaks off before them can be begun anew.
    place.write_private(BLINDING, document_bytes(BLINDING, blinding))
    place.commit("blinding", document_digest(blinding), at)
    return Blinded([BLINDING, *names], dealing.results.tally(NAMES).failed)


def _rubric(place: Workplace) -> Mapping[str, Any]:
    rubric = place.document("rubric.json")
    if rubric is None:
        raise FsepError(
            "There is no rubric.yaml that says what is rated.",
            advice="Write one: `fsep schema show rubric` says what it has to be.",
        )
    place.raters()
    if all(one["by"] != "raters" for one in rubric["dimensions"]):
        raise FsepError(
            "No dimension of the rubric is rated by raters, so that there is nothing to blind.",
            advice="Go on with `fsep ratings import`, for each program or self-report.",
        )
    return rubric


def _check_before_blinding(place: Workplace) -> None:
    """Refuse what would show only when all is rated: commitments missing, out of order, of something else."""
    if place.committed("blinding"):
        raise FsepError(
            "The study is blinded already.", advice="A salt is drawn once, before anything is rated."
        )
    for of in _TO_COMMIT:
        if not place.committed(of):
            raise FsepError(
                f"The {of} {_HAVE[of]} to be committed first.", advice=f"`fsep commit FOLDER {of}`."
            )
    last = {one["of"]: (number, one["sha256"]) for number, one in enumerate(place.commitments())}
    for of, digest in _digests(place).items():
        if last[of][1] != digest:
            raise FsepError(
                f"The {of} in the folder {_ARE[of]} not what was committed.",
                advice=f"Restore what was, or commit what is: `fsep commit FOLDER {of}`.",
            )
    if last["transcripts"] < last["design"]:
        raise FsepError(
            "The design was committed again after the transcripts.",
            advice="Commit them again, after it: `fsep commit FOLDER transcripts`.",
        )
    if place.private is not None and (place.private / BLINDING).exists():
        raise FsepError(
            f"{visible(str(place.private / BLINDING), 200)} is there already, and this study never "
            "committed it.",
            advice="Name another folder with --private, or remove the file if no study needs it.",
        )


def dealt(place: Workplace, blinding: bytes | None) -> Dealing:
    """Survey the study as it is, with a salt, and an empty file for whoever has not rated yet."""
    ids = [str(one["id"]) for one in place.raters()]
    instead: dict[str, bytes | None] = {file_of(id_): b"" for id_ in ids if not place.has(file_of(id_))}
    # What is written later is of no concern here.
    instead |= {PROFILE: None, CLAIMS: None}
    if blinding is not None and not place.has(BLINDING):
        instead[BLINDING] = blinding
    with place.packed(instead) as bundle:
        return deal(bundle)


def write_packets(place: Workplace, dealing: Dealing, rater: str, rows: list[Row]) -> list[str]:
    """Write a rater's sheet into the private folder, in both forms; return their names."""
    names = [f"packets/{rater}.jsonl", f"packets/{rater}.csv"]
    place.write_private(names[0], packets.as_lines(dealing, rows))
    place.write_private(names[1], packets.as_table(dealing, rows))
    return names


def lacking(place: Workplace, *, blind_only: bool = False, roles: tuple[str, ...] = ("rater",)) -> list[str]:
    """Return the raters whose ratings are not in yet."""
    return [
        one["id"]
        for one in place.raters()
        if one["role"] in roles
        and not (blind_only and one["kind"] not in ("human", "model"))
        and not place.has(file_of(one["id"]))
    ]


def check_in(place: Workplace, *, blind_only: bool = False) -> None:
    """Refuse where some rater's ratings are not in yet.

    Raises:
        FsepError: with what brings them in.
    """
    for rater in lacking(place, blind_only=blind_only):
        raise FsepError(
            f"The ratings of {rater!r} are not in yet.",
            advice=f"First `fsep ratings import FOLDER {rater} FILE`.",
        )
