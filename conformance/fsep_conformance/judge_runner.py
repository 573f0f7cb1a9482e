"""Verdicts on runners: the bundle that one wrote is held against the requests that the model saw.

Each check is a pure function of a case and what was kept of it; a verdict names all that are not met.
"""

from __future__ import annotations

import json
import tempfile
from base64 import b64decode
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fsep.engine import validate
from fsep.errors import FsepError
from fsep.scripted import Script, script_of
from fsep.scripted.asked import read_asked
from fsep.scripted.script import Said
from fsep_conformance.judge import Verdict
from fsep_conformance.play import RunnerCase
from fsep_conformance.wirelog import given, wire_digest

# Members of a body that refer to what a provider stored.
_STORED = ("store", "previous_response_id", "conversation", "thread_id", "session_id", "assistant_id")
_AGAIN = (429, *range(500, 600))


@dataclass(frozen=True)
class Seen:
    """A case with what was kept of it, read once: the runs, the requests and their digests."""

    case: RunnerCase
    exchange: Mapping[str, Any]
    files: Mapping[str, bytes]
    runs: tuple[Mapping[str, Any], ...]
    wire: tuple[tuple[str, Mapping[str, Any]], ...]

    @property
    def outputs(self) -> Iterator[Mapping[str, Any]]:
        """The events that a request was made for."""
        return (event for run in self.runs for event in run["events"] if event["kind"] == "output")

    @property
    def failures(self) -> Iterator[Mapping[str, Any]]:
        """Why runs failed."""
        return (run["failure"] for run in self.runs if "failure" in run)


