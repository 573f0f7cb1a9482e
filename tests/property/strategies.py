"""Programs, items and outputs of the scaffold language, drawn at random and well formed.

A program is drawn step by step with the names that are definitely assigned at each place, so that every kind of step occurs
nested in every other. Texts are short and taken from a small stock, so that markers are found, lists parse, tests come out both
ways, and edited texts are often used again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from fsep.scaffold.template import TemplateError, parse
from naive_scaffold import World
from scaffolding import tool

Step = dict[str, Any]

# --- texts ---

WORDS = (
    "", " ", "a", "b", "yes", "no", "A: yes", "x\r\ny\n\nz", '["a", "b"]', 'So: ["q", 1.50, {"b": 1, "a": null}] end', '{"verdict": "no"}', "{{a}}", "{{", "}}", "é", "e\u0301",
    "\U0001f600\u2028", "\x00\x1f\x7f", '"\\', "###STOP###", "0", "1", "a,b,,c", "[" * 3, r'["\ud800"]', "\t trimmed \r\n",
)  # fmt: skip
TEXTS = st.sampled_from(WORDS) | st.text(st.characters(codec="utf-8"), max_size=8)
NAMES = st.sampled_from(("look", "count", "other", "é ?"))
TOOLS = [tool("look"), tool("count", "Ä\u2028"), tool("third")]
SEEDS = st.sampled_from(("none", "derived")) | st.integers(0, 2**53 - 1)
NUMBERS = st.sampled_from((0, 1, -1, 0.5, 1e-7, 1e21, 2**53 - 1))
PARAMETERS = st.dictionaries(
    st.sampled_from(("temperature", "max_tokens", "stop", "seed", "flag")),
    NUMBERS | st.booleans() | TEXTS | st.lists(TEXTS, max_size=2),
    max_size=3,
)

# --- item, system and what was recorded ---


def content(text: st.SearchStrategy[str] = TEXTS) -> st.SearchStrategy[Any]:
    """Return content as an output records it: a text, parts, reasoning, nothing."""
    part = st.one_of(
        st.builds(lambda one: {"type": "text", "text": one}, text),
        st.builds(lambda one: {"type": "reasoning", "form": "text", "text": one}, text),
        st.just({"type": "reasoning", "form": "opaque", "signature": "c2ln"}),
        st.just({"type": "image", "blob": "a" * 64, "media_type": "image/png"}),
    )
    return text | st.none() | st.lists(part, max_size=3)


ARGUMENTS = (
    st.dictionaries(
        st.sampled_from(("x", "é", "10", "\ue000", "\U00010000")), TEXTS | NUMBERS | st.none(), max_size=2
    )
    | TEXTS
)


@st.composite
def calls(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw the calls of one message: few, with ids of their own."""
    names = draw(st.lists(NAMES, min_size=1, max_size=3))
    return [
        {"id": f"c{place}", "name": name, "arguments": draw(ARGUMENTS)} for place, name in enumerate(names)
    ]


@dataclass(frozen=True)
class Script:
    """What the speakers and the environment say, by turns and over again."""

    outputs: Sequence[tuple[Any, list[dict[str, Any]]]]
    answers: Sequence[Any]


SCRIPTS = st.builds(
    Script,
    st.lists(st.tuples(content(), st.just([]) | st.just([]) | calls()), min_size=1, max_size=5),
    st.lists(content(), min_size=1, max_size=3),
)

ADAPTATIONS = st.lists(
    st.one_of(
        st.builds(
            lambda name: {"kind": "omit-parameter", "parameter": name},
            st.sampled_from(("temperature", "seed")),
        ),
        st.builds(
            lambda low: {"kind": "clamp-parameter", "parameter": "max_tokens", "minimum": low, "maximum": 1},
            st.sampled_from((0, 0.5, 2)),
        ),
        st.just({"kind": "clamp-parameter", "parameter": "flag", "maximum": 0}),
        st.just({"kind": "client-side-stop"}),
        st.just({"kind": "echo-reasoning"}),
        st.builds(lambda role: {"kind": "system-text", "as": role}, st.sampled_from(("user", "developer"))),
        st.builds(lambda text: {"kind": "merge-adjacent", "separator": text}, TEXTS),
    ),
    max_size=3,
)

FIELDS = st.fixed_dictionaries(
    {"text": TEXTS, "other": TEXTS, "words": st.lists(TEXTS, max_size=4), "rows": st.lists(TEXTS, max_size=3)}
)

WORLDS = st.builds(
    World,
    model=st.sampled_from(("alpha-1", "é")),
    design_sha256=st.just("0" * 64),
    adaptations=ADAPTATIONS,
    simulators=st.just({"customer": "visitor-1"}),
    environments=st.just({"desk": TOOLS, "bare": []}),
    item=st.just("item-1"),
    fields=FIELDS,
    replicate=st.integers(0, 2),
)

