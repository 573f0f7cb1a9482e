"""What the head of an Inspect log says: of the evaluation, of the model, and of how the run ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fsep.adapters import inspect_gaps as gaps
from fsep.adapters.inspect_plan import recorded_steps
from fsep.adapters.inspect_source import Log
from fsep.adapters.loss import CREDENTIALS, Loss
from fsep.adapters.source import SourceError, without_names
from fsep.parsing.canonical import digest

# Members of the evaluation that name or reach the model, and may hold credentials: never carried over.
_OF_MODEL = ("model_args", "model_base_url", "model_roles")
# Members that are read; what of the others holds something is a gap.
_READ = frozenset(("version", "status", "eval", "plan", "results", "error", "samples", "reductions"))
_READ_OF_EVAL = frozenset(
    (
        *_OF_MODEL,
        "config",
        "created",
        "dataset",
        "eval_id",
        "model",
        "model_generate_config",
        "packages",
        "run_id",
        "task",
        "task_id",
        "task_version",
    )
)


def say_what_is_lacking(systems: Mapping[str, Log], loss: Loss) -> None:
    """Add to the loss what logs as a whole do not record, or what of them is not carried over."""
    for gap in (gaps.PIN, gaps.PARAMETERS, gaps.MISSING_SHARE):
        loss.gap(gap)
    for id_, log in systems.items():
        name = log.source.name
        if log.headless:
            loss.gap(gaps.HEADLESS, system=id_)
        if log.status != "success":
            why = log.root.at("error").value.get("message")
            loss.gap(gaps.STATUS, system=id_, status=log.status, why=str(why or "no reason is recorded"))
        dropped = log.source.credentials
        for member in _OF_MODEL:
            if log.eval.value.get(member):
                loss.gap(gaps.MODEL, member=member)
                dropped += without_names(log.eval.value[member])[1]
        if dropped:
            loss.gap(CREDENTIALS, dropped, source=name)
        if log.numbers:
            loss.gap(gaps.NUMBERS, log.numbers, source=name)
        if log.superseded:
            loss.gap(gaps.SUPERSEDED, log.superseded, source=name)
        if unread := _unread_members(log):
            loss.gap(gaps.EVALUATION, len(unread), system=id_, names=", ".join(unread))
        if log.root.value.get("results") or log.root.value.get("reductions"):
            loss.gap(gaps.RESULTS)


def _unread_members(log: Log) -> list[str]:
    """Return the members of a log that hold something and are not read."""
    of_eval = [name for name, value in log.eval.value.items() if value and name not in _READ_OF_EVAL]
    of_log = [name for name, value in log.root.value.items() if value and name not in _READ]
    return sorted(of_eval) + sorted(of_log)


def declared(log: Log) -> dict[str, Any]:
    """Return what was declared of the generation: of the model, and of the plan, which goes before it."""
    of_plan = log.root.at("plan").at("config").value
    stated = {name: value for name, value in of_plan.items() if value is not None}
    return {**log.eval.at("model_generate_config").value, **stated}


def same_design(logs: Sequence[Log]) -> None:
    """Refuse logs that one design cannot hold."""
    first = logs[0]
    for log in logs[1:]:
        other = next(
            (place for place, value in _fixed(log).items() if digest(value) != digest(_fixed(first)[place])),
            None,
        )
        if other is not None:
            raise SourceError(
                f"{log.source.root.where} and {first.source.root.where} differ in {other}: not one design.",
                advice="Import them into a bundle each.",
            )


def _fixed(log: Log) -> dict[str, Any]:
    spec = log.eval.value
    return {
        "plan/steps": recorded_steps(log.root.at("plan")),
        "eval/task": spec.get("task"),
        "eval/task_version": spec.get("task_version"),
        "eval/task_args": spec.get("task_args"),
        "eval/dataset/name": log.eval.at("dataset").value.get("name"),
    }
