"""A session: the planned runs of each system, so many at once, until all have ended or none can go on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fsep.errors import FsepError
from fsep.run.asking import Asker, Halted, Stop, Stopped, Unanswered
from fsep.run.begin import Found
from fsep.run.endpoint import Endpoint, Pace
from fsep.run.environment import Tools
from fsep.run.journal import Clock, Journal
from fsep.run.one import Means, OneRun
from fsep.run.options import Address, Options
from fsep.run.place import Place
from fsep.run.recovered import Begun, Recovered, recover
from fsep.run.secrets import Secrets
from fsep.run.study import Planned, Runnable


def utc() -> str:
    """Return the time, as transcripts have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class Count:
    """How far a system is.

    Runs planned and ended, and why those failed that did, are of all sessions; outputs and tokens of this.
    """

    planned: int
    ended: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    outputs: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a session came to.

    `halted` has, by system, why it asks nothing more; `left` is how many planned runs have not ended.
    """

    counts: Mapping[str, Count]
    halted: Mapping[str, FsepError]
    left: int


@dataclass(slots=True)
class Waiting:
    """The runs of a system that wait for their turn: those of the plan, then those that were set aside.

    A run is set aside where its request was not answered, and taken up again once its endpoint has answered
    another.
    """

    plan: Iterator[Planned]
    aside: list[tuple[Planned, Unanswered, int]] = field(default_factory=list)

    def next(self) -> Planned | None:
        """Return the next run; None where none can be carried out now."""
        planned = next(self.plan, None)
        if planned is not None:
            return planned
        for place, (one, error, answered) in enumerate(self.aside):
            if error.endpoint.answered > answered:
                del self.aside[place]
                return one
        return None

    def put(self, planned: Planned, error: Unanswered) -> None:
        """Set a run aside.

        Raises:
            Unanswered: where another waits that was set aside since the endpoint last answered.
        """
        answered = error.endpoint.answered
        silent = any(one.endpoint is error.endpoint and at == answered for _, one, at in self.aside)
        self.aside.append((planned, error, answered))
        if silent:
            raise error


@dataclass(slots=True)
class Session:
    """One session over a study; `stop` ends it, with what is in flight finished first."""

    study: Runnable
    place: Place
    options: Options
    found: Found
    clock: Clock = utc
    recovered: Recovered = field(default_factory=Recovered)
    counts: dict[str, Count] = field(default_factory=dict)
    halted: dict[str, FsepError] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    _stop: Stop = field(default_factory=Stop)

    def stop(self) -> None:
        """End the session: nothing new is asked, what is in flight is waited for."""
        self._stop.event.set()

    async def run(self, *, close: bool = False) -> Outcome:
        """Carry the planned runs out; or, to close them, record as failed what was begun and begin nothing.

        Raises:
            JournalError: when the journal cannot be written.
        """
        self.recovered = recover(self.place.folder)
        self.counts.update(self._counted())
        for system, why in self.recovered.halted.items():
            self._another_model(system, why)
        secrets = Secrets(address.key for address in self._addresses() if address.key is not None)
        chain, ended = self.recovered.chain, self.recovered.ended
        with Journal(self.place.folder, self.clock, secrets, chain=chain, ended=ended) as journal:
            async with AsyncExitStack() as stack:
                paces: dict[str, Pace] = {}
                self.endpoints.update(await self._endpoints(stack, paces, self.found.systems))
                means = Means(
                    study=self.study,
                    place=self.place,
                    journal=journal,
                    asker=Asker(
                        journal, self.clock, self._stop, self.options.attempts, self.options.stream, secrets
                    ),
                    clock=self.clock,
                    secrets=secrets,
                    systems=self.endpoints,
                    simulators=await self._endpoints(stack, paces, self.found.simulators),
                    environments=self.found.environments,
                    run_seconds=self.options.run_seconds,
                    call_seconds=self.options.call_seconds,
                    stream=self.options.stream,
                    tokens=self._tokens,
                )
                if not close:
                    await self._try_environments()
                await self._all(means, close=close)
            await journal.settled()
        left = sum(count.planned - count.ended for count in self.counts.values())
        return Outcome(self.counts, self.halted, left)

    async def _try_environments(self) -> None:
        """Start each environment once, since one that cannot be started would fail every run.

        Raises:
            EnvironmentFault: where one does not come to be ready.
        """
        item = next(iter(self.study.items.values()))
        for implementation in self.found.environments.values():
            tools = await Tools.start(implementation, item, 0, seconds=self.options.call_seconds)
            await tools.close()

    async def _all(self, means: Means, *, close: bool) -> None:
        queues: dict[str, Waiting] = {}
        try:
            async with asyncio.TaskGroup() as group:
                for system in self.found.systems:
                    plan = (one for one in self.study.plan(system) if one.id not in self.recovered.ended)
                    if close:
                        plan = (one for one in plan if one.id in self.recovered.begun)
                    queues[system] = Waiting(plan)
                    for _ in range(self.options.concurrency):
                        group.create_task(self._work(means, system, queues[system], close=close))
        except BaseExceptionGroup as several:
            # Where the journal broke, every run says so: once is enough.
            raise several.exceptions[0] from None
        for system, waiting in queues.items():
            for _, error, _ in waiting.aside:
                self.halted.setdefault(system, error)

    def _addresses(self) -> Iterator[Address]:
        yield from self.found.systems.values()
        yield from self.found.simulators.values()

    async def _endpoints(
        self, stack: AsyncExitStack, paces: dict[str, Pace], addresses: Mapping[str, Address]
    ) -> dict[str, Endpoint]:
        made: dict[str, Endpoint] = {}
        for id_, address in addresses.items():
            pace = paces.setdefault(address.url, Pace(self.options.per_minute))
            endpoint = Endpoint(address.url, address.key, pace, self.options.request_seconds)
            made[id_] = await stack.enter_async_context(endpoint)
        return made

    def _counted(self) -> Iterator[tuple[str, Count]]:
        for system in self.found.systems:
            ids = [planned.id for planned in self.study.plan(system)]
            failed = Counter(self.recovered.failed[id_] for id_ in ids if id_ in self.recovered.failed)
            yield system, Count(len(ids), sum(id_ in self.recovered.ended for id_ in ids), failed)

    async def _work(self, means: Means, system: str, waiting: Waiting, *, close: bool) -> None:
        """Carry out one run after another, until there is none or nothing may be asked."""
        while close or not (self._stop.event.is_set() or system in self.halted):
            planned = waiting.next()
            if planned is None:
                return
            begun = self.recovered.begun.get(planned.id)
            if begun is None:
                begun = self.recovered.begun[planned.id] = Begun(means.journal.start(planned.id))
            try:
                ended = await OneRun(means, planned, begun, closing=close).carry_out()
                if ended.halt is not None:
                    self._another_model(system, ended.halt)
            except Stopped:
                return
            except Halted as error:
                self.halted.setdefault(system, error)
                return
            except Unanswered as error:
                try:
                    waiting.put(planned, error)
                except Unanswered:
                    self.halted.setdefault(system, error)
                continue
            del self.recovered.begun[planned.id]
            count = self.counts[system]
            count.ended += 1
            if ended.failed is not None:
                count.failed[ended.failed] += 1

    def _another_model(self, system: str, why: str) -> None:
        advice = (
            "It is not asked any more, also by --resume. If the document is wrong, mend `model.returned` in "
            "it and begin anew, with another -o; if another model answers than is meant, --close writes what "
            "there is."
        )
        self.halted.setdefault(system, Halted(why, advice=advice))

    def _tokens(self, system: str, usage: Mapping[str, int]) -> None:
        count = self.counts[system]
        count.outputs += 1
        count.input_tokens += usage.get("input_tokens", 0)
        count.output_tokens += usage.get("output_tokens", 0)
