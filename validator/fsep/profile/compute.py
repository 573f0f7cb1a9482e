"""Stub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fsep.profile.frame import Counts, Frame


def profile(frame: Frame, cells: Mapping[tuple[str, str, str], Counts]) -> dict[str, Any]:
    """Stub."""
    return {"frame": frame, "cells": cells}
