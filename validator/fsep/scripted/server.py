"""A scripted model on the loopback interface, with the chat completions that runners ask for."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from fsep import limits
from fsep.parsing import json
from fsep.parsing.problem import ParseError
from fsep.scripted import wire
from fsep.scripted.asked import Asked, read_asked
from fsep.scripted.script import Said, Script

# Given each request before it is answered; never its headers, which hold keys.
Log = Callable[[Mapping[str, Any]], None]
_JSON, _EVENTS = "application/json", "text/event-stream"


class ScriptedModel:
    """A server of one script, in threads of its own; a context manager. `url` is its base address."""

    def __init__(self, script: Script, *, port: int = 0, log: Log | None = None) -> None:
        """Bind to a port of the loopback interface, any where it is 0.

        Raises:
            OSError: where the port is taken.
        """
        self.script = script
        self._log = log
        self._lock = threading.Lock()
        self._number = 0
        self._times: Counter[str] = Counter()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.model = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        """Serve."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, path: str, data: bytes) -> tuple[Asked | None, str, Mapping[str, Any]]:
        """Count and log a request; return what it asks, or why it is none, and the fault that it meets."""
        asked, problem = None, ""
        try:
            body: Any = json.parse(data)
        except ParseError as error:
            body, problem = data.decode("utf-8", "replace"), f"the body is no strict JSON: {error}"
        else:
            try:
                asked = read_asked(body)
            except ValueError as error:
                problem = str(error)
        with self._lock:
            self._number += 1
            fault: Mapping[str, Any] = {}
            if asked is not None:
                self._times[asked.digest] += 1
                times = self._times[asked.digest]
                fault = next(
                    (one.fault for one in self.script.faults if one.applies(asked, self._number, times)), {}
                )
            if self._log is not None:
                at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
                line = {"n": self._number, "at": at, "path": path, "body": body, "fault": dict(fault)}
                self._log({**line, "body_sha256": sha256(data).hexdigest()})
        return asked, problem, fault


class _Server(ThreadingHTTPServer):
    """Many connections at once."""

    daemon_threads = True
    request_queue_size = 256
    model: ScriptedModel

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that break: who asks may be killed at any moment."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 3600
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Keep silent."""

    def do_GET(self) -> None:
        """List the models."""
        if not self.path.endswith("/models"):
            self._send(404, wire.error("there is nothing here but chat/completions and models"))
            return
        listed = ",".join(f'{{"id":"{name}","object":"model"}}' for name in self.server.model.script.models)
        self._send(200, f'{{"object":"list","data":[{listed}]}}'.encode())

    def do_POST(self) -> None:
        """Answer a request."""
        size = self.headers.get("content-length", "")
        if not size.isdigit() or int(size) > limits.REPLY_BYTES:
            self.close_connection = True
            self._send(411, wire.error("the request has no length, or one that is too much"))
            return
        data = self.rfile.read(int(size))
        if len(data) < int(size):
            # Who asked is gone: half a request is none.
            self.close_connection = True
            return
        if not self.path.endswith("/chat/completions"):
            self._send(404, wire.error("there is nothing here but chat/completions and models"))
            return
        model = self.server.model
        asked, problem, fault = model.take(self.path, data)
        if asked is None:
            self._send(400, wire.error(problem))
        elif asked.model not in model.script.models:
            self._send(404, wire.error(f"there is no model {asked.model!r}"))
        else:
            self._answer(asked, model.script, fault)

    def _answer(self, asked: Asked, script: Script, fault: Mapping[str, Any]) -> None:
        said = script.answer(asked)
        time.sleep(script.delay + fault.get("delay", 0) + (said.delay if said is not None else 0))
        if "status" in fault:
            after = {"Retry-After": str(fault["retry_after"])} if "retry_after" in fault else {}
            self._send(fault["status"], wire.error("a fault of the script"), headers=after)
        elif "garbage" in fault:
            self._send(200, str(fault["garbage"]).encode())
        elif said is None:
            self._send(400, wire.error("no rule of the script applies to this request"))
        elif "cut" in fault:
            self._cut(said, fault["cut"], streamed=bool(asked.body.get("stream")))
        elif asked.body.get("stream"):
            self._send(200, b"".join(wire.in_pieces(said, with_usage=_wants_usage(asked))), kind=_EVENTS)
        else:
            self._send(200, wire.at_once(said))

    def _cut(self, said: Said, characters: int, *, streamed: bool) -> None:
        """Send so much of a reply and close the connection."""
        whole = b"".join(wire.in_pieces(said, with_usage=True)) if streamed else wire.at_once(said)
        begun = replace(said, content=(said.content or "")[:characters], tool_calls=())
        if streamed:
            # All but the pieces that would end it.
            sent = b"".join(list(wire.in_pieces(begun, with_usage=False))[:-2])
        else:
            sent = whole[: max(1, min(characters, len(whole) - 1))]
        self._send(200, sent, kind=_EVENTS if streamed else _JSON, size=len(whole))
        self.close_connection = True

    def _send(
        self,
        status: int,
        data: bytes,
        *,
        kind: str = _JSON,
        size: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        try:
            self.send_response_only(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data) if size is None else size))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)
            self.wfile.flush()
        except OSError:
            self.close_connection = True


def _wants_usage(asked: Asked) -> bool:
    options = asked.body.get("stream_options")
    return isinstance(options, dict) and bool(options.get("include_usage"))
