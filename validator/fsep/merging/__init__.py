"""Entries on one design become one bundle: what fits, what is carried over, and what is left out and said."""

from fsep.merging.merge import Merged, merge

__all__ = ["Merged", "merge"]
