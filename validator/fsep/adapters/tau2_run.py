"""One simulation of a tau2-bench file as a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fsep import limits
from fsep.adapters import tau2_gaps as gaps
from fsep.adapters.content import text_content
from fsep.adapters.loss import Loss
from fsep.adapters.names import as_text
from fsep.adapters.source import Node, SourceError, altered

EXTENSION = "org.sierra-research.tau2"
STATUSES = {"user_stop": "completed", "agent_stop": "completed", "max_steps": "limit-reached"}
FINISHES = {
    "stop": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_calls": "tool-calls",
    "tool_use": "tool-calls",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "content-filter",
}
# What carries over as it came, into the run's extensions.
KEPT = (
    "id",
    "termination_reason",
    "trial",
    "seed",
    "start_time",
    "end_time",
    "duration",
    "agent_cost",
    "user_cost",
)
# Members of a provider's raw reply that are carried over; the rest is dropped and counted.
READ_OF_RAW = frozenset(("model", "finish_reason", "stop_reason", "thinking_blocks"))
# Names of such members that are told apart in the loss report.
RAW_NAMED = 32
TOKENS = (("input_tokens", "prompt_tokens"), ("output_tokens", "completion_tokens"))
# Rewards of this kind are from 0 to 1; the schema's bound.
REWARD = 1e9


class Simulation:
    """A simulation, with what its design, system and bundle give."""

    def __init__(
        self,
        *,
        node: Node,
        environment: str,
        task: Node,
        info: Node,
        blob: Callable[[bytes], str],
        loss: Loss,
        system: str,
    ) -> None:
        """Gather what a run is made of."""
        self._node, self._environment, self._task, self._info = node, environment, task, info
        self._blob, self._loss, self._system = blob, loss, system

    def record(self) -> dict[str, Any]:
        """Return the run without its names."""
        reason = self._node.get("termination_reason", str, "")
        status = STATUSES.get(reason, "failed")
        events = [*self._instructions(), *self._events()]
        run: dict[str, Any] = {"status": status, "events": events}
        if status == "failed":
            run["failure"] = {
                "kind": "infrastructure-error",
                "message": f"the source says: {reason or 'nothing'}"[:2000],
            }
            self._loss.gap(gaps.ENDED, reason=reason or "unsaid")
        elif status == "limit-reached":
            self._loss.gap(gaps.STEP_BOUND)
        else:
            run["result"] = [{"name": "last", "content": self._content(self._last_words())}]
        reward = self._node.at("reward_info").value.get("reward")
        if isinstance(reward, int | float) and not isinstance(reward, bool) and abs(reward) <= REWARD:
            run["reward"] = reward
        run["extensions"] = {
            EXTENSION: {
                name: self._node.value[name] for name in KEPT if self._node.value.get(name) is not None
            }
        }
        return run

    def _last_words(self) -> str:
        said = [
            message
            for message in self._node.get("messages", list)
            if isinstance(message, dict) and message.get("role") == "user"
        ]
        return str(said[-1].get("content") or "") if said else ""

    def _instructions(self) -> Iterator[dict[str, Any]]:
        """Yield the events before the first message: neither was recorded, both are rebuilt from the file."""
        policy = self._info.at("environment_info").get("policy", str, "")
        guidelines = self._info.at("user_info").get("global_simulation_guidelines", str, "")
        scenario = self._task.at("user_scenario").value
        texts = (
            ("policy", "agent", policy),
            (
                "scenario",
                "customer",
                f"{guidelines}\n\n{as_text(scenario.get('persona'))}\n\n{as_text(scenario.get('instructions'))}",
            ),
        )
        for step, to, text in texts:
            yield {
                "kind": "message",
                "step": step,
                "thread": "main",
                "actor": "program",
                "origin": "program",
                "role": "system",
                "to": to,
                "content": self._content(text),
                "rebuilt": True,
            }
        self._loss.gap(gaps.AGENT_PROMPT)
        self._loss.gap(gaps.USER_PROMPT)

    def _events(self) -> Iterator[dict[str, Any]]:
        """Yield an event for each message; the first is the harness's greeting, if no model made it."""
        exchange, turn, speaker, calling = -1, 0, "", False
        for place, message in enumerate(self._node.each("messages")):
            role = message.get("role", str)
            if (
                place == 0
                and role == "assistant"
                and not message.value.get("raw_data")
                and not message.value.get("tool_calls")
            ):
                yield {
                    "kind": "message",
                    "step": "greeting",
                    "thread": "main",
                    "actor": "program",
                    "origin": "program",
                    "role": "assistant",
                    "for": "agent",
                    "content": self._content(message.value.get("content")),
                }
                continue
            if role == "tool":
                step = f"{'user' if speaker == 'user' else 'reply'}[{max(exchange, 0)}][{turn}]"
                yield self._result(message, step)
                continue
            if role not in ("user", "assistant"):
                raise SourceError(f"{message.where}/role: user, assistant or tool was expected.")
            if role == speaker and calling:
                turn += 1
            else:
                turn = 0
                exchange += role == "user"
            speaker, calling = role, bool(message.value.get("tool_calls"))
            yield self._output(
                message, f"{'user' if role == 'user' else 'reply'}[{max(exchange, 0)}][{turn}]"
            )

    def _output(self, message: Node, step: str) -> dict[str, Any]:
        user = message.get("role", str) == "user"
        who = (
            {"actor": "customer", "origin": "simulator", "role": "user"}
            if user
            else {"actor": "agent", "origin": "model", "role": "assistant"}
        )
        event: dict[str, Any] = {"kind": "output", "step": step, "thread": "main", **who}
        raw = message.at("raw_data")
        event["content"] = self._with_reasoning(raw, message.value.get("content"))
        calls = (
            [self._call(call) for call in message.each("tool_calls")]
            if message.value.get("tool_calls")
            else []
        )
        if calls:
            event["tool_calls"] = calls
        if raw.value.get("model"):
            event["returned_model"] = raw.get("model", str)[:200]
        else:
            who_ = "user simulator" if user else "agent"
            self._loss.gap(gaps.RETURNED, system=self._system, actor=who["actor"], who=who_)
        finish = raw.value.get("finish_reason") or raw.value.get("stop_reason")
        if isinstance(finish, str):
            event["finish"] = FINISHES.get(finish, "other")
        event |= self._usage(message)
        if altered(message.value.get("content")):
            event["rebuilt"] = True
        for name in sorted(set(raw.value) - READ_OF_RAW)[:RAW_NAMED]:
            self._loss.gap(gaps.RAW_MEMBER, name=name)
        if message.value.get("cost"):
            self._loss.gap(gaps.COSTS)
        return event

    def _usage(self, message: Node) -> dict[str, Any]:
        usage = message.at("usage")
        counts = {ours: usage.value[theirs] for ours, theirs in TOKENS if _is_count(usage.value.get(theirs))}
        return {"usage": counts} if counts else {}

    def _with_reasoning(self, raw: Node, content: Any) -> Any:
        """Return content as a text, or as parts where reasoning came with it."""
        text = self._content(content)
        blocks = raw.value.get("thinking_blocks")
        if not blocks:
            return text
        parts: list[dict[str, Any]] = []
        for block in raw.each("thinking_blocks"):
            thinking, signature = (
                block.value.get("thinking"),
                block.value.get("signature") or block.value.get("data"),
            )
            part: dict[str, Any] = {
                "type": "reasoning",
                "form": "text" if isinstance(thinking, str) else "opaque",
            }
            if isinstance(thinking, str):
                part |= (
                    {"text": thinking}
                    if len(thinking) <= limits.TEXT_CHARACTERS
                    else {"blob": self._blob(thinking.encode())}
                )
            if isinstance(signature, str) and len(signature) <= limits.TEXT_CHARACTERS:
                part["signature"] = signature
            parts.append(part)
        if isinstance(text, list):
            return [*parts, *text]
        return [*parts, {"type": "text", "text": text}] if text is not None else parts

    def _content(self, content: Any) -> Any:
        """Return content as recorded: a text, null, or a text part kept in a blob where it is too long."""
        if content is None:
            return None
        if not isinstance(content, str):
            raise SourceError(f"{self._node.where}: the content of a message is no text.")
        return text_content(content, self._blob)

    def _call(self, call: Node) -> dict[str, Any]:
        arguments = call.value.get("arguments")
        if not isinstance(arguments, dict | str):
            raise SourceError(f"{call.where}/arguments: an object was expected.")
        return {
            "id": call.get("id", str)[:200] or "x",
            "name": call.get("name", str)[:200] or "x",
            "arguments": arguments,
        }

    def _result(self, message: Node, step: str) -> dict[str, Any]:
        event: dict[str, Any] = {
            "kind": "tool-result",
            "step": step,
            "thread": "main",
            "actor": self._environment,
            "origin": "environment",
            "role": "tool",
            "tool_call_id": message.get("id", str)[:200] or "x",
            "content": self._content(message.value.get("content") or ""),
        }
        if altered(message.value.get("content")):
            event["rebuilt"] = True
        return event | ({"error": True} if message.value.get("error") is True else {})


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
