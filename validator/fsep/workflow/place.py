"""The folder a study is kept in, step by step: packed aside to be surveyed, and written to."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fsep import limits, protocol
from fsep.checks.commitments import commitment_digest
from fsep.checks.container import role_of
from fsep.checks.line import instant
from fsep.digests import document_digest
from fsep.errors import FsepError, visible
from fsep.packing import pack
from fsep.packing.files import document_bytes
from fsep.packing.source import Source
from fsep.parsing import json as strict
from fsep.parsing.problem import ParseError

COMMITMENTS = "commitments.json"
BLINDING = "blinding.json"
RATERS = "raters.json"
PRIVATE = "Name the folder that `fsep blind` wrote with --private."

# Read member by member here, and so held to their schemas; claims need not be filled in, nor the manifest be
# more than a head.
_HELD = ("rubric", "raters", "commitments")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z")


def now() -> str:
    """Return the time, as commitments write it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_time(text: str) -> bool:
    """Whether a text is a timestamp of the schema's form, and of the calendar."""
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Workplace:
    """A study's folder, as people author it or packed, and the private one, which is not published."""

    folder: Path
    private: Path | None = None

    @property
    def version(self) -> str:
        """The version of the protocol that the study is written in."""
        return str((self.document("bundle.json") or {}).get("fsep", protocol.versions()[-1].version))

    def document(self, place: str) -> Mapping[str, Any] | None:
        """Return a document of the folder, None where there is none."""
        with Source(self.folder) as source:
            if place not in source.places:
                return None
            value = source.document(place)
            if not isinstance(value, dict):
                raise FsepError(
                    f"{source.places[place]} is no object.",
                    advice="`fsep schema show` prints what it has to be.",
                )
            if (role := role_of(place)) in _HELD:
                source.hold(protocol.load(self.version), str(role), value, source.places[place])
        return value

    def raters(self) -> list[Mapping[str, Any]]:
        """Return those who rate.

        Raises:
            FsepError: where nobody does.
        """
        document = self.document(RATERS)
        if document is None:
            raise FsepError(
                "There is no raters.yaml that says who rates.",
                advice="Write one: `fsep schema show raters` says what it has to be.",
            )
        raters: list[Mapping[str, Any]] = document["raters"]
        return raters

    def has(self, place: str) -> bool:
        """Whether a file is there that a path of the bundle is made from."""
        with Source(self.folder) as source:
            return place in source.places

    def write(self, place: str, data: bytes) -> None:
        """Write a file of the bundle, whole or not at all, and remove what stood for it before."""
        with Source(self.folder) as source:
            before = source.places.get(place)
        # What is half written is no file of a bundle, and would be in the way there.
        put(self.folder / place, data, aside=self.folder.resolve().parent)
        if before is not None and before != place:
            (self.folder / before).unlink()

    def write_private(self, name: str, data: bytes) -> None:
        """Write a file into the private folder, whole or not at all.

        Raises:
            FsepError: where there is no such folder, it is part of the study, or it cannot be written to.
        """
        put(self._apart() / name, data)

    def _apart(self) -> Path:
        """Return the private folder."""
        if self.private is None:
            raise FsepError("The private folder is not named.", advice=PRIVATE)
        shown = visible(str(self.private), 200)
        inner, outer = self.private.resolve(), self.folder.resolve()
        if inner.is_relative_to(outer) or outer.is_relative_to(inner):
            raise FsepError(
                f"The private folder {shown} and the study's are not apart: who is given the one would get "
                "the other.",
                advice="Name a folder beside the study's, which is not published.",
            )
        return self.private

    def write_document(self, place: str, value: Mapping[str, Any]) -> None:
        """Write a document."""
        self.write(place, document_bytes(place, value))

    @contextmanager
    def packed(self, instead: Mapping[str, bytes | None] | None = None) -> Iterator[Path]:
        """Pack the folder to a temporary bundle, with files in the place of others or beside them."""
        with tempfile.TemporaryDirectory() as scratch:
            out = Path(scratch) / "bundle"
            pack(self.folder, out, instead=instead)
            yield out

    @property
    def salt(self) -> bytes:
        """The private blinding.

        Raises:
            FsepError: where there is none, or not the one committed.
        """
        path = self._apart() / BLINDING
        shown = visible(str(path), 200)
        try:
            with path.open("rb") as stream:
                data = stream.read(limits.DOCUMENT_BYTES + 1)
        except OSError as error:
            raise FsepError(f"{shown} cannot be read: {error.strerror}.", advice=PRIVATE) from None
        last = [one["sha256"] for one in self.commitments() if one["of"] == "blinding"][-1:]
        try:
            value: Any = strict.parse(data)
        except ParseError as error:
            raise FsepError(f"{shown}, {error}", advice="Restore it as `fsep blind` wrote it.") from None
        if [document_digest(value)] != last:
            raise FsepError(f"{shown} is not the blinding that the study committed.", advice=PRIVATE)
        return data

    def commitments(self) -> list[dict[str, Any]]:
        """Return the commitments so far."""
        document = self.document(COMMITMENTS)
        return [dict(one) for one in document["commitments"]] if document else []

    def committed(self, of: str) -> bool:
        """Whether something was committed."""
        return any(one["of"] == of for one in self.commitments())

    def chained(self, of: str, sha256: str, at: str | None, subject: str | None = None) -> dict[str, Any]:
        """Return the commitments with another at their end.

        Raises:
            FsepError: for a time that is none, or that is before the last.
        """
        chain = self.commitments()
        time = at or now()
        if not _is_time(time):
            raise FsepError(
                f"{visible(time)} is no time of the form that commitments have.",
                advice="Write it in UTC, such as 2026-05-01T09:00:00Z, or leave --at out for now.",
            )
        if chain and instant(str(chain[-1]["time"])) > instant(time):
            raise FsepError(
                f"The last commitment is of {chain[-1]['time']}, later than {time}.",
                advice="Times of commitments go on from one to the next: "
                + ("leave --at out for now." if at else "name a later one with --at, or set the clock."),
            )
        chain.append(
            {
                "of": of,
                **({"subject": subject} if subject else {}),
                "sha256": sha256,
                "previous": commitment_digest(chain[-1]) if chain else None,
                "time": time,
                "proof": {"kind": "self-declared"},
            }
        )
        return {"fsep": self.version, "kind": "commitments", "commitments": chain}

    def commit(self, of: str, sha256: str, at: str | None, subject: str | None = None) -> None:
        """Append a commitment to the chain."""
        self.write_document(COMMITMENTS, self.chained(of, sha256, at, subject))


