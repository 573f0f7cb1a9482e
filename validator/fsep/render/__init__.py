"""Reports in, text out: renderers by the name of their format; none of them judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from fsep.render.style import Style

if TYPE_CHECKING:
    from fsep.findings import Report

FORMS = ("text", "json", "sarif", "junit", "github")


class Renderer(Protocol):
    """Turns reports into text; `several` tells that several were asked for, whatever came of them."""

    def __call__(
        self, reports: Sequence[Report], style: Style | None = None, *, several: bool = False
    ) -> str:
        """Return the text."""
        ...


def _renderer(form: str) -> Renderer:
    """Return the renderer of a form; its module, named like it, is loaded when it is first called."""

    def render(reports: Sequence[Report], style: Style | None = None, *, several: bool = False) -> str:
        made: Renderer = import_module(f"fsep.render.{form}").render
        return made(reports, style, several=several)

    return render


RENDERERS: Mapping[str, Renderer] = {form: _renderer(form) for form in FORMS}

__all__ = ["FORMS", "RENDERERS", "Renderer", "Style"]
