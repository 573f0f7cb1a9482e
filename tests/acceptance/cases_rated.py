"""Single-fault copies of the rated parent: rubric, raters, blinding and ratings, committed and packed again."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import rated
from acceptance.cases import CASES, Case, Change
from fsep.checks.commitments import commitment_digest
from fsep.rating.blind import Blind
from parent import commit, settle
from workbench import Workbench

ADA, BEN, CY = (f"ratings/{id_}.jsonl" for id_ in ("ada", "ben", "cy"))
CHECKER = "ratings/checker.jsonl"


def case(requirement: str, sentence: str) -> Callable[[Change], Change]:
    """Add a change of the rated parent as a case."""

    def add(change: Change) -> Change:
        CASES.append(Case(requirement, sentence, change=change, rated=True))
        return change

    return add


def _relock(bench: Workbench) -> None:
    bench.lock()
    commit(bench)


def _in_order(bench: Workbench, rater: str, lines: list[dict[str, Any]]) -> None:
    """Put lines of a rater in the order of the rater's packets."""
    blind = Blind(rated.SALT)
    runs = {blind.packet(run["run"]): run["run"] for run in bench.runs() if "run" in run}
    lines.sort(key=lambda line: blind.order(rater, runs[line["packet"]]))


def _as_derived(bench: Workbench) -> None:
    """State the packets that follow from the runs as they are now, and commit again."""
    bench["blinding.json"]["packets_sha256"] = rated.dealt(bench).packets_sha256
    settle(bench)


# --- the rubric, and what the design plans for it


@case("FSEP-RUB-001", "a dimension is attained at what is no value")
def _(bench: Workbench) -> None:
    bench["rubric.json"]["dimensions"][0]["attained"] = ["perfect"]
    _relock(bench)


@case("FSEP-RUB-001", "a dimension is attained at every value")
def _(bench: Workbench) -> None:
    bench["rubric.json"]["dimensions"][0]["attained"] = ["none", "some", "full"]
    _relock(bench)


@case("FSEP-RUB-001", "two dimensions have one id")
def _(bench: Workbench) -> None:
    bench["rubric.json"]["dimensions"].append(bench["rubric.json"]["dimensions"][3])
    _relock(bench)


@case("FSEP-RUB-001", "a dimension names a packet that there is not")
def _(bench: Workbench) -> None:
    bench["rubric.json"]["dimensions"][0]["packet"] = "everything"
    _relock(bench)


@case("FSEP-RUB-002", "a definition was changed after the design was fixed")
def _(bench: Workbench) -> None:
    bench["rubric.json"]["dimensions"][0]["definition"] = "Something else."


@case("FSEP-RUB-003", "a packet shows a thread that a scaffold does not have")
def _(bench: Workbench) -> None:
    bench["rubric.json"]["packets"][1]["thread"] = "review"
    _relock(bench)


@case("FSEP-RUB-003", "a packet shows a field that items do not have")
def _(bench: Workbench) -> None:
    bench["rubric.json"]["packets"][0]["fields"] = ["question", "hint"]
    _relock(bench)


@case("FSEP-RUB-004", "the analysis names a dimension that there is not")
def _(bench: Workbench) -> None:
    bench["design.json"]["analysis"]["dimensions"][0]["dimension"] = "charm"
    commit(bench)


@case("FSEP-RUB-004", "a dimension rated by raters has no plan")
def _(bench: Workbench) -> None:
    del bench["design.json"]["rating"][1]
    commit(bench)


@case("FSEP-RUB-004", "the median is planned of values without order")
def _(bench: Workbench) -> None:
    bench["design.json"]["rating"][1]["combine"] = "low-median"
    commit(bench)


@case("FSEP-RUB-004", "a step listed as a user's is the model's")
def _(bench: Workbench) -> None:
    bench["design.json"]["users"]["scripted"][0]["steps"].append("answer")
    commit(bench)


# --- raters


@case("FSEP-RAT-001", "a rater has no file of ratings")
def _(bench: Workbench) -> None:
    bench["raters.json"]["raters"].append({**bench["raters.json"]["raters"][0], "id": "eve"})


@case("FSEP-RAT-001", "a file of ratings is of no rater")
def _(bench: Workbench) -> None:
    bench["ratings/eve.jsonl"] = bench[ADA]


@case("FSEP-RAT-002", "a dimension is rated by one rater")
def _(bench: Workbench) -> None:
    bench["raters.json"]["raters"][1]["dimensions"].remove("clarity")


@case("FSEP-RAT-002", "an adjudication is planned, and there is no adjudicator")
def _(bench: Workbench) -> None:
    bench["raters.json"]["raters"][2]["dimensions"] = ["tone"]


@case("FSEP-RAT-002", "two raters are one and the same model")
def _(bench: Workbench) -> None:
    raters = bench["raters.json"]["raters"]
    raters[0] = {**raters[1], "id": "ada"}


@case("FSEP-RAT-002", "a dimension for a program is rated by a person")
def _(bench: Workbench) -> None:
    raters = bench["raters.json"]["raters"]
    raters[3] = {"id": "checker", "kind": "human", "role": "rater", "dimensions": ["task-success"]}
    commit(bench)


# --- ratings


@case("FSEP-RAT-003", "a value is none of the scale")
def _(bench: Workbench) -> None:
    line = next(line for line in bench[ADA] if "value" in line)
    line["value"] = "splendid"
    commit(bench)


@case("FSEP-RAT-003", "a rating is of a run that there is not")
def _(bench: Workbench) -> None:
    bench[CHECKER][0]["run"] = "hasty.direct.nowhere.0"


@case("FSEP-RAT-003", "a rating is of an output that there is not")
def _(bench: Workbench) -> None:
    line = next(line for line in bench[ADA] if "step" in line)
    line["step"] += "[7]"
    commit(bench)


