"""The requirements in the chapters of a version, read from the one Markdown form that counts as one.

The form is a heading that is the id, one quoted sentence, and a list of what is known about it; everything
else in a chapter is prose, and has none of the key words in capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fsep.maintain.markdown import Block, Fault, Line, parts
from fsep.parsing.canonical import sha256_hex
from fsep.protocol.requirement import FACETS

ACTORS: Final = ("producer", "runner", "validator", "maintainer")
_FACETS: Final = (*FACETS, "-")
TESTED: Final = ("from the bundle", "on the wire", "attested only", "not testable")
KEYWORDS: Final = ("MUST", "MUST NOT", "SHOULD", "SHOULD NOT")
NEEDED: Final = ("Actor", "Facet", "Since", "Tested")
FIELDS: Final = (*NEEDED, "Mend")

_ID: Final = re.compile(r"FSEP-[A-Z]{3}-[0-9]{3}")
_HEADING: Final = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*")
_LEVEL: Final = "###"
_LOUD: Final = re.compile(
    r"\b(?:MUST|SHOULD|SHALL)(?: NOT)?\b|\b(?:NOT )?RECOMMENDED\b|\b(?:MAY|REQUIRED|OPTIONAL)\b"
)
_QUOTE: Final = re.compile(r">[ \t]?(.*)")
_FIELD: Final = re.compile(r"- ([A-Za-z]+):[ \t]*(.*)")
_CONTINUED: Final = re.compile(r"[ \t]+(\S.*)")
_SENTENCE_END: Final = re.compile(r"[.!?…](?=[\s\"')\]*_]|$)")
_CODE: Final = re.compile(r"`[^`]*`")
_VERSION: Final = re.compile(r"[0-9]{1,4}\.[0-9]{1,4}")
_NOT_TESTABLE: Final = re.compile(r"not testable(?::[ \t]*(.*))?")
# The one sentence that says how the key words are to be read names them.
_CITATION: Final = "BCP 14"


@dataclass(frozen=True, slots=True)
class Stated:
    """A requirement as it stands: its heading's place, its entry, its faults, and the lines of its quote."""

    file: str
    line: int
    id: str
    entry: dict[str, Any] | None
    faults: tuple[Fault, ...]
    quoted: frozenset[int]


