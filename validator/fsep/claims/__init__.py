"""Claims: what their evidence shows, how far they reach beyond it, and how they are begun and filled in."""

from __future__ import annotations

from fsep.claims.basis import Basis, Context, Piece
from fsep.claims.derive import AXES, Derived, Excess, Unfound, derive
from fsep.claims.fill import begin, fill

__all__ = [
    "AXES",
    "Basis",
    "Context",
    "Derived",
    "Excess",
    "Piece",
    "Unfound",
    "begin",
    "derive",
    "fill",
]
