"""Reading a published design, with what stands beside it of what it fixes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fsep import limits, protocol
from fsep.against import Fixed
from fsep.bundle import BundleError
from fsep.checks.container import role_of
from fsep.digests import item_digest, items_digest, program_digest
from fsep.errors import FsepError, visible
from fsep.packing.lock import BOUND, lock
from fsep.packing.source import ITEMS, Source, place_of
from fsep.parsing import json, yaml
from fsep.parsing.problem import ParseError
from fsep.protocol.schema_errors import explain, is_valid
from fsep.withholding import is_withheld

DESIGN = "design.json"
_ADVICE = "Name a design.json, or the folder, bundle or zip in which a design was published."
# How a zip begins, also one that holds nothing.
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


def read_published(path: Path) -> Fixed:
    """Read a design: a file of its own, or one that stands in a folder, bundle or zip.

    What stands beside it is read too, authored or packed, as far as it is there; transcripts, systems and
    whatever belongs to no place in a bundle are not looked at.

    Raises:
        FsepError: where there is no design, it is none, or what stands beside it is not what it fixes.
    """
    try:
        if path.is_file() and not _is_zip(path):
            return Fixed(_design_file(path))
        with _Published(path) as published:
            return published.read()
    except BundleError as error:
        raise FsepError(str(error), advice=_ADVICE) from None
    except FsepError as error:
        raise FsepError(f"{visible(str(path), 200)}: {error}", advice=error.advice or _ADVICE) from None
    except OSError as error:
        raise FsepError(
            f"{visible(str(path), 200)} cannot be read: {error.strerror}.", advice=_ADVICE
        ) from None


def _is_zip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4).startswith(_ZIP)


def _design_file(path: Path) -> Mapping[str, Any]:
    with path.open("rb") as stream:
        data = stream.read(limits.DOCUMENT_BYTES + 1)
    if len(data) > limits.DOCUMENT_BYTES:
        raise FsepError(f"it is longer than {limits.DOCUMENT_BYTES} bytes.", advice=_ADVICE)
    try:
        value = yaml.parse(data) if path.suffix in (".yaml", ".yml") else json.parse(data)
    except ParseError as error:
        raise FsepError(f"it is no design: {error}", advice=_ADVICE) from None
    return _held(value)


def _held(value: Any) -> Mapping[str, Any]:
    """Hold a design to its schema."""
    version = _version(value)
    if is_valid(version, "design", value):
        return dict(value)
    problem = next(iter(explain(version, "design", value)))
    at = f", at {visible(problem.pointer, 120)}" if problem.pointer else ""
    raise FsepError(f"it is no design{at}: {problem.message}.", advice=_ADVICE)


def _version(value: Any) -> protocol.Protocol:
    if not isinstance(value, dict) or value.get("kind") != "design":
        raise FsepError("it is no design: its `kind` is not `design`.", advice=_ADVICE)
    if not isinstance(value.get("fsep"), str):
        raise FsepError("it is no design: `fsep` names no version of the protocol.", advice=_ADVICE)
    return protocol.load(value["fsep"])


class _Published(Source):
    """A folder or archive in which a design was published: whatever else is in it is left alone."""

    def _placed(self) -> dict[str, str]:
        places: dict[str, str] = {}
        for path in self._bundle.entries:
            place = place_of(path)
            if place is not None and role_of(place) in ("design", "items", *BOUND):
                if place in places:
                    raise FsepError(f"{places[place]} and {path} both stand for {place}.", advice=_ADVICE)
                places[place] = path
        if DESIGN not in places:
            raise FsepError("there is no design.json in it.", advice=_ADVICE)
        return places

    def read(self) -> Fixed:
        """Return the design, with the documents and items that stand beside it."""
        design = self.document(DESIGN)
        version = _version(design)
        documents: dict[tuple[str, str], Mapping[str, Any]] = {}
        for place in self.places:
            role = role_of(place)
            if role in BOUND:
                value = self.document(place)
                self.hold(version, role, value, self.places[place])
                documents[role, value["id"]] = value
        items = self._all_items(version) if ITEMS in self.places else None
        return Fixed(_held(_locked(design, documents, items, self.places[DESIGN])), documents, items)

    def _all_items(self, version: protocol.Protocol) -> list[Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        for where, _, value in self.items():
            self.hold(version, "item", value, where)
            if value["id"] in found:
                raise FsepError(f"{where}: there is an item '{value['id']}' before it already.")
            found[value["id"]] = value
        return list(found.values())


def _locked(
    design: Mapping[str, Any],
    documents: Mapping[tuple[str, str], Mapping[str, Any]],
    items: list[Mapping[str, Any]] | None,
    name: str,
) -> dict[str, Any]:
    """Return the design with the digests of what is at hand: what it states is to agree with them."""
    stated = {
        (role, one["id"]): one["program_sha256"]
        for role in BOUND
        for one in _objects(design.get(f"{role}s"))
        if isinstance(one.get("id"), str) and "program_sha256" in one
    }
    digests = {**stated, **{key: program_digest(document) for key, document in documents.items()}}
    known = design.get("items")
    if items is None or any(is_withheld(value) for item in items for value in item["fields"].values()):
        if not isinstance(known, dict) or not {"sha256", "count"} <= known.keys():
            raise FsepError(
                f"{name} states no digest of its items, and they are not at hand.", advice=_ADVICE
            )
        return lock(design, digests, known["sha256"], known["count"], name)
    return lock(design, digests, items_digest(map(item_digest, items)), len(items), name)


def _objects(values: Any) -> list[dict[str, Any]]:
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []
