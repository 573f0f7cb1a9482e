"""Runners that are wrong on purpose, each in one way: `python faulty.py NAME JOB`.

Each is the reference runner with one thing changed. What is wrong, and which check has to catch it, stands in
faults.json under the same name.
"""

import asyncio
import json
import os
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fsep"))

import run_job

from fsep.run import asking, endpoint, environment, finish, one

FAULTS: dict[str, Callable[[], None]] = {}


def fault(make: Callable[[], None]) -> Callable[[], None]:
    """Keep a fault under its name."""
    FAULTS[make.__name__.replace("_", "-")] = make
    return make


# --- what it sends


def sending(change: Callable[[dict[str, Any]], Any]) -> None:
    """Change bodies on their way, and record the digest of what should have been sent."""
    real = one.body_of

    def body_of(request: Any, **how: Any) -> bytes:
        body = json.loads(real(request, **how))
        change(body)
        return json.dumps(body).encode()

    def of(self: Any, request: Any) -> tuple[bytes, str]:
        return body_of(request, stream=self.means.stream, blob=self.means.place.blob), request.sha256()

    one.OneRun._body = of


@fault
def drops_the_instructions() -> None:
    def drop(body: dict[str, Any]) -> None:
        body["messages"] = [said for said in body["messages"] if said["role"] != "system"]

    sending(drop)


@fault
def merges_messages() -> None:
    def merge(body: dict[str, Any]) -> None:
        first, *rest = body["messages"]
        if rest and first["role"] == "system":
            rest[0]["content"] = f"{first['content']}\n\n{rest[0]['content']}"
            body["messages"] = rest

    sending(merge)


@fault
def reorders_turns() -> None:
    sending(lambda body: body["messages"].reverse())


@fault
def cuts_history() -> None:
    def cut(body: dict[str, Any]) -> None:
        body["messages"] = body["messages"][-1:]

    sending(cut)


@fault
def changes_the_temperature() -> None:
    sending(lambda body: body.update(temperature=0.7))


@fault
def adds_a_parameter() -> None:
    sending(lambda body: body.update(top_p=0.9))


@fault
def refers_to_stored_state() -> None:
    sending(lambda body: body.update(store=True, previous_response_id="resp-1"))


# --- when it sends


def asking_by(ask: Callable[..., Any]) -> None:
    """Put another way of asking into the place of the endpoint's own, which it is given first."""
    real = endpoint.Endpoint.ask

    async def other(self: Any, body: bytes, *, stream: bool) -> Any:
        return await ask(lambda: real(self, body, stream=stream), self, body)

    endpoint.Endpoint.ask = other


@fault
def retries_without_a_word() -> None:
    async def ask(real: Callable[[], Any], *_: Any) -> Any:
        while True:
            try:
                return await real()
            except endpoint.Failed as failed:
                if failed.refused is not None:
                    raise

    asking_by(ask)


@fault
def asks_again_after_a_refusal() -> None:
    async def ask(real: Callable[[], Any], *_: Any) -> Any:
        for _again in range(3):
            try:
                return await real()
            except endpoint.Failed as failed:
                last = failed
        raise last

    asking_by(ask)


@fault
def asks_again_for_a_better_reply() -> None:
    async def ask(real: Callable[[], Any], *_: Any) -> Any:
        reply = await real()
        return reply if reply.text else await real()

    asking_by(ask)


@fault
def ignores_retry_after() -> None:
    endpoint.Endpoint.turn = lambda self: 0
    asking._FIRST_WAIT = 0.01


@fault
def invents_replies() -> None:
    async def ask(real: Callable[[], Any], _: Any, body: bytes) -> Any:
        return (
            one.Reply("I know.", returned_model="scripted-1", finish="stop")
            if b"two" in body
            else await real()
        )

    asking_by(ask)


@fault
def asks_something_of_its_own() -> None:
    async def ask(real: Callable[[], Any], self: Any, body: bytes) -> Any:
        probe = json.dumps({**json.loads(body), "messages": [{"role": "user", "content": "Are you there?"}]})
        await self._attempt(probe.encode(), stream=False)
        return await real()

    asking_by(ask)


