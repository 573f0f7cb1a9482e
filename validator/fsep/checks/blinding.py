"""Checks of what blinds (FSEP-BLD): that it stands as committed, and that raters saw what follows."""

from __future__ import annotations

from collections.abc import Iterator

from fsep.checks.raters import committed_in_order, failed, file_of
from fsep.checks.registry import Answer, Blocked, BlockedError, Passed, Withheld, check
from fsep.checks.whole import Whole
from fsep.findings import Problem
from fsep.rating.packet import packets_digest


def _blind(whole: Whole) -> bool:
    """Whether there is something to be blind for; raises BlockedError where nobody can say."""
    return whole.study.optional("rubric") is not None and whole.rated.rubric.blind


@check("FSEP-BLD-002", "rated")
def ratings_as_committed(whole: Whole) -> Iterator[Answer]:
    if not _blind(whole):
        return
    if failed(committed_in_order(whole.study)):
        yield Blocked.by("FSEP-BLD-001")
        return
    document = whole.study.only("commitments")
    last = {
        one["subject"]: place
        for place, one in enumerate(document.value["commitments"])
        if one["of"] == "ratings"
    }
    for rater, place in last.items():
        path, here = file_of(rater), document.place(f"/commitments/{place}/sha256")
        stated, read = document.value["commitments"][place]["sha256"], whole.ratings.read.get(path)
        if path in whole.study.broken or whole.ratings.lost.get(path) == "FSEP-BND-006":
            yield Blocked.by(whole.study.broken.get(path, "FSEP-BND-006"))
        elif read is None:
            yield Problem(f"ratings of {rater!r} were committed, and the bundle holds none", here)
        elif read.sha256 == stated:
            yield Passed()
        else:
            yield Problem(
                f"the file of ratings of {rater!r} is not the one committed",
                here,
                found=read.sha256,
                expected=stated,
            )


@check("FSEP-BLD-003", "rated")
def shown_what_follows(whole: Whole) -> Iterator[Answer]:
    if not _blind(whole):
        return
    document = whole.study.optional("blinding")
    if (requirement := whole.failed("FSEP-RAT-001", "FSEP-BLD-001", "FSEP-BLD-002")) is not None:
        yield Blocked.by(requirement)
        return
    blind = whole.rated.blind
    if document is None or blind is None:
        raise BlockedError(Blocked.by("FSEP-BLD-001"))
    withheld = 0
    digests: dict[str, tuple[bytes, ...]] = {}
    for run in whole.rateable.values():
        if run.unshown:
            raise BlockedError(Blocked(run.unshown))
        withheld += run.unshown == ""
        digests[blind.packet(run.run)] = run.packets
    if withheld:
        yield Withheld(withheld)
        return
    derived = packets_digest(digests)
    if derived == document.value["packets_sha256"]:
        yield Passed(len(digests))
    else:
        yield Problem(
            "the packets that follow from the runs are not those that raters were shown",
            document.place("/packets_sha256"),
            found=document.value["packets_sha256"],
            expected=derived,
        )
