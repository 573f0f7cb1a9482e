"""How a bundle departs from a published design, as text."""

from __future__ import annotations

from collections.abc import Iterator

from fsep import limits
from fsep.findings import Report
from fsep.findings.against import Against, Confounded, Departure, Difference
from fsep.render.layout import counted, wrap
from fsep.render.safe import quoted, safe
from fsep.render.style import Style

Lines = list[str]

# Values of so many characters stand in the sentence.
_SHORT = 40
_LABELS = ("found:", "expected:")


def against_sections(report: Report, style: Style) -> list[Lines]:
    """Return what is said of a published design; nothing where none was given."""
    against = report.against
    return [] if against is None else [_departures(against, style), _confounded(against, style)]


def departure_lines(departure: Departure) -> Lines:
    """Return a departure as lines of whatever length, for machines that show them."""
    return [f"{'  ' * depth}{line}" for depth, line in _parts(departure)]


def _departures(against: Against, style: Style) -> Lines:
    design = f"the design {quoted(against.id)} ({safe(against.path, limits.TEXT_NAME)})"
    if against.same:
        lines = wrap(f"Against {design}: the bundle is on it.", style.columns, "", "  ")
        return [style.paint("Against", "bold") + lines[0][len("Against") :], *lines[1:]]
    text = (
        f"Against {design}: {counted(len(against.departures), 'departure')}. The bundle is not on that "
        "design, whatever its verdict: exit code 1."
    )
    lines = [style.paint(line, "red", "bold") for line in wrap(text, style.columns, "", "  ")]
    return lines + [line for one in against.departures for line in _departure(one, style)]


def _departure(departure: Departure, style: Style) -> Lines:
    lines: Lines = []
    for depth, line in _parts(departure):
        indent = "    " + "  " * depth if depth else "  - "
        # What goes on in another line of a value stands under the value.
        hanging = " " * (len(indent) + (10 if line.startswith(_LABELS) else 0 if not depth else 2))
        lines += wrap(line, style.columns, indent, hanging)
    return lines


def _parts(departure: Departure) -> Iterator[tuple[int, str]]:
    """Yield what is said of a departure, each line with how deep it stands."""
    yield from _said(departure, 0, ":" if departure.differences else "")
    for one in departure.differences:
        yield from _said(one, 1)
    if departure.more:
        yield 1, f"and {counted(departure.more, 'more difference')}"


def _said(one: Departure | Difference, depth: int, end: str = "") -> Iterator[tuple[int, str]]:
    message = safe(one.message, limits.TEXT_MESSAGE)
    found, expected = _value(one.found), _value(one.expected)
    if found and expected and max(len(found), len(expected)) <= _SHORT:
        yield depth, f"{message}: {found}, where the design has {expected}"
        return
    yield depth, message + end
    for label, value in zip(_LABELS, (found, expected), strict=True):
        if value:
            yield depth + 1, f"{label:<10}{value}"


def _value(text: str | None) -> str:
    return "" if text is None else safe(text, limits.TEXT_VALUE) or "(empty)"


def _confounded(against: Against, style: Style) -> Lines:
    return [line for one in against.confounded for line in _adapts(one, style)]


def _adapts(one: Confounded, style: Style) -> Lines:
    how = "; ".join(safe(adaptation, limits.TEXT_NAME) for adaptation in one.adaptations)
    text = (
        f"Note: the system {quoted(one.system)} adapts its requests ({how}). A design allows that, and it is "
        "no departure; what differs between it and a system with other adaptations is confounded with them."
    )
    return wrap(text, style.columns, "", "  ")