# --- programs ---

ACTORS = {
    "solver": {"kind": "model"},
    "critic": {"kind": "model"},
    "visitor": {"kind": "simulator", "simulator": "customer"},
    "person": {"kind": "human"},
}
THREADS = {
    "main": ("solver", "visitor"),
    "pair": ("critic", "solver"),
    "side": ("solver",),
    "ask": ("person", "solver"),
}
MARKERS = st.sampled_from(("a", ":", ",", '"', "###STOP###", "é"))
PATTERNS = st.sampled_from(
    ("(.|\n|\r)+", "[a-z]*", "yes|no|", ".*a.*", "[^a]+", "(a|b|e\u0301){1,2}", r"\{\{.*")
)

TO_LIST = st.one_of(
    st.just({"op": "lines"}),
    st.just({"op": "json-array"}),
    st.builds(lambda at: {"op": "split", "at": at}, MARKERS),
)
ON_TEXT = st.one_of(
    st.just({"op": "trim"}),
    st.builds(
        lambda op, marker, which: {"op": op, "marker": marker, "which": which},
        st.sampled_from(("before", "after")),
        MARKERS,
        st.sampled_from(("first", "last")),
    ),
    st.builds(
        lambda to: {"op": "json-pointer", "pointer": to},
        st.sampled_from(("", "/verdict", "/1", "/2/b", "/~01")),
    ),
)
ON_LIST = (
    st.just({"op": "nonempty"})
    | st.builds(lambda count: {"op": "first", "count": count}, st.integers(1, 3))
    | ON_TEXT
)
TEXT_PIPELINES = st.lists(ON_TEXT, min_size=1, max_size=3)
LIST_PIPELINES = st.builds(
    lambda before, to, after: [*before, to, *after],
    st.lists(ON_TEXT, max_size=1),
    TO_LIST,
    st.lists(ON_LIST, max_size=2),
)


@dataclass
class Scope:
    """What may be named at a place of a program; `taken` and `loops` are shared by all places."""

    texts: set[str] = field(default_factory=lambda: {"item.text", "item.other"})
    lists: set[str] = field(default_factory=lambda: {"item.words", "item.rows"})
    spoken: set[str] = field(default_factory=set)
    kinds: dict[str, str] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    # Loops that have ended before this place of the document, with the texts assigned in them.
    loops: dict[str, set[str]] = field(default_factory=dict)
    around: list[str] = field(default_factory=list)
    inside: dict[str, set[str]] = field(default_factory=dict)

    def copy(self) -> Scope:
        """Return a scope that goes its own way from here."""
        return Scope(
            set(self.texts),
            set(self.lists),
            set(self.spoken),
            self.kinds,
            self.steps,
            self.loops,
            self.around,
            self.inside,
        )

    def assign(self, name: str, kind: str = "text") -> str:
        """Give a name a value, and return it."""
        self.kinds[name] = kind
        (self.texts if kind == "text" else self.lists).add(name)
        if kind == "text":
            for loop in self.around:
                self.inside[loop].add(name)
        return name

    def new_step(self) -> str:
        """Return a name for a step that no other has."""
        self.steps.append(f"s{len(self.steps)}")
        return self.steps[-1]

    def only_what(self, *others: Scope) -> None:
        """Keep what all of several places have."""
        for other in others:
            self.texts &= other.texts
            self.lists &= other.lists
            self.spoken &= other.spoken


@st.composite
def templates(draw: st.DrawFn, scope: Scope) -> str:
    """Draw a template over the names of a scope."""
    piece = TEXTS.map(lambda text: text.replace("{{", "{{{{")) | st.sampled_from(sorted(scope.texts)).map(
        lambda name: "{{" + name + "}}"
    )
    text = "".join(draw(st.lists(piece, min_size=1, max_size=3)))
    # Pieces may meet so that their braces read otherwise.
    return text if _reads(text) else text.replace("{", "(")


def _reads(text: str) -> bool:
    try:
        parse(text)
    except TemplateError:
        return False
    return True


@st.composite
def conditions(draw: st.DrawFn, scope: Scope, depth: int = 2) -> dict[str, Any]:
    """Draw a test over the names of a scope."""
    kinds = (
        ["equals", "contains", "matches"]
        + (["not", "all", "any"] if depth else [])
        + (["has-tool-calls"] * 2 if scope.spoken else [])
    )
    kind = draw(st.sampled_from(kinds))
    if kind == "not":
        return {"test": kind, "of": draw(conditions(scope, depth - 1))}
    if kind in ("all", "any"):
        return {"test": kind, "of": draw(st.lists(conditions(scope, depth - 1), min_size=1, max_size=3))}
    if kind == "has-tool-calls":
        tool = draw(st.fixed_dictionaries({}, optional={"tool": NAMES}))
        return {"test": kind, "step": draw(st.sampled_from(sorted(scope.spoken))), **tool}
    text = draw(templates(scope))
    if kind == "matches":
        return {"test": kind, "text": text, "pattern": draw(PATTERNS)}
    return {"test": kind, "text": text, "value": draw(templates(scope))}


