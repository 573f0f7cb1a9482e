"""Measures the runner: throughput beside the ideal, and memory over ten times the runs.

    python benchmarks/runner.py [RUNS]

A scripted model in a process of its own answers in 50 ms; 16 runs go on at once. The ideal is 16 requests
every 50 ms, with no time for anything else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

CONCURRENCY, DELAY, REPLICATES = 16, 0.05, 10
SCRIPT = {
    "fsep": "1.0",
    "kind": "script",
    "id": "bench",
    "models": {"m": {"returned": "m-1"}},
    "delay": DELAY,
    "rules": [{"reply": {"content": "{{canary}}: {{last}}"}}],
}
SCAFFOLD = {
    "fsep": "1.0",
    "kind": "scaffold",
    "id": "direct",
    "program": {
        "actors": {"solver": {"kind": "model"}},
        "primary": "solver",
        "threads": {"main": {"speakers": ["solver"]}},
        "steps": [
            {"do": "say", "id": "ask", "thread": "main", "role": "user", "text": "{{item.question}}"},
            {"do": "generate", "id": "answer", "thread": "main", "actor": "solver"},
        ],
        "result": [{"name": "answer", "text": "{{answer}}"}],
    },
}


def study(folder: Path, runs: int) -> Path:
    """Author a study of so many runs, each of one request of a kilobyte."""
    (folder / "scaffolds").mkdir(parents=True)
    (folder / "systems").mkdir()
    documents = {
        "bundle.json": {"fsep": "1.0", "kind": "bundle", "id": "bench", "asserts": ["whole"]},
        "design.json": {
            "fsep": "1.0",
            "kind": "design",
            "id": "bench",
            "title": "Bench",
            "scaffolds": ["direct"],
            "baseline": "direct",
            "replicates": REPLICATES,
            "limits": {"missing_share": 0},
        },
        "scaffolds/direct.json": SCAFFOLD,
        "systems/a.json": {
            "fsep": "1.0",
            "kind": "system",
            "id": "a",
            "synthetic": True,
            "model": {"name": "m", "returned": ["m-1"]},
        },
    }
    for path, value in documents.items():
        (folder / path).write_text(json.dumps(value))
    with (folder / "items.jsonl").open("w") as stream:
        for number in range(runs // REPLICATES):
            question = f"What is {number}? " + "word " * 200
            stream.write(json.dumps({"id": f"i{number}", "fields": {"question": question}}) + "\n")
    return folder


def measure(scratch: Path, runs: int) -> tuple[float, float, int]:
    """Return seconds of the command, requests a second on the wire, and its peak memory in bytes."""
    folder = scratch / str(runs)
    folder.mkdir()
    script, log = folder / "script.json", folder / "log"
    script.write_text(json.dumps(SCRIPT))
    fsep = [sys.executable, "-m", "fsep"]
    serving = [*fsep, "model", str(script), "--log", str(log)]
    with subprocess.Popen(serving, stdout=subprocess.PIPE, text=True) as model:
        assert model.stdout is not None
        url = model.stdout.readline().strip()
        source = study(folder / "study", runs)
        asking = ["run", str(source), "--system", f"a={url}", "-o", str(folder / "bundle")]
        begun = time.perf_counter()
        process = subprocess.Popen(
            [*fsep, *asking, "--concurrency", str(CONCURRENCY)], stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        model.terminate()
    assert process.returncode == 0
    lines = map(json.loads, log.read_text().splitlines())
    times = [datetime.fromisoformat(line["at"]).timestamp() for line in lines]
    assert len(times) == runs
    # The last requests are answered a delay later.
    return seconds, runs / (times[-1] - times[0] + DELAY), usage.ru_maxrss * 1024


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    ideal = CONCURRENCY / DELAY
    with tempfile.TemporaryDirectory() as scratch:
        peaks = []
        for count in (runs // 10, runs):
            seconds, rate, peak = measure(Path(scratch), count)
            peaks.append(peak)
            print(
                f"{count:>7} runs, {CONCURRENCY} at once, answered in {DELAY * 1000:.0f} ms: {rate:.0f} "
                f"requests/s, {rate / ideal:.0%} of the ideal ({ideal:.0f}/s); the whole "
                f"command {seconds:.1f} s, "
                f"{count / ideal / seconds:.0%} of the ideal; peak memory {peak / 1e6:.0f} MB"
            )
        print(f"memory for ten times the runs: {(peaks[1] - peaks[0]) / (runs * 0.9):.0f} bytes a run more")


if __name__ == "__main__":
    main()
