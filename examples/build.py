"""Builds the examples' bundles from their sources, by running the scaffolds live against scripted stand-ins.

    python examples/build.py [FOLDER]

The same sources give the same bytes. Everything it makes is synthetic and says so.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# The stand-ins are found beside this file, wherever it is imported from.
sys.path.insert(0, str(HERE))

import stand_ins  # noqa: E402
import stress_test  # noqa: E402
from fsep.digests import program_digest  # noqa: E402
from fsep.packing import pack  # noqa: E402
from fsep.parsing import yaml  # noqa: E402
from fsep.run.begin import Named, begin, found  # noqa: E402
from fsep.run.finish import finish  # noqa: E402
from fsep.run.options import Options  # noqa: E402
from fsep.run.place import Place  # noqa: E402
from fsep.run.session import Session  # noqa: E402
from fsep.scaffold.adaptation import compile_adaptations  # noqa: E402
from fsep.scaffold.compile import compile_program  # noqa: E402
from fsep.scaffold.drive import drive  # noqa: E402
from fsep.scaffold.machine import Environment, Item, Setting, Want  # noqa: E402
from fsep.scaffold.message import Output  # noqa: E402

SCAFFOLDS, SCRIPTS = HERE / "scaffolds", HERE / "scripts"
RATED = "verification-stress-test.source"


def read(path: Path) -> Any:
    """Return the value of a source file; that it is as its schema says is seen when it is packed."""
    return yaml.parse(path.read_bytes())


def documents(folder: Path) -> dict[str, Any]:
    """Return the documents of a folder by id."""
    return {document["id"]: document for document in map(read, sorted(folder.glob("*.yaml")))}


def runs(
    source: Path,
    scaffolds: Mapping[str, Any],
    design_sha256: str,
    change: Callable[[Output], Output] = lambda output: output,
) -> Iterator[dict[str, Any]]:
    """Yield every planned run of a source folder with the scaffolds given, as a transcripts line.

    `change` may alter what the stand-ins say.
    """
    design = read(source / "design.yaml")
    items = [Item(item["id"], item["fields"]) for item in read(source / "items.yaml")]
    programs = {id_: compile_program(document) for id_, document in scaffolds.items()}
    simulators = documents(source / "simulators")
    environments = {
        id_: Environment(id_, {tool["name"]: tool for tool in document["tools"]})
        for id_, document in documents(source / "environments").items()
    }
    clock = 0
    for system, document in documents(source / "systems").items():
        setting = Setting(
            model=document["model"]["name"],
            design_sha256=design_sha256,
            adaptations=compile_adaptations(document.get("adaptations", ())),
            simulators={id_: simulator["model"]["name"] for id_, simulator in simulators.items()},
            environments=environments,
        )
        returned = {"model": document["model"]["returned"][0]}
        for simulator in simulators.values():
            returned["simulator"] = simulator["model"]["returned"][0]
        reply = stand_ins.model(system)

        def respond(
            want: Want, returned: dict[str, str] = returned, reply: Any = reply
        ) -> tuple[Output, dict[str, Any]]:
            if want.fields["kind"] == "call":
                return Output(stand_ins.desk(**want.fields["call"])), {}
            if want.call is not None:
                return Output(stand_ins.desk(want.call["name"], want.call["arguments"])), {}
            output = change(stand_ins.visitor(want) if want.fields["origin"] == "simulator" else reply(want))
            recorded: dict[str, Any] = {
                "returned_model": returned[want.fields["origin"]],
                "finish": "tool-calls" if output.tool_calls else "stop",
                "attempts": [{"outcome": "complete"}],
            }
            if want.request is not None:
                # As if a token stood for four characters, and some for what frames a request.
                recorded["usage"] = {"input_tokens": 12 + (want.request.view.characters or 0) // 4}
            return output, recorded

        for scaffold in design["scaffolds"]:
            for item in items:
                for replicate in range(design["replicates"]):
                    recording = drive(programs[scaffold], setting, item, replicate, respond)
                    start, clock = clock, clock + 30
                    run = {
                        "run": f"{system}.{scaffold}.{item.id}.{replicate}",
                        "system": system,
                        "scaffold": scaffold,
                        "item": item.id,
                        "replicate": replicate,
                        "status": recording.ending.status,
                        "started": _time(start),
                        "ended": _time(start + 20),
                        "events": list(recording.events),
                    }
                    if recording.ending.status == "completed":
                        run["result"] = [
                            {"name": name, "content": text} for name, text in recording.ending.result
                        ]
                    yield run


def _time(seconds: int) -> str:
    return f"2026-05-04T{10 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}Z"


class _Clock:
    """A clock that goes on by a second each time it is looked at, so that a bundle comes out the same."""

    def __init__(self) -> None:
        self._seconds = 0

    def __call__(self) -> str:
        self._seconds += 1
        return _time(self._seconds)


def run(authored: Path, scratch: Path) -> None:
    """Run a study with the reference runner against its script, and bring its runs back into the folder.

    Systems are run one after another, and each one's runs likewise: the ledger then comes out the same too.
    """
    script = f"script:{SCRIPTS / RATED.removesuffix('.source')}.yaml"
    named = Named(
        dict.fromkeys(documents(authored / "systems"), script),
        dict.fromkeys(documents(authored / "simulators"), script),
    )
    place, clock = Place.beside(scratch / "ran"), _Clock()
    study = begin(authored, place, named, resume=False)
    with found(study, named, scratch) as reached:
        for system, address in reached.systems.items():
            session = Session(
                study, place, Options(concurrency=1), replace(reached, systems={system: address}), clock
            )
            asyncio.run(session.run())
        finish(study, place, session.recovered, scratch / "ran")
    for folder in ("transcripts", "systems"):
        shutil.rmtree(authored / folder, ignore_errors=True)
        shutil.copytree(scratch / "ran" / folder, authored / folder)
    shutil.copy(scratch / "ran" / "ledger.jsonl", authored)


def build(source: Path, out: Path) -> None:
    """Build one bundle: pack once without runs for the design's digest, record the runs, pack again."""
    with tempfile.TemporaryDirectory() as scratch:
        authored = Path(scratch) / "authored"
        shutil.copytree(source, authored)
        rated = source.name == RATED
        own = authored / "scaffolds"
        if not own.is_dir():
            own.mkdir()
            wanted = read(source / "design.yaml")["scaffolds"]
            for path in SCAFFOLDS.glob("*.yaml"):
                id_ = read(path)["id"]
                if id_ in wanted:
                    shutil.copy(path, own / f"{id_}.yaml")
        if rated:
            stress_test.before_runs(authored)
            run(authored, Path(scratch))
            stress_test.after_runs(authored, Path(scratch) / "private")
        else:
            record(source, authored, Path(scratch))
        pack(authored, out)


def record(source: Path, authored: Path, scratch: Path) -> None:
    """Record the runs of a study with stand-ins that are asked directly."""
    (authored / "transcripts").mkdir()
    transcripts = authored / "transcripts" / "runs.jsonl"
    transcripts.write_text("")
    pack(authored, scratch / "first")
    design = json.loads((scratch / "first" / "design.json").read_bytes())
    with transcripts.open("w", encoding="utf-8", newline="\n") as stream:
        for line in runs(source, documents(authored / "scaffolds"), program_digest(design)):
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for folder in sorted(HERE.glob("*.source")):
        shutil.rmtree(target / folder.name.removesuffix(".source"), ignore_errors=True)
        build(folder, target / folder.name.removesuffix(".source"))
        print(f"built {target / folder.name.removesuffix('.source')} (synthetic)")
