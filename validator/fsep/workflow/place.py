"""The folder a study is kept in, step by step: packed aside to be surveyed, and written to."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fsep.checks.commitments import commitment_digest
from fsep.errors import FsepError, visible
from fsep.packing import pack
from fsep.packing.files import document_bytes
from fsep.packing.source import Source

COMMITMENTS = "commitments.json"
BLINDING = "blinding.json"
RATERS = "raters.json"


def now() -> str:
    """Return the time, as commitments write it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Workplace:
    """A study's folder, as people author it or packed, and the private one, which is not published."""

    folder: Path
    private: Path | None = None

    def document(self, place: str) -> Mapping[str, Any] | None:
        """Return a document of the folder, None where there is none."""
        with Source(self.folder) as source:
            if place not in source.places:
                return None
            value = source.document(place)
        if not isinstance(value, dict):
            raise FsepError(f"{place} is no object.", advice="`fsep schema show` prints what it has to be.")
        return value

    def has(self, place: str) -> bool:
        """Whether a file is there that a path of the bundle is made from."""
        with Source(self.folder) as source:
            return place in source.places

    def write(self, place: str, data: bytes) -> None:
        """Write a file of the bundle, and remove what stood for it before."""
        with Source(self.folder) as source:
            before = source.places.get(place)
        target = self.folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        if before is not None and before != place:
            (self.folder / before).unlink()

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
            FsepError: where there is none.
        """
        if self.private is None:
            raise FsepError(
                "The private folder is not named.", advice="Name the one that `fsep blind` wrote."
            )
        try:
            return (self.private / BLINDING).read_bytes()
        except OSError as error:
            raise FsepError(
                f"{visible(str(self.private / BLINDING), 200)} cannot be read: {error.strerror}.",
                advice="`fsep blind` writes it; it is kept apart from the bundle until all is rated.",
            ) from None

    def commitments(self) -> list[dict[str, Any]]:
        """Return the commitments so far."""
        document = self.document(COMMITMENTS)
        return [dict(one) for one in document.get("commitments", ())] if document else []

    def committed(self, of: str, subject: str | None = None) -> bool:
        """Whether something was committed."""
        return any(
            one.get("of") == of and (subject is None or one.get("subject") == subject)
            for one in self.commitments()
        )

    def commit(self, of: str, sha256: str, at: str | None, subject: str | None = None) -> None:
        """Append a commitment to the chain."""
        chain = self.commitments()
        time = at or now()
        if chain and str(chain[-1].get("time", "")) > time:
            raise FsepError(
                f"The last commitment is of {chain[-1]['time']}, later than {time}.",
                advice="Times of commitments go on from one to the next; leave --at out for now.",
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
        version = (self.document("bundle.json") or {}).get("fsep", "1.0")
        self.write_document(COMMITMENTS, {"fsep": version, "kind": "commitments", "commitments": chain})


def lines(values: list[dict[str, Any]]) -> bytes:
    """Return JSON Lines."""
    return b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in values)
