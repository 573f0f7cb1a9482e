"""Finding the examples of a specification."""

from __future__ import annotations

from pathlib import Path

import pytest

from fsep.maintain.examples import Example, examples
from fsep.maintain.markdown import Fault
from fsep.parsing.problem import ParseError

CHAPTER = """# Examples

```json design
{"a": 1}
```

~~~~ yaml system
a: |
  ~~~
~~~~

```json system invalid
{}
```

```jsonl run
{"a": "\u2028"}
{"b": 2}
```

```json
[]
```

```
{"none": true}
```

```python
json = "design"
```
"""


def found(base: Path, chapter: str) -> list[Example]:
    (base / "spec/1.0").mkdir(parents=True)
    (base / "spec/1.0/01-a.md").write_text(chapter, encoding="utf-8")
    return list(examples(base, "1.0"))


def test_every_block_of_a_known_language_is_an_example_and_no_other(tmp_path: Path) -> None:
    assert [(one.line, one.language, one.schema, one.invalid) for one in found(tmp_path, CHAPTER)] == [
        (3, "json", "design", False),
        (7, "yaml", "system", False),
        (12, "json", "system", True),
        (16, "jsonl", "run", False),
        (21, "json", None, False),
    ]


def test_the_text_of_an_example_is_read_by_its_language(tmp_path: Path) -> None:
    values = [one.values() for one in found(tmp_path, CHAPTER)]
    assert values == [[{"a": 1}], [{"a": "~~~\n"}], [{}], [{"a": "\u2028"}, {"b": 2}], [[]]]


@pytest.mark.parametrize("info", ["json design valid", "json design invalid twice"])
def test_an_info_string_of_another_form_is_a_fault(tmp_path: Path, info: str) -> None:
    with pytest.raises(Fault, match=r"01-a\.md:3: the info string"):
        found(tmp_path, CHAPTER.replace("json design", info))


def test_a_text_that_is_not_of_its_language_is_refused(tmp_path: Path) -> None:
    faulty = found(tmp_path, CHAPTER.replace('{"a": 1}', '{"a": 1, "a": 2}'))[0]
    with pytest.raises(ParseError):
        faulty.values()
