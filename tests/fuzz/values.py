"""Changes of values: what a slip of the hand, a careless program or a forger does to a document or a record.

An operator takes a source of chance and a bench, changes the bench, and says what it did and where; it gives
None where there is nothing for it to change.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any

from workbench import Workbench

Operator = Callable[[Random, Workbench], str | None]
# An array or object, and the key of a value in it.
Slot = tuple[Any, Any]

WITHHELD = {"withheld": {"commitment": "0" * 64, "kind": "string", "reason": "synthetic"}}
JUNK: list[Any] = [
    *(None, True, False, 0, -1, 1, 10000, 0.5, 1e300, -0.0, 2**53, 2**53 - 1, 10**30, float("inf")),
    *(
        "",
        " ",
        "x",
        "\x00",
        "\u202e",
        "\u2028",
        "e\u0301",
        "{{",
        "{{{{",
        "{{item.question}}",
        "{{item.absent}}",
    ),
    *("a" * 70000, "0" * 64, "2026-01-01T00:00:00Z", "(.|a)*", "../../x", "con", "program", "item"),
    *([], {}, [[]], [None], ["a"], {"": ""}, {"a": {"b": []}}, WITHHELD, "sk-" + "synthetic" * 4),
]
_DEEP: list[Any] = []
for _ in range(70):
    _DEEP = [_DEEP]
JUNK.append(_DEEP)


def slots(value: Any, names: tuple[str | int, ...] = ()) -> Iterator[tuple[Slot, str]]:
    """Yield every place of a value but its root, with its pointer."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        here = (*names, key)
        yield (value, key), "".join(f"/{name}" for name in here)
        yield from slots(value[key], here)


def a_slot(rng: Random, bench: Workbench) -> tuple[Slot, str] | None:
    """Choose a place: a file first, so that small documents are changed as often as long records."""
    path = rng.choice(sorted([*bench.values, "bundle.json", "design.json", "items.jsonl"]))
    value = bench.manifest if path == "bundle.json" else bench.values.get(path)
    if isinstance(value, list) and value:
        # One record, else nearly all places are in the middle of a long one's events.
        line = rng.randrange(len(value))
        path, value = f"{path}:{line + 1}", value[line]
    if (
        isinstance(value, dict)
        and isinstance(value.get("events"), list)
        and value["events"]
        and rng.random() < 0.8
    ):
        index = rng.randrange(len(value["events"]))
        path, value = f"{path}/events/{index}", value["events"][index]
    found = list(slots(value))
    if not found:
        return None
    slot, pointer = rng.choice(found)
    return slot, path + pointer


@cache
def pools() -> dict[str, list[Any]]:
    """Return the values that the members of each name have in a good bundle."""
    import parent as parents

    named: dict[str, list[Any]] = {}
    bench = parents.parent()
    for value in [bench.manifest, *bench.values.values()]:
        for (holder, key), _ in slots(value):
            if isinstance(holder, dict) and not isinstance(holder[key], bytes):
                named.setdefault(key, []).append(holder[key])
    return named | {
        "extensions": [{"org.example.note": "synthetic"}, {"org.example.note": {"deep": [1]}}],
        "aliases": [["nobody"], ["direct"], []],
        "rebuilt": [True],
        "usage": [{"input_tokens": 3}, {"output_tokens": 0}],
        "cluster": ["river"],
        "language": ["en"],
        "created": ["2026-05-05T10:00:00Z"],
        "error": [True, False],
        "participant": ["somebody"],
        "reward": [1.0],
        "version": ["2"],
        "seed": ["derived", "none", 7],
        "separator": ["", "\n\n"],
    }


def _taken(rng: Random, name: str) -> Any:
    return copy.deepcopy(rng.choice(pools().get(name) or JUNK))


def delete(rng: Random, bench: Workbench) -> str | None:
    """Take out a member or element."""
    if (chosen := a_slot(rng, bench)) is None:
        return None
    (holder, key), where = chosen
    del holder[key]
    return where


def duplicate(rng: Random, bench: Workbench) -> str | None:
    """Write an element twice."""
    if (chosen := a_slot(rng, bench)) is None or not isinstance(chosen[0][0], list):
        return None
    (holder, key), where = chosen
    holder.insert(rng.choice([key, len(holder)]), copy.deepcopy(holder[key]))
    return where


def reorder(rng: Random, bench: Workbench) -> str | None:
    """Let two elements of an array change places, or all members of an object."""
    if (chosen := a_slot(rng, bench)) is None:
        return None
    (holder, key), where = chosen
    if isinstance(holder, list):
        other = rng.randrange(len(holder))
        holder[key], holder[other] = holder[other], holder[key]
        return f"{where} with {other}"
    for name in rng.sample(list(holder), len(holder)):
        holder[name] = holder.pop(name)
    return where


