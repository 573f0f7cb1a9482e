"""What `fsep validate` is given beside bundles: waivers, an earlier report as a baseline, a published design.

All are read from files that the caller names. None is looked for: nothing in a bundle may waive itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fsep import limits
from fsep.cli.group import complain, meant, refuse
from fsep.render.safe import quoted, safe

if TYPE_CHECKING:
    from fsep.against import Fixed
    from fsep.findings import Report
    from fsep.findings.waivers import Waiver

_YAML = (".yaml", ".yml")
_Command = TypeVar("_Command", bound=Callable[..., Any])


def options(command: _Command) -> _Command:
    """Give a command the options `--waivers`, `--no-waivers`, `--baseline` and `--against`."""
    file = click.Path(path_type=Path)
    for option in (
        click.option(
            "--against",
            metavar="DESIGN",
            type=file,
            help="A published design (a design.json, or the folder, bundle or zip that holds one): says how "
            "the bundle departs from it, and ends in exit code 1 if it does. Facets and verdict stay.",
        ),
        click.option(
            "--baseline",
            metavar="REPORT",
            type=file,
            help="An earlier JSON report of the bundle: what it has too is counted and not listed. "
            "Facets and verdict stay.",
        ),
        click.option("--no-waivers", is_flag=True, help="Apply no waivers, whatever --waivers says."),
        click.option(
            "--waivers",
            metavar="FILE",
            type=file,
            help="Waivers in YAML or JSON: warnings that they cover fail nothing. Facets and verdict stay.",
        ),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Given:
    """Waivers and a baseline as read, each with the digest of its file, and a design with its place.

    `files` are those that were named.
    """

    files: tuple[Path, ...]
    waivers: tuple[Sequence[Waiver], str] | None
    baseline: tuple[Mapping[str, Any], str] | None
    against: tuple[Fixed, str] | None = None

    def applied(self, report: Report) -> Report:
        """Return the report with waivers and baseline applied.

        Raises:
            FsepError: when the baseline is of another bundle, or of another version of the protocol.
        """
        from fsep.findings.baseline import compare  # noqa: PLC0415 - most validations have none
        from fsep.findings.waivers import waive  # noqa: PLC0415 - see above

        if self.waivers is not None:
            waivers, digest = self.waivers
            report = waive(report, waivers, today(), digest)
        if self.baseline is not None:
            earlier, digest = self.baseline
            _check_same(earlier, report)
            report = compare(report, earlier, digest)
        return report


def today() -> date:
    """Return the day it is, in UTC: by it waivers expire."""
    return datetime.now(UTC).date()


def read(
    paths: Sequence[Path],
    waivers: Path | None,
    no_waivers: bool,
    baseline: Path | None,
    against: Path | None = None,
) -> Given:
    """Read what was given beside bundles.

    Raises:
        FsepError: with what is wrong with a file, and where.
    """
    if waivers is not None and no_waivers:
        complain(f"--no-waivers was given: {safe(str(waivers), 200)} is not read.")
        waivers = None
    if baseline is not None and len(paths) > 1:
        refuse("A baseline is the report of one bundle.", "Validate one bundle at a time with --baseline.")
    files = tuple(path for path in (waivers, baseline, against) if path is not None)
    for path in files:
        _check_outside(path, paths)
    return Given(
        files,
        _waivers(waivers) if waivers is not None else None,
        document(baseline, "report", limits.DOCUMENT_BYTES) if baseline is not None else None,
        _design(against) if against is not None else None,
    )


def _design(path: Path) -> tuple[Fixed, str]:
    from fsep.packing.published import read_published  # noqa: PLC0415 - most validations have none

    return read_published(path), str(path)


def _check_outside(path: Path, bundles: Sequence[Path]) -> None:
    for bundle in bundles:
        # Unlike `Path.resolve`, it takes a link that leads to itself.
        if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(bundle)):
            refuse(
                f"{safe(str(path), 200)} lies in the bundle: nothing in a bundle may speak for itself.",
                "Keep it outside.",
            )


def _check_same(earlier: Mapping[str, Any], report: Report) -> None:
    version, judged = earlier["protocol"]["version"], report.protocol["version"]
    if version != judged:
        refuse(
            f"The baseline was judged by version {version} of the protocol, the bundle by {judged}.",
            "Make a new baseline: `fsep validate BUNDLE --format json -o REPORT`.",
        )
    of, id_ = earlier["bundle"]["id"], report.bundle["id"]
    if None not in (of, id_) and of != id_:
        refuse(
            f"The baseline is a report of the bundle {quoted(of)}, and this is {quoted(str(id_))}.",
            "Give an earlier report of the same bundle.",
        )


def _waivers(path: Path) -> tuple[Sequence[Waiver], str]:
    from fsep.credentials import credentials  # noqa: PLC0415 - most validations have none
    from fsep.findings.waivers import Waiver  # noqa: PLC0415 - see above

    value, digest = document(path, "waivers", limits.WAIVERS_BYTES)
    shown = safe(str(path), 200)
    read: dict[Waiver, int] = {}
    for place, one in enumerate(value["waivers"]):
        where = f"{shown}, at /waivers/{place}"
        if next(credentials(one, names=True), None):
            refuse(f"{where}: it holds a credential.", "Take it out: reports repeat what waivers say.")
        try:
            waiver = Waiver.of(one)
        except ValueError:
            refuse(f"{where}/expires: {quoted(one['expires'])} is no day of the calendar.", "Correct it.")
        _check_known(waiver, where)
        if waiver in read:
            refuse(f"{where}: it is the same as that at /waivers/{read[waiver]}.", "Remove one.")
        read[waiver] = place
    return tuple(read), digest


def _check_known(waiver: Waiver, where: str) -> None:
    """Refuse the id of a requirement that is none; of a version that is not known here nothing is known."""
    from fsep.protocol import UnknownVersion, load  # noqa: PLC0415 - most validations have none

    try:
        known = load(waiver.version).requirements
    except UnknownVersion:
        return
    if waiver.requirement not in known:
        refuse(
            f"{where}/requirement: version {waiver.version} has no requirement "
            f"{quoted(waiver.requirement)}.{meant(waiver.requirement, list(known))}",
            "`fsep requirements` lists them all.",
        )


def document(path: Path, kind: str, limit: int) -> tuple[Mapping[str, Any], str]:
    """Read a document strictly and hold it to the schema of its kind, of the version that it names.

    Returns:
        The document, and the digest of its file.

    Raises:
        FsepError: with what is wrong with the file, and where.
    """
    from fsep.parsing import json, yaml  # noqa: PLC0415 - most validations have none
    from fsep.parsing.problem import ParseError  # noqa: PLC0415 - see above

    shown = safe(str(path), 200)
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        refuse(f"{shown} cannot be read: {error.strerror}.", f"Name a file of schema `{kind}`.")
    if len(data) > limit:
        refuse(f"{shown} is longer than {limit} bytes.", f"Name a file of schema `{kind}`.")
    try:
        value: Any = yaml.parse(data) if path.suffix in _YAML else json.parse(data)
    except ParseError as error:
        refuse(f"{shown}, {error}", error.advice or f"Name a file of schema `{kind}`.")
    _hold(value, kind, shown)
    return value, sha256(data).hexdigest()


def _hold(value: Any, kind: str, shown: str) -> None:
    from fsep.protocol import UnknownVersion, load, versions  # noqa: PLC0415 - most validations have none
    from fsep.protocol.schema_errors import explain, is_valid  # noqa: PLC0415 - see above

    version = value.get("fsep") if isinstance(value, dict) else None
    try:
        protocol = load(version if isinstance(version, str) else versions()[-1].version)
    except UnknownVersion as error:
        refuse(f"{shown}: {error}", error.advice)
    if is_valid(protocol, kind, value):
        return
    problem = next(iter(explain(protocol, kind, value)))
    at = f", at {safe(problem.pointer, 120)}" if problem.pointer else ""
    refuse(f"{shown}{at}: {problem.message}.", f"`fsep schema show {kind}` prints the schema.")
