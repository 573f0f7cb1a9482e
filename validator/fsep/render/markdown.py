"""A report as a Markdown card, for the appendix of a paper or a model card: the first part, then findings.

It is CommonMark with the tables of GitHub. Foreign texts are escaped so that they are no markup and no link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fsep.findings import Report
from fsep.overview import Overview
from fsep.render.page import (
    Block,
    Bullets,
    Card,
    Cards,
    Code,
    Columns,
    Details,
    Facts,
    Forest,
    Group,
    HeatMap,
    Inline,
    Ladder,
    Line,
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
from fsep.render.safe import safe, veiled

# What means something wherever it stands, and may be escaped by a backslash (CommonMark 0.31, 2.4).
_ANYWHERE = r"[\\`*_{}\[\]()<>!|~&^]"
# What begins a list, a heading's underline or a definition where a line begins with it; what makes a link of
# a bare address.
_BEGINNING = r"(?<=\A)[-+=:]|(?<=\A\d)[.]|(?<=\A\d\d)[.]"
_ADDRESS = r"(?<=[Ww]{3})[.]|:(?=/)"
_INSIDE = re.compile(f"{_ANYWHERE}|{_ADDRESS}")
_FIRST = re.compile(f"{_ANYWHERE}|{_ADDRESS}|{_BEGINNING}")
# What readers look for after they have read the escapes: mentions, references to issues, formulas.
_APART = {"@": "<span>@</span>", "#": "<span>\\#</span>", "$": "<span>\\$</span>"}
_SEEN_LATER = re.compile("[@#$]")
_TAB = "    "


def render(report: Report, overview: Overview) -> str:
    """Return the card; the same report and overview give the same text."""
    made = page(report, overview)
    lines = [f"# {escaped(made.title)}", ""]
    top: tuple[Block, ...] = (made.facts, *made.notices)
    for block in top:
        lines += [*_block(block), ""]
    for section in (*made.first, *made.rest):
        lines += _section(section)
    lines += ["---", "", *_block(made.foot)]
    return "\n".join(lines) + "\n"


def escaped(text: str, *, first: bool = True) -> str:
    """Return a foreign text on one line, as Markdown that shows it and is nothing else.

    `first` says that a line may begin with it.
    """
    shown = (_FIRST if first else _INSIDE).sub(r"\\\g<0>", safe(text))
    return _SEEN_LATER.sub(lambda match: _APART[match[0]], shown)


def code(text: str) -> str:
    """Return a foreign text as a span of code; a bar is escaped, as tables want it in code too."""
    shown = safe(text)
    if not shown.strip():
        return escaped(shown) or "\\-"
    if "|" in shown or "\\" in shown:
        # In code a bar cannot be told from the end of a cell by all readers, nor its escape from a backslash.
        return escaped(shown)
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    apart = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{apart}{shown}{apart}{fence}"


def _section(section: Section) -> Iterator[str]:
    yield from (f"## {escaped(section.title)}", "")
    for block in section.blocks:
        yield from (*_block(block), "")


def _inline(one: Inline, *, first: bool) -> str:
    match one:
        case Code(text):
            return code(text)
        case Strong(text) | Status(text, _):
            # Emphasis does not begin or end beside a space.
            inner = text.strip()
            return text.replace(inner, f"**{escaped(inner)}**", 1) if inner else ""
        case _:
            return escaped(one, first=first)


def _line(line: Line) -> str:
    return "".join(_inline(one, first=not place) for place, one in enumerate(line)).strip()


def _block(block: Block) -> Iterator[str]:
    match block:
        case Para(line, kind):
            yield ("> " if kind == "notice" else "") + _line(line)
        case Facts(pairs):
            yield from (f"- {escaped(name)}: {_line(line)}" for name, line in pairs)
        case Bullets(lines):
            yield from (f"- {_line(line)}" for line in lines)
        case Columns(columns):
            # Lists do not fit in the cells of a table.
            for title, bullets in columns:
                yield from (f"### {escaped(title)}", "", *_block(bullets), "")
        case Table():
            yield from _table(block)
        case Cards(cards):
            for number, card in enumerate(cards, 1):
                yield from _card(number, card)
        case Turns(turns):
            for turn in turns:
                yield from _turn(turn)
        case Details(summary, blocks) | Group(summary, blocks):
            yield from (f"### {_line(summary)}", "")
            for inner in blocks:
                yield from (*_block(inner), "")
        case HeatMap():
            yield from _heat_map(block)
        case Forest():
            yield from _table(block.table)
        case Ladder(levels):
            yield from (
                f"{place}. {escaped(level)}" + (f": **{says}**" if (says := block.says(level)) else "")
                for place, level in enumerate(levels, 1)
            )


def _table(table: Table) -> Iterator[str]:
    yield from (escaped(table.caption) + ":", "")
    rule = ["---", *(["---:" if table.numbers else "---"] * (len(table.columns) - 1))]
    yield _row([escaped(name) for name in table.columns])
    yield _row(rule)
    for row in table.rows:
        yield _row([_line(cell(one)) for one in row])


def _heat_map(table: HeatMap) -> Iterator[str]:
    rows: list[tuple[Line, ...]] = [
        ((name,), *(("; ".join((one.figure, *one.under)),) for one in row)) for name, row in table.rows
    ]
    yield from _table(Table(table.caption, table.columns, tuple(rows)))
    if table.lacking is not None:
        yield from ("", escaped(": ".join(table.lacking)))


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _card(number: int, card: Card) -> Iterator[str]:
    yield f"{number}. {_line(card.title)}"
    indent = " " * (len(str(number)) + 2)
    yield from (f"{indent}- {escaped(name)}: {_line(line)}" for name, line in card.facts.pairs)


def _turn(turn: Turn) -> Iterator[str]:
    place = f"{turn.number}\\. " if turn.number else ""
    step = f" · {code(turn.step)}" if turn.step else ""
    yield from (f"{place}**{escaped(turn.who)}**{escaped(turn.does)}{step}", "")
    if turn.notes:
        yield from (escaped(" · ".join(turn.notes)), "")
    for one in turn.body:
        yield from (*(_passage(one) if isinstance(one, Passage) else _block(one)), "")


def _passage(passage: Passage) -> Iterator[str]:
    if passage.label:
        yield from (f"{escaped(passage.label)}:", "")
    whole = veiled("".join(text for text, _ in passage.shown)).replace("\r\n", "\n")
    shown = [safe(line.replace("\t", _TAB)) for line in whole.split("\n")] if whole else ["(empty)"]
    fence = "`" * max(3, 1 + max((len(run) for line in shown for run in re.findall("`+", line)), default=0))
    yield from (f"{fence}text", *shown, fence)
