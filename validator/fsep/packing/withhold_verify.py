"""Showing that a public bundle was made from a private one: what is withheld opens, all else is equal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from fsep import limits
from fsep.checks.container import role_of
from fsep.errors import FsepError
from fsep.packing.openings import read_openings
from fsep.packing.packed import LINES, Heads, Packed
from fsep.packing.withhold import BLOBS
from fsep.parsing.position import escape_token
from fsep.protocol import Protocol
from fsep.scaffold.replay import same
from fsep.withholding import blobs_of, commitment, is_withheld, kind_of

# Bytes of a salt or a commitment that are kept to find one used twice: nobody meets another by chance.
_KEPT = 16


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps a public bundle from being one made from the private one, and where; it repeats no value."""

    file: str
    line: int | None
    pointer: str
    message: str


@dataclass(slots=True)
class Verification:
    """What a verification showed.

    `opened` counts the withheld values that opened to the private ones, `before` those withheld in the
    private bundle already; `withdrawn`, by run, those that nobody can open; `blobs` those not published.
    `listed` are the first of the faults.
    """

    opened: int = 0
    before: int = 0
    blobs: int = 0
    faults: int = 0
    withdrawn: dict[str, int] = field(default_factory=dict)
    listed: list[Fault] = field(default_factory=list)

    def fault(self, file: str, line: int | None, pointer: str, message: str) -> None:
        """Count a fault, and keep it if it is among the first."""
        self.faults += 1
        if len(self.listed) < limits.FINDINGS_PER_REQUIREMENT:
            self.listed.append(Fault(file, line, pointer, message))


def verify(public: Path, private: Path, openings: Path) -> Verification:
    """Compare a public bundle with the private one and the openings.

    Both are read side by side, a line at a time; of openings only a digest of each salt is held.

    Raises:
        FsepError: where one of the three cannot be read.
    """
    seen = Verification()
    changed: dict[Path, list[str]] = {public: [], private: []}
    with Packed(public, changed[public]) as ours, Packed(private, changed[private]) as theirs:
        if ours.protocol != theirs.protocol:
            raise FsepError("The two bundles are written in different versions of the protocol.")
        kept = _Openings(openings, ours.protocol, seen)
        _Verifying(ours, theirs, kept, seen).run()
        kept.end()
    for bundle, word in ((public, "public"), (private, "private")):
        for path in changed[bundle]:
            seen.fault(path, None, "", f"the {word} file was changed after its manifest was written")
    return seen


class _Openings:
    """The openings, taken as their places are come to; what is left over is a fault."""

    def __init__(self, path: Path, protocol: Protocol, seen: Verification) -> None:
        self.name, self.seen = path.name, seen
        self.withdrawn: set[str] = set()
        self._lines = read_openings(path, protocol)
        self._salts: set[bytes] = set()
        self._next: tuple[int, dict[str, Any]] | None = None
        self._advance()
        while self._next is not None and "withdrawn" in self._next[1]:
            self.withdrawn.add(self._next[1]["withdrawn"])
            self._advance()

    def of(self, file: str, line: int) -> dict[str, tuple[int, dict[str, Any]]]:
        """Take the openings of a line, by pointer."""
        found: dict[str, tuple[int, dict[str, Any]]] = {}
        while self._next is not None and self._place(self._next[1]) <= (file, line):
            number, opening = self._next
            if self._place(opening) < (file, line) or opening["pointer"] in found:
                self._unused(number, opening)
            else:
                found[opening["pointer"]] = number, opening
            self._advance()
        return found

    def end(self) -> None:
        """Take what is left, which opens nothing."""
        while self._next is not None:
            self._unused(*self._next)
            self._advance()

    def unused(self, left: Mapping[str, tuple[int, dict[str, Any]]]) -> None:
        """Tell of openings of a line that opened nothing on it."""
        for number, opening in left.values():
            self._unused(number, opening)

    def _place(self, opening: Mapping[str, Any]) -> tuple[str, int]:
        # A run is withdrawn before any opening: what comes later opens nothing.
        return (opening["file"], opening["line"]) if "withdrawn" not in opening else ("", 0)

    def _unused(self, number: int, opening: Mapping[str, Any]) -> None:
        if "withdrawn" in opening:
            self.seen.fault(self.name, number, "", "a withdrawn run is named after the first opening")
            return
        where = f"{opening['file']}:{opening['line']} {opening['pointer']}"
        self.seen.fault(
            self.name, number, "", f"the opening is not used: nothing that it opens is withheld at {where}"
        )

    def _advance(self) -> None:
        self._next = next(self._lines, None)
        if self._next is None or "salt" not in self._next[1]:
            return
        salt = bytes.fromhex(self._next[1]["salt"])[:_KEPT]
        if salt in self._salts:
            self.seen.fault(
                self.name,
                self._next[0],
                "",
                "the salt was used before (FSEP-WHD-001): it hides neither value",
            )
        self._salts.add(salt)


