"""Packets as raters get them: JSON Lines for programs, CSV for people, and a guide to the dimensions."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fsep import limits
from fsep.errors import FsepError, visible
from fsep.parsing import json
from fsep.parsing.problem import ParseError
from fsep.rating.rubric import Rubric
from fsep.workflow.place import lines
from fsep.workflow.sheets import Dealing, Row

COLUMNS = ("packet", "run", "dimension", "step", "value", "note", "shown")
NOT_OCCASIONED = "not-occasioned"
# A cell that begins so would be taken for a formula by a program that opens the file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_lines(dealing: Dealing, rows: Sequence[Row]) -> bytes:
    """Return a sheet as JSON Lines: a line a run, with what is shown and what is to be rated."""
    by_run: dict[str, dict[str, Any]] = {}
    for row in rows:
        line = by_run.setdefault(row.run, _head(dealing, row))
        rate = {"dimension": row.dimension, **({"step": row.step} if row.step else {}), "value": None}
        line["rate"].append(rate)
    return lines(list(by_run.values()))


def _head(dealing: Dealing, row: Row) -> dict[str, Any]:
    named = {"packet": row.packet} if row.packet else {"run": row.run}
    return {**named, "shown": list(dealing.packets[row.run]) if row.packet else [], "rate": []}


def as_table(dealing: Dealing, rows: Sequence[Row]) -> bytes:
    """Return a sheet as CSV: a row a rating, its value empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        shown = _as_text(dealing.packets[row.run]) if row.packet else ""
        named = (row.packet, "" if row.packet else row.run)
        writer.writerow([*named, row.dimension, row.step, "", "", _plain(shown)])
    return text.getvalue().encode()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _as_text(packets: Sequence[Mapping[str, Any]]) -> str:
    """Return packets as a text that a person reads in one cell."""
    parts = []
    for one in packets:
        parts += [f"[{field['field']}]\n{_joined(field['value'])}" for field in one["fields"]]
        for said in one["content"]:
            who = said.get("name") or said.get("role")
            content = said.get("text", said.get("content", ""))
            calls = "".join(f"\n(calls {call['name']})" for call in said.get("tool_calls", ()))
            parts.append(f"[{who}]\n{_joined(content)}{calls}")
        if one["ended"] != "completed":
            parts.append(f"({one['ended']})")
    return "\n\n".join(parts)


def _joined(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "\n".join(
        one if isinstance(one, str) else str(one.get("text", f"({one.get('type')})")) for one in value
    )


def guide(rubric: Mapping[str, Any]) -> bytes:
    """Return what raters read first: the dimensions, their values and what each stands for."""
    parts = ["# What is rated", ""]
    for dimension in rubric["dimensions"]:
        parts += [f"## {dimension['id']}", "", dimension["definition"], ""]
        parts += [f"- `{one['value']}`: {one['anchor']}" for one in dimension["scale"]["values"]]
        parts += [f"- `{NOT_OCCASIONED}`: there was no occasion for it to show", ""]
    return "\n".join(parts).encode()


def read(file: Path, rubric: Rubric) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Read what a rater filled in, by packet (or run), dimension and step.

    Args:
        file: a sheet as `as_table` or `as_lines` writes it, values filled in; or lines of ratings.
        rubric: whose dimensions and values are known.

    Raises:
        FsepError: where a row names what there is not, or two rate one thing.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise FsepError(f"{visible(str(file), 200)} cannot be read: {error.strerror}.") from None
    if len(data) > limits.DOCUMENT_BYTES:
        raise FsepError(f"{visible(str(file), 200)} is longer than {limits.DOCUMENT_BYTES} bytes.")
    rows = _lines(data) if file.suffix == ".jsonl" else _table(data)
    dimensions = {one.id: one for one in rubric.dimensions}
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for number, row in rows:
        where = f"{visible(str(file), 200)}, line {number}"
        value = str(row.get("value") or "").strip()
        if not value:
            continue
        dimension = dimensions.get(row["dimension"])
        if dimension is None:
            raise FsepError(
                f"{where}: {visible(row['dimension'])} is no dimension.",
                advice=f"Known are: {', '.join(dimensions)}.",
            )
        if value not in (*dimension.values, NOT_OCCASIONED):
            raise FsepError(
                f"{where}: {visible(value)} is no value of {dimension.id!r}.",
                advice=f"Its values are: {', '.join((*dimension.values, NOT_OCCASIONED))}.",
            )
        key = (row.get("packet") or row.get("run") or "", dimension.id, row.get("step") or "")
        if key in found:
            raise FsepError(
                f"{where}: {dimension.id!r} of this packet is rated a second time.", advice="Keep one."
            )
        rating: dict[str, Any] = {"not_occasioned": True} if value == NOT_OCCASIONED else {"value": value}
        note = str(row.get("note") or "").strip()
        found[key] = {**rating, **({"note": note} if note else {})}
    return found


def _table(data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        # A program that people use may put a byte order mark in front.
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        if reader.fieldnames is None or not {"dimension", "value"} <= set(reader.fieldnames):
            raise FsepError(
                "The table has no columns `dimension` and `value`.", advice="Fill in the sheet as it is."
            )
        for row in reader:
            yield reader.line_num, row
    except (UnicodeDecodeError, csv.Error) as error:
        raise FsepError(f"The table cannot be read: {error}.", advice="Save it as CSV in UTF-8.") from None


def _lines(data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(data.splitlines(), 1):
        try:
            value: Any = json.parse(line)
        except ParseError as error:
            raise FsepError(f"Line {number} is no JSON: {error.message}") from None
        if not isinstance(value, dict):
            raise FsepError(f"Line {number} is no object.")
        named = {member: value[member] for member in ("packet", "run") if member in value}
        for one in value["rate"] if isinstance(value.get("rate"), list) else [value]:
            if isinstance(one, dict) and isinstance(one.get("dimension"), str):
                said = NOT_OCCASIONED if one.get("not_occasioned") is True else one.get("value")
                yield number, {**named, **one, "value": said}
