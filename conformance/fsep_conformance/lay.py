"""Writing a case's bundle where an implementation finds it: a folder or an archive, hostile parts too."""

from __future__ import annotations

import os
import threading
import warnings
import zipfile
from base64 import b64decode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fsep_conformance.change import Files

# Stands in a case for an address that the suite listens at while the case runs.
LURE = "http://lure.invalid/"
# An archive is the same whenever it is made.
_TIME = (2026, 1, 1, 0, 0, 0)
# What is done about warnings is one for all threads.
_WARNINGS = threading.Lock()


def lay(files: Files, change: Sequence[Mapping[str, Any]], folder: Path, form: str) -> Path:
    """Write a bundle below a folder as `form` says (`folder` or `zip`), and return its path.

    Beside its files there may be what only a file system or an archive can hold: a step with `link` makes a
    symbolic link, `fifo` a pipe, `folder` an empty folder; `entry` adds a member of that very name to the
    archive, and `archive` is all of its bytes.
    """
    raw = next((step["archive"] for step in change if "archive" in step), None)
    if raw is not None:
        (folder / "bundle.zip").write_bytes(b64decode(raw))
        return folder / "bundle.zip"
    if form == "zip":
        return _zip(files, change, folder / "bundle.zip")
    root = folder / "bundle"
    root.mkdir()
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    for step in change:
        if "link" in step:
            (root / step["file"]).unlink(missing_ok=True)
            (root / step["file"]).symlink_to(step["link"])
        elif "fifo" in step:
            os.mkfifo(root / step["file"])
        elif "folder" in step:
            (root / step["file"]).mkdir(parents=True, exist_ok=True)
    return root


def _zip(files: Files, change: Sequence[Mapping[str, Any]], target: Path) -> Path:
    with _WARNINGS, zipfile.ZipFile(target, "w") as archive, warnings.catch_warnings():
        # That a name stands twice is what some cases are about.
        warnings.simplefilter("ignore", UserWarning)
        for path, content in files.items():
            archive.writestr(_entry(path), content, zipfile.ZIP_DEFLATED)
        for step in change:
            if "entry" in step:
                archive.writestr(_entry(step["entry"]), step["content"].encode())
    return target


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, _TIME)
