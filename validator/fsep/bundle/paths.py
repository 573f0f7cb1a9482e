"""The names files may have inside a bundle: an allow-list that means the same on every file system."""

from __future__ import annotations

import re

from fsep.limits import PATH_CHARACTERS, PATH_SEGMENTS

_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# Device names of Windows, which it takes for devices whatever follows the first dot.
_RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{name}{digit}" for name in ("com", "lpt") for digit in range(10)))
)


def path_problem(path: str) -> str | None:
    """Say in a sentence, which does not quote the path, what keeps it out of a bundle; None if nothing does.

    A path is at most `limits.PATH_SEGMENTS` segments joined by "/", of ASCII letters, digits, ".", "_" and
    "-", each beginning with a letter or a digit and not ending in ".", none a device name of Windows, and in
    all at most `limits.PATH_CHARACTERS` characters. Nothing is ever cleaned: a name that does not fit is
    refused.
    """
    if len(path) > PATH_CHARACTERS:
        return f"The path is longer than {PATH_CHARACTERS} characters."
    if path.startswith("/"):
        return 'The path is absolute; paths in a bundle do not start with "/".'
    segments = path.split("/")
    if len(segments) > PATH_SEGMENTS:
        return f"The path has more than {PATH_SEGMENTS} segments."
    return next((problem for segment in segments if (problem := _segment_problem(segment)) is not None), None)


def _segment_problem(segment: str) -> str | None:
    if _SEGMENT.fullmatch(segment):
        return _windows_problem(segment)
    if not segment:
        return "The path is empty or has an empty segment."
    if segment in (".", ".."):
        return 'The path holds "." or "..", which lead elsewhere.'
    if segment.startswith(".") or segment == "__MACOSX":
        return "A name in the path is hidden or left by a tool, such as .git, .DS_Store or __MACOSX."
    if "\\" in segment:
        return 'The path holds a backslash; segments are joined by "/".'
    return (
        'A name in the path is not a letter or digit followed by letters, digits, ".", "_" and "-" of ASCII.'
    )


def _windows_problem(segment: str) -> str | None:
    if segment.endswith("."):
        return "A name in the path ends in a dot, which Windows drops."
    if segment.split(".", 1)[0].lower() in _RESERVED:
        return "A name in the path is reserved for a device under Windows."
    return None
