"""`make demo`: validates a good example, an edited copy, and a rated one, of which it makes the page."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

GOOD = Path(__file__).parent / "six-programs"
RATED = Path(__file__).parent / "verification-stress-test"
PAGE = Path(__file__).parent.parent / "demo-report.html"
EDITED = "You work at the desk of a library."


def fsep(*arguments: str | Path, folder: Path | None = None) -> int:
    """Run the command line in a folder, and show how it was called."""
    print(f"$ fsep {' '.join(map(str, arguments))}\n", flush=True)
    done = subprocess.run([sys.executable, "-m", "fsep", *map(str, arguments)], cwd=folder, check=False)
    print(f"\n(exit {done.returncode})\n", flush=True)
    return done.returncode


def main() -> int:
    """Run the demonstration; 0 if both bundles were judged as they should be."""
    print("A good bundle. It is synthetic: scripted stand-ins, no language model took part.\n")
    good = fsep("validate", _near(GOOD))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        authored = folder / "authored"
        shutil.copytree(GOOD, authored)
        transcripts = authored / "transcripts" / "runs.jsonl"
        # One system alone is told to be kind, in one run: the kind of difference that no score would show.
        text = transcripts.read_text(encoding="utf-8")
        transcripts.write_text(text.replace(EDITED, EDITED + " Be kind.", 1), encoding="utf-8")
        print(
            "The same bundle, packed again after one instruction was edited in one run: "
            "whole, but not replayed.\n"
        )
        fsep("pack", "authored", "-o", "broken", folder=folder)
        bad = fsep("validate", "broken", folder=folder)
        print("And the run in question, with who contributed what:\n")
        fsep("show", "broken", "hasty.service.peru.0", folder=folder)
    print("A rated study, as synthetic: blind ratings, an alignment profile, claims with their distance.\n")
    rated = fsep("validate", _near(RATED))
    PAGE.unlink(missing_ok=True)
    page = fsep("report", _near(RATED), "-o", _near(PAGE), "--sample", "4")
    print(f"The reviewer's page is {_near(PAGE)}: open it in a browser.")
    return 0 if (good, bad, rated, page) == (0, 1, 0, 0) else 1


def _near(path: Path) -> Path:
    """Return a path as it is seen from here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    sys.exit(main())
