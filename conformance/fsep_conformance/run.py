"""Running the cases of the suite against an implementation, and keeping the evidence."""

from __future__ import annotations

import platform
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from fsep import __version__
from fsep.protocol import data
from fsep_conformance.cases import Case, Suite
from fsep_conformance.change import SuiteError
from fsep_conformance.config import Config
from fsep_conformance.evidence import Writer
from fsep_conformance.judge import OUTCOMES, Claim, Verdict, expected
from fsep_conformance.lure import Lure
from fsep_conformance.plug import Exchange, Session, one_shot, said
from fsep_conformance.roles import judge_of

# Told of each case that ended: how many have, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to: the outcome of each case, and how long it took."""

    verdicts: Mapping[str, Verdict]
    seconds: float

    @property
    def counts(self) -> dict[str, int]:
        """How many cases ended as each outcome."""
        counted = Counter(one.outcome for one in self.verdicts.values())
        return {outcome: counted[outcome] for outcome in OUTCOMES}


def claim_of(config: Config, suite: Suite) -> Claim:
    """Return what an implementation claims."""
    return Claim.of(suite.version, config.as_dict())


def run(
    suite: Suite,
    config: Config,
    path: Path,
    *,
    only: Collection[str] = (),
    jobs: int = 2,
    progress: Progress | None = None,
) -> Result:
    """Run the cases of a suite against an implementation.

    Args:
        suite: the cases.
        config: how the implementation is called, and in which role.
        path: where evidence is written; nothing may be there.
        only: ids of the cases to run; all where there are none. The others end as `not-run`.
        jobs: how many cases run at once.
        progress: told of each case that ended.

    Raises:
        FsepError: where the evidence cannot be written, or a case is no case.
    """
    begun, claim = time.monotonic(), claim_of(config, suite)
    role = judge_of(config.role, suite, claim)
    for id_ in only:
        if id_ not in role.cases:
            raise SuiteError(f"There is no case {id_[:40]!r} for a {config.role}.")
    chosen = set(only) or set(role.cases)
    verdicts: dict[str, Verdict] = {}
    with Writer(path) as writer, Lure() as lure, ExitStack() as stack:
        writer.write("header", **header(suite, config, len(role.cases)))
        runs = config.role == "runner"
        ask = _player(suite, config) if runs else _Asker(suite, config, claim, lure, stack).exchange
        with ThreadPoolExecutor(max(1, jobs)) as pool:
            exchanges = pool.map(lambda id_: ask(id_) if id_ in chosen else None, role.cases)
            for number, (id_, exchange) in enumerate(zip(role.cases, exchanges, strict=True), 1):
                verdict = verdicts[id_] = role.verdict(id_, exchange)
                if exchange is not None:
                    writer.write("exchange", case=id_, **exchange)
                writer.write("verdict", case=id_, outcome=verdict.outcome, why=verdict.why)
                if progress is not None:
                    progress(number, len(role.cases))
        result = Result(verdicts, time.monotonic() - begun)
        writer.write("footer", counts=result.counts, seconds=round(result.seconds, 3))
    return result


def _player(suite: Suite, config: Config) -> Callable[[str], dict[str, Any] | None]:
    """Return what plays a case with a runner."""
    # The scripted model is nothing that validators are judged with.
    from fsep_conformance.play import load_runner_cases, play  # noqa: PLC0415

    cases = {case.id: case for case in load_runner_cases(suite.folder)}
    return lambda id_: play(cases[id_], config, suite.folder)


def header(suite: Suite, config: Config, cases: int) -> dict[str, Any]:
    """Return what evidence begins with: what was run, by what, with which digests."""
    return {
        "fsep": suite.version,
        "specification": {"sha256": tree_digest(data.root() / "spec" / suite.version)},
        "schemas": {"sha256": tree_digest(data.root() / "schemas" / suite.version)},
        "suite": {"version": suite.version, "sha256": suite.sha256, "cases": cases},
        "implementation": config.as_dict(),
        "tool": {"name": "fsep", "version": __version__},
        "environment": {"python": platform.python_version(), "system": platform.system()},
        "begun": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        # Room for what seeds fresh cases and for who signs.
        "extensions": {},
    }


def tree_digest(folder: Path) -> str:
    """Return a digest over the names and the bytes of a folder's files."""
    total = sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = path.relative_to(folder).as_posix().encode()
        total.update(sha256(name).digest() + sha256(path.read_bytes()).digest())
    return total.hexdigest()


class _Asker:
    """Asks an implementation, a session for each thread."""

    def __init__(self, suite: Suite, config: Config, claim: Claim, lure: Lure, stack: ExitStack) -> None:
        self._suite, self._config, self._claim, self._lure, self._stack = suite, config, claim, lure, stack
        self._own, self._lock = threading.local(), threading.Lock()

    def exchange(self, id_: str) -> dict[str, Any] | None:
        """Return what came of a case, as evidence has it; None where it is none of the implementation's."""
        case = self._suite.case(id_)
        wanted = expected(case, self._claim)
        if wanted is None:
            return None
        try:
            with tempfile.TemporaryDirectory(prefix="fsep-") as scratch:
                address, token = self._lure.address()
                bundle = self._suite.make(case, Path(scratch), address)
                came = self._ask(case, bundle, wanted.facets)
                return recorded(came, self._lure.visits(token))
        except (OSError, ValueError) as error:
            return {"how": "suite-error", "code": None, "output": "", "errors": str(error)}

    def _ask(self, case: Case, bundle: Path, facets: tuple[str, ...]) -> Exchange:
        trust = [str(self._suite.trust)]
        if self._config.mode == "one-shot":
            command = list(filled(self._config.command, bundle, facets, trust))
            return one_shot(command, self._config.folder, self._config.time_limit)
        line = {"do": "judge", "case": case.id, "bundle": str(bundle), "facets": list(facets), "trust": trust}
        return self._session().ask(line, self._suite.version)

    def _session(self) -> Session:
        if not hasattr(self._own, "session"):
            with self._lock:
                self._own.session = self._stack.enter_context(Session(self._config))
        session: Session = self._own.session
        return session


def filled(
    command: tuple[str, ...], bundle: Path, facets: tuple[str, ...], trust: list[str]
) -> Iterator[str]:
    """Yield a command with what stands for bundle, facets and trust replaced."""
    for part in command:
        filled_in = part.replace("{bundle}", str(bundle)).replace("{facets}", ",".join(facets))
        yield filled_in.replace("{trust}", ",".join(trust))


def recorded(came: Exchange, visited: int) -> dict[str, Any]:
    """Return an exchange as evidence has it; the digest is of the bytes as they came."""
    return {**said(came), "visited": visited}
