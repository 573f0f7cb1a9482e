"""Views: what an actor of a thread has been sent, and requests for its next words with their digests."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, NamedTuple

from fsep.parsing.canonical import canonical
from fsep.scaffold.adaptation import Adaptations
from fsep.scaffold.message import Message

if TYPE_CHECKING:
    from hashlib import _Hash

# The chain over a view's messages begins at the digest of this tag.
CHAIN_START = sha256(b"fsep-view-1").digest()
# Messages wait to be digested until a request needs them, and the last of a thread are never needed; those
# that wait are few and short, so that little memory is held.
WAITING = 32
SHORT = 4096


class View:
    """The messages of one actor in one thread, oldest first.

    Digests are held, so that a long run costs 32 bytes a message, unless `keep` or an adaptation asks for
    the messages themselves. The chain is folded once over each message, where adaptations allow it; an edit
    folds it anew.
    """

    __slots__ = (
        "_adaptations",
        "_chain",
        "_chained",
        "_characters",
        "_digests",
        "_keep",
        "_mixed",
        "_open",
        "_roles",
        "_seen",
        "_sizes",
        "_waiting",
        "messages",
    )

    def __init__(self, adaptations: Adaptations, *, keep: bool) -> None:
        """Begin empty."""
        self._adaptations = adaptations
        self._keep = keep or adaptations.reshape
        self._digests: list[bytes] = []
        self._waiting: list[Message] = []
        self._roles: list[str] = []
        self._sizes: list[int | None] = []
        self._characters = self._mixed = 0
        self.messages: list[Message] = []
        self._chain, self._chained = CHAIN_START, 0
        self._open: _Hash | None = None
        self._seen = 0

    @property
    def characters(self) -> int | None:
        """How many characters its messages have; None where one of them holds something other than text."""
        return None if self._mixed else self._characters

    @property
    def length(self) -> int:
        """How many messages there are."""
        return len(self._roles)

    def add(self, message: Message) -> None:
        """Append a message."""
        self._roles.append(message.role)
        self._measure(len(message.content) if isinstance(message.content, str) else None)
        if self._keep:
            self.messages.append(message)
        if self._adaptations.reshape:
            return
        self._waiting.append(message)
        if len(self._waiting) == WAITING or len(message.content) > SHORT or message.tool_calls:
            self._settle()

    def _measure(self, size: int | None) -> None:
        self._sizes.append(size)
        if size is None:
            self._mixed += 1
        else:
            self._characters += size

    def _settle(self) -> None:
        self._digests += [message.digest() for message in self._waiting]
        self._waiting.clear()

    def edit(self, how: str, count: int, replacement: Message | None) -> None:
        """Edit the history: instructions stay; of the rest, some are dropped or all are replaced.

        What replaces them is one user message. A tool result whose call is dropped is dropped with it.
        """
        others = [place for place, role in enumerate(self._roles) if role != "system"]
        kept = others[count:] if how == "drop-first" else others[max(0, len(others) - count) :]
        if how == "replace":
            kept = []
        while kept and self._roles[kept[0]] == "tool":
            kept = kept[1:]
        stay = sorted({place for place, role in enumerate(self._roles) if role == "system"}.union(kept))
        if not self._adaptations.reshape:
            self._settle()
            self._digests = [self._digests[place] for place in stay]
        self._roles = [self._roles[place] for place in stay]
        sizes, self._sizes, self._characters, self._mixed = self._sizes, [], 0, 0
        for place in stay:
            self._measure(sizes[place])
        if self._keep:
            self.messages = [self.messages[place] for place in stay]
        if replacement is not None:
            self.add(replacement)
        self._chain, self._chained = CHAIN_START, 0
        self._open, self._seen = None, 0

    def sent(self) -> list[Message]:
        """Return the messages as they are sent; only where they were kept."""
        return list(self._adaptations.messages(self.messages))

    def chain(self) -> str:
        """Return the digest of the view: each message's digest folded onto the one before, in hexadecimal."""
        if self._adaptations.reshape:
            return self._reshaped().hex()
        self._settle()
        for one in self._digests[self._chained :]:
            self._chain = sha256(self._chain + one).digest()
        self._chained = len(self._digests)
        return self._chain.hex()

    def _reshaped(self) -> bytes:
        """Return the chain over adapted messages; what may still be merged with is not folded for good.

        The actor's own words come next: they could merge into a last message of its own, into no other. A
        message that grows so is hashed once for all that it grows by.
        """
        fresh = self.messages[self._seen :]
        self._seen = len(self.messages)
        separator = self._adaptations.separator
        if self._open is not None and separator is not None and all(map(_grows, fresh)):
            for message in fresh:
                self._open.update(_escaped(f"{separator}{message.content}"))
            return self._folded(self._open)
        last = None
        for message in self._adaptations.messages(self.messages[self._chained :]):
            if last is not None:
                self._chain = sha256(self._chain + last.digest()).digest()
            last = message
        self._open, self._chained = None, len(self.messages)
        if last is not None and separator is not None and _grows(last):
            while self._chained and _grows(self.messages[self._chained - 1]):
                self._chained -= 1
            self._open = sha256(b'{"content":"' + _escaped(str(last.content)))
            return self._folded(self._open)
        if last is not None:
            self._chain = sha256(self._chain + last.digest()).digest()
        return self._chain

    def _folded(self, open_: _Hash) -> bytes:
        whole = open_.copy()
        whole.update(b'","role":"assistant"}')
        return sha256(self._chain + whole.digest()).digest()


