"""The published versions of the protocol as values: requirements, schemas and compiled validators."""

from fsep.protocol.data import ProtocolDataError
from fsep.protocol.requirement import FACETS, Requirement
from fsep.protocol.version import Protocol, load
from fsep.protocol.versions import UnknownVersion, VersionInfo, versions

__all__ = [
    "FACETS",
    "Protocol",
    "ProtocolDataError",
    "Requirement",
    "UnknownVersion",
    "VersionInfo",
    "load",
    "versions",
]