def extract(version: str, chapters: Iterable[tuple[str, str]]) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Return the entries of all requirements in the order of their ids, and everything that is wrong.

    Chapters are given as (file name, text); `version` is the one they belong to.
    """
    entries: dict[str, dict[str, Any]] = {}
    places: dict[str, str] = {}
    faults: list[Fault] = []
    for file, text in chapters:
        try:
            lines = list(parts(file, text))
        except Fault as fault:
            faults.append(fault)
            continue
        stated = list(_stated(version, file, lines))
        for one in stated:
            faults.extend(one.faults)
            if one.id in places:
                what = f"the id {one.id} is already that of {places[one.id]}"
                faults.append(
                    Fault(one.file, one.line, what, "give this requirement an id that was never used")
                )
                continue
            places[one.id] = f"{one.file}:{one.line}"
            if one.entry is not None:
                entries[one.id] = one.entry
        faults.extend(_loud(file, lines, frozenset().union(*(one.quoted for one in stated))))
    return [entries[id_] for id_ in sorted(entries)], faults


def _loud(file: str, parts_: Sequence[Line | Block], quoted: frozenset[int]) -> Iterator[Fault]:
    """Find key words in capitals outside of requirements."""
    for part in parts_:
        if isinstance(part, Line) and part.number not in quoted and _CITATION not in part.text:
            for match in _LOUD.finditer(part.text):
                what = f"{match[0]} stands outside of a requirement"
                yield Fault(file, part.number, what, "write it in lower case, or state a requirement")


def _stated(version: str, file: str, parts_: Sequence[Line | Block]) -> Iterator[Stated]:
    """Read every requirement of a chapter, and every heading that looks like one."""
    for index, part in enumerate(parts_):
        if not isinstance(part, Line) or (heading := _HEADING.fullmatch(part.text)) is None:
            continue
        title = heading[2].strip("`*_ ")
        if not title.upper().startswith("FSEP-"):
            continue
        reader = _Reader(version, file, part.number, title)
        if _ID.fullmatch(heading[2]) is None:
            reader.fault(
                "the heading is not an id",
                "write `### FSEP-ABC-123`: three capitals, three digits, nothing else",
            )
        elif heading[1] != _LEVEL:
            reader.fault("the heading of a requirement is of another level", f"write `{_LEVEL} {title}`")
        yield reader.read(parts_[index + 1 :])


@dataclass(slots=True)
class _Reader:
    """Reads one requirement, and keeps what is wrong with it."""

    version: str
    file: str
    line: int
    id: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, what: str, mend: str, line: int | None = None) -> None:
        self.faults.append(Fault(self.file, self.line if line is None else line, f"{self.id}: {what}", mend))

    def read(self, following: Sequence[Line | Block]) -> Stated:
        """Read what follows the heading, up to where the form ends."""
        rest = _skip_blank(following)
        quote, rest = _while(rest, _QUOTE)
        fields, _ = self._fields(_skip_blank(rest))
        text = " ".join(match[1].strip() for _, match in quote).strip()
        keyword = self._sentence(text, [match[1].strip() for _, match in quote]) if quote else None
        if not quote:
            self.fault(
                "no quoted sentence follows the heading", "write the requirement as `> A producer MUST ... .`"
            )
        entry = self._entry(text, keyword, fields)
        quoted = frozenset(line.number for line, _ in quote)
        return Stated(
            self.file, self.line, self.id, None if self.faults else entry, tuple(self.faults), quoted
        )

    def _sentence(self, text: str, lines: Sequence[str]) -> str | None:
        """Hold the quote to being one sentence with one key word; return that."""
        if "" in lines:
            self.fault(
                "the quote has more than one paragraph", "move what explains the sentence below the list"
            )
        plain = _CODE.sub("code", text)
        ends = [match.start() for match in _SENTENCE_END.finditer(plain)]
        if not plain.endswith(".") or plain.endswith(".."):
            self.fault("the quote does not end in a single period", "end the sentence with `.`")
        elif len(ends) > 1:
            self.fault(
                "the quote has more than one sentence",
                "say it in one, without abbreviations that end in a period",
            )
        loud = _LOUD.findall(text)
        if len(loud) != 1 or loud[0] not in KEYWORDS:
            found = ", ".join(loud) or "none"
            self.fault(
                f"the quote must have exactly one of {', '.join(KEYWORDS)}, found {found}",
                "split it into requirements of their own, or write the others in lower case",
            )
            return None
        return str(loud[0])

    def _fields(
        self, rest: Sequence[Line | Block]
    ) -> tuple[dict[str, tuple[int, str]], Sequence[Line | Block]]:
        """Read the list of what is known about the requirement."""
        found: dict[str, tuple[int, str]] = {}
        name = None
        for index, part in enumerate(rest):
            if not isinstance(part, Line):
                return found, rest[index:]
            if (match := _FIELD.fullmatch(part.text)) is not None:
                name = match[1]
                if name not in FIELDS:
                    self.fault(f"`{name}` is not known here", f"known are {', '.join(FIELDS)}", part.number)
                elif name in found:
                    self.fault(f"`{name}` is there twice", "remove one of the two", part.number)
                found[name] = (part.number, match[2].strip())
            elif name is not None and (match := _CONTINUED.fullmatch(part.text)) is not None:
                number, value = found[name]
                found[name] = (number, f"{value} {match[1].strip()}".strip())
            else:
                return found, rest[index:]
        return found, ()

    def _entry(self, text: str, keyword: str | None, fields: dict[str, tuple[int, str]]) -> dict[str, Any]:
        """Hold the fields to their rules, and put the entry together."""
        for name in NEEDED:
            if name not in fields:
                self.fault(f"`{name}` is missing", f"add `- {name}: ...` to the list below the quote")
        actor = self._one_of(fields, "Actor", ACTORS)
        facet = self._one_of(fields, "Facet", _FACETS)
        if actor == "validator" and facet not in ("-", None):
            self.fault(
                "a requirement on validators counts for no facet", "write `- Facet: -`", fields["Facet"][0]
            )
        tested, reason = self._tested(fields)
        mend = fields["Mend"][1] if "Mend" in fields else None
        if not mend and (tested == "from the bundle" or mend == ""):
            self.fault("`Mend` is missing", "say in a sentence what to do about a finding: `- Mend: ...`")
        return {
            "id": self.id,
            "text": text,
            "keyword": keyword,
            "actor": actor,
            "facet": facet,
            "since": self._since(fields),
            "tested": tested.replace(" ", "-") if tested else None,
            "reason": reason,
            "mend": mend,
            "chapter": self.file,
            "text_sha256": sha256_hex(text.encode("utf-8")),
        }

    def _one_of(self, fields: dict[str, tuple[int, str]], name: str, known: Sequence[str]) -> str | None:
        if name not in fields:
            return None
        line, value = fields[name]
        if value not in known:
            self.fault(f"`{name}` is `{value}`", f"write one of {', '.join(known)}", line)
        return value

    def _tested(self, fields: dict[str, tuple[int, str]]) -> tuple[str | None, str | None]:
        if "Tested" not in fields:
            return None, None
        line, value = fields["Tested"]
        if (match := _NOT_TESTABLE.fullmatch(value)) is not None:
            if not match[1]:
                self.fault(
                    "no reason says why it is not testable", "write `- Tested: not testable: <reason>`", line
                )
            return "not testable", match[1] or None
        if value not in TESTED:
            self.fault(f"`Tested` is `{value}`", f"write one of {', '.join(TESTED)}: <reason>", line)
        return value, None

    def _since(self, fields: dict[str, tuple[int, str]]) -> str | None:
        if "Since" not in fields:
            return None
        line, value = fields["Since"]
        if _VERSION.fullmatch(value) is None:
            self.fault(f"`Since` is `{value}`", "write a version such as 1.0", line)
        elif _ordered(value) > _ordered(self.version):
            self.fault(
                f"`Since` is later than version {self.version} itself",
                f"write {self.version} or earlier",
                line,
            )
        return value


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _skip_blank(rest: Sequence[Line | Block]) -> Sequence[Line | Block]:
    for index, part in enumerate(rest):
        if not isinstance(part, Line) or part.text.strip():
            return rest[index:]
    return ()


def _while(
    rest: Sequence[Line | Block], form: re.Pattern[str]
) -> tuple[list[tuple[Line, re.Match[str]]], Sequence[Line | Block]]:
    """Split off the lines of a form that a sequence begins with."""
    matched: list[tuple[Line, re.Match[str]]] = []
    for part in rest:
        if not isinstance(part, Line) or (match := form.fullmatch(part.text)) is None:
            break
        matched.append((part, match))
    return matched, rest[len(matched) :]
