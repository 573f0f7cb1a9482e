"""The corners of the language that the conformance suite reaches, each with the wrong readings that it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from acceptance.corners import SENT, Corner, answer
from scaffolding import collect, each, equals, extract, generate, let, repeat, say, tools, when
from workbench import Run, Workbench

ADH1, ADH2, ADH3, ADH4, ADH5 = (f"FSEP-ADH-00{number}" for number in range(1, 6))
REQ2, REQ4, TRN3 = "FSEP-REQ-002", "FSEP-REQ-004", "FSEP-TRN-003"
ASK = say("ask", "{{item.question}}")
DUET = {
    "actors": {"solver": {"kind": "model"}, "visitor": {"kind": "simulator", "simulator": "visitor"}},
    "threads": {"main": ["visitor", "solver"]},
}


def _run(bench: Workbench) -> Run:
    run: Run = bench["transcripts/s.jsonl"][0]
    return run


def events(bench: Workbench) -> list[dict[str, Any]]:
    """Return the events of a bundle's one run."""
    found: list[dict[str, Any]] = _run(bench)["events"]
    return found


def _branch(test: dict[str, Any]) -> list[dict[str, Any]]:
    """A program that says a word more where a test is true of the first answer."""
    return [ASK, generate("first"), when(test, [say("more", "Yes.")]), generate("last")]


def _test_corner(sentence: str, test: dict[str, Any], other: str, text: str, *, truth: bool) -> Corner:
    """A test at its edge; the wrong reading takes the other branch."""
    never = {"test": "all", "of": [equals("a", "b")]}
    opposite = never if truth else {"test": "not", "of": never}
    answers = [text, "Done."]
    wrong = {"steps": _branch(opposite)}
    return Corner(sentence, _branch(test), answers, wrong=[(other, ADH1, wrong)])


def _matches(pattern: str) -> dict[str, Any]:
    return {"test": "matches", "text": "{{first}}", "pattern": pattern}


def _taken(*pipelines: list[dict[str, Any]], otherwise: Any = "NONE") -> list[dict[str, Any]]:
    """A program that says again what it took out of the answer."""
    steps = [ASK, generate("first"), extract("taken", "{{first}}", *pipelines, otherwise=otherwise)]
    if isinstance(otherwise, str):
        return [*steps, say("quote", "<{{taken}}>"), generate("last")]
    return [*steps, each("round", "taken", [say("quote", "<{{one}}>")]), generate("last")]


def _extraction(
    sentence: str,
    text: str,
    other: str,
    wrong: Any,
    *pipelines: list[dict[str, Any]],
    otherwise: Any = "NONE",
) -> Corner:
    """An extraction at its edge; the wrong reading takes `wrong` in its place."""
    steps = _taken(*pipelines, otherwise=otherwise)
    put = dict(
        steps[2], **{"try": [[{"op": "after", "marker": "\x01", "which": "first"}]], "otherwise": wrong}
    )
    if isinstance(otherwise, list):
        put["try"] = [
            [
                {"op": "split", "at": "\x01"},
                {"op": "first", "count": 1},
                {"op": "after", "marker": "\x01", "which": "first"},
            ]
        ]
    fault = {"steps": [*steps[:2], put, *steps[3:]]}
    return Corner(sentence, steps, [text, "Done."], wrong=[(other, ADH2, fault)])


def _only(steps: list[dict[str, Any]], **members: Any) -> dict[str, Any]:
    return {"steps": steps, **members}


def _sent(steps: list[dict[str, Any]]) -> dict[str, Any]:
    """Other steps, of which the requests alone come into the record."""
    return {"steps": steps, SENT: True}


Change = Callable[[Workbench], object]
CORNERS: list[Corner] = []


def corner(*args: Any, **members: Any) -> None:
    """Add a corner."""
    CORNERS.append(Corner(*args, **members))


# --- views, of one speaker and of two

