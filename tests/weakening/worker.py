"""A validator that is weakened at one place, against cases: `python -m weakening.worker MODULE NUMBER CASES`.

Reads from standard input the cases with what has to be answered, one JSON line each; prints the first that is
answered otherwise, or nothing. With `-` in the place of the module it is not weakened, and prints of each case
which functions of the modules it came by, and how many calls and returns that took.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import json
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import CodeType, FrameType, ModuleType
from typing import Any

from weakening.sites import MODULES, ROOT, weakened


class _Weakener(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from a syntax tree that was changed."""

    def __init__(self, module: str, number: int) -> None:
        self._path = ROOT / module
        self._name = f"fsep.{module.removesuffix('.py').replace('/', '.')}"
        self._code = compile(weakened(module, number), str(self._path), "exec")

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(self._path))

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)


# Events of calls and returns of one case that are looked at: a program may work for millions.
_CALLS = 500_000


class _Seen:
    """Which functions of the modules were entered; of a long case, those that its first calls enter."""

    def __init__(self) -> None:
        self._left = 0
        self._files = {str(ROOT / module): module for module in MODULES}
        self._codes: set[CodeType] = set()

    def __call__(self, frame: FrameType, _: str, __: Any) -> None:
        self._codes.add(frame.f_code)
        self._left -= 1
        if not self._left:
            sys.setprofile(None)

    def begin(self) -> None:
        """Look on."""
        self._left = _CALLS
        sys.setprofile(self)

    def take(self) -> tuple[list[list[str]], int]:
        """Return what was seen since the last time, and of how many calls and returns."""
        codes, self._codes = self._codes, set()
        return sorted(
            [self._files[code.co_filename], code.co_qualname.replace("<locals>.", "")]
            for code in codes
            if code.co_filename in self._files
        ), _CALLS - self._left


def main(module: str, number: str) -> None:
    """Put the cases."""
    if module != "-":
        sys.meta_path.insert(0, _Weakener(module, int(number)))
    sys.path.insert(0, str(ROOT.parents[1] / "conformance" / "implementations" / "fsep"))
    validator: Any = importlib.import_module("validator")
    cases = [json.loads(line) for line in sys.stdin]
    seen = _Seen()
    for case in cases:
        if module == "-":
            seen.begin()
        try:
            answer = validator.judge(case["bundle"], case["facets"], case["trust"])
            said = [answer["verdict"], sorted(answer["violated"])]
        except Exception as error:
            said = ["crash", [type(error).__name__]]
        sys.setprofile(None)
        if module == "-":
            came_by, calls = seen.take()
            told = {"case": case["id"], "said": said, "seen": came_by, "calls": calls}
            print(json.dumps(told), flush=True)
        elif said != case["said"]:
            print(json.dumps({"case": case["id"], "said": said}), flush=True)
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
