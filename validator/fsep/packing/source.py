"""Reading what people author: a folder in the bundle's layout, its documents in YAML or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

from fsep import limits
from fsep.bundle import Bundle, open_bundle
from fsep.checks.container import DOCUMENT_ROLES, ENDINGS, FILES, FOLDERS, MANIFEST, role_of
from fsep.errors import FsepError, visible
from fsep.parsing import json, yaml, yaml_position
from fsep.parsing.lines import read_lines
from fsep.parsing.position import locate
from fsep.parsing.problem import ParseError
from fsep.protocol import Protocol
from fsep.protocol.schema_errors import explain, is_valid

ITEMS = "items.jsonl"
_YAML = (".yaml", ".yml")
# Between a file's name and which of its items is meant; no path of a bundle holds it.
_ITEM = ", item "
# Files that belong nowhere and are named, before the others are only counted.
_STRAYS = 5


class Source:
    """A folder to pack; a context manager. `places` maps a path of the bundle to the file it is made from."""

    def __init__(self, folder: Path) -> None:
        """Open the folder and decide what each file is for.

        Raises:
            FsepError: for links, names outside the path grammar, and files that belong to no place.
        """
        self._bundle: Bundle = open_bundle(folder)
        try:
            self.places = self._placed()
        except BaseException:
            self._bundle.close()
            raise

    def close(self) -> None:
        """Let go of the folder."""
        self._bundle.close()

    def __enter__(self) -> Self:
        """Give the source itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _placed(self) -> dict[str, str]:
        for problem in self._bundle.problems:
            raise FsepError(
                f"{problem.path or 'The folder'} cannot be packed. {problem.message}",
                advice="Rename it, or move it out of the folder.",
            )
        if strays := [path for path in self._bundle.entries if place_of(path) is None]:
            raise FsepError(_astray(strays), advice=_where_files_may_stand(strays))
        places: dict[str, str] = {}
        for path in self._bundle.entries:
            place = str(place_of(path))
            if place in places:
                raise FsepError(f"{places[place]} and {path} both stand for {place}.", advice="Remove one.")
            places[place] = path
        return places

    def document(self, place: str) -> Any:
        """Read a document, in whichever form it is, or raise `FsepError`."""
        path = self.places[place]
        return self._parsed(path, self._bundle.read(path, limits.DOCUMENT_BYTES))

    def chunks(self, place: str) -> Iterator[bytes]:
        """Yield the bytes of a file."""
        with self._bundle.open(self.places[place]) as stream:
            while data := stream.read(limits.CHUNK_BYTES):
                yield data

    def items(self) -> Iterator[tuple[str, bytes | None, Any]]:
        """Yield the items as (where it stands, its line as it is or None where it was YAML, value).

        Where an item stands is what `hold` takes: its file, and which one it is.
        """
        path = self.places[ITEMS]
        if path != ITEMS:
            listed = self.document(ITEMS)
            if not isinstance(listed, list):
                raise FsepError(f"{path} is no list of items.", advice="Begin each item with `- id: ...`.")
            for place, value in enumerate(listed):
                yield f"{path}{_ITEM}{place + 1}", None, value
            return
        with self._bundle.open(path) as stream:
            for line in read_lines(stream, limits.LINE_BYTES):
                if line.data is None:
                    raise FsepError(f"{path}, line {line.number}: longer than {limits.LINE_BYTES} bytes.")
                try:
                    value = json.parse(line.data)
                except ParseError as error:
                    raise FsepError(
                        f"{path}, line {line.number}, column {error.column}: {error.message}",
                        advice=error.advice,
                    ) from None
                yield f"{path}, line {line.number}", line.data, value

    def hold(self, protocol: Protocol, schema: str, value: Any, where: str) -> None:
        """Hold a value to its schema, or raise `FsepError` with the first reason."""
        if is_valid(protocol, schema, value):
            return
        advice = f"`fsep schema show {schema}` prints the schema."
        for problem in explain(protocol, schema, value)[:1]:
            at = f", at {visible(problem.pointer, 120)}" if problem.pointer else ""
            raise FsepError(
                f"{where}{self._line(where, problem.pointer)}{at}: {problem.message}", advice=advice
            )
        raise FsepError(f"{where} is not valid against the schema {schema}.", advice=advice)

    def _line(self, where: str, pointer: str) -> str:
        """Say the line, where the value stands in the file as authored."""
        path, _, item = where.partition(_ITEM)
        if not path.endswith((".json", *_YAML)):
            return ""
        within = f"/{int(item) - 1}{pointer}" if item else pointer
        find = yaml_position.locate if path.endswith(_YAML) else locate
        row, _ = find(self._bundle.read(path, limits.DOCUMENT_BYTES), within)
        return f", line {row}"

    def _parsed(self, path: str, data: bytes) -> Any:
        try:
            return yaml.parse(data) if path.endswith(_YAML) else json.parse(data)
        except ParseError as error:
            raise FsepError(f"{path}, {error}", advice=error.advice) from None


def place_of(path: str) -> str | None:
    """Return the path in the bundle that a file is packed to."""
    stem = next((path.removesuffix(ending) for ending in _YAML if path.endswith(ending)), None)
    if stem is None:
        return path if path == MANIFEST or role_of(path) is not None else None
    if stem == "items":
        return ITEMS
    place = f"{stem}.json"
    if place == MANIFEST or role_of(place) in DOCUMENT_ROLES:
        return place
    # A proof or a blob may have any name, also one that ends like a YAML file's.
    return path if role_of(path) is not None else None


def _astray(paths: Sequence[str]) -> str:
    named = ", ".join(paths[:_STRAYS])
    if (more := len(paths) - _STRAYS) > 0:
        named += f" and {more} more"
    return f"{named} {'belongs' if len(paths) == 1 else 'belong'} to no place in a bundle."


def _where_files_may_stand(strays: Sequence[str]) -> str:
    """Return advice on files that belong nowhere: what one may have meant, then every place there is."""
    meant = next((f"Did you mean {near}? " for near in map(_near, strays) if near is not None), "")
    files = ", ".join(map(_authored, (MANIFEST, *FILES)))
    folders = ", ".join(
        f"{folder}/*{_authored(end)}" for folder, role in FOLDERS.items() for end in ENDINGS.get(role, ("",))
    )
    return (
        f"{meant}Move what does not belong to the bundle out of the folder. Files may stand at: {files}; and "
        f"in folders: {folders}."
    )


def _near(path: str) -> str | None:
    """Return the same name in the folder that is nearest, None where it would belong to no place either."""
    folder, _, name = path.rpartition("/")
    near = [f"{one}/{name}" for one in get_close_matches(folder, FOLDERS, 1)]
    return near[0] if near and place_of(near[0]) is not None else None


def _authored(place: str) -> str:
    """Return a path of a bundle as people write the file: documents, and the items, in YAML."""
    return place.partition(".")[0] + ".yaml" if place.endswith(".json") or place == ITEMS else place
