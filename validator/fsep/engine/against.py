"""A study beside a published design."""

from __future__ import annotations

from fsep.against import Fixed, compare
from fsep.checks.references import BOUND_ROLES
from fsep.checks.study import Study
from fsep.findings.against import Against


def against(study: Study | None, published: Fixed, path: str) -> Against:
    """Compare what a bundle holds with a published design; None stands for a bundle that has no manifest."""
    if study is None:
        return compare(None, published, path, {})
    systems = {id_: document.value for id_, document in study.systems.items()}
    return compare(_fixed(study), published, path, systems)


def _fixed(study: Study) -> Fixed | None:
    design = next(iter(study.documents.get("design", {}).values()), None)
    if design is None:
        return None
    documents = {
        (role, id_): document.value
        for role in BOUND_ROLES
        for id_, document in study.documents.get(role, {}).items()
    }
    items = [item for _, item in study.item_lines.values()] if study.lost_items is None else None
    return Fixed(design.value, documents, items)
