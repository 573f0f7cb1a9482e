"""Differences of bundles: what is found between two of them makes the one of the other."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fsep_conformance.change import Files, SuiteError, changed, repacked
from fsep_conformance.differ import difference

LINES = st.lists(st.text("ab{}é \r\u2028", max_size=12), max_size=6).map("\n".join)
TEXTS = st.one_of(LINES.map(str.encode), st.binary(max_size=20))
BUNDLES = st.dictionaries(st.sampled_from(["design.json", "items.jsonl", "proofs/a", "blobs/b"]), TEXTS)


def packed(files: Files) -> Files:
    """Return files with a manifest."""
    return {**files, "bundle.json": repacked({**files, "bundle.json": b'{"fsep": "1.0"}'})}


@given(BUNDLES, BUNDLES)
@example({"design.json": b"{{{"}, {"design.json": b"{a"})
def test_the_difference_of_two_bundles_makes_the_one_of_the_other(one: Files, other: Files) -> None:
    before, after = packed(one), packed(other)
    steps, repack = difference(before, after)
    assert changed(before, json.loads(json.dumps(steps)), repack=repack) == after
    assert repack
    assert bool(steps) is (one != other)


@given(BUNDLES, BUNDLES, TEXTS)
def test_so_it_does_where_the_manifest_was_not_packed_again(
    one: Files, other: Files, manifest: bytes
) -> None:
    before, after = packed(one), {**other, "bundle.json": manifest}
    steps, repack = difference(before, after)
    assert changed(before, steps, repack=repack) == after


def test_a_digest_that_changes_in_many_places_is_said_once() -> None:
    old, new = (sha256(text).hexdigest() for text in (b"a", b"b"))
    lines = "".join(f'{{"n": {n}, "design": "{old}"}}\n' for n in range(9))
    before = packed({"transcripts/a.jsonl": lines.encode()})
    after = packed({"transcripts/a.jsonl": lines.replace(old, new).encode()})
    assert difference(before, after) == ([{"everywhere": old, "new": new}], True)


@pytest.mark.parametrize("old", ["x", "a"])
def test_a_step_that_does_not_fit_is_refused(old: str) -> None:
    with pytest.raises(SuiteError, match="is not there once"):
        changed({"f": b"aa\n"}, [{"file": "f", "line": 1, "old": old, "new": "b"}], repack=False)
