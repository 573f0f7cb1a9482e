"""Working every verdict out again from evidence, without the implementation."""

from __future__ import annotations

from base64 import b64decode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from fsep import protocol
from fsep.errors import visible
from fsep.protocol.schema_errors import is_valid
from fsep_conformance import evidence
from fsep_conformance.cases import Suite
from fsep_conformance.evidence import EvidenceError
from fsep_conformance.judge import OUTCOMES, Claim, Verdict
from fsep_conformance.roles import Judge, judge_of


@dataclass(frozen=True, slots=True)
class Verified:
    """Evidence whose verdicts were derived again: its header and footer, and the verdicts."""

    header: Mapping[str, Any]
    footer: Mapping[str, Any]
    verdicts: Mapping[str, Verdict]
    exchanges: Mapping[str, Mapping[str, Any]]
    sha256: str

    @property
    def counts(self) -> Mapping[str, int]:
        """How many cases ended as each outcome."""
        counts: Mapping[str, int] = self.footer["counts"]
        return counts


def _has_its_digest(exchange: Mapping[str, Any]) -> bool:
    """Look whether an output is the one that came."""
    if exchange["how"] == "suite-error":
        return True
    text: str = exchange["output"]
    try:
        data = b64decode(exchange["output_base64"]) if "output_base64" in exchange else text.encode()
    except ValueError:
        return False
    same = data.decode("utf-8", "replace") == text
    return same and sha256(data).hexdigest() == exchange.get("output_sha256")


def taken(found: Verified) -> list[str]:
    """Return what verdicts rest on that no evidence can show: the word of whoever ran the suite."""
    ways = Counter(one["how"] for one in found.exchanges.values())
    lines = [f"that {ways['timeout']:,} exchanges took too long"] if ways["timeout"] else []
    if ways["suite-error"]:
        lines.append(f"that the suite could not put {ways['suite-error']:,} cases")
    if any(one["code"] is not None for one in found.exchanges.values()):
        lines.append("the exit codes")
    if found.header["implementation"]["role"] == "runner":
        lines.append("what was on the wire, and when")
    else:
        lines.append("that no address was visited but those it says")
    return lines


# What no evidence can show, whatever it holds.
NOT_SHOWN = (
    "who ran the suite, and that the exchanges took place: a whole file can be made up",
    "that the implementation that was run is the one of this name and version",
    "how an implementation behaves on bundles that are not in the suite",
)


def verify(path: Path, suite: Suite) -> Verified:
    """Derive the verdicts of a file of evidence again, and hold them against those that it states.

    Raises:
        EvidenceError: where the file was changed, is of another suite, or a verdict does not follow.
    """
    shown = visible(str(path), 200)
    schema = protocol.load(suite.version)
    header: Mapping[str, Any] = {}
    footer: Mapping[str, Any] = {}
    role = Judge({}, lambda *_: Verdict("suite-error"))
    exchanges: dict[str, Mapping[str, Any]] = {}
    verdicts: dict[str, Verdict] = {}
    for line in evidence.read(path):
        where = f"{shown}, line {line['n'] + 1}"
        if not is_valid(schema, "evidence", line):
            raise EvidenceError(f"{where}: it is not as the schema of evidence says.")
        if line["what"] == "header":
            header = line
            if line["suite"]["sha256"] != suite.sha256:
                theirs, ours = line["suite"]["sha256"][:16], suite.sha256[:16]
                raise EvidenceError(
                    f"{shown} is of another suite: {theirs}… and not {ours}….",
                    advice="Verify it with the version of fsep that it names.",
                )
            role = judge_of(
                line["implementation"]["role"], suite, Claim.of(suite.version, line["implementation"])
            )
        elif line["what"] == "exchange":
            if line["case"] in exchanges:
                raise EvidenceError(f"{where}: the case {line['case']} was exchanged before.")
            if not _has_its_digest(line):
                raise EvidenceError(f"{where}: what came back has another digest than is stated.")
            exchanges[line["case"]] = line
        elif line["what"] == "verdict":
            if line["case"] in verdicts:
                raise EvidenceError(f"{where}: the case {line['case']} has a verdict already.")
            verdict = role.verdict(line["case"], exchanges.get(line["case"]))
            if (verdict.outcome, verdict.why) != (line["outcome"], line["why"]):
                raise EvidenceError(
                    f"{where}: the verdict on {line['case']} does not follow from what came back: "
                    f"it says {line['outcome']}, and what follows is {verdict.outcome}."
                )
            verdicts[line["case"]] = verdict
        else:
            footer = line
    missing = set(role.cases) - verdicts.keys()
    if missing or exchanges.keys() - verdicts.keys():
        raise EvidenceError(
            f"{shown} has no verdict on {min(missing | (exchanges.keys() - verdicts.keys()))}."
        )
    counted = Counter(one.outcome for one in verdicts.values())
    if footer["counts"] != {outcome: counted[outcome] for outcome in OUTCOMES}:
        raise EvidenceError(f"{shown}: the footer counts otherwise than the verdicts do.")
    return Verified(header, footer, verdicts, exchanges, evidence.last_digest(path))
