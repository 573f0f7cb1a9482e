"""The worked examples of the chapter on requests hold: an implementer can check digests against them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import rfc8785

from fsep import protocol
from fsep.digests import item_digest, items_digest, program_digest
from fsep.parsing.canonical import digest
from fsep.render.layout import ranges
from fsep.scaffold.adaptation import compile_adaptations
from fsep.scaffold.compile import compile_program
from fsep.scaffold.drive import drive
from fsep.scaffold.machine import Item, Setting, Want
from fsep.scaffold.message import Output

SPEC = Path(__file__).parent.parent.parent / "spec" / "1.0"
REQUESTS = (SPEC / "04-requests.md").read_text()
FIRST, SECOND = REQUESTS.partition("## A worked example")[2].split("## A second one")


def _printed(section: str) -> dict[str, str]:
    return dict(re.findall(r"^\| ([a-z][a-z `]+?) \| `([0-9a-f]{64})` \|$", section, re.M))


def _example(text: str, schema: str) -> Any:
    found = re.search(rf"```json {schema}\n(.*?)```", text, re.S)
    assert found is not None
    return json.loads(found[1])


def _computed(
    scaffold: Mapping[str, Any], setting: Setting, question: str, replies: Sequence[str]
) -> tuple[dict[str, str], dict[str, Any]]:
    """Run a scaffold and return the digests on the way, with the parameters and messages sent last."""
    program = compile_program(scaffold)
    computed = {"program digest of the scaffold": program.sha256}
    left = iter(replies)
    sent: dict[str, Any] = {}

    def respond(want: Want) -> tuple[Output, dict[str, object]]:
        assert want.request is not None
        messages = [message.as_dict() for message in want.request.messages()]
        sent.update(parameters=dict(want.request.parameters), messages=messages)
        step = want.fields["step"]
        computed[f"view digest at `{step}`"] = want.request.view.chain()
        computed[f"request digest at `{step}`"] = want.request.sha256()
        computed[f"first message at `{step}`"] = digest(messages[0])
        return Output(next(left)), {}

    drive(program, setting, Item("peru", {"question": question}), 0, respond)
    return computed, sent


def test_the_digests_printed_in_the_worked_example_are_those_of_the_example() -> None:
    scaffold = _example((SPEC / "03-scaffolds.md").read_text(), "scaffold")
    computed, _ = _computed(
        scaffold,
        Setting("scripted-alpha", "0" * 64),
        "What is the capital of Peru?",
        ["Lima.", "Lima. I am sure."],
    )
    printed = _printed(FIRST)
    assert len(printed) == 6
    assert printed == {name: computed[name] for name in printed}


def test_the_run_in_the_chapter_on_transcripts_has_the_digests_of_the_worked_example() -> None:
    run = _example((SPEC / "05-transcripts.md").read_text(), "run")
    printed = _printed(FIRST)
    recorded = {
        event["step"]: event["request_sha256"] for event in run["events"] if event["kind"] == "output"
    }
    assert recorded == {step: printed[f"request digest at `{step}`"] for step in ("draft", "final")}


def test_the_second_worked_example_holds_too() -> None:
    item, design = _example(SECOND, "item"), _example(SECOND, "design")
    adaptations = [json.loads(text) for text in re.findall(r'`(\{"kind": .*?\})`', SECOND)]
    assert len(adaptations) == 2
    setting = Setting("scripted-alpha", program_digest(design), compile_adaptations(adaptations))
    computed, sent = _computed(_example(SECOND, "scaffold"), setting, item["fields"]["question"], ["Lima."])
    computed["program digest of the item"] = item_digest(item)
    computed["program digest of the items"] = items_digest([item_digest(item)])
    computed["program digest of the design"] = program_digest(design)
    printed = _printed(SECOND)
    assert len(printed) == 7
    assert printed == {name: computed[name] for name in printed}
    assert design["items"]["sha256"] == printed["program digest of the items"]
    assert design["scaffolds"][0]["program_sha256"] == printed["program digest of the scaffold"]
    parameters, [message] = sent["parameters"], sent["messages"]
    seed_of = rfc8785.dumps(["fsep-seed-1", program_digest(design), "peru", 0, "answer"]).decode()
    assert f"derived from `{seed_of}` and is {parameters['seed']}." in SECOND
    assert f"`{rfc8785.dumps(parameters).decode()}`" in SECOND
    assert f"`{rfc8785.dumps(message).decode()}`" in SECOND


def test_the_introduction_lists_the_requirements_of_each_facet() -> None:
    text = (SPEC / "00-introduction.md").read_text()
    known = protocol.load("1.0").requirements.values()
    for facet in ("whole", "replayed", "complete", "preregistered"):
        binding, advisory = (
            ", ".join(
                ranges(
                    sorted(
                        one.id
                        for one in known
                        if (one.facet, one.tested, one.severity) == (facet, "from-the-bundle", severity)
                    )
                )
            )
            or "none"
            for severity in ("error", "warning")
        )
        assert f"| `{facet}` | {binding} | {advisory} |" in text
