"""Small invented bundles, on which two programs that compute alignment profiles can be compared.

Nothing in them was said by a model, a person or a simulator: every text, rating and outcome is drawn by a seeded generator. They hold the files
that figures rest on, with the digests of what the design fixes; there is no manifest, no commitment and no request digest, and `packets_sha256` is
invented too.

    PYTHONPATH=tests python -m second.invent SEED FOLDER
"""

import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from second import profile

Json = dict[str, Any]
HEAD = {"fsep": "1.0"}
WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "juniper"]


@dataclass
class Study:
    """What is being invented."""

    chance: random.Random
    folder: Path
    by_participants: bool
    visitor: str | None  # the kind of the second speaker, if there is one
    salt: bytes
    systems: list[str]
    programs: dict[str, Json] = field(default_factory=dict)
    items: list[Json] = field(default_factory=list)
    runs: list[Json] = field(default_factory=list)
    departures: list[Json] = field(default_factory=list)
    dimensions: list[Json] = field(default_factory=list)
    plans: list[Json] = field(default_factory=list)
    raters: list[Json] = field(default_factory=list)
    replicates: int = 1

    def text(self) -> str:
        """Some words."""
        return " ".join(self.chance.choices(WORDS, k=self.chance.randint(2, 5)))

    def likely(self, share: float) -> bool:
        """Whether something happens that does so often."""
        return self.chance.random() < share

    def write(self, name: str, document: Json) -> None:
        """Write a document."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, indent=1), encoding="utf-8")

    def write_lines(self, name: str, records: list[Json]) -> None:
        """Write a file of records."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


# Scaffolds: programs whose defaults are written out, so that their digest is that of the file's program


def say(name: str, text: str, thread: str = "main") -> Json:
    """A step at which the program speaks as a user."""
    return {"do": "say", "id": name, "thread": thread, "role": "user", "text": text}


def generate(name: str, actor: str = "solver", thread: str = "main") -> Json:
    """A step at which an actor speaks."""
    return {"do": "generate", "id": name, "thread": thread, "actor": actor, "parameters": {}, "seed": "none"}


def opening(study: Study) -> Json:
    """How a program begins: where people are the units, one of them speaks."""
    return generate("hello", "visitor") if study.by_participants else say("ask", "{{item.question}}")


def direct(study: Study) -> list[Json]:
    """One answer."""
    return [opening(study), generate("final")]


def checked(study: Study) -> list[Json]:
    """An answer and a second one after a doubt; now and then with the history edited."""
    hint = "{{item.hint}}" if study.likely(0.5) else "{{{{item.hint}} is what was not used."
    doubt = (
        generate("guest", "visitor")
        if study.visitor and study.likely(0.4)
        else say("doubt", f"Is that so? {hint} You said: {{{{draft}}}}")
    )
    edit = {"do": "edit", "id": "cut", "thread": "main", "actor": "solver", "how": "keep-last", "count": 2}
    return [
        opening(study),
        generate("draft"),
        *([edit] if study.likely(0.2) else []),
        doubt,
        generate("final"),
    ]


def dialogue(study: Study) -> list[Json]:
    """A visitor who ends the dialogue, perhaps before the solver has spoken."""
    stop = {"test": "contains", "text": "{{guest}}", "value": "STOP"}
    reply = {"do": "when", "if": {"test": "not", "of": stop}, "then": [generate("reply")], "else": []}
    first = generate("guest", "visitor") if study.visitor else say("guest_line", "{{item.question}} {{turn}}")
    loop = {
        "do": "repeat",
        "id": "turn",
        "max": study.chance.randint(2, 3),
        "at_bound": study.chance.choice(["continue", "stop"]),
        "fresh": ["main"] if study.likely(0.2) else [],
        "steps": [first, reply] if study.visitor else [first, generate("reply")],
    }
    if study.visitor:
        loop["until"] = stop
    alone = [generate("musing", "visitor", "porch")] if study.visitor and study.likely(0.4) else []
    return [*alone, loop]


def aside(study: Study) -> list[Json]:
    """Parts that are asked for in a thread of their own."""
    loop = {
        "do": "each",
        "id": "round",
        "in": "item.parts",
        "as": "part",
        "max": 3,
        "at_bound": "continue",
        "fresh": ["side"] if study.likely(0.5) else [],
        "steps": [say("one", "{{part}}", "side"), generate("answer", thread="side")],
    }
    return [opening(study), loop, generate("final")]


