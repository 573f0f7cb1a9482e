"""One run in a terminal: who contributed what, and what of it came from the item."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsep.render.program_text import ProgramText
from fsep.render.safe import cells
from fsep.render.style import Style
from fsep.render.transcript import transcript
from unit.handmade_bundle import EVENTS, ITEM, RUN, SCAFFOLD, SYSTEM


def shown(
    run: dict[str, Any] = RUN,
    width: int = 120,
    *,
    colour: bool = False,
    system: dict[str, Any] | None = SYSTEM,
) -> str:
    """Render a run."""
    program = ProgramText(SCAFFOLD, ITEM["fields"])  # type: ignore[arg-type]
    return "\n".join(
        transcript(
            run,
            run["events"],
            program,
            Style(width, colour),
            system=system,
            place="transcripts/alpha.jsonl:1",
        )
    )


@pytest.mark.parametrize(
    "said",
    [
        "Run alpha.desk.order.0\ntranscripts/alpha.jsonl:1",
        "system alpha (scripted-alpha) · scaffold desk · item order · replicate 0",
        "SYNTHETIC",
        "  1  policy · main  PROGRAM instructs agent",
        "  2  ask · main  SIMULATOR customer says",
        "     │ My order is late.\n     │ What now?",
        "  3  work[0] · main  MODEL agent says",
        "temperature 0 · returned scripted-1 · 1,200 tokens in, 5 out · 2 attempts: rate-limited, complete",
        "     reasoning, signed\n     ┊ I have to look.\n     │ One moment.",
        '→ calls c1: find_order(number=7, deep={"a": ["b"]})',
        '→ calls c2: odd(NO OBJECT: "{not json")',
        "ENVIRONMENT shop answers c1 with an error\n     (empty)",
        "PROGRAM answers c2\n     │ bad arguments",
        "FINISH length",
        "REBUILT by an importer",
        "history of agent: only the newest 2 messages kept",
        "WITHHELD: personal data (a string)",
        "End after 9 events",
        "Result answer\n     │ You get it back.",
    ],
)
def test_each_kind_of_event_says_who_contributed_what(said: str) -> None:
    assert said in shown()


def test_what_comes_from_the_item_is_marked_also_beside_quoted_output() -> None:
    assert "│ Be brief. Policy: ⟦refund late orders.⟧ No more." in shown()
    assert "│ You said: You get it back. Now ⟦refund late orders.⟧!" in shown()


def test_a_text_that_is_not_its_template_s_is_shown_unmarked() -> None:
    run = copy.deepcopy(RUN)
    run["events"][0]["content"] = "Something else: refund late orders."
    assert "│ Something else: refund late orders." in shown(run)


def test_a_value_that_is_not_known_is_passed_over() -> None:
    scaffold = {
        "program": {
            "steps": [
                {
                    "do": "repeat",
                    "steps": [
                        {"do": "say", "id": "quote", "text": "{{item.a}}: {{unknown}} and {{item.b}}."}
                    ],
                }
            ]
        }
    }
    program = ProgramText(scaffold, {"a": "A", "b": "B"})
    event = {"step": "quote[0]", "origin": "program"}
    assert program.segments(event, "A: what B said and B.") == [
        ("A", True),
        (": ", False),
        ("what B said", False),
        (" and ", False),
        ("B", True),
        (".", False),
    ]
    assert program.segments(event, "A: whatever") is None


def test_without_scaffold_and_item_all_is_shown_unmarked() -> None:
    program = ProgramText(None, {})
    lines = "\n".join(transcript(RUN, EVENTS, program, Style(100)))
    assert "⟦" not in lines
    assert "Be brief. Policy: refund late orders. No more." in lines


def test_a_failed_run_says_why() -> None:
    run = {**RUN, "status": "failed", "failure": {"kind": "infrastructure-error", "message": "down\x1b[2J"}}
    assert "Failure: infrastructure-error: down\\u{1b}[2J" in shown(run)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_hostile_text_is_shown_and_not_obeyed(width: int) -> None:
    run = copy.deepcopy(RUN)
    evil = "\x1b[2J\u202e::error::x\r\n::error::y\n##[group]z" + "w" * 300
    run["events"][1]["content"] = evil
    run["events"][2]["tool_calls"][0]["arguments"] = {evil: evil}
    run["events"][2]["returned_model"] = evil
    run["events"][4]["content"] = evil
    text = shown(run, width, system={"model": {"name": evil}})
    assert all(character.isprintable() or character == "\n" for character in text)
    for line in text.splitlines():
        assert cells(line) <= width + len("\\u{3a}")  # where a broken word happens to begin a line
        assert not line.lstrip().startswith("::")
        assert "##[" not in line


def test_colours_come_only_when_asked_for() -> None:
    assert "\x1b" not in shown()
    assert "\x1b[32;1mMODEL agent\x1b[0m" in shown(colour=True)


NAMES = st.sampled_from(["item.a", "item.b", "draft"])
# Letters that make values look like their surroundings.
WORDS = st.text("ab ", max_size=4)


@given(st.lists(st.tuples(WORDS, NAMES), max_size=5), WORDS, WORDS, WORDS, WORDS)
def test_any_rendered_template_is_marked_exactly(
    pairs: list[tuple[str, str]], end: str, one: str, two: str, draft: str
) -> None:
    values = {"item.a": one, "item.b": two, "draft": draft}
    template = "".join(f"{literal}{{{{{name}}}}}" for literal, name in pairs) + end
    program = ProgramText(
        {"program": {"steps": [{"do": "say", "id": "s", "text": template}]}}, {"a": one, "b": two}
    )
    program.note({"kind": "output", "step": "draft", "content": draft})
    text = "".join(literal + values[name] for literal, name in pairs) + end
    segments = program.segments({"step": "s", "origin": "program"}, text)
    if not any(name.startswith("item.") for _, name in pairs):
        assert segments is None
        return
    assert segments is not None
    assert "".join(piece for piece, _ in segments) == text
    assert [piece for piece, of_item in segments if of_item] == [
        values[name] for _, name in pairs if name.startswith("item.") and values[name]
    ]


def test_no_credential_is_shown_by_shape_or_by_name() -> None:
    key = "sk-" + "q7W3e9R2t8" * 3
    pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----"
    run = copy.deepcopy(RUN)
    output = next(event for event in run["events"] if event["kind"] == "output")
    output |= {"content": f"Take {key} and\n{pem}.", "parameters": {"temperature": 0, "api_key": "hunter2"}}
    text = shown(run)
    assert "q7W3" not in text
    assert "MIIE" not in text
    assert "hunter2" not in text
    assert text.count("(credential, not shown)") == 3
