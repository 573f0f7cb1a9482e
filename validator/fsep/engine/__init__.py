"""Which checks run, in what order, in one pass and in as many processes as asked."""

from fsep.engine.validate import cores, validate

__all__ = ["cores", "validate"]
