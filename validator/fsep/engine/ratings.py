"""Reading the files of ratings: one pass over their lines, each held to what is known of runs and raters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from fsep import limits
from fsep.bundle import Bundle, BundleError
from fsep.checks.documents import Reader, Unusable, place_in
from fsep.checks.rated import RatedRun
from fsep.checks.raters import file_of
from fsep.checks.registry import Blocked, BlockedError
from fsep.checks.study import Listed
from fsep.checks.summary import Ratings, Read
from fsep.checks.whole import Whole
from fsep.credentials import credentials, suspicious
from fsep.engine.reading import judge, record
from fsep.findings import Collector, Place, Problem, Results
from fsep.parsing.lines import read_lines
from fsep.rating.blind import Blind
from fsep.rating.book import NOT_OCCASIONED, Book, Thing
from fsep.rating.rubric import Dimension

# What the lines of a file of ratings are held to, beside their form.
# A line of a blind rater as most are written, the line feed aside.
_PLAIN = re.compile(
    rb'\{"packet": ?"([0-9a-f]{64})", ?"dimension": ?"([a-z0-9][a-z0-9._-]{0,63})", ?'
    rb'"value": ?"([a-z0-9][a-z0-9._-]{0,63})"\}'
)
_OF_FORM = ("FSEP-DOC-004", "FSEP-DOC-002")
OF_LINES: tuple[str, ...] = ("FSEP-BLD-005", "FSEP-RAT-003", "FSEP-RAT-004")


def read_ratings(bundle: Bundle, whole: Whole, *, reference: bool = False) -> Ratings:
    """Read every listed file of ratings.

    Args:
        bundle: where they are.
        whole: the documents, and what the transcripts came to.
        reference: whether `jsonschema` decides on schemas in the place of the compiled engine.
    """
    study, results = whole.study, Results()
    book, read, lost = Book(), dict[str, Read](), dict[str, str]()
    try:
        desk: _Desk | str = _Desk(whole, book)
    except BlockedError as error:
        desk = error.blocked.reason
    for path, listed in sorted(study.listed.items()):
        if listed.role != "ratings":
            continue
        came, collector = study.broken.get(path), Collector()
        if came is None:
            file = _File(bundle, listed, Reader(study.protocol, collector, reference=reference))
            came, collector = file.check(desk, read), file.collector
        if came in ("FSEP-BND-003", "FSEP-BND-006") or path in study.broken:
            # It cannot be read, or is not the file listed: what its lines say is not judged.
            collector = _unread(listed, read.get(path), str(came), collector)
        if came is not None:
            lost[path] = came
        results += collector.results()
    return Ratings(book, read, lost, results)


def _unread(listed: Listed, read: Read | None, requirement: str, before: Collector) -> Collector:
    """Return what is said of a file that is not gone by; `before` holds why it could not be read."""
    collector, unchecked = Collector(), OF_LINES
    if read is not None:
        judge(listed, read, collector)
        unchecked = (*_OF_FORM, *OF_LINES)
    elif before.failures(requirement):
        collector = before
        unchecked = ("FSEP-BND-006", *_OF_FORM, *OF_LINES)
    for one in unchecked:
        collector.not_checked(one, Blocked.by(requirement).reason)
    return collector


class _Desk:
    """What every file needs to know: where runs are in the plan, and what raters may say.

    Raises:
        BlockedError: where raters, rubric or runs cannot be gone by.
    """

    def __init__(self, whole: Whole, book: Book) -> None:
        rated = whole.rated
        whole.unblinded()
        self.raters, self.book = rated.raters, book
        self.blind: Blind | None = rated.blind
        for requirement in ("FSEP-RAT-001", "FSEP-RAT-002", "FSEP-BLD-002"):
            if whole.failed(requirement):
                raise BlockedError(Blocked.by(requirement))
        self.dimensions = {one.id: one for one in rated.rubric.dimensions}
        self.runs: Mapping[int, RatedRun] = whole.rateable
        self.by_run = {one.run: slot for slot, one in self.runs.items()}
        blind = self.blind
        self.by_packet = (
            {blind.packet(one.run): slot for slot, one in self.runs.items()}
            if blind and rated.rubric.blind
            else {}
        )


class _File:
    """The ratings of one rater."""

    def __init__(self, bundle: Bundle, listed: Listed, reader: Reader) -> None:
        self.bundle, self.listed, self.reader = bundle, listed, reader
        self.collector = reader.collector
        self.path = listed.path

    def check(self, desk: _Desk | str, read: dict[str, Read]) -> str | None:
        """Read the file; return the requirement that failed for it or some line of it, if one did."""
        whole, size, lines = sha256(), 0, 0

        def update(chunk: bytes) -> None:
            nonlocal size
            whole.update(chunk)
            size += len(chunk)

        lost: str | None = None
        sheet = None if isinstance(desk, str) else _Sheet(desk, self)
        plain = sheet.plain() if sheet is not None else None
        try:
            with self.bundle.open(self.path) as stream:
                for line in read_lines(stream, limits.LINE_BYTES, update):
                    lines += 1
                    if plain is not None and plain(line.data):
                        continue
                    try:
                        data, value = record(self.reader, "rating", self.path, line.number, line.data)
                    except Unusable as error:
                        lost = error.requirement
                        for requirement in OF_LINES:
                            self.collector.not_checked(requirement, Blocked.by(lost).reason)
                        continue
                    self._credentials(line.number, data, value)
                    if sheet is not None:
                        lost = sheet.take((line.number, data), value) or lost
        except BundleError as error:
            # What its lines said before it broke off is not judged either.
            self.collector = Collector()
            self.collector.failed("FSEP-BND-003", Problem(str(error), Place(self.path)))
            return "FSEP-BND-003"
        read[self.path] = Read(whole.hexdigest(), size, lines)
        if not judge(self.listed, read[self.path], self.collector):
            return "FSEP-BND-006"
        if sheet is not None:
            sheet.close()
        if isinstance(desk, str):
            for requirement in OF_LINES:
                self.collector.not_checked(requirement, desk)
        return lost

    def _credentials(self, number: int, data: bytes, value: Any) -> None:
        """Hold a line to FSEP-SEC-001."""
        found = dict(credentials(value, names=False)) if suspicious(data) else {}
        for pointer, how in found.items():
            place = place_in(number, data, pointer, self.path)
            self.collector.failed("FSEP-SEC-001", Problem(f"a credential: {how}", place))
        if not found:
            self.collector.passed("FSEP-SEC-001")


class _Sheet:
    """What one rater says, line after line."""

    def __init__(self, desk: _Desk, file: _File) -> None:
        self.desk, self.file = desk, file
        self.id = next(id_ for id_ in desk.raters.by_id if file_of(id_) == file.path)
        self.blind = desk.raters.blind(self.id)
        self.named = set(desk.raters.by_id[self.id]["dimensions"])
        self.given: dict[str, dict[Thing, int]] = {}
        for name in self.named:
            self.given[name] = desk.book.given.setdefault((self.id, name), {})
        self.slot, self.key, self.passed, self.plainly = -1, "", 0, 0

    def close(self) -> None:
        """Count what was as it has to be."""
        for requirement in OF_LINES:
            if self.passed:
                self.file.collector.passed(requirement, self.passed)
        for requirement in (*_OF_FORM, "FSEP-SEC-001"):
            if self.plainly:
                self.file.collector.passed(requirement, self.plainly)

    def plain(self) -> Callable[[bytes | None], bool]:
        """Return what takes a line that is plainly right, and says whether it did; it takes no other.

        Almost every line of a blind rater has one form, which by itself is strict JSON and valid. With a
        dimension and a value that the rubric has, and a packet in its place, nothing is left to check.
        """
        match, by_packet, order = _PLAIN.fullmatch, self.desk.by_packet, self._in_order
        values = {
            (name.encode(), value.encode()): (self.given[name], position)
            for name in self.named & self.desk.dimensions.keys()
            for value, position in self.desk.dimensions[name].positions.items()
            if not self.desk.dimensions[name].outputs
        }
        last, thing = b"", (-1, "")

        def take(data: bytes | None) -> bool:
            nonlocal last, thing
            found = match(data) if data is not None else None
            if found is None:
                return False
            packet, dimension, value = found.groups()
            known = values.get((dimension, value))
            if known is None:
                return False
            if packet != last:
                slot = by_packet.get(packet.decode())
                if slot is None or not order(slot):
                    return False
                last, thing = packet, (slot, "")
            given, position = known
            if thing in given:
                return False
            given[thing] = position
            self.passed += 1
            self.plainly += 1
            return True

        return take

    def _in_order(self, slot: int) -> bool:
        """Whether a run stands where the rater's packets have it, after the one before."""
        if slot != self.slot and self.desk.blind is not None:
            key = self.desk.blind.order(self.id, self.desk.runs[slot].run)
            if key < self.key:
                return False
            self.key = key
        self.slot = slot
        return True

    def take(self, line: tuple[int, bytes], value: Mapping[str, Any]) -> str | None:
        """Take one line; return the requirement that it does not meet, if any."""
        desk = self.desk
        blind = "packet" in value
        if blind is not self.blind:
            wanted = "by blind id, as `packet`" if self.blind else "by its id, as `run`"
            return self._refuse("FSEP-BLD-005", line, "", f"the rating has to name its run {wanted}")
        slot = desk.by_packet.get(value["packet"]) if blind else desk.by_run.get(value["run"])
        if slot is None:
            member = "packet" if blind else "run"
            return self._refuse(
                "FSEP-RAT-003",
                line,
                f"/{member}",
                "the rating names no run that is rated",
                value[member],
            )
        if blind and not self._in_order(slot):
            message = "the rating is not in the order of the rater's packets"
            return self._refuse("FSEP-BLD-005", line, "/packet", message)
        fault = self._fault(value, slot)
        if fault is not None:
            pointer, message = fault
            return self._refuse("FSEP-RAT-003", line, pointer, message, value.get(pointer[1:]))
        dimension = desk.dimensions[value["dimension"]]
        given = self.given[dimension.id]
        thing = slot, value.get("step", "")
        if thing in given:
            return self._refuse("FSEP-RAT-004", line, "", f"{dimension.id!r} of this run is rated already")
        given[thing] = dimension.positions[value["value"]] if "value" in value else NOT_OCCASIONED
        self.passed += 1
        return None

    def _fault(self, value: Mapping[str, Any], slot: int) -> tuple[str, str] | None:
        """Return what of a rating names something that there is not: a pointer and a sentence."""
        name = value["dimension"]
        if name not in self.named:
            return "/dimension", f"the rater {self.id!r} does not rate this dimension"
        dimension: Dimension = self.desk.dimensions[name]
        if "value" in value and value["value"] not in dimension.positions:
            return "/value", f"the value is none of the scale of {name!r}"
        if dimension.outputs:
            if value.get("step") not in self.desk.runs[slot].seen.outputs.get(dimension.thread or "", ()):
                return "/step", "the rating names no output of the run that is rated"
        elif "step" in value:
            return "/step", f"in {name!r} runs are rated, and not their outputs"
        return None

    def _refuse(
        self, requirement: str, line: tuple[int, bytes], pointer: str, message: str, found: Any = None
    ) -> str:
        """Write what is wrong with a line, and what was not checked of it."""
        collector = self.file.collector
        place = place_in(*line, pointer, self.file.path)
        collector.failed(requirement, Problem(message, place, found=found))
        # What comes before it in this order was found right, what comes after it was not looked at.
        for other in OF_LINES:
            if other != requirement and not (requirement == "FSEP-RAT-004" or other == "FSEP-BLD-005"):
                collector.not_checked(other, Blocked.by(requirement).reason)
        return requirement