_SPOKEN = [
    say("rule", "Be brief.", role="system", to="solver"),
    say("wish", "Ask for a book.", role="system", to="visitor"),
    generate("visitor", "visitor"),
    generate("solver"),
    generate("thanks", "visitor"),
]
corner(
    "each of two speakers hears the other as a user and is instructed alone",
    _SPOKEN,
    ["A book, please.", "Here.", "Thanks."],
    **DUET,
    wrong=[
        (
            "an instruction of one speaker was sent to the other too",
            REQ2,
            _sent([dict(_SPOKEN[0], to="visitor"), *_SPOKEN[1:]]),
        ),
        (
            "an output of the simulator is labelled as the model's",
            ADH3,
            lambda b: events(b)[2].update(origin="model"),
        ),
        (
            "an output of the simulator has the role of an assistant",
            ADH1,
            lambda b: events(b)[2].update(role="assistant"),
        ),
    ],
)
_BEHALF = [
    ASK,
    say("shown", "Maybe.", role="assistant", **{"for": "solver"}),
    say("go", "Surely?"),
    generate("last"),
]
corner(
    "what the program says on an actor's behalf is that actor's own word",
    _BEHALF,
    ["Yes."],
    wrong=[("it was sent as a user's word", REQ2, _sent([ASK, say("shown", "Maybe."), *_BEHALF[2:]]))],
)
_QUOTED = [ASK, generate("first"), say("quote", "{{{{ {{first}} }}"), generate("last")]
corner(
    "a value is put in as it is, and what looks like a template in it is none",
    _QUOTED,
    ["  {{item.question}}\n", "Done."],
    result="{{first}}",
    wrong=[
        ("the value was trimmed", ADH2, lambda b: events(b)[2].update(content="{{ {{item.question}} }}")),
        (
            "the value was read as a template again",
            ADH2,
            lambda b: events(b)[2].update(content="{{   Why?\n }}"),
        ),
        ("the result was trimmed", ADH4, lambda b: _run(b)["result"][0].update(content="{{item.question}}")),
    ],
)
corner(
    "an empty output is an ordinary output, and its message has the empty text",
    [ASK, generate("first"), say("again", "[{{first}}]"), generate("last")],
    [answer(None), ""],
    wrong=[
        (
            "the empty output was left out of the next request",
            REQ2,
            lambda b: events(b)[3].update(request_sha256="0" * 64),
        )
    ],
)
_REASONED = [
    {"type": "reasoning", "form": "text", "text": "Hm."},
    {"type": "text", "text": "Ye"},
    {"type": "text", "text": "s."},
]
_TWICE = [ASK, generate("first"), say("again", "You said: {{first}}"), generate("last")]
corner(
    "reasoning does not come back, and text parts are joined",
    _TWICE,
    [answer(_REASONED), "Done."],
    wrong=[
        ("reasoning was sent back", REQ2, {"adaptations": [{"kind": "echo-reasoning"}]}),
        (
            "reasoning was quoted as if it were text",
            ADH2,
            lambda b: events(b)[2].update(content="You said: Hm.Yes."),
        ),
    ],
)
corner(
    "with echo-reasoning it comes back, in the speaker's own view",
    _TWICE,
    [answer(_REASONED), "Done."],
    adaptations=[{"kind": "echo-reasoning"}],
    wrong=[("it was not sent back", REQ2, {"adaptations": []})],
)
_FOUR_RULE = say("rule", "Be brief.", role="system", to="solver")
_FOUR = [*(step for word in "abcd" for step in (say(word, word), generate(f"to_{word}")))]
for how, more, message in (
    ("drop-first", {"count": 2}, "the oldest message stayed"),
    ("keep-last", {"count": 1}, "a message too many was kept"),
):
    other = dict(more, count=more["count"] + (1 if how == "keep-last" else -1))
    edit = {"do": "edit", "id": "cut", "thread": "main", "actor": "solver", "how": how}
    corner(
        f"{how} counts messages that are not instructions, and instructions stay",
        [_FOUR_RULE, *_FOUR[:4], dict(edit, **more), *_FOUR[4:6]],
        ["A", "B", "C"],
        wrong=[
            (
                f"{message} after {how}",
                REQ2,
                _sent([_FOUR_RULE, *_FOUR[:4], dict(edit, **other), *_FOUR[4:6]]),
            )
        ],
    )
