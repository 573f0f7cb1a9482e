"""A time-stamping authority (RFC 3161) for tests: its root, its certificates, stamps right and wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SHA256 = "2.16.840.1.101.3.4.2.1"
SHA3_256 = "2.16.840.1.101.3.4.2.8"
DATA = "1.2.840.113549.1.7.1"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
GRANTED, GRANTED_WITH_MODS, REJECTION = 0, 1, 2
STAMPING: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.TIME_STAMPING,)

_SIGNED_DATA = "1.2.840.113549.1.7.2"
_ECDSA_SHA256 = "1.2.840.10045.4.3.2"
_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_SIGNING_TIME = "1.2.840.113549.1.9.5"
_SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
# Of the arc kept for examples (ITU-T X.660).
_POLICY, _FILLER = "2.999.1", "2.999.2"
_INTEGER, _OCTETS, _OID, _SEQUENCE, _SET = 0x02, 0x04, 0x06, 0x30, 0x31
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18


class Authority:
    """An authority with a root of its own; roots bear one name, so that only signatures tell them apart."""

    def __init__(self, seed: str = "authority", name: str = "root") -> None:
        """Make the keys: one seed always gives the same, and with them the same stamps to the byte."""
        self.name = name
        self._key, self._leaf_key = (
            ec.derive_private_key(int.from_bytes(sha256(f"{seed} {use}".encode()).digest()), ec.SECP256R1())
            for use in ("root", "leaf")
        )

    @cached_property
    def root(self) -> x509.Certificate:
        """The certificate to trust."""
        return self.certify(self)

    @property
    def root_pem(self) -> bytes:
        """The certificate to trust, as a file of trust anchors."""
        return pem(self.root)

    def certify(self, other: Authority, *, ca: bool = True) -> x509.Certificate:
        """Return a certificate for the key of another authority; `ca` says whether that may issue any."""
        return self._issue(other.name, 1, other._key.public_key(), (2020, 2060), ca=ca)

    def filled(self, filler: bytes) -> x509.Certificate:
        """Return a certificate that holds some bytes, and is for nothing."""
        extension = x509.UnrecognizedExtension(x509.ObjectIdentifier(_FILLER), filler)
        first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2060))
        builder = x509.CertificateBuilder(
            _name(self.name), _name("filled"), self._leaf_key.public_key(), 3, first, last
        ).add_extension(extension, critical=False)
        return builder.sign(self._key, hashes.SHA256(), ecdsa_deterministic=True)

    def leaf(
        self,
        usage: Sequence[x509.ObjectIdentifier] = STAMPING,
        *,
        critical: bool = True,
        years: tuple[int, int] = (2020, 2060),
    ) -> x509.Certificate:
        """Return a certificate for the key that signs stamps; `usage` empty leaves its extension out."""
        extended = (x509.ExtendedKeyUsage(usage), critical) if usage else None
        return self._issue("leaf", 2, self._leaf_key.public_key(), years, extended)

    def _issue(
        self,
        name: str,
        serial: int,
        key: ec.EllipticCurvePublicKey,
        years: tuple[int, int],
        usage: tuple[x509.ExtendedKeyUsage, bool] | None = None,
        *,
        ca: bool = False,
    ) -> x509.Certificate:
        first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in years)
        builder = (
            x509.CertificateBuilder(_name(self.name), _name(name), key, serial, first, last)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier(name.encode()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier(self.name.encode(), None, None), critical=False)
        )
        if usage is not None:
            builder = builder.add_extension(usage[0], critical=usage[1])
        return builder.sign(self._key, hashes.SHA256(), ecdsa_deterministic=True)

    def stamp(
        self,
        message: bytes,
        time: datetime,
        *,
        fraction: str = "",
        imprint: bytes | None = None,
        algorithm: str = SHA256,
        content_type: str = TST_INFO,
        status: int = GRANTED,
        leaf: x509.Certificate | None = None,
        extra: Sequence[x509.Certificate] = (),
        broken: bool = False,
        signers: int = 1,
    ) -> bytes:
        """Return the DER of a time-stamp response.

        Args:
            message: the bytes stamped.
            time: when, to the second.
            fraction: what is appended to the time, such as ".25".
            imprint: what is stamped instead of the SHA-256 of the message.
            algorithm: what the imprint claims to be.
            content_type: what the signed content claims to be.
            status: whether the stamp was granted; without a stamp where it was not.
            leaf: the certificate of the signer, instead of one that is right.
            extra: certificates embedded beside it.
            broken: whether one bit of the signature is wrong.
            signers: how often the signer signs.
        """
        answer = _der(_SEQUENCE, _integer(status))
        if status not in (GRANTED, GRANTED_WITH_MODS):
            return _der(_SEQUENCE, answer)
        signer = leaf or self.leaf()
        utc = time.astimezone(UTC)
        info = _der(
            _SEQUENCE,
            _integer(1),
            _oid(_POLICY),
            _der(
                _SEQUENCE,
                _algorithm(algorithm),
                _der(_OCTETS, sha256(message).digest() if imprint is None else imprint),
            ),
            _integer(1),
            _der(_GENERALIZED_TIME, f"{utc:%Y%m%d%H%M%S}{fraction}Z".encode()),
        )
        attributes = _set(
            _attribute(_CONTENT_TYPE, _oid(content_type)),
            _attribute(_MESSAGE_DIGEST, _der(_OCTETS, sha256(info).digest())),
            _attribute(_SIGNING_TIME, _der(_UTC_TIME, f"{utc:%y%m%d%H%M%S}Z".encode())),
            _attribute(_SIGNING_CERTIFICATE_V2, _certificate_hash(signer)),
        )
        signature = self._leaf_key.sign(attributes, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        if broken:
            signature = signature[:-1] + bytes((signature[-1] ^ 1,))
        signer_info = _der(
            _SEQUENCE,
            _integer(1),
            _der(_SEQUENCE, signer.issuer.public_bytes(), _integer(signer.serial_number)),
            _algorithm(SHA256),
            # What is signed has the tag of a set, what is sent that of the field.
            b"\xa0" + attributes[1:],
            _der(_SEQUENCE, _oid(_ECDSA_SHA256)),
            _der(_OCTETS, signature),
        )
        certificates = {one.public_bytes(serialization.Encoding.DER) for one in (signer, *extra)}
        signed = _der(
            _SEQUENCE,
            _integer(3),
            _set(_algorithm(SHA256)),
            _der(_SEQUENCE, _oid(content_type), _der(0xA0, _der(_OCTETS, info))),
            _der(0xA0, *sorted(certificates)),
            _set(*[signer_info] * signers),
        )
        return _der(_SEQUENCE, answer, _der(_SEQUENCE, _oid(_SIGNED_DATA), _der(0xA0, signed)))


def pem(*certificates: x509.Certificate) -> bytes:
    """Return certificates as a file of trust anchors."""
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"FSEP tests {name}")])


def _der(tag: int, *contents: bytes) -> bytes:
    """Return an element of DER (ITU-T X.690)."""
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content


def _integer(value: int) -> bytes:
    return _der(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    content = bytearray()
    for arc in (40 * first + second, *rest):
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(0x80 | arc & 0x7F)
        content += bytes(reversed(digits))
    return _der(_OID, bytes(content))


def _set(*elements: bytes) -> bytes:
    return _der(_SET, *sorted(elements))


def _algorithm(dotted: str) -> bytes:
    return _der(_SEQUENCE, _oid(dotted))


def _attribute(dotted: str, value: bytes) -> bytes:
    return _der(_SEQUENCE, _oid(dotted), _set(value))


def _certificate_hash(certificate: x509.Certificate) -> bytes:
    """Return a signing-certificate-v2 (RFC 5035), whose hash is SHA-256 where none is named."""
    digest = _der(_OCTETS, certificate.fingerprint(hashes.SHA256()))
    return _der(_SEQUENCE, _der(_SEQUENCE, _der(_SEQUENCE, digest)))
