"""The short form of `benchmarks/chaos.py`: a few kills, and a count of what was received."""

import pytest

from benchmarks.chaos import suffer


@pytest.mark.parametrize("protected", [False, True], ids=["open", "protected"])
async def test_a_program_that_keeps_dying_loses_nothing_and_doubles_nothing(
    protected: bool,
) -> None:
    tally = await suffer(6, 5, protected=protected)

    assert tally.n_kills == 6
    assert (tally.n_lost, tally.n_doubled, tally.n_disordered) == (0, 0, 0)
    assert tally.is_good(protected=protected)
