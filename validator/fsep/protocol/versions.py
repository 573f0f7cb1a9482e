"""Which versions of the protocol are known here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from fsep.errors import FsepError, visible
from fsep.protocol import data

Stage = Literal["draft", "candidate", "released", "retired"]


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """A version as `spec/versions.json` lists it; `digest` is that of a released one, else None."""

    version: str
    stage: Stage
    digest: str | None


class UnknownVersion(FsepError):
    """A version that is not known here was asked for; `known` lists those that are."""

    def __init__(self, version: str, known: Iterable[str]) -> None:
        """Name the version and those that are known."""
        self.known = tuple(known)
        listed = ", ".join(self.known) or "none"
        super().__init__(
            f"Version {visible(version)} of the protocol is not known here; known are: {listed}.",
            advice="Name one of the known versions, or install a newer fsep.",
        )


@cache
def read_versions(base: Path) -> tuple[VersionInfo, ...]:
    """Return the versions that the files under a folder define, in their order there."""
    listing = data.read_json(base / data.SPEC / data.VERSIONS)
    return tuple(
        VersionInfo(entry["version"], entry["stage"], entry["digest"]) for entry in listing["versions"]
    )


def versions() -> tuple[VersionInfo, ...]:
    """Return the versions of the protocol that this installation knows."""
    return read_versions(data.root())