_REPLACED = {
    "do": "edit",
    "id": "cut",
    "thread": "main",
    "actor": "solver",
    "how": "replace",
    "text": "So far: {{to_a}}",
}
corner(
    "replace leaves one user message with its text, rendered",
    [*_FOUR[:2], _REPLACED, *_FOUR[2:4]],
    ["A", "B"],
    wrong=[
        ("the text of the edit is another", ADH2, lambda b: events(b)[2]["edit"].update(text="So far: B"))
    ],
)


# --- adaptations

_RULED = [
    say("rule", "Be brief.", role="system", to="solver"),
    ASK,
    generate("first"),
    say("again", "Sure?"),
    generate("last"),
]
for as_ in ("user", "developer"):
    corner(
        f"instructions are sent as {as_}",
        _RULED,
        ["Yes.", "Yes."],
        adaptations=[{"kind": "system-text", "as": as_}],
        wrong=[(f"they were not, where {as_} is declared", REQ2, {"adaptations": []})],
    )
corner(
    "held instructions that no user's text follows become a message of their own",
    [
        *_RULED[:2],
        generate("first"),
        say("late", "Now be long.", role="system", to="solver"),
        generate("last"),
    ],
    ["Yes.", "Yes, long."],
    adaptations=[{"kind": "system-text", "as": "user"}],
    wrong=[
        (
            "the late one stayed an instruction",
            REQ2,
            {"adaptations": [{"kind": "system-text", "as": "developer"}]},
        )
    ],
)
_ROW = [say("one", "One."), say("two", "Two."), generate("last")]
corner(
    "adjacent messages of one role are merged where that is declared, with its separator",
    _ROW,
    ["Yes."],
    adaptations=[{"kind": "merge-adjacent", "separator": "\n"}],
    wrong=[
        ("they were not merged, though that is declared", REQ2, {"adaptations": []}),
        (
            "they were merged with another separator",
            REQ2,
            {"adaptations": [{"kind": "merge-adjacent", "separator": "\n\n"}]},
        ),
    ],
)
corner(
    "adjacent messages are never merged unasked",
    _ROW,
    ["Yes."],
    wrong=[
        (
            "they were merged, and nothing is declared",
            REQ2,
            {"adaptations": [{"kind": "merge-adjacent", "separator": "\n"}]},
        )
    ],
)
_SET = [ASK, generate("last", parameters={"temperature": 0, "max_tokens": 2048, "top_p": 0.5, "stop": ["#"]})]
for declared, fault in (
    ({"kind": "omit-parameter", "parameter": "top_p"}, "the parameter was sent all the same"),
    (
        {"kind": "clamp-parameter", "parameter": "max_tokens", "maximum": 1024},
        "the parameter was not brought to its maximum",
    ),
    (
        {"kind": "clamp-parameter", "parameter": "max_tokens", "minimum": 4096, "maximum": 8192},
        "the parameter was not brought to its minimum",
    ),
    ({"kind": "client-side-stop"}, "the stop texts were sent all the same"),
):
    corner(
        f"{declared['kind']} of {declared.get('parameter', 'stop')} {declared.get('minimum', '')}".strip(),
        _SET,
        ["Yes."],
        adaptations=[declared],
        wrong=[(f"{fault} ({declared.get('minimum', 'no minimum')})", REQ4, {"adaptations": []})],
    )
corner(
    "parameters of a simulator are not adapted",
    [generate("visitor", "visitor", parameters={"temperature": 1}), generate("solver")],
    ["Hello.", "Hello."],
    **DUET,
    adaptations=[{"kind": "omit-parameter", "parameter": "temperature"}],
    wrong=[("the simulator's parameter was left out", REQ4, lambda b: events(b)[0].update(parameters={}))],
)
corner(
    "numbers that are equal are equal, whatever their form",
    [ASK, generate("last", parameters={"temperature": 1})],
    [answer("Yes.")],
    wrong=[
        (
            "true stands in the place of 1",
            REQ4,
            lambda b: events(b)[-1].update(parameters={"temperature": True}),
        ),
        ("a parameter was added", REQ4, lambda b: events(b)[-1]["parameters"].update(top_p=1)),
    ],
)
corner(
    "a derived seed follows from design, item, replicate and step",
    [ASK, repeat("round", [generate("last", seed="derived")], 2)],
    ["Yes.", "Yes."],
    replicate=1,
    wrong=[
        ("a fixed seed was sent", REQ4, _only([ASK, repeat("round", [generate("last", seed=7)], 2)])),
        (
            "the second round has the seed of the first",
            REQ4,
            lambda b: events(b)[2]["parameters"].update(events(b)[1]["parameters"]),
        ),
    ],
)

