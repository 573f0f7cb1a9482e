"""Packets as raters get them: JSON Lines for programs, CSV for people, and a guide to the dimensions."""

from __future__ import annotations

import csv
import io
import stat
from collections.abc import Iterator, Mapping, Sequence
from json import dumps as encode
from pathlib import Path
from typing import Any

from fsep import limits
from fsep.errors import FsepError, visible
from fsep.parsing import json
from fsep.parsing.lines import read_lines
from fsep.parsing.problem import ParseError
from fsep.rating.rubric import Rubric
from fsep.workflow.place import lines
from fsep.workflow.sheets import Dealing, Row

COLUMNS = ("packet", "run", "dimension", "step", "value", "note", "shown")
NOT_OCCASIONED = "not-occasioned"
# A cell that begins so would be taken for a formula by a program that opens the file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# As the schema of a rating has it.
_NOTE_CHARACTERS = 20_000
_HOW = (
    "Your sheet comes in two forms: fill in either, and give it back. In the table (.csv) write one of the",
    "values listed below into the column `value` of every row; in the other (.jsonl), which is for programs,",
    "in the place of every `null`. A note is for your own words; it is published, and no figure rests on it.",
)


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
        if len(packets) > 1:
            parts.append(f"## {one['shows']}")
        parts += [f"[{field['field']}]\n{_joined(field['value'])}" for field in one["fields"]]
        for said in one["content"]:
            who = said.get("name") or said.get("role")
            content = said.get("text", said.get("content", ""))
            calls = "".join(
                f"\n(calls {call['name']}: {_encoded(call['arguments'])})"
                for call in said.get("tool_calls", ())
            )
            parts.append(f"[{who}]\n{_joined(content)}{calls}")
        if one["ended"] != "completed":
            parts.append(f"({one['ended']})")
    return "\n\n".join(parts)


def _encoded(value: Any) -> str:
    return value if isinstance(value, str) else encode(value, ensure_ascii=False)


def _joined(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "\n".join(
        one if isinstance(one, str) else str(one.get("text", f"({one.get('type')})")) for one in value
    )


def guide(rubric: Mapping[str, Any]) -> bytes:
    """Return what raters read first: how to fill in a sheet, and each dimension that raters rate."""
    parts = ["# What is rated", "", *_HOW, ""]
    for dimension in rubric["dimensions"]:
        if dimension["by"] != "raters":
            continue
        parts += [f"## {dimension['id']}", "", dimension["definition"], ""]
        of_each = (
            ", of each output: its step is in the column `step`" if dimension["unit"] == "output" else ""
        )
        parts += [f"Rated by what the packet `{dimension['packet']}` shows{of_each}.", ""]
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
    shown = visible(str(file), 200)
    dimensions = {one.id: one for one in rubric.dimensions}
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for number, row in _rows(file, shown):
        where = f"{shown}, line {number}"
        cells = {column: _cell(row, column, where) for column in COLUMNS if column != "shown"}
        value = cells["value"]
        if not value:
            continue
        dimension = dimensions.get(cells["dimension"])
        if dimension is None:
            raise FsepError(
                f"{where}: {visible(cells['dimension'])!r} is no dimension.",
                advice=f"Known are: {', '.join(dimensions)}.",
            )
        if value not in (*dimension.values, NOT_OCCASIONED):
            raise FsepError(
                f"{where}: {visible(value)!r} is no value of {dimension.id!r}.",
                advice=f"Its values are: {', '.join((*dimension.values, NOT_OCCASIONED))}.",
            )
        if len(cells["note"]) > _NOTE_CHARACTERS:
            raise FsepError(f"{where}: the note is longer than {_NOTE_CHARACTERS} characters.")
        key = (cells["packet"] or cells["run"], dimension.id, cells["step"])
        if key in found:
            raise FsepError(
                f"{where}: {dimension.id!r} of this packet is rated a second time.", advice="Keep one."
            )
        rating: dict[str, Any] = {"not_occasioned": True} if value == NOT_OCCASIONED else {"value": value}
        found[key] = {**rating, **({"note": cells["note"]} if cells["note"] else {})}
    return found


def _cell(row: Mapping[Any, Any], column: str, where: str) -> str:
    value = row.get(column)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise FsepError(f"{where}: `{column}` is no text.", advice="Fill in the sheet as it is.")
    return value.strip()


def _rows(file: Path, shown: str) -> Iterator[tuple[int, Mapping[Any, Any]]]:
    """Yield the rows of a file with the lines they end on; it is read as it goes, whatever its size."""
    try:
        # What is no file, such as a pipe, may never end.
        if not stat.S_ISREG(file.stat().st_mode):
            raise FsepError(f"{shown} is no file.", advice="Name the sheet that was filled in.")
        yield from _lines(file, shown) if file.suffix == ".jsonl" else _table(file, shown)
    except OSError as error:
        raise FsepError(
            f"{shown} cannot be read: {error.strerror}.", advice="Name the sheet that was filled in."
        ) from None


def _table(file: Path, shown: str) -> Iterator[tuple[int, Mapping[Any, Any]]]:
    # A cell holds all that is shown of a run.
    csv.field_size_limit(limits.LINE_BYTES)
    # A program that people use may put a byte order mark in front, and semicolons between.
    with file.open(encoding="utf-8-sig", newline="") as stream:
        try:
            head = stream.readline(limits.LINE_BYTES)
            stream.seek(0)
            reader = csv.DictReader(stream, delimiter=max(",;\t", key=head.count))
            if not {"dimension", "value"} <= set(reader.fieldnames or ()):
                raise FsepError(
                    f"{shown} has no columns `dimension` and `value`.",
                    advice="Fill in the sheet as it is; one in JSON Lines has a name that ends in .jsonl.",
                )
            for row in reader:
                yield reader.line_num, row
        except (UnicodeDecodeError, csv.Error) as error:
            raise FsepError(f"{shown} cannot be read: {error}.", advice="Save it as CSV in UTF-8.") from None


def _lines(file: Path, shown: str) -> Iterator[tuple[int, Mapping[Any, Any]]]:
    with file.open("rb") as stream:
        for line in read_lines(stream, limits.LINE_BYTES):
            where = f"{shown}, line {line.number}"
            if line.data is None:
                raise FsepError(f"{where}: it is longer than {limits.LINE_BYTES} bytes.")
            try:
                value: Any = json.parse(line.data)
            except ParseError as error:
                raise FsepError(f"{where}: it is no JSON: {error.message}.") from None
            if not isinstance(value, dict):
                raise FsepError(
                    f"{where}: it is no object.", advice="Each line is one rating, or one packet."
                )
            named = {member: value[member] for member in ("packet", "run") if member in value}
            ratings = value.get("rate", [value])
            if not isinstance(ratings, list) or not all(isinstance(one, dict) for one in ratings):
                raise FsepError(f"{where}: `rate` is no list of ratings.")
            for one in ratings:
                said = NOT_OCCASIONED if one.get("not_occasioned") is True else one.get("value")
                yield line.number, {**named, **one, "value": said}
