"""One row of a tau-bench file as a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fsep.adapters import tau_bench_gaps as gaps
from fsep.adapters.content import text_content
from fsep.adapters.loss import Loss
from fsep.adapters.source import Node, SourceError, altered
from fsep.adapters.tau_bench_program import ENDING_TOOL, ENVIRONMENT, STEPS, STOP
from fsep.parsing import json
from fsep.parsing.problem import ParseError

EXTENSION = "org.sierra-research.tau-bench"
NAME = 200
REWARD = 1e9
_PROGRAM = {"kind": "message", "thread": "main", "actor": "program", "origin": "program"}
_AGENT = {"kind": "output", "thread": "main", "actor": "agent", "origin": "model", "role": "assistant"}
_USER = {"kind": "output", "thread": "main", "actor": "customer", "origin": "simulator", "role": "user"}
_RESULT = {
    "kind": "tool-result",
    "thread": "main",
    "actor": ENVIRONMENT,
    "origin": "environment",
    "role": "tool",
}


class Row:
    """A row, with what its item and bundle give."""

    def __init__(self, node: Node, instruction: str, blob: Callable[[bytes], str], loss: Loss) -> None:
        """Gather what a run is made of."""
        self._node, self._instruction, self._blob, self._loss = node, instruction, blob, loss
        self._said = ""
        self._spoken = 0
        self._over = False

    def record(self) -> dict[str, Any]:
        """Return the run without its names."""
        events = list(self._events())
        run: dict[str, Any] = {"status": self._status(), "events": events}
        if run["status"] == "failed":
            run["failure"] = {"kind": "infrastructure-error", "message": self._failure()}
        elif run["status"] == "completed":
            run["result"] = [{"name": "last", "content": text_content(self._said, self._blob)}]
        reward = self._node.value.get("reward")
        if isinstance(reward, int | float) and not isinstance(reward, bool) and abs(reward) <= REWARD:
            run["reward"] = reward
        kept = {name: self._node.value[name] for name in ("task_id", "trial") if name in self._node.value}
        cost = self._node.at("info").value.get("user_cost")
        if isinstance(cost, int | float):
            kept["user_cost"] = cost
        run["extensions"] = {EXTENSION: kept}
        return run

    def _status(self) -> str:
        if self._error() is not None:
            return "failed"
        if self._over or STOP in self._said:
            return "completed"
        return "limit-reached" if self._spoken >= STEPS else "failed"

    def _error(self) -> str | None:
        error = self._node.at("info").value.get("error")
        return None if error is None else str(error)

    def _failure(self) -> str:
        error = self._error()
        if error is not None:
            self._loss.gap(gaps.ERROR)
            return f"the source says: {error}"[:2000]
        self._loss.gap(gaps.UNENDED)
        return "the source does not say why the run ends here"

    def _events(self) -> Iterator[dict[str, Any]]:
        """Yield an event for each message, and the user's instruction, which was not recorded as sent."""
        for place, message in enumerate(self._node.each("traj")):
            role = message.get("role", str)
            if role == "system" and place == 0:
                yield {
                    **_PROGRAM,
                    "step": "policy",
                    "role": "system",
                    "to": "agent",
                    "content": self._content(message),
                }
                yield {
                    **_PROGRAM,
                    "step": "scenario",
                    "role": "system",
                    "to": "customer",
                    "content": text_content(self._instruction, self._blob),
                    "rebuilt": True,
                }
                self._loss.gap(gaps.USER_PROMPT)
            elif role == "user":
                step = f"user[{self._spoken - 1}]" if self._spoken else "opening"
                yield self._marked({**_USER, "step": step, "content": self._content(message)}, message)
                self._said = str(message.value.get("content") or "")
            elif role == "assistant":
                self._spoken += 1
                yield self._marked(self._output(message), message)
            elif role == "tool":
                yield self._marked(self._result(message), message)
            else:
                raise SourceError(f"{message.where}/role: user, assistant or tool was expected.")

    def _output(self, message: Node) -> dict[str, Any]:
        event = {**_AGENT, "step": self._step(), "content": self._content(message)}
        if message.value.get("tool_calls"):
            event["tool_calls"] = [self._call(call) for call in message.each("tool_calls")]
            self._over = any(call["name"] == ENDING_TOOL for call in event["tool_calls"])
        return event

    def _result(self, message: Node) -> dict[str, Any]:
        return {
            **_RESULT,
            "step": self._step(),
            "tool_call_id": message.get("tool_call_id", str)[:NAME] or "x",
            "content": self._content(message),
        }

    def _step(self) -> str:
        return f"reply[{max(self._spoken - 1, 0)}][0]"

    def _call(self, call: Node) -> dict[str, Any]:
        function = call.at("function")
        arguments: Any = function.value.get("arguments")
        if isinstance(arguments, str):
            try:
                parsed = json.parse(arguments.encode())
            except (ParseError, UnicodeEncodeError):
                parsed = None
            # What is no object is kept as it came.
            arguments = parsed if isinstance(parsed, dict) else arguments
        if not isinstance(arguments, dict | str):
            raise SourceError(f"{function.where}/arguments: a text was expected.")
        return {
            "id": call.get("id", str)[:NAME] or "x",
            "name": function.get("name", str)[:NAME] or "x",
            "arguments": arguments,
        }

    def _content(self, message: Node) -> Any:
        content = message.value.get("content")
        if content is None:
            return None
        if not isinstance(content, str):
            raise SourceError(f"{message.where}/content: a text was expected.")
        return text_content(content, self._blob)

    def _marked(self, event: dict[str, Any], message: Node) -> dict[str, Any]:
        return event | ({"rebuilt": True} if altered(message.value.get("content")) else {})
