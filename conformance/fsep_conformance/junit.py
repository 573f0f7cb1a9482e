"""A run as JUnit XML, for tools that collect test results; made from verified evidence alone."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

from fsep.render.safe import safe
from fsep_conformance.roles import Told
from fsep_conformance.verify import Verified

_TAGS = {
    "pass": None,
    "fail": "failure",
    "crash": "error",
    "timeout": "error",
    "suite-error": "error",
    "unsupported": "skipped",
    "not-applicable": "skipped",
    "not-run": "skipped",
}


def render(found: Verified, told: Mapping[str, Told]) -> str:
    """Return one XML document: a suite for the run, a case for each case."""
    made = found.header["implementation"]
    root = ElementTree.Element("testsuites", name="fsep conformance")
    suite = ElementTree.SubElement(root, "testsuite", name=safe(f"{made['name']} {made['version']}", 200))
    for id_, verdict in found.verdicts.items():
        about = told.get(id_)
        where = about.requirement if about is not None else "-"
        name = f"{id_}: {about.why}" if about is not None else id_
        case = ElementTree.SubElement(suite, "testcase", classname=where, name=safe(name, 500))
        if (tag := _TAGS[verdict.outcome]) is not None:
            ElementTree.SubElement(case, tag, message=safe(f"{verdict.outcome}: {verdict.why}", 500))
    for one in (root, suite):
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            if one is suite or tag != "skipped":
                one.set(attribute, str(sum(case.find(tag) is not None for case in suite)))
        one.set("tests", str(len(suite)))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'
