"""Withholding: what is published, what stands in the place of the rest, and what a verification finds."""

from __future__ import annotations

import json
import secrets
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import parent as parents
from acceptance.test_requirements import check_unrated as check
from acceptance.test_requirements import outcomes
from fsep.errors import FsepError
from fsep.findings import Outcome
from fsep.packing import withhold as withholding
from fsep.parsing.canonical import canonical
from fsep.withholding import blobs_of, is_withheld
from withholding_bench import ALL, RUN, THOUGHT, Desk, bench, blob
from workbench import Workbench, compress, zipped

PROGRAM = [{"value": ["field"]}, {"value": ["message", "edit"], "origin": ["program"]}]
KEY = "sk-" + "a1" * 16


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def withheld_in(value: Any) -> list[dict[str, Any]]:
    """Return every withheld value inside a value."""
    if is_withheld(value):
        return [value["withheld"]]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for item in inner for one in withheld_in(item)]


# --- what is published ---


def test_what_no_rule_publishes_is_withheld(desk: Desk) -> None:
    made = desk.withhold(publish=PROGRAM)
    for path in (parents.FIRST, parents.SECOND):
        for record in desk.read(path):
            for event in record["events"]:
                published = event["origin"] == "program" or event.get("content") is None
                assert is_withheld(event.get("content")) is not published
                assert all(is_withheld(call["arguments"]) for call in event.get("tool_calls", ()))
            assert all(is_withheld(part["content"]) for part in record.get("result", ()))
    assert made.values == len(desk.kept()) == sum(made.reasons.values())
    assert (made.holding, made.runs) == (23, 23)


def test_a_policy_that_publishes_nothing_leaves_no_text_of_any_kind(desk: Desk) -> None:
    desk.withhold()
    assert {one["pointer"].split("/")[-1] for one in desk.kept()} >= {
        "content",
        "arguments",
        "partial",
        "message",
    }
    assert all(is_withheld(value) for item in desk.read("items.jsonl") for value in item["fields"].values())
    private = (desk.private / parents.FIRST).read_bytes()
    public = (desk.public / parents.FIRST).read_bytes()
    for secret in (b"Quispe", b"The longest r"):
        assert secret in private
        assert secret not in public


def test_a_policy_that_publishes_everything_changes_nothing(desk: Desk) -> None:
    made = desk.withhold(publish=[{"value": ALL}])
    assert (made.values, made.holding, made.blobs) == (0, 0, 0)
    for path in desk.bench.values:
        assert (desk.public / path).read_bytes() == (desk.private / path).read_bytes()
    assert desk.kept() == []
    assert not desk.verify().faults


@pytest.mark.parametrize(
    ("rule", "selects"),
    [
        ({"step": ["answer"]}, lambda run, event: event["step"].partition("[")[0] == "answer"),
        ({"actor": ["customer", "critic"]}, lambda run, event: event["actor"] in ("customer", "critic")),
        ({"role": ["tool"]}, lambda run, event: event.get("role") == "tool"),
        ({"scaffold": ["direct"]}, lambda run, event: run["scaffold"] == "direct"),
        (
            {"system": ["steady"], "item": ["nile"]},
            lambda run, _: run["system"] == "steady" and run["item"] == "nile",
        ),
        ({"run": [RUN]}, lambda run, _: run["run"] == RUN),
        ({"thread": ["main"]}, lambda run, event: event.get("thread") == "main"),
    ],
)
def test_a_rule_publishes_what_has_all_it_names(
    desk: Desk, rule: dict[str, Any], selects: Callable[[Any, Any], bool]
) -> None:
    desk.withhold(publish=[{"value": ["message", "reasoning"], **rule}])
    head: dict[str, Any] = {}
    published = 0
    for path in (parents.FIRST, parents.SECOND):
        for record in desk.read(path):
            head = record if "run" in record else head
            for event in record["events"]:
                if event.get("content") is not None:
                    assert is_withheld(event["content"]) is not selects(head, event), event
                    published += not is_withheld(event["content"])
    assert published


def test_a_rule_that_withholds_outweighs_all_that_publish_and_gives_its_reason(desk: Desk) -> None:
    rules = [{"item": ["nile"], "reason": "still in use"}, {"system": ["steady"], "reason": "a contract"}]
    made = desk.withhold(publish=[{"value": ALL}], withhold=rules)
    assert set(made.reasons) == {"still in use", "a contract"}
    assert {one["reason"] for one in withheld_in(desk.run("steady.direct.nile.0"))} == {"still in use"}
    assert {one["reason"] for one in withheld_in(desk.run("steady.direct.peru.0"))} == {"a contract"}
    assert withheld_in(desk.run(RUN)) == []
    peru, nile = (one["fields"].values() for one in desk.read("items.jsonl"))
    assert not any(map(is_withheld, peru))
    assert all(map(is_withheld, nile))


