"""The scaffold language: programs, the machine that runs them, and replay; without any input or output."""
