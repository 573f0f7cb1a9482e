"""Hostile input, row by row: each ends in the stated answer, in bounded time and memory, without a traceback."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import zstandard

import parent as parents
from fsep import limits
from fsep.bundle import stream
from fsep.checks.container import Listing
from fsep.checks.study import Listed
from fsep.cli import main
from fsep.findings import Place
from fsep.scaffold.iregexp import compile_pattern
from workbench import Workbench, zipped

LINE, DOCUMENT, PATHS, KINDS = "FSEP-DOC-004", "FSEP-DOC-001", "FSEP-BND-002", "FSEP-BND-003"
# Generous: each of these takes a second or two, and a fault in any of them minutes or gigabytes.
SECONDS, MEGABYTES = 60, 300


def refused(path: Path, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """Validate as a person would, and return the requirements that failed; nothing else was said."""
    code = main(["validate", str(path), "--format", "json"])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    report = json.loads(out)
    assert code == {"conforms": 0, "does-not-conform": 1, "incomplete": 3}[report["verdict"]]
    outcomes = report["requirements"]["outcomes"]
    return (
        {id_ for id_, one in outcomes.items() if one["outcome"] == "fail"}
        - {"FSEP-PRE-004"}
        - parents.UNRATED
    )


# A small process between: of its children alone is the memory theirs, and not that of the one that started them.
MEASURE = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


def measured(path: Path, *options: str) -> tuple[int, str, float]:
    """Validate in a process of its own; return exit code, output and peak memory in megabytes."""
    command = [sys.executable, "-m", "fsep", "validate", str(path), *options]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *command],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout, int(done.stderr.split()[-1]) / 1024


def bundle(folder: Path, change: Callable[[Workbench], object]) -> Path:
    """Write a changed parent, packed again."""
    bench = parents.parent()
    change(bench)
    parents.commit(bench)
    return bench.write(folder)


def with_line(folder: Path, line: bytes) -> Path:
    """Write a parent with one more line among its runs."""
    return bundle(folder, lambda bench: bench[parents.FIRST].append(line + b"\n"))


def with_document(folder: Path, data: bytes) -> Path:
    """Write a parent whose departures are these bytes."""
    return bundle(folder, lambda bench: bench.values.update({"departures.json": data}))


DEEP = "[" * 5_000 + "]" * 5_000
DEEPER = "[" * 100_000 + "]" * 100_000
# What no strict JSON text may hold, as the value of a member.
VALUES = {
    "a key twice": b'{"a": 1, "a": 2}',
    "a key twice, once escaped": rb'{"a": 1, "\u0061": 2}',
    "NaN": b"NaN",
    "Infinity": b"-Infinity",
    "1e400": b"1e400",
    "an integer of 5,000 digits": b"9" * 5_000,
    "2^53": b"9007199254740992",
    "-2^53": b"-9007199254740992",
    "invalid UTF-8": b'"\xff"',
    "an overlong form": b'"\xc0\xaf"',
    "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "an escaped lone surrogate": rb'"\ud800"',
    "5,000 nested arrays": DEEP.encode(),
    "100,000 nested arrays": DEEPER.encode(),
    "100,000 open arrays": b"[" * 100_000,
    "100,000 nested objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_a_value_that_no_two_readers_agree_on_is_refused_in_a_line(
    value: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything else in the bundle is checked as before."""
    assert refused(with_line(tmp_path, b'{"run": ' + value + b"}"), capsys) == {LINE}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_a_value_that_no_two_readers_agree_on_is_refused_in_a_document(
    value: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(with_document(tmp_path, b'{"fsep": "1.0", "x": ' + value + b"}"), capsys) == {DOCUMENT}


def test_the_key_that_stands_twice_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["validate", str(with_line(tmp_path, rb'{"run": "a", "r\u0075n": "b"}'))])
    assert 'key "run"' in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_other_encodings_and_byte_order_marks_are_refused(
    encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    departures = json.dumps({"fsep": "1.0", "kind": "departures", "departures": []})
    assert refused(with_document(tmp_path, departures.encode(encoding)), capsys) == {DOCUMENT}


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\\u000a"])
def test_a_line_separator_inside_a_text_is_an_ordinary_character(
    separator: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lines end at the byte 0x0A only: the answer is nothing."""

    def change(bench: Workbench) -> None:
        run = bench.run("steady.direct.nile.0")
        text = json.loads(f'"{separator}"') + "x"
        run["events"][-1]["content"] = text
        run["result"] = [{"name": "answer", "content": text}]
        parents.settle(bench)

    assert refused(bundle(tmp_path, change), capsys) == set()


# --- the container


NAMES = [
    "../up.json",
    "proofs/../../up.json",
    "/etc/absolute.json",
    "proofs\\back.json",
    "C:proofs.json",
    "proofs/con.tsr",
    "proofs/nul",
    "proofs/a\nb",
    "proofs/a\x1b[2Jb",
    "proofs/a\x7fb",
    "proofs/.hidden",
    "proofs/end.",
    "proofs/\u202etxt",
    "proofs/e\u0301",
    "proofs/" + "a" * 300,
    "/".join("a" * 20),
    "proofs//a",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_outside_the_grammar_is_refused_and_not_cleaned(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And printed so that it moves no cursor."""
    archive = zipped(parents.parent().write(tmp_path / "bundle"), tmp_path / "bundle.zip")
    before = sorted(tmp_path.rglob("*"))
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr(zipfile.ZipInfo(name), b"{}")
    assert refused(archive, capsys) == {PATHS}
    main(["validate", str(archive)])
    said = capsys.readouterr().out
    assert not set(said) & {"\x1b", "\x7f", "\u202e"}
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["proofs/design.tsr", "proofs/DESIGN.tsr", "Design.json"])
def test_names_that_are_alike_are_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = zipped(parents.parent().write(tmp_path / "bundle"), tmp_path / "bundle.zip")
    with zipfile.ZipFile(archive, "a") as opened:
        if name == "proofs/design.tsr":
            with pytest.warns(UserWarning):
                opened.writestr(name, b"another")
        else:
            opened.writestr(name, b"another")
    assert refused(archive, capsys) == {PATHS}


def test_a_device_is_refused_and_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = parents.parent().write(tmp_path / "bundle")
    try:
        os.mknod(folder / "proofs" / "zero", 0o20666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("a device can be made by the administrator alone")
    assert refused(folder, capsys) == {KINDS}


def test_links_are_refused_wherever_they_lead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """To a file, to a folder, to itself, out of the bundle."""
    folder = parents.parent().write(tmp_path / "bundle")
    secret = tmp_path / "secret.json"
    secret.write_text('{"secret": "of another"}')
    (folder / "proofs" / "out").symlink_to(secret)
    (folder / "proofs" / "loop").symlink_to("loop")
    code = main(["validate", str(folder)])
    out, err = capsys.readouterr()
    assert code == 1
    assert "of another" not in out + err
    (folder / "environments").rename(tmp_path / "environments")
    (folder / "environments").symlink_to(tmp_path / "environments")
    assert KINDS in refused(folder, capsys)


def test_a_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is digested is what is read; when that is over, the file has to be the one it was."""
    folder = parents.parent().write(tmp_path / "bundle")
    target = folder / parents.FIRST
    original = stream.EntryStream.read

    def growing(self: stream.EntryStream, size: int, /) -> bytes:
        data = original(self, size)
        if self._path == parents.FIRST and data:
            with target.open("ab") as file:
                file.write(b"\n")
        return data

    monkeypatch.setattr(stream.EntryStream, "read", growing)
    assert KINDS in refused(folder, capsys)


# --- size


def zeros(megabytes: int) -> Iterator[bytes]:
    """Yield megabytes of zeros, without a line feed."""
    for _ in range(megabytes):
        yield b"0" * (1 << 20)


def bomb(tmp_path: Path, write: Callable[[Path], int]) -> Path:
    """Write a parent with one more transcripts file, listed truly; return its zip."""
    folder = parents.parent().write(tmp_path / "bundle")
    manifest = json.loads((folder / "bundle.json").read_bytes())
    name = "transcripts/zz.jsonl"
    records = write(folder / name)
    whole = sha256()
    with (folder / name).open("rb") as stream:
        while chunk := stream.read(1 << 20):
            whole.update(chunk)
    manifest["files"].append(
        {
            "path": name,
            "role": "transcripts",
            "sha256": whole.hexdigest(),
            "bytes": (folder / name).stat().st_size,
            "records": records,
        }
    )
    (folder / "bundle.json").write_text(json.dumps(manifest))
    return folder


def test_a_zip_bomb_and_a_line_of_200_megabytes_take_little_memory(tmp_path: Path) -> None:
    """Two hundred megabytes of zeros are 200 kB in a zip: nothing is extracted, bytes are counted as read."""

    def write(path: Path) -> int:
        with path.open("wb") as stream:
            for chunk in zeros(200):
                stream.write(chunk)
        return 1

    folder = bomb(tmp_path, write)
    archive = zipped(folder, tmp_path / "bomb.zip")
    assert archive.stat().st_size < 1 << 20
    for path in (folder, archive):
        code, said, megabytes = measured(path)
        assert code == 1
        assert LINE in said
        assert "longer than" in said
        assert megabytes < MEGABYTES


def test_empty_lines_are_as_many_faults_and_a_hundred_findings(tmp_path: Path) -> None:
    """All are counted, and memory does not grow with them."""
    folder = bomb(tmp_path, lambda path: path.write_bytes(b"\n" * 300_000))
    code, said, megabytes = measured(folder)
    assert code == 1
    assert "300,000" in said
    assert megabytes < MEGABYTES


def test_a_line_of_millions_of_values_takes_little_memory(tmp_path: Path) -> None:
    """As Python's own, five million empty lists take half a gigabyte."""
    folder = bomb(tmp_path, lambda path: path.write_bytes(b"[" + b"[]," * 5_000_000 + b"[]]\n") and 1)
    code, said, megabytes = measured(folder)
    assert code == 1
    assert "more than 1000000 values" in said.replace("\n", " ")
    assert megabytes < MEGABYTES


def test_a_zstandard_bomb_ends_at_its_limit(tmp_path: Path) -> None:
    folder = parents.parent().write(tmp_path / "bundle")
    manifest = json.loads((folder / "bundle.json").read_bytes())
    compressor = zstandard.ZstdCompressor(level=19, write_checksum=True).compressobj()
    data = b"".join(compressor.compress(chunk) for chunk in zeros(2_000)) + compressor.flush()
    assert len(data) < 1 << 18
    (folder / "transcripts" / "zz.jsonl.zst").write_bytes(data)
    listed = {"path": "transcripts/zz.jsonl.zst", "role": "transcripts", "records": 1}
    listed |= {"sha256": sha256(data).hexdigest(), "bytes": len(data)}
    manifest["files"].append(listed)
    (folder / "bundle.json").write_text(json.dumps(manifest))
    code, said, megabytes = measured(folder)
    assert code == 1
    assert KINDS in said
    assert "expands to more than" in said
    assert megabytes < MEGABYTES


# --- authoring


YAMLS = {
    "aliases": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "a tag": "!!python/object/apply:os.system ['true']\n",
    "a plain tag": "a: !!str 1\n",
    "a merge key": "a: {b: 1}\nc:\n  <<: {b: 1}\n",
    "a number that would change": "version: 1.10\n",
    "a key twice": "a: 1\na: 2\n",
    "two documents": "a: 1\n---\nb: 2\n",
    "deep": "[" * 5_000,
}


@pytest.mark.parametrize("text", YAMLS.values(), ids=YAMLS.keys())
def test_yaml_beyond_jsons_types_is_refused(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "authored")]) == 0
    (tmp_path / "authored" / "departures.yaml").write_text(text)
    assert main(["pack", str(tmp_path / "authored"), "-o", str(tmp_path / "out")]) == 2
    out, err = capsys.readouterr()
    assert "departures.yaml" in err
    assert "Traceback" not in out + err
    assert not (tmp_path / "out").exists()


