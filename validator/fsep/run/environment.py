"""Environments: programs that answer calls in JSON lines, one process a run, executed as they were pinned."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from fsep import limits
from fsep.errors import FsepError, visible
from fsep.packing.files import record_bytes
from fsep.parsing import json
from fsep.parsing.problem import ParseError
from fsep.run.reply import kept
from fsep.scaffold.machine import Item

_MEDIA = ("image", "audio", "video", "file")
# What is kept of what a program says of its own trouble.
_COMPLAINT_BYTES = 4096
# Seconds for which a program may take its leave when its input ends.
_LEAVE_SECONDS = 1.0


class EnvironmentFault(FsepError):
    """An environment ended, answered something that is no answer, or took too long."""


@dataclass(frozen=True, slots=True)
class Implementation:
    """A program that answers an environment's calls: the copy that is executed, and how."""

    id: str
    argv: tuple[str, ...]


class Answer(NamedTuple):
    """An answer to a call: content as an event has it, whether it is an error, and the blobs it refers to."""

    content: Any
    error: bool
    blobs: Mapping[str, bytes]


def pinned(id_: str, path: Path, sha256_: str, folder: Path) -> Implementation:
    """Copy an environment's program into a folder, if it is the one pinned; the copy is what is executed.

    Args:
        id_: the environment's id.
        path: the file.
        sha256_: the digest that the design binds.
        folder: where the copy goes; nobody else writes there.

    Raises:
        FsepError: where the file cannot be read, or is another.
    """
    shown = visible(str(path), 200)
    try:
        with path.open("rb") as stream:
            data = stream.read(limits.IMPLEMENTATION_BYTES + 1)
    except OSError as error:
        raise FsepError(f"{shown}, for the environment {id_!r}, cannot be read: {error.strerror}.") from None
    if len(data) > limits.IMPLEMENTATION_BYTES:
        raise FsepError(f"{shown} is longer than {limits.IMPLEMENTATION_BYTES} bytes.")
    if (found := sha256(data).hexdigest()) != sha256_:
        raise FsepError(
            f"{shown} is not the program that the design pins for the environment {id_!r}: its digest is "
            f"{found}, and pinned is {sha256_}.",
            advice="Name the file that was pinned; a program that was changed makes another environment.",
        )
    copy = folder / f"{id_}{path.suffix}"
    copy.write_bytes(data)
    copy.chmod(0o700)
    # Isolated: neither what stands beside it nor what a user installed is imported.
    argv = (sys.executable, "-I", str(copy)) if path.suffix == ".py" else (str(copy),)
    return Implementation(id_, argv)


