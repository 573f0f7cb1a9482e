"""Making bundles: from what people author, and from whatever hands over documents and records."""

from fsep.packing.begin import init
from fsep.packing.pack import pack
from fsep.packing.writer import BundleWriter, PackSummary

__all__ = ["BundleWriter", "PackSummary", "init", "pack"]
