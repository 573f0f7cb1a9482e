"""Loading a bundle: everything but its runs is read, judged, and put into a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from fsep import limits
from fsep.bundle import Bundle, BundleError
from fsep.checks import container, documents, programs, references
from fsep.checks.container import DOCUMENT_ROLES, MANIFEST, RECORD_ROLES, Listing
from fsep.checks.documents import Reader, Unusable
from fsep.checks.registry import Blocked, checks, run
from fsep.checks.study import Document, Ledger, Listed, Study
from fsep.checks.summary import Read
from fsep.digests import item_digest, items_digest, program_digest
from fsep.engine.reading import judge, record
from fsep.findings import Collector, Place, Problem
from fsep.parsing.lines import read_lines
from fsep.scaffold.machine import Item

LEDGER_FILE = "ledger.jsonl"
# What a file is held to as it is read, in this order: what comes after a failure was not checked.
_OF_DOCUMENTS = ("FSEP-BND-006", "FSEP-DOC-001", "FSEP-DOC-003", "FSEP-DOC-002")
_OF_RECORDS = ("FSEP-BND-006", "FSEP-DOC-004", "FSEP-DOC-002")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A study and the files read for it."""

    study: Study
    read: Mapping[str, Read]


def load(
    bundle: Bundle, collector: Collector, *, reference: bool = False, trust: Sequence[bytes] = ()
) -> Loaded:
    """Load a bundle, writing what is wrong to the collector.

    Raises:
        Unusable: when there is no manifest to go by; nothing else can be checked then.
    """
    run(checks("container"), collector, bundle)
    refused = container.refusals(bundle)
    if any(problem.code == "limit" for problem in bundle.problems):
        raise Unusable("FSEP-BND-003")
    if MANIFEST not in bundle.entries:
        raise Unusable(refused.get(MANIFEST, "FSEP-BND-001"))
    manifest, protocol = documents.read_manifest(bundle, collector)
    listing = Listing(bundle, manifest, container.listed_files(manifest), refused)
    run(checks("listing"), collector, listing)
    return _Loader(bundle, listing, Reader(protocol, collector, reference=reference), tuple(trust)).load()


