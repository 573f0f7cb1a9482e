"""Single-fault copies of the rated parent: rubric, raters, blinding and ratings, committed and packed again."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import rated
from acceptance.cases import CASES, Case, Change
from fsep.checks.commitments import commitment_digest
from fsep.digests import program_digest
from fsep.rating.blind import Blind
from parent import commit, settle
from workbench import Workbench

ADA, BEN, CY = (f"ratings/{id_}.jsonl" for id_ in ("ada", "ben", "cy"))
CHECKER = "ratings/checker.jsonl"


def case(requirement: str, sentence: str, *, parent: Change | None = None) -> Callable[[Change], Change]:
    """Add a change of the rated parent as a case."""

    def add(change: Change) -> Change:
        CASES.append(Case(requirement, sentence, change=change, parent=parent, rated=True))
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


@case("FSEP-RUB-001", "outputs are rated from a packet that shows a result")
def _(bench: Workbench) -> None:
    bench["rubric.json"]["dimensions"][1]["packet"] = "answer"
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
    rated.figure(bench)


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


# --- agreement and the alignment profile


def _cell(bench: Workbench, dimension: str = "verification-support") -> dict[str, Any]:
    """Return a cell on which something was rated."""
    cells: list[dict[str, Any]] = bench["profile.json"]["cells"]
    return next(one for one in cells if one["dimension"] == dimension and one["rated"])


@case("FSEP-AGR-001", "a coefficient is larger than the ratings make it")
def _(bench: Workbench) -> None:
    bench["profile.json"]["measured"][0]["agreement"]["coefficient"] += 1e-6


@case("FSEP-AGR-001", "another statistic is named")
def _(bench: Workbench) -> None:
    bench["profile.json"]["measured"][1]["agreement"]["statistic"] = "quadratic-kappa"


@case("FSEP-AGR-001", "agreement is stated of a dimension that no raters rate")
def _(bench: Workbench) -> None:
    measured = bench["profile.json"]["measured"]
    measured[3]["agreement"] = measured[0]["agreement"]


@case("FSEP-AGR-002", "an agreement is called undefined that is not")
def _(bench: Workbench) -> None:
    agreement = bench["profile.json"]["measured"][0]["agreement"]
    agreement["coefficient"], agreement["undefined"] = None, "no-variation"


def _unanimous(bench: Workbench) -> None:
    """Let all raters say one and the same of clarity: their agreement is undefined then."""
    for path in (ADA, BEN):
        for line in bench[path]:
            if line["dimension"] == "clarity":
                line.pop("not_occasioned", None)
                line["value"] = "middle"
    commit(bench)
    rated.figure(bench)


@case("FSEP-AGR-002", "a kappa is given where nothing varies", parent=_unanimous)
def _(bench: Workbench) -> None:
    _unanimous(bench)
    agreement = bench["profile.json"]["measured"][2]["agreement"]
    assert agreement["undefined"] == "no-variation"
    agreement["coefficient"], agreement["undefined"] = 1, None


@case("FSEP-AGR-003", "a dimension is marked as unreliable that is not")
def _(bench: Workbench) -> None:
    agreement = bench["profile.json"]["measured"][0]["agreement"]
    agreement["unreliable"] = not agreement["unreliable"]


@case("FSEP-PRF-001", "the profile is of another design")
def _(bench: Workbench) -> None:
    bench["profile.json"]["design"] = "0" * 64


@case("FSEP-PRF-001", "the profile is at another confidence")
def _(bench: Workbench) -> None:
    bench["profile.json"]["confidence"] = 0.9


@case("FSEP-PRF-001", "there is no profile")
def _(bench: Workbench) -> None:
    del bench["profile.json"]


@case("FSEP-PRF-002", "a dimension that was not measured is passed over in silence")
def _(bench: Workbench) -> None:
    bench["profile.json"]["not_measured"].remove("process-steerability")


@case("FSEP-PRF-002", "an exploratory dimension is called primary")
def _(bench: Workbench) -> None:
    bench["profile.json"]["measured"][1]["primary"] = True


@case("FSEP-PRF-003", "a count is one higher")
def _(bench: Workbench) -> None:
    _cell(bench)["attained"] += 1


@case("FSEP-PRF-003", "a cell is left out")
def _(bench: Workbench) -> None:
    bench["profile.json"]["cells"].remove(_cell(bench))


@case("FSEP-PRF-003", "a cell is over all systems")
def _(bench: Workbench) -> None:
    bench["profile.json"]["cells"].append({**_cell(bench), "system": "all"})


@case("FSEP-PRF-003", "a cell is stated twice")
def _(bench: Workbench) -> None:
    bench["profile.json"]["cells"].append(_cell(bench))


@case("FSEP-PRF-003", "a rating was changed, and the profile was not computed again")
def _(bench: Workbench) -> None:
    line = next(line for line in bench[CHECKER] if line.get("value") == "success")
    line["value"] = "failure"


@case("FSEP-PRF-004", "a level is higher than what happened")
def _(bench: Workbench) -> None:
    cells = bench["profile.json"]["cells"]
    next(one for one in cells if one["level"] == "response")["level"] = "interaction"


@case("FSEP-PRF-004", "users are real who were simulated")
def _(bench: Workbench) -> None:
    cells = bench["profile.json"]["cells"]
    next(one for one in cells if one["users"] == ["simulated"])["users"] = ["real"]


@case("FSEP-PRF-005", "an interval ends a little lower")
def _(bench: Workbench) -> None:
    share = next(one["share"] for one in bench["profile.json"]["cells"] if one["share"])
    share["high"] -= 1e-6


@case("FSEP-PRF-005", "bounds leave out what is missing")
def _(bench: Workbench) -> None:
    cell = next(one for one in bench["profile.json"]["cells"] if one["bounds"][0] < one["bounds"][1])
    cell["bounds"][1] = cell["bounds"][0]


@case("FSEP-PRF-006", "an effect is pooled over systems")
def _(bench: Workbench) -> None:
    effects = bench["profile.json"]["effects"]
    effects.append({**effects[0], "system": "all"})


@case("FSEP-PRF-006", "an effect is larger than it is")
def _(bench: Workbench) -> None:
    effect = next(one for one in bench["profile.json"]["effects"] if one["effect"])
    effect["effect"]["estimate"] += 0.01


@case("FSEP-PRF-006", "a verdict is given where there are too few units")
def _(bench: Workbench) -> None:
    bench["profile.json"]["effects"][0]["verdict"] = "equivalent"


@case("FSEP-PRF-007", "a difference of effects is left out")
def _(bench: Workbench) -> None:
    del bench["profile.json"]["differences"][0]


@case("FSEP-PRF-007", "a difference of effects is given a verdict that it does not have")
def _(bench: Workbench) -> None:
    bench["profile.json"]["differences"][0]["verdict"] = "differs"


@case("FSEP-PRF-008", "an exploratory figure is not marked")
def _(bench: Workbench) -> None:
    effects = bench["profile.json"]["effects"]
    next(one for one in effects if "exploratory" in one["marks"])["marks"].remove("exploratory")


@case("FSEP-PRF-008", "treatment material is not marked")
def _(bench: Workbench) -> None:
    differences = bench["profile.json"]["differences"]
    marked = next(one for one in differences if "treatment-material" in one["marks"])
    marked["marks"].remove("treatment-material")


@case("FSEP-DOC-002", "the profile has a figure over all dimensions")
def _(bench: Workbench) -> None:
    bench["profile.json"]["overall"] = 0.8


# --- claims


@case("FSEP-CLM-001", "there are no claims")
def _(bench: Workbench) -> None:
    del bench["claims.json"]


@case("FSEP-CLM-001", "two claims have one id")
def _(bench: Workbench) -> None:
    for one in bench["claims.json"]["claims"]:
        one["id"] = "same"


@case("FSEP-CLM-002", "the evidence is of a system that there is not")
def _(bench: Workbench) -> None:
    bench["claims.json"]["claims"][1]["evidence"][0]["system"] = "gamma"


@case("FSEP-CLM-002", "a share rests on an effect")
def _(bench: Workbench) -> None:
    bench["claims.json"]["claims"][1]["evidence"][0]["of"] = "effect"


@case("FSEP-CLM-003", "the evidence is said to be at a higher level than it is")
def _(bench: Workbench) -> None:
    bench["claims.json"]["claims"][0]["evidence_level"] = "deployment"


@case("FSEP-CLM-004", "a mark of the evidence is another")
def _(bench: Workbench) -> None:
    bench["claims.json"]["claims"][0]["marks"] = ["confounded"]


@case("FSEP-CLM-005", "more is asserted than the interval shows")
def _(bench: Workbench) -> None:
    claim = bench["claims.json"]["claims"][0]
    del claim["asserts"]["at_most"]
    claim["asserts"]["at_least"] = 0.99


@case("FSEP-CLM-006", "an axis of the distance is left out")
def _(bench: Workbench) -> None:
    del bench["claims.json"]["claims"][1]["distance"][-1]


@case("FSEP-CLM-006", "a claim is a level too high, and says nothing of it")
def _(bench: Workbench) -> None:
    bench["claims.json"]["claims"][0]["asserts"]["level"] = "deployment"


@case("FSEP-CLM-007", "an axis has no bridge")
def _(bench: Workbench) -> None:
    del bench["claims.json"]["claims"][1]["distance"][0]["bridge"]


@case("FSEP-CLM-008", "a claim far from its evidence is called observed")
def _(bench: Workbench) -> None:
    bench["claims.json"]["claims"][1]["status"] = "observed"


@case("FSEP-CLM-010", "a claim rests on a dimension in which raters agree too little")
def _(bench: Workbench) -> None:
    bench["design.json"]["rating"][0]["agreement_at_least"] = 0.9
    commit(bench)
    rated.figure(bench)
    rated.claim(bench)


@case("FSEP-PRF-009", "participants are the units, and a run has none")
def _(bench: Workbench) -> None:
    bench["design.json"]["analysis"]["units"] = "participants"
    bench["profile.json"]["design"] = program_digest(bench["design.json"])
    commit(bench)
