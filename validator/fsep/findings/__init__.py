"""Findings, outcomes and the report: frozen values, and how they merge."""

from fsep.findings.finding import Finding, Place, Problem
from fsep.findings.outcome import Outcome, Tally
from fsep.findings.report import Facet, Report
from fsep.findings.results import Collector, Results

__all__ = ["Collector", "Facet", "Finding", "Outcome", "Place", "Problem", "Report", "Results", "Tally"]
