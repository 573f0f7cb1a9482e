"""Document digests and program digests of the things a bundle holds (spec/1.0/02-documents.md, "Digests")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any

from fsep.parsing.canonical import digest
from fsep.scaffold.program import with_defaults

# Members of a design that fix nothing.
_DESIGN_PROSE = frozenset(("fsep", "title", "description", "extensions"))


def document_digest(document: Mapping[str, Any]) -> str:
    """Return the digest of the canonical form of all of a document."""
    return digest(dict(document))


def program_digest(document: Mapping[str, Any]) -> str:
    """Return the program digest of a document of a kind that has one, told apart by `kind`.

    Raises:
        KeyError: for a document of another kind, which has none.
    """
    return digest(covered(document))


def covered(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the program digest of a scaffold, simulator, environment or design covers.

    Raises:
        KeyError: for a document of another kind, which has none.
    """
    return _COVERED[document["kind"]](document)


def item_digest(item: Mapping[str, Any]) -> str:
    """Return the program digest of one item."""
    return digest(covered_of_item(item))


def covered_of_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the program digest of an item covers."""
    return {member: item[member] for member in ("id", "fields", "cluster") if member in item}


def items_digest(digests: Iterable[str]) -> str:
    """Return the program digest of items, from those of each in the order of the file."""
    whole = sha256()
    for one in digests:
        whole.update(bytes.fromhex(one))
    return whole.hexdigest()


_COVERED: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "scaffold": lambda document: with_defaults(document["program"]),
    "simulator": lambda document: {"model": document["model"]},
    "environment": lambda document: {
        member: document[member] for member in ("version", "tools", "implementation") if member in document
    },
    "rubric": lambda document: {member: document[member] for member in ("packets", "dimensions")},
    "design": lambda document: {
        member: value for member, value in document.items() if member not in _DESIGN_PROSE
    },
}
