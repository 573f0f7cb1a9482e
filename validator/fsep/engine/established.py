"""What a report says is established by recomputation, what is attested, and what is not established."""

from __future__ import annotations

from collections.abc import Mapping

from fsep.checks.whole import Whole
from fsep.findings import Facet

_RECOMPUTED = {
    "whole": "The files are those the manifest names, byte for byte; documents and records are well formed, "
    "and their references resolve.",
    "replayed": "Every transcript is a run of its program: each text the scaffold contributed is what the "
    "program renders, and each recorded request digest follows from the events.",
    "complete": "Every planned run is there once, or is declared failed or missing within the design's "
    "limit.",
    "preregistered": "The design was committed before the first run started, by a time-stamp that verifies "
    "offline; the start times of runs are the runner's.",
    "rated": "Ratings stand as they were committed, before the salt was open, and cover what it assigned; "
    "every figure of the alignment profile follows from them.",
    "claims-checked": "Each claim is within its evidence, or names each axis on which it is not.",
}
_ATTESTED = (
    "That the model named is the one that answered: a provider can return any identity.",
    "Times, token counts and attempts, as the runner wrote them, and the reasons for departures.",
)
_NOT_ESTABLISHED = (
    "That the model produced the recorded bytes, and that nothing was added or removed at the provider.",
    "That no other study was run and dropped, or another run of the same item preferred.",
    "That the items, simulators and environments are good ones, and that results carry over to people, "
    "places and times not measured.",
)


def established(
    whole: Whole | None, facets: Mapping[str, Facet], provenance: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return the three lists, as far as this bundle carries them."""
    recomputed = [sentence for facet, sentence in _RECOMPUTED.items() if facets[facet].status == "reached"]
    missing = [
        f"{_WOULD[facet]} (`{facet}` is not reached)."
        for facet in _RECOMPUTED
        if facets[facet].status != "reached"
    ]
    attested = list(_ATTESTED)
    if provenance["grade"] == "ledgered":
        attested.append("That the ledger was written as the runs went; its chain holds.")
    counts = whole.summary.counts if whole is not None else {}
    if (
        whole is not None
        and facets["whole"].status == "reached"
        and facets["replayed"].status != "reached"
        and counts.get("replayed")
    ):
        recomputed.append(
            f"{counts['replayed']} of {counts['runs']} transcripts are runs of their programs, event for "
            "event; what keeps `replayed` from being reached is listed under the facet."
        )
    if facets["rated"].status == "reached":
        attested.append("That raters saw their packets and nothing else, until the salt was opened.")
    if counts.get("withheld"):
        attested.append(
            f"{counts['withheld']} of {counts['runs']} runs need withheld values: they were not replayed "
            "here."
        )
    return {
        "by_recomputation": tuple(recomputed),
        "attested": tuple(attested),
        "not_established": (*missing, *_NOT_ESTABLISHED),
    }


_WOULD = {
    "whole": "That the files are intact and well formed",
    "replayed": "That every transcript is a run of its program with the requests it implies",
    "complete": "That no planned run is missing beyond the design's limit",
    "preregistered": "That the design was fixed before the first run",
    "rated": "That ratings were blind as committed, and that figures follow from them",
    "claims-checked": "That claims are within their evidence, or say where they are not",
}
