"""What holds the files of a bundle: directories and archives, plain ones and odd ones."""

from __future__ import annotations

import os
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

from workbench import Files

# Writes files into a new folder and gives the path to validate, with what was done.
Form = Callable[[Random, Files, Path], tuple[Path, str]]


def _write(files: Files, folder: Path) -> Path:
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def directory(_rng: Random, files: Files, folder: Path) -> tuple[Path, str]:
    """Write a plain directory."""
    return _write(files, folder / "bundle"), "directory"


def littered(rng: Random, files: Files, folder: Path) -> tuple[Path, str]:
    """Write a directory that holds more than files."""
    bundle = _write(files, folder / "bundle")
    path = rng.choice(sorted(files))
    how = rng.choice(
        [
            "empty folder",
            "hidden",
            "link",
            "linked folder",
            "pipe",
            "linked file",
            "unlisted",
            "alike",
            "folder",
        ]
    )
    if how == "empty folder":
        (bundle / "notes" / "more").mkdir(parents=True)
    elif how == "hidden":
        (bundle / rng.choice([".git", "systems/.DS_Store", "._design.json"])).write_bytes(b"synthetic")
    elif how == "link":
        (bundle / path).unlink()
        (bundle / path).symlink_to(rng.choice(["/etc/hostname", "items.jsonl", "nowhere", path, "/dev/zero"]))
    elif how == "linked folder":
        (bundle / "more").symlink_to(rng.choice(["/", ".", "transcripts"]))
    elif how == "pipe":
        (bundle / path).unlink()
        os.mkfifo(bundle / path)
    elif how == "linked file":
        (folder / "outside").write_bytes(files[path])
        (bundle / path).unlink()
        (bundle / path).hardlink_to(folder / "outside")
    elif how == "unlisted":
        (bundle / "more.json").write_bytes(b"{}")
    elif how == "alike":
        (bundle / path.swapcase()).parent.mkdir(parents=True, exist_ok=True)
        (bundle / path.swapcase()).write_bytes(files[path])
    else:
        (bundle / path).unlink()
        (bundle / path).mkdir()
    return bundle, f"directory, {how} {path}"


def zipped(
    files: Files, target: Path, order: list[str] | None = None, method: int = zipfile.ZIP_DEFLATED
) -> Path:
    """Write files as an archive, its members in an order."""
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", method) as archive:
        warnings.simplefilter("ignore")  # of names that are there twice, which is meant
        for path in order or files:
            archive.writestr(path, files[path])
    return target


def archive(rng: Random, files: Files, folder: Path) -> tuple[Path, str]:
    """Write an archive, in some order, stored or deflated."""
    method = rng.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
    return zipped(files, folder / "bundle.zip", rng.sample(sorted(files), len(files)), method), "zip"


def odd_archive(rng: Random, files: Files, folder: Path) -> tuple[Path, str]:
    """Write an archive with members that no bundle has, or in a way that none is written."""
    target, paths = folder / "bundle.zip", sorted(files)
    how = rng.choice(
        [
            "member",
            "twice",
            "rooted",
            "folders",
            "comment",
            "in front",
            "bzip2",
            "link",
            "encrypted",
            "behind",
        ]
    )
    if how == "rooted":
        return zipped(
            {f"bundle/{path}": files[path] for path in paths}, target, [f"bundle/{path}" for path in paths]
        ), "zip, rooted"
    if how == "bzip2":
        return zipped(files, target, paths, zipfile.ZIP_BZIP2), "zip, bzip2"
    zipped(files, target, paths)
    with warnings.catch_warnings(), zipfile.ZipFile(target, "a") as opened:
        warnings.simplefilter("ignore")
        if how == "member":
            name = rng.choice(
                [
                    "../x",
                    "/x",
                    "a\\b",
                    "a//b",
                    "C:x",
                    "a/./b",
                    "nul",
                    "x\u0301",
                    "a" * 300,
                    "Design.json",
                    "more.json",
                ]
            )
            opened.writestr(name, b"{}")
            how = f"member {name[:20]!r}"
        elif how == "twice":
            path = rng.choice(paths)
            opened.writestr(path, rng.choice([files[path], b"{}"]))
        elif how == "folders":
            for name in rng.choice([["systems/"], ["notes/"], ["../"], ["a b/"], ["systems/", "systems/"]]):
                opened.writestr(name, b"")
                how += f" {name}"
        elif how == "comment":
            opened.comment = b"synthetic"
        elif how == "link":
            link = zipfile.ZipInfo("proofs/link")
            link.external_attr = 0o120777 << 16
            opened.writestr(link, b"/etc/hostname")
    data = target.read_bytes()
    if how in ("in front", "behind"):
        target.write_bytes(b"#!synthetic\n" + data if how == "in front" else data + b"synthetic")
    elif how == "encrypted":
        place = data.index(b"PK\x01\x02") + 8
        target.write_bytes(data[:place] + bytes([data[place] | 1]) + data[place + 1 :])
    return target, f"zip, {how}"


def broken_archive(rng: Random, files: Files, folder: Path) -> tuple[Path, str]:
    """Write an archive and change its bytes."""
    target, _ = archive(rng, files, folder)
    data = bytearray(target.read_bytes())
    if rng.random() < 0.2:
        end = rng.randrange(len(data))
        target.write_bytes(data[:end])
        return target, f"zip, cut at {end}"
    # Where the members are named and measured is a small part, and the one that decides.
    low = rng.choice([0, data.index(b"PK\x01\x02"), len(data) - 22])
    places = [rng.randrange(low, len(data)) for _ in range(rng.choice([1, 1, 3]))]
    for place in places:
        data[place] = rng.choice([data[place] ^ (1 << rng.randrange(8)), 0, 255])
    target.write_bytes(data)
    return target, f"zip, bytes {places} changed"


FORMS: tuple[Form, ...] = (littered, odd_archive, broken_archive)
