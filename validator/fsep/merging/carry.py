"""What of entries is carried over to a merged bundle, and what is left out, in words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fsep import __version__
from fsep.digests import document_digest
from fsep.errors import FsepError, visible
from fsep.merging.entry import Entry

Document = Mapping[str, Any]

# Facets whose requirements a merged bundle meets where every entry does.
_KEPT = ("whole", "replayed", "complete")
_BLIND = ("human", "model")
_OF_RATINGS = ("rater-replaced", "rating-missing")
# What belongs to one entry, by role, and why it ends with it.
_LEFT = {
    "commitments": "it commits to the records of one entry, and the merged bundle is not preregistered",
    "proof": "it proves commitments that were left out",
    "ledger": "it vouches for the records of one entry, and those of the merged bundle are self-recorded",
    "profile": "it holds the figures of one entry, and `fsep profile` computes those of all",
    "claims": "it rests on the figures of one entry",
}
_WITHOUT = "Raters and ratings were left out: the merged bundle is to be rated anew"


@dataclass(frozen=True, slots=True)
class Carried:
    """What is carried over beside systems, transcripts, blobs and what the design fixes.

    `documents` are by path; `ratings` the paths of the ratings that are joined, none where they are not
    merged; `left` says what was left out, a sentence each.
    """

    documents: Mapping[str, Document]
    ratings: tuple[str, ...]
    left: tuple[str, ...]


def carried(entries: Sequence[Entry]) -> Carried:
    """Decide what is carried over.

    Raises:
        FsepError: for loss reports of different adapters.
    """
    unrated = _why_unrated(entries)
    left = [unrated] if unrated is not None else []
    documents: dict[str, Document] = {}
    rated = unrated is None and "raters.json" in entries[0].documents
    if rated:
        documents["raters.json"] = entries[0].documents["raters.json"]
    for path, made in (
        ("departures.json", _departures(entries, rated, left)),
        ("loss.json", _loss(entries, left)),
    ):
        if made is not None:
            documents[path] = made
    for role, why in _LEFT.items():
        if having := [entry for entry in entries if entry.paths(role)]:
            files = having[0].paths(role)
            what = files[0] if len(files) == 1 and role != "proof" else f"{files[0].partition('/')[0]}/"
            left.append(f"{what} of {_names(having)} was left out: {why}.")
    ratings = sorted({path for entry in entries for path in entry.paths("ratings")}) if rated else []
    return Carried(documents, tuple(ratings), tuple(left))


def head(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return the manifest but for its files: what depends on no entry alone."""
    asserted = frozenset.intersection(*(entry.asserts for entry in entries))
    return {
        "fsep": entries[0].version,
        "kind": "bundle",
        "id": entries[0].documents["design.json"]["id"],
        "asserts": [facet for facet in _KEPT if facet in asserted],
        "producer": {"name": "fsep merge", "version": __version__},
    }


def _why_unrated(entries: Sequence[Entry]) -> str | None:
    """Say why ratings are left out; None where they are joined, and where there are none."""
    rated = [entry for entry in entries if _has_ratings(entry)]
    if not rated:
        return None
    if blind := [entry for entry in rated if _is_blind(entry)]:
        return (
            f"Ratings by raters who do not know the system ({_names(blind)}) were made blind under a salt of"
            f" each entry's own, and are not merged. {_WITHOUT}, blind as one."
        )
    if len(rated) < len(entries):
        without = [entry for entry in entries if entry not in rated]
        return f"{_names(without)} {'have' if len(without) > 1 else 'has'} no ratings. {_WITHOUT}."
    digests = {_raters_digest(entry) for entry in entries}
    if len(digests) > 1 or None in digests:
        return f"raters.json is missing, or not the same in all entries. {_WITHOUT}."
    return None


def _has_ratings(entry: Entry) -> bool:
    return bool(entry.paths("ratings") or entry.paths("raters") or entry.paths("blinding"))


def _is_blind(entry: Entry) -> bool:
    raters = entry.documents.get("raters.json", {}).get("raters", ())
    return bool(entry.paths("blinding")) or any(rater["kind"] in _BLIND for rater in raters)


