"""JUnit XML: the elements that readers of it agree on, and what counts as a failure."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsep.findings import Outcome, Report
from fsep.render import RENDERERS
from unit.handmade_report import bad, good, incomplete, outcome, unusable
from unit.hostile_report import CREDENTIAL, NASTY, hostile

Element = ElementTree.Element

# What the readers in use have in common: of each element the attributes it has to have, those it may have,
# and the elements it may hold.
GRAMMAR: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped"}, {"properties", "testcase"}),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": ({"name", "classname"}, set(), {"failure", "error", "skipped", "system-out"}),
    "failure": ({"message", "type"}, set(), set()),
    "error": ({"message", "type"}, set(), set()),
    "skipped": ({"message"}, set(), set()),
    "system-out": (set(), set(), set()),
}


def read(*reports: Report) -> Element:
    """Parse the document and hold it to the grammar."""
    root = ElementTree.fromstring(RENDERERS["junit"](reports).encode())
    assert root.tag == "testsuites"
    for element in root.iter():
        needed, allowed, children = GRAMMAR[element.tag]
        assert needed <= set(element.keys()) <= needed | allowed, element.tag
        assert {child.tag for child in element} <= children, element.tag
        assert (
            element.tag in ("failure", "error", "skipped", "system-out") or not (element.text or "").strip()
        )
    for suite in root:
        cases = suite.findall("testcase")
        # A case ends in one way; only what was skipped may say more beside it.
        assert all(
            [child.tag for child in case]
            in ([], ["failure"], ["error"], ["skipped"], ["skipped", "system-out"])
            for case in cases
        )
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(attribute, "")) == sum(case.find(tag) is not None for case in cases)
        assert int(suite.get("tests", "")) == len(cases)
    for count in ("tests", "failures", "errors"):
        assert int(root.get(count, "")) == sum(int(suite.get(count, "")) for suite in root)
    return root


def case(root: Element, name: str) -> Element:
    return next(one for one in root.iter("testcase") if one.get("name") == name)


def test_a_suite_is_a_bundle_and_a_case_is_a_requirement_of_its_facet() -> None:
    root = read(good(), bad())
    assert [suite.get("name") for suite in root] == ["examples/capital", "examples/capital"]
    names = [one.get("name") for one in root[0].iter("testcase")]
    assert names == ["verdict", *(one.requirement for one in good().outcomes)]
    assert case(root, "FSEP-ADH-001").get("classname") == "replayed"
    assert len(case(root, "FSEP-ADH-001")) == 0


def test_a_failure_says_what_is_asked_and_where_it_is_not_met() -> None:
    failure = case(read(bad()), "FSEP-ADH-002").find("failure")
    assert failure is not None
    assert failure.text is not None
    assert failure.get("type") == "error"
    assert str(failure.get("message")).startswith("the text at the step 'doubt'")
    assert failure.text.startswith("A runner MUST send, and record, every text")
    for line in (
        "  at        transcripts/alpha.jsonl:3:1204  /events/2/content",
        "  found     Check your answer. You said: Lima",
        "  expected  Check your answer. You said: Lima.",
        "Mend: Restore the text, or correct the scaffold before data and run again.",
    ):
        assert line in failure.text.splitlines()


def test_every_finding_is_in_the_failure_and_what_is_not_listed_is_counted() -> None:
    failure = case(read(bad()), "FSEP-BND-006").find("failure")
    assert failure is not None
    assert str(failure.text).count("its digest differs (") == 7
    assert "and 12 more places not listed" in str(failure.text)


@pytest.mark.parametrize(
    ("report", "name", "said"),
    [
        (good(), "FSEP-ENV-001", "not applicable"),
        (good(), "FSEP-PRE-002", "not checked (blocked by FSEP-PRE-001)"),
        (bad(), "FSEP-ADH-001", "withheld"),
        (bad(), "FSEP-REQ-002", "not checked (blocked by FSEP-REQ-001; blocked by FSEP-TRN-001)"),
        (bad(), "FSEP-OBS-001", "not met, which is a warning and decides no facet: 50 of its 50"),
    ],
)
def test_what_does_not_stand_in_the_way_is_skipped_and_says_why(report: Report, name: str, said: str) -> None:
    one = case(read(report), name)
    assert [child.tag for child in one] == ["skipped"]
    assert said in str(one[0].get("message"))


def test_what_nobody_asked_about_fails_nothing_and_tells_its_details_in_the_output_of_its_case() -> None:
    root = read(good())
    one = case(root, "FSEP-PRE-001")
    assert [child.tag for child in one] == ["skipped", "system-out"]
    assert str(one[0].get("message")).startswith("nobody asked about the facet preregistered: the design was")
    assert "Mend: Add a commitment of the design" in str(one[1].text)
    assert (root.get("failures"), root.get("errors")) == ("0", "0")


@pytest.mark.parametrize(
    ("report", "tag"),
    [(good(), None), (bad(), "failure"), (incomplete(), "error"), (unusable(), "failure")],
)
def test_the_verdict_has_a_case_so_that_nobody_takes_incomplete_for_passed(
    report: Report, tag: str | None
) -> None:
    root = read(report)
    assert [child.tag for child in case(root, "verdict")] == ([tag] if tag else [])
    failed = int(root.get("failures", "")) + int(root.get("errors", ""))
    assert (failed == 0) is (report.verdict == "conforms")


def test_a_failed_requirement_without_a_listed_finding_is_a_failure() -> None:
    report = replace(bad(), findings=(), not_listed={})
    assert case(read(report), "FSEP-BND-006").find("failure") is not None


def test_properties_say_what_was_asked_of_what() -> None:
    values = {one.get("name"): one.get("value") for one in read(bad()).iter("property")}
    assert values["verdict"] == "does-not-conform"
    assert values["asked"] == "whole replayed complete"
    assert values["synthetic"] == "system alpha, system beta"
    assert values["protocol"] == "1.0 (draft)"


def test_the_same_report_gives_the_same_bytes_and_no_time() -> None:
    text = RENDERERS["junit"]([bad()])
    assert text == RENDERERS["junit"]([bad()])
    assert "time" not in {key for element in read(bad()).iter() for key in element.keys()}  # noqa: SIM118


@pytest.mark.parametrize("text", NASTY)
def test_no_name_or_value_breaks_the_document(text: str) -> None:
    root = read(hostile(text))
    assert len(list(root.iter("testcase"))) == 4
    shown = RENDERERS["junit"]([hostile(text)])
    assert CREDENTIAL not in shown
    assert "##[" not in shown


@given(st.text())
def test_any_text_leaves_the_document_well_formed(text: str) -> None:
    read(replace(hostile(text), outcomes=(outcome(text, Outcome.WITHHELD, reasons=(text,)),)))


def test_no_report_is_no_suite() -> None:
    assert len(read()) == 0
