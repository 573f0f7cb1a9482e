"""One row of a tau-bench file as a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fsep import limits
from fsep.adapters import tau_bench_gaps as gaps
from fsep.adapters.content import text_content
from fsep.adapters.loss import CREDENTIALS, Loss
from fsep.adapters.source import Node, SourceError, altered, without_shapes
from fsep.adapters.tau_bench_program import ENDING_TOOL, ENVIRONMENT, STEPS, STOP
from fsep.parsing import json
from fsep.parsing.problem import ParseError

EXTENSION = "org.sierra-research.tau-bench"
NAME = 200
REWARD = 1e9
# Levels of a record around the arguments of a call: run, events, event, calls, call.
AROUND_ARGUMENTS = 5
# What stands before a tool's answer where the harness gives it to an agent without tool calls as the user's.
ANSWER_AS_USER = "API output: "
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
        if self._node.value.get("trial") is None:
            self._loss.gap(gaps.TRIAL)
        kept = {name: self._node.value[name] for name in ("task_id", "trial") if name in self._node.value}
        cost = self._node.at("info").value.get("user_cost")
        if isinstance(cost, int | float) and not isinstance(cost, bool):
            kept["user_cost"] = cost
        elif cost is not None:
            self._loss.gap(gaps.UNREAD, name="info/user_cost", where="*/info")
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
                policy = {**_PROGRAM, "step": "policy", "role": "system", "to": "agent"}
                yield _marked({**policy, "content": self._content(message)}, message)
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
                self._refuse_answers(message)
                step = f"user[{self._spoken - 1}]" if self._spoken else "opening"
                yield _marked({**_USER, "step": step, "content": self._content(message)}, message)
                self._said = str(message.value.get("content") or "")
            elif role == "assistant":
                self._spoken += 1
                yield _marked(self._output(message), message)
            elif role == "tool":
                yield _marked(self._result(message), message)
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
            "tool_call_id": self._named(message.get("tool_call_id", str)),
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
            if isinstance(parsed, dict) and _fits(parsed, limits.NESTING - AROUND_ARGUMENTS):
                # A text inside a text: what its escapes hid shows only now.
                arguments, credentials = without_shapes(parsed)
                if credentials:
                    self._loss.gap(CREDENTIALS, credentials, source=self._node.where.partition("/")[0])
            else:
                self._loss.gap(gaps.ARGUMENTS)
        if not isinstance(arguments, dict | str):
            raise SourceError(f"{function.where}/arguments: a text was expected.")
        return {
            "id": self._named(call.get("id", str)),
            "name": self._named(function.get("name", str)),
            "arguments": arguments,
        }

    def _content(self, message: Node) -> Any:
        content = message.value.get("content")
        if content is None:
            return None
        if not isinstance(content, str):
            raise SourceError(f"{message.where}/content: a text was expected.")
        return text_content(content, self._blob)

    def _named(self, name: str) -> str:
        """Return an id or a name as a record can hold it."""
        held = name[:NAME] or "x"
        if held != name:
            self._loss.gap(gaps.NAMES)
        return held

    def _refuse_answers(self, message: Node) -> None:
        """Refuse a file in which tools' answers stand as the user's words: the program has no such place."""
        said = message.value.get("content")
        if not (isinstance(said, str) and said.startswith(ANSWER_AS_USER)):
            return
        if not any(one.value.get("tool_calls") for one in self._node.each("traj")):
            raise SourceError(
                f"{message.where}: an answer of a tool stands in the place of the user's words, as in files"
                " of agents that write their calls as text.",
                advice="Only files of agents with tool calls can be imported.",
            )


def _fits(value: Any, levels: int) -> bool:
    """Whether arrays and objects in a value are nested at most so deep, itself included."""
    level = [value]
    for _ in range(levels):
        inner = [one for each in level for one in (each.values() if isinstance(each, dict) else each)]
        level = [one for one in inner if isinstance(one, dict | list)]
        if not level:
            return True
    return False


def _marked(event: dict[str, Any], message: Node) -> dict[str, Any]:
    """Return an event, marked where something in it is not as it was recorded."""
    hidden = altered([message.value.get("content"), event.get("tool_calls"), event.get("tool_call_id")])
    return event | ({"rebuilt": True} if hidden else {})
