"""How far a long work is: one line on standard error, on a terminal only, and only after a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

PATIENCE = 1.0
BETWEEN = 0.2
_UNITS = ("B", "kB", "MB", "GB", "TB")


class Progress:
    """Draws what it is told; `done` takes the line away."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin to count time."""
        self._stream, self._clock = stream, clock
        self._shown = stream.isatty()
        self._begun = clock()
        self._next = self._begun + PATIENCE
        self._drawn = False

    def __call__(self, done: int, total: int) -> None:
        """Note that so many bytes of so many are done."""
        now = self._clock()
        if not self._shown or now < self._next:
            return
        self._next = now + BETWEEN
        self._drawn = True
        share = 100 * done // total if total else 100
        rate = done / max(now - self._begun, BETWEEN)
        self._stream.write(f"\r\x1b[K{share:3} %  {size(done)} of {size(total)}  {size(rate)}/s")
        self._stream.flush()

    def done(self) -> None:
        """Take the line away."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._drawn = False


def size(count: float) -> str:
    """Return a number of bytes in a unit that suits it."""
    unit = 0
    while count >= 1000 and unit < len(_UNITS) - 1:
        count, unit = count / 1000, unit + 1
    return f"{count:.0f} {_UNITS[unit]}" if unit == 0 or count >= 100 else f"{count:.1f} {_UNITS[unit]}"
