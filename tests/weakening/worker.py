"""A validator that is weakened at one place, against cases: `python -m weakening.worker MODULE NUMBER CASES`.

Reads from standard input the cases with what has to be answered, one JSON line each; prints the first that is
answered otherwise, or nothing. With `-` in the place of the module it is not weakened, and prints of each case
which functions of the modules it came by, and how long it took.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.util
import json
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from weakening.sites import MODULES, ROOT, SEEN, telling, weakened


class _Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads modules from syntax trees that were changed; what functions say of themselves goes to `seen`."""

    def __init__(self, trees: Mapping[str, ast.Module], seen: set[tuple[str, str]]) -> None:
        self._trees = {_name(module): (str(ROOT / module), tree) for module, tree in trees.items()}
        self._seen = seen

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._trees:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=self._trees[fullname][0])

    def exec_module(self, module: ModuleType) -> None:
        path, tree = self._trees[module.__name__]
        module.__dict__[SEEN] = self._seen
        exec(compile(tree, path, "exec"), module.__dict__)


def _name(module: str) -> str:
    return f"fsep.{module.removesuffix('.py').replace('/', '.')}"


def main(module: str, number: str) -> None:
    """Put the cases."""
    tracing = module == "-"
    trees = {one: telling(one) for one in MODULES} if tracing else {module: weakened(module, int(number))}
    seen: set[tuple[str, str]] = set()
    sys.meta_path.insert(0, _Loader(trees, seen))
    sys.path.insert(0, str(ROOT.parents[1] / "conformance" / "implementations" / "fsep"))
    validator: Any = importlib.import_module("validator")
    for case in [json.loads(line) for line in sys.stdin]:
        seen.clear()
        started = time.perf_counter()
        try:
            answer = validator.judge(case["bundle"], case["facets"], case["trust"])
            said = [answer["verdict"], sorted(answer["violated"])]
        except Exception as error:
            said = ["crash", [type(error).__name__]]
        if tracing:
            took = time.perf_counter() - started
            told = {"case": case["id"], "said": said, "seen": sorted(seen), "seconds": took}
            print(json.dumps(told), flush=True)
        elif said != case["said"]:
            print(json.dumps({"case": case["id"], "said": said}), flush=True)
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
