"""Checks of the container and of what the manifest lists (FSEP-BND)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fsep.bundle import Bundle
from fsep.checks.registry import Answer, Blocked, Passed, check
from fsep.checks.study import Document, Listed
from fsep.findings import Place, Problem

MANIFEST = "bundle.json"

# Roles by the place they belong to: folders, and files of their own.
FOLDERS = {
    "scaffolds": "scaffold",
    "systems": "system",
    "simulators": "simulator",
    "environments": "environment",
    "transcripts": "transcripts",
    "blobs": "blob",
    "proofs": "proof",
    "ratings": "ratings",
}
FILES = {
    "design.json": "design",
    "items.jsonl": "items",
    "departures.json": "departures",
    "commitments.json": "commitments",
    "ledger.jsonl": "ledger",
    "loss.json": "loss-report",
    "rubric.json": "rubric",
    "raters.json": "raters",
    "blinding.json": "blinding",
    "profile.json": "profile",
    "claims.json": "claims",
}
NEEDED = ("design", "items", "scaffold", "system", "transcripts")
ENDINGS: dict[str, tuple[str, ...]] = {
    "scaffold": (".json",),
    "system": (".json",),
    "simulator": (".json",),
    "environment": (".json",),
    "transcripts": (".jsonl", ".jsonl.zst"),
    "ratings": (".jsonl",),
}
DOCUMENT_ROLES = frozenset(
    (
        "design",
        "rubric",
        "scaffold",
        "system",
        "simulator",
        "environment",
        "departures",
        "commitments",
        "loss-report",
        "raters",
        "blinding",
        "profile",
        "claims",
    )
)
RECORD_ROLES = frozenset(("items", "transcripts", "ratings", "ledger"))
# The codes of problems with a path; all others are of what stands there.
_OF_PATHS = ("path", "collision")


@dataclass(frozen=True)
class Listing:
    """The container beside the manifest's list."""

    bundle: Bundle
    manifest: Document
    files: tuple[Listed, ...]
    refused: Mapping[str, str]
    """Paths that the container checks refused, with the requirement that each fails."""

    @cached_property
    def unlisted(self) -> Mapping[str, str]:
        """The files that the manifest does not list, with the roles that belong to their paths."""
        known = {MANIFEST, *self.refused, *(one.path for one in self.files)}
        return {
            path: role
            for path in self.bundle.entries
            if path not in known and (role := role_of(path)) is not None
        }


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as it was read: digest, size and lines."""

    listed: Listed
    sha256: str
    bytes: int
    records: int | None


def role_of(path: str) -> str | None:
    """Return the role that belongs to a path, None where none does."""
    folder, _, name = path.partition("/")
    if not name:
        return FILES.get(path)
    role = FOLDERS.get(folder)
    if role is None or "/" in name or not name.endswith(ENDINGS.get(role, ("",))):
        return None
    return role


def refusals(bundle: Bundle) -> Mapping[str, str]:
    """Return the paths that are refused as the container is opened, with the requirement that each fails."""
    return {
        problem.path: "FSEP-BND-002" if problem.code in _OF_PATHS else "FSEP-BND-003"
        for problem in bundle.problems
    }


@check("FSEP-BND-001", "container")
def has_manifest(bundle: Bundle) -> Iterator[Answer]:
    if MANIFEST in bundle.entries:
        yield Passed()
    elif any(problem.code == "container" for problem in bundle.problems):
        yield Problem("this is neither a directory nor a zip archive that can be read", Place(MANIFEST))
    elif any(problem.code == "limit" for problem in bundle.problems):
        yield Blocked.by("FSEP-BND-003")
    elif (refused := refusals(bundle).get(MANIFEST)) is not None:
        yield Blocked.by(refused)
    else:
        within = next((path for path in bundle.entries if path.endswith(f"/{MANIFEST}")), None)
        there = (
            f", though there is one in the folder {within[: -len(MANIFEST)]}" if within is not None else ""
        )
        yield Problem(f"there is no bundle.json at the root of the bundle{there}", Place(MANIFEST))


@check("FSEP-BND-002", "container")
def paths(bundle: Bundle) -> Iterator[Answer]:
    yield Passed(len(bundle.entries))
    for problem in bundle.problems:
        if problem.code in _OF_PATHS:
            yield Problem(problem.message, Place(problem.path))


@check("FSEP-BND-003", "container")
def regular_files(bundle: Bundle) -> Iterator[Answer]:
    yield Passed(len(bundle.entries))
    for problem in bundle.problems:
        if problem.code in ("kind", "zip-member", "limit"):
            yield Problem(problem.message, Place(problem.path))


@check("FSEP-BND-004", "listing")
def all_listed(listing: Listing) -> Iterator[Answer]:
    times = Counter(listed.path for listed in listing.files)
    for path in listing.bundle.entries:
        if path == MANIFEST or path in listing.refused:
            continue
        yield Passed() if path in times else Problem("the file is not listed in the manifest", Place(path))
    for listed in listing.files:
        if listed.path == MANIFEST:
            yield Problem("the manifest lists itself", listed.place)
        elif times[listed.path] > 1:
            yield Problem(
                f"the manifest lists the file {times[listed.path]} times", listed.place, group=(listed.path,)
            )


@check("FSEP-BND-005", "listing")
def all_present(listing: Listing) -> Iterator[Answer]:
    for listed in listing.files:
        if listed.path in listing.bundle.entries or listed.path in listing.refused:
            yield Passed()
        else:
            yield Problem(
                "the file is listed in the manifest and not in the bundle", listed.place, found=listed.path
            )


@check("FSEP-BND-008", "listing")
def roles(listing: Listing) -> Iterator[Answer]:
    # A file at the place of its role that is not listed is there all the same: FSEP-BND-004 speaks of it.
    present = {listed.role for listed in listing.files} | set(listing.unlisted.values())
    for role in NEEDED:
        if role not in present:
            yield Problem(f"no file has the role {role!r}", listing.manifest.place("/files"))
    for listed in listing.files:
        if listed.path == MANIFEST:
            # That it is listed at all is the fault, and one fault has one id.
            continue
        belongs = role_of(listed.path)
        if belongs == listed.role:
            yield Passed()
        else:
            yield Problem(
                "the role is not that of the path",
                listed.place,
                found=listed.role,
                expected=belongs or "a path that a role has",
            )


@check("FSEP-BND-006", "file")
def digest_and_size(facts: FileFacts) -> Iterator[Answer]:
    listed = facts.listed
    if facts.sha256 == listed.sha256 and facts.bytes == listed.bytes:
        yield Passed()
    else:
        yield Problem(
            "the file is not the one the manifest lists: its content was changed",
            Place(listed.path),
            found=f"sha256 {facts.sha256}, {facts.bytes} bytes",
            expected=f"sha256 {listed.sha256}, {listed.bytes} bytes",
        )


@check("FSEP-BND-007", "file")
def records(facts: FileFacts) -> Iterator[Answer]:
    if facts.records is None:
        return
    if facts.records == facts.listed.records:
        yield Passed()
    else:
        yield Problem(
            "the number of lines differs from the manifest's",
            Place(facts.listed.path),
            found=facts.records,
            expected=facts.listed.records,
        )


@check("FSEP-BND-009", "file")
def blob_name(facts: FileFacts) -> Iterator[Answer]:
    if facts.listed.role != "blob":
        return
    if facts.listed.path == f"blobs/{facts.sha256}":
        yield Passed()
    else:
        yield Problem(
            "the blob is not named by its digest",
            Place(facts.listed.path),
            found=facts.listed.path,
            expected=f"blobs/{facts.sha256}",
        )


def listed_files(manifest: Document) -> tuple[Listed, ...]:
    """Return the files a valid manifest lists."""
    files: list[Mapping[str, Any]] = manifest.value["files"]
    return tuple(
        Listed(
            file["path"],
            file["role"],
            file["sha256"],
            file["bytes"],
            file.get("records"),
            Place(MANIFEST, pointer=f"/files/{place}"),
        )
        for place, file in enumerate(files)
    )
