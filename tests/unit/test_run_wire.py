"""The body of a request and the digest read from it; replies, whole and in pieces."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsep import limits
from fsep.run import reply as replies
from fsep.run.reply import NoReply, Pieces, Reply
from fsep.run.wire import WireError, body_of, digest_of
from fsep.scaffold.adaptation import Adaptations, compile_adaptations
from fsep.scaffold.message import Message
from fsep.scaffold.view import Offer, Request, Sent, View
from fsep.scripted import wire
from fsep.scripted.script import Said
from running import wire_digest

IMAGE = b"\x89PNG not really"
BLOBS = {sha256(IMAGE).hexdigest(): IMAGE}
TEXTS = st.text(max_size=40)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), TEXTS, st.floats(-1e6, 1e6)
)
ARGUMENTS = st.one_of(
    st.dictionaries(TEXTS, VALUES, max_size=3), st.sampled_from(["{text:", "[]", "", "null", "{"])
)
CALLS = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from(["a", "b", "c"]), "name": st.just("t"), "arguments": ARGUMENTS}
    ),
    max_size=2,
)
PARTS = st.lists(
    st.one_of(
        st.builds(lambda text: {"type": "text", "text": text}, TEXTS),
        st.just({"type": "image", "blob": sha256(IMAGE).hexdigest(), "media_type": "image/png"}),
    ),
    min_size=1,
    max_size=3,
).filter(lambda parts: any(part["type"] != "text" for part in parts))
REASONED = st.builds(
    lambda thought, text: [
        {"type": "reasoning", "form": "text", "text": thought},
        *([{"type": "text", "text": text}] if text else []),
    ],
    TEXTS,
    TEXTS,
)
MESSAGES = st.lists(
    st.one_of(
        st.builds(
            lambda role, text: Message(role=role, content=text), st.sampled_from(["user", "system"]), TEXTS
        ),
        st.builds(lambda parts: Message("user", parts), PARTS),
        st.builds(lambda said, calls: Message("assistant", said, calls), st.one_of(TEXTS, REASONED), CALLS),
        st.builds(lambda text: Message("tool", text, (), "a"), TEXTS),
    ),
    min_size=1,
    max_size=6,
)
PARAMETERS = st.dictionaries(
    st.sampled_from(["temperature", "max_tokens", "stop", "seed"]), VALUES, max_size=3
)
TOOLS = st.sampled_from([[], [{"name": "t", "description": "d", "parameters": {"type": "object"}}]])


def request(
    messages: list[Message],
    parameters: Any = None,
    tools: Any = (),
    adaptations: Adaptations = Adaptations(),  # noqa: B008
) -> Request:
    """Make a request whose messages are kept."""
    view = View(adaptations, keep=True)
    for message in messages:
        view.add(message)
    return Request(Sent.of("m", parameters or {}, Offer({tool["name"]: tool for tool in tools})), view)


@given(MESSAGES, PARAMETERS, TOOLS, st.booleans())
def test_the_digest_read_from_a_body_is_the_request_s(
    messages: list[Message], parameters: dict[str, Any], tools: Any, stream: bool
) -> None:
    made = request(messages, parameters, tools)
    body = body_of(made, stream=stream, blob=BLOBS.__getitem__)
    assert digest_of(body) == made.sha256() == wire_digest(json.loads(body))


@given(MESSAGES)
def test_so_it_is_where_messages_are_adapted(messages: list[Message]) -> None:
    adaptations = compile_adaptations(
        [{"kind": "system-text", "as": "user"}, {"kind": "merge-adjacent", "separator": " "}]
    )
    made = request(messages, adaptations=adaptations)
    assert digest_of(body_of(made, stream=False, blob=BLOBS.__getitem__)) == made.sha256()


def test_a_body_that_was_changed_has_another_digest() -> None:
    body = body_of(request([Message("user", "Hi")], {"temperature": 0}), stream=False, blob=BLOBS.__getitem__)
    assert (
        len({digest_of(body.replace(b"Hi", b"Ho")), digest_of(body), digest_of(body.replace(b":0", b":1"))})
        == 3
    )


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"model": "m"}', b'{"model": 1, "messages": [{}]}'])
def test_what_is_no_body_has_no_digest(body: bytes) -> None:
    with pytest.raises(WireError):
        digest_of(body)


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "reasoning", "form": "summary", "text": "s"}],
        [{"type": "reasoning", "form": "text", "text": "s", "signature": "x"}],
        [{"type": "text", "text": "a"}, {"type": "reasoning", "form": "text", "text": "s"}],
    ],
)
def test_reasoning_that_the_wire_has_no_form_for_is_not_sent(content: Any) -> None:
    with pytest.raises(WireError):
        body_of(request([Message("assistant", content)]), stream=False, blob=BLOBS.__getitem__)


SAID = st.builds(
    Said,
    st.just("m-1"),
    st.one_of(st.none(), TEXTS),
    st.lists(
        st.fixed_dictionaries(
            {
                "id": st.sampled_from(["a", "b", ""]),
                "name": st.just("t"),
                "arguments": st.sampled_from(["{}", "{", '{"a": "{"}']),
            }
        ),
        max_size=3,
    ).map(tuple),
    st.one_of(st.none(), TEXTS),
    st.sampled_from(["stop", "length", "tool-calls", "content-filter"]),
    st.just({"input_tokens": 3, "output_tokens": 5, "reasoning_tokens": 1}),
    st.just(0.0),
)


@given(SAID, st.lists(st.integers(1, 50), max_size=20))
def test_a_reply_is_the_same_whole_and_in_any_pieces(said: Said, cuts: list[int]) -> None:
    data = b"".join(wire.in_pieces(said, with_usage=True))
    pieces = Pieces()
    for cut in cuts:
        pieces.feed(data[:cut])
        data = data[cut:]
    pieces.feed(data)
    assert pieces.done
    assert pieces.reply() == replies.whole(wire.at_once(said))


@given(SAID, st.data())
def test_pieces_that_break_off_are_no_reply_and_what_had_come_begins_the_text(said: Said, data: Any) -> None:
    sent = b"".join(list(wire.in_pieces(said, with_usage=False))[:-2])
    pieces = Pieces()
    pieces.feed(sent[: data.draw(st.integers(0, len(sent)))])
    with pytest.raises(NoReply) as broken:
        pieces.reply()
    assert (said.content or "").startswith(broken.value.partial)


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_no_reply_and_nothing_else(data: bytes) -> None:
    with pytest.raises(NoReply):
        replies.whole(data)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"choices": []},
        {"choices": [None]},
        {"choices": [{"message": {"content": "x"}}]},
        {"choices": [{"message": {"content": "x"}, "finish_reason": None}]},
        {"choices": [{"index": 1, "message": {"content": "x"}, "finish_reason": "stop"}]},
        {
            "error": {"message": "overloaded"},
            "choices": [{"message": {"content": "x"}, "finish_reason": "stop"}],
        },
    ],
)
def test_a_reply_without_a_finished_first_choice_is_none(value: Any) -> None:
    with pytest.raises(NoReply):
        replies.whole(json.dumps(value).encode())


def _whole(message: Any, **more: Any) -> Reply:
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return replies.whole(json.dumps({"model": "m-1", "choices": [choice], **more}).encode())


def test_reasoning_comes_before_the_text_and_a_refusal_is_a_text() -> None:
    blobs: dict[str, bytes] = {}
    reply = _whole({"content": "Yes.", "reasoning_content": "Hm."})
    assert reply.content(blobs) == [
        {"type": "reasoning", "form": "text", "text": "Hm."},
        {"type": "text", "text": "Yes."},
    ]
    assert _whole({"content": None, "refusal": "No."}).content(blobs) == "No."
    assert _whole({"content": "Yes.", "reasoning": "Hm."}).reasoning == "Hm."
    assert _whole({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}).text == "ab"
    assert blobs == {}


@pytest.mark.parametrize(
    ("ids", "expected"),
    [(["a", "b"], ["a", "b"]), (["a", "a"], ["call_0", "call_1"]), (["a", None], ["call_0", "call_1"])],
)
def test_calls_without_ids_of_their_own_are_numbered(ids: list[Any], expected: list[str]) -> None:
    calls = [{"id": id_, "type": "function", "function": {"name": "t", "arguments": "{}"}} for id_ in ids]
    assert [call["id"] for call in _whole({"content": None, "tool_calls": calls}).tool_calls] == expected


def test_counts_that_are_none_are_left_out() -> None:
    usage = {"prompt_tokens": -1, "completion_tokens": True, "prompt_tokens_details": {"cached_tokens": 4}}
    assert _whole({"content": ""}, usage=usage).usage == {"cached_tokens": 4}


@pytest.mark.parametrize("length", [limits.TEXT_CHARACTERS, limits.TEXT_CHARACTERS + 1])
def test_a_text_that_is_too_long_for_a_record_is_kept_in_a_blob(length: int) -> None:
    blobs: dict[str, bytes] = {}
    content = Reply("x" * length).content(blobs)
    if length > limits.TEXT_CHARACTERS:
        assert blobs == {content[0]["blob"]: b"x" * length}
    else:
        assert (content, blobs) == ("x" * length, {})
