"""Scripted models: what rules answer, what faults do, and that equal requests get equal replies."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsep.errors import FsepError
from fsep.scripted import Script, ScriptedModel, read_script, script_of, wire
from fsep.scripted.asked import read_asked
from running import EXAMPLES, script


def body(*texts: str, model: str = "m", **members: Any) -> dict[str, Any]:
    """Return the body of a request with user messages."""
    return {"model": model, "messages": [{"role": "user", "content": text} for text in texts], **members}


def said(made: Script, asked: dict[str, Any]) -> Any:
    """Return the content of the answer to a request, None where no rule applies."""
    answer = made.answer(read_asked(asked))
    return None if answer is None else answer.content


def one(when: dict[str, Any], **reply: Any) -> Script:
    """Compile a script of one rule."""
    return script_of(
        {
            "fsep": "1.0",
            "kind": "script",
            "id": "s",
            "models": {"m": {"returned": "m-1"}, "n": {"returned": "n-1"}},
            "rules": [{"when": when, "reply": reply or {"content": "yes"}}],
        }
    )


@pytest.mark.parametrize(
    ("when", "meant", "not_meant"),
    [
        ({"model": "n"}, body("x", model="n"), body("x")),
        ({"first": {"contains": "b"}}, body("abc", "x"), body("x", "abc")),
        ({"last": {"equals": "b"}}, body("x", "b"), body("b", "x")),
        ({"some": {"starts": "b", "ends": "d"}}, body("x", "bcd", "x"), body("bx", "xd")),
        ({"last": {"matches": "^[0-9]+$"}}, body("12"), body("12x")),
        ({"messages": 2}, body("x", "y"), body("x")),
        ({"tools": True}, body("x", tools=[{}]), body("x", tools=[])),
        ({"not": {"last": {"contains": "x"}}}, body("y"), body("x")),
        ({"last_role": "user"}, body("x"), {"model": "m", "messages": [{"role": "tool", "content": "x"}]}),
        ({}, body("x"), None),
    ],
)
def test_a_rule_applies_where_all_of_it_holds(when: Any, meant: Any, not_meant: Any) -> None:
    assert said(one(when), meant) == "yes"
    if not_meant is not None:
        assert said(one(when), not_meant) is None


def test_the_first_rule_that_applies_answers_and_a_rule_stands_for_its_rows() -> None:
    made = script_of(
        {
            "fsep": "1.0",
            "kind": "script",
            "id": "s",
            "models": {"m": {"returned": "m-1"}},
            "tables": {"t": {"a": {"says": "A"}, "b": {"says": "B"}}},
            "rules": [
                {
                    "each": "t",
                    "when": {"last": {"contains": "{{key}}"}},
                    "reply": {"content": "{{key}}{{says}}"},
                },
                {"reply": {"content": "{{{{{{first}}|{{last}}|{{model}}", "repeat": 2}},
            ],
        }
    )
    assert said(made, body("xb")) == "bB"
    assert said(made, body("xba")) == "aA"
    assert said(made, body("1", "2")) == "{{1|2|m" * 2


def test_groups_of_patterns_are_values() -> None:
    made = one({"last": {"matches": "want (?P<what>[a-z]+)"}}, content="Here is {{what}}.")
    assert said(made, body("I want bread, please")) == "Here is bread."


def test_a_canary_tells_requests_apart_but_not_how_the_reply_is_to_come() -> None:
    made = one({}, content="{{canary}}")
    assert said(made, body("x")) == said(made, body("x", stream=True, stream_options={}))
    assert len({said(made, body("x")), said(made, body("y")), said(made, body("x", temperature=0))}) == 3


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rules": [{"reply": {"content": "{{nobody}}"}}]}, "at /rules/0: a template names 'nobody'"),
        ({"rules": [{"each": "none", "reply": {}}]}, "there is no table 'none'"),
        ({"rules": [{"when": {"last": {"matches": "("}}, "reply": {}}]}, "none of RE2's"),
        ({"rules": [{"when": {"last": {"contain": "x"}}, "reply": {}}]}, "at /rules/0/when/last"),
        ({"rules": [{"reply": {"content": "{{ x }}"}}]}, "names no value"),
        ({"faults": [{"fault": {}}]}, "at /faults/0/fault"),
        ({"models": {}}, "at /models"),
    ],
)
def test_what_is_no_script_is_refused_with_a_place(change: Any, told: str) -> None:
    value = {"fsep": "1.0", "kind": "script", "id": "s", "models": {"m": {"returned": "m"}}, "rules": []}
    with pytest.raises(FsepError) as refused:
        script_of({**value, **change}, "s.yaml")
    assert str(refused.value).startswith("s.yaml, at ")
    assert told in str(refused.value)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    for name, data in (("a.yaml", b"a: &x 1"), ("a.json", b"{"), ("b.json", b"[]")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(FsepError, match=name):
            read_script(tmp_path / name)
    with pytest.raises(FsepError, match="cannot be read"):
        read_script(tmp_path / "none.yaml")


@pytest.mark.parametrize("path", sorted((EXAMPLES / "scripts").iterdir()), ids=lambda path: str(path.stem))
def test_scripts_of_the_examples_say_that_they_are_synthetic(path: Path) -> None:
    assert read_script(path).rules
    assert "SYNTHETIC" in path.read_text(encoding="utf-8").splitlines()[0]


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_equal_requests_get_equal_bytes(texts: list[str]) -> None:
    made = script()
    first, second = (made.answer(read_asked(body(*texts))) for _ in range(2))
    assert first is not None
    assert second is not None
    assert wire.at_once(first) == wire.at_once(second)


def test_it_speaks_http_and_logs_each_request_before_it_answers_but_no_header() -> None:
    log: list[Any] = []
    with ScriptedModel(script(), log=log.append) as model, httpx.Client(base_url=model.url) as client:
        answer = client.post(
            "/chat/completions", json=body("Hi"), headers={"Authorization": "Bearer planted"}
        )
        value = answer.json()
        assert (answer.status_code, value["model"], value["choices"][0]["finish_reason"]) == (
            200,
            "m-1",
            "stop",
        )
        assert value["choices"][0]["message"]["content"].endswith(": Hi")
        assert client.get("/models").json()["data"] == [{"id": "m", "object": "model"}]
        assert client.get("/else").status_code == 404
        assert client.post("/chat/completions", content=b"{").status_code == 400
        assert client.post("/chat/completions", json={"model": "m"}).status_code == 400
        assert client.post("/chat/completions", json=body("x", model="other")).status_code == 404
        assert client.post("/else", json={}).status_code == 404
    assert [line["n"] for line in log] == [1, 2, 3, 4]
    assert log[0]["body"] == body("Hi")
    assert "planted" not in json.dumps(log)


def test_faults_come_when_they_are_to() -> None:
    faults = [
        {"when": {"last": {"equals": "wait"}}, "fault": {"status": 429, "retry_after": 7}},
        {"every": 3, "fault": {"status": 500}},
        {"when": {"last": {"equals": "twice"}}, "first": 2, "fault": {"status": 503}},
    ]
    with ScriptedModel(script(*faults)) as model, httpx.Client(base_url=model.url) as client:
        answers = [
            client.post("/chat/completions", json=body(text))
            for text in ("wait", "a", "b", "twice", "twice", "twice", "twice")
        ]
    assert [answer.status_code for answer in answers] == [429, 200, 500, 503, 503, 500, 200]
    assert answers[0].headers["retry-after"] == "7"


@pytest.mark.parametrize("stream", [False, True])
def test_a_cut_closes_the_connection_in_the_midst_of_the_reply(stream: bool) -> None:
    with (
        ScriptedModel(script({"fault": {"cut": 5}})) as model,
        httpx.Client(base_url=model.url) as client,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        client.post("/chat/completions", json=body("Hi", stream=stream))


def test_many_ask_at_once_and_none_waits_for_another() -> None:
    with (
        ScriptedModel(script(delay=0.3)) as model,
        httpx.Client(base_url=model.url, timeout=5) as client,
        ThreadPoolExecutor(32) as threads,
    ):
        answers = list(threads.map(lambda n: client.post("/chat/completions", json=body(str(n))), range(32)))
    assert {answer.status_code for answer in answers} == {200}
    assert max(answer.elapsed.total_seconds() for answer in answers) < 3
