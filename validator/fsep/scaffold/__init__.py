"""The scaffold language: programs, the machine that runs them, and replay. Nothing here does any input or output."""
