"""Two bundles side by side: whether their cells may be compared, and if so the cells, each by itself."""

from fsep.comparison.compare import Cell, Comparison, Scaffold, compare
from fsep.comparison.parts import Part
from fsep.comparison.side import Items, Side

__all__ = ["Cell", "Comparison", "Items", "Part", "Scaffold", "Side", "compare"]
