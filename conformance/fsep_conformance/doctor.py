"""Trying a plug-in before a run: what is wrong here is the configuration, and not the implementation."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fsep import protocol
from fsep_conformance.cases import Suite
from fsep_conformance.config import Config
from fsep_conformance.judge import judged
from fsep_conformance.plug import Exchange, Session, one_shot
from fsep_conformance.roles import told
from fsep_conformance.run import claim_of, filled, recorded


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is in order, what it is, and what to do where it is not."""

    fine: bool
    what: str
    advice: str = ""


def examine(config: Config, suite: Suite) -> Iterator[Finding]:
    """Yield what was looked at, in order; it ends at the first that keeps the others from being tried."""
    program = config.command[0]
    found = shutil.which(program, path=None) or (config.folder / program).is_file()
    yield Finding(
        bool(found),
        f"the program {program!r} is there",
        "Install it, or give its path from the file's folder.",
    )
    if not found:
        return
    known = protocol.load(suite.version).requirements
    strange = sorted(config.unsupported - known.keys())
    yield Finding(
        not strange,
        "every id in `unsupported` is a requirement" if not strange else f"{strange[0]} is no requirement",
        "`fsep requirements` lists them.",
    )
    strange = sorted(set(config.expected) - told(config.role, suite).keys())
    yield Finding(
        not strange,
        "every case in `expected` is a case" if not strange else f"there is no case {strange[0]}",
        "`fsep conformance list` lists them.",
    )
    yield from _played(config, suite) if config.role == "runner" else _tried(config, suite)


def _played(config: Config, suite: Suite) -> Iterator[Finding]:
    # The scripted model is nothing that validators are tried with.
    from fsep_conformance.judge_runner import judged_runner  # noqa: PLC0415
    from fsep_conformance.play import load_runner_cases, play  # noqa: PLC0415

    case = load_runner_cases(suite.folder)[0]
    exchange = play(case, config, suite.folder)
    verdict = judged_runner(case, exchange)
    began = verdict.outcome in ("pass", "fail")
    said = exchange["errors"].strip().splitlines()
    yield Finding(
        began,
        f"it carried a study out, in {exchange['seconds']:.1f} s"
        if began
        else f"a first study: {verdict.why}",
        f"The last it said on standard error: {said[-1]}" if said else "It said nothing on standard error.",
    )
    if began:
        yield Finding(
            verdict.outcome == "pass",
            "it did so as it has to" if verdict.outcome == "pass" else f"it did so otherwise: {verdict.why}",
            "This is no fault of the configuration: the run will say more.",
        )


def _tried(config: Config, suite: Suite) -> Iterator[Finding]:
    claim = claim_of(config, suite)
    case = next(
        case for case in suite.cases if case.accepts and case.form == "folder" and case.parent == "small"
    )
    with tempfile.TemporaryDirectory(prefix="fsep-") as scratch:
        bundle = suite.make(case, Path(scratch))
        if config.mode == "one-shot":
            command = list(filled(config.command, bundle, ("whole",), [str(suite.trust)]))
            came = one_shot(command, config.folder, config.time_limit)
        else:
            with Session(config) as session:
                line = {"do": "judge", "case": case.id, "bundle": str(bundle), "facets": ["whole"]}
                came = session.ask({**line, "trust": [str(suite.trust)]}, suite.version)
    verdict = judged(case, claim, recorded(came, 0))
    answered = verdict.outcome in ("pass", "fail", "unsupported")
    yield Finding(
        answered,
        f"it answered a bundle that is in order, in {came.seconds:.1f} s"
        if answered
        else f"a bundle that is in order: {verdict.why}",
        _advice(came, config),
    )
    if answered:
        yield Finding(
            verdict.outcome == "pass",
            "it accepts that bundle"
            if verdict.outcome == "pass"
            else f"it does not accept that bundle: {verdict.why}",
            "This is no fault of the configuration: the run will say more.",
        )


def _advice(came: Exchange, config: Config) -> str:
    said = came.errors.decode("utf-8", "replace").strip().splitlines()
    last = f" The last it said on standard error: {said[-1]}" if said else ""
    return f"Try the command by hand, in {config.folder.name}: {' '.join(config.command)}.{last}"