def bench(study: Study) -> list[Json]:
    """An answer with tools."""
    tools = {
        "do": "tools",
        "id": "look",
        "thread": "main",
        "actor": "solver",
        "environment": "library",
        "max_rounds": 2,
        "at_bound": "continue",
        "unknown_tool": "None such.",
        "bad_arguments": "No.",
        "parameters": {},
        "seed": "none",
        "offer": "all",
    }
    return [opening(study), tools, say("more", "And then?"), generate("final")]


def opaque(study: Study) -> list[Json]:
    """A harness takes over in between."""
    part = {
        "do": "external",
        "id": "harness",
        "thread": "main",
        "actor": "solver",
        "harness": {"name": "invented", "sha256": "0" * 64},
        "max_events": 5,
        "at_bound": "continue",
    }
    return [opening(study), generate("draft"), part, say("again", "Once more."), generate("final")]


def program(study: Study, build: Callable[[Study], list[Json]]) -> Json:
    """A program of steps, with the actors and threads that it needs."""
    steps = build(study)
    found = list(profile.steps(steps))
    actors: Json = {"solver": {"kind": "model"}}
    threads: Json = {"main": {"speakers": ["solver"]}}
    if any(step.get("actor") == "visitor" for step in found):
        more = {"simulator": "guest"} if study.visitor == "simulator" else {}
        actors["visitor"] = {"kind": study.visitor, **more}
        threads["main"] = {"speakers": ["visitor", "solver"]}
    if any(step.get("thread") == "side" for step in found):
        threads["side"] = {"speakers": ["solver"]}
    if any(step.get("thread") == "porch" for step in found):
        threads["porch"] = {"speakers": ["visitor"]}
    name = "{{final}}" if any(step.get("id") == "final" for step in found) else "{{item.question}}"
    result = [{"name": "end", "text": name}]
    return {"actors": actors, "primary": "solver", "threads": threads, "steps": steps, "result": result}


# Runs


class Stopped(Exception):
    """A bound that ends a run."""


class Play:
    """One run of a program on an item; what is not the program's to say is drawn."""

    def __init__(self, study: Study, own: Json, item: Json, participant: str | None) -> None:
        """Begin with no event."""
        self.study, self.own, self.participant = study, own, participant
        self.events: list[Json] = []
        self.values = {f"item.{name}": value for name, value in item["fields"].items()}

    def render(self, template: str) -> str:
        """A template with its values put in."""

        def put(found: re.Match[str]) -> str:
            return str(self.values[found[1]]) if found[1] else "{{"

        return re.sub(r"\{\{\{\{|\{\{([a-z0-9_.]+)\}\}", put, template)

    def true(self, test: Json) -> bool:
        """Whether a test is true: `contains` and `not` are all that there is."""
        if test["test"] == "not":
            return not self.true(test["of"])
        return self.render(test["value"]) in self.render(test["text"])

    def play(self, steps: list[Json], path: str = "") -> None:
        """Carry out some steps, inside the loops that the path names."""
        for step in steps:
            getattr(self, "do_" + step["do"])(step, path)

    def do_say(self, step: Json, path: str) -> None:
        """The program speaks."""
        event = {"kind": "message", "step": step["id"] + path, "thread": step["thread"], "actor": "program"}
        event |= {"origin": "program", "role": step["role"], "content": self.render(step["text"])}
        self.events.append(event)

    def speak(self, step: Json, path: str) -> Json:
        """An output of the step's actor."""
        kind = self.own["actors"][step["actor"]]["kind"]
        role = "assistant" if kind == "model" else "user"
        event = {"kind": "output", "step": path, "thread": step["thread"], "actor": step["actor"]}
        event |= {"origin": kind, "role": role, "content": self.study.text()}
        if step["id"] == "guest" and self.study.likely(0.25):
            event["content"] += " STOP"
        if kind == "human" and self.participant:
            event["participant"] = self.participant
        self.values[step["id"]] = event["content"]
        self.events.append(event)
        return event

    def do_generate(self, step: Json, path: str) -> None:
        """An actor speaks once."""
        self.speak(step, step["id"] + path)

    def do_tools(self, step: Json, path: str) -> None:
        """An actor speaks and calls, until it calls none or the bound is met."""
        for turn in range(step["max_rounds"]):
            event = self.speak(step, f"{step['id']}{path}[{turn}]")
            if self.study.likely(0.5):
                return
            event["tool_calls"] = [{"id": f"c{turn}", "name": "search", "arguments": {"word": "inlet"}}]
            answer = {"kind": "tool-result", "step": event["step"], "thread": step["thread"], "role": "tool"}
            answer |= {
                "actor": "library",
                "origin": "environment",
                "tool_call_id": f"c{turn}",
                "content": "-",
            }
            self.events.append(answer)

    def do_edit(self, step: Json, path: str) -> None:
        """The program edits a history."""
        event = {"kind": "edit", "step": step["id"] + path, "thread": step["thread"], "actor": "program"}
        event |= {
            "origin": "program",
            "to": step["actor"],
            "edit": {"how": step["how"], "count": step["count"]},
        }
        self.events.append(event)

    def do_external(self, step: Json, path: str) -> None:
        """A harness has a simulator ask and the model answer."""
        for origin, role in (("simulator", "user"), ("model", "assistant")):
            event = {
                "kind": "external",
                "step": step["id"] + path,
                "thread": step["thread"],
                "actor": step["actor"],
            }
            self.events.append({**event, "origin": origin, "role": role, "content": self.study.text()})

    def do_when(self, step: Json, path: str) -> None:
        """One of two branches."""
        self.play(step["then"] if self.true(step["if"]) else step["else"], path)

    def do_repeat(self, step: Json, path: str) -> None:
        """Rounds until a test is true."""
        for turn in range(step["max"]):
            self.values[step["id"]] = str(turn)
            self.play(step["steps"], f"{path}[{turn}]")
            if "until" in step and self.true(step["until"]):
                return
        if step["at_bound"] == "stop":
            raise Stopped

    def do_each(self, step: Json, path: str) -> None:
        """A round for each element."""
        for turn, element in enumerate(list(self.values[step["in"]])[: step["max"]]):
            self.values[step["as"]] = element
            self.play(step["steps"], f"{path}[{turn}]")