def test_reasoning_is_withheld_alone_and_the_run_is_still_replayed(desk: Desk) -> None:
    made = desk.withhold(publish=[{"value": [value for value in ALL if value != "reasoning"]}])
    content = desk.run("steady.direct.peru.0")["events"][1]["content"]
    assert is_withheld(content[0]["text"])
    assert isinstance(content[1]["text"], str)
    assert made.values >= made.holding >= 1
    report = check(desk.public)
    assert report.counts["withheld"] == 0
    assert outcomes(report)["FSEP-ADH-001"] is Outcome.PASS
    assert outcomes(report)["FSEP-REQ-002"] is Outcome.PASS


def test_content_whose_reasoning_is_in_a_blob_is_withheld_with_it(tmp_path: Path) -> None:
    made = bench()
    digest = blob(made, THOUGHT)
    event = made.run("steady.direct.peru.0")["events"][1]
    event["content"][0] = {"type": "reasoning", "form": "text", "blob": digest}
    parents.settle(made)
    desk = Desk(tmp_path, made)
    desk.withhold(publish=[{"value": [value for value in ALL if value != "reasoning"]}])
    assert is_withheld(desk.run("steady.direct.peru.0")["events"][1]["content"])
    assert not (desk.public / "blobs" / digest).exists()


def test_null_and_what_is_withheld_already_stay_as_they_are(tmp_path: Path) -> None:
    made = bench()
    before = {"withheld": {"commitment": "0" * 64, "kind": "string", "reason": "lost"}}
    made.run(RUN)["events"][1]["content"] = before
    parents.settle(made)
    desk = Desk(tmp_path, made)
    desk.withhold()
    assert desk.run(RUN)["events"][1]["content"] == before
    seen = desk.verify()
    assert (seen.faults, seen.before) == (0, 1)


# --- what stands in the place of the rest ---


def test_a_commitment_is_the_digest_that_the_specification_says(desk: Desk) -> None:
    desk.withhold()
    lines = {path: desk.read(path) for path in ("items.jsonl", parents.FIRST, parents.SECOND)}
    for one in desk.kept():
        value = lines[one["file"]][one["line"] - 1]
        for token in one["pointer"].split("/")[1:]:
            value = value[int(token) if isinstance(value, list) else token]
        stands = value["withheld"]
        body = b"fsep-withheld-1" + bytes.fromhex(one["salt"]) + canonical(one["value"])
        assert stands["commitment"] == sha256(body).hexdigest()
        kinds = {str: "string", list: "array", dict: "object"}
        assert stands["kind"] == next(
            kind for type_, kind in kinds.items() if isinstance(one["value"], type_)
        )
        assert stands["reason"] == "not published"


def test_every_salt_is_fresh(desk: Desk) -> None:
    desk.withhold()
    salts = [one["salt"] for one in desk.kept()]
    assert len(set(salts)) == len(salts) > 100
    assert {len(salt) for salt in salts} == {64}


def test_the_openings_are_for_their_owner_alone_and_never_overwritten(desk: Desk) -> None:
    desk.withhold()
    assert stat.S_IMODE(desk.openings.stat().st_mode) == 0o600
    held = desk.openings.read_bytes()
    desk.public.rename(desk.folder / "first")
    with pytest.raises(FsepError, match="never overwritten"):
        desk.withhold()
    assert desk.openings.read_bytes() == held
    assert not desk.public.exists()


@pytest.mark.parametrize("place", ["public/kept.jsonl", "private/kept.jsonl", "private/blobs/../kept.jsonl"])
def test_openings_lie_in_neither_bundle(desk: Desk, place: str) -> None:
    desk.openings = desk.folder / place
    with pytest.raises(FsepError, match="openings are private"):
        desk.withhold()
    assert not desk.openings.exists()
    assert not desk.public.exists()


def test_a_link_is_not_followed_to_write_openings(desk: Desk) -> None:
    desk.openings.symlink_to(desk.folder / "elsewhere")
    with pytest.raises(FsepError, match="there already"):
        desk.withhold()
    assert not (desk.folder / "elsewhere").exists()


