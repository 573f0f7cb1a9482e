"""Checks of scaffolds as programs (FSEP-SCF, FSEP-ADH-006), made when they are compiled."""

from __future__ import annotations

from collections.abc import Iterator

from fsep.checks.registry import Answer, Blocked, Passed, check
from fsep.checks.study import Document, Study
from fsep.findings import Collector, Problem
from fsep.scaffold.compile import compile_program
from fsep.scaffold.program import Program, ProgramError

REQUIREMENTS = {
    "identifiers": "FSEP-SCF-001",
    "references": "FSEP-SCF-002",
    "templates": "FSEP-SCF-003",
    "assigned": "FSEP-SCF-004",
    "types": "FSEP-SCF-005",
    "patterns": "FSEP-SCF-006",
    "size": "FSEP-SCF-007",
}


def compile_all(
    scaffolds: dict[str, Document], collector: Collector, unready: dict[tuple[str, str], str]
) -> dict[str, Program]:
    """Compile every scaffold; those that break a rule are kept out, each rule under its requirement."""
    programs: dict[str, Program] = {}
    for id_, document in scaffolds.items():
        broken: set[str] = set()
        try:
            programs[id_] = compile_program(document.value)
        except ProgramError as error:
            for problem in error.problems:
                requirement = REQUIREMENTS[problem.rule]
                broken.add(requirement)
                collector.failed(requirement, Problem(problem.message, document.place(problem.pointer)))
            unready["scaffold", id_] = min(broken)
        for requirement in REQUIREMENTS.values():
            if requirement not in broken:
                collector.passed(requirement)
    return programs


@check("FSEP-ADH-006", "study")
def no_external_part(study: Study) -> Iterator[Answer]:
    for id_, program in study.programs.items():
        if not program.externals:
            yield Passed()
        for step in program.externals:
            place = study.documents["scaffold"][id_].place("/program/steps")
            yield Problem(
                f"the step {step['id']!r} is an external part: the harness {step['harness']['name']!r} "
                "is named by digest and cannot be replayed",
                place,
                group=(id_, step["id"]),
            )
    for (role, _), requirement in study.unready.items():
        if role == "scaffold" and requirement.startswith("FSEP-SCF"):
            yield Blocked.by(requirement)
    yield from study.unusable("scaffold")
