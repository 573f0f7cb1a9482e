"""Why some changed bundles conform: every change that decides no verdict, with the reason.

A mutant that conforms, and differs from its good parent at a place that no rule speaks of, is a fault of the
validator, or a rule is missing here. A rule is written after the specification, not after what the validator does.
Most rules excuse a place whatever stands there; a bundle that conforms gets a second opinion besides.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fsep.findings import Report
from fuzz.differences import ABSENT, Difference, differences
from fuzz.mutants import Mutant


@dataclass(frozen=True, slots=True)
class Rule:
    """Places, as a regular expression over path and pointer, whose change decides no verdict, and why.

    With `when`, only a change, a mutant and a report that it holds for.
    """

    name: str
    places: str
    reason: str
    when: Callable[[Difference, Mutant, Report], bool] = lambda _difference, _mutant, _report: True

    def covers(self, difference: Difference, mutant: Mutant, report: Report) -> bool:
        """Whether the rule excuses a difference."""
        return bool(re.fullmatch(self.places, difference.place)) and self.when(difference, mutant, report)


def _locked(_difference: Difference, mutant: Mutant, _report: Report) -> bool:
    return "design locked anew" in mutant.chain


def _not_preregistered(_difference: Difference, _mutant: Mutant, report: Report) -> bool:
    return report.facets["preregistered"].status == "not-reached"


def _same_text(difference: Difference, _mutant: Mutant, _report: Report) -> bool:
    return _text(difference.before) == _text(difference.after) is not None


def _text(content: Any) -> str | None:
    """Return the text of content that holds nothing else."""
    if isinstance(content, list):
        if any(part["type"] != "text" or not isinstance(part.get("text"), str) for part in content):
            return None
        return "".join(part["text"] for part in content)
    return content if isinstance(content, str) else "" if content is None else None


def _cut(difference: Difference, _mutant: Mutant, _report: Report) -> bool:
    return bool(difference.before[: len(difference.after)] == difference.after)


def _design_first(difference: Difference, _mutant: Mutant, _report: Report) -> bool:
    return bool(difference.before[:1] == difference.after[:1])


def _heard(difference: Difference, mutant: Mutant, _report: Report) -> bool:
    """Whether it stands in an event of somebody else than the program."""
    from fuzz.differences import runs_of

    name, number = re.findall(r"^transcripts/([^/]+)/events/([0-9]+)", difference.place)[0]
    run = next(
        run
        for run in runs_of(mutant.files)
        if ".".join([run["system"], run["scaffold"], run["item"]]) == name.rpartition(".")[0]
    )
    return bool(run["events"][int(number)]["origin"] != "program")


RUN = r"transcripts/[a-z0-9.-]+"
EVENT = RUN + r"/events/[0-9]+"
DOCUMENT = r"(bundle|design|(scaffolds|systems|simulators|environments)/[a-z-]+)\.json"

NEUTRAL = (
    Rule("prose", DOCUMENT + "/(title|description)", "Titles and descriptions are for people, and no requirement reads them."),
    Rule("extensions", r".*/extensions(/.*)?", "Extensions affect no request, rating or figure (FSEP-DOC-002); but for credentials nobody reads them."),
    Rule(
        "files left out",
        r"bundle\.json/files/(ledger\.jsonl|commitments\.json)",
        "A bundle need not have a ledger or commitments: without them it is self-recorded, and not preregistered.",
        lambda _one, _mutant, report: report.provenance["grade"] == "self-recorded" or _not_preregistered(_one, _mutant, report),
    ),
    Rule("origin of the bundle", r"bundle\.json/(id|created|producer(/.*)?)", "What a manifest says of its making is attested."),
    Rule("asserted facets", r"bundle\.json/asserts(/.*)?", "What is asserted is what is asked where nothing is required; here facets are required."),
    Rule(
        "names of files",
        r"bundle\.json/files/(transcripts|proofs|blobs)/.*",
        "Of these roles there may be any number, and a file's name but for its folder means nothing; a blob's is its digest.",
    ),
    Rule("a file nobody refers to", "(proofs|blobs)/.*", "Proofs and blobs may be there without a use.", lambda one, _mutant, _report: one.before is ABSENT),
    Rule("times", f"({EVENT}|{RUN})/(started|ended)", "Times are as the runner wrote them; their order and the window of access are advisory (FSEP-TRN-005, FSEP-TRN-006)."),
    Rule(
        "what happened",
        f"{EVENT}/(usage|finish|attempts|error|participant)(/.*)?|{RUN}/(usage|reward|failure)(/.*)?",
        "Members that record what happened, which nothing recomputes; of attempts, that the last alone is complete, holds (FSEP-TRN-003).",
    ),
    Rule("names of runs", f"{RUN}/run", "The id of a run is any that no other run has; a ledger names it."),
    Rule(
        "what was said",
        f"{EVENT}/(content|tool_calls|returned_model)(/.*)?",
        "Words of models, simulators and environments are what a program is replayed on; without a ledger they differ unseen where no later text or request rests on them.",
        _heard,
    ),
    Rule("parts of a text", f"({EVENT}|{RUN}/result/[0-9]+)/content(/.*)?", "Text parts are joined before they are compared (FSEP-ADH-002).", _same_text),
    Rule("a run that failed earlier", f"{RUN}/events", "A failed run may end before any of its events (FSEP-ADH-001).", _cut),
    Rule(
        "another program",
        r"scaffolds/[a-z-]+\.json/program/.*",
        "Another program, fixed by another design: each run is a run of it as well, so that what differs was not come to or has the same effect.",
        _locked,
    ),
    Rule("other items", r"items\.jsonl(/.*)?", "Other items, fixed by another design: no run rests on what differs, or it is their order.", _locked),
    Rule("remarks on items", r"items\.jsonl/[0-9]+/(language|extensions)(/.*)?", "An item's program digest covers its id, fields and cluster."),
    Rule(
        "another environment",
        r"(environments|simulators)/[a-z-]+\.json/(version|implementation(/.*)?|model/.*|tools/.*)",
        "Another simulator or environment, fixed by another design; what requests hold of it is as it was.",
        _locked,
    ),
    Rule(
        "another design",
        r"design\.json/(id|baseline|limits/missing_share|replicates)",
        "It is another design: only commitments and derived seeds tie runs to one.",
    ),
    Rule("order of scaffolds", r"design\.json/scaffolds/[0-9]+/(id|program_sha256)", "In another order they are another design; which scaffolds it fixes is checked all the same (FSEP-REF-002, FSEP-DSG-001)."),
    Rule(
        "declared of a system",
        r"(systems|simulators)/[a-z-]+\.json/(aliases|synthetic|access|runner|declared_parameters|model/(version|provider|returned))(/.*)?",
        "Declared and attested; that no name occurs and that every identity returned is declared is checked all the same.",
    ),
    Rule("adaptations", r"systems/[a-z-]+\.json/adaptations(/.*)?", "An adaptation that changes no request of a system is declared for nothing."),
    Rule("reasons", r"departures\.json/departures/[0-9]+/reason", "Reasons for departures are attested."),
    Rule(
        "runs less",
        RUN + r"|departures\.json/departures(/.*)?",
        "A run that is missing or failed is declared, and within the share that the design allows (FSEP-CMP-001 to 005).",
    ),
    Rule(
        "commitments",
        r"(commitments\.json|proofs)(/.*)?",
        "Commitments and their proofs decide `preregistered` alone, which is not asked about here, and is not reached.",
        _not_preregistered,
    ),
    Rule("commitments of records", r"commitments\.json/commitments/[12]/.*", "Beside the design's, a commitment is held to its digest and the chain; its time is its maker's."),
    Rule("less or more committed", r"commitments\.json/commitments", "The design has to be committed, and nothing else; a chain may be longer or shorter.", _design_first),
    Rule(
        "order of the ledger",
        r"ledger\.jsonl(/.*)?",
        "When a line was written is attested, starts and ends of different runs may stand in any order, and a failed run may lack its end; the chain holds (FSEP-PRV-001, FSEP-PRV-002).",
    ),
)  # fmt: skip

FORM = "form"
CONTAINERS = {
    "directory": "A directory.",
    "zip": "An archive, stored or deflated, its members in any order.",
    "directory, empty folder": "Directories are held to the grammar, and mean nothing (FSEP-BND-002).",
    "directory, linked file": "Two names of one regular file are two regular files.",
    "zip, comment": "A comment belongs to the archive's end record (FSEP-BND-001).",
    "zip, folders systems/": "A directory entry is held to the grammar, and is otherwise ignored (FSEP-BND-002).",
    "zip, folders notes/": "A directory entry is held to the grammar, and is otherwise ignored (FSEP-BND-002).",
    "zip, bytes": "Of a member's own header, times, versions and attributes mean nothing; its members read as they were.",
}


def excused(mutant: Mutant, report: Report) -> tuple[list[str], list[str]]:
    """Return the names of the rules that excuse a mutant that conforms, and what no rule excuses."""
    used, left = [], []
    form = next((one for one in CONTAINERS if mutant.form == one or mutant.form.startswith(f"{one} ")), None)
    if form is None or (mutant.path.is_file() and not _reads_alike(mutant)):
        left.append(f"form: {mutant.form}")
    else:
        used.append(form)
    found = differences(mutant.reference, mutant.files)
    if not found and mutant.reference != mutant.files:
        used.append(FORM)
    for difference in found:
        rule = next((rule for rule in NEUTRAL if rule.covers(difference, mutant, report)), None)
        if rule is None:
            left.append(str(difference))
        else:
            used.append(rule.name)
    return used, left


def _reads_alike(mutant: Mutant) -> bool:
    with zipfile.ZipFile(mutant.path) as opened:
        return {one: opened.read(one) for one in opened.namelist() if not one.endswith("/")} == mutant.files
