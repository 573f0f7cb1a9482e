"""Validators that are wrong on purpose, each in one way: `python faulty.py NAME` speaks the session protocol.

Each is the reference validator with one thing changed. What is wrong, and which requirement's cases have to
catch it, stands in faults.json under the same name.
"""

import json
import os
import re
import shutil
import sys
import tempfile
import time
import unicodedata
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fsep"))

import validator as sound
import zstandard

from fsep.bundle import archive
from fsep.scaffold import adaptation, conditions, extraction, machine, template, view

Judge = Callable[[str, list[str], list[str]], dict[str, Any]]
FAULTS: dict[str, Callable[..., Judge]] = {}


def fault(make: Callable[..., Judge]) -> Callable[..., Judge]:
    """Keep a fault under its name."""
    FAULTS[make.__name__.replace("_", "-")] = make
    return make


def answer(verdict: str, *violated: str) -> dict[str, Any]:
    """Return an answer."""
    return {"protocol": "1.0", "verdict": verdict, "violated": list(violated)}


def without(found: dict[str, Any], *ids: str) -> dict[str, Any]:
    """Return an answer without some requirements, as if they were not checked."""
    left = [one for one in found["violated"] if one not in ids]
    verdict = "refuse" if left else "accept" if found["verdict"] == "refuse" else found["verdict"]
    return {**found, "violated": left, "verdict": verdict}


# --- what it answers


@fault
def accepts_everything() -> Judge:
    return lambda *_: answer("accept")


@fault
def refuses_everything() -> Judge:
    return lambda *_: answer("refuse", "FSEP-BND-001")


@fault
def skips(id_: str) -> Judge:
    return lambda *told: without(sound.judge(*told), id_)


@fault
def reports_a_neighbour() -> Judge:
    def judge(*told: Any) -> dict[str, Any]:
        found = sound.judge(*told)
        swapped = {"FSEP-ADH-002": "FSEP-ADH-001"}
        return {**found, "violated": [swapped.get(one, one) for one in found["violated"]]}

    return judge


@fault
def stops_at_the_first_fault() -> Judge:
    def judge(*told: Any) -> dict[str, Any]:
        found = sound.judge(*told)
        return {**found, "violated": sorted(found["violated"])[:1]}

    return judge


@fault
def takes_advice_for_duty() -> Judge:
    def judge(bundle: str, facets: list[str], trust: list[str]) -> dict[str, Any]:
        report = sound.validate(bundle, require=facets, trust=[Path(path).read_bytes() for path in trust])
        failed = [one.requirement for one in report.outcomes if one.outcome is sound.Outcome.FAIL]
        asked = [one for one in failed if sound.REQUIREMENTS[one].facet in ["whole", *facets]]
        return answer("refuse" if asked else "accept", *asked)

    return judge


@fault
def judges_by_another_version() -> Judge:
    return lambda *told: {**sound.judge(*told), "protocol": "0.9"}


@fault
def answers_another_case() -> Judge:
    return lambda *told: {**sound.judge(*told), "case": "v-0000"}


@fault
def answers_in_prose() -> Judge:
    def judge(*told: Any) -> dict[str, Any]:
        found = sound.judge(*told)
        return found if found["verdict"] == "accept" else {"error": "The bundle is bad."}

    return judge


@fault
def says_refused_and_names_nothing() -> Judge:
    def judge(*told: Any) -> dict[str, Any]:
        found = sound.judge(*told)
        return {**found, "violated": [] if "FSEP-SEC-001" in found["violated"] else found["violated"]}

    return judge


@fault
def takes_what_it_could_not_check_for_accepted() -> Judge:
    def judge(*told: Any) -> dict[str, Any]:
        found = sound.judge(*told)
        return {**found, "verdict": "accept" if found["verdict"] == "incomplete" else found["verdict"]}

    return judge


@fault
def checks_whole_alone() -> Judge:
    return lambda bundle, _, trust: sound.judge(bundle, ["whole"], trust)


@fault
def trusts_nobody() -> Judge:
    return lambda bundle, facets, _: sound.judge(bundle, facets, [])


# --- how it behaves


@fault
def crashes_on_bad_json() -> Judge:
    def judge(bundle: str, facets: list[str], trust: list[str]) -> dict[str, Any]:
        for path in Path(bundle).rglob("*.json") if Path(bundle).is_dir() else ():
            if path.is_file():
                json.loads(path.read_bytes())
        return sound.judge(bundle, facets, trust)

    return judge


