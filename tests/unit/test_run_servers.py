"""Forms in which servers reply: as llama.cpp, llama-cpp-python and transformers were seen to, and others may."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from fsep.run import reply as replies
from fsep.run.endpoint import Endpoint, Failed, Pace
from fsep.run.reply import NoReply, Pieces, Reply

BODY = b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": true}'
DONE = b"data: [DONE]\n\n"


def piece(delta: Any = None, finish: str | None = None, **more: Any) -> bytes:
    """Write a piece as servers do."""
    choice = {"index": 0, "delta": delta or {}, "finish_reason": finish}
    return b"data: " + json.dumps({"model": "m-1", "choices": [choice], **more}).encode() + b"\n\n"


def read(*data: bytes) -> Reply:
    """Read a reply from pieces."""
    pieces = Pieces()
    for one in data:
        pieces.feed(one)
    pieces.end()
    return pieces.reply()


def whole(message: Any, **more: Any) -> Reply:
    """Read a reply that comes at once."""
    choice = {"message": message, "finish_reason": "stop", **more}
    return replies.whole(json.dumps({"choices": [choice]}).encode())


# --- pieces


def test_what_servers_put_between_pieces_is_nothing() -> None:
    made = read(
        b"\xef\xbb\xbf: a comment\n\nevent: message\nid: 7\nretry: 10\n",
        piece({"role": "assistant", "content": None}),
        piece({"content": "Hi"}),
        b": keep-alive\n\n",
        piece({}, "stop"),
        b'data: {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 1}}\n\n',
        DONE,
    )
    assert (made.text, made.finish, made.usage) == ("Hi", "stop", {"input_tokens": 3, "output_tokens": 1})


@pytest.mark.parametrize("end", [b"\r\n", b"\r", b"\n"])
def test_lines_end_as_the_standard_says(end: bytes) -> None:
    lines = piece({"content": "Hi"}) + piece({"content": " there"}, "stop") + DONE
    data = lines.replace(b"\n", end)
    for cut in range(len(data)):
        assert read(data[:cut], data[cut:]).text == "Hi there"


def test_data_of_several_lines_is_one_piece() -> None:
    assert (
        read(b'data: {"choices": [{"delta": {"content": "Hi"},\ndata: "finish_reason": "stop"}]}\n\n').text
        == "Hi"
    )


def test_a_last_piece_without_a_line_end_counts() -> None:
    assert read(piece({"content": "Hi"}), piece({}, "stop").rstrip(b"\n")).finish == "stop"


def test_a_name_that_is_repeated_with_every_piece_is_one_name() -> None:
    def call(arguments: str) -> bytes:
        function = {"name": "search", "arguments": arguments}
        return piece({"tool_calls": [{"index": 0, "id": "call_0", "type": "function", "function": function}]})

    [made] = read(call('{"q'), call('": '), call("1}"), piece({}, "tool_calls")).tool_calls
    assert made == {"id": "call_0", "name": "search", "arguments": {"q": 1}}


def test_a_name_in_pieces_is_put_together() -> None:
    def call(function: Any) -> bytes:
        return piece({"tool_calls": [{"index": 0, "function": function}]})

    made = read(
        call({"name": "sea"}), call({"name": "rch"}), call({"arguments": "{}"}), piece({}, "tool_calls")
    )
    assert [(one["id"], one["name"]) for one in made.tool_calls] == [("call_0", "search")]


def test_calls_without_an_index_are_told_apart_by_their_ids() -> None:
    def call(id_: str | None, arguments: str, name: str | None = None) -> bytes:
        given = {"id": id_} if id_ else {}
        return piece({"tool_calls": [{**given, "function": {"name": name, "arguments": arguments}}]})

    made = read(
        call("a", "{", "one"), call(None, "}"), call("b", '{"x":', "two"), call("b", "1}"), piece({}, "stop")
    )
    assert [(one["id"], one["name"], one["arguments"]) for one in made.tool_calls] == [
        ("a", "one", {}),
        ("b", "two", {"x": 1}),
    ]


def test_a_character_in_two_halves_is_whole() -> None:
    data = piece({"content": "so \ud83d"}) + piece({"content": "\ude42!"}, "stop")
    assert read(data).text == "so \U0001f642!"


@pytest.mark.parametrize("finish", [None, ""])
def test_a_reply_that_does_not_say_how_it_ended_is_none(finish: str | None) -> None:
    with pytest.raises(NoReply, match="broke off"):
        read(piece({"content": "he"}, finish), DONE)


def test_an_error_among_the_pieces_is_told() -> None:
    with pytest.raises(NoReply, match="an error in the reply: Context size exceeded") as refused:
        read(
            piece({"content": "he"}),
            b'data: {"error": {"code": 500, "message": "Context size exceeded"}}\n\n',
        )
    assert refused.value.partial == "he"


# --- refusals and reasoning beside empty texts


@pytest.mark.parametrize("content", [None, "", []])
def test_a_refusal_stands_where_the_content_is_empty(content: Any) -> None:
    assert whole({"content": content, "refusal": "I cannot."}).text == "I cannot."
    assert whole({"content": "no", "refusal": "I cannot."}).text == "no"
    empty = {"content": content}
    made = [piece({**empty, "refusal": "I can"}), piece({**empty, "refusal": "not."}, "stop")]
    assert read(*made).text == "I cannot."
    assert read(piece({"content": "no"}), piece({"refusal": "I"}, "stop")).text == "no"


def test_reasoning_under_either_name_is_reasoning() -> None:
    assert whole({"content": "Hi", "reasoning_content": "", "reasoning": "because"}).reasoning == "because"
    assert (
        read(piece({"reasoning": "be"}), piece({"reasoning": "cause", "content": "Hi"}, "stop")).reasoning
        == "because"
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            {"error": {"code": 500, "message": "Context size has been exceeded."}},
            "Context size has been exceeded.",
        ),
        ({"error": "out of memory"}, "out of memory"),
        (
            {"detail": "Unexpected fields in the request: {'no_such'}"},
            "Unexpected fields in the request: {'no_such'}",
        ),
        (
            {"detail": [{"loc": ["body"], "msg": "Field required"}, {"msg": "Too long"}]},
            "Field required; Too long",
        ),
        ({"message": "no"}, "no"),
        ({"object": "error"}, ""),
        ([], ""),
    ],
)
def test_an_error_is_told_in_its_own_words(body: Any, told: str) -> None:
    assert replies.said_of(body) == told


# --- on the wire


class _Served(ThreadingHTTPServer):
    """Gives each request the next of some answers: a status, a content type, the body, and whether to break off."""

    daemon_threads = True
    answers: list[tuple[int, str, bytes, bool]]
    connections: set[Any]

    def handle_error(self, request: Any, client_address: Any) -> None: ...


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Served

    def log_message(self, *_: Any) -> None: ...

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.connections.add(self.client_address)
        status, kind, body, whole = self.server.answers.pop(0)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
        if whole:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = True
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)


EVENTS = "text/event-stream; charset=utf-8"


@contextmanager
def served(*answers: tuple[int, str, bytes, bool]) -> Iterator[tuple[str, _Served]]:
    """Serve answers on loopback."""
    with _Served(("127.0.0.1", 0), _Handler) as server:
        server.answers, server.connections = list(answers), set()
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", server
        server.shutdown()


def ask(url: str, times: int = 1) -> list[Reply]:
    """Ask an address, one request after the other."""

    async def asked() -> list[Reply]:
        async with Endpoint(url, None, Pace(None), 5) as endpoint:
            return [await endpoint.ask(BODY, stream=True) for _ in range(times)]

    return asyncio.run(asked())


WHOLE = piece({"content": "Hi"}) + piece({}, "stop")


def test_a_connection_that_is_lost_after_the_ending_was_told_loses_nothing() -> None:
    """To ask again would be to ask again for a complete reply."""
    with served((200, EVENTS, WHOLE, False)) as (url, _):
        assert ask(url)[0].text == "Hi"


def test_one_that_is_lost_before_is_cut_also_where_no_text_had_come() -> None:
    for data, partial in ((piece({"content": "H"}), "H"), (piece({"role": "assistant"}), "")):
        with served((200, EVENTS, data, False)) as (url, _), pytest.raises(Failed) as failed:
            ask(url)
        assert (failed.value.outcome, failed.value.partial) == ("cut", partial)
    with served((200, EVENTS, b": nothing yet\n\n", False)) as (url, _), pytest.raises(Failed) as failed:
        ask(url)
    assert failed.value.outcome == "transport-error"


def test_a_server_that_does_not_stream_is_understood_all_the_same() -> None:
    message = {"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]}
    with served((200, "application/json", json.dumps(message).encode(), True)) as (url, _):
        assert ask(url)[0].text == "Hi"


def test_streamed_replies_share_a_connection() -> None:
    with served(*[(200, EVENTS, WHOLE + DONE, True)] * 5) as (url, server):
        assert len(ask(url, 5)) == 5
        assert len(server.connections) == 1


@pytest.mark.parametrize("status", [500, 429, 422])
def test_what_a_server_says_of_its_trouble_is_told(status: int) -> None:
    body = json.dumps({"error": {"message": "Context size has been exceeded."}}).encode()
    with served((status, "application/json", body, True)) as (url, _), pytest.raises(Failed) as failed:
        ask(url)
    assert "Context size has been exceeded." in (failed.value.refused or failed.value.why)
