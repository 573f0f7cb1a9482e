"""Two bundles side by side, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from fsep import limits
from fsep.comparison import Cell, Comparison, Part, Side
from fsep.render.layout import counted, listed, wrap
from fsep.render.safe import quoted, safe
from fsep.render.style import Style

Lines = list[str]

_VERDICTS = {
    "all": "COMPARABLE: what the cells rest on is the same in both.",
    "some": "COMPARABLE IN PART: under the scaffolds named below, and under no other.",
    "none": "NOT COMPARABLE.",
}
_NOT_VALIDATED = (
    "Nothing was validated, and the bundles are taken at their word: `fsep validate` tells what each shows."
)
_NO_TEST = "Cells stand side by side: no test was made across bundles, and nothing was pooled."


def comparison_lines(comparison: Comparison, style: Style) -> Lines:
    """Return what the comparison came to: verdict, differences, and the cells that may be compared."""
    good = comparison.comparable != "none"
    verdict = wrap(_VERDICTS[comparison.comparable], style.columns)
    lines = [style.paint(line, "green" if good else "red", "bold") for line in verdict]
    for which, side in (("A", comparison.a), ("B", comparison.b)):
        lines += wrap(_named(which, side), style.columns, "", "   ")
    lines += wrap(_NOT_VALIDATED, style.columns)
    for section in (
        _parts([part for part in comparison.parts if not part.same], "What differs", style),
        _scaffolds(comparison, style),
        _parts(comparison.aside, "What differs too, and keeps no cell from being compared", style),
        [line for note in comparison.notes for line in wrap(f"- {safe(note, 600)}", style.columns, "", "  ")],
        _cells(comparison, style),
    ):
        lines += ["", *section] if section else []
    return lines


def _named(which: str, side: Side) -> str:
    return f"{which}: {safe(side.name, 200)}, bundle {quoted(side.id)}, design {quoted(side.design['id'])}"


def _parts(parts: Sequence[Part], head: str, style: Style) -> Lines:
    lines: Lines = [style.paint(head, "bold")] if parts else []
    for part in parts:
        what = f"{part.thing}{f' {quoted(part.id, 64)}' if part.id is not None else ''}"
        lines += wrap(
            f"{what}: {safe(str(part.message), limits.TEXT_MESSAGE)}", style.columns, "  - ", "    "
        )
        for one in part.differences:
            lines += wrap(safe(one.message, limits.TEXT_MESSAGE), style.columns, "      ", "        ")
            for name, value in (("A", one.a), ("B", one.b)):
                if value is not None:
                    text = safe(value, limits.TEXT_VALUE) or "(empty)"
                    lines += wrap(text, style.columns, f"        {name}: ", " " * 11)
        if part.more:
            lines.append(f"      and {counted(part.more, 'more difference')}")
    return lines


def _scaffolds(comparison: Comparison, style: Style) -> Lines:
    """Say of each scaffold whether its cells may be compared, unless all are."""
    if comparison.comparable == "all":
        return []
    lines = [style.paint("Scaffolds", "bold")]
    for one in comparison.scaffolds:
        said = "comparable"
        if not one.comparable:
            said = f"not comparable, because of {listed(dict.fromkeys(_short(part) for part in one.because))}"
        lines += wrap(f"{safe(one.id, 64)}: {said}", style.columns, "  ", "    ")
    return lines


def _short(part: Part) -> str:
    if part.thing in ("items", "rubric"):
        return f"the {part.thing}"
    if part.thing == "plan":
        return f"`{part.id}` of the designs"
    return "its program" if part.thing == "scaffold" else f"the {part.thing} {quoted(str(part.id), 64)}"


def _cells(comparison: Comparison, style: Style) -> Lines:
    if comparison.comparable == "none":
        return []
    if not comparison.cells:
        return ["There are no cells to show."]
    lines = [style.paint("Cells", "bold"), *wrap(_NO_TEST, style.columns, "  ")]
    lines += wrap(" ".join(_confidences(comparison)), style.columns, "  ")
    grouped = groupby(comparison.cells, key=lambda cell: (cell.scaffold, cell.dimension))
    for (scaffold, dimension), cells in grouped:
        head = f"{safe(dimension, 64)}, under the scaffold {quoted(scaffold, 64)}"
        lines += ["", *wrap(style.paint(head, "cyan"), style.columns, "  "), *_grid(list(cells))]
    return lines


def _confidences(comparison: Comparison) -> Iterator[str]:
    for which, side in (("A", comparison.a), ("B", comparison.b)):
        if side.profile is not None:
            yield f"Intervals of {which} are at a confidence of {side.profile['confidence']:g}."
    yield "n counts the units of sampling."


def _grid(cells: Sequence[Cell]) -> Iterator[str]:
    rows = [
        (
            f"{cell.bundle.upper()}: {safe(cell.system, 64)}",
            *_share(cell),
            f"n {cell.units}",
            cell.level or "no level",
            ", ".join(cell.marks),
        )
        for cell in cells
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "    " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _share(cell: Cell) -> tuple[str, str]:
    if cell.share is None:
        return "no share", ""
    low, high = cell.share["low"], cell.share["high"]
    return f"{cell.share['estimate']:.3f}", f"[{low:.3f}, {high:.3f}]"
