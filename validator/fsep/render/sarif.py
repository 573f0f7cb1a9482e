"""Reports as a log of SARIF 2.1.0, which code scanning services and editors read: a run a bundle.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", errata 01. Places are
relative to the bundle, under the base id `BUNDLE`, so that they mean the same wherever the bundle lies.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from fsep import limits
from fsep.findings import Finding, Outcome, Report
from fsep.protocol import Requirement
from fsep.render.json import printable
from fsep.render.layout import counted, listed
from fsep.render.place import entry, is_located
from fsep.render.safe import safe, veiled
from fsep.render.style import Style
from fsep.render.subject import Known, facet_of, level_of, requirements

Object = dict[str, Any]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_BUNDLE, _ROOT = "BUNDLE", "SRCROOT"
# What the command ends with for one bundle; of several the worst decides, and options may sharpen it.
EXIT_CODES = {"conforms": 0, "does-not-conform": 1, "incomplete": 3}
_NOTES = {
    Outcome.NOT_CHECKED: "A requirement could not be checked.",
    Outcome.WITHHELD: "A requirement needs values that are withheld.",
}
_NOTED = tuple(_NOTES)


def render(reports: Sequence[Report], style: Style | None = None, *, several: bool = False) -> str:
    """Return one log; its runs are the reports."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report) for report in reports]}
    return printable(json.dumps(_veiled(log), ensure_ascii=False, indent=2)) + "\n"


def _run(report: Report) -> Object:
    known = requirements(report)
    index = {id_: place for place, id_ in enumerate(_ids(report, known))}
    return {
        "tool": {
            "driver": {
                "name": report.tool["name"],
                "version": report.tool["version"],
                "rules": [_rule(id_, known.get(id_)) for id_ in index],
                "notifications": [
                    {"id": outcome.value, "shortDescription": {"text": text}}
                    for outcome, text in _NOTES.items()
                ],
            }
        },
        # Services keep the runs of one tool apart by it: each bundle has its own.
        "automationDetails": {"id": f"fsep/{safe(str(report.bundle['path']), limits.TEXT_VALUE)}/"},
        "originalUriBaseIds": _bases(str(report.bundle["path"])),
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, known, index)],
        "results": _results(report, known, index),
        "properties": _properties(report),
    }


def _ids(report: Report, known: Known) -> Iterable[str]:
    """Return what a bundle is held to, then what else the report speaks of; each once."""
    ids = [id_ for id_, one in known.items() if one.tested == "from-the-bundle"]
    ids += [one.requirement for one in report.outcomes]
    ids += [one.requirement for one in report.findings]
    return dict.fromkeys(ids)


def _rule(id_: str, requirement: Requirement | None) -> Object:
    if requirement is None:
        return {"id": id_}
    mend = requirement.mend or "Bring the bundle in line with the sentence above."
    help_ = f"{mend} See {requirement.link}, or run `fsep explain {id_}`."
    return {
        "id": id_,
        "shortDescription": {"text": _text(requirement.text)},
        "help": {"text": _text(help_)},
        "defaultConfiguration": {"level": requirement.severity},
        "properties": {
            "tags": [one for one in (requirement.facet, requirement.actor) if one != "-"],
            "specification": requirement.link,
        },
    }


def _bases(path: str) -> Object:
    """Return what `BUNDLE` stands for: a folder under the one the command was called in, or elsewhere."""
    described = _text(f"The bundle {safe(path, limits.TEXT_VALUE)}; of a zip archive, its root.")
    bundle: Object = {"description": {"text": described}}
    bases: Object = {_BUNDLE: bundle}
    pure = PurePath(path)
    if not pure.is_absolute() and not pure.drive and ".." not in pure.parts:
        # An absolute place of one machine says nothing on another, and is left out.
        bundle |= {"uri": f"{_quoted(pure.as_posix())}/", "uriBaseId": _ROOT}
        bases[_ROOT] = {"description": {"text": "The folder in which the command was called."}}
    return bases


def _quoted(path: str) -> str:
    """Percent-encode all that is not plain in a relative path; it can name no scheme and no host."""
    path = veiled(path)
    return quote(path.encode("utf-8", "surrogateescape" if _from_system(path) else "surrogatepass"), safe="/")


def _from_system(path: str) -> bool:
    """Whether lone surrogates in a path, if any, stand for bytes of a name that is no UTF-8."""
    return all("\udc80" <= one <= "\udcff" for one in path if "\ud800" <= one <= "\udfff")


