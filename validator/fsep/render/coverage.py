"""What benchmarks measure, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fsep.coverage import BundleCoverage, Coverage, Table
from fsep.measures.agreement import Undefined
from fsep.render.layout import counted, listed, wrap
from fsep.render.safe import quoted, safe
from fsep.render.style import Style

Lines = list[str]

_NOT_VALIDATED = "The bundle was not validated: that is what `fsep validate` does."
# Between the columns of a table.
_GAP = "  "
# What stands where nothing was coded.
_NOTHING = "-"
_BY = {"raters": "raters who do not know the system", "automatic": "a program", "self-report": "self-report"}
_UNDEFINED = {
    Undefined.NOTHING_SHARED: "no cell was coded",
    Undefined.NO_VARIATION: "both coders gave one and the same code throughout, so that there is nothing to "
    "agree on beyond chance",
}


def table_lines(table: Table, style: Style) -> Lines:
    """Return a table, the codes counted by dimension, and how far the coders agree."""
    title = wrap(safe(table.title, 200), style.columns) if table.title else []
    lines = [style.paint(line, "bold") for line in title]
    coders = listed(safe(coder, 64) for coder in table.coders)
    text = f"{counted(len(table.rows), 'benchmark')}, coded by {coders}; a|b where they differ."
    lines += wrap(text, style.columns)
    if table.synthetic:
        lines.append(style.paint("Synthetic: the benchmarks are invented.", "yellow"))
    rows = [
        [name, *(str(row.get(dimension, _NOTHING)) for dimension in table.dimensions)]
        for name, row in table.rows.items()
    ]
    lines += ["", *_grid(["benchmark", *table.dimensions], rows, style), *_counts(table, style)]
    return [*lines, *_agreement(table, style)]


def _counts(table: Table, style: Style) -> Lines:
    head = ["dimension", "absent", "partial", "present", "differ", "not coded"]
    rows = [
        [one.dimension, *map(str, one.agreed.values()), str(one.differ), str(one.not_coded)]
        for one in table.columns
    ]
    return ["Agreed codes, by dimension", *_grid(head, rows, style)]


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]], style: Style) -> Lines:
    """Return a table in as many blocks of columns as the width asks for, the first column in each."""
    columns = [[safe(cell, 80) for cell in column] for column in zip(head, *rows, strict=True)]
    widths = [max(map(len, column)) for column in columns]
    lines: Lines = []
    for block in _blocks(widths, style.columns):
        shown = [0, *block]
        for place, line in enumerate(zip(*(columns[one] for one in shown), strict=True)):
            text = _GAP.join(cell.ljust(widths[one]) for cell, one in zip(line, shown, strict=True)).rstrip()
            lines.append(style.paint(text, "cyan") if place == 0 else text)
        lines.append("")
    return lines


def _blocks(widths: Sequence[int], width: int) -> Iterator[list[int]]:
    """Yield the columns after the first that fit beside it, at least one at a time."""
    block: list[int] = []
    used = widths[0]
    for column in range(1, len(widths)):
        if block and used + len(_GAP) + widths[column] > width:
            yield block
            block, used = [], widths[0]
        block.append(column)
        used += len(_GAP) + widths[column]
    yield block


def _agreement(table: Table, style: Style) -> Lines:
    plain, quadratic = table.plain, table.quadratic
    if plain.undefined is not None:
        why = _UNDEFINED[plain.undefined]
        text = f"Cohen's kappa over {counted(plain.units, 'cell')}: undefined, since {why}."
    else:
        text = (
            f"Cohen's kappa over {counted(plain.units, 'cell')}: {plain.coefficient:.3f} plain, "
            f"{quadratic.coefficient:.3f} with quadratic weights; the same code in {plain.raw:.1%} of cells."
        )
    return wrap(text, style.columns, "", "  ")


def bundle_lines(coverage: BundleCoverage, style: Style) -> Lines:
    """Return what a bundle measures: the core dimensions, then the rubric's own."""
    text = f"What the ratings of {quoted(coverage.id)} measure. {_NOT_VALIDATED}"
    lines = [style.paint(line, "bold") for line in wrap(text, style.columns)]
    if coverage.synthetic:
        ids = listed(safe(one, 64) for one in coverage.synthetic)
        lines += wrap(f"Synthetic: no models, but scripted stand-ins, are {ids}.", style.columns, "", "  ")
    if not coverage.rubric:
        lines += wrap("It has no rubric: no dimension is measured.", style.columns)
    for dimensions, noun, own in (
        (coverage.core, "core dimension", ""),
        (coverage.own, "dimension", " of its own"),
    ):
        if dimensions:
            found = sum(one.measured for one in dimensions)
            head = f"{found} of {counted(len(dimensions), noun)}{own} measured"
            lines += ["", head, *_dimensions(dimensions, style)]
    return lines


def _dimensions(dimensions: Sequence[Coverage], style: Style) -> Iterator[str]:
    width = max(len(one.dimension) for one in dimensions)
    for one in dimensions:
        said = style.paint("measured", "green") if one.measured else style.paint("not measured", "dim")
        yield f"  {safe(one.dimension, 64):<{width}}  {said}"
        for text in _evidence(one):
            yield from wrap(text, style.columns, "    ", "      ")


def _evidence(one: Coverage) -> Iterator[str]:
    if not one.measured:
        return
    levels = ", ".join(f"{level} ({counted(runs, 'run')})" for level, runs in one.levels)
    yield f"at {levels}"
    raters = f": {listed(safe(rater, 120) for rater in one.raters)}" if one.raters else ""
    yield f"by {_BY[str(one.by)]}{raters}"
    systems = ", ".join(f"{safe(system, 64)} ({counted(runs, 'run')})" for system, runs in one.systems)
    yield f"of {systems}"
    if one.unreliable:
        yield "unreliable: raters agree less than the design asks for"
