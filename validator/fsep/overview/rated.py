"""What a page shows of ratings: alignment profile and claims as stated, and what raters said of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from fsep import limits
from fsep.bundle import Bundle
from fsep.errors import FsepError
from fsep.overview.reading import document, parsed, paths_of, records
from fsep.protocol import Protocol
from fsep.rating.blind import Blind

# One rating: who said what, of which dimension, step and note.
Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rated:
    """The documents that come after the runs, each None where it is absent or not valid.

    `ratings` has what was said of each sampled run, by its id.
    """

    profile: Mapping[str, Any] | None = None
    claims: Mapping[str, Any] | None = None
    rubric: Mapping[str, Any] | None = None
    raters: Mapping[str, Any] | None = None
    ratings: Mapping[str, tuple[Said, ...]] = field(default_factory=dict)


def read_rated(bundle: Bundle, protocol: Protocol, runs: frozenset[str]) -> Rated:
    """Read what a page shows of ratings; `runs` are those whose ratings are shown."""
    names = ("profile", "claims", "rubric", "raters")
    found = {name: document(bundle, protocol, name, f"{name}.json") for name in names}
    blinding = document(bundle, protocol, "blinding", "blinding.json")
    blind = Blind(blinding["salt"]) if blinding is not None else None
    ids = {blind.packet(run): run for run in runs} if blind is not None else {}
    said: dict[str, list[Said]] = {}
    for path in paths_of(bundle, "ratings") if runs else ():
        rater = path.partition("/")[2].removesuffix(".jsonl")
        for line in _lines(bundle, protocol, path):
            run = ids.get(line.get("packet", ""), line.get("run", ""))
            if run in runs and len(said.setdefault(run, [])) < limits.PAGE_RATINGS:
                said[run].append({**line, "rater": rater})
    return Rated(**found, ratings={run: tuple(lines) for run, lines in said.items()})


def _lines(bundle: Bundle, protocol: Protocol, path: str) -> Iterator[Mapping[str, Any]]:
    valid = protocol.validator("rating").is_valid
    # That a file cannot be read is in the report.
    with suppress(FsepError):
        for _, data in records(bundle, path):
            line = parsed(data)
            if valid(line):
                yield line


def contested(rated: Rated, run: str) -> list[str]:
    """Return the dimensions in which raters, adjudicators aside, said different things of a run."""
    roles = {one["id"]: one["role"] for one in rated.raters["raters"]} if rated.raters else {}
    values: dict[tuple[str, str], set[str]] = {}
    for line in rated.ratings.get(run, ()):
        if roles.get(line["rater"]) == "rater":
            key = line["dimension"], line.get("step", "")
            values.setdefault(key, set()).add(line.get("value", "not occasioned"))
    return sorted({dimension for (dimension, _), said in values.items() if len(said) > 1})
