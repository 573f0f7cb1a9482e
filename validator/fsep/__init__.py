"""FSEP: the Fixed-Scaffolding Evaluation Protocol as a library and a command line."""

__version__ = "0.1.0"
