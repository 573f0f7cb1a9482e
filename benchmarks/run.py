"""`make bench`: validation beside the bare component loop and `jsonschema`, in one run, as ratios of medians.

    python benchmarks/run.py [MEGABYTES ...]

Each command is run as a process of its own, in turn, several times; times are of the whole process. Nothing
is asserted.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from make_input import make_input

HERE = Path(__file__).parent
ROUNDS = 3
REFERENCE_LINES = 100


def seconds(*arguments: str | Path) -> float:
    """Run a command to its end and return how long it took."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def peak_megabytes(*arguments: str | Path) -> float:
    """Run a command and return the most memory it held, by a process that asks the system afterwards."""
    code = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, sys.executable, *map(str, arguments)], check=True, capture_output=True
    )
    return float(done.stdout)


def measure(megabytes: float) -> None:
    """Print the ratios for one size."""
    with tempfile.TemporaryDirectory() as scratch:
        bundle = Path(scratch) / "bundle"
        make_input(bundle, megabytes, files=2)
        size = sum(path.stat().st_size for path in (bundle / "transcripts").iterdir())
        runs = sum(path.read_bytes().count(b"\n") for path in (bundle / "transcripts").iterdir())
        commands = {
            "component loop": (HERE / "component_loop.py", bundle),
            "validate": ("-m", "fsep", "validate", bundle, "--jobs", "1"),
            "validate --jobs 2": ("-m", "fsep", "validate", bundle, "--jobs", "2"),
            "jsonschema, first lines": (HERE / "reference_loop.py", bundle, str(REFERENCE_LINES)),
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                times[name].append(seconds(*command))
        median = {name: statistics.median(taken) for name, taken in times.items()}
        start = statistics.median(seconds("-c", "import fsep.protocol, jsonschema") for _ in range(ROUNDS))
        reference = (median["jsonschema, first lines"] - start) * runs / min(runs, 2 * REFERENCE_LINES)
        events = sum(path.read_bytes().count(b'"step"') for path in (bundle / "transcripts").iterdir())
        print(f"{size / 1e6:.0f} MB, {runs} runs, {events} events of {size / events:.0f} bytes")
        for name in ("component loop", "validate", "validate --jobs 2"):
            ratio = median[name] / median["component loop"]
            print(f"  {name:<18} {median[name]:7.2f} s   {ratio:5.2f} x the component loop")
        ratio = reference / median["validate"]
        print(f"  jsonschema alone   {reference:7.0f} s   extrapolated; {ratio:.0f} x the time of validate")
        spread = median["validate"] / median["validate --jobs 2"]
        print(f"  two processes are {spread:.2f} times as fast as one")
        print(f"  peak memory of validate: {peak_megabytes(*commands['validate']):.0f} MB")


if __name__ == "__main__":
    for argument in sys.argv[1:] or ["10", "100"]:
        measure(float(argument))
