"""The page for reviewers: what it says, that it is nothing but HTML, and that everybody can read it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest

from fsep.findings import Finding, Report
from fsep.overview import Overview
from fsep.render import html, markdown
from fsep.render.html_style import CSS, DARK, LIGHT, PAIRS
from unit.handmade_overview import NOTHING, full
from unit.handmade_report import bad, good, incomplete, unusable
from unit.hostile_report import CREDENTIAL, NASTY, hostile

EMPTY_TAGS = frozenset(("meta", "link"))
PAGES = {
    "good": (good(), full()),
    "bad": (bad(), full()),
    "incomplete": (incomplete(), NOTHING),
    "unusable": (unusable(), NOTHING),
}


class Read(HTMLParser):
    """A page as a parser of HTML reads it: its tags with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.faults: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY_TAGS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in EMPTY_TAGS:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def shown(report: Report, overview: Overview = NOTHING) -> str:
    return Read(html.render(report, overview)).text


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_well_formed_for_parsers_of_html_and_of_xml(name: str) -> None:
    text = html.render(*PAGES[name])
    read = Read(text)
    assert (read.faults, read.open) == ([], [])
    ElementTree.fromstring(text.replace("<!DOCTYPE html>", ""))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_no_script_and_refers_to_nothing_outside(name: str) -> None:
    text = html.render(*PAGES[name])
    read = Read(text)
    tags = {tag for tag, _ in read.tags}
    assert not tags & {
        "script",
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
        "style-src",
        "video",
        "audio",
    }
    for _, attributes in read.tags:
        assert not [one for one in attributes if one.startswith("on") or one in ("src", "srcset", "style")]
        assert (attributes.get("href") or "#").startswith(("#", "data:,"))
    assert "url(" not in CSS
    assert "@import" not in CSS


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_forbids_all_but_the_page_s_own_style_sheet(name: str) -> None:
    text = html.render(*PAGES[name])
    policy = next(one["content"] for one in Read(text).all("meta") if one.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    assert html.policy(style[1]) == policy, "the digest is not that of the style sheet as it stands"


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique_and_links_and_labels_lead_to_one(name: str) -> None:
    read = Read(html.render(*PAGES[name]))
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in read.tags:
        for target in (attributes.get("href"), *(attributes.get("aria-labelledby") or "").split()):
            if target and target != "data:,":
                assert target.removeprefix("#") in ids


@pytest.mark.parametrize("name", PAGES)
def test_headings_come_in_order_and_there_is_one_title(name: str) -> None:
    levels = [int(tag[1]) for tag, _ in Read(html.render(*PAGES[name])).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize("name", PAGES)
def test_language_landmarks_and_a_link_past_the_head_are_there(name: str) -> None:
    read = Read(html.render(*PAGES[name]))
    assert read.all("html") == [{"lang": "en"}]
    for landmark in ("header", "nav", "main", "footer"):
        assert len(read.all(landmark)) == 1
    first = read.all("a")[0]
    assert (first["class"], first["href"]) == ("skip", "#main")


def test_every_header_of_a_table_has_a_scope_and_every_table_a_caption() -> None:
    read = Read(html.render(bad(), full()))
    assert read.all("table")
    assert len(read.all("caption")) == len(read.all("table"))
    assert {one["scope"] for one in read.all("th")} == {"col", "row"}
    assert all(one["data-label"] for one in read.all("td"))


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_contrast_is_computed_as_the_guidelines_do() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("pair", PAIRS)
def test_texts_have_the_contrast_of_level_aa(palette: dict[str, str], pair: tuple[str, str]) -> None:
    assert contrast(palette[pair[0]], palette[pair[1]]) >= 4.5


def test_the_style_sheet_takes_its_colours_from_the_palettes_alone() -> None:
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", CSS)) == {*LIGHT.values(), *DARK.values()}
    assert LIGHT.keys() == DARK.keys()
    fronts = set(re.findall(r"(?<![-\w])color: var\(--(\w+)\)", CSS))
    backs = set(re.findall(r"background: var\(--(\w+)\)", CSS))
    assert fronts == {front for front, _ in PAIRS}
    assert backs == {back for _, back in PAIRS}


def test_a_status_is_a_word_and_not_only_a_colour() -> None:
    read = Read(html.render(bad(), full()))
    assert {one["class"] for one in read.all("span") if "class" in one} == {
        "good",
        "bad",
        "open",
        "plain",
    }
    for word in ("DOES NOT CONFORM", "not reached", "error", "warning"):
        assert word in read.text


@pytest.mark.parametrize("text", NASTY)
def test_no_value_becomes_markup_or_leaves_its_place(text: str) -> None:
    # What is read from records holds no halves of surrogate pairs; names of files may.
    made = html.render(hostile(text), full(text.encode(errors="replace").decode()))
    plain = Read(html.render(hostile("plain"), full("plain")))
    read = Read(made)
    assert (read.faults, read.open) == ([], [])
    ElementTree.fromstring(made.replace("<!DOCTYPE html>", ""))
    assert {tag for tag, _ in read.tags} <= {tag for tag, _ in plain.tags}
    assert {one for _, attributes in read.tags for one in attributes} <= {
        one for _, attributes in plain.tags for one in attributes
    }
    assert CREDENTIAL not in made
    made.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ufffe\uffff]", made)


def test_a_credential_across_program_and_item_is_not_shown() -> None:
    from fsep.render.page import Passage

    half = len(CREDENTIAL) // 2
    stretches = ((CREDENTIAL[:half], False), (CREDENTIAL[half:], True))
    assert CREDENTIAL[half:] not in html._passage(Passage(stretches))


@pytest.mark.parametrize("form", [html, markdown])
def test_a_private_key_over_several_lines_is_not_shown(form: Any) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvplanted\n-----END PRIVATE KEY-----"
    made = form.render(good(), full(f"before\n{key}\nafter"))
    assert "planted" not in made
    assert "(credential, not shown)" in made


def test_the_same_report_gives_the_same_bytes() -> None:
    assert html.render(bad(), full()) == html.render(bad(), full())


def test_the_first_part_says_what_it_is_about_and_what_it_came_to() -> None:
    text = shown(good(), full())
    for said in (
        "Capital cities, plain and checked",
        "capital-cities",
        "12" * 32,
        "FSEP 1.0 (draft)",
        "fsep 0.1.0",
        "SYNTHETIC: system alpha and system beta are scripted stand-ins and no models.",
        "CONFORMS at whole, replayed and complete.",
        "self-recorded",
    ):
        assert said in text
    assert "SYNTHETIC" not in shown(replace(good(), bundle={**good().bundle, "synthetic": []}))


def test_what_is_established_stands_in_three_columns() -> None:
    text = shown(good())
    places = [
        text.index(title)
        for title in ("Established by recomputation", "Attested, taken on trust", "Not established")
    ]
    assert places == sorted(places)
    assert text.index("Every planned run is there once") < places[1] < text.index("Times, token counts")


def _first_cards(report: Report) -> list[str]:
    text = html.render(report, NOTHING)
    section = text.partition('id="worst"')[2].partition("</section>")[0]
    return re.findall(r"<h3>.*?<code>(.*?)</code>", section)


def test_the_worst_findings_are_errors_then_warnings_of_facets_asked_about_each_by_count() -> None:
    assert _first_cards(bad()) == [
        "FSEP-REQ-005",
        "FSEP-ADH-002",
        "FSEP-BND-006",
        "FSEP-TRN-006",
        "FSEP-OBS-001",
    ]


def test_what_nobody_asked_about_is_shown_only_where_nothing_else_is_left_however_often_it_is() -> None:
    many = tuple(
        replace(one, count=9000) if one.requirement == "FSEP-PRE-001" else one for one in bad().findings
    )
    assert "FSEP-PRE-001" not in _first_cards(replace(bad(), findings=many))
    few = tuple(one for one in many if one.requirement in {"FSEP-PRE-001", "FSEP-OBS-001"})
    assert _first_cards(replace(bad(), findings=few)) == ["FSEP-OBS-001", "FSEP-PRE-001"]


def test_of_the_findings_it_is_said_how_many_places_are_errors_and_how_many_nobody_asked_about() -> None:
    assert "142 errors, 3 warnings and 1 finding of facets nobody asked about in all; " in shown(bad())
    assert "0 errors, 0 warnings and 1 finding of facets nobody asked about in all." in shown(good())
    asked = replace(good(), asked=tuple(good().facets))
    assert "1 error and 0 warnings in all." in shown(asked)


def test_waived_and_known_findings_are_not_among_the_worst_but_among_all() -> None:
    known = replace(
        bad(),
        findings=tuple(replace(one, known=one.requirement == "FSEP-REQ-005") for one in bad().findings),
    )
    assert "FSEP-REQ-005" not in _first_cards(known)
    text = shown(known)
    assert "It stands in the baseline too." in text.partition("All findings")[2]


def test_of_one_requirement_a_second_finding_waits_for_the_first_of_others() -> None:
    def finding(id_: str, count: int) -> Finding:
        return Finding(id_, "error", "m", None, None, None, None, None, None, None, count)

    many = [finding("FSEP-ADH-002", 50 - number) for number in range(9)]
    report = replace(good(), findings=(*many, finding("FSEP-BND-006", 1)), not_listed={})
    assert _first_cards(report)[:3] == ["FSEP-ADH-002", "FSEP-BND-006", "FSEP-ADH-002"]
    beyond = replace(report, findings=(*report.findings, finding("FSEP-PRE-001", 9000)))
    assert _first_cards(beyond) == ["FSEP-ADH-002", "FSEP-BND-006", *["FSEP-ADH-002"] * 3]


def test_runs_are_counted_by_system() -> None:
    text = html.render(good(), full())
    row = text.partition('<th scope="row" role="rowheader">alpha</th>')[2].partition("</tr>")[0]
    assert re.findall(r'data-label="([^"]*)">([^<]*)<', row) == [
        ("Planned", "12"),
        ("Missing", "2"),
        ("Failed", "1"),
        ("Retried", "3 (5)"),
        ("Completed", "9"),
        ("At a limit", "0"),
    ]
    assert "(not in the bundle)" in text
    assert "2 lines of transcripts could not be read" in text


def test_what_is_not_alike_is_named_as_declared_and_as_observed() -> None:
    text = shown(bad(), full())
    assert "instructions are sent as the user's message" in text
    assert "the provider was down is made at most 256" in text
    assert "100 in 10 runs" in text
    assert "Not alike: runner, adaptations, declared parameters and rebuilt texts." in text
    assert "FSEP-OBS-001: 50 of its 50 replies" in text


def test_departures_alike_are_one_row_and_what_is_cut_is_counted() -> None:
    text = html.render(good(), full())
    section = text.partition('id="departures"')[2].partition("</section>")[0]
    assert 'data-label="How many">2</td><td role="cell" data-label="Reason">the provider was down' in section
    assert "And 4 more." in section


def test_a_cell_is_no_formula_where_a_table_is_pasted() -> None:
    section = html.render(good(), full("=1+1")).partition('id="departures"')[2]
    assert 'data-label="Reason">“=1+1”</td>' in section


def test_gaps_of_an_import_are_there_in_short_and_in_full() -> None:
    text = shown(bad())
    assert "Rebuilt (100 places): The system prompt was rebuilt from the policy" in text
    assert "So: No run can be shown to be a run of its program" in text
    assert "What the import" not in shown(good())


def test_all_findings_stand_under_their_requirement_with_what_is_not_listed() -> None:
    text = html.render(bad(), NOTHING).partition('id="findings"')[2]
    assert text.count("<details>") - 1 == len({one.requirement for one in bad().findings})
    assert "And 12 more places that no finding stands for." in text
    assert "· whole · 19 places" in text


def test_a_sampled_transcript_says_who_contributed_what() -> None:
    text = html.render(good(), full())
    assert "<mark>⟦refund late orders.⟧</mark>" in text
    for said in ("PROGRAM", "MODEL", "WITHHELD: personal data", "REBUILT", "provider-refused"):
        assert said in Read(text).text
    assert "too long for this page" in text
