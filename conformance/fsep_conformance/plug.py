"""Calling an implementation: one command a case, or a session. What comes back is bytes, judged elsewhere."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Self

from fsep_conformance.config import Config

# What is kept of what an implementation prints: an answer has a few hundred bytes.
OUTPUT_BYTES = 1 << 16
_CHUNK = 1 << 16
_ERROR_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came back: its bytes, and how it ended (`answered`, `ended`, `timeout` or `flood`).

    `code` is the exit code where it ended, `seconds` how long it took.
    """

    how: str
    code: int | None
    output: bytes
    errors: bytes
    seconds: float


def said(came: Exchange) -> dict[str, Any]:
    """Return what came back as evidence has it: as a text, and as bytes where no text stands for them."""
    text = came.output.decode("utf-8", "replace")
    exact = {} if text.encode() == came.output else {"output_base64": b64encode(came.output).decode()}
    return {
        "how": came.how,
        "code": came.code,
        "output": text,
        **exact,
        "output_sha256": sha256(came.output).hexdigest(),
        "errors": came.errors.decode("utf-8", "replace"),
        "seconds": round(came.seconds, 3),
    }


def one_shot(
    command: Sequence[str], folder: Path, limit: float, variables: Mapping[str, str] | None = None
) -> Exchange:
    """Run a command to its end, within a limit; it and all that it started is ended then."""
    begun = time.monotonic()
    with tempfile.TemporaryFile() as errors:
        process = _started(command, folder, errors, subprocess.DEVNULL, variables)
        assert process.stdout is not None
        how, output = _drained(process.stdout, begun + limit, None)
        code = None
        if how == "ended":
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(max(0.1, begun + limit - time.monotonic()))
            how = "ended" if code is not None else "timeout"
        _end(process)
        return Exchange(how, code, output, _tail(errors), time.monotonic() - begun)


class Session:
    """An implementation that is started once and answers line by line; started anew after it broke."""

    def __init__(self, config: Config) -> None:
        """Keep how it is called."""
        self._config = config
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._heard = 0

    def __enter__(self) -> Self:
        """Give the session itself; it is started with the first case."""
        return self

    def __exit__(self, *_: object) -> None:
        """Say that no case comes any more, and end it."""
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._tell({"do": "stop"})
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
            self._break()

    def ask(self, line: Mapping[str, Any], version: str) -> Exchange:
        """Send one line and take one line back."""
        begun = time.monotonic()
        if self._process is None:
            started = self._start(version)
            if started is not None:
                return started
        try:
            self._tell(line)
        except OSError:
            return self._broken("ended", b"", begun)
        return self._answered(begun)

    def _start(self, version: str) -> Exchange | None:
        begun = time.monotonic()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = _started(
            self._config.command, self._config.folder, self._errors, subprocess.PIPE, None
        )
        try:
            self._tell({"do": "start", "protocol": version})
        except OSError:
            return self._broken("ended", b"", begun)
        hello = self._answered(begun)
        if hello.how != "answered":
            return hello
        try:
            ready = json.loads(hello.output).get("ready") is True
        except (ValueError, AttributeError):
            ready = False
        return None if ready else self._broken("ended", hello.output, begun)

    def _tell(self, line: Mapping[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line).encode() + b"\n")
        self._process.stdin.flush()

    def _answered(self, begun: float) -> Exchange:
        assert self._process is not None
        assert self._process.stdout is not None
        how, output = _drained(self._process.stdout, begun + self._config.time_limit, b"\n")
        if how != "answered":
            return self._broken(how, output, begun)
        return Exchange("answered", None, output, self._said(), time.monotonic() - begun)

    def _said(self) -> bytes:
        """Return what was said on standard error since the last answer, or the end of it."""
        assert self._errors is not None
        begin = self._heard
        self._heard = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(begin, self._heard - _ERROR_BYTES))
        return self._errors.read(self._heard - begin)

    def _broken(self, how: str, output: bytes, begun: float) -> Exchange:
        assert self._process is not None
        code = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(0.5) if how == "ended" else None
        errors = self._said()
        self._break()
        return Exchange(how, code, output, errors, time.monotonic() - begun)

    def _break(self) -> None:
        if self._process is not None:
            _end(self._process)
        if self._errors is not None:
            self._errors.close()
        self._process, self._errors, self._heard = None, None, 0


def _started(
    command: Sequence[str], folder: Path, errors: IO[bytes], stdin: int, variables: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=folder,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**os.environ, **(variables or {})},
        start_new_session=True,
        bufsize=0,
    )


def _drained(stream: IO[bytes], until: float, mark: bytes | None) -> tuple[str, bytes]:
    """Read until a mark, the end, a limit of time or a limit of bytes; say which came."""
    output = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            left = until - time.monotonic()
            if left <= 0 or not selector.select(left):
                return "timeout", bytes(output)
            data = os.read(stream.fileno(), _CHUNK)
            if not data:
                return "ended", bytes(output)
            output += data
            if len(output) > OUTPUT_BYTES:
                return "flood", bytes(output[:OUTPUT_BYTES])
            if mark is not None and output.endswith(mark):
                return "answered", bytes(output)


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


def _tail(errors: IO[bytes]) -> bytes:
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - _ERROR_BYTES))
    return errors.read()
