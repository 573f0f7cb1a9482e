"""A source's own reward as a rating: one automatic dimension, and one rater, the source's harness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fsep.adapters.loss import Gap, Loss

DIMENSION = "task-success"
FAILURE, SUCCESS = "failure", "success"
# The only reward that is a success: harnesses multiply what they check, so that all of it was met.
FULL = 1

PARTIAL = Gap(
    "reward-partial",
    "changed",
    "rewards that are neither 0 nor 1 count as a failure of the task",
    "{where}",
    "the ratings of those runs say less than the rewards, which their transcripts hold",
)


@dataclass(frozen=True, slots=True)
class Reward:
    """What a source's reward is.

    Attributes:
        harness: the name of the program that gave it; as a slug it is the rater's id.
        definition: one sentence that says what it checks.
        where: where it stands in the source.
        absent: the gap of runs that have none.
    """

    harness: str
    definition: str
    where: str
    absent: Gap

    def rubric(self, version: str) -> dict[str, Any]:
        """Return the rubric."""
        anchors = {FAILURE: "The reward is not 1.", SUCCESS: "The reward is 1."}
        return {
            "fsep": version,
            "kind": "rubric",
            "id": f"{self.harness}-reward",
            "packets": [],
            "dimensions": [
                {
                    "id": DIMENSION,
                    "definition": self.definition,
                    "scale": {
                        "kind": "nominal",
                        "values": [{"value": value, "anchor": anchor} for value, anchor in anchors.items()],
                    },
                    "attained": [SUCCESS],
                    "by": "automatic",
                    "of": "exchange",
                    "unit": "run",
                }
            ],
        }

    def raters(self, version: str) -> dict[str, Any]:
        """Return the raters: the harness alone."""
        rater = {
            "id": self.harness,
            "kind": "automatic",
            "role": "rater",
            "dimensions": [DIMENSION],
            "about": "Its rewards are taken from the source as they stand there; nothing was rated anew.",
            "harness": {"name": self.harness},
        }
        return {"fsep": version, "kind": "raters", "raters": [rater]}


@dataclass(slots=True)
class Rewards:
    """Gathers the ratings of runs, and declares those that are missing.

    Attributes:
        reward: what the reward is.
        replicates: as the design has it; runs beyond are not planned, and are not rated.
        loss: is told of rewards that are missing or partial.
        ratings: lines for the rater's file, in the order of the runs.
        departures: one for each planned run that did not fail and has no reward.
    """

    reward: Reward
    replicates: int
    loss: Loss
    ratings: list[dict[str, Any]] = field(default_factory=list)
    departures: list[dict[str, Any]] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Where the ratings belong in the bundle."""
        return f"ratings/{self.reward.harness}.jsonl"

    def take(self, run: Mapping[str, Any]) -> None:
        """Rate a run by its `reward`; what failed is not rated, whatever its reward."""
        given = run.get("reward")
        if given is None:
            self.loss.gap(self.reward.absent)
        if run["status"] == "failed" or run["replicate"] >= self.replicates:
            return
        if given is None:
            self._missing(run)
            return
        if given not in (0, FULL):
            self.loss.gap(PARTIAL, where=self.reward.where)
        value = SUCCESS if given == FULL else FAILURE
        self.ratings.append({"run": run["run"], "dimension": DIMENSION, "value": value})

    def _missing(self, run: Mapping[str, Any]) -> None:
        self.departures.append(
            {
                "kind": "rating-missing",
                **{name: run[name] for name in ("system", "scaffold", "item", "replicate")},
                "rater": self.reward.harness,
                "dimension": DIMENSION,
                "reason": "the source states no reward for the run that a record can hold",
            }
        )
