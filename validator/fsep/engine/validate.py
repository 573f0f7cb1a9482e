"""A validation from end to end: open, load, map over the shards, merge, conclude."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

from fsep import limits
from fsep.against import Fixed
from fsep.bundle import Bundle, open_bundle
from fsep.checks import (  # noqa: F401  # importing binds them
    answers,
    claims,
    commitments,
    complete,
    identities,
    ledger,
    observe,
    prompts,
    transcripts,
    usage,
)
from fsep.checks.documents import Unusable
from fsep.checks.registry import checks, run
from fsep.checks.study import Study
from fsep.checks.summary import Summary
from fsep.checks.whole import Whole
from fsep.engine.against import against as compare
from fsep.engine.conclude import conclude
from fsep.engine.load import Loaded, load
from fsep.engine.shard import Shard, unread
from fsep.findings import Collector, Report

Progress = Callable[[int, int], None]


def validate(
    path: str | os.PathLike[str],
    *,
    require: Sequence[str] = (),
    jobs: int | None = 1,
    reference: bool = False,
    trust: Sequence[bytes] = (),
    against: tuple[Fixed, str] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Validate a bundle.

    Args:
        path: a directory or a zip archive.
        require: facets asked about; where there are none, those the manifest asserts.
        jobs: how many processes check transcripts; the report is the same for any number. None is one, or one
            a core where there is enough to do.
        reference: whether `jsonschema` decides on schemas in the place of the compiled engine.
        trust: PEM files of certificates that time-stamps are verified against.
        against: a published design that the bundle is compared with, and where it was found; facets and
            verdict are the same with it as without.
        progress: told now and then how many bytes of transcripts are done, and of how many.

    Raises:
        BundleError: when there is no directory or archive at the path, or it cannot be read.
    """
    with open_bundle(path) as bundle:
        collector = Collector()
        try:
            loaded = load(bundle, collector, reference=reference, trust=trust)
        except Unusable as error:
            report = conclude(
                bundle, collector.results(), None, require=require, trust=trust, blocked_by=error.requirement
            )
            return _beside(report, None, against)
        study = loaded.study
        paths = [path for path, listed in sorted(study.listed.items()) if listed.role == "transcripts"]
        usable = [(path, number) for number, path in enumerate(paths) if path not in study.broken]
        summary = Summary(results=collector.results(), read=loaded.read)
        for lost in paths:
            if lost in study.broken:
                summary = summary + unread(lost, study.broken[lost], Collector())
        summaries = _map(
            bundle, loaded, usable, jobs=jobs, reference=reference, trust=trust, progress=progress
        )
        for part in summaries:
            summary = summary + part
        final = Collector()
        whole = Whole(study, summary)
        run(checks("summary"), final, whole)
        report = conclude(bundle, summary.results + final.results(), whole, require=require, trust=trust)
        return _beside(report, study, against)


def _beside(report: Report, study: Study | None, against: tuple[Fixed, str] | None) -> Report:
    return replace(report, against=compare(study, *against)) if against is not None else report


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

        shard = Shard(bundle, loaded.study, reference=reference, progress=tell)
        for path, number in usable:
            yield shard.check(path, number)
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
