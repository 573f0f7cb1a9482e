"""`fsep run`: make the planned runs of a study against chat endpoints, and the bundle of them."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fsep.cli import CONFORMS, INCOMPLETE, INTERRUPTED
from fsep.cli.group import complain, refuse
from fsep.cli.output import write
from fsep.render.layout import counted, number, wrap
from fsep.render.safe import safe

if TYPE_CHECKING:
    from fsep.run.begin import Named
    from fsep.run.options import Options
    from fsep.run.session import Outcome

# Reasons for which runs failed that are told, those first that most failed for.
_REASONS = 5


@click.command(short_help="Make the runs of a study against chat endpoints.")
@click.argument("study", metavar="DESIGN", type=click.Path(path_type=Path))
@click.option("-o", "out", metavar="BUNDLE", type=click.Path(path_type=Path), help="The bundle to write.")
@click.option(
    "--system",
    "systems",
    metavar="ID=ENDPOINT",
    multiple=True,
    help="A system and where it answers: the base address of an OpenAI-compatible endpoint, such as "
    "http://127.0.0.1:8080/v1, or script:FILE for a scripted model. May be repeated.",
)
@click.option(
    "--simulator",
    "simulators",
    metavar="ID=ENDPOINT",
    multiple=True,
    help="Likewise for a simulator of the design.",
)
@click.option(
    "--environment",
    "environments",
    metavar="ID=FILE",
    multiple=True,
    help="The program that answers an environment's calls; its digest has to be the one that the design "
    "binds.",
)
@click.option(
    "--key",
    "keys",
    metavar="ID=VARIABLE",
    multiple=True,
    help="The environment variable that holds the key for the endpoint of a system or simulator.",
)
@click.option(
    "--concurrency",
    default=4,
    show_default=True,
    type=click.IntRange(1, 1024),
    help="Runs of a system at once.",
)
@click.option(
    "--rate",
    metavar="N",
    type=click.FloatRange(min=0, min_open=True),
    help="Requests to an endpoint a minute, at most.",
)
@click.option(
    "--attempts",
    default=6,
    show_default=True,
    type=click.IntRange(1, 100),
    help="Attempts at a request; only transport errors, 429 and 5xx are tried again.",
)
@click.option(
    "--request-limit",
    metavar="SECONDS",
    default=600.0,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="How long one attempt may take.",
)
@click.option(
    "--run-limit",
    metavar="SECONDS",
    default=7200.0,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="How long one run may take.",
)
@click.option(
    "--call-limit",
    metavar="SECONDS",
    default=60.0,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="How long an environment may take for one call.",
)
@click.option("--stream", is_flag=True, help="Have replies come in pieces; the transcript is the same.")
@click.option(
    "--resume", is_flag=True, help="Go on with runs that were begun: what is complete is not asked again."
)
@click.option(
    "--close",
    is_flag=True,
    help="Ask nothing more: write the bundle, with what was not made declared in departures.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Print the plan and the first request of each scaffold; ask nothing, write nothing.",
)
def command(  # noqa: PLR0917 - click gives each option by its name
    study: Path,
    out: Path | None,
    systems: tuple[str, ...],
    simulators: tuple[str, ...],
    environments: tuple[str, ...],
    keys: tuple[str, ...],
    concurrency: int,
    rate: float | None,
    attempts: int,
    request_limit: float,
    run_limit: float,
    call_limit: float,
    stream: bool,
    resume: bool,
    close: bool,
    dry_run: bool,
) -> int:
    """Run every system named on every item of a study with every scaffold, and write the bundle.

    DESIGN is a folder as `fsep init` begins one, or a published bundle or zip, of whose runs nothing is
    taken. What the runs come to is kept in BUNDLE.run/ as they go, so that after any interruption --resume
    goes on.

    Exit codes: 0 the bundle is written; 2 usage or configuration; 3 runs are left to make; 4 internal error;
    130 interrupted twice.
    """
    try:
        import httpx  # noqa: F401, PLC0415 - an extra: most who validate never run
    except ImportError:
        refuse("Running needs what the extra `run` installs.", "Install it: pip install 'fsep[run]'.")
    from fsep.run.begin import Named  # noqa: PLC0415 - loaded when called
    from fsep.run.options import Options  # noqa: PLC0415 - see above

    named = Named(
        pairs("--system", systems),
        pairs("--simulator", simulators),
        pairs("--key", keys, "ID=VARIABLE"),
        {id_: Path(file) for id_, file in pairs("--environment", environments, "ID=FILE").items()},
    )
    options = Options(
        concurrency=concurrency,
        per_minute=rate,
        request_seconds=request_limit,
        run_seconds=run_limit,
        call_seconds=call_limit,
        attempts=attempts,
        stream=stream,
    )
    if dry_run:
        return _preview(study, named, stream=stream)
    if out is None:
        refuse("Where the bundle is to be written is not said.", "Name it with -o BUNDLE.")
    return _run(study, out, named, options, resume=resume or close, close=close)


def pairs(option: str, given: Iterable[str], form: str = "ID=ENDPOINT") -> dict[str, str]:
    """Read pairs of an id and what belongs to it.

    Raises:
        FsepError: for what is none, and for an id that is given twice.
    """
    made: dict[str, str] = {}
    for one in given:
        id_, equals, value = one.partition("=")
        if not (id_ and equals and value):
            refuse(f"What {option} gives is not of the form {form}.", f"Write it as {option} {form}.")
        if id_ in made:
            refuse(f"{option} names {safe(id_, 60)} twice.", "Name it once.")
        made[id_] = value
    return made


def _run(study: Path, out: Path, named: Named, options: Options, *, resume: bool, close: bool) -> int:
    from fsep.cli.watch import Watch  # noqa: PLC0415 - loaded when called
    from fsep.run.carry import carry_out  # noqa: PLC0415 - see above

    watch = Watch(sys.stderr)
    try:
        carried = carry_out(study, out, named, options, resume=resume, close=close, watch=watch)
    except KeyboardInterrupt:
        complain("Interrupted.", "What was answered is on record: the same command with --resume goes on.")
        return INTERRUPTED
    for system, halted in carried.outcome.halted.items():
        complain(f"{system}: {halted}", halted.advice)
    _say(*_summary(carried.outcome))
    shown = safe(str(out), 200)
    left = carried.outcome.left
    if carried.bundle is None:
        then = "the same command with --resume goes on."
        if carried.outcome.halted:
            then = f"once that is mended, {then}"
        _say(f"{counted(left, 'run')} left to make. Nothing is lost: {then}")
        return INCOMPLETE
    if left:
        _say(f"{counted(left, 'run')} not made, and declared missing in departures.json.")
    _say(
        f"{shown}: {counted(carried.bundle.files, 'file')}, bundle {carried.bundle.bundle_sha256}",
        f"The journal stays in {carried.place.shown}. Then: fsep validate {shown}",
    )
    return CONFORMS


def _say(*lines: str) -> None:
    """Print lines, broken between words on a terminal."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for line in lines:
        write("".join(f"{part}\n" for part in (wrap(line, width, hanging="  ") if width else [line])))