def rename(rng: Random, bench: Workbench) -> str | None:
    """Give a member another name."""
    if (chosen := a_slot(rng, bench)) is None or not isinstance(chosen[0][0], dict):
        return None
    (holder, key), where = chosen
    name = rng.choice([f"{key}x", key[:-1], key.upper(), rng.choice(sorted(pools())), "api_key"])
    holder[name] = holder.pop(key)
    return f"{where} to {name}"


def add(rng: Random, bench: Workbench) -> str | None:
    """Add a member whose name occurs somewhere in a bundle."""
    if (chosen := a_slot(rng, bench)) is None:
        return None
    (holder, key), where = chosen
    target = holder if isinstance(holder, dict) else holder[key]
    if not isinstance(target, dict):
        return None
    name = rng.choice([*sorted(pools()), *["extensions"] * 5])
    target[name] = _taken(rng, name)
    return f"{where} beside it {name}"


def replace(rng: Random, bench: Workbench) -> str | None:
    """Put in the value that a member of the same name has elsewhere."""
    if (chosen := a_slot(rng, bench)) is None:
        return None
    (holder, key), where = chosen
    holder[key] = _taken(rng, key) if isinstance(key, str) else copy.deepcopy(rng.choice(holder))
    return where


def edit(rng: Random, bench: Workbench) -> str | None:
    """Change a scalar a little."""
    if (chosen := a_slot(rng, bench)) is None:
        return None
    (holder, key), where = chosen
    value = holder[key]
    if isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, int | float):
        holder[key] = rng.choice([value + 1, value - 1, value * 10, -value, value + 0.5, float(value)])
    elif isinstance(value, str):
        holder[key] = edited(rng, value)
    else:
        return None
    return where


def edited(rng: Random, text: str) -> str:
    """Return a text with a small change."""
    place = rng.randrange(len(text) + 1)
    put = rng.choice(["", " ", "\n", "x", "\u00e9", "{{", "\u200b", text[:1].swapcase(), text])
    return text[:place] + put + text[place + rng.randrange(2) :]


def as_float(rng: Random, bench: Workbench) -> str | None:
    """Write whole numbers as JSON allows it: 1.0 is 1, and `true` is not."""
    path = rng.choice(["bundle.json", *sorted(bench.values)])
    found = list(slots(bench.manifest if path == "bundle.json" else bench.values[path]))
    whole = [(holder, key) for (holder, key), _ in found if type(holder[key]) is int]
    for holder, key in whole if rng.random() < 0.5 else whole and [rng.choice(whole)]:
        holder[key] = float(holder[key])
    return f"{path} {len(whole)} numbers" if whole else None


def junk(rng: Random, bench: Workbench) -> str | None:
    """Put in something that does not belong."""
    if (chosen := a_slot(rng, bench)) is None:
        return None
    (holder, key), where = chosen
    value = holder[key]
    wrapped = [[value], {"value": value}, str(value)[:100], None]
    holder[key] = copy.deepcopy(rng.choice([*JUNK, *wrapped]))
    return where


def rename_file(rng: Random, bench: Workbench) -> str | None:
    """Store a file under another name, or another file under its name."""
    path = rng.choice(sorted(bench.values))
    folder, _, name = path.rpartition("/")
    stem, _, ending = name.partition(".")
    other = rng.choice(
        [f"{folder}/{stem}x.{ending}", f"{folder}/.{name}", name, rng.choice(sorted(bench.values)), f"{folder}/a b",
         f"{folder}/CON.{ending}", f"{folder}/{name.upper()}", f"blobs/{name}", f"proofs/{name}", f"ratings/{name}"]
    ).strip("/")  # fmt: skip
    if other == path:
        return None
    bench[other] = bench.values.pop(path)
    return f"{path} to {other}"


def drop_file(rng: Random, bench: Workbench) -> str | None:
    """Leave a file out."""
    path = rng.choice(sorted(bench.values))
    del bench[path]
    return path


def add_file(rng: Random, bench: Workbench) -> str | None:
    """Put one more file in: a copy, something empty or something foreign."""
    path = rng.choice(
        ["blobs/" + "0" * 64, "loss.json", "proofs/more.tsr", "transcripts/more.jsonl", "notes.txt", "rubric.json",
         "systems/more.json", "scaffolds/more.json", "environments/more.json", "transcripts/hasty.jsonl.zst"]
    )  # fmt: skip
    bench[path] = rng.choice(
        [b"", b"{}", b"\xff\xfe", copy.deepcopy(bench[rng.choice(sorted(bench.values))])]
    )
    return path


VALUES: tuple[Operator, ...] = (
    *(delete, duplicate, reorder, rename, add, replace, edit, as_float, junk),
    *(rename_file, drop_file, add_file),
)
