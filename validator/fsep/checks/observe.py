"""What outputs show of how they were obtained (FSEP-OBS): gathered a system at a time, compared at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fsep.checks.line import RunLine
from fsep.checks.registry import Answer, Passed, check
from fsep.checks.study import Study
from fsep.findings import Problem
from fsep.parsing import json
from fsep.parsing.problem import ParseError
from fsep.scaffold.message import text_of

if TYPE_CHECKING:
    from fsep.checks.summary import Summary
    from fsep.checks.whole import Whole

# Outputs below which nothing is said of a system, and the constant affix worth speaking of (spec/1.0/06-replay.md).
ENOUGH = 20
AFFIX = 8
# How much of an affix is kept: more says no more.
AFFIX_KEPT = 64


@dataclass(frozen=True, slots=True)
class Observed:
    """What the outputs of one system's primary actor have in common.

    `texts` counts those that are looked at for their form, `objects` those that are JSON objects, `members` the names all objects share;
    `prefix` and `suffix` are what all texts begin and end with (None before the first). Observations merge: associative and commutative.
    """

    texts: int = 0
    objects: int = 0
    members: frozenset[str] | None = None
    prefix: str | None = None
    suffix: str | None = None
    outputs: int = 0
    reasoning: int = 0

    def __add__(self, other: Observed) -> Observed:
        """Merge two observations."""
        return Observed(
            self.texts + other.texts,
            self.objects + other.objects,
            _both(self.members, other.members, lambda one, two: one & two),
            _both(self.prefix, other.prefix, lambda one, two: os.path.commonprefix([one, two])),
            _both(
                self.suffix, other.suffix, lambda one, two: os.path.commonprefix([one[::-1], two[::-1]])[::-1]
            ),
            self.outputs + other.outputs,
            self.reasoning + other.reasoning,
        )

    @property
    def form(self) -> str | None:
        """The constant form of the outputs, in words; None where they have none."""
        if self.objects * 20 >= self.texts * 19 and self.members:
            return f"a JSON object with {', '.join(repr(name) for name in sorted(self.members))}"
        if self.prefix is not None and len(self.prefix) >= AFFIX:
            return f"a text that begins with {self.prefix!r}"
        if self.suffix is not None and len(self.suffix) >= AFFIX:
            return f"a text that ends with {self.suffix!r}"
        return None


def _both(one: Any, two: Any, join: Any) -> Any:
    return two if one is None else one if two is None else join(one, two)


def observe(line: RunLine) -> Observed:
    """Return what the outputs of a line show."""
    seen = Observed()
    primary = line.program.primary if line.program is not None else None
    for _, event in line.outputs:
        if event["actor"] == primary:
            seen = seen + _of_event(event)
    return seen


def _of_event(event: Mapping[str, Any]) -> Observed:
    content = event.get("content")
    parts = content if isinstance(content, list) else ()
    reasoning = any(part["type"] == "reasoning" and part["form"] != "none" for part in parts)
    if (
        isinstance(content, dict)
        or event.get("tool_calls")
        or any("blob" in part or isinstance(part.get("text"), dict) for part in parts)
    ):
        return Observed(outputs=1, reasoning=int(reasoning))
    text = text_of(content, str)
    if not text:
        return Observed(outputs=1, reasoning=int(reasoning))
    members = _members(text)
    return Observed(
        1, int(members is not None), members, text[:AFFIX_KEPT], text[-AFFIX_KEPT:], 1, int(reasoning)
    )


def _members(text: str) -> frozenset[str] | None:
    """Return the names in a JSON object; None for a text that is none."""
    if not text.startswith("{") or not text.endswith("}"):
        return None
    try:
        value = json.parse(text.encode())
    except (ParseError, UnicodeEncodeError):
        return None
    return frozenset(value) if isinstance(value, dict) else None


def _compared(summary: Summary, attribute: str) -> dict[str, Observed]:
    return {
        system: observed
        for system, observed in sorted(summary.observed.items())
        if getattr(observed, attribute) >= ENOUGH
    }


@check("FSEP-OBS-001", "summary")
def one_form(whole: Whole) -> Iterator[Answer]:
    compared = _compared(whole.summary, "texts")
    if len(compared) < 2:
        return
    forms = {system: observed.form for system, observed in compared.items()}
    if len(set(forms.values())) == 1:
        yield Passed(len(compared))
        return
    for system, form in forms.items():
        if form is None:
            continue
        others = ", ".join(
            f"{repr(other)} ({'none' if other_form is None else other_form}, {compared[other].texts} outputs)"
            for other, other_form in forms.items()
            if other_form != form
        )
        observed = compared[system]
        share = (
            f"{observed.objects} of its {observed.texts} replies are each wrapped in"
            if form.startswith("a JSON")
            else f"all of its {observed.texts} replies are"
        )
        yield Problem(
            f"{share} {form} in the system {system!r}, and not so in {others}",
            whole.study.systems[system].place("/id"),
            found=form,
        )


@check("FSEP-OBS-002", "summary")
def one_answer_on_reasoning(whole: Whole) -> Iterator[Answer]:
    compared = _compared(whole.summary, "outputs")
    if len(compared) < 2:
        return
    having = [system for system, observed in compared.items() if observed.reasoning]
    lacking = [system for system in compared if system not in having]
    if not having or not lacking:
        yield Passed(len(compared))
        return
    for system in having:
        document = whole.study.systems[system]
        observed = compared[system]
        declared = document.value.get("declared_parameters")
        names = (
            ""
            if declared is None
            else f", though its declared parameters name only {', '.join(sorted(declared)) or 'nothing'}"
        )
        yield Problem(
            f"{observed.reasoning} of {observed.outputs} outputs of the system {system!r} carry reasoning{names}; outputs of {', '.join(map(repr, lacking))} carry none",
            document.place("/id"),
        )


@check("FSEP-OBS-003", "study")
def one_runner(study: Study) -> Iterator[Answer]:
    runners = {
        id_: document.value["runner"]
        for id_, document in sorted(study.systems.items())
        if "runner" in document.value
    }
    if len(runners) >= 2:
        distinct = {tuple(sorted(runner.items())) for runner in runners.values()}
        if len(distinct) == 1:
            yield Passed(len(runners))
        else:
            first = next(iter(runners))
            versions = "; ".join(
                f"{id_!r} by {runner['name']} {runner.get('version', 'of no stated version')}"
                for id_, runner in runners.items()
            )
            yield Problem(
                f"the systems were run by different programs or versions: {versions}",
                study.systems[first].place("/runner"),
            )
    yield from study.unusable("system")
