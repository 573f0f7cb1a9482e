"""SARIF: the log's form, what a service reads from it, and what keeps a finding the same one."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsep.cli.validate import _CODES
from fsep.findings import Report
from fsep.findings.baseline import Compared
from fsep.protocol import load
from fsep.render import RENDERERS
from fsep.render.sarif import EXIT_CODES
from unit.handmade_report import bad, good, incomplete, unusable
from unit.hostile_report import CREDENTIAL, NASTY, hostile
from unit.waiving import reporting, waiver, warned

Object = dict[str, Any]


def closed(needed: Object, **optional: Any) -> Object:
    """Return the schema of an object with these members and no other."""
    return {
        "type": "object",
        "required": list(needed),
        "properties": {**needed, **optional},
        "additionalProperties": False,
    }


def listed(one: Object) -> Object:
    return {"type": "array", "items": one}


# The parts of SARIF 2.1.0 that are used, from the text of the standard (its sections in brackets).
TEXT = {"type": "string", "minLength": 1}
NATURAL = {"type": "integer", "minimum": 1}
INDEX = {"type": "integer", "minimum": 0}
BAG = {"type": "object", "properties": {"tags": {**listed(TEXT), "uniqueItems": True}}}
MESSAGE = closed({"text": TEXT})  # 3.11, 3.12
LEVEL = {"enum": ["none", "note", "warning", "error"]}  # 3.27.10
ARTIFACT = closed({"uri": TEXT, "uriBaseId": TEXT})  # 3.4
REGION = closed({"startLine": NATURAL}, startColumn=NATURAL)  # 3.30
LOCATION = closed(  # 3.28, 3.29, 3.33
    {"physicalLocation": closed({"artifactLocation": ARTIFACT}, region=REGION)},
    logicalLocations=listed(closed({"fullyQualifiedName": TEXT, "kind": {"const": "value"}})),
)
REFERENCE = closed({"id": TEXT, "index": INDEX})  # 3.52
RULE = closed(  # 3.49
    {"id": {"type": "string"}},
    shortDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=closed({"level": LEVEL}),
    properties=BAG,
)
RESULT = closed(  # 3.27
    {
        "ruleId": {"type": "string"},
        "ruleIndex": INDEX,
        "level": LEVEL,
        "message": MESSAGE,
        "locations": {**listed(LOCATION), "minItems": 1},
        "occurrenceCount": NATURAL,
        "partialFingerprints": {"type": "object", "additionalProperties": TEXT, "minProperties": 1},
        "properties": BAG,
    },
    suppressions=listed(closed({"kind": {"enum": ["inSource", "external"]}, "justification": TEXT})),
    baselineState={"enum": ["new", "unchanged", "updated", "absent"]},
)
NOTIFICATION = closed(  # 3.58
    {"descriptor": REFERENCE, "associatedRule": REFERENCE, "level": LEVEL, "message": MESSAGE}
)
INVOCATION = closed(  # 3.20
    {
        "executionSuccessful": {"type": "boolean"},
        "exitCode": {"type": "integer"},
        "exitCodeDescription": TEXT,
        "toolExecutionNotifications": listed(NOTIFICATION),
    }
)
BASE = closed({"description": MESSAGE}, uri={"type": "string", "pattern": "/$"}, uriBaseId=TEXT)
RUN = closed(  # 3.14
    {
        "tool": closed(  # 3.18, 3.19
            {
                "driver": closed(
                    {
                        "name": TEXT,
                        "version": TEXT,
                        "rules": {**listed(RULE), "uniqueItems": True},
                        "notifications": listed(RULE),
                    }
                )
            }
        ),
        "automationDetails": closed({"id": TEXT}),
        "originalUriBaseIds": {"type": "object", "additionalProperties": BASE},
        "columnKind": {"const": "unicodeCodePoints"},
        "invocations": listed(INVOCATION),
        "results": listed(RESULT),
        "properties": BAG,
    }
)
LOG = closed({"$schema": TEXT, "version": {"const": "2.1.0"}, "runs": listed(RUN)})  # 3.13


def read(*reports: Report) -> list[Object]:
    """Parse a log, hold it to the schema and to what a schema cannot say, and return its runs."""
    log = json.loads(RENDERERS["sarif"](reports))
    jsonschema.Draft202012Validator(LOG).validate(log)
    for run in log["runs"]:
        driver, bases = run["tool"]["driver"], run["originalUriBaseIds"]
        ids = [rule["id"] for rule in driver["rules"]]
        assert len(set(ids)) == len(ids)
        for base in bases.values():
            assert ("uri" in base) is ("uriBaseId" in base)
            assert base.get("uriBaseId", "BUNDLE") in bases
            relative(base.get("uri", "x/")[:-1])
        for result in run["results"]:
            assert ids[result["ruleIndex"]] == result["ruleId"]
            for location in result["locations"]:
                artifact = location["physicalLocation"]["artifactLocation"]
                assert artifact["uriBaseId"] in bases
                relative(artifact["uri"])
        for note in run["invocations"][0]["toolExecutionNotifications"]:
            assert ids[note["associatedRule"]["index"]] == note["associatedRule"]["id"]
            descriptor = driver["notifications"][note["descriptor"]["index"]]
            assert descriptor["id"] == note["descriptor"]["id"]
    return list(log["runs"])


def relative(uri: str) -> None:
    """Demand a relative reference that stays below what it is relative to."""
    assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri), uri
    assert re.sub(r"%[0-9A-F]{2}", "", uri).count("%") == 0
    assert not uri.startswith("/")
    assert not any(urlsplit(uri)[:2])
    assert ".." not in unquote(uri).split("/")


def result(run: Object, id_: str) -> Object:
    return next(one for one in run["results"] if one["ruleId"] == id_)


def test_a_run_is_a_bundle_under_a_category_of_its_own() -> None:
    other = replace(bad(), bundle={**bad().bundle, "path": "b"})
    runs = read(good(), other)
    assert [run["automationDetails"]["id"] for run in runs] == ["fsep/examples/capital/", "fsep/b/"]
    assert [run["invocations"][0]["exitCode"] for run in runs] == [0, 1]
    assert read() == []


def test_the_exit_codes_are_those_of_the_command() -> None:
    assert EXIT_CODES == _CODES


def test_rules_are_the_requirements_with_how_to_mend_them() -> None:
    rules = {rule["id"]: rule for rule in read(good())[0]["tool"]["driver"]["rules"]}
    known = load("1.0").requirements
    assert list(rules) == [id_ for id_, one in known.items() if one.tested == "from-the-bundle"]
    rule, requirement = rules["FSEP-ADH-002"], known["FSEP-ADH-002"]
    assert rule["shortDescription"]["text"] == requirement.text
    assert rule["help"]["text"].startswith(str(requirement.mend))
    assert requirement.link in rule["help"]["text"]
    assert rule["properties"] == {"tags": ["replayed", "runner"], "specification": requirement.link}
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rules["FSEP-OBS-001"]["defaultConfiguration"] == {"level": "warning"}


def test_a_result_says_what_where_and_how_often() -> None:
    one = result(read(bad())[0], "FSEP-ADH-002")
    assert one["level"] == "error"
    assert one["occurrenceCount"] == 3
    assert one["message"]["text"].splitlines() == [
        (
            "the text at the step 'doubt' of the run 'alpha.checked.peru.0' is not what the program renders "
            "(and 2 more places like it)"
        ),
        "Found: Check your answer. You said: Lima",
        "Expected: Check your answer. You said: Lima.",
        "Mend: Restore the text, or correct the scaffold before data and run again.",
    ]
    assert one["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "transcripts/alpha.jsonl", "uriBaseId": "BUNDLE"},
                "region": {"startLine": 3, "startColumn": 1204},
            },
            "logicalLocations": [{"fullyQualifiedName": "/events/2/content", "kind": "value"}],
        }
    ]
    assert one["properties"] == {
        "facet": "replayed",
        "path": "transcripts/alpha.jsonl",
        "pointer": "/events/2/content",
        "found": "Check your answer. You said: Lima",
        "expected": "Check your answer. You said: Lima.",
    }


def test_what_has_no_line_has_no_region_and_what_has_no_file_is_at_the_manifest() -> None:
    run = read(bad())[0]
    assert "region" not in result(run, "FSEP-BND-006")["locations"][0]["physicalLocation"]
    whole = result(run, "FSEP-PRE-001")["locations"][0]["physicalLocation"]
    assert whole == {"artifactLocation": {"uri": "bundle.json", "uriBaseId": "BUNDLE"}}


def test_a_result_that_nobody_asked_about_is_a_note() -> None:
    run = read(bad())[0]
    assert result(run, "FSEP-PRE-001")["level"] == "note"
    assert result(run, "FSEP-OBS-001")["level"] == "warning"


@pytest.mark.parametrize(
    ("report", "says"),
    [(good(), "conforms, at whole"), (bad(), "not reached: whole"), (unusable(), "not reached: whole")],
)
def test_the_invocation_says_what_the_command_ends_with(report: Report, says: str) -> None:
    invocation = read(report)[0]["invocations"][0]
    assert invocation["executionSuccessful"] is True
    assert says in invocation["exitCodeDescription"]


def test_what_was_not_checked_or_is_withheld_is_a_notification_of_its_rule() -> None:
    notes = read(incomplete())[0]["invocations"][0]["toolExecutionNotifications"]
    assert [(one["descriptor"]["id"], one["level"]) for one in notes] == [("not-checked", "warning")]
    assert "no trust anchor was given" in notes[0]["message"]["text"]
    notes = read(bad())[0]["invocations"][0]["toolExecutionNotifications"]
    assert [(one["associatedRule"]["id"], one["descriptor"]["id"]) for one in notes] == [
        ("FSEP-ADH-001", "withheld"),
        ("FSEP-REQ-002", "not-checked"),
        ("FSEP-REQ-007", "not-checked"),
    ]
    assert {one["level"] for one in read(good())[0]["invocations"][0]["toolExecutionNotifications"]} == {
        "note"
    }


def prints(report: Report) -> list[str]:
    return [one["partialFingerprints"]["fsepFinding/v1"] for one in read(report)[0]["results"]]


def test_fingerprints_stay_when_lines_shift_and_differ_between_findings() -> None:
    shifted = tuple(replace(one, line=(one.line or 0) + 7, column=1) for one in bad().findings)
    assert prints(replace(bad(), findings=shifted)) == prints(bad())
    assert len(set(prints(bad()))) == len(bad().findings)
    for change in ({"pointer": "/x"}, {"path": "x"}, {"message": "x"}, {"requirement": "FSEP-ADH-003"}):
        other = replace(bad(), findings=(replace(bad().findings[0], **change),))  # type: ignore[arg-type]
        assert prints(other)[0] != prints(bad())[0]


def test_findings_that_only_their_line_tells_apart_have_fingerprints_of_their_own() -> None:
    one = bad().findings[0]
    twice = prints(replace(bad(), findings=(one, replace(one, line=99))))
    assert twice[0] != twice[1]
    assert [mark.partition(":")[2] for mark in twice] == ["1", "2"]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("examples/six", "examples/six/"),
        (".", "./"),
        ("my bundle#1", "my%20bundle%231/"),
        ("é", "%C3%A9/"),
        ("b\udcff", "b%FF/"),
        ("/abs/b", None),
        ("../b", None),
    ],
)
def test_the_bundle_is_placed_only_below_where_the_command_was_called(path: str, uri: str | None) -> None:
    base = read(replace(good(), bundle={**good().bundle, "path": path}))[0]["originalUriBaseIds"]["BUNDLE"]
    assert base.get("uri") == uri


def test_a_path_is_percent_encoded_and_a_name_that_leads_elsewhere_is_no_place() -> None:
    for path, uri in (("a b?.json", "a%20b%3F.json"), ("http://x", "bundle.json"), ("../x", "bundle.json")):
        run = read(replace(bad(), findings=(replace(bad().findings[0], path=path),)))[0]
        physical = run["results"][0]["locations"][0]["physicalLocation"]
        assert physical["artifactLocation"]["uri"] == uri
        assert ("region" in physical) is (uri != "bundle.json")


@pytest.mark.parametrize("text", NASTY)
def test_no_name_or_value_is_a_link_a_placeholder_or_out_of_place(text: str) -> None:
    (run,) = read(hostile(text))
    for one in run["results"]:
        said = one["message"]["text"]
        assert "](" not in said
        assert not re.search(r"(?<!\{)(\{\{)*\{(?!\{)", said)
        assert "\x1b" not in said
    assert CREDENTIAL not in RENDERERS["sarif"]([hostile(text)])


@given(st.text())
def test_any_text_leaves_a_log_of_the_form(text: str) -> None:
    read(hostile(text))
    RENDERERS["sarif"]([hostile(text)]).encode()


def test_a_version_that_is_not_at_hand_leaves_the_rules_bare() -> None:
    report = replace(bad(), protocol={"version": "9.9", "stage": "draft", "digest": None})
    assert {"id": "FSEP-ADH-002"} in read(report)[0]["tool"]["driver"]["rules"]


def test_the_report_of_a_bundle_is_the_same_wherever_it_is_made(tmp_path: Path) -> None:
    made = [
        RENDERERS["sarif"]([replace(bad(), bundle={**bad().bundle, "path": str(tmp_path / name)})])
        for name in ("a", "b")
    ]
    assert made[0].replace(str(tmp_path / "a"), "P") == made[1].replace(str(tmp_path / "b"), "P")


def test_a_waived_finding_is_suppressed_and_a_known_one_unchanged() -> None:
    """So that a service that keeps alerts closes neither as mended."""
    mine = waiver("FSEP-TRN-005")
    findings = (replace(warned(), waiver=mine), replace(warned(), known=True))
    report = reporting(*findings, compared=Compared("0" * 64, 1, 1, {}))
    first, second = read(report)[0]["results"]
    assert [one["kind"] for one in first["suppressions"]] == ["external"]
    assert mine.owner in first["suppressions"][0]["justification"]
    assert "suppressions" not in second
    assert (first["baselineState"], second["baselineState"]) == ("new", "unchanged")
