"""The validator in JavaScript: it passes the suite through the same plug-in, with a node and packages that are pinned."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from fsep.cli import main
from fsep_conformance.cases import load
from fsep_conformance.config import read_config
from fsep_conformance.judge import expected
from fsep_conformance.run import claim_of
from fsep_conformance.verify import verify

ROOT = Path(__file__).parents[2]
HERE = "conformance/implementations/node"
NODE = ROOT / HERE
SUITE = load()


def _json(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((NODE / name).read_bytes())
    return value


def _locked(name: str) -> dict[str, dict[str, Any]]:
    """Return what a lock file says of each package but the validator itself, which has no name there."""
    packages = _json(name)["packages"]
    return {place: one for place, one in packages.items() if place}


def test_it_passes_every_case_of_the_facets_that_it_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing fails here, and nothing is skipped: `make test` installs all of it."""
    beside = Path(sys.executable).parent
    monkeypatch.setenv("PATH", str(beside), prepend=":")
    assert shutil.which("node") == str(beside / "node")
    assert (NODE / "node_modules").is_dir()
    config, out = read_config(NODE / "config.yaml"), tmp_path / "evidence.jsonl"
    assert (config.command, config.unsupported, config.expected) == (
        ("node", "validator.js"),
        frozenset(),
        {},
    )
    claim = claim_of(config, SUITE)
    assert claim.facets == ("whole", "replayed", "complete")
    code = main(["conformance", "run", str(NODE / "config.yaml"), "-o", str(out)])
    found = verify(out, SUITE)
    asked = {case.id for case in SUITE.cases if case.required and expected(case, claim) is not None}
    assert len(asked) >= 300
    assert {
        id_: one.why for id_, one in found.verdicts.items() if id_ in asked and one.outcome != "pass"
    } == {}
    assert asked <= found.exchanges.keys()
    assert found.header["implementation"]["name"] == "fsep-validator-node"
    assert code == 0


def test_the_packages_that_it_runs_with_are_those_of_the_lock_file() -> None:
    locked, installed = _locked("package-lock.json"), _locked("node_modules/.package-lock.json")
    assert [(place, one["version"], one["integrity"]) for place, one in sorted(installed.items())] == [
        (place, one["version"], one["integrity"]) for place, one in sorted(locked.items())
    ]


def test_every_package_is_pinned_by_version_and_digest_and_no_registry_is_named() -> None:
    wanted, locked = _json("package.json")["dependencies"], _locked("package-lock.json")
    assert _json("package-lock.json")["packages"][""]["dependencies"] == wanted
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    for one in locked.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", one["version"])
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", one["integrity"])
        assert "resolved" not in one
    assert not (NODE / ".npmrc").exists()


def test_its_sources_are_packed_and_nothing_that_is_installed() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    forced = build["targets"]["wheel"]["force-include"]
    assert not {HERE, "conformance", "conformance/implementations"} & forced.keys()
    sources = {
        path.name
        for path in NODE.iterdir()
        if path.is_dir() or path.suffix in (".js", ".json", ".md", ".yaml")
    }
    packed = {name.removeprefix(f"{HERE}/") for name in forced if name.startswith(HERE)}
    assert packed == sources - {"node_modules"}
    assert all(forced[f"{HERE}/{name}"] == f"fsep/_data/{HERE}/{name}" for name in packed)
    assert "node_modules" in build["exclude"]
