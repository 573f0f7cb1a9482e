"""Scripted chat models: what answers follows from the request and a file, and faults are part of the file."""

from fsep.scripted.script import Script, read_script, script_of
from fsep.scripted.server import ScriptedModel

__all__ = ["Script", "ScriptedModel", "read_script", "script_of"]
