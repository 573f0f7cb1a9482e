"""A chat endpoint: one attempt at a request, at the rate that it is to be asked at."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from fsep import __version__, limits
from fsep.errors import FsepError, visible
from fsep.run.reply import NoReply, Pieces, Reply, said_of, whole
from fsep.run.secrets import Key

_PATH = "/chat/completions"
_PIECES = "text/event-stream"
_CONNECT_SECONDS = 30.0
# For how long the end of a reply is waited for that has said that it is done.
_LAST_SECONDS = 0.5
_TOO_MANY, _SERVER = 429, 500


@dataclass(eq=False)  # frozen, it could not be raised: it would take no traceback
class Failed(Exception):  # it is an outcome, and not always an error
    """An attempt that came to no reply.

    `outcome` is as in an attempt of a transcript; `why` says it in words; `refused` is the provider's reason
    where it will not answer at all; `reached` says whether somebody was there to answer.
    """

    outcome: str
    why: str
    http_status: int | None = None
    partial: str = ""
    refused: str | None = None
    reached: bool = True

    @property
    def of_request(self) -> bool:
        """Whether it may be for this request that it failed, and not for any."""
        return self.reached and self.outcome != "rate-limited"

    def recorded(self) -> dict[str, Any]:
        """Return what a transcript records of it."""
        made: dict[str, Any] = {"outcome": self.outcome}
        if self.http_status is not None:
            made["http_status"] = self.http_status
        if self.partial:
            made["partial"] = self.partial[: limits.TEXT_CHARACTERS]
        return made


class Unanswerable(FsepError):
    """A reply came that is too long to be taken; to ask again would be to ask twice."""


def checked(url: str) -> str:
    """Return the base address of an endpoint, without a slash at its end.

    Raises:
        FsepError: where it is none, or holds what belongs into no argument.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise FsepError(
            "The address of an endpoint holds more than an address, and is not repeated here.",
            advice="Give scheme, host and path alone; a key is named by --key ID=VARIABLE.",
        )
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FsepError(
            f"{visible(url, 100)} is no address of an endpoint.",
            advice="Write it like http://127.0.0.1:8080/v1, or script:FILE for a scripted model.",
        )
    return url.rstrip("/")


class Pace:
    """How often an endpoint is asked: no more often than a rate allows, and not before it asks to be."""

    def __init__(self, per_minute: float | None) -> None:
        """Set the rate; None for no limit."""
        self._between = 60 / per_minute if per_minute else 0.0
        self._next = 0.0
        self._until = 0.0

    def turn(self) -> float:
        """Take one's turn; or return for how many seconds there is none, to ask again then."""
        now = time.monotonic()
        at = max(self._next, self._until)
        if at > now:
            return at - now
        self._next = now + self._between
        return 0.0

    @property
    def resting(self) -> float:
        """For how many seconds nobody may ask."""
        return max(0.0, self._until - time.monotonic())

    def rest(self, seconds: float) -> None:
        """Let nobody ask for so many seconds."""
        self._until = max(self._until, time.monotonic() + seconds)