def _grows(message: Message) -> bool:
    """Whether a message of the actor's own can be merged with what it says next: it is nothing but text."""
    return message.role == "assistant" and isinstance(message.content, str) and not message.tool_calls


def _escaped(text: str) -> bytes:
    """Return a text as it stands between the quotation marks of its canonical form."""
    return encode_basestring(text)[1:-1].encode()


class Offer:
    """The tools an actor is offered, by name in the order they are sent; `sha256` is None for no tools."""

    __slots__ = ("sha256", "tools")

    def __init__(self, tools: Mapping[str, Mapping[str, Any]]) -> None:
        """Take the digest once, for all requests that offer them."""
        self.tools = tools
        self.sha256 = tools_digest(list(tools.values())) if tools else None


NO_TOOLS = Offer({})


class Sent(NamedTuple):
    """What of a request does not depend on the run so far; `offered` is None for tools not recorded."""

    model: str
    parameters: Mapping[str, Any]
    offered: Offer | None
    head: bytes

    @classmethod
    def of(cls, model: str, parameters: Mapping[str, Any], offered: Offer | None) -> Sent:
        """Gather it, with all of the canonical form that stands before the view's digest."""
        tools = b"null" if offered is None or offered.sha256 is None else b'"%b"' % offered.sha256.encode()
        head = b'{"fsep_request":"1.0","model":%b,"parameters":%b,"tools":%b,"view":"' % (
            encode_basestring(model).encode(),
            canonical(dict(parameters)),
            tools,
        )
        return cls(model, parameters, offered, head)


class Request(NamedTuple):
    """What an actor is sent for its next words; to be asked before the answer is given."""

    sent: Sent
    view: View

    @property
    def model(self) -> str:
        """The name of the model that is asked."""
        return self.sent.model

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters, adapted as the system declares."""
        return self.sent.parameters

    @property
    def derivable(self) -> bool:
        """Whether the digest can be derived: the definitions of the tools offered are known."""
        return self.sent.offered is not None

    @property
    def tools(self) -> list[Mapping[str, Any]]:
        """The definitions of the tools offered."""
        return [] if self.sent.offered is None else list(self.sent.offered.tools.values())

    def messages(self) -> list[Message]:
        """Return the messages, adapted as the system declares; only where the machine keeps them."""
        return self.view.sent()

    def sha256(self) -> str:
        """Return the request's digest.

        It is taken over the model's name, the parameters as sent, the tools' digest and the view's chain.
        """
        return sha256(b'%b%b"}' % (self.sent.head, self.view.chain().encode())).hexdigest()


def tools_digest(tools: list[Mapping[str, Any]]) -> str:
    """Return the digest of the tools offered, in the order in which they are sent."""
    return sha256(
        canonical([{key: tool[key] for key in ("description", "name", "parameters")} for tool in tools])
    ).hexdigest()


def seed_for(design_sha256: str, item: str, replicate: int, step: str) -> int:
    """Return the seed derived for a step: the same for every system, from 0 to 2**31 - 1."""
    value = sha256(canonical(["fsep-seed-1", design_sha256, item, replicate, step])).digest()
    return int.from_bytes(value[:4], "big") & 0x7FFFFFFF