@fault
def waits_for_a_pipe() -> Judge:
    def judge(bundle: str, facets: list[str], trust: list[str]) -> dict[str, Any]:
        for path in Path(bundle).rglob("*"):
            if path.is_fifo():
                time.sleep(3600)
        return sound.judge(bundle, facets, trust)

    return judge


@fault
def prints_without_end() -> Judge:
    def judge(*told: Any) -> dict[str, Any]:
        found = sound.judge(*told)
        if "FSEP-DOC-004" in found["violated"]:
            while True:
                sys.stdout.write("x" * 65536)
        return found

    return judge


@fault
def ends_after_a_refusal() -> Judge:
    def judge(*told: Any) -> dict[str, Any]:
        found = sound.judge(*told)
        if "FSEP-BND-006" in found["violated"]:
            os._exit(1)
        return found

    return judge


@fault
def follows_links() -> Judge:
    def judge(bundle: str, facets: list[str], trust: list[str]) -> dict[str, Any]:
        if not Path(bundle).is_dir():
            return sound.judge(bundle, facets, trust)
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(scratch) / "bundle"
            ignored = [path.name for path in Path(bundle).rglob("*") if path.is_fifo() or _lost(path)]
            shutil.copytree(bundle, copy, ignore=lambda *_: ignored)
            return sound.judge(str(copy), facets, trust)

    return judge


def _lost(path: Path) -> bool:
    return path.is_symlink() and (path.is_dir() or not _there(path))


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, RuntimeError):
        return False


@fault
def visits_addresses() -> Judge:
    def judge(bundle: str, facets: list[str], trust: list[str]) -> dict[str, Any]:
        for path in Path(bundle).rglob("*.json"):
            if path.is_file():
                for address in re.findall(rb'"(http://127[^"]*)"', path.read_bytes()):
                    try:
                        urllib.request.urlopen(address.decode(), timeout=2).close()
                    except OSError:
                        continue
        return sound.judge(bundle, facets, trust)

    return judge


@fault
def repeats_credentials() -> Judge:
    def judge(bundle: str, facets: list[str], trust: list[str]) -> dict[str, Any]:
        for path in Path(bundle).rglob("*.jsonl"):
            if path.is_file():
                for key in re.findall(r"sk-\w{20,}", path.read_text(errors="replace")):
                    print(f"a credential: {key}", file=sys.stderr)
        return sound.judge(bundle, facets, trust)

    return judge


@fault
def cleans_names_of_archives() -> Judge:
    def judge(bundle: str, facets: list[str], trust: list[str]) -> dict[str, Any]:
        if Path(bundle).is_dir():
            return sound.judge(bundle, facets, trust)
        with tempfile.TemporaryDirectory() as scratch:
            with zipfile.ZipFile(bundle) as archive:
                listed = json.loads(archive.read("bundle.json"))["files"]
                for name in ["bundle.json", *(one["path"] for one in listed)]:
                    archive.extract(name, scratch)
            return sound.judge(scratch, facets, trust)

    return judge


def _reread(bundle: str, load: Callable[[bytes], Any], scratch: str) -> str:
    """Copy a bundle with its documents read in another way and written again, the manifest adapted."""
    from hashlib import sha256

    copy = Path(scratch) / "bundle"
    shutil.copytree(
        bundle,
        copy,
        symlinks=True,
        ignore=lambda *_: [p.name for p in Path(bundle).rglob("*") if p.is_fifo()],
    )
    try:
        manifest = json.loads((copy / "bundle.json").read_bytes())
        for one in manifest["files"]:
            path = copy / one["path"]
            data = path.read_bytes()
            if sha256(data).hexdigest() != one["sha256"] or not one["path"].endswith("departures.json"):
                continue
            path.write_bytes(json.dumps(load(data)).encode())
            one["sha256"], one["bytes"] = sha256(path.read_bytes()).hexdigest(), path.stat().st_size
        (copy / "bundle.json").write_text(json.dumps(manifest))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return bundle
    return str(copy)


@fault
def takes_the_last_of_two_keys() -> Judge:
    def judge(bundle: str, facets: list[str], trust: list[str]) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(bundle).is_dir()
            return sound.judge(_reread(bundle, json.loads, scratch) if folder else bundle, facets, trust)

    return judge


