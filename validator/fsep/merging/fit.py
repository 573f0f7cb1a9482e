"""Whether entries make one bundle, and why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fsep.digests import program_digest
from fsep.errors import FsepError, visible
from fsep.merging.entry import BOUND, Entry

# Reasons that are listed; the others are counted.
_LISTED = 5
_ADVICE = (
    "Entries of one bundle are on one design and bring systems of their own; `fsep compare` says how two of"
    " them differ."
)


def check_fit(entries: Sequence[Entry]) -> None:
    """Refuse entries that do not make one bundle, with the reasons.

    Raises:
        FsepError: where there are any.
    """
    found = [one for entry in entries[1:] for one in _reasons(entries[0], entry)]
    found = found or list(_shared_systems(entries)) + list(_shared_blobs(entries))
    if found:
        more = f"; and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        raise FsepError(
            f"The entries do not make one bundle: {'; '.join(found[:_LISTED])}{more}.", advice=_ADVICE
        )


def _reasons(first: Entry, entry: Entry) -> Iterator[str]:
    """Yield how an entry is on another design than the first, or holds something else than it fixes."""
    names = f"{visible(first.name, 200)} and {visible(entry.name, 200)}"
    if first.version != entry.version:
        yield f"{names} name different versions of the protocol"
        return
    design, other = (one.documents.get("design.json") for one in (first, entry))
    if design is None or other is None:
        lacks = first if design is None else entry
        yield f"{visible(lacks.name, 200)} has no design.json"
        return
    if program_digest(design) != program_digest(other):
        yield f"{names} are on different designs ('{design['id']}' and '{other['id']}')"
        return
    ours, theirs = first.of(*BOUND), entry.of(*BOUND)
    for path in sorted(ours.keys() | theirs.keys()):
        if path not in ours or path not in theirs:
            lacks = first if path not in ours else entry
            yield f"{visible(lacks.name, 200)} lacks {path}"
        elif program_digest(ours[path]) != program_digest(theirs[path]):
            yield f"{path} is not the same in {names}"
    if first.items is None or entry.items is None:
        yield f"{visible((first if first.items is None else entry).name, 200)} has no items"
    elif first.items.file != entry.items.file and (
        first.items.program is None or first.items.program != entry.items.program
    ):
        withheld = None in (first.items.program, entry.items.program)
        yield f"the items are not the same in {names}" + (
            ", and cannot be told to be, since some are withheld" if withheld else ""
        )


def _shared_systems(entries: Sequence[Entry]) -> Iterator[str]:
    known: dict[str, Entry] = {}
    for entry in entries:
        for id_ in sorted(entry.systems):
            other = known.setdefault(id_, entry)
            if other is not entry:
                yield f"the system '{id_}' is in {visible(other.name, 200)} and in {visible(entry.name, 200)}"


def _shared_blobs(entries: Sequence[Entry]) -> Iterator[str]:
    known: dict[str, tuple[str, Entry]] = {}
    for entry in entries:
        for path in entry.paths("blob"):
            digest, other = known.setdefault(path, (entry.files[path], entry))
            if digest != entry.files[path]:
                yield f"{path} is not the same in {visible(other.name, 200)} and {visible(entry.name, 200)}"
