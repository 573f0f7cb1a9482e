"""One requirement of the protocol, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

# In the order in which they are told: `whole` first, since all others rest on it.
FACETS: Final = ("whole", "replayed", "complete", "preregistered", "rated", "claims-checked")
Keyword = Literal["MUST", "MUST NOT", "SHOULD", "SHOULD NOT"]
Tested = Literal["from-the-bundle", "on-the-wire", "attested-only", "not-testable"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one sentence of the specification asks, of whom, and how it can be tested.

    `facet` is "-" where it counts for none; `reason` says why a requirement is not testable and is None for
    the others; `chapter` is the file it stands in; `text_sha256` covers the sentence.
    """

    version: str
    id: str
    text: str
    keyword: Keyword
    actor: str
    facet: str
    since: str
    tested: Tested
    reason: str | None
    mend: str | None
    chapter: str
    text_sha256: str

    @property
    def severity(self) -> Literal["error", "warning"]:
        """What it is not to meet it: an error for a MUST, a warning for a SHOULD."""
        return "error" if self.keyword.startswith("MUST") else "warning"

    @property
    def link(self) -> str:
        """Where it stands, from the root of the repository: a file and the anchor of its heading."""
        return f"spec/{self.version}/{self.chapter}#{self.id.lower()}"
