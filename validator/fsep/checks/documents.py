"""Reading the documents of a bundle (FSEP-DOC, FSEP-REF-001): each is kept, or kept out with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from fsep import limits, protocol
from fsep.bundle import Bundle, BundleError
from fsep.checks.container import MANIFEST
from fsep.checks.study import Document, Listed
from fsep.findings import Collector, Place, Problem
from fsep.parsing import json
from fsep.parsing.position import locate
from fsep.parsing.problem import ParseError
from fsep.parsing.refusal import crowded
from fsep.protocol import Protocol

Valid = Callable[[str, Any], bool]


class Unusable(Exception):
    """A document or line failed a requirement, which is already in the collector."""

    def __init__(self, requirement: str) -> None:
        """Name the requirement."""
        super().__init__(requirement)
        self.requirement = requirement


def parse(requirement: str, path: str, line: int | None, data: bytes, collector: Collector) -> Any:
    """Parse strict JSON, or raise Unusable under the requirement given."""
    full = line is not None and collector.full(requirement, path, line)
    try:
        # No shorter text can hold so many.
        if len(data) > limits.VALUES and (error := crowded(data)) is not None:
            raise error
        return json.parse(data, explain=not full)
    except ParseError as error:
        if full:
            collector.counted(requirement)
            raise Unusable(requirement) from None
        place = Place(path, line if line is not None else error.line, error.column)
        collector.failed(requirement, Problem(error.message, place))
        raise Unusable(requirement) from None


class Reader:
    """Reads documents and records of one protocol version, writing what is wrong to a collector."""

    def __init__(self, version: Protocol, collector: Collector, *, reference: bool = False) -> None:
        """Choose the engine: the compiled one decides, or with `reference` the `jsonschema` library does."""
        self.protocol = version
        self.collector = collector
        self._reference = reference
        self._valid: dict[str, Callable[[Any], bool]] = {}

    def valid(self, schema: str, value: Any) -> bool:
        """Whether a value is valid."""
        judge = self._valid.get(schema)
        if judge is None:
            version = self.protocol
            judge = self._valid[schema] = (
                version.reference_validator(schema) if self._reference else version.validator(schema)
            ).is_valid
        return judge(value)

    def check_schema(self, schema: str, value: Any, path: str, line: int | None, data: bytes) -> None:
        """Hold a value to its schema, or raise Unusable."""
        if self.valid(schema, value):
            self.collector.passed("FSEP-DOC-002")
            return
        if line is not None and self.collector.full("FSEP-DOC-002", path, line):
            self.collector.counted("FSEP-DOC-002")
            raise Unusable("FSEP-DOC-002")
        from fsep.protocol.schema_errors import explain  # noqa: PLC0415 - the reference engine is slow to load

        # Of one value the first reason is given: the others often follow from it.
        for problem in explain(self.protocol, schema, value)[:1]:
            row, column = locate(data, problem.pointer, key=problem.key is not None)
            message = f"not a valid {schema}: {problem.message}"
            self.collector.failed(
                "FSEP-DOC-002",
                Problem(message, Place(path, line if line is not None else row, column, problem.pointer)),
            )
            raise Unusable("FSEP-DOC-002")
        # The engines disagree: the fast one decides, and says no more than that.
        self.collector.failed("FSEP-DOC-002", Problem(f"not a valid {schema}", Place(path, line)))
        raise Unusable("FSEP-DOC-002")

    def document(self, listed: Listed, data: bytes) -> Document:
        """Read one document, or raise Unusable."""
        value = parse("FSEP-DOC-001", listed.path, None, data, self.collector)
        self.collector.passed("FSEP-DOC-001")
        version = value.get("fsep") if isinstance(value, dict) else None
        if isinstance(version, str) and version != self.protocol.version:
            place = Place(listed.path, *locate(data, "/fsep"), "/fsep")
            self.collector.failed(
                "FSEP-DOC-003",
                Problem(
                    "the document names another version than the manifest",
                    place,
                    found=version,
                    expected=self.protocol.version,
                ),
            )
            raise Unusable("FSEP-DOC-003")
        self.check_schema(listed.role, value, listed.path, None, data)
        self.collector.passed("FSEP-DOC-003")
        return Document(listed.path, listed.role, value, data)


def requirement_of(error: BundleError) -> str:
    """Return the requirement that a document fails which cannot be read whole."""
    return "FSEP-DOC-001" if error.kind == "limit" else "FSEP-BND-003"


def read_manifest(bundle: Bundle, collector: Collector) -> tuple[Document, Protocol]:
    """Read the manifest and load the version of the protocol it names, or raise Unusable."""
    try:
        data = bundle.read(MANIFEST, limits.DOCUMENT_BYTES)
    except BundleError as error:
        requirement = requirement_of(error)
        collector.failed(requirement, Problem(str(error), Place(MANIFEST)))
        raise Unusable(requirement) from None
    value = parse("FSEP-DOC-001", MANIFEST, None, data, collector)
    named = value.get("fsep") if isinstance(value, dict) else None
    known = [version.version for version in protocol.versions()]
    if named not in known:
        place = Place(MANIFEST, *locate(data, "/fsep"), "/fsep")
        collector.failed(
            "FSEP-DOC-003",
            Problem(
                "the manifest names no version of the protocol that is known here",
                place,
                found=named,
                expected=" or ".join(known),
            ),
        )
        raise Unusable("FSEP-DOC-003")
    reader = Reader(protocol.load(str(named)), collector)
    reader.check_schema("bundle", value, MANIFEST, None, data)
    collector.passed("FSEP-DOC-001")
    collector.passed("FSEP-DOC-003")
    # That it is valid says that it is an object.
    return Document(MANIFEST, "bundle", cast(Mapping[str, Any], value), data), reader.protocol


def by_role(
    documents: Iterable[Document], broken: dict[str, str], collector: Collector
) -> dict[str, dict[str, Document]]:
    """Sort documents by role and id; those that do not stand under their id are kept out."""
    sorted_: dict[str, dict[str, Document]] = {}
    for document in documents:
        if document.role not in ("scaffold", "system", "simulator", "environment"):
            sorted_.setdefault(document.role, {})[document.path] = document
            continue
        id_ = document.value["id"]
        expected = f"{document.path.partition('/')[0]}/{id_}.json"
        if document.path != expected:
            collector.failed(
                "FSEP-REF-001",
                Problem(
                    "the document is not stored under its id",
                    document.place("/id"),
                    found=document.path,
                    expected=expected,
                ),
            )
            broken[document.path] = "FSEP-REF-001"
        else:
            collector.passed("FSEP-REF-001")
            sorted_.setdefault(document.role, {})[id_] = document
    return sorted_


def place_in(line: int, data: bytes, pointer: str, path: str) -> Place:
    """Return the place of a value in a line of a JSON Lines file."""
    return Place(path, line, None, pointer, data)