def judged_runner(case: RunnerCase, exchange: Mapping[str, Any]) -> Verdict:
    """Judge what a runner did in a case."""
    how, code = exchange["how"], exchange["code"]
    if how in ("not-run", "suite-error"):
        return Verdict(how, "the run was narrowed to other cases" if how == "not-run" else exchange["errors"])
    if how == "timeout":
        return Verdict("timeout", "it did not end within the time limit")
    if how == "flood" or code is None or code < 0:
        return Verdict("crash", "it was ended by a signal, or printed without end")
    played = exchange["played"]
    files = {path: _bytes(data) for path, data in played["bundle"].items()}
    if not played["wire"]:
        return Verdict("crash", f"it ended with exit code {code} and asked nothing")
    if case.bundle and (code != 0 or not files):
        return Verdict("crash", f"it ended with exit code {code}{'' if files else ' and wrote no bundle'}")
    try:
        seen = Seen(case, exchange, files, tuple(_runs(files)), tuple(_wire(played["wire"])))
        problems = {name: next(check(seen), None) for name, check in CHECKS.items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return Verdict("fail", f"conforms: the bundle cannot be read ({type(error).__name__})")
    failed = {name: problem for name, problem in problems.items() if problem is not None}
    if failed:
        return Verdict("fail", f"{', '.join(failed)}: {next(iter(failed.values()))}")
    return Verdict("pass")


def failed_checks(verdict: Verdict) -> list[str]:
    """Return the names of the checks that a verdict says are not met."""
    return verdict.why.partition(":")[0].split(", ") if verdict.outcome == "fail" else []


def _bytes(data: Any) -> bytes:
    return data.encode() if isinstance(data, str) else b64decode(data["base64"])


def _runs(files: Mapping[str, bytes]) -> Iterator[Mapping[str, Any]]:
    for path, data in sorted(files.items()):
        if path.startswith("transcripts/"):
            run: dict[str, Any] | None = None
            for line in map(json.loads, data.splitlines()):
                if "continues" in line and run is not None:
                    run["events"] += line["events"]
                    continue
                if run is not None:
                    yield run
                run = line
            if run is not None:
                yield run


def _wire(lines: list[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for line in lines:
        try:
            digest = wire_digest(line["body"])
        except (KeyError, TypeError, ValueError, AttributeError):
            digest = f"no request: {line['n']}"
        yield digest, line


def _is_complete(line: Mapping[str, Any]) -> bool:
    return not line["fault"] or set(line["fault"]) == {"delay"}


def _conforms(seen: Seen) -> Iterator[str]:
    if not seen.files:
        return
    with tempfile.TemporaryDirectory(prefix="fsep-") as scratch:
        for path, data in seen.files.items():
            target = Path(scratch, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        try:
            report = validate(scratch, require=seen.case.facets)
        except FsepError as error:
            yield str(error)
            return
    if (failed_runs := sum(1 for _ in seen.failures)) != seen.case.failed:
        yield f"{failed_runs} runs failed, where {seen.case.failed} have to"
    if report.verdict != "conforms":
        failed = [one.requirement for one in report.findings if one.severity == "error"]
        yield f"the bundle is not {', '.join(seen.case.facets)}: {', '.join(dict.fromkeys(failed))}"


def _digests(seen: Seen) -> Iterator[str]:
    if seen.exchange["played"]["elsewhere"]:
        yield "a request came to an address that was not given"
    if not seen.files:
        return
    recorded = Counter(event["request_sha256"] for event in seen.outputs)
    complete = Counter(digest for digest, line in seen.wire if _is_complete(line))
    known = {digest for digest, _ in seen.wire}
    for digest in recorded:
        if digest not in known:
            yield f"an output records the request {digest[:16]}…, which was never on the wire"
    unrecorded = [digest for digest in known if digest not in recorded]
    if len(unrecorded) > sum(1 for _ in seen.failures):
        yield f"{len(unrecorded)} requests on the wire are those of no output, as {min(unrecorded)[:16]}…"
    if short := [digest for digest in recorded if digest in known and recorded[digest] > complete[digest]]:
        yield f"more outputs record the request {short[0][:16]}… than replies were given to it"


def _attempts(seen: Seen) -> Iterator[str]:
    if not seen.files:
        return
    recorded = sum(len(event.get("attempts", ())) for event in seen.outputs)
    recorded += sum(len(failure.get("attempts", ())) for failure in seen.failures)
    if recorded != len(seen.wire):
        yield f"{recorded} attempts are on record, and {len(seen.wire)} requests were on the wire"


def _again(seen: Seen) -> Iterator[str]:
    wanted = Counter(event["request_sha256"] for event in seen.outputs)
    runs = len(seen.runs)
    complete, refused = Counter[str](), Counter[str]()
    for digest, line in seen.wire:
        status = line["fault"].get("status")
        if _is_complete(line):
            complete[digest] += 1
        elif status is not None and status not in _AGAIN:
            refused[digest] += 1
    for digest, times in complete.items():
        if seen.files and times > max(wanted[digest], 1 if digest not in wanted else 0):
            yield f"the request {digest[:16]}… was answered {times} times, and {wanted[digest]} are on record"
    for digest, times in refused.items():
        if times > sum(1 for _ in seen.failures) or runs < times:
            yield f"the request {digest[:16]}… was sent {times} times, though it was refused"


def _said(seen: Seen) -> Iterator[str]:
    script = script_of(dict(seen.case.script))
    replies: defaultdict[str, list[str]] = defaultdict(list)
    for digest, line in seen.wire:
        if _is_complete(line) and (said := _answer(script, line)) is not None:
            calls = [[call["id"], call["name"], given(call["arguments"])] for call in said.tool_calls]
            text = _cut(said.content or "", seen)
            replies[digest].append(_key(text, said.reasoning or "", calls, said.model, said.finish))
    for event in seen.outputs:
        text, reasoning = _texts(event.get("content"), seen)
        calls = [[call["id"], call["name"], call["arguments"]] for call in event.get("tool_calls", ())]
        key = _key(text, reasoning, calls, event["returned_model"], event["finish"])
        if event["request_sha256"] in replies and key not in replies[event["request_sha256"]]:
            yield f"the output at {event['step']} is not what was said to its request"


def _answer(script: Script, line: Mapping[str, Any]) -> Said | None:
    """Return what a script said to a request; nothing to what is none."""
    try:
        return script.answer(read_asked(line["body"]))
    except ValueError:
        return None


def _key(*said: Any) -> str:
    return json.dumps(said, sort_keys=True)


def _cut(text: str, seen: Seen) -> str:
    """Cut a text as a system's declared client-side stop does."""
    for mark in seen.case.stop:
        text = text.partition(mark)[0]
    return text


def _texts(content: Any, seen: Seen) -> tuple[str, str]:
    if not isinstance(content, list):
        return content or "", ""
    texts = {"text": "", "reasoning": ""}
    for part in content:
        kept = part["text"] if "text" in part else seen.files[f"blobs/{part['blob']}"].decode()
        texts[part["type"]] += kept
    return texts["text"], texts["reasoning"]


def _waits(seen: Seen) -> Iterator[str]:
    until: datetime | None = None
    for _, line in seen.wire:
        at = datetime.fromisoformat(line["at"])
        if until is not None and at < until:
            yield f"a request came {(until - at).total_seconds():.2f} s before Retry-After allowed it"
            return
        if "retry_after" in line["fault"]:
            until = datetime.fromtimestamp(at.timestamp() + line["fault"]["retry_after"], at.tzinfo)


def _key_kept(seen: Seen) -> Iterator[str]:
    key = seen.exchange["played"]["key"]
    for path, data in seen.files.items():
        if key.encode() in data:
            yield f"the key stands in {path}"
    if key in seen.exchange["output"] + seen.exchange["errors"]:
        yield "the key was printed"


def _environment(seen: Seen) -> Iterator[str]:
    names = {run[member] for run in seen.runs for member in ("system", "scaffold")}
    for run in seen.runs:
        for event in run["events"]:
            if event.get("origin") == "environment":
                text, _ = _texts(event.get("content"), seen)
                if told := sorted(name for name in names if name in text):
                    yield f"the environment knows {told[0]!r}"


def _stops(seen: Seen) -> Iterator[str]:
    """After a strange identity no more may come than was under way."""
    script, after = script_of(dict(seen.case.script)), -1
    for _, line in seen.wire if seen.case.declared else ():
        said = _answer(script, line)
        if after >= 0 or (said is not None and said.model not in seen.case.declared):
            after += 1
    if after > seen.case.concurrency:
        yield f"{after} requests came after a model had answered that is not declared"


def _stored(seen: Seen) -> Iterator[str]:
    for _, line in seen.wire:
        if isinstance(line["body"], dict) and (found := [name for name in _STORED if name in line["body"]]):
            yield f"a request has the member {found[0]}"


CHECKS: Mapping[str, Callable[[Seen], Iterator[str]]] = {
    "FSEP-REQ-007": _stops,
    "FSEP-REQ-008": _stored,
    "FSEP-RUN-001": _digests,
    "FSEP-RUN-002": _attempts,
    "FSEP-RUN-003": _again,
    "FSEP-RUN-004": _said,
    "FSEP-RUN-005": _waits,
    "FSEP-RUN-006": _key_kept,
    "FSEP-RUN-007": _environment,
    "conforms": _conforms,
}
