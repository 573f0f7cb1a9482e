"""The alignment profile as pure functions."""
