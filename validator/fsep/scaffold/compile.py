"""Reading a program: every rule of the language that a schema cannot say is checked here, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fsep import limits
from fsep.parsing import canonical
from fsep.scaffold import conditions, extraction, iregexp, steps, template
from fsep.scaffold.program import Actor, Problem, Program, ProgramError, Rule, with_defaults
from fsep.scaffold.template import Template

# What a name stands for at a place in the program; `calls` marks a step whose tool calls can be asked for.
Scope = dict[str, str]

_NO_TEMPLATE = Template(("",))
_HOLDS_A_TEMPLATE = {"say": ("text",), "let": ("text",), "extract": ("from",), "call": ("tool", "unknown_tool"), "tools": ("unknown_tool", "bad_arguments"), "collect": ("otherwise",)}


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
        self.problems: list[Problem] = []
        self.actors = {name: Actor(name, actor["kind"], actor.get("simulator")) for name, actor in self.program["actors"].items()}
        self.threads = {name: tuple(thread["speakers"]) for name, thread in self.program["threads"].items()}
        self.fields: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.steps: set[str] = set()
        self.speaking: set[str] = set()
        self.loops: dict[str, set[str]] = {}
        self.around: list[str] = []
        self.collected = self._collected(self.program["steps"])
        self.environments: set[str] = set()
        self.externals: list[Mapping[str, Any]] = []

    def compile(self) -> Program:
        """Read everything, then refuse or return."""
        self._check_head()
        scope: Scope = {}
        body = self._block(self.program["steps"], "/program/steps", scope, 1)
        result = []
        for place, part in enumerate(self.program["result"]):
            result.append((part["name"], self._template(part["text"], f"/program/result/{place}/text", scope)))
            if part["name"] in [name for name, _ in result[:-1]]:
                self._problem("identifiers", f"/program/result/{place}/name", f"the result names {part['name']!r} twice")
        if self.problems:
            raise ProgramError(tuple(self.problems))
        return Program(
            id=self.document["id"],
            sha256=canonical.digest(self.program),
            actors=self.actors,
            threads=self.threads,
            primary=self.program["primary"],
            fields=self.fields,
            environments=frozenset(self.environments),
            simulators=frozenset(actor.simulator for actor in self.actors.values() if actor.simulator),
            externals=tuple(self.externals),
            result=tuple(name for name, _ in result),
            body=(body, tuple(result)),
            document=self.document,
        )

    def _problem(self, rule: Rule, pointer: str, message: str) -> None:
        self.problems.append(Problem(rule, pointer, message))

    def _check_head(self) -> None:
        primary = self.program["primary"]
        if primary not in self.actors:
            self._problem("references", "/program/primary", f"no actor is named {primary!r}")
        elif self.actors[primary].kind != "model":
            self._problem("references", "/program/primary", f"the primary actor {primary!r} is of kind {self.actors[primary].kind}, not model")
        for thread, speakers in self.threads.items():
            for place, speaker in enumerate(speakers):
                if speaker not in self.actors:
                    self._problem("references", f"/program/threads/{thread}/speakers/{place}", f"no actor is named {speaker!r}")

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

    def _block(self, block: Sequence[Mapping[str, Any]], pointer: str, scope: Scope, depth: int) -> steps.Step:
        if block and depth > limits.PROGRAM_DEPTH:
            self._problem("size", pointer, f"steps are nested deeper than {limits.PROGRAM_DEPTH}")
            return steps.block([])
        built = []
        for place, step in enumerate(block):
            here = f"{pointer}/{place}"
            self._declare_step(step, here)
            self._speakers(step, here)
            built.append((step["do"] not in ("let", "extract", "collect"), getattr(self, "_" + step["do"])(step, here, scope, depth)))
        return steps.block(built)

    def _declare_step(self, step: Mapping[str, Any], here: str) -> None:
        """Step ids name events: each stands once in a program."""
        name = step.get("id")
        if name is None:
            return
        if name in self.steps or name in self.kinds:
            self._problem("identifiers", f"{here}/id", f"the name {name!r} is taken by an earlier step")
        self.steps.add(name)

    def _speakers(self, step: Mapping[str, Any], here: str) -> None:
        """Threads and actors that a step names exist, and an actor speaks in the thread."""
        thread = step.get("thread")
        if thread is not None and thread not in self.threads:
            self._problem("references", f"{here}/thread", f"no thread is named {thread!r}")
            return
        for member in ("actor", "to", "for"):
            actor = step.get(member)
            if actor is not None and actor not in self.threads.get(str(thread), ()):
                self._problem("references", f"{here}/{member}", f"{actor!r} is no speaker of the thread {thread!r}")

    def _assign(self, scope: Scope, name: str, kind: str, pointer: str) -> None:
        if name in self.steps and not pointer.endswith("/id"):
            self._problem("identifiers", pointer, f"the name {name!r} is a step's; a step's name is given a value by that step alone")
        known = self.kinds.setdefault(name, kind)
        if known != kind:
            self._problem("types", pointer, f"{name!r} is a {known} elsewhere and a {kind} here")
        scope[name] = known
        for loop in self.around:
            self.loops[loop].add(name)

    def _template(self, text: str, pointer: str, scope: Scope) -> Template:
        try:
            made = template.parse(text)
        except template.TemplateError as error:
            self._problem("templates", pointer, str(error))
            return _NO_TEMPLATE
        for name in made.names:
            self._use(name, "text", pointer, scope)
        return made

    def _use(self, name: str, kind: str, pointer: str, scope: Scope) -> None:
        if name.startswith("item."):
            used = self.fields.setdefault(name[5:], kind)
            if used != kind:
                self._problem("types", pointer, f"the item's field {name[5:]!r} is used as a {used} elsewhere and as a {kind} here")
        elif name not in scope:
            self._problem("assigned", pointer, f"{name!r} may have no value here: on some way through the program no earlier step gives it one")
        elif scope[name] != kind:
            self._problem("types", pointer, f"{name!r} is a {scope[name]}; a {kind} is wanted here")

    def _templates(self, step: Mapping[str, Any], here: str, scope: Scope) -> list[Template]:
        return [self._template(step[member], f"{here}/{member}", scope) for member in _HOLDS_A_TEMPLATE[step["do"]]]

    def _kind_and_role(self, step: Mapping[str, Any]) -> tuple[str, str]:
        actor = self.actors.get(step["actor"])
        return (actor.kind, actor.role) if actor else ("model", "assistant")

    # One method a kind of step: reads it, and returns what it does.

    def _say(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> steps.Step:
        [text] = self._templates(step, here, scope)
        return steps.say(step, text, self.threads.get(step["thread"], ()))

    def _generate(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> steps.Step:
        self.speaking.add(step["id"])
        self._assign(scope, step["id"], "text", f"{here}/id")
        return steps.generate(step, *self._kind_and_role(step))

    def _tools(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> steps.Step:
        unknown, bad = self._templates(step, here, scope)
        self.environments.add(step["environment"])
        self.speaking.add(step["id"])
        self._assign(scope, step["id"], "text", f"{here}/id")
        return steps.tools(step, *self._kind_and_role(step), unknown, bad)

    def _call(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> steps.Step:
        tool, unknown = self._templates(step, here, scope)
        arguments = {name: self._template(text, f"{here}/arguments/{name}", scope) for name, text in step["arguments"].items()}
        self.environments.add(step["environment"])
        self._assign(scope, step["id"], "text", f"{here}/id")
        return steps.call(step, tool, arguments, unknown)

    def _external(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> steps.Step:
        self.externals.append(step)
        self._assign(scope, step["id"], "text", f"{here}/id")
        return steps.external(step)

    def _edit(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> steps.Step:
        return steps.edit(step, self._template(step["text"], f"{here}/text", scope) if step["how"] == "replace" else None)

    def _let(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> steps.Pure:
        [text] = self._templates(step, here, scope)
        self._assign(scope, step["name"], "text", f"{here}/name")
        return steps.let(step["name"], text)

    def _extract(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> steps.Pure:
        [source] = self._templates(step, here, scope)
        otherwise = step["otherwise"]
        kind = "text" if isinstance(otherwise, str) else "list"
        pipelines = []
        for place, operations in enumerate(step["try"]):
            try:
                pipeline, gives = extraction.compile_pipeline(operations)
            except extraction.PipelineError as error:
                self._problem("types", f"{here}/try/{place}", str(error))
                continue
            if gives != kind:
                self._problem("types", f"{here}/try/{place}", f"the pipeline gives a {gives}, and `otherwise` is a {kind}")
            pipelines.append(pipeline)
        fallback: Template | list[Template]
        if isinstance(otherwise, str):
            fallback = self._template(otherwise, f"{here}/otherwise", scope)
        else:
            fallback = [self._template(text, f"{here}/otherwise/{place}", scope) for place, text in enumerate(otherwise)]
        self._assign(scope, step["name"], kind, f"{here}/name")
        return steps.extract(step["name"], source, pipelines, fallback)

    def _collect(self, step: Mapping[str, Any], here: str, scope: Scope, _: int) -> steps.Pure:
        [otherwise] = self._templates(step, here, scope)
        inside = self.loops.get(step["over"])
        if step["over"] not in self.loops:
            self._problem("references", f"{here}/over", f"no loop before this step is named {step['over']!r}")
        elif inside is not None and (step["value"] not in inside or self.kinds.get(step["value"]) != "text"):
            self._problem("references", f"{here}/value", f"no step in the loop {step['over']!r} gives {step['value']!r} a text")
        self._assign(scope, step["name"], "text", f"{here}/name")
        return steps.collect(step, otherwise)

    def _when(self, step: Mapping[str, Any], here: str, scope: Scope, depth: int) -> steps.Step:
        condition = self._condition(step["if"], f"{here}/if", scope, depth)
        one, other = dict(scope), dict(scope)
        then = self._block(step["then"], f"{here}/then", one, depth + 1)
        otherwise = self._block(step["else"], f"{here}/else", other, depth + 1)
        scope.update({name: kind for name, kind in one.items() if name in other})
        return steps.when(condition, then, otherwise)

    def _loop(self, step: Mapping[str, Any], here: str, inner: Scope, depth: int, names: Sequence[str]) -> steps.Step:
        """Read a loop's block; `inner` ends as the scope after it."""
        for place, thread in enumerate(step["fresh"]):
            if thread not in self.threads:
                self._problem("references", f"{here}/fresh/{place}", f"no thread is named {thread!r}")
        self.loops[step["id"]] = set()
        self.around.append(step["id"])
        for name, member in zip(names, ("id", "as"), strict=False):
            self._assign(inner, name, "text", f"{here}/{member}")
        body = self._block(step["steps"], f"{here}/steps", inner, depth + 1)
        self.around.pop()
        return body

    def _repeat(self, step: Mapping[str, Any], here: str, scope: Scope, depth: int) -> steps.Step:
        body = self._loop(step, here, scope, depth, [step["id"]])
        until = self._condition(step["until"], f"{here}/until", scope, depth) if "until" in step else None
        scope.pop(step["id"], None)
        return steps.repeat(step, body, until, self.collected.get(step["id"], ()))

    def _each(self, step: Mapping[str, Any], here: str, scope: Scope, depth: int) -> steps.Step:
        self._use(step["in"], "list", f"{here}/in", scope)
        body = self._loop(step, here, dict(scope), depth, [step["id"], step["as"]])
        return steps.each(step, body, self.collected.get(step["id"], ()))

    def _condition(self, test: Mapping[str, Any], here: str, scope: Scope, depth: int) -> steps.Condition:
        name = test["test"]
        if depth > limits.PROGRAM_DEPTH:
            self._problem("size", here, f"tests are nested deeper than {limits.PROGRAM_DEPTH}")
            return lambda _: False
        if name == "not":
            return conditions.negation(self._condition(test["of"], f"{here}/of", scope, depth + 1))
        if name in ("all", "any"):
            return conditions.combination(name, [self._condition(one, f"{here}/of/{place}", scope, depth + 1) for place, one in enumerate(test["of"])])
        if name == "has-tool-calls":
            if test["step"] not in scope or test["step"] not in self.speaking:
                self._problem("assigned", f"{here}/step", f"no generate or tools step named {test['step']!r} is sure to have spoken before")
            return conditions.has_tool_calls(test["step"])
        text = self._template(test["text"], f"{here}/text", scope)
        if name == "matches":
            try:
                return conditions.matches(text, test["pattern"])
            except iregexp.PatternError as error:
                self._problem("patterns", f"{here}/pattern", str(error))
                return lambda _: False
        return conditions.compare(name, text, self._template(test["value"], f"{here}/value", scope))
