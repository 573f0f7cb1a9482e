"""Readings of the chapters on scaffolds, requests and replay: programs that are well formed or not, and their runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from acceptance.cases_corners import events
from acceptance.corners import answer
from acceptance.readings import RUNS, WHOLE, Reading, by, ill_formed, program, withheld
from scaffolding import collect, each, equals, extract, generate, let, repeat, say, tools, when
from workbench import Workbench

SCF1, SCF2, SCF3, SCF4, SCF5, SCF6, SCF7 = (f"FSEP-SCF-00{number}" for number in range(1, 8))
ADH1, ADH2, ADH3, ADH4, ADH5 = (f"FSEP-ADH-00{number}" for number in range(1, 6))
READINGS: list[Reading] = []
ASK = say("ask", "{{item.question}}")
FIRST, LAST = generate("first"), generate("last")
DUET = {
    "actors": {"solver": {"kind": "model"}, "visitor": {"kind": "simulator", "simulator": "visitor"}},
    "threads": {"main": ["visitor", "solver"]},
}
LINES = [{"op": "lines"}]
Step = Mapping[str, Any]


def reading(requirement: str, sentence: str, verdict: str = "refuse", **members: Any) -> None:
    """Add a case."""
    READINGS.append(Reading(requirement, sentence, verdict, **members))


def taken(
    requirement: str, sentence: str, steps: Sequence[Step], answers: Sequence[Any], *edits: Any, **corner: Any
) -> None:
    """Add a case of a program that is well formed, and of its run, which replays."""
    reading(requirement, sentence, "accept", files=program(steps, answers, *edits, **corner))


def refused(requirement: str, sentence: str, *steps: Step, **members: Any) -> None:
    """Add a case of a program that is not well formed."""
    reading(requirement, sentence, files=ill_formed([ASK, *steps], **members), facets=WHOLE)


# --- names

taken(SCF1, "a part of the result has the name of a step", [ASK, generate("answer")], ["A"])
taken(
    SCF1,
    "a text gets its value from steps of every kind",
    [
        ASK,
        FIRST,
        let("t", "x"),
        extract("t", "{{first}}", [{"op": "trim"}]),
        repeat("r", [let("t", "y")], 1),
        collect("t", "r", "t"),
        say("s", "{{t}}"),
        LAST,
    ],
    ["A", "B"],
)
taken(
    SCF1,
    "the element of a loop has the name of a text",
    [
        ASK,
        let("one", "x"),
        extract("l", "a\nb", LINES, otherwise=[]),
        each("r", "l", [say("s", "{{one}}")]),
        say("t", "{{one}}"),
        LAST,
    ],
    ["B"],
)
refused(SCF1, "a text has the id of a step that comes later", let("last", "x"), LAST)
refused(SCF1, "a text has the id of a step that came before", FIRST, let("first", "x"))
refused(SCF1, "a loop has the id of a step", FIRST, repeat("first", [LAST], 1))
refused(
    SCF1,
    "the element of a loop has the id of a step",
    FIRST,
    {**each("r", "item.list", [LAST]), "as": "first"},
)
refused(
    SCF1,
    "two parts of the result have one name",
    FIRST,
    result=[{"name": "a", "text": "x"}, {"name": "a", "text": "y"}],
)
taken(
    SCF4,
    "the index of a loop in its condition",
    [ASK, repeat("r", [generate("a")], 5, until=equals("{{r}}", "1"))],
    ["A", "B"],
)
refused(SCF4, "the index of a loop after it", repeat("r", [LAST], 1), say("s", "{{r}}"))
taken(
    SCF4,
    "a text that a loop's steps assign, after it",
    [ASK, repeat("r", [let("t", "x")], 1), say("s", "{{t}}"), LAST],
    ["A"],
)
refused(
    SCF4,
    "a text that a loop over a list assigns, after it",
    each("r", "item.list", [let("t", "x")]),
    say("s", "{{t}}"),
)
refused(SCF4, "the element of a loop, after it", each("r", "item.list", [LAST]), say("s", "{{one}}"))
taken(
    SCF4,
    "a text that both branches assign",
    [ASK, when(equals("a", "a"), [let("t", "x")], let("t", "y")), say("s", "{{t}}"), LAST],
    ["A"],
)
refused(SCF4, "a text that one branch assigns", when(equals("a", "a"), [let("t", "x")]), say("s", "{{t}}"))
for name, what in (
    ("nosuch", "nothing"),
    ("item", "the item as a whole"),
    ("program", "the program"),
    ("ask", "a step that gives no value"),
    ("main", "a thread"),
):
    refused(SCF4, f"a name that is spelled as one and is that of {what}", say("s", f"{{{{{name}}}}}"))
for text in (
    "{{Nosuch}}",
    "{{item.}}",
    "{{ ask }}",
    "{{item.Q}}",
    "{{ask.q}}",
    "{{9}}",
    "{{é}}",
    "{{" + "a" * 65 + "}}",
    "{{item.question}",
    "{{{item.question}}}",
    "{{}}",
    "{{item.item.question}}",
):
    refused(SCF3, f"a template holds {text[:24]!r}", say("s", text))
for text in (
    "{{{{{item.question}}",
    "}}",
    "{ {",
    "{",
    "{{{{",
    "{{{{{{item.question}}",
    "{{item.question}}}}",
    "{{item.question}}{{item.question}}",
    "{{{{item.question}}",
):
    taken(SCF3, f"a template holds {text!r}", [say("ask", text), LAST], ["A"])
taken(
    SCF3,
    "values are not read as templates",
    [ASK, FIRST, say("s", "{{first}}"), LAST],
    ["{{item.question}} {{{{ {{nosuch", "B"],
)


def _calls(test: str) -> Step:
    return when({"test": "has-tool-calls", "step": test}, [say("s", "x")])


refused(SCF4, "a test of calls of a step that only names a text", let("t", "x"), _calls("t"))
refused(SCF4, "a test of calls of a step that there is none of", _calls("nosuch"))
refused(SCF4, "a test of calls of a step that comes later", _calls("last"), LAST)
taken(
    SCF4,
    "a test of calls of a step without tools, which made some",
    [ASK, FIRST, _calls("first"), LAST],
    [answer("A", ("a", "look", {})), "B"],
)

# --- references

refused(
    SCF2,
    "what is collected is collected before the loop",
    collect("c", "r", "t"),
    repeat("r", [let("t", "x")], 1),
)
refused(
    SCF2,
    "what is collected is collected inside of the loop",
    repeat("r", [let("t", "x"), collect("c", "r", "t")], 1),
)
refused(
    SCF2,
    "what is collected is a list",
    repeat("r", [extract("t", "x", LINES, otherwise=["x"])], 1),
    collect("c", "r", "t"),
)
refused(
    SCF2,
    "what is collected is assigned outside of the loop alone",
    let("t", "x"),
    repeat("r", [let("u", "x")], 1),
    collect("c", "r", "t"),
)
refused(SCF2, "what is collected over is no loop", FIRST, collect("c", "first", "first"))
taken(
    SCF2,
    "what is collected is assigned on one branch",
    [
        ASK,
        repeat("r", [when(equals("{{r}}", "1"), [let("t", "x{{r}}")])], 3),
        collect("c", "r", "t"),
        say("s", "{{c}}"),
        LAST,
    ],
    ["A"],
)
taken(
    SCF2,
    "what is collected is the loop's index",
    [ASK, repeat("r", [let("t", "x")], 3), collect("c", "r", "r"), say("s", "{{c}}"), LAST],
    ["A"],
)
taken(
    SCF2,
    "what is collected is the loop's element",
    [
        ASK,
        extract("l", "a\nb", LINES, otherwise=[]),
        each("r", "l", [let("t", "x")]),
        collect("c", "r", "one"),
        say("s", "{{c}}"),
        LAST,
    ],
    ["A"],
)
taken(
    SCF2,
    "what is collected over an outer loop is assigned in an inner one",
    [
        ASK,
        repeat("r", [repeat("q", [let("t", "{{r}}{{q}}")], 2)], 2),
        collect("c", "r", "t"),
        say("s", "{{c}}"),
        LAST,
    ],
    ["A"],
)
taken(
    SCF2,
    "what is collected over a loop that ran several times is of the last time",
    [
        ASK,
        repeat("r", [repeat("q", [let("t", "{{r}}{{q}}")], 2)], 2),
        collect("c", "q", "t"),
        say("s", "{{c}}"),
        LAST,
    ],
    ["A"],
)
taken(
    SCF2,
    "what is collected over a loop that had no round",
    [
        ASK,
        extract("l", "", [{"op": "lines"}, {"op": "nonempty"}], otherwise=[]),
        each("r", "l", [let("t", "x")]),
        collect("c", "r", "t"),
        say("s", "{{c}}"),
        LAST,
    ],
    ["A"],
)
_SIDE = {
    "actors": {"solver": {"kind": "model"}, "other": {"kind": "model"}},
    "threads": {"main": {"speakers": ["solver"]}, "side": {"speakers": ["other"]}},
}
refused(
    SCF2,
    "an instruction to an actor that does not speak in the thread",
    say("s", "x", role="system", to="other"),
    **_SIDE,
)
refused(
    SCF2,
    "a text on behalf of an actor that does not speak in the thread",
    say("s", "x", role="assistant", **{"for": "other"}),
    **_SIDE,
)
refused(SCF2, "an actor does not speak in the thread of its step", generate("a", "other"), **_SIDE)
refused(SCF2, "a thread that begins afresh is none", {**repeat("r", [LAST], 1), "fresh": ["none"]})
refused(SCF2, "a step's thread is none", generate("a", thread="none"))
refused(SCF2, "a speaker of a thread is no actor", LAST, threads={"main": {"speakers": ["solver", "none"]}})
refused(
    SCF2,
    "the primary actor is a person",
    LAST,
    actors={"solver": {"kind": "model"}, "user": {"kind": "human"}},
    primary="user",
)
refused(SCF2, "the primary actor is none", LAST, primary="nobody")


def _unbound(bench: Workbench) -> None:
    del bench["design.json"]["simulators"], bench.values["simulators/visitor.json"]


taken("FSEP-REF-003", "a simulator that never speaks is bound", [ASK, FIRST], ["A"], **DUET)
reading(
    "FSEP-REF-003",
    "a simulator that never speaks is not bound",
    files=program([ASK, FIRST], ["A"], _unbound, **DUET),
)

# --- kinds, patterns, depth

refused(SCF5, "lines are taken of lines", FIRST, extract("t", "{{first}}", [*LINES, *LINES], otherwise=["x"]))
refused(
    SCF5,
    "a pipeline begins with what takes a list",
    FIRST,
    extract("t", "{{first}}", [{"op": "nonempty"}], otherwise="x"),
)
refused(
    SCF5,
    "a pipeline gives a list and another a text",
    FIRST,
    extract("t", "{{first}}", LINES, [{"op": "trim"}], otherwise=["x"]),
)
refused(
    SCF5,
    "a pipeline gives a list, and what else is given is a text",
    FIRST,
    extract("t", "{{first}}", LINES, otherwise="x"),
)
refused(SCF5, "a field is a text here and a list there", each("r", "item.question", [LAST]))
refused(SCF5, "a list stands in a template", extract("t", "x", LINES, otherwise=["x"]), say("s", "{{t}}"))
refused(SCF5, "a name is a text and later a list", let("t", "x"), extract("t", "x", LINES, otherwise=["x"]))
taken(
    SCF5,
    "what else is given is an empty list",
    [
        ASK,
        extract("t", "", [*LINES, {"op": "nonempty"}], otherwise=[]),
        each("r", "t", [say("s", "x")]),
        LAST,
    ],
    ["A"],
)


def _pattern(pattern: str, *others: str) -> list[Step]:
    return [
        FIRST,
        *(
            when({"test": "matches", "text": "{{first}}", "pattern": one}, [say(f"yes{place}", "Yes.")])
            for place, one in enumerate((pattern, *others))
        ),
        LAST,
    ]


for pattern in (
    "[a-z-9]",
    "a**",
    "(?:a)",
    "a{,2}",
    "a{1001}",
    r"\$",
    "[^]",
    "[]",
    "[z-a]",
    "a{2,1}",
    r"\d",
    r"\p{L}",
    "{",
    "}",
    "a]",
    "(a",
    "a)",
    "*a",
    "(a{100}){11}",
    "((a{10}){10}){11}",
    "(a{2,600}b){2}",
    r"[\d]",
    "a{2}{2}",
):
    refused(SCF6, f"the pattern {pattern}", *_pattern(pattern))
for pattern, text in (
    ("a{0001}", "a"),
    ("()", ""),
    ("|", ""),
    ("a||b", ""),
    ("[.]", "."),
    (r"\^", "^"),
    ("^a$", "^a$"),
    ("[^^]", "a"),
    ("[\U0001f600-\U0001f64f]", "\U0001f610"),
    ("[^a]", "\U0001f610"),
    ("[^a]", "\n"),
    (".", "\u2028"),
    (".", "\x85"),
    (r"[\n-a]", "b"),
    ("[-a]", "-"),
    ("[a-]", "-"),
    (r"\-", "-"),
    ("(a{100}){10}", "a" * 1000),
    ("(a{500,}|b){2}", "bb"),
    ("(a{0}b){1000}", "b" * 1000),
    ("é{2}", "éé"),
):
    taken(SCF6, f"the pattern {pattern} of {text[:8]!r}", [ASK, *_pattern(pattern)], [text, "B"])
refused(SCF6, "patterns that are too large together", *_pattern("a{1000}", *["[ab]{500}|c"] * 8, "d{998}"))
taken(
    SCF6,
    "patterns that are as large together as they may be",
    [ASK, *_pattern("a{1000}", *["[ab]{500}"] * 9)],
    ["b", "B"],
)


def _deep(depth: int) -> list[Step]:
    steps: list[Step] = [LAST]
    for level in range(depth - 1):
        steps = [when(equals("a", "a"), steps)] if level % 2 else [repeat(f"r{level}", steps, 1)]
    return steps


def _deep_test(depth: int) -> Step:
    test: dict[str, Any] = equals("a", "a")
    for level in range(depth - 1):
        test = {"test": "not", "of": test} if level % 2 else {"test": "all", "of": [test]}
    return when(test, [])


taken(SCF7, "sixteen steps within one another", [ASK, *_deep(16)], ["A"])
refused(SCF7, "seventeen steps within one another", *_deep(17))
taken(SCF7, "sixteen tests within one another", [ASK, _deep_test(16), LAST], ["A"])
refused(SCF7, "seventeen tests within one another", _deep_test(17))
refused(SCF7, "a test within a step, together too deep", when(equals("a", "a"), [_deep_test(16)]))

# --- calls, seeds, offers

UNKNOWN = {"unknown_tool": "No {{first}}.", "bad_arguments": "{{{{{{first}}"}
taken(
    ADH2,
    "what an unknown tool is answered with is a template",
    [ASK, FIRST, tools("work", **UNKNOWN)],
    ["A", answer(None, ("a", "nosuch", {})), "B"],
)
taken(
    ADH2,
    "what arguments that are no object are answered with is a template",
    [ASK, FIRST, tools("work", **UNKNOWN)],
    ["A", answer(None, ("a", "look", "7")), "B"],
)
taken(
    ADH2,
    "arguments that are a text which holds an object are no object",
    [ASK, FIRST, tools("work", **UNKNOWN)],
    ["A", answer(None, ("a", "look", '{"x": 1}')), "B"],
)
taken(
    ADH2,
    "an unknown tool with arguments that are no object is an unknown tool",
    [ASK, FIRST, tools("work", **UNKNOWN)],
    ["A", answer(None, ("a", "nosuch", "7")), "B"],
)
_CALL = {
    "do": "call",
    "id": "asked",
    "environment": "desk",
    "tool": "{{item.question}}",
    "arguments": {"q": "{{{{{{item.question}}"},
    "unknown_tool": "No {{item.question}}.",
}
taken(
    ADH2,
    "the program calls a tool that there is not, and is answered by itself",
    [ASK, _CALL, say("s", "{{asked}}"), LAST],
    ["B"],
)
taken(
    ADH2,
    "the program calls a tool that it does not offer",
    [ASK, {**_CALL, "tool": "look", "offer": ["count"]}, say("s", "{{asked}}"), LAST],
    ["B"],
)
taken(
    "FSEP-REQ-002",
    "tools are offered in the environment's order, without those that it does not have",
    [ASK, tools("work", offer=["count", "nosuch", "look"])],
    ["B"],
)
taken("FSEP-REQ-002", "no tool is left to offer", [ASK, tools("work", offer=["nosuch"])], ["B"])
taken(
    "FSEP-REQ-004",
    "a fixed seed in the place of a parameter",
    [ASK, generate("a", parameters={"seed": 1}, seed=2)],
    ["B"],
)
taken(
    "FSEP-REQ-004",
    "a seed that an adaptation leaves out",
    [ASK, generate("a", seed=2)],
    ["B"],
    adaptations=[{"kind": "omit-parameter", "parameter": "seed"}],
)
taken(
    "FSEP-REQ-004",
    "a derived seed that an adaptation bounds",
    [ASK, generate("a", seed="derived")],
    ["B"],
    adaptations=[{"kind": "clamp-parameter", "parameter": "seed", "maximum": 7}],
)
taken(
    "FSEP-REQ-004",
    "a derived seed in rounds of tools",
    [ASK, tools("work", seed="derived")],
    [answer(None, ("a", "look", {})), "Seen.", "B"],
)
taken(
    "FSEP-REQ-004",
    "a bound whose least is above its most",
    [ASK, generate("a", parameters={"temperature": 0.5})],
    ["B"],
    adaptations=[{"kind": "clamp-parameter", "parameter": "temperature", "minimum": 0.9, "maximum": 0.1}],
)
taken(
    "FSEP-REQ-004",
    "a bound on what is no number",
    [ASK, generate("a", parameters={"temperature": True, "top_p": "0.5"})],
    ["B"],
    adaptations=[
        {"kind": "clamp-parameter", "parameter": name, "maximum": 0.1} for name in ("temperature", "top_p")
    ],
)

# --- views and adaptations

_REASONS = [{"type": "reasoning", "form": "text", "text": "Hm."}]
taken(
    "FSEP-REQ-002",
    "an answer of reasoning alone is the empty text",
    [ASK, FIRST, say("s", "[{{first}}]"), LAST],
    [_REASONS, "B"],
)
taken(
    "FSEP-REQ-002",
    "an answer without content is the empty text",
    [ASK, FIRST, say("s", "[{{first}}]"), LAST],
    [None, "B"],
)
_RULED = [
    say("rule", "", role="system", to="solver"),
    ASK,
    say("rule2", "Two.", role="system", to="solver"),
    say("shown", "Maybe.", role="assistant", **{"for": "solver"}),
    say("go", "Go."),
    LAST,
]
_AS_USER, _AS_DEVELOPER, _MERGE = (
    {"kind": "system-text", "as": "user"},
    {"kind": "system-text", "as": "developer"},
    {"kind": "merge-adjacent", "separator": "\n"},
)
taken(
    "FSEP-REQ-002",
    "instructions are held back, an empty one and one before an assistant's word",
    _RULED,
    ["B"],
    adaptations=[_AS_USER],
)
taken(
    "FSEP-REQ-002",
    "instructions become users' words and adjacent ones are merged then",
    _RULED,
    ["B"],
    adaptations=[_MERGE, _AS_USER],
)
taken(
    "FSEP-REQ-002",
    "instructions are a developer's, and adjacent ones are merged",
    [_RULED[0], {**_RULED[2], "id": "r3"}, *_RULED[1:]],
    ["B"],
    adaptations=[_AS_DEVELOPER, _MERGE],
)
taken(
    "FSEP-REQ-002",
    "of two adaptations of one kind the last holds",
    [*_RULED[:2], *_RULED[4:]],
    ["B"],
    adaptations=[_AS_USER, _MERGE, {**_MERGE, "separator": " / "}, _AS_DEVELOPER],
)
_EDIT = {"do": "edit", "id": "cut", "thread": "main", "actor": "solver"}
_WORKED = [answer(None, ("a", "look", {})), "Seen.", "Found.", "B"]
taken(
    "FSEP-REQ-002",
    "answers of tools whose calls were dropped are dropped too",
    [ASK, tools("work"), {**_EDIT, "how": "drop-first", "count": 2}, say("s", "x"), LAST],
    _WORKED,
)
taken(
    "FSEP-REQ-002",
    "answers of tools whose calls were not kept are dropped too",
    [ASK, tools("work"), {**_EDIT, "how": "keep-last", "count": 2}, say("s", "x"), LAST],
    _WORKED,
)
taken(
    "FSEP-REQ-002",
    "nothing is kept",
    [ASK, FIRST, {**_EDIT, "how": "keep-last", "count": 0}, say("s", "x"), LAST],
    ["A", "B"],
)
_VISIT = [ASK, generate("visit", "visitor"), FIRST]


def _another_identity(bench: Workbench) -> None:
    events(bench)[1].update(returned_model="stand-in-2")


reading(
    "FSEP-REQ-007",
    "a simulator has an identity that is not declared",
    files=program(_VISIT, ["Please.", "A"], _another_identity, **DUET),
)

# --- people

_PEOPLE = {
    "actors": {"solver": {"kind": "model"}, "user": {"kind": "human"}},
    "threads": {"main": ["user", "solver"]},
}
_MEET = [ASK, generate("told", "user"), FIRST, generate("more", "user"), LAST]
taken(
    ADH3, "a person speaks, and nothing was sent for it", _MEET, ["Please.", "A", "Thanks.", "B"], **_PEOPLE
)
for member, value, requirement in (("origin", "model", ADH3), ("role", "assistant", ADH1)):

    def _otherwise(bench: Workbench, member: str = member, value: str = value) -> None:
        events(bench)[1][member] = value
        if member == "origin":
            events(bench)[1].update(parameters={}, request_sha256="0" * 64, returned_model="stand-in-1")

    reading(
        requirement,
        f"a person's words have the {member} {value!r}",
        files=program(_MEET, ["Please.", "A", "Thanks.", "B"], _otherwise, **_PEOPLE),
    )

# --- what the program says, and how it is recorded

_EMPTY = {"fields": {"question": ""}}
for content, what in ((None, "null"), ([], "an empty list")):
    taken(
        ADH2,
        f"an empty text of the program is recorded as {what}",
        [ASK, FIRST],
        ["A"],
        lambda bench, content=content: events(bench)[0].update(content=content),
        **_EMPTY,
    )


def _parts(*texts: str) -> list[dict[str, str]]:
    return [{"type": "text", "text": text} for text in texts]


def _content(event: int, content: Any) -> Callable[[Workbench], object]:
    return lambda bench: events(bench)[event].update(content=content)


def _result(content: Any) -> Callable[[Workbench], object]:
    return lambda bench: bench[RUNS][0].update(result=[{"name": "answer", "content": content}])


reading(
    ADH2,
    "a text of the program is recorded in several parts",
    "accept",
    files=by(_content(2, _parts("You said", ": ", "A"))),
)
reading(
    ADH2,
    "a text of the program is recorded with reasoning beside it",
    files=by(_content(2, [*_REASONS, *_parts("You said: A")])),
)
reading(ADH4, "a result is recorded in several parts", "accept", files=by(_result(_parts("do", "ne"))))
reading(
    ADH4, "a result is recorded with reasoning beside it", files=by(_result([*_REASONS, *_parts("done")]))
)
reading(
    ADH4,
    "a result has a part more",
    files=by(lambda bench: bench[RUNS][0]["result"].append({"name": "more", "content": "x"})),
)
reading(
    ADH1,
    "a text of the program is said on behalf of another",
    files=program(
        [ASK, say("shown", "Maybe.", role="assistant", **{"for": "solver"}), FIRST],
        ["A"],
        lambda bench: events(bench)[1].update({"for": "visitor"}),
        **DUET,
    ),
)
reading(
    ADH1,
    "an instruction is addressed to another",
    files=program(
        [ASK, say("rule", "Be brief.", role="system", to="solver"), FIRST],
        ["A"],
        lambda bench: events(bench)[1].update(to="visitor"),
        **DUET,
    ),
)
_CUT = [ASK, FIRST, {**_EDIT, "how": "replace", "text": "Anew."}, say("s", "x"), LAST]
reading(
    ADH1,
    "an edit is another actor's",
    files=program(_CUT, ["A", "B"], lambda bench: events(bench)[2].update(to="visitor"), **DUET),
)
reading(
    ADH2,
    "an edit records more than the program does",
    files=program(_CUT, ["A", "B"], lambda bench: events(bench)[2]["edit"].update(count=1)),
)
reading(
    ADH2,
    "a model's output says which person it is, which is not compared",
    "accept",
    files=by(lambda bench: events(bench)[1].update(participant="p-1")),
)

# --- what is withheld

_MORE = [ASK, FIRST, say("s", "More."), LAST]
reading(ADH1, "an output is withheld", "incomplete", files=by(_content(1, withheld())))
reading(
    ADH1,
    "the last output is withheld, which stands in a view all the same",
    "incomplete",
    files=by(_content(3, withheld())),
)
reading(
    ADH1,
    "reasoning of an output is withheld, which comes into no view",
    "accept",
    files=program(_MORE, [[{**_REASONS[0], "text": withheld()}, *_parts("A")], "B"]),
)
reading(ADH2, "a text of the program is withheld", "incomplete", files=by(_content(2, withheld())))
reading(
    ADH2,
    "a part of a text of the program is withheld",
    "incomplete",
    files=by(_content(2, [{"type": "text", "text": withheld()}])),
)
reading(
    ADH2,
    "a text differs before an output that is withheld",
    files=by(_content(0, "How?"), _content(1, withheld())),
)
reading(
    ADH2,
    "a text differs after an output that is withheld",
    "incomplete",
    files=by(_content(1, withheld()), _content(2, "other")),
)
reading(
    ADH3,
    "an output is withheld, and its origin is another",
    files=by(_content(1, withheld()), lambda bench: events(bench)[1].update(origin="human")),
)
reading(
    "FSEP-REQ-002",
    "an output is withheld, and the request for it is another",
    files=by(_content(1, withheld()), lambda bench: events(bench)[1].update(request_sha256="0" * 64)),
)
reading(
    ADH5,
    "an output is withheld, and the run ended otherwise, which is not found",
    "incomplete",
    files=by(
        _content(1, withheld()),
        lambda bench: bench[RUNS][0].update(status="limit-reached") or bench[RUNS][0].pop("result"),
    ),
)
reading(ADH4, "a result is withheld", "incomplete", files=by(_result(withheld())))
reading(
    "FSEP-DOC-002",
    "what stands for a withheld text has another form",
    files=by(_content(1, {"withheld": {"commitment": "zz", "kind": "string", "reason": "x"}})),
)


def _arguments(value: Any) -> Callable[[], dict[str, bytes]]:
    return program([ASK, tools("work")], [answer(None, ("a", "look", value)), "Seen.", "B"])


reading(
    ADH1,
    "the arguments of a call are withheld",
    "incomplete",
    files=program(
        [ASK, tools("work")],
        [answer(None, ("a", "look", {})), "Seen.", "B"],
        lambda bench: events(bench)[1]["tool_calls"][0].update(arguments=withheld("object")),
    ),
)
reading(
    ADH1,
    "arguments have a member that is called withheld, and others in it",
    "accept",
    files=_arguments({"withheld": {"commitment": "5a" * 32, "kind": "string"}}),
)
reading(
    ADH1,
    "arguments have the names of a withheld value, whatever these hold",
    "incomplete",
    files=_arguments({"withheld": {"commitment": "AB", "kind": 1, "reason": None}}),
)
reading(
    ADH1,
    "arguments have a member that is called withheld, and one beside it",
    "accept",
    files=_arguments({**withheld(), "x": 1}),
)


def _field(**fields: Any) -> Callable[[Workbench], object]:
    return lambda bench: bench["items.jsonl"][0]["fields"].update(fields)


def _more_items(bench: Workbench) -> None:
    bench["items.jsonl"].append({"id": "two", "fields": {"question": "How?"}})


reading("FSEP-DSG-002", "a field of an item is withheld", "incomplete", files=by(_field(question=withheld())))
reading(
    "FSEP-DSG-002",
    "a field of an item is withheld, and there is an item more",
    files=by(_field(question=withheld()), _more_items),
)
reading(
    "FSEP-DSG-003",
    "a field of an item is withheld, and another holds the name of a system",
    files=by(
        lambda bench: bench["systems/s.json"].update(aliases=["grok"]),
        _field(more="Ask grok."),
        lambda bench: bench.lock(),
        _field(question=withheld()),
    ),
)
reading(
    "FSEP-DSG-003",
    "why a field is withheld names a system, which is none of the item",
    "incomplete",
    files=by(
        lambda bench: bench["systems/s.json"].update(aliases=["agreement"]), _field(question=withheld())
    ),
)


# --- what the second author asked after the first answers


def _misnamed_result(bench: Workbench) -> None:
    bench[RUNS][0].update(result=[{"name": "other", "content": withheld()}])


def _further_result(bench: Workbench) -> None:
    bench[RUNS][0].update(
        result=[{"name": "answer", "content": withheld()}, {"name": "more", "content": "x"}]
    )


reading(ADH4, "a text of the result has another name, and is withheld", files=by(_misnamed_result))
reading(
    ADH4,
    "a result is withheld, and has a part more, which is not found",
    "incomplete",
    files=by(_further_result),
)
reading(
    ADH2,
    "a text of the program is withheld, and reasoning stands beside it, which is not found",
    "incomplete",
    files=by(_content(2, [*_REASONS, {"type": "text", "text": withheld()}])),
)
reading(
    ADH1,
    "what the environment answers the program is withheld, and comes under a name",
    "incomplete",
    files=program(
        [ASK, {**_CALL, "tool": "look"}, LAST],
        ["Seen.", "B"],
        lambda bench: events(bench)[1].update(content=withheld()),
    ),
)
_NEVER = when(equals("a", "b"), [say("s", "{{item.more}}")])
reading(
    ADH1,
    "a field is withheld that a branch uses which is not taken, and a text differs",
    "incomplete",
    files=program(
        [ASK, _NEVER, LAST],
        ["B"],
        _content(0, "other"),
        _field(more=withheld()),
        fields={"question": "Why?", "more": "x"},
    ),
)
reading(
    "FSEP-REQ-007",
    "a simulator's output has an identity that is the system's alone",
    also=(),
    files=program(
        _VISIT,
        ["Please.", "A"],
        lambda bench: bench["simulators/visitor.json"]["model"].update(returned=["stand-in-9"]),
        lambda bench: bench.lock(),
        lambda bench: events(bench)[1].update(returned_model="stand-in-1"),
        **DUET,
    ),
)
reading(
    ADH3,
    "a simulator's output says that it is the model's, and has an identity of the simulator",
    files=program(
        _VISIT,
        ["Please.", "A"],
        lambda bench: events(bench)[1].update(origin="model"),
        **DUET,
    ),
)
