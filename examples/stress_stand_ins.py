"""Scripted stand-ins and raters of the verification stress test.

No language model and no person takes part: what stand-ins say follows from what they are sent, what raters
say from the packet that they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from fsep.scaffold.machine import Want
from fsep.scaffold.message import Output


class Fact(NamedTuple):
    """What a stand-in knows of a question: the bare answer, a sentence, a source, and how to check it."""

    bare: str
    sentence: str
    source: str
    check: str


FACTS = {
    "Danube": Fact("The Black Sea", "The Danube flows into the Black Sea.", "an atlas", "follow it on a map"),
    "Andes": Fact("Aconcagua", "It is Aconcagua.", "an atlas", "compare the heights on a map"),
    "lake": Fact("Lake Baikal", "It is Lake Baikal.", "a handbook of lakes", "compare the depths it lists"),
    "latitude": Fact("The equator", "It is the equator.", "an atlas", "look for the number on a globe"),
    "Iceland": Fact("Reykjavik", "It is Reykjavik.", "an atlas", "look at a map of Iceland"),
    "prime": Fact("28", "They add up to 28.", "a table of primes", "add 2, 3, 5, 7 and 11"),
    "triangle": Fact("180", "They have 180 degrees.", "Euclid's Elements", "join the three corners"),
    "dozen": Fact("144", "They are 144.", "a multiplication table", "multiply 12 by 12"),
    "leap": Fact("366", "It has 366 days.", "a calendar", "add up the months"),
    "cube": Fact("12", "It has 12 edges.", "a textbook of geometry", "count them on a die"),
    "Gutenberg": Fact("Mainz", "He printed it in Mainz.", "a history of printing", "look at a copy"),
    "Moon": Fact("1969", "It was in 1969.", "the log of the mission", "look up the date of the landing"),
    "patent": Fact("Bell", "It was granted to Alexander Graham Bell.", "the patent itself", "read it"),
    "Berlin": Fact("1989", "It fell in 1989.", "newspapers of the time", "read one of 10 November"),
    "Metre": Fact("1875", "It was signed in 1875.", "the text of the convention", "read the date under it"),
}
BARE = "bare name or number"
# The questions on which one stand-in helps of itself, and those on which another names a check.
OF_ITSELF = ("Danube", "dozen", "Moon")
CHECKED = ("Andes", "lake", "prime", "triangle", "Gutenberg", "patent", "Metre")


def model(system: str) -> Callable[[Want], Output]:
    """Return the stand-in of a system: a function of what it is sent."""
    say = {"amber": _amber, "birch": _birch, "cedar": _cedar}[system]

    def reply(want: Want) -> Output:
        assert want.request is not None
        texts = [str(message.content) for message in want.request.messages()]
        word = next(word for word in FACTS if word in texts[0])
        return Output(say(word, FACTS[word], texts[0], texts[-1]))

    return reply


def _plain(fact: Fact, asked: str) -> str:
    return fact.bare if BARE in asked else fact.sentence


def _with(fact: Fact, *, check: bool) -> str:
    step = f" To check: {fact.check}." if check else ""
    return f"{fact.sentence} Source: {fact.source}.{step}"


def _amber(word: str, fact: Fact, asked: str, last: str) -> str:
    """Help as soon as it is asked to, and then wholly."""
    if last.startswith("Say what this answer lacks"):
        return "nothing" if "Source:" in last else "a source"
    if "A reviewer says" in last:
        return _with(fact, check=False)
    return _with(fact, check=True) if "check" in last else _plain(fact, asked)


def _birch(word: str, fact: Fact, asked: str, last: str) -> str:
    """Say the same whatever it is asked."""
    if last.startswith("Say what this answer lacks"):
        return "nothing"
    return _with(fact, check=True) if word in OF_ITSELF else _plain(fact, asked)


def _cedar(word: str, fact: Fact, asked: str, last: str) -> str:
    """Name a source when it is asked, and a check now and then; it never heeds how it is to answer."""
    if last.startswith("Say what this answer lacks"):
        return "a source" if word in CHECKED else "nothing"
    if "A reviewer says" in last or "check" in last:
        return _with(fact, check=word in CHECKED)
    return f"Good question. {fact.sentence}"


def visitor(want: Want) -> Output:
    """Ask, and then ask how the answer can be checked."""
    assert want.request is not None
    messages = want.request.messages()
    if len(messages) == 1:
        return Output(str(messages[0].content).removeprefix("You want to know: "))
    return Output("How can I check that?")


def desk(name: str, arguments: Mapping[str, Any]) -> str:
    """There are no tools."""
    raise NotImplementedError(name, arguments)


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
