"""Dimensions, panels and runs for tests of ratings, made in one line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fsep.rating.book import Book
from fsep.rating.raters import Panel
from fsep.rating.rubric import Dimension, Packet, Plan

SALT = "00" * 31 + "01"


@dataclass(frozen=True)
class Run:
    """A run as raters meet it."""

    run: str
    cell: tuple[str, str] = ("alpha", "direct")
    outputs: Mapping[str, Sequence[str]] = field(default_factory=dict)


def dimension(**changed: Any) -> Dimension:
    """Return a dimension of three values, attained at the last, rated by two in all runs."""
    packet = Packet("talk", (), "main", frozenset())
    whole: dict[str, Any] = {
        "id": "clarity",
        "by": "raters",
        "of": "exchange",
        "outputs": False,
        "over": None,
        "ordinal": True,
        "values": ("low", "middle", "high"),
        "positions": {"low": 0, "middle": 1, "high": 2},
        "attained": frozenset({2}),
        "packet": packet,
        "thread": "main",
        "plan": plan(),
        "primary": False,
        "margin": None,
    }
    return Dimension(**{**whole, **changed})


def plan(
    combine: Any = "adjudication", *, raters: int = 2, overlap: int | None = None, least: float = 0
) -> Plan:
    """Return a plan."""
    return Plan(raters, overlap, combine, least)


def panel(*raters: str, adjudicator: str | None = None) -> Panel:
    """Return a panel of raters none of whom was replaced."""
    return Panel(tuple((rater,) for rater in raters), (adjudicator,) if adjudicator else ())


def book(**given: Mapping[Any, int]) -> Book:
    """Return the ratings given in `clarity`, by rater; of a whole run where a number stands for a thing."""
    return Book(
        {
            (rater, "clarity"): {(thing, "") if isinstance(thing, int) else thing: value for thing, value in of.items()}
            for rater, of in given.items()
        }
    )  # fmt: skip
