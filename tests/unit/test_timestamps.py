"""Time-stamps: which prove a time, and what is said of those that do not."""

from __future__ import annotations

import random
import warnings
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from fsep.checks.timestamps import TimestampError, proven_time
from fsep.limits import PROOF_BYTES
from timestamping import DATA, GRANTED_WITH_MODS, REJECTION, SHA3_256, STAMPING, Authority, pem

AUTHORITY, OTHER = Authority(), Authority("other")
TRUST = [AUTHORITY.root_pem]
MESSAGE = bytes(range(32))
TIME = datetime(2026, 5, 1, 9, 0, 1, tzinfo=UTC)
GOOD = AUTHORITY.stamp(MESSAGE, TIME)
SIGNING = ExtendedKeyUsageOID.CODE_SIGNING

NOT_DER = "it is no time-stamp response in DER"
NOT_GRANTED = "the authority did not grant it"
OF_ELSE = "it is of something else than the commitment"
NO_SIGNER = "it does not hold the one certificate of its one signer"
NOT_STAMPING = "the certificate of its signer is not one for time-stamping"
NOT_VALID = "the certificate of its signer was not valid at the time stamped"
NOT_SIGNED = "its signature does not verify against the trust anchors given"


def refused(response: bytes, trust: list[bytes] | None = None) -> str:
    with pytest.raises(TimestampError) as caught:
        proven_time(response, MESSAGE, TRUST if trust is None else trust)
    return str(caught.value)


def test_a_good_time_stamp_proves_its_time_in_utc() -> None:
    proven = proven_time(GOOD, MESSAGE, TRUST)
    assert proven == TIME
    assert proven.utcoffset() == timedelta(0)


def test_the_zone_of_the_authoritys_clock_does_not_matter() -> None:
    elsewhere = TIME.astimezone(timezone(timedelta(hours=-9, minutes=-30)))
    assert proven_time(AUTHORITY.stamp(MESSAGE, elsewhere), MESSAGE, TRUST) == TIME


def test_one_authority_always_gives_the_same_bytes() -> None:
    assert Authority().stamp(MESSAGE, TIME) == GOOD


@pytest.mark.parametrize(
    ("fraction", "microseconds"),
    [(".5", 500_000), (".000001", 1), (".25", 250_000), (".999999999", 999_999), (".0000001", 0)],
)
def test_a_fraction_of_a_second_is_part_of_the_time(fraction: str, microseconds: int) -> None:
    response = AUTHORITY.stamp(MESSAGE, TIME, fraction=fraction)
    assert proven_time(response, MESSAGE, TRUST) == TIME.replace(microsecond=microseconds)


@pytest.mark.parametrize("fraction", [".", ".x", ",5", "5", "+0000", ".0123456789"])
def test_a_time_of_another_form_is_refused(fraction: str) -> None:
    assert refused(AUTHORITY.stamp(MESSAGE, TIME, fraction=fraction)) == NOT_DER


