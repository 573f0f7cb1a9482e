"""Credentials (FSEP-SEC): found by name and by shape, and never repeated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import re2

from fsep.parsing.position import escape_token

# What stands in the place of a credential.
HIDDEN = "(credential, not shown)"
NAMES = frozenset(
    (
        "apikey",
        "apisecret",
        "accesstoken",
        "authtoken",
        "authorization",
        "bearer",
        "bearertoken",
        "clientsecret",
        "password",
        "privatekey",
        "secretkey",
        "xapikey",
    )
)
SHAPES = (
    r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{20,}",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bAIza[0-9A-Za-z_-]{35}",
    r"\bgh[pousr]_[A-Za-z0-9]{36,}",
    r"\bgithub_pat_[A-Za-z0-9_]{22,}",
    r"\bhf_[A-Za-z0-9]{30,}",
    r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    r"(?i)\bbearer[ \t]+[A-Za-z0-9._~+/-]{20,}",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
)
# In raw JSON a text may stand behind an escape, where no word boundary shows, and any character may be an
# escape: a line that this does not match holds no credential, one that it matches is looked at text by text.
_SUSPICIOUS = re2.compile(
    rb"[spr]k-[A-Za-z0-9_-]{20}|AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_"
    rb"|hf_[A-Za-z0-9]{30}|xox[abprs]-|(?i:bearer)(?: |\\t)|-----BEGIN |\\u00[2-7]|\\/"
)
_ANY_SHAPE = "|".join(f"(?:{shape})" for shape in SHAPES)
_SHAPE = re2.compile(_ANY_SHAPE)

# What is hidden is all of it: of a key in PEM the lines that follow too.
_WHOLE = re2.compile(
    rf"-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*-----|\z)|{_ANY_SHAPE}".encode()
)


def suspicious(data: bytes) -> bool:
    """Whether raw JSON may hold the shape of a credential; never false where it does."""
    return _SUSPICIOUS.search(data) is not None


@lru_cache(maxsize=4096)
def named(member: str) -> bool:
    """Whether a member's name is that of a credential."""
    return member.lower().replace("-", "").replace("_", "") in NAMES


def shaped(text: str) -> bool:
    """Whether a text holds the shape of a credential."""
    return _SHAPE.search(text) is not None


_shaped_name = lru_cache(maxsize=4096)(shaped)
# Numbers, of which most parameters are, hold none.
_HOLDS_TEXTS = frozenset((str, dict, list))


def hidden(text: str) -> str:
    """Return a text without the credentials that are known by their shape."""
    # Names of files may hold halves of surrogate pairs, which the engine does not take as text.
    data: bytes = _WHOLE.sub(HIDDEN.encode(), text.encode("utf-8", "surrogatepass"))
    return data.decode("utf-8", "surrogatepass")


def credentials(value: Any, pointer: str = "", *, names: bool) -> Iterator[tuple[str, str]]:
    """Yield where a value holds credentials, as (pointer, how it was known); with `names`, also by member.

    Nothing of a credential is in the pointer either.
    """
    level: list[tuple[str, str, Any]] = [(pointer, "", value)]
    while level:
        here, member, item = level.pop()
        if isinstance(item, str):
            if names and item and named(member):
                yield hidden(here), "the member's name is that of a credential"
            elif shaped(item):
                yield hidden(here), "the text has the shape of a credential"
        elif isinstance(item, Mapping):
            for name, inner in item.items():
                if _shaped_name(name):
                    yield hidden(here), "a member's name has the shape of a credential"
                if type(inner) in _HOLDS_TEXTS:
                    level.append((f"{here}/{escape_token(name)}", name, inner))
        elif isinstance(item, list):
            level += [(f"{here}/{place}", member, inner) for place, inner in enumerate(item)]


def masked(value: Any) -> Any:
    """Return a value that is told of, or a sentence in its place where it holds a credential."""
    return "(not shown: it holds a credential)" if next(credentials(value, names=True), None) else value
