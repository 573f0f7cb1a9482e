"""What a page shows of ratings: profile, claims and raters as stated, and ratings of sampled runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from fsep import limits
from fsep.bundle import Bundle
from fsep.errors import FsepError
from fsep.overview.reading import document, parsed, paths_of, records
from fsep.protocol import Protocol
from fsep.rating.blind import Blind


@dataclass(frozen=True, slots=True)
class Rating:
    """One rating; `value` is None where there was no occasion, `step` is empty where the run is rated."""

    rater: str
    dimension: str
    step: str
    value: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Rated:
    """The documents about ratings, each None where there is none that is valid.

    `baseline` and `scaffolds` are those of the design, empty where it is not valid; `participants` says that
    people and not items are the units.
    """

    profile: Mapping[str, Any] | None = None
    claims: tuple[Mapping[str, Any], ...] = ()
    raters: tuple[Mapping[str, Any], ...] = ()
    rubric: Mapping[str, Any] | None = None
    baseline: str = ""
    scaffolds: tuple[str, ...] = ()
    participants: bool = False


NOTHING_RATED = Rated()


def read_rated(bundle: Bundle, protocol: Protocol, design: Mapping[str, Any] | None) -> Rated:
    """Read what a bundle states of its ratings."""
    claims = document(bundle, protocol, "claims", "claims.json")
    raters = document(bundle, protocol, "raters", "raters.json")
    design = design or {}
    return Rated(
        profile=document(bundle, protocol, "profile", "profile.json"),
        claims=tuple(claims["claims"]) if claims is not None else (),
        raters=tuple(raters["raters"]) if raters is not None else (),
        rubric=document(bundle, protocol, "rubric", "rubric.json"),
        baseline=design.get("baseline", ""),
        scaffolds=tuple(lock["id"] for lock in design.get("scaffolds", ())),
        participants=design.get("analysis", {}).get("units") == "participants",
    )


@dataclass(frozen=True, slots=True)
class Apart:
    """How far raters are apart on a run: by how much at most, and on how many things.

    By how much is a share of the scale; of a nominal one, and of an occasion that one saw and another did
    not, it is the whole. `where` is the dimension of which it is, `values` what stands against each other.
    """

    most: float
    disputed: int
    where: str
    values: tuple[str, ...]


@dataclass(slots=True)
class Ratings:
    """The ratings of a bundle, which are read as often as asked for, and held only for the runs asked about.

    `blind` is None as long as the salt is not published: nobody knows then which run a blind rating is of.
    """

    bundle: Bundle
    protocol: Protocol
    rated: Rated
    blind: Blind | None = field(init=False)
    crowded: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Read the salt."""
        made = document(self.bundle, self.protocol, "blinding", "blinding.json")
        self.blind = Blind(made["salt"]) if made is not None else None

    @property
    def hidden(self) -> bool:
        """Whether there are ratings of which nobody can know the run."""
        return self.blind is None and bool(paths_of(self.bundle, "ratings"))

    def names(self, run: str) -> tuple[str, ...]:
        """Return what ratings may call a run: its id, and its blind id."""
        return (run, self.blind.packet(run)) if self.blind is not None else (run,)

    def lines(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the rater and the line of each valid rating, as far as files can be read."""
        valid = self.protocol.validator("rating").is_valid
        for path in paths_of(self.bundle, "ratings"):
            rater = path.partition("/")[2].partition(".")[0]
            with suppress(FsepError):
                for _, data in records(self.bundle, path):
                    line = parsed(data)
                    if valid(line):
                        yield rater, line

    def of(self, runs: Iterable[str]) -> dict[str, tuple[Rating, ...]]:
        """Return the ratings of runs, in the order of dimensions, outputs and raters."""
        wanted = {name: run for run in runs for name in self.names(run)}
        found: dict[str, list[Rating]] = {run: [] for run in wanted.values()}
        for rater, line in self.lines():
            run = wanted.get(line.get("packet") or line["run"])
            if run is not None:
                note = line.get("note", "")[: limits.TEXT_MESSAGE + 1]
                found[run].append(
                    Rating(rater, line["dimension"], line.get("step", ""), line.get("value"), note)
                )
        places = {
            one["id"]: place for place, one in enumerate((self.rated.rubric or {}).get("dimensions", ()))
        }
        for ratings in found.values():
            ratings.sort(key=lambda one: (places.get(one.dimension, 64), one.dimension, one.step, one.rater))
        return {run: tuple(ratings) for run, ratings in found.items()}

    def apart(self) -> dict[str, Apart]:
        """Return, by the name that ratings call it, each run on which raters are apart, before adjudication.

        Nothing is returned where there are more ratings than can be held beside each other.
        """
        scales = _scales(self.rated.rubric)
        judges = {one["id"] for one in self.rated.raters if one["role"] == "rater"}
        met: dict[tuple[str, str, str], frozenset[int]] = {}
        for rater, line in self.lines():
            scale = scales.get(line["dimension"])
            place = -1 if "value" not in line else scale[0].get(line["value"], -2) if scale else -2
            if rater not in judges or place == -2:
                continue
            key = (line.get("packet") or line["run"], line["dimension"], line.get("step", ""))
            met[key] = met.get(key, frozenset()) | {place}
            if len(met) > limits.PAGE_APART:
                self.crowded = True
                return {}
        return _furthest(met, scales)


# A scale: the places of its values, and whether they are in an order.
_Scale = tuple[dict[str, int], bool]


def _scales(rubric: Mapping[str, Any] | None) -> dict[str, _Scale]:
    return {
        one["id"]: (
            {value["value"]: place for place, value in enumerate(one["scale"]["values"])},
            one["scale"]["kind"] == "ordinal",
        )
        for one in (rubric or {}).get("dimensions", ())
        if one["by"] == "raters"
    }


def _furthest(
    met: Mapping[tuple[str, str, str], frozenset[int]], scales: Mapping[str, _Scale]
) -> dict[str, Apart]:
    found: dict[str, Apart] = {}
    for (run, dimension, step), places in met.items():
        if len(places) < 2:
            continue
        values, ordinal = scales[dimension]
        whole = -1 in places or not ordinal
        most = 1.0 if whole else (max(places) - min(places)) / (len(values) - 1)
        names = ("no occasion", *values) if -1 in places else tuple(values)
        said = tuple(names[place + (-1 in places)] for place in sorted(places))
        before = found.get(run)
        where = f"{dimension}, {step}" if step else dimension
        if before is None or most > before.most:
            found[run] = Apart(most, 1 + (before.disputed if before else 0), where, said)
        else:
            found[run] = Apart(before.most, before.disputed + 1, before.where, before.values)
    return found
