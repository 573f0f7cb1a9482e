"""Checks of the rubric and of what the design plans for it (FSEP-RUB)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fsep.checks.registry import Answer, Blocked, Passed, check
from fsep.checks.study import Document, Study
from fsep.digests import program_digest
from fsep.findings import Problem
from fsep.scaffold.program import Program


def _repeated(document: Document, pointer: str, ids: Sequence[str], what: str) -> Iterator[Answer]:
    for place, id_ in enumerate(ids):
        if ids.index(id_) < place:
            yield Problem(f"two {what} have one id", document.place(f"{pointer}/{place}"), found=id_)
        else:
            yield Passed()


@check("FSEP-RUB-001", "study")
def rubric_holds_together(study: Study) -> Iterator[Answer]:
    document = study.optional("rubric")
    if document is None:
        return
    dimensions, packets = document.value["dimensions"], document.value["packets"]
    yield from _repeated(document, "/packets", [one["id"] for one in packets], "packets")
    yield from _repeated(document, "/dimensions", [one["id"] for one in dimensions], "dimensions")
    shown = {one["id"]: one for one in packets}
    for place, one in enumerate(dimensions):
        here = f"/dimensions/{place}"
        values = [value["value"] for value in one["scale"]["values"]]
        yield from _repeated(document, f"{here}/scale/values", values, f"values of {one['id']!r}")
        strange = next((value for value in one["attained"] if value not in values), None)
        packet = shown.get(one.get("packet"))
        if strange is not None:
            yield Problem(
                f"the dimension {one['id']!r} is attained at what is no value of its scale",
                document.place(f"{here}/attained"),
                found=strange,
                expected=", ".join(values),
            )
        elif set(values) <= set(one["attained"]):
            yield Problem(
                f"the dimension {one['id']!r} is attained at every value of its scale",
                document.place(f"{here}/attained"),
            )
        elif "packet" in one and packet is None:
            yield Problem(
                f"the dimension {one['id']!r} names a packet that the rubric does not have",
                document.place(f"{here}/packet"),
                found=one["packet"],
                expected=", ".join(shown) or None,
            )
        elif packet is not None and one["unit"] == "output" and packet["shows"] != "thread":
            yield Problem(
                f"outputs are rated in the dimension {one['id']!r}, and its packet shows no thread",
                document.place(f"{here}/packet"),
                found=one["packet"],
            )
        else:
            yield Passed()


@check("FSEP-RUB-002", "study")
def rubric_is_the_designs(study: Study) -> Iterator[Answer]:
    fixed, document = study.design.value.get("rubric"), study.optional("rubric")
    if document is None and fixed is not None:
        yield Problem("the design fixes a rubric, and the bundle has none", study.design.place("/rubric"))
    elif document is not None and fixed is None:
        yield Problem("the bundle has a rubric, and the design fixes none", document.place())
    elif document is not None:
        digest = program_digest(document.value)
        if digest == fixed:
            yield Passed()
        else:
            yield Problem(
                "the rubric is not the one the design fixes",
                study.design.place("/rubric"),
                found=digest,
                expected=fixed,
            )


def fault(study: Study) -> str | None:
    """Return the first requirement that keeps the rubric from being gone by, None where none does.

    Raises:
        BlockedError: where rubric or design are unusable.
    """
    for requirement, function in (
        ("FSEP-RUB-001", rubric_holds_together),
        ("FSEP-RUB-002", rubric_is_the_designs),
        ("FSEP-RUB-003", names_what_there_is),
        ("FSEP-RUB-004", planned_as_the_rubric_has_it),
    ):
        if any(isinstance(answer, Problem) for answer in function(study)):
            return requirement
    return None


def _usable(study: Study) -> tuple[Document | None, Blocked | None]:
    """Return the rubric, and what keeps it from being gone by."""
    document = study.optional("rubric")
    for requirement, answers in (
        ("FSEP-RUB-001", rubric_holds_together(study)),
        ("FSEP-RUB-002", rubric_is_the_designs(study)),
    ):
        if any(isinstance(answer, Problem) for answer in answers):
            return document, Blocked.by(requirement)
    return document, None


@check("FSEP-RUB-003", "study")
def names_what_there_is(study: Study) -> Iterator[Answer]:
    document, blocked = _usable(study)
    if document is None or blocked is not None:
        yield from (blocked,) if blocked is not None else ()
        return
    named = [
        (f"/packets/{place}/thread", one.get("thread")) for place, one in enumerate(document.value["packets"])
    ]
    named += [
        (f"/dimensions/{place}/thread", one.get("thread"))
        for place, one in enumerate(document.value["dimensions"])
    ]
    for pointer, thread in named:
        if thread is not None:
            yield from _threads(study, document, pointer, thread)
    for blocked in study.unusable("scaffold"):
        yield blocked
    for place, packet in enumerate(document.value["packets"]):
        for number, name in enumerate(packet["fields"]):
            lacking = next(
                (item for item, (_, record) in study.item_lines.items() if name not in record["fields"]), None
            )
            if lacking is None:
                yield Passed()
            else:
                yield Problem(
                    f"a packet shows the field {name!r}, which the item {lacking!r} does not have",
                    document.place(f"/packets/{place}/fields/{number}"),
                )
    if study.lost_items is not None:
        yield Blocked.by(study.lost_items)


def _threads(study: Study, document: Document, pointer: str, thread: str) -> Iterator[Answer]:
    for id_, program in study.programs.items():
        if program.primary in program.threads.get(thread, ()):
            yield Passed()
        else:
            yield Problem(
                f"the rubric names the thread {thread!r}, in which the primary actor of the scaffold {id_!r} "
                "does not speak",
                document.place(pointer),
                group=(pointer, id_),
            )


@check("FSEP-RUB-004", "study")
def planned_as_the_rubric_has_it(study: Study) -> Iterator[Answer]:
    document, blocked = _usable(study)
    design = study.design
    if blocked is not None:
        yield blocked
        return
    dimensions = {one["id"]: one for one in document.value["dimensions"]} if document else {}
    yield from _plans(design, dimensions)
    analysed = design.value.get("analysis", {}).get("dimensions", ())
    yield from _named_once(design, "/analysis/dimensions", [one["dimension"] for one in analysed], dimensions)
    scripted = design.value.get("users", {}).get("scripted", ())
    yield from _named_once(
        design, "/users/scripted", [one["scaffold"] for one in scripted], study.names("scaffold")
    )
    for place, one in enumerate(scripted):
        program = study.programs.get(one["scaffold"])
        for number, step in enumerate(one["steps"] if program else ()):
            if program is not None and step in _user_steps(program):
                yield Passed()
            else:
                yield Problem(
                    "the design lists as a user's what is no step at which the scaffold "
                    f"{one['scaffold']!r} says something as a user",
                    design.place(f"/users/scripted/{place}/steps/{number}"),
                    found=step,
                )


def _plans(design: Document, dimensions: Mapping[str, Mapping[str, Any]]) -> Iterator[Answer]:
    plans = design.value.get("rating", ())
    times = Counter(one["dimension"] for one in plans)
    for place, plan in enumerate(plans):
        dimension = dimensions.get(plan["dimension"])
        here = f"/rating/{place}"
        if dimension is None or dimension["by"] != "raters":
            yield Problem(
                "the design plans how something is rated that is no dimension rated by raters",
                design.place(f"{here}/dimension"),
                found=plan["dimension"],
            )
        elif times[plan["dimension"]] > 1:
            yield Problem(
                f"the design has two plans for {plan['dimension']!r}",
                design.place(f"{here}/dimension"),
                group=(plan["dimension"],),
            )
        elif plan["combine"] == "low-median" and dimension["scale"]["kind"] != "ordinal":
            yield Problem(
                f"the scale of {plan['dimension']!r} has no order, and so no median",
                design.place(f"{here}/combine"),
                found=plan["combine"],
            )
        else:
            yield Passed()
    for id_, dimension in dimensions.items():
        if dimension["by"] == "raters" and id_ not in times:
            yield Problem(
                f"the design does not plan how raters rate {id_!r}",
                design.place("/rating" if plans else ""),
                group=(id_,),
            )


def _named_once(
    design: Document, pointer: str, names: Sequence[str], known: Mapping[str, Any] | Sequence[str]
) -> Iterator[Answer]:
    for place, name in enumerate(names):
        if name not in known:
            yield Problem(
                "the design names what there is not",
                design.place(f"{pointer}/{place}"),
                found=name,
                expected=", ".join(known) or None,
            )
        elif names.index(name) < place:
            yield Problem("the design names it twice", design.place(f"{pointer}/{place}"), found=name)
        else:
            yield Passed()


def _user_steps(program: Program) -> set[str]:
    """Return the steps at which a program says something as a user."""
    return {step["id"] for step in program.steps() if step["do"] == "say" and step["role"] == "user"}
