"""Reports in, text out: renderers by the name of their format; none of them judges."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from fsep.findings import Report
from fsep.render import github, json, junit, sarif, text
from fsep.render.style import Style


class Renderer(Protocol):
    """Turns reports into text; `several` tells that several were asked for, whatever came of them."""

    def __call__(
        self, reports: Sequence[Report], style: Style | None = None, *, several: bool = False
    ) -> str:
        """Return the text."""
        ...


RENDERERS: Mapping[str, Renderer] = {
    "text": text.render,
    "json": json.render,
    "sarif": sarif.render,
    "junit": junit.render,
    "github": github.render,
}

__all__ = ["RENDERERS", "Renderer", "Style"]
