"""Time-stamps (RFC 3161), verified offline against trust anchors that the caller names."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from fsep import limits

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

_GRANTED = 0
_SHA256 = "2.16.840.1.101.3.4.2.1"
_GENERALIZED_TIME = 0x18
# Where a response holds its time, by the place of each element in the one around it: the token, its content,
# SignedData, encapContentInfo, eContent, the octets, TSTInfo, genTime.
_GEN_TIME = (0, 1, 1, 0, 2, 1, 0, 0, 4)


class TimestampError(Exception):
    """A time-stamp does not verify; the text says why."""


def proven_time(response: bytes, message: bytes, anchors: Sequence[bytes]) -> datetime:
    """Return the time a time-stamp response proves for a message.

    Args:
        response: a DER-encoded time-stamp response.
        message: the bytes stamped; the imprint is their SHA-256.
        anchors: PEM files of X.509 root certificates.

    Returns:
        The time in UTC, to the microsecond.

    Raises:
        TimestampError: when it cannot be read, is of something else, or verifies against none of the anchors.
        ValueError: when an anchor is no PEM file of certificates.
    """
    if len(response) > limits.PROOF_BYTES:
        raise TimestampError(f"it is larger than {limits.PROOF_BYTES // limits.KIB} KiB")
    # Imported here, since most bundles have no proof and the library takes a while to load.
    from cryptography import x509  # noqa: PLC0415
    from rfc3161_client import VerifierBuilder, decode_timestamp_response  # noqa: PLC0415

    roots = [certificate for anchor in anchors for certificate in x509.load_pem_x509_certificates(anchor)]
    imprint = sha256(message).digest()
    with _refusing("it is no time-stamp response in DER"):
        decoded = decode_timestamp_response(response)
    if decoded.status != _GRANTED:
        raise TimestampError("the authority did not grant it")
    with _refusing("it is no time-stamp response in DER"):
        time = _time(response, decoded.tst_info.gen_time)
        stamped = decoded.tst_info.message_imprint
        algorithm, value = stamped.hash_algorithm.dotted_string, stamped.message
    if (algorithm, value) != (_SHA256, imprint):
        raise TimestampError("it is of something else than the commitment")
    _certified(decoded, time)
    if not roots:
        raise TimestampError("no trust anchor was given")
    reason = "its signature does not verify against the trust anchors given"
    # What an authority publishes to be trusted often holds certificates between its root and its stamps too.
    between = [certificate for certificate in roots if not _is_root(certificate)]
    # One at a time, since of several anchors of one name OpenSSL tries only one.
    for root in roots:
        with suppress(TimestampError), _refusing(reason):
            VerifierBuilder(roots=[root], intermediates=between).build().verify(decoded, imprint)
            return time
    raise TimestampError(reason)


@contextmanager
def _refusing(reason: str) -> Iterator[None]:
    """Refuse the time-stamp, whatever goes wrong in reading what is foreign."""
    try:
        with warnings.catch_warnings():
            # What is odd about a certificate is warned of on standard error, and concerns whoever issued it.
            warnings.simplefilter("ignore")
            yield
    except Exception as error:
        raise TimestampError(reason) from error
    except BaseException as error:
        # A panic of a library in Rust is none of Python's Exceptions, nor does it share a class with others.
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise TimestampError(reason) from None


def _certified(decoded: TimeStampResponse, time: datetime) -> None:
    """Refuse a signer without one certificate that is for time-stamping and valid at that time.

    The library demands most of this too, in words of OpenSSL and of its own that differ between versions.
    """
    from cryptography.x509 import ExtendedKeyUsage  # noqa: PLC0415
    from cryptography.x509.oid import ExtendedKeyUsageOID  # noqa: PLC0415

    with _refusing("it does not hold the one certificate of its one signer"):
        certificate = _signer(decoded)
        first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    with _refusing("the certificate of its signer is not one for time-stamping"):
        usage = certificate.extensions.get_extension_for_class(ExtendedKeyUsage)
        if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
            raise ValueError
    if not first <= time <= last:
        raise TimestampError("the certificate of its signer was not valid at the time stamped")


def _is_root(certificate: Certificate) -> bool:
    """Whether a trust anchor names itself as its issuer, or is of no use, since its names cannot be read."""
    try:
        return certificate.subject == certificate.issuer
    except ValueError:
        return True


def _signer(decoded: TimeStampResponse) -> Certificate:
    from cryptography.x509 import load_der_x509_certificate  # noqa: PLC0415

    (signer,) = decoded.signed_data.signer_infos
    (certificate,) = [
        one
        for one in map(load_der_x509_certificate, decoded.signed_data.certificates)
        if (one.issuer, one.serial_number) == (signer.issuer, signer.serial_number)
    ]
    return certificate


def _time(response: bytes, seconds: datetime) -> datetime:
    """Return the time of a response with the fraction of a second, which the library leaves out."""
    content = response
    for place in _GEN_TIME:
        tag, content = list(_elements(content))[place]
    whole, _, fraction = content.decode("ascii").removesuffix("Z").partition(".")
    if tag != _GENERALIZED_TIME or whole != seconds.strftime("%Y%m%d%H%M%S"):
        raise ValueError
    return seconds.replace(microsecond=int(fraction[:6].ljust(6, "0")))


def _elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of the elements in DER, which the library has read and found sound before."""
    at = 0
    while at < len(content):
        tag, length, start = content[at], content[at + 1], at + 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(content[at + 2 : start])
        at = start + length
        yield tag, content[start:at]
