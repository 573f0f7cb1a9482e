"""What a caller chooses of a session; none of it changes what is sent."""

from __future__ import annotations

from dataclasses import dataclass

from fsep.run.secrets import Key


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model is reached, and with which key."""

    url: str
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How a session asks.

    Attributes:
        concurrency: how many runs of a system go on at once.
        per_minute: how many requests an endpoint is sent a minute; None for no limit.
        request_seconds: how long one attempt may last.
        run_seconds: how long a run may last, in one session.
        call_seconds: how long an environment may take for one call.
        attempts: how many attempts a session makes at a request.
        stream: whether replies come in pieces.
    """

    concurrency: int = 4
    per_minute: float | None = None
    request_seconds: float = 600.0
    run_seconds: float = 7200.0
    call_seconds: float = 60.0
    attempts: int = 6
    stream: bool = False
