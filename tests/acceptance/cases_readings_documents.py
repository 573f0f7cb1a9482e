"""Readings of the chapters on documents, transcripts and completeness: JSON, times, names, references, the plan."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from acceptance.cases_corners import events
from acceptance.corners import answer
from acceptance.readings import COMPLETE, RUNS, WHOLE, Reading, by, failed, program, small, with_files
from fsep_conformance.change import Files, repacked
from scaffolding import generate, say, tools
from workbench import Workbench

DOC1, DOC2, DOC3, DOC4 = (f"FSEP-DOC-00{number}" for number in range(1, 5))
READINGS: list[Reading] = []
ASK = say("ask", "{{item.question}}")
Edit = Callable[[Workbench], object]


def reading(requirement: str, sentence: str, verdict: str = "refuse", **members: Any) -> None:
    """Add a case."""
    READINGS.append(Reading(requirement, sentence, verdict, **members))


# --- strict JSON


def _in_line(value: bytes) -> Callable[[], Files]:
    """Return files whose run holds a value, as it is written, in an extension."""

    def change(files: Files) -> None:
        line = files[RUNS].rstrip(b"\n")
        files[RUNS] = line[:-1] + b', "extensions": {"org.example.x": {"v": ' + value + b"}}}\n"

    return with_files(change)


def _in_document(value: bytes) -> Callable[[], Files]:
    def change(files: Files) -> None:
        text = files["systems/s.json"].rstrip(b"\n")
        files["systems/s.json"] = text[:-1] + b', "extensions": {"org.example.x": {"v": ' + value + b"}}}\n"

    return with_files(change)


# The line's object, `extensions` and the key are three levels.
_DEPTH = 61
for what, value in (
    ("the greatest whole number", b"9007199254740991"),
    ("a greater number written with a fraction", b"9007199254740992.0"),
    ("minus zero", b"-0"),
    ("a number so small that it is zero", b"1e-999"),
    ("an exponent with a sign and capitals", b"1E+2"),
    ("arrays nested to the limit", b"[" * _DEPTH + b"]" * _DEPTH),
    ("two escapes that form a pair", rb'"\ud83d\ude00"'),
    ("noncharacters", '"\ufffe\ufdd0\U0001ffff"'.encode()),
    ("a line separator inside of a text", '"a\u2028b\u0085"'.encode()),
    ("an escaped NUL", rb'"\u0000"'),
    ("white space of every kind", b"\t\r [ \t1 \r, 2]"),
    ("names that other languages take for their own", b'{"__proto__": {"constructor": 1}, "toString": 2}'),
    ("an empty name", b'{"": 1}'),
):
    reading(DOC4, f"a line holds {what}, and is taken", "accept", files=_in_line(value))
    reading(DOC1, f"a document holds {what}, and is taken", "accept", files=_in_document(value))
for what, value in (
    ("a whole number that readers differ about", b"9007199254740993"),
    ("arrays nested one deeper than the limit", b"[" * (_DEPTH + 1) + b"]" * (_DEPTH + 1)),
    ("an overlong form", b'"\xc0\x80"'),
    ("a surrogate in UTF-8", b'"\xed\xa0\x80"'),
    ("the second half of a pair before the first", rb'"\ude00\ud83d"'),
    ("a no-break space between values", b"[1,\xc2\xa02]"),
    ("a comma at the end of a list", b"[1,]"),
    ("a number that begins with zero", b"01"),
    ("a number that begins with a plus", b"+1"),
    ("a number that ends in a point", b"1."),
    ("a raw control character in a text", b'"\x01"'),
    ("a text in single quotes", b"'a'"),
    ("a comment", b"1 /* one */"),
    ("Infinity", b"-Infinity"),
    ("a name twice, deep inside", b'[{"a": [{"b": 1, "b": 1}]}]'),
    ("an escape that JSON does not have", rb'"\x41"'),
):
    reading(DOC4, f"a line holds {what}", files=_in_line(value))
    reading(DOC1, f"a document holds {what}", files=_in_document(value))


def _crowded(marks: int) -> list[dict[str, Any]]:
    """Return steps that give the system so many commas and opening brackets, and others in a string."""
    rest = small().bytes()["systems/s.json"].decode().removeprefix("{\n")
    text = '{\n"extensions": {"org.example.x": {"s": "@", "v": [1\n,1\n]}},\n' + rest
    commas = marks - sum(text.count(mark) for mark in ",[{") + 1
    return [
        {"file": "systems/s.json", "content": text.replace("@", ",[{")},
        {"file": "systems/s.json", "line": 3, "old": ",1", "new": ",1", "times": commas},
    ]


reading(DOC1, "a document of a million commas and brackets", "accept", steps=_crowded(1_000_000), repack=True)
reading(DOC1, "a document of a million commas and brackets, and one", steps=_crowded(1_000_001), repack=True)
_LONG = 1 << 24
reading(DOC1, "a document of 16 MiB", "accept", steps=[{"file": "systems/s.json", "pad": _LONG}], repack=True)
reading(
    DOC1, "a document of 16 MiB and a byte", steps=[{"file": "systems/s.json", "pad": _LONG + 1}], repack=True
)
reading(
    DOC4,
    "a line of 16 MiB, its line feed not counted",
    "accept",
    steps=[{"file": RUNS, "line": 1, "pad": _LONG}],
    repack=True,
)
reading(DOC4, "a line of 16 MiB and a byte", steps=[{"file": RUNS, "line": 1, "pad": _LONG + 1}], repack=True)
reading(DOC1, "a manifest of 16 MiB and a byte", steps=[{"file": "bundle.json", "pad": _LONG + 1}])
reading(
    DOC1,
    "an array stands where the manifest's object has to",
    also=(),
    files=with_files(lambda files: files.update({"bundle.json": b"[1,]"}), packed=False),
    facets=WHOLE,
)


# --- versions, times, schemas


def _manifest(**members: Any) -> Callable[[], Files]:
    def change(files: Files) -> None:
        files["bundle.json"] = json.dumps({**json.loads(files["bundle.json"]), **members}).encode()

    return with_files(change, packed=False)


def _document(path: str, **members: Any) -> Edit:
    return lambda bench: bench[path].update(members)


def _run(**members: Any) -> Edit:
    return lambda bench: bench[RUNS][0].update(members)


reading(DOC3, "an unknown version, and a member that no schema knows", files=_manifest(fsep="9.9", colour=1))
reading(DOC3, "the manifest's version is a number", files=_manifest(fsep=1.0))
reading(
    DOC3,
    "a document of another version, which is held to no schema",
    files=by(_document("systems/s.json", fsep="2.0", colour=1)),
)
reading(DOC2, "a document's version is no text", files=by(_document("systems/s.json", fsep=1)))
for time in (
    "2016-12-31T23:59:60Z",
    "0000-02-29T00:00:00Z",
    "2024-02-29T23:59:59.123456789Z",
    "9999-12-31T00:00:00Z",
):
    reading(DOC2, f"a run started at {time}, and is taken", "accept", files=by(_run(started=time)))
for time in (
    "2023-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T10:10:60Z",
    "2024-01-01T10:60:00Z",
    "2024-13-01T00:00:00Z",
    "2024-01-01T00:00:00.1234567890Z",
    "2024-01-01T00:00:00.Z",
    "2024-01-01 00:00:00Z",
    "2024-01-01t00:00:00z",
    "2024-01-01T00:00:00+00:00",
    "2024-01-01T00:00:00",
):
    reading(DOC2, f"a run started at {time}, which is no time here", files=by(_run(started=time)))
reading(DOC2, "the id of a run ends in a line feed", files=by(_run(run="r\n")))
reading(DOC2, "the id of a run has 200 characters", "accept", files=by(_run(run="r" * 200)))
reading(DOC2, "the id of a run has 201 characters", files=by(_run(run="r" * 201)))
reading(DOC2, "an extension's key is no reverse DNS name", files=by(_run(extensions={"x": {}})))


# --- digests


def _parameters(**parameters: Any) -> dict[str, Any]:
    """Return files whose program sends parameters, and records them as they stand."""
    return {"files": program([ASK, generate("first", parameters=parameters)], ["A"])}


reading(
    "FSEP-REQ-002",
    "arguments whose names sort otherwise by code points than by UTF-16",
    "accept",
    files=program(
        [ASK, tools("work")],
        [answer(None, ("a", "look", {"\U0001f600": 1, "\ufffd": 2, "a": 3})), "Seen.", "Done."],
    ),
)
reading(
    "FSEP-REQ-002",
    "parameters with numbers in every form",
    "accept",
    **_parameters(a=1e21, b=1e-7, c=0.1, d=-0.0, e=5e-324, f=123456789012345680000.0, g=1.0),
)
reading(
    "FSEP-REQ-002",
    "parameters with characters that are escaped or are not",
    "accept",
    **_parameters(a='\x00\x1f"\\/\u007f\u2028é\U0001f600'),
)


def _recorded(value: Any) -> Edit:
    return lambda bench: events(bench)[1]["parameters"].update(temperature=value)


reading(
    "FSEP-REQ-004",
    "a parameter 1 is recorded as 1.0, which is equal",
    "accept",
    files=program([ASK, generate("first", parameters={"temperature": 1})], ["A"], _recorded(1.0)),
)
reading(
    "FSEP-REQ-004",
    "a parameter 1 is recorded as true",
    files=program([ASK, generate("first", parameters={"temperature": 1})], ["A"], _recorded(True)),
)
reading(
    "FSEP-REQ-004",
    "a parameter 0 is recorded as false",
    files=program([ASK, generate("first", parameters={"temperature": 0})], ["A"], _recorded(False)),
)


# --- names of systems


def _named(name: str, question: str, **members: Any) -> Edit:
    def change(bench: Workbench) -> None:
        bench["systems/s.json"]["aliases"] = [name]
        bench["items.jsonl"][0]["fields"].update({"more": question, **members})
        bench.lock()

    return change


for name, text, what in (
    ("grok", "Is grokking real?", "a letter right after it"),
    ("grok", "agrok", "a letter right before it"),
    ("grok", "grok2", "a digit right after it"),
    ("o1", "Ask o1.", "two characters alone"),
):
    reading(
        "FSEP-DSG-003",
        f"a name of a system stands in an item with {what}, and is none",
        "accept",
        files=by(_named(name, text)),
    )
for name, text, what in (
    ("grok", "Ask GROK.", "in capitals"),
    ("grok", "Ask ägrokß", "between letters beyond ASCII"),
    ("grok", "my_grok-2", "between a line and a hyphen"),
    ("Élan", "Ask éLAN.", "with a letter beyond ASCII in another case"),
    ("gpt-4.1", "gpt-4.1", "with a point, which is one"),
):
    reading("FSEP-DSG-003", f"a name of a system stands in an item {what}", files=by(_named(name, text)))
reading(
    "FSEP-DSG-003",
    "a name with a point, where another character stands for it",
    "accept",
    files=by(_named("gpt-4.1", "gpt-4x1")),
)
reading(
    "FSEP-DSG-003",
    "a name of a system in a list of an item",
    files=by(_named("grok", "x", notes=["no", "Ask grok."])),
)
reading(
    "FSEP-DSG-003",
    "a name of a system as the name of a field",
    "accept",
    files=by(_named("grok", "x", grok="y")),
)


# --- blobs, credentials


def _blob(data: bytes, type_: str, **part: str) -> Callable[[], Files]:
    """Return files whose first answer has a part in a blob."""
    digest = sha256(data).hexdigest()
    content = [{"type": "text", "text": "A"}, {"type": type_, "blob": digest, **part}]
    made = program([ASK, generate("first")], [content]) if type_ != "text" else by(lambda bench: bench)

    def make() -> Files:
        files = dict(made())
        if type_ == "text":
            line = json.loads(files[RUNS])
            line["events"][3]["content"] = content
            files[RUNS] = json.dumps(line).encode() + b"\n"
        files[f"blobs/{digest}"] = data
        files["bundle.json"] = repacked(files)
        return files

    return make


reading("FSEP-REF-007", "a text part's blob is UTF-8", "accept", files=_blob("é".encode(), "text"))
reading("FSEP-REF-007", "a text part's blob is no UTF-8", files=_blob(b"\xff\xfe", "text"))
reading(
    "FSEP-REF-007",
    "an image's blob, which may be any bytes",
    "accept",
    files=_blob(b"\xff\xfe", "image", media_type="image/png"),
)
_KEY = "sk-" + "a1b2C3d4E5" * 3
_SHAPES = {
    "sk-, 20 characters": "sk-" + "a1B2" * 5,
    "pk-": "pk-" + "a1B2" * 6,
    "an access key id": "AKIA" + "ABCD1234" * 2,
    "an API key of 39 characters": "AIza" + "aB3-_" * 7,
    "a token of a source host": "ghp_" + "aB3d" * 9,
    "a fine-grained token": "github_pat_" + "aB3_" * 6,
    "a token of a model host": "hf_" + "aB3d" * 8,
    "a token of a chat": "xoxb-" + "12345-abcde",
    "a bearer token": "BEARER \t" + "aB3._~+/-" * 3,
    "a private key": "-----BEGIN RSA PRIVATE KEY-----",
    "one after a line": "_\n-sk-" + "a1B2" * 5,
}
_NO_SHAPES = {
    "sk- and 19 characters": "sk-" + "a1B2" * 4 + "abc",
    "a letter right before sk-": "ask-" + "a1B2" * 6,
    "a digit right before sk-": "1sk-" + "a1B2" * 6,
    "SK- in capitals": "SK-" + "a1B2" * 6,
    "an access key id that is too short": "AKIA" + "ABCD1234ABC",
    "a bearer without a token": "bearer of good news and nothing else at all",
    "a public key": "-----BEGIN PUBLIC KEY-----",
}
for what, text in _SHAPES.items():
    reading(
        "FSEP-SEC-001",
        f"an extension holds {what}",
        files=by(_run(extensions={"org.example.x": {"v": f"x {text} y"}})),
    )
for what, text in _NO_SHAPES.items():
    reading(
        "FSEP-SEC-001",
        f"an extension holds {what}, and no credential",
        "accept",
        files=by(_run(extensions={"org.example.x": {"v": text}})),
    )
for name in ("api_key", "X-Api-Key", "Authorization", "clientSecret", "PASSWORD"):
    reading(
        "FSEP-SEC-001",
        f"an extension has a member {name!r}",
        files=by(_run(extensions={"org.example.x": [{"v": {name: "abc"}}]})),
    )
for name, given in (
    ("password", ""),
    ("password", 1),
    ("password", {"v": "abc"}),
    ("passwords", "abc"),
    ("secret", "abc"),
):
    reading(
        "FSEP-SEC-001",
        f"an extension has a member {name!r} of {given!r}, and no credential",
        "accept",
        files=by(_run(extensions={"org.example.x": {name: given}})),
    )
reading(
    "FSEP-SEC-001",
    "a document has a member that is called password, deep inside",
    files=by(_document("systems/s.json", extensions={"org.example.x": {"a": [{"password": "abc"}]}})),
)
reading(
    "FSEP-SEC-001",
    "recorded parameters hold an api_key",
    also=("FSEP-REQ-004",),
    files=by(lambda bench: events(bench)[1]["parameters"].update({"extra": {"api_key": "abc"}})),
)
reading(
    "FSEP-SEC-001",
    "an item has a field that is called password",
    "accept",
    files=by(lambda bench: (bench["items.jsonl"][0]["fields"].update(password="abc"), bench.lock())),
)
reading(
    "FSEP-SEC-001",
    "an item's field holds a credential by its shape",
    files=by(lambda bench: (bench["items.jsonl"][0]["fields"].update(more=_KEY), bench.lock())),
)
reading(DOC2, "a line that is not valid is not searched for credentials", files=by(_run(colour=_KEY)))


# --- runs, attempts, the plan


def _attempts(event: int, *outcomes: str) -> Edit:
    return lambda bench: events(bench)[event].update(attempts=[{"outcome": one} for one in outcomes])


def _fails(*outcomes: str) -> Edit:
    def change(bench: Workbench) -> None:
        run = failed(bench)
        run["failure"]["attempts"] = [{"outcome": one} for one in outcomes]
        bench[RUNS] = [run]

    return change


reading(
    "FSEP-TRN-003",
    "attempts of which the last is complete",
    "accept",
    files=by(_attempts(1, "unknown", "complete")),
)
reading("FSEP-TRN-003", "attempts of which none is complete", files=by(_attempts(1, "unknown", "unknown")))
reading(
    "FSEP-TRN-003",
    "a run failed after attempts that came to nothing",
    "accept",
    files=by(_fails("unknown", "unknown")),
)
reading(
    "FSEP-TRN-003",
    "a run failed after an attempt that followed a complete one",
    files=by(_fails("complete", "unknown")),
)
reading(
    "FSEP-REQ-007",
    "the last output has an identity that is not declared",
    files=by(lambda bench: events(bench)[3].update(returned_model="stand-in-2")),
)


def _lines(*lines: Any) -> Edit:
    return lambda bench: bench.__setitem__(
        RUNS, [line(bench[RUNS][0]) if callable(line) else line for line in lines]
    )


def _part(number: int, begin: int, end: int) -> Callable[[Any], Any]:
    return lambda run: {"continues": "r", "part": number, "events": run["events"][begin:end]}


def _head(parts: int, end: int) -> Callable[[Any], Any]:
    return lambda run: {**run, "parts": parts, "events": run["events"][:end]}


reading("FSEP-TRN-001", "a line continues nothing", files=by(_lines(lambda run: run, _part(1, 0, 1))))
reading(
    DOC4,
    "among the lines of a run stands one that is no JSON",
    files=by(_lines(_head(3, 1), b"no\n", _part(2, 2, 4))),
)
reading(
    "FSEP-TRN-001",
    "of a run in three lines the last is missing",
    files=by(_lines(_head(3, 1), _part(1, 1, 2))),
)
reading(
    "FSEP-TRN-001",
    "a run of more lines than it needs says how many there are",
    "accept",
    files=by(_lines(_head(3, 4), _part(1, 4, 4), _part(2, 4, 4))),
)


def _departures(*declared: dict[str, Any]) -> Edit:
    cell = {
        "system": "s",
        "scaffold": "tested",
        "item": "one",
        "replicate": 0,
        "reason": "The endpoint was down.",
    }
    return lambda bench: bench.__setitem__(
        "departures.json",
        {"fsep": "1.0", "kind": "departures", "departures": [{**cell, **one} for one in declared]},
    )


def _gone(bench: Workbench) -> None:
    bench[RUNS] = b""


def _failed(bench: Workbench) -> None:
    bench[RUNS] = [failed(bench)]


def _replicates(count: int, share: float = 1) -> Edit:
    return lambda bench: bench["design.json"].update(replicates=count, limits={"missing_share": share})


reading(
    "FSEP-CMP-001",
    "a missing run is declared",
    "accept",
    files=by(_gone, _departures({"kind": "run-missing"})),
    facets=COMPLETE,
)
reading(
    "FSEP-CMP-004",
    "a missing run is declared failed, which is one fault",
    files=by(_gone, _departures({"kind": "run-failed"})),
    facets=COMPLETE,
)
reading(
    "FSEP-CMP-003",
    "a failed run is declared",
    "accept",
    files=by(_failed, _departures({"kind": "run-failed"})),
    facets=COMPLETE,
)
reading(
    "FSEP-CMP-004",
    "a failed run is declared missing, which is one fault",
    files=by(_failed, _departures({"kind": "run-missing"})),
    facets=COMPLETE,
)
reading(
    "FSEP-CMP-004",
    "a run is declared missing that is not planned",
    files=by(_departures({"kind": "run-missing", "replicate": 1})),
    facets=COMPLETE,
)
reading(
    "FSEP-CMP-004",
    "a run is declared missing twice",
    files=by(_gone, _departures({"kind": "run-missing"}, {"kind": "run-missing"})),
    facets=COMPLETE,
)
_MISSING = [{"kind": "run-missing", "replicate": number} for number in (1, 2, 3)]
reading(
    "FSEP-CMP-005",
    "as large a share is missing as the design allows",
    "accept",
    files=by(_replicates(2, 0.5), _departures(_MISSING[0])),
    facets=COMPLETE,
)
reading(
    "FSEP-CMP-005",
    "a larger share is missing than the design allows",
    files=by(_replicates(4, 0.74), _departures(*_MISSING)),
    facets=COMPLETE,
)


def _second_system(bench: Workbench) -> None:
    """All of one system's runs are missing, and none of the other's: half over all, and more than half in a cell."""
    bench["systems/t.json"] = {**bench["systems/s.json"], "id": "t"}


reading(
    "FSEP-CMP-005",
    "a share is that of a cell, and not of all",
    files=by(_replicates(1, 0.5), _second_system, _departures({"kind": "run-missing", "system": "t"})),
    facets=COMPLETE,
)


def _unplanned(bench: Workbench) -> None:
    bench[RUNS].append({**bench[RUNS][0], "run": "q", "replicate": 1})


reading("FSEP-CMP-002", "a run of a replicate beyond the plan", files=by(_unplanned), facets=COMPLETE)


def _same_id(bench: Workbench) -> None:
    _replicates(2)(bench)
    bench[RUNS].append({**bench[RUNS][0], "replicate": 1})


reading(
    "FSEP-REF-006",
    "two runs have one id, and the second's place in the plan is not known",
    files=by(_same_id),
    facets=COMPLETE,
)
reading(
    DOC4,
    "a line that may be a run is no JSON, and so none is known to be missing",
    files=by(_replicates(2), lambda bench: bench[RUNS].append(b"no\n")),
    facets=COMPLETE,
)
reading(
    "FSEP-ENV-001",
    "an environment does not state its tools, and requests that offer them are not derived",
    files=program(
        [ASK, tools("work")],
        ["Done."],
        lambda bench: bench["environments/desk.json"].pop("tools"),
        lambda bench: bench.lock(),
    ),
)


def _unplanned_failed(bench: Workbench) -> None:
    bench[RUNS].append({**failed(bench), "run": "q", "replicate": 1})


reading(
    "FSEP-CMP-002",
    "a run that is not planned failed, and no departure names it, which is one fault",
    files=by(_unplanned_failed),
    facets=COMPLETE,
)
reading(
    "FSEP-CMP-004",
    "a departure names a failed run that is not planned",
    also=("FSEP-CMP-002",),
    files=by(_unplanned_failed, _departures({"kind": "run-failed", "replicate": 1})),
    facets=COMPLETE,
)
reading(
    "FSEP-REF-001",
    "two items have one id, and a run of the plan is missing, which nobody can tell then",
    files=by(_replicates(2), lambda bench: bench["items.jsonl"].append(dict(bench["items.jsonl"][0]))),
    facets=COMPLETE,
)
reading(
    "FSEP-REF-005",
    "a run names no system, and a line of it is missing, which is one fault",
    files=by(_lines(_head(2, 1)), _run(system="none")),
)
reading(
    "FSEP-TRN-001",
    "a line continues nothing, and a run of the plan is missing, which it may be part of",
    files=by(_replicates(2), _lines(lambda run: run, _part(1, 0, 1))),
    facets=COMPLETE,
)
reading(
    "FSEP-PRV-001",
    "a ledger without a line is unbroken",
    files=by(_gone, lambda bench: bench.__setitem__("ledger.jsonl", b"")),
    verdict="accept",
)
reading(
    "FSEP-DSG-003",
    "a name of a system stands in a default that the scaffold does not write out",
    "accept",
    files=by(lambda bench: bench["systems/s.json"].update(aliases=["none"])),
)
reading(
    "FSEP-DSG-003",
    "a name of a system stands in a text of the program",
    files=by(lambda bench: bench["systems/s.json"].update(aliases=["said"])),
)
