"""Profiles and claims made by hand, for the tests of claims; the figures are invented and of no system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from fsep.claims import Basis, Context

FREE = ("systems", "scaffolds", "domains", "languages", "users", "environments", "time")
DIMENSION = "verification-support"


def figure(low: float, high: float) -> dict[str, float]:
    return {"estimate": (low + high) / 2, "low": low, "high": high}


def cell(system: str, scaffold: str, dimension: str = DIMENSION, **other: Any) -> dict[str, Any]:
    return {
        "system": system,
        "scaffold": scaffold,
        "dimension": dimension,
        **dict.fromkeys(("planned", "rated", "units"), 15),
        "attained": 12,
        "not_occasioned": 0,
        "missing": 0,
        "values": [{"value": "none", "count": 3}, {"value": "full", "count": 12}],
        "levels": {"model": 0, "response": 15, "interaction": 0, "deployment": 0},
        "level": "response",
        "users": ["scripted"],
        "saturation": None,
        "share": figure(0.55, 0.93),
        "bounds": [0.8, 0.8],
        "marks": [],
        **other,
    }


def effect(system: str, scaffold: str, dimension: str = DIMENSION, **other: Any) -> dict[str, Any]:
    figures = {
        "units": 15,
        "effect": figure(0.3, 0.7),
        "bounds": [0.5, 0.5],
        "verdict": "raised",
        "marks": [],
    }
    return {"system": system, "scaffold": scaffold, "dimension": dimension, **figures, **other}


def difference(one: str, two: str, scaffold: str, dimension: str = DIMENSION, **other: Any) -> dict[str, Any]:
    figures = {"units": 15, "difference": figure(-0.3, 0.3), "bounds": [0, 0], "verdict": "undetermined"}
    named = {"systems": [one, two], "scaffold": scaffold, "dimension": dimension}
    return {**named, **figures, "marks": [], **other}


def agreement(**other: Any) -> dict[str, Any]:
    return {
        "statistic": "quadratic-kappa",
        "units": 60,
        "split": 0,
        "raw": 0.9,
        "coefficient": 0.81,
        "undefined": None,
        "at_least": 0.6,
        "unreliable": False,
        **other,
    }


def measured(dimension: str = DIMENSION, **other: Any) -> dict[str, Any]:
    return {
        "dimension": dimension,
        "core": False,
        "by": "raters",
        "primary": True,
        "margin": 0.2,
        "effects": 4,
        "differences": 2,
        "agreement": agreement(),
        **other,
    }


def profile(
    systems: Iterable[str] = ("alpha", "beta"),
    scaffolds: Iterable[str] = ("direct", "checked", "asked"),
    dimensions: Iterable[str] = (DIMENSION,),
) -> dict[str, Any]:
    """A whole profile, of which the first scaffold is the baseline."""
    systems, scaffolds, dimensions = tuple(systems), tuple(scaffolds), tuple(dimensions)
    return {
        "fsep": "1.0",
        "kind": "profile",
        "design": "0" * 64,
        "confidence": 0.95,
        "measured": [measured(dimension) for dimension in dimensions],
        "not_measured": ["truthfulness"],
        "cells": [cell(one, with_, of) for of in dimensions for one in systems for with_ in scaffolds],
        "effects": [
            effect(one, with_, of) for of in dimensions for one in systems for with_ in scaffolds[1:]
        ],
        "differences": [
            difference(*pair, with_, of)
            for of in dimensions
            for pair in combinations(sorted(systems), 2)
            for with_ in scaffolds[1:]
        ],
    }


def entry(document: Mapping[str, Any], kind: str, *named: Any) -> dict[str, Any]:
    """Return a cell, effect or difference of a profile: by system, or a list of two, and scaffold."""
    found: dict[str, Any] = next(
        one
        for one in document[f"{kind}s"]
        if [one.get("systems") or one["system"], one["scaffold"], one["dimension"]] == [*named, DIMENSION]
    )
    return found


CONTEXT = Context(
    access={
        "alpha": ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
        "beta": ("2026-01-10T00:00:00Z", "2026-02-10T00:00:00Z"),
    },
    environments={"direct": frozenset({"desk"}), "checked": frozenset({"shop"}), "asked": frozenset()},
    domains=frozenset({"health", "law"}),
    languages=frozenset({"en"}),
)


def basis(document: Mapping[str, Any] | None = None, context: Context = CONTEXT) -> Basis:
    return Basis.of(profile() if document is None else document, context)


def evidence(kind: str, systems: str | tuple[str, str], scaffold: str, **other: str) -> dict[str, Any]:
    named: dict[str, Any] = {"system": systems} if isinstance(systems, str) else {"systems": list(systems)}
    return {"of": kind, **named, "scaffold": scaffold, "dimension": DIMENSION, **other}


RAISED = evidence("effect", "alpha", "checked")
SHARE = evidence("cell", "alpha", "checked")
DIFFERS = evidence("difference", ("alpha", "beta"), "checked")


def claim(what: str = "raised", *pieces: Mapping[str, Any], **asserted: Any) -> dict[str, Any]:
    """A claim as tested, at the level of the evidence, but for what is given."""
    return {
        "id": "one",
        "text": "A claim made by hand.",
        "status": "observed",
        "asserts": {
            "what": what,
            "dimension": DIMENSION,
            "level": "response",
            **dict.fromkeys(FREE, "as-tested"),
            **asserted,
        },
        "evidence": [dict(piece) for piece in pieces or (RAISED,)],
        "evidence_level": "response",
        "marks": [],
        "distance": [],
    }
