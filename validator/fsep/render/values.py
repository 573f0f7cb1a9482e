"""Found and expected values as people see them: where only spaces tell them apart, spaces are shown."""

from __future__ import annotations

from fsep import limits
from fsep.findings import Finding
from fsep.render.safe import safe

# Stands for a space where spaces are all that differs: nobody sees one at the end of a line.
SPACE = "␣"
ONLY_SPACES = f"They differ in spaces alone; each is shown as {SPACE}."


def found_and_expected(
    finding: Finding, limit: int = limits.TEXT_VALUE
) -> tuple[str | None, str | None, str | None]:
    """Return both values, safe to print, and a sentence to stand below them where they only differ in spaces.

    Other white space needs no such help: `safe` spells it out.
    """
    found, expected = (
        None if value is None else safe(value, limit) for value in (finding.found, finding.expected)
    )
    if found is None or expected is None or found == expected:
        return found, expected, None
    if found.replace(" ", "") != expected.replace(" ", ""):
        return found, expected, None
    return found.replace(" ", SPACE), expected.replace(" ", SPACE), ONLY_SPACES
