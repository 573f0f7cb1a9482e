"""Changes of bytes: files that were damaged, written in another form, or listed wrongly."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from random import Random
from typing import Any

import zstandard

from workbench import Files

ByteOperator = Callable[[Random, Files], str | None]


def _put(rng: Random, files: Files, path: str, data: bytes, how: str) -> str:
    """Write a file's new bytes; two times of three the manifest is made to agree."""
    files[path] = data
    if path == "bundle.json" or rng.random() < 1 / 3:
        return f"{path} {how}"
    relist(files, path, path)
    return f"{path} {how}, listed anew"


def relist(files: Files, path: str, new: str) -> None:
    """Let the manifest say of a file what it now is, if it still is a manifest."""
    try:
        manifest = json.loads(files["bundle.json"])
        for listed in manifest["files"]:
            if listed["path"] == path:
                data = files[new]
                listed |= {"path": new, "sha256": sha256(data).hexdigest(), "bytes": len(data)}
                if "records" in listed and new.endswith(".jsonl"):
                    listed["records"] = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
    except (ValueError, TypeError, KeyError):
        return
    files["bundle.json"] = json.dumps(manifest).encode()


def flip(rng: Random, files: Files) -> str | None:
    """Change single bytes."""
    path = rng.choice(sorted(files))
    data = bytearray(files[path])
    if not data:
        return None
    places = [rng.randrange(len(data)) for _ in range(rng.choice([1, 1, 1, 5]))]
    for place in places:
        data[place] = rng.choice([data[place] ^ (1 << rng.randrange(8)), rng.randrange(256), 0x20, 0x7D])
    return _put(rng, files, path, bytes(data), f"bytes {places} changed")


def cut(rng: Random, files: Files) -> str | None:
    """Lose the end, or a piece of the middle."""
    path = rng.choice(sorted(files))
    data = files[path]
    start = rng.randrange(len(data) + 1)
    end = rng.choice([len(data), min(len(data), start + rng.choice([1, 2, 50]))])
    return _put(rng, files, path, data[:start] + data[end:], f"without bytes {start} to {end}")


INSERTS = (
    *(
        b" ",
        b"\n",
        b"\r\n",
        b"\t",
        b"\x00",
        b"\xef\xbb\xbf",
        b"\xff",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\\ud800",
    ),
    *(
        b"\xe2\x80\xa8",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b'"',
        b"\\",
        b"0",
        b"1e400",
        b"NaN",
        b"-0",
        b"e5",
        b"\n\n",
        b"//",
    ),
)


def insert(rng: Random, files: Files) -> str | None:
    """Put bytes in, most often where a token ends."""
    path = rng.choice(sorted(files))
    data = files[path]
    ends = [place for place, byte in enumerate(data[:20000]) if byte in b',:{}[]\n"']
    place = rng.choice([0, len(data), rng.randrange(len(data) + 1), *rng.sample(ends, min(5, len(ends)))])
    put = rng.choice(INSERTS)
    return _put(rng, files, path, data[:place] + put + data[place:], f"{put!r} at {place}")


def reform(rng: Random, files: Files) -> str | None:
    """Write the same values in another form."""
    path = rng.choice([path for path in sorted(files) if path.endswith((".json", ".jsonl"))])
    lines = [files[path]] if path.endswith(".json") else files[path].splitlines(keepends=True)
    how = rng.choice(
        ["compact", "escaped", "sorted", "no last line feed", "crlf", "twice", "exponents", "blank line"]
    )
    try:
        values = [json.loads(line) for line in lines]
    except ValueError:
        return None
    end = b"\n"
    if how == "compact":
        new = [json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() for value in values]
    elif how == "escaped":
        new = [
            json.dumps(value)
            .replace("e", "\\u0065")
            .replace("tru\\u0065", "true")
            .replace("fals\\u0065", "false")
            .encode()
            for value in values
        ]
    elif how == "sorted":
        new = [json.dumps(value, sort_keys=True).encode() for value in values]
    elif how == "crlf":
        new, end = [json.dumps(value).encode() for value in values], b"\r\n"
    elif how == "exponents":
        new = [
            json.dumps(value).replace(": 0,", ": 0e0,").replace(": 1,", ": 1.0,").encode() for value in values
        ]
    elif how == "twice":
        # The first member of the whole, written twice.
        new = [
            b"{" + json.dumps(value)[1:-1].split(", ")[0].encode() + b", " + json.dumps(value).encode()[1:]
            for value in values
        ]
    else:
        new = [line.rstrip(b"\r\n") for line in lines]
    data = end.join(new) + (b"" if how == "no last line feed" else end * (2 if how == "blank line" else 1))
    return _put(rng, files, path, data, how)


def compress(rng: Random, files: Files) -> str | None:
    """Compress a file of transcripts, well or badly."""
    paths = [path for path in sorted(files) if path.startswith("transcripts/") and path.endswith(".jsonl")]
    if not paths:
        return None
    path = rng.choice(paths)
    data = files.pop(path)
    how = rng.choice(
        ["well", "well", "two frames", "cut", "more", "plain", "skippable", "empty frame", "changed"]
    )
    frame = zstandard.compress(data)
    half = len(data) // 2
    files[path + ".zst"] = {
        "two frames": zstandard.compress(data[:half]) + zstandard.compress(data[half:]),
        "cut": frame[: rng.randrange(len(frame))],
        "more": frame + b"more",
        "plain": data,
        "skippable": b"\x50\x2a\x4d\x18\x04\x00\x00\x00more" + frame,
        "empty frame": frame + zstandard.compress(b""),
        "changed": _changed(rng, frame),
    }.get(how, frame)
    relist(files, path, path + ".zst")
    return f"{path} {how}"


def _changed(rng: Random, data: bytes) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << rng.randrange(8))]) + data[place + 1 :]


def misname(rng: Random, files: Files) -> str | None:
    """Let the manifest lie about a file, or list it twice, or leave it out."""
    try:
        manifest = json.loads(files["bundle.json"])
        listed = rng.choice(manifest["files"])
        how = rng.choice(
            ["path", "role", "sha256", "bytes", "records", "again", "absent", "shuffle", "reversed"]
        )
        if how == "again":
            manifest["files"].append(listed)
        elif how == "absent":
            manifest["files"].remove(listed)
        elif how in ("shuffle", "reversed"):
            rng.shuffle(manifest["files"])
        else:
            values: dict[str, list[Any]] = {
                "path": ["../x", "bundle.json", listed["path"] + "x", rng.choice(manifest["files"])["path"]],
                "role": ["ratings", rng.choice(manifest["files"])["role"]],
                "sha256": ["0" * 64, listed["sha256"].upper(), rng.choice(manifest["files"])["sha256"]],
                "bytes": [0, listed["bytes"] + 1, float(listed["bytes"])],
                "records": [0, listed.get("records", 0) + 1],
            }
            listed[how] = rng.choice(values[how])
    except (ValueError, TypeError, KeyError, IndexError):
        return None
    files["bundle.json"] = json.dumps(manifest).encode()
    return f"bundle.json {how}"


BYTES: tuple[ByteOperator, ...] = (flip, flip, cut, insert, insert, reform, reform, compress, misname)
