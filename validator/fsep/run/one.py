"""One run, from its first event to its last: the machine asks, endpoints and environments answer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fsep.errors import FsepError
from fsep.parsing.canonical import digest
from fsep.protocol.schema_errors import is_valid
from fsep.run.asking import Asker, RunFailed
from fsep.run.endpoint import Endpoint
from fsep.run.environment import EnvironmentFault, Implementation, Tools
from fsep.run.journal import Clock, Journal
from fsep.run.place import Place
from fsep.run.recovered import Begun, reason
from fsep.run.reply import Reply, kept
from fsep.run.secrets import SecretFound, Secrets
from fsep.run.study import Planned, Runnable
from fsep.run.wire import WireError, body_of, digest_of
from fsep.scaffold.drive import event_of
from fsep.scaffold.machine import Ending, Exhausted, Want, start
from fsep.scaffold.message import Output
from fsep.scaffold.view import Request

# Told of each output: the system, what it took.
Tokens = Callable[[str, Mapping[str, int]], None]
_REASON_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Means:
    """All that runs share."""

    study: Runnable
    place: Place
    journal: Journal
    asker: Asker
    clock: Clock
    secrets: Secrets
    systems: Mapping[str, Endpoint]
    simulators: Mapping[str, Endpoint]
    environments: Mapping[str, Implementation]
    run_seconds: float
    call_seconds: float
    stream: bool
    tokens: Tokens


@dataclass(slots=True)
class Ended:
    """That a run ended: why it failed, if it did, and why its system is not to be asked any more, if so."""

    failed: str | None = None
    halt: str | None = None


@dataclass(slots=True)
class OneRun:
    """One run in progress."""

    means: Means
    planned: Planned
    begun: Begun
    events: list[dict[str, Any]] = field(default_factory=list)
    logged: deque[dict[str, Any]] = field(default_factory=deque)
    asked: dict[str, list[tuple[Mapping[str, Any], Any, bool]]] = field(default_factory=dict)
    tools: dict[str, Tools] = field(default_factory=dict)
    closing: bool = False

    async def carry_out(self) -> Ended:
        """Carry the run out, from where an earlier session left it, and record it.

        Where runs are being closed, nothing is asked any more: what there is of it is recorded as failed.

        Raises:
            Stopped: when the session ends before the run does.
            Halted: when nothing can be asked any more.
        """
        self.logged = deque(self.begun.events)
        failure: RunFailed | None = None
        ending: Ending | None = None
        try:
            async with asyncio.timeout(self.means.run_seconds):
                ending = await self._drive()
        except RunFailed as error:
            failure = error
        except TimeoutError:
            self.begun.settle()
            failure = RunFailed(
                "infrastructure-error",
                f"The run took longer than {self.means.run_seconds:g} seconds.",
                self.begun.attempts,
            )
        finally:
            for tools in self.tools.values():
                await tools.close()
        return await self.recorded(ending, failure)

    async def recorded(self, ending: Ending | None, failure: RunFailed | None) -> Ended:
        """Write the run to the journal as the transcript will have it."""
        planned, blobs = self.planned, dict[str, bytes]()
        record: dict[str, Any] = {"run": planned.id, **planned._asdict()}
        record["status"] = ending.status if ending is not None else "failed"
        if failure is not None:
            record["failure"] = self._failure(failure)
        record |= {"started": self.begun.started, "ended": self.means.clock(), "events": self.events}
        if ending is not None and ending.status == "completed":
            record["result"] = [{"name": name, "content": kept(text, blobs)} for name, text in ending.result]
        await self._keep(blobs)
        halt = failure.halt if failure is not None else None
        halt = self.means.secrets.hide(halt) if halt is not None else None
        self.means.journal.end(planned.id, record, digest(self.events), halt)
        return Ended(reason(record) if failure is not None else None, halt)

    def _failure(self, failure: RunFailed) -> dict[str, Any]:
        message = self.means.secrets.hide(str(failure))[:_REASON_CHARACTERS]
        attempts = failure.attempts
        return {"kind": failure.kind, "message": message, **({"attempts": attempts} if attempts else {})}

    async def _drive(self) -> Ending:
        study, planned = self.means.study, self.planned
        machine = start(
            study.programs[planned.scaffold],
            study.settings[planned.system],
            study.items[planned.item],
            planned.replicate,
            blob_text=lambda sha256: self.means.place.blob(sha256).decode(),
            keep_messages=True,
        )
        answer: Output | None = None
        while True:
            try:
                want = machine.send(answer)
            except StopIteration as stop:
                ending: Ending = stop.value
                return ending
            except Exhausted:
                raise RunFailed(
                    "infrastructure-error",
                    "The program asks for more work between two events than is allowed.",
                ) from None
            answer = await self._answered(want)

    async def _answered(self, want: Want) -> Output | None:
        """Record the event that is wanted, and return what the machine is to be told."""
        if want.content is not None:
            blobs: dict[str, bytes] = {}
            event = event_of(want, Output(kept(want.content, blobs)), {})
            await self._keep(blobs)
            self.events.append(event)
            return None
        if want.fields["kind"] == "edit":
            self.events.append({member: value for member, value in want.fields.items() if value is not None})
            return None
        if self.logged:
            event = self.logged.popleft()
        elif self.closing:
            raise RunFailed(
                "infrastructure-error",
                "The run broke off, and was not gone on with before the runs were closed.",
                self.begun.attempts,
            )
        else:
            event = await (self._said(want) if want.request is not None else self._called(want))
            try:
                self.means.journal.write({"what": "event", "run": self.planned.id, "event": event})
            except SecretFound as error:
                raise RunFailed("infrastructure-error", str(error)) from None
            await self.means.journal.settled()
            self.begun.attempts = []
            self.begun.events.append(event)
            if want.request is not None:
                self.means.tokens(self.planned.system, event.get("usage", {}))
        self.events.append(event)
        if want.request is None:
            call = want.fields["call"] if want.call is None else want.call
            self.asked.setdefault(want.fields["actor"], []).append(
                (call, event["content"], event.get("error", False))
            )
        return Output(event["content"], event.get("tool_calls", ()), event.get("error", False))

    async def _said(self, want: Want) -> dict[str, Any]:
        """Ask a model or a simulator."""
        request = want.request
        assert request is not None
        actor = self.means.study.programs[self.planned.scaffold].actors[want.fields["actor"]]
        endpoint = (
            self.means.systems[self.planned.system]
            if actor.simulator is None
            else self.means.simulators[actor.simulator]
        )
        body, sha256 = self._body(request)
        reply = await self.means.asker.ask(self.planned.id, want.fields["step"], endpoint, body, self.begun)
        declared = self.means.study.speaker(self.planned.system, actor.simulator)["model"]["returned"]
        if reply.returned_model not in declared:
            raise _another_model(reply, actor.simulator or self.planned.system, declared, self.begun)
        blobs: dict[str, bytes] = {}
        output = Output(self._cut(want, reply).content(blobs), reply.tool_calls)
        event = event_of(
            want,
            output,
            {
                "request_sha256": sha256,
                "returned_model": reply.returned_model,
                "finish": reply.finish,
                **({"usage": dict(reply.usage)} if reply.usage else {}),
                "attempts": self.begun.attempts,
                "started": self.begun.attempts[-1]["started"],
                "ended": self.begun.attempts[-1]["ended"],
            },
        )
        return await self._held(event, blobs, "reply")

    def _body(self, request: Request) -> tuple[bytes, str]:
        """Return the body to send, and the digest of the request that is in it."""
        try:
            body = body_of(request, stream=self.means.stream, blob=self.means.place.blob)
            sha256 = digest_of(body)
        except WireError as error:
            raise RunFailed("infrastructure-error", str(error)) from None
        if sha256 != request.sha256():
            raise RunFailed(
                "infrastructure-error", "The request cannot be sent so that the same request is read from it."
            )
        return body, sha256

    def _cut(self, want: Want, reply: Reply) -> Reply:
        """Cut a reply before the first stop text, where the system declares that its runner does."""
        if want.fields["origin"] != "model":
            return reply
        if not self.means.study.settings[self.planned.system].adaptations.client_side_stop:
            return reply
        id_ = want.fields["step"].partition("[")[0]
        steps = self.means.study.programs[self.planned.scaffold].steps()
        stop = next(step for step in steps if step.get("id") == id_).get("parameters", {}).get("stop", [])
        text = reply.text
        for mark in [stop] if isinstance(stop, str) else stop:
            text = text.partition(mark)[0] if mark else text
        return replace(reply, text=text)

    async def _called(self, want: Want) -> dict[str, Any]:
        """Ask an environment."""
        call = want.fields["call"] if want.call is None else want.call
        at = self.means.clock()
        try:
            tools = await self._tools(want.fields["actor"])
            answer = await tools.call(call["name"], call["arguments"])
        except EnvironmentFault as error:
            raise RunFailed("infrastructure-error", str(error)) from None
        times = {"started": at, "ended": self.means.clock()}
        event = event_of(want, Output(answer.content, (), answer.error), times)
        return await self._held(event, dict(answer.blobs), "answer of the environment")

    async def _tools(self, id_: str) -> Tools:
        """Return the environment's process; a new one is brought to where an earlier one was."""
        if id_ not in self.tools:
            item = self.means.study.items[self.planned.item]
            tools = await Tools.start(
                self.means.environments[id_], item, self.planned.replicate, seconds=self.means.call_seconds
            )
            self.tools[id_] = tools
            for call, content, error in self.asked.get(id_, ()):
                again = await tools.call(call["name"], call["arguments"])
                if (again.content, again.error) != (content, error):
                    raise RunFailed(
                        "infrastructure-error",
                        f"The environment {id_!r} could not be restored: asked again, it answered otherwise.",
                    )
        return self.tools[id_]

    async def _held(self, event: dict[str, Any], blobs: dict[str, bytes], what: str) -> dict[str, Any]:
        """Return an event that a transcript can have, its blobs kept; fail the run where none can."""
        try:
            digest(event)
            line = {"continues": self.planned.id, "part": 1, "events": [event]}
            fits = is_valid(self.means.study.protocol, "run", line)
        except FsepError:
            fits = False
        if not fits:
            raise RunFailed(
                "infrastructure-error",
                f"The {what} at {event['step']} cannot be recorded: it does not fit the schema of a run.",
                self.begun.attempts,
            )
        for data in blobs.values():
            try:
                self.means.secrets.refuse(data)
            except SecretFound as error:
                raise RunFailed("infrastructure-error", str(error)) from None
        await self._keep(blobs)
        return event

    async def _keep(self, blobs: Mapping[str, bytes]) -> None:
        for data in blobs.values():
            await asyncio.get_running_loop().run_in_executor(None, self.means.place.keep, data)


def _another_model(reply: Reply, id_: str, declared: Any, begun: Begun) -> RunFailed:
    returned = f"the model identity {reply.returned_model!r}" if reply.returned_model else "no model identity"
    return RunFailed(
        "infrastructure-error",
        f"The provider returned {returned}, and {id_} declares {', '.join(map(repr, declared))}.",
        begun.attempts,
        halt=f"The endpoint of {id_} returned {returned}; declared are {', '.join(map(repr, declared))}.",
    )