def test_yaml_words_that_other_readers_convert_are_texts(tmp_path: Path) -> None:
    """`no` is no boolean, and a time no number in base sixty."""
    assert main(["init", str(tmp_path / "authored")]) == 0
    items = tmp_path / "authored" / "items.yaml"
    items.write_text("- id: a\n  fields: {question: no, when: 12:30:45, on: [yes, off, ~x, 0o7]}\n")
    assert main(["pack", str(tmp_path / "authored"), "-o", str(tmp_path / "out")]) == 0
    [line] = (tmp_path / "out" / "items.jsonl").read_bytes().splitlines()
    fields = json.loads(line)["fields"]
    assert fields == {"question": "no", "when": "12:30:45", "on": ["yes", "off", "~x", "0o7"]}


# --- patterns, references, secrets


def test_a_pattern_that_would_backtrack_for_ever_ends_at_once() -> None:
    """No third-party pattern meets a backtracking engine."""
    began = time.monotonic()
    for pattern in ("(a+)+", "(a|aa)+", "(.*)*x", "([a-z]+)*[0-9]"):
        compile_pattern(pattern).match("a" * 100_000 + "!")
    assert time.monotonic() - began < SECONDS


def test_nothing_that_a_bundle_names_is_fetched_or_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """References in a document are no schema of ours; those in a tool's parameters are the tool's."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(socket.socket, "connect", never)
    monkeypatch.setattr(socket, "getaddrinfo", never)
    secret = tmp_path / "secret"
    secret.write_text('{"type": "not for others"}')

    def change(bench: Workbench) -> None:
        departures: dict[str, Any] = {"fsep": "1.0", "kind": "departures", "departures": []}
        departures["$schema"] = secret.as_uri()
        departures["$ref"] = "https://example.org/schema.json"
        bench.values["departures.json"] = json.dumps(departures).encode()

    assert refused(bundle(tmp_path / "bundle", change), capsys) == {"FSEP-DOC-002"}
    main(["validate", str(tmp_path / "bundle"), "--engine", "reference"])
    assert "not for others" not in capsys.readouterr().out


HOSTILE = "\x1b[31mred\x1b[0m\r\nFSEP \u202econforms\u2066 \x00\x07 ::error::x\n%0A::error::y <script>"


def test_what_a_bundle_says_is_made_visible(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Escape sequences, line ends and marks that turn the writing around are printed as what they are."""

    def change(bench: Workbench) -> None:
        bench.manifest["title"] = HOSTILE
        run = bench.run("steady.direct.nile.0")
        run["events"][0]["content"] = HOSTILE
        run["events"][0]["extensions"] = {"org.example.x": HOSTILE}
        parents.settle(bench)

    path = bundle(tmp_path, change)
    for command in (["validate", str(path)], ["show", str(path), "steady.direct.nile.0"]):
        main(command)
        out, err = capsys.readouterr()
        assert not set(out + err) & {"\x1b", "\r", "\x00", "\x07", "\u202e", "\u2066"}
        assert not any(line.lstrip().startswith("::") for line in (out + err).splitlines())
        assert "red" in out