def _summary(outcome: Outcome) -> Iterable[str]:
    """Yield a line a system: what ended how, and what it took; and why runs failed."""
    for system, count in outcome.counts.items():
        failed = f", {number(count.failed.total())} of them failed" if count.failed else ""
        yield (
            f"{safe(system, 60)}: {number(count.ended)} of {counted(count.planned, 'run')} ended{failed}; "
            f"in this session {counted(count.outputs, 'output')}, {number(count.input_tokens)} tokens in, "
            f"{number(count.output_tokens)} out"
        )
        for reason, times in count.failed.most_common(_REASONS):
            yield f"  {number(times)} failed: {safe(reason, 300)}"
        if len(count.failed) > _REASONS:
            yield f"  and for {counted(len(count.failed) - _REASONS, 'other reason')}, in departures.json"


def _preview(source: Path, named: Named, *, stream: bool) -> int:
    """Print the plan and the first requests."""
    from fsep.run.begin import begin  # noqa: PLC0415 - loaded when called
    from fsep.run.place import Place  # noqa: PLC0415 - see above
    from fsep.run.preview import bounds, first_requests  # noqa: PLC0415 - see above

    with tempfile.TemporaryDirectory() as scratch:
        study = begin(source, Place.beside(Path(scratch) / "bundle"), named, resume=False)
    lines = [f"design {study.design['id']}, {study.design_sha256}"]
    lines.append(
        f"{counted(len(named.systems), 'system')}: {safe(', '.join(named.systems), 200)}; for each "
        f"{counted(len(study.items), 'item')}, {counted(int(study.design['replicates']), 'replicate')}:"
    )
    every = bounds(study)
    for one in every:
        lines.append(f"  {one.scaffold}: {counted(one.runs, 'run')}, {_between(one.least, one.most)}")
    least, most = (
        sum(getattr(one, name) for one in every) * len(named.systems) for name in ("least", "most")
    )
    lines.append(
        f"in all {counted(study.runs * len(named.systems), 'run')}, {_between(least, most)}, failures apart"
    )
    for system in named.systems:
        for first in first_requests(study, system, stream=stream):
            body = json.dumps(json.loads(first.body), ensure_ascii=False, indent=2)
            lines += [
                "",
                f"{safe(system, 60)}, {first.scaffold}, item {first.item}: to {first.asked}, "
                f"request {first.sha256}",
                *(safe(line, 2000) for line in body.split("\n")),
            ]
    write("\n".join(lines) + "\n")
    return CONFORMS


def _between(least: int, most: int) -> str:
    return counted(least, "request") if least == most else f"{number(least)} to {counted(most, 'request')}"
