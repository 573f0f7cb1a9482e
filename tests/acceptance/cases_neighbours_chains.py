"""Faults right beside what is allowed, and what is allowed right beside them: commitments, their times, the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from typing import Any

from cryptography.x509.oid import ExtendedKeyUsageOID

from acceptance.cases import CASES, Case, Change, fault, near
from acceptance.cases_hostile import Hostile
from acceptance.cases_neighbours import withheld
from fsep.checks.commitments import commitment_digest
from fsep.parsing.canonical import canonical
from parent import authority, chain, commit, settle, stamp
from parent import parent as unrated_parent
from timestamping import GRANTED_WITH_MODS, SHA3_256
from workbench import Workbench

FAILED = "hasty.service.nile.0"


# --- commitments


def _commitments(bench: Workbench) -> list[dict[str, Any]]:
    commitments: list[dict[str, Any]] = bench["commitments.json"]["commitments"]
    return commitments


def _rechain(bench: Workbench) -> None:
    """Chain the commitments after the first, which is time-stamped, anew."""
    for before, one in pairwise(_commitments(bench)):
        one["previous"] = commitment_digest(before)


@fault("FSEP-PRE-002", "a ledger was committed, and the bundle has none")
def _(bench: Workbench) -> None:
    del bench["ledger.jsonl"]


@fault("FSEP-PRE-002", "the ledger that was committed is another one")
def _(bench: Workbench) -> None:
    _commitments(bench)[2]["sha256"] = "0" * 64


@near("FSEP-PRE-003", "a time with a fraction of zero is as late as the same time without one")
def _(bench: Workbench) -> None:
    _commitments(bench)[1]["time"] = "2026-05-05T09:00:10.000Z"
    _commitments(bench)[2]["time"] = "2026-05-05T09:00:10Z"
    _rechain(bench)


@fault("FSEP-PRE-003", "a commitment is earlier than the one before it by a fraction of a second")
def _(bench: Workbench) -> None:
    _commitments(bench)[1]["time"] = "2026-05-05T09:00:10.000000001Z"
    _commitments(bench)[2]["time"] = "2026-05-05T09:00:10Z"
    _rechain(bench)


@fault("FSEP-PRE-004", "the proof of the design's commitment is not in the bundle")
def _(bench: Workbench) -> None:
    del bench["proofs/design.tsr"]


@fault("FSEP-PRE-005", "the first run started at the very time proven for the design")
def _(bench: Workbench) -> None:
    stamp(bench, datetime(2026, 5, 4, 10, 0, 0, tzinfo=UTC))


def _stamped(bench: Workbench, **how: Any) -> None:
    """Time-stamp the design's commitment otherwise than the parent does."""
    message = bytes.fromhex(commitment_digest(_commitments(bench)[0]))
    time = how.pop("time", datetime(2026, 5, 1, 9, 0, 1, tzinfo=UTC))
    bench["proofs/design.tsr"] = authority().stamp(message, time, **how)


@near("FSEP-PRE-005", "the first run started half a second after the time proven for the design")
def _(bench: Workbench) -> None:
    _stamped(bench, time=datetime(2026, 5, 4, 9, 59, 59, tzinfo=UTC), fraction=".5")


@near("FSEP-PRE-004", "the time-stamp holds other certificates beside that of its signer")
def _(bench: Workbench) -> None:
    _stamped(bench, extra=[authority().root])


@fault("FSEP-PRE-004", "the time-stamp was granted with modifications")
def _(bench: Workbench) -> None:
    _stamped(bench, status=GRANTED_WITH_MODS)


@fault(
    "FSEP-PRE-004", "the message imprint of the time-stamp is said to be by another algorithm than SHA-256"
)
def _(bench: Workbench) -> None:
    _stamped(bench, algorithm=SHA3_256)


@fault("FSEP-PRE-004", "the certificate of the time-stamp's signer is for something else than time-stamping")
def _(bench: Workbench) -> None:
    _stamped(bench, leaf=authority().leaf([ExtendedKeyUsageOID.CODE_SIGNING]))


