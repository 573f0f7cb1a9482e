"""The examples in the specification hold against its schemas."""

from __future__ import annotations

import pytest

from fsep import protocol
from fsep.maintain.examples import Example, examples
from fsep.protocol import data
from fsep.scaffold.compile import compile_program

EXAMPLES = [
    (info.version, one) for info in protocol.versions() for one in examples(data.root(), info.version)
]


def test_there_are_examples_in_every_version() -> None:
    versions = {version for version, one in EXAMPLES if one.schema is not None}
    assert versions == {info.version for info in protocol.versions()}


@pytest.mark.parametrize(
    ("version", "example"),
    [pytest.param(version, one, id=f"{one.file}:{one.line}") for version, one in EXAMPLES],
)
def test_an_example_is_what_it_says(version: str, example: Example) -> None:
    values = example.values()
    assert values
    if example.schema is not None:
        reference = protocol.load(version).reference_validator(example.schema)
        fast = protocol.load(version).validator(example.schema)
        for value in values:
            problems = [error.message for error in reference.iter_errors(value)]
            assert bool(problems) is example.invalid, problems
            assert fast.is_valid(value) is not example.invalid
        if example.schema == "scaffold" and not example.invalid:
            assert compile_program(values[0]).body
