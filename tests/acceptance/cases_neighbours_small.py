"""Small bundles beside what is allowed: people who take part, external parts, arguments that look withheld."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import rated
from acceptance.corners import Corner, answer, bench_of
from entries import rate
from parent import ledger
from scaffolding import generate, say, tools
from workbench import Workbench


@dataclass(frozen=True)
class Small:
    """A small bundle as a case; `parent` is the sentence of the accepted one that it differs from."""

    requirement: str
    sentence: str
    make: Callable[[], Workbench]
    parent: str = "small"
    facets: tuple[str, ...] = ("whole", "replayed")
    accepts: bool = False
    also: tuple[str, ...] = ()


SMALL: list[Small] = []


# --- people who take part

_PEOPLE = Corner(
    "a person speaks first",
    [generate("asked", "person"), generate("last")],
    [answer("What is it?", participant="p1"), "It is that."],
    result="{{last}}",
    actors={"solver": {"kind": "model"}, "person": {"kind": "human"}},
    threads={"main": ["person", "solver"]},
)
_RATED = ("whole", "replayed", "complete", "rated")


def _people(change: Callable[[Workbench], object] | None = None) -> Workbench:
    """Return a study of two systems and two people and one who did not come, rated by a program."""
    bench = bench_of(_PEOPLE)
    bench["systems/t.json"] = {**copy.deepcopy(bench["systems/s.json"]), "id": "t"}
    bench["items.jsonl"].append({**bench["items.jsonl"][0], "id": "two"})
    (run,) = bench["transcripts/s.jsonl"]
    runs = bench["transcripts/s.jsonl"] = []
    for system, item, person in (("s", "one", "p1"), ("s", "two", "p2"), ("t", "one", "p3")):
        made = {**copy.deepcopy(run), "run": f"{system}.{item}", "system": system, "item": item}
        made["events"][0]["participant"] = person
        runs.append(made)
    missing = {"system": "t", "scaffold": "tested", "item": "two", "replicate": 0}
    bench["departures.json"] = {
        "fsep": "1.0",
        "kind": "departures",
        "departures": [{"kind": "run-missing", **missing, "reason": "nobody came"}],
    }
    rate(bench)
    bench["design.json"]["analysis"] = {"confidence": 0.95, "units": "participants", "dimensions": []}
    bench.lock()
    rated.figure(bench)
    if change is not None:
        change(bench)
    return bench


def _by(bench: Workbench, run: str, person: str) -> None:
    bench.run(run)["events"][0]["participant"] = person


_WHO = "people are the units, each in one condition, and of one run nobody knows whose it was"
SMALL += [
    Small("FSEP-PRF-009", _WHO, _people, facets=_RATED, accepts=True),
    Small(
        "FSEP-PRF-009",
        "a person met a second condition",
        partial(_people, lambda bench: _by(bench, "t.one", "p1")),
        _WHO,
        _RATED,
    ),
    Small(
        "FSEP-PRF-003",
        "a person had two runs in one condition, who are counted as two",
        partial(_people, lambda bench: _by(bench, "s.two", "p1")),
        _WHO,
        _RATED,
    ),
    Small(
        "FSEP-REQ-001",
        "a model's output has no request digest beside a person's, which has none to have",
        partial(_people, lambda bench: bench.run("t.one")["events"][1].pop("request_sha256")),
        _WHO,
        _RATED,
    ),
]


# --- external parts

_ASK = [say("ask", "{{item.question}}"), generate("first")]
_QUOTE = say("quote", "It says: {{aside}}")


def _part(most: int) -> dict[str, Any]:
    return {
        "do": "external",
        "id": "aside",
        "thread": "main",
        "actor": "solver",
        "harness": {"name": "a-harness", "sha256": "0" * 64},
        "max_events": most,
        "at_bound": "continue",
    }


def _external(
    most: int, said: int, *, quoted: str | None = "One.", ends: bool = False, failed: bool = False
) -> Workbench:
    """Return a run through an external part of at most so many events, in which it said so many things.

    Args:
        most: how many events it may have.
        said: how many it has: the first by the model, the others by a user.
        quoted: what the program quotes of it, None where the record ends before that.
        ends: whether the program ends with it.
        failed: whether the run broke off.
    """
    bench = bench_of(Corner("", _ASK, ["Yes."], result="{{first}}"))
    program = bench["scaffolds/tested.json"]["program"]
    program["steps"] += [_part(most)] if ends else [_part(most), _QUOTE]
    run = bench["transcripts/s.jsonl"][0]
    common = {"kind": "external", "step": "aside", "thread": "main"}
    words = ("One.", "Two.", "Three.", "Four.")
    for place in range(said):
        who = {"actor": "solver", "origin": "model", "role": "assistant"}
        if place:
            who = {"actor": "a-harness", "origin": "harness", "role": "user"}
        run["events"].append({**common, **who, "content": words[place]})
    if quoted is not None and not ends:
        run["events"].append({**run["events"][0], "step": "quote", "content": f"It says: {quoted}"})
    if failed:
        run |= {"status": "failed", "failure": {"kind": "infrastructure-error"}}
        del run["result"]
    bench.lock()
    return bench


_PART = "FSEP-ADH-006"
SMALL += [
    Small(
        _PART,
        "an external part said two things, and the program quotes the one by the model",
        partial(_external, 3, 2),
    ),
    Small(_PART, "an external part said as many things as it may", partial(_external, 2, 2)),
    Small(_PART, "an external part said more than it may", partial(_external, 2, 3), also=("FSEP-ADH-001",)),
    Small(
        _PART,
        "the program quotes of an external part what a user said",
        partial(_external, 3, 2, quoted="Two."),
        also=("FSEP-ADH-002",),
    ),
    Small(
        _PART,
        "the record of a completed run ends in an external part, and the program goes on",
        partial(_external, 3, 1, quoted=None),
        also=("FSEP-ADH-001",),
    ),
    Small(
        _PART,
        "a run broke off in an external part, which might have said more",
        partial(_external, 2, 1, ends=True, failed=True),
    ),
    Small(
        _PART,
        "a failed run has all that an external part may say, with which the program ends",
        partial(_external, 2, 2, ends=True, failed=True),
        also=("FSEP-ADH-005",),
    ),
    Small(
        _PART,
        "the program misquotes an external part in a run that broke off later",
        partial(_external, 3, 1, quoted="Two.", failed=True),
        also=("FSEP-ADH-002",),
    ),
]


# --- arguments that look withheld

_HIDDEN = {"commitment": "0" * 64, "kind": "object", "reason": "a book of that name"}


def _called(arguments: Any) -> Workbench:
    steps = [say("ask", "{{item.question}}"), tools("work"), generate("last")]
    return bench_of(Corner("", steps, [answer(None, ("1", "look", arguments)), "A page.", "So.", "Done."]))


SMALL += [
    Small(
        "FSEP-REQ-002",
        f"arguments of a call {sentence}, and are not withheld",
        partial(_called, arguments),
        accepts=True,
    )
    for sentence, arguments in (
        ("have a member beside the one called `withheld`", {"withheld": _HIDDEN, "page": 1}),
        (
            "have a member called `withheld` that lacks a reason",
            {"withheld": {"commitment": "0" * 64, "kind": "object"}},
        ),
        ("have a member called `withheld` that is a text", {"withheld": "0" * 64}),
    )
]


def _edited() -> Workbench:
    """Return a run with an edit, in a ledger; nothing is withheld from it, and the word is in it."""
    edit = {"do": "edit", "id": "cut", "thread": "main", "actor": "solver", "how": "drop-first", "count": 1}
    steps = [
        say("ask", "{{item.question}}"),
        generate("first"),
        edit,
        say("again", "Sure?"),
        generate("last"),
    ]
    bench = bench_of(Corner("", steps, ["Something is withheld from me.", "Yes."]))
    bench["ledger.jsonl"] = ledger(list(bench.runs()), dropped=[])
    return bench


SMALL.append(
    Small(
        "FSEP-PRV-002",
        "a model says `withheld` in a run with an edit that the ledger has, and nothing is",
        _edited,
        accepts=True,
    )
)
