"""Verdicts against a margin, and the families of comparisons they are corrected over."""

from __future__ import annotations

from enum import StrEnum

from fsep.limits import AGREE
from fsep.measures.estimate import Estimate

# Below it there are figures, but no verdict.
LEAST_UNITS = 10


class Verdict(StrEnum):
    """What an interval says against a margin."""

    RAISED = "raised"
    LOWERED = "lowered"
    DIFFERS = "differs"
    EQUIVALENT = "equivalent"
    UNDETERMINED = "undetermined"


def effect_verdict(estimate: Estimate, margin: float) -> Verdict | None:
    """Return what an effect is: the verdict whose region holds the whole interval, and only then.

    `raised` above the margin, `lowered` below its negative, `equivalent` from one to the other, ends
    included, `undetermined` where the interval reaches over an end. Exactly one holds. None under ten units.
    An end that differs from the margin by no more than `limits.AGREE` is equal to it.

    Args:
        estimate: of an effect, with the z of its family.
        margin: the largest change that counts as none, in the unit of a share.

    Raises:
        ValueError: unless 0 < margin <= 2.
    """
    # Nothing is wider than from -2 to 2: a larger margin would call everything equivalent.
    if not 0.0 < margin <= 2.0:
        raise ValueError(f"a margin is above 0 and at most 2, not {margin}")
    if estimate.units < LEAST_UNITS:
        return None
    if estimate.low > margin + AGREE:
        return Verdict.RAISED
    if estimate.high < -margin - AGREE:
        return Verdict.LOWERED
    if -margin - AGREE <= estimate.low and estimate.high <= margin + AGREE:
        return Verdict.EQUIVALENT
    return Verdict.UNDETERMINED


def difference_verdict(estimate: Estimate, margin: float) -> Verdict | None:
    """Return what a difference of effects is: `differs` in either direction, else as `effect_verdict`.

    Raises:
        ValueError: unless 0 < margin <= 2.
    """
    verdict = effect_verdict(estimate, margin)
    return Verdict.DIFFERS if verdict in (Verdict.RAISED, Verdict.LOWERED) else verdict


def effects_in_family(systems: int, scaffolds: int) -> int:
    """Return how many effects one dimension has: each scaffold on each system, the baseline not counted."""
    return systems * scaffolds


def differences_in_family(systems: int, scaffolds: int) -> int:
    """Return how many differences of effects one dimension has: each scaffold, each pair of systems once."""
    return systems * (systems - 1) // 2 * scaffolds
