"""Ratings on the page: each figure by itself, what is not known said, and nothing that adds up."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from fsep import limits
from fsep.findings import Facet, Report
from fsep.overview import Rated
from fsep.render import html, markdown
from fsep.render.page import Ladder
from fsep.render.rated_words import LEVELS, percent
from unit.handmade_overview import NOTHING, full
from unit.handmade_rated import cell, claim, difference, effect, measured, profile, rated
from unit.handmade_report import good
from unit.test_render_html import Read


def of(made: Rated, report: Report | None = None) -> str:
    return html.render(report or good(), replace(NOTHING, rated=made))


def stated(**more: Any) -> str:
    return of(rated(profile=profile(**more)))


def text(page: str) -> str:
    return Read(page).text


def accepted() -> Report:
    facets = {name: Facet("reached", asserted=True) for name in ("rated", "claims-checked")}
    return replace(good(), facets={**good().facets, **facets})


def test_a_bundle_without_ratings_has_none_of_it() -> None:
    page = html.render(good(), NOTHING)
    assert not re.search(r'id="(profile|effects|raters|claims)"', page)


def test_each_scaffold_has_a_panel_and_the_baseline_comes_first() -> None:
    captions = re.findall(r"<caption>(Scaffold [^<]*)</caption>", of(rated()))
    assert captions == ["Scaffold direct, the baseline", "Scaffold checked"]


def test_a_cell_says_share_interval_n_level_and_marks_and_its_colour_follows_the_share() -> None:
    page = of(rated())
    assert re.search(
        r'class="h10"><b>100 %</b><span>80 to 100, n 15</span><span>response</span><span>saturated \(ceiling\)',
        page,
    )
    assert re.search(r'class="h4"><b>40 %</b>', page)
    assert "<b>&lt;1 %</b>" in page


def test_what_is_not_measured_is_hatched_and_named() -> None:
    page = of(rated())
    assert 'class="hatched"><b>no run rated</b><span>11 missing, 4 not occasioned</span>' in page
    assert re.search(r'class="hatched"[^>]*><span>not measured: truthfulness and harm-avoidance</span>', page)


def test_a_profile_that_measured_nothing_says_so() -> None:
    said = text(stated(measured=[], cells=[], effects=[], differences=[]))
    assert "Nothing was measured. not measured: truthfulness and harm-avoidance" in said


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0"), (0.001, "<1"), (0.5, "50"), (0.999, ">99"), (1, "100")]
)
def test_only_nothing_is_nought_and_only_all_is_a_hundred(share: float, said: str) -> None:
    assert percent(share) == said


@pytest.mark.parametrize(
    ("made", "margin", "said"),
    [
        (effect("alpha", 0.6, "raised"), 0.2, "raised"),
        (effect("alpha", -0.6, "lowered"), 0.2, "lowered"),
        (effect("alpha", 0, "equivalent"), 0.2, "unchanged (equivalent)"),
        (effect("alpha", 0.1, "undetermined"), 0.2, "undetermined"),
        (effect("alpha", 0.1, None), 0.2, "too few items for a verdict"),
        (effect("alpha", 0.1, None), None, "no margin was stated, so no verdict"),
        (effect("alpha", None, None), 0.2, "nothing was measured on both sides"),
    ],
)
def test_a_verdict_is_said_in_words(made: dict[str, Any], margin: float | None, said: str) -> None:
    card = markdown.render(
        good(),
        replace(
            NOTHING,
            rated=rated(profile=profile(measured=[measured("support", margin=margin)], effects=[made])),
        ),
    )
    row = next(line for line in card.splitlines() if line.startswith("| alpha | checked |"))
    assert row.replace("\\", "").endswith(f"| {said} | none |")


def test_where_people_are_units_they_are_too_few_and_not_items() -> None:
    made = rated(profile=profile(effects=[effect("alpha", 0, None)]), participants=True)
    assert "too few participants for a verdict" in text(of(made))


@pytest.mark.parametrize(
    ("verdict", "estimate", "said"),
    [
        ("differs", 0.4, "differs: it raised alpha more than beta, or lowered it less"),
        ("differs", -0.4, "differs: it raised alpha less than beta, or lowered it more"),
        ("equivalent", 0, "unchanged (equivalent) from alpha to beta"),
        ("undetermined", 0, "undetermined"),
        (None, 0, "too few items for a verdict"),
    ],
)
def test_a_difference_is_said_in_words(verdict: str | None, estimate: float, said: str) -> None:
    page = stated(differences=[difference(verdict, estimate)])
    assert f'data-label="In words">{said}</td>' in page
    assert ("unchanged" in text(page).split("Differences of effects", 1)[1]) == (verdict == "equivalent")


def test_differences_are_all_counted_in_a_sentence() -> None:
    made = [difference("differs"), difference("undetermined"), difference("undetermined"), difference(None)]
    assert (
        "Of 4 differences between effects on two systems, 1 differ, 2 are undetermined: the data do not say"
        in text(stated(differences=made))
    )


def test_marks_that_occur_are_explained_and_no_other() -> None:
    said = text(of(rated()))
    assert "confounded: the two systems declare different adaptations" in said
    assert "treatment-material:" not in said


def test_what_the_validator_did_not_accept_is_shown_under_a_note_that_says_why() -> None:
    why = Facet("not-reached", asserted=True, because=("FSEP-PRF-005: another share",))
    report = replace(good(), facets={**good().facets, "rated": why, "claims-checked": why})
    said = text(of(rated(), report))
    assert said.count("NOT ACCEPTED:") == 4
    assert "Why: FSEP-PRF-005: another share." in said
    assert "NOT ACCEPTED" not in text(of(rated(), accepted()))


def test_stand_ins_are_called_synthetic_beside_their_figures_and_so_are_raters_that_are_scripts() -> None:
    systems = {"alpha": {**full().systems["alpha"], "synthetic": True}}
    page = html.render(good(), replace(NOTHING, systems=systems, rated=rated()))
    for section in ("profile", "effects", "claims"):
        part = page.split(f'<section aria-labelledby="{section}">')[1].split("</section>")[0]
        assert "alpha is a scripted stand-in and no model." in part
    assert "ben is a script, and no rater at all." in page
    assert "SYNTHETIC, a script" in page


@pytest.mark.parametrize(
    ("agreement", "said"),
    [
        ({"unreliable": True, "coefficient": -0.25}, "\u22120.25"),
        ({"unreliable": True}, "✗ unreliable"),
        ({"undefined": "no-variation", "coefficient": None}, "! undefined: nothing varied"),
        ({}, "60 (2 split on the occasion)"),
    ],
)
def test_agreement_is_said_for_each_dimension(agreement: dict[str, Any], said: str) -> None:
    one = measured("support")
    one["agreement"].update(agreement)
    assert said in text(stated(measured=[one]))


def test_dimensions_that_no_rater_rates_are_named_beside_the_agreement() -> None:
    ease = measured("ease", by="self-report")
    del ease["agreement"]
    assert "Without raters who could agree: ease (a self-report)." in text(
        stated(measured=[measured("support"), ease])
    )


def test_departures_about_ratings_are_alike_together() -> None:
    departed = {
        "kind": "rater-replaced",
        "rater": "ada",
        "by": "eve",
        "dimension": "support",
        "reason": "ill",
    }
    page = html.render(good(), replace(NOTHING, departures=(departed, departed), rated=rated()))
    row = page.split("Departures about ratings")[1].split("</table>")[0]
    assert "ada, by eve" in row
    assert 'data-label="How many">2</td>' in row


def test_a_claim_says_evidence_and_each_axis_with_its_bridge_and_support() -> None:
    said = text(of(rated("it is so")))
    for one in (
        "! inferred",
        "cell, alpha, checked: 100 % (80 to 100)",
        "cell, beta, checked: no figure",
        "cell, gone, checked: not in the profile",
        "attained at least 70 % · support · systems: any",
        "✗ no bridge",
        "from 2026-01-01T00:00:00Z until no end",
        "2 more",
    ):
        assert one in said
    assert "total" not in said.replace("there is no total", "").replace("There is no total", "")


def test_the_ladder_marks_what_is_asserted_only_above_the_evidence() -> None:
    page = of(rated("it is so"))
    assert '<li class="has">2. response<strong>: the evidence is here</strong></li>' in page
    assert '<li class="asserts">4. deployment<strong>: asserted, above the evidence</strong></li>' in page
    assert Ladder(LEVELS, "interaction", "model").marks("model") == ()
    assert Ladder(LEVELS, "model", "model").marks("model") == ("has",)


def test_a_claim_at_no_distance_says_so() -> None:
    made = claim("it is so", distance=[], status="observed")
    said = text(of(rated(claims=(made,))))
    assert "No distance:" in said
    assert "✓ observed" in said


def test_ratings_stand_beside_a_transcript_with_why_it_is_there() -> None:
    page = html.render(good(), full("a note"))
    said = text(page)
    assert (
        "Chosen, not drawn: raters are furthest apart here: support, none against full, the worst of 2"
        in said
    )
    assert re.search(r"Drawn by the seed, of the runs of \w+ with \w+", said)
    assert "1 transcript drawn from all runs" in said
    row = page.split("Ratings of this run")[1].split("</table>")[0]
    assert "<code>cy</code> (adjudicator)" in row
    assert "<code>ben</code> (SYNTHETIC, a script)" in row
    assert ">no occasion<" in row
    assert ">a note<" in row


@pytest.mark.parametrize(
    ("change", "said"),
    [({"hidden": True}, "is not published"), ({"crowded": True}, "too many ratings")],
)
def test_why_no_rating_stands_beside_transcripts_is_said(change: dict[str, Any], said: str) -> None:
    assert said in text(html.render(good(), replace(full(), **change)))
    assert said not in text(html.render(good(), full()))


def test_what_is_left_out_is_counted() -> None:
    systems = [f"s{number}" for number in range(30)]
    scaffolds = [f"c{number}" for number in range(100)]
    cells = [cell(system, scaffold, "support", 0.5) for scaffold in scaffolds for system in systems]
    effects = [effect(f"s{number}", 0.5, "raised") for number in range(limits.PAGE_FIGURES + 7)]
    differences = [difference("differs")] * (limits.PAGE_FIGURES + 9)
    made = rated(
        profile=profile(cells=cells, effects=effects, differences=differences),
        claims=(claim("so"),) * (limits.PAGE_CLAIMS + 3),
    )
    page = of(made)
    shown = len(re.findall(r'class="h\d+"', page))
    assert shown <= limits.PAGE_CELLS
    said = text(page)
    assert f"And {len(cells) - shown:,} cells in profile.json" in said
    assert "And 7 effects in profile.json" in said
    assert "And 9 differences in profile.json" in said
    assert "And 3 claims in claims.json" in said


def test_a_profile_that_states_a_dimension_twice_shows_it_once() -> None:
    page = stated(measured=[measured("support"), measured("support")])
    assert page.count("<h3>support</h3>") == 1
    assert "not shown here" not in page


def test_more_systems_than_fit_beside_each_other_have_tables_of_their_own() -> None:
    names = [f"s{number:02}" for number in range(limits.PAGE_SYSTEMS + 1)]
    page = stated(cells=[cell(name, "direct", "support", 0.5) for name in names])
    assert page.count("<caption>Scaffold direct, the baseline</caption>") == 2


def test_the_card_has_the_figures_too() -> None:
    card = markdown.render(good(), replace(NOTHING, rated=rated("so it is")))
    for said in (
        "| support | 100 %; 80 to 100, n 15; response; saturated \\(ceiling\\) | no run rated",
        "2 dimensions: not measured: truthfulness and harm-avoidance",
        "2. response: **the evidence is here**",
        "4. deployment: **asserted, above the evidence**",
        "| alpha | checked | 60 | 50 to 70 | 15 |",
    ):
        assert said in card
    assert "<svg" not in card


def plot(page: str) -> ElementTree.Element:
    found = ElementTree.fromstring(re.findall(r"<svg.*?</svg>", page, re.DOTALL)[0])
    return found


NAMESPACE = "{http://www.w3.org/2000/svg}"


def test_a_plot_is_shapes_and_texts_that_take_the_colours_of_the_page() -> None:
    pytest.importorskip("matplotlib")
    drawn = plot(of(rated()))
    assert {node.tag.removeprefix(NAMESPACE) for node in drawn.iter()} == {
        "svg",
        "title",
        "desc",
        "path",
        "text",
    }
    for node in drawn.iter():
        assert not {"style", "href"} & {name.rpartition("}")[2] for name in node.attrib}
        shape = node.tag.removeprefix(NAMESPACE) in ("path", "text")
        if shape and node.get("fill") != "none":
            assert re.fullmatch(r"(fill|stroke)-\w+( stroke-\w+)?", node.get("class", ""))


def test_a_plot_says_what_it_shows_to_who_cannot_see_it() -> None:
    pytest.importorskip("matplotlib")
    drawn = plot(of(rated()))
    said = {node.tag.removeprefix(NAMESPACE): node.text or "" for node in drawn}
    assert said["title"] == "Effects on support, in percentage points, margin 20 points either way"
    assert said["desc"] == (
        "alpha with checked 60, 50 to 70: raised; beta with checked: nothing was measured on both sides"
    )
    texts = [node.text for node in drawn.iter(f"{NAMESPACE}text")]
    assert {"alpha · checked", "raised", "percentage points; shaded: within the margin"} <= set(texts)


def test_an_interval_is_drawn_where_its_figures_are() -> None:
    pytest.importorskip("matplotlib")
    drawn = plot(stated(effects=[effect("alpha", 0.5, "raised")]))
    paths = list(drawn.iter(f"{NAMESPACE}path"))
    grid = [float(node.get("d", "").split()[1]) for node in paths if node.get("class") == "stroke-line"]
    zero = next(float(n.get("d", "").split()[1]) for n in paths if n.get("class") == "stroke-quiet")
    bar = next(n.get("d", "").split() for n in paths if n.get("class") == "stroke-link")
    scale = max(grid) - zero
    assert (float(bar[1]) - zero) / scale == pytest.approx(0.4)
    assert (float(bar[4]) - zero) / scale == pytest.approx(0.6)


def test_without_the_library_there_is_the_table_and_how_to_have_plots(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    page = of(rated())
    assert "<svg" not in page
    assert "<code>pip install &quot;fsep[report]&quot;</code>" in page
    assert "<caption>Effects on support</caption>" in page


def test_the_same_profile_gives_the_same_bytes_whatever_settings_somebody_has() -> None:
    pytest.importorskip("matplotlib")
    import matplotlib as mpl

    first = of(rated())
    with mpl.rc_context({"font.size": 30, "svg.fonttype": "path"}):
        assert of(rated()) == first