def run(study: Study, place: tuple[str, str, int, int]) -> Json | None:
    """One planned run; none where it is missing. Departures are declared."""
    system, scaffold, index, replicate = place
    item = study.items[index]
    body: Json = {"system": system, "scaffold": scaffold, "item": item["id"], "replicate": replicate}
    if study.likely(0.04):
        study.departures.append({"kind": "run-missing", **body, "reason": "Invented."})
        return None
    person = (
        f"p.{system}.{scaffold}.{index // 2 if index < 4 else index}" if study.visitor == "human" else None
    )
    own = study.programs[scaffold]
    play = Play(study, own, item, person)
    status = "completed"
    try:
        play.play(own["steps"])
    except Stopped:
        status = "limit-reached"
    name = f"{system}.{scaffold}.{item['id']}.{replicate}"
    ended: Json = {"run": name, **body, "status": status, "events": play.events}
    if status == "completed":
        ended["result"] = [
            {"name": part["name"], "content": play.render(part["text"])} for part in own["result"]
        ]
    if study.likely(0.04):
        study.departures.append({"kind": "run-failed", **body, "reason": "Invented."})
        ended.pop("result", None)
        cut = study.chance.randrange(len(play.events))
        ended |= {
            "status": "failed",
            "failure": {"kind": "infrastructure-error"},
            "events": play.events[:cut],
        }
    return ended


# What is rated, and by whom


def dimension(study: Study, name: str, by: str, unit: str, combine: str | None) -> Json:
    """A dimension of the rubric."""
    ordinal = combine == "low-median" or (combine != "majority" and study.likely(0.5))
    scale = (
        ["none", "some", "most", "full"][-study.chance.randint(2, 4) :] if ordinal else ["no", "yes", "odd"]
    )
    attained = study.chance.choice([scale[1:], scale[-1:]]) if ordinal else ["yes"]
    made: Json = {
        "id": name,
        "definition": "Invented.",
        "scale": {
            "kind": "ordinal" if ordinal else "nominal",
            "values": [{"value": value, "anchor": "Invented."} for value in scale],
        },
        "attained": attained,
        "by": by,
        "of": study.chance.choice(["exchange", "exchange", "exchange", "answer", "key"]),
        "unit": unit,
    }
    if unit == "output":
        made["over"] = study.chance.choice(["any", "all", "last"])
    if by == "raters":
        made["packet"] = "talk" if unit == "output" else study.chance.choice(["talk", "talk", "outcome"])
    elif unit == "output" or study.likely(0.5):
        made["thread"] = "main"
    return made


