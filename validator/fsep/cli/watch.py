"""How far runs are, on a terminal; and what an interrupt does."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from fsep.render.layout import number
from fsep.render.safe import safe

if TYPE_CHECKING:
    from fsep.run.session import Count, Session

_BETWEEN = 0.25
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Watch:
    """Draws how far a session is; and ends it, with what is in flight finished, when it is interrupted."""

    def __init__(self, stream: TextIO) -> None:
        """Draw on a stream, if it is a terminal."""
        self._stream = stream
        self._shown = stream.isatty()
        self._lines = 0

    async def __call__(self, session: Session) -> None:
        """Watch until cancelled."""
        loop, begun = asyncio.get_running_loop(), time.monotonic()
        with contextlib.suppress(NotImplementedError):
            for one in _SIGNALS:
                loop.add_signal_handler(one, self._interrupt, session)
        before: dict[str, int] | None = None
        try:
            while True:
                await asyncio.sleep(_BETWEEN)
                before = before or {system: count.ended for system, count in session.counts.items()}
                if self._shown:
                    self._draw(session, before, time.monotonic() - begun)
        finally:
            self._clear()
            self._let_go()

    def _interrupt(self, session: Session) -> None:
        self._clear()
        self._stream.write("Stopping: what is in flight is finished, and nothing new is asked.\n")
        self._stream.write("Once more to stop at once.\n")
        self._stream.flush()
        session.stop()
        self._let_go()

    def _let_go(self) -> None:
        with contextlib.suppress(NotImplementedError):
            for one in _SIGNALS:
                asyncio.get_running_loop().remove_signal_handler(one)

    def _draw(self, session: Session, before: dict[str, int], seconds: float) -> None:
        width = shutil.get_terminal_size((80, 24)).columns - 1
        names = min(max((len(system) for system in session.counts), default=0), max(8, width // 4))
        lines = []
        for system, count in session.counts.items():
            line = safe(system, names).ljust(names)
            rate = (count.ended - before[system]) / seconds
            for part in _parts(session, system, count, rate):
                # What does not fit is left out whole, the least important last.
                if len(line) + 2 + len(part) <= width:
                    line += f"  {part}"
            lines.append(line[:width])
        self._clear()
        self._stream.write("".join(f"{line}\n" for line in lines))
        self._stream.flush()
        self._lines = len(lines)

    def _clear(self) -> None:
        if self._lines:
            self._stream.write("\x1b[F\x1b[K" * self._lines)
            self._stream.flush()
            self._lines = 0


def _parts(session: Session, system: str, count: Count, rate: float) -> Iterator[str]:
    """Yield what is said of a system, the most important first."""
    left = count.planned - count.ended
    yield f"{number(count.ended)} of {number(count.planned)}"
    if count.failed:
        yield f"{number(count.failed.total())} failed"
    endpoint = session.endpoints.get(system)
    if endpoint is not None and endpoint.resting:
        yield f"asked to wait {duration(endpoint.resting)}"
    elif rate and left:
        yield f"{duration(left / rate)} left"
    if endpoint is not None and endpoint.failed:
        yield f"{number(endpoint.failed)} tried again"
    yield f"{rate:.1f}/s"
    yield f"{number(count.input_tokens + count.output_tokens)} tokens"


def duration(seconds: float) -> str:
    """Return a time as people say it."""
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return (
        f"{hours} h {minutes:02} min"
        if hours
        else f"{minutes} min {whole % 60:02} s"
        if minutes
        else f"{whole} s"
    )
