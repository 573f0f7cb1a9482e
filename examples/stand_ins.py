"""Scripted stand-ins for models, a visitor and a library's desk: they make the examples' runs.

No language model takes part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from fsep.scaffold.machine import Want
from fsep.scaffold.message import Output

CATALOGUE = {
    "peru": "Peru: capital Lima. One book.",
    "lima": "Lima: one book, 'City of Kings'.",
    "nile": "Nile: 6650 km long. No book; ask a librarian.",
}
SUGGESTION = {"peanuts": "Dried mango: no peanuts in it.", "stairs": "A boat trip: no stairs on it."}


def desk(name: str, arguments: Mapping[str, Any]) -> str:
    """Answer a tool call as the desk does."""
    text = str(arguments.get("text", ""))
    if name == "lookup":
        return CATALOGUE.get(text.lower(), "Nothing found.")
    if name == "count_letters":
        return str(sum(character.isalpha() for character in text))
    numbers = [int(number) for number in re.findall(r"[0-9]+", text)]
    return (
        str(numbers[0] // numbers[1])
        if len(numbers) == 2 and numbers[1]
        else "I divide one whole number by another."
    )


def _visitor(said: str, turn: int) -> Output:
    """The visitor counts letters once, asks, and stops when answered or handed on."""
    if turn == 0 and "Lima" in said:
        return Output("Let me see.", [_call("v1", "count_letters", {"text": "Lima"})])
    if "librarian" in said and turn > 1:
        return Output("Thank you. ###TRANSFER###")
    if turn > 1:
        return Output("That is all, thank you. ###STOP###")
    return Output(
        "I look for a book on Lima, four letters." if turn == 1 else "I look for a book on the Nile."
    )


def _call(id_: str, name: str, arguments: Any) -> dict[str, Any]:
    return {"id": id_, "name": name, "arguments": arguments}


def _agent(said: str, answered: bool, hasty: bool) -> Output:
    place = "nile" if "Nile" in said else "lima"
    if answered:
        return Output(
            "We have none; a librarian will help you." if place == "nile" else "Yes: 'City of Kings'."
        )
    calls = [_call("a1", "lookup", {"text": place}), _call("a2", "calculate", {"text": "6650 / 2"})]
    if hasty:
        # A call of a tool it was not offered, and arguments that are no object: the scaffold answers both.
        calls = [
            _call("a1", "lookup", {"text": place}),
            _call("a2", "teleport", {}),
            _call("a3", "lookup", "{text:"),
        ]
    return Output("I will look." if not hasty else None, calls)


def model(system: str) -> Callable[[Want], Output]:
    """Return the stand-in of a system: a function of what it is sent."""
    hasty = system == "hasty"

    def reply(want: Want) -> Output:
        assert want.request is not None
        messages = want.request.messages()
        step = str(want.fields["step"]).partition("[")[0]
        texts = [str(message.content) for message in messages]
        said, seen = texts[-1], " ".join(texts)
        nile = "Nile" in seen
        if step == "thought":
            return Output(_thought(seen, nile, hasty))
        if step == "critique":
            return Output(
                '{"verdict": "unsafe", "why": "It gives no steps."}'
                if "steps" not in said
                else '{"verdict": "safe", "why": "It shows its steps."}'
            )
        if step == "plan":
            return Output(
                '["How long is the Nile?", "What is half of it?"]'
                if nile
                else "What is the capital of Peru?\r\n\nHow many letters has it?"
            )
        if step == "reply":
            return _agent(seen, messages[-1].role == "tool", hasty)
        if step in ("heard", "chat"):
            return Output("Noted.")
        if "Suggest" in said:
            return Output(
                "A walk." if hasty else next(text for word, text in SUGGESTION.items() if word in seen)
            )
        answer = "3325 kilometres." if nile else "4 letters."
        if hasty:
            return Output(
                [
                    {"type": "reasoning", "form": "opaque", "signature": "c3RhbmQtaW4="},
                    {"type": "text", "text": answer},
                ]
            )
        return Output(
            [
                {"type": "reasoning", "form": "summary", "text": "Looked it up."},
                {"type": "text", "text": answer},
                {"type": "text", "text": " My steps: look up, then work out."},
            ]
        )

    return reply


def _thought(seen: str, nile: bool, hasty: bool) -> str:
    if hasty:
        return (
            "Action: guess(the answer)"
            if "Observation 0" not in seen
            else f"Answer: {'3000' if nile else '5'}"
        )
    if "Observation 1" in seen:
        return f"I know it.\nAnswer: {'3325 kilometres' if nile else '4'}"
    if "Observation 0" in seen:
        return "Action: calculate(6650 / 2)" if nile else "Action: count_letters(Lima)"
    return f"Let me look it up.\nAction: lookup({'Nile' if nile else 'Peru'})"


def visitor(want: Want) -> Output:
    """Reply as the visitor does, from what it is sent."""
    assert want.request is not None
    messages = want.request.messages()
    turn = sum(message.role == "assistant" for message in messages)
    return _visitor(" ".join(str(message.content) for message in messages), turn)