@fault
def asks_at_another_address() -> None:
    async def ask(real: Callable[[], Any], self: Any, body: bytes) -> Any:
        elsewhere = self._asked.copy_with(path="/v1/chat/completions")
        given, self._asked = self._asked, elsewhere
        try:
            await self._attempt(body, stream=False)
        except (endpoint.Failed, endpoint.Unanswerable):
            pass
        finally:
            self._asked = given
        return await real()

    asking_by(ask)


@fault
def gives_old_replies_again() -> None:
    known: dict[str, Any] = {}

    async def ask(real: Callable[[], Any], _: Any, body: bytes) -> Any:
        key = sha256(body).hexdigest()
        if key not in known:
            known[key] = asyncio.ensure_future(real())
        return await known[key]

    asking_by(ask)


@fault
def takes_the_reply_of_another_run() -> None:
    last: list[Any] = []

    async def ask(real: Callable[[], Any], *_: Any) -> Any:
        last.append(await real())
        return last[-2] if len(last) % 4 == 0 else last[-1]

    asking_by(ask)


@fault
def goes_on_with_another_model() -> None:
    async def ask(real: Callable[[], Any], *_: Any) -> Any:
        reply = await real()
        return replace(reply, returned_model="scripted-1")

    asking_by(ask)


# --- what it records


def hearing(change: Callable[[Any], Any]) -> None:
    """Change replies before they are recorded."""

    async def ask(real: Callable[[], Any], *_: Any) -> Any:
        return change(await real())

    asking_by(ask)


@fault
def strips_replies() -> None:
    hearing(lambda reply: replace(reply, text=reply.text.strip()))


@fault
def normalises_replies() -> None:
    hearing(lambda reply: replace(reply, text=unicodedata.normalize("NFC", reply.text)))


@fault
def drops_reasoning() -> None:
    hearing(lambda reply: replace(reply, reasoning=""))


@fault
def records_every_ending_as_a_stop() -> None:
    hearing(lambda reply: replace(reply, finish="stop"))


@fault
def mislabels_calls() -> None:
    def swap(reply: Any) -> Any:
        ids = [call["id"] for call in reply.tool_calls][::-1]
        calls = tuple({**call, "id": id_} for call, id_ in zip(reply.tool_calls, ids, strict=True))
        return replace(reply, tool_calls=calls)

    hearing(swap)


@fault
def cuts_long_replies() -> None:
    hearing(lambda reply: replace(reply, text=reply.text[:4000]))


def editing(change: Callable[[dict[str, Any]], None]) -> None:
    """Change runs as they come into the bundle."""
    real = finish.record_at

    def record_at(journal: Any, offset: int) -> dict[str, Any]:
        run = real(journal, offset)
        change(run)
        return run

    finish.record_at = record_at


@fault
def edits_after_the_fact() -> None:
    def edit(run: dict[str, Any]) -> None:
        for event in run["events"][-1:]:
            if isinstance(event.get("content"), str):
                event["content"] += " I am sure."
                for part in run.get("result", ()):
                    if isinstance(part["content"], str):
                        part["content"] += " I am sure."

    editing(edit)


@fault
def hides_failed_runs() -> None:
    def hide(run: dict[str, Any]) -> None:
        if run["status"] == "failed":
            run["status"], run["result"] = "completed", [{"name": "answer", "content": "done"}]
            del run["failure"]

    editing(hide)


@fault
def forgets_attempts() -> None:
    def forget(run: dict[str, Any]) -> None:
        for event in run["events"]:
            event["attempts"] = event["attempts"][-1:] if "attempts" in event else []
            if not event["attempts"]:
                del event["attempts"]

    editing(forget)


# --- what it tells


@fault
def writes_the_key_down() -> None:
    key = os.environ["CONFORMANCE_KEY"]
    finish.RUNNER = {"name": f"runner with {key}", "version": "1"}
    finish._producer = lambda study: dict(finish.RUNNER)


@fault
def prints_the_key() -> None:
    print("using key", os.environ["CONFORMANCE_KEY"], file=sys.stderr)


@fault
def tells_the_environment_the_system() -> None:
    real = environment.Tools._exchange

    async def exchange(self: Any, line: dict[str, Any]) -> Any:
        if "start" in line:
            line = {"start": {**line["start"], "system": "system-under-test"}}
        return await real(self, line)

    environment.Tools._exchange = exchange


if __name__ == "__main__":
    FAULTS[sys.argv[1]]()
    job = json.loads(Path(sys.argv[2]).read_bytes())
    sys.exit(run_job.main(run_job.arguments(job)))
