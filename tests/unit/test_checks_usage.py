"""Which token counts can be, and which systems' are compared."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from fsep.checks.observe import Observed
from fsep.checks.registry import Passed
from fsep.checks.usage import Spent, like_lengths, possible_counts, spent, usage_of_all_or_none
from fsep.findings import Place, Problem

WITHHELD = {"withheld": {"commitment": "0" * 64, "kind": "string", "reason": "private"}}
THOUGHT = {"type": "reasoning", "form": "text", "text": "t" * 20}
SUMMARY = {"type": "reasoning", "form": "summary", "text": "t" * 20}
TEXT = {"type": "text", "text": "s" * 30}
CALLS = [{"id": "c", "name": "find", "arguments": {}}]
CALLED = len('[{"arguments":{},"id":"c","name":"find"}]')


def line(*events: dict[str, Any], adaptations: tuple[str, ...] = ()) -> Any:
    """A line of outputs of one system."""
    system = SimpleNamespace(value={"adaptations": [{"kind": kind} for kind in adaptations]})
    return SimpleNamespace(
        study=SimpleNamespace(systems={"alpha": system}),
        head={"system": "alpha"},
        requested=list(enumerate(events)),
        event_place=lambda event, _: Place("transcripts/a.jsonl", 1, None, f"/events/{event}/usage"),
    )


def output(content: Any, tokens: int | None, reasoning: int | None = None, **more: Any) -> dict[str, Any]:
    """An output with its usage."""
    usage = {"output_tokens": tokens, "reasoning_tokens": reasoning}
    usage = {member: count for member, count in usage.items() if count is not None}
    return {"actor": "agent", "content": content, "usage": usage, **more}


def possible(event: dict[str, Any], *adaptations: str) -> bool | None:
    """Whether an output's count can be; None where it is not looked at."""
    answers = list(possible_counts(line(event, adaptations=adaptations)))
    return None if not answers else isinstance(answers[0], Passed)


@pytest.mark.parametrize(
    ("content", "calls", "reasoning", "most"),
    [
        ([THOUGHT, TEXT], None, None, 20 + 30 + 64),
        ([THOUGHT, TEXT], CALLS, None, 20 + 30 + 4 * CALLED + 64),
        ([THOUGHT, {"type": "text", "text": "\u00e9" * 5}], None, None, 20 + 10 + 64),
        ("s" * 30, None, 500, 500 + 30 + 64),
        ([THOUGHT, TEXT], None, 500, 500 + 30 + 64),
        ([SUMMARY, TEXT], None, 500, 500 + 30 + 64),
        (None, CALLS, 0, 4 * CALLED + 64),
    ],
)
def test_an_output_takes_no_more_tokens_than_its_bytes_allow(
    content: Any, calls: Any, reasoning: int | None, most: int
) -> None:
    more = {"tool_calls": calls} if calls else {}
    assert possible(output(content, most, reasoning, **more)) is True
    assert possible(output(content, most + 1, reasoning, **more)) is False


@pytest.mark.parametrize(
    "event",
    [
        output("s", 9999),
        output([SUMMARY, TEXT], 9999),
        output([THOUGHT, SUMMARY, TEXT], 9999),
        output([{"type": "reasoning", "form": "none"}, TEXT], 9999),
        output("s", 9999, 0, finish="content-filter"),
    ],
)
def test_there_is_no_maximum_where_something_may_be_elsewhere(event: dict[str, Any]) -> None:
    assert possible(event) is True


def test_there_is_no_maximum_where_the_runner_cuts_outputs_itself() -> None:
    assert possible(output("s", 9999, 0), "client-side-stop") is True
    assert possible(output("s", 9999, 0), "echo-reasoning") is False


@pytest.mark.parametrize(
    ("event", "allowed"),
    [
        (output("s", 0), False),
        (output(None, 0, tool_calls=CALLS), False),
        (output("s", 1), True),
        (output("", 0), True),
        (output(None, 0), True),
        (output([THOUGHT], 0), True),
    ],
)
def test_an_output_that_is_not_empty_takes_some_tokens(event: dict[str, Any], allowed: bool) -> None:
    assert possible(event) is allowed


