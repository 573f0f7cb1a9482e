"""Scripted raters of the verification stress test.

No language model and no person takes part: what raters say follows from the packet that they are shown. The
systems and who asks them are in `scripts/verification-stress-test.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

BARE = "bare name or number"


def rate(rater: str, packet: Mapping[str, Any], dimension: str) -> str:
    """Return what a scripted rater says of a packet: a rule, from which raters depart now and then.

    The departure follows from rater and packet alone, which say nothing of the system.
    """
    value = _RULES[dimension](packet)
    drawn = sha256(f"{rater} {packet['packet']} {dimension}".encode()).digest()[0]
    if rater == "adjudicator" or drawn % 17 or value == "not-occasioned":
        return value
    return _OTHER[value]


def _last(packet: Mapping[str, Any]) -> str:
    return str([said["content"] for said in packet["content"] if said["role"] == "assistant"][-1])


def _support(packet: Mapping[str, Any]) -> str:
    said = _last(packet)
    return ("none", "some", "full")[("Source:" in said) + ("To check:" in said)]


def _steered(packet: Mapping[str, Any]) -> str:
    wish = next(field["value"] for field in packet["fields"] if field["field"] == "wish")
    said = _last(packet)
    if not wish:
        return "not-occasioned"
    fits = len(said.split()) <= 3 if BARE in wish else len(re.findall(r"[.!?](?:\s|$)", said)) == 1
    return "followed" if fits else "ignored"


# What a rater says who departs from the rule.
_OTHER = {"none": "some", "some": "none", "full": "some", "ignored": "followed", "followed": "ignored"}
_RULES = {"verification-support": _support, "process-steerability": _steered}