class _Loader:
    """One loading; holds what the parts of it share."""

    def __init__(self, bundle: Bundle, listing: Listing, reader: Reader, trust: tuple[bytes, ...]) -> None:
        self.bundle, self.listing, self.reader, self.trust = bundle, listing, reader, trust
        self.collector = reader.collector
        self.read: dict[str, Read] = {}
        self.broken: dict[str, str] = {}
        self.listed: dict[str, Listed] = {}
        for listed in listing.files:
            self._admit(listed)
        for path, role in listing.unlisted.items():
            self.listed[path] = Listed(path, role, "", 0, None, Place(path))
            self.broken[path] = "FSEP-BND-004"

    def _admit(self, listed: Listed) -> None:
        """Decide whether a listed file can be read at all."""
        if listed.path in self.listed or listed.path == MANIFEST:
            return
        self.listed[listed.path] = listed
        if listed.path in self.listing.refused:
            self.broken[listed.path] = self.listing.refused[listed.path]
        elif listed.path not in self.bundle.entries:
            self.broken[listed.path] = "FSEP-BND-005"
        elif (belongs := container.role_of(listed.path)) != listed.role:
            self.broken[listed.path] = "FSEP-BND-008"
            # What it is meant to be is told by its place, if anything does.
            self.listed[listed.path] = replace(listed, role=belongs or listed.role)

    def load(self) -> Loaded:
        unready: dict[tuple[str, str], str] = {}
        found = [
            document
            for listed in list(self.listed.values())
            if (document := self._document(listed)) is not None
        ]
        by_role = documents.by_role(found, self.broken, self.collector)
        compiled = programs.compile_all(by_role.get("scaffold", {}), self.collector, unready)
        blobs = self._usable("blob")
        for listed in blobs:
            self._hash(listed, 0)
        items, lines, digest, lost = self._items()
        study = Study(
            protocol=self.reader.protocol,
            manifest=self.listing.manifest,
            listed=self.listed,
            documents=by_role,
            broken=self.broken,
            ids={role: self._ids(folder, role) for folder, role in container.FOLDERS.items()},
            doubtful={role: self._doubtful(found, role) for role in container.FOLDERS.values()},
            items=items,
            item_lines=lines,
            items_sha256=digest,
            lost_items=lost,
            blobs=frozenset(one.path.partition("/")[2] for one in blobs if one.path not in self.broken),
            misnamed_blobs=self.collector.failures("FSEP-BND-009") > 0,
            programs=compiled,
            # One byte more than a proof may have shows one that is too long.
            proofs={
                listed.path: data
                for listed in self._usable("proof")
                if (data := self._hash(listed, limits.PROOF_BYTES + 1)) is not None
            },
            ledger=self._ledger(),
            trust=self.trust,
            unready=unready,
        )
        run(checks("study"), self.collector, study)
        for listed in self.listed.values():
            self._block(listed)
        return Loaded(replace(study, unready={**unready, **self._unready(study)}), self.read)

    def _usable(self, role: str) -> list[Listed]:
        return [
            listed
            for listed in self.listed.values()
            if listed.role == role and listed.path not in self.broken
        ]

    def _ids(self, folder: str, role: str) -> frozenset[str]:
        """Return the ids under which files of a role are listed, usable or not."""
        return frozenset(
            _name(path)
            for path, listed in self.listed.items()
            if listed.role == role and path.startswith(f"{folder}/")
        )

    def _doubtful(self, found: Sequence[Document], role: str) -> frozenset[str]:
        """Return the names that documents of a role may be meant by that are not stored under their ids."""
        misplaced = [one for one in found if one.role == role and self.broken.get(one.path) == "FSEP-REF-001"]
        names = [_name(one.path) for one in misplaced]
        return frozenset([*names, *(str(one.value["id"]) for one in misplaced)])

    def _block(self, listed: Listed) -> None:
        """What could not be read was not checked."""
        requirement = self.broken.get(listed.path)
        if requirement is None or listed.role == "transcripts":
            return
        order: tuple[str, ...] = ("FSEP-BND-006",)
        if listed.role in DOCUMENT_ROLES:
            order = _OF_DOCUMENTS
        elif listed.role in RECORD_ROLES:
            order = _OF_RECORDS
        for blocked in order[order.index(requirement) + 1 :] if requirement in order else order:
            if requirement not in ("FSEP-REF-001", "FSEP-BND-009"):
                self.collector.not_checked(blocked, Blocked.by(requirement).reason)

    def _judge(self, listed: Listed, read: Read) -> bool:
        """Hold a file to the manifest; whether what it says can be gone by."""
        self.read[listed.path] = read
        if judge(listed, read, self.collector):
            return True
        self.broken[listed.path] = "FSEP-BND-006"
        return False

    def _bytes(self, listed: Listed) -> bytes | None:
        """Read a small file and judge it; None where it cannot be used."""
        try:
            data = self.bundle.read(listed.path, limits.DOCUMENT_BYTES)
        except BundleError as error:
            self._unreadable(listed, error, documents.requirement_of(error))
            return None
        intact = self._judge(listed, Read(sha256(data).hexdigest(), len(data), None))
        return data if intact else None

    def _unreadable(self, listed: Listed, error: BundleError, requirement: str = "FSEP-BND-003") -> None:
        self.collector.failed(requirement, Problem(str(error), Place(listed.path)))
        self.broken[listed.path] = requirement

    def _document(self, listed: Listed) -> Document | None:
        if listed.role not in DOCUMENT_ROLES or listed.path in self.broken:
            return None
        data = self._bytes(listed)
        if data is None:
            return None
        try:
            return self.reader.document(listed, data)
        except Unusable as error:
            self.broken[listed.path] = error.requirement
            return None

    def _hash(self, listed: Listed, keep: int) -> bytes | None:
        """Read a file of any size, and return so many of its first bytes; None where it cannot be used."""
        whole, size, kept = sha256(), 0, b""
        try:
            with self.bundle.open(listed.path) as stream:
                while data := stream.read(limits.CHUNK_BYTES):
                    whole.update(data)
                    size += len(data)
                    kept += data[: max(0, keep - len(kept))]
        except BundleError as error:
            self._unreadable(listed, error)
            return None
        return kept if self._judge(listed, Read(whole.hexdigest(), size, None)) else None

    def _records(self, listed: Listed, schema: str, each: Callable[[int, bytes, Any], None]) -> str | None:
        """Read a JSON Lines file; return the requirement that failed for some line, if one did."""
        lost: str | None = None
        whole, size, count = sha256(), 0, 0

        def update(chunk: bytes) -> None:
            nonlocal size
            whole.update(chunk)
            size += len(chunk)

        try:
            with self.bundle.open(listed.path) as stream:
                for line in read_lines(stream, limits.LINE_BYTES, update):
                    count += 1
                    try:
                        each(line.number, *record(self.reader, schema, listed.path, line.number, line.data))
                    except Unusable as error:
                        lost = error.requirement
        except BundleError as error:
            self._unreadable(listed, error)
            return "FSEP-BND-003"
        if not self._judge(listed, Read(whole.hexdigest(), size, count)):
            return "FSEP-BND-006"
        return lost

    def _items(
        self,
    ) -> tuple[dict[str, Item], dict[str, tuple[int, Mapping[str, Any]]], str | None, str | None]:
        items: dict[str, Item] = {}
        lines: dict[str, tuple[int, Mapping[str, Any]]] = {}

        def each(number: int, _: bytes, value: Any) -> None:
            if value["id"] in lines:
                self.collector.failed(
                    "FSEP-REF-001",
                    Problem(
                        f"the item {value['id']!r} stands on line {lines[value['id']][0]} already",
                        Place(references.ITEMS, number),
                    ),
                )
                raise Unusable("FSEP-REF-001")
            self.collector.passed("FSEP-REF-001")
            lines[value["id"]] = (number, value)
            items[value["id"]] = Item(value["id"], value["fields"])

        listed = self.listed.get(references.ITEMS)
        if listed is None or listed.path in self.broken:
            return items, lines, None, self.broken.get(references.ITEMS, "FSEP-BND-008")
        lost = self._records(listed, "item", each)
        if lost in ("FSEP-BND-006", "FSEP-BND-003"):
            items, lines = {}, {}
        return items, lines, items_digest(item_digest(value) for _, value in lines.values()), lost

    def _ledger(self) -> Ledger | None:
        listed = self.listed.get(LEDGER_FILE)
        if listed is None or listed.path in self.broken:
            return None
        found: list[tuple[str, Mapping[str, Any]]] = []
        lost = self._records(
            listed, "ledger", lambda _, data, value: found.append((sha256(data).hexdigest(), value))
        )
        return None if listed.path in self.broken else Ledger(tuple(found), lost)

    def _unready(self, study: Study) -> dict[tuple[str, str], str]:
        """Return what keeps runs from being replayed, by thing or for all, beside programs that are none."""
        unready: dict[tuple[str, str], str] = {}
        for requirement in ("FSEP-REF-002", "FSEP-REF-003", "FSEP-DSG-002"):
            if self.collector.failures(requirement):
                unready["design", ""] = requirement
        if "design" not in study.documents:
            unready["design", ""] = self.broken.get("design.json", "FSEP-BND-008")
        else:
            for blocked in _bad_locks(study):
                unready.setdefault(blocked, "FSEP-DSG-001")
        for path, requirement in self.broken.items():
            role = self.listed[path].role
            if role in ("scaffold", "system", "simulator", "environment"):
                unready[role, _name(path)] = requirement
                for name in study.doubtful[role] if requirement == "FSEP-REF-001" else ():
                    unready[role, name] = requirement
        for item, (_, value) in study.item_lines.items():
            if next(references.field_problems(study, value), None) is not None:
                unready["item", item] = "FSEP-REF-004"
        return unready


def _name(path: str) -> str:
    """Return the name that a document's path gives it."""
    return path.partition("/")[2].removesuffix(".json")


def _bad_locks(study: Study) -> list[tuple[str, str]]:
    """Return the things whose program digest is not the design's."""
    return [
        (role, lock["id"])
        for role in references.BOUND_ROLES
        for lock in study.design.value.get(f"{role}s", ())
        if lock["id"] in study.documents.get(role, {})
        and program_digest(study.documents[role][lock["id"]].value) != lock["program_sha256"]
    ]
