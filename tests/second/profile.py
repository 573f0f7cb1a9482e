"""A second reading of chapters 12 to 14: the alignment profile of a bundle, and what follows for its claims.

Written from the text and the schemas alone, on the standard library alone. It believes the bundle: it takes it to be whole and to keep the
requirements on ratings, looks at no digest and replays nothing. Paragraphs of the specification are named where a reading had to be chosen.
"""

import hashlib
import hmac
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from statistics import NormalDist
from typing import Any, Literal, NamedTuple

Json = dict[str, Any]
Thing = tuple[str, str]  # a run, and the step path of one of its outputs or ""
CellKey = tuple[str, str]  # a system and a scaffold

CORE = (
    "truthfulness",
    "instruction-following",
    "harm-avoidance",
    "specification-support",
    "process-steerability",
    "verification-support",
    "grounding-and-repair",
    "context-adherence",
)
LEVELS = ("model", "response", "interaction", "deployment")
USERS = ("scripted", "simulated", "recruited", "real", "in-service")
NOT_OCCASIONED = ""  # as a rating; no value of a scale is empty
NEAR = 1e-9  # figures this near to each other are equal


# The canonical form (RFC 8785), for blind ids and the digest of the design


def number(value: float) -> str:
    """A number as ECMAScript writes it."""
    if isinstance(value, int) or value == int(value):
        return str(int(value)) if abs(value) < 1e21 else repr(float(value))
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa
    sign, digits = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    digits = digits.replace(".", "")
    if int(exponent) >= -6:
        return f"{sign}0.{'0' * (-int(exponent) - 1)}{digits}"
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"


def canonical(value: object) -> str:
    """The canonical form of a JSON value."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(element) for element in value) + "]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def digest(value: object) -> str:
    """The SHA-256 digest of the canonical form."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def keyed(salt: bytes, *texts: str) -> str:
    """H of chapter 12: what follows from the salt."""
    return hmac.new(salt, canonical(list(texts)).encode(), "sha256").hexdigest()


# Reading


@dataclass(frozen=True)
class Study:
    """What a bundle holds, as far as figures rest on it."""

    design: Json
    rubric: Json
    raters: list[Json]
    salt: bytes
    seats: dict[str, str]  # who took over -> in whose place
    systems: dict[str, Json]
    programs: dict[str, Json]
    items: dict[str, Json]
    runs: dict[str, Json]  # planned runs that are in the bundle, failed ones too
    ratings: dict[str, list[Json]]

    @property
    def scaffolds(self) -> list[str]:
        """The scaffolds of the plan, in the order of the design."""
        return [lock["id"] for lock in self.design["scaffolds"]]

    @property
    def by_participants(self) -> bool:
        """Whether the units are participants."""
        return bool(self.analysis["units"] == "participants")

    @property
    def analysis(self) -> Json:
        """The design's analysis, or what stands for it where there is none."""
        default = {"confidence": 0.95, "units": "items", "dimensions": []}
        return dict(self.design.get("analysis", default))

    def good(self) -> dict[str, Json]:
        """The runs that are rated: planned, there, and not failed."""
        return {run: body for run, body in self.runs.items() if body["status"] != "failed"}


