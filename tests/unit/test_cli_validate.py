"""`fsep validate`: which report goes where, and what the exit code says."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from fsep.bundle import BundleError
from fsep.cli import CONFORMS, DOES_NOT, INCOMPLETE, INTERNAL, USAGE, main
from fsep.cli.progress import Progress, size
from fsep.findings import Report
from fsep.parsing.problem import ParseError
from unit.handmade_report import bad, good, incomplete

Run = Callable[..., tuple[int, str, str]]


class Engine:
    """Stands in for the engine: each path has a report or an error to give; what it was asked is kept."""

    def __init__(self) -> None:
        warned = replace(good(), findings=tuple(replace(one, severity="warning") for one in good().findings))
        self.gives: dict[str, Report | Exception] = {
            "good": good(),
            "warned": warned,
            "bad": bad(),
            "incomplete": incomplete(),
            "absent": BundleError("There is nothing at absent.", "missing", advice="Check the path."),
            "crash": RuntimeError("oops"),
            "astray": ParseError("x", 1, 1, "syntax"),
        }
        self.asked: list[dict[str, Any]] = []

    def __call__(self, path: Path, **asked: Any) -> Report:
        self.asked.append(asked)
        given = self.gives[path.name]
        if isinstance(given, Exception):
            raise given
        return given


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Put the stand-in in the engine's place."""
    made = Engine()
    monkeypatch.setattr("fsep.engine.validate", made)
    monkeypatch.delenv("FSEP_TRACEBACK", raising=False)
    return made


