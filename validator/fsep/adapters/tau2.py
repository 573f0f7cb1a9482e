"""tau2-bench result files (`info`, `tasks`, `simulations`), one or more of the same tasks and policy, to a bundle."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from fsep import protocol
from fsep.adapters.loss import Loss
from fsep.adapters.source import Node, Source, SourceError, read_source, without_credentials
from fsep.adapters.tau2_program import SCAFFOLD, scaffold
from fsep.adapters.tau2_run import EXTENSION, Simulation
from fsep.digests import item_digest, items_digest, program_digest
from fsep.packing.writer import BundleWriter

# What all files of one bundle have to share, since the design fixes it, as places under `info`.
_SHARED = ("environment_info/domain_name", "environment_info/policy", "user_info/llm", "user_info/llm_args", "user_info/global_simulation_guidelines", "max_steps")


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


def slug(text: str, limit: int = 64) -> str:
    """Return a short ASCII id for a name; where the name had to be cut, a digest keeps it apart from others."""
    made = re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._") or "x"
    return made if len(made) <= limit else f"{made[: limit - 9]}-{sha256(text.encode()).hexdigest()[:8]}"


class _Conversion:
    """One conversion; gathers the loss as it goes."""

    def __init__(self, sources: list[Source]) -> None:
        self.version = protocol.versions()[-1].version
        self.loss = Loss("tau2", sources)
        self.systems = self._systems(sources)
        self.infos = [source.root.at("info") for source in sources]
        self._same_design(sources)
        self.info = self.infos[0]
        self.tasks = self._tasks(sources)
        self.item_ids = {task_id: slug(task_id) for task_id in self.tasks}
        if len(set(self.item_ids.values())) < len(self.item_ids):
            raise SourceError("Two tasks have ids that differ in case or punctuation alone.")

    def _systems(self, sources: list[Source]) -> dict[str, Source]:
        """Return the files by the id of their system."""
        systems: dict[str, Source] = {}
        for source in sources:
            id_ = name = slug(source.root.at("info").at("agent_info").get("llm", str), 48)
            while id_ in systems:
                id_ = f"{name}-{len(systems) + 1}"
            systems[id_] = source
        return systems

    def _same_design(self, sources: list[Source]) -> None:
        """Refuse files that one design cannot hold."""
        for place in _SHARED:
            values = [_under(info.value, place) for info in self.infos]
            for source, value in zip(sources[1:], values[1:], strict=True):
                if value != values[0]:
                    raise SourceError(
                        f"{source.name} and {sources[0].name} differ in info/{place}: they are not runs of one design.",
                        advice="Import them into a bundle each.",
                    )

    def _tasks(self, sources: list[Source]) -> dict[str, Node]:
        tasks: dict[str, Node] = {}
        for source in sources:
            for task in source.root.each("tasks"):
                known = tasks.setdefault(task.get("id", str), task)
                if known.value != task.value:
                    raise SourceError(f"{task.where} is another task than {known.where}, under one id.", advice="Import the files into a bundle each.")
        return tasks

    def write(self, out: Path) -> dict[str, Any]:
        """Write the bundle."""
        items = [self._item(task_id, task) for task_id, task in self.tasks.items()]
        program = scaffold(self.info, self._greeting(), self.version, self._agent_parameters())
        simulator = {"fsep": self.version, "kind": "simulator", "id": "user", "model": {"name": self.info.at("user_info").get("llm", str)}}
        environment = {"fsep": self.version, "kind": "environment", "id": _environment(self.info)}
        self._design_gaps()
        with BundleWriter(out) as writer:
            writer.document(f"scaffolds/{SCAFFOLD}.json", program)
            writer.document("simulators/user.json", simulator)
            writer.document(f"environments/{environment['id']}.json", environment)
            writer.records("items.jsonl", items)
            writer.document("design.json", self._design(program, simulator, environment, items))
            for id_, source in self.systems.items():
                writer.document(f"systems/{id_}.json", self._system(id_, source))
                writer.records(f"transcripts/{id_}.jsonl", self._runs(id_, source, writer))
            self._commits()
            report = self.loss.document(self.version)
            writer.document("loss.json", report)
            writer.finish(self._manifest())
        return report

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

    def _design(self, program: Any, simulator: Any, environment: Any, items: list[dict[str, Any]]) -> dict[str, Any]:
        trials = max(info.get("num_trials", int, 1) for info in self.infos)
        locks = {document["kind"]: [{"id": document["id"], "program_sha256": program_digest(document)}] for document in (program, simulator, environment)}
        return {
            "fsep": self.version,
            "kind": "design",
            "id": slug(f"tau2-{environment['id']}"),
            "scaffolds": locks["scaffold"],
            "baseline": SCAFFOLD,
            "items": {"sha256": items_digest(map(item_digest, items)), "count": len(items)},
            "simulators": locks["simulator"],
            "environments": locks["environment"],
            "replicates": trials,
            "limits": {"missing_share": 0},
        }

    def _item(self, task_id: str, task: Node) -> dict[str, Any]:
        scenario = task.at("user_scenario")
        persona, instructions = scenario.value.get("persona"), scenario.value.get("instructions")
        return {
            "id": self.item_ids[task_id],
            "fields": {"persona": _as_text(persona), "instructions": _as_text(instructions)},
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
        declared = [without_credentials(info.at("agent_info").get("llm_args", dict, {}))[0] for info in self.infos]
        if all(one == declared[0] for one in declared):
            return _named_parameters(declared[0])
        self.loss.gap(
            "agent-parameters-differ", "changed", "the systems were run with different parameters, which the one scaffold cannot state",
            where="info/agent_info/llm_args", consequence="the scaffold states none; each system's file has those declared for it",
        )  # fmt: skip
        return {}

    def _system(self, id_: str, source: Source) -> dict[str, Any]:
        info = source.root.at("info")
        declared, dropped = without_credentials(info.at("agent_info").get("llm_args", dict, {}))
        if dropped:
            self.loss.gap("credentials", "dropped", "a credential stood in the source and was left out; revoke it where it was issued", where="info", consequence="nothing of it is in the bundle", count=dropped)
        implementation = info.at("agent_info").get("implementation", str, "")
        if implementation not in ("", "llm_agent"):
            self.loss.gap(f"agent-{slug(implementation, 40)}", "not-recorded", f"the agent of {id_} is {implementation!r}, whose version and prompts are not recorded", where="info/agent_info/implementation", consequence="what it adds to the requests cannot be known")
        runner = {"name": "tau2-bench"} | ({"version": info.get("git_commit", str)} if info.value.get("git_commit") else {})
        return {
            "fsep": self.version,
            "kind": "system",
            "id": id_,
            "model": {"name": info.at("agent_info").get("llm", str)},
            "declared_parameters": _named_parameters(declared),
            "runner": runner,
        }

    def _runs(self, system: str, source: Source, writer: BundleWriter) -> Iterator[dict[str, Any]]:
        for simulation in source.root.each("simulations"):
            task_id = simulation.get("task_id", str)
            if task_id not in self.item_ids:
                raise SourceError(f"{simulation.where}: it is of task {task_id!r}, which is not among the tasks.")
            item, trial = self.item_ids[task_id], simulation.get("trial", int, 0)
            run = Simulation(simulation, _environment(self.info), self.tasks[task_id], self.info, writer.blob, self.loss, system)
            yield {"run": slug(f"{system}.{item}.{trial}"), "system": system, "scaffold": SCAFFOLD, "item": item, "replicate": trial, **run.record()}

    def _design_gaps(self) -> None:
        """Say what none of the files record."""
        gap = self.loss.gap
        for info in self.infos:
            if not info.at("environment_info").value.get("tool_defs"):
                gap("tool-definitions", "not-recorded", "the definitions of the tools were not recorded (tool_defs is null)", where="info/environment_info/tool_defs", consequence="what the systems were told of their tools is not known, and no request digest can be derived: FSEP-ENV-001 fails")
        gap("environment-version", "not-recorded", "the version of the environment was not recorded apart from the harness's commit", where="info/environment_info", consequence="FSEP-ENV-001 fails")
        gap("system-prompt-wrapping", "not-recorded", "what the harness wrote around the policy in the agent's system prompt, and around the scenario in the user simulator's, was not recorded", where="info", consequence="the rebuilt prompts hold only the parts that the file has")
        gap("requests", "not-recorded", "requests were not recorded: neither their digests nor the parameters sent with each", where="simulations/*/messages", consequence="FSEP-REQ-001 and FSEP-REQ-003 fail")
        gap("time-zone", "dropped", "times are recorded without a time zone, and so cannot be written in UTC", where="simulations/*/start_time", consequence="runs state no start; the times stand as they came in the runs' extensions")

    def _commits(self) -> None:
        commits = {id_: source.root.at("info").get("git_commit", str, "") for id_, source in self.systems.items()}
        if len(set(commits.values())) > 1:
            words = "; ".join(f"{id_} at {commit[:12] or 'no stated commit'}" for id_, commit in commits.items())
            self.loss.gap("commits-differ", "not-recorded", f"the systems were run at different commits of the harness ({words}), and what changed between them is not recorded", where="info/git_commit", consequence="prompts, tools and the user simulator may differ: FSEP-OBS-003 warns", count=len(set(commits.values())))


def _environment(info: Node) -> str:
    return slug(info.at("environment_info").get("domain_name", str))


def _under(value: Any, place: str) -> Any:
    for name in place.split("/"):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _named_parameters(declared: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in declared.items() if re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name)}


def _as_text(value: Any) -> str:
    """Return a part of a scenario as text: itself, or its members that are not null, a paragraph each."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return "\n\n".join(f"{name}:\n{_as_text(inner)}" for name, inner in value.items() if inner is not None)
    return value if isinstance(value, str) else str(value)
