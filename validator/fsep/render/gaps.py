"""What an import could not carry over, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fsep import limits
from fsep.render.layout import counted, wrap
from fsep.render.safe import guard, safe
from fsep.render.style import Style

_KINDS = {"not-recorded": "not recorded", "rebuilt": "rebuilt", "dropped": "dropped", "changed": "changed"}


def gap_lines(gaps: Sequence[Mapping[str, Any]], style: Style) -> list[str]:
    """Return the gaps of a loss report as lines under a heading; none for none."""
    if not gaps:
        return []
    lines = [style.paint("What the import could not carry over", "bold")]
    for gap in gaps[: limits.TEXT_GAPS]:
        count = f" ({counted(gap['count'], 'place')})" if gap.get("count", 1) != 1 else ""
        where = f" [{safe(gap['where'], limits.TEXT_VALUE)}]" if "where" in gap else ""
        label = _KINDS.get(gap["kind"], safe(gap["kind"], limits.TEXT_NAME))
        lines += wrap(
            f"{label}{count}: {safe(gap['what'], limits.TEXT_MESSAGE)}{where}", style.columns, "  - ", "    "
        )
        if "consequence" in gap:
            so = wrap(f"So: {safe(gap['consequence'], limits.TEXT_MESSAGE)}", style.columns, "    ", "    ")
            lines += [style.paint(line, "dim") for line in so]
    if (more := len(gaps) - limits.TEXT_GAPS) > 0:
        lines.append(f"  - and {counted(more, 'more gap')}, all in loss.json")
    return [guard(line) for line in lines]
