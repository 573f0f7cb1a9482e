"""The canonical form of a JSON value (RFC 8785), over which all digests of values are taken."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import rfc8785

from fsep.errors import FsepError
from fsep.limits import CANONICAL_NESTING, INTEGER

# The C encoder agrees with RFC 8785 in its escapes; what it writes otherwise is kept from it by `_plain`.
_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode

# The sizes between which Python writes a float without an exponent; ECMAScript's reach further both ways.
_FRACTIONS = (1e-4, 1e16)


class CanonicalError(FsepError):
    """A value has no canonical form: JSON cannot say it, or not every reader can hold it."""


def canonical(value: Any) -> bytes:
    """Write a JSON value as RFC 8785 does, in UTF-8, or raise `CanonicalError`."""
    try:
        if _plain(value):
            return _encode(value).encode("utf-8")
        return rfc8785.dumps(value)
    except ValueError:  # the library's own errors, a lone surrogate, an integer too long even to be named
        raise CanonicalError("The value has no canonical form as JSON (RFC 8785).") from None


def sha256_hex(data: bytes) -> str:
    """Give the SHA-256 of bytes as 64 lower-case hexadecimal digits."""
    return sha256(data).hexdigest()


def digest(value: Any) -> str:
    """Give the SHA-256 of a value's canonical form as 64 lower-case hexadecimal digits."""
    return sha256(canonical(value)).hexdigest()


def _plain(value: Any) -> bool:
    """Tell whether the C encoder writes a value as RFC 8785 does; raise where it is too deep for either."""
    plain = True
    level: list[Any] = [value] if type(value) is dict or type(value) is list else [[value]]
    for _ in range(CANONICAL_NESTING):
        deeper: list[Any] = []
        for container in level:
            if is_object := type(container) is dict:
                # Keys go by UTF-16 code units; for ASCII that is the encoder's own order.
                plain = plain and _ascii(container)
            for item in container.values() if is_object else container:
                if (kind := type(item)) is str:
                    continue
                if kind is dict or kind is list or kind is tuple:
                    deeper.append(item)
                elif kind is int:
                    plain = plain and -INTEGER <= item <= INTEGER
                elif kind is not bool and item is not None:
                    plain = plain and kind is float and _written_alike(item)
        if not deeper:
            return plain
        level = deeper
    raise CanonicalError(f"The value is nested more than {CANONICAL_NESTING} levels deep.")


def _written_alike(number: float) -> bool:
    """Tell whether Python writes a float as ECMAScript does: neither uses an exponent or a needless zero."""
    return _FRACTIONS[0] <= abs(number) < _FRACTIONS[1] and number % 1 != 0


def _ascii(keys: Iterable[Any]) -> bool:
    try:
        return "".join(keys).isascii()
    except TypeError:
        raise CanonicalError("A key of an object is not a string.") from None
