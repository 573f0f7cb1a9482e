"""What outputs show of how they were obtained (FSEP-OBS): gathered for each system, compared at the end."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any

from fsep.checks.identities import Identities, identities, merged
from fsep.checks.line import RunLine
from fsep.checks.prompts import NO_PROMPTS, Prompts
from fsep.checks.registry import Answer, Passed, check
from fsep.checks.study import Study
from fsep.checks.usage import ENOUGH, NOTHING_SPENT, Spent, spent
from fsep.findings import Problem
from fsep.parsing import json
from fsep.parsing.problem import ParseError
from fsep.scaffold.message import text_of

if TYPE_CHECKING:
    from fsep.checks.whole import Whole

# The constant affix worth speaking of, as the protocol has it.
AFFIX = 8
# How much of an affix is kept: the protocol compares no more.
AFFIX_KEPT = 64
# Names of members that are counted, for the sentence alone: the first in their order, so that merging loses
# no count.
NAMES_KEPT = 16


@dataclass(frozen=True, slots=True)
class Observed:
    """What the outputs of one system's primary actor have in common.

    `texts` counts those looked at for their form, `objects` the JSON objects among them, `names` how many of
    those have a member of each name; `prefix` and `suffix` are what all texts begin and end with (None before
    the first). Of all `outputs`, `reasoning` counts those with reasoning and `signed` those whose reasoning
    is signed; `spent` tells what they took. `identities` are those returned for all outputs of the system's
    runs, also of simulators; `prompts` sums up what the requests took. Observations merge: associative and
    commutative, with the empty one as identity.
    """

    texts: int = 0
    objects: int = 0
    names: Mapping[str, int] = field(default_factory=dict)
    prefix: str | None = None
    suffix: str | None = None
    outputs: int = 0
    reasoning: int = 0
    signed: int = 0
    spent: Spent = NOTHING_SPENT
    identities: Identities = field(default_factory=dict)
    prompts: Prompts = NO_PROMPTS

    def __add__(self, other: Observed) -> Observed:
        """Merge two observations."""
        return Observed(
            self.texts + other.texts,
            self.objects + other.objects,
            _counted(self.names, other.names),
            _common(self.prefix, other.prefix),
            _common_end(self.suffix, other.suffix),
            self.outputs + other.outputs,
            self.reasoning + other.reasoning,
            self.signed + other.signed,
            self.spent + other.spent,
            merged(self.identities, other.identities),
            self.prompts.plus(other.prompts),
        )

    @property
    def form(self) -> str | None:
        """The constant form of the outputs, in words; None where they have none."""
        if self.texts and self.objects * 20 >= self.texts * 19:
            return "a JSON object"
        if self.prefix is not None and len(self.prefix) >= AFFIX:
            return f"a text that begins with {self.prefix!r}"
        if self.suffix is not None and len(self.suffix) >= AFFIX:
            return f"a text that ends with {self.suffix!r}"
        return None


def _counted(one: Mapping[str, int], other: Mapping[str, int]) -> Mapping[str, int]:
    if not one or not other:
        return one or other
    return _first_names({name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}})


def _first_names(counts: Mapping[str, int]) -> Mapping[str, int]:
    return {name: counts[name] for name in sorted(counts)[:NAMES_KEPT]}


def _common(one: str | None, other: str | None) -> str | None:
    if one is None or other is None:
        return other if one is None else one
    return one if one == other else os.path.commonprefix([one, other])  # noqa: RUF071  # character by character is what is meant


def _common_end(one: str | None, other: str | None) -> str | None:
    if one is None or other is None:
        return other if one is None else one
    return str(_common(one[::-1], other[::-1]))[::-1]


def observe(line: RunLine) -> Observed:
    """Return what the outputs of a line show."""
    primary = line.program.primary if line.program is not None else None
    # Of what is withheld as a whole it is not known whether there was reasoning in it.
    outputs = [
        event
        for _, event in line.outputs
        if event["actor"] == primary and not isinstance(event.get("content"), dict)
    ]
    thoughts = [found for event in outputs if (found := _thoughts(event.get("content")))]
    texts = [
        text for event in outputs if not event.get("tool_calls") and (text := _text(event.get("content")))
    ]
    objects = [names for text in texts if (names := _members(text)) is not None]
    return Observed(
        texts=len(texts),
        objects=len(objects),
        names=_first_names(Counter(name for names in objects for name in names)) if objects else {},
        prefix=reduce(_common, (text[:AFFIX_KEPT] for text in texts), None),
        suffix=reduce(_common_end, (text[-AFFIX_KEPT:] for text in texts), None),
        outputs=len(outputs),
        reasoning=len(thoughts),
        signed=sum(any("signature" in part for part in parts) for parts in thoughts),
        spent=spent(line, outputs),
        identities=identities(line),
    )


def _thoughts(content: Any) -> list[Mapping[str, Any]]:
    parts = content if isinstance(content, list) else ()
    return [part for part in parts if part["type"] == "reasoning" and part["form"] != "none"]


def _text(content: Any) -> str:
    """Return the text of an output, none where some of it is elsewhere: withheld, or in a blob."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    elsewhere = any("blob" in part or isinstance(part.get("text"), dict) for part in content)
    return "" if elsewhere else text_of(content, str)