@fault(
    "FSEP-PRE-004", "the certificate of the time-stamp's signer was not valid any more at the time stamped"
)
def _(bench: Workbench) -> None:
    _stamped(bench, leaf=authority().leaf(years=(2020, 2026)))


def sized_proofs() -> Iterator[Hostile]:
    """Yield the cases of proofs about as long as they may be, which are made when they are asked for."""
    for size, accepts in ((1 << 16, True), ((1 << 16) + 1, False)):
        change, steps = _of_size(size)
        why = f"a time-stamp that verifies is {size} bytes long"
        yield Hostile("FSEP-PRE-004", why, change, steps, accepts=accepts)


def _of_size(size: int) -> tuple[Change, list[dict[str, Any]]]:
    """Return a change to a proof of so many bytes, and the steps that fill what it leaves short.

    What fills it is in a certificate beside the signer's, which nothing looks at.
    """
    message = bytes.fromhex(commitment_digest(_commitments(unrated_parent())[0]))
    time = datetime(2026, 5, 1, 9, 0, 1, tzinfo=UTC)

    def stamped(fill: int) -> bytes:
        return authority().stamp(message, time, extra=[authority().filled(b"f" * fill)])

    # A signature takes a byte more or less, so that some sizes are met by no filling.
    about = 60_000 + size - len(stamped(60_000))
    fill, data = next(
        (fill, data) for fill in range(about - 9, about + 9) if len(data := stamped(fill)) == size
    )
    many, rest = divmod(fill, 256)
    steps = [
        {"everywhere": "@fill@", "new": "@part@" * many + "f" * rest},
        {"everywhere": "@part@", "new": "f" * 256},
    ]

    def change(bench: Workbench) -> None:
        bench["proofs/design.tsr"] = data.replace(b"f" * fill, b"@fill@")

    return change, steps


# --- the ledger


def _entries(bench: Workbench) -> list[dict[str, Any]]:
    return [json.loads(line) for line in bench["ledger.jsonl"]]


def _bare(entry: dict[str, Any]) -> dict[str, Any]:
    return {member: value for member, value in entry.items() if member not in ("n", "previous")}


def _rewritten(
    requirement: str, sentence: str, *, base: Case | None = None
) -> Callable[[Callable[[list[dict[str, Any]]], object]], None]:
    """Add a change of a ledger's lines, which are numbered and chained anew, as a case."""

    def add(edit: Callable[[list[dict[str, Any]]], object]) -> None:
        def change(bench: Workbench) -> None:
            entries = [_bare(entry) for entry in _entries(bench)]
            edit(entries)
            bench["ledger.jsonl"] = chain(entries)
            commit(bench)

        CASES.append(Case(requirement, sentence, change=change, base=base))

    return add


def _of(entries: list[dict[str, Any]], what: str, run: str) -> dict[str, Any]:
    return next(entry for entry in entries if (entry["what"], entry["run"]) == (what, run))


def _chained(bench: Workbench, first: int) -> None:
    """Number the lines of the ledger from `first`, each linked to the one before it."""
    lines: list[bytes] = []
    previous = None
    for number, entry in enumerate(_entries(bench), first):
        data = canonical({**entry, "n": number, "previous": previous})
        lines.append(data + b"\n")
        previous = sha256(data).hexdigest()
    bench["ledger.jsonl"] = lines
    commit(bench)


@fault("FSEP-PRV-001", "the lines of the ledger are numbered from 1")
def _(bench: Workbench) -> None:
    _chained(bench, 1)


@fault("FSEP-PRV-001", "the last line of the ledger does not hold the digest of the line before it")
def _(bench: Workbench) -> None:
    line = json.loads(bench["ledger.jsonl"][-1])
    bench["ledger.jsonl"][-1] = json.dumps({**line, "previous": "0" * 64}).encode() + b"\n"
    commit(bench)


