"""Withholding policies: an allow-list of what is published, read strictly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fsep import limits
from fsep.errors import FsepError, visible
from fsep.parsing import json, yaml
from fsep.parsing.problem import ParseError
from fsep.protocol import Protocol
from fsep.protocol.schema_errors import explain, is_valid

SCHEMA = "withholding-policy"
_YAML = (".yaml", ".yml")
_ADVICE = "`fsep schema show withholding-policy` prints the schema; the specification has an example."


@dataclass(frozen=True, slots=True)
class Rule:
    """Selects values: those that have, of each trait named, one of the names given."""

    traits: Mapping[str, frozenset[str]]
    reason: str = ""

    def selects(self, traits: Mapping[str, str]) -> bool:
        """Whether a value has what the rule asks for."""
        return all(traits.get(trait) in names for trait, names in self.traits.items())


@dataclass(slots=True)
class Policy:
    """What is published of a bundle; every other value that may be withheld is.

    `unmet` holds, as (rule, trait, name), what the rules that withhold name and no value had so far: at the
    end that is a misspelling, by which something would be published.
    """

    reason: str
    publish: tuple[Rule, ...] = ()
    withhold: tuple[Rule, ...] = ()
    withdrawn: frozenset[str] = frozenset()
    withdrawn_reason: str = ""
    unmet: set[tuple[int, str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Nothing is met before the first value."""
        self.unmet.update(
            (number, trait, name)
            for number, rule in enumerate(self.withhold)
            for trait, names in rule.traits.items()
            # What a value is cannot be misspelt.
            if trait != "value"
            for name in names
        )

    def reason_to_withhold(self, traits: Mapping[str, str]) -> str | None:
        """Return why a value is withheld, None for one that is published."""
        reason = self.withdrawn_reason if traits.get("run") in self.withdrawn else None
        for number, rule in enumerate(self.withhold):
            if rule.selects(traits):
                self.unmet.difference_update((number, trait, traits[trait]) for trait in rule.traits)
                reason = reason or rule.reason
        if reason is not None:
            return reason
        return None if any(rule.selects(traits) for rule in self.publish) else self.reason

    def misspelt(self) -> Iterator[str]:
        """Yield, as sentences, what the rules that withhold name and nothing had."""
        for number, trait, name in sorted(self.unmet):
            yield f"the rule {number + 1} of `withhold` selects no value whose {trait} is {visible(name)!r}"


def read_policy(path: Path, protocol: Protocol) -> Policy:
    """Read a policy in YAML (`.yaml`, `.yml`) or JSON.

    Raises:
        FsepError: for a file that cannot be read or is no policy, with the place.
    """
    shown = visible(str(path), 200)
    value = _parsed(path, shown)
    if isinstance(value, dict) and value.get("fsep") not in (None, protocol.version):
        raise FsepError(
            f"{shown} is of another version of the protocol than the bundle.",
            advice=f'Write fsep: "{protocol.version}" in it.',
        )
    if not is_valid(protocol, SCHEMA, value):
        for problem in explain(protocol, SCHEMA, value)[:1]:
            at = f", at {visible(problem.pointer, 120)}" if problem.pointer else ""
            raise FsepError(f"{shown}{at}: {problem.message}", advice=_ADVICE)
        raise FsepError(f"{shown} is no withholding policy.", advice=_ADVICE)
    withdrawn = value.get("withdrawn", {})
    return Policy(
        value["reason"],
        tuple(map(_rule, value["publish"])),
        tuple(map(_rule, value.get("withhold", ()))),
        frozenset(withdrawn.get("run", ())),
        withdrawn.get("reason", ""),
    )


def _parsed(path: Path, shown: str) -> Any:
    try:
        with path.open("rb") as stream:
            data = stream.read(limits.YAML_BYTES + 1)
    except OSError as error:
        raise FsepError(f"{shown} cannot be read: {error.strerror or 'the system refuses'}.") from None
    if len(data) > limits.YAML_BYTES:
        raise FsepError(f"{shown} holds more than {limits.YAML_BYTES} bytes.")
    try:
        return yaml.parse(data) if path.name.endswith(_YAML) else json.parse(data)
    except ParseError as error:
        raise FsepError(f"{shown}, {error}", advice=error.advice) from None


def _rule(stated: Mapping[str, Any]) -> Rule:
    return Rule(
        {trait: frozenset(names) for trait, names in stated.items() if trait != "reason"},
        stated.get("reason", ""),
    )