class _Verifying:
    """One comparison of two bundles."""

    def __init__(self, public: Packed, private: Packed, kept: _Openings, seen: Verification) -> None:
        self.public, self.private, self.kept, self.seen = public, private, kept, seen
        self.referred: set[str] = set()
        self.runs: set[str] = set()
        self._unopened: set[bytes] = set()

    def run(self) -> None:
        """Compare every file."""
        for member in sorted((self.public.head.keys() | self.private.head.keys()) - {"files"}):
            if not same(self.public.head.get(member), self.private.head.get(member)):
                self.seen.fault("bundle.json", None, f"/{member}", "it differs from the private one")
        public, private = set(self.public.paths), set(self.private.paths)
        for path in sorted(public & private):
            if role_of(path) in LINES:
                self._lines(path)
            elif _digest(self.public, path) != _digest(self.private, path):
                self.seen.fault(path, None, "", "the file differs from the private one")
        for path in sorted(public - private):
            self.seen.fault(path, None, "", "the file is not in the private bundle")
        self._blobs(public, private)
        for run in sorted(self.kept.withdrawn - self.runs):
            self.seen.fault(self.kept.name, None, "", f"the withdrawn run {run!r} is not in the bundles")

    def _blobs(self, public: set[str], private: set[str]) -> None:
        for path in sorted(private - public):
            if path.startswith(BLOBS) and path.removeprefix(BLOBS) not in self.referred:
                self.seen.blobs += 1
            else:
                self.seen.fault(path, None, "", "the file is not in the public bundle")
        for path in sorted(public & private):
            if path.startswith(BLOBS) and path.removeprefix(BLOBS) not in self.referred:
                self.seen.fault(path, None, "", "the blob is published, and no published text refers to it")

    def _lines(self, path: str) -> None:
        heads = Heads()
        pairs = zip_longest(self.public.lines(path), self.private.lines(path))
        for number, (ours, theirs) in enumerate(pairs, 1):
            if ours is None or theirs is None:
                where = "public" if theirs is None else "private"
                self.seen.fault(path, number, "", f"only the {where} file has the line")
                continue
            run = None
            if role_of(path) == "transcripts":
                run = heads.of(ours[2], f"{path}, line {number}")["run"]
                self.runs.add(run)
                self.referred.update(blobs_of(ours[2]))
            line = _Line(self, path, number, run)
            line.compare(ours[2], theirs[2])

    def known(self, commitment_: str) -> bool:
        """Whether a commitment that nobody can open was there before; it is from now on."""
        short = bytes.fromhex(commitment_)[:_KEPT]
        known = short in self._unopened
        self._unopened.add(short)
        return known


def _digest(bundle: Packed, path: str) -> str:
    """Read a file to its end, and return its digest."""
    for _ in bundle.chunks(path):
        pass
    return bundle.digests[path]


class _Line:
    """One line of both bundles, and its openings."""

    def __init__(self, of: _Verifying, path: str, number: int, run: str | None) -> None:
        self.of, self.seen, self.path, self.number, self.run = of, of.seen, path, number, run
        self.openings = of.kept.of(path, number)

    def compare(self, public: Any, private: Any) -> None:
        """Compare the line; an opening of it that opens nothing is a fault."""
        for pointer, ours, theirs in _differences(public, private, ""):
            if is_withheld(ours) and same(ours, theirs):
                self.seen.before += 1
            elif is_withheld(ours) and not is_withheld(theirs):
                self._withheld(pointer, ours["withheld"], theirs)
            else:
                self._fault(pointer, "the public value is not the private one")
        self.of.kept.unused(self.openings)

    def _withheld(self, pointer: str, stands: Mapping[str, Any], private: Any) -> None:
        withdrawn = self.run in self.of.kept.withdrawn
        _, opening = self.openings.pop(pointer, (0, None))
        if stands["kind"] != kind_of(private):
            self._fault(pointer, "the value withheld is of another kind than the private one")
        elif withdrawn and opening is not None:
            self._fault(pointer, "the run is withdrawn, and there is an opening of it")
        elif withdrawn:
            if self.of.known(stands["commitment"]):
                self._fault(pointer, "the salt is one used before (FSEP-WHD-001): the commitment is equal")
            self.seen.withdrawn[str(self.run)] = self.seen.withdrawn.get(str(self.run), 0) + 1
        elif opening is None:
            self._fault(pointer, "the value is withheld, and no opening says what it is")
        elif commitment(bytes.fromhex(opening["salt"]), opening["value"]) != stands["commitment"]:
            self._fault(pointer, "the opening does not open the commitment")
        elif not same(opening["value"], private):
            self._fault(pointer, "the private value is not the one that was withheld")
        else:
            self.seen.opened += 1

    def _fault(self, pointer: str, message: str) -> None:
        self.seen.fault(self.path, self.number, pointer, message)


def _differences(public: Any, private: Any, pointer: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield the innermost values that differ, and all that are withheld."""
    if is_withheld(public):
        yield pointer, public, private
    elif isinstance(public, dict) and isinstance(private, dict) and public.keys() == private.keys():
        for member, value in public.items():
            yield from _differences(value, private[member], f"{pointer}/{escape_token(member)}")
    elif isinstance(public, list) and isinstance(private, list) and len(public) == len(private):
        for place, value in enumerate(public):
            yield from _differences(value, private[place], f"{pointer}/{place}")
    elif not same(public, private):
        yield pointer, public, private