@st.composite
def steps(draw: st.DrawFn, scope: Scope, depth: int, most: int, least: int = 1) -> list[Step]:
    """Draw a block of steps; the scope ends as the one after it."""
    return [draw(_step(scope, depth)) for _ in range(draw(st.integers(least, most)))]


@st.composite
def _step(draw: st.DrawFn, scope: Scope, depth: int) -> Step:
    kinds = [
        "say",
        "say",
        "generate",
        "generate",
        "generate",
        "tools",
        "tools",
        "call",
        "let",
        "extract",
        "edit",
        "edit",
        "external",
    ] + (["collect"] * 2 if scope.loops else [])
    kinds += ["when", "repeat", "repeat", "each", "each"] if depth else []
    kind = draw(st.sampled_from(kinds))
    if kind in _SPEAKING:
        thread = draw(st.sampled_from(("main", "main", "main", "pair", "side", "ask")))
        return draw(_SPEAKING[kind](scope, thread, draw(st.sampled_from(THREADS[thread]))))
    if kind in _NESTING:
        return draw(_NESTING[kind](scope, depth))
    return draw(_PLAIN[kind](scope))


@st.composite
def _say(draw: st.DrawFn, scope: Scope, thread: str, actor: str) -> Step:
    role = draw(st.sampled_from(("user", "system", "assistant")))
    step: Step = {
        "do": "say",
        "id": scope.new_step(),
        "thread": thread,
        "role": role,
        "text": draw(templates(scope)),
    }
    return {**step, **({"to": actor} if role == "system" else {"for": actor} if role == "assistant" else {})}


@st.composite
def _generate(draw: st.DrawFn, scope: Scope, thread: str, actor: str) -> Step:
    step: Step = {
        "do": "generate",
        "id": scope.new_step(),
        "thread": thread,
        "actor": actor,
        "parameters": draw(PARAMETERS),
        "seed": draw(SEEDS),
    }
    scope.spoken.add(scope.assign(step["id"]))
    return step


@st.composite
def _tools(draw: st.DrawFn, scope: Scope, thread: str, actor: str) -> Step:
    step: Step = {
        "do": "tools",
        "id": scope.new_step(),
        "thread": thread,
        "actor": actor,
        "environment": draw(st.sampled_from(("desk", "desk", "bare"))),
    }
    step |= {"max_rounds": draw(st.integers(1, 3)), "at_bound": draw(BOUNDS), "seed": draw(SEEDS)}
    step |= {"unknown_tool": draw(templates(scope)), "bad_arguments": draw(templates(scope))}
    step["offer"] = draw(st.just("all") | st.lists(NAMES, min_size=1, max_size=2, unique=True))
    scope.spoken.add(scope.assign(step["id"]))
    return step


@st.composite
def _edit(draw: st.DrawFn, scope: Scope, thread: str, actor: str) -> Step:
    how = draw(st.sampled_from(("drop-first", "keep-last", "replace")))
    more = {"text": draw(templates(scope))} if how == "replace" else {"count": draw(st.integers(0, 4))}
    return {"do": "edit", "id": scope.new_step(), "thread": thread, "actor": actor, "how": how, **more}


@st.composite
def _external(draw: st.DrawFn, scope: Scope, thread: str, actor: str) -> Step:
    step: Step = {
        "do": "external",
        "id": scope.new_step(),
        "thread": thread,
        "actor": actor,
        "harness": {"name": "h", "sha256": "0" * 64},
    }
    scope.assign(step["id"])
    return {**step, "max_events": draw(st.integers(1, 2)), "at_bound": draw(BOUNDS)}


@st.composite
def _call(draw: st.DrawFn, scope: Scope) -> Step:
    arguments = draw(st.dictionaries(st.sampled_from(("x", "é/~")), templates(scope), max_size=2))
    # The name of a tool in a record is not empty.
    step: Step = {
        "do": "call",
        "id": scope.new_step(),
        "environment": "desk",
        "tool": draw(st.sampled_from(("look", "x{{item.text}}"))),
        "arguments": arguments,
    }
    step["unknown_tool"] = draw(templates(scope))
    scope.assign(step["id"])
    return step


def _value_name(draw: st.DrawFn, scope: Scope, kind: str) -> str:
    """Draw a name for a value: often one that has a value already."""
    known = sorted(name for name, known in scope.kinds.items() if known == kind and name.startswith("v"))
    new = f"v{len(scope.kinds)}_{kind}"
    return scope.assign(draw(st.sampled_from([*known, new])), kind)


