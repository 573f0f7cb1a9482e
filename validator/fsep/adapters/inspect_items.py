"""Samples as items: what was planned, what of it is recorded, and which inputs a program can say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fsep import limits
from fsep.adapters import inspect_gaps as gaps
from fsep.adapters.inspect_content import plain_text
from fsep.adapters.inspect_plan import metadata_field, usable
from fsep.adapters.inspect_run import EXTENSION
from fsep.adapters.inspect_source import Log, References, Sample, sample_id
from fsep.adapters.loss import CREDENTIALS, Loss
from fsep.adapters.names import distinct_slugs
from fsep.adapters.source import Node, SourceError, without_names

# Messages of an input that become a field each; an item has room for 64.
_MESSAGES = 32
_SAYABLE = ("system", "user", "assistant")


@dataclass(frozen=True, slots=True)
class Input:
    """A sample's input: role and text of each message; no text where a message is more than text."""

    messages: tuple[tuple[str, str | None], ...]

    @property
    def plain(self) -> bool:
        """Whether a program can say it, each message from a field."""
        return 0 < len(self.messages) <= _MESSAGES and all(
            role in _SAYABLE and text is not None and len(text) <= limits.TEXT_CHARACTERS
            for role, text in self.messages
        )

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles of its messages."""
        return tuple(role for role, _ in self.messages)

    def names(self) -> list[str]:
        """Return the field of each message."""
        if len(self.messages) == 1:
            return ["input"]
        return [f"input_{place}" for place in range(len(self.messages))]


class Items:
    """The items of some logs of one evaluation: every sample that one of them planned or recorded."""

    def __init__(self, logs: Sequence[Log], references: References, loss: Loss) -> None:
        """Gather the samples, and say which were never run."""
        self._loss = loss
        self._inputs: dict[str, Input] = {}
        self._samples: dict[str, Sample] = {}
        names: dict[str, None] = {}
        for log in logs:
            names |= dict.fromkeys(_planned(log))
            for sample in log.samples():
                names[sample.id] = None
                self._note(sample, _input(references, sample))
        unnamed = max((_count(log) for log in logs), default=0) - len(names)
        if len(names) + max(unnamed, 0) > limits.SOURCE_PLANNED:
            raise SourceError(
                f"More than {limits.SOURCE_PLANNED} samples were planned; so many are not read."
            )
        names |= {f"unnamed {number}": None for number in range(1, unnamed + 1)}
        if not names:
            raise SourceError("No sample is planned or recorded: there is nothing to import.")
        self.ids = dict(zip(names, distinct_slugs(names), strict=True))
        never = len(names) - len(self._samples)
        if never:
            loss.gap(gaps.NEVER, never)
        if unnamed > 0:
            loss.gap(gaps.UNNAMED, unnamed)

    def _note(self, sample: Sample, read: Input) -> None:
        known = self._samples.setdefault(sample.id, sample)
        same = all(
            known.node.value.get(name) == sample.node.value.get(name) for name in ("target", "choices")
        )
        if self._inputs.setdefault(sample.id, read) != read or not same:
            raise SourceError(
                f"{sample.node.where} is another sample than {known.node.where}, under one id.",
                advice="Import the files into a bundle each.",
            )

    @property
    def metadata(self) -> frozenset[str]:
        """Names that are in the metadata of all samples, with values that can be fields."""
        if len(self._samples) < len(self.ids):
            return frozenset()
        each = (
            {
                name
                for name, value in sample.node.at("metadata").value.items()
                if usable(name) and _scalar(value)
            }
            for sample in self._samples.values()
        )
        return frozenset(set.intersection(*each))

    def shape(self) -> list[tuple[str, str]] | None:
        """Return role and field of each message that every sample begins with; None where they differ."""
        why = None
        if len(self._samples) < len(self.ids):
            why = "of some nothing is recorded"
        elif not all(one.plain for one in self._inputs.values()):
            why = "some hold media, calls, or texts too long for a field"
        elif len({one.roles for one in self._inputs.values()}) > 1:
            why = "their roles differ"
        if why is not None:
            self._loss.gap(gaps.INPUTS, why=why)
            return None
        first = next(iter(self._inputs.values()))
        return list(zip(first.roles, first.names(), strict=True))

    def records(self, shaped: bool, metadata: Iterable[str]) -> list[dict[str, Any]]:
        """Return the items; `metadata` names what of it the program uses."""
        used = sorted(metadata)
        return [self._record(name, id_, shaped, used) for name, id_ in self.ids.items()]

    def _record(self, name: str, id_: str, shaped: bool, metadata: Sequence[str]) -> dict[str, Any]:
        sample = self._samples.get(name)
        if sample is None:
            return {
                "id": id_,
                "fields": {},
                "extensions": {EXTENSION: {"sample_id": name, "recorded": False}},
            }
        fields = self._fields(self._inputs[name], shaped)
        choices = sample.node.value.get("choices")
        if isinstance(choices, list) and choices and all(_fits(choice) for choice in choices):
            fields["choices"] = choices
        held = sample.node.at("metadata").value
        fields |= {metadata_field(one): str(held[one]) for one in metadata}
        kept = {"sample_id": sample.node.value["id"]}
        if sample.node.value.get("target"):
            kept["target"] = sample.node.value["target"]
        if held:
            kept["metadata"], dropped = without_names(held)
            if dropped:
                self._loss.gap(CREDENTIALS, dropped, source="samples/*/metadata")
        return {"id": id_, "fields": fields, "extensions": {EXTENSION: kept}}

    def _fields(self, read: Input, shaped: bool) -> dict[str, Any]:
        if not all(_fits(text) for _, text in read.messages):
            self._loss.gap(gaps.ITEM)
            return {}
        texts = [text for _, text in read.messages]
        if shaped or read.roles == ("user",):
            return dict(zip(read.names(), texts, strict=True))
        return {"input": texts, "roles": list(read.roles)}


def fields_of(items: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the fields of items by their ids."""
    return {item["id"]: item["fields"] for item in items}


def _input(references: References, sample: Sample) -> Input:
    held = references.resolved(sample.node.value.get("input"), sample)
    if isinstance(held, str):
        return Input((("user", held),))
    node = Node({"input": held}, sample.node.where)
    return Input(
        tuple(
            (
                message.get("role", str),
                None if message.value.get("tool_calls") else plain_text(message.value.get("content")),
            )
            for message in node.each("input")
        )
    )


def _planned(log: Log) -> list[str]:
    """Return the ids of the samples that were planned, where the log has them."""
    dataset = log.eval.at("dataset")
    return [
        sample_id(one, f"{dataset.where}/sample_ids/{place}")
        for place, one in enumerate(dataset.get("sample_ids", list, []))
    ]


def _count(log: Log) -> int:
    """Return how many samples were planned, where the log says that and not which."""
    dataset, config = log.eval.at("dataset"), log.eval.at("config").value
    if dataset.value.get("sample_ids") or config.get("sample_id") is not None:
        return 0
    count, limit = dataset.get("samples", int, 0), config.get("limit")
    if isinstance(limit, list) and len(limit) == 2 and all(type(end) is int for end in limit):
        return max(0, min(int(limit[1]), count) - int(limit[0]))
    return min(int(limit), count) if type(limit) is int else count


def _fits(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= limits.TEXT_CHARACTERS


def _scalar(value: Any) -> bool:
    return isinstance(value, int | float) or _fits(value)
