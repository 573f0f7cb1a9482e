"""One endpoint: its pace, what its statuses mean, and what it is never sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from fsep import limits
from fsep.errors import FsepError
from fsep.run import endpoint as endpoints
from fsep.run.asking import Stop, Stopped
from fsep.run.endpoint import Endpoint, Failed, Pace, Unanswerable, checked
from fsep.run.options import Options
from fsep.run.reply import Reply
from fsep.run.secrets import Key
from fsep.scripted import ScriptedModel
from running import attempts, carry, runs, script, study

BODY = b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}]}'


def ask(
    url: str, body: bytes = BODY, *, stream: bool = False, seconds: float = 5, key: Key | None = None
) -> Reply:
    """Ask an address once."""

    async def once() -> Reply:
        async with Endpoint(url, key, Pace(None), seconds) as endpoint:
            return await endpoint.ask(body, stream=stream)

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("status", "outcome", "refused"),
    [
        (429, "rate-limited", False),
        (500, "server-error", False),
        (529, "server-error", False),
        (400, "refused", True),
        (302, "refused", True),
        (499, "refused", True),
    ],
)
def test_a_status_has_its_outcome(status: int, outcome: str, refused: bool) -> None:
    with ScriptedModel(script({"fault": {"status": status}})) as model, pytest.raises(Failed) as failed:
        ask(model.url)
    assert (failed.value.outcome, failed.value.http_status) == (outcome, status)
    assert (failed.value.refused == "a fault of the script") is refused
    assert failed.value.recorded() == {"outcome": outcome, "http_status": status}


def test_a_rate_is_kept_across_all_who_ask(tmp_path: Path) -> None:
    wire: list[Mapping[str, Any]] = []
    options = Options(concurrency=8, per_minute=1200)
    begun = time.monotonic()
    with ScriptedModel(script(), log=wire.append) as model:
        carry(study(tmp_path / "s", items=11), tmp_path / "b", model.url, options=options)
    assert len(wire) == 11
    # Ten times a twentieth of a second lie between the first and the last.
    at = [datetime.fromisoformat(line["at"]).timestamp() for line in wire]
    assert at[-1] - at[0] > 0.45
    assert time.monotonic() - begun > 0.45


def test_an_endpoint_is_left_alone_as_long_as_it_asks(tmp_path: Path) -> None:
    wire: list[Mapping[str, Any]] = []
    fault = {
        "when": {"last": {"equals": "What is 0?"}},
        "first": 1,
        "fault": {"status": 429, "retry_after": 1},
    }
    with ScriptedModel(script(fault), log=wire.append) as model:
        carry(
            study(tmp_path / "s", items=3, steps=3), tmp_path / "b", model.url, options=Options(concurrency=1)
        )
    at = [datetime.fromisoformat(line["at"]).timestamp() for line in wire]
    assert at[1] - at[0] > 0.99
    assert max(later - earlier for earlier, later in pairwise(at[1:])) < 0.9
    assert [one["outcome"] for one in attempts(runs(tmp_path / "b"))][:2] == ["rate-limited", "complete"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("7", 7),
        ("0.5", 0.5),
        ("-3", 0),
        ("99999999", 3600),
        ("soon", None),
        ("nan", None),
        ("inf", 3600),
        ("Mon, 04 May 2026 10:00:00 GMT", 0),
    ],
)
def test_how_long_it_asks_to_be_left_alone_is_read(header: str | None, expected: float | None) -> None:
    assert endpoints._retry_after(header) == expected


def test_a_date_is_as_good_as_seconds() -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    seconds = endpoints._retry_after(at)
    assert seconds is not None
    assert 95 < seconds <= 100


def test_who_waits_for_a_turn_can_be_told_to_stop() -> None:
    async def waits() -> None:
        pace, stop = Pace(None), Stop()
        pace.rest(60)
        sleeping = asyncio.create_task(stop.sleep(pace.turn()))
        await asyncio.sleep(0.01)
        stop.event.set()
        with pytest.raises(Stopped):
            await sleeping

    begun = time.monotonic()
    asyncio.run(waits())
    assert time.monotonic() - begun < 5


def test_nobody_there_is_a_transport_error() -> None:
    with pytest.raises(Failed) as failed:
        ask("http://127.0.0.1:9")
    assert failed.value.recorded() == {"outcome": "transport-error"}


@pytest.mark.parametrize("stream", [False, True])
def test_a_reply_without_end_is_not_taken(stream: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REPLY_BYTES", 100_000)
    long = script(rules=[{"reply": {"content": "x" * 100, "repeat": 2000}}])
    body = BODY[:-1] + b', "stream": true}' if stream else BODY
    with ScriptedModel(long) as model, pytest.raises((Unanswerable, Failed)) as failed:
        ask(model.url, body, stream=stream)
    assert isinstance(failed.value, Unanswerable)


@pytest.mark.parametrize(
    "url", ["", "x", "ftp://x", "http://", "http://[", "http://x:99999999/", "file:///etc/passwd"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(FsepError, match="is no address of an endpoint"):
        checked(url)


def test_an_address_is_taken_with_or_without_a_slash_at_its_end() -> None:
    assert checked("http://127.0.0.1:1/v1/") == checked("http://127.0.0.1:1/v1") == "http://127.0.0.1:1/v1"


def test_nothing_of_the_surroundings_is_sent_along(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password planted\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with ScriptedModel(script()) as model:
        assert ask(model.url).returned_model == "m-1"
