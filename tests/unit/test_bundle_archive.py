"""Bundles that are zip files."""

from __future__ import annotations

import io
import random
import stat
import struct
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import pytest

from fsep.bundle import BundleError, ContainerProblem, archive, open_bundle, open_to_judge, stream
from fsep.limits import MIB


def zipped(
    path: Path, members: list[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> Path:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", method) as file:
        warnings.simplefilter("ignore")  # names that are there twice, which is the point
        for name, data in members:
            file.writestr(name, data)
    return path


def info(name: str, **attributes: int) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    for attribute, value in attributes.items():
        setattr(member, attribute, value)
    return member


def codes(problems: tuple[ContainerProblem, ...]) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in problems]


def patched(path: Path, old: bytes, new: bytes) -> Path:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_are_listed_and_read(tmp_path: Path, method: int) -> None:
    """Stored and deflated members are entries, directories are not."""
    path = zipped(
        tmp_path / "b.zip",
        [("systems/", b""), ("systems/a.json", b"12" * 1000), ("bundle.json", b"{}")],
        method,
    )
    with open_bundle(path) as bundle:
        assert bundle.kind == "zip"
        assert [(entry.path, entry.size) for entry in bundle.entries.values()] == [
            ("bundle.json", 2),
            ("systems/a.json", 2000),
        ]
        assert bundle.problems == ()
        assert bundle.read("systems/a.json", 2000) == b"12" * 1000
        with bundle.open("bundle.json") as first, bundle.open("systems/a.json") as second:
            assert (first.read(1), second.read(3), first.read(9), first.read(9)) == (b"{", b"121", b"}", b"")


def test_names_are_judged_as_they_stand_in_the_zip(tmp_path: Path) -> None:
    """Traversal, absolute, backslash, drive and control-character names, and a name hidden behind a NUL."""
    names = [
        "../x",
        "/etc/passwd",
        "a\\b",
        "C:x",
        "a\nb",
        "__MACOSX/._a",
        ".git/config",
        "caf\u00e9",
        "d/../e",
        "con.json",
    ]
    path = zipped(tmp_path / "b.zip", [(name, b"") for name in [*names, "okX.json"]])
    patched(path, b"okX.json", b"ok\x00.json")
    with open_bundle(path) as bundle:
        assert not bundle.entries
        shown = [name.replace("\\", "\\\\").replace("\n", "\\u000a") for name in names]
        assert codes(bundle.problems) == sorted((name, "path") for name in [*shown, "ok\\u0000.json"])


def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    """A member whose mode is that of no regular file is a problem, a directory without its slash as well."""
    kinds = {
        "link": stat.S_IFLNK,
        "pipe": stat.S_IFIFO,
        "device": stat.S_IFCHR,
        "dir": stat.S_IFDIR,
        "ok": stat.S_IFREG,
    }
    path = zipped(
        tmp_path / "b.zip", [(info(name, external_attr=kind << 16), b"/etc") for name, kind in kinds.items()]
    )
    with open_bundle(path) as bundle:
        assert list(bundle.entries) == ["ok"]
        assert codes(bundle.problems) == [(name, "kind") for name in ("device", "dir", "link", "pipe")]


def test_two_members_of_one_name_are_both_refused(tmp_path: Path) -> None:
    """Which is meant cannot be known, so that neither is read; a third makes no further problem."""
    path = zipped(tmp_path / "b.zip", [("a", b"1"), ("a", b"2"), ("a", b"3"), ("b", b"")])
    with open_bundle(path) as bundle:
        assert list(bundle.entries) == ["b"]
        assert codes(bundle.problems) == [("a", "collision")]


def test_names_that_collide_once_unpacked_are_refused(tmp_path: Path) -> None:
    """Names that differ in case alone, and a file where a directory must be."""
    path = zipped(
        tmp_path / "b.zip",
        [("A.json", b""), ("a.json", b""), ("d", b""), ("d/x", b""), ("e", b""), ("e/", b"")],
    )
    with open_bundle(path) as bundle:
        assert codes(bundle.problems) == [(name, "collision") for name in ("A.json", "a.json", "d", "e")]


def test_a_directory_that_holds_bytes_is_refused(tmp_path: Path) -> None:
    """Bytes cannot hide behind a trailing slash."""
    path = zipped(tmp_path / "b.zip", [("d/", b"hidden")])
    with open_bundle(path) as bundle:
        assert codes(bundle.problems) == [("d/", "zip-member")]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compression_is_refused(tmp_path: Path, method: int) -> None:
    """Only what every zip tool reads is read."""
    with open_bundle(zipped(tmp_path / "b.zip", [("a", b"1")], method)) as bundle:
        assert codes(bundle.problems) == [("a", "zip-member")]


def test_encrypted_members_are_refused(tmp_path: Path) -> None:
    """A member with the flag of encryption is a problem, and no password is asked for."""
    path = zipped(tmp_path / "b.zip", [("a", b"1")])
    data = bytearray(path.read_bytes())
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with open_bundle(path) as bundle:
        assert codes(bundle.problems) == [("a", "zip-member")]


def test_a_bomb_is_read_in_bounded_memory_and_ends_at_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hundred megabytes of zeros behind 200 KB: streaming holds a piece, and the count ends it."""
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file, file.open("a", "w") as member:
        for _ in range(200):
            member.write(bytes(1_000_000))
    assert path.stat().st_size < 300_000
    monkeypatch.setattr(stream, "ENTRY_BYTES", 50_000_000)
    with open_bundle(path) as bundle:
        with pytest.raises(BundleError) as caught:
            bundle.read("a", 16 * MIB)
        assert caught.value.kind == "limit"
        tracemalloc.start()
        try:
            with bundle.open("a") as entry, pytest.raises(BundleError) as caught:
                while entry.read(65_536):
                    pass
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert caught.value.kind == "limit"
    assert peak < 2_000_000


@pytest.mark.parametrize("declared", [0, 1, 999, 1001, 2**31])
def test_a_declared_size_is_not_believed(tmp_path: Path, declared: int) -> None:
    """A member longer or shorter than its zip says is refused, and never read further than the limit."""
    path = zipped(tmp_path / "b.zip", [("a", b"x" * 1000)])
    patched(path, struct.pack("<L", 1000), struct.pack("<L", declared))
    with open_bundle(path) as bundle, pytest.raises(BundleError) as caught:
        bundle.read("a", 10_000)
    assert caught.value.kind == "unreadable"


def test_damaged_bytes_are_found(tmp_path: Path) -> None:
    """The zip's own checksum is held."""
    path = patched(zipped(tmp_path / "b.zip", [("a", b"12345")], zipfile.ZIP_STORED), b"12345", b"12346")
    with open_bundle(path) as bundle, pytest.raises(BundleError) as caught:
        bundle.read("a", 10)
    assert caught.value.kind == "unreadable"


def test_a_zip_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """A zip that was written to is not trusted any more."""
    path = zipped(tmp_path / "b.zip", [("a", b"12345")])
    with open_bundle(path) as bundle:
        with path.open("ab") as file:
            file.write(b"x")
        with pytest.raises(BundleError) as caught:
            bundle.read("a", 10)
    assert caught.value.kind == "changed"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"PK\x05\x06",
        b"not a zip",
        b"PK\x05\x06" + b"\xff" * 18,
        b"{}" * 40_000,
        b"PK\x05\x06" + bytes(17),
    ],
)
def test_a_file_that_is_no_zip_is_no_bundle(tmp_path: Path, data: bytes) -> None:
    """Whatever the file holds, the answer is one error."""
    path = tmp_path / "b.zip"
    path.write_bytes(data)
    with pytest.raises(BundleError) as caught:
        open_bundle(path)
    assert caught.value.kind == "container"