def test_blobs_that_only_withheld_texts_refer_to_are_not_published(desk: Desk) -> None:
    made = desk.withhold(publish=[{"value": ["message"], "scaffold": ["critique"]}])
    referred = {
        digest
        for path in (parents.FIRST, parents.SECOND)
        for run in desk.read(path)
        for digest in blobs_of(run)
    }
    published = {path.name for path in (desk.public / "blobs").iterdir()}
    private = {path.name for path in (desk.private / "blobs").iterdir()}
    assert published == referred < private
    assert made.blobs == len(private - published) == 1
    seen = desk.verify()
    assert (seen.faults, seen.blobs) == (0, 1)


def test_an_archive_is_read_and_written(desk: Desk) -> None:
    desk.private = zipped(desk.private, desk.folder / "private.zip")
    desk.public = desk.folder / "public.zip"
    desk.withhold(publish=PROGRAM)
    assert not desk.verify().faults


def test_compressed_transcripts_are_read_and_written_compressed(desk: Desk) -> None:
    desk.private = desk.bench.write(desk.folder / "small", compress)
    desk.withhold(publish=PROGRAM)
    assert not desk.verify().faults
    assert (desk.public / f"{parents.FIRST}.zst").read_bytes().startswith(b"\x28\xb5\x2f\xfd")
    assert check(desk.public).counts["withheld"]


# --- what is given away ---


def test_a_published_text_that_repeats_a_withheld_one_is_told_of(desk: Desk) -> None:
    rules = [{"value": ["message"], "origin": ["program"], "scaffold": ["critique"]}, {"value": ["field"]}]
    quotes = desk.withhold(publish=rules).quotes
    line = 1 + [run["run"] for run in desk.bench[parents.FIRST]].index(RUN)
    assert quotes.first == (parents.FIRST, line, "/events/3/content")
    # Two runs revise what they said, two do not.
    assert quotes.count == 6
    assert quotes.unread == 0


def test_a_published_text_that_repeats_a_withheld_field_of_its_item_is_told_of(desk: Desk) -> None:
    quotes = desk.withhold(publish=[{"value": ["message"], "step": ["ask"], "scaffold": ["direct"]}]).quotes
    assert quotes.count == 3
    assert quotes.first is not None
    assert quotes.first[2] == "/events/0/content"


def test_nothing_is_told_of_where_nothing_is_repeated(desk: Desk) -> None:
    quotes = desk.withhold(publish=[{"value": ["field"]}]).quotes
    assert (quotes.count, quotes.first, quotes.unread) == (0, None, 0)


def test_lines_too_long_to_look_through_are_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fsep.limits.QUOTES_WORK", 0)
    quotes = desk.withhold(publish=PROGRAM).quotes
    assert quotes.count == 0
    assert quotes.unread > 20


# --- withdrawal ---


def test_of_a_withdrawn_run_every_text_is_withheld_and_no_opening_is_written(desk: Desk) -> None:
    desk.withhold(publish=[{"value": ALL}], withdrawn={"run": [RUN], "reason": "withdrawn"})
    run = desk.run(RUN)
    assert {one["reason"] for one in withheld_in(run)} == {"withdrawn"}
    assert all(is_withheld(event["content"]) for event in run["events"] if event.get("content") is not None)
    assert desk.kept() == [{"withdrawn": RUN}]
    seen = desk.verify()
    assert (seen.faults, seen.opened, seen.withdrawn) == (0, 0, {RUN: len(withheld_in(run))})


def test_a_withdrawn_run_of_several_lines_is_withdrawn_on_all(desk: Desk) -> None:
    run = "steady.service.nile.0"
    desk.withhold(publish=[{"value": ALL}], withdrawn={"run": [run], "reason": "withdrawn"})
    first, second = (
        one for one in desk.read(parents.SECOND) if run in (one.get("run"), one.get("continues"))
    )
    assert withheld_in(first)
    assert withheld_in(second)
    assert not desk.verify().faults


def test_an_opening_of_a_withdrawn_run_is_a_fault(desk: Desk) -> None:
    desk.withhold()
    desk.keep([{"withdrawn": RUN}, *desk.kept()])
    messages = {one.message for one in desk.verify().listed}
    assert messages == {"the run is withdrawn, and there is an opening of it"}


