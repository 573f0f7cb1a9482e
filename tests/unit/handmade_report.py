"""Reports made by hand, for the tests of renderers and of the command line; none comes from a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fsep.findings import Facet, Finding, Outcome, Report
from fsep.findings.report import Leverage, RequirementOutcome

RESERVED = Facet(
    "not-reached", False, ("version 1.0 reserves this facet and defines no requirement for it yet",)
)
ESTABLISHED: Mapping[str, tuple[str, ...]] = {
    "by_recomputation": (
        (
            "The files are those the manifest names, byte for byte; documents and records "
            "are well formed, and their references resolve."
        ),
        (
            "Every transcript is a run of its program: each text the scaffold contributed is "
            "what the program renders, and each recorded request digest follows from the "
            "events."
        ),
        "Every planned run is there once, or is declared failed or missing within the design's limit.",
    ),
    "attested": (
        "That the model named is the one that answered: a provider can return any identity.",
        "Times, token counts and attempts, as the runner wrote them, and the reasons for departures.",
    ),
    "not_established": (
        "Not shown here: that the design was fixed before the first run (`preregistered` is not reached).",
        "That the model produced the recorded bytes, and that nothing was added or removed at the provider.",
        "That no other study was run and dropped, or another run of the same item preferred.",
        (
            "That the items, simulators and environments are good ones, and that results "
            "carry over to people, places and times not measured."
        ),
    ),
}


def outcome(requirement: str, ended: Outcome, *, reasons: tuple[str, ...] = ()) -> RequirementOutcome:
    """Return an outcome with a count of one."""
    kinds = (Outcome.PASS, Outcome.FAIL, Outcome.WITHHELD, Outcome.NOT_CHECKED)
    passed, failed, withheld, not_checked = (int(ended is one) for one in kinds)
    return RequirementOutcome(requirement, ended, passed, failed, withheld, not_checked, reasons)


def good() -> Report:
    """Return the report of a bundle that conforms."""
    passed = [
        f"FSEP-{family}-{number:03}"
        for family, last in (("ADH", 6), ("BND", 9), ("CMP", 5), ("DOC", 4), ("SCF", 7))
        for number in range(1, last + 1)
    ]
    return Report(
        tool={"name": "fsep", "version": "0.1.0"},
        protocol={"version": "1.0", "stage": "draft", "digest": "ab" * 32},
        bundle={
            "path": "examples/capital",
            "sha256": "12" * 32,
            "id": "capital-cities",
            "title": "Capital cities, plain and checked",
            "synthetic": ["system alpha", "system beta"],
        },
        asked=("whole", "replayed", "complete"),
        verdict="conforms",
        facets={
            "whole": Facet("reached", True),
            "replayed": Facet("reached", True),
            "complete": Facet("reached", True),
            "preregistered": Facet(
                "not-reached",
                False,
                ("FSEP-PRE-001: the design was not committed: the bundle holds no commitments",),
            ),
            "rated": RESERVED,
            "claims-checked": RESERVED,
        },
        provenance={
            "grade": "self-recorded",
            "says": (
                "Nobody but the producer vouches for these records: that the exchanges took "
                "place, and that no others were made and dropped, is not shown."
            ),
        },
        counts={
            "systems": 2,
            "scaffolds": 2,
            "items": 2,
            "runs": 8,
            "events": 24,
            "replayed": 8,
            "pinned": 0,
            "withheld": 0,
        },
        outcomes=(
            *(outcome(id_, Outcome.PASS) for id_ in passed),
            outcome("FSEP-ENV-001", Outcome.NOT_APPLICABLE),
            outcome("FSEP-PRE-001", Outcome.FAIL),
            *(
                outcome(f"FSEP-PRE-{number:03}", Outcome.NOT_CHECKED, reasons=("blocked by FSEP-PRE-001",))
                for number in range(2, 6)
            ),
        ),
        established=ESTABLISHED,
        leverage=(Leverage("checked", 1234, 412, ("hint",)), Leverage("direct", 310, 310, ())),
        gaps=(),
        trust=(),
        findings=(
            Finding(
                "FSEP-PRE-001",
                "error",
                "the design was not committed: the bundle holds no commitments",
                None,
                None,
                None,
                None,
                None,
                None,
                (
                    "Add a commitment of the design to `commitments.json`; for a study that has "
                    "already run it is too late to preregister."
                ),
            ),
        ),
        not_listed={},
    )


def bad() -> Report:
    """Return the report of a bundle with faults of many kinds, an importer's gaps, and withheld values."""
    text = "the text at the step 'doubt' of the run 'alpha.checked.peru.0' is not what the program renders"
    findings = (
        Finding(
            "FSEP-ADH-002",
            "error",
            text,
            "transcripts/alpha.jsonl",
            3,
            1204,
            "/events/2/content",
            "Check your answer. You said: Lima",
            "Check your answer. You said: Lima.",
            "Restore the text, or correct the scaffold before data and run again.",
            3,
        ),
        *(
            Finding(
                "FSEP-BND-006",
                "error",
                f"the file is not the one the manifest lists: its digest differs ({number})",
                f"systems/s{number}.json",
                None,
                None,
                None,
                "3f9bfbd1ae4c3b8c" * 4,
                "0f9bfbd1ae4c3b8c" * 4,
                "The file was changed after it was packed; restore it, or pack again if the change is meant.",
            )
            for number in range(7)
        ),
        Finding(
            "FSEP-REQ-005",
            "error",
            (
                "the model identity that the provider returned was not recorded for outputs of "
                "'solver' (model) in runs of the system 'alpha'"
            ),
            "transcripts/alpha.jsonl",
            1,
            310,
            "/events/1",
            None,
            None,
            "Record the identity that the provider returns.",
            120,
        ),
        Finding(
            "FSEP-PRE-001",
            "error",
            "the design was not committed: the bundle holds no commitments",
            None,
            None,
            None,
            None,
            None,
            None,
            "Add a commitment of the design.",
        ),
        Finding(
            "FSEP-OBS-001",
            "warning",
            (
                "50 of its 50 replies are each wrapped in a JSON object with 'message' in the "
                "system 'alpha', and not so in 'beta' (none, 50 outputs)"
            ),
            "systems/alpha.json",
            4,
            9,
            "/id",
            "a JSON object with 'message'",
            None,
            "Look for a response format, a wrapper or a prefill that was set for one system alone.",
        ),
        Finding(
            "FSEP-TRN-006",
            "warning",
            "the run started outside the window of access of 'alpha'",
            "transcripts/alpha.jsonl",
            4,
            88,
            "/started",
            "2026-05-04T10:00:00Z",
            "2026-05-05T00:00:00Z to ...",
            "Widen `access.from` and `access.until`.",
            2,
        ),
    )
    whole = "`whole` is not reached, on which every facet rests"
    return replace(
        good(),
        verdict="does-not-conform",
        facets={
            "whole": Facet(
                "not-reached",
                True,
                (
                    (
                        "FSEP-BND-006: the file is not the one the manifest lists: its digest differs "
                        "(0) (and 6 more)"
                    ),
                ),
            ),
            "replayed": Facet(
                "not-reached",
                True,
                (
                    whole,
                    f"FSEP-ADH-002: {text}",
                    "FSEP-REQ-002: not checked (blocked by FSEP-REQ-001)",
                    "FSEP-REQ-005: the model identity was not recorded",
                    "FSEP-REQ-007: not checked (blocked by FSEP-REQ-005)",
                ),
            ),
            "complete": Facet("not-reached", True, (whole,)),
            "preregistered": Facet(
                "not-reached",
                False,
                (whole, "FSEP-PRE-001: the design was not committed: the bundle holds no commitments"),
            ),
            "rated": RESERVED,
            "claims-checked": RESERVED,
        },
        counts={**good().counts, "replayed": 5, "pinned": 1, "withheld": 2},
        outcomes=(
            outcome("FSEP-ADH-001", Outcome.WITHHELD),
            outcome("FSEP-ADH-002", Outcome.FAIL),
            outcome("FSEP-BND-006", Outcome.FAIL),
            outcome("FSEP-DOC-001", Outcome.PASS),
            outcome("FSEP-OBS-001", Outcome.FAIL),
            outcome(
                "FSEP-REQ-002",
                Outcome.NOT_CHECKED,
                reasons=("blocked by FSEP-REQ-001", "blocked by FSEP-TRN-001"),
            ),
            outcome("FSEP-REQ-007", Outcome.NOT_CHECKED, reasons=("blocked by FSEP-REQ-005",)),
        ),
        gaps=(
            {
                "id": "system-prompt",
                "kind": "rebuilt",
                "what": (
                    "The system prompt was rebuilt from the policy; the source does not record what was sent."
                ),
                "where": "info.environment_info.policy",
                "count": 100,
                "consequence": "No run can be shown to be a run of its program: `replayed` is not reached.",
            },
            {
                "id": "tools",
                "kind": "not-recorded",
                "what": "The definitions of the tools were not recorded.",
            },
        ),
        trust=("cd" * 32,),
        findings=findings,
        not_listed={"FSEP-BND-006": 12},
    )


