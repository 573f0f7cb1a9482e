"""Which model identities of a system, or of a simulator, count as several."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from fsep.checks.identities import Identities, identities, one_identity
from fsep.checks.observe import Observed
from fsep.checks.registry import Passed
from fsep.findings import Place, Problem


def document(role: str, id_: str, *declared: str) -> Any:
    """A document of a system or simulator that declares identities, or none."""
    model = {"name": id_, "returned": list(declared)} if declared else {"name": id_}
    return SimpleNamespace(
        role=role,
        value={"id": id_, "model": model},
        place=lambda pointer: Place(f"{role}s/{id_}.json", 1, 1, pointer),
    )


def line(returned: list[tuple[str, str | None]], **speakers: Any) -> Any:
    """A line of outputs: who spoke, and from which identity."""
    events = [
        {"actor": actor} if identity is None else {"actor": actor, "returned_model": identity}
        for actor, identity in returned
    ]
    return SimpleNamespace(program=True, requested=list(enumerate(events)), speaker=speakers.get)


def answered(**systems: Identities) -> list[Any]:
    """Return what the check answers on what was returned for systems."""
    documents = {
        "system": {id_: document("system", id_) for id_ in systems},
        "simulator": {id_: document("simulator", id_) for id_ in ("shopper", "user")},
    }
    study = SimpleNamespace(systems=documents["system"], documents=documents, unusable=lambda _: ())
    observed = {id_: Observed(identities=seen) for id_, seen in systems.items()}
    whole: Any = SimpleNamespace(observed=observed, unseen=(), study=study)
    return list(one_identity(whole))


def test_declared_identities_are_counted_for_who_spoke() -> None:
    agent, customer = document("system", "alpha", "a-1", "a-2"), document("simulator", "user", "u-1")
    returned = [("agent", "a-1"), ("agent", "a-2"), ("agent", "a-1"), ("customer", "u-1"), ("agent", None)]
    seen = identities(line(returned, agent=agent, customer=customer))
    assert seen == {"": {"a-1": 2, "a-2": 1}, "user": {"u-1": 1}}


def test_an_identity_beyond_the_declared_ones_is_another_requirements() -> None:
    agent = document("system", "alpha", "a-1")
    assert identities(line([("agent", "a-1"), ("agent", "b-1")], agent=agent)) == {"": {"a-1": 1}}


def test_where_none_are_declared_all_count() -> None:
    agent = document("system", "alpha")
    assert identities(line([("agent", "a-1"), ("agent", "b-1")], agent=agent)) == {"": {"a-1": 1, "b-1": 1}}


def test_of_a_scaffold_or_speaker_that_is_not_known_nothing_is_counted() -> None:
    unknown = line([("agent", "a-1")])
    assert identities(unknown) == {}
    unknown.program = None
    assert identities(unknown) == {}


def test_one_identity_throughout_is_counted_once_for_each_that_has_two_outputs() -> None:
    assert answered(alpha={"": {"a-1": 2}}, beta={"": {"b-1": 1}}) == [Passed()]
    assert answered(alpha={"user": {"u-1": 1}}, beta={"user": {"u-1": 1}}) == [Passed()]


def test_several_are_told_with_their_counts() -> None:
    (problem,) = answered(alpha={"": {"a-2": 3, "a-1": 250}})
    assert isinstance(problem, Problem)
    assert problem.place.path == "systems/alpha.json"
    assert problem.message == (
        "253 outputs of the system 'alpha' record a model identity, and it is not one: 'a-1' in 250, 'a-2' in 3"
    )


def test_a_simulator_is_one_in_the_runs_of_all_systems() -> None:
    problem, passed = answered(
        alpha={"shopper": {"u-1": 2}, "user": {"u-1": 2}}, beta={"shopper": {"u-2": 1}, "user": {"u-1": 1}}
    )
    assert problem.message.startswith("3 outputs of the simulator 'shopper' ")
    assert passed == Passed()
