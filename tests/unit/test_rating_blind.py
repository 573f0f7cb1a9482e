"""What blinds follows from the salt as the specification writes it, and from nothing else."""

from __future__ import annotations

import hashlib
import json

import pytest

from fsep.rating.blind import Blind

SALT = "9f1c5d7e9fa1b3c5d74f9bfbd1ae4c3b8c3a5c5a8e4b8b0f59f4a2a77b0a9d7f"
# Of the array in the test that names it, by openssl.
OPENSSL = "e335088aefa086c8876dcbbd64d3b6388f6fff26ae3ebbc06195aeb2f8c921e0"


def by_hand(*texts: str) -> str:
    """HMAC-SHA256 after RFC 2104, from SHA-256 alone; the canonical form of these texts is plain JSON."""
    key = bytes.fromhex(SALT).ljust(64, b"\x00")
    message = json.dumps(texts, separators=(",", ":"), ensure_ascii=False).encode()
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).hexdigest()


@pytest.mark.parametrize("run", ["alpha.direct.peru.0", "Ärger \u2028 \U0001f600", 'a"b\\c', ""])
def test_ids_and_orders_are_hmacs_over_canonical_arrays(run: str) -> None:
    blind = Blind(SALT)
    assert blind.packet(run) == by_hand("fsep-packet-1", run)
    assert blind.order("ada", run) == by_hand("fsep-order-1", "ada", run)
    assert blind.overlap(run) == by_hand("fsep-overlap-1", run)
    for raters in (1, 2, 3, 7):
        assert blind.turn(run, raters) == int(by_hand("fsep-assign-1", run)[:16], 16) % raters


def test_an_id_computed_elsewhere() -> None:
    # printf '["fsep-packet-1","alpha.direct.peru.0"]' | openssl dgst -sha256 -mac HMAC -macopt hexkey:<salt>
    assert Blind(SALT).packet("alpha.direct.peru.0") == OPENSSL


def test_every_salt_rater_and_purpose_has_ids_of_its_own() -> None:
    one, other = Blind(SALT), Blind(SALT[::-1])
    found = [one.packet("r"), one.overlap("r"), one.order("ada", "r"), one.order("ben", "r"), one.order("adar", ""), other.packet("r")]  # fmt: skip
    assert len(set(found)) == len(found)
