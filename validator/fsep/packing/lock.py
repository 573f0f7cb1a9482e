"""Locking a design: writing the program digests of what it fixes into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fsep.errors import FsepError, visible

BOUND = ("scaffold", "simulator", "environment")
_ADVICE = (
    "Take it out of the design to have it written anew, which makes another design; or restore what it fixes."
)


def lock(
    design: Mapping[str, Any],
    digests: Mapping[tuple[str, str], str],
    items_sha256: str,
    items_count: int,
    name: str = "the design",
    *,
    rubric_sha256: str | None = None,
) -> dict[str, Any]:
    """Return a design with the digests written that it does not state.

    Args:
        design: the design, its scaffolds, simulators and environments given as ids or as objects.
        digests: program digests by (role, id), the role one of `BOUND`.
        items_sha256: the program digest of the items.
        items_count: how many there are.
        name: what messages call the design.
        rubric_sha256: the program digest of the rubric, where there is one.

    Raises:
        FsepError: where the design names what is not there, or states another digest or number.
    """
    made = dict(design)
    for role in BOUND:
        listed = made.get(f"{role}s")
        if isinstance(listed, list):
            made[f"{role}s"] = [_locked(one, role, digests, name) for one in listed]
    stated = made.get("items", {})
    if not isinstance(stated, dict):
        raise FsepError(f"{name}: `items` is no object.", advice="Leave `items` out; it is written for you.")
    made["items"] = {
        **_agreed(stated, "sha256", items_sha256, f"{name}: the items"),
        **_agreed(stated, "count", items_count, f"{name}: the items"),
    }
    if rubric_sha256 is not None:
        made = _agreed(made, "rubric", rubric_sha256, name)
    return made


def _locked(one: Any, role: str, digests: Mapping[tuple[str, str], str], name: str) -> Any:
    stated = {"id": one} if isinstance(one, str) else one
    if not isinstance(stated, dict) or not isinstance(stated.get("id"), str):
        raise FsepError(
            f"{name}: `{role}s` holds something that is neither an id nor an object with an id.",
            advice=f"List the ids of the {role}s.",
        )
    id_ = stated["id"]
    digest = digests.get((role, id_))
    if digest is None:
        raise FsepError(
            f"{name} names the {role} {visible(id_)}, and there is none with this id.",
            advice=f"Add {role}s/{visible(id_)}.yaml, or take it out of the design.",
        )
    return _agreed(stated, "program_sha256", digest, f"{name}: the {role} {visible(id_)}")


def _agreed(stated: Mapping[str, Any], member: str, value: Any, what: str) -> dict[str, Any]:
    if member in stated and stated[member] != value:
        raise FsepError(
            f"{what}: `{member}` is stated as {visible(str(stated[member]), 80)} and is {value}.",
            advice=_ADVICE,
        )
    return {**stated, member: value}
