"""Tools for those who maintain the protocol; nothing of what a user runs depends on them."""