# --- refusals ---


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"withhold": [{"item": ["peru", "nlie"], "reason": "x"}]}, "item is 'nlie'"),
        ({"withhold": [{"system": ["steady"], "field": ["question"], "reason": "x"}]}, "rule 1"),
        ({"withdrawn": {"run": ["hasty.direct.peru.9"], "reason": "x"}}, "'hasty.direct.peru.9'"),
        ({"publish": [{"system": ["steady"]}]}, "/publish/0"),
        ({"publish": [{"value": ["messages"]}]}, "/publish/0/value/0"),
        ({"withold": []}, "withold"),
        ({"withhold": [{"item": ["peru"]}]}, "reason"),
        ({"reason": ""}, "/reason"),
        ({"fsep": "9.9"}, "another version"),
    ],
)
def test_a_policy_that_is_none_or_names_what_is_not_there_is_refused(
    desk: Desk, members: dict[str, Any], said: str
) -> None:
    with pytest.raises(FsepError) as caught:
        desk.withhold(**members)
    assert said in str(caught.value)
    assert {path.name for path in desk.folder.iterdir()} == {"private", "policy.json"}


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b"- {a: &x 1}", b"null"])
def test_a_policy_that_cannot_be_read_is_refused(desk: Desk, data: bytes) -> None:
    for name in ("policy.json", "policy.yaml"):
        path = desk.folder / name
        path.write_bytes(data)
        with pytest.raises(FsepError, match="policy"):
            withholding.withhold(desk.private, path, desk.public, desk.openings)
        assert not desk.openings.exists()


def test_a_private_bundle_that_was_changed_is_refused_and_nothing_is_left(desk: Desk) -> None:
    path = desk.private / parents.SECOND
    path.write_bytes(path.read_bytes().replace(b"Lima", b"Lama", 1))
    with pytest.raises(FsepError, match="its content was changed"):
        desk.withhold()
    assert {path.name for path in desk.folder.iterdir()} == {"private", "policy.json"}


@pytest.mark.parametrize(
    "line", [b"{\n", b"[]\n", b'{"run": "x"}\n', b'{"continues": "x", "part": 1, "events": []}\n', b"\n"]
)
def test_a_line_that_is_no_run_is_refused_with_its_place(tmp_path: Path, line: bytes) -> None:
    made = bench()
    made[parents.FIRST].insert(0, line)
    with pytest.raises(FsepError, match=r"hasty\.jsonl, line 1"):
        Desk(tmp_path, made).withhold()


def test_the_public_bundle_is_not_written_into_the_private_one(desk: Desk) -> None:
    desk.public = desk.private / "public"
    with pytest.raises(FsepError, match="lies in the bundle"):
        desk.withhold()


# --- credentials ---


def test_a_text_with_a_credential_is_withheld_whatever_the_policy_says(tmp_path: Path) -> None:
    made = bench()
    made.run(RUN)["events"][1]["content"] = f"Use {KEY}."
    made["items.jsonl"][0]["fields"]["note"] = [f"Use {KEY}."]
    desk = Desk(tmp_path, made)
    assert desk.withhold(publish=[{"value": ALL}]).reasons == {withholding.CREDENTIAL: 2}
    assert all(KEY.encode() not in path.read_bytes() for path in desk.public.rglob("*") if path.is_file())


def _in_parameters(made: Workbench) -> None:
    made.run(RUN)["events"][1]["parameters"] = {"api_key": "abc"}


def _in_extensions(made: Workbench) -> None:
    made.run(RUN)["extensions"] = {"com.example": {"note": KEY}}


def _in_a_system(made: Workbench) -> None:
    made["systems/steady.json"]["description"] = KEY


def _in_the_manifest(made: Workbench) -> None:
    made.manifest["title"] = KEY


def _in_a_blob(made: Workbench) -> None:
    part = {"type": "text", "blob": blob(made, KEY.encode())}
    made.run(RUN)["events"][1]["content"] = [part]


@pytest.mark.parametrize("put", [_in_parameters, _in_extensions, _in_a_system, _in_the_manifest, _in_a_blob])
def test_a_credential_that_cannot_be_withheld_is_refused_and_not_repeated(
    tmp_path: Path, put: Callable[[Workbench], None]
) -> None:
    made = bench()
    put(made)
    desk = Desk(tmp_path, made)
    with pytest.raises(FsepError, match="credential") as caught:
        desk.withhold(publish=[{"value": ALL}])
    assert KEY not in str(caught.value)
    assert {path.name for path in desk.folder.iterdir()} == {"private", "policy.json"}


# --- what a verification finds ---


