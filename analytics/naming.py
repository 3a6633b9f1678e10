"""How many of its traits tell a group from all others."""

from collections.abc import Hashable, Sequence


def n_telling(traits: Sequence[Sequence[Hashable]]) -> list[int]:
    """Count, for each group, the fewest leading traits that no other group starts with.

    It is all of them where even these do not tell two groups apart.
    """
    own_first = [tuple(own) for own in traits]
    return [
        next(
            (
                n
                for n in range(1, len(own) + 1)
                if sum(other[:n] == own[:n] for other in own_first) == 1
            ),
            len(own),
        )
        for own in own_first
    ]