# --- bounds and loops

_LOOP = {"test": "contains", "text": "{{last}}", "value": "STOP"}
for at in ("continue", "stop"):
    looped = [ASK, repeat("round", [generate("last")], 2, until=_LOOP, at_bound=at)]
    corner(
        f"a loop whose test is never true ends at its bound: {at}",
        looped,
        ["a", "b"],
        wrong=[
            (
                f"it was recorded as the other ending: {at}",
                ADH5,
                lambda b, at=at: _other_ending(b, at),
            ),
            (
                f"it went on past its bound: {at}",
                ADH1,
                _only(
                    [ASK, repeat("round", [generate("last")], 3, until=_LOOP, at_bound=at)],
                    answers=["a", "b", "c"],
                ),
            ),
        ],
    )
corner(
    "a test that becomes true in the last round ends the loop, and no bound is met",
    [ASK, repeat("round", [generate("last")], 2, until=_LOOP, at_bound="stop")],
    ["a", "STOP"],
    wrong=[("the run was recorded as stopped by its bound", ADH5, lambda b: _other_ending(b, "continue"))],
)
_LINES = [{"op": "lines"}, {"op": "nonempty"}]


def _each(max_: int, at: str = "continue") -> list[dict[str, Any]]:
    return [
        ASK,
        generate("plan"),
        extract("parts", "{{plan}}", _LINES, otherwise=["none"]),
        each("round", "parts", [say("part", "{{round}}: {{one}}"), generate("answer")], max_, at_bound=at),
    ]


corner(
    "each goes through a list in order, counted from 0",
    _each(3),
    ["x\n\ny\r", "X", "Y"],
    wrong=[("it was counted from 1", ADH2, lambda b: events(b)[2].update(content="1: x"))],
)
corner(
    "a list of as many elements as the bound does not meet it",
    _each(2, "stop"),
    ["x\ny", "X", "Y"],
    wrong=[
        ("the run was recorded as stopped by the list's bound", ADH5, lambda b: _other_ending(b, "continue"))
    ],
)
corner(
    "a longer list meets the bound, after as many rounds",
    _each(2, "stop"),
    ["x\ny\nz", "X", "Y"],
    wrong=[("the run was recorded as completed", ADH5, lambda b: _other_ending(b, "stop"))],
)
corner(
    "a longer list meets the bound, and the program goes on where that is said",
    _each(2),
    ["x\ny\nz", "X", "Y"],
    wrong=[
        ("the run was recorded as stopped", ADH5, lambda b: _other_ending(b, "continue")),
        ("the third element had a round", ADH1, {"steps": _each(3), "answers": ["x\ny\nz", "X", "Y", "Z"]}),
    ],
)
_SIDE = {"threads": {"main": ["solver"], "side": ["solver"]}}
_FRESH = [
    ASK,
    generate("plan"),
    repeat("round", [say("one", "One.", "side"), generate("answer", thread="side")], 2, fresh=["side"]),
]
corner(
    "a fresh thread begins with no history in every round",
    _FRESH,
    ["plan", "a", "b"],
    **_SIDE,
    wrong=[
        ("the history of the round before was sent", REQ2, _only([*_FRESH[:2], dict(_FRESH[2], fresh=[])]))
    ],
)
for how, taken in (("joined", "b"), ("last", "a|b")):
    corner(
        f"collect takes what rounds left: {how}",
        [
            ASK,
            repeat("round", [generate("word"), let("kept", "{{word}}")], 2),
            collect("all_of", "round", "kept", **({"how": "last"} if how == "last" else {})),
            say("quote", "{{all_of}}"),
            generate("last"),
        ],
        ["a", "b", "Done."],
        wrong=[
            (
                f"something else was taken than what is {how}",
                ADH2,
                lambda b, o=taken: events(b)[3].update(content=o),
            )
        ],
    )
