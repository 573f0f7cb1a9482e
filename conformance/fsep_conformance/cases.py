"""Cases as data: a parent and a small difference, and what is to be answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from fsep.protocol import data
from fsep_conformance.change import Files, SuiteError, changed
from fsep_conformance.lay import LURE, lay

CASES = "cases.jsonl"
FROZEN = "frozen.json"
EXCLUSIONS = "exclusions.json"
RUNNERS = "runners.jsonl"


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    `parent` names the accepted bundle that it differs from (a folder of the suite, or another case), `change`
    how; `facets` are asked about; `violated` is the exact set of requirements, `verdict` what follows;
    `requirement` is the one that it is about, and `text_sha256` the digest of that one's sentence when the
    case was written. `meets` are the requirements that an accepted bundle meets by something in it. `forbids`
    are texts that nothing printed may hold. `required` cases decide; others run unscored.
    """

    id: str
    why: str
    parent: str
    facets: tuple[str, ...]
    verdict: str
    violated: frozenset[str]
    requirement: str
    text_sha256: str
    change: tuple[Mapping[str, Any], ...] = ()
    repack: bool = True
    form: str = "folder"
    meets: frozenset[str] = frozenset()
    forbids: tuple[str, ...] = ()
    required: bool = True
    sha256: str = field(default="", compare=False)

    @property
    def accepts(self) -> bool:
        """Whether an implementation has to accept it."""
        return self.verdict == "accept"


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of one version of the protocol, in the order of their ids, and the folder that holds them."""

    folder: Path
    version: str
    cases: tuple[Case, ...]
    sha256: str

    @property
    def trust(self) -> Path:
        """The certificate that time-stamps of the cases are verified against."""
        return self.folder / "trust.pem"

    def case(self, id_: str) -> Case:
        """Return one case.

        Raises:
            SuiteError: where there is none of this id.
        """
        for case in self.cases:
            if case.id == id_:
                return case
        raise SuiteError(f"There is no case {id_[:40]!r}.")

    def files(self, case: Case) -> Files:
        """Return the files of a case's bundle."""
        return changed(self.parent(case.parent), case.change, repack=case.repack)

    def parent(self, name: str) -> Files:
        """Return the files of a parent: a folder of the suite, or an accepted case."""
        root = self.folder / "parents" / name
        if root.is_dir():
            return {
                path.relative_to(root).as_posix(): path.read_bytes()
                for path in sorted(root.rglob("*"))
                if path.is_file()
            }
        return self.files(self.case(name))

    def make(self, case: Case, folder: Path, lure: str = LURE) -> Path:
        """Write a case's bundle below a folder, and return its path; nobody may visit the address `lure`."""
        change = json.loads(json.dumps(case.change).replace(LURE, lure))
        files = changed(self.parent(case.parent), change, repack=case.repack)
        return lay(files, change, folder, case.form)


def load(version: str = "1.0", folder: Path | None = None) -> Suite:
    """Load the cases of a version.

    Raises:
        SuiteError: where there are none, or two of one id.
    """
    folder = folder or data.root() / "conformance" / "suite" / version
    try:
        raw = (folder / CASES).read_bytes()
    except OSError:
        raise SuiteError(f"There is no suite for version {version}.") from None
    cases = tuple(_case(line) for line in raw.splitlines())
    if len({case.id for case in cases}) != len(cases) or not cases:
        raise SuiteError("The suite has no cases, or two of one id.")
    return Suite(folder, version, cases, _digest(folder))


def _digest(folder: Path) -> str:
    """Return a digest of the cases and of all that they are made of: one name for all that is asked."""
    listed = [
        [path.relative_to(folder).as_posix(), sha256(path.read_bytes()).hexdigest()]
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (FROZEN, EXCLUSIONS)
    ]
    return sha256(json.dumps(listed, separators=(",", ":")).encode()).hexdigest()


def _case(line: bytes) -> Case:
    value: dict[str, Any] = json.loads(line)
    for member in ("violated", "meets"):
        value[member] = frozenset(value.get(member, ()))
    for member in ("facets", "change", "forbids"):
        value[member] = tuple(value.get(member, ()))
    return Case(**value, sha256=sha256(line).hexdigest())


def check_frozen(suite: Suite) -> None:
    """Hold a suite against the list of the cases that were frozen with it.

    Raises:
        SuiteError: where a frozen case is gone or was changed.
    """
    try:
        frozen: dict[str, str] = json.loads((suite.folder / FROZEN).read_bytes())["cases"]
        runners = (suite.folder / RUNNERS).read_bytes().splitlines()
    except (OSError, ValueError, KeyError):
        raise SuiteError("The list of frozen cases cannot be read.") from None
    now = {case.id: case.sha256 for case in suite.cases if case.required}
    now |= {json.loads(line)["id"]: sha256(line).hexdigest() for line in runners}
    for id_ in sorted(frozen.keys() | now.keys()):
        if frozen.get(id_) != now.get(id_):
            what = (
                "is not in the list" if id_ not in frozen else "is gone" if id_ not in now else "was changed"
            )
            raise SuiteError(f"The required cases are not those that were frozen: {id_} {what}.")
