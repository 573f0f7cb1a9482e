"""The steps after the rating: agreement, the alignment profile, and claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fsep import protocol
from fsep.checks.account import account
from fsep.checks.registry import BlockedError
from fsep.claims.fill import begin, fill
from fsep.errors import FsepError
from fsep.packing.source import Source
from fsep.workflow.place import BLINDING, PRIVATE, Workplace
from fsep.workflow.sheets import Dealing, deal, unready
from fsep.workflow.steps import CLAIMS, PROFILE, check_in, dealt

# What `fsep claims` derives, for claims that do not have it yet.
_DERIVED: Mapping[str, Any] = {"evidence_level": "model", "marks": [], "distance": []}


def profile(place: Workplace) -> Mapping[str, Any]:
    """Compute the alignment profile, and write it into the study.

    Raises:
        FsepError: where something keeps it from being computed.
    """
    found = computed(place)
    place.write_document(PROFILE, found)
    return found


def computed(place: Workplace) -> Mapping[str, Any]:
    """Compute the alignment profile.

    Raises:
        FsepError: where something keeps it from being computed.
    """
    _check_rated(place)
    with place.packed({PROFILE: None, CLAIMS: None}) as bundle:
        return profile_of(deal(bundle))


def _check_rated(place: Workplace) -> None:
    """Refuse where ratings are missing, or the salt is not open."""
    rubric = place.document("rubric.json")
    if rubric is None:
        return
    raters = any(one["by"] == "raters" for one in rubric["dimensions"])
    if raters and not place.has(BLINDING):
        if not place.committed("blinding"):
            raise FsepError(
                "The study is not blinded yet.", advice="First `fsep blind FOLDER --private ...`."
            )
        raise FsepError(
            "The salt is not open yet.",
            advice="First `fsep ratings open FOLDER --private ...`, when all is rated.",
        )
    check_in(place)


def profile_of(dealing: Dealing) -> Mapping[str, Any]:
    """Return the alignment profile of a surveyed bundle.

    Raises:
        FsepError: where something keeps it from being computed.
    """
    try:
        return dealing.whole.profile
    except BlockedError as error:
        what = "The alignment profile cannot be computed"
        raise unready(error.blocked.reason, dealing.results, what) from None


def claims(place: Workplace) -> tuple[Mapping[str, Any], bool]:
    """Fill in what follows for each claim, or begin the claims, and write them; say whether they were begun.

    Raises:
        FsepError: where nothing can be derived, or no figure shows anything to claim.
    """
    _check_rated(place)
    if not place.has(PROFILE):
        raise FsepError("There is no alignment profile yet.", advice="First `fsep profile FOLDER`.")
    stated = _stated(place)
    with place.packed({CLAIMS: None}) as bundle:
        dealing = deal(bundle)
    try:
        made = fill(stated, dealing.whole.basis) if stated else begin(dealing.whole.basis)
    except BlockedError as error:
        what = "Nothing follows for claims"
        raise unready(error.blocked.reason, dealing.results, what) from None
    if not made["claims"]:
        raise FsepError(
            "No figure of a primary dimension shows anything to begin claims with.",
            advice="Write claims.yaml yourself; `fsep schema show claims` says what it has to be.",
        )
    place.write_document(CLAIMS, made)
    return made, stated is None


def _stated(place: Workplace) -> Mapping[str, Any] | None:
    """Return the claims that are there, which need not be filled in, but have to be claims."""
    stated = place.document(CLAIMS)
    if stated is None:
        return None
    complete = dict(stated)
    if isinstance(stated.get("claims"), list):
        complete["claims"] = [
            {**one, **_DERIVED} if isinstance(one, dict) else one for one in stated["claims"]
        ]
    with Source(place.folder) as source:
        source.hold(protocol.load(place.version), "claims", complete, source.places[CLAIMS])
        for one in stated["claims"]:
            distance = one.get("distance", [])
            if not isinstance(distance, list) or any(
                not isinstance(reach, dict) or "axis" not in reach for reach in distance
            ):
                raise FsepError(
                    f"{source.places[CLAIMS]}: the distance of {one['id']!r} is no list of axes.",
                    advice="Leave it out: `fsep claims` writes it, and keeps the bridges that are there.",
                )
    return stated


def agreement(place: Workplace) -> dict[str, Any]:
    """Return the agreement of each dimension that raters rate, as far as ratings are in.

    Raises:
        FsepError: where the study is not blinded, or its salt is neither open nor named.
    """
    if not place.committed("blinding"):
        raise FsepError("The study is not blinded yet.", advice="First `fsep blind FOLDER --private ...`.")
    if place.private is None and not place.has(BLINDING):
        raise FsepError("The salt is not open, and the private folder is not named.", advice=PRIVATE)
    dealing = dealt(place, None if place.has(BLINDING) else place.salt)
    whole = dealing.whole
    made = account(whole.rated, whole.rateable, whole.ratings.book)
    return {found.dimension.id: found.agreement() for found in made.dealt if found.dimension.blind}