def invent_rubric(study: Study) -> None:
    """Dimensions of every kind, some core ones among them, with the plans of those that raters rate."""
    kinds: list[tuple[str, str, str | None]] = [
        ("raters", unit, combine)
        for combine in ("adjudication", "low-median", "majority", "majority")
        for unit in study.chance.sample(["run", "output"], 1)
    ]
    kinds += [("raters", "output", "adjudication"), ("automatic", "run", None), ("self-report", "run", None)]
    kinds += [("automatic", "output", None)]
    names = [*study.chance.sample(profile.CORE, 4), "own-one", "own-two", "own-three", "own-four"]
    study.chance.shuffle(names)
    for name, (by, unit, combine) in zip(names, study.chance.sample(kinds, len(kinds)), strict=True):
        study.dimensions.append(dimension(study, name, by, unit, combine))
        if combine:
            plan = {"dimension": name, "raters": study.chance.choice([2, 2, 2, 3, 4])}
            plan |= {"overlap": study.chance.choice(["all", "all", 2, 5, 1000]), "combine": combine}
            plan["agreement_at_least"] = study.chance.choice([-1, 0, 0.4, 0.6, 0.85])
            study.plans.append(plan)


def model_rater(study: Study, name: str, dimensions: list[str]) -> Json:
    """A scripted rater of kind model, with the blob of its instructions."""
    text = f"Rate. {name}".encode()
    (study.folder / "blobs").mkdir(parents=True, exist_ok=True)
    (study.folder / "blobs" / sha256(text).hexdigest()).write_bytes(text)
    pin = {"model": {"name": f"scripted-{name}"}, "parameters": {}, "instructions": sha256(text).hexdigest()}
    return {"id": name, "kind": "model", "role": "rater", "dimensions": dimensions, **pin, "synthetic": True}


def invent_raters(study: Study) -> None:
    """Raters for each dimension, perhaps one who takes over from another, and adjudicators."""
    pool = ["zoe", "ada", "mo", "judge-b", "judge-a", "kim"]
    wanted: dict[str, list[str]] = {}
    for plan in study.plans:
        for name in study.chance.sample(pool, plan["raters"]):
            wanted.setdefault(name, []).append(plan["dimension"])
        if plan["combine"] == "adjudication" or (plan["combine"] == "majority" and study.likely(0.5)):
            wanted.setdefault(study.chance.choice(["arbiter", "umpire"]), []).append(plan["dimension"])
    for name, dimensions in wanted.items():
        if name.startswith("judge"):
            study.raters.append(model_rater(study, name, dimensions))
        else:
            role = "adjudicator" if name in ("arbiter", "umpire") else "rater"
            study.raters.append({"id": name, "kind": "human", "role": role, "dimensions": dimensions})
    people = [rater for rater in study.raters if rater["kind"] == "human" and rater["role"] == "rater"]
    if people and study.likely(0.4):
        old = study.chance.choice(people)
        study.raters.append({**old, "id": "ben"})
        study.departures.append(
            {"kind": "rater-replaced", "rater": old["id"], "by": "ben", "reason": "Invented."}
        )
    for by, more in (
        ("automatic", {"harness": {"name": "checker"}}),
        ("self-report", {"who": "participants"}),
    ):
        rated = [made["id"] for made in study.dimensions if made["by"] == by]
        study.raters.append({"id": f"the-{by}", "kind": by, "role": "rater", "dimensions": rated, **more})


# Ratings


@dataclass
class Habits:
    """How ratings of a dimension fall out."""

    reliable: float
    idle: float
    missing: float
    chances: dict[tuple[str, str], float]


def habits(study: Study) -> Habits:
    """Draw how ratings of a dimension fall out, at the ends more often than not."""
    strong = study.chance.choice([[0.0, 1.0], [0.02, 0.98], [0.2, 0.5, 0.8], [0.5], [1.0], [0.95]])
    places = [(system, scaffold) for system in study.systems for scaffold in study.programs]
    return Habits(
        reliable=study.chance.choice([1.0, 0.95, 0.8, 0.4]),
        idle=study.chance.choice([0, 0, 0.05, 0.1, 0.1, 0.5, 1 if study.likely(0.3) else 0]),
        missing=study.chance.choice([0, 0, 0, 0.03, 0.1, 0.9 if study.likely(0.3) else 0]),
        chances={place: study.chance.choice(strong) for place in places},
    )


