"""Checks of commitments and the proof of their time (FSEP-PRE)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from fsep.checks.line import instant
from fsep.checks.registry import Answer, Blocked, BlockedError, Passed, Withheld, check
from fsep.checks.study import Document, Study
from fsep.checks.timestamps import TimestampError, proven_time
from fsep.checks.whole import Whole
from fsep.digests import document_digest
from fsep.findings import Place, Problem
from fsep.parsing.canonical import digest

# These are held to the bundle by FSEP-BLD-002.
_OF_RATINGS = ("blinding", "ratings", "opening")
NO_ANCHOR = (
    "no trust anchor was given, so that the time-stamp of the design's commitment could not be verified"
)


def commitment_digest(commitment: Mapping[str, Any]) -> str:
    """Return the digest of a commitment: of its canonical form without its proof."""
    return digest({member: value for member, value in commitment.items() if member != "proof"})


def _commitments(study: Study) -> tuple[Document, list[Mapping[str, Any]]]:
    """Return the commitments.

    Raises:
        BlockedError: where there are none, or none of the design.
    """
    document = study.optional("commitments")
    if document is None or not any(one["of"] == "design" for one in document.value["commitments"]):
        raise BlockedError(Blocked.by("FSEP-PRE-001"))
    return document, document.value["commitments"]


def _of_design(commitments: list[Mapping[str, Any]]) -> int:
    return max(place for place, one in enumerate(commitments) if one["of"] == "design")


@check("FSEP-PRE-001", "study")
def design_committed(study: Study) -> Iterator[Answer]:
    document = study.optional("commitments")
    if document is None:
        yield Problem("the design was not committed: the bundle holds no commitments", Place())
    elif not any(one["of"] == "design" for one in document.value["commitments"]):
        yield Problem("no commitment is of the design", document.place("/commitments"))
    else:
        yield Passed()


@check("FSEP-PRE-002", "summary")
def committed_as_it_stands(whole: Whole) -> Iterator[Answer]:
    document, commitments = _commitments(whole.study)
    last = {one["of"]: place for place, one in enumerate(commitments) if one["of"] not in _OF_RATINGS}
    for of, place in last.items():
        stands = _as_it_stands(of, whole)
        if stands is None:
            yield Problem(
                f"a commitment is of {of}, which this version does not define or the bundle does not hold",
                document.place(f"/commitments/{place}/of"),
            )
        elif commitments[place]["sha256"] == stands:
            yield Passed()
        elif of == "transcripts" and whole.summary.counts.get("holding"):
            yield Withheld()
        else:
            yield Problem(
                f"what was committed as {of} is not what the bundle holds",
                document.place(f"/commitments/{place}/sha256"),
                found=commitments[place]["sha256"],
                expected=stands,
            )


def _as_it_stands(of: str, whole: Whole) -> str | None:
    study, summary = whole.study, whole.summary
    if of == "design":
        return document_digest(study.design.value)
    if of == "transcripts":
        for blocked in whole.unusable("transcripts"):
            raise BlockedError(blocked)
        paths = sorted(path for path, listed in study.listed.items() if listed.role == "transcripts")
        return sha256(b"".join(bytes.fromhex(summary.read[path].sha256) for path in paths)).hexdigest()
    if of == "ledger" and "ledger.jsonl" in study.listed:
        # Whatever role the manifest gives it: under another one it was not read either.
        if (requirement := study.broken.get("ledger.jsonl")) is not None:
            raise BlockedError(Blocked.by(requirement))
        return summary.read["ledger.jsonl"].sha256
    return None


@check("FSEP-PRE-003", "study")
def chained(study: Study) -> Iterator[Answer]:
    document, commitments = _commitments(study)
    previous, time = None, ""
    for place, one in enumerate(commitments):
        if one["previous"] != previous:
            yield Problem(
                "the commitment does not hold the digest of the one before it",
                document.place(f"/commitments/{place}/previous"),
                found=one["previous"],
                expected=previous,
            )
        elif instant(one["time"]) < time:
            yield Problem(
                "the commitment is earlier than the one before it",
                document.place(f"/commitments/{place}/time"),
                found=one["time"],
            )
        else:
            yield Passed()
        previous, time = commitment_digest(one), instant(one["time"])


def _chain_holds(whole: Whole) -> None:
    """Go on only where the chain and what it commits to are right, on which any proof rests."""
    for requirement, answers in (
        ("FSEP-PRE-002", committed_as_it_stands(whole)),
        ("FSEP-PRE-003", chained(whole.study)),
    ):
        for answer in answers:
            if isinstance(answer, Problem):
                raise BlockedError(Blocked.by(requirement))


def _proof(whole: Whole) -> datetime | Problem:
    """Return the time proven for the design's commitment, or why none is.

    Raises:
        BlockedError: where the proof cannot be looked at.
    """
    study = whole.study
    document, commitments = _commitments(study)
    _chain_holds(whole)
    place = _of_design(commitments)
    proof = commitments[place]["proof"]
    here = document.place(f"/commitments/{place}/proof")
    if proof["kind"] == "self-declared":
        return Problem("the time of the design's commitment is self-declared: nothing proves it", here)
    response = study.proofs.get(proof["path"])
    if response is None:
        if proof["path"] in study.broken:
            raise BlockedError(Blocked.by(study.broken[proof["path"]]))
        return Problem("the proof of the design's commitment is not in the bundle", here, found=proof["path"])
    if not study.trust:
        raise BlockedError(Blocked(NO_ANCHOR))
    try:
        return proven_time(response, bytes.fromhex(commitment_digest(commitments[place])), study.trust)
    except TimestampError as error:
        return Problem(
            f"the time-stamp of the design's commitment does not verify: {error}", here, found=proof["path"]
        )


@check("FSEP-PRE-004", "summary")
def time_proven(whole: Whole) -> Iterator[Answer]:
    answer = _proof(whole)
    yield answer if isinstance(answer, Problem) else Passed()


@check("FSEP-PRE-005", "summary")
def before_the_first_run(whole: Whole) -> Iterator[Answer]:
    time = _proof(whole)
    if isinstance(time, Problem):
        yield Blocked.by("FSEP-PRE-004")
        return
    proven = instant(time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    if whole.summary.unstarted:
        yield Problem(
            "runs do not record when they started", Place(), found=f"{whole.summary.unstarted} runs"
        )
    if whole.lost is not None:
        yield whole.lost
    if whole.summary.first_start is None:
        return
    started, run = whole.summary.first_start
    if started > proven:
        yield Passed()
    else:
        yield Problem(
            f"the run {run!r} started before the design was committed",
            Place(),
            found=f"{started}Z",
            expected=f"later than {proven}Z",
        )
