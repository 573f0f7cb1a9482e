"""Where a module can be weakened, and how: a site is one change of its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2] / "validator" / "fsep"
# What decides about binding requirements.
MODULES = (
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "checks").glob("*.py")),
    "scaffold/replay.py",
    "scaffold/iregexp.py",
    "scaffold/names.py",
    "bundle/paths.py",
    "parsing/json.py",
    "parsing/refusal.py",
    "credentials.py",
    "withholding.py",
)
# Of these every finding is advisory, or none at all: no verdict shows it.
ADVISORY = (
    "checks/answers.py",
    "checks/identities.py",
    "checks/meetings.py",
    "checks/observe.py",
    "checks/prompts.py",
    "checks/usage.py",
    "checks/registry.py",
)
# The name in a module that is traced of the set of functions that were entered.
SEEN = "_seen_"
_TRUE, _FALSE = ("true", ast.Constant(True)), ("false", ast.Constant(False))
# The next operator that holds of more, or of fewer.
_BOUNDARY = {ast.Lt: ("<=", ast.LtE), ast.LtE: ("<", ast.Lt), ast.Gt: (">=", ast.GtE), ast.GtE: (">", ast.Gt)}


@dataclass(frozen=True, slots=True)
class Site:
    """One weakening: the module, the function it is in, the text it is about, how, and which it is of those.

    `line` is for people; the other members name it, whatever else changes in the module.
    """

    module: str
    function: str
    text: str
    how: str
    nth: int
    line: int

    @property
    def key(self) -> str:
        """Its name, as lists have it."""
        return (
            f"{self.module} {self.function}: {self.text} -> {self.how}{f' ({self.nth})' if self.nth else ''}"
        )


def sites(module: str) -> list[Site]:
    """Return all weakenings of a module."""
    source = (ROOT / module).read_text(encoding="utf-8")
    seen: dict[tuple[str, str, str], int] = {}
    made = []
    for function, node, how, _ in _places(ast.parse(source)):
        text = " ".join((ast.get_source_segment(source, node) or "").split()) if how != "removed" else "check"
        nth = seen[function, text, how] = seen.get((function, text, how), -1) + 1
        made.append(Site(module, function, text, how, nth, node.lineno))
    return made


def weakened(module: str, number: int) -> ast.Module:
    """Return the syntax tree of a module with its so-manieth weakening."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    for place, (_, node, _, new) in enumerate(_places(tree)):
        if place != number:
            continue
        if isinstance(node, ast.FunctionDef):
            # It answers nothing, as where its requirement does not apply.
            node.body = [ast.Return(None), ast.Expr(ast.Yield(None))]
        else:
            assert new is not None
            _Put(node, new).visit(tree)
        return ast.fix_missing_locations(tree)
    raise IndexError(number)


def telling(module: str) -> ast.Module:
    """Return the syntax tree of a module each of whose functions adds its name to `SEEN` when it is entered."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    for name, function in _functions(tree, ""):
        tell = ast.parse(f"{SEEN}.add(({module!r}, {name!r}))").body
        first = 1 if ast.get_docstring(function) is not None else 0
        function.body[first:first] = tell
    return ast.fix_missing_locations(tree)


def _functions(node: ast.AST, around: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for child in ast.iter_child_nodes(node):
        inner = around
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
            inner = f"{around}.{child.name}".lstrip(".")
        yield from _functions(child, inner)
        if isinstance(child, ast.FunctionDef):
            yield inner, child


class _Put(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.expr) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else self.generic_visit(node)


def _places(tree: ast.Module) -> Iterator[tuple[str, ast.expr | ast.FunctionDef, str, ast.expr | None]]:
    """Yield the function around each place, the node, how it is weakened, and what stands there then."""
    yield from _within(tree, "")


def _within(
    node: ast.AST, function: str
) -> Iterator[tuple[str, ast.expr | ast.FunctionDef, str, ast.expr | None]]:
    for child in ast.iter_child_nodes(node):
        inner = function
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
            inner = f"{function}.{child.name}".lstrip(".")
            if isinstance(child, ast.FunctionDef) and any(map(_is_check, child.decorator_list)):
                yield inner, child, "removed", None
        if isinstance(child, ast.Compare):
            for how, new in _looser(child):
                yield inner or "module", child, how, new
        yield from _within(child, inner)


def _is_check(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id == "check"
    )


def _looser(compare: ast.Compare) -> Iterator[tuple[str, ast.expr]]:
    """Yield what a comparison is loosened to: it finds equal what is not, or in order what is out of it."""
    operator = type(compare.ops[0])
    if operator in _BOUNDARY:
        yield _TRUE
        yield _FALSE
        if len(compare.ops) == 1:
            name, other = _BOUNDARY[operator]
            yield name, ast.Compare(compare.left, [other()], compare.comparators)
    elif operator in (ast.Eq, ast.In, ast.Is):
        yield _TRUE
    else:
        yield _FALSE
