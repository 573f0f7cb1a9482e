"""A report as one HTML file: no script, nothing fetched, readable on paper, on a phone and by ear."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

from fsep.findings import Report
from fsep.overview import Overview
from fsep.render.html_style import CSS
from fsep.render.markup import Markup, element, empty, escaped, joined, multiline
from fsep.render.page import (
    Block,
    Bullets,
    Cards,
    Code,
    Columns,
    Details,
    Facts,
    Forest,
    Group,
    Heat,
    HeatMap,
    Inline,
    Ladder,
    Line,
    Page,
    Para,
    Passage,
    Section,
    Status,
    Strong,
    Table,
    Turn,
    Turns,
    cell,
)
from fsep.render.page_content import page
from fsep.render.plots import HINT, forest

# Beside the word and its colour, for who cannot tell the colours apart.
_MARKS = {"good": "✓", "bad": "✗", "open": "!", "plain": "·"}
_ORIGINS = ("program", "model", "simulator", "human", "environment")


def policy(css: str) -> str:
    """Return the Content Security Policy of a page with a style sheet: that one, and nothing else."""
    digest = b64encode(sha256(css.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def render(report: Report, overview: Overview) -> str:
    """Return the page; the same report and overview give the same bytes."""
    return document(page(report, overview), "FSEP report")


def document(made: Page, kind: str) -> str:
    """Return a page as HTML; `kind` says in its title what it is."""
    head = element(
        "head",
        empty("meta", charset="utf-8"),
        empty("meta", http_equiv="Content-Security-Policy", content=policy(CSS)),
        empty("meta", name="viewport", content="width=device-width, initial-scale=1"),
        empty("meta", name="referrer", content="no-referrer"),
        # Without one, browsers ask a server for it.
        empty("link", rel="icon", href="data:,"),
        element("title", f"{made.title} · {kind}"),
        element("style", Markup(CSS)),
    )
    contents = element(
        "nav",
        element(
            "ul",
            *(
                element("li", element("a", section.title, href=f"#{section.id}"))
                for section in (*made.first, *made.rest)
            ),
        ),
        aria_label="On this page",
    )
    body = element(
        "body",
        element("a", "Skip to the verdict", class_="skip", href="#main"),
        element(
            "header",
            element("h1", made.title),
            _block(made.facts),
            *map(_block, made.notices),
        ),
        contents,
        element(
            "main",
            element("div", *map(_section, made.first), class_="first"),
            element("div", *map(_section, made.rest), class_="rest") if made.rest else Markup(),
            id="main",
            tabindex="-1",
        ),
        element("footer", _block(made.foot)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _section(section: Section) -> Markup:
    return element(
        "section",
        element("h2", section.title, id=section.id),
        *map(_block, section.blocks),
        aria_labelledby=section.id,
    )


def _inline(one: Inline) -> Markup:
    match one:
        case Code(text):
            return element("code", text)
        case Strong(text):
            return element("strong", text)
        case Status(word, tone):
            return element("span", element("span", _MARKS[tone], aria_hidden="true"), f" {word}", class_=tone)
        case _:
            return escaped(one)


def _line(line: Line) -> Markup:
    return joined(*map(_inline, line))


def _block(block: Block) -> Markup:
    match block:
        case Para(line, kind):
            headline = bool(line) and isinstance(line[0], Status)
            shown = {"plain": "headline" if headline else "", "notice": "notice", "aside": "aside"}[kind]
            return element("p", _line(line), class_=shown, role="note" if kind == "notice" else "")
        case Facts(pairs):
            return element(
                "dl", *(joined(element("dt", name), element("dd", _line(line))) for name, line in pairs)
            )
        case Bullets(lines):
            return element("ul", *(element("li", _line(line)) for line in lines))
        case Columns(columns):
            return element(
                "div",
                *(element("div", element("h3", title), _block(bullets)) for title, bullets in columns),
                class_="columns",
            )
        case Table():
            return _table(block)
        case Cards(cards):
            return element(
                "ol",
                *(
                    element(
                        "li",
                        element("h3", _line(one.title)),
                        _block(one.facts) if one.facts.pairs else Markup(),
                    )
                    for one in cards
                ),
                class_="cards",
            )
        case Turns(turns):
            return element("ol", *map(_turn, turns), class_="turns")
        case Details(summary, blocks):
            return element("details", element("summary", _line(summary)), *map(_block, blocks))
        case HeatMap():
            return _heat_map(block)
        case Forest():
            return _forest(block)
        case Ladder():
            return _ladder(block)
        case Group(title, blocks):
            return element("div", element("h3", _line(title)), *map(_block, blocks), class_="group")


def _heat_map(table: HeatMap) -> Markup:
    rows = [
        element(
            "tr",
            element("th", name, scope="row", role="rowheader"),
            *(_heat(one, system) for system, one in zip(table.columns[1:], row, strict=True)),
            role="row",
        )
        for name, row in table.rows
    ]
    if table.lacking is not None:
        name, says = table.lacking
        span = {"colspan": str(len(table.columns) - 1), "aria_colspan": str(len(table.columns) - 1)}
        lacking = element(
            "td", element("span", says), role="cell", data_label="All systems", class_="hatched", **span
        )
        rows.append(element("tr", element("th", name, scope="row", role="rowheader"), lacking, role="row"))
    return _whole_table(table.caption, table.columns, rows, "heat")


def _heat(heat: Heat, system: str) -> Markup:
    return element(
        "td",
        element("b", heat.figure),
        *(element("span", one) for one in heat.under),
        role="cell",
        data_label=system,
        class_="hatched" if heat.colour is None else f"h{heat.colour}",
    )


def _forest(plot: Forest) -> Markup:
    drawn = forest(plot, f"plot-{plot.name}")
    if drawn is None:
        said = Para(("To have a plot here: ", Code(HINT), ", then make the page again."), "aside")
        return joined(_block(said), _block(plot.table))
    # Who has no mouse moves a plot that is wider than the screen by the keys.
    moved = {"role": "region", "tabindex": "0", "aria_label": f"Plot: {plot.title}"}
    table = Details((f"The same as a table: {plot.table.caption}",), (plot.table,))
    return element(
        "figure",
        element("figcaption", plot.title, class_="aside"),
        element("div", drawn, class_="plot", **moved),
        _block(table),
    )


def _ladder(ladder: Ladder) -> Markup:
    return element(
        "ol",
        *(
            element(
                "li",
                f"{place}. {level}",
                element("strong", f": {says}") if (says := ladder.says(level)) else Markup(),
                class_=" ".join(ladder.marks(level)),
            )
            for place, level in enumerate(ladder.levels, 1)
        ),
        class_="ladder",
        aria_label="Levels of evidence, from the lowest",
    )


def _table(table: Table) -> Markup:
    rows = [
        element(
            "tr",
            element("th", _line(cell(row[0])), scope="row", role="rowheader"),
            *(
                element("td", _line(cell(one)), role="cell", data_label=name)
                for name, one in zip(table.columns[1:], row[1:], strict=True)
            ),
            role="row",
        )
        for row in table.rows
    ]
    return _whole_table(table.caption, table.columns, rows, "numbers" if table.numbers else "")


def _whole_table(caption: str, columns: Sequence[str], rows: Sequence[Markup], look: str) -> Markup:
    """Return a table; its roles are written out, since narrow screens lay it out as blocks."""
    head = element(
        "tr", *(element("th", name, scope="col", role="columnheader") for name in columns), role="row"
    )
    return element(
        "table",
        element("caption", caption),
        element("thead", head, role="rowgroup"),
        element("tbody", *rows, role="rowgroup"),
        role="table",
        class_=look,
    )


def _turn(turn: Turn) -> Markup:
    place = f"{turn.number}. " if turn.number else ""
    title = element("p", place, element("strong", turn.who), turn.does, *_step(turn))
    notes = element("p", " · ".join(turn.notes), class_="aside") if turn.notes else Markup()
    body = (_passage(one) if isinstance(one, Passage) else _block(one) for one in turn.body)
    return element("li", title, notes, *body, class_=turn.origin if turn.origin in _ORIGINS else "")


def _step(turn: Turn) -> tuple[str, ...]:
    return (" · ", element("code", turn.step)) if turn.step else ()


def _passage(passage: Passage) -> Markup:
    label = element("p", passage.label, class_="aside") if passage.label else Markup()
    if not any(text for text, _ in passage.stretches):
        return joined(label, element("p", "(empty)", class_="aside"))
    text = joined(
        *(element("mark", multiline(text)) if of_item else multiline(text) for text, of_item in passage.shown)
    )
    return joined(label, element("pre", text, class_="thought" if passage.aside else ""))
