"""Checks of lines of transcripts (FSEP-TRN, FSEP-REQ, FSEP-SEC)."""

from __future__ import annotations

from collections.abc import Iterator

from fsep.checks.container import DOCUMENT_ROLES
from fsep.checks.line import RunLine, instant, step_of
from fsep.checks.references import ITEMS
from fsep.checks.registry import Answer, Blocked, Passed, check
from fsep.checks.study import Study, missing_blob
from fsep.credentials import credentials, suspicious
from fsep.findings import Place, Problem


@check("FSEP-TRN-002", "line")
def distinct_call_ids(line: RunLine) -> Iterator[Answer]:
    passed = 0
    for place, event in enumerate(line.events):
        calls = event.get("tool_calls")
        if not calls:
            continue
        if len({call["id"] for call in calls}) == len(calls):
            passed += 1
        else:
            yield Problem(
                "two tool calls of one message have the same id", line.event_place(place, "tool_calls")
            )
    if passed:
        yield Passed(passed)


@check("FSEP-TRN-003", "line")
def attempts_end_with_the_answer(line: RunLine) -> Iterator[Answer]:
    passed = 0
    for place, event in line.outputs:
        attempts = event.get("attempts")
        if attempts is None:
            continue
        outcomes = [attempt["outcome"] for attempt in attempts]
        if "complete" in outcomes and outcomes.index("complete") == len(outcomes) - 1:
            passed += 1
        else:
            yield Problem(
                "the attempts do not end with the first complete one",
                line.event_place(place, "attempts"),
                found=", ".join(outcomes),
            )
    if passed:
        yield Passed(passed)
    failure = line.head.get("failure", {}) if line.record is line.head else {}
    outcomes = [attempt["outcome"] for attempt in failure.get("attempts", ())]
    if "complete" in outcomes[:-1]:
        yield Problem(
            "the run failed after an attempt that followed a complete one",
            line.place("/failure/attempts"),
            found=", ".join(outcomes),
        )
    elif outcomes:
        yield Passed()


@check("FSEP-TRN-004", "line")
def nothing_rebuilt(line: RunLine) -> Iterator[Answer]:
    rebuilt = 0
    for place, event in enumerate(line.events):
        if "rebuilt" in event:
            rebuilt += 1
            what = (
                f"the instruction to {event['to']!r}, its system prompt,"
                if event.get("role") == "system" and "to" in event
                else "the text"
            )
            yield Problem(
                f"{what} at the step {step_of(event)!r} was rebuilt by an importer, not recorded "
                f"(system {line.head['system']!r})",
                line.event_place(place, "rebuilt"),
                group=(line.head["system"], line.head["scaffold"], step_of(event)),
            )
    if not rebuilt:
        yield Passed()


@check("FSEP-TRN-005", "line")
def times_in_order(line: RunLine) -> Iterator[Answer]:
    for pointer, timed in (
        ("", line.record),
        *((f"/events/{place}", event) for place, event in enumerate(line.events) if "ended" in event),
    ):
        if "started" in timed and "ended" in timed:
            if instant(timed["ended"]) >= instant(timed["started"]):
                yield Passed()
            else:
                yield Problem(
                    "it ends before it starts",
                    line.place(f"{pointer}/ended"),
                    found=timed["ended"],
                    expected=f"{timed['started']} or later",
                )


@check("FSEP-TRN-006", "line")
def within_the_window(line: RunLine) -> Iterator[Answer]:
    system = line.study.systems.get(line.head["system"])
    started = line.record.get("started")
    if system is None or started is None:
        return
    access = system.value.get("access", {})
    after = "from" not in access or instant(started) >= instant(access["from"])
    before = "until" not in access or instant(started) <= instant(access["until"])
    if after and before and ("from" in access or "until" in access):
        yield Passed()
    elif not (after and before):
        window = f"{access.get('from', '...')} to {access.get('until', '...')}"
        yield Problem(
            f"the run started outside the window of access of {line.head['system']!r}",
            line.place("/started"),
            found=started,
            expected=window,
            group=(line.head["system"],),
        )


@check("FSEP-REF-007", "line")
def blobs_present(line: RunLine) -> Iterator[Answer]:
    for member, things in (("events", line.events), ("result", line.record.get("result", ()))):
        for place, part, at in (
            (place, part, f"/{member}/{at}/content")
            for at, thing in enumerate(things)
            if isinstance(thing.get("content"), list)
            for place, part in enumerate(thing["content"])
        ):
            if "blob" not in part:
                continue
            requirement = missing_blob(line.study, part["blob"])
            if requirement is None:
                yield Passed()
            elif requirement == "FSEP-REF-007":
                yield Problem(
                    "the run refers to a blob that is not in the bundle",
                    line.place(f"{at}/{place}/blob"),
                    found=part["blob"],
                )
            else:
                yield Blocked.by(requirement)