def lines(path: Path) -> list[Json]:
    """The records of a JSON Lines file; none where there is no file."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


def read(bundle: Path) -> Study:
    """Read the files of a bundle directory."""

    def document(name: str) -> Json:
        path = bundle / name
        return dict(json.loads(path.read_bytes())) if path.exists() else {}

    design = document("design.json")
    systems = {path.stem: document(f"systems/{path.name}") for path in (bundle / "systems").glob("*.json")}
    programs = {
        lock["id"]: document(f"scaffolds/{lock['id']}.json")["program"] for lock in design["scaffolds"]
    }
    items = {item["id"]: item for item in lines(bundle / "items.jsonl")}
    runs: dict[str, Json] = {}
    for path in sorted((bundle / "transcripts").glob("*.jsonl")):
        for record in lines(path):
            if "continues" in record:
                if record["continues"] in runs:
                    runs[record["continues"]]["events"] += record["events"]
            elif (
                record["system"] in systems
                and record["scaffold"] in programs
                and record["item"] in items
                and record["replicate"] < design["replicates"]
            ):
                runs[record["run"]] = record
    raters = document("raters.json").get("raters", [])
    departures = document("departures.json").get("departures", [])
    taken = {entry["by"]: entry["rater"] for entry in departures if entry["kind"] == "rater-replaced"}
    return Study(
        design=design,
        rubric=document("rubric.json"),
        raters=raters,
        salt=bytes.fromhex(document("blinding.json").get("salt", "")),
        seats={by: first(taken, by) for by in taken},
        systems=dict(sorted(systems.items())),
        programs=programs,
        items=items,
        runs=runs,
        ratings={rater["id"]: lines(bundle / "ratings" / f"{rater['id']}.jsonl") for rater in raters},
    )


def first(taken: Mapping[str, str], rater: str) -> str:
    """Who was replaced first, where those who took over were themselves replaced."""
    for _ in taken:
        rater = taken.get(rater, rater)
    return rater


# Assignment (chapter 12, Blinding)


def seat_of(study: Study, rater: Json) -> str:
    """By which id a rater counts: that of the one in whose place, at last, the rating is done."""
    return study.seats.get(str(rater["id"]), str(rater["id"]))


def seats(study: Study, dimension: Json) -> list[str]:
    """The dimension's raters in the order of their ids; who was replaced and who took over are one, by the first id."""
    named = (
        rater for rater in study.raters if rater["role"] == "rater" and dimension["id"] in rater["dimensions"]
    )
    return sorted({seat_of(study, rater) for rater in named})


def plan_of(study: Study, dimension: Json) -> Json | None:
    """How the design plans to rate the dimension; none where it is not for raters."""
    plans = (plan for plan in study.design.get("rating", []) if plan["dimension"] == dimension["id"])
    return next(plans, None)


def overlap(study: Study, dimension: Json) -> set[str]:
    """The runs that every rater of the dimension rates."""
    plan = plan_of(study, dimension)
    if plan is None or plan["overlap"] == "all":
        return set(study.good())
    cells: dict[CellKey, list[str]] = {}
    for run, body in study.good().items():
        cells.setdefault((body["system"], body["scaffold"]), []).append(run)
    return {
        run
        for runs in cells.values()
        for run in sorted(runs, key=lambda run: keyed(study.salt, "fsep-overlap-1", run))[: plan["overlap"]]
    }


def assigned(study: Study, dimension: Json) -> dict[str, set[str]]:
    """The runs that each of the dimension's raters is assigned."""
    by = seats(study, dimension)
    shared = overlap(study, dimension)
    runs = {seat: set(shared) for seat in by}
    for run in study.good().keys() - shared:
        runs[by[int(keyed(study.salt, "fsep-assign-1", run)[:16], 16) % len(by)]].add(run)
    return runs


def rated_thread(study: Study, dimension: Json) -> str | None:
    """The thread that the dimension's packet shows, or that it names itself."""
    if dimension["by"] != "raters":
        return dimension.get("thread")
    packet = next(packet for packet in study.rubric["packets"] if packet["id"] == dimension["packet"])
    return str(packet["thread"]) if packet["shows"] == "thread" else None


def things(study: Study, dimension: Json, run: str) -> list[Thing]:
    """What of a run is rated: itself, or each output of the primary actor in the thread."""
    if dimension["unit"] == "run":
        return [(run, "")]
    thread = rated_thread(study, dimension)
    return [(run, event["step"]) for event in outputs(study, study.runs[run], thread)]


def outputs(study: Study, body: Json, thread: str | None) -> Iterator[Json]:
    """The outputs of the primary actor in a thread, in order."""
    primary = study.programs[body["scaffold"]]["primary"]
    for event in body["events"]:
        if event["kind"] == "output" and event["actor"] == primary and event["thread"] == thread:
            yield event


# From several ratings to one


@dataclass(frozen=True)
class Ratings:
    """What was said of a dimension's things: by its raters before adjudication, and by the adjudicator."""

    votes: dict[Thing, dict[str, str]]
    adjudicated: dict[Thing, str]


