"""Checks of the runner's ledger (FSEP-PRV)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from fsep.checks.registry import Answer, Blocked, BlockedError, Passed, Withheld, check
from fsep.checks.study import Ledger, Study
from fsep.checks.summary import Summary
from fsep.checks.whole import Whole
from fsep.findings import Place, Problem

LEDGER = "ledger.jsonl"


def _ledger(study: Study) -> Ledger | None:
    if study.ledger is None:
        for blocked in study.unusable("ledger"):
            raise BlockedError(blocked)
        return None
    if study.ledger.lost is not None:
        raise BlockedError(Blocked.by(study.ledger.lost))
    return study.ledger


@check("FSEP-PRV-001", "study")
def unbroken(study: Study) -> Iterator[Answer]:
    ledger = _ledger(study)
    if ledger is not None:
        yield from _links(ledger)


def _links(ledger: Ledger) -> Iterator[Answer]:
    previous = None
    for number, (digest, line) in enumerate(ledger.lines):
        if line["n"] != number or line["previous"] != previous:
            yield Problem(
                "the ledger's chain is broken: the line does not follow the one before it",
                Place(LEDGER, number + 1),
            )
            return
        previous = digest
    yield Passed(len(ledger.lines))


@check("FSEP-PRV-002", "summary")
def every_run_in_the_ledger(whole: Whole) -> Iterator[Answer]:
    ledger = _ledger(whole.study)
    if ledger is None:
        return
    if any(isinstance(answer, Problem) for answer in _links(ledger)):
        yield Blocked.by("FSEP-PRV-001")
        return
    for requirement in sorted(whole.summary.lost_runs):
        yield Blocked.by(requirement)
        return
    yield from _compare(whole.study, whole.summary, ledger)


def _compare(study: Study, summary: Summary, ledger: Ledger) -> Iterator[Answer]:
    starts: Counter[str] = Counter()
    ends: dict[str, Mapping[str, Any]] = {}
    for number, (_, line) in enumerate(ledger.lines, 1):
        run = line["run"]
        if line["what"] == "start":
            starts[run] += 1
            if starts[run] > 1:
                yield Problem(f"the run {run!r} was started more than once", Place(LEDGER, number))
        elif not starts[run] or run in ends:
            yield Problem(f"the run {run!r} ends without a start, or twice", Place(LEDGER, number))
        else:
            ends[run] = line
    for run, (status, digest, withheld) in summary.events_sha256.items():
        end = ends.get(run)
        if run not in starts:
            yield Problem(f"the ledger has no start of the run {run!r}", Place(LEDGER))
        elif end is None and status != "failed":
            yield Problem(f"the ledger has no end of the run {run!r}", Place(LEDGER))
        elif end is not None and withheld and end["status"] == status and end["events_sha256"] != digest:
            yield Withheld()
        elif end is not None and (end["status"], end["events_sha256"]) != (status, digest):
            yield Problem(
                f"the run {run!r} is not the one whose end the ledger records",
                Place(LEDGER),
                found=f"{status}, events {digest}",
                expected=f"{end['status']}, events {end['events_sha256']}",
            )
        else:
            yield Passed()
    dropped = sorted(set(starts) - set(summary.events_sha256))
    departures = study.optional("departures")
    declared = (
        sum(one["kind"] == "run-missing" for one in departures.value["departures"]) if departures else 0
    )
    if len(dropped) > declared:
        yield Problem(
            f"{len(dropped)} runs were started and are not in the bundle, and {declared} are declared "
            f"missing; the first: {dropped[0]!r}",
            Place(LEDGER),
        )
