"""The baseline: what is known from an earlier report, however lines have moved, and what is new."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsep.findings import Finding, Report
from fsep.findings.baseline import compare
from fsep.render import RENDERERS
from unit.waiving import DIGEST, bad, faults, reporting, waived, waiver, warned


def since(earlier: Report, report: Report) -> Report:
    """Return a report compared with an earlier one, as that is written and read again."""
    return compare(report, json.loads(RENDERERS["json"]([earlier])), DIGEST)


def known(report: Report) -> list[bool]:
    """Return of each finding whether it is known."""
    return [one.known for one in report.findings]


def test_what_has_moved_to_another_line_is_known() -> None:
    moved = warned(line=40, column=1, found="x", hint="y")
    assert known(since(reporting(warned()), reporting(moved))) == [True]


@pytest.mark.parametrize(
    "changed",
    [
        {"requirement": "FSEP-TRN-006"},
        {"path": "transcripts/beta.jsonl"},
        {"path": None},
        {"pointer": "/events/3/ended"},
        {"message": "it starts before it ends"},
    ],
)
def test_what_is_another_fault_or_another_place_is_new(changed: dict[str, Any]) -> None:
    report = since(reporting(warned()), reporting(warned(**changed)))
    assert known(report) == [False]
    assert report.has_open_warnings


def test_a_line_that_a_message_names_may_move_too() -> None:
    before, after = (warned(message=f"'x' stands on line {line} already") for line in (3, 30))
    assert known(since(reporting(before), reporting(after))) == [True]
    assert known(since(reporting(before), reporting(warned(message="'y' stands on line 3 already")))) == [
        False
    ]


def test_one_more_of_the_same_is_new() -> None:
    twice = reporting(warned(line=4), warned(line=9))
    assert known(since(reporting(warned()), twice)) == [True, False]
    assert known(since(twice, twice)) == [True, True]


def test_a_finding_that_stands_for_more_places_than_before_is_new() -> None:
    assert known(since(reporting(warned(count=3)), reporting(warned(count=3)))) == [True]
    assert known(since(reporting(warned(count=3)), reporting(warned(count=2)))) == [True]
    assert known(since(reporting(warned(count=3)), reporting(warned(count=4)))) == [False]


@pytest.mark.parametrize(("before", "now", "left"), [(5, 5, 0), (5, 4, 0), (5, 7, 2), (0, 7, 7)])
def test_of_the_places_that_no_finding_stands_for_as_many_are_known_as_there_were(
    before: int, now: int, left: int
) -> None:
    def cut(count: int) -> Report:
        return reporting(warned(), not_listed={"FSEP-TRN-005": count} if count else {})

    report = since(cut(before), cut(now))
    assert report.open_not_listed == ({"FSEP-TRN-005": left} if left else {})
    assert report.has_open_warnings is bool(left)
    assert faults(report) == []


def test_a_place_counts_for_one_thing_only() -> None:
    # Three places were known; two of them are in a finding that stands for four, which leaves none.
    earlier = reporting(warned(count=3))
    report = since(earlier, reporting(warned(count=4), not_listed={"FSEP-TRN-005": 3}))
    assert report.open_not_listed == {"FSEP-TRN-005": 3}


def test_a_name_that_json_cannot_carry_is_known_again() -> None:
    odd = reporting(warned(path="b\udcff"))
    assert known(since(odd, odd)) == [True]


def test_what_was_waived_in_the_earlier_report_is_known_all_the_same() -> None:
    earlier = waived(reporting(warned()), waiver("FSEP-TRN-005"))
    assert known(since(since(earlier, earlier), reporting(warned()))) == [True]


def test_a_report_says_what_is_known_and_keeps_to_its_schema() -> None:
    earlier = replace(bad(), findings=bad().findings[:2])
    report = since(earlier, bad())
    assert faults(report) == []
    value = report.as_dict()
    assert value["baseline"] == {
        "sha256": DIGEST,
        "known": 2,
        "new": len(bad().findings) - 2,
        "known_not_listed": {"FSEP-BND-006": 12},
    }
    assert [finding.get("known") for finding in value["findings"][:3]] == [True, True, None]
    assert "baseline" not in bad().as_dict()
    assert not any("known" in finding for finding in bad().as_dict()["findings"])


FINDINGS = st.lists(
    st.builds(
        warned,
        st.integers(1, 3),
        line=st.integers(1, 9),
        pointer=st.sampled_from(["/a", "/b"]),
        severity=st.sampled_from(["error", "warning"]),
    ),
    max_size=6,
)


@given(FINDINGS, FINDINGS, st.integers(1, 9), st.integers(1, 9))
def test_a_baseline_changes_neither_facets_nor_verdict_and_never_knows_more_than_it_counts(
    before: list[Finding], now: list[Finding], cut_before: int, cut_now: int
) -> None:
    earlier = reporting(*before, not_listed={"FSEP-TRN-005": cut_before})
    plain = reporting(*now, not_listed={"FSEP-TRN-005": cut_now})
    report = since(earlier, plain)
    assert (
        replace(report, compared=None, findings=tuple(replace(one, known=False) for one in report.findings))
        == plain
    )
    assert report.compared is not None
    places = sum(one.count for one in report.findings if one.known)
    places += sum(report.compared.known_not_listed.values())
    assert places <= cut_before + sum(one.count for one in before)
    assert report.compared.known + report.compared.new == len(now)


@given(FINDINGS, st.integers(0, 9))
def test_a_report_is_known_to_itself(findings: list[Finding], cut: int) -> None:
    one = reporting(*findings, not_listed={"FSEP-TRN-005": cut} if cut else {})
    report = since(one, one)
    assert (report.open_findings, report.open_not_listed, report.has_open_warnings) == ((), {}, False)
