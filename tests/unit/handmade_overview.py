"""What a page shows beside a report, made by hand; none of it comes from a bundle."""

from __future__ import annotations

from typing import Any

from fsep.overview import Overview, Sample, Sampling, SystemRuns
from unit.handmade_bundle import EVENTS, ITEM, RUN, SCAFFOLD, SYSTEM
from unit.handmade_rated import APART, rated, ratings

FIELDS: Any = ITEM["fields"]
NOTHING = Overview({}, (), (), 0, Sampling(), ())


def full(text: str = "the provider was down") -> Overview:
    """Return an overview with a text wherever the text of a bundle may be any."""
    alpha: dict[str, Any] = {
        **SYSTEM,
        "id": "alpha",
        "model": {"name": text, "version": text, "returned": [text]},
        "runner": {"name": text, "version": text},
        "declared_parameters": {text or "p": text},
        "adaptations": [
            {"kind": "clamp-parameter", "parameter": text, "maximum": 256},
            {"kind": "system-text", "as": "user"},
            {"kind": "omit-parameter", "parameter": text},
        ],
    }
    beta: dict[str, Any] = {**SYSTEM, "id": "beta", "model": {"name": "scripted-beta"}}
    head = {name: value for name, value in RUN.items() if name != "events"}
    events = ({**EVENTS[0], "content": text, "returned_model": text}, *EVENTS)
    failed = {**head, "run": "broken", "status": "failed"}
    failed["failure"] = {"kind": "provider-refused", "message": text}
    return Overview(
        {"alpha": alpha, "beta": beta},
        tuple(
            {
                "kind": "run-missing",
                "system": "alpha",
                "reason": reason,
                "scaffold": "s",
                "item": "i",
                "replicate": 0,
            }
            for reason in (text, text, *(f"reason {number}" for number in range(9)))
        ),
        (
            SystemRuns("alpha", 12, 2, 9, 0, 1, 3, 5, 100, 10),
            SystemRuns("beta", 12, 0, 12, 0, 0, 0, 0, 0, 0),
            SystemRuns("", None, None, 1, 0, 0, 0, 0, 0, 0),
        ),
        2,
        Sampling(2, text),
        (
            Sample("transcripts/alpha.jsonl:1", head, events, SCAFFOLD, FIELDS, APART, ratings(text)),
            Sample("transcripts/alpha.jsonl:2", failed, None, None, {}),
        ),
        rated(text),
    )