@pytest.mark.parametrize(
    ("response", "sentence"),
    [
        pytest.param(AUTHORITY.stamp(b"else", TIME), OF_ELSE, id="of another message"),
        pytest.param(AUTHORITY.stamp(MESSAGE, TIME, imprint=bytes(32)), OF_ELSE, id="wrong imprint"),
        pytest.param(AUTHORITY.stamp(MESSAGE, TIME, imprint=MESSAGE), OF_ELSE, id="message not hashed"),
        pytest.param(
            AUTHORITY.stamp(MESSAGE, TIME, algorithm=SHA3_256), OF_ELSE, id="imprint of another hash"
        ),
        pytest.param(AUTHORITY.stamp(MESSAGE, TIME, status=REJECTION), NOT_GRANTED, id="rejected"),
        pytest.param(AUTHORITY.stamp(MESSAGE, TIME, status=GRANTED_WITH_MODS), NOT_GRANTED, id="changed"),
        pytest.param(AUTHORITY.stamp(MESSAGE, TIME, status=77), NOT_GRANTED, id="status unknown"),
        pytest.param(AUTHORITY.stamp(MESSAGE, TIME, content_type=DATA), NOT_DER, id="no time-stamp signed"),
        pytest.param(AUTHORITY.stamp(MESSAGE, TIME, broken=True), NOT_SIGNED, id="signature broken"),
        pytest.param(AUTHORITY.stamp(MESSAGE, TIME, signers=2), NO_SIGNER, id="two signers"),
        pytest.param(AUTHORITY.stamp(MESSAGE, TIME, signers=0), NO_SIGNER, id="no signer"),
        pytest.param(OTHER.stamp(MESSAGE, TIME), NOT_SIGNED, id="root of the same name with another key"),
        pytest.param(b"", NOT_DER, id="empty"),
        pytest.param(b"I promise.", NOT_DER, id="garbage"),
        pytest.param(b"\x30\x84\xff\xff\xff\xff", NOT_DER, id="length of gigabytes"),
        pytest.param(b"\x30\x80" * 10_000, NOT_DER, id="nested deeply"),
        pytest.param(GOOD[:-1], NOT_DER, id="truncated"),
        pytest.param(GOOD + b"\0", NOT_DER, id="something after it"),
        pytest.param(b"\x30\x03\x02\x01\x00", NOT_DER, id="granted"),
        pytest.param(b"\x30\x05\x30\x03\x02\x01\x00", NOT_DER, id="granted without a time-stamp"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(response: bytes, sentence: str) -> None:
    assert refused(response) == sentence


@pytest.mark.parametrize(
    ("leaf", "sentence"),
    [
        pytest.param(AUTHORITY.leaf(()), NOT_STAMPING, id="no usage"),
        pytest.param(AUTHORITY.leaf(critical=False), NOT_STAMPING, id="usage not critical"),
        pytest.param(AUTHORITY.leaf([SIGNING]), NOT_STAMPING, id="another usage"),
        pytest.param(AUTHORITY.leaf([*STAMPING, SIGNING]), NOT_STAMPING, id="another usage beside it"),
        pytest.param(AUTHORITY.leaf(years=(2020, 2026)), NOT_VALID, id="expired"),
        pytest.param(AUTHORITY.leaf(years=(2027, 2060)), NOT_VALID, id="not valid yet"),
    ],
)
def test_the_certificate_has_to_be_one_for_time_stamping_valid_at_the_time(
    leaf: x509.Certificate, sentence: str
) -> None:
    assert refused(AUTHORITY.stamp(MESSAGE, TIME, leaf=leaf)) == sentence


def test_a_certificate_that_has_expired_since_still_proves_its_time() -> None:
    then = datetime(2020, 7, 1, tzinfo=UTC)
    response = AUTHORITY.stamp(MESSAGE, then, leaf=AUTHORITY.leaf(years=(2020, 2021)))
    assert proven_time(response, MESSAGE, TRUST) == then


@pytest.mark.parametrize("year", [2019, 2061])
def test_the_trust_anchor_has_to_be_valid_at_the_time_too(year: int) -> None:
    leaf = AUTHORITY.leaf(years=(2010, 2070))
    assert refused(AUTHORITY.stamp(MESSAGE, TIME.replace(year=year), leaf=leaf)) == NOT_SIGNED


def test_two_certificates_that_could_be_the_signers_are_refused() -> None:
    """Else one could be shown and another be the one that verifies."""
    assert refused(AUTHORITY.stamp(MESSAGE, TIME, extra=[AUTHORITY.leaf(())])) == NO_SIGNER


def test_any_of_several_trust_anchors_will_do() -> None:
    for trust in (
        [OTHER.root_pem, AUTHORITY.root_pem],
        [AUTHORITY.root_pem, OTHER.root_pem],
        [pem(OTHER.root, AUTHORITY.root)],
    ):
        assert proven_time(GOOD, MESSAGE, trust) == TIME


def test_without_a_trust_anchor_nothing_is_proven() -> None:
    assert refused(GOOD, []) == "no trust anchor was given"


def test_a_trust_anchor_that_is_no_certificate_is_the_callers_error() -> None:
    with pytest.raises(ValueError, match="PEM"):
        proven_time(GOOD, MESSAGE, [b"no certificate"])


class TestChain:
    between = Authority("between", "between")
    certificate = AUTHORITY.certify(between)
    bare = between.stamp(MESSAGE, TIME)

    def test_may_lead_over_a_certificate_in_the_response(self) -> None:
        response = self.between.stamp(MESSAGE, TIME, extra=[self.certificate])
        assert proven_time(response, MESSAGE, TRUST) == TIME

    def test_may_lead_over_a_certificate_beside_the_trust_anchor(self) -> None:
        assert proven_time(self.bare, MESSAGE, [pem(self.certificate), *TRUST]) == TIME
        assert proven_time(self.bare, MESSAGE, [pem(AUTHORITY.root, self.certificate)]) == TIME

    def test_has_to_be_whole(self) -> None:
        assert refused(self.bare) == NOT_SIGNED
        assert refused(self.bare, [pem(self.certificate)]) == NOT_SIGNED

    def test_cannot_lead_over_a_certificate_that_may_issue_none(self) -> None:
        response = self.between.stamp(MESSAGE, TIME, extra=[AUTHORITY.certify(self.between, ca=False)])
        assert refused(response) == NOT_SIGNED

    def test_cannot_lead_over_a_certificate_that_another_signed(self) -> None:
        response = self.between.stamp(MESSAGE, TIME, extra=[OTHER.certify(self.between)])
        assert refused(response) == NOT_SIGNED


def test_a_time_stamp_of_any_size_is_refused_unread() -> None:
    assert refused(b"\x30" * PROOF_BYTES) == NOT_DER
    assert refused(b"\x30" * (PROOF_BYTES + 1)) == "it is larger than 64 KiB"


def test_no_byte_of_what_is_stamped_can_be_changed() -> None:
    info = GOOD.index(sha256(MESSAGE).digest()), GOOD.index(b"20260501090001Z") + len("20260501090001Z")
    for place in range(info[0] - 30, info[1]):
        for bit in range(8):
            changed = bytearray(GOOD)
            changed[place] ^= 1 << bit
            refused(bytes(changed))


def test_damage_is_refused_or_leaves_the_time_as_it_was() -> None:
    """Some bytes, such as the versions of structures, are not signed."""
    chance = random.Random(3161)
    refusals = 0
    for _ in range(1000):
        damaged = bytearray(GOOD)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        if chance.random() < 0.2:
            del damaged[chance.randrange(len(damaged)) :]
        try:
            assert proven_time(bytes(damaged), MESSAGE, TRUST) == TIME, damaged.hex()
        except TimestampError:
            refusals += 1
    assert 900 < refusals < 1000


def test_odd_certificates_of_a_bundle_are_not_warned_of() -> None:
    """A serial number of zero, which is not allowed, in the certificate and in what names it."""
    odd = GOOD.replace(b"\x02\x01\x02\x30", b"\x02\x01\x00\x30")
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        assert refused(odd) == NOT_SIGNED
    assert warned == []


ODD_ANCHORS = {
    "a name that is not UTF-8": (b"FSEP tests", b"FSEP\xa0tests"),
    "a name of bytes, at which the library panics": (b"\x0c\x0fFSEP", b"\x04\x0fFSEP"),
}


@pytest.mark.parametrize("change", ODD_ANCHORS.values(), ids=ODD_ANCHORS)
def test_a_trust_anchor_that_cannot_be_used_is_passed_over(change: tuple[bytes, bytes]) -> None:
    odd = pem(x509.load_der_x509_certificate(AUTHORITY.root.public_bytes(Encoding.DER).replace(*change)))
    assert refused(GOOD, [odd]) == NOT_SIGNED
    assert proven_time(GOOD, MESSAGE, [odd, *TRUST]) == TIME


def test_an_interrupt_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: bytes) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rfc3161_client.decode_timestamp_response", interrupted)
    with pytest.raises(KeyboardInterrupt):
        proven_time(GOOD, MESSAGE, TRUST)