@dataclass(slots=True)
class Tools:
    """One process of an environment."""

    id: str
    seconds: float
    _process: asyncio.subprocess.Process
    _folder: tempfile.TemporaryDirectory[str]
    _complaint: bytearray = field(default_factory=bytearray)
    _listening: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls, implementation: Implementation, item: Item, replicate: int, *, seconds: float
    ) -> Tools:
        """Start a process, and tell it what it is to answer for.

        Args:
            implementation: what is executed.
            item: the item of the run.
            replicate: its number.
            seconds: how long an answer may take.

        Raises:
            EnvironmentFault: where it does not come to be ready.
        """
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        try:
            process = await asyncio.create_subprocess_exec(
                *implementation.argv,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                # Of what surrounds the runner, keys among it, nothing is handed on.
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": folder.name, "TMPDIR": folder.name},
                cwd=folder.name,
                limit=limits.LINE_BYTES,
                start_new_session=True,
            )
        except OSError as error:
            folder.cleanup()
            raise EnvironmentFault(
                f"The environment {implementation.id!r} cannot be started: {error.strerror}.",
                advice="A file that ends in .py is run by this Python, any other as the program that it is; "
                "a script begins with #! and what interprets it, without a carriage return.",
            ) from None
        tools = cls(implementation.id, seconds, process, folder)
        tools._listening = asyncio.create_task(tools._listen())
        told = {"environment": tools.id, "item": {"id": item.id, "fields": dict(item.fields)}}
        try:
            ready = await tools._exchange({"start": {**told, "replicate": replicate}})
            if ready != {"ready": True}:
                raise tools._fault("did not say that it is ready")
        except BaseException:
            await tools.close()
            raise
        return tools

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Have a call answered.

        Raises:
            EnvironmentFault: where no answer comes.
        """
        value = await self._exchange({"call": {"name": name, "arguments": dict(arguments)}})
        blobs: dict[str, bytes] = {}
        try:
            if not value.keys() <= {"content", "error"} or value.get("error", False) not in (True, False):
                raise ValueError
            content = _content(value["content"], blobs)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise self._fault("answered a call with something that is no answer") from None
        return Answer(content, value.get("error") is True, blobs)

    async def close(self) -> None:
        """Let the process take its leave, and end it and all that it started."""
        process = self._process
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            async with asyncio.timeout(_LEAVE_SECONDS if process.returncode is None else 0):
                await process.wait()
        except TimeoutError:
            pass
        finally:
            # Whatever it started is in its group, and is ended with it, also when it has left itself.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            await asyncio.shield(self._reap())

    async def _reap(self) -> None:
        await self._process.wait()
        # A process that left the group may hold the pipes open for as long as it likes: nobody reads on.
        self._process._transport.close()  # type: ignore[attr-defined]  # the library offers no other way
        if self._listening is not None:
            await self._listening
        self._folder.cleanup()

    async def _listen(self) -> None:
        """Keep the end of what the process says of its trouble."""
        assert self._process.stderr is not None
        while data := await self._process.stderr.read(limits.CHUNK_BYTES):
            self._complaint += data
            del self._complaint[:-_COMPLAINT_BYTES]

    async def _exchange(self, line: Mapping[str, Any]) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            async with asyncio.timeout(self.seconds):
                stdin.write(record_bytes(f"the environment {self.id!r}", line))
                await stdin.drain()
                answer = await stdout.readline()
        except TimeoutError:
            raise self._fault(f"did not answer within {self.seconds:g} seconds") from None
        except ValueError:
            raise self._fault(f"answered with a line of more than {limits.LINE_BYTES} bytes") from None
        except OSError:
            answer = b""
        if not answer.endswith(b"\n"):
            # What it says of its trouble may come a moment later than its end.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), _LEAVE_SECONDS)
            raise self._fault("ended without an answer")
        try:
            value = json.parse(answer)
        except ParseError as error:
            raise self._fault(f"answered with something that is no strict JSON ({error})") from None
        if not isinstance(value, dict):
            raise self._fault("answered with something that is no JSON object")
        return value

    def _fault(self, what: str) -> EnvironmentFault:
        said = bytes(self._complaint).decode("utf-8", "replace").strip().rpartition("\n")[2]
        return EnvironmentFault(
            f"The environment {self.id!r} {what}." + (f" It says: {visible(said, 300)}" if said else "")
        )


def _content(content: Any, blobs: dict[str, bytes]) -> Any:
    """Return the content of an answer as an event has it."""
    if isinstance(content, str):
        return kept(content, blobs)
    if not isinstance(content, list):
        raise TypeError
    return [_part(part, blobs) for part in content]


def _part(part: Mapping[str, Any], blobs: dict[str, bytes]) -> Any:
    if part["type"] == "text" and part.keys() == {"type", "text"} and isinstance(part["text"], str):
        held = kept(part["text"], blobs)
        return {"type": "text", "text": held} if isinstance(held, str) else held[0]
    if part["type"] not in _MEDIA or part.keys() != {"type", "media_type", "data"}:
        raise ValueError
    data = b64decode(part["data"], validate=True)
    digest = sha256(data).hexdigest()
    blobs[digest] = data
    return {"type": part["type"], "blob": digest, "media_type": part["media_type"]}
