"""Which weakenings the cases of the suite catch."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fsep_conformance.cases import Suite, load
from fsep_conformance.judge import Claim, expected
from weakening.sites import ADVISORY, MODULES, Site, sites

SURVIVORS = Path(__file__).with_name("survivors.json")
_FACETS = ("whole", "replayed", "complete", "preregistered", "rated", "claims-checked")
# Seconds after which a weakened validator hangs, which is a catch.
_LIMIT = 300
_SEED = 7

Case = dict[str, Any]


def listed() -> Mapping[str, str]:
    """Return the weakenings that are known to survive, with the reason."""
    found: dict[str, str] = {}
    for reason, keys in json.loads(SURVIVORS.read_bytes())["survivors"].items():
        found |= dict.fromkeys(keys, reason)
    return found


def hunted_sites() -> list[tuple[Site, int]]:
    """Return all weakenings that are hunted, each with its number in its module."""
    return [
        (site, number)
        for module in MODULES
        if module not in ADVISORY
        for number, site in enumerate(sites(module))
    ]


def hunt(
    *, only: str = "", sample: int | None = None, jobs: int = 2, suite: Suite | None = None
) -> Iterator[tuple[Site, str | None]]:
    """Yield each weakening with the case that catches it, None where none does.

    Args:
        only: those whose name holds this text.
        sample: so many of them, drawn by a fixed seed.
        jobs: how many validators run at once.
        suite: the cases, where they are not all of the suite.
    """
    hunted = [one for one in hunted_sites() if only in one[0].key]
    if sample is not None and sample < len(hunted):
        hunted = random.Random(_SEED).sample(hunted, sample)
    with tempfile.TemporaryDirectory(prefix="fsep-") as scratch:
        cases = _laid(suite or load(), Path(scratch))
        by_function = _seen(cases)

        def one(hunted: tuple[Site, int]) -> tuple[Site, str | None]:
            site, number = hunted
            # What stands outside of functions, every case comes by.
            at = by_function[site.module, site.function] if site.function != "module" else cases
            return site, _caught(site.module, number, at)

        with ThreadPoolExecutor(max(1, jobs)) as pool:
            yield from pool.map(one, hunted)


def _laid(suite: Suite, folder: Path) -> list[Case]:
    """Lay all cases down, with what has to be answered to each."""
    cases = []
    claim = Claim(suite.version, "session", _FACETS)
    for case in suite.cases:
        wanted = expected(case, claim)
        assert wanted is not None
        place = folder / case.id
        place.mkdir()
        bundle = suite.make(case, place)
        said = [wanted.verdict, sorted(wanted.violated)]
        cases.append(
            {
                "id": case.id,
                "bundle": str(bundle),
                "facets": list(wanted.facets),
                "trust": [str(suite.trust)],
                "said": said,
            }
        )
    return cases


def _seen(cases: Sequence[Case]) -> Mapping[tuple[str, str], list[Case]]:
    """Return the cases that come by each function: those that are refused first, and the short ones of them."""
    by_id = {case["id"]: case for case in cases}
    seconds: dict[str, float] = {}
    found: defaultdict[tuple[str, str], list[Case]] = defaultdict(list)
    for line in _run("-", 0, cases).splitlines():
        told = json.loads(line)
        case = by_id[told["case"]]
        assert told["said"] == case["said"], told
        seconds[case["id"]] = told["seconds"]
        for module, name in told["seen"]:
            # A site in a class is that of all its methods, one in a function that of those within it.
            parts = name.split(".")
            for end in range(1, len(parts) + 1):
                at = found[module, ".".join(parts[:end])]
                if case not in at[-1:]:
                    at.append(case)
    for at in found.values():
        at.sort(key=lambda case: (case["said"][0] != "refuse", seconds[case["id"]]))
    return found


def _caught(module: str, number: int, cases: Sequence[Case]) -> str | None:
    try:
        said = _run(module, number, cases)
    except subprocess.TimeoutExpired:
        return "it hangs"
    except subprocess.CalledProcessError:
        return "it does not start"
    return str(json.loads(said)["case"]) if said else None


def _run(module: str, number: int, cases: Sequence[Case]) -> str:
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    tests = str(Path(__file__).parents[1])
    made = subprocess.run(
        [sys.executable, "-m", "weakening.worker", module, str(number)],
        input=lines,
        capture_output=True,
        text=True,
        # With no weakening every case is put, and looked at as it goes.
        timeout=None if module == "-" else _LIMIT,
        check=True,
        env={**os.environ, "PYTHONPATH": tests},
    )
    return made.stdout
