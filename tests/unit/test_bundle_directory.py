"""Bundles that are directories."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from fsep import limits
from fsep.bundle import BundleError, ContainerProblem, Entry, container, open_bundle, stream


def place(root: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def codes(problems: tuple[ContainerProblem, ...]) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in problems]


def refused(path: Path) -> BundleError:
    with pytest.raises(BundleError) as caught:
        open_bundle(path)
    return caught.value


def test_files_are_listed_by_path_and_read(tmp_path: Path) -> None:
    """Entries are sorted, sized and readable; the bundle says what it is and how it was named."""
    place(tmp_path, {"systems/b.json": b"12", "bundle.json": b"{}", "systems/a.json": b"", "Z": b"z"})
    (tmp_path / "empty").mkdir()
    with open_bundle(str(tmp_path)) as bundle:
        assert bundle.kind == "directory"
        assert bundle.display == str(tmp_path)
        assert list(bundle.entries.items()) == [
            ("Z", Entry("Z", 1)),
            ("bundle.json", Entry("bundle.json", 2)),
            ("systems/a.json", Entry("systems/a.json", 0)),
            ("systems/b.json", Entry("systems/b.json", 2)),
        ]
        assert bundle.problems == ()
        assert bundle.read("systems/b.json", 2) == b"12"
        assert bundle.read("systems/a.json", 0) == b""


def test_an_entry_streams_in_pieces_and_ends_once(tmp_path: Path) -> None:
    """Reading gives at most what is asked for, then nothing, however often; a size must be given."""
    place(tmp_path, {"a": b"12345"})
    with open_bundle(tmp_path) as bundle, bundle.open("a") as entry:
        assert [entry.read(2), entry.read(2), entry.read(2), entry.read(2), entry.read(2)] == [
            b"12",
            b"34",
            b"5",
            b"",
            b"",
        ]
        with pytest.raises(ValueError, match="size"):
            entry.read(-1)


def test_what_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    """Nothing else is said of a missing bundle or entry; entries are looked up in the listing alone."""
    place(tmp_path, {"b/a": b""})
    assert refused(tmp_path / "no").kind == "missing"
    assert refused(tmp_path / "b/a/x").kind == "missing"
    with open_bundle(tmp_path / "b") as bundle:
        for name in ("no", "", "..", "../b/a", "/etc/passwd", "./a", "a\x00"):
            with pytest.raises(BundleError) as caught:
                bundle.open(name)
            assert caught.value.kind == "missing"


@pytest.mark.parametrize("name", ["a\x00b", "\x1b[31m\n::error::"])
def test_a_path_that_cannot_be_is_refused_without_a_trace_of_it(name: str) -> None:
    """Names no system has end in an error whose text is printable."""
    with pytest.raises(BundleError) as caught:
        open_bundle(name)
    assert str(caught.value).isprintable()


def test_links_pipes_and_sockets_are_problems_and_no_entries(tmp_path: Path) -> None:
    """Whatever is no regular file is named and never opened, links to directories and to nothing included."""
    root = place(tmp_path / "b", {"a": b"1"})
    (root / "file-link").symlink_to(root / "a")
    (root / "dir-link").symlink_to(tmp_path)
    (root / "dangling").symlink_to("nowhere")
    (root / "loop").symlink_to("loop")
    os.mkfifo(root / "pipe")
    here = Path.cwd()
    os.chdir(root)  # a socket's whole path must be short
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.bind("socket")
    finally:
        os.chdir(here)
    with open_bundle(root) as bundle:
        assert list(bundle.entries) == ["a"]
        assert codes(bundle.problems) == [
            (name, "kind") for name in ("dangling", "dir-link", "file-link", "loop", "pipe", "socket")
        ]


def test_a_link_to_the_bundle_itself_is_followed(tmp_path: Path) -> None:
    """The user names the bundle, and may name it by a link."""
    place(tmp_path / "b", {"a": b"1"})
    (tmp_path / "link").symlink_to("b")
    with open_bundle(tmp_path / "link") as bundle:
        assert bundle.read("a", 1) == b"1"


def test_a_device_or_pipe_is_no_bundle(tmp_path: Path) -> None:
    """Opening one does not wait for a writer."""
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe").kind == "container"
    assert refused(Path("/dev/null")).kind == "container"


def test_bad_names_are_shown_escaped_and_their_directories_not_looked_into(tmp_path: Path) -> None:
    """One problem a name, visible and printable; what lies in a hidden directory is not listed."""
    place(
        tmp_path,
        {
            ".git/config": b"",
            "a b": b"",
            "x/.DS_Store": b"",
            "caf\u00e9": b"",
            "e\n\u202e\x1b": b"",
            "ok": b"",
        },
    )
    os.close(os.open(os.fsencode(tmp_path) + b"/\xff", os.O_CREAT | os.O_WRONLY))
    with open_bundle(tmp_path) as bundle:
        assert list(bundle.entries) == ["ok"]
        assert codes(bundle.problems) == [
            (name, "path")
            for name in (".git", "\\udcff", "a b", "caf\u00e9", "e\\u000a\\u202e\\u001b", "x/.DS_Store")
        ]


def test_names_that_differ_in_case_alone_collide(tmp_path: Path) -> None:
    """Two files, or two directories, that are one under Windows are problems; what they hold is not."""
    place(tmp_path, {"Read.txt": b"", "read.txt": b"", "D/x": b"", "d/x": b""})
    if len(list(tmp_path.iterdir())) < 4:
        pytest.skip("this file system does not tell case")
    with open_bundle(tmp_path) as bundle:
        assert codes(bundle.problems) == [(name, "collision") for name in ("D", "Read.txt", "d", "read.txt")]


def test_directories_are_walked_no_deeper_than_a_path_may_go(tmp_path: Path) -> None:
    """A tower of directories ends in one problem."""
    place(tmp_path, {"a/" * 40 + "x": b""})
    with open_bundle(tmp_path) as bundle:
        assert not bundle.entries
        assert codes(bundle.problems) == [("a/" * limits.PATH_SEGMENTS + "a", "path")]


def test_more_entries_than_the_limit_are_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk stops at the limit and says so; bad names and directories count as well."""
    monkeypatch.setattr(container, "ENTRIES", 3)
    place(tmp_path, {"d/a": b"", "b": b"", ".c": b""})
    (tmp_path / ".c").rename(tmp_path / "c")
    with open_bundle(tmp_path) as bundle:
        assert codes(bundle.problems) == [("", "limit")]
    (tmp_path / "c").unlink()
    with open_bundle(tmp_path) as bundle:
        assert bundle.problems == ()


