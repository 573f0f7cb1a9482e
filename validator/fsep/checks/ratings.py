"""Checks of ratings against what was assigned (FSEP-RAT-005 to 008), and of participants (FSEP-PRF-009)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from fsep.checks.account import Account, Dealt
from fsep.checks.raters import file_of
from fsep.checks.registry import Answer, Blocked, Passed, check
from fsep.checks.whole import Whole
from fsep.findings import Place, Problem
from fsep.rating.book import Thing


def _names(account: Account, thing: Thing) -> str:
    slot, step = thing
    run = account.runs[slot].run
    return f"the run {run!r}" + (f", output {step!r}" if step else "")


@check("FSEP-RAT-005", "rated")
def every_assigned_rating(whole: Whole) -> Iterator[Answer]:
    account, declared = whole.account, whole.ratings_declared_missing
    for dealt in account.dealt:
        name = dealt.dimension.id
        there = sum(len(things) for things in dealt.given.values())
        for who, thing in dealt.missing():
            if any((rater, name, thing) in declared for rater in who):
                there += 1
            else:
                yield Problem(
                    f"ratings of {name!r} that {' or '.join(map(repr, who))} was assigned are neither there "
                    f"nor declared missing; the first is of {_names(account, thing)}",
                    Place(file_of(who[0])),
                    group=(who[0], name),
                )
        if there:
            yield Passed(there)


@check("FSEP-RAT-006", "rated")
def only_assigned_ratings(whole: Whole) -> Iterator[Answer]:
    account = whole.account
    for dealt in account.dealt:
        for rater, things in dealt.given.items():
            strange = things - dealt.assigned_to(rater)
            # Of two who hold one seat, each thing is rated by one.
            seat = dealt.panel.seat_of(rater)
            if seat is not None and rater != dealt.panel.seats[seat][0]:
                strange |= things & dealt.given[dealt.panel.seats[seat][0]]
            for thing in sorted(strange):
                yield Problem(
                    f"{rater!r} rated {dealt.dimension.id!r} where it was not assigned; the first is of "
                    f"{_names(account, thing)}",
                    Place(file_of(rater)),
                    group=(rater, dealt.dimension.id),
                )
            if len(things) > len(strange):
                yield Passed(len(things) - len(strange))


@check("FSEP-RAT-008", "rated")
def departures_of_ratings_happened(whole: Whole) -> Iterator[Answer]:
    document = whole.departures
    if document is None:
        return
    seen: Counter[str] = Counter()
    for place, one in enumerate(document.value["departures"]):
        if one["kind"] == "rating-missing":
            fault = _missing_fault(whole, one)
        elif one["kind"] == "rater-replaced":
            fault = _replaced_fault(whole, document.value["departures"], one)
        else:
            continue
        key = repr(sorted((name, value) for name, value in one.items() if name not in ("reason", "declared")))
        if fault is None and seen[key]:
            fault = "the departure is declared twice"
        seen[key] += 1
        yield Passed() if fault is None else Problem(fault, document.place(f"/departures/{place}"))


def _missing_fault(whole: Whole, departure: Mapping[str, Any]) -> str | None:
    thing = whole.thing(departure)
    dealt = whole.account.of(departure["dimension"])
    if thing is None:
        return "the departure names a run that is not planned"
    if dealt is None:
        return f"the departure names the dimension {departure['dimension']!r}, which the rubric does not have"
    rater = departure["rater"]
    if thing not in dealt.assigned_to(rater):
        return f"the rating that is declared missing was not assigned to {rater!r}"
    if any(thing in dealt.given[other] for other in _beside(dealt, rater)):
        return "the rating is declared missing and is there"
    return None


def _beside(dealt: Dealt, rater: str) -> tuple[str, ...]:
    """Return those who hold a rater's seat."""
    seat = dealt.panel.seat_of(rater)
    return dealt.panel.seats[seat] if seat is not None else (rater,)


def _replaced_fault(
    whole: Whole, departures: list[Mapping[str, Any]], departure: Mapping[str, Any]
) -> str | None:
    by_id = whole.rated.raters.by_id
    old, new = by_id.get(departure["rater"]), by_id.get(departure["by"])
    if old is None or new is None:
        return "the departure names a rater who is not in raters.json"
    if any(one["role"] != "rater" or one["kind"] not in ("human", "model") for one in (old, new)):
        return "only human and model raters are replaced, and by such"
    if old["kind"] != new["kind"] or set(old["dimensions"]) != set(new["dimensions"]):
        return "the rater who took over is of another kind, or rates other dimensions"
    changes = [one for one in departures if one["kind"] == "rater-replaced"]
    times = Counter(id_ for one in changes for id_ in (one["rater"], one["by"]))
    if times[departure["rater"]] > 1 or times[departure["by"]] > 1:
        return "one of the two is replaced or takes over elsewhere too"
    return None


@check("FSEP-RAT-007", "rated")
def within_the_share(whole: Whole) -> Iterator[Answer]:
    account, limit = whole.account, whole.study.design.value["limits"]["missing_share"]
    if (requirement := whole.failed("FSEP-RAT-005", "FSEP-RAT-006", "FSEP-RAT-008")) is not None:
        yield Blocked.by(requirement)
        return
    for dealt in account.dealt:
        short = Counter(
            account.runs[thing[0]].cell
            for who, thing in dealt.missing()
            if who[0] not in dealt.panel.adjudicators
        )
        if not short:
            yield Passed()
            continue
        due = Counter(account.runs[slot].cell for things in dealt.seats for slot, _ in things)
        for (system, scaffold), count in due.items():
            lacking = short[system, scaffold]
            if lacking <= limit * count:
                yield Passed()
            else:
                yield Problem(
                    f"of {count} ratings of {dealt.dimension.id!r} assigned for the system {system!r} with "
                    f"the scaffold {scaffold!r}, {lacking} are missing",
                    whole.study.design.place("/limits/missing_share"),
                    found=lacking / count,
                    expected=f"at most {limit}",
                    group=(dealt.dimension.id, system, scaffold),
                )


@check("FSEP-PRF-009", "rated")
def one_condition_a_participant(whole: Whole) -> Iterator[Answer]:
    if not whole.rated.rubric.participants:
        return
    met: dict[str, tuple[str, str]] = {}
    for slot, run in sorted(whole.rateable.items()):
        place = whole.place(whole.runs[slot])
        people = run.seen.participants
        if len(people) != 1:
            yield Problem(
                f"the run {run.run!r} is of {len(people)} participants, and participants are the units",
                place,
                expected="one",
            )
            continue
        (person,) = people
        if met.setdefault(person, run.cell) == run.cell:
            yield Passed()
        else:
            yield Problem(
                f"the participant {person!r} met a second condition in the run {run.run!r}",
                place,
                found=" with ".join(run.cell),
                expected=" with ".join(met[person]),
            )
