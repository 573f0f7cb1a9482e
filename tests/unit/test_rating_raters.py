"""Panels: who rates which dimension, in which order, and who took over."""

from __future__ import annotations

from typing import Any

from fsep.rating.raters import Raters, pin, read_raters
from fsep.rating.rubric import Rubric
from unit.rating_stock import dimension

RUBRIC = Rubric(dimensions=(dimension(), dimension(id="tone")))


def rater(id_: str, *dimensions: str, kind: str = "human", role: str = "rater") -> dict[str, Any]:
    return {"id": id_, "kind": kind, "role": role, "dimensions": list(dimensions or ("clarity",))}


def read(*raters: dict[str, Any], replaced: tuple[tuple[str, str], ...] = ()) -> Raters:
    departures = [{"kind": "rater-replaced", "rater": one, "by": by} for one, by in replaced]
    return read_raters({"raters": list(raters)}, RUBRIC, [{"kind": "run-missing"}, *departures])


def test_seats_are_in_the_order_of_ids_whatever_the_file_has() -> None:
    found = read(rater("dee", "tone"), rater("cy"), rater("ada", "tone", "clarity"), rater("ben"))
    assert found.panels["clarity"].seats == (("ada",), ("ben",), ("cy",))
    assert found.panels["tone"].seats == (("ada",), ("dee",))
    assert found.panels["tone"].seat_of("dee") == 1
    assert found.panels["tone"].seat_of("ben") is None


def test_one_who_took_over_sits_in_the_place_of_the_replaced() -> None:
    # By their own ids they would stand in the order ann, ben, zoe.
    found = read(rater("zoe"), rater("ben"), rater("ann"), replaced=(("zoe", "ann"),))
    assert found.panels["clarity"].seats == (("ben",), ("zoe", "ann"))
    assert found.panels["clarity"].seat_of("ann") == found.panels["clarity"].seat_of("zoe") == 1


def test_a_replacement_by_nobody_known_changes_nothing() -> None:
    found = read(rater("ada"), rater("ben"), replaced=(("ada", "xerxes"), ("yan", "ben")))
    assert found.panels["clarity"].seats == (("ada",), ("ben",))


def test_adjudicators_are_no_raters() -> None:
    found = read(rater("ada"), rater("cy", role="adjudicator"), rater("ben"))
    assert found.panels["clarity"].seats == (("ada",), ("ben",))
    assert found.panels["clarity"].adjudicators == ("cy",)
    assert found.panels["clarity"].seat_of("cy") is None


def test_people_and_models_do_not_know_the_system() -> None:
    found = read(*(rater(kind, kind=kind) for kind in ("human", "model", "automatic", "self-report")))
    assert [id_ for id_ in found.by_id if found.blind(id_)] == ["human", "model"]


def test_a_study_without_raters_has_empty_panels() -> None:
    assert read_raters(None, RUBRIC, []).panels["clarity"].seats == ()


def test_the_pin_of_a_model_leaves_out_what_was_returned() -> None:
    one = {"model": {"name": "m", "returned": ["m-1"]}, "parameters": {"t": 0}, "instructions": "ab"}
    assert pin(one) == {"model": {"name": "m"}, "parameters": {"t": 0}, "instructions": "ab"}
    assert pin({**one, "instructions": "cd"}) != pin(one)