@pytest.mark.parametrize("change", ["link", "pipe", "directory", "parent", "gone", "written", "replaced"])
def test_what_was_swapped_after_listing_is_refused(tmp_path: Path, change: str) -> None:
    """A link, pipe or other file in an entry's place is never read, nor one behind a swapped parent."""
    root = place(tmp_path / "b", {"d/a": b"1"})
    secret = place(tmp_path / "secret", {"a": b"2"})
    path = root / "d/a"
    with open_bundle(root) as bundle:
        if change == "written":
            path.write_bytes(b"changed")
        elif change == "parent":
            (root / "d").rename(root / "e")
            (root / "d").symlink_to(secret)
        else:
            path.unlink()
        if change == "link":
            path.symlink_to(secret / "a")
        elif change == "pipe":
            os.mkfifo(path)
        elif change == "directory":
            path.mkdir()
        elif change == "replaced":
            path.write_bytes(b"2")
            os.utime(path, ns=(0, 0))
        with pytest.raises(BundleError) as caught:
            bundle.read("d/a", 10)
    expected = {"gone": "changed", "written": "changed", "replaced": "changed"}
    assert caught.value.kind == expected.get(change, "kind")


@pytest.mark.parametrize("data", [b"5678", b"1", b"12345678"])
def test_a_file_that_changes_while_it_is_read_is_refused_at_its_end(tmp_path: Path, data: bytes) -> None:
    """Rewritten, cut or grown: the reader is told before it can trust what it has."""
    path = place(tmp_path, {"a": b"1234"}) / "a"
    with open_bundle(tmp_path) as bundle, bundle.open("a") as entry:
        assert entry.read(2) == b"12"
        path.write_bytes(data)
        os.utime(path, ns=(1, 1))
        with pytest.raises(BundleError) as caught:
            while entry.read(100):
                pass
    assert caught.value.kind == "changed"


def test_a_document_over_its_limit_is_not_read(tmp_path: Path) -> None:
    """The limit itself is allowed, one byte more is not."""
    place(tmp_path, {"a": b"12345"})
    with open_bundle(tmp_path) as bundle:
        assert bundle.read("a", 5) == b"12345"
        with pytest.raises(BundleError) as caught:
            bundle.read("a", 4)
    assert caught.value.kind == "limit"


@pytest.mark.parametrize(("entry_bytes", "total_bytes", "reads"), [(9, 100, 0), (10, 25, 2)])
def test_bytes_are_counted_per_entry_and_over_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry_bytes: int, total_bytes: int, reads: int
) -> None:
    """Every byte read counts, also of an entry read again."""
    monkeypatch.setattr(stream, "ENTRY_BYTES", entry_bytes)
    monkeypatch.setattr(stream, "TOTAL_BYTES", total_bytes)
    place(tmp_path, {"a": b"x" * 10})
    with open_bundle(tmp_path) as bundle:
        for _ in range(reads):
            bundle.read("a", 100)
        with pytest.raises(BundleError) as caught:
            bundle.read("a", 100)
    assert caught.value.kind == "limit"


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    """Listing, reading and every refusal let go of what they opened."""
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        pytest.skip("this system does not list descriptors")
    place(tmp_path, {"d/e/a": b"1", "x": b"2"})
    before = len(list(descriptors.iterdir()))
    with open_bundle(tmp_path) as bundle:
        bundle.read("d/e/a", 1)
        with pytest.raises(BundleError):
            bundle.read("d/e/a", 0)
        (tmp_path / "x").write_bytes(b"33")
        with pytest.raises(BundleError):
            bundle.open("x")
    bundle.close()
    assert len(list(descriptors.iterdir())) == before
