"""Result files of tau-bench (a list of `task_id`, `trial`, `reward`, `info`, `traj`), to one bundle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fsep import protocol
from fsep.adapters import tau_bench_gaps as gaps
from fsep.adapters.loss import CREDENTIALS, Loss
from fsep.adapters.names import distinct_slugs, slug
from fsep.adapters.reward import Rewards
from fsep.adapters.source import Source, SourceError, read_bytes, source_of
from fsep.adapters.tau_bench_program import ENVIRONMENT, SCAFFOLD, scaffold
from fsep.adapters.tau_bench_run import EXTENSION, Row
from fsep.adapters.tau_bench_unread import unread
from fsep.adapters.valid import held
from fsep.digests import item_digest, items_digest, program_digest
from fsep.errors import visible
from fsep.packing.files import run_records
from fsep.packing.writer import BundleWriter
from fsep.parsing import json
from fsep.parsing.problem import ParseError

NOT_RECORDED = "not recorded"


def convert(
    sources: Sequence[Path], out: Path, models: Sequence[str], user_model: str | None = None
) -> dict[str, Any]:
    """Convert published result files to a bundle, and return the loss report, which is in the bundle too.

    Args:
        sources: the files; each is one system.
        out: where the bundle is to be: a folder, or an archive where it ends in `.zip`.
        models: the model of each file, in their order, since the files name none.
        user_model: the model that plays the user, where it is known.

    Raises:
        SourceError: when a file cannot be read, or the files are not of one design.
        WriteError: when the bundle cannot be written.
    """
    if len(models) != len(sources):
        raise SourceError(
            f"There are {len(sources)} files and {len(models)} models.",
            advice="The files name no model: give --model once for each, in their order.",
        )
    return _Conversion([_read(path) for path in sources], models, user_model).write(out)


def _read(path: Path) -> Source:
    data = read_bytes(path)
    try:
        value = json.parse(data)
    except ParseError as error:
        raise SourceError(f"{visible(path.name)}:{error.line}:{error.column}: {error.message}") from None
    if not isinstance(value, list):
        raise SourceError(
            f"{visible(path.name)} holds no list.", advice="Is this a result file of tau-bench?"
        )
    return source_of(path, data, {"rows": value})


class _Conversion:
    """One conversion; gathers the loss as it goes."""

    def __init__(self, sources: list[Source], models: Sequence[str], user_model: str | None) -> None:
        self.version = protocol.versions()[-1].version
        self.protocol = protocol.load(self.version)
        self.loss = Loss("tau-bench", sources)
        self.models, self.user_model = models, user_model
        self.systems = dict(zip(distinct_slugs(models, 48), sources, strict=True))
        self.where = sources[0].name
        self.instructions = self._instructions(sources)
        self.replicates = 1 + max(
            (row.get("trial", int, 0) for source in sources for row in source.root.each("rows")), default=0
        )
        self.departures: list[dict[str, Any]] = []
        self.rewards = Rewards(gaps.REWARD, self.replicates, self.loss)
        self.rubric = gaps.REWARD.rubric(self.version)

    def _instructions(self, sources: list[Source]) -> dict[int, str | None]:
        """Return the instruction of each task, None where no row of it records one."""
        found: dict[int, str | None] = {}
        for source in sources:
            for row in source.root.each("rows"):
                task = row.get("task_id", int)
                said = row.at("info").at("task").value.get("instruction")
                if isinstance(said, str) and found.setdefault(task, said) is None:
                    found[task] = said
                if isinstance(said, str) and found[task] != said:
                    raise SourceError(
                        f"{row.where}: the instruction of task {task} is another than in an earlier row.",
                        advice="Import the files into a bundle each.",
                    )
                found.setdefault(task, None)
        if not found:
            raise SourceError(f"{self.where} holds no run.")
        return dict(sorted(found.items()))

    def write(self, out: Path) -> dict[str, Any]:
        """Write the bundle."""
        items = [self._item(task, said) for task, said in self.instructions.items()]
        title = "tau-bench: a simulated user and an agent with tools"
        policies = self._policies()
        program = scaffold(self.version, policies.most_common(1)[0][0], title, {})
        if policies.total() > (most := policies.most_common(1)[0][1]):
            self.loss.gap(gaps.POLICY, policies.total() - most)
        simulator = self._document("simulator", "user", model={"name": self.user_model or NOT_RECORDED})
        environment = self._document("environment", ENVIRONMENT)
        self._gaps()
        with BundleWriter(out) as writer:
            for document in (program, simulator, environment):
                path = f"{document['kind']}s/{document['id']}.json"
                writer.document(path, self._held(document["kind"], document, self.where))
            writer.records("items.jsonl", (self._held("item", item, f"task {item['id']}") for item in items))
            design = self._design([program, simulator, environment], items)
            writer.document("design.json", self._held("design", design, self.where))
            for (id_, source), model in zip(self.systems.items(), self.models, strict=True):
                system = self._document("system", id_, model={"name": model}, runner={"name": "tau-bench"})
                writer.document(f"systems/{id_}.json", self._held("system", system, source.name))
                writer.records(f"transcripts/{id_}.jsonl", self._runs(id_, source, writer))
            self._ratings(writer)
            report = self.loss.document(self.version)
            writer.document("loss.json", self._held("loss-report", report, self.where))
            writer.finish(
                {
                    "fsep": self.version,
                    "kind": "bundle",
                    "id": "tau-bench",
                    "title": f"tau-bench as published: {', '.join(self.systems)}"[:200],
                    "asserts": ["whole"],
                    "producer": {"name": "fsep import tau-bench"},
                }
            )
        return report

    def _ratings(self, writer: BundleWriter) -> None:
        """Write the rubric, the rewards as ratings, and which runs and ratings are missing."""
        raters = gaps.REWARD.raters(self.version)
        writer.document("rubric.json", self._held("rubric", self.rubric, self.where))
        writer.document("raters.json", self._held("raters", raters, self.where))
        writer.records(self.rewards.path, self.rewards.ratings)
        if declared := [*self.departures, *self.rewards.departures]:
            departures = {"fsep": self.version, "kind": "departures", "departures": declared}
            writer.document("departures.json", self._held("departures", departures, self.where))

    def _document(self, kind: str, id_: str, **members: Any) -> dict[str, Any]:
        return {"fsep": self.version, "kind": kind, "id": id_, **members}

    def _design(self, bound: list[dict[str, Any]], items: list[dict[str, Any]]) -> dict[str, Any]:
        locks = {
            f"{one['kind']}s": [{"id": one["id"], "program_sha256": program_digest(one)}] for one in bound
        }
        return {
            **self._document("design", "tau-bench"),
            **locks,
            "baseline": SCAFFOLD,
            "items": {"sha256": items_digest(map(item_digest, items)), "count": len(items)},
            "rubric": program_digest(self.rubric),
            "replicates": self.replicates,
            "limits": {"missing_share": 0},
        }

    def _item(self, task: int, instruction: str | None) -> dict[str, Any]:
        if instruction is None:
            self.loss.gap(gaps.INSTRUCTION)
        return {
            "id": slug(f"task-{task}"),
            "fields": {"instruction": instruction or ""},
            "extensions": {EXTENSION: {"task_id": task}},
        }

    def _policies(self) -> Counter[str]:
        """Return the instructions to the agent that runs begin with, and how many do; one at least."""
        said: Counter[str] = Counter()
        for source in self.systems.values():
            for row in source.root.each("rows"):
                first = row.get("traj", list)[:1]
                if not first or not isinstance(first[0], dict) or first[0].get("role") != "system":
                    continue
                if isinstance(content := first[0].get("content"), str):
                    said[content] += 1
        if not said:
            raise SourceError("No run begins with the agent's instruction.")
        return said

    def _runs(self, system: str, source: Source, writer: BundleWriter) -> Iterator[Mapping[str, Any]]:
        seen: set[tuple[int, int]] = set()
        for row in source.root.each("rows"):
            task, trial = row.get("task_id", int), row.get("trial", int, 0)
            if (task, trial) in seen:
                raise SourceError(
                    f"{row.where}: trial {trial} of task {task} is there twice.",
                    advice="Which of them counts cannot be guessed; leave one in the file.",
                )
            seen.add((task, trial))
            cell = {
                "system": system,
                "scaffold": SCAFFOLD,
                "item": slug(f"task-{task}"),
                "replicate": trial,
            }
            run = {
                "run": slug(f"{system}.{task}.{trial}"),
                **cell,
                **Row(row, self.instructions[task] or "", writer.blob, self.loss).record(),
            }
            if run["status"] == "failed":
                self.departures.append({"kind": "run-failed", **cell, "reason": run["failure"]["message"]})
            self.rewards.take(self._held("run", run, row.where))
            yield from run_records(run)

    def _gaps(self) -> None:
        """Say what none of the files record."""
        for id_, source in self.systems.items():
            self.loss.gap(gaps.MODEL, system=id_)
            if source.credentials:
                self.loss.gap(CREDENTIALS, source.credentials, source=source.name)
        self.loss.gap(gaps.USER_MODEL if self.user_model is None else gaps.USER_MODEL_SUPPLIED)
        for gap in gaps.OF_ALL:
            self.loss.gap(gap)
        unread(self.systems.values(), self.loss)

    def _held(self, schema: str, value: dict[str, Any], where: str) -> dict[str, Any]:
        return held(self.protocol, schema, value, where)
