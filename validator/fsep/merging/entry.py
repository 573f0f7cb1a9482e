"""One entry that is to be merged: what its documents say, and whose runs its transcripts hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fsep.checks.container import role_of
from fsep.digests import item_digest, items_digest
from fsep.errors import FsepError, visible
from fsep.packing.packed import Heads, Packed
from fsep.withholding import is_withheld

Document = Mapping[str, Any]

# What fixes the behaviour of systems, and has a program digest.
BOUND = ("scaffold", "simulator", "environment", "rubric")
ITEMS = "items.jsonl"
_READ = frozenset((*BOUND, "design", "system", "raters", "departures", "loss-report"))


@dataclass(frozen=True, slots=True)
class Items:
    """The items: the digest of their file, and their program digest, None where some are withheld."""

    file: str
    program: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of an entry before anything is written.

    Attributes:
        name: what it was called by the caller.
        id: the id of its bundle.
        version: of the protocol.
        asserts: the facets it asserts.
        files: the digest of each file by path, as its manifest states them.
        documents: by path, those that are merged.
        items: None where it has none.
    """

    name: str
    id: str
    version: str
    asserts: frozenset[str]
    files: Mapping[str, str]
    documents: Mapping[str, Document]
    items: Items | None

    def of(self, *roles: str) -> dict[str, Document]:
        """Return the documents of roles, by path."""
        return {path: value for path, value in self.documents.items() if role_of(path) in roles}

    def paths(self, role: str) -> list[str]:
        """Return the files of a role, sorted."""
        return sorted(path for path in self.files if role_of(path) == role)

    @property
    def systems(self) -> set[str]:
        """The ids of its systems."""
        return {value["id"] for value in self.of("system").values()}


class Runs:
    """The ids of all runs met: no two may be the same."""

    def __init__(self) -> None:
        """Begin with none."""
        self._met: dict[str, str] = {}

    def meet(self, run: str, entry: str, where: str) -> None:
        """Take a run of an entry, or raise `FsepError` where one of its id was met before."""
        if run in self._met:
            before = visible(self._met[run], 200)
            raise FsepError(
                f"The run '{run}' is in {before} and again in {visible(entry, 200)}, {where}.",
                advice="Runs of one bundle have ids of their own: give one of the two another id.",
            )
        self._met[run] = entry


def read_entry(bundle: Packed, path: Path) -> Entry:
    """Read what is known of an entry, its transcripts aside.

    Raises:
        FsepError: for a file that is not as the manifest says, or is not valid.
    """
    files = {one["path"]: one["sha256"] for one in bundle.head["files"]}
    return Entry(
        str(path),
        bundle.head["id"],
        bundle.head["fsep"],
        frozenset(bundle.head["asserts"]),
        files,
        {one: bundle.document(one) for one in bundle.paths if role_of(one) in _READ},
        _items(bundle, files[ITEMS]) if ITEMS in files else None,
    )


def _items(bundle: Packed, file: str) -> Items:
    withheld = False

    def digests() -> Iterator[str]:
        nonlocal withheld
        for _, _, item in bundle.lines(ITEMS):
            withheld = withheld or any(map(is_withheld, item["fields"].values()))
            yield item_digest(item)

    program = items_digest(digests())
    return Items(file, None if withheld else program)


def read_transcripts(bundle: Packed, entry: Entry, runs: Runs) -> dict[str, str | None]:
    """Return for each transcripts file the system of its first run, None where it holds none.

    Raises:
        FsepError: for a run that was met before, and one of a system that the entry does not have.
    """
    return {path: _first_system(bundle, path, entry, runs) for path in entry.paths("transcripts")}


def _first_system(bundle: Packed, path: str, entry: Entry, runs: Runs) -> str | None:
    first: str | None = None
    systems, heads = entry.systems, Heads()
    for number, _, record in bundle.lines(path):
        where = f"{path}, line {number}"
        head = heads.of(record, where)
        if "continues" in record:
            continue
        if head["system"] not in systems:
            name = visible(entry.name, 200)
            raise FsepError(
                f"{name}, {where}: the run '{head['run']}' is of the system '{head['system']}', which the"
                " entry does not have.",
                advice=f"`fsep validate {name}` lists all that is wrong.",
            )
        runs.meet(head["run"], entry.name, where)
        first = first or head["system"]
    return first
