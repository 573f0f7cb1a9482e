"""Where a finding is, as tools outside a bundle name places."""

from __future__ import annotations

from pathlib import Path, PurePath

from fsep.findings import Finding, Report

# The file that stands for a bundle: what is wrong with it as a whole is shown there.
MANIFEST = "bundle.json"


def entry(finding: Finding) -> str:
    """Return the file in the bundle to show a finding at; the manifest where it has none that can be named.

    A name that leads elsewhere, as ".." and an empty segment do, names no file of the bundle.
    """
    path = finding.path
    if path is None or "\\" in path or any(part in ("", ".", "..") for part in path.split("/")):
        return MANIFEST
    return path


def is_located(finding: Finding) -> bool:
    """Whether line and column of a finding belong to the file that `entry` returns."""
    return finding.path == entry(finding) and finding.line is not None


def on_disk(finding: Finding, report: Report) -> tuple[str, bool]:
    """Return the file on disk to show a finding at, and whether its lines are those of the entry.

    It is the entry's file in a directory; of a zip it is the zip, which has no lines.
    """
    bundle = PurePath(report.bundle["path"])
    if _is_file(bundle):
        return bundle.as_posix(), False
    return (bundle / entry(finding)).as_posix(), is_located(finding)


def where(finding: Finding) -> str:
    """Return file:line:column and the JSON pointer, as far as they are known; foreign text, not made safe."""
    if finding.path is None:
        return ""
    numbers = [str(part) for part in (finding.line, finding.column) if part is not None]
    place = ":".join([finding.path, *numbers])
    return f"{place}  {finding.pointer}" if finding.pointer else place


def _is_file(path: PurePath) -> bool:
    try:
        return Path(path).is_file()
    except OSError:
        return False
