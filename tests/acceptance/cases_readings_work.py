"""Readings of the limits of replay: what each thing costs, at the last unit that a run has and one beyond."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from acceptance.cases_readings_language import Step
from acceptance.corners import TOOLS
from acceptance.readings import Reading, program
from fsep import limits
from fsep.scaffold.compile import compile_program
from fsep.scaffold.machine import Environment, Exhausted, Item, Setting, start
from fsep.scaffold.message import Output
from fsep_conformance.change import Files
from scaffolding import collect, each, equals, extract, generate, let, repeat, say, scaffold, when
from workbench import Workbench

ADH1 = "FSEP-ADH-001"
READINGS: list[Reading] = []
ASK, LAST = say("ask", "{{item.question}}"), generate("last")
UNITS = 2**22
# Texts of 64 characters, of twice as many, and so on to 2^22, of which rendering one costs as many units as it has
# full 64 characters, and one: so that a run comes to its last units in a moment.
_TEXTS = [let("t0", "x" * 64), *(let(f"t{power}", f"{{{{t{power - 1}}}}}" * 2) for power in range(1, 17))]


def spent(steps: Sequence[Step]) -> int:
    """Return how many units a run of a program needs, that of its result included."""
    program = compile_program(scaffold(*steps, result="done"))
    setting = Setting(
        model="stand-in",
        design_sha256="0" * 64,
        environments={"desk": Environment("desk", {one["name"]: one for one in TOOLS})},
    )
    least, most = 0, 4 * UNITS
    while least < most:
        middle = (least + most) // 2
        least, most = (least, middle) if _enough(program, setting, middle) else (middle + 1, most)
    return least


def _enough(program: Any, setting: Setting, units: int) -> bool:
    had, limits.MACHINE_FUEL = limits.MACHINE_FUEL, units  # type: ignore[misc]
    run = start(program, setting, Item("one", {"question": "Why?"}), 0)
    told: Any = None
    try:
        while True:
            want = run.send(told)
            told = Output("B") if want.content is None else None
    except StopIteration:
        return True
    except Exhausted:
        return False
    finally:
        limits.MACHINE_FUEL = had  # type: ignore[misc]


def filled(steps: Sequence[Step], units: int) -> list[Step]:
    """Return a program with these steps that needs exactly so many units."""
    made = [ASK, *_TEXTS, *steps, LAST]
    left = units - spent(made)
    # Naming a text of 2^power times 64 characters costs 2^power units, and two for the step and the template.
    each_ = {2: "", **{2 + 2**power: f"{{{{t{power}}}}}" for power in range(17)}}
    filler = []
    while left:
        cost = max(cost for cost in each_ if left == cost or left - cost >= 2)
        filler.append(let("u", each_[cost]))
        left -= cost
    return [ASK, *_TEXTS, *filler, *steps, LAST]


def _files(steps: Sequence[Step], units: int) -> Callable[[], Files]:
    """Return how the files of a bundle are made with a program that needs so many units."""

    def put(bench: Workbench) -> None:
        bench["scaffolds/tested.json"]["program"]["steps"] = filled(steps, units)
        bench.lock()

    return program([ASK, *_TEXTS, *steps, LAST], ["B"], put)


def costs(what: str, *steps: Step) -> None:
    """Add two cases of what something costs: a run that has exactly the units for it, and one that lacks one."""
    enough, lacking = _files(steps, UNITS), _files(steps, UNITS + 1)
    READINGS.append(Reading(ADH1, f"as many units as a run has: {what}", "accept", files=enough))
    READINGS.append(Reading(ADH1, f"a unit more than a run has: {what}", "incomplete", files=lacking))


def _taken(text: str, *operations: dict[str, Any], otherwise: Any = "") -> Step:
    return extract("e", text, list(operations), otherwise=otherwise)


_MARK = {"op": "before", "marker": "y", "which": "first"}
costs("steps and templates alone")
costs("a text of 63 characters, and one of 64", let("v", "x" * 63), let("v", "x" * 64))
costs("a text of code points beyond the basic plane", let("v", "\U0001f600" * 64))
costs("a template that comes to nothing", let("v", ""))
costs("branches, taken and not", when(equals("a", "b"), [let("v", "x" * 640)], when(equals("a", "a"), [])))
costs(
    "tests within tests, of which some are not looked at",
    when(
        {
            "test": "not",
            "of": {"test": "any", "of": [equals("a", "b"), equals("a", "a"), equals("{{t9}}", "a")]},
        },
        [],
    ),
)
costs("rounds of a loop", repeat("r", [repeat("q", [when(equals("{{q}}", "x"), [])], 100)], 10))
costs(
    "rounds over a list, and its bound",
    _taken("a\nb\nc\nd", {"op": "lines"}, otherwise=[]),
    each("r", "e", [let("v", "")], 3),
)
costs("an operation, and what it gives", _taken("{{t3}}", {"op": "trim"}))
costs(
    "operations that fail, and what is given then",
    extract("e", "{{t3}}", [_MARK], [{"op": "trim"}, _MARK], otherwise="{{t2}}"),
)
costs(
    "operations on a list",
    _taken(
        "{{t2}}\n\n{{t2}}\n",
        {"op": "lines"},
        {"op": "trim"},
        {"op": "nonempty"},
        {"op": "first", "count": 1},
        otherwise=[],
    ),
)
costs(
    "an operation that gives the empty list",
    _taken("\n" * 200, {"op": "lines"}, {"op": "nonempty"}, {"op": "trim"}, otherwise=["{{t1}}", ""]),
)
costs("brackets that are tried", _taken("[{{t3}}[{{t3}}[1, 2]{{t3}}", {"op": "json-array"}, otherwise=[]))
costs("a pointer that is followed", _taken('{"a": "{{t4}}"}', {"op": "json-pointer", "pointer": "/a"}))
costs("a pattern", when({"test": "matches", "text": "{{t5}}", "pattern": "(x|[yz]){2,30}"}, []))
costs(
    "a pattern of less than a full 64",
    when({"test": "matches", "text": "abcdefg", "pattern": "abcdefghi"}, []),
)
costs(
    "what is collected and joined",
    repeat("r", [let("v", "{{t1}}")], 5),
    collect("c", "r", "v", separator="x" * 30),
)
costs("what is collected last", repeat("r", [let("v", "{{t1}}")], 5), collect("c", "r", "v", how="last"))
costs(
    "what is collected of no round",
    repeat("r", [when(equals("a", "b"), [let("v", "x")])], 5),
    collect("c", "r", "v", otherwise="{{t1}}"),
)
_EDIT = {"do": "edit", "id": "cut", "thread": "main", "actor": "solver"}
costs(
    "edits, which look at all messages, and a text that one puts there",
    {**_EDIT, "how": "keep-last", "count": 1},
    {**_EDIT, "id": "cut2", "how": "drop-first", "count": 1},
    {**_EDIT, "id": "cut3", "how": "replace", "text": "{{t1}}"},
)
