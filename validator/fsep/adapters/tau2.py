"""tau2-bench result files (`info`, `tasks`, `simulations`) of the same tasks and policy, to one bundle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fsep import protocol
from fsep.adapters import tau2_gaps as gaps
from fsep.adapters.loss import CREDENTIALS, Loss
from fsep.adapters.names import as_text, distinct_slugs, named_parameters, slug
from fsep.adapters.reward import Rewards
from fsep.adapters.source import Node, Source, SourceError, read_source, without_names
from fsep.adapters.tau2_program import SCAFFOLD, scaffold
from fsep.adapters.tau2_run import EXTENSION, Simulation
from fsep.adapters.valid import held
from fsep.digests import item_digest, items_digest, program_digest
from fsep.packing.files import run_records
from fsep.packing.writer import BundleWriter

# What all files of one bundle have to share, since the design fixes it, as places under `info`.
_SHARED = (
    "environment_info/tool_defs",
    "environment_info/domain_name",
    "environment_info/policy",
    "user_info/llm",
    "user_info/llm_args",
    "user_info/global_simulation_guidelines",
    "max_steps",
)


def convert(sources: Sequence[Path], out: Path) -> dict[str, Any]:
    """Convert published result files to a bundle, and return the loss report, which is in the bundle too.

    Args:
        sources: the files; each is one system.
        out: where the bundle is to be: a folder, or an archive where it ends in `.zip`.

    Raises:
        SourceError: when a file cannot be read, or the files are not of one design.
        WriteError: when the bundle cannot be written.
    """
    return _Conversion([read_source(path) for path in sources]).write(out)


class _Conversion:
    """One conversion; gathers the loss as it goes."""

    def __init__(self, sources: list[Source]) -> None:
        if not sources:
            raise SourceError("There is nothing to import.")
        self.version = protocol.versions()[-1].version
        self.protocol = protocol.load(self.version)
        self.loss = Loss("tau2", sources)
        self.systems = self._systems(sources)
        self.infos = [source.root.at("info") for source in sources]
        self._same_design(sources)
        self.info = self.infos[0]
        self.tasks = self._tasks(sources)
        self.item_ids = {task_id: slug(task_id) for task_id in self.tasks}
        if len(set(self.item_ids.values())) < len(self.item_ids):
            raise SourceError("Two tasks have ids that differ in case or punctuation alone.")
        self.trials = max(1, *(info.get("num_trials", int, 1) for info in self.infos))
        self.rewards = Rewards(gaps.REWARD, self.trials, self.loss)
        self.rubric = gaps.REWARD.rubric(self.version)

    def _systems(self, sources: list[Source]) -> dict[str, Source]:
        """Return the files by the id of their system."""
        names = (source.root.at("info").at("agent_info").get("llm", str) for source in sources)
        return dict(zip(distinct_slugs(names, 48), sources, strict=True))

    def _same_design(self, sources: list[Source]) -> None:
        """Refuse files that one design cannot hold."""
        for place in _SHARED:
            values = [_under(info.value, place) for info in self.infos]
            for source, value in zip(sources[1:], values[1:], strict=True):
                if value != values[0]:
                    raise SourceError(
                        f"{source.name} and {sources[0].name} differ in info/{place}: not one design.",
                        advice="Import them into a bundle each.",
                    )

    def _tasks(self, sources: list[Source]) -> dict[str, Node]:
        tasks: dict[str, Node] = {}
        for source in sources:
            for task in source.root.each("tasks"):
                known = tasks.setdefault(task.get("id", str), task)
                if known.value != task.value:
                    raise SourceError(
                        f"{task.where} is another task than {known.where}, under one id.",
                        advice="Import the files into a bundle each.",
                    )
        return tasks

    def write(self, out: Path) -> dict[str, Any]:
        """Write the bundle."""
        items = [self._item(task_id, task) for task_id, task in self.tasks.items()]
        program = scaffold(self.info, self._greeting(), self.version, self._agent_parameters())
        simulator = {
            "fsep": self.version,
            "kind": "simulator",
            "id": "user",
            "model": {"name": self.info.at("user_info").get("llm", str)},
        }
        environment: dict[str, Any] = {
            "fsep": self.version,
            "kind": "environment",
            "id": _environment(self.info),
        }
        tools = _tools(self.info)
        if tools:
            environment["tools"] = tools
        self._design_gaps(bool(tools))
        with BundleWriter(out) as writer:
            where = next(iter(self.systems.values())).name
            writer.document(f"scaffolds/{SCAFFOLD}.json", self._held("scaffold", program, where))
            writer.document("simulators/user.json", self._held("simulator", simulator, where))
            writer.document(
                f"environments/{environment['id']}.json", self._held("environment", environment, where)
            )
            writer.records("items.jsonl", (self._held("item", item, f"task {item['id']}") for item in items))
            writer.document(
                "design.json",
                self._held("design", self._design(program, simulator, environment, items), where),
            )
            for id_, source in self.systems.items():
                writer.document(
                    f"systems/{id_}.json", self._held("system", self._system(id_, source), source.name)
                )
                writer.records(f"transcripts/{id_}.jsonl", self._runs(id_, source, writer))
            self._ratings(writer, where)
            report = self.loss.document(self.version)
            writer.document("loss.json", self._held("loss-report", report, where))
            writer.finish(self._manifest())
        return report

    def _ratings(self, writer: BundleWriter, where: str) -> None:
        """Write the rubric, the rewards as ratings, and which are missing."""
        writer.document("rubric.json", self._held("rubric", self.rubric, where))
        writer.document("raters.json", self._held("raters", gaps.REWARD.raters(self.version), where))
        writer.records(self.rewards.path, self.rewards.ratings)
        if self.rewards.departures:
            missing = {"fsep": self.version, "kind": "departures", "departures": self.rewards.departures}
            writer.document("departures.json", self._held("departures", missing, where))

    def _manifest(self) -> dict[str, Any]:
        domain = self.info.at("environment_info").get("domain_name", str)
        return {
            "fsep": self.version,
            "kind": "bundle",
            "id": slug(f"tau2-{domain}"),
            "title": f"tau2-bench, {domain}, as published: {', '.join(self.systems)}"[:200],
            "asserts": ["whole"],
            "producer": {"name": "fsep import tau2"},
        }

    def _design(
        self, program: Any, simulator: Any, environment: Any, items: list[dict[str, Any]]
    ) -> dict[str, Any]:
        locks = {
            document["kind"]: [{"id": document["id"], "program_sha256": program_digest(document)}]
            for document in (program, simulator, environment)
        }
        return {
            "fsep": self.version,
            "kind": "design",
            "id": slug(f"tau2-{environment['id']}"),
            "scaffolds": locks["scaffold"],
            "baseline": SCAFFOLD,
            "items": {"sha256": items_digest(map(item_digest, items)), "count": len(items)},
            "simulators": locks["simulator"],
            "environments": locks["environment"],
            "rubric": program_digest(self.rubric),
            "replicates": self.trials,
            "limits": {"missing_share": 0},
        }

    def _item(self, task_id: str, task: Node) -> dict[str, Any]:
        scenario = task.at("user_scenario")
        persona, instructions = scenario.value.get("persona"), scenario.value.get("instructions")
        return {
            "id": self.item_ids[task_id],
            "fields": {"persona": as_text(persona), "instructions": as_text(instructions)},
            "extensions": {EXTENSION: {"task_id": task_id}},
        }

    def _greeting(self) -> str:
        """Return what most runs begin with: a constant of the harness, said on the agent's behalf."""
        first: Counter[str] = Counter()
        for source in self.systems.values():
            for simulation in source.root.each("simulations"):
                messages = simulation.get("messages", list)
                if messages and isinstance(messages[0], dict) and isinstance(messages[0].get("content"), str):
                    first[messages[0]["content"]] += 1
        if not first:
            raise SourceError("No simulation begins with a message.")
        return first.most_common(1)[0][0]

    def _agent_parameters(self) -> dict[str, Any]:
        """Return the agent's declared parameters where all files declare the same, and else none."""
        declared = [without_names(info.at("agent_info").get("llm_args", dict, {}))[0] for info in self.infos]
        if all(one == declared[0] for one in declared):
            return named_parameters(declared[0])
        self.loss.gap(gaps.PARAMETERS)
        return {}

    def _system(self, id_: str, source: Source) -> dict[str, Any]:
        info = source.root.at("info")
        declared, dropped = without_names(info.at("agent_info").get("llm_args", dict, {}))
        dropped += without_names(info.at("user_info").get("llm_args", dict, {}))[1] + source.credentials
        if dropped:
            self.loss.gap(CREDENTIALS, dropped, source=source.name)
        implementation = info.at("agent_info").get("implementation", str, "")
        if implementation not in ("", "llm_agent"):
            self.loss.gap(gaps.AGENT, implementation=implementation, system=id_)
        runner = {"name": "tau2-bench"} | (
            {"version": info.get("git_commit", str)[:200]} if info.value.get("git_commit") else {}
        )
        return {
            "fsep": self.version,
            "kind": "system",
            "id": id_,
            "model": {"name": info.at("agent_info").get("llm", str)},
            "declared_parameters": named_parameters(declared),
            "runner": runner,
        }

    def _runs(self, system: str, source: Source, writer: BundleWriter) -> Iterator[Mapping[str, Any]]:
        seen: set[tuple[str, int]] = set()
        for simulation in source.root.each("simulations"):
            task_id = simulation.get("task_id", str)
            if task_id not in self.item_ids:
                raise SourceError(
                    f"{simulation.where}: it is of task {task_id!r}, which is not among the tasks."
                )
            item, trial = self.item_ids[task_id], simulation.get("trial", int, 0)
            if (item, trial) in seen:
                raise SourceError(
                    f"{simulation.where}: trial {trial} of the task {task_id!r} is there twice.",
                    advice="Which of them counts cannot be guessed; leave one in the file.",
                )
            seen.add((item, trial))
            run = Simulation(
                node=simulation,
                environment=_environment(self.info),
                task=self.tasks[task_id],
                info=self.info,
                blob=writer.blob,
                loss=self.loss,
                system=system,
            )
            names = {
                "run": slug(f"{system}.{item}.{trial}"),
                "system": system,
                "scaffold": SCAFFOLD,
                "item": item,
                "replicate": trial,
            }
            record = self._held("run", {**names, **run.record()}, simulation.where)
            self.rewards.take(record)
            yield from run_records(record)

    def _held(self, schema: str, value: dict[str, Any], where: str) -> dict[str, Any]:
        return held(self.protocol, schema, value, where)

    def _design_gaps(self, tools: bool) -> None:
        """Say what none of the files record."""
        if not tools:
            self.loss.gap(gaps.TOOLS, len(self.infos))
        for gap in (gaps.ENVIRONMENT, gaps.WRAPPING, gaps.REQUESTS, gaps.EVALUATION, gaps.LIMIT, gaps.TIMES):
            self.loss.gap(gap)
        commits = {
            id_: source.root.at("info").get("git_commit", str, "") for id_, source in self.systems.items()
        }
        if len(set(commits.values())) > 1:
            each = (f"{id_} at {commit[:12] or 'no stated commit'}" for id_, commit in commits.items())
            self.loss.gap(gaps.COMMITS, len(set(commits.values())), commits="; ".join(each))


def _environment(info: Node) -> str:
    return slug(info.at("environment_info").get("domain_name", str))


def _tools(info: Node) -> list[dict[str, Any]]:
    """Return the definitions of the tools, where the file has them: flat, or each inside a `function`."""
    made = []
    for tool in info.at("environment_info").value.get("tool_defs") or ():
        inner = tool.get("function", tool) if isinstance(tool, dict) else {}
        made.append({member: inner.get(member, "") for member in ("name", "description", "parameters")})
    return made


def _under(value: Any, place: str) -> Any:
    for name in place.split("/"):
        value = value.get(name) if isinstance(value, dict) else None
    return value
