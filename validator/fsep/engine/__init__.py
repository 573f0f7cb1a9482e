"""Which checks run, in what order, in one pass and in as many processes as asked."""

from fsep.engine.validate import validate

__all__ = ["validate"]
