"""Packets: what a rater is shown of a run, and what never."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pytest

from fsep.protocol import load
from fsep.protocol.schema_errors import is_valid
from fsep.rating.packet import packet, packet_digest, packets_digest
from fsep.rating.rubric import Packet
from fsep.scaffold.message import Message, WithheldText

RESULT = Packet("answer", ("question",), None, frozenset())
TALK = Packet("talk", (), "main", frozenset({"system"}))
FIELDS = {"question": "Why?", "hints": ["a", "b"], "secret": {"withheld": "0" * 64}}
ID = "ab" * 32


def made(spec: Packet, *history: Message, status: str = "completed", result: Any = None) -> dict[str, Any]:
    run = {"status": status, **({"result": result} if result is not None else {})}
    found = packet(spec, ID, run, FIELDS, history, {"c" * 64: "kept apart"}.__getitem__)
    assert is_valid(load("1.0"), "packet", found)
    return found


def test_a_result_is_shown_by_name_with_the_fields_the_rubric_lists() -> None:
    parts = [{"type": "text", "text": "So "}, {"type": "text", "blob": "c" * 64}]
    found = made(RESULT, result=[{"name": "b", "content": "B"}, {"name": "a", "content": parts}])
    assert found == {
        "fsep_packet": "1.0", "packet": ID, "shows": "answer", "ended": "completed",
        "fields": [{"field": "question", "value": "Why?"}],
        "content": [{"name": "b", "text": "B"}, {"name": "a", "text": "So kept apart"}],
    }  # fmt: skip


def test_a_run_without_a_result_shows_none_and_how_it_ended() -> None:
    found = made(RESULT, status="limit-reached")
    assert (found["ended"], found["content"]) == ("limit-reached", [])


def test_fields_stand_in_the_order_of_the_rubric() -> None:
    found = made(Packet("answer", ("hints", "question"), None, frozenset()))
    assert found["fields"] == [
        {"field": "hints", "value": ["a", "b"]},
        {"field": "question", "value": "Why?"},
    ]


def test_a_thread_is_shown_without_the_roles_left_out() -> None:
    call = {"id": "1", "name": "look", "arguments": {"x": 1}}
    history = (Message("system", "Be brief."), Message("user", "Hi"), Message("assistant", "", [call]), Message("tool", "x", (), "1"))  # fmt: skip
    found = made(TALK, *history)
    assert found["content"] == [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "x", "tool_call_id": "1"},
    ]
    assert len(made(Packet("talk", (), "main", frozenset()), *history)["content"]) == 4


def test_reasoning_is_never_shown() -> None:
    thought: list[Mapping[str, Any]] = [
        {"type": "reasoning", "form": "text", "text": "SECRET"},
        {"type": "text", "text": "Yes."},
    ]
    assert "SECRET" not in json.dumps(made(TALK, Message("assistant", thought)))
    assert "SECRET" not in json.dumps(made(RESULT, result=[{"name": "a", "content": thought}]))
    assert made(TALK, Message("assistant", thought))["content"] == [{"role": "assistant", "content": "Yes."}]


WITHHELD = {"withheld": "0" * 64}


@pytest.mark.parametrize(
    ("spec", "history", "result"),
    [
        (Packet("answer", ("secret",), None, frozenset()), (), None),
        (TALK, (Message("user", WITHHELD),), None),  # type: ignore[arg-type]
        (TALK, (Message("user", [{"type": "text", "text": WITHHELD}]),), None),
        (TALK, (Message("assistant", "", [{"id": "1", "name": "look", "arguments": WITHHELD}]),), None),
        (RESULT, (), [{"name": "a", "content": WITHHELD}]),
    ],
)
def test_what_would_show_a_withheld_value_is_not_made(spec: Packet, history: Any, result: Any) -> None:
    with pytest.raises(WithheldText):
        made(spec, *history, result=result)


def test_the_digest_of_all_packets_is_in_the_order_of_blind_ids() -> None:
    one, two, three = (packet_digest({"packet": name}) for name in "abc")
    assert one == hashlib.sha256(b'{"packet":"a"}').digest()
    wanted = hashlib.sha256(two + one + three).hexdigest()
    assert packets_digest({"ff": [three], "00": [two, one]}) == wanted
    assert packets_digest({"00": [two, one], "ff": [three]}) == wanted
    assert packets_digest({}) == hashlib.sha256(b"").hexdigest()