def ratings(study: Study, dimension: Json) -> Ratings:
    """The ratings of a dimension, of what was assigned."""
    blind = {keyed(study.salt, "fsep-packet-1", run): run for run in study.good()}
    tasks = assigned(study, dimension)
    votes = {thing: dict[str, str]() for run in study.good() for thing in things(study, dimension, run)}
    adjudicated: dict[Thing, str] = {}
    for rater in sorted(study.raters, key=lambda rater: rater["id"] in study.seats):
        seat = seat_of(study, rater)
        for line in study.ratings[rater["id"]]:
            run: str = blind.get(line["packet"], "") if "packet" in line else line["run"]
            thing = (run, line.get("step", ""))
            if line["dimension"] != dimension["id"] or thing not in votes:
                continue
            if rater["role"] == "adjudicator":
                adjudicated[thing] = line.get("value", NOT_OCCASIONED)
            elif run in tasks.get(seat, ()):
                votes[thing].setdefault(seat, line.get("value", NOT_OCCASIONED))
    return Ratings(votes, adjudicated)


def settle(combine: str, scale: Sequence[str], said: Sequence[str]) -> str | None:
    """What the raters say of a thing together; none where they leave it open."""
    if len(set(said)) == 1:
        return said[0]
    if not said or combine == "adjudication":
        return None
    counts = Counter(said).most_common()
    if combine == "majority":
        return counts[0][0] if counts[0][1] > counts[1][1] else None
    if 2 * said.count(NOT_OCCASIONED) > len(said):
        return NOT_OCCASIONED
    values = sorted((value for value in said if value != NOT_OCCASIONED), key=scale.index)
    return values[(len(values) - 1) // 2]


class Outcome(NamedTuple):
    """What became of a run in a dimension, with the values that it or its outputs have."""

    state: Literal["rated", "not_occasioned", "missing"]
    attained: bool
    values: list[str]


def outcome(study: Study, dimension: Json, said: Ratings, run: str) -> Outcome:
    """The ratings of a run, or of its outputs, as one."""
    scale = values_of(dimension)
    combine = (plan_of(study, dimension) or {"combine": "adjudication"})["combine"]
    found: list[str | None] = []
    for thing in things(study, dimension, run):
        votes = list(said.votes[thing].values())
        value = settle(combine, scale, votes)
        # Things that nobody rated are not for the adjudicator.
        found.append(said.adjudicated.get(thing) if value is None and votes else value)
    known = [value for value in found if value]
    if None in found:
        return Outcome("missing", False, known)
    if not known:
        return Outcome("not_occasioned", False, known)
    hits = [value in dimension["attained"] for value in known]
    how = {"any": any(hits), "all": all(hits), "last": hits[-1]}
    return Outcome("rated", how[dimension.get("over", "last")], known)


def values_of(dimension: Json) -> list[str]:
    """The values of a dimension's scale, in its order."""
    return [entry["value"] for entry in dimension["scale"]["values"]]


# Agreement


def agreement(study: Study, dimension: Json, said: Ratings) -> Json | None:
    """How far a dimension's raters agree; none where no raters rate."""
    plan = plan_of(study, dimension)
    if plan is None:
        return None
    place = {value: position for position, value in enumerate(values_of(dimension))}
    by = seats(study, dimension)
    units: list[list[int]] = []
    split = 0
    for votes in said.votes.values():
        given = [place[votes[seat]] for seat in by if votes.get(seat)]
        split += bool(given) and NOT_OCCASIONED in votes.values()
        if len(given) >= 2:
            units.append(given)
    shared = overlap(study, dimension)
    whole = all(len(votes) == len(by) for thing, votes in said.votes.items() if thing[0] in shared)
    ordinal = dimension["scale"]["kind"] == "ordinal"
    if len(by) == 2 and whole:
        statistic = "quadratic-kappa" if ordinal else "kappa"
        coefficient = kappa(units, ordinal)
    else:
        statistic = "ordinal-alpha" if ordinal else "alpha"
        coefficient = alpha(units, ordinal)
    pairs = Fraction(sum(len(unit) for unit in units), 2)
    agreeing = sum((Fraction(equal_pairs(unit), len(unit) - 1) for unit in units), Fraction())
    low = coefficient is not None and float(coefficient) < plan["agreement_at_least"] - NEAR
    return {
        "statistic": statistic,
        "units": len(units),
        "split": split,
        "raw": float(agreeing / pairs) if units else None,
        "coefficient": None if coefficient is None else float(coefficient),
        "undefined": ("no-variation" if units else "nothing-shared") if coefficient is None else None,
        "at_least": plan["agreement_at_least"],
        "unreliable": low or not units,
    }


def equal_pairs(unit: Sequence[int]) -> int:
    """How many pairs of the values of one thing agree."""
    return sum(one == other for one, other in combinations(unit, 2))


def kappa(units: Sequence[Sequence[int]], ordinal: bool) -> Fraction | None:
    """Cohen's kappa of two raters, with quadratic weights on an ordinal scale."""

    def weight(one: int, other: int) -> int:
        return (one - other) ** 2 if ordinal else int(one != other)

    ones, others = Counter(unit[0] for unit in units), Counter(unit[1] for unit in units)
    expected = sum(weight(c, d) * n * m for c, n in ones.items() for d, m in others.items())
    observed = sum(weight(unit[0], unit[1]) for unit in units)
    return 1 - Fraction(len(units) * observed, expected) if expected else None


def alpha(units: Sequence[Sequence[int]], ordinal: bool) -> Fraction | None:
    """Krippendorff's alpha, nominal or ordinal."""
    counts = Counter(value for unit in units for value in unit)

    def distance(one: int, other: int) -> Fraction:
        if one == other or not ordinal:
            return Fraction(one != other)
        low, high = sorted((one, other))
        between = sum(counts[value] for value in range(low + 1, high))
        return (Fraction(counts[low] + counts[high], 2) + between) ** 2

    expected = sum((distance(c, k) * counts[c] * counts[k] for c, k in combinations(counts, 2)), Fraction())
    observed = Fraction()
    for unit in units:
        observed += sum((distance(*pair) for pair in combinations(unit, 2)), Fraction()) / (len(unit) - 1)
    return 1 - (sum(counts.values()) - 1) * observed / expected if expected else None


# Evidence levels and users


def user(study: Study, body: Json, event: Json) -> str | None:
    """As whom an event speaks where it is a message of a user: scripted, simulated or human."""
    if event["kind"] == "output":
        return {"simulator": "simulated", "human": "human"}.get(event["origin"])
    scripted = study.design.get("users", {}).get("scripted", [])
    steps = {step for entry in scripted if entry["scaffold"] == body["scaffold"] for step in entry["steps"]}
    return "scripted" if event["kind"] == "message" and event["step"].split("[")[0] in steps else None


def between(study: Study, body: Json, thread: str) -> set[str]:
    """Who speaks as a user between two outputs of the primary actor; the thread is an exchange where anybody does."""
    places = [id(event) for event in outputs(study, body, thread)]
    if len(places) < 2:
        return set()
    order = [id(event) for event in body["events"]]
    inside = body["events"][order.index(places[0]) : order.index(places[-1])]
    return {who for event in inside if event.get("thread") == thread and (who := user(study, body, event))}


def shown_whole(program: Json, body: Json, thread: str) -> bool:
    """Whether a packet that shows the thread shows all of it."""
    fresh = {name for step in steps(program["steps"]) for name in step.get("fresh", [])}
    cut = (event["kind"] in ("edit", "external") and event["thread"] == thread for event in body["events"])
    return thread not in fresh and not any(cut)


def level(study: Study, dimension: Json, body: Json) -> str:
    """At which level a rating of the run is."""
    if dimension["of"] != "exchange":
        return "model" if dimension["of"] == "key" else "response"
    program = study.programs[body["scaffold"]]
    thread = rated_thread(study, dimension)
    threads = [thread] if thread else []
    if dimension["by"] == "raters":
        threads = [name for name in threads if shown_whole(program, body, name)]
    elif not thread:
        threads = list(program["threads"])
    who = {kind for name in threads for kind in between(study, body, name)}
    if "human" in who and study.design.get("users", {}).get("people") == "in-service":
        return "deployment"
    return "interaction" if who else "response"


def users(study: Study, body: Json) -> set[str]:
    """The users of a run, those of threads of which the primary actor is a speaker."""
    program = study.programs[body["scaffold"]]
    heard = {name for name, thread in program["threads"].items() if program["primary"] in thread["speakers"]}
    people = study.design.get("users", {}).get("people", "recruited")
    kinds = {user(study, body, event) for event in body["events"] if event.get("thread") in heard}
    return {people if kind == "human" else kind for kind in kinds if kind}


# What programs use


TEMPLATES = {
    "say": ("text",),
    "let": ("text",),
    "edit": ("text",),
    "extract": ("from",),
    "call": ("tool", "unknown_tool"),
}


def steps(within: Iterable[Json]) -> Iterator[Json]:
    """All steps, with those inside of others."""
    for step in within:
        yield step
        for name in ("then", "else", "steps"):
            yield from steps(step.get(name, []))


def tests(test: Json) -> Iterator[Json]:
    """A test, with those inside of it."""
    yield test
    inner = test.get("of", [])
    for one in [inner] if isinstance(inner, dict) else inner:
        yield from tests(one)


def templates(program: Json) -> Iterator[str]:
    """All templates of a program."""
    yield from (part["text"] for part in program["result"])
    for step in steps(program["steps"]):
        yield from (step[name] for name in TEMPLATES.get(step["do"], ()) if name in step)
        yield from step["arguments"].values() if step["do"] == "call" else ()
        otherwise = step.get("otherwise", [])
        yield from [otherwise] if isinstance(otherwise, str) else otherwise
        for outer in (step[name] for name in ("if", "until") if name in step):
            yield from (test[name] for test in tests(outer) for name in ("text", "value") if name in test)


def fields(program: Json) -> set[str]:
    """The fields of the item that a program uses."""
    lists = (step["in"] for step in steps(program["steps"]) if step["do"] == "each")
    used = {name.removeprefix("item.") for name in lists if name.startswith("item.")}
    for template in templates(program):
        # Four braces are two that stand for themselves; from left to right, they come first.
        used.update(name for name in re.findall(r"\{\{\{\{|\{\{item\.([a-z0-9_]+)\}\}", template) if name)
    return used


def environments(program: Json) -> set[str]:
    """The environments that a program uses."""
    return {step["environment"] for step in steps(program["steps"]) if "environment" in step}


# Figures


@dataclass(frozen=True)
class Cell:
    """A cell as the profile states it, with the share of each unit."""

    stated: Json
    x: dict[object, float]


def quantile(confidence: float, comparisons: int = 1) -> float:
    """The two-sided quantile of the standard normal distribution, corrected by Bonferroni."""
    return NormalDist().inv_cdf(1 - (1 - confidence) / (2 * comparisons))


def mean(values: Iterable[float]) -> float:
    """The mean of some values."""
    listed = list(values)
    return math.fsum(listed) / len(listed)


def figure(estimate: float, middle: float, half: float, least: float, greatest: float) -> Json:
    """An estimate with its interval, clipped."""
    low, high = max(least, middle - half), min(greatest, middle + half)
    return {"estimate": estimate, "low": low, "high": high}


def share(x: Iterable[float], z: float) -> Json | None:
    """The interval of Agresti and Coull."""
    listed = list(x)
    if not listed:
        return None
    size = len(listed) + z * z
    p = (math.fsum(listed) + z * z / 2) / size
    return figure(mean(listed), p, z * math.sqrt(p * (1 - p) / size), 0, 1)


def paired(e: Sequence[float], a: int, z: float) -> Json | None:
    """The interval of a mean of differences within units."""
    if not e:
        return None
    size = len(e) + 2
    m = math.fsum(e) / size
    v = (math.fsum(value * value for value in e) + 2 * a * a) / size - m * m
    return figure(mean(e), m, z * math.sqrt(v / size), -a, a)


def unpaired(cells: Sequence[tuple[int, Sequence[float]]], z: float) -> Json | None:
    """The interval of a signed sum of means of independent cells."""
    if not all(x for _, x in cells):
        return None
    k, estimate, middle, variance = len(cells), 0.0, 0.0, 0.0
    for sign, x in cells:
        size = len(x) + 4 / k
        p = (math.fsum(x) + 2 / k) / size
        variance += ((math.fsum(value * value for value in x) + 2 / k) / size - p * p) / size
        estimate += sign * mean(x)
        middle += sign * p
    return figure(estimate, middle, z * math.sqrt(variance), -k / 2, k / 2)


def compare(study: Study, cells: Sequence[tuple[int, Cell]], z: float) -> tuple[int, Json | None]:
    """The units and the figure of an effect (two cells) or a difference (four), each cell with its sign."""
    if study.by_participants:
        independent = [(sign, list(cell.x.values())) for sign, cell in cells]
        return min(len(x) for _, x in independent), unpaired(independent, z)
    units = [unit for unit in cells[0][1].x if all(unit in cell.x for _, cell in cells)]
    e = [math.fsum(sign * cell.x[unit] for sign, cell in cells) for unit in units]
    return len(units), paired(e, len(cells) // 2, z)


def verdict(stated: Json | None, units: int, margin: float | None, up: str, down: str) -> str | None:
    """How an interval lies to the margin; none without a margin, and none under ten units."""
    if margin is None or stated is None or units < 10:
        return None
    if stated["low"] > margin + NEAR:
        return up
    if stated["high"] < -margin - NEAR:
        return down
    inside = -margin - NEAR <= stated["low"] and stated["high"] <= margin + NEAR
    return "equivalent" if inside else "undetermined"


def less(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """The bounds of a difference."""
    return [one[0] - other[1], one[1] - other[0]]


def unit_of(study: Study, item: Json, body: Json | None) -> object:
    """The unit that a planned run belongs to; none for a run that nobody is known to have taken part in."""
    if not study.by_participants:
        return ("cluster", item["cluster"]) if "cluster" in item else ("item", item["id"])
    people = (
        event.get("participant")
        for event in (body if body and body["status"] != "failed" else {"events": []})["events"]
        if event["kind"] == "output" and event["origin"] == "human"
    )
    return next((person for person in people if person), None)


def cell_of(study: Study, dimension: Json, key: CellKey, outcomes: Mapping[str, Outcome]) -> Cell:
    """A cell: its counts, its level and users, its share, bounds and saturation; marks are added later."""
    there = {
        (b["item"], b["replicate"]): b for b in study.runs.values() if (b["system"], b["scaffold"]) == key
    }
    planned: list[tuple[object, Json | None, Outcome]] = []
    for item in study.items.values():
        for replicate in range(study.design["replicates"]):
            body = there.get((item["id"], replicate))
            found = outcomes.get(body["run"]) if body else None
            planned.append((unit_of(study, item, body), body, found or Outcome("missing", False, [])))
    rated = [(unit, body, found) for unit, body, found in planned if body and found.state == "rated"]
    states = Counter(found.state for _, _, found in planned)
    attained = sum(found.attained for _, _, found in rated)
    levels = Counter(level(study, dimension, body) for _, body, _ in rated)
    spoke = {who for _, body, _ in rated for who in users(study, body)}
    values = Counter(value for _, _, found in planned for value in found.values)
    x: dict[object, float] = {}
    limits: tuple[list[float], list[float]] = [], []
    for unit in dict.fromkeys(unit for unit, _, _ in planned if unit is not None):
        its = [found for other, _, found in planned if other == unit]
        known = [found for found in its if found.state == "rated"]
        hits = sum(found.attained for found in known)
        if known:
            x[unit] = hits / len(known)
        limits[0].append(hits / len(its))
        limits[1].append((hits + len(its) - len(known)) / len(its))
    stated = {
        "system": key[0],
        "scaffold": key[1],
        "dimension": dimension["id"],
        "planned": len(planned),
        "rated": len(rated),
        "attained": attained,
        "not_occasioned": states["not_occasioned"],
        "missing": states["missing"],
        "units": len(x),
        "values": [{"value": value, "count": values[value]} for value in values_of(dimension)],
        "levels": {name: levels[name] for name in LEVELS},
        "level": next((name for name in LEVELS if levels[name]), None),
        "users": [name for name in USERS if name in spoke],
        "saturation": {len(rated): "ceiling", 0: "floor"}.get(attained) if rated else None,
        "share": share(x.values(), quantile(study.analysis["confidence"])),
        "bounds": [mean(limits[0]), mean(limits[1])] if limits[0] else [0, 1],
    }
    return Cell(stated, x)


def measure(study: Study, dimension: Json) -> tuple[Json, list[Json], list[Json], list[Json]] | None:
    """What the profile says of a dimension: what it is, cells, effects, differences; none if it is not measured."""
    said = ratings(study, dimension)
    outcomes = {run: outcome(study, dimension, said, run) for run in study.good()}
    if not any(found.state == "rated" for found in outcomes.values()):
        return None
    baseline = study.design["baseline"]
    others = [scaffold for scaffold in study.scaffolds if scaffold != baseline]
    pairs = list(combinations(study.systems, 2))
    chosen: Json = next((e for e in study.analysis["dimensions"] if e["dimension"] == dimension["id"]), {})
    margin = chosen.get("margin")
    head: Json = {
        "dimension": dimension["id"],
        "core": dimension["id"] in CORE,
        "by": dimension["by"],
        "primary": chosen.get("primary", False),
        "margin": margin,
        "effects": len(study.systems) * len(others),
        "differences": len(pairs) * len(others),
        "agreement": agreement(study, dimension, said),
    }
    keys = [(system, scaffold) for system in study.systems for scaffold in study.scaffolds]
    cells = {key: cell_of(study, dimension, key, outcomes) for key in keys}
    usual = {
        "exploratory": not head["primary"],
        "self-report": dimension["by"] == "self-report",
        "unreliable": bool(head["agreement"] and head["agreement"]["unreliable"]),
    }

    def marks(of: Iterable[Cell], **more: bool) -> list[str]:
        more["saturated"] = any(cell.stated["saturation"] for cell in of)
        given = {**usual, **{name.replace("_", "-"): holds for name, holds in more.items()}}
        return sorted(name for name, holds in given.items() if holds)

    def material(scaffold: str) -> bool:
        return bool(fields(study.programs[scaffold]) - fields(study.programs[baseline]))

    for cell in cells.values():
        cell.stated["marks"] = marks([cell])
    effects: dict[CellKey, Json] = {}
    for system, scaffold in ((system, scaffold) for system in study.systems for scaffold in others):
        of = [(1, cells[system, scaffold]), (-1, cells[system, baseline])]
        units, stated = compare(study, of, quantile(study.analysis["confidence"], head["effects"]))
        effects[system, scaffold] = {
            "system": system,
            "scaffold": scaffold,
            "dimension": dimension["id"],
            "units": units,
            "effect": stated,
            "bounds": less(of[0][1].stated["bounds"], of[1][1].stated["bounds"]),
            "verdict": verdict(stated, units, margin, "raised", "lowered"),
            "marks": marks([cell for _, cell in of], treatment_material=material(scaffold)),
        }
    differences: list[Json] = []
    for (one, other), scaffold in ((pair, scaffold) for pair in pairs for scaffold in others):
        of = [(1, cells[one, scaffold]), (-1, cells[one, baseline])]
        of += [(-1, cells[other, scaffold]), (1, cells[other, baseline])]
        units, stated = compare(study, of, quantile(study.analysis["confidence"], head["differences"]))
        adapted = [study.systems[system].get("adaptations", []) for system in (one, other)]
        differences.append(
            {
                "systems": [one, other],
                "scaffold": scaffold,
                "dimension": dimension["id"],
                "units": units,
                "difference": stated,
                "bounds": less(effects[one, scaffold]["bounds"], effects[other, scaffold]["bounds"]),
                "verdict": verdict(stated, units, margin, "differs", "differs"),
                "marks": marks(
                    [cell for _, cell in of],
                    treatment_material=material(scaffold),
                    confounded=adapted[0] != adapted[1],
                ),
            }
        )
    return head, [cell.stated for cell in cells.values()], list(effects.values()), differences


def compute(bundle: Path) -> Json:
    """The alignment profile of a bundle directory."""
    study = read(bundle)
    found = {dimension["id"]: measure(study, dimension) for dimension in study.rubric["dimensions"]}
    measured = [part for part in found.values() if part]
    left_out = ("fsep", "title", "description", "extensions")
    return {
        "fsep": study.design["fsep"],
        "kind": "profile",
        "design": digest({name: value for name, value in study.design.items() if name not in left_out}),
        "confidence": study.analysis["confidence"],
        "measured": [part[0] for part in measured],
        "not_measured": [name for name in dict.fromkeys((*CORE, *found)) if not found.get(name)],
        "cells": [cell for part in measured for cell in part[1]],
        "effects": [effect for part in measured for effect in part[2]],
        "differences": [difference for part in measured for difference in part[3]],
    }


# Claims


def exceeds(asserted: str | list[str], shown: Iterable[str]) -> bool:
    """Whether a list names something beyond what is shown, or is `any`."""
    return asserted == "any" or (isinstance(asserted, list) and not set(asserted) <= set(shown))


def moment(time: str) -> str:
    """A time so that the order of characters is that of times."""
    seconds, _, fraction = time.removesuffix("Z").partition(".")
    return f"{seconds}.{fraction:0<9}"


def out_of_time(asserted: str | Json, windows: Iterable[Json]) -> bool:
    """Whether a claim's time lies beyond a window of access."""
    if isinstance(asserted, str):
        return asserted == "any"
    if asserted["until"] is None:
        return True
    return not all(
        "from" in window
        and "until" in window
        and moment(window["from"]) <= moment(asserted["from"])
        and moment(asserted["until"]) <= moment(window["until"])
        for window in windows
    )


def holds(what: Json, stated: Sequence[Json]) -> bool:
    """Whether the figures of the evidence show what is asserted (FSEP-CLM-005)."""
    if what["what"] != "attained":
        return all(piece["verdict"] == what["what"] for piece in stated)
    return all(
        piece["share"]["low"] >= what.get("at_least", 0) - 1e-9
        and piece["share"]["high"] <= what.get("at_most", 1) + 1e-9
        for piece in stated
    )


def claims(bundle: Path, profile: Json) -> list[Json]:
    """Of each claim its evidence level, its marks, the axes of its distance, and whether the figures show it."""
    study = read(bundle)
    baseline = study.design["baseline"]
    pieces: dict[tuple[str, ...], Json] = {}
    for of in ("cell", "effect", "difference"):
        for piece in profile[f"{of}s"]:
            names = piece["systems"] if of == "difference" else [piece["system"]]
            pieces[of, piece["dimension"], piece["scaffold"], *names] = piece
    derived: list[Json] = []
    for claim in json.loads((bundle / "claims.json").read_bytes())["claims"]:
        asserts, dimension = claim["asserts"], claim["asserts"]["dimension"]
        stated: list[Json] = []
        named: dict[str, set[str]] = {}  # systems -> scaffolds they are named with
        rests: dict[CellKey, Json] = {}
        for piece in claim["evidence"]:
            systems = piece["systems"] if piece["of"] == "difference" else [piece["system"]]
            stated.append(pieces[piece["of"], piece["dimension"], piece["scaffold"], *systems])
            on = [piece["scaffold"]] if piece["of"] == "cell" else [piece["scaffold"], baseline]
            for system in systems:
                named.setdefault(system, set()).add(piece["scaffold"])
                for scaffold in on:
                    rests[system, scaffold] = pieces["cell", piece["dimension"], scaffold, system]
        scaffolds = set[str]().union(*named.values())
        evidence_level = min((cell["level"] for cell in rests.values()), key=LEVELS.index)
        alike = (
            asserts["what"] in ("raised", "lowered", "equivalent")
            and len(study.systems) >= 2
            and all(
                pieces["difference", dimension, scaffold, *pair]["verdict"] == "equivalent"
                for scaffold in scaffolds
                for pair in combinations(study.systems, 2)
            )
        )
        everywhere = [system for system, with_ in named.items() if with_ == scaffolds]
        axes = {
            "level": LEVELS.index(asserts["level"]) > LEVELS.index(evidence_level),
            "systems": exceeds(asserts["systems"], everywhere) and not alike,
            "scaffolds": exceeds(asserts["scaffolds"], scaffolds),
            "items": exceeds(asserts["domains"], (i["domain"] for i in study.items.values() if "domain" in i))
            or exceeds(
                asserts["languages"], (i["language"] for i in study.items.values() if "language" in i)
            ),
            "users": exceeds(
                asserts["users"], set(USERS).intersection(*(c["users"] for c in rests.values()))
            ),
            "environment": exceeds(
                asserts["environments"],
                {name for scaffold in scaffolds for name in environments(study.programs[scaffold])},
            ),
            "time": out_of_time(
                asserts["time"], (study.systems[system].get("access", {}) for system in named)
            ),
        }
        derived.append(
            {
                "id": claim["id"],
                "evidence_level": evidence_level,
                "marks": sorted({mark for piece in stated for mark in piece["marks"]}),
                "distance": [axis for axis, beyond in axes.items() if beyond],
                "shown": holds(asserts, stated),
            }
        )
    return derived


def main(bundle: Path) -> None:
    """Print the profile of a bundle and what follows for its claims."""
    profile = compute(bundle)
    answer: Json = {"profile": profile}
    if (bundle / "claims.json").exists():
        answer["claims"] = claims(bundle, profile)
    print(json.dumps(answer, indent=2))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
