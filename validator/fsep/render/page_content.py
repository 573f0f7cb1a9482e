"""A page from a report and what was read beside it: which sections there are, and in which order."""

from __future__ import annotations

from fsep import limits
from fsep.findings import Report
from fsep.overview import Overview
from fsep.render import page_claims, page_effects, page_first, page_profile, page_raters, page_rest, page_runs
from fsep.render.page import Code, Page, Para, Section
from fsep.render.safe import safe
from fsep.render.subject import requirements


def page(report: Report, overview: Overview) -> Page:
    """Return the page of a bundle."""
    known = requirements(report)
    name = report.bundle["title"] or report.bundle["id"] or report.bundle["path"]
    return Page(
        title=safe(str(name), limits.TEXT_VALUE),
        facts=page_first.bundle_facts(report),
        notices=page_first.synthetic(report),
        first=_present(
            page_first.verdict(report),
            page_first.established(report),
            page_first.worst(report, known),
            page_runs.runs(overview),
            page_runs.likeness(report, overview),
            page_runs.departures(overview),
            page_runs.gaps(report),
        ),
        rest=_present(
            page_profile.profile(report, overview),
            page_effects.effects(report, overview),
            page_raters.raters(report, overview),
            page_claims.claims(report, overview),
            page_rest.all_findings(report, known),
            page_rest.gaps(report),
            page_rest.transcripts(overview),
        ),
        foot=Para(
            (
                "Made from the bundle by ",
                Code("fsep report"),
                "; whoever has the bundle can make it again. A requirement is explained by ",
                Code("fsep explain ID"),
                ".",
            ),
            "aside",
        ),
    )


def _present(*sections: Section | None) -> tuple[Section, ...]:
    return tuple(section for section in sections if section is not None)