_SKIPS = [
    ASK,
    repeat("round", [generate("word"), when(equals("{{word}}", "a"), [let("kept", "{{word}}")])], 2),
    collect("all_of", "round", "kept"),
    say("quote", "{{all_of}}"),
    generate("last"),
]
corner(
    "only rounds in which a value was assigned count",
    _SKIPS,
    ["a", "b", "Done."],
    wrong=[("a round without a value was counted", ADH2, lambda b: events(b)[3].update(content="a|a"))],
)


def _other_ending(bench: Workbench, at: str) -> None:
    run = _run(bench)
    if run["status"] == "completed":
        run["status"] = "limit-reached"
        del run["result"]
    else:
        run["status"], run["result"] = "completed", [{"name": "answer", "content": "done"}]


# --- tests

CORNERS += [
    _test_corner(
        "the empty value occurs in every text",
        {"test": "contains", "text": "{{first}}", "value": ""},
        "it was found in none",
        "",
        truth=True,
    ),
    _test_corner(
        "equality is of characters, without normalisation",
        equals("{{first}}", "\u00e9"),
        "two spellings were taken for one",
        "e\u0301",
        truth=False,
    ),
    _test_corner("a pattern matches the whole text", _matches("ye"), "a part was enough", "yes", truth=False),
    _test_corner("a dot is no line feed", _matches("a.b"), "a dot matched a line feed", "a\nb", truth=False),
    _test_corner(
        "a dot is any other character, also beyond the basic plane",
        _matches("a.b"),
        "a character of two code units did not match a dot",
        "a\U0001f600b",
        truth=True,
    ),
    _test_corner(
        "a dot is also a line separator", _matches("a.b"), "a dot did not match it", "a\u2028b", truth=True
    ),
    _test_corner(
        "an end of line at the end is part of the text",
        _matches("yes"),
        "a trailing line feed was overlooked",
        "yes\n",
        truth=False,
    ),
    _test_corner(
        "letters are matched as they are", _matches("[a-z]+"), "case was ignored", "Yes", truth=False
    ),
    _test_corner(
        "any of none is false",
        {"test": "any", "of": [equals("{{first}}", "x"), equals("{{first}}", "y")]},
        "it was taken as true",
        "z",
        truth=False,
    ),
]

# --- extractions

CORNERS += [
    _extraction(
        "trim takes TAB, LF, CR and space alone",
        "\t\u00a0x \r\n",
        "a no-break space was taken too",
        "x",
        [{"op": "trim"}],
    ),
    _extraction(
        "before the last",
        "a#b#c",
        "it was before the first",
        "a",
        [{"op": "before", "marker": "#", "which": "last"}],
    ),
    _extraction(
        "after the first",
        "a#b#c",
        "it was after the last",
        "c",
        [{"op": "after", "marker": "#", "which": "first"}],
    ),
    _extraction(
        "the first pipeline that does not fail",
        "a:b",
        "the second was taken",
        "a",
        [{"op": "after", "marker": ":", "which": "first"}],
        [{"op": "before", "marker": ":", "which": "first"}],
    ),
    _extraction(
        "a pipeline that fails gives way to the next",
        "a:b",
        "it ended at otherwise",
        "NONE",
        [{"op": "after", "marker": "#", "which": "first"}],
        [{"op": "before", "marker": ":", "which": "first"}],
    ),
    _extraction(
        "a pointer finds a text as itself",
        '{"a": ["x y"]}',
        "the text kept its quotes",
        '"x y"',
        [{"op": "json-pointer", "pointer": "/a/0"}],
    ),
    _extraction(
        "a pointer gives another value in canonical form",
        ' {"a": {"c": 1.0, "b": []}} ',
        "the value came as it was written",
        '{"c": 1.0, "b": []}',
        [{"op": "json-pointer", "pointer": "/a"}],
    ),
    _extraction(
        "a key that stands twice is no strict JSON",
        '{"a": "x", "a": "y"}',
        "the last of two keys was taken",
        "y",
        [{"op": "json-pointer", "pointer": "/a"}],
    ),
    _extraction(
        "a pointer with escapes",
        '{"a/b": {"~": "x"}}',
        "the escapes were not read",
        "NONE",
        [{"op": "json-pointer", "pointer": "/a~1b/~0"}],
    ),
    _extraction(
        "lines end at LF, one CR before it dropped",
        "a\r\nb\u2028c\r\r",
        "a line separator ended a line",
        ["a", "b", "c"],
        [{"op": "lines"}],
        otherwise=["none"],
    ),
    _extraction(
        "the last line is empty where the text ends in LF",
        "a\n",
        "the empty line was dropped",
        ["a", "b"],
        [{"op": "lines"}],
        otherwise=["none"],
    ),
    _extraction(
        "split finds what it splits at without overlap",
        "aXXXb",
        "it was found with overlap",
        ["a", "", "", "b"],
        [{"op": "split", "at": "XX"}],
        otherwise=["none"],
    ),
    _extraction(
        "the first array that can be read",
        'see [1] or ["x"], [',
        "a later array was taken",
        ["x"],
        [{"op": "json-array"}],
        otherwise=["none"],
    ),
    _extraction(
        "an array in a sentence, whatever follows it",
        'I say ["x", {"b": 1.0}] and so on]',
        "what follows spoilt it",
        ["none"],
        [{"op": "json-array"}],
        otherwise=["none"],
    ),
    _extraction(
        "an empty array is the empty list, and fails",
        "[] then [2]",
        "the search went on",
        ["2"],
        [{"op": "json-array"}],
        otherwise=["none"],
    ),
    _extraction(
        "nonempty, first and trim of elements",
        " a \n\n b \n c ",
        "the elements were not trimmed",
        [" a ", " b "],
        [{"op": "lines"}, {"op": "trim"}, {"op": "nonempty"}, {"op": "first", "count": 2}],
        otherwise=["none"],
    ),
]

