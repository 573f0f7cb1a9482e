"""What a bundle says of itself, its runs counted, and a sample of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from fsep import limits
from fsep.bundle import Bundle, BundleError
from fsep.checks.container import MANIFEST
from fsep.errors import FsepError
from fsep.findings import Report
from fsep.overview.rated import NOTHING_RATED, Rated, Ratings, read_rated
from fsep.overview.reading import document, paths_of
from fsep.overview.runs import Counter, Plan, SystemRuns
from fsep.overview.sample import NOTHING_DRAWN, Disputed, Sample, Sampling, Urn, read_samples
from fsep.protocol import Protocol, load


@dataclass(frozen=True, slots=True)
class Overview:
    """What a page shows beside the report.

    `systems` are their documents by id; `unread` counts lines of transcripts that are no valid record, and
    are in no other count. `hidden` says that ratings are there of which nobody can know the run as long as
    the salt is not published, `crowded` that they are too many to find where raters are far apart.
    """

    systems: Mapping[str, Mapping[str, Any]]
    departures: tuple[Mapping[str, Any], ...]
    runs: tuple[SystemRuns, ...]
    unread: int
    sampling: Sampling
    samples: tuple[Sample, ...]
    rated: Rated = NOTHING_RATED
    hidden: bool = False
    crowded: bool = False


def overview(bundle: Bundle, report: Report, sampling: Sampling = NOTHING_DRAWN) -> Overview:
    """Read a bundle again after its validation, which is spared the cost of what only a page tells.

    Raises:
        FsepError: when the manifest is no longer the one that the report is about, or a drawn transcript
            cannot be read any more.
    """
    if _digest(bundle) != report.bundle["sha256"]:
        raise FsepError(
            "The bundle was changed while it was validated.", advice="Run the command again when it rests."
        )
    if not report.counts:
        # Not even its manifest could be used.
        return Overview({}, (), (), 0, sampling, ())
    protocol = load(str(report.protocol["version"]))
    systems = _systems(bundle, protocol)
    design = document(bundle, protocol, "design", "design.json")
    rated = read_rated(bundle, protocol, design)
    ratings = Ratings(bundle, protocol, rated)
    counter = Counter(protocol, Plan(design, bundle, protocol), list(systems))
    urn, disputed = Urn(sampling), Disputed(sampling, ratings)

    def told(run: Mapping[str, Any], path: str, line: int) -> None:
        urn.add(run, path, line)
        disputed.add(run, path, line)

    counter.read(bundle, told)
    places = sorted([*urn.drawn(disputed.apart.keys()), *disputed.apart])
    declared = document(bundle, protocol, "departures", "departures.json")
    return Overview(
        systems,
        tuple(declared["departures"]) if declared is not None else (),
        counter.results(),
        counter.unread,
        sampling,
        read_samples(bundle, protocol, places, disputed),
        rated,
        ratings.hidden,
        ratings.crowded,
    )


def _digest(bundle: Bundle) -> str | None:
    try:
        return sha256(bundle.read(MANIFEST, limits.DOCUMENT_BYTES)).hexdigest()
    except BundleError:
        return None


def _systems(bundle: Bundle, protocol: Protocol) -> dict[str, Mapping[str, Any]]:
    """Return the usable systems: those whose id is the name of their file."""
    read = {path: document(bundle, protocol, "system", path) for path in paths_of(bundle, "system")}
    return {
        value["id"]: value
        for path, value in read.items()
        if value is not None and path == f"systems/{value['id']}.json"
    }
