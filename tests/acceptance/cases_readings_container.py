"""Readings of the chapter on the bundle: names, archives, compressed transcripts, and what the manifest lists."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from io import BytesIO

import zstandard

from acceptance.readings import REPLAYED, RUNS, WHOLE, Reading, archive, listed, small, with_files
from fsep_conformance.change import Files, repacked

BND1, BND2, BND3, BND4, BND5, BND6, BND7, BND8, BND9 = (f"FSEP-BND-00{number}" for number in range(1, 10))
READINGS: list[Reading] = []
BLOB = "blobs/" + "a" * 64
PACKED = RUNS + ".zst"


def reading(requirement: str, sentence: str, verdict: str = "refuse", **members: object) -> None:
    """Add a case."""
    READINGS.append(Reading(requirement, sentence, verdict, **members))  # type: ignore[arg-type]


# --- names, of files and of directories

reading(
    BND3,
    "the manifest is a symbolic link, which is one fault",
    steps=[{"file": "bundle.json", "link": "/etc/hostname"}],
)
reading(
    BND3,
    "the manifest is a pipe",
    steps=[{"file": "bundle.json", "remove": True}, {"file": "bundle.json", "fifo": True}],
)
reading(
    BND1,
    "an empty folder has the manifest's name",
    steps=[{"file": "bundle.json", "remove": True}, {"file": "bundle.json", "folder": True}],
)
reading(BND2, "an empty folder is hidden", steps=[{"file": ".git", "folder": True}])
reading(BND2, "an empty folder has the name of a device", steps=[{"file": "proofs/con.d", "folder": True}])
reading(BND2, "an empty folder, which means nothing", "accept", steps=[{"file": "proofs", "folder": True}])
for name, what in (
    ("proofs/Con.txt", "the name of a device before its first dot"),
    ("proofs/COM0", "the name of a device with a digit"),
    ("proofs/end.", "a dot at its end"),
    ("proofs/-x", "a hyphen at its beginning"),
    ("proofs/é", "a letter beyond ASCII"),
    ("proofs/" + "/".join("abcdefgh"), "nine segments"),
    ("proofs/" + "x" * 194, "201 characters"),
):
    reading(BND2, f"a name has {what}", steps=[{"file": name, "content": "x"}])
for name, what in (
    ("proofs/console.txt", "begins like that of a device"),
    ("proofs/x.con", "has that of a device after its dot"),
    ("proofs/com10", "has two digits after com"),
    ("proofs/a..b-_", "has dots, hyphens and underscores"),
    ("proofs/0", "is a digit"),
    ("proofs/" + "x" * 193, "has 200 characters with its folder"),
):
    reading(
        BND2, f"a name {what}, and is taken", "accept", steps=[{"file": name, "content": "x"}], repack=True
    )
for name, what in (
    (".git/", "is hidden"),
    ("con/", "is that of a device"),
    ("a//", "has an empty segment"),
    ("Design.json/", "is a file's in another case"),
    ("design.json/", "is a file's"),
):
    reading(
        BND2, f"a directory entry of an archive {what}", steps=[{"entry": name, "content": ""}], form="zip"
    )
reading(
    BND2,
    "two directory entries of an archive differ in case alone",
    steps=[{"entry": "proofs/A/", "content": ""}, {"entry": "proofs/a/", "content": ""}],
    form="zip",
)
reading(
    BND2,
    "two members' folders differ in case alone",
    also=(BND4,),
    steps=[{"entry": "proofs/A/x", "content": ""}, {"entry": "proofs/a/y", "content": ""}],
    form="zip",
)
reading(
    BND2,
    "a member lies below a member",
    also=(BND4,),
    steps=[{"entry": "design.json/x", "content": ""}],
    form="zip",
)
reading(
    BND2,
    "a directory entry of an archive, which means nothing",
    "accept",
    steps=[{"entry": "proofs/", "content": ""}],
    form="zip",
)
reading(
    BND3,
    "a directory entry of an archive holds bytes",
    steps=[{"entry": "proofs/", "content": "x"}],
    form="zip",
)


# --- archives


def _records(made: bytearray, name: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the central record and the local header of a member stand."""
    at = made.find(b"PK\x01\x02")
    while at >= 0:
        [length] = struct.unpack_from("<H", made, at + 28)
        if made[at + 46 : at + 46 + length] == name:
            [local] = struct.unpack_from("<I", made, at + 42)
            yield at, local
        at = made.find(b"PK\x01\x02", at + 4)


