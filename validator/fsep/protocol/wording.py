"""The sentences in which schema problems are told: plain, short, and careless with nobody's secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import re2
from jsonschema.exceptions import ValidationError

from fsep import limits
from fsep.errors import visible

_TYPES: Final = {
    "string": "a text",
    "object": "an object",
    "array": "an array",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}

# Parts of the names of members that hold credentials. Wider than what is reported as one: hiding too much of
# a message costs little.
_PRIVATE_NAMES: Final = (
    "apikey",
    "auth",
    "bearer",
    "cookie",
    "credential",
    "passw",
    "private",
    "secret",
    "token",
)
# A long unbroken word that mixes letters and digits, as keys and tokens do; the beginning of a key as PEM.
_PRIVATE_WORD: Final = re2.compile(r"[A-Za-z0-9_+/=~.-]{20,}")
_PEM: Final = "-----BEGIN"
# Digests and times are as long, and are public.
_PUBLIC_WORD: Final = re2.compile(r"[0-9a-fA-F]+|[0-9TZtz:.+-]+")
_NAMES_LISTED: Final = 24
_PLURALS: Final = {"character": "characters", "element": "elements", "property": "properties"}


def unknown(error: ValidationError, name: str) -> str:
    """Say that a property is not known where it stands."""
    schema = error.schema
    properties = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    known = [known for known, schema in properties.items() if schema is not False]
    said = f"the property {_quoted(name)} is not known here"
    if not known:
        return f"{said}; none are"
    more = " and others" if len(known) > _NAMES_LISTED else ""
    return f"{said}; known are {_listed(known[:_NAMES_LISTED])}{more}"


def missing(error: ValidationError, name: str) -> str:
    """Say that a property is missing."""
    return f"{_quoted(name)} is missing{_because(error, 0)}"


def forbidden(error: ValidationError, name: str) -> str:
    """Say that a property must not be there."""
    return f"the property {_quoted(name)} must not be there{_because(error, 1)}"


def sentence(error: ValidationError, keyword: str, path: Sequence[str | int]) -> str:
    """Say what is wrong with a value."""
    wording = _WORDINGS.get(keyword)
    said = wording(error.validator_value, error.instance) if wording else f"is not valid here (`{keyword}`)"
    if keyword in _COUNTING:
        return said
    private = any(isinstance(part, str) and _is_private_name(part) for part in path)
    return f"{said}{_described(error, keyword)}, found {_found(error.instance, private=private)}"


def misnamed(error: ValidationError, keyword: str, name: str) -> str:
    """Say what is wrong with the name of a property."""
    wording = _WORDINGS.get(keyword)
    said = wording(error.validator_value, name) if wording else f"is not valid here (`{keyword}`)"
    return f"the property name {_quoted(name)} {said}{_described(error, keyword)}"


def _described(error: ValidationError, keyword: str) -> str:
    """Give the schema's own description of what a pattern stands for."""
    schema = error.schema
    if keyword != "pattern" or not isinstance(schema, Mapping) or "description" not in schema:
        return ""
    return f" ({schema['description'].rstrip('.')})"


def _because(error: ValidationError, distance: int) -> str:
    """Say by which branch of the schema, where the object that the problem is of chose it."""
    condition, holds, instance, below = error.__dict__.get("chosen", ({}, True, None, None))
    if below != distance:
        return ""
    reasons = [
        f"{_quoted(name)} is {_found(instance[name], private=_is_private_name(name))}"
        for name in condition.get("properties", ())
        if name in instance
    ]
    if not reasons and holds:
        reasons = [f"{_quoted(name)} is there" for name in condition.get("required", ())]
    return f" where {' and '.join(reasons)}" if reasons else ""


def _found(value: Any, *, private: bool) -> str:
    """Show a value in a few characters, or say what it is."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if private:
        return "a value that is not shown here"
    if isinstance(value, str):
        if _is_private(value):
            return "a text that is not shown here"
        return f'"{visible(value, limits.SHOWN_CHARACTERS)}"'
    if isinstance(value, int) and abs(value) > limits.INTEGER:
        return "a number too large"
    return visible(repr(value), limits.SHOWN_CHARACTERS)


def _is_private_name(name: str) -> bool:
    squeezed = name.lower().replace("-", "").replace("_", "").replace(".", "")
    return any(part in squeezed for part in _PRIVATE_NAMES)


def _is_private(text: str) -> bool:
    # What is cut off is not shown; a word that begins in what is shown has room to be recognised.
    text = text[: 4 * limits.SHOWN_CHARACTERS]
    words = _PRIVATE_WORD.findall(text)
    return _PEM in text or any(not _PUBLIC_WORD.fullmatch(word) and _is_mixed(word) for word in words)


def _is_mixed(word: str) -> bool:
    return any(map(str.isdigit, word)) and any(map(str.isalpha, word))


def _quoted(name: str) -> str:
    return f"`{visible(name, limits.SHOWN_CHARACTERS)}`"


def _literal(value: Any) -> str:
    """Write a value that the schema itself names."""
    return f"`{value}`" if isinstance(value, str) else _found(value, private=False)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing if number == 1 else _PLURALS[thing]}"


# --- a wording for each keyword: from its value in the schema, the value refused, and how that is shown ---

_Wording = Callable[[Any, Any], str]


def _type(wanted: Any, value: Any) -> str:
    names = [wanted] if isinstance(wanted, str) else wanted
    return f"must be {' or '.join(_TYPES[name] for name in names)}"


def _enum(wanted: Any, value: Any) -> str:
    return f"must be {'one of ' if len(wanted) > 1 else ''}{', '.join(map(_literal, wanted))}"


def _at_least(thing: str) -> _Wording:
    return lambda wanted, value: f"must have at least {_counted(wanted, thing)}, has {len(value)}"


def _at_most(thing: str) -> _Wording:
    return lambda wanted, value: f"must have at most {_counted(wanted, thing)}, has {len(value)}"


def _not(refused: Any, value: Any) -> str:
    if isinstance(refused, Mapping) and set(refused) == {"enum"}:
        return f"must not be {' or '.join(map(_literal, refused['enum']))}"
    return "is of a form that is excluded here"


_WORDINGS: Final[Mapping[str, _Wording]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda wanted, value: f"must be {_literal(wanted)}",
    "pattern": lambda wanted, value: f"must match `{wanted}`",
    "format": lambda wanted, value: "must be a time as in 2026-05-01T12:00:00Z",
    "minimum": lambda wanted, value: f"must be at least {wanted}",
    "maximum": lambda wanted, value: f"must be at most {wanted}",
    "minLength": _at_least("character"),
    "maxLength": _at_most("character"),
    "minItems": _at_least("element"),
    "maxItems": _at_most("element"),
    "minProperties": _at_least("property"),
    "maxProperties": _at_most("property"),
    "uniqueItems": lambda wanted, value: "must not hold the same value twice",
    "not": _not,
}
# Of these the wording itself says what is there, as far as it helps.
_COUNTING: Final = frozenset(
    ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "uniqueItems")
)
