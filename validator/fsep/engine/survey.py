"""A survey of a bundle: load, map over the transcripts, merge, read the ratings, check what rests on all."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

from fsep import limits
from fsep.bundle import Bundle, open_bundle
from fsep.checks import (  # noqa: F401  # importing binds them
    answers,
    blinding,
    claims,
    commitments,
    complete,
    identities,
    ledger,
    observe,
    profile,
    prompts,
    raters,
    ratings,
    rubric,
    transcripts,
    usage,
)
from fsep.checks.registry import checks, run
from fsep.checks.summary import Summary
from fsep.checks.whole import Whole
from fsep.engine.load import Loaded, load
from fsep.engine.packets import Sink
from fsep.engine.ratings import read_ratings
from fsep.engine.shard import Shard, unread
from fsep.findings import Collector, Results

Progress = Callable[[int, int], None]


def survey(
    bundle: Bundle,
    collector: Collector,
    *,
    jobs: int | None = 1,
    reference: bool = False,
    trust: Sequence[bytes] = (),
    progress: Progress | None = None,
    sink: Sink | None = None,
) -> tuple[Whole, Results]:
    """Check all of a bundle and return what it came to.

    Args:
        bundle: an open bundle.
        collector: where what is found of the documents is written; it is there also when they are unusable.
        jobs: as for `validate`.
        reference: likewise.
        trust: likewise.
        progress: likewise.
        sink: given the packets of each run, in one process alone.

    Raises:
        Unusable: when there is no manifest to go by.
    """
    loaded = load(bundle, collector, reference=reference, trust=trust)
    study = loaded.study
    paths = [path for path, listed in sorted(study.listed.items()) if listed.role == "transcripts"]
    usable = [(path, number) for number, path in enumerate(paths) if path not in study.broken]
    summary = Summary(results=collector.results(), read=loaded.read)
    for lost in paths:
        if lost in study.broken:
            summary = summary + unread(lost, study.broken[lost], Collector())
    if sink is not None:
        summaries = _one_by_one(Shard(bundle, study, reference=reference, sink=sink), usable)
    else:
        summaries = _map(
            bundle, loaded, usable, jobs=jobs, reference=reference, trust=trust, progress=progress
        )
    for part in summaries:
        summary = summary + part
    return _rest(bundle, Whole(study, summary), reference)


def _rest(bundle: Bundle, whole: Whole, reference: bool) -> tuple[Whole, Results]:
    """Check what is left when the runs are done: first without the ratings, then with them."""
    results, collector = whole.summary.results, Collector()

    def failures(requirement: str) -> int:
        return results.tally(requirement).failed + collector.failures(requirement)

    whole = replace(whole, failures=failures)
    run(checks("summary"), collector, whole)
    rated = read_ratings(bundle, whole, reference=reference)
    results += rated.results
    whole = replace(whole, ratings=rated)
    run(checks("rated"), collector, whole)
    return whole, results + collector.results()


def _one_by_one(shard: Shard, usable: list[tuple[str, int]]) -> Iterator[Summary]:
    for path, number in usable:
        yield shard.check(path, number)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _map(
    bundle: Bundle,
    loaded: Loaded,
    usable: list[tuple[str, int]],
    *,
    jobs: int | None,
    reference: bool,
    trust: Sequence[bytes],
    progress: Progress | None,
) -> Iterator[Summary]:
    """Yield the summary of each file, in the order of their paths, however many processes make them."""
    total = sum(bundle.entries[path].size for path, _ in usable)
    if jobs is None:
        jobs = cores() if total > limits.PARALLEL_BYTES else 1
    if jobs == 1 or len(usable) < 2:
        done = 0

        def tell(count: int) -> None:
            nonlocal done
            done += count
            if progress is not None:
                progress(done, total)

        yield from _one_by_one(Shard(bundle, loaded.study, reference=reference, progress=tell), usable)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        jobs, mp_context=context, initializer=_open, initargs=(bundle.display, reference, tuple(trust))
    ) as pool:
        done = 0
        for (path, _), summary in zip(usable, pool.map(_check, usable), strict=True):
            done += bundle.entries[path].size
            if progress is not None:
                progress(done, total)
            yield summary


_shard: Shard


def _open(path: str, reference: bool, trust: tuple[bytes, ...]) -> None:
    """Prepare a worker: it opens the bundle itself, since compiled programs do not travel to it."""
    global _shard  # noqa: PLW0603  # a worker process holds exactly one
    bundle = open_bundle(path)
    _shard = Shard(
        bundle, load(bundle, Collector(), reference=reference, trust=trust).study, reference=reference
    )


def _check(task: tuple[str, int]) -> Summary:
    return _shard.check(*task)
