"""The fast schema engine, `jsonschema_rs`, with a closed set of schemas: nothing is fetched or opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs


def fast(schemas: Mapping[str, Mapping[str, Any]], name: str) -> jsonschema_rs.Draft202012Validator:
    """Compile a schema that may refer to the others.

    Raises:
        ValueError: when a schema refers to anything else.
    """
    registry = jsonschema_rs.Registry([(schema["$id"], dict(schema)) for schema in schemas.values()])
    return jsonschema_rs.Draft202012Validator(
        dict(schemas[name]), registry=registry, offline=True, validate_formats=True
    )