# --- tools

_ASKED = [ASK, tools("work"), say("sum", "{{work}}"), generate("last")]
_PARALLEL = [
    answer("Both.", ("1", "look", {"q": "a"}), ("2", "count", {"q": "b"})),
    "A",
    "2",
    "I see.",
    "Done.",
]
corner(
    "parallel calls are answered in the order of the calls",
    _ASKED,
    _PARALLEL,
    wrong=[
        (
            "the answers stand in the other order",
            ADH1,
            lambda b: events(b).__setitem__(slice(2, 4), events(b)[3:1:-1]),
        ),
        ("an answer is labelled with the other call", ADH1, lambda b: events(b)[2].update(tool_call_id="2")),
        (
            "an answer of the environment is labelled as the program's",
            ADH3,
            lambda b: events(b)[2].update(origin="program"),
        ),
        ("a call was left unanswered", ADH1, lambda b: events(b).pop(3)),
        ("the next request has other results", REQ2, lambda b: events(b)[2].update(content="B")),
    ],
)
corner(
    "an unknown tool and arguments that are no object are answered by the scaffold",
    [ASK, tools("work", offer=["look"]), generate("last")],
    [answer(None, ("1", "count", {}), ("2", "look", "{no json"), ("3", "nothing", "x")), "I see.", "Done."],
    wrong=[
        ("another text answered the unknown tool", ADH2, lambda b: events(b)[2].update(content="Unknown.")),
        (
            "the unknown tool with bad arguments was answered as bad arguments",
            ADH2,
            lambda b: events(b)[4].update(content="Bad."),
        ),
        ("the environment is named as who answered", ADH1, lambda b: events(b)[2].update(actor="desk")),
    ],
)
corner(
    "the rounds of a tools step end at their bound, and its output is the last text",
    [ASK, tools("work", max_rounds=1), say("sum", "<{{work}}>"), generate("last")],
    [answer("First.", ("1", "look", {})), "A", "Done."],
    wrong=[
        (
            "the output of the step was taken from its answer",
            ADH2,
            lambda b: events(b)[3].update(content="<A>"),
        )
    ],
)
corner(
    "rounds of tools that meet their bound stop the run where that is said",
    [ASK, tools("work", max_rounds=1, at_bound="stop"), say("sum", "<{{work}}>"), generate("last")],
    [answer("First.", ("1", "look", {})), "A", "Done."],
    wrong=[
        (
            "the program went on",
            ADH1,
            {"steps": [ASK, tools("work", max_rounds=1), say("sum", "<{{work}}>"), generate("last")]},
        ),
        ("the run was recorded as completed", ADH5, lambda b: _other_ending(b, "stop")),
    ],
)
_HELD = {"test": "has-tool-calls", "step": "work", "tool": "count"}
corner(
    "whether a tool was called is seen in the last output of the step, offered or not",
    [
        ASK,
        tools("work", offer=["look"], max_rounds=1),
        when(_HELD, [say("sum", "Counted.")]),
        generate("last"),
    ],
    [answer(None, ("1", "look", {}), ("2", "count", {})), "A", "Done."],
    wrong=[
        (
            "another tool was looked for",
            ADH1,
            {"steps": [ASK, tools("work", offer=["look"], max_rounds=1), generate("last")]},
        )
    ],
)
corner(
    "what is offered is sent in the environment's order",
    [ASK, tools("work", offer=["count", "look"]), generate("last")],
    ["None.", "Done."],
    wrong=[
        (
            "a tool was left out of the request",
            REQ2,
            _only([ASK, tools("work", offer=["look"]), generate("last")]),
        )
    ],
)
_CALLED = [
    {
        "do": "call",
        "id": "seen",
        "environment": "desk",
        "tool": "look",
        "arguments": {"q": "{{item.question}}"},
        "unknown_tool": "No tool.",
    },
    say("tell", "{{seen}}"),
    generate("last"),
]
corner(
    "the program asks the environment, and no view has the answer",
    _CALLED,
    ["A", "Done."],
    wrong=[
        ("other arguments were recorded", ADH2, lambda b: events(b)[0]["call"]["arguments"].update(q="?")),
        ("the answer was quoted otherwise", ADH2, lambda b: events(b)[1].update(content="a")),
    ],
)