@pytest.mark.parametrize(
    "event",
    [
        output(WITHHELD, 0),
        output([{"type": "text", "text": WITHHELD}], 0),
        output([{"type": "text", "blob": "0" * 64}], 0),
        output([TEXT, {"type": "image", "blob": "0" * 64, "media_type": "image/png"}], 0),
        output("s", None),
        {"actor": "agent", "content": "s"},
    ],
)
def test_what_is_elsewhere_or_was_not_counted_is_not_looked_at(event: dict[str, Any]) -> None:
    assert possible(event) is None


@pytest.mark.parametrize(
    ("event", "ratios"),
    [
        (output("s" * 40, 10), {250: 1}),
        (output("s" * 48, 10), {208: 1}),
        (output("s" * 32, 10), {312: 1}),
        (output("s" * 31, 10), {}),
        (output([THOUGHT, TEXT], 10), {200: 1}),
        (output([THOUGHT], 10), {}),
        (output([SUMMARY, TEXT, TEXT], 10), {}),
        (output([{"type": "reasoning", "form": "none"}, TEXT, TEXT], 60), {1000: 1}),
        (output("s" * 40, 9999), {10_000: 1}),
        (output("s" * 40, 10, tool_calls=CALLS), {}),
        (output("s" * 40, 10, finish="content-filter"), {}),
        (output([{"type": "text", "blob": "0" * 64}], 10), {}),
    ],
)
def test_the_ratio_is_of_tokens_to_a_thousand_bytes_of_long_texts(
    event: dict[str, Any], ratios: dict[int, int]
) -> None:
    assert spent(line(), [event]) == Spent(1, ratios)


def test_outputs_without_counts_come_to_nothing() -> None:
    assert spent(line(), [output("s" * 40, None), {"content": "s" * 40}]) == Spent()


@pytest.mark.parametrize(
    ("ratios", "median"),
    [({5: 1}, 5), ({5: 1, 7: 1}, 5), ({7: 1, 5: 1, 9: 1}, 7), ({9: 3, 1: 2}, 9), ({1: 2, 9: 2}, 1)],
)
def test_the_median_is_the_lower_one(ratios: dict[int, int], median: int) -> None:
    assert Spent(9, ratios).median == median


def whole(**observed: Observed) -> Any:
    """What the checks look at."""
    systems = {
        id_: SimpleNamespace(place=lambda pointer, id_=id_: Place(f"systems/{id_}.json", 1, 1, pointer))
        for id_ in observed
    }
    return SimpleNamespace(observed=observed, unseen=(), study=SimpleNamespace(systems=systems))


def texts(ratio: int, count: int = 20) -> Observed:
    """A system whose texts all took as many tokens for their length."""
    return Observed(outputs=count, spent=Spent(count, {ratio: count}))


def test_a_median_of_three_times_another_is_allowed_and_more_is_not() -> None:
    assert list(like_lengths(whole(alpha=texts(100), beta=texts(300)))) == [Passed(2)]
    (problem,) = like_lengths(whole(alpha=texts(100), beta=texts(301), gamma=texts(120)))
    assert isinstance(problem, Problem)
    assert problem.place.path == "systems/beta.json"
    assert problem.message == (
        "20 texts of the system 'beta' took a median of 301 tokens for a thousand bytes, 20 of 'alpha' a "
        "median of 100: 'beta' was counted tokens whose text is not recorded"
    )


def test_systems_with_too_few_texts_are_not_compared() -> None:
    assert list(like_lengths(whole(alpha=texts(100), beta=texts(900, 19)))) == []
    assert list(like_lengths(whole(alpha=texts(100)))) == []


@pytest.mark.parametrize(
    ("alpha", "beta", "lacking"),
    [
        (Observed(outputs=20), Observed(outputs=20), []),
        (texts(1), texts(1), []),
        (texts(1), Observed(outputs=20), ["systems/beta.json"]),
        (texts(1), Observed(outputs=19), None),
        (texts(1, 19), Observed(outputs=20), None),
    ],
)
def test_tokens_are_recorded_for_all_compared_or_for_none(
    alpha: Observed, beta: Observed, lacking: list[str] | None
) -> None:
    answers = list(usage_of_all_or_none(whole(alpha=alpha, beta=beta)))
    if lacking is None:
        assert answers == []
    elif not lacking:
        assert answers == [Passed(2)]
    else:
        assert [answer.place.path for answer in answers if isinstance(answer, Problem)] == lacking
