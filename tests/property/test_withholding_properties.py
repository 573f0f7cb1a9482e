"""Whatever a policy publishes, the public bundle verifies; whatever is changed that is withheld, is found."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fsep.withholding import Slot, is_withheld, item_slots, kind_of, run_slots
from withholding_bench import ALL, Desk, bench
from workbench import Workbench

BENCH = bench()
NAMES = {
    "system": ["hasty", "steady", "nobody"],
    "scaffold": ["direct", "react", "critique", "service"],
    "item": ["peru", "nile"],
    "origin": ["program", "model", "simulator", "environment"],
    "role": ["system", "user", "assistant", "tool"],
    "step": ["ask", "answer", "draft", "greet"],
    "name": ["answer", "verdict"],
    "field": ["question", "errand", "constraint"],
}


def names(trait: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(NAMES[trait]), min_size=1, unique=True)


RULES = st.fixed_dictionaries(
    {"value": st.lists(st.sampled_from(ALL), min_size=1, unique=True)},
    optional={trait: names(trait) for trait in NAMES},
)
# Rules that withhold name what is there, alone, so that no policy is refused.
EXCEPTIONS = st.fixed_dictionaries(
    {"reason": st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)},
    optional={"system": st.just(["steady"]), "value": st.just(["message"])},
)
POLICIES = st.fixed_dictionaries(
    {"publish": st.lists(RULES, max_size=4)},
    optional={
        "withhold": st.lists(EXCEPTIONS, max_size=2),
        "withdrawn": st.just({"run": ["hasty.react.peru.0"], "reason": "withdrawn"}),
    },
)


def slots(made: Workbench) -> Iterator[tuple[str, int, Slot]]:
    """Yield every place of a bench where a value may be withheld, with its file and line."""
    for path, value in made.values.items():
        if path == "items.jsonl":
            for number, item in enumerate(value, 1):
                yield from ((path, number, slot) for slot in item_slots(item))
        elif path.startswith("transcripts/"):
            head: dict[str, Any] = {}
            for number, record in enumerate(value, 1):
                head = record if "run" in record else head
                yield from ((path, number, slot) for slot in run_slots(head, record))


def other(value: Any) -> Any:
    """Return another value of the same type."""
    if isinstance(value, str):
        return value + "."
    if isinstance(value, list):
        return [*value, "."] if not value or isinstance(value[0], str) else [*value, value[0]]
    return {**value, "another": "."}


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(POLICIES, st.data())
def test_what_was_withheld_verifies_and_any_change_of_it_is_found(
    policy: dict[str, Any], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), BENCH.copy())
        made = desk.withhold(**policy)
        seen = desk.verify()
        assert seen.listed == []
        assert seen.opened + sum(seen.withdrawn.values()) == made.values
        places = {(one["file"], one["line"], one["pointer"]) for one in desk.kept() if "file" in one}
        assert len(places) == seen.opened
        found = {
            (path, line, slot.pointer): slot
            for path, line, slot in slots(desk.bench)
            if kind_of(slot.value) is not None
        }
        _nothing_else_changed(desk, places)
        if not places:
            return
        place = data.draw(st.sampled_from(sorted(places)))
        slot = found[place]
        slot.holder[slot.key] = other(slot.value)
        desk.rewrite(desk.bench)
        assert desk.faults() == [place]


def _nothing_else_changed(desk: Desk, places: set[tuple[str, int, str]]) -> None:
    """Hold that what is withheld is what was opened, or of a withdrawn run, and all else as it was."""
    for path in (path for path in desk.bench.values if path.endswith(".jsonl") and path != "ledger.jsonl"):
        for number, (line, private) in enumerate(
            zip((desk.public / path).read_bytes().splitlines(), desk.bench[path], strict=True), 1
        ):
            record = json.loads(line)
            for pointer, public in _leaves(record, ""):
                if is_withheld(public):
                    run = record.get("run", record.get("continues"))
                    assert (path, number, pointer) in places or run == "hasty.react.peru.0"
                else:
                    value: Any = private
                    for token in pointer.split("/")[1:]:
                        value = value[int(token) if isinstance(value, list) else token]
                    assert value == public


def _leaves(value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    if is_withheld(value) or not isinstance(value, dict | list) or not value:
        yield pointer, value
    else:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            yield from _leaves(inner, f"{pointer}/{key}")
