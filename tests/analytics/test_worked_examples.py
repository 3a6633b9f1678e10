import doctest
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "worked-examples.md"


def test_every_line_of_the_worked_examples_holds() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")

    assert tried >= 8
    assert failed == 0