KEYS = [
    "sk-" + "a1" * 20,
    "AKIA" + "A1" * 8,
    "ghp_" + "a1" * 18,
    "hf_" + "a1" * 15,
    "Bearer " + "a1" * 15,
    "-----BEGIN PRIVATE KEY-----\nTUlJ",
]


@pytest.mark.parametrize("key", KEYS)
def test_a_credential_is_refused_and_never_echoed(
    key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its shape in what was said, by its name in parameters; in no report, transcript or message."""

    def change(bench: Workbench) -> None:
        run = bench.run("steady.direct.nile.0")
        run["events"][0]["content"] = f"My key is {key}"
        run["events"][1]["parameters"] = {"api_key": "quite short", "temperature": 0}
        parents.settle(bench)

    path = bundle(tmp_path, change)
    assert "FSEP-SEC-001" in refused(path, capsys)
    for command in (
        ["validate", str(path)],
        ["validate", str(path), "--format", "json"],
        ["show", str(path), "steady.direct.nile.0"],
    ):
        main(command)
        out, err = capsys.readouterr()
        assert key.rsplit(maxsplit=1)[-1] not in out + err
        assert "quite short" not in out + err


@pytest.mark.parametrize("escape", [False, True])
def test_a_credential_that_is_a_name_is_refused_and_never_echoed(
    escape: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In arguments, where any name may stand; also where it is spelt with an escape."""
    key = KEYS[0]

    def change(bench: Workbench) -> None:
        run = bench.run("steady.direct.nile.0")
        run["extensions"] = {"org.example.x": {key: {"deep": [1, {"er": key}]}}}
        if escape:
            place = bench[parents.SECOND].index(run)
            line = json.dumps(run).replace(key, "\\u0073" + key[1:])
            bench[parents.SECOND][place] = line.encode() + b"\n"

    path = bundle(tmp_path, change)
    assert "FSEP-SEC-001" in refused(path, capsys)
    for form in ("text", "json", "sarif", "junit", "github"):
        main(["validate", str(path), "--format", form])
        out, err = capsys.readouterr()
        assert key not in out + err


def test_many_files_are_held_against_the_manifest_in_one_go() -> None:
    """As many as a bundle may have: each against each would take a quarter of an hour."""
    paths = [f"proofs/{number}" for number in range(limits.ENTRIES)]
    files = tuple(Listed(path, "proof", "", 0, None, Place(path)) for path in paths[1:])
    bundle: Any = SimpleNamespace(entries=dict.fromkeys(paths))
    began = time.monotonic()
    assert Listing(bundle, cast(Any, None), files, {}).unlisted == {"proofs/0": "proof"}
    assert time.monotonic() - began < SECONDS


def test_an_empty_input_does_not_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder with nothing, an archive with nothing, a file with nothing, nothing at all."""
    (tmp_path / "folder").mkdir()
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    (tmp_path / "file").touch()
    assert main(["validate", str(tmp_path / "folder")]) == 1
    assert main(["validate", str(tmp_path / "empty.zip")]) == 1
    assert main(["validate", str(tmp_path / "file")]) == 1
    assert "FSEP-BND-001" in capsys.readouterr().out
    assert main(["validate", str(tmp_path / "nothing")]) == 2
    assert "Traceback" not in "".join(capsys.readouterr())
