"""Keys of endpoints: read from named environment variables, and kept from every record and message."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field

from fsep.errors import FsepError, visible

# What stands in the place of a key.
HIDDEN = "(key, not shown)"
# A shorter key would be found in ordinary texts.
_LEAST = 8


class SecretFound(FsepError):
    """A key stands in something that would be recorded; the text does not repeat it."""


@dataclass(frozen=True, slots=True)
class Key:
    """The key of one endpoint, and the variable it came from."""

    variable: str
    value: str = field(repr=False)


def key_from(variable: str) -> Key:
    """Read a key from the environment variable that holds it.

    Raises:
        FsepError: where there is no such variable, or what it holds can be no key.
    """
    value = os.environ.get(variable)
    shown = visible(variable)
    if not variable.replace("_", "").isalnum() or not variable.isascii():
        # What looks like no name may be the key itself.
        raise FsepError(
            "What --key gives is no name of an environment variable, and is not repeated here.",
            advice="Put the key into an environment variable and name that: --key my-system=MY_KEY.",
        )
    if not value:
        raise FsepError(
            f"The environment variable {shown} is not set.", advice="Set it to the endpoint's key."
        )
    if len(value) < _LEAST or not value.isascii() or not value.isprintable():
        raise FsepError(
            f"What the environment variable {shown} holds can be no key: a key has at least {_LEAST} "
            "printable ASCII characters.",
            advice="Look for a line feed at its end, or quotation marks around it.",
        )
    return Key(variable, value)


class Secrets:
    """What must never be written."""

    def __init__(self, keys: Iterable[Key]) -> None:
        """Take the keys, as they are and as JSON writes them."""
        values = {key.value for key in keys}
        self._forms = sorted(values | {json.dumps(value)[1:-1] for value in values}, key=len, reverse=True)
        self._bytes = [form.encode() for form in self._forms]

    def refuse(self, data: bytes) -> None:
        """Let pass what holds no key.

        Raises:
            SecretFound: where one is in it.
        """
        if any(form in data for form in self._bytes):
            raise SecretFound("The reply repeats the key of an endpoint, and is not recorded.")

    def hide(self, text: str) -> str:
        """Return a text without the keys."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text