@case("FSEP-RAT-004", "a rater rates one thing twice")
def _(bench: Workbench) -> None:
    bench[CHECKER].append(bench[CHECKER][0])


@case("FSEP-RAT-005", "one rating is missing, and no departure says so")
def _(bench: Workbench) -> None:
    del bench[BEN][3]
    commit(bench)


@case("FSEP-RAT-005", "an adjudication is missing")
def _(bench: Workbench) -> None:
    del bench[CY][0]
    commit(bench)


@case("FSEP-RAT-006", "a rater rates a run outside of what was assigned")
def _(bench: Workbench) -> None:
    other = {line["packet"] for line in bench[ADA] if line["dimension"] == "tone"}
    line = next(line for line in bench[BEN] if line["dimension"] == "tone" and line["packet"] not in other)
    bench[ADA].append(line)
    _in_order(bench, "ada", bench[ADA])
    commit(bench)


@case("FSEP-RAT-006", "an adjudicator decides what was not open")
def _(bench: Workbench) -> None:
    decided = {(line["packet"], line["dimension"]) for line in bench[CY]}
    line = next(
        line
        for line in bench[BEN]
        if line["dimension"] == "verification-support" and (line["packet"], line["dimension"]) not in decided
    )
    bench[CY].append(line)
    _in_order(bench, "cy", bench[CY])
    commit(bench)


@case("FSEP-RAT-007", "more ratings of a cell are missing than the design allows")
def _(bench: Workbench) -> None:
    cell = [run for run in bench.runs() if (run.get("system"), run.get("scaffold")) == ("steady", "direct")]
    lines = [line for line in bench[CHECKER] if line["run"] in {run["run"] for run in cell}]
    for line, run in zip(lines, cell, strict=True):
        bench[CHECKER].remove(line)
        bench["departures.json"]["departures"].append(
            {
                "kind": "rating-missing",
                **{member: run[member] for member in ("system", "scaffold", "item", "replicate")},
                "rater": "checker",
                "dimension": "task-success",
                "reason": "lost",
            }
        )


@case("FSEP-RAT-008", "a rating is declared missing that is there")
def _(bench: Workbench) -> None:
    departure = bench["departures.json"]["departures"][-1]
    bench["departures.json"]["departures"].append({**departure, "rater": "ben"})


@case("FSEP-RAT-008", "a missing rating is declared twice")
def _(bench: Workbench) -> None:
    departure = bench["departures.json"]["departures"][-1]
    bench["departures.json"]["departures"].append({**departure, "reason": "lost"})


@case("FSEP-RAT-008", "a rater is replaced by one who there is not")
def _(bench: Workbench) -> None:
    replaced = {"kind": "rater-replaced", "rater": "ada", "by": "zoe", "reason": "ill"}
    bench["departures.json"]["departures"].append(replaced)


# --- blinding


def _commitments(bench: Workbench, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """Change the commitments, and chain them anew."""
    chain = bench["commitments.json"]["commitments"]
    change(chain)
    for before, one in pairwise(chain):
        one["previous"] = commitment_digest(before)


@case("FSEP-BLD-001", "the salt was opened before the last ratings were committed")
def _(bench: Workbench) -> None:
    _commitments(bench, lambda chain: chain.insert(-2, chain.pop()))


@case("FSEP-BLD-001", "ratings were committed before the blinding")
def _(bench: Workbench) -> None:
    _commitments(bench, lambda chain: chain.insert(4, chain.pop(3)))


@case("FSEP-BLD-001", "the opening was not committed")
def _(bench: Workbench) -> None:
    _commitments(bench, lambda chain: chain.pop())


@case("FSEP-BLD-001", "ratings changed after the opening were committed again")
def _(bench: Workbench) -> None:
    def again(chain: list[dict[str, Any]]) -> None:
        chain.append(dict(next(one for one in chain if one.get("subject") == "ada")))

    _commitments(bench, again)


@case("FSEP-BLD-002", "a rating was edited after it was committed")
def _(bench: Workbench) -> None:
    line = next(line for line in bench[ADA] if line.get("value") == "none")
    line["value"] = "full"


@case("FSEP-BLD-002", "another salt was published than was committed")
def _(bench: Workbench) -> None:
    bench["blinding.json"]["salt"] = "0" * 64


@case("FSEP-BLD-003", "other packets were shown than follow from the runs")
def _(bench: Workbench) -> None:
    bench["blinding.json"]["packets_sha256"] = "f" * 64
    commit(bench)


@case("FSEP-BLD-003", "a last answer was changed after it was rated")
def _(bench: Workbench) -> None:
    run = bench.run("steady.direct.peru.0")
    run["events"][-1]["content"] = run["result"][0]["content"] = "4, I should say."
    settle(bench)


@case("FSEP-BLD-004", "an answer names the system")
def _(bench: Workbench) -> None:
    run = bench.run("steady.direct.peru.0")
    name = bench["systems/steady.json"]["model"]["name"]
    run["events"][-1]["content"] = run["result"][0]["content"] = f"4, says {name}."
    _as_derived(bench)


@case("FSEP-BLD-005", "ratings stand in another order than the rater's packets")
def _(bench: Workbench) -> None:
    bench[BEN].reverse()
    commit(bench)


@case("FSEP-BLD-005", "a rater who is to be blind names the run")
def _(bench: Workbench) -> None:
    line = bench[ADA][0]
    del line["packet"]
    line["run"] = "steady.direct.peru.0"
    commit(bench)


@case("FSEP-PRF-009", "participants are the units, and a run has none")
def _(bench: Workbench) -> None:
    bench["design.json"]["analysis"]["units"] = "participants"
    commit(bench)