@pytest.fixture
def run(engine: Engine, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command and gives code, output and errors."""

    def invoke(*arguments: str) -> tuple[int, str, str]:
        code = main(["validate", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return invoke


@pytest.mark.parametrize(
    ("paths", "code"),
    [
        (["good"], CONFORMS),
        (["bad"], DOES_NOT),
        (["incomplete"], INCOMPLETE),
        (["absent"], USAGE),
        (["crash"], INTERNAL),
        (["astray"], INTERNAL),
        (["good", "incomplete"], INCOMPLETE),
        (["incomplete", "bad", "good"], DOES_NOT),
        (["bad", "absent", "good"], USAGE),
        (["absent", "crash", "bad"], INTERNAL),
        (["warned"], CONFORMS),
        (["warned", "--fail-on", "warning"], DOES_NOT),
        (["good", "--fail-on", "warning"], CONFORMS),
        (["incomplete", "warned", "--fail-on", "warning"], DOES_NOT),
        (["absent", "warned", "--fail-on", "warning"], USAGE),
    ],
)
def test_the_worst_of_the_bundles_decides_the_exit_code(run: Run, paths: list[str], code: int) -> None:
    assert run(*paths)[0] == code


def test_text_reports_come_one_after_another(run: Run) -> None:
    _, out, _ = run("good", "bad")
    assert out.startswith("CONFORMS")
    assert "\nDOES NOT CONFORM" in out
    assert "\x1b" not in out


def test_json_is_an_object_for_one_path_and_an_array_for_several(run: Run) -> None:
    assert json.loads(run("good", "--format", "json")[1]) == good().as_dict()
    assert json.loads(run("good", "bad", "--format", "json")[1]) == [good().as_dict(), bad().as_dict()]


@pytest.mark.parametrize("paths", [["absent", "good"], ["good", "crash"]])
def test_json_stays_an_array_where_some_path_has_no_report(run: Run, paths: list[str]) -> None:
    assert json.loads(run(*paths, "--format", "json")[1]) == [good().as_dict()]


def test_a_path_that_is_no_bundle_is_a_sentence_with_advice_and_the_others_have_their_turn(run: Run) -> None:
    _, out, err = run("absent", "good")
    assert err == "fsep: There is nothing at absent.\n      Check the path.\n"
    assert out.startswith("CONFORMS")
    assert run("absent")[1] == ""


def test_a_crash_is_one_line_and_the_others_have_their_turn(run: Run) -> None:
    _, out, err = run("crash", "good")
    assert err.startswith("fsep: internal error (RuntimeError: oops)")
    assert err.count("\n") == 1
    assert out.startswith("CONFORMS")


def test_facets_may_be_given_together_or_apart(run: Run, engine: Engine) -> None:
    run("good", "--require", "whole, replayed", "--require", "complete")
    assert engine.asked[0]["require"] == ["whole", "replayed", "complete"]


@pytest.mark.parametrize(
    ("facets", "said"),
    [
        ("replay", "Did you mean replayed?"),
        ("whole,\x1b", "'\\u{1b}'"),
        ("", "names no facet"),
        (",", "names no facet"),
    ],
)
def test_an_unknown_facet_is_refused_before_any_work(
    run: Run, engine: Engine, facets: str, said: str
) -> None:
    code, out, err = run("good", "--require", facets)
    assert (code, out) == (USAGE, "")
    assert said in err
    assert "Known are: whole, replayed, complete, preregistered" in err
    assert not engine.asked


def test_options_reach_the_engine(run: Run, engine: Engine) -> None:
    run("good")
    run("good", "--jobs", "3", "--engine", "reference")
    run("good", "--jobs", "0")
    first, second, third = engine.asked
    assert (first["jobs"], first["reference"], first["require"], first["trust"]) == (None, False, [], [])
    assert (second["jobs"], second["reference"]) == (3, True)
    assert third["jobs"] >= 1


def test_negative_jobs_are_refused(run: Run) -> None:
    assert run("good", "--jobs", "-1")[0] == USAGE


def test_a_report_is_written_to_a_file_and_not_to_the_terminal(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    assert run("bad", "--format", "json", "-o", str(out)) == (DOES_NOT, "", "")
    assert json.loads(out.read_bytes()) == bad().as_dict()
    assert run("good", "-o", str(out)) == (CONFORMS, "", "")
    assert out.read_text().startswith("CONFORMS")


def test_where_nothing_can_be_written_no_work_is_done(run: Run, engine: Engine, tmp_path: Path) -> None:
    assert run("good", "-o", str(tmp_path))[0] == USAGE
    assert run("good", "-o", str(tmp_path / "absent" / "report"))[0] == USAGE
    assert not engine.asked


def test_a_report_never_overwrites_what_it_is_of(run: Run, engine: Engine, tmp_path: Path) -> None:
    zipped = tmp_path / "b.zip"
    zipped.write_bytes(b"PK")
    folder = tmp_path / "folder"
    folder.mkdir()
    for bundle, out in ((zipped, zipped), (folder, folder / "bundle.json")):
        code, _, err = run(str(bundle), "-o", str(out))
        assert code == USAGE
        assert "would be changed" in err
    assert zipped.read_bytes() == b"PK"
    assert not engine.asked


def certificate() -> bytes:
    """Return a certificate in PEM form."""
    key = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "root")])
    now = datetime.datetime(2026, 1, 1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
    )
    made = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, None)
    assert isinstance(made.signature_hash_algorithm, hashes.HashAlgorithm | None)
    return made.public_bytes(serialization.Encoding.PEM)


def test_trust_anchors_reach_the_engine_as_they_are(run: Run, engine: Engine, tmp_path: Path) -> None:
    pem = certificate()
    (tmp_path / "root.pem").write_bytes(pem)
    run("good", "--trust", str(tmp_path / "root.pem"), "--trust", str(tmp_path / "root.pem"))
    assert engine.asked[0]["trust"] == [pem, pem]


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"no certificate",
        b"-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n",
        b"x" * (1 << 21),
    ],
)
def test_a_trust_anchor_that_is_none_is_an_error_of_usage(
    run: Run, engine: Engine, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "root.pem"
    if content is not None:
        path.write_bytes(content)
    code, _, err = run("good", "--trust", str(path))
    assert code == USAGE
    assert "trust anchor" in err
    assert err.count("\n") == 2
    assert not engine.asked


class Terminal(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_shows_on_a_terminal_after_a_second_and_is_taken_away() -> None:
    now = [0.0]
    terminal = Terminal()
    progress = Progress(terminal, lambda: now[0])
    progress(1_000_000, 4_000_000)
    assert terminal.getvalue() == ""
    now[0] = 2.0
    progress(2_000_000, 4_000_000)
    progress(3_000_000, 4_000_000)
    assert terminal.getvalue() == "\r\x1b[K 50 %  2.0 MB of 4.0 MB  1.0 MB/s"
    progress.done()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_progress_shows_nowhere_but_on_a_terminal() -> None:
    stream = io.StringIO()
    progress = Progress(stream, iter([0.0, 5.0, 9.0]).__next__)
    progress(1, 2)
    progress.done()
    assert stream.getvalue() == ""


def test_sizes_are_told_in_units_that_suit_them() -> None:
    assert [size(count) for count in (0, 999, 1000, 123_456, 5e9)] == [
        "0 B",
        "999 B",
        "1.0 kB",
        "123 kB",
        "5.0 GB",
    ]
