"""What blinds, from one salt: ids of packets, their order, the overlap and the turns outside of it."""

from __future__ import annotations

import hmac
from json.encoder import encode_basestring

# Hexadecimal digits of a hash that a turn is taken from.
_TURN_DIGITS = 16


class Blind:
    """All that follows from a salt; nothing of it can be chosen once the salt is committed."""

    __slots__ = ("_salt",)

    def __init__(self, salt: str) -> None:
        """Take the salt, 64 hexadecimal digits."""
        self._salt = bytes.fromhex(salt)

    def _of(self, *texts: str) -> str:
        # The canonical form of an array of texts, as RFC 8785 has it.
        array = "[" + ",".join(map(encode_basestring, texts)) + "]"
        return hmac.digest(self._salt, array.encode(), "sha256").hex()

    def packet(self, run: str) -> str:
        """Return the blind id of a run."""
        return self._of("fsep-packet-1", run)

    def order(self, rater: str, run: str) -> str:
        """Return the key by which a rater's packets are sorted."""
        return self._of("fsep-order-1", rater, run)

    def overlap(self, run: str) -> str:
        """Return the key whose smallest make the overlap."""
        return self._of("fsep-overlap-1", run)

    def turn(self, run: str, raters: int) -> int:
        """Return the number of the rater, of so many, whose turn a run outside the overlap is."""
        return int(self._of("fsep-assign-1", run)[:_TURN_DIGITS], 16) % raters