@fault
def overlooks_a_byte_order_mark() -> Judge:
    def judge(bundle: str, facets: list[str], trust: list[str]) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(bundle).is_dir()
            load = lambda data: json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once)  # noqa: E731
            return sound.judge(_reread(bundle, load, scratch) if folder else bundle, facets, trust)

    return judge


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError
    return dict(pairs)


@fault
def reads_archives_with_bytes_around_them() -> Judge:
    return patched(archive.Archive, "_refuse_surroundings", lambda self, found: None)


@fault
def needs_no_checksum_of_a_frame() -> Judge:
    real = zstandard.get_frame_parameters

    def stated(data: bytes) -> Any:
        found = real(data)
        return SimpleNamespace(window_size=found.window_size, dict_id=found.dict_id, has_checksum=True)

    zstandard.get_frame_parameters = stated
    return sound.judge


# --- how it reads the language


def patched(owner: Any, name: str, value: Any) -> Judge:
    """Put another function into the place of one, and judge as ever."""
    setattr(owner, name, value)
    return sound.judge


@fault
def finds_patterns_anywhere() -> Judge:
    real = conditions.compile_pattern
    return patched(conditions, "compile_pattern", lambda pattern: real(f"(.|\\n)*({pattern})(.|\\n)*"))


@fault
def ignores_case_in_patterns() -> Judge:
    def compiled(pattern: str) -> Any:
        made = re.compile(pattern, re.IGNORECASE)
        return SimpleNamespace(match=made.fullmatch, size=1)

    return patched(conditions, "compile_pattern", compiled)


@fault
def lets_a_dot_match_a_line_feed() -> Judge:
    def compiled(pattern: str) -> Any:
        made = re.compile(pattern, re.DOTALL)
        return SimpleNamespace(match=made.fullmatch, size=1)

    return patched(conditions, "compile_pattern", compiled)


@fault
def normalises_before_comparing() -> Judge:
    real = conditions.compare

    def compare(test: str, text: Any, value: Any) -> Any:
        if test != "equals":
            return real(test, text, value)
        nfc = lambda state, one: unicodedata.normalize("NFC", state.render(one))  # noqa: E731
        return lambda state: nfc(state, text) == nfc(state, value)

    from fsep.scaffold import compile as compiler

    for module in (conditions, compiler):
        if hasattr(module, "compare"):
            module.compare = compare
    return sound.judge


@fault
def trims_what_it_puts_in() -> Judge:
    real = template.Template.render

    def render(self: Any, values: Any) -> str:
        return real(
            self, {name: one.strip() if isinstance(one, str) else one for name, one in values.items()}
        )

    return patched(template.Template, "render", render)


@fault
def splits_lines_at_every_separator() -> Judge:
    extraction._TO_LIST["lines"] = lambda _: lambda text, _: tuple(text.splitlines())
    return sound.judge


@fault
def trims_every_kind_of_blank() -> Judge:
    return patched(extraction, "BLANK", None)


@fault
def ignores_adaptations() -> Judge:
    none = adaptation.compile_adaptations(())
    return _everywhere("compile_adaptations", lambda declared: none)


@fault
def always_echoes_reasoning() -> Judge:
    real = adaptation.compile_adaptations
    return _everywhere("compile_adaptations", lambda declared: real([*declared, {"kind": "echo-reasoning"}]))


@fault
def always_merges_messages() -> Judge:
    real = adaptation.compile_adaptations
    merge = {"kind": "merge-adjacent", "separator": "\n"}
    return _everywhere("compile_adaptations", lambda declared: real([merge, *declared]))


@fault
def derives_no_seed() -> Judge:
    return _everywhere("seed_for", lambda *_: 0)


@fault
def never_begins_a_thread_afresh() -> Judge:
    return patched(machine.State, "forget", lambda self, threads: None)


@fault
def forgets_to_edit() -> Judge:
    return patched(view.View, "edit", lambda self, how, count, replacement: None)


@fault
def works_without_end() -> Judge:
    return patched(machine.State, "work", lambda self, units: None)


@fault
def takes_true_for_one() -> Judge:
    return _everywhere("same", lambda one, other: one == other)


def _everywhere(name: str, value: Any) -> Judge:
    """Put a function into the place of one in every module that has it."""
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("fsep.") and hasattr(module, name):
            setattr(module, name, value)
    return sound.judge


if __name__ == "__main__":
    name, _, given = sys.argv[1].partition(":")
    sound.main(FAULTS[name](*([given] if given else [])))
