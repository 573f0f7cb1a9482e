"""What a page about a bundle shows beside its report: counted and read from the bundle, judged by nothing."""

from __future__ import annotations

from fsep.overview.overview import Overview, overview
from fsep.overview.rated import Apart, Rated, Rating
from fsep.overview.runs import SystemRuns
from fsep.overview.sample import Sample, Sampling

__all__ = ["Apart", "Overview", "Rated", "Rating", "Sample", "Sampling", "SystemRuns", "overview"]
