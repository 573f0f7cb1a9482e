"""What a page shows of ratings, made by hand, with a text wherever that of a bundle may be any."""

from __future__ import annotations

from typing import Any

from fsep.overview import Apart, Rated, Rating

LEVELS = {"model": 0, "response": 0, "interaction": 0, "deployment": 0}


def cell(system: str, scaffold: str, dimension: str, share: float | None, **more: Any) -> dict[str, Any]:
    """Return a cell of fifteen items; without a share nothing was rated."""
    rated = 0 if share is None else 15
    return {
        "system": system,
        "scaffold": scaffold,
        "dimension": dimension,
        "planned": 15,
        "rated": rated,
        "attained": round(15 * (share or 0)),
        "not_occasioned": 4 if share is None else 0,
        "missing": 11 if share is None else 0,
        "units": rated,
        "values": [{"value": "none", "count": 0}, {"value": "full", "count": rated}],
        "levels": {**LEVELS, "response": rated},
        "level": None if share is None else "response",
        "users": ["scripted"] if rated else [],
        "saturation": {0.0: "floor", 1.0: "ceiling"}.get(share) if share is not None else None,
        "share": None if share is None else figure(share, 0.2),
        "bounds": [share or 0, 1],
        "marks": ["saturated"] if share in (0.0, 1.0) else [],
        **more,
    }


def figure(estimate: float, half: float, end: float = 0) -> dict[str, float]:
    """Return an estimate with its interval."""
    return {"estimate": estimate, "low": max(end, estimate - half), "high": min(1, estimate + half)}


def effect(system: str, estimate: float | None, verdict: str | None, **more: Any) -> dict[str, Any]:
    """Return an effect of `checked` on support."""
    return {
        "system": system,
        "scaffold": "checked",
        "dimension": "support",
        "units": 0 if estimate is None else 15,
        "effect": None if estimate is None else figure(estimate, 0.1, -1),
        "bounds": [-1, 1],
        "verdict": verdict,
        "marks": [],
        **more,
    }


def difference(verdict: str | None, estimate: float = 0.4, **more: Any) -> dict[str, Any]:
    """Return the difference of the effects of `checked` on support."""
    return {
        "systems": ["alpha", "beta"],
        "scaffold": "checked",
        "dimension": "support",
        "units": 15,
        "difference": figure(estimate, 0.1, -2),
        "bounds": [-2, 2],
        "verdict": verdict,
        "marks": ["confounded"],
        **more,
    }


def measured(dimension: str, **more: Any) -> dict[str, Any]:
    """Return a measured dimension with raters who agree."""
    return {
        "dimension": dimension,
        "core": True,
        "by": "raters",
        "primary": True,
        "margin": 0.2,
        "effects": 2,
        "differences": 1,
        "agreement": {
            "statistic": "kappa",
            "units": 60,
            "split": 2,
            "raw": 0.9,
            "coefficient": 0.81,
            "undefined": None,
            "at_least": 0.6,
            "unreliable": False,
        },
        **more,
    }


def profile(**more: Any) -> dict[str, Any]:
    """Return a profile of two systems, two scaffolds and one dimension."""
    return {
        "fsep": "1.0",
        "kind": "profile",
        "design": "0" * 64,
        "confidence": 0.95,
        "measured": [measured("support")],
        "not_measured": ["truthfulness", "harm-avoidance"],
        "cells": [
            cell("alpha", "checked", "support", 1.0),
            cell("beta", "checked", "support", None),
            cell("alpha", "direct", "support", 0.4),
            cell("beta", "direct", "support", 0.004),
        ],
        "effects": [effect("alpha", 0.6, "raised"), effect("beta", None, None)],
        "differences": [difference("undetermined")],
        **more,
    }


def claim(text: str, **more: Any) -> dict[str, Any]:
    """Return a claim that reaches beyond its evidence on four axes, one of them without a bridge."""
    tested = {"argument": text, "support": "cited", "sources": [text] * 8}
    return {
        "id": "everywhere",
        "text": text,
        "status": "inferred",
        "asserts": {
            "what": "attained",
            "at_least": 0.7,
            "dimension": "support",
            "level": "deployment",
            "systems": "any",
            "scaffolds": ["checked"],
            "domains": [text] * 9,
            "languages": "any",
            "users": "as-tested",
            "environments": "as-tested",
            "time": {"from": "2026-01-01T00:00:00Z", "until": None},
        },
        "evidence": [
            {"of": "cell", "system": "alpha", "scaffold": "checked", "dimension": "support"},
            {"of": "cell", "system": "beta", "scaffold": "checked", "dimension": "support"},
            {"of": "cell", "system": "gone", "scaffold": "checked", "dimension": "support"},
        ],
        "evidence_level": "response",
        "marks": ["saturated"],
        "distance": [
            {"axis": "level", "bridge": {"argument": text, "support": "untested"}},
            {"axis": "systems", "bridge": tested},
            {"axis": "items", "bridge": tested},
            {"axis": "time"},
        ],
        **more,
    }


def rated(text: str = "a text", **more: Any) -> Rated:
    """Return all of it."""
    raters = (
        {"id": "ada", "kind": "human", "role": "rater", "dimensions": ["support"], "about": text},
        {
            "id": "ben",
            "kind": "model",
            "role": "rater",
            "dimensions": ["support"],
            "model": {"name": text},
            "synthetic": True,
        },
        {"id": "cy", "kind": "human", "role": "adjudicator", "dimensions": ["support"]},
        {
            "id": "checker",
            "kind": "automatic",
            "role": "rater",
            "dimensions": ["solved"],
            "harness": {"name": text, "version": text},
        },
        {
            "id": "people",
            "kind": "self-report",
            "role": "rater",
            "dimensions": ["ease"],
            "who": "participants",
        },
    )
    made: dict[str, Any] = {
        "profile": profile(),
        "claims": (claim(text),),
        "raters": raters,
        "baseline": "direct",
        "scaffolds": ("direct", "checked"),
    }
    return Rated(**{**made, **more})


def ratings(text: str = "a note") -> tuple[Rating, ...]:
    """Return what three raters said of a run."""
    return (
        Rating("ada", "support", "", "full", text),
        Rating("ben", "support", "answer[0]", None, ""),
        Rating("cy", "support", "", "none", text),
    )


APART = Apart(1.0, 2, "support", ("none", "full"))