class Endpoint:
    """One address, with its key, its pace and its connections; an asynchronous context manager.

    `sent` counts the attempts, `failed` those that came to no complete reply; `answered` is the number of the
    last one sent that came to one.
    """

    def __init__(self, url: str, key: Key | None, pace: Pace, seconds: float) -> None:
        """Keep all that asking it takes; `seconds` is how long one attempt may last."""
        self.url, self._pace, self._seconds = url, pace, seconds
        self.sent = self.failed = self.answered = 0
        self._asked = httpx.URL(url + _PATH)
        self._headers = {
            "user-agent": f"fsep/{__version__}",
            "accept": "application/json, text/event-stream",
            "content-type": "application/json",
        }
        if key is not None:
            self._headers["authorization"] = f"Bearer {key.value}"
        self._timeout = httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS), pool=None).as_dict()
        self._verify = ssl.create_default_context() if url.startswith("https:") else False
        # A connection for each request under way, since a pool looks at all that it has at each request; and
        # no client around them, which would keep cookies and follow what a reply says.
        self._made: list[httpx.AsyncHTTPTransport] = []
        self._idle: list[httpx.AsyncHTTPTransport] = []

    async def __aenter__(self) -> Self:
        """Give the endpoint itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of its connections."""
        for connection in self._made:
            await connection.aclose()

    def turn(self) -> float:
        """Take a turn to ask; or return for how many seconds there is none, to ask again then."""
        return self._pace.turn()

    @property
    def resting(self) -> float:
        """For how many seconds it asks to be left alone."""
        return self._pace.resting

    async def ask(self, body: bytes, *, stream: bool) -> Reply:
        """Send a body once.

        Raises:
            Failed: where no complete reply came.
            Unanswerable: where one came that cannot be taken.
        """
        self.sent += 1
        number = self.sent
        try:
            reply = await self._attempt(body, stream=stream)
        except Failed:
            self.failed += 1
            raise
        self.answered = max(self.answered, number)
        return reply

    async def _attempt(self, body: bytes, *, stream: bool) -> Reply:
        pieces = Pieces() if stream else None
        try:
            async with asyncio.timeout(self._seconds), self._sent(body) as response:
                if response.status_code != httpx.codes.OK:
                    raise await self._not_ok(response)
                if pieces is None or not _in_pieces(response):
                    return whole(await _all(response))
                return await _piecewise(response, pieces)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            if pieces is not None and pieces.complete:
                # What tells how it ended has come: to ask again would be to ask twice.
                return pieces.reply()
            reached = not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout))
            raise _failed(self._why(error), pieces, reached=reached) from error
        except NoReply as error:
            raise _failed(str(error), pieces) from None

    @asynccontextmanager
    async def _sent(self, body: bytes) -> AsyncIterator[httpx.Response]:
        connection = self._idle.pop() if self._idle else self._another()
        try:
            request = httpx.Request(
                "POST",
                self._asked,
                headers=self._headers,
                content=body,
                extensions={"timeout": self._timeout},
            )
            response = await connection.handle_async_request(request)
            try:
                yield response
            finally:
                await response.aclose()
        finally:
            self._idle.append(connection)

    def _another(self) -> httpx.AsyncHTTPTransport:
        # What surrounds the process may name proxies and files of passwords: nothing of it is looked at.
        connection = httpx.AsyncHTTPTransport(verify=self._verify, trust_env=False)
        self._made.append(connection)
        return connection

    def _why(self, error: Exception) -> str:
        """Say in words what kept an attempt from coming to a reply."""
        if isinstance(error, httpx.ConnectTimeout):
            return f"no connection within {min(self._seconds, _CONNECT_SECONDS):g} seconds"
        if isinstance(error, httpx.ConnectError):
            return f"no connection ({_cause(error)})"
        if isinstance(error, (TimeoutError, httpx.TimeoutException)):
            return f"no answer within {self._seconds:g} seconds"
        return f"the connection broke off ({_cause(error)})"

    async def _not_ok(self, response: httpx.Response) -> Failed:
        """Return what a status other than 200 means."""
        status = response.status_code
        if status == _TOO_MANY or status >= _SERVER:
            wait = _retry_after(response.headers.get("retry-after"))
            if wait is not None:
                self._pace.rest(wait)
            outcome = "rate-limited" if status == _TOO_MANY else "server-error"
            said = _reason(await _all(response))
            return Failed(outcome, f"status {status}{f' ({said})' if said else ''}", status)
        return Failed("refused", f"status {status}", status, refused=_reason(await _all(response)))


def _cause(error: BaseException) -> str:
    """Return what the system says of a connection, or what the library does."""
    one: BaseException | None = error
    while one is not None:
        if isinstance(one, OSError) and one.errno is not None:
            # An error of the look-up of a name has a number of its own kind.
            return visible(os.strerror(one.errno) if one.errno > 0 else str(one.strerror), 120)
        one = one.__cause__ or one.__context__
    return visible(str(error) or type(error).__name__, 120)


def _failed(why: str, pieces: Pieces | None, *, reached: bool = True) -> Failed:
    """Return what an attempt came to that ended without a complete reply."""
    begun = pieces is not None and pieces.begun
    partial = pieces.partial if pieces is not None else ""
    return Failed("cut" if begun else "transport-error", why, partial=partial, reached=reached)


def _in_pieces(response: httpx.Response) -> bool:
    """Whether a reply comes in pieces: one that was asked for so may come at once all the same."""
    kind: str = response.headers.get("content-type", _PIECES)
    return kind.partition(";")[0].strip().lower() != "application/json"


async def _piecewise(response: httpx.Response, pieces: Pieces) -> Reply:
    size, chunks = 0, response.aiter_bytes()
    async for chunk in chunks:
        size += len(chunk)
        if size > limits.REPLY_BYTES:
            raise Unanswerable(f"The reply is longer than {limits.REPLY_BYTES} bytes.")
        pieces.feed(chunk)
        if pieces.done:
            break
    else:
        pieces.end()
    reply = pieces.reply()
    # Read to its end, the connection serves for the next request; but for that nobody waits long.
    with contextlib.suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(_LAST_SECONDS):
            async for _ in chunks:
                continue
    return reply


async def _all(response: httpx.Response) -> bytes:
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > limits.REPLY_BYTES:
            raise Unanswerable(f"The reply is longer than {limits.REPLY_BYTES} bytes.")
    return bytes(data)


def _retry_after(header: str | None) -> float | None:
    """Read for how many seconds a provider asks to be left alone: a number of them, or a date."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            at = parsedate_to_datetime(header)
        except ValueError:
            return None
        seconds = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), limits.REST_SECONDS) if seconds == seconds else None  # noqa: PLR0124  # NaN


def _reason(said: bytes) -> str:
    """Return the words in which a provider refuses."""
    try:
        words = said_of(json.loads(said))
    except (ValueError, RecursionError):
        words = said[:1000].decode("utf-8", "replace")
    return visible(words.strip(), 300)
