"""Ratings with their checks and the recomputed profile, beside merely parsing them and the schema.

    python benchmarks/ratings.py [RATINGS]

One process, several rounds, medians; runs are surveyed before, and not counted. Nothing is asserted.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from jiter import from_json
from make_ratings import make_ratings

from fsep import protocol
from fsep.bundle import open_bundle
from fsep.checks.registry import checks, run
from fsep.checks.summary import Ratings
from fsep.engine.ratings import read_ratings
from fsep.engine.survey import survey
from fsep.findings import Collector

ROUNDS = 5


def bare(folder: Path) -> float:
    """Return how long digest, parser and schema take."""
    valid = protocol.load("1.0").validator("rating").is_valid
    begin = time.perf_counter()
    for path in sorted((folder / "ratings").iterdir()):
        whole = sha256()
        with path.open("rb") as stream:
            for line in stream:
                whole.update(line)
                assert valid(from_json(line, catch_duplicate_keys=True))
    return time.perf_counter() - begin


def checked(folder: Path) -> float:
    """Return how long it takes to read the ratings, check them and recompute the profile."""
    with open_bundle(folder) as bundle:
        whole, _ = survey(bundle, Collector())
        # What was computed in the survey is computed anew.
        whole = replace(whole, ratings=Ratings())
        begin = time.perf_counter()
        whole = replace(whole, ratings=read_ratings(bundle, whole))
        run(checks("rated"), Collector(), whole)
        return time.perf_counter() - begin


def main(ratings: int) -> None:
    """Print the ratio."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "bundle"
        make_ratings(folder, ratings)
        times = [(bare(folder), checked(folder)) for _ in range(ROUNDS)]
    least, most = (statistics.median(column) for column in zip(*times, strict=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{ratings} ratings: {most:.2f} s, {most / least:.2f} x digest, parser and schema ({least:.2f} s)")
    print(f"  peak memory, of making the bundle too: {peak:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
