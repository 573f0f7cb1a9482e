"""The first part of a page: what a reviewer in a hurry has to know about a bundle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from fsep import limits
from fsep.findings import Facet, Finding, Report
from fsep.render.layout import counted, listed, number
from fsep.render.page import (
    Block,
    Bullets,
    Card,
    Cards,
    Code,
    Columns,
    Facts,
    Inline,
    Line,
    Para,
    Section,
    Status,
    Strong,
    Table,
    Tone,
    prose,
)
from fsep.render.safe import safe
from fsep.render.set_aside import acknowledged, where
from fsep.render.subject import Known, facet_of

_VERDICTS: dict[str, tuple[str, Tone]] = {
    "conforms": ("CONFORMS", "good"),
    "does-not-conform": ("DOES NOT CONFORM", "bad"),
    "incomplete": ("INCOMPLETE", "open"),
}


def bundle_facts(report: Report) -> Facts:
    """Return what the page is about, and what it was made with."""
    bundle, protocol = report.bundle, report.protocol
    pairs: list[tuple[str, Line]] = [("Bundle", (Code(_name(bundle["id"] or "(no id)")),))]
    if bundle["sha256"] is not None:
        pairs.append(("Digest", (Code(f"sha256:{bundle['sha256']}"),)))
    pairs.append(("Protocol", (f"FSEP {protocol['version']} ({protocol['stage']})",)))
    pairs.append(("Checked by", (f"{report.tool['name']} {report.tool['version']}",)))
    if sizes := _sizes(report):
        pairs.append(("Holds", (sizes,)))
    if report.trust:
        anchors: list[Inline] = [f"{counted(len(report.trust), 'trust anchor')}: "]
        anchors += [Code(f"{digest[:16]}… ") for digest in report.trust[: limits.TEXT_NAMES]]
        pairs.append(("Time-stamps", tuple(anchors)))
    return Facts(tuple(pairs))


def _sizes(report: Report) -> str:
    names = ("systems", "scaffolds", "items", "runs", "events")
    counts = report.counts
    said = [counted(counts[name], name.removesuffix("s")) for name in names if name in counts]
    if "replayed" in counts:
        said.append(f"{number(counts['replayed'])} of the runs replayed")
    said += [f"{number(counts[name])} {name}" for name in ("pinned", "withheld") if counts.get(name)]
    return ", ".join(said)


def synthetic(report: Report) -> tuple[Para, ...]:
    """Return the notice of a bundle whose systems or simulators are scripted."""
    names: Sequence[str] = report.bundle["synthetic"]
    if not names:
        return ()
    who = listed(few([_name(name) for name in names], limits.TEXT_NAMES))
    are = "is a scripted stand-in and no model" if len(names) == 1 else "are scripted stand-ins and no models"
    text = f" {who} {are}. Nothing here says anything about a real one."
    return (Para((Strong("SYNTHETIC:"), text), "notice"),)


def verdict(report: Report) -> Section:
    """Return the verdict, what stands between, and who vouches for the records."""
    word, tone = _VERDICTS[report.verdict]
    missed = [facet for facet in report.asked if report.facets[facet].status != "reached"]
    asked = listed(report.asked)
    says = (
        f" at {asked}."
        if not missed
        else f": {listed(missed)} {'is' if len(missed) == 1 else 'are'} not reached. Asked about: {asked}."
    )
    provenance = report.provenance
    grade = provenance["grade"]
    return Section(
        "verdict",
        "Verdict",
        (
            Para((Status(word, tone), says)),
            Table(
                "Facets, and what stands between the bundle and those it does not reach",
                ("Facet", "Status", "What stands between"),
                tuple(_facet_row(names, report) for names in _alike(report)),
            ),
            Para((Strong("Provenance: "), Code(grade), f". {provenance['says']}")),
        ),
    )


def _alike(report: Report) -> list[list[str]]:
    """Return the facets, those together of which the same is said and nobody asked about."""
    together: dict[tuple[object, ...], list[str]] = {}
    for name, facet in report.facets.items():
        apart = facet.status == "reached" or name in report.asked
        together.setdefault((name,) if apart else (facet.asserted, facet.pinned, facet.because), []).append(
            name
        )
    return list(together.values())


def _facet_row(names: Sequence[str], report: Report) -> tuple[Line, ...]:
    facet, asked = report.facets[names[0]], names[0] in report.asked
    if facet.status == "reached":
        status = Status("reached", "good")
    else:
        status = Status("not reached", "bad" if asked else "plain")
    notes = [
        note
        for note, holds in (
            ("not asked", not asked),
            ("asserted by the bundle", facet.asserted and not asked),
            ("pinned: only external parts stand between", facet.pinned),
        )
        if holds
    ]
    said = f" ({'; '.join(notes)})" if notes else ""
    return (", ".join(names),), (status, said), _because(facet)


def _because(facet: Facet) -> Line:
    reasons = [safe(reason, limits.PAGE_REASON) for reason in facet.because]
    shown = few(reasons, limits.TEXT_REASONS)
    return tuple(
        piece for place, reason in enumerate(shown) for piece in ([" · "] if place else []) + _reason(reason)
    ) or ("nothing",)


def _reason(reason: str) -> list[Inline]:
    id_, colon, text = reason.partition(":")
    return [Code(id_), colon + text] if id_.startswith("FSEP-") else list(prose(reason))


def established(report: Report) -> Section:
    """Return what is established by recomputation, what is attested, and what is not established."""
    titles = (
        ("Established by recomputation", "by_recomputation"),
        ("Attested, taken on trust", "attested"),
        ("Not established", "not_established"),
    )
    return Section(
        "established",
        "What this bundle establishes",
        (
            Columns(
                tuple(
                    (
                        title,
                        Bullets(tuple(map(prose, report.established[member])) or (("Nothing.",),)),
                    )
                    for title, member in titles
                )
            ),
        ),
    )


def worst(report: Report, known: Known) -> Section:
    """Return the worst findings: of facets asked about first, errors first, then by how many places they are.

    A requirement comes twice only when no other is left, so that one fault does not hide the others; what
    nobody asked about comes only when nothing else is left.
    """
    met: Counter[str] = Counter()
    chosen = []
    for one in sorted(report.open_findings, key=lambda one: _badness(one, report, known)):
        chosen.append((met[one.requirement], one))
        met[one.requirement] += 1
    chosen.sort(key=lambda pair: (not _asked(pair[1], report, known), pair[0]))
    shown = [one for _, one in chosen[: limits.PAGE_WORST]]
    blocks: list[Block] = []
    if shown:
        more = "; all of them are listed under “All findings”" if len(chosen) > len(shown) else ""
        total = f"{_total(report, known)} in all{more}."
        blocks = [Para((total,), "aside"), Cards(tuple(card(one, report, known) for one in shown))]
    else:
        blocks = [Para(("No finding is open.",))]
    return Section("worst", "The findings that matter most" if shown else "Findings", tuple(blocks))


def _total(report: Report, known: Known) -> str:
    """Return how many places there are of each kind; what nobody asked about is no error of the report."""
    places: Counter[str] = Counter()
    severities = {one.requirement: one.severity for one in report.findings}
    for one in report.open_findings:
        places[_kind(one.requirement, severities, report, known)] += one.count
    for id_, count in report.open_not_listed.items():
        places[_kind(id_, severities, report, known)] += count
    said = [counted(places["error"], "error"), counted(places["warning"], "warning")]
    if places["note"]:
        said.append(f"{counted(places['note'], 'finding')} of facets nobody asked about")
    return listed(said)


def _kind(id_: str, severities: Mapping[str, str], report: Report, known: Known) -> str:
    return severities.get(id_, "error") if facet_of(id_, known, report) in report.asked else "note"


def _badness(finding: Finding, report: Report, known: Known) -> tuple[bool, bool, int, str]:
    return (
        not _asked(finding, report, known),
        finding.severity != "error",
        -finding.count,
        finding.requirement,
    )


def _asked(finding: Finding, report: Report, known: Known) -> bool:
    return facet_of(finding.requirement, known, report) in report.asked


def card(finding: Finding, report: Report, known: Known, *, brief: bool = False) -> Card:
    """Return a finding; in brief without what is said of its requirement as a whole."""
    return Card(tuple(_title(finding, report, known, brief)), Facts(tuple(_facts(finding, brief))))


def _title(finding: Finding, report: Report, known: Known, brief: bool) -> Iterator[Inline]:
    if not brief:
        facet = facet_of(finding.requirement, known, report)
        yield Status(finding.severity, "bad" if finding.severity == "error" else "open")
        yield " "
        yield Code(_name(finding.requirement))
        asked = "" if facet in report.asked or facet == "-" else ", not asked"
        yield f" · {facet}{asked} · " if facet != "-" else " · "
    yield safe(finding.message, limits.TEXT_MESSAGE)
    if finding.count > 1:
        yield f" ({counted(finding.count, 'place')} like it)"


def _facts(finding: Finding, brief: bool) -> Iterator[tuple[str, Line]]:
    if place := where(finding):
        yield "First place" if finding.count > 1 else "Place", (Code(place),)
    for label, value in (("Found", finding.found), ("Expected", finding.expected)):
        if value is not None:
            yield label, (Code(safe(value, limits.TEXT_VALUE)),)
    if finding.hint and not brief:
        yield "To mend it", prose(safe(finding.hint, limits.TEXT_MESSAGE))
    if finding.waiver is not None:
        word = "Waived. " if finding.waived else ""
        yield "Set aside", (word + acknowledged(finding.waiver),)
    if finding.known:
        yield "Known", ("It stands in the baseline too.",)


def few(words: Sequence[str], most: int) -> list[str]:
    """Return the first words, and how many more there are."""
    return [*words[:most], *([f"{number(len(words) - most)} more"] if len(words) > most else [])]


def _name(text: object) -> str:
    return safe(str(text), limits.TEXT_NAME)
