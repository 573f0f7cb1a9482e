"""One sample in one epoch of an Inspect log as a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fsep import limits
from fsep.adapters import inspect_gaps as gaps
from fsep.adapters.content import Blob
from fsep.adapters.inspect_calls import Calls, times, what_happened
from fsep.adapters.inspect_content import content_of, plain_text
from fsep.adapters.inspect_plan import ACTOR, OPAQUE, THREAD, Generate, Plan, Say, whom
from fsep.adapters.inspect_source import References, Sample
from fsep.adapters.loss import Loss
from fsep.adapters.source import Node, SourceError
from fsep.scaffold.template import parse

EXTENSION = "org.inspect-ai"
ROLES = ("system", "user", "assistant", "tool")
# What carries over as it came, into the run's extensions.
KEPT = ("id", "epoch", "uuid", "limit", "total_time", "working_time", "model_usage")
# Members of a sample that are read, here or where items are made; the others are a gap each.
READ = frozenset(
    (
        *KEPT,
        "input",
        "choices",
        "target",
        "metadata",
        "messages",
        "output",
        "scores",
        "score",
        "events",
        "attachments",
        "message_pool",
        "events_data",
        "error",
        "error_retries",
        "invalidation",
        "started_at",
        "completed_at",
    )
)
# What a writer puts where there is nothing; which of them differs between the formats of one log.
_NOTHING: tuple[Any, ...] = (None, [], {})
_OF_SCORE = ("value", "answer", "explanation")
# A reward the run's schema has room for.
_REWARD = 1e9
_MESSAGE = 2000


class Recorded:
    """A sample with its messages and the calls that made them."""

    def __init__(self, sample: Sample, references: References) -> None:
        """Resolve what the sample refers to."""
        self.sample = sample
        node = sample.node
        self.messages = [
            _message(Node(references.resolved(message.value, sample), message.where))
            for message in (node.each("messages") if node.value.get("messages") is not None else ())
        ]
        self.calls = Calls(sample, references)
        made = (self.calls.take(one) if one.value["role"] == "assistant" else None for one in self.messages)
        self.made_by = list(made)
        self.output = _text_of_output(references.resolved(node.at("output").value, sample))

    @property
    def last_words(self) -> str | None:
        """The text of the assistant's last message; None where there is none, or it is more than text."""
        said = [one for one in self.messages if one.value["role"] == "assistant"]
        return plain_text(_spoken(said[-1].value.get("content"))) if said else None


def _message(message: Node) -> Node:
    if message.get("role", str) not in ROLES:
        raise SourceError(f"{message.where}/role: system, user, assistant or tool was expected.")
    return message


def _spoken(content: Any) -> Any:
    """Return content without reasoning."""
    if not isinstance(content, list):
        return content
    return [part for part in content if not (isinstance(part, dict) and part.get("type") == "reasoning")]


def _text_of_output(output: dict[str, Any]) -> str | None:
    completion = output.get("completion")
    if isinstance(completion, str):
        return completion
    choices = output.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    return plain_text(_spoken(message.get("content"))) if isinstance(message, dict) else None


def disagreement(plan: Plan, fields: Mapping[str, Any], recorded: Recorded, *, ended: bool) -> str | None:
    """Say where a sample's messages are not those of a plan's steps; None where they are.

    Of a sample that did not come to its end there may be fewer.
    """
    values = {f"item.{name}": value for name, value in fields.items()}
    messages = recorded.messages
    for place, (step, message) in enumerate(zip(plan.steps, messages, strict=False)):
        role, text = message.value["role"], plain_text(message.value.get("content"))
        if isinstance(step, Say):
            if role != step.role or text != parse(step.template).render(values):
                return f"message {place} is not the text of {step.id}"
        elif role != "assistant" or message.value.get("tool_calls"):
            return f"message {place} is no answer to {step.id}"
        elif (why := _sent_otherwise(recorded, place)) is not None:
            return why
    if ended and len(messages) < len(plan.steps):
        return f"there are {len(messages)} messages and {len(plan.steps)} steps"
    if plan.harness is None:
        if len(messages) > len(plan.steps):
            return f"there are {len(messages)} messages and {len(plan.steps)} steps"
        if ended and recorded.output not in (None, recorded.last_words):
            return "the output is not the model's last words"
    return None


