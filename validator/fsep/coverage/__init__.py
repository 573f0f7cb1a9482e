"""What benchmarks measure: read off a table that two coders filled in, or off a bundle's own ratings."""

from fsep.coverage.measured import BundleCoverage, Coverage, measured
from fsep.coverage.table import Cell, Column, Table, table

__all__ = ["BundleCoverage", "Cell", "Column", "Coverage", "Table", "measured", "table"]
