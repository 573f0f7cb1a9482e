"""The suite against weakenings of the validator's own checks: some of them, and what is listed as not caught.

All of them take about an hour, and are left to `make weaken`.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from fsep_conformance.cases import Suite, load
from weakening import __main__ as command
from weakening.hunt import SURVIVORS, hunt, hunted_sites, listed

SUITE = load()


def narrowed(*requirements: str) -> Suite:
    """Return the suite of the cases about some requirements alone, and of what these differ from."""
    by_id = {case.id: case for case in SUITE.cases}
    kept = {case.id for case in SUITE.cases if case.requirement in requirements}
    for id_ in list(kept):
        while (id_ := by_id[id_].parent) in by_id:
            kept.add(id_)
    return replace(SUITE, cases=tuple(case for case in SUITE.cases if case.id in kept))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("function", "requirement"),
    [
        ("checks/ledger.py _links", "FSEP-PRV-001"),
        ("checks/commitments.py chained", "FSEP-PRE-003"),
        ("checks/container.py digest_and_size", "FSEP-BND-006"),
    ],
)
def test_some_weakenings_are_caught_or_listed(function: str, requirement: str) -> None:
    """The cases about the requirement that a check decides are enough for it."""
    found = list(hunt(only=function, sample=2, jobs=1, suite=narrowed(requirement)))
    assert len(found) == 2
    assert [site.key for site, by in found if by is None and site.key not in listed()] == []


def test_what_no_case_catches_is_found() -> None:
    """Among bundles that are in order, no check is missed."""
    bare = replace(SUITE, cases=tuple(case for case in SUITE.cases if case.accepts and not case.change)[:1])
    [(site, by), *_] = hunt(only="checks/ledger.py unbroken: check -> removed", jobs=1, suite=bare)
    assert (site.function, by) == ("unbroken", None)


def test_what_is_listed_is_a_weakening_and_is_listed_once() -> None:
    keys = [key for keys in json.loads(SURVIVORS.read_bytes())["survivors"].values() for key in keys]
    assert len(keys) == len(set(keys)) == len(listed())
    assert set(keys) <= {site.key for site, _ in hunted_sites()}


def test_the_command_fails_for_what_is_not_listed_and_for_what_is_caught_all_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = (site for site, _ in hunted_sites()[:2])
    monkeypatch.setattr("sys.argv", ["weakening"])
    monkeypatch.setattr(command, "hunt", lambda **_: iter([(one, None), (other, "v-0001")]))
    monkeypatch.setattr(command, "listed", lambda: {one.key: "it is a word"})
    assert command.main() == 0
    assert f"listed    {one.key}" in capsys.readouterr().out
    monkeypatch.setattr(command, "listed", lambda: {})
    assert command.main() == 1
    assert f"SURVIVES  {one.key}" in capsys.readouterr().out
    monkeypatch.setattr(command, "listed", lambda: {one.key: "it is a word", other.key: "it was one"})
    assert command.main() == 1
    assert f"CAUGHT, and listed  {other.key}" in capsys.readouterr().out
