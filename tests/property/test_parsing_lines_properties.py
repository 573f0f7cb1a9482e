"""Lines held against the obvious split of the whole."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from fsep.parsing.lines import Line, read_lines


class Pieces:
    """A stream that gives the pieces it was made of, one a call."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = iter(pieces)

    def read(self, _: int, /) -> bytes:
        return next(self._pieces, b"")


def reference(data: bytes, limit: int) -> Iterator[Line]:
    *whole, rest = data.split(b"\n")
    offset = 0
    for number, line in enumerate(whole, 1):
        yield Line(number, line if len(line) <= limit else None, offset, True)
        offset += len(line) + 1
    if rest:
        yield Line(len(whole) + 1, rest if len(rest) <= limit else None, offset, False)


@given(
    st.lists(
        st.lists(st.sampled_from([b"\n", b"a", b"bc", b"\r", b"\xe2\x80\xa8"]), min_size=1).map(b"".join)
    ),
    st.integers(0, 6),
)
def test_lines_are_those_of_a_split_however_the_stream_is_cut(pieces: list[bytes], limit: int) -> None:
    """Chunking changes nothing: not the lines, nor which are over the limit, nor what a digest is given."""
    seen: list[bytes] = []
    assert list(read_lines(Pieces(pieces), limit, seen.append)) == list(reference(b"".join(pieces), limit))
    assert seen == pieces