def _members(text: str) -> list[str] | None:
    """Return the names in a JSON object; None for a text that is none."""
    if not text.startswith("{") or not text.endswith("}"):
        return None
    try:
        value = json.parse(text.encode())
    except (ParseError, UnicodeEncodeError):
        return None
    return list(value) if isinstance(value, dict) else None


def _compared(whole: Whole, attribute: str) -> dict[str, Observed]:
    """Return what is known of the systems that have enough."""
    return {
        system: observed
        for system, observed in whole.observed.items()
        if getattr(observed, attribute) >= ENOUGH
    }


@check("FSEP-OBS-001", "summary")
def one_form(whole: Whole) -> Iterator[Answer]:
    compared = _compared(whole, "texts")
    yield from whole.unseen
    if len(compared) < 2:
        return
    forms = {system: observed.form for system, observed in compared.items()}
    if len(set(forms.values())) == 1:
        yield Passed(len(compared))
        return
    for system, form in forms.items():
        if form is None:
            continue
        observed = compared[system]
        others = [other for other, other_form in forms.items() if other_form != form]
        if observed.objects and form == "a JSON object":
            message = _wrapped(system, observed, {other: compared[other] for other in others})
        else:
            message = (
                f"all {observed.texts} replies of the system {system!r} are {form}; "
                f"not so those of {', '.join(map(repr, others))}"
            )
        yield Problem(message, whole.study.systems[system].place("/id"))


def _wrapped(system: str, observed: Observed, others: Mapping[str, Observed]) -> str:
    names = ", ".join(f"{name!r} in {count}" for name, count in observed.names.items())
    rest = " and ".join(
        f"{other.objects or 'none'} of the {other.texts} replies of {id_!r}" for id_, other in others.items()
    )
    return (
        f"{observed.objects} of the {observed.texts} replies of the system {system!r} are each wrapped in a "
        f"JSON object (with the member {names}), and {rest}"
    )


@check("FSEP-OBS-002", "summary")
def one_answer_on_reasoning(whole: Whole) -> Iterator[Answer]:
    compared = _compared(whole, "outputs")
    yield from whole.unseen
    if len(compared) < 2:
        return
    having = [system for system, observed in compared.items() if observed.reasoning]
    lacking = [system for system in compared if system not in having]
    if not having or not lacking:
        yield Passed(len(compared))
        return
    for system in having:
        document, observed = whole.study.systems[system], compared[system]
        declared = document.value.get("declared_parameters")
        signed = f" ({observed.signed} of them with a signature)" if observed.signed else ""
        though = ""
        if declared is not None:
            though = f", though its declared parameters name only {', '.join(sorted(declared)) or 'nothing'}"
        yield Problem(
            f"{observed.reasoning} of {observed.outputs} outputs of the system {system!r} "
            f"carry reasoning{signed}{though}; outputs of {', '.join(map(repr, lacking))} carry none",
            document.place("/id"),
        )


@check("FSEP-OBS-003", "study")
def one_runner(study: Study) -> Iterator[Answer]:
    systems = {id_: document for id_, document in sorted(study.systems.items()) if "runner" in document.value}
    if len(systems) >= 2:
        runners = {id_: document.value["runner"] for id_, document in systems.items()}
        if len({tuple(sorted(runner.items())) for runner in runners.values()}) == 1:
            yield Passed(len(runners))
        else:
            each = "; ".join(
                f"{id_!r} by {runner['name']}, version {runner.get('version', 'not stated')}"
                for id_, runner in runners.items()
            )
            yield Problem(
                f"the systems were run by different programs, or different versions (commits) of one: {each}",
                next(iter(systems.values())).place("/runner"),
            )
    yield from study.unusable("system")
