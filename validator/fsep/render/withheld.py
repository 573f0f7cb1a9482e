"""What was withheld, and what a verification of it showed, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fsep import limits
from fsep.render.layout import counted, number
from fsep.render.safe import safe

if TYPE_CHECKING:
    from fsep.packing.withhold import Withheld
    from fsep.packing.withhold_verify import Fault, Verification


def withheld_lines(made: Withheld, private: str, public: str, openings: str) -> list[str]:
    """Return what was withheld and what was not, and what to do next."""
    bundle, out, kept = (safe(path, 200) for path in (private, public, openings))
    lines = [
        f"{out}: {counted(made.files, 'file')}, bundle {made.bundle_sha256}",
        f"{counted(made.values, 'value')} withheld, in {number(made.holding)} of "
        f"{counted(made.runs, 'run')}" + (":" if made.reasons else "."),
        *(
            f"  - {number(count)}: {safe(reason, limits.TEXT_VALUE)}"
            for reason, count in made.reasons.items()
        ),
    ]
    if made.blobs:
        lines.append(f"{counted(made.blobs, 'blob')} left out: no published text refers to them.")
    if made.withdrawn:
        lines.append(f"{counted(made.withdrawn, 'run')} withdrawn: what they said can be opened by nobody.")
    if made.extensions:
        lines.append(
            f"PUBLISHED AS THEY ARE: {counted(made.extensions, 'object')} under `extensions`, "
            "which cannot be withheld."
        )
    if made.quotes.first is not None:
        path, line, pointer = made.quotes.first
        where = f"{safe(path, limits.TEXT_VALUE)}:{line} {safe(pointer, limits.TEXT_VALUE)}"
        texts = counted(made.quotes.count, "published text repeats", "published texts repeat")
        lines.append(f"LOOK AGAIN: {texts} a withheld one word for word; the first: {where}")
    if made.quotes.unread:
        lines.append(f"{counted(made.quotes.unread, 'line')} too long to look for quoted texts.")
    return [
        *lines,
        f"Keep {kept} private and safe: without it nobody can show what was withheld.",
        "",
        f"Then: fsep withhold --verify {out} {bundle} {kept}",
        f"and:  fsep validate {out}",
    ]


def verified_lines(seen: Verification) -> list[str]:
    """Return the verdict, the faults, and the counts."""
    word = "NOT VERIFIED" if seen.faults else "VERIFIED"
    says = (
        f"{counted(seen.faults, 'thing')} in the public bundle, the private one and the openings disagree."
        if seen.faults
        else "the public bundle is the private one but for what is withheld."
    )
    lines = [f"{word}: {says}", *(f"  {_fault(fault)}" for fault in seen.listed)]
    if (more := seen.faults - len(seen.listed)) > 0:
        lines.append(f"  and {number(more)} more")
    opened = counted(seen.opened, "withheld value opens", "withheld values open")
    lines.append(f"{opened} to what the private bundle holds.")
    if seen.before:
        lines.append(f"{counted(seen.before, 'value')} withheld in the private bundle already.")
    for run, count in sorted(seen.withdrawn.items())[: limits.TEXT_GAPS]:
        lines.append(f"{counted(count, 'value')} of the run {safe(run)}: withdrawn, cannot be opened.")
    if (more := len(seen.withdrawn) - limits.TEXT_GAPS) > 0:
        lines.append(f"and of {counted(more, 'more withdrawn run')}.")
    if seen.blobs:
        lines.append(f"{counted(seen.blobs, 'blob')} not published.")
    return lines


def _fault(fault: Fault) -> str:
    line = f":{fault.line}" if fault.line is not None else ""
    pointer = f" {safe(fault.pointer, limits.TEXT_VALUE)}" if fault.pointer else ""
    return f"{safe(fault.file, limits.TEXT_VALUE)}{line}{pointer}: {safe(fault.message, limits.TEXT_MESSAGE)}"