@check("FSEP-REQ-001", "line")
def digest_recorded(line: RunLine) -> Iterator[Answer]:
    return _recorded(line, "request_sha256", "the digest of the request was not recorded")


@check("FSEP-REQ-003", "line")
def parameters_recorded(line: RunLine) -> Iterator[Answer]:
    return _recorded(line, "parameters", "the parameters sent were not recorded")


@check("FSEP-REQ-005", "line")
def identity_recorded(line: RunLine) -> Iterator[Answer]:
    return _recorded(line, "returned_model", "the model identity that the provider returned was not recorded")


def _recorded(line: RunLine, member: str, what: str) -> Iterator[Answer]:
    passed = 0
    for place, event in line.requested:
        if member in event:
            passed += 1
        else:
            yield Problem(
                f"{what} for outputs of {event['actor']!r} ({event['origin']}) "
                f"in runs of the system {line.head['system']!r}",
                line.event_place(place),
                group=(line.head["system"], line.head["scaffold"], event["actor"]),
            )
    if passed:
        yield Passed(passed)


@check("FSEP-REQ-006", "study")
def pins_declared(study: Study) -> Iterator[Answer]:
    for role in ("system", "simulator"):
        for id_, document in study.documents.get(role, {}).items():
            if "returned" in document.value["model"]:
                yield Passed()
            else:
                yield Problem(
                    f"the {role} {id_!r} declares no model identity that its provider may return",
                    document.place("/model"),
                )
        yield from study.unusable(role)


@check("FSEP-REQ-007", "line")
def identity_is_declared(line: RunLine) -> Iterator[Answer]:
    passed = 0
    if line.program is None:
        yield Blocked.by(line.study.unready.get(("scaffold", line.head["scaffold"]), "FSEP-REF-005"))
        return
    for place, event in line.requested:
        returned = event.get("returned_model")
        if returned is None:
            yield Blocked.by("FSEP-REQ-005")
            continue
        speaker = line.speaker(event["actor"])
        pin: list[str] | None = speaker.value["model"].get("returned") if speaker is not None else None
        if pin is None and line.head["system"] not in line.study.systems:
            unready = line.study.unready.get(("system", line.head["system"]))
            yield Blocked.by(unready or "FSEP-REF-005")
        elif pin is None:
            yield Blocked.by("FSEP-REQ-006")
        elif returned in pin:
            passed += 1
        else:
            yield Problem(
                f"the provider returned another model than declared for {event['actor']!r} "
                f"of the system {line.head['system']!r}",
                line.event_place(place, "returned_model"),
                found=returned,
                expected=" or ".join(pin),
                group=(line.head["system"], event["actor"], returned),
            )
    if passed:
        yield Passed(passed)


@check("FSEP-SEC-001", "study")
def no_credentials_in_documents(study: Study) -> Iterator[Answer]:
    for document in (study.manifest, *(one for by_id in study.documents.values() for one in by_id.values())):
        found = False
        for pointer, how in credentials(document.value, names=True):
            found = True
            yield Problem(f"a credential: {how}", document.place(pointer))
        if not found:
            yield Passed()
    for path, requirement in study.broken.items():
        if study.listed[path].role in (*DOCUMENT_ROLES, "items"):
            yield Blocked.by(requirement)
    if study.lost_items is not None and ITEMS not in study.broken:
        yield Blocked.by(study.lost_items)
    for line, record in study.item_lines.values():
        found_in_item = dict(credentials(record, names=False)) | dict(
            credentials(record.get("extensions", {}), "/extensions", names=True)
        )
        for pointer, how in found_in_item.items():
            yield Problem(f"a credential: {how}", Place(ITEMS, line, None, pointer))


@check("FSEP-SEC-001", "line")
def no_credentials_in_runs(line: RunLine) -> Iterator[Answer]:
    found: dict[str, str] = {}
    if suspicious(line.data):
        found.update(credentials(line.record, names=False))
    for place, event in enumerate(line.events):
        for member in ("parameters", "extensions"):
            if event.get(member):
                found.update(credentials(event[member], f"/events/{place}/{member}", names=True))
    if "extensions" in line.record:
        found.update(credentials(line.record["extensions"], "/extensions", names=True))
    for pointer, how in found.items():
        yield Problem(f"a credential: {how}", line.place(pointer))
    if not found:
        yield Passed()
