"""What pages show of ratings: figures as stated and bounded in number, foreign texts escaped, plots or none."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import parent
from fsep.bundle import open_bundle
from fsep.engine import validate
from fsep.overview import Sampling, overview
from fsep.overview.rated import contested, read_rated
from fsep.protocol import load
from fsep.render import html, markdown, plots
from fsep.render.html_style import PAIRS
from workbench import Workbench

FLAGSHIP = parent.ROOT / "examples" / "verification-stress-test"
EVIL = "<script>alert(1)</script> & ![x](http://evil.example/x.png) \x1b[2J"


def pages(folder: Path, size: int = 2) -> tuple[str, str]:
    report = validate(folder)
    with open_bundle(folder) as bundle:
        seen = overview(bundle, report, Sampling(size, "0"))
    return html.render(report, seen), markdown.render(report, seen)


@pytest.fixture(scope="module")
def flagship() -> tuple[str, str]:
    return pages(FLAGSHIP, 40)


def text_of(page: str) -> str:
    root = ElementTree.fromstring(page.replace("<!DOCTYPE html>", ""))
    return " ".join(" ".join(root.itertext()).split())


def test_the_page_shows_profile_effects_agreement_and_claims(flagship: tuple[str, str]) -> None:
    page, card = flagship
    shown = text_of(page)
    for said in (
        "Not measured: truthfulness,",
        "The effect of verification differs between amber and birch: +1.00",
        "Whether the effect of critique differs between amber and birch is undetermined",
        "unchanged, within the margin",
        "quadratic-kappa 0.939",
        "Raters differ",
        "[interaction: measured] → deployment: asserted",
        "there is no total",
        "a script, and no model",
    ):
        assert _bare(said) in _bare(shown), said
        assert _bare(said) in _bare(card), said
    assert "overall" not in shown.lower()


def _bare(text: str) -> str:
    """Return a text without what markup may put between its words."""
    return re.sub(r"[\W_]", "", text)


def test_unmeasured_cells_are_hatched_and_shares_stand_as_text(flagship: tuple[str, str]) -> None:
    page, _ = flagship
    assert page.count('class="hatched"') == 4 * 3
    assert 'class="h4" data-label="amber"' in page or 'data-label="amber" class="h4"' in page
    assert ("text", "heat4") in PAIRS


def test_plots_are_pictures_with_words_and_without_any_address(flagship: tuple[str, str]) -> None:
    page, _ = flagship
    found = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)"', page)
    assert len(found) == 3
    for data, alt in found:
        svg = base64.b64decode(data).decode()
        assert "<script" not in svg
        assert "amber with verification" in alt
    assert "https://" not in page.split("<body")[0]


def test_the_same_figures_make_the_same_picture() -> None:
    entry: dict[str, Any] = {
        "system": "a",
        "scaffold": "b",
        "verdict": None,
        "effect": {"estimate": 0.5, "low": 0.1, "high": 0.9},
    }
    assert plots.effects([entry], 0.2) == plots.effects([entry], 0.2)
    assert plots.effects([entry], 0.2) != plots.effects([entry], None)


def test_without_a_plotting_library_the_figures_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "available", lambda: False)
    page, _ = pages(FLAGSHIP, 0)
    assert "<img" not in page
    assert "Plots are made where" in page
    assert "+1.00 (+0.57 to +1.00)" in page


def test_a_profile_that_was_not_accepted_says_so(tmp_path: Path) -> None:
    bench = parent.rated_parent()
    bench["profile.json"]["cells"][0]["attained"] += 1
    page, _ = pages(bench.write(tmp_path))
    assert "These figures were not accepted:" in page


def test_foreign_texts_are_escaped_everywhere(tmp_path: Path) -> None:
    bench = parent.rated_parent()
    for claim in bench["claims.json"]["claims"]:
        claim["text"] = EVIL
        for reach in claim["distance"]:
            reach["bridge"] = {"argument": EVIL, "support": "cited", "sources": [EVIL]}
    for line in bench["ratings/checker.jsonl"]:
        line["note"] = EVIL
    bench["raters.json"]["raters"][1]["model"]["name"] = EVIL
    page, card = pages(bench.write(tmp_path), 30)
    assert "<script>alert" not in page
    assert "\x1b" not in page + card
    assert "](http" not in card
    ElementTree.fromstring(page.replace("<!DOCTYPE html>", ""))


def test_many_cells_and_claims_are_bounded_and_counted(tmp_path: Path) -> None:
    bench = parent.rated_parent()
    cells = bench["profile.json"]["cells"]
    cells += [{**cells[0], "system": f"s{number}"} for number in range(2000)]
    claims = bench["claims.json"]["claims"]
    claims += [{**claims[0], "id": f"c{number}"} for number in range(900)]
    page, _ = pages(bench.write(tmp_path))
    assert "more cells" in page
    assert "more claims" in page
    assert len(page) < 3_000_000


def test_what_is_no_valid_document_is_not_shown(tmp_path: Path) -> None:
    bench = parent.rated_parent()
    bench["profile.json"]["score"] = 1
    bench["claims.json"]["claims"][0]["asserts"]["level"] = "galaxy"
    page, _ = pages(bench.write(tmp_path))
    assert "Alignment profile</h2>" not in page
    assert "Claims and their" not in page


def test_raters_who_differ_are_told_and_adjudicators_do_not_count(tmp_path: Path) -> None:
    bench: Workbench = parent.rated_parent()
    folder = bench.write(tmp_path)
    runs = frozenset(run["run"] for run in bench.runs() if "run" in run)
    with open_bundle(folder) as bundle:
        rated = read_rated(bundle, load("1.0"), runs)
    differing = {run for run in runs if contested(rated, run)}
    assert differing
    assert differing != runs
    for run in differing:
        said = [one for one in rated.ratings[run] if one["rater"] in ("ada", "ben")]
        assert len({(one["dimension"], one.get("step"), one.get("value")) for one in said}) > len(
            {(one["dimension"], one.get("step")) for one in said}
        )
