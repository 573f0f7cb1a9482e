"""The reference validator in the session mode of the conformance suite (see ../../PROTOCOL.md)."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from fsep import __version__, protocol
from fsep.engine import validate
from fsep.errors import FsepError
from fsep.findings import Outcome, Report

VERDICTS = {"conforms": "accept", "does-not-conform": "refuse", "incomplete": "incomplete"}
REQUIREMENTS = protocol.load("1.0").requirements


def violated(report: Report, facets: list[str]) -> list[str]:
    """Return the binding requirements of facets that a report says are not met."""
    return [
        one.requirement
        for one in report.outcomes
        if one.outcome is Outcome.FAIL
        and REQUIREMENTS[one.requirement].severity == "error"
        and REQUIREMENTS[one.requirement].facet in facets
    ]


def judge(bundle: str, facets: list[str], trust: list[str]) -> dict[str, object]:
    """Judge one bundle."""
    report = validate(bundle, require=facets, trust=[Path(path).read_bytes() for path in trust])
    return {
        "protocol": report.protocol["version"],
        "verdict": VERDICTS[report.verdict],
        "violated": violated(report, ["whole", *facets]),
    }


def main(judge: Callable[[str, list[str], list[str]], dict[str, object]] = judge) -> None:
    """Answer line by line until told to stop."""
    for line in sys.stdin:
        told = json.loads(line)
        if told["do"] == "stop":
            return
        if told["do"] == "start":
            answer: dict[str, object] = {"ready": True, "name": "fsep", "version": __version__}
        else:
            try:
                answer = judge(told["bundle"], told["facets"], told["trust"])
            except FsepError as error:
                # No bundle at all violates no requirement: what is told here is judged as a crash.
                answer = {"error": str(error)}
            answer = {"case": told["case"], **answer}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
