"""What claims are held against beside the figures of the profile, made from a study."""

from __future__ import annotations

from fsep.checks.registry import Blocked, BlockedError
from fsep.checks.study import Study
from fsep.claims import Context


def context(study: Study) -> Context:
    """Return what a bundle was made of.

    Raises:
        BlockedError: where a system, a scaffold or an item is unusable.
    """
    for blocked in study.unusable("system"):
        raise BlockedError(blocked)
    for scaffold in study.names("scaffold"):
        if scaffold not in study.programs:
            raise BlockedError(next(study.unusable("scaffold"), _unready(study, scaffold)))
    if study.lost_items is not None:
        raise BlockedError(Blocked.by(study.lost_items))
    items = [record for _, record in study.item_lines.values()]
    windows = {id_: system.value.get("access", {}) for id_, system in study.systems.items()}
    return Context(
        access={id_: (window.get("from"), window.get("until")) for id_, window in windows.items()},
        environments={id_: program.environments for id_, program in study.programs.items()},
        domains=frozenset(item["domain"] for item in items if "domain" in item),
        languages=frozenset(item["language"] for item in items if "language" in item),
    )


def _unready(study: Study, scaffold: str) -> Blocked:
    return Blocked.by(study.unready.get(("scaffold", scaffold), "FSEP-REF-002"))
