"""`fsep validate`: say of each bundle which facets it reaches, and what stands between it and the rest."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fsep.cli import CONFORMS, DOES_NOT, INCOMPLETE, INTERNAL, USAGE, given, internal_error
from fsep.cli.formats import emit, outputs
from fsep.cli.group import complain, meant, refuse
from fsep.cli.progress import Progress
from fsep.protocol import FACETS
from fsep.render.safe import quoted, safe

if TYPE_CHECKING:
    from fsep.against import Fixed
    from fsep.findings import Report

_CODES = {"conforms": CONFORMS, "does-not-conform": DOES_NOT, "incomplete": INCOMPLETE}
# Of several bundles the worst decides, in this order.
_WORST_FIRST = (INTERNAL, USAGE, DOES_NOT, INCOMPLETE, CONFORMS)
# A file of trust anchors: thousands of certificates fit.
_TRUST_BYTES = 1 << 20


@click.command(short_help="Say which facets bundles reach, and what is in the way.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--require",
    metavar="FACETS",
    multiple=True,
    help="Facets to ask about, separated by commas; if none, those the bundle asserts. `whole` always is.",
)
@click.option(
    "--format",
    "forms",
    metavar="FORM[=FILE]",
    multiple=True,
    help="text for people (the default), json for the document of schema `report` (an array of them for "
    "several bundles), sarif, junit, or github for its workflow commands. May be repeated: all but one name "
    "a file.",
)
@click.option(
    "-o",
    "out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the report to a file: the one whose format names none.",
)
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(min=0),
    help="Processes that check transcripts; 0 for one a core. By default one, and one a core above 50 MiB of "
    "transcripts. The report is the same for any number.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="With `warning`, a warning that is new and not waived ends in exit code 1 as well.",
)
@click.option(
    "--engine",
    type=click.Choice(["fast", "reference"]),
    default="fast",
    show_default=True,
    help="Which JSON Schema engine decides; both come to the same.",
)
@click.option(
    "--trust",
    metavar="PEMFILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Root certificates of the time-stamp authorities you trust; may be repeated.",
)
@given.options
def command(  # noqa: PLR0917 - click gives each option by its name
    paths: tuple[Path, ...],
    require: tuple[str, ...],
    forms: tuple[str, ...],
    out: Path | None,
    jobs: int | None,
    fail_on: str,
    engine: str,
    trust: tuple[Path, ...],
    waivers: Path | None,
    no_waivers: bool,
    baseline: Path | None,
    against: Path | None,
) -> int:
    """Validate bundles: directories or zip archives.

    Exit codes: 0 conforms at the facets asked about, 1 does not, or departs from the design of --against,
    2 usage or configuration, 3 incomplete (something could not be checked, or is withheld), 4 internal error.
    Of several bundles the worst counts: 4, 2, 1, 3, 0.
    """
    asked = facets(require)
    anchors = [anchor(path) for path in trust]
    beside = given.read(paths, waivers, no_waivers, baseline, against)
    places = outputs(forms, out, (*paths, *trust, *beside.files))
    reports, codes = [], []
    for path in paths:
        report, code = validate_one(path, asked, jobs, engine == "reference", anchors, against=beside.against)
        if report is not None:
            report = beside.applied(report)
            reports.append(report)
        codes.append(max(code, _warned(report, fail_on), _departed(report), key=_badness))
    if reports or len(paths) > 1:
        emit(places, reports, several=len(paths) > 1)
    return max(codes, key=_badness)


def _badness(code: int) -> int:
    return -_WORST_FIRST.index(code)


def _warned(report: Report | None, fail_on: str) -> int:
    warned = fail_on == "warning" and report is not None and report.has_open_warnings
    return DOES_NOT if warned else CONFORMS


def _departed(report: Report | None) -> int:
    departed = report is not None and report.against is not None and not report.against.same
    return DOES_NOT if departed else CONFORMS


def validate_one(
    path: Path,
    asked: Sequence[str],
    jobs: int | None,
    reference: bool,
    anchors: Sequence[bytes],
    *,
    against: tuple[Fixed, str] | None = None,
) -> tuple[Report | None, int]:
    """Validate one bundle; what keeps it from being looked at is said, and the others have their turn."""
    from fsep.bundle import BundleError  # noqa: PLC0415 - see below
    from fsep.engine import cores, validate  # noqa: PLC0415 - it loads all checks
    from fsep.protocol import ProtocolDataError  # noqa: PLC0415 - see above

    progress = Progress(sys.stderr)
    try:
        try:
            report = validate(
                path,
                require=asked,
                jobs=cores() if jobs == 0 else jobs,
                reference=reference,
                trust=anchors,
                against=against,
                progress=progress,
            )
        finally:
            progress.done()
    except (BundleError, ProtocolDataError) as error:
        complain(str(error), error.advice)
        return None, USAGE
    except Exception as error:
        # Any other error, also one that fsep raises on purpose, has no business to come out of the engine.
        return None, internal_error(error)
    return report, _CODES[report.verdict]


def facets(require: Sequence[str]) -> list[str]:
    """Return the facets that were asked about; refuse a name that is none."""
    asked = [name.strip() for given in require for name in given.split(",") if name.strip()]
    if require and not asked:
        refuse("--require names no facet.", f"Known are: {', '.join(FACETS)}.")
    for name in asked:
        if name not in FACETS:
            refuse(
                f"There is no facet {quoted(name)}.{meant(name, FACETS)}",
                f"Known are: {', '.join(FACETS)}.",
            )
    return asked


def anchor(path: Path) -> bytes:
    """Read a file of trust anchors.

    Raises:
        FsepError: when it cannot be read or holds no certificate.
    """
    from cryptography import x509  # noqa: PLC0415 - most validations have none

    shown = safe(str(path), 200)
    try:
        with path.open("rb") as stream:
            data = stream.read(_TRUST_BYTES + 1)
    except OSError as error:
        refuse(
            f"The trust anchor {shown} cannot be read: {error.strerror}.",
            "Give a file of X.509 certificates in PEM form.",
        )
    try:
        if len(data) > _TRUST_BYTES or not x509.load_pem_x509_certificates(data):
            raise ValueError
    except ValueError:
        refuse(
            f"The trust anchor {shown} holds no certificate that can be read.",
            "Give a file of X.509 certificates in PEM form, at most 1 MiB.",
        )
    return data
