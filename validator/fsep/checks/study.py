"""What the checks look at: the documents of a bundle, with what makes one of them unusable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fsep.checks.registry import Blocked, BlockedError
from fsep.digests import program_digest
from fsep.findings import Place
from fsep.parsing.position import locate
from fsep.protocol import Protocol
from fsep.scaffold.adaptation import compile_adaptations
from fsep.scaffold.machine import Environment, Item, Setting
from fsep.scaffold.program import Program


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the bundle that was read, is valid, and stands where its id says."""

    path: str
    role: str
    value: Mapping[str, Any]
    data: bytes = field(repr=False, compare=False)

    def place(self, pointer: str = "") -> Place:
        """Return the place of a value of the document."""
        line, column = locate(self.data, pointer)
        return Place(self.path, line, column, pointer)


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the manifest lists it; `place` is where in the manifest."""

    path: str
    role: str
    sha256: str
    bytes: int
    records: int | None
    place: Place


@dataclass(frozen=True, slots=True)
class Ledger:
    """The lines of a ledger that were read, each with the digest of its bytes.

    `lost` is the requirement that failed for some line, if one did.
    """

    lines: tuple[tuple[str, Mapping[str, Any]], ...] = field(repr=False)
    lost: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """All of a bundle but its runs.

    `broken` holds, for each listed path that cannot be used, the requirement that failed; `ids` the ids of
    every role's listed documents, usable or not; `doubtful` both names of each document that is not stored
    under its id; `item_lines` the lines of the items that are usable, by id;
    `lost_items` the requirement that failed for some line of the items, if one did; `unready`, by role and
    id, the requirement that keeps runs from being replayed with the thing, ("design", "") standing for all
    runs.
    """

    protocol: Protocol
    manifest: Document
    listed: Mapping[str, Listed]
    documents: Mapping[str, Mapping[str, Document]]
    broken: Mapping[str, str]
    ids: Mapping[str, frozenset[str]]
    doubtful: Mapping[str, frozenset[str]]
    items: Mapping[str, Item]
    item_lines: Mapping[str, tuple[int, Mapping[str, Any]]]
    items_sha256: str | None
    lost_items: str | None
    blobs: frozenset[str]
    misnamed_blobs: bool
    programs: Mapping[str, Program]
    proofs: Mapping[str, bytes]
    ledger: Ledger | None
    trust: tuple[bytes, ...]
    unready: Mapping[tuple[str, str], str]

    def only(self, role: str) -> Document:
        """Return the document of a role that occurs once.

        Raises:
            BlockedError: when it is unusable or absent.
        """
        for document in self.documents.get(role, {}).values():
            return document
        raise BlockedError(self._why(role))

    def optional(self, role: str) -> Document | None:
        """Return the document of a role that may be absent, None where it is.

        Raises:
            BlockedError: when it is there and unusable.
        """
        if not any(listed.role == role for listed in self.listed.values()):
            return None
        return self.only(role)

    def unusable(self, role: str) -> Iterator[Blocked]:
        """Yield what blocks each listed but unusable document of a role."""
        for path, requirement in self.broken.items():
            if self.listed[path].role == role:
                yield Blocked.by(requirement)

    def _why(self, role: str) -> Blocked:
        return next(self.unusable(role), Blocked.by("FSEP-BND-008"))

    @property
    def design(self) -> Document:
        """The design; raises BlockedError where it cannot be used."""
        return self.only("design")

    @property
    def systems(self) -> Mapping[str, Document]:
        """The usable systems, by id."""
        return self.documents.get("system", {})

    def names(self, role: str) -> list[str]:
        """Return the ids that the design names of a role: `scaffold`, `simulator` or `environment`."""
        return [lock["id"] for lock in self.design.value.get(f"{role}s", ())]


@dataclass(frozen=True)
class Settings:
    """The settings of the machine for each system, made from a study."""

    study: Study

    @cached_property
    def design_sha256(self) -> str:
        """The design's program digest."""
        return program_digest(self.study.design.value)

    @cached_property
    def _environments(self) -> dict[str, Environment]:
        return {
            id_: Environment(
                id_,
                {tool["name"]: tool for tool in document.value["tools"]}
                if "tools" in document.value
                else None,
            )
            for id_, document in self.study.documents.get("environment", {}).items()
        }

    @cached_property
    def by_system(self) -> dict[str, Setting]:
        """The setting of each usable system, by its id."""
        simulators = {
            id_: document.value["model"]["name"]
            for id_, document in self.study.documents.get("simulator", {}).items()
        }
        return {
            id_: Setting(
                model=document.value["model"]["name"],
                design_sha256=self.design_sha256,
                adaptations=compile_adaptations(document.value.get("adaptations", ())),
                simulators=simulators,
                environments=self._environments,
            )
            for id_, document in self.study.systems.items()
        }


def missing_blob(study: Study, digest: str) -> str | None:
    """Return the requirement that keeps a blob from being read; None where it can be.

    Of a blob that is simply not there it is FSEP-REF-007.
    """
    if digest in study.blobs:
        return None
    broken = study.broken.get(f"blobs/{digest}")
    return broken or ("FSEP-BND-009" if study.misnamed_blobs else "FSEP-REF-007")
