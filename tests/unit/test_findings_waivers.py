"""Waivers: what they cover, and that nothing else of a report changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsep.findings import Report
from fsep.findings.waivers import Waiver
from unit.waiving import DIGEST, TODAY, bad, faults, reporting, waived, waiver, warned


def states(report: Report) -> list[str]:
    """Return what became of each waiver."""
    assert report.waived is not None
    return [use.state for use in report.waived.uses]


@pytest.mark.parametrize(
    ("place", "covers"),
    [
        ({}, True),
        ({"path": "transcripts/alpha.jsonl"}, True),
        ({"path": "transcripts/alpha.jsonl", "line": 4}, True),
        ({"path": "transcripts/alpha.jsonl", "line": 5}, False),
        ({"path": "transcripts/alpha.json"}, False),
        ({"path": "transcripts"}, False),
        ({"path": "transcripts/alpha.jsonl", "pointer": "/events/2/ended"}, True),
        ({"path": "transcripts/alpha.jsonl", "pointer": "/events/2"}, True),
        ({"path": "transcripts/alpha.jsonl", "pointer": ""}, True),
        ({"path": "transcripts/alpha.jsonl", "pointer": "/events/2/ended/0"}, False),
        ({"path": "transcripts/alpha.jsonl", "pointer": "/events/2/end"}, False),
        ({"path": "transcripts/alpha.jsonl", "pointer": "/events/1"}, False),
    ],
)
def test_a_waiver_covers_the_place_it_names_and_what_lies_in_it(place: dict[str, Any], covers: bool) -> None:
    report = waived(reporting(warned()), waiver("FSEP-TRN-005", **place))
    assert report.findings[0].waived is covers
    assert states(report) == ["applied" if covers else "unused"]
    assert report.has_open_warnings is not covers


def test_a_waiver_covers_no_other_requirement() -> None:
    report = waived(reporting(warned()), waiver("FSEP-TRN-006"))
    assert (states(report), report.has_open_warnings) == (["unused"], True)


def test_a_pointer_is_no_beginning_of_a_longer_index() -> None:
    place = {"path": "transcripts/alpha.jsonl", "pointer": "/events/1"}
    report = waived(reporting(warned(pointer="/events/12")), waiver("FSEP-TRN-005", **place))
    assert not report.findings[0].waived


def test_a_finding_of_the_bundle_as_a_whole_has_no_path_to_name() -> None:
    finding = warned(path=None, line=None, column=None, pointer=None)
    assert waived(reporting(finding), waiver("FSEP-TRN-005")).findings[0].waived
    assert not waived(reporting(finding), waiver("FSEP-TRN-005", path="x")).findings[0].waived


def test_a_waiver_with_a_place_covers_no_finding_that_stands_for_others_too() -> None:
    finding = warned(count=3)
    report = waived(reporting(finding), waiver("FSEP-TRN-005", path=finding.path))
    assert (states(report), report.has_open_warnings) == (["too-narrow"], True)
    assert not waived(reporting(finding), waiver("FSEP-TRN-005")).has_open_warnings


@pytest.mark.parametrize(
    ("expires", "state"),
    [
        (date(2026, 11, 24), "applied"),
        (date(2026, 11, 23), "applied"),
        (date(2026, 11, 22), "expired"),
    ],
)
def test_a_waiver_applies_through_its_last_day(expires: date, state: str) -> None:
    report = waived(reporting(warned()), waiver("FSEP-TRN-005", expires=expires))
    assert states(report) == [state]
    assert report.findings[0].waived is (state == "applied")


def test_a_waiver_for_another_version_does_not_apply() -> None:
    report = waived(reporting(warned()), waiver("FSEP-TRN-005", version="1.1", expires=date(2026, 1, 1)))
    assert (states(report), report.findings[0].waiver) == (["other-version"], None)


def test_of_several_waivers_the_first_that_applies_covers() -> None:
    expired = waiver("FSEP-TRN-005", expires=date(2026, 1, 1))
    narrow, wide = waiver("FSEP-TRN-005", path="transcripts/alpha.jsonl"), waiver("FSEP-TRN-005")
    report = waived(reporting(warned()), expired, narrow, wide)
    assert states(report) == ["expired", "applied", "unused"]
    assert report.findings[0].waiver is narrow


def test_a_must_is_only_acknowledged() -> None:
    report = waived(bad(), waiver("FSEP-BND-006"), waiver("FSEP-OBS-001"))
    assert report.waived is not None
    assert (report.waived.waived, report.waived.acknowledged) == (1, 7)
    errors = [one for one in report.findings if one.requirement == "FSEP-BND-006"]
    assert not any(one.waived for one in errors)
    assert set(errors) <= set(report.open_findings)
    assert [one.as_dict()["waived"]["standing"] for one in errors] == ["acknowledged"] * 7
    # Nor are the places of a MUST that no finding stands for.
    assert report.open_not_listed == {"FSEP-BND-006": 12}


def test_places_that_no_finding_stands_for_are_waived_only_with_the_requirement_as_a_whole() -> None:
    found = reporting(warned(), not_listed={"FSEP-TRN-005": 5})
    narrow, wide = waiver("FSEP-TRN-005", path="transcripts/alpha.jsonl"), waiver("FSEP-TRN-005")
    assert waived(found, narrow).has_open_warnings
    assert waived(found, narrow).open_not_listed == {"FSEP-TRN-005": 5}
    report = waived(found, narrow, wide)
    assert (states(report), report.has_open_warnings) == (["applied", "applied"], False)
    expired = replace(wide, expires=date(2026, 1, 1))
    assert waived(found, narrow, expired).has_open_warnings


def test_a_report_says_who_answers_for_what_and_keeps_to_its_schema() -> None:
    mine = waiver("FSEP-TRN-005", path="transcripts/alpha.jsonl", line=4, pointer="/events")
    report = waived(reporting(warned()), mine, waiver("FSEP-TRN-006"))
    assert faults(report) == []
    value = report.as_dict()
    assert value["findings"][0]["waived"] == {
        "standing": "waived",
        "owner": "Ada Example",
        "reason": "The provider offers no other way.",
        "expires": "2027-01-31",
    }
    assert value["waivers"]["date"] == TODAY.isoformat()
    assert value["waivers"]["sha256"] == DIGEST
    used, unused = value["waivers"]["entries"]
    assert (used["state"], used["findings"], unused["state"], unused["findings"]) == (
        "applied",
        1,
        "unused",
        0,
    )
    assert Waiver.of(used["waiver"]) == mine
    assert faults(waived(bad(), waiver("FSEP-BND-006", version="9.9"), waiver("FSEP-OBS-001"))) == []


def test_without_waivers_a_report_says_nothing_of_them() -> None:
    value = bad().as_dict()
    assert "waivers" not in value
    assert not any("waived" in finding or "waiver" in finding for finding in value["findings"])


IDS = st.sampled_from(["FSEP-ADH-002", "FSEP-BND-006", "FSEP-OBS-001", "FSEP-TRN-006", "FSEP-PRE-001"])
PLACES = st.sampled_from(
    [
        {},
        {"path": "systems/s1.json"},
        {"path": "systems/alpha.json", "pointer": "/id"},
        {"path": "transcripts/alpha.jsonl", "line": 4},
        {"path": "transcripts/alpha.jsonl", "pointer": "/events"},
    ]
)
WAIVERS = st.lists(
    st.builds(
        lambda id_, place, expires, version: waiver(id_, **place, expires=expires, version=version),
        IDS,
        PLACES,
        st.dates(date(2026, 11, 20), date(2026, 11, 26)),
        st.sampled_from(["1.0", "1.1"]),
    ),
    unique=True,
)


@given(WAIVERS)
def test_waivers_change_neither_facets_nor_verdict_nor_anything_that_is_found(waivers: list[Waiver]) -> None:
    report = waived(bad(), *waivers)
    bare = replace(report, waived=None, findings=tuple(replace(one, waiver=None) for one in report.findings))
    assert bare == bad()
    assert faults(report) == []
    errors = [one for one in bad().findings if one.severity == "error"]
    assert [replace(one, waiver=None) for one in report.open_findings if one.severity == "error"] == errors
    covered = [one for one in report.findings if one.waiver is not None]
    assert report.waived is not None
    assert report.waived.waived + report.waived.acknowledged == len(covered)
    assert sum(use.findings for use in report.waived.uses) == len(covered)
    for one in covered:
        assert one.waiver is not None
        assert one.waiver.requirement == one.requirement
        assert one.waiver.expires >= TODAY
        assert one.waiver.version == "1.0"
