"""What all tests share."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).parent.parent

# The examples are built by scripts that stand beside them, and tests build them too.
for folder in (ROOT, ROOT / "examples"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

# Machines that run tests are shared, so that time says nothing about one example. Unattended runs draw
# the same examples every time; a developer's draw new ones, and what those find becomes a test.
UNATTENDED = bool(os.environ.get("CI"))
settings.register_profile("default", deadline=None, derandomize=UNATTENDED, print_blob=UNATTENDED)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=1000)
settings.load_profile("thorough" if os.environ.get("FSEP_THOROUGH") == "1" else "default")
