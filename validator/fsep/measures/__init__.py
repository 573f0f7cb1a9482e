"""Intervals, effects, verdicts and agreement: pure functions of numbers, which know nothing of files.

All of them are closed forms, so that another implementation, in any language, comes to the same figures
within 1e-9. Sums are taken exactly and rounded once: no figure depends on the order of its items.
"""
