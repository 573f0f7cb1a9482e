"""Strict JSON, JSON Lines and a safe YAML subset; canonical form; positions of what is reported."""
