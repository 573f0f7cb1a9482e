"""Writes the cases of the conformance suite: `make suite`.

Cases come from the acceptance cases, from corners of the language, from hostile input and from the examples of the
specification. A case keeps its id as long as it keeps its requirement and its sentence. Every one is answered by
the reference validator before it is written, and has to be answered as it says.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import parent as parents
from acceptance import (  # noqa: F401  # importing adds their cases
    cases_neighbours,
    cases_neighbours_chains,
    cases_neighbours_claims,
    cases_neighbours_rated,
    cases_neighbours_rubric,
    cases_rated,
)
from acceptance import test_flagship as flagship
from acceptance.cases import CASES
from acceptance.cases_corners import BROKEN_OFF, CORNERS, PREFIXES, SEVERAL
from acceptance.cases_hostile import HOSTILE
from acceptance.cases_neighbours_chains import sized_proofs
from acceptance.cases_neighbours_small import SMALL
from acceptance.cases_readings import READINGS
from acceptance.cases_runners import RECALL, RUNNER_CASES, studies
from acceptance.cases_spec import spec_benches
from acceptance.corners import bench_of, wrong_bench
from fsep import protocol
from fsep.engine import validate
from fsep.findings import Outcome
from fsep_conformance.cases import CASES as CASES_FILE
from fsep_conformance.cases import FROZEN, RUNNERS
from fsep_conformance.change import Files, changed
from fsep_conformance.differ import difference
from fsep_conformance.lay import lay

VERSION = "1.0"
SUITE = Path(__file__).parents[1] / "conformance" / "suite" / VERSION
PROTOCOL = protocol.load(VERSION)
UNRATED: tuple[str, ...] = ("whole", "replayed", "complete", "preregistered")
ALL = (*UNRATED, "rated", "claims-checked")
CORNER = ("whole", "replayed")
FAULTS: list[str] = []
EXAMPLES = Path(__file__).parents[1] / "examples"


@dataclass
class Entry:
    """A case before it is written: its parent's name or sentence, and what its bundle holds."""

    requirement: str
    why: str
    parent: str
    facets: Sequence[str]
    files: Files | None = None
    steps: list[dict[str, Any]] = field(default_factory=list)
    form: str = "folder"
    accepts: bool = False
    incomplete: bool = False
    repack: bool = False
    forbids: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


def folders() -> dict[str, Files]:
    """Return the parents that stand in folders."""
    return {
        "unrated": parents.parent().bytes(),
        "rated": parents.rated_parent().bytes(),
        "small": bench_of(BROKEN_OFF).bytes(),
        "example": _folder(EXAMPLES / "six-programs"),
        "stress": flagship.bench().bytes(),
    }


def _folder(root: Path) -> Files:
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def entries() -> Iterator[Entry]:
    """Yield every case, accepted ones before those that differ from them."""
    for name, facets in (
        ("unrated", UNRATED),
        ("rated", ALL),
        ("small", CORNER),
        ("example", UNRATED[:3]),
        ("stress", flagship.FACETS),
    ):
        why = f"the parent {name!r} meets every requirement of these facets"
        yield Entry("FSEP-DOC-003", why, name, facets, accepts=True)
        yield Entry("FSEP-VAL-005", f"{why}, also as an archive", name, facets, form="zip", accepts=True)
    for case in CASES:
        bench = case.before()
        facets = case.facets or (ALL if case.rated else UNRATED)
        if PROTOCOL.requirements[case.requirement].facet not in facets:
            continue
        parent = case.base.sentence if case.base is not None else "rated" if case.rated else "unrated"
        if case.parent is not None:
            case.parent(bench)
            files, parent = bench.bytes(), f"accepted before: {case.sentence}"
            yield Entry(
                case.requirement, parent, "rated" if case.rated else "unrated", facets, files, accepts=True
            )
        if case.change is not None:
            case.change(bench)
        files = bench.bytes()
        if case.finish is not None:
            case.finish(files)
        advisory = PROTOCOL.requirements[case.requirement].severity == "warning"
        why = f"advisory, and no refusal: {case.sentence}" if advisory else case.sentence
        accepts = advisory or case.accepts
        yield Entry(case.requirement, why, parent, facets, files, accepts=accepts, also=case.also)
    for changes, accepts in ((flagship.ACCEPTED, True), (flagship.FAULTS, False)):
        for requirement, change in changes:
            bench = flagship.bench()
            change(bench)
            why = f"the stress test: {change.__name__.strip('_').replace('_', ' ')}"
            yield Entry(requirement, why, "stress", flagship.FACETS, bench.bytes(), accepts=accepts)
    yield from _several()
    yield from _corners()
    for hostile in (*HOSTILE, *sized_proofs()):
        hostile_files: Files | None = None
        if hostile.change is not None:
            bench = parents.parent()
            hostile.change(bench)
            hostile_files = bench.bytes()
        yield Entry(
            hostile.requirement,
            hostile.sentence,
            "unrated",
            UNRATED,
            hostile_files,
            steps=hostile.steps,
            form=hostile.form,
            accepts=hostile.accepts,
            forbids=hostile.forbids,
        )
    for reading in READINGS:
        yield Entry(
            reading.requirement,
            reading.sentence,
            reading.parent,
            reading.facets,
            reading.files() if reading.files is not None else None,
            steps=list(reading.steps),
            form=reading.form,
            accepts=reading.verdict == "accept",
            incomplete=reading.verdict == "incomplete",
            repack=reading.repack,
            also=reading.also,
        )
    for one in SMALL:
        files = one.make().bytes()
        yield Entry(
            one.requirement, one.sentence, one.parent, one.facets, files, accepts=one.accepts, also=one.also
        )
    for sentence, bench in spec_benches():
        yield Entry("FSEP-REQ-002", sentence, "small", CORNER, bench.bytes(), accepts=True)


