"""Checks of who rates and of what was committed, by documents alone (FSEP-RAT-001, 002, BLD-001, 002)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fsep.checks.commitments import chained, design_committed
from fsep.checks.rated import Rated
from fsep.checks.registry import Answer, Blocked, BlockedError, Passed, check
from fsep.checks.study import Document, Study
from fsep.digests import document_digest
from fsep.findings import Place, Problem
from fsep.rating.raters import Panel, Raters, pin
from fsep.rating.rubric import Dimension
from fsep.scaffold.replay import same

RATINGS = "ratings/"
# What is committed before anything is rated, in this order.
_BEFORE = ("design", "transcripts", "blinding")


def failed(answers: Iterator[Answer]) -> bool:
    """Whether something fails, of what a check answers, or could not be looked at."""
    return any(isinstance(answer, (Problem, Blocked)) for answer in answers)


def file_of(rater: str) -> str:
    """Return where a rater's ratings are."""
    return f"{RATINGS}{rater}.jsonl"


@check("FSEP-RAT-001", "study")
def one_file_a_rater(study: Study) -> Iterator[Answer]:
    files = {path for path, listed in study.listed.items() if listed.role == "ratings"}
    if any(study.broken.get(path) == "FSEP-BND-008" for path in files):
        # Whose ratings they are is told by their place.
        yield Blocked.by("FSEP-BND-008")
        return
    document, rubric = study.optional("raters"), study.optional("rubric")
    if rubric is None:
        if document is not None or files:
            here = document.place() if document is not None else Place(min(files))
            yield Problem("there are raters or ratings, and no rubric that they rate by", here)
        return
    if document is None:
        yield Problem("the bundle has a rubric, and no raters.json that says who rated", rubric.place())
        return
    ids = [one["id"] for one in document.value["raters"]]
    for place, id_ in enumerate(ids):
        here = document.place(f"/raters/{place}/id")
        if ids.index(id_) < place:
            yield Problem("two raters have one id", here, found=id_)
        elif file_of(id_) not in files:
            yield Problem(f"of the rater {id_!r} there is no file of ratings", here, expected=file_of(id_))
        else:
            yield Passed()
    for path in sorted(files - {file_of(id_) for id_ in ids}):
        yield Problem("raters.json names no rater whose ratings these are", Place(path))


def _ready(study: Study) -> tuple[Rated, Document]:
    """Return what is rated and by whom.

    Raises:
        BlockedError: where it cannot be gone by; where nothing is rated, without a reason.
    """
    rated = Rated(study)
    if failed(one_file_a_rater(study)):
        raise BlockedError(Blocked.by("FSEP-RAT-001"))
    return rated, study.only("raters")


@check("FSEP-RAT-002", "study")
def rated_by_whom_the_design_says(study: Study) -> Iterator[Answer]:
    if study.optional("raters") is None and study.optional("rubric") is None:
        return
    rated, document = _ready(study)
    places = {one["id"]: place for place, one in enumerate(document.value["raters"])}
    known = {dimension.id for dimension in rated.rubric.dimensions}
    for place, one in enumerate(document.value["raters"]):
        for number, name in enumerate(one["dimensions"]):
            if name not in known:
                yield Problem(
                    f"the rater {one['id']!r} rates what is no dimension of the rubric",
                    document.place(f"/raters/{place}/dimensions/{number}"),
                    found=name,
                )
    for dimension in rated.rubric.dimensions:
        panel = rated.raters.panels[dimension.id]
        raters = [rater for seat in panel.seats for rater in seat]
        fault = (
            _kinds(dimension, rated.raters, raters)
            or _numbers(dimension, panel)
            or _pins(rated.raters, raters)
        )
        if fault is None:
            yield Passed()
        else:
            first = next((places[rater] for rater in raters), None)
            pointer = "/raters" if first is None else f"/raters/{first}/dimensions"
            yield Problem(fault, document.place(pointer), group=(dimension.id,))