def _both(name: bytes, central: int, local: int, change: Callable[[int], int]) -> Callable[[bytearray], None]:
    """Return a change of a byte of a member's records: at one place in the central one, at another in the local."""

    def edit(made: bytearray) -> None:
        for at, header in _records(made, name):
            made[at + central] = change(made[at + central])
            made[header + local] = change(made[header + local])

    return edit


def _local_name(made: bytearray) -> None:
    for _, header in _records(made, b"items.jsonl"):
        made[header + 30] = ord("x")


def _damaged(made: bytearray) -> None:
    for _, header in _records(made, b"items.jsonl"):
        made[header + 30 + len("items.jsonl")] ^= 0xFF


def _with_member(
    name: str, content: bytes, system: int, mode: int, method: int = zipfile.ZIP_STORED
) -> Callable[[bytearray], None]:
    def add(made: bytearray) -> None:
        held = BytesIO(made)
        with zipfile.ZipFile(held, "a") as archived:
            member = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            member.create_system, member.external_attr = system, mode << 16
            archived.writestr(member, content, method)
        made[:] = held.getvalue()

    return add


def _in_a_folder() -> Files:
    return {f"study/{path}": data for path, data in small().bytes().items()}


reading(
    BND3,
    "a member of an archive is encrypted",
    steps=archive(_both(b"items.jsonl", 8, 6, lambda bits: bits | 1)),
    form="zip",
)
reading(
    BND3,
    "a member of an archive is strongly encrypted",
    steps=archive(_both(b"items.jsonl", 8, 6, lambda bits: bits | 0x41)),
    form="zip",
)
reading(
    BND3,
    "a member's checksum is not that of its content",
    steps=archive(_both(b"items.jsonl", 16, 14, lambda byte: byte ^ 1)),
    form="zip",
)
reading(BND3, "a member's content is damaged", steps=archive(_damaged), form="zip")
for member, what in ((b"systems/s.json", "a document"), (b"bundle.json", "the manifest")):
    reading(
        BND3,
        f"{what} is said to have 32 MiB more than its content has",
        steps=archive(_both(member, 27, 25, lambda byte: byte | 2)),
        form="zip",
    )
reading(BND3, "a member has another name in its local header", steps=archive(_local_name), form="zip")
reading(
    BND3,
    "a member is a symbolic link, as Unix says it",
    steps=archive(_with_member(BLOB, b"/etc/hostname", 3, 0o120777)),
    form="zip",
)
reading(
    BND3,
    "a member is a symbolic link, whatever system is said to have made it",
    steps=archive(_with_member(BLOB, b"/etc/hostname", 0, 0o120777)),
    form="zip",
)
reading(BND3, "a member is a device", steps=archive(_with_member(BLOB, b"", 3, 0o020666)), form="zip")
reading(
    BND3,
    "a member is compressed with bzip2",
    steps=archive(_with_member(BLOB, b"x" * 100, 3, 0o100644, zipfile.ZIP_BZIP2)),
    form="zip",
)
reading(
    BND1,
    "an archive holds the bundle in a folder",
    steps=archive(lambda made: None, _in_a_folder),
    form="zip",
)
reading(
    BND1, "a file is neither a directory nor an archive", steps=[{"archive": "bm8gYXJjaGl2ZQo="}], form="zip"
)
reading(
    BND1,
    "bytes stand before an archive",
    steps=archive(lambda made: made.__setitem__(slice(0, 0), b"#!/bin/sh\n")),
    form="zip",
)
reading(BND1, "bytes stand after an archive", steps=archive(lambda made: made.extend(b"more")), form="zip")


def _commented(made: bytearray) -> None:
    made[-2:] = struct.pack("<H", 5)
    made.extend(b"hello")


reading(
    BND1, "an archive with a comment, which belongs to it", "accept", steps=archive(_commented), form="zip"
)


# --- compressed transcripts


def _compressor(**how: object) -> Callable[[bytes], bytes]:
    return zstandard.ZstdCompressor(write_checksum=True, **how).compress  # type: ignore[arg-type]


_frame = _compressor()