def _invocation(report: Report, known: Known, index: Mapping[str, int]) -> Object:
    missed = [facet for facet in report.asked if report.facets[facet].status != "reached"]
    says = f"not reached: {listed(missed)}" if missed else f"at {listed(report.asked)}"
    return {
        "executionSuccessful": True,
        "exitCode": EXIT_CODES[report.verdict],
        "exitCodeDescription": f"{report.verdict}, {safe(says)}; the code of this bundle alone",
        "toolExecutionNotifications": [
            {
                "descriptor": {"id": one.outcome.value, "index": _NOTED.index(one.outcome)},
                "associatedRule": {"id": one.requirement, "index": index[one.requirement]},
                "level": "warning" if facet_of(one.requirement, known, report) in report.asked else "note",
                "message": {
                    "text": _text(
                        f"{one.requirement}: {'; '.join(one.reasons) or _NOTES[one.outcome]}",
                        limits.TEXT_MESSAGE,
                    )
                },
            }
            for one in report.outcomes
            if one.outcome in _NOTES
        ],
    }


def _results(report: Report, known: Known, index: Mapping[str, int]) -> list[Object]:
    met: Counter[str] = Counter()
    results = []
    for finding in report.findings:
        mark = _fingerprint(finding)
        met[mark] += 1
        results.append(
            {
                "ruleId": finding.requirement,
                "ruleIndex": index[finding.requirement],
                "level": level_of(finding, known, report),
                "message": {"text": _message(finding)},
                "locations": [_location(finding)],
                "occurrenceCount": finding.count,
                # The second name is the only one that GitHub's code scanning looks at.
                "partialFingerprints": dict.fromkeys(
                    ("fsepFinding/v1", "primaryLocationLineHash"), f"{mark}:{met[mark]}"
                ),
                "properties": _values(finding, facet_of(finding.requirement, known, report)),
                **_standing(finding, report),
            }
        )
    return results


def _standing(finding: Finding, report: Report) -> Object:
    """Return what a waiver or a baseline says of a finding; nothing where there are none."""
    standing: Object = {}
    if report.compared is not None:
        standing["baselineState"] = "unchanged" if finding.known else "new"
    if finding.waived and finding.waiver is not None:
        reason = f"{finding.waiver.reason} ({finding.waiver.owner}, until {finding.waiver.expires})"
        standing["suppressions"] = [{"kind": "external", "justification": _text(reason, limits.TEXT_MESSAGE)}]
    return standing


def _fingerprint(finding: Finding) -> str:
    """Return what makes a finding the same one in another report: not its line, which shifts."""
    parts = [finding.requirement, finding.path, finding.pointer, finding.message]
    return sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _message(finding: Finding) -> str:
    more = f" (and {counted(finding.count - 1, 'more place')} like it)" if finding.count > 1 else ""
    lines = [_text(finding.message, limits.TEXT_MESSAGE) + more]
    for label, value in (("Found", finding.found), ("Expected", finding.expected), ("Mend", finding.hint)):
        if value:
            lines.append(f"{label}: {_text(value, limits.TEXT_MESSAGE)}")
    return "\n".join(lines)


def _text(text: str, limit: int | None = None) -> str:
    """Return foreign text as a plain text message, in which it is no link and no placeholder."""
    return safe(text, limit).replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _location(finding: Finding) -> Object:
    physical: Object = {"artifactLocation": {"uri": _quoted(entry(finding)), "uriBaseId": _BUNDLE}}
    if is_located(finding):
        physical["region"] = {"startLine": finding.line}
        if finding.column is not None:
            physical["region"]["startColumn"] = finding.column
    location: Object = {"physicalLocation": physical}
    if finding.pointer:
        location["logicalLocations"] = [
            {"fullyQualifiedName": safe(finding.pointer, limits.TEXT_MESSAGE), "kind": "value"}
        ]
    return location


def _values(finding: Finding, facet: str) -> Object:
    """Return what a finding holds beyond what SARIF has a place for."""
    values = {
        "facet": None if facet == "-" else facet,
        "path": finding.path,
        "pointer": finding.pointer,
        "found": finding.found,
        "expected": finding.expected,
    }
    return {name: value for name, value in values.items() if value is not None}


def _properties(report: Report) -> Object:
    """Return what a report says of the bundle as a whole."""
    return {
        "verdict": report.verdict,
        "asked": list(report.asked),
        "facets": {name: facet.status for name, facet in report.facets.items()},
        "provenance": report.provenance["grade"],
        "protocol": dict(report.protocol),
        "bundle": dict(report.bundle),
        "established": {name: list(lines) for name, lines in report.established.items()},
        "notListed": dict(report.not_listed),
    }


def _veiled(value: Any) -> Any:
    """Return a value in which no text shows what has the shape of a credential."""
    if isinstance(value, str):
        return veiled(value)
    if isinstance(value, dict):
        return {name: _veiled(one) for name, one in value.items()}
    return [_veiled(one) for one in value] if isinstance(value, list) else value