@st.composite
def _let(draw: st.DrawFn, scope: Scope) -> Step:
    text = draw(templates(scope))
    return {"do": "let", "name": _value_name(draw, scope, "text"), "text": text}


@st.composite
def _extract(draw: st.DrawFn, scope: Scope) -> Step:
    kind = draw(st.sampled_from(("text", "list")))
    otherwise = draw(templates(scope) if kind == "text" else st.lists(templates(scope), max_size=2))
    pipelines = draw(st.lists(TEXT_PIPELINES if kind == "text" else LIST_PIPELINES, min_size=1, max_size=3))
    from_ = draw(templates(scope))
    return {
        "do": "extract",
        "name": _value_name(draw, scope, kind),
        "from": from_,
        "try": pipelines,
        "otherwise": otherwise,
    }


@st.composite
def _collect(draw: st.DrawFn, scope: Scope) -> Step:
    loop = draw(st.sampled_from(sorted(scope.loops)))
    how = draw(st.sampled_from(("last", "joined")))
    step: Step = {
        "do": "collect",
        "over": loop,
        "value": draw(st.sampled_from(sorted(scope.loops[loop]))),
        "how": how,
        "otherwise": draw(templates(scope)),
    }
    if how == "joined":
        step["separator"] = draw(TEXTS)
    return {**step, "name": _value_name(draw, scope, "text")}


@st.composite
def _when(draw: st.DrawFn, scope: Scope, depth: int) -> Step:
    test = draw(conditions(scope))
    one, other = scope.copy(), scope.copy()
    step: Step = {
        "do": "when",
        "if": test,
        "then": draw(steps(one, depth - 1, 2)),
        "else": draw(steps(other, depth - 1, 2)) if draw(st.booleans()) else [],
    }
    scope.texts, scope.lists, scope.spoken = one.texts, one.lists, one.spoken
    scope.only_what(other)
    return step


BOUNDS = st.sampled_from(("continue", "continue", "continue", "stop"))


@st.composite
def _repeat(draw: st.DrawFn, scope: Scope, depth: int) -> Step:
    step: Step = {
        "do": "repeat",
        "id": scope.new_step(),
        "max": draw(st.integers(1, 3)),
        "at_bound": draw(BOUNDS),
        "fresh": draw(FRESH),
    }
    _begin_loop(scope, step["id"])
    step["steps"] = draw(steps(scope, depth - 1, 3))
    if draw(st.booleans()):
        step["until"] = draw(conditions(scope))
    scope.texts.discard(step["id"])
    _end_loop(scope, step["id"])
    return step


@st.composite
def _each(draw: st.DrawFn, scope: Scope, depth: int) -> Step:
    inner = scope.copy()
    step: Step = {
        "do": "each",
        "id": scope.new_step(),
        "in": draw(st.sampled_from(sorted(scope.lists))),
        "max": draw(st.integers(1, 3)),
    }
    step |= {"at_bound": draw(BOUNDS), "fresh": draw(FRESH)}
    _begin_loop(inner, step["id"])
    step["as"] = _value_name(draw, inner, "text")
    step["steps"] = draw(steps(inner, depth - 1, 3))
    _end_loop(inner, step["id"])
    return step


FRESH = st.lists(st.sampled_from(sorted(THREADS)), max_size=2, unique=True)


def _begin_loop(scope: Scope, loop: str) -> None:
    scope.around.append(loop)
    scope.inside[loop] = set()
    scope.assign(loop)


def _end_loop(scope: Scope, loop: str) -> None:
    scope.around.remove(loop)
    scope.loops[loop] = scope.inside[loop]


_SPEAKING: dict[str, Any] = {
    "say": _say,
    "generate": _generate,
    "tools": _tools,
    "edit": _edit,
    "external": _external,
}
_NESTING: dict[str, Any] = {"when": _when, "repeat": _repeat, "each": _each}
_PLAIN: dict[str, Any] = {"call": _call, "let": _let, "extract": _extract, "collect": _collect}


@st.composite
def programs(draw: st.DrawFn, *, depth: int = 2, most: int = 9) -> dict[str, Any]:
    """Draw a scaffold document that its schema and every rule of the language take."""
    scope = Scope()
    body = draw(steps(scope, depth, most, least=4))
    result = [
        {"name": f"r{place}", "text": draw(templates(scope))} for place in range(draw(st.integers(1, 2)))
    ]
    program = {
        "actors": ACTORS,
        "primary": "solver",
        "threads": {name: {"speakers": list(speakers)} for name, speakers in THREADS.items()},
        "steps": body,
        "result": result,
    }
    return {"fsep": "1.0", "kind": "scaffold", "id": "drawn", "program": program}
