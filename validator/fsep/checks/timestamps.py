"""Time-stamps (RFC 3161), verified offline against trust anchors that the caller names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256


class TimestampError(Exception):
    """A time-stamp does not verify; the text says why."""


def proven_time(response: bytes, message: bytes, anchors: Sequence[bytes]) -> datetime:
    """Return the time a time-stamp response proves for a message.

    Args:
        response: a DER-encoded time-stamp response.
        message: the bytes stamped; the imprint is their SHA-256.
        anchors: PEM files of X.509 root certificates.

    Raises:
        TimestampError: when it cannot be read, is of something else, or verifies against none of the anchors.
    """
    # Imported here, since most bundles have no proof and the library takes a while to load.
    from cryptography import x509
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        decoded = decode_timestamp_response(response)
        time = decoded.tst_info.gen_time
        imprint = decoded.tst_info.message_imprint.message
    except ValueError:
        raise TimestampError("it is no time-stamp response") from None
    if imprint != sha256(message).digest():
        raise TimestampError("it is of something else than the commitment")
    reason = "no trust anchor was given"
    for anchor in anchors:
        for certificate in x509.load_pem_x509_certificates(anchor):
            try:
                VerifierBuilder().add_root_certificate(certificate).build().verify(
                    decoded, sha256(message).digest()
                )
            except (VerificationError, ValueError) as error:
                reason = f"its signature does not verify against the trust anchors given ({error})"
            else:
                return time
    raise TimestampError(reason)
