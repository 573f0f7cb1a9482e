"""Scripts: read from a file, held to their schema, and compiled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fsep import limits, protocol
from fsep.errors import FsepError, visible
from fsep.parsing import json, yaml
from fsep.parsing.canonical import canonical
from fsep.parsing.problem import ParseError
from fsep.protocol.schema_errors import explain, is_valid
from fsep.scaffold.template import Template
from fsep.scripted.asked import Asked, Test, compile_template, compile_when

_ADVICE = (
    "`fsep schema show script` prints the schema; the specification explains it in its chapter on running."
)
_IN_REPLIES = frozenset(("model", "first", "last", "canary"))
_NO_ROW: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Said:
    """What a scripted model says to one request; `delay` is in seconds."""

    model: str
    content: str | None
    tool_calls: tuple[Mapping[str, str], ...]
    reasoning: str | None
    finish: str
    usage: Mapping[str, int]
    delay: float


@dataclass(frozen=True, slots=True)
class Reply:
    """How a rule answers: templates, and what else its reply has."""

    content: Template | None
    repeat: int
    reasoning: Template | None
    calls: tuple[tuple[str, str, Template], ...]
    document: Mapping[str, Any]

    def said(self, asked: Asked, row: Mapping[str, str], returned: str) -> Said:
        """Return what is said to a request."""
        values = {**asked.values, **row}
        content = None if self.content is None else self.content.render(values) * self.repeat
        reasoning = None if self.reasoning is None else self.reasoning.render(values)
        calls = tuple(
            {"id": id_, "name": name, "arguments": arguments.render(values)}
            for id_, name, arguments in self.calls
        )
        stated = self.document.get("usage", {})
        characters = sum(map(len, asked.texts))
        usage = {
            "input_tokens": 12 + characters // 4,
            "output_tokens": (len(content or "") + len(reasoning or "")) // 4 + 1 + 8 * len(calls),
            **stated,
        }
        finish = self.document.get("finish", "tool-calls" if calls else "stop")
        model = self.document.get("returned", returned)
        return Said(model, content, calls, reasoning, finish, usage, float(self.document.get("delay", 0)))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what a request has to be, for which rows, and how it is answered."""

    test: Test
    rows: tuple[Mapping[str, str], ...]
    reply: Reply

    def answer(self, asked: Asked, returned: str) -> Said | None:
        """Return what is said; None where the rule does not apply."""
        for row in self.rows:
            found = self.test(asked, row)
            if found is not None:
                return self.reply.said(asked, {**row, **found}, returned)
        return None


@dataclass(frozen=True, slots=True)
class FaultRule:
    """When something goes wrong, and what: every so many requests, or the first times of one and the same."""

    test: Test
    every: int | None
    first: int | None
    fault: Mapping[str, Any]

    def applies(self, asked: Asked, number: int, times: int) -> bool:
        """Whether it applies to a request: the so-manieth of all, and of those equal to it, from 1."""
        return (
            (self.every is None or number % self.every == 0)
            and (self.first is None or times <= self.first)
            and self.test(asked, _NO_ROW) is not None
        )


@dataclass(frozen=True, slots=True)
class Script:
    """A scripted model: who it is, its rules in order, and its faults; `delay` is in seconds."""

    id: str
    models: Mapping[str, str]
    rules: tuple[Rule, ...] = field(repr=False)
    faults: tuple[FaultRule, ...] = field(repr=False, default=())
    delay: float = 0.0

    def answer(self, asked: Asked) -> Said | None:
        """Return what the first rule that applies says; None where none does."""
        returned = self.models[asked.model]
        said = (rule.answer(asked, returned) for rule in self.rules)
        return next((one for one in said if one is not None), None)


def read_script(path: Path) -> Script:
    """Read a script from a file in YAML or JSON.

    Raises:
        FsepError: where it cannot be read, or is none.
    """
    shown = visible(str(path), 200)
    try:
        with path.open("rb") as stream:
            data = stream.read(limits.DOCUMENT_BYTES + 1)
    except OSError as error:
        raise FsepError(f"{shown} cannot be read: {error.strerror}.", advice="Name a script.") from None
    if len(data) > limits.DOCUMENT_BYTES:
        raise FsepError(f"{shown} is longer than {limits.DOCUMENT_BYTES} bytes.", advice="Name a script.")
    try:
        value = yaml.parse(data) if path.suffix in (".yaml", ".yml") else json.parse(data)
    except ParseError as error:
        raise FsepError(f"{shown}, {error}", advice=error.advice or _ADVICE) from None
    return script_of(value, shown)


def script_of(value: Any, shown: str = "the script") -> Script:
    """Compile a script.

    Args:
        value: the document.
        shown: what messages call it.

    Raises:
        FsepError: where it is none.
    """
    version = protocol.load(protocol.versions()[-1].version)
    if not is_valid(version, "script", value):
        problem = next(iter(explain(version, "script", value)))
        at = f", at {visible(problem.pointer, 120)}" if problem.pointer else ""
        raise FsepError(f"{shown}{at}: {problem.message}", advice=_ADVICE)
    tables = {name: tuple(_rows(rows)) for name, rows in value.get("tables", {}).items()}
    models = {name: one["returned"] for name, one in value["models"].items()}
    return Script(
        value["id"],
        models,
        tuple(
            _compiled(f"{shown}, at /rules/{place}", lambda rule=rule: _rule(rule, tables))
            for place, rule in enumerate(value["rules"])
        ),
        tuple(
            _compiled(f"{shown}, at /faults/{place}", lambda fault=fault: _fault(fault))
            for place, fault in enumerate(value.get("faults", ()))
        ),
        float(value.get("delay", 0)),
    )


def _compiled(where: str, compile_: Any) -> Any:
    try:
        return compile_()
    except FsepError as error:
        raise FsepError(f"{where}: {error}", advice=_ADVICE) from None


def _rows(rows: Mapping[str, Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    for key, row in rows.items():
        yield {**row, "key": key}


def _rule(rule: Mapping[str, Any], tables: Mapping[str, tuple[Mapping[str, str], ...]]) -> Rule:
    rows: tuple[Mapping[str, str], ...] = (_NO_ROW,)
    if "each" in rule:
        if rule["each"] not in tables:
            raise FsepError(f"there is no table {rule['each']!r}")
        rows = tables[rule["each"]]
    names = frozenset.intersection(*map(frozenset, rows)) if rows else frozenset()
    test, found = compile_when(rule.get("when", {}), names)
    return Rule(test, rows, _reply(rule["reply"], names | found | _IN_REPLIES))


def _reply(reply: Mapping[str, Any], names: frozenset[str]) -> Reply:
    return Reply(
        compile_template(reply["content"], names) if reply.get("content") is not None else None,
        reply.get("repeat", 1),
        compile_template(reply["reasoning"], names) if "reasoning" in reply else None,
        tuple(
            (call["id"], call["name"], compile_template(_arguments(call["arguments"]), names))
            for call in reply.get("tool_calls", ())
        ),
        reply,
    )


def _arguments(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else canonical(arguments).decode()


def _fault(fault: Mapping[str, Any]) -> FaultRule:
    test, _ = compile_when(fault.get("when", {}), frozenset())
    return FaultRule(test, fault.get("every"), fault.get("first"), fault["fault"])