def put(target: Path, data: bytes, aside: Path | None = None) -> None:
    """Write a file whole or not at all; a link in its place is replaced, and not followed.

    Args:
        target: the file.
        data: its bytes.
        aside: a folder in which it is written first, where that can be; else beside the target. Without it
            the file is for its owner's eyes.

    Raises:
        FsepError: where it cannot be written.
    """
    if target.parent.is_symlink():
        raise FsepError(
            f"{visible(str(target.parent), 200)} is a link, and nothing is written through one.",
            advice="Put a folder in its place.",
        )
    problem: OSError | None = None
    for folder in filter(None, (aside, target.parent)):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _put(target, data, folder, None if aside is None else 0o666 & ~_umask())
        except OSError as error:
            problem = error
        else:
            return
    reason = problem.strerror if problem is not None else None
    raise FsepError(f"{visible(str(target), 200)} cannot be written: {reason or 'the system refuses'}.")


def _put(target: Path, data: bytes, folder: Path, mode: int | None) -> None:
    """Write a file by way of a folder; without a mode its owner alone can read it."""
    scratch, name = tempfile.mkstemp(prefix=".fsep-", dir=folder)
    try:
        with os.fdopen(scratch, "wb") as stream:
            stream.write(data)
        if mode is not None:
            Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink()
        raise


def _umask() -> int:
    """Return what new files are not allowed; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def lines(values: list[dict[str, Any]]) -> bytes:
    """Return JSON Lines."""
    return b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in values)
