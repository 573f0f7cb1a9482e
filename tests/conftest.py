"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# Machines that run tests are shared, so that time says nothing about one example. Unattended runs draw
# the same examples every time; a developer's draw new ones, and what those find becomes a test.
settings.register_profile("developer", deadline=None)
settings.register_profile("unattended", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("unattended" if os.environ.get("CI") else "developer")
