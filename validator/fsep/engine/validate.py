"""A validation from end to end: open, load, map over the shards, merge, conclude."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from fsep.against import Fixed
from fsep.bundle import open_to_judge
from fsep.checks.documents import Unusable
from fsep.checks.study import Study
from fsep.engine.against import against as compare
from fsep.engine.conclude import conclude
from fsep.engine.survey import Progress, cores, survey
from fsep.findings import Collector, Report

__all__ = ["cores", "validate"]


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
        BundleError: when there is nothing at the path, or nothing that may be read. A file that is no archive
            is a bundle with a fault.
    """
    with open_to_judge(path) as bundle:
        collector = Collector()
        try:
            whole, results = survey(
                bundle, collector, jobs=jobs, reference=reference, trust=trust, progress=progress
            )
        except Unusable as error:
            report = conclude(
                bundle, collector.results(), None, require=require, trust=trust, blocked_by=error.requirement
            )
            return _beside(report, None, against)
        report = conclude(bundle, results, whole, require=require, trust=trust)
        return _beside(report, whole.study, against)


def _beside(report: Report, study: Study | None, against: tuple[Fixed, str] | None) -> Report:
    return replace(report, against=compare(study, *against)) if against is not None else report
