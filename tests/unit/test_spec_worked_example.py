"""The worked example of the chapter on requests holds: an implementer can check digests against it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from fsep.parsing.canonical import digest
from fsep.scaffold.compile import compile_program
from fsep.scaffold.drive import drive
from fsep.scaffold.machine import Item, Setting, Want
from fsep.scaffold.message import Output

SPEC = Path(__file__).parent.parent.parent / "spec" / "1.0"


def _printed() -> dict[str, str]:
    section = (SPEC / "04-requests.md").read_text().partition("## A worked example")[2]
    return dict(re.findall(r"^\| ([a-z][a-z `]+?) \| `([0-9a-f]{64})` \|$", section, re.M))


def test_the_digests_printed_in_the_worked_example_are_those_of_the_example() -> None:
    example = re.search(r"```json scaffold\n(.*?)```", (SPEC / "03-scaffolds.md").read_text(), re.S)
    assert example is not None
    program = compile_program(json.loads(example[1]))
    computed = {"program digest of the scaffold": program.sha256}
    replies = iter(["Lima.", "Lima. I am sure."])

    def respond(want: Want) -> tuple[Output, dict[str, object]]:
        assert want.request is not None
        step = want.fields["step"]
        computed[f"view digest at `{step}`"] = want.request.view.chain()
        computed[f"request digest at `{step}`"] = want.request.sha256()
        computed[f"first message at `{step}`"] = digest(want.request.messages()[0].as_dict())
        return Output(next(replies)), {}

    drive(
        program,
        Setting("scripted-alpha", "0" * 64),
        Item("peru", {"question": "What is the capital of Peru?"}),
        0,
        respond,
    )
    printed = _printed()
    assert len(printed) == 6
    assert printed == {name: computed[name] for name in printed}
