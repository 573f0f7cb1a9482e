"""The same lines held to the schema by `jsonschema`: of every file the first lines, since it is slow."""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from fsep import protocol


def main(folder: Path, lines: int) -> None:
    """Go over the first lines of each transcripts file."""
    version = protocol.load("1.0")
    resources = [
        (str(version.schema(name)["$id"]), DRAFT202012.create_resource(version.schema(name)))
        for name in version.schema_names
    ]
    validator = Draft202012Validator(version.schema("run"), registry=Registry().with_resources(resources))
    for path in sorted((folder / "transcripts").iterdir()):
        with path.open("rb") as stream:
            for line in islice(stream, lines):
                assert validator.is_valid(json.loads(line))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
