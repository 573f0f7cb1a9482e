"""A report in which every name and value is one that some reader of reports would obey or choke on."""

from __future__ import annotations

from dataclasses import replace

from fsep.findings import Finding, Outcome, Report
from unit.handmade_report import bad, outcome

CREDENTIAL = "sk-ant-" + "a1" * 24
NASTY = (
    "%0A::error file=x::planted",
    "a\r\n::error::planted",
    "::stop-commands::planted",
    "##[error]planted",
    "]]><testcase name='planted'/>&\"'<!--",
    "\x00\x1b[31m\ufffe\uffff\ud800\udcff",
    "[planted](https://example.org)",
    "[a]](javascript:planted)",
    "{0} {{item.x}} }",
    "../../planted",
    "//example.org/planted",
    "https://example.org/planted",
    "C:\\planted",
    "a,b:c=d",
    "\u202etxt.exe",
    "é 日.json",
    "",
    ".",
    "x" * 5000,
    f"key {CREDENTIAL}",
)


def hostile(text: str) -> Report:
    """Return a report with a text in every place that holds foreign text."""
    findings = tuple(
        Finding(requirement, severity, text, text, 3, 4, text, text, text, text, 2)  # type: ignore[arg-type]
        for requirement, severity in (("FSEP-ADH-002", "error"), (text, "warning"))
    )
    base = bad()
    return replace(
        base,
        bundle={"path": text, "sha256": None, "id": text, "title": text, "synthetic": [text]},
        outcomes=(
            outcome("FSEP-ADH-002", Outcome.FAIL),
            outcome(text, Outcome.FAIL),
            outcome("FSEP-REQ-002", Outcome.NOT_CHECKED, reasons=(text,)),
        ),
        findings=findings,
        not_listed={},
    )