def _streamed(window: int) -> Callable[[bytes], bytes]:
    """Return a compressor that states a window (as a power of two), and no size."""

    def compress(data: bytes) -> bytes:
        how = zstandard.ZstdCompressionParameters.from_level(3, window_log=window, write_checksum=True)
        made = zstandard.ZstdCompressor(compression_params=how).compressobj()
        return made.compress(data) + made.flush()

    return compress


def _one_segment(size: int) -> Callable[[bytes], bytes]:
    """Return a compressor of a line of a size, in one segment, that is small and expands less than 256 times."""

    def compress(data: bytes) -> bytes:
        noise = "".join(sha256(bytes([number >> 8, number & 0xFF])).hexdigest() for number in range(1400))
        extensions = b', "extensions": {"org.example.x": {"v": "' + noise.encode() + b'"}}}'
        line = data.rstrip(b"\n")[:-1] + extensions
        how = zstandard.ZstdCompressionParameters.from_level(3, window_log=24, write_checksum=True)
        made = zstandard.ZstdCompressor(compression_params=how).compress(line.ljust(size - 1) + b"\n")
        assert made[4] & 0x20
        return made

    return compress


def _as_zst(make: Callable[[bytes], bytes], *, records: int = 1, stale: bool = False) -> Callable[[], Files]:
    """Return how the small bundle's files are made with its transcripts compressed, or what stands there for that."""

    def change(files: Files) -> None:
        made = make(files.pop(RUNS))
        files[PACKED] = made
        manifest = json.loads(repacked(files))
        for one in manifest["files"]:
            if one["path"] == PACKED:
                one.update(records=records, **({"sha256": "0" * 64} if stale else {}))
        files["bundle.json"] = json.dumps(manifest, indent=2).encode() + b"\n"

    return with_files(change, packed=False)


def _wrong_sum(data: bytes) -> bytes:
    made = bytearray(_frame(data))
    made[-1] ^= 1
    return bytes(made)


for what, make in (
    ("one frame", _frame),
    ("two frames", lambda data: _frame(data[:50]) + _frame(data[50:])),
    ("an empty frame and another", lambda data: _frame(b"") + _frame(data)),
    ("a frame that does not state its size", _compressor(write_content_size=False)),
    ("a frame with a window of 8 MiB", _streamed(23)),
    ("one segment of 8 MiB", _one_segment(1 << 23)),
):
    reading(BND3, f"compressed transcripts: {what}", "accept", files=_as_zst(make))
for what, make in (
    ("a frame without a checksum", zstandard.ZstdCompressor().compress),
    ("a checksum that is not that of the content", _wrong_sum),
    ("a frame that is cut", lambda data: _frame(data)[:-5]),
    ("a byte after the frame", lambda data: _frame(data) + b"x"),
    ("zeros after the frame", lambda data: _frame(data) + bytes(8)),
    ("a skippable frame", lambda data: _frame(data) + b"\x50\x2a\x4d\x18\x04\x00\x00\x00none"),
    ("no frame at all", lambda data: b""),
    ("plain lines under the name of compressed ones", lambda data: data),
    ("a frame with a window of 16 MiB", _streamed(24)),
    ("one segment of more than 8 MiB", _one_segment((1 << 23) + 1)),
    ("four million spaces in a few hundred bytes", lambda data: _frame(data + b" " * (1 << 22))),
):
    reading(BND3, f"compressed transcripts: {what}", files=_as_zst(make))
reading(
    BND7,
    "compressed transcripts: lines are counted where they are expanded",
    files=_as_zst(_frame, records=2),
)
reading(BND6, "compressed transcripts: the digest is that of the file", files=_as_zst(_frame, stale=True))


# --- what the manifest lists


def _without(path: str) -> Callable[[], Files]:
    return listed(lambda files: files.remove(next(one for one in files if one["path"] == path)))


for path in ("design.json", "items.jsonl", "scaffolds/tested.json", "systems/s.json", RUNS):
    reading(
        BND4, f"{path} is there and not listed, which is one fault", files=_without(path), facets=REPLAYED
    )