def _kinds(dimension: Dimension, raters: Raters, ids: list[str]) -> str | None:
    fitting = ("human", "model") if dimension.blind else (dimension.by,)
    for id_ in ids:
        if (kind := raters.by_id[id_]["kind"]) not in fitting:
            return f"{dimension.id!r} is for {' or '.join(fitting)} raters, and {id_!r} is of the kind {kind}"
    return None


def _numbers(dimension: Dimension, panel: Panel) -> str | None:
    wanted = dimension.plan.raters if dimension.plan is not None else 1
    if len(panel.seats) != wanted:
        return f"{dimension.id!r} is to be rated by {wanted} raters, and is by {len(panel.seats)}"
    combine = dimension.plan.combine if dimension.plan is not None else "low-median"
    least, most = {"adjudication": (1, 1), "majority": (0, 1)}.get(combine, (0, 0))
    if not least <= len(panel.adjudicators) <= most:
        allowed = str(most) if least == most else f"at most {most}"
        return f"{dimension.id!r} is to have {allowed} adjudicators, and has {len(panel.adjudicators)}"
    return None


def _pins(raters: Raters, ids: list[str]) -> str | None:
    seen: list[tuple[str, Mapping[str, Any]]] = []
    for id_ in ids:
        if raters.by_id[id_]["kind"] != "model":
            continue
        pinned = pin(raters.by_id[id_])
        for other, before in seen:
            if same(pinned, before):
                return f"the raters {other!r} and {id_!r} are one and the same model"
        seen.append((id_, pinned))
    return None


@check("FSEP-BLD-002", "study")
def blinding_as_committed(study: Study) -> Iterator[Answer]:
    if study.optional("rubric") is None or not Rated(study).rubric.blind:
        return
    if failed(committed_in_order(study)):
        yield Blocked.by("FSEP-BLD-001")
        return
    commitments, blinding = study.only("commitments"), study.optional("blinding")
    last = {one["of"]: place for place, one in enumerate(commitments.value["commitments"])}
    for of in ("blinding", "opening"):
        here = commitments.place(f"/commitments/{last[of]}/sha256")
        stated = commitments.value["commitments"][last[of]]["sha256"]
        stands = document_digest(blinding.value) if blinding is not None else None
        if stated == stands:
            yield Passed()
        elif stands is None:
            yield Problem(
                "the blinding was committed, and the bundle does not hold it", here, group=("none",)
            )
        else:
            yield Problem("the blinding is not the one committed", here, found=stands, expected=stated)


@check("FSEP-BLD-001", "study")
def committed_in_order(study: Study) -> Iterator[Answer]:
    if study.optional("rubric") is None:
        return
    rated = Rated(study)
    if not rated.rubric.blind:
        return
    if failed(one_file_a_rater(study)):
        yield Blocked.by("FSEP-RAT-001")
        return
    for requirement, answers in (("FSEP-PRE-001", design_committed(study)), ("FSEP-PRE-003", chained(study))):
        if failed(answers):
            yield Blocked.by(requirement)
            return
    document = study.only("commitments")
    last = {
        (one["of"], one.get("subject") if one["of"] == "ratings" else None): place
        for place, one in enumerate(document.value["commitments"])
    }
    raters = [("ratings", rater) for rater in rated.raters.by_id if rated.raters.blind(rater)]
    named = [(of, None) for of in _BEFORE], raters, [("opening", None)]
    before = -1
    for stage in named:
        places: list[int] = []
        for key in stage:
            what = f"the ratings of {key[1]!r}" if key[1] else f"the {key[0]}"
            if key not in last:
                yield Problem(
                    f"{what} were not committed" if key[1] else f"{what} was not committed",
                    document.place("/commitments"),
                    group=tuple(filter(None, key)),
                )
                continue
            place = last[key]
            # Of the first stage each comes after the one before; the ratings stand in any order.
            if place < before or (stage is named[0] and places and place < max(places)):
                yield Problem(
                    f"{what} {'were' if key[1] else 'was'} committed before what has to come first",
                    document.place(f"/commitments/{place}"),
                    expected="design, transcripts, blinding, then the ratings, then the opening",
                )
            else:
                yield Passed()
            places.append(place)
        before = max([before, *places])
