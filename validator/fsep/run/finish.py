"""The bundle of a study whose runs have ended, or of which no more are to be made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from fsep.limits import CHUNK_BYTES
from fsep.packing.files import run_records
from fsep.packing.writer import BundleWriter, PackSummary
from fsep.run.journal import JOURNAL
from fsep.run.ledger import LEDGER
from fsep.run.place import NO_RUNS, RUNNER, Place
from fsep.run.recovered import Recovered, reason, record_at
from fsep.run.study import Runnable

# What a runner can answer for.
ASSERTS = ("whole", "replayed", "complete")


def finish(study: Runnable, place: Place, found: Recovered, out: Path) -> PackSummary:
    """Write the bundle: the study as it was begun, its runs in the order of the plan, the ledger, departures.

    Args:
        study: the study.
        place: where its runs were made.
        found: which have ended.
        out: the bundle to write; runs that have not ended are declared missing.

    Raises:
        FsepError: where it cannot be written.
    """
    departures: list[dict[str, Any]] = []
    blobs: set[str] = set()
    with BundleWriter(out) as writer, (place.folder / JOURNAL).open("rb") as journal:
        for path in sorted(place.study.rglob("*")):
            name = path.relative_to(place.study).as_posix()
            if path.is_file() and name not in ("bundle.json", NO_RUNS):
                writer.stream(name, _chunks(path))
        for system in study.systems:
            records = _records(study, system, found, journal, departures, blobs)
            writer.records(f"transcripts/{system}.jsonl", records)
        writer.stream(LEDGER, _chunks(place.folder / LEDGER))
        for blob in sorted(blobs):
            if (place.blobs / blob).exists() and f"blobs/{blob}" not in {one["path"] for one in writer.files}:
                writer.stream(f"blobs/{blob}", _chunks(place.blobs / blob))
        if departures:
            version = str(study.manifest["fsep"])
            writer.document(
                "departures.json", {"fsep": version, "kind": "departures", "departures": departures}
            )
        return writer.finish({**study.manifest, "asserts": list(ASSERTS), "producer": _producer(study)})


def _records(  # noqa: PLR0917 - what is found on the way is gathered in the last two
    study: Runnable,
    system: str,
    found: Recovered,
    journal: Any,
    departures: list[dict[str, Any]],
    blobs: set[str],
) -> Iterator[Mapping[str, Any]]:
    for planned in study.plan(system):
        offset = found.ended.get(planned.id)
        if offset is None:
            departures.append(
                {
                    "kind": "run-missing",
                    **planned._asdict(),
                    "reason": "The runs were closed before it was made.",
                }
            )
            continue
        record = record_at(journal, offset)
        blobs |= set(_blobs(record))
        if record["status"] == "failed":
            departures.append({"kind": "run-failed", **planned._asdict(), "reason": reason(record)})
        yield from run_records(record)


def _blobs(value: Any) -> Iterator[str]:
    """Yield the blobs that the contents of a run are kept in."""
    parts = [event.get("content") for event in value["events"]]
    parts += [part["content"] for part in value.get("result", ())]
    for content in parts:
        if isinstance(content, list):
            yield from (part["blob"] for part in content if "blob" in part)


def _producer(study: Runnable) -> Mapping[str, Any]:
    stated: Mapping[str, Any] | None = study.manifest.get("producer")
    return stated if stated is not None else dict(RUNNER)


def _chunks(path: Path) -> Iterator[bytes]:
    with closing(path.open("rb")) as stream:
        while data := stream.read(CHUNK_BYTES):
            yield data
