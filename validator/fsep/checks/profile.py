"""Checks of the alignment profile against what follows from the ratings (FSEP-AGR, FSEP-PRF-001 to 008)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fsep.checks.figures import (
    COUNTS,
    DIFFERENCE,
    EFFECT,
    LEVELS,
    SHARES,
    Compared,
    Difference,
    Figures,
    Key,
    equal,
    first,
    named,
)
from fsep.checks.places import Places
from fsep.checks.registry import Answer, Blocked, BlockedError, Passed, check
from fsep.checks.study import Document
from fsep.checks.whole import Whole
from fsep.digests import program_digest
from fsep.findings import Place, Problem

_MEASURED = ("dimension", "core", "by", "primary", "margin", "effects", "differences")


def _stated(whole: Whole) -> Document:
    document = whole.study.optional("profile")
    if document is None:
        raise BlockedError(Blocked.by("FSEP-PRF-001"))
    return document


def _figures(whole: Whole) -> tuple[Document, Figures]:
    """Return the stated profile and the comparison; raises BlockedError where they cannot be compared."""
    document = _stated(whole)
    if (requirement := whole.failed("FSEP-PRF-001", "FSEP-PRF-002")) is not None:
        raise BlockedError(Blocked.by(requirement))
    return document, whole.figures


def _problem(places: Places, found: Difference, of: str) -> Problem:
    return Problem(
        f"{of}: {found.says}", places.of(found.pointer), found=found.found, expected=found.expected
    )


@check("FSEP-PRF-001", "rated")
def profile_of_the_design(whole: Whole) -> Iterator[Answer]:
    document = whole.study.optional("profile")
    if document is None:
        yield Problem("the bundle holds no alignment profile", Place())
        return
    expected = {
        "design": program_digest(whole.study.design.value),
        "confidence": whole.rated.rubric.confidence,
    }
    for member, value in expected.items():
        if equal(document.value[member], value):
            yield Passed()
        else:
            yield Problem(
                f"the alignment profile states another {member}",
                document.place(f"/{member}"),
                found=document.value[member],
                expected=value,
            )


@check("FSEP-PRF-002", "rated")
def what_was_measured(whole: Whole) -> Iterator[Answer]:
    document, expected = _stated(whole), whole.profile
    if whole.failed("FSEP-PRF-001"):
        yield Blocked.by("FSEP-PRF-001")
        return
    stated, should = document.value["measured"], expected["measured"]
    names, wanted = ([one["dimension"] for one in list_] for list_ in (stated, should))
    if names != wanted:
        yield Problem(
            "the dimensions that are said to be measured are others, or in another order",
            document.place("/measured"),
            found=", ".join(names),
            expected=", ".join(wanted),
        )
    for place, (one, other) in enumerate(zip(stated, should, strict=False) if names == wanted else ()):
        found = first(one, other, _MEASURED, f"/measured/{place}")
        if found is None:
            yield Passed()
        else:
            yield _problem(Places(document), found, f"the dimension {one['dimension']!r}")
    if document.value["not_measured"] == expected["not_measured"]:
        yield Passed()
    else:
        yield Problem(
            "the dimensions that are said not to be measured are others, or in another order",
            document.place("/not_measured"),
            found=", ".join(document.value["not_measured"]),
            expected=", ".join(expected["not_measured"]),
        )


def _agreements(whole: Whole, requirement: str) -> Iterator[Answer]:
    """Yield what one of the requirements of agreement comes to, for each measured dimension."""
    document, figures = _figures(whole)
    for dimension, fault in figures.agreements.items():
        if fault is None:
            yield Passed()
        elif fault[0] == requirement:
            yield _problem(Places(document), fault[1], f"the agreement in {dimension!r}")
        else:
            yield Blocked.by(fault[0])


@check("FSEP-AGR-001", "rated")
def agreement_as_computed(whole: Whole) -> Iterator[Answer]:
    return _agreements(whole, "FSEP-AGR-001")


@check("FSEP-AGR-002", "rated")
def undefined_where_undefined(whole: Whole) -> Iterator[Answer]:
    return _agreements(whole, "FSEP-AGR-002")


@check("FSEP-AGR-003", "rated")
def unreliable_where_too_low(whole: Whole) -> Iterator[Answer]:
    return _agreements(whole, "FSEP-AGR-003")


def _listed(
    document: Document, compared: Compared, blocked: Mapping[Key, str | None], pointer: str, what: str
) -> Iterator[Answer]:
    """Yield what is stated and is not measured, and the other way round."""
    places = Places(document)
    for key, strange in compared.strange:
        requirement = blocked.get(key)
        if requirement is None:
            yield Problem(f"{what} {strange.says}", places.of(strange.pointer))
        else:
            yield Blocked.by(requirement)
    # To find a place costs a walk over the document: once is enough.
    here = document.place(pointer) if compared.lacking else Place()
    for key in compared.lacking:
        if blocked.get(key) is None:
            yield Problem(f"{what} of {named(key)} is not stated", here, group=("lacking", *key))


def _compared(
    document: Document,
    compared: Compared,
    blocked: Mapping[Key, str | None],
    members: Sequence[str],
    what: str,
) -> Iterator[Answer]:
    places = Places(document)
    passed = 0
    for key, pointer, stated, expected in compared.pairs():
        if (requirement := blocked.get(key)) is not None:
            yield Blocked.by(requirement)
        elif (found := first(stated, expected, members, pointer)) is not None:
            yield _problem(places, found, f"{what} of {named(key)}")
        else:
            passed += 1
    for key in compared.lacking:
        if (requirement := blocked.get(key)) is not None:
            yield Blocked.by(requirement)
    if passed:
        yield Passed(passed)


@check("FSEP-PRF-003", "rated")
def cells_once_with_their_counts(whole: Whole) -> Iterator[Answer]:
    document, figures = _figures(whole)
    blocked = {key: figures.unsure(key) for key in figures.cells.keys}
    yield from _listed(document, figures.cells, blocked, "/cells", "the cell")
    yield from _compared(document, figures.cells, blocked, COUNTS, "the cell")


def _counted(figures: Figures) -> dict[Key, str | None]:
    """Return what keeps cells from being looked at whose counts may be wrong."""
    faults = {key: one for key, one in figures.cell_faults.items() if one == "FSEP-PRF-003"}
    return {key: figures.unsure(key) or faults.get(key) for key in figures.cells.expected}


@check("FSEP-PRF-004", "rated")
def levels_and_users(whole: Whole) -> Iterator[Answer]:
    document, figures = _figures(whole)
    yield from _compared(document, figures.cells, _counted(figures), LEVELS, "the cell")


@check("FSEP-PRF-005", "rated")
def shares_of_cells(whole: Whole) -> Iterator[Answer]:
    document, figures = _figures(whole)
    yield from _compared(document, figures.cells, _counted(figures), SHARES, "the cell")


@check("FSEP-PRF-006", "rated")
def effects_each_by_itself(whole: Whole) -> Iterator[Answer]:
    document, figures = _figures(whole)
    blocked = {key: figures.below(key) for key in figures.effects.keys}
    yield from _listed(document, figures.effects, blocked, "/effects", "the effect")
    yield from _compared(document, figures.effects, blocked, EFFECT, "the effect")


@check("FSEP-PRF-007", "rated")
def differences_of_every_two(whole: Whole) -> Iterator[Answer]:
    document, figures = _figures(whole)
    blocked = {key: figures.below(key) for key in figures.differences.keys}
    yield from _listed(document, figures.differences, blocked, "/differences", "the difference of effects")
    yield from _compared(document, figures.differences, blocked, DIFFERENCE, "the difference of effects")


@check("FSEP-PRF-008", "rated")
def marked_with_what_one_has_to_know(whole: Whole) -> Iterator[Answer]:
    document, figures = _figures(whole)
    cells: dict[Key, Any] = {
        key: figures.unsure(key) or figures.cell_faults.get(key) for key in figures.cells.expected
    }
    effects: dict[Key, Any] = {
        key: figures.below(key) or figures.effect_faults.get(key) for key in figures.effects.expected
    }
    differences: dict[Key, Any] = {
        key: figures.below(key) or figures.difference_faults.get(key) for key in figures.differences.expected
    }
    yield from _compared(document, figures.cells, cells, ("marks",), "the cell")
    yield from _compared(document, figures.effects, effects, ("marks",), "the effect")
    yield from _compared(document, figures.differences, differences, ("marks",), "the difference of effects")
