"""Reading a program: every rule of the language that a schema cannot say is checked here, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fsep import limits
from fsep.parsing import canonical
from fsep.parsing.position import escape_token
from fsep.scaffold import conditions, extraction, flow, iregexp, steps
from fsep.scaffold.names import Names, Scope
from fsep.scaffold.program import Actor, Program, ProgramError, with_defaults
from fsep.scaffold.template import Template

_HOLDS_A_TEMPLATE = {
    "say": ("text",),
    "let": ("text",),
    "extract": ("from",),
    "call": ("tool", "unknown_tool"),
    "tools": ("unknown_tool", "bad_arguments"),
    "collect": ("otherwise",),
}


def compile_program(document: Mapping[str, Any]) -> Program:
    """Compile a scaffold document that is valid against its schema.

    Returns:
        The program; its `sha256` is the program digest, taken with defaults written out.

    Raises:
        ProgramError: with every problem found, each with the rule it breaks and where.
    """
    return _Compiler(document).compile()


class _Compiler:
    """One reading of one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.program = with_defaults(document["program"])
        self.names = Names(self.program)
        self.speaking: set[str] = set()
        self.collected = self._collected(self.program["steps"])
        self.environments: set[str] = set()
        self.externals: list[Mapping[str, Any]] = []
        self.patterns = 0

    def compile(self) -> Program:
        """Read everything, then refuse or return."""
        scope: Scope = {}
        body = self._block(self.program["steps"], "/program/steps", scope, 1)
        result = []
        for place, part in enumerate(self.program["result"]):
            result.append(
                (part["name"], self.names.template(part["text"], f"/program/result/{place}/text", scope))
            )
            if part["name"] in [name for name, _ in result[:-1]]:
                self.names.problem(
                    "identifiers", f"/program/result/{place}/name", f"the result names {part['name']!r} twice"
                )
        if self.names.problems:
            raise ProgramError(tuple(self.names.problems))
        return Program(
            id=self.document["id"],
            sha256=canonical.digest(self.program),
            actors=self.names.actors,
            threads=self.names.threads,
            primary=self.program["primary"],
            fields=self.names.fields,
            environments=frozenset(self.environments),
            simulators=frozenset(actor.simulator for actor in self.names.actors.values() if actor.simulator),
            externals=tuple(self.externals),
            result=tuple(name for name, _ in result),
            body=(body, tuple(result)),
            document=self.document,
        )

    def _collected(self, block: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
        """Return, by loop, the names that some step collects over it."""
        found: dict[str, list[str]] = {}
        pending = list(block)
        while pending:
            step = pending.pop()
            pending += [inner for member in ("steps", "then", "else") for inner in step.get(member, ())]
            if step["do"] == "collect" and step["value"] not in found.setdefault(step["over"], []):
                found[step["over"]].append(step["value"])
        return found

    def _block(self, block: Sequence[Mapping[str, Any]], pointer: str, scope: Scope, depth: int) -> flow.Step:
        if block and depth > limits.PROGRAM_DEPTH:
            self.names.problem("size", pointer, f"steps are nested deeper than {limits.PROGRAM_DEPTH}")
            return flow.block([])
        built = []
        for place, step in enumerate(block):
            here = f"{pointer}/{place}"
            self.names.declare_step(step, here)
            self.names.check_speakers(step, here)
            built.append(
                (
                    step["do"] not in ("let", "extract", "collect"),
                    getattr(self, "_" + step["do"])(step, here, scope, depth),
                )
            )
        return flow.block(built)

    def _templates(self, step: Mapping[str, Any], here: str, scope: Scope) -> list[Template]:
        return [
            self.names.template(step[member], f"{here}/{member}", scope)
            for member in _HOLDS_A_TEMPLATE[step["do"]]
        ]

    def _speaker(self, step: Mapping[str, Any]) -> Actor:
        """Return the step's actor; one in its place where none is so named, which was said before."""
        return self.names.actors.get(step["actor"], Actor(step["actor"], "model"))

    # One method a kind of step: reads it, and returns what it does.

    def _say(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> flow.Step:
        [text] = self._templates(step, here, scope)
        return steps.say(step, text, self.names.threads.get(step["thread"], ()))

    def _generate(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> flow.Step:
        self.speaking.add(step["id"])
        self.names.assign(scope, step["id"], "text", f"{here}/id")
        return steps.generate(step, self._speaker(step))

    def _tools(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> flow.Step:
        unknown, bad = self._templates(step, here, scope)
        self.environments.add(step["environment"])
        self.speaking.add(step["id"])
        self.names.assign(scope, step["id"], "text", f"{here}/id")
        return steps.tools(step, self._speaker(step), unknown, bad)

    def _call(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> flow.Step:
        tool, unknown = self._templates(step, here, scope)
        arguments = {
            name: self.names.template(text, f"{here}/arguments/{escape_token(name)}", scope)
            for name, text in step["arguments"].items()
        }
        self.environments.add(step["environment"])
        self.names.assign(scope, step["id"], "text", f"{here}/id")
        return steps.call(step, tool, arguments, unknown)

    def _external(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> flow.Step:
        self.externals.append(step)
        self.names.assign(scope, step["id"], "text", f"{here}/id")
        return steps.external(step)

    def _edit(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> flow.Step:
        return steps.edit(
            step,
            self.names.template(step["text"], f"{here}/text", scope) if step["how"] == "replace" else None,
        )

    def _let(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> flow.Pure:
        [text] = self._templates(step, here, scope)
        self.names.assign(scope, step["name"], "text", f"{here}/name")
        return flow.let(step["name"], text)

    def _extract(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> flow.Pure:
        [source] = self._templates(step, here, scope)
        otherwise = step["otherwise"]
        kind = "text" if isinstance(otherwise, str) else "list"
        pipelines = []
        for place, operations in enumerate(step["try"]):
            try:
                pipeline, gives = extraction.compile_pipeline(operations)
            except extraction.PipelineError as error:
                self.names.problem("types", f"{here}/try/{place}", str(error))
                continue
            if gives != kind:
                self.names.problem(
                    "types",
                    f"{here}/try/{place}",
                    f"the pipeline gives a {gives}, and `otherwise` is a {kind}",
                )
            pipelines.append(pipeline)
        fallback: Template | list[Template]
        if isinstance(otherwise, str):
            fallback = self.names.template(otherwise, f"{here}/otherwise", scope)
        else:
            fallback = [
                self.names.template(text, f"{here}/otherwise/{place}", scope)
                for place, text in enumerate(otherwise)
            ]
        self.names.assign(scope, step["name"], kind, f"{here}/name")
        return flow.extract(step["name"], source, pipelines, fallback)

    def _collect(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> flow.Pure:
        [otherwise] = self._templates(step, here, scope)
        inside = self.names.loops.get(step["over"])
        if step["over"] not in self.names.loops:
            self.names.problem(
                "references", f"{here}/over", f"no loop before this step is named {step['over']!r}"
            )
        elif step["over"] in self.names.around:
            self.names.problem(
                "references",
                f"{here}/over",
                f"the loop {step['over']!r} has not ended at this step",
            )
        elif inside is not None and (
            step["value"] not in inside or self.names.kinds.get(step["value"]) != "text"
        ):
            self.names.problem(
                "references",
                f"{here}/value",
                f"no step in the loop {step['over']!r} gives {step['value']!r} a text",
            )
        self.names.assign(scope, step["name"], "text", f"{here}/name")
        return flow.collect(step, otherwise)

    def _when(self, step: Mapping[str, Any], here: str, scope: Scope, depth: int) -> flow.Step:
        condition = self._condition(step["if"], f"{here}/if", scope, depth)
        one, other = dict(scope), dict(scope)
        then = self._block(step["then"], f"{here}/then", one, depth + 1)
        otherwise = self._block(step["else"], f"{here}/else", other, depth + 1)
        scope.update({name: kind for name, kind in one.items() if name in other})
        return flow.when(condition, then, otherwise)

    def _loop(
        self, step: Mapping[str, Any], here: str, inner: Scope, depth: int, names: Sequence[str]
    ) -> flow.Step:
        """Read a loop's block; `inner` ends as the scope after it."""
        for place, thread in enumerate(step["fresh"]):
            if thread not in self.names.threads:
                self.names.problem("references", f"{here}/fresh/{place}", f"no thread is named {thread!r}")
        self.names.enter(step["id"])
        for name, member in zip(names, ("id", "as"), strict=False):
            self.names.assign(inner, name, "text", f"{here}/{member}")
        body = self._block(step["steps"], f"{here}/steps", inner, depth + 1)
        self.names.leave()
        return body

    def _repeat(self, step: Mapping[str, Any], here: str, scope: Scope, depth: int) -> flow.Step:
        body = self._loop(step, here, scope, depth, [step["id"]])
        until = self._condition(step["until"], f"{here}/until", scope, depth) if "until" in step else None
        scope.pop(step["id"], None)
        return flow.repeat(step, body, until, self.collected.get(step["id"], ()))

    def _each(self, step: Mapping[str, Any], here: str, scope: Scope, depth: int) -> flow.Step:
        self.names.use(step["in"], "list", f"{here}/in", scope)
        body = self._loop(step, here, dict(scope), depth, [step["id"], step["as"]])
        return flow.each(step, body, self.collected.get(step["id"], ()))

    def _condition(self, test: Mapping[str, Any], here: str, scope: Scope, depth: int) -> flow.Condition:
        name = test["test"]
        if depth > limits.PROGRAM_DEPTH:
            self.names.problem("size", here, f"tests are nested deeper than {limits.PROGRAM_DEPTH}")
            return lambda _: False
        if name == "not":
            return conditions.negation(self._condition(test["of"], f"{here}/of", scope, depth + 1))
        if name in ("all", "any"):
            return conditions.combination(
                name,
                [
                    self._condition(one, f"{here}/of/{place}", scope, depth + 1)
                    for place, one in enumerate(test["of"])
                ],
            )
        if name == "has-tool-calls":
            if test["step"] not in scope or test["step"] not in self.speaking:
                self.names.problem(
                    "assigned",
                    f"{here}/step",
                    f"no generate or tools step named {test['step']!r} is sure to have spoken before",
                )
            return conditions.has_tool_calls(test["step"], test.get("tool"))
        text = self.names.template(test["text"], f"{here}/text", scope)
        if name == "matches":
            try:
                self.patterns += iregexp.size(test["pattern"])
                if self.patterns <= iregexp.MAX_SIZE:
                    return conditions.matches(text, test["pattern"])
                why = f"the patterns of the program have together a size of more than {iregexp.MAX_SIZE}"
            except iregexp.PatternError as error:
                why = str(error)
            self.names.problem("patterns", f"{here}/pattern", why)
            return lambda _: False
        return conditions.compare(name, text, self.names.template(test["value"], f"{here}/value", scope))