def _several() -> Iterator[Entry]:
    """Yield the cases with faults in two places that know nothing of each other: both are to be named."""
    bench = parents.parent()
    bench.run("steady.direct.nile.0")["events"][0]["content"] += " "
    bench.run("hasty.direct.peru.0")["events"][1]["returned_model"] = "stand-in-hasty-2"
    parents.settle(bench)
    why = "a text of the program was changed in one run, and another model answered in another"
    yield Entry("FSEP-ADH-002", why, "unrated", UNRATED, bench.bytes(), also=("FSEP-REQ-007",))
    bench = parents.parent()
    bench["design.json"]["baseline"] = "nothing"
    bench["systems/hasty.json"]["colour"] = "red"
    parents.settle(bench)
    why = "a system has a member that no schema knows, and the baseline is no scaffold"
    yield Entry("FSEP-DOC-002", why, "unrated", ("whole",), bench.bytes(), also=("FSEP-REF-003",))


def _corners() -> Iterator[Entry]:
    for corner in CORNERS:
        about = corner.wrong[0][1] if corner.wrong else "FSEP-ADH-001"
        yield Entry(about, corner.sentence, "small", CORNER, bench_of(corner).bytes(), accepts=True)
        for sentence, requirement, wrong in corner.wrong:
            files = wrong_bench(corner, wrong).bytes()
            yield Entry(requirement, f"{corner.sentence}: {sentence}", corner.sentence, CORNER, files)
    for count, change in PREFIXES.items():
        bench = bench_of(BROKEN_OFF)
        change(bench)
        why = f"a failed run has the first {count} of its 4 events"
        whole = count == len(PREFIXES) - 1
        id_ = "FSEP-ADH-005" if whole else "FSEP-ADH-001"
        yield Entry(id_, why, "small", CORNER, bench.bytes(), accepts=not whole)
    for sentence, split in SEVERAL.items():
        bench = bench_of(BROKEN_OFF)
        split(bench)
        yield Entry("FSEP-TRN-001", sentence, "small", CORNER, bench.bytes(), accepts=True)
        lines = bench["transcripts/s.jsonl"]
        lines[-1], lines[-2] = lines[-2], lines[-1]
        yield Entry("FSEP-TRN-001", f"{sentence}, in another order", sentence, CORNER, bench.bytes())