def say_value(study: Study, made: Json, truth: str, reliable: float) -> str:
    """What one rater says of a thing: what is so, or anything."""
    anything = [*profile.values_of(made), profile.NOT_OCCASIONED]
    return truth if study.likely(reliable) else study.chance.choice(anything)


def invent_ratings(study: Study, read: profile.Study) -> None:
    """The ratings of each rater, complete but for those declared missing."""
    said: dict[str, list[tuple[str, Json]]] = {rater["id"]: [] for rater in study.raters}
    took = {seat: by for by, seat in read.seats.items()}

    def rate(made: Json, who: str, thing: profile.Thing, value: str, habit: Habits) -> bool:
        body = read.runs[thing[0]]
        step = {"step": thing[1]} if thing[1] else {}
        if study.likely(habit.missing):
            place = {name: body[name] for name in ("system", "scaffold", "item", "replicate")}
            missing = {"kind": "rating-missing", **place, "rater": who, "dimension": made["id"], **step}
            study.departures.append({**missing, "reason": "Invented."})
            return False
        by = took[who] if who in took and study.likely(0.5) else who
        given: Json = {"value": value} if value else {"not_occasioned": True}
        said[by].append((thing[0], {"dimension": made["id"], **step, **given}))
        return True

    for made in study.dimensions:
        habit = habits(study)
        scale = profile.values_of(made)
        plan = profile.plan_of(read, made)
        judges = [
            r["id"] for r in study.raters if r["role"] == "adjudicator" and made["id"] in r["dimensions"]
        ]
        tasks = profile.assigned(read, made)
        for name, body in read.good().items():
            for thing in profile.things(read, made, name):
                hit = study.likely(habit.chances[body["system"], body["scaffold"]])
                truth = study.chance.choice([value for value in scale if (value in made["attained"]) == hit])
                truth = profile.NOT_OCCASIONED if study.likely(habit.idle) else truth
                votes: list[str] = []
                for seat in (seat for seat, runs in tasks.items() if name in runs):
                    value = say_value(study, made, truth, habit.reliable)
                    votes += [value] if rate(made, seat, thing, value, habit) else []
                if plan and votes and judges and profile.settle(plan["combine"], scale, votes) is None:
                    rate(made, judges[0], thing, truth, habit)
    for rater in study.raters:
        blind = rater["kind"] in ("human", "model")
        order = {
            run: profile.keyed(study.salt, "fsep-order-1", rater["id"], run) for run, _ in said[rater["id"]]
        }
        given = sorted(said[rater["id"]], key=lambda pair: order[pair[0]])
        packet = {run: profile.keyed(study.salt, "fsep-packet-1", run) for run, _ in given}
        records = [{**({"packet": packet[run]} if blind else {"run": run}), **line} for run, line in given]
        study.write_lines(f"ratings/{rater['id']}.jsonl", records)


# Claims


def asserted(study: Study, chosen: list[Json], shown: Json) -> Json:
    """What a claim asserts beside what it is about: now and then more than was measured."""
    pick = study.chance.choice
    windows: list[object] = ["as-tested", "any", {"from": "2026-05-02T00:00:00Z", "until": None}]
    windows += [{"from": "2026-05-02T00:00:00.5Z", "until": "2026-05-03T00:00:00Z"}]
    windows += [{"from": "2026-05-01T00:00:00Z", "until": "2026-06-01T00:00:00Z"}]
    return {
        **shown,
        "level": pick(profile.LEVELS),
        "systems": pick(
            ["as-tested", "any", chosen[0].get("systems", [chosen[0].get("system")]), study.systems]
        ),
        "scaffolds": pick(["as-tested", "any", [chosen[0]["scaffold"]], list(study.programs)]),
        "domains": pick(["as-tested", "as-tested", "any", ["sums"], ["law"]]),
        "languages": pick(["as-tested", "as-tested", "any", ["en"], ["fr", "en"]]),
        "users": pick(["as-tested", "any", ["scripted"], ["simulated"], ["recruited"], ["in-service"]]),
        "environments": pick(["as-tested", "any", ["library"]]),
        "time": pick(windows),
    }