def incomplete() -> Report:
    """Return the report of a bundle of which something asked about could not be checked."""
    reason = (
        "no trust anchor was given, so that the time-stamp of the design's commitment could not be verified"
    )
    return replace(
        good(),
        asked=("whole", "preregistered"),
        verdict="incomplete",
        facets={
            **good().facets,
            "preregistered": Facet("not-reached", True, (f"FSEP-PRE-004: not checked ({reason})",)),
        },
        outcomes=(outcome("FSEP-PRE-004", Outcome.NOT_CHECKED, reasons=(reason,)),),
        findings=(),
    )


def unusable() -> Report:
    """Return the report of something whose manifest cannot be used."""
    because = ("FSEP-BND-001: there is no bundle.json at the root",)
    blocked = replace(RESERVED, because=("`whole` is not reached, on which every facet rests",))
    return replace(
        good(),
        bundle={"path": "somewhere", "sha256": None, "id": None, "title": None, "synthetic": []},
        asked=("whole",),
        verdict="does-not-conform",
        facets={
            **good().facets,
            "whole": Facet("not-reached", False, because),
            "replayed": blocked,
            "complete": blocked,
        },
        counts={},
        outcomes=(
            outcome("FSEP-BND-001", Outcome.FAIL),
            outcome("FSEP-BND-004", Outcome.NOT_CHECKED, reasons=("blocked by FSEP-BND-001",)),
        ),
        established={
            "by_recomputation": (),
            "attested": (),
            "not_established": ESTABLISHED["not_established"],
        },
        leverage=(),
        findings=(
            Finding(
                "FSEP-BND-001",
                "error",
                "there is no bundle.json at the root",
                None,
                None,
                None,
                None,
                None,
                None,
                "Run `fsep pack`.",
            ),
        ),
    )
