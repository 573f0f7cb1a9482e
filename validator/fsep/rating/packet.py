"""Packets: what raters are shown of a run, and nothing else (spec/1.0/12-ratings.md, "Packets")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from fsep.parsing.canonical import canonical
from fsep.rating.rubric import Packet
from fsep.scaffold.message import BlobText, Message, WithheldText, text_of, view_content


def packet(  # noqa: PLR0917  # what is shown, of which run, from what: the order is that of the sentence
    spec: Packet,
    blind_id: str,
    run: Mapping[str, Any],
    fields: Mapping[str, Any],
    history: Sequence[Message],
    blob_text: BlobText,
) -> dict[str, Any]:
    """Return a packet, of schema `packet`.

    Args:
        spec: the packet as the rubric says.
        blind_id: the run's.
        run: the run's record, for `status` and `result`.
        fields: the item's.
        history: the primary actor's messages in the thread shown, as the run ended, before adaptation.
        blob_text: gives the text of a blob.

    Raises:
        WithheldText: where it would show a withheld value.
    """
    shown = [{"field": name, "value": fields[name]} for name in spec.fields]
    if any(isinstance(one["value"], dict) for one in shown):
        raise WithheldText
    if spec.thread is None:
        content = [
            {"name": part["name"], "text": text_of(part["content"], blob_text)}
            for part in run.get("result", ())
        ]
    else:
        content = [_message(one, blob_text) for one in history if one.role not in spec.without]
    return {
        "fsep_packet": "1.0",
        "packet": blind_id,
        "shows": spec.id,
        "ended": run["status"],
        "fields": shown,
        "content": content,
    }


def _message(message: Message, blob_text: BlobText) -> dict[str, Any]:
    """Return a message without the reasoning that an adaptation may have echoed."""
    if any(
        isinstance(call["arguments"], dict) and "withheld" in call["arguments"] for call in message.tool_calls
    ):
        raise WithheldText
    return message._replace(content=view_content(message.content, blob_text)).as_dict()


def packet_digest(made: Mapping[str, Any]) -> bytes:
    """Return the 32-byte digest of a packet's canonical form."""
    return sha256(canonical(made)).digest()


def packets_digest(digests: Mapping[str, Sequence[bytes]]) -> str:
    """Return the digest of all packets, given those of each run, in the rubric's order, by blind id."""
    whole = sha256()
    for blind_id in sorted(digests):
        for one in digests[blind_id]:
            whole.update(one)
    return whole.hexdigest()