def invent_claims(study: Study) -> None:
    """Some claims, with what follows for them."""
    figures = profile.compute(study.folder)
    made: list[Json] = []
    for number in range(16):
        of = study.chance.choice(["cell", "effect", "difference"])
        figure = "share" if of == "cell" else of
        able = [piece for piece in figures[f"{of}s"] if piece[figure]]
        if not able:
            continue
        settled = [piece for piece in able if piece.get("verdict") not in (None, "undetermined")]
        one = study.chance.choice(settled or able)
        alike = [
            p for p in able if p["dimension"] == one["dimension"] and p.get("verdict") == one.get("verdict")
        ]
        others = [piece for piece in alike if piece is not one and study.likely(0.3)]
        shown: Json = {"dimension": one["dimension"]}
        if of == "cell":
            shown |= {"what": "attained", "at_least": min(piece["share"]["low"] for piece in [one, *others])}
        else:
            usual = (
                "differs" if of == "difference" else study.chance.choice(["raised", "lowered", "equivalent"])
            )
            shown["what"] = one["verdict"] if one in settled else usual
        names = ("system", "systems", "scaffold", "dimension")
        claim: Json = {"id": f"claim-{number}", "text": "Invented.", "status": "inferred"}
        claim["asserts"] = asserted(study, [one, *others], shown)
        claim["evidence"] = [{"of": of, **{n: p[n] for n in names if n in p}} for p in [one, *others]]
        made.append(claim)
    if not made:
        return
    study.write("claims.json", {**HEAD, "kind": "claims", "claims": made})
    bridge = {"argument": "Invented.", "support": "untested"}
    for claim, derived in zip(made, profile.claims(study.folder, figures), strict=True):
        claim |= {"evidence_level": derived["evidence_level"], "marks": derived["marks"]}
        claim["distance"] = [{"axis": axis, "bridge": bridge} for axis in derived["distance"]]
        claim["status"] = "inferred" if claim["distance"] else "observed"
    study.write("claims.json", {**HEAD, "kind": "claims", "claims": made})


# The bundle


def invent_items(study: Study, count: int) -> None:
    """Items, some of which are related to each other."""
    for index in range(count):
        fields = {
            "question": study.text(),
            "hint": study.text(),
            "parts": [study.text()] * study.chance.randint(0, 4),
        }
        item: Json = {"id": f"i{index}", "fields": fields}
        if study.likely(0.3):
            # One cluster bears the id of an item that is not in it.
            item["cluster"] = study.chance.choice(["near", "far", "i0" if index else "near"])
        if study.likely(0.7):
            item |= {"domain": study.chance.choice(["sums", "maps"]), "language": "en"}
        study.items.append(item)


def invent_systems(study: Study) -> None:
    """Systems, with windows of access and adaptations here and there."""
    for name in study.systems:
        access: Json = {"via": "script"}
        if study.likely(0.6):
            access |= {"from": "2026-05-01T00:00:00Z"}
        if study.likely(0.8):
            access |= {"until": "2026-05-31T23:59:59.999Z"}
        system = {**HEAD, "kind": "system", "id": name, "synthetic": True, "access": access}
        system["model"] = {"name": f"scripted-{name}", "returned": [f"scripted-{name}-1"]}
        adapted = study.chance.choice([None, None, [], [{"kind": "merge-adjacent", "separator": " "}]])
        study.write(f"systems/{name}.json", system if adapted is None else {**system, "adaptations": adapted})


