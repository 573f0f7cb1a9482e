"""What holds of any alignment profile: ranges, symmetries, and that one changed value is one fault."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from fsep.profile.compute import profile
from fsep.profile.frame import Counts, Dimension, Frame
from profiles import CHECKS, HIT, MISS, OPEN, SCHEMA, Runs, agreed, counts, dimension, failing, frame, judged

SYSTEMS = ("alpha", "beta", "delta", "gamma")
SCAFFOLDS = ("direct", "asked", "checked")
DIMENSIONS = ("verification-support", "own", "truthfulness")
USERS = ("scripted", "simulated", "recruited", "real", "in-service")
MARKS = ("confounded", "exploratory", "saturated", "self-report", "treatment-material", "unreliable")
RUNS: tuple[Runs, ...] = (HIT, MISS, OPEN, (1, 2, 2), (0, 1, 2), (2, 3, 3), (3, 3, 3), (0, 0, 2))
Cells = dict[tuple[str, str, str], Counts]


class Study(NamedTuple):
    """What a profile is computed from."""

    frame: Frame
    cells: Cells

    @property
    def profile(self) -> dict[str, Any]:
        return profile(self.frame, self.cells)


@st.composite
def dimensions(draw: st.DrawFn, id_: str) -> Dimension:
    by = draw(st.sampled_from(["raters", "automatic", "self-report"]))
    undefined = draw(st.sampled_from([None, None, "no-variation", "nothing-shared"]))
    coefficient = draw(st.sampled_from([0.4, 0.75])) if undefined is None else None
    agreement = agreed(
        coefficient=coefficient,
        undefined=undefined,
        raw=None if undefined == "nothing-shared" else 0.9,
        unreliable=undefined == "nothing-shared" or coefficient == 0.4,
    )
    return dimension(
        id_,
        core=id_ != "own",
        by=by,
        primary=draw(st.booleans()),
        margin=draw(st.sampled_from([None, 0.05, 0.2, 0.6])),
        agreement=agreement if by == "raters" else None,
    )


@st.composite
def cells(draw: st.DrawFn, names: list[str]) -> Counts:
    number = len(names)
    some = st.lists(st.sampled_from(RUNS), min_size=number, max_size=number)
    runs = draw(st.one_of(some, st.sampled_from([[HIT] * number, [MISS] * number, [OPEN] * number])))
    made = counts(dict(zip(names, runs, strict=True)))
    not_occasioned = draw(st.integers(0, made.missing))
    below = draw(st.integers(0, made.rated))
    return replace(
        made,
        not_occasioned=not_occasioned,
        missing=made.missing - not_occasioned,
        levels=(0, below, made.rated - below, 0),
        users=tuple(draw(st.sampled_from([USERS[:1], USERS[1:3]]))) if made.rated else (),
    )


@st.composite
def studies(draw: st.DrawFn, *, least_scaffolds: int = 1) -> Study:
    systems = SYSTEMS[: draw(st.integers(1, 3))]
    scaffolds = SCAFFOLDS[: draw(st.integers(least_scaffolds, 3))]
    ids = DIMENSIONS[: draw(st.integers(1, 2))]
    participants = draw(st.booleans())
    study = frame(
        systems=systems,
        scaffolds=scaffolds,
        baseline=draw(st.sampled_from(scaffolds)),
        dimensions=tuple(draw(dimensions(id_)) for id_ in ids),
        participants=participants,
        confounded=frozenset({("alpha", "beta")}) if draw(st.booleans()) else frozenset(),
        treatment=frozenset(scaffolds[1:]) if draw(st.booleans()) else frozenset(),
    )
    number = draw(st.sampled_from([0, 1, 3, 10, 40]))
    made: Cells = {}
    for key in [(system, scaffold, id_) for system in systems for scaffold in scaffolds for id_ in ids]:
        whose = f"{key[0]} {key[1]} " if participants else "item "
        made[key] = draw(cells([f"{whose}{place}" for place in range(number)]))
    return Study(study, made)


def keyed(document: Mapping[str, Any], member: str) -> dict[tuple[str, ...], dict[str, Any]]:
    return {
        (*(one["systems"] if "systems" in one else (one["system"],)), one["scaffold"], one["dimension"]): one
        for one in document[member]
    }


def figures(document: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any], Any]]:
    """Yield every cell, effect and difference, after how far from 0 it may reach, with its figure."""
    for reach, member, name in (
        (1, "cells", "share"),
        (1, "effects", "effect"),
        (2, "differences", "difference"),
    ):
        for one in document[member]:
            yield reach, one, one[name]


@given(studies())
def test_it_is_valid_and_the_same_whenever_it_is_computed(study: Study) -> None:
    document = study.profile
    assert SCHEMA.is_valid(document)
    turned = dict(reversed(study.cells.items()))
    assert profile(study.frame, turned) == document


@given(studies())
def test_every_combination_stands_once_and_nothing_else(study: Study) -> None:
    document, systems = study.profile, len(study.frame.systems)
    others, measured = len(study.frame.scaffolds) - 1, len(document["measured"])
    pairs = systems * (systems - 1) // 2
    for member, size in (
        ("cells", systems * (others + 1)),
        ("effects", systems * others),
        ("differences", pairs * others),
    ):
        assert len(keyed(document, member)) == len(document[member]) == measured * size
    assert all(
        (one["effects"], one["differences"]) == (systems * others, pairs * others)
        for one in document["measured"]
    )
    said = {one["dimension"] for one in document["measured"]}, set(document["not_measured"])
    assert not said[0] & said[1]
    assert said[0] | said[1] >= {one.id for one in study.frame.dimensions}


@given(studies())
def test_no_figure_lies_outside_its_range(study: Study) -> None:
    for reach, one, figure in figures(study.profile):
        lowest = 0 if "share" in one else -reach
        assert lowest <= one["bounds"][0] <= one["bounds"][1] <= reach
        assert (figure is None) is (one["units"] == 0)
        if figure is not None:
            assert lowest <= figure["low"] <= figure["high"] <= reach
            assert lowest <= figure["estimate"] <= reach


@given(studies())
def test_bounds_hold_the_estimate_of_every_cell(study: Study) -> None:
    for one in study.profile["cells"]:
        if one["share"] is not None:
            assert one["bounds"][0] - 1e-12 <= one["share"]["estimate"] <= one["bounds"][1] + 1e-12


@given(studies(least_scaffolds=2))
def test_bounds_hold_an_effect_where_the_units_compared_are_those_of_its_cells(study: Study) -> None:
    # Pairs leave out units without a rated run in the other cell, and may then lie outside.
    document = study.profile
    shared = {key: one["units"] for key, one in keyed(document, "cells").items()}
    baseline = study.frame.baseline
    for reach, one, figure in figures(document):
        if "share" in one or figure is None:
            continue
        systems = one["systems"] if reach == 2 else [one["system"]]
        of_cells = {
            shared[system, of, one["dimension"]] for system in systems for of in (one["scaffold"], baseline)
        }
        if study.frame.participants or of_cells == {one["units"]}:
            assert one["bounds"][0] - 1e-12 <= figure["estimate"] <= one["bounds"][1] + 1e-12


@given(studies())
def test_verdicts_are_read_off_intervals(study: Study) -> None:
    document = study.profile
    margins = {one["dimension"]: one["margin"] for one in document["measured"]}
    for _, one, figure in figures(document):
        margin = margins[one["dimension"]]
        if "share" in one:
            continue
        if margin is None or one["units"] < 10:
            assert one["verdict"] is None
        else:
            beyond = figure["low"] > margin or figure["high"] < -margin
            assert (one["verdict"] in ("raised", "lowered", "differs")) is beyond
            within = -margin <= figure["low"] and figure["high"] <= margin
            assert (one["verdict"] == "equivalent") is within


def negated(figure: dict[str, float] | None) -> dict[str, float] | None:
    if figure is None:
        return None
    return {"estimate": -figure["estimate"], "low": -figure["high"], "high": -figure["low"]}


MIRRORED = {"raised": "lowered", "lowered": "raised"}


@given(studies(least_scaffolds=2), st.data())
def test_a_scaffold_and_a_baseline_that_change_places_change_the_sign(
    study: Study, data: st.DataObject
) -> None:
    before = study.frame.baseline
    after = data.draw(st.sampled_from([one for one in study.frame.scaffolds if one != before]))
    turned = profile(replace(study.frame, baseline=after, treatment=frozenset()), study.cells)
    document = profile(replace(study.frame, treatment=frozenset()), study.cells)
    assert turned["cells"] == document["cells"]
    for member, name in (("effects", "effect"), ("differences", "difference")):
        back = keyed(turned, member)
        for key, one in keyed(document, member).items():
            if key[-2] == after:
                assert back[*key[:-2], before, key[-1]] == {
                    **one,
                    "scaffold": before,
                    name: negated(one[name]),
                    "bounds": [-one["bounds"][1], -one["bounds"][0]],
                    "verdict": MIRRORED.get(one["verdict"], one["verdict"]),
                }


@given(studies(), st.permutations(SYSTEMS))
def test_systems_that_change_names_change_places_and_nothing_else(study: Study, names: list[str]) -> None:
    name = dict(zip(SYSTEMS, names, strict=True))
    confounded = {tuple(sorted((name[one], name[two]))) for one, two in study.frame.confounded}
    renamed = profile(
        replace(
            study.frame,
            systems=tuple(sorted(name[system] for system in study.frame.systems)),
            confounded=frozenset((pair[0], pair[1]) for pair in confounded),
        ),
        {(name[system], scaffold, of): made for (system, scaffold, of), made in study.cells.items()},
    )
    document = study.profile
    for member in ("measured", "not_measured"):
        assert renamed[member] == document[member]
    for member in ("cells", "effects"):
        expected = [{**one, "system": name[one["system"]]} for one in document[member]]
        assert keyed(renamed, member) == keyed({member: expected}, member)
    found = keyed(renamed, "differences")
    assert len(found) == len(document["differences"])
    for (one, two, *rest), entry in keyed(document, "differences").items():
        pair = [name[one], name[two]]
        if pair == sorted(pair):
            assert found[*pair, *rest] == {**entry, "systems": pair}
        else:
            assert found[*pair[::-1], *rest] == {
                **entry,
                "systems": pair[::-1],
                "difference": negated(entry["difference"]),
                "bounds": [-entry["bounds"][1], -entry["bounds"][0]],
            }


@given(studies())
def test_what_follows_passes_every_check(study: Study) -> None:
    document = study.profile
    results = judged(copy.deepcopy(document), document)
    assert not any(tally.failed or tally.not_checked for tally in results.tallies.values())
    assert results.tally("FSEP-PRF-001").passed == 2


# --- one changed value ---

Path = tuple[str | int, ...]
CHOICES: dict[str, tuple[Any, ...]] = {
    "by": ("raters", "automatic", "self-report"),
    "statistic": ("kappa", "quadratic-kappa", "alpha", "ordinal-alpha"),
    "undefined": (None, "nothing-shared", "no-variation"),
    "level": (None, "model", "response", "interaction", "deployment"),
    "saturation": (None, "ceiling", "floor"),
}
VERDICTS: dict[str, tuple[Any, ...]] = {
    "effects": (None, "raised", "lowered", "equivalent", "undetermined"),
    "differences": (None, "differs", "equivalent", "undetermined"),
}
# By the member of a profile, and the member of an entry of it, the requirement that it falls under.
OF_CELLS = {
    **dict.fromkeys(("levels", "level", "users"), "FSEP-PRF-004"),
    **dict.fromkeys(("share", "bounds", "saturation"), "FSEP-PRF-005"),
    "marks": "FSEP-PRF-008",
}
OTHERS = {"effects": "FSEP-PRF-006", "differences": "FSEP-PRF-007", "not_measured": "FSEP-PRF-002"}


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield where values stand that hold no others, and lists of users and of marks."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in ("fsep", "kind"):
                yield from leaves(inner, (*path, name))
    elif isinstance(value, list) and path[-1] not in ("users", "marks"):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, place))
    else:
        yield path


def requirement(path: Path) -> str:
    if path[0] in ("design", "confidence"):
        return "FSEP-PRF-001"
    if path[0] == "measured":
        if "agreement" not in path:
            return "FSEP-PRF-002"
        return {"undefined": "FSEP-AGR-002", "unreliable": "FSEP-AGR-003"}.get(str(path[-1]), "FSEP-AGR-001")
    if path[0] == "cells":
        return OF_CELLS.get(str(path[2]), "FSEP-PRF-003")
    return "FSEP-PRF-008" if path[2:3] == ("marks",) else OTHERS[str(path[0])]


def other(data: st.DataObject, path: Path, value: Any) -> Any:
    """Draw another value that the schema allows."""
    name = path[-1]
    if name in ("users", "marks"):
        allowed = [one for one in (USERS if name == "users" else MARKS) if one not in value]
        longer = [[*value, one] for one in allowed]
        return data.draw(st.sampled_from([*longer, value[1:]] if value else longer))
    choices = VERDICTS[str(path[0])] if name == "verdict" else CHOICES.get(str(name), ())
    if choices:
        return data.draw(st.sampled_from([one for one in choices if one != value]))
    if isinstance(value, bool):
        return not value
    if value is None:
        return _in_the_place_of_null(str(name))
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        by = data.draw(st.sampled_from([1e-8, 0.25]))
        # Towards the middle, so that what is changed stays in its range.
        return value - by if value > 0.5 else value + by
    if name == "design":
        return "f" * 64
    names = {"system": SYSTEMS, "scaffold": SCAFFOLDS, "dimension": DIMENSIONS}.get(str(name), ())
    return data.draw(st.sampled_from([one for one in (*names, "another") if one != value]))


def _in_the_place_of_null(name: str) -> Any:
    figure = {"estimate": 0.5, "low": 0.25, "high": 0.75}
    return {"agreement": agreed(), "margin": 0.3, "raw": 0.5, "coefficient": 0.5}.get(name, figure)


def put(document: dict[str, Any], path: Path, value: Any) -> None:
    inner: Any = document
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value


def at(document: dict[str, Any], path: Path) -> Any:
    inner: Any = document
    for part in path:
        inner = inner[part]
    return inner


def expected_requirement(path: Path, value: Any) -> str:
    # Whether there is a coefficient is another matter than how large it is.
    return "FSEP-AGR-002" if path[-1] == "coefficient" and value is None else requirement(path)


@given(studies(least_scaffolds=2), st.data())
def test_one_changed_value_fails_one_requirement(study: Study, data: st.DataObject) -> None:
    document = study.profile
    of = defaultdict(list)
    for leaf in leaves(document):
        of[requirement(leaf)].append(leaf)
    # Most values are counts: each requirement has its turn.
    path = data.draw(st.sampled_from(of[data.draw(st.sampled_from(sorted(of)))]))
    stated = copy.deepcopy(document)
    value = at(document, path)
    put(stated, path, other(data, path, value))
    if path[0] == "confidence":
        stated["confidence"] = 0.9
    assert SCHEMA.is_valid(stated)
    assert set(failing(stated, document)) == {expected_requirement(path, value)}


def spoilt(value: Any) -> Any:
    """Return another value of any kind."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else "another"


def test_every_value_of_a_profile_falls_under_a_requirement() -> None:
    """As above, of one profile without leaving any value to chance."""
    study = frame(systems=SYSTEMS[:2], scaffolds=SCAFFOLDS[:2], confounded=frozenset({("alpha", "beta")}))
    made = {
        (system, scaffold, study.dimensions[0].id): counts([HIT] * 8 + [MISS] * (7 + place))
        for place, system in enumerate(study.systems)
        for scaffold in study.scaffolds
    }
    document = profile(study, made)
    met = set()
    for path in leaves(document):
        value, stated = at(document, path), copy.deepcopy(document)
        put(stated, path, spoilt(value))
        assert set(failing(stated, document)) == {requirement(path)}, path
        met.add(requirement(path))
    assert met == set(CHECKS)
