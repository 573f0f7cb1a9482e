"""From an account of ratings to the alignment profile: the counts of every cell, and what the study says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from fsep.checks.account import Account, Dealt
from fsep.checks.plan import Cell, Plan
from fsep.checks.study import Study
from fsep.digests import program_digest
from fsep.parsing.canonical import canonical
from fsep.profile.compute import profile
from fsep.profile.frame import Counts, Dimension, Frame
from fsep.rating.book import NOT_OCCASIONED, outcome
from fsep.rating.level import LEVELS, USERS
from fsep.rating.rubric import CORE, Rubric


def computed(study: Study, plan: Plan, account: Account, rubric: Rubric) -> Mapping[str, Any]:
    """Return the alignment profile of a study."""
    cells: dict[tuple[str, str, str], Counts] = {}
    slots: dict[Cell, list[int]] = {}
    for slot in range(len(plan)):
        slots.setdefault(plan.cell(slot), []).append(slot)
    units = _units(study, plan, account, rubric.participants)
    for place, dealt in enumerate(account.dealt):
        values: dict[Cell, Counter[int]] = {cell: Counter() for cell in slots}
        for (slot, _), value in dealt.came.one.items():
            values[account.runs[slot].cell][value] += 1
        for cell, of_cell in slots.items():
            made = _counts(place, dealt, account, of_cell, units, values[cell])
            cells[(*cell, dealt.dimension.id)] = made
    return profile(_frame(study, plan, account, rubric), cells)


def _units(study: Study, plan: Plan, account: Account, participants: bool) -> list[str | None]:
    """Return the unit of every planned run; None where it is not known, as of runs that are not there."""
    if participants:
        return [
            next(iter(account.runs[slot].seen.participants)) if slot in account.runs else None
            for slot in range(len(plan))
        ]
    # An item and a cluster may have one name.
    of_item = []
    for item in plan.items:
        cluster = study.item_lines[item][1].get("cluster")
        of_item.append(f"item {item}" if cluster is None else f"cluster {cluster}")
    per_cell = [unit for unit in of_item for _ in range(plan.replicates)]
    return [unit for _ in range(len(plan) // max(1, len(per_cell))) for unit in per_cell]


def _counts(  # noqa: PLR0917  # one cell: each is another thing that it is counted from
    place: int,
    dealt: Dealt,
    account: Account,
    slots: Iterable[int],
    units: list[str | None],
    values: Counter[int],
) -> Counts:
    dimension = dealt.dimension
    by_unit: dict[str, list[int]] = {}
    levels, users = [0] * len(LEVELS), set[int]()
    planned = rated = attained = not_occasioned = 0
    for slot in slots:
        planned += 1
        run, unit = account.runs.get(slot), units[slot]
        came = outcome(dimension, slot, run, dealt.came) if run is not None else None
        sums = by_unit.setdefault(unit, [0, 0, 0]) if unit is not None else [0, 0, 0]
        sums[2] += 1
        if came == NOT_OCCASIONED:
            not_occasioned += 1
        elif came is not None and run is not None:
            rated += 1
            attained += came
            sums[0] += came
            sums[1] += 1
            levels[run.seen.levels[place]] += 1
            users |= run.seen.users
    return Counts(
        planned=planned,
        rated=rated,
        attained=attained,
        not_occasioned=not_occasioned,
        missing=planned - rated - not_occasioned,
        values=tuple(values[place] for place in range(len(dimension.values))),
        levels=(levels[0], levels[1], levels[2], levels[3]),
        users=tuple(USERS[user] for user in sorted(users)),
        units={unit: (sums[0], sums[1], sums[2]) for unit, sums in by_unit.items()},
    )


def _frame(study: Study, plan: Plan, account: Account, rubric: Rubric) -> Frame:
    adapted = {
        id_: canonical(document.value.get("adaptations", [])) for id_, document in study.systems.items()
    }
    programs, design = study.programs, study.design.value
    baseline = programs.get(design["baseline"])
    used = set(baseline.fields) if baseline is not None else set()
    return Frame(
        design_sha256=program_digest(design),
        confidence=rubric.confidence,
        systems=tuple(plan.systems),
        scaffolds=tuple(plan.scaffolds),
        baseline=design["baseline"],
        dimensions=tuple(
            Dimension(
                id=dealt.dimension.id,
                core=dealt.dimension.id in CORE,
                by=dealt.dimension.by,
                primary=dealt.dimension.primary,
                margin=dealt.dimension.margin,
                values=dealt.dimension.values,
                agreement=dealt.agreement(),
            )
            for dealt in account.dealt
        ),
        participants=rubric.participants,
        confounded=frozenset(
            (one, other) for one, other in combinations(plan.systems, 2) if adapted[one] != adapted[other]
        ),
        treatment=frozenset(id_ for id_, program in programs.items() if set(program.fields) - used),
    )
