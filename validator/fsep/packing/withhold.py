"""Withholding: from a private bundle to the public one, and the openings that stay private."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fsep import limits
from fsep.bundle.expand import compressed
from fsep.checks.container import DOCUMENT_ROLES, role_of
from fsep.credentials import credentials, shaped, suspicious
from fsep.errors import FsepError, visible
from fsep.packing.files import record_bytes
from fsep.packing.openings import OpeningsWriter
from fsep.packing.packed import LINES, Heads, Packed
from fsep.packing.policy import Policy, read_policy
from fsep.packing.quotes import Quotes, worth
from fsep.packing.writer import BundleWriter
from fsep.parsing.walk import texts
from fsep.withholding import (
    SALT_BYTES,
    Slot,
    blobs_of,
    commitment,
    holds_withheld,
    is_withheld,
    item_slots,
    kind_of,
    run_slots,
)

BLOBS = "blobs/"
CREDENTIAL = "it holds a credential"


@dataclass(frozen=True, slots=True)
class Withheld:
    """What was withheld.

    `reasons` counts values by the reason given, `withdrawn` of how many runs no opening was kept; `holding`
    of `runs` hold a withheld value; `blobs` were left out; `extensions` counts those published, which nobody
    can withhold; `quotes` tells of published texts that hold a withheld one.
    """

    bundle_sha256: str
    files: int
    reasons: Mapping[str, int]
    withdrawn: int
    holding: int
    runs: int
    blobs: int
    extensions: int
    quotes: Quotes

    @property
    def values(self) -> int:
        """How many values were withheld."""
        return sum(self.reasons.values())


def withhold(bundle: Path, policy: Path, out: Path, openings: Path) -> Withheld:
    """Derive the public bundle from a private one.

    Args:
        bundle: the private bundle, packed and intact.
        policy: a file that says what is published; all else that may be withheld is.
        out: the public bundle to write.
        openings: the private file to write what the commitments stand for.

    Raises:
        FsepError: where something cannot be read, published or written; nothing is left behind then.
    """
    if out.resolve().is_relative_to(bundle.resolve()):
        raise FsepError(
            f"{visible(str(out), 200)} lies in the bundle that it is made from.",
            advice="Write the public bundle elsewhere.",
        )
    with Packed(bundle) as private:
        rules = read_policy(policy, private.protocol)
        with OpeningsWriter(openings, (bundle, out)) as kept, BundleWriter(out) as writer:
            work = _Withholding(private, rules, writer, kept)
            work.run()
            kept.flush()
            made = writer.finish(private.head)
            kept.finish()
        return Withheld(
            made.bundle_sha256,
            made.files,
            dict(sorted(work.reasons.items())),
            len(rules.withdrawn),
            len(work.holding),
            len(work.runs),
            work.left_out,
            work.extensions,
            work.quotes,
        )


class _Withholding:
    """One derivation of a public bundle."""

    def __init__(self, private: Packed, policy: Policy, writer: BundleWriter, kept: OpeningsWriter) -> None:
        self.private, self.policy, self.writer, self.kept = private, policy, writer, kept
        self.reasons: Counter[str] = Counter()
        self.runs: set[str] = set()
        self.holding: set[str] = set()
        self.referred: set[str] = set()
        self.left_out = self.extensions = 0
        self.quotes = Quotes()

    def run(self) -> None:
        """Write every file but the manifest."""
        for run in sorted(self.policy.withdrawn):
            self.kept.withdrawn(run)
        _refuse_credentials("bundle.json", self.private.head, names=True)
        paths = self.private.paths
        # Blobs come last: which of them are published depends on the texts that are.
        for path in sorted(paths, key=lambda path: path.startswith(BLOBS)):
            role = str(role_of(path))
            if role in LINES:
                self.writer.stream(path, compressed(path, self._lines(path)))
            elif role == "blob":
                self._blob(path)
            else:
                if role in DOCUMENT_ROLES:
                    _refuse_credentials(path, self.private.document(path), names=True)
                self.writer.stream(path, self.private.chunks(path))
        self._all_met()

    def _lines(self, path: str) -> Iterator[bytes]:
        heads = Heads()
        for number, data, record in self.private.lines(path):
            where = f"{path}, line {number}"
            if role_of(path) == "items":
                hidden, _ = self._replace(path, number, item_slots(record))
                self.quotes.keep(record["id"], {text for value in hidden for text in worth(value)})
            else:
                head = heads.of(record, where)
                hidden, published = self._replace(path, number, run_slots(head, record))
                self._count(head, record)
                sought = {text for value in hidden for text in worth(value)}
                self.quotes.look(path, number, head["item"], sought, published)
            written = record_bytes(where, record) if hidden else data + b"\n"
            self.extensions += _extensions(record)
            if suspicious(written):
                _refuse_credentials(where, record, names=False)
            for pointer, inner in _with_names(record):
                _refuse_credentials(where, inner, pointer, names=True)
            yield written

    def _count(self, head: Mapping[str, Any], record: Mapping[str, Any]) -> None:
        self.runs.add(head["run"])
        if holds_withheld(run_slots(head, record)):
            self.holding.add(head["run"])
        self.referred.update(blobs_of(record))

    def _replace(
        self, path: str, line: int, slots: Iterator[Slot]
    ) -> tuple[list[Any], list[tuple[str, str]]]:
        """Replace what is not published; return it, and with their pointers the texts that are."""
        hidden: list[Any] = []
        published: list[tuple[str, str]] = []
        for slot in slots:
            kind = kind_of(slot.value)
            if kind is None or is_withheld(slot.value):
                continue
            reason = self._reason(slot)
            if reason is None:
                # The texts of content parts come as places of their own.
                if slot.key != "content" or isinstance(slot.value, str):
                    published += [(here, text) for here, _, text in texts(slot.value, slot.pointer)]
                continue
            salt = secrets.token_bytes(SALT_BYTES)
            if slot.traits.get("run") not in self.policy.withdrawn:
                self.kept.opening(path, line, slot.pointer, salt, slot.value)
            stands_for = {"commitment": commitment(salt, slot.value), "kind": kind, "reason": reason}
            hidden.append(slot.value)
            slot.holder[slot.key] = {"withheld": stands_for}
            self.reasons[reason] += 1
        return hidden, published

    def _reason(self, slot: Slot) -> str | None:
        """Return why a value is withheld, None for one that is published."""
        reason = self.policy.reason_to_withhold(slot.traits)
        if reason is None and isinstance(slot.value, list) and slot.key == "content":
            # Reasoning in a blob has no text that could be withheld alone.
            kept = any(part["type"] == "reasoning" and "blob" in part for part in slot.value)
            if kept:
                reason = self.policy.reason_to_withhold({**slot.traits, "value": "reasoning"})
        if reason is None and next(credentials(slot.value, names=False), None) is not None:
            reason = CREDENTIAL
        return reason

    def _blob(self, path: str) -> None:
        if path.removeprefix(BLOBS) not in self.referred:
            self.left_out += 1
            return
        self.writer.stream(path, self._checked(path))

    def _checked(self, path: str) -> Iterator[bytes]:
        """Yield a blob; refuse one that is a text with a credential."""
        held: list[bytes] = []
        size = 0
        for chunk in self.private.chunks(path):
            size += len(chunk)
            # A longer one is no text that a run may refer to.
            if size > limits.DOCUMENT_BYTES:
                held.clear()
            else:
                held.append(chunk)
            yield chunk
        try:
            text = b"".join(held).decode()
        except UnicodeDecodeError:
            return
        if shaped(text):
            raise _credential(path, "the text has the shape of a credential")

    def _all_met(self) -> None:
        """Refuse a policy that names what is not there: by a misspelling something would be published."""
        faults = [
            *self.policy.misspelt(),
            *(
                f"`withdrawn` names the run {visible(run)!r}, and there is none"
                for run in sorted(self.policy.withdrawn - self.runs)
            ),
        ]
        for fault in faults:
            raise FsepError(f"The policy is not met: {fault}.", advice="Correct the name, or take it out.")


def _with_names(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield where members are looked at by name too, as the chapter on the bundle says."""
    yield "/extensions", record.get("extensions", {})
    for place, event in enumerate(record.get("events", ())):
        for member in ("parameters", "extensions"):
            if event.get(member):
                yield f"/events/{place}/{member}", event[member]


def _extensions(record: Mapping[str, Any]) -> int:
    return sum(bool(one.get("extensions")) for one in (record, *record.get("events", ())))


def _refuse_credentials(where: str, value: Any, pointer: str = "", *, names: bool) -> None:
    for place, how in credentials(value, pointer, names=names):
        raise _credential(f"{where}, at {visible(place, 120)}", how)


def _credential(where: str, how: str) -> FsepError:
    return FsepError(
        f"{where}: a credential, which is not published: {how}.",
        advice="Revoke it where it was issued, and take it out of the private bundle.",
    )
