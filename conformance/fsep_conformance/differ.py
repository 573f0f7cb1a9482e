"""Finding the small difference between two bundles: how the cases of a suite are written down."""

from __future__ import annotations

import difflib
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from typing import Any

from fsep_conformance.change import MANIFEST, Files, changed

_DIGEST = re.compile(rb"[0-9a-f]{64}")
# A digest that changes in fewer places is told where it stands.
_OFTEN = 3

Step = dict[str, Any]


def difference(parent: Files, files: Files) -> tuple[list[Step], bool]:
    """Return the steps that make files of a parent, and whether `changed` packs them again."""
    steps = list(_steps(parent, files, manifest=False))
    if changed(parent, steps, repack=True) == files:
        return steps, True
    steps = list(_steps(parent, files, manifest=True))
    assert changed(parent, steps, repack=False) == files, "the steps do not make the files"
    return steps, False


def _steps(parent: Files, files: Files, *, manifest: bool) -> Iterator[Step]:
    for step in _everywhere(parent, files):
        parent = changed(parent, [step], repack=False)
        yield step
    for path in sorted({*parent, *files} - ({MANIFEST} if not manifest else set())):
        before, after = parent.get(path), files.get(path)
        if before == after:
            continue
        if after is None:
            yield {"file": path, "remove": True}
        elif before is not None and _is_text(before) and _is_text(after):
            yield from _edits(path, before.decode(), after.decode())
        elif _is_text(after):
            yield {"file": path, "content": after.decode()}
        else:
            yield {"file": path, "base64": b64encode(after).decode()}


def _everywhere(parent: Files, files: Files) -> Iterator[Step]:
    """Yield a step for each digest that another one has the place of, again and again."""
    pairs: Counter[tuple[bytes, bytes]] = Counter()
    for path in sorted(parent.keys() & files.keys() - {MANIFEST}):
        before, after = _DIGEST.findall(parent[path]), _DIGEST.findall(files[path])
        if len(before) == len(after):
            pairs.update(zip(before, after, strict=True))
    taken = Counter(old for old, _ in pairs)
    for (old, new), times in sorted(pairs.items()):
        if old != new and taken[old] == 1 and times >= _OFTEN:
            yield {"everywhere": old.decode(), "new": new.decode()}


def _edits(path: str, before: str, after: str) -> Iterator[Step]:
    """Yield the steps that make one text of another, line by line."""
    old, new = before.split("\n"), after.split("\n")
    shift = 0
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        same = min(b - a, d - c)
        for place in range(same):
            yield _replacement(path, a + shift + place, old[a + place], new[c + place])
        if b - a > same:
            yield {"file": path, "line": a + shift + same + 1, "delete": b - a - same}
        if d - c > same:
            yield {"file": path, "after": a + shift + same, "insert": new[c + same : d]}
        shift += (d - c) - (b - a)


def _replacement(path: str, index: int, old: str, new: str) -> Step:
    """Return a step with the least of a line that tells the place."""
    if not old:
        # Nothing stands in an empty line that could be replaced.
        return {"file": path, "line": index + 1, "whole": new}
    begin, end, shorter = 0, 0, min(len(old), len(new))
    while begin < shorter and old[begin] == new[begin]:
        begin += 1
    while end < shorter - begin and old[-1 - end] == new[-1 - end]:
        end += 1
    # What overlaps itself is counted once, and found further to the front than it is meant.
    while not (part := old[begin : len(old) - end]) or old.count(part) != 1 or old.find(part) != begin:
        begin, end = max(0, begin - 8), max(0, end - 8)
    return {"file": path, "line": index + 1, "old": part, "new": new[begin : len(new) - end]}


def _is_text(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode()
    except UnicodeDecodeError:
        return False
