"""A session: the planned runs of each system, so many at once, until all have ended or none can go on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fsep.run.asking import Asker, Halted, Stop, Stopped
from fsep.run.begin import Found
from fsep.run.endpoint import Endpoint, Pace
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
    """How far a system is: runs planned, ended and failed of these, outputs and tokens of this session."""

    planned: int
    ended: int = 0
    failed: int = 0
    outputs: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a session came to.

    `halted` has, by system, why it asks nothing more; `left` is how many planned runs have not ended.
    """

    counts: Mapping[str, Count]
    halted: Mapping[str, Halted]
    left: int


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
    halted: dict[str, Halted] = field(default_factory=dict)
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
        secrets = Secrets(address.key for address in self._addresses() if address.key is not None)
        chain, ended = self.recovered.chain, self.recovered.ended
        with Journal(self.place.folder, self.clock, secrets, chain=chain, ended=ended) as journal:
            async with AsyncExitStack() as stack:
                paces: dict[str, Pace] = {}
                means = Means(
                    study=self.study,
                    place=self.place,
                    journal=journal,
                    asker=Asker(
                        journal, self.clock, self._stop, self.options.attempts, self.options.stream, secrets
                    ),
                    clock=self.clock,
                    secrets=secrets,
                    systems=await self._endpoints(stack, paces, self.found.systems),
                    simulators=await self._endpoints(stack, paces, self.found.simulators),
                    environments=self.found.environments,
                    run_seconds=self.options.run_seconds,
                    call_seconds=self.options.call_seconds,
                    stream=self.options.stream,
                    tokens=self._tokens,
                )
                await self._all(means, close=close)
            await journal.settled()
        left = sum(count.planned - count.ended for count in self.counts.values())
        return Outcome(self.counts, self.halted, left)

    async def _all(self, means: Means, *, close: bool) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for system in self.found.systems:
                    waiting = self.study.plan(system)
                    if close:
                        waiting = (one for one in waiting if one.id in self.recovered.begun)
                    for _ in range(self.options.concurrency):
                        group.create_task(self._work(means, waiting, close=close))
        except BaseExceptionGroup as several:
            # Where the journal broke, every run says so: once is enough.
            raise several.exceptions[0] from None

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
            count = Count(self.study.runs)
            for planned in self.study.plan(system):
                status = self.recovered.status.get(planned.id)
                count.ended += status is not None
                count.failed += status == "failed"
            yield system, count

    async def _work(self, means: Means, waiting: Iterator[Planned], *, close: bool) -> None:
        """Carry out one run after another, until there is none or nothing may be asked."""
        for planned in waiting:
            if planned.id in self.recovered.ended:
                continue
            if self._stop.event.is_set() or planned.system in self.halted:
                return
            begun = self.recovered.begun.get(planned.id)
            if begun is None:
                begun = Begun(means.journal.start(planned.id))
            try:
                ended = await OneRun(means, planned, begun, closing=close).carry_out()
            except Stopped:
                return
            except Halted as error:
                self.halted.setdefault(planned.system, error)
                return
            self.recovered.begun.pop(planned.id, None)
            self.recovered.status[planned.id] = ended.status
            count = self.counts[planned.system]
            count.ended += 1
            count.failed += ended.status == "failed"
            if ended.halt is not None:
                self.halted.setdefault(planned.system, Halted(ended.halt))
                return

    def _tokens(self, system: str, usage: Mapping[str, int]) -> None:
        count = self.counts[system]
        count.outputs += 1
        count.input_tokens += usage.get("input_tokens", 0)
        count.output_tokens += usage.get("output_tokens", 0)
