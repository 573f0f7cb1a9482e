"""From results to a report: outcomes, facets, verdict, provenance, and what is established."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from fsep import __version__, limits, protocol
from fsep.bundle import Bundle, BundleError
from fsep.checks.container import MANIFEST
from fsep.checks.registry import Blocked
from fsep.checks.whole import Whole
from fsep.credentials import masked
from fsep.engine.established import established
from fsep.findings import Facet, Finding, Outcome, Report, Results, Tally
from fsep.findings.report import Leverage, RequirementOutcome, Verdict
from fsep.findings.results import Fold, order
from fsep.findings.values import shown
from fsep.protocol import FACETS, Protocol, Requirement

# The one requirement that, failing alone in its facet, leaves it pinned.
PINNED_BY = "FSEP-ADH-006"
# How many reasons a facet is given in full; the rest are counted.
REASONS = 8


def conclude(
    bundle: Bundle,
    results: Results,
    whole: Whole | None,
    *,
    require: Sequence[str],
    trust: Sequence[bytes],
    blocked_by: str | None = None,
) -> Report:
    """Draw the conclusion of a validation; `whole` is None where not even the manifest could be used."""
    version = whole.study.protocol if whole is not None else protocol.load(protocol.versions()[-1].version)
    manifest = whole.study.manifest.value if whole is not None else {}
    tallies = _tallies(version, results, blocked_by)
    asserted = tuple(manifest.get("asserts", ()))
    asked = tuple(facet for facet in FACETS if facet == "whole" or facet in (require or asserted))
    facets = {facet: _facet(facet, version, tallies, results, facet in asserted) for facet in FACETS}
    verdict = _verdict(asked, version, facets, tallies)
    return Report(
        tool={"name": "fsep", "version": __version__},
        protocol={"version": version.version, "stage": version.stage, "digest": version.digest},
        bundle=_bundle(bundle, whole, manifest),
        asked=asked,
        verdict=verdict,
        facets=facets,
        provenance=_provenance(whole, tallies),
        counts=_counts(whole),
        outcomes=tuple(_outcome(requirement, tallies[requirement]) for requirement in sorted(tallies)),
        established=established(whole, facets, _provenance(whole, tallies)),
        leverage=_leverage(whole),
        gaps=_gaps(whole),
        trust=tuple(sha256(anchor).hexdigest() for anchor in trust),
        findings=_findings(version, results),
        not_listed=_not_listed(results),
    )


def _tallies(version: Protocol, results: Results, blocked_by: str | None) -> dict[str, Tally]:
    """Return the tally of every requirement that is tested from the bundle."""
    tallies: dict[str, Tally] = {}
    for id_, requirement in version.requirements.items():
        if requirement.tested != "from-the-bundle":
            continue
        tally = results.tally(id_)
        if blocked_by is not None and not tally.failed and not tally.passed:
            tally = Tally(not_checked=1, reasons={Blocked.by(blocked_by).reason: 1})
        tallies[id_] = tally
    return tallies


def _musts(version: Protocol, facet: str) -> list[Requirement]:
    return [
        one
        for one in version.requirements.values()
        if one.facet == facet and one.tested == "from-the-bundle" and one.severity == "error"
    ]


def _facet(
    facet: str, version: Protocol, tallies: Mapping[str, Tally], results: Results, asserted: bool
) -> Facet:
    standing = {
        one.id: tallies[one.id]
        for one in _musts(version, facet)
        if tallies[one.id].outcome not in (Outcome.PASS, Outcome.NOT_APPLICABLE)
    }
    # What is merely blocked by a failure that is named itself would say the same thing again.
    named = {Blocked.by(id_).reason for id_, tally in tallies.items() if tally.outcome is Outcome.FAIL}
    because = [
        _because(id_, tally, results)
        for id_, tally in standing.items()
        if tally.outcome is not Outcome.NOT_CHECKED or not named.issuperset(tally.reasons)
    ]
    if facet != "whole" and any(
        tallies[one.id].outcome not in (Outcome.PASS, Outcome.NOT_APPLICABLE)
        for one in _musts(version, "whole")
    ):
        because.insert(0, "`whole` is not reached, on which every facet rests")
    if not because and not standing:
        return Facet("reached", asserted)
    return Facet(
        "not-reached", asserted, tuple(because), pinned=set(standing) == {PINNED_BY} and len(because) == 1
    )


def _because(id_: str, tally: Tally, results: Results) -> str:
    if tally.outcome is Outcome.FAIL:
        folds = sorted(results.problems[id_].values(), key=lambda fold: order(fold.problem))
        more = tally.failed - folds[0].count
        return f"{id_}: {folds[0].problem.message}" + (f" (and {more} more)" if more else "")
    if tally.outcome is Outcome.WITHHELD:
        return f"{id_}: {tally.withheld} of {tally.withheld + tally.passed} withheld"
    return f"{id_}: not checked ({'; '.join(sorted(tally.reasons))})"


def _verdict(
    asked: Sequence[str], version: Protocol, facets: Mapping[str, Facet], tallies: Mapping[str, Tally]
) -> Verdict:
    if all(facets[facet].status == "reached" for facet in asked):
        return "conforms"
    if any(tallies[one.id].failed for facet in asked for one in _musts(version, facet)):
        return "does-not-conform"
    return "incomplete"


def _outcome(requirement: str, tally: Tally) -> RequirementOutcome:
    return RequirementOutcome(
        requirement,
        tally.outcome,
        tally.passed,
        tally.failed,
        tally.withheld,
        tally.not_checked,
        tuple(sorted(tally.reasons)),
    )


def _bundle(bundle: Bundle, whole: Whole | None, manifest: Mapping[str, Any]) -> dict[str, Any]:
    try:
        digest: str | None = sha256(bundle.read(MANIFEST, limits.DOCUMENT_BYTES)).hexdigest()
    except BundleError:
        digest = None
    synthetic = []
    if whole is not None:
        for role in ("system", "simulator"):
            synthetic += [
                f"{role} {id_}"
                for id_, document in sorted(whole.study.documents.get(role, {}).items())
                if document.value.get("synthetic")
            ]
        for document in whole.study.documents.get("raters", {}).values():
            synthetic += [f"rater {one['id']}" for one in document.value["raters"] if one.get("synthetic")]
    return {
        "path": bundle.display,
        "sha256": digest,
        "id": manifest.get("id"),
        "title": manifest.get("title"),
        "synthetic": synthetic,
    }


def _provenance(whole: Whole | None, tallies: Mapping[str, Tally]) -> dict[str, str]:
    if (
        whole is not None
        and whole.study.ledger is not None
        and all(tallies[one].outcome is Outcome.PASS for one in ("FSEP-PRV-001", "FSEP-PRV-002"))
    ):
        return {
            "grade": "ledgered",
            "says": "The runner's hash-chained ledger shows a start and an end for every run, so that "
            "dropped runs would show; the runner itself is taken at its word.",
        }
    return {
        "grade": "self-recorded",
        "says": "Nobody but the producer vouches for these records: that the exchanges took place, and that "
        "no others were made and dropped, is not shown.",
    }


def _counts(whole: Whole | None) -> dict[str, int]:
    if whole is None:
        return {}
    study, counts = whole.study, whole.summary.counts
    return {
        "systems": len(study.systems),
        "scaffolds": len(study.documents.get("scaffold", {})),
        "items": len(study.item_lines),
        **{name: counts.get(name, 0) for name in ("runs", "events", "replayed", "pinned", "withheld")},
    }


def _leverage(whole: Whole | None) -> tuple[Leverage, ...]:
    if whole is None or "design" not in whole.study.documents:
        return ()
    programs = whole.study.programs
    baseline = programs.get(whole.study.design.value["baseline"])
    used = set(baseline.fields) if baseline is not None else set()
    return tuple(
        Leverage(
            id_,
            *whole.summary.characters.get(id_, (0, 0)),
            tuple(sorted(set(program.fields) - used)) if baseline is not None else (),
        )
        for id_, program in sorted(programs.items())
    )


def _gaps(whole: Whole | None) -> tuple[Mapping[str, Any], ...]:
    documents = whole.study.documents.get("loss-report", {}) if whole is not None else {}
    return tuple(gap for document in documents.values() for gap in document.value["gaps"])


def _findings(version: Protocol, results: Results) -> tuple[Finding, ...]:
    found = [
        _finding(version.requirements[id_], fold)
        for id_, folds in sorted(results.problems.items())
        for fold in sorted(folds.values(), key=lambda fold: order(fold.problem))
    ]
    return tuple(sorted(found, key=lambda finding: (finding.severity != "error", finding.requirement)))


def _finding(requirement: Requirement, fold: Fold) -> Finding:
    problem, place = fold.problem, fold.problem.place
    found, expected = shown(masked(problem.found), masked(problem.expected))
    return Finding(
        requirement.id,
        requirement.severity,
        masked(problem.message),
        place.path,
        place.line,
        place.column,
        place.pointer,
        found,
        expected,
        requirement.mend,
        fold.count,
    )


def _not_listed(results: Results) -> dict[str, int]:
    """Return, by requirement, how many failures no finding stands for."""
    unlisted = {
        id_: tally.failed - sum(fold.count for fold in results.problems.get(id_, {}).values())
        for id_, tally in results.tallies.items()
    }
    return {id_: count for id_, count in sorted(unlisted.items()) if count}
