"""Logs of Inspect of one evaluation, each of one system, to one bundle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fsep import limits, protocol
from fsep.adapters import inspect_gaps as gaps
from fsep.adapters.inspect_calls import sent
from fsep.adapters.inspect_head import declared, same_design, say_what_is_lacking
from fsep.adapters.inspect_items import Items, fields_of
from fsep.adapters.inspect_plan import Generate, Plan, all_opaque, program, read_plan, recorded_steps
from fsep.adapters.inspect_run import EXTENSION, Recorded, RunOf, disagreement, failed
from fsep.adapters.inspect_source import Log, References, read_log
from fsep.adapters.loss import Loss
from fsep.adapters.names import distinct_slugs, slug
from fsep.adapters.source import SourceError
from fsep.adapters.valid import held
from fsep.digests import item_digest, items_digest, program_digest
from fsep.packing.files import run_records
from fsep.packing.writer import BundleWriter
from fsep.parsing.canonical import digest

SCAFFOLD = "plan"
_REASON = 2000


def convert(sources: Sequence[Path], out: Path) -> dict[str, Any]:
    """Convert logs to a bundle, and return the loss report, which is in the bundle too.

    Args:
        sources: the logs, `.json` or `.eval`; each is one system.
        out: where the bundle is to be: a folder, or an archive where it ends in `.zip`.

    Raises:
        SourceError: when a file cannot be read, or the files are not of one evaluation.
        WriteError: when the bundle cannot be written.
    """
    return _Conversion([read_log(path) for path in sources]).write(out)


class _Conversion:
    """One conversion; gathers the loss as it goes."""

    def __init__(self, logs: list[Log]) -> None:
        if not logs:
            raise SourceError("There is nothing to import.")
        self.version = protocol.versions()[-1].version
        self.protocol = protocol.load(self.version)
        self.loss = Loss("inspect", [log.source for log in logs])
        same_design(logs)
        self.task = logs[0].eval.get("task", str)
        names = distinct_slugs((log.eval.get("model", str) for log in logs), 48)
        self.systems = dict(zip(names, logs, strict=True))
        self.replicates = max(1, *(log.epochs for log in logs))
        references = References()
        items = Items(logs, references, self.loss)
        self.item_ids = items.ids
        self.recorded = {
            system: [Recorded(sample, references) for sample in log.samples()]
            for system, log in self.systems.items()
        }
        self._numbered()
        steps = recorded_steps(logs[0].root.at("plan"))
        shape = items.shape()
        plan = read_plan(steps, shape, items.metadata)
        self.items = items.records(shape is not None, plan.metadata)
        self.plan = self._agreed(plan, steps)
        if references.lost:
            self.loss.gap(gaps.LOST, references.lost)

    def _numbered(self) -> None:
        """Refuse samples that are there twice; let there be as many replicates as there are epochs."""
        for recorded in self.recorded.values():
            seen = set()
            for one in recorded:
                sample = one.sample
                if (sample.id, sample.epoch) in seen:
                    raise SourceError(
                        f"{sample.node.where}: epoch {sample.epoch} of this sample is there twice.",
                        advice="Which of them counts cannot be guessed; leave one in the file.",
                    )
                seen.add((sample.id, sample.epoch))
                self.replicates = max(self.replicates, sample.epoch)
        if len(self.item_ids) * self.replicates * len(self.systems) > limits.SOURCE_PLANNED:
            raise SourceError(f"More than {limits.SOURCE_PLANNED} runs were planned; so many are not read.")

    def _agreed(self, plan: Plan, steps: Sequence[Mapping[str, Any]]) -> Plan:
        """Return the plan, or where a recorded sample is no run of it, the plan of which nothing is known."""
        why = self._disagreement(plan)
        if why is not None:
            # An opaque part may have changed what stood before it; where there is none, this is a surprise.
            if plan.harness is None:
                self.loss.gap(gaps.DISAGREES, why=why)
            plan = all_opaque(steps)
        if plan.harness is not None:
            self.loss.gap(gaps.OPAQUE, solvers=plan.harness.name)
        if any(isinstance(step, Generate) for step in plan.steps):
            self.loss.gap(gaps.REQUESTS)
        return plan

    def _disagreement(self, plan: Plan) -> str | None:
        """Say which sample is the first that is no run of a plan."""
        fields = fields_of(self.items)
        for system, recorded in self.recorded.items():
            for one in recorded:
                ended = failed(one, self.systems[system].status) is None and one.sample.limit is None
                why = disagreement(plan, fields[self.item_ids[one.sample.id]], one, ended=ended)
                if why is not None:
                    return f"in sample {one.sample.id}, epoch {one.sample.epoch}, {why}"
        return None

    def write(self, out: Path) -> dict[str, Any]:
        """Write the bundle."""
        say_what_is_lacking(self.systems, self.loss)
        first = next(iter(self.systems.values())).source.name
        scaffold = {
            "fsep": self.version,
            "kind": "scaffold",
            "id": SCAFFOLD,
            "title": f"Inspect: {self.task}"[:200],
            "program": program(self.plan, self._parameters()),
        }
        with BundleWriter(out) as writer:
            writer.document(f"scaffolds/{SCAFFOLD}.json", self._held("scaffold", scaffold, first))
            writer.records("items.jsonl", (self._held("item", item, item["id"]) for item in self.items))
            writer.document("design.json", self._held("design", self._design(scaffold), first))
            departures: list[dict[str, Any]] = []
            for id_, log in self.systems.items():
                writer.document(
                    f"systems/{id_}.json", self._held("system", self._system(id_, log), log.source.name)
                )
                writer.records(f"transcripts/{id_}.jsonl", self._runs(id_, log, writer, departures))
            if departures:
                document = {"fsep": self.version, "kind": "departures", "departures": departures}
                writer.document("departures.json", self._held("departures", document, first))
            report = self.loss.document(self.version)
            writer.document("loss.json", self._held("loss-report", report, first))
            writer.finish(self._manifest())
        return report

    def _held(self, schema: str, value: dict[str, Any], where: str) -> dict[str, Any]:
        return held(self.protocol, schema, value, where)

    def _manifest(self) -> dict[str, Any]:
        return {
            "fsep": self.version,
            "kind": "bundle",
            "id": slug(f"inspect-{self.task}"),
            "title": f"Inspect, {self.task}, as logged: {', '.join(self.systems)}"[:200],
            "asserts": ["whole"],
            "producer": {"name": "fsep import inspect"},
        }

    def _design(self, scaffold: dict[str, Any]) -> dict[str, Any]:
        return {
            "fsep": self.version,
            "kind": "design",
            "id": slug(f"inspect-{self.task}"),
            "scaffolds": [{"id": SCAFFOLD, "program_sha256": program_digest(scaffold)}],
            "baseline": SCAFFOLD,
            "items": {"sha256": items_digest(map(item_digest, self.items)), "count": len(self.items)},
            "replicates": self.replicates,
            "limits": {"missing_share": 0},
        }

    def _parameters(self) -> dict[str, dict[str, Any]]:
        """Return for each `generate` step the parameters that all its outputs were made with."""
        made: dict[str, dict[str, Any]] = {}
        for place, step in enumerate(self.plan.steps):
            if not isinstance(step, Generate):
                continue
            stated = [sent({**declared(log), **step.config}) for log in self.systems.values()]
            calls = [
                one.made_by[place]
                for recorded in self.recorded.values()
                for one in recorded
                if place < len(one.made_by)
            ]
            seen = [sent(call.at("config").value) for call in calls if call is not None] or stated
            if len({digest(one) for one in seen}) > 1:
                self.loss.gap(gaps.DIFFERING)
                seen = stated if len({digest(one) for one in stated}) == 1 else [{}]
            made[step.id] = seen[0]
        return made

    def _system(self, id_: str, log: Log) -> dict[str, Any]:
        version = log.eval.at("packages").value.get("inspect_ai")
        told = ("task", "task_id", "run_id", "eval_id", "created")
        kept = {name: log.eval.value[name] for name in told if isinstance(log.eval.value.get(name), str)}
        return {
            "fsep": self.version,
            "kind": "system",
            "id": id_,
            "model": {"name": log.eval.get("model", str)},
            "declared_parameters": sent(declared(log)),
            "runner": {"name": "inspect_ai"}
            | ({"version": version[:200]} if isinstance(version, str) else {}),
            "extensions": {EXTENSION: {**kept, "status": log.status}},
        }

    def _runs(
        self, system: str, log: Log, writer: BundleWriter, departures: list[dict[str, Any]]
    ) -> Iterator[Mapping[str, Any]]:
        make = RunOf(self.plan, system, log.status, writer.blob, self.loss)
        missing = {(item, epoch): None for item in self.item_ids.values() for epoch in range(self.replicates)}
        for recorded in self.recorded[system]:
            item, replicate = self.item_ids[recorded.sample.id], recorded.sample.epoch - 1
            del missing[item, replicate]
            cell = {"system": system, "scaffold": SCAFFOLD, "item": item, "replicate": replicate}
            run = {"run": slug(f"{system}.{item}.{replicate}"), **cell, **make.record(recorded)}
            if run["status"] == "failed":
                departures.append({"kind": "run-failed", **cell, "reason": run["failure"]["message"]})
            yield from run_records(self._held("run", run, recorded.sample.node.where))
        for item, replicate in missing:
            cell = {"system": system, "scaffold": SCAFFOLD, "item": item, "replicate": replicate}
            reason = f"the log holds no sample for it; the status of the log is {log.status}"
            departures.append({"kind": "run-missing", **cell, "reason": reason[:_REASON]})
