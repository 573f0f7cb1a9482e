"""Where the published versions lie: inside an installed package, or at the root of its repository."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from fsep.errors import FsepError

SPEC = "spec"
SCHEMAS = "schemas"
REQUIREMENTS = "requirements.json"
_NO_CHAPTERS = ("ambiguities.md", "errata.md")
VERSIONS = "versions.json"
SCHEMA_ENDING = ".schema.json"


class ProtocolDataError(FsepError):
    """A file of a version of the protocol is missing or unreadable: the installation is damaged."""


@cache
def root() -> Path:
    """Return the folder that holds `spec/` and `schemas/`."""
    package = Path(__file__).resolve().parents[1]
    packaged = package / "_data"
    # In an editable install the package has no data of its own: the files are where they are edited.
    return packaged if packaged.is_dir() else package.parents[1]


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file of the protocol itself, or raise `ProtocolDataError`."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ProtocolDataError(
            f"{path.name} of the protocol is missing.",
            advice="Install fsep again; in its repository, `python -m fsep.maintain.requirements --write`.",
        ) from None
    except OSError:
        raise _damaged(path) from None


def read_json(path: Path) -> Any:
    """Return the value of a JSON file of the protocol itself, or raise `ProtocolDataError`."""
    try:
        return json.loads(read_bytes(path))
    except ValueError:
        raise _damaged(path) from None


def _damaged(path: Path) -> ProtocolDataError:
    return ProtocolDataError(f"{path.name} of the protocol cannot be read.", advice="Install fsep again.")


def chapters(base: Path, version: str) -> list[Path]:
    """Return the chapters of a version in the order of their names; what changes no verdict is none."""
    return sorted(path for path in (base / SPEC / version).glob("*.md") if path.name not in _NO_CHAPTERS)


def schema_files(base: Path, version: str) -> dict[str, Path]:
    """Return the schema files of a version by the name of the schema, in the order of the names."""
    found = (base / SCHEMAS / version).glob(f"*{SCHEMA_ENDING}")
    return {path.name.removesuffix(SCHEMA_ENDING): path for path in sorted(found)}


def files(base: Path, version: str) -> Iterator[tuple[str, Path]]:
    """Yield everything a version is made of, as (path from the root, file)."""
    for chapter in chapters(base, version):
        yield f"{SPEC}/{version}/{chapter.name}", chapter
    yield f"{SPEC}/{version}/{REQUIREMENTS}", base / SPEC / version / REQUIREMENTS
    for schema in schema_files(base, version).values():
        yield f"{SCHEMAS}/{version}/{schema.name}", schema
