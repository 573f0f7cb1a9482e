"""Compressed files of records."""

from __future__ import annotations

import io
from hashlib import sha256
from pathlib import Path

import pytest
import zstandard

from fsep import limits
from fsep.bundle import BundleError
from fsep.bundle.expand import expanded
from fsep.engine import validate
from fsep.packing.writer import BundleWriter
from parent import findings as own
from parent import parent
from workbench import compress, zipped

TEXT = b'{"a": 1}\n' * 30_000
COMPRESSOR = zstandard.ZstdCompressor(write_checksum=True)
FRAME = COMPRESSOR.compress(TEXT)


def read(data: bytes, size: int = 1000, path: str = "transcripts/a.jsonl.zst") -> bytes:
    """Read all there is, in pieces."""
    stream = expanded(path, len(data), io.BytesIO(data))
    pieces = []
    while piece := stream.read(size):
        assert len(piece) <= size
        pieces.append(piece)
    return b"".join(pieces)


@pytest.mark.parametrize("size", [1, 700, 1 << 20])
def test_frames_are_expanded(size: int) -> None:
    """One after another, in pieces of any size, an empty one too."""
    assert read(FRAME + COMPRESSOR.compress(b"") + FRAME, size) == TEXT + TEXT


def test_other_names_are_read_as_they_are() -> None:
    """The name decides, not the content."""
    assert read(FRAME, path="transcripts/a.jsonl") == FRAME


def test_the_digest_is_of_the_file() -> None:
    """And not of what it expands to."""
    seen = sha256()
    stream = expanded("a.jsonl.zst", len(FRAME), io.BytesIO(FRAME), seen.update)
    while stream.read(100):
        pass
    assert seen.digest() == sha256(FRAME).digest()


@pytest.mark.parametrize(
    "data",
    [
        FRAME[:-1],
        FRAME[: len(FRAME) // 2],
        FRAME + FRAME[:3],
        FRAME + b"garbage",
        b"\x28\xb5",
        TEXT,
        FRAME[1:],
        b"",
        FRAME + b"\x50\x2a\x4d\x18\x04\x00\x00\x00none",
        zstandard.compress(TEXT),
        FRAME[:-1] + bytes([FRAME[-1] ^ 1]),
        COMPRESSOR.compress(bytes(range(256)) * 40_000),
    ],
)
def test_what_is_cut_or_no_frame_is_refused(data: bytes) -> None:
    """Silently given less than there was, a run would be missing and nobody would know."""
    with pytest.raises(BundleError):
        read(data)


def test_a_window_over_eight_mebibytes_is_refused() -> None:
    """It says how much memory expanding takes."""
    parameters = zstandard.ZstdCompressionParameters(window_log=24, enable_ldm=True, write_checksum=True)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data = compressor.compress(bytes(range(256)) * 80_000) + compressor.flush()
    with pytest.raises(BundleError, match="window"):
        read(data)


def test_a_bomb_ends_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kilobyte can stand for gigabytes."""
    monkeypatch.setattr("fsep.bundle.expand.EXPANSION_FREE", 1 << 20)
    bomb = COMPRESSOR.compress(b"\n" * (1 << 26))
    assert len(bomb) * limits.EXPANSION < 1 << 26
    stream = expanded("a.jsonl.zst", len(bomb), io.BytesIO(bomb))
    given = 0
    with pytest.raises(BundleError, match="expands to more than"):
        while piece := stream.read(limits.CHUNK_BYTES):
            given += len(piece)
    assert given <= max(1 << 20, len(bomb) * limits.EXPANSION)


def test_a_bundle_with_compressed_transcripts_has_the_same_outcomes(tmp_path: Path) -> None:
    """In a directory and in a zip."""
    before = validate(parent().write(tmp_path / "plain"))
    small = parent().write(tmp_path / "small", compress)
    for path in (small, zipped(small, tmp_path / "small.zip")):
        report = validate(path)
        assert report.counts == before.counts
        for one, other in zip(report.outcomes, before.outcomes, strict=True):
            # What was committed to is a file, by its digest: a compressed one is another.
            assert one == other or one.requirement.startswith("FSEP-PRE")


def test_a_cut_file_is_a_fault_of_the_container_and_of_nothing_else(tmp_path: Path) -> None:
    """Although its digest is the one listed."""
    report = validate(parent().write(tmp_path / "cut", lambda files: compress(files, 2)))
    assert {finding.requirement for finding in own(report)} == {"FSEP-BND-003"}


def test_the_writer_counts_the_lines_that_are_compressed(tmp_path: Path) -> None:
    """As the manifest is to say."""
    with BundleWriter(tmp_path / "out") as writer:
        writer.stream("transcripts/a.jsonl.zst", [FRAME, COMPRESSOR.compress(b"unended")])
        assert writer.files[0]["records"] == 30_001
        assert writer.files[0]["bytes"] == len(FRAME) + len(COMPRESSOR.compress(b"unended"))
