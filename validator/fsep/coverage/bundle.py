"""Reading a bundle for what it measures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fsep.checks.container import role_of
from fsep.coverage.measured import BundleCoverage, measured
from fsep.packing.packed import Packed


def read_coverage(path: Path) -> BundleCoverage:
    """Return what a bundle measures, which is computed from its ratings and not taken from its profile.

    Raises:
        FsepError: where the bundle cannot be read, or its ratings cannot be used.
    """
    with Packed(path) as bundle:
        raters = bundle.document("raters.json")["raters"] if "raters.json" in bundle.paths else ()
        rubric = "rubric.json" in bundle.paths
        systems = [bundle.document(path) for path in bundle.paths if role_of(path) == "system"]
        id_ = bundle.head["id"]
    return BundleCoverage(
        id_,
        rubric,
        tuple(sorted(system["id"] for system in systems if system.get("synthetic"))),
        measured(profile_of(path) if rubric else None, raters),
    )


def profile_of(path: Path) -> Mapping[str, Any]:
    """Return the alignment profile that follows from a bundle's ratings.

    Raises:
        FsepError: where it cannot be computed.
    """
    # Loaded late: it brings the whole engine, which a bundle without a rubric does not need.
    from fsep.workflow import figures, sheets  # noqa: PLC0415

    return figures.profile_of(sheets.deal(path))
