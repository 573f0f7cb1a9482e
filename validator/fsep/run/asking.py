"""Asking an endpoint until it answers: what is tried again, what never; every attempt is in the journal."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fsep.errors import FsepError
from fsep.run.endpoint import Endpoint, Failed, Unanswerable
from fsep.run.journal import Clock, Journal
from fsep.run.recovered import Begun
from fsep.run.reply import Reply
from fsep.run.secrets import SecretFound, Secrets

# Seconds before the second attempt; each later one waits twice as long, up to the longest.
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
# Statuses of a gate before the model: key, address or method is wrong, and every request will meet the same.
_GATE = frozenset((301, 302, 303, 307, 308, 401, 403, 404, 405, 407))


class Stopped(Exception):  # it is no error
    """The session is to end: nothing more is asked."""


class Halted(FsepError):
    """Something is wrong with an endpoint that concerns all runs: none is failed, and none goes on."""


class Unanswered(FsepError):
    """A request was not answered, and nothing shows that another one would have been."""

    def __init__(self, endpoint: Endpoint, message: str) -> None:
        """Keep who did not answer."""
        super().__init__(
            message,
            advice="Look whether it is up; --resume goes on. If it answers all but this request, --close "
            "records the run as failed.",
        )
        self.endpoint = endpoint


class RunFailed(FsepError):
    """A run cannot go on, now or later."""

    def __init__(
        self, kind: str, message: str, attempts: Sequence[dict[str, Any]] = (), *, halt: str | None = None
    ) -> None:
        """Say how it failed; `halt` why the system's other runs do not go on either."""
        super().__init__(message)
        self.kind, self.attempts, self.halt = kind, list(attempts), halt


@dataclass(slots=True)
class Stop:
    """Whether the session is to end."""

    event: asyncio.Event = field(default_factory=asyncio.Event)

    def check(self) -> None:
        """Go on, or raise `Stopped`."""
        if self.event.is_set():
            raise Stopped

    async def sleep(self, seconds: float) -> None:
        """Wait, but not beyond the session's end."""
        try:
            async with asyncio.timeout(seconds):
                await self.event.wait()
        except TimeoutError:
            return
        raise Stopped


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks endpoints; `most` is how many attempts are made at a request in a row."""

    journal: Journal
    clock: Clock
    stop: Stop
    most: int
    stream: bool
    secrets: Secrets

    async def ask(self, run: str, step: str, endpoint: Endpoint, body: bytes, begun: Begun) -> Reply:
        """Return the reply to a request; the attempts, the last included, are then `begun.attempts`.

        Raises:
            Stopped: when the session is to end before the next attempt.
            Unanswered: when it fails again and again, and no other was answered since it first did.
            Halted: when the endpoint turns every request away.
            RunFailed: when the provider refuses this request, or it fails where others succeed.
        """
        tried = 0
        while True:
            self.stop.check()
            while seconds := endpoint.turn():
                await self.stop.sleep(seconds)
            at = self.journal.ask(run, step)
            await self.journal.settled()
            begun.asked = {"outcome": "unknown", "started": at}
            try:
                reply = await endpoint.ask(body, stream=self.stream)
            except Failed as failed:
                await self._attempted(run, begun, {**failed.recorded(), "started": at, "ended": self.clock()})
                if failed.refused is not None:
                    raise self._refused(failed, endpoint, begun) from None
                tried += 1
                if begun.since is None:
                    begun.since = endpoint.sent
                if tried == self.most:
                    raise self._given_up(failed, endpoint, begun, tried) from failed
                wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (tried - 1)) * random.uniform(0.5, 1)
                await self.stop.sleep(wait)
            except Unanswerable as error:
                await self._attempted(run, begun, {"outcome": "cut", "started": at, "ended": self.clock()})
                raise RunFailed("infrastructure-error", str(error), begun.attempts) from None
            else:
                begun.asked = begun.since = None
                begun.attempts.append({"outcome": "complete", "started": at, "ended": self.clock()})
                return reply

    async def _attempted(self, run: str, begun: Begun, attempt: dict[str, Any]) -> None:
        begun.asked = None
        try:
            self.journal.write({"what": "attempt", "run": run, "attempt": attempt})
        except SecretFound:
            attempt.pop("partial")
            self.journal.write({"what": "attempt", "run": run, "attempt": attempt})
        await self.journal.settled()
        begun.attempts.append(attempt)

    def _given_up(self, failed: Failed, endpoint: Endpoint, begun: Begun, tried: int) -> FsepError:
        """Tell a request that fails where others succeed from an endpoint that answers nobody."""
        why = self.secrets.hide(failed.why)
        if failed.of_request and begun.since is not None and endpoint.answered > begun.since:
            return RunFailed(
                "infrastructure-error",
                f"The request failed {len(begun.attempts)} times while others were answered, the last time "
                f"with {why}.",
                begun.attempts,
            )
        return Unanswered(
            endpoint,
            f"{endpoint.url} did not answer: {tried} attempts at a request failed, the last with {why}.",
        )

    def _refused(self, failed: Failed, endpoint: Endpoint, begun: Begun) -> FsepError:
        said = f": {self.secrets.hide(failed.refused)}" if failed.refused else "."
        if failed.http_status in _GATE:
            return Halted(
                f"{endpoint.url} turned a request away with status {failed.http_status}{said}",
                advice="Look at the address, the key (--key ID=VARIABLE) and `model.name` in the document of "
                "who is asked. After mending address or key, --resume goes on; a document that is mended "
                "begins anew, with another -o.",
            )
        return RunFailed(
            "provider-refused",
            f"The provider refused the request with status {failed.http_status}{said}",
            begun.attempts,
        )
