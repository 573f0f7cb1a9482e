"""A directory or a zip behind one read-only interface; hostile until shown otherwise."""

from fsep.bundle.container import BundleError, ContainerProblem, Entry
from fsep.bundle.reader import Bundle, open_bundle, open_to_judge
from fsep.bundle.stream import EntryStream

__all__ = [
    "Bundle",
    "BundleError",
    "ContainerProblem",
    "Entry",
    "EntryStream",
    "open_bundle",
    "open_to_judge",
]
