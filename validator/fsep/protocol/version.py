"""A version of the protocol as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fsep.parsing.canonical import digest, sha256_hex
from fsep.protocol import data
from fsep.protocol.requirement import Requirement
from fsep.protocol.versions import Stage, UnknownVersion, read_versions

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

    from fsep.protocol.reference import ReferenceValidator


@dataclass(frozen=True, slots=True)
class Protocol:
    """A version: its requirements, its schemas, and the validators compiled from them.

    Only `version`, `stage` and the folder the files lie under are held; the rest is read when it is first
    asked for, once in a process, so that a version is cheap to load and to send to another process.
    """

    version: str
    stage: Stage
    base: Path

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON of {path: SHA-256 of the file} for all files of the version."""
        return _digest(self)

    @property
    def requirements(self) -> Mapping[str, Requirement]:
        """The requirements by id, in the order of the ids."""
        return _requirements(self)

    @property
    def schema_names(self) -> tuple[str, ...]:
        """The names of the schemas, sorted."""
        return tuple(_schemas(self))

    def schema(self, name: str) -> Mapping[str, Any]:
        """Return a schema by its name, which is that of its file without `.schema.json`.

        Raises:
            KeyError: for a name that is not among `schema_names`.
        """
        return _schemas(self)[name]

    def validator(self, name: str) -> Draft202012Validator:
        """Return the compiled validator of a schema: the one that decides."""
        return _validator(self, name)

    def reference_validator(self, name: str) -> ReferenceValidator:
        """Return the `jsonschema` validator of a schema: slow, and able to explain."""
        return _reference_validator(self, name)


def load(version: str) -> Protocol:
    """Return a version of the protocol.

    Raises:
        UnknownVersion: when it is not among `versions()`.
    """
    return read_protocol(data.root(), version)


def read_protocol(base: Path, version: str) -> Protocol:
    """Return the version that the files under a folder define, or raise `UnknownVersion`."""
    known = read_versions(base)
    for one in known:
        if one.version == version:
            return Protocol(version, one.stage, base)
    raise UnknownVersion(version, (one.version for one in known))


@cache
def _digest(protocol: Protocol) -> str:
    files = data.files(protocol.base, protocol.version)
    return digest({path: sha256_hex(data.read_bytes(file)) for path, file in files})


@cache
def _requirements(protocol: Protocol) -> Mapping[str, Requirement]:
    path = protocol.base / data.SPEC / protocol.version / data.REQUIREMENTS
    entries = data.read_json(path)["requirements"]
    return MappingProxyType({entry["id"]: Requirement(protocol.version, **entry) for entry in entries})


@cache
def _schemas(protocol: Protocol) -> Mapping[str, Mapping[str, Any]]:
    files = data.schema_files(protocol.base, protocol.version)
    return MappingProxyType({name: data.read_json(path) for name, path in files.items()})


# The engines are imported where they are first needed: together they take a tenth of a second.


@cache
def _validator(protocol: Protocol, name: str) -> Draft202012Validator:
    from fsep.protocol.fast import fast  # noqa: PLC0415 - see above

    return fast(_schemas(protocol), name)


@cache
def _reference_validator(protocol: Protocol, name: str) -> ReferenceValidator:
    from fsep.protocol.reference import reference  # noqa: PLC0415 - see above

    return reference(_schemas(protocol), name)
