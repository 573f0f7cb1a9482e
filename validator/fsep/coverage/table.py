"""A table of benchmarks by core dimensions: what both coders found, and how far they agree beyond chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fsep.errors import FsepError
from fsep.measures.agreement import Agreement, kappa

# In the order of the scale, from which the quadratic weights follow.
CODES = ("absent", "partial", "present")


@dataclass(frozen=True, slots=True)
class Cell:
    """What the one coder found and what the other did."""

    one: str
    other: str

    @property
    def agreed(self) -> str | None:
        """The code of both; None where they differ."""
        return self.one if self.one == self.other else None

    def __str__(self) -> str:
        """Give the agreed code once, two that differ with a bar between them."""
        return self.agreed or f"{self.one}|{self.other}"


@dataclass(frozen=True, slots=True)
class Column:
    """A dimension counted over benchmarks: agreed codes, where coders differ, and where nothing was coded."""

    dimension: str
    agreed: Mapping[str, int]
    differ: int
    not_coded: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was filled in, and what is recomputed from it.

    `rows` are the cells of each benchmark by dimension; what was not coded is not among them. `plain` and
    `quadratic` are Cohen's kappa over all cells.
    """

    title: str | None
    synthetic: bool
    coders: tuple[str, str]
    dimensions: tuple[str, ...]
    rows: Mapping[str, Mapping[str, Cell]]
    plain: Agreement
    quadratic: Agreement

    @property
    def columns(self) -> Iterator[Column]:
        """The dimensions, counted."""
        for dimension in self.dimensions:
            cells = [row[dimension] for row in self.rows.values() if dimension in row]
            agreed = Counter(cell.agreed for cell in cells)
            yield Column(
                dimension,
                {code: agreed[code] for code in CODES},
                agreed[None],
                len(self.rows) - len(cells),
            )

    def as_dict(self) -> dict[str, Any]:
        """Return it as the command prints it; what was not coded is null."""
        return {
            "of": "table",
            "title": self.title,
            "synthetic": self.synthetic,
            "coders": list(self.coders),
            "benchmarks": [
                {"benchmark": name, "codes": {one: _codes(row.get(one)) for one in self.dimensions}}
                for name, row in self.rows.items()
            ],
            "dimensions": [
                {
                    "dimension": one.dimension,
                    "agreed": dict(one.agreed),
                    "differ": one.differ,
                    "not_coded": one.not_coded,
                }
                for one in self.columns
            ],
            "agreement": {
                "cells": self.plain.units,
                "raw": self.plain.raw,
                "kappa": self.plain.coefficient,
                "quadratic_kappa": self.quadratic.coefficient,
                "undefined": None if self.plain.undefined is None else self.plain.undefined.value,
            },
        }


def table(document: Mapping[str, Any]) -> Table:
    """Return the table of a document that is valid against the schema `coverage`.

    Raises:
        FsepError: where a benchmark stands in it twice, or is coded in a dimension that it does not list.
    """
    dimensions = tuple(document["dimensions"])
    rows: dict[str, dict[str, Cell]] = {}
    for place, one in enumerate(document["benchmarks"]):
        name = one["benchmark"]
        if name in rows:
            raise FsepError(
                f"The benchmark '{name}' stands in the table twice, at last at /benchmarks/{place}.",
                advice="Which of the two counts cannot be guessed; leave one.",
            )
        if unlisted := [dimension for dimension in one["codes"] if dimension not in dimensions]:
            raise FsepError(
                f"The benchmark '{name}' is coded in '{unlisted[0]}', which `dimensions` does not list.",
                advice="List every dimension that was coded, so that it shows where one was not.",
            )
        rows[name] = {dimension: Cell(*one["codes"][dimension]) for dimension in one["codes"]}
    cells = [cell for row in rows.values() for cell in row.values()]
    positions = [
        [CODES.index(code) for code in side]
        for side in ([cell.one for cell in cells], [cell.other for cell in cells])
    ]
    coders = document["coders"]
    return Table(
        document.get("title"),
        document.get("synthetic") is True,
        (coders[0], coders[1]),
        dimensions,
        rows,
        kappa(*positions),
        kappa(*positions, quadratic=True),
    )


def _codes(cell: Cell | None) -> str | list[str] | None:
    return None if cell is None else cell.agreed or [cell.one, cell.other]
