"""Checks of references and of the design's locks (FSEP-REF, FSEP-DSG, FSEP-ENV)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fsep.checks.registry import Answer, Blocked, Passed, Withheld, check
from fsep.checks.study import Document, Study
from fsep.digests import program_digest
from fsep.findings import Place, Problem
from fsep.parsing.walk import texts
from fsep.withholding import is_withheld

BOUND_ROLES = ("scaffold", "simulator", "environment")
ITEMS = "items.jsonl"


@check("FSEP-REF-002", "study")
def named_documents(study: Study) -> Iterator[Answer]:
    for role in BOUND_ROLES:
        names = study.names(role)
        for place, id_ in enumerate(names):
            if id_ in study.ids[role]:
                yield Passed()
            elif id_ in study.doubtful[role]:
                yield Blocked.by("FSEP-REF-001")
            else:
                yield Problem(
                    f"the design names the {role} {id_!r}, which is not in the bundle",
                    study.design.place(f"/{role}s/{place}/id"),
                    found=id_,
                )
        unlisted = {
            id_ for id_ in study.ids[role] if study.broken.get(f"{role}s/{id_}.json") == "FSEP-BND-004"
        }
        for id_ in sorted(study.ids[role] - study.doubtful[role] - unlisted - set(names)):
            yield Problem(
                f"the {role} {id_!r} is not named by the design",
                Place(f"{role}s/{id_}.json"),
                found=id_,
                expected=", ".join(names) or None,
            )


@check("FSEP-REF-003", "study")
def baseline(study: Study) -> Iterator[Answer]:
    named = study.design.value["baseline"]
    if named in study.names("scaffold"):
        yield Passed()
    else:
        yield Problem(
            "the baseline is no scaffold of the design",
            study.design.place("/baseline"),
            found=named,
            expected=", ".join(study.names("scaffold")),
        )


@check("FSEP-REF-003", "study")
def bound_things(study: Study) -> Iterator[Answer]:
    bound = {role: set(study.names(role)) for role in BOUND_ROLES}
    for id_, program in study.programs.items():
        for role, used in (("simulator", program.simulators), ("environment", program.environments)):
            for name in sorted(used):
                if name in bound[role]:
                    yield Passed()
                else:
                    yield Problem(
                        f"the scaffold uses the {role} {name!r}, which the design does not bind",
                        study.documents["scaffold"][id_].place("/program"),
                        found=name,
                    )


@check("FSEP-REF-004", "study")
def item_fields(study: Study) -> Iterator[Answer]:
    for item, (line, record) in study.item_lines.items():
        for problem in field_problems(study, record):
            yield Problem(problem, Place(ITEMS, line, None, "/fields"), found=item)
            break
        else:
            yield Passed()
    if study.lost_items is not None:
        yield Blocked.by(study.lost_items)


def field_problems(study: Study, record: Any) -> Iterator[str]:
    """Yield what is wrong with an item's fields, for any of the programs."""
    for scaffold, program in study.programs.items():
        for name, kind in program.fields.items():
            value = record["fields"].get(name)
            if value is None:
                yield f"the scaffold {scaffold!r} uses the field {name!r}, which the item does not have"
            elif not isinstance(value, dict) and isinstance(value, list) != (kind == "list"):
                yield (
                    f"the scaffold {scaffold!r} uses the field {name!r} as a {kind}, "
                    "and in the item it is none"
                )


@check("FSEP-DSG-001", "study")
def locks(study: Study) -> Iterator[Answer]:
    for role in BOUND_ROLES:
        for place, lock in enumerate(study.design.value.get(f"{role}s", ())):
            document = study.documents.get(role, {}).get(lock["id"])
            if document is None:
                absent = "FSEP-REF-001" if lock["id"] in study.doubtful[role] else "FSEP-REF-002"
                yield Blocked.by(study.broken.get(f"{role}s/{lock['id']}.json", absent))
                continue
            digest = program_digest(document.value)
            if digest == lock["program_sha256"]:
                yield Passed()
            else:
                pointer = f"/{role}s/{place}/program_sha256"
                yield Problem(
                    f"the {role} {lock['id']!r} is not the one the design fixes",
                    study.design.place(pointer),
                    found=digest,
                    expected=lock["program_sha256"],
                )


@check("FSEP-DSG-002", "study")
def items_lock(study: Study) -> Iterator[Answer]:
    fixed = study.design.value["items"]
    if study.lost_items is not None:
        yield Blocked.by(study.lost_items)
    elif len(study.item_lines) != fixed["count"]:
        yield Problem(
            "the number of items is not the one the design fixes",
            study.design.place("/items/count"),
            found=len(study.item_lines),
            expected=fixed["count"],
        )
    elif study.items_sha256 != fixed["sha256"]:
        records = [record for _, record in study.item_lines.values()]
        if any(is_withheld(value) for record in records for value in record["fields"].values()):
            yield Withheld()
            return
        yield Problem(
            "the items are not those the design fixes",
            study.design.place("/items/sha256"),
            found=study.items_sha256,
            expected=fixed["sha256"],
        )
    else:
        yield Passed()


@check("FSEP-DSG-003", "study")
def names_of_systems(study: Study) -> Iterator[Answer]:
    yield from study.unusable("system")
    yield from study.unusable("scaffold")
    pattern = names_pattern(study)
    if pattern is None:
        return
    for id_, document in study.documents.get("scaffold", {}).items():
        yield from _occurrence(
            pattern, document.value["program"], "/program", document, f"the scaffold {id_!r}"
        )
    for item, (line, record) in study.item_lines.items():
        # What stands in a value's place is not of the item: a reason may name whom it likes.
        stated = {name: value for name, value in record["fields"].items() if not is_withheld(value)}
        for pointer, _, text in texts(stated, "/fields"):
            found = pattern.search(text.lower())
            if found:
                yield Problem(
                    f"the item {item!r} holds the name of a system under test",
                    Place(ITEMS, line, None, pointer),
                    found=found.group(),
                )
                break
        else:
            yield Passed() if len(stated) == len(record["fields"]) else Withheld()
    if study.lost_items is not None:
        yield Blocked.by(study.lost_items)


def names_pattern(study: Study) -> re.Pattern[str] | None:
    """Return what finds the names of systems in a text in lower case; None where there is none to find."""
    names = {
        name.lower()
        for document in study.systems.values()
        for name in (document.value["model"]["name"], *document.value.get("aliases", ()))
        if len(name) >= 3
    }
    if not names:
        return None
    return re.compile(
        "(?<![a-z0-9])(?:" + "|".join(re.escape(name) for name in sorted(names)) + ")(?![a-z0-9])"
    )


def _occurrence(
    pattern: re.Pattern[str], value: Any, pointer: str, document: Document, what: str
) -> Iterator[Answer]:
    for here, _, text in texts(value, pointer):
        found = pattern.search(text.lower())
        if found:
            yield Problem(
                f"{what} holds the name of a system under test", document.place(here), found=found.group()
            )
            return
    yield Passed()


@check("FSEP-ENV-001", "study")
def environments_stated(study: Study) -> Iterator[Answer]:
    for id_, document in study.documents.get("environment", {}).items():
        missing = [
            what
            for member, what in (
                ("tools", "tool definitions were not recorded"),
                ("version", "the version of the environment was not recorded"),
            )
            if member not in document.value
        ]
        if missing:
            yield Problem(
                f"of the environment {id_!r}, {' and '.join(missing)}", document.place(), group=(id_,)
            )
        else:
            yield Passed()
    yield from study.unusable("environment")
