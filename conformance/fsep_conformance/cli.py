"""`fsep conformance`: certify implementations, and derive certificates again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fsep.cli.group import refuse
from fsep.cli.output import check_writable, write
from fsep.render.safe import safe
from fsep_conformance.words import conforms, count_lines, failures, headline

_PATH = click.Path(path_type=Path)
_SHOWN = 20


@click.group(name="conformance", short_help="Certify validators and runners against the suite.")
def command() -> None:
    """Certify implementations of the protocol, in any language, and check certificates.

    An implementation is a command; a configuration file says how to call it. conformance/PROTOCOL.md tells
    what it is asked and what it answers.
    """


@command.command(short_help="Try a plug-in before a run.")
@click.argument("config", type=_PATH)
def doctor(config: Path) -> int:
    """Look whether an implementation can be called as CONFIG says."""
    from fsep_conformance.cases import check_frozen, load  # noqa: PLC0415 - loaded when called
    from fsep_conformance.config import read_config  # noqa: PLC0415
    from fsep_conformance.doctor import examine  # noqa: PLC0415

    suite = load()
    check_frozen(suite)
    fine = True
    for finding in examine(read_config(config), suite):
        click.echo(f"{'  ok ' if finding.fine else 'FAULT'}  {safe(finding.what, 300)}")
        if not finding.fine:
            fine = False
            click.echo(f"       {safe(finding.advice, 500)}")
    click.echo("The plug-in can be run." if fine else "Mend this first; nothing was said about conformance.")
    return 0 if fine else 2


@command.command(name="list", short_help="List the cases.")
@click.option("--requirement", metavar="ID", help="Those about one requirement alone.")
def list_(requirement: str | None) -> None:
    """List the cases: id, what is to be answered, the requirement, and what the case is."""
    from fsep_conformance.cases import load  # noqa: PLC0415
    from fsep_conformance.play import load_runner_cases  # noqa: PLC0415

    suite = load()
    rows = [(case.id, case.verdict, case.requirement, case.why) for case in suite.cases]
    rows += [(case.id, "runner", case.requirement, case.why) for case in load_runner_cases(suite.folder)]
    lines = [
        f"{id_}  {kind:<7} {about}  {safe(why, 300)}\n"
        for id_, kind, about, why in rows
        if requirement in (None, about)
    ]
    write("".join(lines))


@command.command(short_help="Run the suite against an implementation.")
@click.argument("config", type=_PATH)
@click.option(
    "-o",
    "--out",
    type=_PATH,
    required=True,
    metavar="EVIDENCE",
    help="Where evidence is written; a new file.",
)
@click.option("--case", "cases", multiple=True, metavar="ID", help="Run this case alone; may be repeated.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Cases at once.")
def run(config: Path, out: Path, cases: tuple[str, ...], jobs: int) -> int:
    """Run the cases against the implementation that CONFIG names.

    Exit code 0 where it conforms, 1 where it does not.
    """
    from fsep_conformance.cases import check_frozen, load  # noqa: PLC0415
    from fsep_conformance.config import read_config  # noqa: PLC0415
    from fsep_conformance.roles import told  # noqa: PLC0415
    from fsep_conformance.run import header  # noqa: PLC0415
    from fsep_conformance.run import run as run_suite  # noqa: PLC0415

    suite, read = load(), read_config(config)
    check_frozen(suite)
    shown = sys.stderr.isatty()

    def progress(done: int, total: int) -> None:
        if shown:
            click.echo(f"\r{done:>5} of {total} cases", nl=done == total, err=True)

    result = run_suite(suite, read, out, only=cases, jobs=jobs, progress=progress)
    about = told(read.role, suite)
    failed = failures(result.verdicts)
    for id_, verdict in list(failed.items())[:_SHOWN]:
        mark = " (expected)" if id_ in read.expected else ""
        click.echo(f"{id_}  {verdict.outcome}{mark}  {about[id_].requirement}: {safe(about[id_].why, 200)}")
        click.echo(f"        {safe(verdict.why, 300)}")
    if len(failed) > _SHOWN:
        click.echo(f"... and {len(failed) - _SHOWN} more, in the evidence")
    click.echo("\n".join(count_lines(result.counts)))
    click.echo(safe(headline(header(suite, read, len(about)), result.counts)) + ".")
    click.echo(f"Evidence: {safe(str(out), 200)}. Then: fsep conformance verify {safe(str(out), 200)}")
    return 0 if conforms(result.counts) else 1


@command.command(short_help="Derive every verdict again from evidence.")
@click.argument("evidence", type=_PATH)
def verify(evidence: Path) -> int:
    """Work every verdict out again from EVIDENCE, without the implementation.

    Exit code 1 where one does not follow, or the file was changed.
    """
    from fsep_conformance.cases import load  # noqa: PLC0415
    from fsep_conformance.evidence import EvidenceError  # noqa: PLC0415
    from fsep_conformance.verify import NOT_SHOWN, taken  # noqa: PLC0415
    from fsep_conformance.verify import verify as derive  # noqa: PLC0415

    try:
        found = derive(evidence, load())
    except EvidenceError as error:
        click.echo(f"NOT VERIFIED: {safe(str(error))}")
        if error.advice:
            click.echo(f"      {safe(error.advice)}")
        return 1
    click.echo(f"VERIFIED: {len(found.verdicts):,} verdicts follow from {len(found.exchanges):,} exchanges.")
    click.echo(safe(headline(found.header, found.counts)) + ".")
    click.echo(f"The last line's SHA-256, which stands for the file: {found.sha256}")
    click.echo("Taken at the record's word, and not derived:")
    for line in taken(found):
        click.echo(f"  - {line}")
    click.echo("Not shown by it:")
    for line in NOT_SHOWN:
        click.echo(f"  - {line}")
    return 0


@command.command(short_help="Make a page or JUnit XML of evidence.")
@click.argument("evidence", type=_PATH)
@click.option("--format", "form", type=click.Choice(["html", "junit"]), default="html", show_default=True)
@click.option(
    "-o", "--out", type=_PATH, metavar="FILE", help="Where to write it, in the place of standard output."
)
def report(evidence: Path, form: str, out: Path | None) -> None:
    """Make a page for reviewers, or JUnit XML, of EVIDENCE; its verdicts are derived again first."""
    from fsep_conformance import junit, page  # noqa: PLC0415
    from fsep_conformance.cases import load  # noqa: PLC0415
    from fsep_conformance.roles import told  # noqa: PLC0415
    from fsep_conformance.verify import verify as derive  # noqa: PLC0415

    if out is not None:
        check_writable(out, (evidence,))
    suite = load()
    found = derive(evidence, suite)
    about = told(found.header["implementation"]["role"], suite)
    write(page.render(found, about) if form == "html" else junit.render(found, about), out)


@command.command(short_help="Compare two runs.")
@click.argument("one", type=_PATH)
@click.argument("other", type=_PATH)
def diff(one: Path, other: Path) -> int:
    """Say what differs between two files of evidence; tells a changed suite from a changed implementation."""
    from fsep_conformance.compare import differences  # noqa: PLC0415

    lines = list(differences(one, other))
    for line in lines:
        click.echo(safe(line, 400))
    if not lines:
        click.echo("Nothing differs.")
    return 1 if lines else 0


@command.command(short_help="Say which requirements the cases reach.")
def coverage() -> int:
    """Say which binding requirements have an accepting case, a refusing case and a fault that is caught.

    Exit code 1 where one has not, and no reason is written down.
    """
    from fsep_conformance.cases import load  # noqa: PLC0415
    from fsep_conformance.coverage import Row, covered, gaps  # noqa: PLC0415

    suite = load()
    rows = covered(suite)

    def line(row: Row) -> str:
        shown = f"{row.requirement}  {row.accepting:>4} {row.refusing:>4}  {', '.join(row.caught_by) or '-'}"
        return f"{shown}{f'  excluded: {row.excluded}' if row.excluded else ''}\n"

    write("requirement   accept refuse  faults that are caught\n" + "".join(map(line, rows)))
    found = gaps(suite, rows)
    for one in found:
        click.echo(f"GAP  {safe(one, 300)}")
    click.echo(f"{len(rows)} binding requirements, {len(found)} gaps.")
    return 1 if found else 0


@command.command(short_help="Run the suite against implementations that are wrong on purpose.")
@click.option("--fault", "names", multiple=True, metavar="NAME", help="This one alone; may be repeated.")
@click.option(
    "--written", is_flag=True, help="Those alone that were written by hand, not one for each requirement."
)
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Faults at once.")
def mutants(names: tuple[str, ...], written: bool, jobs: int) -> int:
    """Say which case catches which faulty implementation, which ones survive, and the score.

    A fault counts as caught only where a case about the requirement that it is named after fails. Exit code 1
    where one survives.
    """
    from fsep_conformance.cases import load  # noqa: PLC0415
    from fsep_conformance.faults import faults, hunt  # noqa: PLC0415

    suite = load()
    hunted = [
        one
        for one in faults(suite.version)
        if (not names or one.name in names) and not (written and one.mechanical)
    ]
    if strange := sorted(set(names) - {one.name for one in hunted}):
        refuse(f"There is no fault {strange[0]!r}.", "Without --fault all are run, and listed.")
    survivors = []
    for caught in hunt(suite, hunted, jobs=jobs):
        shown = ", ".join(f"{id_} ({how})" for id_, how in caught.cases[:3])
        more = f" and {len(caught.cases) - 3} more" if len(caught.cases) > 3 else ""
        click.echo(f"{caught.fault.name:<34} {f'caught by {shown}{more}' if shown else 'SURVIVES'}")
        if not caught.cases:
            survivors.append(caught.fault)
    for one in survivors:
        click.echo(f"SURVIVES  {one.name}: {one.sentence} Named: {', '.join(one.named)}")
    click.echo(
        f"{len(hunted) - len(survivors)} of {len(hunted)} faults are caught by the check that they name."
    )
    return 1 if survivors else 0
