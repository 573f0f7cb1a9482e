"""The folder beside the bundle: the study as it was when it began, journal, ledger and blobs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from fsep import __version__, protocol
from fsep.checks.container import role_of
from fsep.engine.validate import validate
from fsep.errors import FsepError, visible
from fsep.packing import pack
from fsep.packing.files import document_bytes
from fsep.packing.source import Source
from fsep.run.journal import JOURNAL
from fsep.workflow.place import put

# A bundle needs a file of transcripts; until there are runs it is this one.
NO_RUNS = "transcripts/none.jsonl"
RUNNER = {"name": "fsep", "version": __version__}
# What somebody else's runs came to is not taken along with their design.
_OF_RUNS = (
    "transcripts",
    "ledger",
    "ratings",
    "blinding",
    "profile",
    "raters",
    "blob",
)
_LOCK = "lock"
# What says that the design is the one that was committed.
_COMMITTED = ("FSEP-PRE-002", "FSEP-PRE-003")


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one set of runs."""

    folder: Path

    @classmethod
    def beside(cls, out: Path) -> Place:
        """Return the folder that belongs to a bundle."""
        return cls(out.with_name(f"{out.name}.run"))

    @property
    def study(self) -> Path:
        """The study as a bundle without runs."""
        return self.folder / "study"

    @property
    def blobs(self) -> Path:
        """What is too long for records, and attachments, each under its digest."""
        return self.folder / "blobs"

    @property
    def shown(self) -> str:
        """The folder's name, for a message."""
        return visible(str(self.folder), 200)

    def begin(self, source: Path, systems: Mapping[str, Mapping[str, Any]]) -> None:
        """Make the folder, with a copy of the study.

        Raises:
            FsepError: where it is there already, or the study cannot be run.
        """
        if os.path.lexists(self.folder):
            with self.held():
                pass
            raise FsepError(
                f"{self.shown} is there already: runs were begun, and are not begun anew.",
                advice="Go on with --resume; or remove that folder, and all that was run with it.",
            )
        try:
            scratch = Path(tempfile.mkdtemp(prefix=f".{self.folder.name[:100]}.", dir=self.folder.parent))
        except OSError as error:
            raise FsepError(f"{self.shown} cannot be made: {error.strerror}.") from None
        try:
            study_of(source, scratch / "study", systems)
            (scratch / "blobs").mkdir()
            scratch.rename(self.folder)
        except OSError as error:
            raise FsepError(f"{self.shown} cannot be made: {error.strerror}.") from None
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def check_same(self, source: Path, systems: Mapping[str, Mapping[str, Any]]) -> None:
        """Refuse to go on with another study, or other systems, than the runs were begun with.

        Raises:
            FsepError: where it is another.
        """
        if not (self.study / "bundle.json").is_file():
            raise FsepError(
                f"There is no {self.shown}: nothing was begun that could be gone on with, or closed.",
                advice="Leave --resume and --close out to begin.",
            )
        with tempfile.TemporaryDirectory() as scratch:
            now = Path(scratch) / "study"
            study_of(source, now, systems)
            if changed := _differing(self.study, now):
                raise FsepError(
                    f"{changed} is another than when the runs were begun.",
                    advice="Restore it: the runs of a bundle are made alike, by one version of the runner.",
                )

    def discard(self) -> None:
        """Remove the folder, if no run was begun in it."""
        journal = self.folder / JOURNAL
        if not journal.exists() or not journal.stat().st_size:
            shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other process out of the folder.

        Raises:
            FsepError: where another one is at work in it.
        """
        try:
            import fcntl  # noqa: PLC0415  # not on every system, and without it nobody is kept out
        except ImportError:
            yield
            return
        with (self.folder / _LOCK).open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise FsepError(
                    f"Another process is at work in {self.shown}.", advice="Wait for it, or stop it."
                ) from None
            yield

    def keep(self, data: bytes) -> str:
        """Keep a blob, and return its digest."""
        digest = sha256(data).hexdigest()
        if not (self.blobs / digest).exists():
            put(self.blobs / digest, data)
        return digest

    def blob(self, digest: str) -> bytes:
        """Return a blob."""
        kept = self.blobs / digest
        return (kept if kept.exists() else self.study / "blobs" / digest).read_bytes()


def study_of(
    source: Path, out: Path, systems: Mapping[str, Mapping[str, Any]], *, committed: bool = True
) -> None:
    """Make a bundle without runs of a study: what its design fixes, and the systems that are to be run.

    Args:
        source: a folder as people author it, or a bundle that was published with its runs, of which these are
            left out.
        out: where to write it.
        systems: the systems' documents by id, where the source has none of them.
        committed: whether the design has to be the one that was committed, where it was.

    Raises:
        FsepError: where the source is no study that is whole.
    """
    with Source(source) as authored:
        places = list(authored.places)
        chain = authored.document("commitments.json") if "commitments.json" in places else None
        has_runs = any(role_of(place) in ("transcripts", "ledger") for place in places)
        made = {id_: _system(authored, id_, systems, has_runs=has_runs) for id_ in systems}
    # Claims and departures are of runs that were made, and none of these has been.
    instead: dict[str, bytes | None] = {"claims.json": None, "departures.json": None}
    for place in places:
        role = role_of(place)
        if role in ("system", "transcripts", "ledger") or (has_runs and role in _OF_RUNS):
            instead[place] = None
    instead[NO_RUNS] = b""
    if not committed:
        instead["commitments.json"] = None
    elif has_runs and isinstance(chain, dict):
        instead["commitments.json"] = _of_design(chain)
    for id_, document in made.items():
        instead[f"systems/{id_}.json"] = document_bytes(f"systems/{id_}.json", document)
    pack(source, out, instead=instead)
    _check(out, authored.places)


def stand_in(id_: str, name: str, returned: str) -> dict[str, Any]:
    """Return the document of a system that is a script and nothing else."""
    return {
        "fsep": protocol.versions()[-1].version,
        "kind": "system",
        "id": id_,
        "title": "A scripted stand-in",
        "synthetic": True,
        "model": {"name": name, "returned": [returned]},
        "access": {"via": "script"},
    }


def _check(study: Path, places: Mapping[str, str]) -> None:
    """Refuse a study that is not whole, or whose design is not the one that was committed."""
    report = validate(study)
    requirements = protocol.load(str(report.protocol["version"])).requirements
    for one in report.findings:
        if requirements[one.requirement].facet == "whole" and one.severity == "error":
            at = f"{places.get(one.path, one.path)}{one.pointer or ''}: " if one.path else ""
            raise FsepError(
                f"The study cannot be run. {visible(at, 300)}{one.message} ({one.requirement}).",
                advice=one.hint or f"`fsep explain {one.requirement}` says more.",
            )
        if one.requirement in _COMMITTED:
            raise FsepError(
                f"The design is not as it was committed: {one.message} ({one.requirement}).",
                advice="Restore it; or, where the change is meant, commit what it is now: fsep commit STUDY "
                "design.",
            )
    if report.facets["whole"].status != "reached":
        raise FsepError(
            "The study cannot be run: not all of it could be checked.", advice="`fsep validate` says why."
        )


def _system(
    authored: Source, id_: str, given: Mapping[str, Mapping[str, Any]], *, has_runs: bool
) -> dict[str, Any]:
    """Return a system's document, with the runner in it, and without a window that is that of other runs."""
    place = f"systems/{id_}.json"
    document = authored.document(place) if place in authored.places else given[id_]
    if not document:
        there = [one[len("systems/") : -len(".json")] for one in authored.places if role_of(one) == "system"]
        raise FsepError(
            f"There is no system {visible(id_)} in the study."
            + (f" It has {', '.join(sorted(there))}." if there else ""),
            advice=f"Write systems/{visible(id_)}.yaml: `fsep schema show system` says what it has to be.",
        )
    if not isinstance(document, dict):
        raise FsepError(
            f"{authored.places[place]} is no object.", advice="`fsep schema show system` prints the schema."
        )
    version = protocol.load(protocol.versions()[-1].version)
    authored.hold(version, "system", document, authored.places.get(place, place))
    made = {**document, "runner": RUNNER}
    if has_runs and "access" in document:
        made["access"] = {"via": document["access"]["via"]}
    return made


def _of_design(chain: Mapping[str, Any]) -> bytes | None:
    """Return a chain of commitments as far as it commits to the design alone."""
    kept: list[Any] = []
    for one in chain.get("commitments", ()):
        if not isinstance(one, dict) or one.get("of") != "design":
            break
        kept.append(one)
    return document_bytes("commitments.json", {**chain, "commitments": kept}) if kept else None


def _differing(one: Path, other: Path) -> str | None:
    """Return the first file of two bundles in which they differ."""
    names: Sequence[str] = sorted(
        {str(path.relative_to(root)) for root in (one, other) for path in root.rglob("*") if path.is_file()},
        # What others follow from comes first: a scaffold before the design that binds it.
        key=lambda name: (name in ("design.json", "bundle.json"), name),
    )
    for name in names:
        if not ((one / name).is_file() and (other / name).is_file()) or (
            (one / name).read_bytes() != (other / name).read_bytes()
        ):
            return visible(name, 120)
    return None