def test_a_crowded_directory_is_refused_before_it_becomes_objects(tmp_path: Path) -> None:
    """Half a million members make one problem, in the memory of the directory's bytes alone."""
    header = (
        struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
        + b"a"
    )
    count = 500_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, len(header) * count, 0, 0)
    path = tmp_path / "b.zip"
    path.write_bytes(header * count + end)
    tracemalloc.start()
    try:
        with open_bundle(path) as bundle:
            peak = tracemalloc.get_traced_memory()[1]
            assert codes(bundle.problems) == [("", "limit")]
            assert not bundle.entries
    finally:
        tracemalloc.stop()
    assert peak < 2 * len(header) * count


def test_members_over_the_limit_are_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One member more than allowed is too many."""
    path = zipped(tmp_path / "b.zip", [("a", b""), ("b", b""), ("c", b"")])
    for allowed, expected in ((3, []), (2, [("", "limit")])):
        monkeypatch.setattr(archive, "ENTRIES", allowed)
        with open_bundle(path) as bundle:
            assert codes(bundle.problems) == expected


def test_damage_anywhere_ends_in_an_error_of_ours(tmp_path: Path) -> None:
    """A thousand zips with a few bytes changed: opened or refused, read or refused, never anything else."""
    whole = zipped(
        tmp_path / "whole.zip", [("a/b.json", b"12345" * 20), ("c", b""), ("d/", b"")]
    ).read_bytes()
    chance = random.Random(1)
    path = tmp_path / "b.zip"
    read = 0
    for _ in range(1000):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        path.write_bytes(data[: chance.choice((len(data), len(data), chance.randrange(len(data))))])
        try:
            with open_bundle(path) as bundle:
                for name in bundle.entries:
                    read += len(bundle.read(name, 1000))
        except BundleError as error:
            assert str(error).isprintable()
    assert read > 0


@pytest.mark.parametrize(("before", "after"), [(b"#!/bin/sh\n", b""), (b"", b"x"), (b"", bytes(30))])
def test_what_surrounds_a_zip_is_refused(tmp_path: Path, before: bytes, after: bytes) -> None:
    """Some readers would see another archive there, or none."""
    path = zipped(tmp_path / "b.zip", [("a", b"1")])
    path.write_bytes(before + path.read_bytes() + after)
    with pytest.raises(BundleError, match="neither a directory nor a zip"):
        open_bundle(path)
    with open_to_judge(path) as bundle:
        assert not bundle.entries
        assert [problem.code for problem in bundle.problems] == ["container"]


def test_a_comment_belongs_to_a_zip(tmp_path: Path) -> None:
    """As its end record says; but not one in which another end seems to begin."""
    path = zipped(tmp_path / "b.zip", [("a", b"1")])
    with zipfile.ZipFile(path, "a") as made:
        made.comment = b"made by hand"
    with open_bundle(path) as bundle:
        assert bundle.read("a", 1) == b"1"
    with zipfile.ZipFile(path, "a") as made:
        made.comment = b"PK\x05\x06 and more" + bytes(20)
    with pytest.raises(BundleError):
        open_bundle(path)


def test_a_zip_is_not_held_as_a_whole(tmp_path: Path) -> None:
    """A stored member of fifty megabytes streams in the memory of a piece."""
    path = zipped(tmp_path / "b.zip", [("a", bytes(50_000_000))], zipfile.ZIP_STORED)
    tracemalloc.start()
    try:
        with open_bundle(path) as bundle, bundle.open("a") as entry:
            while entry.read(io.DEFAULT_BUFFER_SIZE):
                pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000
