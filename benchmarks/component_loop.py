"""The least a validator of this form must do with a transcripts file: digest, parse, hold to the schema."""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

from jiter import from_json

from fsep import protocol


def main(folder: Path) -> None:
    """Go over the transcripts of a bundle once."""
    valid = protocol.load("1.0").validator("run").is_valid
    for path in sorted((folder / "transcripts").iterdir()):
        whole = sha256()
        with path.open("rb") as stream:
            for line in stream:
                whole.update(line)
                assert valid(from_json(line, catch_duplicate_keys=True))
        print(path.name, whole.hexdigest())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