def _raters_digest(entry: Entry) -> str | None:
    raters = entry.documents.get("raters.json")
    return document_digest(raters) if raters is not None else None


def _departures(entries: Sequence[Entry], rated: bool, left: list[str]) -> Document | None:
    """Return the departures of all; those about ratings only where there are ratings."""
    found = _documents(entries, "departures.json")
    declared = [one for document in found for one in document["departures"]]
    kept = [one for one in declared if rated or one["kind"] not in _OF_RATINGS]
    if len(kept) < len(declared):
        number = len(declared) - len(kept)
        left.append(f"Departures about ratings were left out with the ratings: {number}.")
    if not kept:
        return None
    return {
        "fsep": entries[0].version,
        "kind": "departures",
        "departures": kept,
        **_extensions(found, "departures.json", left),
    }


def _loss(entries: Sequence[Entry], left: list[str]) -> Document | None:
    """Return the loss reports of all as one: sources and gaps together, and a gap that two have counted."""
    found = _documents(entries, "loss.json")
    if not found:
        return None
    adapters = {document["adapter"]["name"] for document in found}
    if len(adapters) > 1:
        raise FsepError(
            f"The entries were imported by different adapters: {visible(', '.join(sorted(adapters)), 200)}.",
            advice="One bundle has one loss report; import all of them in one way.",
        )
    if without := [entry for entry in entries if "loss.json" not in entry.documents]:
        left.append(f"loss.json says nothing of {_names(without)}, which had none.")
    versions = {document["adapter"].get("version") for document in found}
    if len(versions) > 1:
        left.append("The version of the adapter was left out of loss.json: the entries name different ones.")
    gaps: dict[str, dict[str, Any]] = {}
    for gap in (gap for document in found for gap in document["gaps"]):
        key = _key({**gap, "count": None})
        if key in gaps:
            gaps[key]["count"] = gaps[key].get("count", 1) + gap.get("count", 1)
        else:
            gaps[key] = dict(gap)
    sources = {_key(source): source for document in found for source in document["sources"]}
    adapter = found[0]["adapter"]
    return {
        "fsep": entries[0].version,
        "kind": "loss-report",
        "adapter": adapter if len(versions) == 1 else {"name": adapter["name"]},
        "sources": list(sources.values()),
        "gaps": list(gaps.values()),
        **_extensions(found, "loss.json", left),
    }


def _extensions(found: Sequence[Document], path: str, left: list[str]) -> dict[str, Any]:
    """Return the extensions that all have alike; say so where they are left out."""
    held = {_key(document.get("extensions")) for document in found}
    if len(held) > 1:
        left.append(f"The extensions of {path} were left out: they are not the same in all entries.")
        return {}
    return {"extensions": found[0]["extensions"]} if "extensions" in found[0] else {}


def _documents(entries: Sequence[Entry], path: str) -> list[Document]:
    return [entry.documents[path] for entry in entries if path in entry.documents]


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _names(entries: Sequence[Entry]) -> str:
    return ", ".join(visible(entry.name, 200) for entry in entries)


def placed(transcripts: Sequence[tuple[Entry, Mapping[str, str | None]]]) -> Iterator[tuple[Entry, str, str]]:
    """Yield every transcripts file, with the path that it has in the merged bundle.

    A path that one entry alone has stays. Where two would be alike, the system of the first run is put before
    the name of each, or the entry's id where it holds no run, and if need be a number.

    Args:
        transcripts: of each entry, the files with the system of the first run in each.
    """
    times = Counter(path.casefold() for _, files in transcripts for path in files)
    taken = {path for path, count in times.items() if count == 1}
    for entry, files in transcripts:
        for path, system in sorted(files.items()):
            made = path
            if times[path.casefold()] > 1:
                made = _free(path, system or entry.id, taken)
                taken.add(made.casefold())
            yield entry, path, made


def _free(path: str, prefix: str, taken: Container[str]) -> str:
    folder, _, name = path.partition("/")
    made, number = f"{folder}/{prefix}.{name}", 1
    while made.casefold() in taken:
        number += 1
        made = f"{folder}/{prefix}-{number}.{name}"
    return made
