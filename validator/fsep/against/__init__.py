"""A bundle beside a published design: how they differ, in words."""

from fsep.against.compare import compare
from fsep.against.fixed import Fixed

__all__ = ["Fixed", "compare"]
