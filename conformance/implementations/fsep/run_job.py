"""The reference runner as the conformance suite calls it: reads a job file (see ../../PROTOCOL.md)."""

import json
import sys
from pathlib import Path
from typing import Any

from fsep.cli import main


def arguments(job: dict[str, Any]) -> list[str]:
    """Return what the command line is given."""
    made = ["run", job["study"], "-o", job["out"], "--concurrency", str(job["concurrency"])]
    for option in ("system", "simulator", "environment", "key"):
        for id_, value in job[f"{option}s"].items():
            made += [f"--{option}", f"{id_}={value}"]
    return made


if __name__ == "__main__":
    sys.exit(main(arguments(json.loads(Path(sys.argv[1]).read_bytes()))))
