"""Runs from end to end: begin or go on, carry out, and write the bundle once all have ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fsep.errors import FsepError, visible
from fsep.packing.writer import PackSummary
from fsep.run.begin import Named, begin, found
from fsep.run.finish import finish
from fsep.run.journal import Clock
from fsep.run.options import Options
from fsep.run.place import Place
from fsep.run.session import Outcome, Session, utc

# Runs beside a session, and is cancelled when it ends.
Watch = Callable[[Session], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Carried:
    """What it came to: the session's outcome, and the bundle, where one was written."""

    outcome: Outcome
    bundle: PackSummary | None
    place: Place


def carry_out(
    source: Path,
    out: Path,
    named: Named,
    options: Options,
    *,
    resume: bool = False,
    close: bool = False,
    clock: Clock = utc,
    watch: Watch | None = None,
) -> Carried:
    """Make the planned runs of a study, and the bundle of them.

    Args:
        source: the study: a folder as people author it, or a bundle or zip that was published.
        out: the bundle to write. What runs come to is kept beside it, in a folder of the same name with
            `.run` at its end, from the first request on.
        named: the systems, and what else the design asks for.
        options: how to ask.
        resume: whether to go on with what was begun.
        close: whether to ask nothing more, and to declare in departures what was not made.
        clock: gives the time, in UTC.
        watch: runs beside the session.

    Raises:
        FsepError: where the study cannot be run, or something cannot be written.
    """
    if os.path.lexists(out):
        raise FsepError(
            f"{visible(str(out), 200)} is there already, and nothing is overwritten.",
            advice="Name another place, or remove it first.",
        )
    if not out.parent.is_dir():
        raise FsepError(
            f"The folder in which {visible(str(out), 200)} would be is not there.", advice="Make it first."
        )
    if source.is_dir() and out.resolve().is_relative_to(source.resolve()):
        raise FsepError(
            f"{visible(str(out), 200)} is inside the study that it would be made from.",
            advice="Name a place beside it.",
        )
    place = Place.beside(out)
    try:
        study = begin(source, place, named, resume=resume)
        with place.held(), _cleared(place), tempfile.TemporaryDirectory() as scratch:
            with found(study, named, Path(scratch)) as reached:
                session = Session(study, place, options, reached, clock)
                outcome = asyncio.run(_beside(session, watch, close=close))
            bundle = _finished(session, out) if close or not outcome.left else None
    except OSError as error:
        why = error.strerror or "the system refuses"
        raise FsepError(
            f"{place.shown} or what is beside it cannot be written: {why}.",
            advice="What was written is safe: mend that, and go on with --resume.",
        ) from None
    return Carried(outcome, bundle, place)


def _finished(session: Session, out: Path) -> PackSummary:
    try:
        return finish(session.study, session.place, session.recovered, out)
    except FsepError as error:
        raise FsepError(
            str(error),
            advice=f"The runs are safe in {session.place.shown}: mend that, and --resume writes the bundle.",
        ) from None


@contextlib.contextmanager
def _cleared(place: Place) -> Iterator[None]:
    """Leave nothing behind where it came to nothing: a start that was refused can be made again."""
    try:
        yield
    except FsepError:
        place.discard()
        raise


async def _beside(session: Session, watch: Watch | None, *, close: bool) -> Outcome:
    watching = asyncio.ensure_future(watch(session)) if watch is not None else None
    try:
        return await session.run(close=close)
    finally:
        if watching is not None:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