def build() -> None:
    """Write the suite."""
    (SUITE / "trust.pem").parent.mkdir(parents=True, exist_ok=True)
    (SUITE / "trust.pem").write_bytes(parents.authority().root_pem)
    written = {}
    for name, files in folders().items():
        for path, content in files.items():
            target = SUITE / "parents" / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        written[name] = files
    ids = _known()
    highest = max((int(id_[2:]) for id_ in ids.values()), default=0)
    by_sentence: dict[str, str] = {}
    lines = []
    for entry in entries():
        key = (entry.requirement, entry.why)
        if key not in ids:
            highest += 1
            ids[key] = f"v-{highest:04}"
        id_ = ids[key]
        parent = by_sentence.get(entry.parent, entry.parent)
        steps, repack = entry.steps, entry.repack
        if entry.files is not None:
            steps, repack = difference(written[parent], entry.files)
            steps += entry.steps
            repack = repack or entry.repack
        files = changed(written[parent], steps, repack=repack)
        line = _answered(entry, id_, parent, steps, repack, files)
        if entry.accepts:
            written[id_] = files
            by_sentence[entry.why] = id_
        lines.append(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
    if FAULTS:
        raise SystemExit(f"{len(FAULTS)} cases are not answered as they say; nothing was written")
    lines.sort(key=lambda one: json.loads(one)["id"])
    assert len({json.loads(one)["id"] for one in lines}) == len(lines), "two cases have one sentence"
    (SUITE / CASES_FILE).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    frozen = {json.loads(line)["id"]: sha256(line.encode()).hexdigest() for line in lines}
    text = json.dumps({"fsep": VERSION, "kind": "frozen-cases", "cases": frozen}, indent=1)
    (SUITE / FROZEN).write_text(f"{text}\n", encoding="utf-8", newline="\n")
    print(f"{len(lines)} cases")


def _known() -> dict[tuple[str, str], str]:
    path = SUITE / CASES_FILE
    if not path.is_file():
        return {}
    cases = [json.loads(line) for line in path.read_bytes().splitlines()]
    return {(case["requirement"], case["why"]): case["id"] for case in cases}


def _answered(  # noqa: PLR0917
    entry: Entry, id_: str, parent: str, steps: list[dict[str, Any]], repack: bool, files: Files
) -> dict[str, Any]:
    """Return a case's line, having seen that the reference validator answers it as it says."""
    with tempfile.TemporaryDirectory() as scratch:
        path = lay(files, steps, Path(scratch), entry.form)
        report = validate(path, require=entry.facets, trust=[parents.authority().root_pem])
    requirements = PROTOCOL.requirements
    asked = {one for one, about in requirements.items() if about.facet in entry.facets}
    ended = {one.requirement: one.outcome for one in report.outcomes if one.requirement in asked}
    violated = sorted(
        one for one, how in ended.items() if how is Outcome.FAIL and requirements[one].severity == "error"
    )
    verdict = {"conforms": "accept", "does-not-conform": "refuse", "incomplete": "incomplete"}[report.verdict]
    expected: tuple[str, list[str]] = ("refuse", sorted({entry.requirement, *entry.also}))
    if entry.accepts or entry.incomplete:
        expected = ("accept" if entry.accepts else "incomplete", [])
    if (verdict, violated) != expected:
        shown = [
            f"  {one.requirement}: {one.message}" for one in report.findings if one.requirement in violated
        ]
        print(f"{entry.requirement} {entry.why!r} is answered {verdict} {violated}", *shown[:4], sep="\n")
        FAULTS.append(entry.why)
    line: dict[str, Any] = {
        "id": id_,
        "requirement": entry.requirement,
        "text_sha256": requirements[entry.requirement].text_sha256,
        "why": entry.why,
        "parent": parent,
        "facets": list(entry.facets),
        "verdict": verdict,
        "violated": violated,
        "change": steps,
        "repack": repack,
    }
    if entry.accepts:
        line["meets"] = sorted(one for one, how in ended.items() if how is Outcome.PASS)
    if entry.form != "folder":
        line["form"] = entry.form
    if entry.forbids:
        line["forbids"] = list(entry.forbids)
    return line


def build_runners() -> None:
    """Write the studies, the environment and the cases for runners."""
    for name, bench in studies().items():
        for path, content in bench.bytes().items():
            target = SUITE / "studies" / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    (SUITE / "environments").mkdir(exist_ok=True)
    (SUITE / "environments" / "desk.py").write_text(RECALL, encoding="utf-8", newline="\n")
    lines = []
    for number, one in enumerate(RUNNER_CASES, 1):
        line: dict[str, Any] = {
            "id": f"r-{number:04}",
            "requirement": one.requirement,
            "text_sha256": PROTOCOL.requirements[one.requirement].text_sha256,
            "why": one.why,
            "study": one.study,
            "script": one.script,
            "facets": ["whole", "replayed", "complete"],
            "concurrency": one.concurrency,
            "bundle": one.bundle,
        }
        if one.stop:
            line["stop"] = list(one.stop)
        if one.failed:
            line["failed"] = one.failed
        if one.declared:
            line["declared"] = list(one.declared)
        lines.append(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
    (SUITE / RUNNERS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    frozen = json.loads((SUITE / FROZEN).read_bytes())
    cases = {id_: digest for id_, digest in frozen["cases"].items() if not id_.startswith("r-")}
    frozen["cases"] = cases | {json.loads(line)["id"]: sha256(line.encode()).hexdigest() for line in lines}
    (SUITE / FROZEN).write_text(f"{json.dumps(frozen, indent=1)}\n", encoding="utf-8", newline="\n")
    print(f"{len(lines)} cases for runners")


if __name__ == "__main__":
    if "runners" not in sys.argv:
        build()
    build_runners()