def test_a_changed_private_value_is_found_and_named(desk: Desk) -> None:
    desk.withhold(publish=PROGRAM)
    made = desk.bench
    part = made.run(RUN)["events"][-1]["content"][-2]
    part["text"] += "!"
    desk.rewrite(made)
    line = next(number for number, run in enumerate(made[parents.FIRST], 1) if run["run"] == RUN)
    place = f"/events/{len(made.run(RUN)['events']) - 1}/content"
    assert desk.faults() == [(parents.FIRST, line, place)]
    assert desk.verify().listed[0].message == "the private value is not the one that was withheld"


def test_a_changed_public_value_is_found_and_named(desk: Desk) -> None:
    desk.withhold(publish=PROGRAM)
    path = desk.public / parents.SECOND
    lines = path.read_bytes().splitlines(keepends=True)
    record = json.loads(lines[1])
    record["events"][0]["content"] += " Be kind."
    lines[1] = json.dumps(record).encode() + b"\n"
    path.write_bytes(b"".join(lines))
    # The manifest does not fit any more either.
    assert desk.faults() == [(parents.SECOND, 2, "/events/0/content"), (parents.SECOND, None, "")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: one.update(value="Loma."), "the opening does not open the commitment"),
        (lambda one: one.update(salt="0" * 64), "the opening does not open the commitment"),
        (lambda one: one.update(pointer="/events/99/content"), "no opening says what it is"),
        (lambda one: one.update(line=one["line"] + 1), "no opening says what it is"),
        (lambda one: one.update(file="transcripts/none.jsonl"), "no opening says what it is"),
    ],
)
def test_an_opening_that_opens_nothing_is_found(
    desk: Desk, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    desk.withhold(publish=PROGRAM)
    kept = desk.kept()
    change(kept[3])
    desk.keep(kept)
    seen = desk.verify()
    assert any(said in one.message for one in seen.listed)
    assert seen.opened < len(kept)


def test_an_opening_that_is_not_used_is_found(desk: Desk) -> None:
    desk.withhold(publish=PROGRAM)
    kept = desk.kept()
    desk.keep([*kept, {**kept[-1], "salt": "0" * 64}])
    (fault,) = desk.verify().listed
    assert (fault.file, fault.line) == ("kept.jsonl", len(kept) + 1)
    assert "not used" in fault.message


def test_an_opening_of_what_is_published_is_found(desk: Desk) -> None:
    desk.withhold(publish=PROGRAM)
    kept = desk.kept()
    number = next(place for place, one in enumerate(kept) if one["pointer"] == "/events/1/content")
    desk.keep(
        [*kept[:number], {**kept[number], "pointer": "/events/0/content", "salt": "0" * 64}, *kept[number:]]
    )
    (fault,) = desk.verify().listed
    assert (fault.file, fault.line) == ("kept.jsonl", number + 1)
    assert "not used" in fault.message


def test_a_withheld_value_that_is_said_to_be_of_another_kind_is_found(desk: Desk) -> None:
    desk.withhold(publish=PROGRAM)
    path = desk.public / parents.SECOND
    path.write_bytes(path.read_bytes().replace(b'"kind":"string"', b'"kind":"number"', 1))
    first, second = desk.verify().listed
    assert first.message == "the value withheld is of another kind than the private one"
    assert second.message == "the public file was changed after its manifest was written"


def test_a_salt_that_was_used_twice_is_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "token_bytes", lambda size: b"\7" * size)
    desk.withhold(
        publish=[{"value": ALL}], withhold=[{"value": ["failure", "edit", "partial"], "reason": "x"}]
    )
    seen = desk.verify()
    assert seen.faults == len(desk.kept()) - 1
    assert "FSEP-WHD-001" in seen.listed[0].message


def test_a_salt_used_twice_in_a_withdrawn_run_shows_by_equal_commitments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "token_bytes", lambda size: b"\7" * size)
    made = bench()
    made.run(RUN)["events"][1]["attempts"][0]["partial"] = made.run(RUN)["result"][0]["content"]
    desk = Desk(tmp_path, made)
    desk.withhold(publish=[{"value": ALL}], withdrawn={"run": [RUN], "reason": "x"})
    withheld = [one["commitment"] for one in withheld_in(desk.run(RUN))]
    twice = len(withheld) - len(set(withheld))
    assert desk.verify().faults == twice >= 1


def test_other_files_are_equal_to_the_byte(desk: Desk) -> None:
    desk.withhold()
    made = desk.bench
    made["systems/steady.json"]["title"] = "Another title"
    made.manifest["title"] = "Another title"
    del made["departures.json"]
    desk.rewrite(made)
    (desk.private / "departures.json").unlink()
    assert desk.faults() == [
        ("bundle.json", None, "/title"),
        ("systems/steady.json", None, ""),
        ("departures.json", None, ""),
    ]


