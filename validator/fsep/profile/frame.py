"""Stub."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Dimension:
    """Stub."""

    id: str
    core: bool
    by: str
    primary: bool
    margin: float | None
    values: tuple[str, ...]
    agreement: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Frame:
    """Stub."""

    design_sha256: str
    confidence: float
    systems: tuple[str, ...]
    scaffolds: tuple[str, ...]
    baseline: str
    dimensions: tuple[Dimension, ...]
    participants: bool
    confounded: frozenset[tuple[str, str]]
    treatment: frozenset[str]


@dataclass(frozen=True, slots=True)
class Counts:
    """Stub."""

    planned: int
    rated: int
    attained: int
    not_occasioned: int
    missing: int
    values: tuple[int, ...]
    levels: tuple[int, int, int, int]
    users: tuple[str, ...]
    units: Mapping[str, tuple[int, int, int]]