# --- runs that broke off, and runs in several lines


def _failed(bench: Workbench, events: int) -> None:
    run = _run(bench)
    run["status"], run["failure"] = "failed", {"kind": "infrastructure-error"}
    run["events"] = run["events"][:events]
    run.pop("result", None)
    names = {member: run[member] for member in ("system", "scaffold", "item", "replicate")}
    bench["departures.json"] = {
        "fsep": "1.0",
        "kind": "departures",
        "departures": [{"kind": "run-failed", **names, "reason": "the endpoint was down"}],
    }


def _broken_off(events: int) -> Change:
    def change(bench: Workbench) -> None:
        _failed(bench, events)

    return change


corner(
    "attempts before the complete one",
    _TWICE,
    [
        answer(
            "A",
            attempts=[
                {"outcome": "server-error", "http_status": 500},
                {"outcome": "cut", "partial": "B"},
                {"outcome": "complete"},
            ],
        ),
        "Done.",
    ],
    wrong=[
        (
            "a complete answer was asked for again",
            TRN3,
            lambda b: events(b)[1].update(attempts=[{"outcome": "complete"}, {"outcome": "complete"}]),
        ),
        (
            "the last attempt is not the complete one",
            TRN3,
            lambda b: events(b)[1].update(attempts=[{"outcome": "complete"}, {"outcome": "cut"}]),
        ),
    ],
)
# Accepted changes of the same bundle: a failed run of no event, of one, of all but one; refused: of all.
BROKEN_OFF = Corner("a run of four events that came to its end", _TWICE, ["A", "Done."])
PREFIXES = {count: _broken_off(count) for count in range(5)}


def _in_parts(bench: Workbench, *sizes: int) -> None:
    run = _run(bench)
    events, lines, begin = run["events"], [], 0
    for part, size in enumerate(sizes):
        cut = events[begin : begin + size]
        lines.append(
            {**run, "parts": len(sizes), "events": cut}
            if part == 0
            else {"continues": "r", "part": part, "events": cut}
        )
        begin += size
    bench["transcripts/s.jsonl"] = lines


SEVERAL: dict[str, Change] = {
    "a run in two lines": lambda bench: _in_parts(bench, 1, 3),
    "a run in four lines": lambda bench: _in_parts(bench, 1, 1, 1, 1),
    "a run in three lines, the first without an event": lambda bench: _in_parts(bench, 0, 2, 2),
}
