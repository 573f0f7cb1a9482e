"""Every fault has a page that names it, as HTML and as Markdown; a page of the parent is whole."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

import parent as parents
from acceptance import cases_rated  # noqa: F401  # importing adds its cases
from acceptance.cases import CASES, Case
from fsep.bundle import open_bundle
from fsep.engine import validate
from fsep.overview import Sampling, overview
from fsep.render import html, markdown

# One case of each requirement: what a page says does not depend on which.
FIRST = {case.requirement: case for case in reversed(CASES)}


def pages(folder: Path) -> list[str]:
    """Return both forms of the page of a bundle, with all its transcripts."""
    report = validate(folder, trust=[parents.authority().root_pem])
    with open_bundle(folder) as bundle:
        seen = overview(bundle, report, Sampling(500, "s"))
    return [one.render(report, seen) for one in (html, markdown)]


def test_the_rated_parent_has_a_page_with_all_that_is_rated(tmp_path: Path) -> None:
    bench = parents.rated_parent()
    page, card = pages(bench.write(tmp_path))
    ElementTree.fromstring(page.replace("<!DOCTYPE html>", ""))
    stated = bench.values["profile.json"]
    assert page.count('role="cell" data-label="In words"') == len(stated["differences"])
    assert page.count("<caption>Scaffold ") == len({one["scaffold"] for one in stated["cells"]})
    assert page.count(' role="cell" data-label="hasty"') * 2 == len(stated["cells"])
    for claim in bench.values["claims.json"]["claims"]:
        assert page.count(f"<h3>{claim['text']}</h3>") == 1
        assert claim["text"] in card
    assert "NOT ACCEPTED" not in page


def test_the_parent_has_a_page_with_all_its_runs(tmp_path: Path) -> None:
    bench = parents.rated_parent()
    page, card = pages(bench.write(tmp_path))
    ElementTree.fromstring(page.replace("<!DOCTYPE html>", ""))
    assert page.count("<summary><code>") == sum("run" in run for run in bench.runs())
    assert "**CONFORMS**" in card


@pytest.mark.parametrize("case", FIRST.values(), ids=list(FIRST))
def test_every_fault_stands_on_the_page(case: Case, tmp_path: Path) -> None:
    page, card = pages(case.bench().write(tmp_path, case.finish))
    ElementTree.fromstring(page.replace("<!DOCTYPE html>", ""))
    assert case.requirement in page
    assert case.requirement in card
