"""Merging entries: each is read once to see that they fit, and once more, as a stream, to be written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from fsep.errors import FsepError, visible
from fsep.merging.carry import carried, head, placed
from fsep.merging.entry import BOUND, ITEMS, Entry, Runs, read_entry, read_transcripts
from fsep.merging.fit import check_fit
from fsep.packing.packed import Packed
from fsep.packing.writer import BundleWriter


@dataclass(frozen=True, slots=True)
class Merged:
    """A bundle that was made of entries.

    `renamed` are transcripts files that have another path than in their entry, as (entry, path, new path);
    `rated` says whether ratings were joined; `left` what was left out, a sentence each.
    """

    bundle_sha256: str
    files: int
    systems: tuple[str, ...]
    renamed: tuple[tuple[str, str, str], ...]
    rated: bool
    left: tuple[str, ...]


def merge(paths: Sequence[Path], out: Path) -> Merged:
    """Make one bundle of entries on one design.

    The first entry's copy is taken of what all have alike. Nothing of an entry's manifest is taken over but
    the facets that all assert and that a merged bundle can have.

    Args:
        paths: the entries, packed and intact; one alone may be given.
        out: the bundle to write, a folder, or an archive where it ends in `.zip`.

    Raises:
        FsepError: where an entry cannot be read, they do not fit, or nothing can be written; nothing is left
            behind then.
    """
    for path in paths:
        # Unlike `Path.resolve`, it takes a link that leads to itself.
        if Path(os.path.realpath(out)).is_relative_to(os.path.realpath(path)):
            raise FsepError(
                f"{visible(str(out), 200)} lies in an entry that it is made from.",
                advice="Write the merged bundle elsewhere.",
            )
    with ExitStack() as opened:
        bundles = [opened.enter_context(Packed(path)) for path in paths]
        entries = [read_entry(bundle, path) for bundle, path in zip(bundles, paths, strict=True)]
        check_fit(entries)
        return _write(list(zip(entries, bundles, strict=True)), out)


def _write(opened: Sequence[tuple[Entry, Packed]], out: Path) -> Merged:
    entries = [entry for entry, _ in opened]
    of = {id(entry): bundle for entry, bundle in opened}
    first, source = opened[0]
    extra, runs = carried(entries), Runs()
    files = list(placed([(entry, read_transcripts(bundle, entry, runs)) for entry, bundle in opened]))
    with BundleWriter(out) as writer:
        for path in ("design.json", *sorted(first.of(*BOUND)), ITEMS):
            writer.stream(path, source.chunks(path))
        for path, document in extra.documents.items():
            writer.document(path, document)
        for entry, bundle in opened:
            for path in sorted(entry.of("system")):
                writer.stream(path, bundle.chunks(path))
        for entry, path, made in files:
            writer.stream(made, of[id(entry)].chunks(path))
        for path in extra.ratings:
            holding = [bundle for entry, bundle in opened if path in entry.files]
            writer.stream(path, _joined(bundle.chunks(path) for bundle in holding))
        written: set[str] = set()
        for entry, bundle in opened:
            for path in (path for path in entry.paths("blob") if path not in written):
                writer.stream(path, bundle.chunks(path))
                written.add(path)
        made_ = writer.finish(head(entries))
    return Merged(
        made_.bundle_sha256,
        made_.files,
        tuple(sorted(id_ for entry in entries for id_ in entry.systems)),
        tuple((entry.name, path, made) for entry, path, made in files if path != made),
        bool(extra.ratings),
        extra.left,
    )


def _joined(files: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """Yield files of lines one after another; a last line that lacks its line feed gets one."""
    for chunks in files:
        last = b"\n"
        for chunk in chunks:
            yield chunk
            last = chunk[-1:] or last
        if last != b"\n":
            yield b"\n"
