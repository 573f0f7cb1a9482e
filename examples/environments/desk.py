"""The desk of a small library, as an environment: answers calls in JSON lines, and keeps no state.

SYNTHETIC: made for an example.
"""

import json
import re
import sys
from typing import Any

CATALOGUE = {
    "peru": "Peru: capital Lima. One book.",
    "lima": "Lima: one book, 'City of Kings'.",
    "nile": "Nile: 6650 km long. No book; ask a librarian.",
}


def answer(name: str, text: str) -> str:
    """Answer a call."""
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


for line in sys.stdin:
    told = json.loads(line)
    said: dict[str, Any]
    if "start" in told:
        said = {"ready": True}
    else:
        call = told["call"]
        said = {"content": answer(call["name"], str(call["arguments"].get("text", "")))}
    print(json.dumps(said), flush=True)