@fault("FSEP-PRV-001", "the first line of the ledger holds a digest and not null")
def _(bench: Workbench) -> None:
    entries = _entries(bench)
    first = {**entries[0], "previous": "0" * 64}
    bench["ledger.jsonl"] = [json.dumps(first).encode() + b"\n"]
    bench["ledger.jsonl"] += chain([_bare(entry) for entry in entries])[1:]
    commit(bench)


@_rewritten("FSEP-PRV-002", "the ledger has two starts of a run")
def _(entries: list[dict[str, Any]]) -> None:
    entries.append(_of(entries, "start", "steady.direct.nile.0"))


@_rewritten("FSEP-PRV-002", "the ledger has two ends of a run")
def _(entries: list[dict[str, Any]]) -> None:
    entries.append(_of(entries, "end", "steady.direct.nile.0"))


@_rewritten("FSEP-PRV-002", "a run ends in the ledger before it starts")
def _(entries: list[dict[str, Any]]) -> None:
    end = _of(entries, "end", "steady.direct.nile.0")
    entries.remove(end)
    entries.insert(0, end)


@_rewritten("FSEP-PRV-002", "the ledger has a failed run neither as started nor as ended")
def _(entries: list[dict[str, Any]]) -> None:
    entries[:] = [entry for entry in entries if entry["run"] != FAILED]


@_rewritten("FSEP-PRV-002", "the ledger states another status of a run")
def _(entries: list[dict[str, Any]]) -> None:
    _of(entries, "end", "steady.direct.nile.0")["status"] = "limit-reached"


@_rewritten("FSEP-PRV-002", "the ledger states another digest of a run's events")
def _(entries: list[dict[str, Any]]) -> None:
    _of(entries, "end", "steady.direct.nile.0")["events_sha256"] = "0" * 64


@near("FSEP-PRV-002", "a failed run has no end in the ledger")
def _(bench: Workbench) -> None:
    entries = [entry for entry in _entries(bench) if (entry["what"], entry["run"]) != ("end", FAILED)]
    bench["ledger.jsonl"] = chain([_bare(entry) for entry in entries])
    commit(bench)


def _held(bench: Workbench) -> None:
    bench.run(FAILED)["failure"]["message"] = withheld("The host named in confidence is down.", "string")
    settle(bench)


HELD = near("FSEP-PRV-002", "a message is withheld that nothing needs: why a run failed")(_held)


@_rewritten(
    "FSEP-PRV-002", "the ledger states another status of a run that holds a withheld value", base=HELD
)
def _(entries: list[dict[str, Any]]) -> None:
    _of(entries, "end", FAILED).update(status="completed", events_sha256="0" * 64)


@fault(
    "FSEP-PRE-002", "a run holds a withheld value, and the design that was committed is another", base=HELD
)
def _(bench: Workbench) -> None:
    bench["design.json"]["title"] = "Six other programs"


def _cut(bench: Workbench) -> None:
    for run in bench.runs():
        output = next((event for event in run["events"] if event["kind"] == "output"), None)
        if output is not None:
            output["attempts"] = [
                {"outcome": "cut", "partial": withheld("Yes, and", "string")},
                {"outcome": "server-error"},
                {"outcome": "complete"},
            ]
    settle(bench)


CUT = near("FSEP-ADH-001", "what came of an attempt that was cut is withheld in every run")(_cut)


@_rewritten(
    "FSEP-PRV-002", "the ledger states that a run failed whose events hold a withheld value", base=CUT
)
def _(entries: list[dict[str, Any]]) -> None:
    _of(entries, "end", "steady.react.nile.0").update(status="failed", events_sha256="0" * 64)


@near("FSEP-ADH-001", "a model says `withheld` in a run that failed, and nothing is")
def _(bench: Workbench) -> None:
    outputs = [event for event in bench.run(FAILED)["events"] if event["kind"] == "output"]
    outputs[-1]["content"] = "That is withheld."
    settle(bench)