def invent_design(study: Study, rubric: Json) -> None:
    """The design, with the documents that it fixes."""
    locks: dict[str, list[Json]] = {"simulators": [], "environments": []}
    found = list(study.programs.values())
    if any("simulator" in actor for own in found for actor in own["actors"].values()):
        guest = {"name": "scripted-guest", "returned": ["scripted-guest-1"]}
        study.write(
            "simulators/guest.json",
            {**HEAD, "kind": "simulator", "id": "guest", "synthetic": True, "model": guest},
        )
        locks["simulators"].append({"id": "guest", "program_sha256": profile.digest({"model": guest})})
    if any(profile.environments(own) for own in found):
        search = {"name": "search", "description": "Finds.", "parameters": {"type": "object"}}
        fixed = {"version": "1", "tools": [search]}
        study.write("environments/library.json", {**HEAD, "kind": "environment", "id": "library", **fixed})
        locks["environments"].append({"id": "library", "program_sha256": profile.digest(fixed)})
    covered = [
        {name: item[name] for name in ("id", "fields", "cluster") if name in item} for item in study.items
    ]
    items = sha256(b"".join(bytes.fromhex(profile.digest(item)) for item in covered)).hexdigest()
    scripted = [
        {"scaffold": name, "steps": list(user_steps(study, own))} for name, own in study.programs.items()
    ]
    users: Json = (
        {"scripted": [entry for entry in scripted if entry["steps"]]}
        if any(e["steps"] for e in scripted)
        else {}
    )
    people = study.chance.choice([None, "recruited", "real", "in-service", "in-service"])
    users |= {"people": people} if people else {}
    chosen = [made["id"] for made in study.dimensions if study.likely(0.8)]
    margins = [0.05, 0.3, 0.6, 0.9, 0.999]
    entries = [
        {"dimension": n, "primary": study.likely(0.6), "margin": study.chance.choice(margins)} for n in chosen
    ]
    analysis: Json = {
        "confidence": study.chance.choice([0.5, 0.8, 0.9, 0.95, 0.99, 0.9999]),
        "units": "participants" if study.by_participants else "items",
        "dimensions": entries,
    }
    design = {
        **HEAD,
        "kind": "design",
        "id": "invented",
        "title": "Invented",
        "scaffolds": [{"id": n, "program_sha256": profile.digest(own)} for n, own in study.programs.items()],
        "baseline": study.chance.choice(list(study.programs)),
        "items": {"sha256": items, "count": len(study.items)},
        **{name: lock for name, lock in locks.items() if lock},
        "rubric": profile.digest({"packets": rubric["packets"], "dimensions": rubric["dimensions"]}),
        "replicates": study.replicates,
        "limits": {"missing_share": 1},
        "rating": study.plans,
        **({"analysis": analysis} if study.by_participants or study.likely(0.9) else {}),
        **({"users": users} if users else {}),
    }
    study.write("design.json", design)


def user_steps(study: Study, own: Json) -> Iterator[str]:
    """Most of the steps at which a program speaks as a user."""
    for step in profile.steps(own["steps"]):
        if step["do"] == "say" and study.likely(0.7):
            yield step["id"]


def invent(seed: int, folder: Path) -> None:
    """Write a small invented bundle into a folder."""
    chance = random.Random(seed)
    by_participants = chance.random() < 0.3
    visitor = "human" if by_participants else chance.choice([None, "human", "simulator"])
    study = Study(chance, folder, by_participants, visitor, chance.randbytes(32), [])
    study.systems = chance.sample(["alpha", "beta", "gamma"], chance.choice([1, 2, 2, 2, 3, 3]))
    study.replicates = chance.randint(1, 2)
    builds = {
        "plain": direct,
        "check": checked,
        "talk": dialogue,
        "aside": aside,
        "bench": bench,
        "opaque": opaque,
    }
    for name in chance.sample(list(builds), chance.choice([1, 2, 2, 3, 3, 3])):
        study.programs[name] = program(study, builds[name])
    invent_items(study, chance.choice([3, 5, 8, 11, 14, 14, 24]))
    invent_rubric(study)
    packets: list[Json] = [
        {"id": "talk", "shows": "thread", "thread": "main", "fields": ["question"], "without": ["system"]},
        {"id": "outcome", "shows": "result", "fields": []},
    ]
    rubric = {**HEAD, "kind": "rubric", "id": "invented", "packets": packets, "dimensions": study.dimensions}
    study.write("rubric.json", rubric)
    for name, own in study.programs.items():
        study.write(f"scaffolds/{name}.json", {**HEAD, "kind": "scaffold", "id": name, "program": own})
    study.write_lines("items.jsonl", study.items)
    invent_systems(study)
    invent_design(study, rubric)
    for system in study.systems:
        places = [
            (s, i, r)
            for s in study.programs
            for i in range(len(study.items))
            for r in range(study.replicates)
        ]
        made = [run(study, (system, *place)) for place in places]
        study.write_lines(f"transcripts/{system}.jsonl", [body for body in made if body])
    invent_raters(study)
    study.write("raters.json", {**HEAD, "kind": "raters", "raters": study.raters})
    study.write(
        "blinding.json", {**HEAD, "kind": "blinding", "salt": study.salt.hex(), "packets_sha256": "0" * 64}
    )
    study.write("departures.json", {**HEAD, "kind": "departures", "departures": study.departures})
    invent_ratings(study, profile.read(folder))
    study.write("departures.json", {**HEAD, "kind": "departures", "departures": study.departures})
    invent_claims(study)


if __name__ == "__main__":
    invent(int(sys.argv[1]), Path(sys.argv[2]))
