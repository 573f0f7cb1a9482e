"""Schemas for editors: each a file that needs no other, for documents as people author them.

An editor looks schemas up by its own rules, and must not go to the network for them. So each is written
without an id, and what it refers to stands in its own `$defs`. What `fsep pack` writes may be left out:
digests, and the manifest's list of files. A bundle's own documents are valid against them as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fsep.checks.container import DOCUMENT_ROLES, FILES, FOLDERS, MANIFEST
from fsep.protocol import Protocol

Schema = dict[str, Any]

_ENDING = ".schema.json"
_LOCK = f"common{_ENDING}#/$defs/lock"
# Members of a document that `fsep pack` writes.
_PACKED = {"bundle": "files", "design": "items"}
_ITEMS = "items"


def schemas(protocol: Protocol) -> Mapping[str, Schema]:
    """Return the schemas of what people author, by the name of the role; the list of items is `items`."""
    made = {name: _closed(_authored(protocol, name), protocol) for name in _roles(protocol)}
    item = _closed(protocol.schema("item"), protocol)
    dialect, shared = item.pop("$schema"), item.pop("$defs")
    made[_ITEMS] = {
        "$schema": dialect,
        "title": "Items",
        "description": "items.yaml: the items, which `fsep pack` writes as the lines of items.jsonl.",
        "type": "array",
        "items": item,
        "$defs": shared,
    }
    return made


def settings(protocol: Protocol, folder: str) -> Schema:
    """Return settings of Visual Studio Code that bind files by their place to the schemas in a folder.

    Args:
        protocol: the version whose schemas lie there.
        folder: the folder as a URI, or relative to the one that the editor opens, beginning with `./`.
    """
    places = {name: _place(name) for name in _roles(protocol)}
    urls = {name: f"{folder}/{name}{_ENDING}" for name in (*places, _ITEMS)}
    as_yaml = {urls[name]: [f"**/{place}.yaml", f"**/{place}.yml"] for name, place in places.items()}
    return {
        "json.schemas": [
            {"fileMatch": [f"**/{place}.json"], "url": urls[name]} for name, place in places.items()
        ],
        "yaml.schemas": as_yaml | {urls[_ITEMS]: ["**/items.yaml", "**/items.yml"]},
    }


def _roles(protocol: Protocol) -> list[str]:
    return [name for name in protocol.schema_names if name == "bundle" or name in DOCUMENT_ROLES]


def _place(role: str) -> str:
    """Return where documents of a role lie in a folder, without the ending, `*` standing for any name."""
    if role == "bundle":
        return MANIFEST.removesuffix(".json")
    folder = next((folder for folder, one in FOLDERS.items() if one == role), None)
    if folder is not None:
        return f"{folder}/*"
    return next(path for path, one in FILES.items() if one == role).removesuffix(".json")


def _authored(protocol: Protocol, name: str) -> Mapping[str, Any]:
    """Return a schema that lets out of a document what `fsep pack` writes into it."""
    schema = protocol.schema(name)
    written = _PACKED.get(name)
    if written is None:
        return schema
    member = {key: value for key, value in schema["properties"][written].items() if key != "required"}
    return {
        **schema,
        "required": [one for one in schema["required"] if one != written],
        "properties": {**schema["properties"], written: member},
    }


def _closed(schema: Mapping[str, Any], protocol: Protocol) -> Schema:
    """Return a schema with all it refers to among its own definitions."""
    shared: dict[str, Any] = {}
    made: Schema = _local({**schema, "$id": None}, "", protocol, shared)
    del made["$id"]
    made["$defs"] = {**made.get("$defs", {}), **dict(sorted(shared.items()))}
    return made


def _local(value: Any, home: str, protocol: Protocol, shared: dict[str, Any]) -> Any:
    """Copy a part of the schema `home` ("" for the one that is made), its references turned to `$defs`."""
    if isinstance(value, list):
        return [_local(one, home, protocol, shared) for one in value]
    if not isinstance(value, Mapping):
        return value
    made = {key: _local(one, home, protocol, shared) for key, one in value.items()}
    if isinstance(value.get("$ref"), str):
        made["$ref"] = _definition(value["$ref"], home, protocol, shared)
        if value["$ref"] == _LOCK:
            # A person names what is fixed; `fsep pack` writes the digest.
            slug = _definition(f"common{_ENDING}#/$defs/slug", "", protocol, shared)
            return {"anyOf": [{"$ref": slug}, made]}
    return made


def _definition(reference: str, home: str, protocol: Protocol, shared: dict[str, Any]) -> str:
    """Return a reference within the schema that is made, copying what it points to when it is new."""
    file, _, pointer = reference.partition("#/$defs/")
    source = file.removesuffix(_ENDING) or home
    if not source:
        return reference
    name = f"{source}.{pointer}"
    if name not in shared:
        shared[name] = None  # it may refer to itself
        definition = dict(protocol.schema(source)["$defs"][pointer])
        if f"{source}{_ENDING}#/$defs/{pointer}" == _LOCK:
            definition["required"] = ["id"]
        shared[name] = _local(definition, source, protocol, shared)
    return f"#/$defs/{name}"
