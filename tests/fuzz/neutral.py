"""Why some changed bundles conform."""
from __future__ import annotations
from fuzz.differences import differences
from fuzz.mutants import Mutant

def excused(mutant: Mutant) -> tuple[list[str], list[str]]:
    found = differences(mutant.reference, mutant.files)
    return [], [str(one) for one in found]
