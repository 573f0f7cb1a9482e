"""Checks of run ids and of the plan (FSEP-REF-006, FSEP-CMP)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from fsep.checks.plan import Cell, Planned
from fsep.checks.registry import Answer, Blocked, Passed, check
from fsep.checks.summary import Entry
from fsep.checks.whole import Whole
from fsep.findings import Place, Problem


def _name(planned: Planned) -> str:
    return f"system {planned[0]!r}, scaffold {planned[1]!r}, item {planned[2]!r}, replicate {planned[3]}"


@check("FSEP-REF-006", "summary")
def one_id_a_run(whole: Whole) -> Iterator[Answer]:
    seen: set[bytes] = set()
    repeated: set[bytes] = set()
    for entry in whole.summary.entries():
        (repeated if entry.id_digest in seen else seen).add(entry.id_digest)
    first: dict[bytes, Entry] = {}
    for entry in whole.summary.entries() if repeated else ():
        if entry.id_digest in first:
            before = whole.place(first[entry.id_digest])
            yield Problem(
                f"the run has the id of an earlier run, on line {before.line} of {before.path}",
                whole.place(entry),
            )
        elif entry.id_digest in repeated:
            first[entry.id_digest] = entry
    if len(seen) > len(repeated):
        yield Passed(len(seen) - len(repeated))
    if whole.lost is not None:
        yield whole.lost


@check("FSEP-CMP-001", "summary")
def every_planned_run(whole: Whole) -> Iterator[Answer]:
    plan, runs, named = whole.plan, whole.runs, whole.named
    if whole.lost is not None:
        yield whole.lost
        return
    present = 0
    for slot in range(len(plan)):
        if slot in runs or slot in named:
            present += 1
        else:
            system, scaffold, *_ = planned = plan.planned(slot)
            yield Problem(
                f"planned runs are neither in the bundle nor declared missing; the first: {_name(planned)}",
                Place(),
                group=(system, scaffold),
            )
    if present:
        yield Passed(present)


@check("FSEP-CMP-002", "summary")
def only_planned_runs(whole: Whole) -> Iterator[Answer]:
    plan, seen, ids = whole.plan, set(), set()
    for entry in whole.summary.entries():
        if entry.id_digest in ids:
            yield Blocked.by("FSEP-REF-006")
        elif entry.slot is None:
            yield Problem(
                "the run is not planned: its replicate is beyond the design's",
                whole.place(entry),
                expected=f"replicates 0 to {plan.replicates - 1}",
            )
        elif entry.slot in seen:
            yield Problem(
                f"the run is a further one of {_name(plan.planned(entry.slot))}", whole.place(entry)
            )
        else:
            seen.add(entry.slot)
        ids.add(entry.id_digest)
    if seen:
        yield Passed(len(seen))
    if whole.lost is not None:
        yield whole.lost


@check("FSEP-CMP-003", "summary")
def failed_runs_declared(whole: Whole) -> Iterator[Answer]:
    plan = whole.plan
    for slot, entry in whole.runs.items():
        if entry.status == "failed":
            if slot in whole.named:
                yield Passed()
            else:
                yield Problem(
                    f"the run failed and no departure names it: {_name(plan.planned(slot))}",
                    whole.place(entry),
                )
    if whole.lost is not None:
        yield whole.lost


@check("FSEP-CMP-004", "summary")
def departures_happened(whole: Whole) -> Iterator[Answer]:
    document = whole.departures
    if document is None:
        return
    seen: set[tuple[Any, ...]] = set()
    for place, departure in enumerate(document.value["departures"]):
        if departure["kind"] not in ("run-failed", "run-missing"):
            continue
        slot = whole.plan.slot(departure)
        entry = whole.runs.get(slot) if slot is not None else None
        key = (departure["kind"], slot)
        here = document.place(f"/departures/{place}")
        if slot is None:
            yield Problem("the departure names a run that is not planned", here)
        elif key in seen:
            yield Problem(f"the departure is declared twice: {_name(whole.plan.planned(slot))}", here)
        elif entry is None and whole.lost is not None:
            yield whole.lost
        elif departure["kind"] == "run-missing" and entry is not None:
            yield Problem(
                f"the run is declared missing and is in the bundle: {_name(whole.plan.planned(slot))}", here
            )
        elif departure["kind"] == "run-failed" and (entry is None or entry.status != "failed"):
            yield Problem(f"the run is declared failed and is not: {_name(whole.plan.planned(slot))}", here)
        else:
            yield Passed()
        seen.add(key)


@check("FSEP-CMP-005", "summary")
def within_the_limit(whole: Whole) -> Iterator[Answer]:
    plan, limit = whole.plan, whole.study.design.value["limits"]["missing_share"]
    if whole.lost is not None:
        yield whole.lost
        return
    missing: Counter[Cell] = Counter()
    undeclared: dict[Cell, str] = {}
    for slot in range(len(plan)):
        entry = whole.runs.get(slot)
        if entry is not None and entry.status != "failed":
            continue
        cell = plan.cell(slot)
        missing[cell] += 1
        if slot not in whole.named:
            undeclared[cell] = "FSEP-CMP-001" if entry is None else "FSEP-CMP-003"
    for system in plan.systems:
        for scaffold in plan.scaffolds:
            count = missing[system, scaffold]
            if (system, scaffold) in undeclared:
                yield Blocked.by(undeclared[system, scaffold])
            elif count / plan.cell_size <= limit:
                yield Passed()
            else:
                yield Problem(
                    f"of {plan.cell_size} planned runs of the system {system!r} with the scaffold "
                    f"{scaffold!r}, {count} failed or are missing",
                    whole.study.design.place("/limits/missing_share"),
                    found=count / plan.cell_size,
                    expected=f"at most {limit}",
                )
