"""How a bundle departs from a published design, as text."""

from __future__ import annotations

from fsep import limits
from fsep.findings import Report
from fsep.findings.against import Against, Confounded, Departure, Difference
from fsep.render.layout import counted, wrap
from fsep.render.safe import quoted, safe
from fsep.render.style import Style

Lines = list[str]

# Values of so many characters stand in the sentence.
_SHORT = 40


def against_sections(report: Report, style: Style) -> list[Lines]:
    """Return what is said of a published design; nothing where none was given."""
    against = report.against
    return [] if against is None else [_departures(against, style), _confounded(against, style)]


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
    lines = _said(departure, "  - ", style, ":" if departure.differences else "")
    for one in departure.differences:
        lines += _said(one, "      ", style)
    if departure.more:
        lines.append(f"      and {counted(departure.more, 'more difference')}")
    return lines


def _said(one: Departure | Difference, indent: str, style: Style, end: str = "") -> Lines:
    message = safe(one.message, limits.TEXT_MESSAGE)
    found, expected = _value(one.found), _value(one.expected)
    hanging = " " * (len(indent) + 2)
    if found and expected and max(len(found), len(expected)) <= _SHORT:
        return wrap(f"{message}: {found}, where the design has {expected}", style.columns, indent, hanging)
    lines = wrap(message + end, style.columns, indent, hanging)
    for name, value in (("found:   ", found), ("expected:", expected)):
        if value:
            lines += wrap(f"{name} {value}", style.columns, hanging, hanging + " " * 10)
    return lines


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
