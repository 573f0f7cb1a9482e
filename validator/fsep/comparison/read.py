"""Reading a bundle that is to be compared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fsep.checks.container import role_of
from fsep.comparison.parts import BOUND
from fsep.comparison.side import Items, Side
from fsep.digests import item_digest, items_digest, program_digest
from fsep.errors import FsepError, visible
from fsep.packing.packed import Packed
from fsep.withholding import is_withheld

_ITEMS = "items.jsonl"


def read_side(path: Path) -> Side:
    """Read what of a bundle is compared; its transcripts are not looked at.

    Raises:
        FsepError: where it cannot be read, or lacks a design or items.
    """
    with Packed(path) as bundle:
        for needed in ("design.json", _ITEMS):
            if needed not in bundle.paths:
                raise FsepError(
                    f"{visible(str(path), 200)} holds no {needed}: it cannot be compared.",
                    advice=f"`fsep validate {visible(str(path), 200)}` lists all that is wrong.",
                )
        design = bundle.document("design.json")
        documents = _documents(bundle)
        profile, why = _profile(bundle, design)
        return Side(
            str(path),
            bundle.head["id"],
            design,
            {key: value for key, value in documents.items() if key[0] in BOUND},
            _items(bundle),
            _document(bundle, "rubric.json"),
            _document(bundle, "raters.json"),
            profile,
            why,
            {id_: value for (role, id_), value in documents.items() if role == "system"},
        )


def _documents(bundle: Packed) -> dict[tuple[str, str], Mapping[str, Any]]:
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for path in bundle.paths:
        if (role := role_of(path)) in (*BOUND, "system"):
            value = bundle.document(path)
            found[str(role), value["id"]] = value
    return found


def _document(bundle: Packed, path: str) -> Mapping[str, Any] | None:
    return bundle.document(path) if path in bundle.paths else None


def _items(bundle: Packed) -> Items:
    each: dict[str, str | None] = {}
    for _, _, item in bundle.lines(_ITEMS):
        withheld = any(map(is_withheld, item["fields"].values()))
        each[item["id"]] = None if withheld else item_digest(item)
    known = [one for one in each.values() if one is not None]
    return Items(items_digest(known) if len(known) == len(each) else None, each)


def _profile(bundle: Packed, design: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, str | None]:
    """Return the profile; or None, and why there is none to be shown."""
    if "profile.json" not in bundle.paths:
        return None, "has no profile.json"
    profile = bundle.document("profile.json")
    if profile["design"] != program_digest(design):
        return None, "has a profile of another design than its own"
    return profile, None
