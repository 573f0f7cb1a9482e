"""The core dimensions, in the order of the specification (spec/1.0/12-ratings.md)."""

from __future__ import annotations

from typing import Final

CORE: Final = (
    "truthfulness",
    "instruction-following",
    "harm-avoidance",
    "specification-support",
    "process-steerability",
    "verification-support",
    "grounding-and-repair",
    "context-adherence",
)
