"""The text report: the verdict first, everything safe to print, nothing cut without saying so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fsep.findings import Facet, Finding, Outcome, Report
from fsep.findings.report import Leverage
from fsep.render import RENDERERS, Style
from fsep.render.safe import cells
from unit.handmade_report import bad, good, incomplete, outcome, unusable

HOSTILE = (
    "x\x1b[2J\x1b]0;owned\x07\u202eevil\u2066\n::error file=a::b\r%0A::error::c\u200b "
    "::warning::d ##[group]e \ud800"
)


def text(report: Report, width: int = 80, *, colour: bool = False) -> str:
    """Render one report."""
    return RENDERERS["text"]([report], Style(width, colour))


def test_the_first_line_is_the_verdict_and_what_it_is_of() -> None:
    assert text(good()).splitlines()[0] == "CONFORMS at whole, replayed and complete"
    assert text(bad()).splitlines()[:2] == [
        "DOES NOT CONFORM: whole, replayed and complete are not reached",
        "Asked about: whole, replayed and complete.",
    ]
    assert text(incomplete()).splitlines()[0] == "INCOMPLETE: preregistered is not reached"


def test_a_good_report_fits_a_screen() -> None:
    assert len(text(replace(good(), findings=())).splitlines()) <= 50
    assert len(text(good(), 120).splitlines()) <= 50


def test_a_synthetic_system_is_said_before_any_facet() -> None:
    shown = text(good())
    assert shown.index("SYNTHETIC: system alpha and system beta") < shown.index("Facets")
    assert "SYNTHETIC" not in text(replace(good(), bundle={**good().bundle, "synthetic": []}))


def test_provenance_stands_beside_the_facets() -> None:
    shown = text(good())
    assert shown.index("Facets") < shown.index("Provenance: self-recorded.") < shown.index("Recomputed:")


def test_what_was_not_asked_about_stands_at_the_end_in_a_line_and_is_no_error() -> None:
    shown = text(bad())
    assert "142 errors under 3 requirements, 3 warnings under 2 requirements" in shown
    assert shown.index("FSEP-OBS-001 warning") < shown.index("Requirements:") < shown.index("Not asked about")
    assert "FSEP-PRE-001 error" not in shown
    last = " ".join(text(good()).partition("Not asked about, and no part of the verdict")[2].split())
    assert last.startswith(
        "- preregistered (`--require preregistered`): the design was not committed: the bundle holds no "
        "commitments (FSEP-PRE-001) fsep 0.1.0"
    )


def test_a_report_of_which_all_that_was_asked_about_is_met_speaks_of_no_error() -> None:
    shown = text(good())
    assert "error" not in shown
    assert "Mend" not in shown


def test_a_requirement_that_nobody_asked_about_is_one_line_however_often_it_is_not_met() -> None:
    report = replace(bad(), asked=("whole",))
    last = " ".join(text(report).partition("Not asked about")[2].split())
    assert last.count("FSEP-ADH-002") == 1
    assert "(and 2 more places) (FSEP-ADH-002)" in last
    assert "FSEP-ADH-002" not in text(report).partition("Findings:")[2].partition("Requirements:")[0]


def test_all_that_was_asked_about_leaves_no_such_section() -> None:
    assert "Not asked about" not in text(replace(good(), asked=tuple(good().facets)))


def test_of_what_failed_it_is_said_how_much_nobody_asked_about() -> None:
    assert "1 failed (none of them asked about)" in text(good(), 120)
    failed = (outcome("FSEP-PRE-001", Outcome.FAIL), outcome("FSEP-BND-001", Outcome.FAIL))
    assert "2 failed (1 of them not asked about)" in text(replace(good(), outcomes=failed), 120)
    assert "1 failed, 0 not" in text(replace(good(), outcomes=failed[1:]), 120)


def test_a_finding_says_where_what_was_found_and_expected_how_often_and_how_to_mend_it() -> None:
    shown = text(bad(), 120)
    start = shown.index("FSEP-ADH-002 error · replayed")
    block = shown[start : shown.index("\n\n", start)]
    assert "A runner MUST send, and record, every text that the program contributes" in block
    assert "transcripts/alpha.jsonl:3:1204  /events/2/content" in block
    assert "found     Check your answer. You said: Lima\n" in block
    assert "expected  Check your answer. You said: Lima.\n" in block
    assert " " * 46 + "^ here they part\n" in block
    assert "(and 2 more places like it)" in " ".join(block.split())
    assert "Mend: Restore the text" in block


@pytest.mark.parametrize(
    ("found", "expected", "shown"),
    [
        ("Lima. ", "Lima.", ("Lima.␣", "Lima.")),
        ("in  Lima", "in Lima", ("in␣␣Lima", "in␣Lima")),
        ("in Lima", "in Rome", ("in Lima", "in Rome")),
        ("in Lima", "in\tLima", ("in Lima", "in\\tLima")),
    ],
)
def test_spaces_are_shown_where_values_differ_in_nothing_else(
    found: str, expected: str, shown: tuple[str, str]
) -> None:
    finding = replace(bad().findings[0], found=found, expected=expected)
    report = replace(bad(), findings=(finding,))
    lines = text(report).splitlines()
    assert f"    found     {shown[0]}" in lines
    assert f"    expected  {shown[1]}" in lines
    assert ("spaces alone" in text(report)) is ("␣" in shown[0])
    for form in ("junit", "github"):
        other = RENDERERS[form]([report])
        assert shown[0] in other
        assert ("spaces alone" in other) is ("␣" in shown[0])


def test_findings_that_are_not_printed_are_counted() -> None:
    assert "and 14 more places; `--format json` lists up to 100" in text(bad())


def test_the_gaps_of_an_import_are_told_in_plain_words() -> None:
    shown = text(bad(), 120)
    assert "- rebuilt (100 places): The system prompt was rebuilt from the policy" in shown
    assert "So: No run can be shown" in shown
    assert "- not recorded: The definitions of the tools were not recorded." in shown


def test_the_three_lists_and_the_counts_of_outcomes_are_in_every_report() -> None:
    for made in (good(), bad(), incomplete(), unusable()):
        shown = text(made)
        for title in ("Recomputed:", "Taken on trust:", "Not established:", "Requirements:"):
            assert title in shown
    assert "31 passed, 1 failed (none of them asked about), 4 not checked, 0 withheld," in text(good(), 120)


def test_what_was_not_checked_or_is_withheld_is_listed_with_the_reason() -> None:
    assert "- not checked: FSEP-PRE-002 to 005 (blocked by FSEP-PRE-001)" in text(good())
    assert "- withheld: FSEP-ADH-001 (they need values that are withheld)" in text(bad())


def test_why_nothing_was_decided_is_told_in_full_under_the_facet() -> None:
    shown = " ".join(text(incomplete()).split())
    reason = (
        "no trust anchor was given, so that the time-stamp of the design's commitment could not be verified"
    )
    assert f"FSEP-PRE-004: not checked ({reason})" in shown


def test_treatment_material_and_the_share_of_item_text_are_disclosed() -> None:
    assert "checked: 1,234 characters, 33 % of them from items; treatment material" in text(good(), 120)
    assert "none: 0 characters\n" in text(replace(good(), leverage=(Leverage("none", 0, 0, ()),)))


def test_a_facet_that_only_external_parts_keep_away_is_called_pinned() -> None:
    pinned = Facet("not-reached", True, ("FSEP-ADH-006: the scaffold has an external part",), pinned=True)
    assert "but pinned: only external parts stand between" in text(
        replace(good(), facets={**good().facets, "replayed": pinned}), 120
    )


def hostile() -> Report:
    """Return a report with hostile text wherever a bundle has a say."""
    finding = Finding(
        "FSEP-DOC-002", "error", HOSTILE, HOSTILE, 1, 2, f"/{HOSTILE}", HOSTILE, HOSTILE, HOSTILE
    )
    return replace(
        bad(),
        bundle={
            **good().bundle,
            "path": HOSTILE,
            "title": HOSTILE,
            "id": HOSTILE,
            "synthetic": [HOSTILE] * 9,
        },
        facets={
            **bad().facets,
            "replayed": Facet("not-reached", True, (HOSTILE, f"FSEP-DOC-002: {HOSTILE}")),
            "rated": Facet("not-reached", False, (HOSTILE,)),
        },
        leverage=(Leverage(HOSTILE, 1, 1, (HOSTILE,)),),
        gaps=({"id": "x", "kind": HOSTILE, "what": HOSTILE, "where": HOSTILE, "consequence": HOSTILE},),
        findings=(finding, replace(finding, requirement=HOSTILE, path=None, pointer=None)),
        established=dict.fromkeys(good().established, (HOSTILE,)),
        provenance={"grade": HOSTILE, "says": HOSTILE},
    )


@pytest.mark.parametrize("width", [40, 41, 53, 80, 120])
def test_nothing_a_bundle_says_reaches_the_terminal_as_a_command(width: int) -> None:
    shown = text(hostile(), width)
    assert all(character.isprintable() or character == "\n" for character in shown)
    for line in shown.splitlines():
        assert not line.lstrip().startswith("::")
        assert "##[" not in line


def test_a_percent_encoded_newline_stays_what_it_is_since_only_another_format_would_decode_it() -> None:
    assert "%0A::error::c" in text(hostile(), 120)


def test_values_of_any_length_leave_the_report_short() -> None:
    finding = Finding(
        "FSEP-DOC-002",
        "error",
        "m" * 10**6,
        "p" * 10**6,
        1,
        1,
        "/" + "q" * 10**6,
        "f" * 10**6,
        "e" * 10**6,
        "h" * 10**6,
    )
    assert len(text(replace(bad(), findings=(finding,)))) < 12_000


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("made", [good, bad, incomplete, unusable])
def test_no_line_is_wider_than_the_terminal(made: object, width: int) -> None:
    assert callable(made)
    assert all(cells(line) <= width for line in text(made(), width).splitlines())


def test_colours_come_only_when_asked_for_and_change_no_word() -> None:
    plain, coloured = text(bad()), text(bad(), colour=True)
    assert "\x1b" not in plain
    assert "\x1b[31;1mDOES NOT CONFORM\x1b[0m" in coloured
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_several_reports_stand_one_after_another() -> None:
    shown = RENDERERS["text"]([good(), bad()], Style())
    assert shown.index("CONFORMS at") < shown.index("────") < shown.index("DOES NOT CONFORM")


def test_a_report_of_an_unknown_version_is_rendered_without_the_sentences() -> None:
    shown = text(replace(bad(), protocol={**bad().protocol, "version": "9.9"}))
    assert "FSEP-ADH-002 error\n" in shown
    assert "A runner MUST send" not in shown


def test_what_is_advisory_says_how_much_was_looked_at() -> None:
    """That nothing was found among few says little, and among none nothing."""
    met = replace(outcome("FSEP-OBS-008", Outcome.PASS), passed=1_189)
    idle = replace(outcome("FSEP-OBS-009", Outcome.NOT_APPLICABLE), passed=0)
    shown = " ".join(text(replace(good(), outcomes=(met, idle))).split())
    assert "advisory and met, with how many were looked at: FSEP-OBS-008 (1,189)" in shown
    assert "advisory, with too little to look at: FSEP-OBS-009" in shown
