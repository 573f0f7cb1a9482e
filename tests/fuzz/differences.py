"""What differs between two bundles, as values: where each difference is, and what stands there."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import zstandard

from workbench import Files


class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT: Any = _Absent()
NAMES = ("system", "scaffold", "item", "replicate")


@dataclass(frozen=True, slots=True)
class Difference:
    """A place, and the value there before and after; `ABSENT` where there is none.

    A place is a path and a JSON pointer. Runs are looked for by what they are runs of: the pointer into one begins
    with `/system.scaffold.item.replicate`, in whatever file and line it stands.
    """

    place: str
    before: Any
    after: Any

    def __str__(self) -> str:
        """Show the place and both values, cut short."""
        return f"{self.place}: {self.before!r:.80} -> {self.after!r:.80}"


def differences(before: Files, after: Files) -> list[Difference]:
    """Return all differences of the values in files."""
    found: list[Difference] = []
    rest = sorted(path for path in {*before, *after} if not path.startswith("transcripts/"))
    for path in rest:
        one, other = (_value(path, files.get(path)) for files in (before, after))
        if path == "bundle.json":
            one, other = ({**value, "files": _by_path(value)} for value in (one, other))
        found += _compared(path, one, other)
    found += _compared("transcripts", _runs(before), _runs(after))
    return found


def _value(path: str, data: bytes | None) -> Any:
    if data is None:
        return ABSENT
    if path.endswith(".json"):
        return json.loads(data)
    if path.endswith(".jsonl"):
        return [json.loads(line) for line in data.split(b"\n") if line]
    return data


def _by_path(manifest: Any) -> Mapping[str, str]:
    # Digests, sizes and counts differ with the files, and are the validator's first checks.
    return {listed["path"].removesuffix(".zst"): listed["role"] for listed in manifest["files"]}


def runs_of(files: Files) -> list[dict[str, Any]]:
    """Return the runs of all transcripts, each in one piece."""
    runs: list[dict[str, Any]] = []
    for path in sorted(files):
        data = files[path]
        if not path.startswith("transcripts/"):
            continue
        if path.endswith(".zst"):
            data = (
                zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True).read()
            )
        for line in filter(None, data.split(b"\n")):
            run = json.loads(line)
            if "continues" not in run:
                run.pop("parts", None)
                runs.append(run)
                continue
            runs[-1]["events"] = runs[-1]["events"] + run["events"]
            if "extensions" in run:
                runs[-1]["extensions"] = {**runs[-1].get("extensions", {}), **run["extensions"]}
    return runs


def _runs(files: Files) -> dict[str, Any]:
    """Return the runs by what they are runs of."""
    runs: dict[str, Any] = {}
    for run in runs_of(files):
        name = ".".join(f"{run[member]:g}" if member == "replicate" else run[member] for member in NAMES)
        while name in runs:
            name += " again"
        runs[name] = run
    return runs


def _compared(place: str, one: Any, other: Any) -> Iterator[Difference]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            yield from _compared(f"{place}/{name}", one.get(name, ABSENT), other.get(name, ABSENT))
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) == len(other):
            for index, (left, right) in enumerate(zip(one, other, strict=True)):
                yield from _compared(f"{place}/{index}", left, right)
        else:
            yield Difference(place, one, other)
    elif isinstance(one, bool) is not isinstance(other, bool) or one != other:
        yield Difference(place, one, other)
