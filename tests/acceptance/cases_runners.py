"""The cases for runners of the conformance suite: small studies, scripts that answer, and what they try out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from acceptance.corners import Corner, bench_of
from scaffolding import each, equals, extract, generate, let, repeat, say, tools, when
from workbench import Workbench

ZERO = {"temperature": 0}
ROOT = Path(__file__).parents[2]
NO_RUNS = "transcripts/none.jsonl"
# An environment that says all that it was told, and where it runs: what it must not know would be in it.
RECALL = '''"""An environment of the conformance suite: it counts its calls, and says all that it was told.

SYNTHETIC: made for trying runners out.
"""

import json
import sys

told = []
for line in sys.stdin:
    told.append(json.loads(line))
    if "start" in told[-1]:
        print(json.dumps({"ready": True}), flush=True)
        continue
    name = told[-1]["call"]["name"]
    content = json.dumps({"calls": len(told) - 1, "told": told, "arguments": sys.argv[1:]}, sort_keys=True)
    answer = {"content": content} if name == "look" else {"content": f"{len(told) - 1} calls", "error": False}
    print(json.dumps(answer), flush=True)
'''

_RULE = say("rule", "Be brief. Ça va?", role="system", to="solver")
_CHAIN = [
    _RULE,
    say("ask", "{{item.question}}"),
    generate("first", parameters=ZERO),
    say("again", "You said: {{first}}"),
    generate("last", parameters={"temperature": 0.5, "max_tokens": 50}, seed="derived"),
]
_BRANCHES = [
    say("ask", "{{item.question}}"),
    generate("plan", parameters=ZERO),
    extract("parts", "{{plan}}", [{"op": "lines"}, {"op": "trim"}, {"op": "nonempty"}], otherwise=["none"]),
    each("round", "parts", [say("part", "{{one}}"), generate("answer", parameters=ZERO)], 3),
    when(equals("{{plan}}", "x"), [say("yes", "Yes.")], say("no", "No.")),
    repeat("turn", [generate("word", parameters=ZERO), let("kept", "{{word}}")], 2),
]
_TOOLS = [
    say("ask", "{{item.question}}"),
    tools("work", parameters=ZERO),
    say("sum", "{{work}}"),
    generate("last", parameters=ZERO),
]
_DUET: Mapping[str, Any] = {
    "actors": {"solver": {"kind": "model"}, "visitor": {"kind": "simulator", "simulator": "visitor"}},
    "threads": {"main": ["visitor", "solver"]},
}
_TALK = [
    say("part", "You want {{item.question}}", role="system", to="visitor"),
    repeat("turn", [generate("visitor", "visitor", parameters=ZERO), generate("solver", parameters=ZERO)], 2),
]
_STOP = [say("ask", "{{item.question}}"), generate("last", parameters={"stop": ["#"], "max_tokens": 9000})]


def _study(
    steps: Sequence[Mapping[str, Any]], *, adaptations: Sequence[Mapping[str, Any]] = (), **how: Any
) -> Workbench:
    """Return a study without runs: three items, two replicates, a system that may return two identities."""
    bench = bench_of(Corner("", steps, [""] * 60, replicate=1, adaptations=adaptations, **how))
    del bench["transcripts/s.jsonl"]
    bench[NO_RUNS] = b""
    system = bench["systems/s.json"] | {"id": "system-under-test"}
    system["model"] = {"name": "scripted", "returned": ["scripted-1", "scripted-2"]}
    del bench["systems/s.json"]
    bench["systems/system-under-test.json"] = system
    document = bench["scaffolds/tested.json"] | {"id": "scaffold-under-test"}
    del bench["scaffolds/tested.json"]
    bench["scaffolds/scaffold-under-test.json"] = document
    bench["design.json"] |= {"scaffolds": [{"id": "scaffold-under-test"}], "baseline": "scaffold-under-test"}
    bench["items.jsonl"] = [
        {"id": f"item-{name}", "fields": {"question": f"What of {name}?"}} for name in ("one", "two", "three")
    ]
    if "simulators/visitor.json" in bench.values:
        bench["simulators/visitor.json"]["model"] = {"name": "player", "returned": ["player-1"]}
    if "environments/desk.json" in bench.values:
        digest = sha256(RECALL.encode()).hexdigest()
        bench["environments/desk.json"]["implementation"] = {
            "name": "desk.py",
            "version": "1",
            "sha256": digest,
        }
    bench.manifest["id"] = "study"
    return bench.lock()


def studies() -> dict[str, Workbench]:
    """Return the studies by name."""
    return {
        "chain": _study(_CHAIN),
        "branches": _study(_BRANCHES),
        "tools": _study(_TOOLS),
        "talk": _study(_TALK, **_DUET),
        "adapted": _study(
            _CHAIN,
            adaptations=[
                {"kind": "system-text", "as": "user"},
                {"kind": "omit-parameter", "parameter": "temperature"},
                {"kind": "clamp-parameter", "parameter": "max_tokens", "maximum": 20},
            ],
        ),
        "merged": _study(_CHAIN, adaptations=[{"kind": "merge-adjacent", "separator": "\n--\n"}]),
        "echo": _study(_CHAIN, adaptations=[{"kind": "echo-reasoning"}]),
        "stop": _study(_STOP, adaptations=[{"kind": "client-side-stop"}]),
    }


@dataclass(frozen=True)
class RunnerFault:
    """A case before it is written."""

    requirement: str
    why: str
    study: str
    rules: Sequence[Mapping[str, Any]] = ()
    faults: Sequence[Mapping[str, Any]] = ()
    concurrency: int = 4
    bundle: bool = True
    delay: float = 0
    stop: Sequence[str] = ()
    declared: Sequence[str] = ()
    failed: int = 0

    @property
    def script(self) -> dict[str, Any]:
        """The script that answers; canaries come back wherever nothing else is said."""
        return {
            "fsep": "1.0",
            "kind": "script",
            "id": "case",
            "models": {"scripted": {"returned": "scripted-1"}, "player": {"returned": "player-1"}},
            "rules": [*self.rules, {"reply": {"content": "{{canary}}, since you say: {{last}}"}}],
            **({"faults": list(self.faults)} if self.faults else {}),
            **({"delay": self.delay} if self.delay else {}),
        }


def _says(content: Any, **more: Any) -> list[Mapping[str, Any]]:
    return [{"reply": {"content": content, **more}}]


def _calls(*calls: tuple[str, str, Any], when_: Mapping[str, Any]) -> Mapping[str, Any]:
    made = [{"id": id_, "name": name, "arguments": arguments} for id_, name, arguments in calls]
    return {"when": when_, "reply": {"content": "Let me see.", "tool_calls": made}}


_TWO = {"when": {"some": {"contains": "What of two?"}}}
RUNNER_CASES = [
    RunnerFault("FSEP-RUN-001", "instructions, parameters, a derived seed, and what was said before", "chain"),
    RunnerFault("FSEP-RUN-001", "many runs at once, each with replies of its own", "chain", concurrency=8, delay=0.02),
    RunnerFault("FSEP-RUN-001", "a list, branches and loops", "branches", rules=[{"when": {"messages": 1}, "reply": {"content": " a \n\nb\nc\nd"}}]),
    RunnerFault("FSEP-RUN-001", "a simulated user, heard as a user", "talk"),
    RunnerFault("FSEP-RUN-001", "what a system declares is adapted, and nothing else", "adapted"),
    RunnerFault("FSEP-RUN-001", "adjacent messages are merged where that is declared", "merged"),
    RunnerFault("FSEP-RUN-001", "reasoning goes back where that is declared", "echo", rules=_says("So: {{canary}}", reasoning="Hm, {{canary}}.")),
    RunnerFault("FSEP-RUN-001", "the runner stops a reply where that is declared", "stop", rules=_says("before # after"), stop=("#",)),
    RunnerFault("FSEP-RUN-001", "tools: an unknown one, malformed arguments, two calls at once", "tools",
        rules=[
            _calls(("1", "look", {"q": "a"}), ("2", "count", {}), when_={"messages": 1}),
            _calls(("3", "nothing", {}), ("4", "look", "{no json"), when_={"messages": 4}),
        ]),
    RunnerFault("FSEP-RUN-007", "an environment that says all that it was told", "tools", rules=[_calls(("1", "look", {}), when_={"messages": 1})]),
    RunnerFault("FSEP-RUN-004", "blanks around a reply, quotes, controls, and characters of several bytes", "chain", rules=_says("  \t\"{{last}}\" \\ \u00e9 e\u0301 \U0001f600 \u2028\n")),
    RunnerFault("FSEP-RUN-003", "an empty reply, a refusal and one that was cut by its length are replies", "chain",
        rules=[
            {"when": {"last": {"contains": "one"}}, "reply": {"content": ""}},
            {"when": {"last": {"contains": "two"}}, "reply": {"content": "I can't help with that.", "finish": "content-filter"}},
            {"when": {"last": {"contains": "three"}}, "reply": {"content": "It is", "finish": "length"}},
        ]),
    RunnerFault("FSEP-RUN-004", "a reply without content", "chain", rules=_says(None)),
    RunnerFault("FSEP-RUN-004", "a reply of 70,000 characters", "chain", rules=[{"when": {"messages": 2}, "reply": {"content": "long ", "repeat": 14_000}}]),
    RunnerFault("FSEP-RUN-004", "reasoning beside the text", "chain", rules=_says("So: {{canary}}", reasoning="Hm, {{canary}}.")),
    RunnerFault("FSEP-RUN-004", "another of the identities that are declared", "chain", rules=[{"when": {"last": {"contains": "two"}}, "reply": {"content": "Yes.", "returned": "scripted-2"}}]),
    RunnerFault("FSEP-REQ-007", "an identity that is not declared", "chain", rules=[{"when": {"last": {"contains": "two"}}, "reply": {"content": "Yes.", "returned": "other-1"}}], bundle=False, concurrency=1, declared=("scripted-1", "scripted-2")),
    RunnerFault("FSEP-RUN-005", "429, and Retry-After of a second", "chain", faults=[{**_TWO, "first": 1, "fault": {"status": 429, "retry_after": 1}}], concurrency=1),
    RunnerFault("FSEP-RUN-002", "500, and then a reply", "chain", faults=[{"first": 1, "fault": {"status": 500}}]),
    RunnerFault("FSEP-RUN-002", "every third request fails", "chain", faults=[{"every": 3, "fault": {"status": 503}}]),
    RunnerFault("FSEP-RUN-002", "replies that break off", "chain", faults=[{"first": 1, "fault": {"cut": 5}}]),
    RunnerFault("FSEP-RUN-002", "a reply that is no JSON", "chain", faults=[{"first": 1, "fault": {"garbage": "<html>"}}]),
    RunnerFault("FSEP-RUN-003", "a request that is refused with 400 is not sent again, and its run is declared", "chain", faults=[{**_TWO, "fault": {"status": 400}}], failed=2),
    RunnerFault("FSEP-RUN-006", "an endpoint that wants a key", "chain", faults=[{**_TWO, "fault": {"status": 400}}], failed=2),
    RunnerFault("FSEP-REQ-008", "a dialogue of several turns, told again in every request", "talk", concurrency=1),
    RunnerFault("FSEP-RUN-001", "slow replies while others come at once", "chain", faults=[{**_TWO, "fault": {"delay": 0.4}}], concurrency=8),
]  # fmt: skip
