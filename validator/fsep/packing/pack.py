"""Packing: from a folder that people author to a bundle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from fsep import protocol
from fsep.checks.container import DOCUMENT_ROLES, MANIFEST, role_of
from fsep.digests import item_digest, items_digest, program_digest
from fsep.errors import FsepError, visible
from fsep.packing.files import record_bytes
from fsep.packing.lock import BOUND, lock
from fsep.packing.source import ITEMS, Source
from fsep.packing.writer import BundleWriter, PackSummary

DESIGN = "design.json"


def pack(source: Path, out: Path, *, instead: Mapping[str, bytes | None] | None = None) -> PackSummary:
    """Make a bundle of an authored folder.

    Documents in YAML or JSON become strict JSON, digests that the design does not state are written into it,
    and the manifest lists every file. Transcripts, ledger, blobs and proofs go in as they are. The same
    folder makes the same bytes; where anything is refused, nothing is written.

    Args:
        source: a folder in the layout of a bundle, documents as .yaml, .yml or .json, items as items.yaml
            (a list) or items.jsonl.
        instead: files by their path in the bundle that go in as they are, beside what is authored or in the
            place of it; None leaves out what is authored.
        out: the bundle to write: a folder, or an archive where the name ends in `.zip`.

    Raises:
        FsepError: where something cannot be packed, with what to do about it.
    """
    if out.resolve().is_relative_to(source.resolve()):
        raise FsepError(
            f"{visible(str(out), 200)} lies in the folder that is to be packed.",
            advice="Write the bundle elsewhere.",
        )
    with Source(source) as authored:
        for place in (MANIFEST, DESIGN, ITEMS):
            if place not in authored.places:
                raise FsepError(
                    f"There is no {_yaml(place)} in {visible(str(source), 200)}.",
                    advice="`fsep init` begins a folder with all that is needed.",
                )
        head = authored.document(MANIFEST)
        version = protocol.load(_version(head, authored.places[MANIFEST]))
        with BundleWriter(out) as writer:
            _Packing(authored, writer, version, dict(instead or {})).run()
            head = {**head, "files": writer.files}
            authored.hold(version, "bundle", head, authored.places[MANIFEST])
            return writer.finish(head)


class _Packing:
    """One packing of one folder."""

    def __init__(
        self,
        authored: Source,
        writer: BundleWriter,
        version: protocol.Protocol,
        instead: Mapping[str, bytes | None],
    ) -> None:
        self.authored, self.writer, self.protocol, self.instead = authored, writer, version, instead
        self.rubric: str | None = None
        self.digests: dict[tuple[str, str], str] = {}
        self.items: list[str] = []

    def run(self) -> None:
        for place in self.authored.places:
            role = role_of(place)
            if place in (MANIFEST, DESIGN) or place in self.instead:
                continue
            if role in DOCUMENT_ROLES:
                self.document(place, role)
            elif place == ITEMS:
                self.writer.stream(place, self.item_lines())
            else:
                self.writer.stream(place, self.authored.chunks(place))
        for place, data in self.instead.items():
            if data is not None:
                self.writer.stream(place, [data])
        # The design comes last, since it fixes the others by their digests.
        name = self.authored.places[DESIGN]
        design = self.authored.document(DESIGN)
        if not isinstance(design, dict):
            raise FsepError(f"{name} is no object.", advice="`fsep schema show design` prints the schema.")
        made = lock(
            design, self.digests, items_digest(self.items), len(self.items), name, rubric_sha256=self.rubric
        )
        self.authored.hold(self.protocol, "design", made, name)
        self.writer.document(DESIGN, made)

    def document(self, place: str, role: str) -> None:
        name = self.authored.places[place]
        value = self.authored.document(place)
        self.authored.hold(self.protocol, role, value, name)
        if role in (*BOUND, "system") and PurePosixPath(place).stem != value["id"]:
            raise FsepError(
                f"{visible(name, 200)} holds the {role} {value['id']!r}, and is named otherwise.",
                advice="A document is stored under its id: rename the file, or give it the id of its name.",
            )
        if role in BOUND:
            self.digests[role, value["id"]] = program_digest(value)
        if role == "rubric":
            self.rubric = program_digest(value)
        self.writer.document(place, value)

    def item_lines(self) -> Iterator[bytes]:
        for where, line, value in self.authored.items():
            self.authored.hold(self.protocol, "item", value, where)
            self.items.append(item_digest(value))
            yield record_bytes(ITEMS, value) if line is None else line + b"\n"


def _version(head: Any, name: str) -> str:
    if not isinstance(head, dict) or not isinstance(head.get("fsep"), str):
        known = ", ".join(version.version for version in protocol.versions())
        raise FsepError(
            f"{name} does not say in `fsep` which version of the protocol it is written in.",
            advice=f'Add a line such as fsep: "{known}".',
        )
    return str(head["fsep"])


def _yaml(place: str) -> str:
    return place.partition(".")[0] + ".yaml"