reading(
    BND4,
    "a file is listed twice, the second time with another digest",
    files=listed(lambda files: files.append({**files[0], "sha256": "0" * 64})),
)
reading(
    BND4,
    "a file is listed twice, the first time with another digest",
    also=(BND6,),
    files=listed(lambda files: files.insert(0, {**files[0], "sha256": "0" * 64})),
)
reading(
    BND4,
    "the manifest lists itself with a wrong size and digest, which nobody looks at",
    files=listed(
        lambda files: files.append({"path": "bundle.json", "role": "proof", "sha256": "0" * 64, "bytes": 1})
    ),
)
reading(
    BND5,
    "a path is listed that the grammar does not admit, and no such file is there",
    files=listed(
        lambda files: files.append({"path": "blobs/con", "role": "blob", "sha256": "0" * 64, "bytes": 1})
    ),
)
reading(
    BND8,
    "two roles of which there is one are missing",
    files=with_files(lambda files: [files.pop(path) for path in ("items.jsonl", "design.json")]),
    facets=WHOLE,
)


def _role(path: str, role: str) -> Callable[[], Files]:
    return listed(lambda files: next(one for one in files if one["path"] == path).update(role=role))


reading(
    BND8,
    "a scaffold has the role of a simulator",
    files=_role("scaffolds/tested.json", "simulator"),
    facets=WHOLE,
)
reading(BND9, "a blob's name is no digest", files=with_files(lambda files: files.update({"blobs/abc": b"x"})))
reading(
    BND9,
    "a blob's name is its digest in capitals",
    files=with_files(
        lambda files: files.update(
            {"blobs/" + "2D711642B726B04401627CA9FBAC32F5C8530FB1903CC4DB02258717921A4881": b"x"}
        )
    ),
)


def _renamed(new: str) -> Callable[[], Files]:
    return with_files(lambda files: files.update({new: files.pop("scaffolds/tested.json")}))


reading(
    "FSEP-REF-001",
    "a scaffold stands under a name that is no id, which is one fault",
    files=_renamed("scaffolds/Tested.json"),
)
reading(
    "FSEP-REF-001",
    "a scaffold stands under another id, which is one fault",
    files=_renamed("scaffolds/other.json"),
)
reading(
    "FSEP-REF-001",
    "a system stands under another id, which is one fault",
    files=with_files(lambda files: files.update({"systems/t.json": files.pop("systems/s.json")})),
)


# --- lines


def _raw(change: Callable[[bytes], bytes]) -> Callable[[], Files]:
    return with_files(lambda files: files.update({RUNS: change(files[RUNS])}))


reading(BND7, "a last line without a line feed counts", "accept", files=_raw(lambda data: data.rstrip(b"\n")))
reading(
    "FSEP-DOC-004",
    "a line that ends with a carriage return too, which is white space",
    "accept",
    files=_raw(lambda data: data.rstrip(b"\n") + b"\r\n"),
)
reading("FSEP-DOC-004", "an empty line stands at the end", files=_raw(lambda data: data + b"\n"))


# --- what the second author asked after the first answers

reading(
    BND2,
    "two directory entries of an archive have one name",
    steps=[{"entry": "proofs/", "content": ""}, {"entry": "proofs/", "content": ""}],
    form="zip",
)
reading(
    BND3,
    "a link has a name that is no path, which is one fault",
    steps=[{"file": "end.", "link": "/etc/hostname"}],
)


def _counted_otherwise(made: bytearray) -> None:
    [count] = struct.unpack_from("<H", made, len(made) - 12)
    struct.pack_into("<HH", made, len(made) - 14, count - 1, count - 1)


reading(BND1, "an archive has more members than it says", steps=archive(_counted_otherwise), form="zip")
reading(
    BND8,
    "a file has the role of another place and another digest, which is one fault",
    files=listed(
        lambda files: next(one for one in files if one["path"] == "design.json").update(
            role="proof", sha256="0" * 64
        )
    ),
    facets=WHOLE,
)
reading(
    BND4,
    "a broken file of transcripts is not listed, and so not read",
    steps=[{"file": PACKED, "content": "x"}],
)
reading(
    BND4,
    "a simulator that the design does not name is not listed, which is one fault",
    steps=[{"file": "simulators/other.json", "content": "{}"}],
)
reading(
    BND1,
    "there is no manifest, and a link stands among the files",
    also=(BND3,),
    steps=[{"file": "bundle.json", "remove": True}, {"file": "link", "link": "/etc/hostname"}],
)
