// Digests: SHA-256 in lower-case hexadecimal, and canonical form (RFC 8785).

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

export function canonical(value) {
  return canonicalize(value);
}

export function sha256(data) {
  return createHash('sha256').update(data).digest('hex');
}

export function sha256Bytes(data) {
  return createHash('sha256').update(data).digest();
}

export function canonicalDigest(value) {
  return sha256(canonicalize(value));
}

/** The digest of 32-byte digests, given in hexadecimal, one after another. */
export function digestOfDigests(digests) {
  const hash = createHash('sha256');
  for (const digest of digests) hash.update(digest, 'hex');
  return hash.digest('hex');
}

/** Whether two values are equal as JSON: 1.0 is 1, and the order of members does not matter. */
export function sameJson(one, other) {
  return canonicalize(one) === canonicalize(other);
}
