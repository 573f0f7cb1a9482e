"""What recorded token counts show (FSEP-OBS-005 to 007): that they are there, can be, and are alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from fsep.checks.line import RunLine
from fsep.checks.registry import Answer, Passed, check
from fsep.findings import Problem
from fsep.parsing.canonical import canonical

if TYPE_CHECKING:
    from fsep.checks.whole import Whole

# The protocol's numbers: outputs below which nothing is said of a system; tokens that an output may take
# beyond its bytes, for what frames it; how many may stand for a byte of a call, which was written in a form
# that is not recorded; bytes from which a text is long enough for the frame not to count; and how many times
# another's median a median may be.
ENOUGH = 20
FRAME = 64
CALL_FACTOR = 4
LONG = 32
FACTOR = 3
# Ratios are counted in thousandths of a token for a byte, and up to ten tokens, which bounds what is kept.
THOUSAND = 1000
HIGHEST = 10 * THOUSAND


class Words(NamedTuple):
    """Bytes of an output's texts, of its reasoning and of its calls; the forms of the reasoning."""

    said: int
    thought: int
    called: int
    forms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Spent:
    """How many tokens the outputs of one system took.

    `counted` outputs record their output tokens. `ratios` counts, of those that are texts long enough to
    tell, the tokens for a thousand bytes. They merge: associative and commutative, the empty one as identity.
    """

    counted: int = 0
    ratios: Mapping[int, int] = field(default_factory=dict)

    def __add__(self, other: Spent) -> Spent:
        """Merge two counts."""
        if not other.counted:
            return self
        return Spent(self.counted + other.counted, Counter(self.ratios) + Counter(other.ratios))

    @property
    def texts(self) -> int:
        """How many outputs the median is of."""
        return sum(self.ratios.values())

    @property
    def median(self) -> int:
        """The lower median of the ratios; of none there is none."""
        left = (self.texts + 1) // 2
        for ratio, count in sorted(self.ratios.items()):
            left -= count
            if left <= 0:
                return ratio
        raise ValueError("there is no median of nothing")


NOTHING_SPENT = Spent()


def spent(line: RunLine, outputs: Iterable[Mapping[str, Any]]) -> Spent:
    """Return what outputs of a line took."""
    counted = [event for event in outputs if "output_tokens" in event.get("usage", ())]
    if not counted:
        return NOTHING_SPENT
    ratios: Counter[int] = Counter()
    for event in counted:
        words = _words(event)
        if words is None or words.called or words.forms - {"text", "none"} or _cut(line, event):
            continue
        length = words.said + words.thought
        if words.said and length >= LONG:
            ratios[min(event["usage"]["output_tokens"] * THOUSAND // length, HIGHEST)] += 1
    return Spent(len(counted), ratios)


def _words(event: Mapping[str, Any]) -> Words | None:
    """Return what an output says; None where some of it is elsewhere, withheld or no text."""
    content = event.get("content")
    parts = content if isinstance(content, list) else [{"type": "text", "text": content or ""}]
    said = thought = 0
    forms = set()
    for part in parts:
        text = part.get("text", "")
        if not isinstance(text, str) or "blob" in part:
            return None
        if part["type"] == "reasoning":
            forms.add(part["form"])
            thought += len(text.encode())
        else:
            said += len(text.encode())
    calls = event.get("tool_calls")
    return Words(said, thought, len(canonical(calls)) if calls else 0, frozenset(forms))


def _cut(line: RunLine, event: Mapping[str, Any]) -> bool:
    """Whether tokens may have been counted that were then taken out of the output."""
    if event.get("finish") == "content-filter":
        return True
    system = line.study.systems.get(line.head["system"])
    adaptations = system.value.get("adaptations", ()) if system is not None else ()
    return any(adaptation["kind"] == "client-side-stop" for adaptation in adaptations)


@check("FSEP-OBS-006", "line")
def possible_counts(line: RunLine) -> Iterator[Answer]:
    passed = 0
    for place, event in line.requested:
        usage = event.get("usage")
        if usage is None or "output_tokens" not in usage:
            continue
        words = _words(event)
        if words is None:
            continue
        tokens, most = usage["output_tokens"], _most(line, event, words)
        if not tokens and (words.said or words.called):
            wrong = "an output that is not empty is said to have taken no tokens"
        elif most is not None and tokens > most:
            wrong = "an output is said to have taken more tokens than its bytes allow"
        else:
            passed += 1
            continue
        yield Problem(
            f"{wrong}, of {event['actor']!r} in runs of the system {line.head['system']!r}",
            line.event_place(place, "usage"),
            found=tokens,
            expected=f"at least 1 and at most {most}" if most is not None else "at least 1",
            group=(line.head["system"], event["actor"], wrong),
        )
    if passed:
        yield Passed(passed)


def _most(line: RunLine, event: Mapping[str, Any], words: Words) -> int | None:
    """Return how many tokens an output may have taken; None where that cannot be told from the record."""
    if _cut(line, event):
        return None
    most = words.said + CALL_FACTOR * words.called + FRAME
    reasoning = event["usage"].get("reasoning_tokens")
    if reasoning is not None:
        return int(most + reasoning)
    return most + words.thought if words.forms == {"text"} else None


@check("FSEP-OBS-005", "summary")
def usage_of_all_or_none(whole: Whole) -> Iterator[Answer]:
    compared = {system: seen for system, seen in whole.observed.items() if seen.outputs >= ENOUGH}
    yield from whole.unseen
    having = [system for system, seen in compared.items() if seen.spent.counted]
    lacking = [system for system in compared if system not in having]
    if len(compared) >= 2 and not (having and lacking):
        yield Passed(len(compared))
    elif having and lacking:
        counts = "; ".join(
            f"{compared[system].spent.counted} of {compared[system].outputs} of {system!r}"
            for system in compared
        )
        for system in lacking:
            yield Problem(
                f"no output of the system {system!r} records how many tokens it took, and those of others do "
                f"({counts})",
                whole.study.systems[system].place("/id"),
            )


@check("FSEP-OBS-007", "summary")
def like_lengths(whole: Whole) -> Iterator[Answer]:
    compared = {system: seen.spent for system, seen in whole.observed.items() if seen.spent.texts >= ENOUGH}
    yield from whole.unseen
    if len(compared) < 2:
        return
    least = min(compared, key=lambda system: (compared[system].median, system))
    more = [system for system, its in compared.items() if its.median > FACTOR * compared[least].median]
    if not more:
        yield Passed(len(compared))
    for system in more:
        yield Problem(
            f"{compared[system].texts} texts of the system {system!r} took a median of "
            f"{compared[system].median} tokens for a thousand bytes, {compared[least].texts} of {least!r} "
            f"a median of {compared[least].median}: {system!r} was counted tokens whose text is not recorded",
            whole.study.systems[system].place("/id"),
        )