def _sent_otherwise(recorded: Recorded, place: int) -> str | None:
    """Say where the messages a call was given are not those before its answer."""
    call = recorded.made_by[place]
    if call is None:
        return None
    given = recorded.calls.inputs(call)
    before = [(one.value["role"], plain_text(one.value.get("content"))) for one in recorded.messages[:place]]
    held = [
        (one.get("role"), plain_text(one.get("content"))) if isinstance(one, dict) else None for one in given
    ]
    # Reasoning that goes back, or not, is the harness's choice, and no text of the program.
    return (
        None
        if _without_answers(held) == _without_answers(before)
        else (f"the call that made message {place} was given other messages than those before it")
    )


def _without_answers(messages: Sequence[tuple[Any, Any] | None]) -> list[tuple[Any, Any] | None]:
    return [("assistant", None) if one is not None and one[0] == "assistant" else one for one in messages]


class RunOf:
    """Makes runs of samples, of one plan and one system."""

    def __init__(self, plan: Plan, system: str, status: str, blob: Blob, loss: Loss) -> None:
        """Gather what the runs share; `status` is the log's."""
        self._plan, self._system, self._status = plan, system, status
        self._blob, self._loss = blob, loss

    def record(self, recorded: Recorded) -> dict[str, Any]:
        """Return the run without its names."""
        sample = recorded.sample
        failure = failed(recorded, self._status)
        run: dict[str, Any] = {"events": list(self._events(recorded))}
        if failure is not None:
            run["status"] = "failed"
            run["failure"] = {"kind": "infrastructure-error", "message": failure}
            if self._plan.harness is None and len(run["events"]) == len(self._plan.steps):
                self._loss.gap(gaps.BROKE_AFTER)
        elif sample.limit is not None:
            run["status"] = "limit-reached"
            self._loss.gap(gaps.LIMITED, type=sample.limit)
        else:
            run["status"] = "completed"
            run["result"] = [{"name": "answer", "content": self._result(run["events"])}]
        run |= times(sample.node, self._loss, started="started_at", ended="completed_at")
        held = {name: sample.node.value.get(name) for name in KEPT}
        kept = {name: value for name, value in held.items() if value not in _NOTHING}
        kept |= self._scores(sample.node, run)
        if recorded.output is not None and recorded.output != recorded.last_words:
            self._loss.gap(gaps.OUTPUT)
            if len(recorded.output) <= limits.TEXT_CHARACTERS:
                kept["output"] = recorded.output
        if sample.node.value.get("invalidation") is not None:
            self._loss.gap(gaps.INVALIDATED)
            kept["invalidated"] = True
        run["extensions"] = {EXTENSION: kept}
        self._dropped(recorded)
        return run

    def _events(self, recorded: Recorded) -> Iterator[dict[str, Any]]:
        for place, message in enumerate(recorded.messages):
            call = recorded.made_by[place]
            if place >= len(self._plan.steps):
                yield self._external(message, call)
                continue
            step = self._plan.steps[place]
            if isinstance(step, Generate):
                yield self._output(step.id, message, call)
            else:
                who = {"actor": "program", "origin": "program", "role": step.role, **whom(step.role)}
                yield self._event("message", step.id, who, message)

    def _event(self, kind: str, step: str, who: Mapping[str, str], message: Node) -> dict[str, Any]:
        content, whole = content_of(message, self._blob, self._loss)
        event = {"kind": kind, "step": step, "thread": THREAD, **who, "content": content}
        return event if whole else event | {"rebuilt": True}

    def _output(self, step: str, message: Node, call: Node | None) -> dict[str, Any]:
        who = {"actor": ACTOR, "origin": "model", "role": "assistant"}
        return self._event("output", step, who, message) | self._made(message, call)

    def _external(self, message: Node, call: Node | None) -> dict[str, Any]:
        role, source = message.get("role", str), message.value.get("source")
        actor, origin = "harness", "human" if source == "operator" else "harness"
        if role == "assistant":
            actor = ACTOR
            origin = "model" if call is not None or source == "generate" else "harness"
        elif role == "tool":
            actor = origin = "environment"
        event = self._event("external", OPAQUE, {"actor": actor, "origin": origin, "role": role}, message)
        if role == "tool":
            event |= {"error": True} if message.value.get("error") is not None else {}
            id_ = message.get("tool_call_id", str, "")[:200]
            return event | ({"tool_call_id": id_} if id_ else {})
        return event | self._made(message, call) if origin == "model" else event | _calls(message)

    def _made(self, message: Node, call: Node | None) -> dict[str, Any]:
        """Return what is recorded of the making of an output."""
        if call is not None:
            return _calls(message) | what_happened(call, self._loss, self._system)
        self._loss.gap(gaps.NO_PARAMETERS, system=self._system)
        noted = message.value.get("model")
        if not isinstance(noted, str) or not noted:
            self._loss.gap(gaps.NO_RETURNED, system=self._system)
            return _calls(message)
        self._loss.gap(gaps.RETURNED, system=self._system)
        return _calls(message) | {"returned_model": noted[:200]}

    def _result(self, events: Sequence[Mapping[str, Any]]) -> Any:
        """Return the program's result: the words last said by the model, or by the opaque part."""
        if self._plan.harness is not None:
            said = [event for event in events if event["kind"] == "external" and event["role"] == "assistant"]
        else:
            said = [event for event in events if event["kind"] == "output"]
        content = said[-1]["content"] if said else None
        if isinstance(content, list):
            return [part for part in content if part["type"] == "text"]
        return content or ""

    def _scores(self, node: Node, run: dict[str, Any]) -> dict[str, Any]:
        """Return the scores; one that is a number alone is the run's reward too."""
        scores: dict[str, Any] = {}
        for name, score in node.at("scores").value.items():
            held = score if isinstance(score, dict) else {"value": score}
            held = {member: value for member, value in held.items() if value not in _NOTHING}
            scores[name] = {member: held[member] for member in _OF_SCORE if _fits(held.get(member))}
            if len(scores[name]) < len(held):
                self._loss.gap(gaps.SCORES)
        values = [score.get("value") for score in scores.values()]
        if len(values) == 1 and _is_number(values[0]) and abs(values[0]) <= _REWARD:
            run["reward"] = values[0]
        return {"scores": scores} if scores else {}

    def _dropped(self, recorded: Recorded) -> None:
        """Say what of a sample is not carried over."""
        value = recorded.sample.node.value
        if recorded.calls.left:
            self._loss.gap(gaps.EVENTS, recorded.calls.left)
        for member in sorted(set(value) - READ)[:64]:
            if value[member]:
                self._loss.gap(gaps.MEMBERS, member=member)
        if value.get("error_retries"):
            self._loss.gap(gaps.RETRIED)


def failed(recorded: Recorded, status: str) -> str | None:
    """Say why a sample broke off; None where it came to an end."""
    if recorded.sample.error is not None:
        return f"the source says: {recorded.sample.error}"[:_MESSAGE]
    if status != "success" and recorded.output is None and recorded.sample.limit is None:
        return f"the sample has no output, and the status of its log is {status}"[:_MESSAGE]
    return None


def _calls(message: Node) -> dict[str, Any]:
    if not message.value.get("tool_calls"):
        return {}
    return {"tool_calls": [_call(call) for call in message.each("tool_calls")]}


def _call(call: Node) -> dict[str, Any]:
    arguments = call.value.get("arguments")
    if not isinstance(arguments, dict | str):
        raise SourceError(f"{call.where}/arguments: an object was expected.")
    name = call.get("function", str)[:200] or "x"
    return {"id": call.get("id", str)[:200] or "x", "name": name, "arguments": arguments}


def _fits(value: Any) -> bool:
    return value is not None and not (isinstance(value, str) and len(value) > limits.TEXT_CHARACTERS)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
