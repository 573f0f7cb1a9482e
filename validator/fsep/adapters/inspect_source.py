"""Reading an Inspect log, `.json` or `.eval`, of any age, into one shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fsep import limits
from fsep.adapters.inspect_zip import SIGNATURES, Members
from fsep.adapters.lenient import parse
from fsep.adapters.source import Node, Source, SourceError, read_bytes, source_of
from fsep.errors import visible
from fsep.parsing.problem import ParseError

HEADER, START, SAMPLES = "header.json", "_journal/start.json", "samples/"
# How a text is referred to that stands once beside a sample; the second is the older one.
_REFERENCES = ("attachment://", "tc://")


@dataclass(frozen=True, slots=True)
class Log:
    """A log that was read."""

    source: Source
    numbers: int
    """How many numbers are marked that strict JSON has no place for."""
    superseded: int
    """How many members of an archive another of the same name took the place of."""
    headless: bool
    """Whether the run ended before its header was written."""

    @property
    def root(self) -> Node:
        """What the log holds."""
        return self.source.root

    @property
    def eval(self) -> Node:
        """What was evaluated, and how."""
        return self.root.at("eval")

    @property
    def status(self) -> str:
        """How the evaluation ended."""
        return "started" if self.headless else self.root.get("status", str, "started")

    @property
    def epochs(self) -> int:
        """How often each sample was to be run."""
        return self.eval.at("config").get("epochs", int, 1)

    def samples(self) -> Iterator[Sample]:
        """Yield the samples, by epoch and id."""
        if self.root.value.get("samples") is None:
            return
        samples = [Sample(_of_today(node)) for node in self.root.each("samples")]
        yield from sorted(samples, key=lambda sample: (sample.epoch, sample.id.zfill(20), sample.id))


def read_log(path: Path) -> Log:
    """Read a log.

    Raises:
        SourceError: when it cannot be read, is too large, is damaged, or is no log of Inspect.
    """
    data = read_bytes(path)
    shown = visible(path.name)
    numbers, superseded, headless = 0, 0, False
    if data.startswith(SIGNATURES):
        members = Members(data, shown)
        superseded = members.superseded
        head = next((name for name in (HEADER, START) if name in members.names), None)
        if head is None:
            raise SourceError(
                f"{shown} is a zip that holds neither {HEADER} nor {START}.",
                advice="Is this a log of Inspect?",
            )
        headless = head == START
        value, numbers = _json(members.read(head), f"{shown}:{head}")
        samples = []
        for name in members.names:
            if name.startswith(SAMPLES) and name.endswith(".json"):
                if name.count("/") > 1:
                    raise SourceError(
                        f"{shown}:{visible(name)}: samples in chunks are not read.",
                        advice="Convert the log to JSON with Inspect's own command first.",
                    )
                sample, marked = _json(members.read(name), f"{shown}:{visible(name)}")
                samples.append(sample)
                numbers += marked
        if isinstance(value, dict):
            value = {**value, "samples": samples}
    else:
        value, numbers = _json(data, shown)
    source = source_of(path, data, value)
    if not isinstance(source.root.value.get("eval"), dict):
        raise SourceError(f"{shown} has no `eval`.", advice="Is this a log of Inspect?")
    return Log(source, numbers, superseded, headless)


def _json(data: bytes, shown: str) -> tuple[Any, int]:
    try:
        return parse(data)
    except ParseError as error:
        raise SourceError(f"{shown}:{error.line}:{error.column}: {error.message}") from None


def _of_today(sample: Node) -> Node:
    """Return a sample under the names that members have today."""
    value = dict(sample.value)
    if isinstance(transcript := value.pop("transcript", None), dict):
        value["events"], value["attachments"] = transcript.get("events"), transcript.get("content")
    if "scores" not in value and value.get("score") is not None:
        value["scores"] = {"score": value["score"]}
    if isinstance(pools := value.get("events_data"), dict):
        value["message_pool"] = pools.get("messages")
    return Node(value, sample.where)


class Sample:
    """One sample in one epoch."""

    def __init__(self, node: Node) -> None:
        """Take a sample's members."""
        self.node = node
        self.id = sample_id(node.value.get("id"), f"{node.where}/id")
        self.epoch = node.get("epoch", int, 1)
        if self.epoch < 1:
            raise SourceError(f"{node.where}/epoch: epochs are counted from 1.")

    @property
    def error(self) -> str | None:
        """What broke the sample off."""
        error = self.node.value.get("error")
        if error is None:
            return None
        message = error.get("message") if isinstance(error, dict) else error
        return str(message or "no message")

    @property
    def limit(self) -> str | None:
        """Which of the harness's limits ended the sample."""
        limit = self.node.value.get("limit")
        return None if limit is None else str(limit.get("type") if isinstance(limit, dict) else limit)


def sample_id(value: Any, where: str) -> str:
    """Return a sample's id, a number or a text, as a text."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise SourceError(f"{where}: a number or a text was expected.")
    return str(value)


class References:
    """Puts texts in the place of references to them; what that comes to is bounded for all logs together."""

    def __init__(self) -> None:
        """Begin with nothing put in."""
        self._left = limits.SOURCE_REFERRED
        self.lost = 0

    def resolved(self, value: Any, sample: Sample) -> Any:
        """Return a value of a sample with every reference resolved that can be."""
        attachments = sample.node.at("attachments").value
        return self._resolved(value, attachments, sample.node.where)

    def inputs(self, event: Node, sample: Sample) -> list[Any]:
        """Return the messages that a call of a model was given, from the sample's pool if they are there."""
        given = list(event.get("input", list, []))
        pool = sample.node.get("message_pool", list, [])
        for place, pair in enumerate(event.get("input_refs", list, [])):
            if not (isinstance(pair, list) and len(pair) == 2 and all(type(end) is int for end in pair)):
                raise SourceError(f"{event.where}/input_refs/{place}: two whole numbers were expected.")
            first, end = pair
            if not 0 <= first <= end <= len(pool):
                raise SourceError(
                    f"{event.where}/input_refs/{place}: the sample's pool holds no such messages."
                )
            self._take(100 * (end - first), event.where)
            given += pool[first:end]
        return [self.resolved(message, sample) for message in given]

    def _resolved(self, value: Any, attachments: dict[str, Any], where: str) -> Any:
        if isinstance(value, str):
            for scheme in _REFERENCES:
                if value.startswith(scheme):
                    text = attachments.get(value.removeprefix(scheme))
                    if not isinstance(text, str):
                        self.lost += 1
                        return value
                    self._take(len(text), where)
                    return text
            return value
        if isinstance(value, dict):
            return {name: self._resolved(inner, attachments, where) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._resolved(inner, attachments, where) for inner in value]
        return value

    def _take(self, characters: int, where: str) -> None:
        self._left -= characters
        if self._left < 0:
            raise SourceError(
                f"{where}: its references stand for more than {limits.SOURCE_REFERRED} characters in all."
            )
