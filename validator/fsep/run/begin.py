"""From what a caller names to a session: all of it is found, or the start is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fsep.errors import FsepError, visible
from fsep.run.endpoint import checked
from fsep.run.environment import Implementation, pinned
from fsep.run.options import Address
from fsep.run.place import Place, stand_in
from fsep.run.secrets import key_from
from fsep.run.study import Runnable, read
from fsep.scripted import Script, ScriptedModel, read_script

_SCRIPT = "script:"


@dataclass(frozen=True, slots=True)
class Named:
    """What a caller names, by id: endpoints as text, variables that hold keys, and files of environments."""

    systems: Mapping[str, str]
    simulators: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    environments: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What was named, found: addresses that answer, and programs that are the ones pinned."""

    systems: Mapping[str, Address]
    simulators: Mapping[str, Address]
    environments: Mapping[str, Implementation]


def begin(source: Path, place: Place, named: Named, *, resume: bool) -> Runnable:
    """Return the study that is to be run, laid down in its place, or as it was laid down.

    Raises:
        FsepError: where it cannot be run, or is another than it was.
    """
    if not named.systems:
        raise FsepError("No system is named.", advice="Name each with its endpoint: --system ID=ENDPOINT.")
    for endpoint in (*named.systems.values(), *named.simulators.values()):
        if not endpoint.startswith(_SCRIPT):
            checked(endpoint)
    scripts: dict[str, Script] = {}
    systems = {id_: _system_of(id_, endpoint, scripts) for id_, endpoint in named.systems.items()}
    if resume:
        place.check_same(source, systems)
    else:
        place.begin(source, systems)
    try:
        study = read(place.study)
        _check_named(study, named)
    except FsepError:
        place.discard()
        raise
    return study


@contextmanager
def found(study: Runnable, named: Named, scratch: Path) -> Iterator[Found]:
    """Find what was named; scripts are served as long as the context lasts.

    Args:
        study: the study.
        named: what was named.
        scratch: a folder for the programs of environments.

    Raises:
        FsepError: where something is not what it has to be.
    """
    with ExitStack() as stack:
        served: dict[str, str] = {}
        keys = {id_: key_from(variable) for id_, variable in named.keys.items()}

        def address(id_: str, endpoint: str) -> Address:
            if not endpoint.startswith(_SCRIPT):
                return Address(checked(endpoint), keys.get(id_))
            if endpoint not in served:
                served[endpoint] = stack.enter_context(ScriptedModel(read_script(_path(endpoint)))).url
            return Address(served[endpoint], keys.get(id_))

        yield Found(
            {id_: address(id_, endpoint) for id_, endpoint in named.systems.items()},
            {id_: address(id_, endpoint) for id_, endpoint in named.simulators.items()},
            _implementations(study, named.environments, scratch),
        )


def _path(endpoint: str) -> Path:
    return Path(endpoint.removeprefix(_SCRIPT))


def _system_of(id_: str, endpoint: str, scripts: dict[str, Script]) -> dict[str, Any]:
    """Return the document of a system that is a script and nothing else; nothing for any other endpoint."""
    if not endpoint.startswith(_SCRIPT):
        return {}
    models = scripts.setdefault(endpoint, read_script(_path(endpoint))).models
    name = id_ if id_ in models else next(iter(models)) if len(models) == 1 else None
    if name is None:
        return {}
    return stand_in(id_, name, models[name])


def _check_named(study: Runnable, named: Named) -> None:
    used = {id_ for program in study.programs.values() for id_ in program.simulators}
    for id_ in sorted(used - named.simulators.keys()):
        raise FsepError(
            f"The simulator {id_!r} has no endpoint.", advice=f"Name it: --simulator {id_}=ENDPOINT."
        )
    for what, ids, known in (
        ("simulator", named.simulators, study.simulators),
        ("environment", named.environments, study.environments),
        ("system or simulator with an endpoint", named.keys, {**named.systems, **named.simulators}),
    ):
        for id_ in ids:
            if id_ not in known:
                raise FsepError(
                    f"There is no {what} {visible(id_)}.", advice=f"There are: {', '.join(known) or 'none'}."
                )
    for id_ in named.keys:
        if id_ in named.systems and id_ in named.simulators:
            raise FsepError(
                f"A system and a simulator are both called {id_!r}, and a key is for one of them.",
                advice="Rename the system.",
            )
    for role, endpoints, documents in (
        ("system", named.systems, study.systems),
        ("simulator", named.simulators, study.simulators),
    ):
        for id_, endpoint in endpoints.items():
            if endpoint.startswith(_SCRIPT) and not documents[id_].get("synthetic"):
                raise FsepError(
                    f"A script answers for the {role} {id_!r}, whose document does not say `synthetic`.",
                    advice=f"Add synthetic: true to {role}s/{id_}.yaml, or name the endpoint of the model.",
                )


def _implementations(study: Runnable, files: Mapping[str, Path], scratch: Path) -> dict[str, Implementation]:
    """Return what answers for each environment that a program asks, pinned by its digest."""
    made: dict[str, Implementation] = {}
    for id_ in sorted({id_ for program in study.programs.values() for id_ in program.environments}):
        if id_ not in files:
            raise FsepError(
                f"The environment {id_!r} has no program.",
                advice=f"Name the file that answers its calls: --environment {id_}=FILE.",
            )
        sha256 = study.environments[id_].get("implementation", {}).get("sha256")
        if sha256 is None:
            raise FsepError(
                f"The environment {id_!r} does not pin the program that answers its calls.",
                advice=f"Add `implementation` with `name` and `sha256`, the digest of the file, to "
                f"environments/{id_}.yaml.",
            )
        made[id_] = pinned(id_, files[id_], sha256, scratch)
    return made