def test_lines_that_only_one_file_has_are_found(desk: Desk) -> None:
    desk.withhold()
    made = desk.bench
    last = made[parents.SECOND].pop()
    desk.rewrite(made)
    assert (parents.SECOND, len(made[parents.SECOND]) + 1, "") in desk.faults()
    assert "run" in last


def test_a_value_of_another_type_is_no_equal_one(tmp_path: Path) -> None:
    made = bench()
    made.run(RUN)["extensions"] = {"com.example": {"one": 1}}
    desk = Desk(tmp_path, made)
    desk.withhold()
    made.run(RUN)["extensions"] = {"com.example": {"one": True}}
    desk.rewrite(made)
    assert [fault[2] for fault in desk.faults()] == ["/extensions/com.example/one"]


# --- what a validation says of it ---


def test_the_report_counts_what_was_replayed_and_what_is_withheld(desk: Desk) -> None:
    desk.withhold(publish=[{"value": ALL}], withhold=[{"system": ["steady"], "reason": "a contract"}])
    report = check(desk.public)
    assert report.verdict == "incomplete"
    assert (report.counts["runs"], report.counts["replayed"], report.counts["withheld"]) == (23, 11, 12)
    ended = outcomes(report)
    assert {id_ for id_, outcome in ended.items() if outcome is Outcome.FAIL} == parents.UNRATED
    withheld = {id_ for id_, outcome in ended.items() if outcome is Outcome.WITHHELD}
    assert withheld >= {"FSEP-ADH-001", "FSEP-PRV-002", "FSEP-PRE-002"}
    assert "FSEP-DSG-002" not in withheld


def test_withheld_fields_of_items_keep_the_digest_from_being_compared_and_no_more(desk: Desk) -> None:
    desk.withhold(publish=[{"value": ALL}], withhold=[{"item": ["nile"], "value": ["field"], "reason": "x"}])
    report = check(desk.public)
    ended = outcomes(report)
    withheld = {id_ for id_, outcome in ended.items() if outcome is Outcome.WITHHELD}
    assert withheld >= {"FSEP-DSG-002", "FSEP-DSG-003"}
    assert not {"FSEP-PRV-002", "FSEP-PRE-002"} & withheld
    assert {id_ for id_, outcome in ended.items() if outcome is Outcome.FAIL} == parents.UNRATED
    # The other item's runs are replayed.
    assert report.counts["replayed"] == 12


def test_a_reason_is_no_text_of_an_item(desk: Desk) -> None:
    name = desk.bench["systems/steady.json"]["model"]["name"]
    desk.withhold(publish=[{"value": ALL}], withhold=[{"value": ["field"], "reason": f"{name} has seen it"}])
    assert outcomes(check(desk.public))["FSEP-DSG-003"] is Outcome.WITHHELD


def test_withheld_arguments_end_replay_without_a_verdict(desk: Desk) -> None:
    desk.withhold(publish=[{"value": [value for value in ALL if value != "arguments"]}])
    report = check(desk.public)
    assert report.counts["withheld"] > 0
    assert outcomes(report)["FSEP-ADH-001"] is Outcome.WITHHELD
    assert outcomes(report)["FSEP-ADH-002"] is Outcome.WITHHELD


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        (lambda made: made["items.jsonl"].pop(), "FSEP-DSG-002"),
        (
            lambda made: made.run(RUN).update(status="limit-reached") or made.run(RUN).pop("result"),
            "FSEP-PRV-002",
        ),
    ],
)
def test_withholding_hides_no_fault_that_shows_without_the_values(
    desk: Desk, change: Callable[[Workbench], object], failed: str
) -> None:
    desk.withhold()
    public = Workbench(
        {
            "bundle.json": {
                key: value
                for key, value in json.loads((desk.public / "bundle.json").read_bytes()).items()
                if key != "files"
            },
            **{
                path.relative_to(desk.public).as_posix(): _value(path)
                for path in desk.public.rglob("*")
                if path.is_file() and path.name != "bundle.json"
            },
        }
    )
    change(public)
    report = check(public.write(desk.folder / "changed"))
    assert outcomes(report)[failed] is Outcome.FAIL


def _value(path: Path) -> Any:
    if path.suffix == ".jsonl" and path.name != "ledger.jsonl":
        return [json.loads(line) for line in path.read_bytes().splitlines()]
    return path.read_bytes()
