"""Sheets: what is written for a rater is what is read back, whatever texts runs hold and programs do to files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fsep.errors import FsepError
from fsep.rating.rubric import Rubric
from fsep.workflow import packets
from fsep.workflow.place import lines
from fsep.workflow.sheets import Dealing, Row, rating_line
from unit.rating_stock import dimension

RUBRIC = Rubric(dimensions=(dimension(), dimension(id="tone", outputs=True)))
PACKET = "ab" * 32
ROWS = [Row(PACKET, "a", "clarity", ""), Row(PACKET, "a", "tone", "s1"), Row("cd" * 32, "b", "clarity", "")]
BY_RUN = [Row("", "a", "clarity", ""), Row("", "b", "clarity", "")]


def shown(*texts: str, ended: str = "completed", shows: str = "talk") -> dict[str, Any]:
    content = [{"role": "assistant", "content": text} for text in texts]
    return {
        "fsep_packet": "1.0",
        "packet": PACKET,
        "shows": shows,
        "ended": ended,
        "fields": [],
        "content": content,
    }


def dealing(*texts: str) -> Dealing:
    return cast("Dealing", SimpleNamespace(packets={"a": [shown(*texts)], "b": [shown(*texts)]}))


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def refused(tmp_path: Path, data: bytes, name: str = "sheet.csv") -> str:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FsepError) as caught:
        packets.read(tmp_path / name, RUBRIC)
    return f"{caught.value} {caught.value.advice}"


TEXTS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), max_size=3)
SAID = st.tuples(st.sampled_from(["low", "middle", "high", "not-occasioned", ""]), st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=20))  # fmt: skip


@given(TEXTS, st.tuples(SAID, SAID, SAID), st.sampled_from([",", ";", "\t"]), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_table_filled_in_is_read_back(tmp_path: Path, texts: list[str], said: Any, between: str, mark: bool) -> None:  # fmt: skip
    rows = table(packets.as_table(dealing(*texts), ROWS))
    assert [(row["packet"], row["run"], row["dimension"], row["step"]) for row in rows] == [
        (row.packet, "", row.dimension, row.step) for row in ROWS
    ]
    for row, (value, note) in zip(rows, said, strict=True):
        row |= {"value": value, "note": note}
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], delimiter=between)
    writer.writeheader()
    writer.writerows(rows)
    (tmp_path / "sheet.csv").write_bytes(out.getvalue().encode("utf-8-sig" if mark else "utf-8"))
    assert packets.read(tmp_path / "sheet.csv", RUBRIC) == wanted(said)


@given(TEXTS, st.tuples(SAID, SAID, SAID))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_json_lines_filled_in_are_read_back(tmp_path: Path, texts: list[str], said: Any) -> None:
    sheet = list(map(json.loads, packets.as_lines(dealing(*texts), ROWS).decode().strip().split("\n")))
    assert [line["packet"] for line in sheet] == [PACKET, "cd" * 32]
    assert sheet[0]["shown"] == [shown(*texts)]
    for one, (value, note) in zip([one for line in sheet for one in line["rate"]], said, strict=True):
        one |= {"value": value or None, "note": note}
    (tmp_path / "sheet.jsonl").write_bytes(lines(sheet))
    assert packets.read(tmp_path / "sheet.jsonl", RUBRIC) == wanted(said)


def wanted(said: Any) -> dict[tuple[str, str, str], dict[str, Any]]:
    found = {}
    for row, (value, note) in zip(ROWS, said, strict=True):
        if value:
            rating: dict[str, Any] = (
                {"value": value} if value != "not-occasioned" else {"not_occasioned": True}
            )
            found[row.packet, row.dimension, row.step] = rating | (
                {"note": note.strip()} if note.strip() else {}
            )
    return found


def test_lines_of_ratings_are_read_as_they_are_stored(tmp_path: Path) -> None:
    given: list[dict[str, Any]] = [{"value": "low"}, {"not_occasioned": True, "note": "So."}]
    stored = [rating_line(row, rating) for row, rating in zip(BY_RUN, given, strict=True)]
    assert stored[0] == {"run": "a", "dimension": "clarity", "value": "low"}
    (tmp_path / "sheet.jsonl").write_bytes(lines(stored))
    assert list(packets.read(tmp_path / "sheet.jsonl", RUBRIC).values()) == given


def test_raters_who_know_the_run_are_shown_nothing_beside_it() -> None:
    rows = table(packets.as_table(dealing("text"), BY_RUN))
    assert [(row["packet"], row["run"], row["shown"]) for row in rows] == [("", "a", ""), ("", "b", "")]
    assert json.loads(packets.as_lines(dealing("text"), BY_RUN).split(b"\n")[0])["shown"] == []


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(begins: str) -> None:
    hostile = {"fields": [], "content": [], "ended": "completed", "shows": "talk"}
    for text in (f'{begins}HYPERLINK("x")',):
        one = cast("Dealing", SimpleNamespace(packets={"a": [hostile | {"content": [{"name": "", "role": "", "content": text}]}]}))  # fmt: skip
        for cell in table(packets.as_table(one, ROWS[:1]))[0].values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert packets._plain(f"{begins}x") == f"'{begins}x"
    assert packets._plain("x") == "x"


def test_a_person_sees_all_that_a_packet_shows() -> None:
    call = {"id": "1", "name": "look", "arguments": {"word": "Ärger"}}
    one = shown("Hm.", ended="limit-reached")
    one["fields"] = [{"field": "question", "value": "Why?"}, {"field": "hints", "value": ["a", "b"]}]
    one["content"].append({"role": "assistant", "content": [{"type": "text", "text": "T"}, {"type": "image"}], "tool_calls": [call]})  # fmt: skip
    two = {**shown(shows="answer"), "content": [{"name": "answer", "text": "Because."}]}
    found = cast("Dealing", SimpleNamespace(packets={"a": [one, two]}))
    (row,) = table(packets.as_table(found, ROWS[:1]))
    assert row["shown"] == (
        "## talk\n\n[question]\nWhy?\n\n[hints]\na\nb\n\n[assistant]\nHm.\n\n"
        '[assistant]\nT\n(image)\n(calls look: {"word": "Ärger"})\n\n(limit-reached)\n\n'
        "## answer\n\n[answer]\nBecause."
    )


def test_a_cell_may_be_as_long_as_a_run(tmp_path: Path) -> None:
    rows = table_of_length(2_000_000)
    (tmp_path / "sheet.csv").write_bytes(rows)
    assert packets.read(tmp_path / "sheet.csv", RUBRIC)[PACKET, "clarity", ""] == {"value": "low"}


def table_of_length(characters: int) -> bytes:
    return packets.as_table(dealing("x" * characters), ROWS[:1]).replace(b",clarity,,,", b",clarity,,low,")


def test_what_is_wrong_is_said_with_the_line_and_what_can_be(tmp_path: Path) -> None:
    head = b"packet,dimension,step,value,note\n"
    said = refused(tmp_path, head + b"a,clarity,,low,\na,charm,,low,\n")
    assert "sheet.csv, line 3" in said
    assert "Known are: clarity, tone." in said
    said = refused(tmp_path, head + b"a,clarity,,good,\n")
    assert "Its values are: low, middle, high, not-occasioned." in said
    assert "rated a second time" in refused(tmp_path, head + b"a,clarity,,low,\na,clarity,,low,\n")
    assert "no columns `dimension` and `value`" in refused(tmp_path, b"packet,value\n")
    assert "Save it as CSV in UTF-8" in refused(tmp_path, head + b"a,clarity,,low,\xe9\n")
    assert "is no JSON" in refused(tmp_path, b'{"packet": NaN}\n', "sheet.jsonl")
    assert "`step` is no text" in refused(tmp_path, b'{"packet": "a", "dimension": "tone", "step": ["x"], "value": "low"}\n', "s.jsonl")  # fmt: skip
    assert "`dimension`" not in refused(tmp_path, b'{"packet": "a", "value": "low"}\n', "s.jsonl")


def test_the_guide_has_what_raters_rate_and_no_more() -> None:
    scale = {
        "kind": "nominal",
        "values": [{"value": "no", "anchor": "It is not."}, {"value": "yes", "anchor": "It is."}],
    }
    common = {"scale": scale, "unit": "run", "packet": "talk"}
    rubric = {
        "dimensions": [
            {"id": "tone", "definition": "How warm it is.", "by": "raters", **common, "unit": "output"},
            {"id": "success", "definition": "Whether it was done.", "by": "automatic", **common},
        ]
    }
    text = packets.guide(rubric).decode()
    assert "## tone\n\nHow warm it is.\n\nRated by what the packet `talk` shows, of each output" in text
    assert "- `no`: It is not.\n- `yes`: It is.\n- `not-occasioned`: " in text
    assert "success" not in text
